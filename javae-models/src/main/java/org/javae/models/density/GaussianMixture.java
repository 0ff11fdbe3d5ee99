package org.javae.models.density;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.javae.core.config.Nearest;
import org.javae.core.model.About;
import org.javae.core.model.Batch;
import org.javae.core.model.Check;
import org.javae.core.model.ClosedForm;
import org.javae.core.model.Clusters;
import org.javae.core.model.DataSpec;
import org.javae.core.model.Generates;
import org.javae.core.model.Loss;
import org.javae.core.model.Model;
import org.javae.core.model.ModelConfig;
import org.javae.core.model.Optional;
import org.javae.core.model.Params;
import org.javae.core.model.Scores;
import org.javae.core.train.Step;
import org.javae.tensor.Rng;
import org.javae.tensor.Scope;
import org.javae.tensor.Tensor;
import org.javae.tensor.UserException;

/**
 * Gaussian mixture {@code p(x) = Σₖ πₖ N(x; μₖ, Σₖ)} by expectation maximisation (Dempster, Laird
 * and Rubin, 1977) from a k-means++ start (Arthur and Vassilvitskii, 2007), a pass over the data an
 * iteration:
 *
 * <pre>
 * E   r_ik = πₖ N(xᵢ; μₖ, Σₖ) / Σⱼ πⱼ N(xᵢ; μⱼ, Σⱼ)
 * M   πₖ = Σᵢ r_ik / N,   μₖ = Σᵢ r_ik xᵢ / Σᵢ r_ik,   Σₖ = Σᵢ r_ik (xᵢ − μₖ)(xᵢ − μₖ)ᵀ / Σᵢ r_ik
 * </pre>
 *
 * No eigenvalue of Σₖ falls below 1e-6 of the data's mean variance; raising those that would is the
 * maximum under that constraint, so the likelihood never falls. Float64, nats per observation.
 */
public final class GaussianMixture extends Model<Batch>
    implements ClosedForm, Scores, Generates, Clusters {
  /** For the catalogue. */
  public static final About ABOUT =
      new About(
          "Gaussian mixture",
          "max  ln Σₖ πₖ N(x; μₖ, Σₖ)",
          "Dempster, Laird and Rubin, 1977; k-means++: Arthur and Vassilvitskii, 2007");

  private static final List<String> COVARIANCES = List.of("full", "diagonal");

  /** EM stops when an iteration gains less than this many nats per observation. */
  private static final double GAIN = 1e-6;

  private static final double FLOOR = 1e-6;
  private static final double TINY = 1e-30;
  private static final double HALF_LOG_TWO_PI = 0.5 * Math.log(2 * Math.PI);

  /**
   * Settings.
   *
   * @param components K
   * @param covariance of each component, {@code full} or {@code diagonal}
   * @param iterations of EM at most
   * @param restarts times it is fitted, from another start each; the likeliest fit is kept
   */
  public record Config(int components, String covariance, int iterations, @Optional int restarts)
      implements ModelConfig {
    public Config {
      restarts = restarts == 0 ? 1 : restarts; // files from before there were restarts
      Check.positive("restarts", restarts);
      Check.positive("components", components);
      Check.positive("iterations", iterations);
      if (!COVARIANCES.contains(covariance)) {
        throw UserException.usage(
            "unknown covariance '%s'; %s", covariance, Nearest.suggestion(covariance, COVARIANCES));
      }
    }

    /** Ten full components; diagonal ones where a full matrix would have too many numbers. */
    public static Config defaults(DataSpec d) {
      return new Config(10, d.event().numel() <= 64 ? "full" : "diagonal", 200, 1);
    }
  }

  private final Config config;
  private final int size;
  private final Tensor logWeights;
  private final Tensor means;
  private final Tensor covariances;
  private final Rng start;
  private List<Double> history = List.of();

  public GaussianMixture(DataSpec data, Params params, Config config) {
    super(data, params);
    this.config = config;
    this.size = RealVectors.size("gmm", data);
    long k = config.components();
    this.logWeights = params.buffer("log_weights", Tensor.full(-Math.log(k), k));
    this.means = params.buffer("means", Tensor.zeros(k, size));
    this.covariances = params.buffer("covariances", spherical(1));
    this.start = params.init().split("k-means++");
  }

  private boolean full() {
    return config.covariance().equals("full");
  }

  private Tensor spherical(double variance) {
    long k = config.components();
    return full()
        ? Tensor.eye(size).times(variance).expand(k, size, size)
        : Tensor.full(variance, k, size);
  }

  @Override
  public void fit(Consumer<Consumer<Tensor>> pass) {
    Scope.run(
        () -> {
          history = fit(pass, start.at());
          for (int r = 1; r < config.restarts(); r++) {
            Map<String, Tensor> kept = params().snapshot();
            List<Double> reached = fit(pass, start.at(r));
            if (last(reached) > last(history)) {
              history = reached;
            } else {
              params().load(kept);
            }
          }
        });
  }

  private static double last(List<Double> reached) {
    return reached.get(reached.size() - 1);
  }

  /** From one start; returns the mean log-likelihood before every iteration. */
  private List<Double> fit(Consumer<Consumer<Tensor>> pass, SplittableRandom random) {
    Seeds seeds = Seeds.choose(pass, config.components(), size, random);
    double floor = Math.max(FLOOR * seeds.total(), TINY);
    Scope.run(
        () -> {
          means.copyFromInPlace(Tensor.of(seeds.flat(), means.shape().toArray()));
          covariances.copyFromInPlace(spherical(Math.max(seeds.within(), floor)));
          logWeights.fillInPlace(-Math.log(config.components()));
        });
    List<Double> reached = new ArrayList<>();
    for (int i = 0; i < config.iterations(); i++) {
      reached.add(Scope.run(() -> iterate(pass, floor)));
      if (i > 0 && reached.get(i) - reached.get(i - 1) < GAIN) {
        break;
      }
    }
    return List.copyOf(reached);
  }

  /** One step of EM; returns the mean log-likelihood before it. */
  private double iterate(Consumer<Consumer<Tensor>> pass, double floor) {
    Tensor count = Tensor.zerosLike(logWeights);
    Tensor first = Tensor.zerosLike(means);
    Tensor second = Tensor.zerosLike(covariances);
    double[] sums = new double[2];
    pass.accept(
        batch -> {
          Tensor x = rows(batch);
          Tensor joint = logJoint(x);
          Tensor evidence = joint.logSumExp(0);
          Tensor r = joint.minus(evidence).exp().unsqueeze(2);
          Tensor y = centred(x);
          Tensor ry = r.times(y);
          count.addInPlace(r.sum(1).squeeze(1), 1);
          first.addInPlace(ry.sum(1), 1);
          second.addInPlace(full() ? ry.t().matmul(y) : ry.times(y).sum(1), 1);
          sums[0] += evidence.sum().item();
          sums[1] += x.size(0);
        });
    // A component that lost all observations stays where it is, with next to no weight.
    Tensor n = count.clamp(TINY, Double.MAX_VALUE);
    Tensor move = first.div(n.unsqueeze(1));
    Tensor square = full() ? move.unsqueeze(2).matmul(move.unsqueeze(1)) : move.square();
    Tensor each = full() ? n.reshape(-1, 1, 1) : n.unsqueeze(1);
    covariances.copyFromInPlace(atLeast(floor, second.div(each).minus(square)));
    means.addInPlace(move, 1);
    logWeights.copyFromInPlace(n.log().logSoftmax(0));
    return sums[0] / sums[1];
  }

  /** Raises eigenvalues below the floor to it and leaves covariances without such as they are. */
  private Tensor atLeast(double floor, Tensor covariance) {
    if (!full()) {
      return covariance.clamp(floor, Double.MAX_VALUE);
    }
    List<Tensor> e = covariance.eigh();
    Tensor u = e.get(1);
    Tensor raised = e.get(0).clamp(floor, Double.MAX_VALUE).unsqueeze(1);
    Tensor fine = e.get(0).select(1, 0).ge(floor).reshape(-1, 1, 1);
    return Tensor.where(fine, covariance, u.times(raised).matmul(u.t()));
  }

  private Tensor rows(Tensor x) {
    return x.flatten().to(means.dtype());
  }

  /** x − μₖ: {@code [K, batch, size]}. */
  private Tensor centred(Tensor x) {
    return x.unsqueeze(0).minus(means.unsqueeze(1));
  }

  /** Lₖ with Lₖ Lₖᵀ = Σₖ: {@code [K, size, size]}, or its diagonal {@code [K, size]}. */
  private Tensor factors() {
    return full() ? covariances.cholesky() : covariances.sqrt();
  }

  /** ln πₖ N(x; μₖ, Σₖ): {@code [K, batch]}. */
  private Tensor logJoint(Tensor x) {
    Tensor l = factors();
    Tensor white =
        full() ? l.solveTriangular(centred(x).t(), false).t() : centred(x).div(l.unsqueeze(1));
    Tensor diagonal = full() ? l.times(Tensor.eye(size).to(l.dtype())).sum(2) : l;
    Tensor constant = logWeights.minus(diagonal.log().sum(1)).minus(size * HALF_LOG_TWO_PI);
    return white.square().sum(2).times(-0.5).plus(constant.unsqueeze(1));
  }

  @Override
  public Tensor logProb(Tensor x) {
    return logJoint(rows(x)).logSumExp(0);
  }

  @Override
  public int clusters() {
    return config.components();
  }

  @Override
  public Tensor responsibilities(Tensor x) {
    return logJoint(rows(x)).softmax(0).t();
  }

  @Override
  public Tensor generate(int n, Rng rng) {
    Tensor choice = rng.multinomial(logWeights.exp().unsqueeze(0), n).reshape(n, 1);
    Tensor noise = rng.normal(means.dtype(), n, size);
    Tensor factors = factors();
    Tensor x = noise;
    for (int k = 0; k < config.components(); k++) {
      Tensor l = factors.select(0, k);
      Tensor draw = (full() ? noise.matmul(l.t()) : noise.times(l)).plus(means.select(0, k));
      x = Tensor.where(choice.eq(k), draw, x);
    }
    return x.reshape(data().event().prepend(n).toArray());
  }

  /** Mean ln p(x) before every iteration of the last fit, in nats; it never falls. */
  public List<Double> logLikelihoods() {
    return history;
  }

  @Override
  public Loss loss(Batch batch, Step step) {
    throw new UnsupportedOperationException("a Gaussian mixture is fitted by EM");
  }

  @Override
  public ModelConfig config() {
    return config;
  }
}
