package org.javae.models.multiblock;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.javae.core.distribution.Distribution;
import org.javae.core.distribution.Normal;
import org.javae.core.distribution.Observed;
import org.javae.core.distribution.Product;
import org.javae.core.model.Batch;
import org.javae.core.model.Check;
import org.javae.core.model.ClosedForm;
import org.javae.core.model.DataSpec;
import org.javae.core.model.LatentVariableModel;
import org.javae.core.model.Loss;
import org.javae.core.model.Model;
import org.javae.core.model.ModelConfig;
import org.javae.core.model.Multimodal;
import org.javae.core.model.Params;
import org.javae.core.model.Presence;
import org.javae.core.model.View;
import org.javae.core.train.Step;
import org.javae.tensor.DType;
import org.javae.tensor.Scope;
import org.javae.tensor.Tensor;
import org.javae.tensor.UserException;

/**
 * What the linear methods for several blocks of variables share. A method finds directions B of
 * whole observations, whose scores {@code z = (x − μ) B} have variance 1; here they become a model
 * of any subset of the views:
 *
 * <pre>
 * xₘ | z ~ N(μₘ + z Wₘ, σₘ² I),  z ~ N(0, I),   q(z | x_S) = N((x_S − μ_S) B_S, diag(Λ_S)⁻¹)
 * B_S = (Σ_SS + κ D_S)⁻¹ Σ_S· B,                 Λ_S = I + Σₘ∈S Wₘ Wₘᵀ / σₘ²
 * </pre>
 *
 * with W the regression of x on z and σₘ² what it leaves of view m on average. B_S predicts the
 * scores from the views that are there (κ of their mean variances D is added to the diagonal) and
 * is B itself where all are; Λ_S is the precision that makes the bound on ln p(x_S) tightest.
 * Everything follows from mean and covariance of the training observations that have every view;
 * others are left out. Float64, nats per observation.
 */
public abstract class MultiBlock extends Model<Batch>
    implements ClosedForm, LatentVariableModel, Multimodal {
  /** Most elements of an observation: beyond, their covariances take more memory than the data. */
  private static final int WIDEST = 6000;

  private static final double LEAST_RIDGE = 1e-9;

  private final double regularisation;
  private final int latent;
  private final Normal prior;
  private final Tensor mean;
  private final Tensor covariance;
  private final Tensor directions;
  private final Tensor loadings;
  private final Tensor noise;

  /**
   * @param regularisation κ
   * @param latent dimensions of z
   * @throws UserException if the data are one block, very wide, or have a view of text
   */
  MultiBlock(DataSpec data, Params params, double regularisation, int latent) {
    super(data, params);
    Check.notNegative("regularisation", regularisation);
    long d = data.event().numel();
    if (data.views().size() < 2) {
      throw UserException.of(
          "this model relates several views of an observation, and these data are one block; name a views.yaml or data such as"
              + " linear-views, or use --model pca");
    }
    for (View v : data.views()) {
      if (v.data().isText()) {
        throw UserException.of(
            "view %s is text, whose words are no quantities, and this model reads numbers; leave the view out, or use --model"
                + " mvae",
            v.name());
      }
    }
    if (d > WIDEST) {
      throw UserException.of(
          "an observation has %d elements, and this model works with all their covariances, of at most %d; make images"
              + " smaller with resize in views.yaml, or use --model mvae",
          d, WIDEST);
    }
    Check.atMost("latent", latent, d);
    this.regularisation = regularisation;
    this.latent = latent;
    Tensor zeros = params.constant(Tensor.zeros(DType.FLOAT64, 1, latent));
    this.prior = new Normal(zeros, zeros);
    this.mean = params.buffer("mean", Tensor.zeros(DType.FLOAT64, 1, d));
    this.covariance = params.buffer("covariance", Tensor.zeros(DType.FLOAT64, d, d));
    this.directions = params.buffer("directions", Tensor.zeros(DType.FLOAT64, d, latent));
    this.loadings = params.buffer("loadings", Tensor.zeros(DType.FLOAT64, latent, d));
    this.noise = params.buffer("noise", Tensor.ones(data.views().size()));
  }

  /**
   * The method itself.
   *
   * @param m of the training observations
   * @param pass the same observations again, for what moments do not tell
   * @return B, {@code [d, latent]}, of any scale and sign; columns may be zero
   */
  abstract Tensor solve(Moments m, Consumer<Consumer<Batch>> pass);

  /**
   * 1/√(total variance) for each element of a block, 0 where z may not depend on it: {@code [d,
   * 1]}.
   */
  final Tensor blockScale(Moments m) {
    double[] s = new double[Math.toIntExact(mean.numel())];
    for (int v = 0; v < views().size(); v++) {
      View view = views().get(v);
      double each = reads(v) ? 1 / Math.sqrt(m.spread(view) * view.length()) : 0;
      Arrays.fill(s, view.offset(), view.offset() + view.length(), each);
    }
    return Tensor.of(s, s.length, 1);
  }

  /** W of the scores of B: by regression, unless a method has loadings of its own. */
  Tensor loadings(Moments m, Tensor b) {
    Tensor c = m.covariance().matmul(b);
    return Symmetric.power(b.t().matmul(c), -1).matmul(c.t());
  }

  /**
   * What a method learns besides, once B has its final scale and signs.
   *
   * @param all moments of the views and of what stands beside them
   */
  void finish(Moments all) {}

  /** Number of labels whose indicators the moments hold behind the views. */
  int beside() {
    return 0;
  }

  /** Whether z may depend on a view. */
  boolean reads(int view) {
    return true;
  }

  @Override
  public final void fit(Consumer<Consumer<Tensor>> pass) {
    fitBatches(consumer -> pass.accept(x -> consumer.accept(new Batch(x, null))));
  }

  @Override
  public void fitBatches(Consumer<Consumer<Batch>> pass) {
    Scope.run(
        () -> {
          Moments all = Moments.of(pass, views(), beside());
          if (all.n() < 2) {
            throw UserException.of(
                "%d training observations have all %d views, and this model learns from those alone; at least 2 are needed:"
                    + " bring more, or use a model such as mvae",
                all.n(), views().size());
          }
          Tensor found = solve(all, pass);
          long d = mean.numel();
          Moments m =
              new Moments(
                  all.n(),
                  all.mean().narrow(1, 0, d),
                  all.covariance().narrow(0, 0, d).narrow(1, 0, d),
                  views());
          Tensor variance = found.times(m.covariance().matmul(found)).sum(0).unsqueeze(0);
          double least = Math.max(Double.MIN_NORMAL, 1e-14 * variance.max().item());
          Tensor scale =
              variance
                  .clamp(least, Double.MAX_VALUE)
                  .pow(-0.5)
                  .times(variance.gt(least).to(DType.FLOAT64));
          Tensor b = found.times(scale);
          Tensor w = loadings(m, b);
          // Scores are free in sign: the largest loading is made positive.
          Tensor largest = w.gather(1, w.abs().argmax(1).unsqueeze(1));
          Tensor sign = largest.ge(0).to(DType.FLOAT64).times(2).minus(1);
          mean.copyFromInPlace(m.mean());
          covariance.copyFromInPlace(m.covariance());
          directions.copyFromInPlace(b.times(sign.t()));
          loadings.copyFromInPlace(w.times(sign));
          noise.copyFromInPlace(Tensor.of(left(m), views().size()));
          finish(all);
        });
  }

  /** σₘ², at least a billionth of the view's variance. */
  private double[] left(Moments m) {
    Tensor c = covariance.matmul(directions);
    Tensor explained = c.t().times(2).minus(directions.t().matmul(c).matmul(loadings));
    Tensor rest = covariance.diag().minus(explained.times(loadings).sum(0));
    return views().stream()
        .mapToDouble(
            v -> Math.max(1e-9 * m.spread(v), rest.narrow(0, v.offset(), v.length()).mean().item()))
        .toArray();
  }

  /** B_S for the views that are there. */
  private Tensor directions(boolean[] there) {
    List<View> views = views();
    int[] kept = IntStream.range(0, there.length).filter(m -> there[m] && reads(m)).toArray();
    if (kept.length == IntStream.range(0, there.length).filter(this::reads).count()) {
      return directions;
    }
    Tensor all = Tensor.zeros(DType.FLOAT64, mean.numel(), latent);
    if (kept.length == 0) {
      return all;
    }
    Tensor diagonal = covariance.diag();
    List<Tensor> ridge = new ArrayList<>();
    List<Integer> elements = new ArrayList<>();
    for (int m : kept) {
      View v = views.get(m);
      double mine = diagonal.narrow(0, v.offset(), v.length()).mean().item();
      double k = Math.max(regularisation, LEAST_RIDGE) * mine;
      ridge.add(Tensor.full(k > 0 ? k : 1, v.length()).to(DType.FLOAT64));
      IntStream.range(v.offset(), v.offset() + v.length()).forEach(elements::add);
    }
    Tensor rows = Tensor.indices(elements.stream().mapToInt(i -> i).toArray());
    Tensor cross = covariance.indexSelect(0, rows);
    Tensor l = cross.indexSelect(1, rows).plus(Tensor.cat(ridge, 0).diag()).cholesky();
    Tensor y = l.solveTriangular(cross.matmul(directions), false);
    Tensor b = l.t().solveTriangular(y, true);
    // Back among zeros for the views that are not there: x holds zeros, not means, in their place.
    List<Tensor> parts = new ArrayList<>();
    long at = 0;
    for (int m = 0; m < there.length; m++) {
      int n = views.get(m).length();
      boolean mine = there[m] && reads(m);
      parts.add(mine ? b.narrow(0, at, n) : Tensor.zeros(DType.FLOAT64, n, latent));
      at += mine ? n : 0;
    }
    return Tensor.cat(parts, 0);
  }

  /** q(z|x_S) of observations with their own subsets, {@code [batch, M]}. */
  private Normal posterior(Tensor x, Tensor present) {
    int views = views().size();
    double[] p = present.toDoubles();
    int n = (int) x.size(0);
    Map<String, List<Integer>> patterns = new LinkedHashMap<>();
    for (int i = 0; i < n; i++) {
      int row = p.length == views ? 0 : i;
      double[] mine = Arrays.copyOfRange(p, row * views, (row + 1) * views);
      patterns.computeIfAbsent(Arrays.toString(mine), k -> new ArrayList<>()).add(i);
    }
    Tensor c = x.flatten().to(DType.FLOAT64).minus(mean);
    List<Tensor> scores = new ArrayList<>();
    int[] back = new int[n];
    int at = 0;
    for (List<Integer> rows : patterns.values()) {
      boolean[] there = new boolean[views];
      for (int m = 0; m < views; m++) {
        there[m] = p[(p.length == views ? 0 : rows.get(0)) * views + m] != 0;
      }
      Tensor some =
          patterns.size() == 1
              ? c
              : c.indexSelect(0, Tensor.indices(rows.stream().mapToInt(i -> i).toArray()));
      scores.add(some.matmul(directions(there)));
      for (int i : rows) {
        back[i] = at++;
      }
    }
    Tensor z =
        patterns.size() == 1
            ? scores.get(0)
            : Tensor.cat(scores, 0).indexSelect(0, Tensor.indices(back));
    Tensor precision = present.to(DType.FLOAT64).matmul(precisions()).plus(1);
    return new Normal(z, precision.log().times(-0.5).expand(n, latent));
  }

  /** diag(Wₘ Wₘᵀ) / σₘ² of every view that z may depend on: {@code [M, latent]}. */
  private Tensor precisions() {
    List<Tensor> rows = new ArrayList<>();
    for (int m = 0; m < views().size(); m++) {
      Tensor w = loadingsOf(views().get(m));
      Tensor p = w.square().sum(1).div(noise.narrow(0, m, 1));
      rows.add(reads(m) ? p : p.times(0));
    }
    return Tensor.stack(rows, 0);
  }

  private Tensor loadingsOf(View v) {
    return loadings.narrow(1, v.offset(), v.length());
  }

  private Observed likelihood(Tensor z, Tensor present) {
    Tensor x = z.to(DType.FLOAT64).matmul(loadings).plus(mean);
    List<Distribution> parts = new ArrayList<>();
    for (int m = 0; m < views().size(); m++) {
      Tensor of = views().get(m).of(x);
      long[] ones = new long[of.shape().rank()];
      Arrays.fill(ones, 1);
      parts.add(new Normal(of, noise.narrow(0, m, 1).log().times(0.5).reshape(ones)));
    }
    return new Observed(new Product(parts), present);
  }

  final List<View> views() {
    return data().views();
  }

  /** μ of the training observations that have every view, {@code [1, d]}. */
  final Tensor mean() {
    return mean;
  }

  /** κ. */
  final double regularisation() {
    return regularisation;
  }

  /** Covariance of the training observations that have every view, {@code [d, d]}. */
  final Tensor covariance() {
    return covariance;
  }

  /** B: what each element adds to each score, {@code [elements, latent]}, float64. */
  public final Tensor directions() {
    return directions;
  }

  /** W: what each score adds to each element, {@code [latent, elements]}, float64. */
  public final Tensor loadings() {
    return loadings;
  }

  private Tensor everything() {
    return Tensor.ones(1, views().size()).to(DType.FLOAT64);
  }

  @Override
  public final LatentVariableModel given(Tensor x, Tensor present) {
    return new Given(new Presence(present.to(DType.FLOAT64)));
  }

  /** The model of the views that are there. */
  private final class Given implements LatentVariableModel {
    private final Presence present;

    Given(Presence present) {
      this.present = present;
    }

    @Override
    public Distribution posterior(Tensor x) {
      return MultiBlock.this.posterior(x, present.rows(x.size(0)));
    }

    @Override
    public Distribution prior() {
      return prior;
    }

    @Override
    public Distribution likelihood(Tensor z) {
      return MultiBlock.this.likelihood(z, present.rows(z.size(0)));
    }

    @Override
    public int latent() {
      return latent;
    }
  }

  @Override
  public final Normal posterior(Tensor x) {
    return posterior(x, everything());
  }

  @Override
  public final Normal prior() {
    return prior;
  }

  @Override
  public final Distribution likelihood(Tensor z) {
    return likelihood(z, everything());
  }

  @Override
  public final int latent() {
    return latent;
  }

  @Override
  public final Loss loss(Batch batch, Step step) {
    throw new UnsupportedOperationException("a linear model of blocks is fitted in closed form");
  }

  @Override
  public abstract ModelConfig config();
}
