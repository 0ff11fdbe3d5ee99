package org.javae.models.linear;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.javae.core.model.About;
import org.javae.core.model.Batch;
import org.javae.core.model.Check;
import org.javae.core.model.ClosedForm;
import org.javae.core.model.DataSpec;
import org.javae.core.model.Decodes;
import org.javae.core.model.Encodes;
import org.javae.core.model.Generates;
import org.javae.core.model.Loss;
import org.javae.core.model.Model;
import org.javae.core.model.ModelConfig;
import org.javae.core.model.Params;
import org.javae.core.model.Remarks;
import org.javae.core.model.Scores;
import org.javae.core.train.Step;
import org.javae.tensor.DType;
import org.javae.tensor.Rng;
import org.javae.tensor.Scope;
import org.javae.tensor.Tensor;

/**
 * Independent component analysis {@code s = W(x − μ)} by FastICA (Hyvärinen, 1999): on whitened z
 * all rows of a rotation are improved at once and made orthonormal again, a pass over the data
 * each,
 *
 * <pre>
 * R⁺ = E[g(Rz) zᵀ] − diag(E[g′(Rz)]) R,      R ← (R⁺ R⁺ᵀ)^(−½) R⁺      (his equations (20), (45))
 * </pre>
 *
 * with g = G′ for G = ln cosh u, −exp(−u²/2) or u⁴/4. With fewer sources than elements, the k
 * largest principal components are rotated and the others are Gaussian noise of one variance, as in
 * probabilistic PCA; so there is a density of x, float64, nats:
 *
 * <pre>
 * ln p(x) = Σⱼ ln p_j(s_j) − ½ Σⱼ ln λ_j + ln N(rest; 0, σ²I)
 * </pre>
 *
 * Gaussian sources can be rotated at will: what is no more than Gaussian ({@link Sources}) is
 * remarked on. Sources come by falling distance from Gaussian, each with the sign that makes the
 * largest element of its direction positive.
 */
public final class FastIca extends Model<Batch>
    implements ClosedForm, Encodes, Decodes, Scores, Generates, Remarks {
  /** For the catalogue. */
  public static final About ABOUT =
      new About(
          "independent component analysis",
          "max  Σⱼ (E G(wⱼᵀz) − E G(ν))²,  W Wᵀ = I",
          "Hyvärinen, 1999, Fast and Robust Fixed-Point Algorithms for ICA");

  private static final double CONVERGED = 1e-10;

  /**
   * Settings.
   *
   * @param latent sources k
   * @param nonlinearity G: {@code logcosh}, {@code exp} or {@code cube}
   * @param iterations at most
   */
  public record Config(int latent, String nonlinearity, int iterations) implements ModelConfig {
    public Config {
      Check.positive("latent", latent);
      Check.oneOf("nonlinearity", nonlinearity, List.of("logcosh", "exp", "cube"));
      Check.positive("iterations", iterations);
    }

    /** As many sources as elements, up to 32. */
    public static Config defaults(DataSpec d) {
      return new Config((int) Math.min(32, d.event().numel()), "logcosh", 200);
    }
  }

  private final Config config;
  private final Principal principal;

  /** R Λ^(−½) of the principal components, {@code [k, k]}. */
  private final Tensor unmixing;

  /** Its inverse, transposed: Λ^½ between, {@code [k, k]}, a row a source. */
  private final Tensor mixing;

  private final Sources sources;
  private final Rng start;

  public FastIca(DataSpec data, Params params, Config config) {
    super(data, params);
    this.config = config;
    this.principal = new Principal(data, params, config.latent());
    Tensor eye = Tensor.eye(config.latent());
    this.unmixing = params.buffer("unmixing", eye);
    this.mixing = params.buffer("mixing", eye);
    this.sources = new Sources(params, config.latent());
    this.start = params.init().split("fastica");
  }

  @Override
  public void fit(Consumer<Consumer<Tensor>> pass) {
    principal.fit(pass);
    Scope.run(
        () -> {
          int k = config.latent();
          double[] start = this.start.at().doubles((long) k * k).map(v -> v - 0.5).toArray();
          Tensor scale = kept().sqrt();
          Tensor r = orthonormal(Tensor.of(start, k, k));
          for (int i = 0; i < config.iterations(); i++) {
            Tensor from = r;
            Tensor next = Scope.run(() -> orthonormal(improved(from, scale, pass)));
            double turned = next.times(r).sum(1).abs().minus(1).abs().max().item();
            r = next;
            if (turned < CONVERGED) {
              break;
            }
          }
          unmixing.copyFromInPlace(r.div(scale));
          mixing.copyFromInPlace(r.times(scale));
          int[] order = sources.fit(consumer -> pass.accept(x -> consumer.accept(encode(x))));
          Tensor rows = Tensor.indices(order);
          Tensor directions = mixing.indexSelect(0, rows);
          Tensor shown = directions.matmul(principal.components());
          Tensor sign = shown.gather(1, shown.abs().argmax(1).unsqueeze(1)).sign();
          mixing.copyFromInPlace(directions.times(sign));
          unmixing.copyFromInPlace(unmixing.indexSelect(0, rows).times(sign));
        });
  }

  /** λ of the kept components {@code [1, k]}; a constant direction has next to none. */
  private Tensor kept() {
    Tensor e = principal.eigenvalues();
    double floor = Math.max(Double.MIN_NORMAL, 1e-12 * e.max().item());
    return e.narrow(0, 0, config.latent()).clamp(floor, Double.MAX_VALUE).unsqueeze(0);
  }

  /** σ² of what is left beside the sources. */
  private double noise() {
    double[] e = principal.eigenvalues().toDoubles();
    double floor = Math.max(Double.MIN_NORMAL, 1e-9 * e[0]);
    return Math.max(floor, Arrays.stream(e).skip(config.latent()).average().orElse(1));
  }

  /** R⁺. */
  private Tensor improved(Tensor r, Tensor scale, Consumer<Consumer<Tensor>> pass) {
    Tensor product = Tensor.zerosLike(r);
    Tensor slope = Tensor.zeros(DType.FLOAT64, config.latent());
    long[] n = {0};
    pass.accept(
        x -> {
          Tensor z = principal.project(x).div(scale);
          Tensor u = z.matmul(r.t());
          Tensor g;
          Tensor derivative;
          switch (config.nonlinearity()) {
            case "logcosh" -> {
              g = u.tanh();
              derivative = g.square().neg().plus(1);
            }
            case "exp" -> {
              Tensor e = u.square().times(-0.5).exp();
              g = u.times(e);
              derivative = u.square().neg().plus(1).times(e);
            }
            default -> {
              g = u.pow(3);
              derivative = u.square().times(3);
            }
          }
          product.addInPlace(g.t().matmul(z), 1);
          slope.addInPlace(derivative.sum(0), 1);
          n[0] += x.size(0);
        });
    return product.minus(slope.unsqueeze(1).times(r)).div(n[0]);
  }

  /** {@code (A Aᵀ)^(−½) A = U Vᵀ} of the singular value decomposition. */
  private static Tensor orthonormal(Tensor a) {
    List<Tensor> usv = a.svd();
    return usv.get(0).matmul(usv.get(2));
  }

  @Override
  public Tensor encode(Tensor x) {
    return principal.project(x).matmul(unmixing.t());
  }

  @Override
  public Tensor decode(Tensor z) {
    return principal.expand(z.to(DType.FLOAT64).matmul(mixing));
  }

  @Override
  public Tensor logProb(Tensor x) {
    Tensor y = principal.project(x);
    Tensor rest = principal.centred(x).square().sum(1).minus(y.square().sum(1));
    long noisy = principal.elements() - config.latent();
    Tensor known = sources.logProb(encode(x)).minus(kept().log().sum().times(0.5));
    if (noisy == 0) {
      return known;
    }
    double s2 = noise();
    return known.minus(rest.div(s2).plus(noisy * Math.log(2 * Math.PI * s2)).times(0.5));
  }

  @Override
  public Tensor generate(int n, Rng rng) {
    // A Java generator, begun anew by every draw of the stream.
    long seed = Double.doubleToLongBits(rng.uniform(DType.FLOAT64, 1).item());
    return decode(sources.draw(n, new SplittableRandom(seed)));
  }

  @Override
  public List<String> remarks() {
    int[] g = sources.gaussian();
    if (g.length < 2) {
      return List.of();
    }
    String names =
        String.join(", ", IntStream.of(g).limit(8).mapToObj(j -> "s" + (j + 1)).toList());
    return List.of(
        g.length
            + " of the "
            + config.latent()
            + " sources ("
            + names
            + (g.length > 8 ? " …" : "")
            + ") are no less Gaussian than chance allows, and Gaussian sources are not identifiable: any rotation of"
            + " them explains the data as well");
  }

  @Override
  public Loss loss(Batch batch, Step step) {
    throw new UnsupportedOperationException("FastICA is fitted by fixed-point iteration");
  }

  @Override
  public int latent() {
    return config.latent();
  }

  @Override
  public ModelConfig config() {
    return config;
  }
}
