package org.javae.core.evaluate;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import org.javae.core.distribution.Distribution;
import org.javae.core.distribution.FullNormal;
import org.javae.core.distribution.Mixture;
import org.javae.core.distribution.Normal;
import org.javae.core.distribution.Product;
import org.javae.core.model.Conditional;
import org.javae.core.model.LargeLatents;
import org.javae.core.model.LatentVariableModel;
import org.javae.tensor.Autograd;
import org.javae.tensor.DType;
import org.javae.tensor.Rng;
import org.javae.tensor.Scope;
import org.javae.tensor.Tensor;
import org.javae.tensor.UserException;

/**
 * Estimates of ln p(x) and of information, written once over the three distributions of a
 * latent-variable model.
 */
public final class Estimators {
  /** Elements of decoder output held at once; bounds the memory whatever K is. */
  private static final long ELEMENTS_AT_ONCE = 4_000_000;

  /**
   * The same for tables of every code against every posterior: larger tensors than a few megabytes
   * cost more in fresh memory pages than in arithmetic.
   */
  private static final long TABLE_AT_ONCE = 400_000;

  private Estimators() {}

  /**
   * Importance-sampling estimate {@code ln 1/K Σ_k p(x, z_k)/q(z_k|x), z_k ~ q} of ln p(x) (Burda
   * et al., 2016, equation (8)): a lower bound in expectation, rising with K, exact for every K if
   * q is the true posterior. Samples are drawn in chunks, so any K fits in memory.
   *
   * @return float64 {@code [batch]}, nats
   */
  public static Tensor logLikelihood(LatentVariableModel m, Tensor x, int k, Rng rng) {
    return Autograd.off(() -> Scope.run(() -> logLikelihood(m, m.posterior(x), x, k, rng)));
  }

  /** As {@link #logLikelihood(LatentVariableModel, Tensor, int, Rng)} with q(z|x) at hand. */
  public static Tensor logLikelihood(
      LatentVariableModel m, Distribution q, Tensor x, int k, Rng rng) {
    return logMean(x, k, samplesAtOnce(m, x, k), n -> logWeights(m, q, x, n, rng));
  }

  /**
   * Naive Monte Carlo {@code ln 1/K Σ_k p(x|z_k), z_k ~ p(z)} (equation (13) of the lecture): right
   * in the limit, but hardly any z drawn blindly explains x, so that its variance is hopeless
   * beyond a few dimensions. Importance sampling (14), {@link #logLikelihood}, is the cure. Samples
   * are drawn in chunks.
   *
   * @return float64 {@code [batch]}, nats
   */
  public static Tensor naive(LatentVariableModel m, Tensor x, int k, Rng rng) {
    return logMean(x, k, samplesAtOnce(m, x, k), n -> naiveLogWeights(m, x, n, rng));
  }

  /**
   * {@code ln p(x|z)} at n samples of the prior for each observation: float64 {@code [n·batch]}.
   */
  public static Tensor naiveLogWeights(LatentVariableModel m, Tensor x, int n, Rng rng) {
    Tensor z = fromPrior(m, x.size(0), n, rng);
    return m.likelihood(z).logProb(x.repeatBatch(n)).to(DType.FLOAT64);
  }

  /**
   * n draws of z from the prior for each of {@code batch} observations: {@code [n·batch, latent]}.
   */
  static Tensor fromPrior(LatentVariableModel m, long batch, int n, Rng rng) {
    Distribution p = m.prior();
    return p.shape().at(0) == batch
        ? p.sample(rng, n)
        : p.sample(rng, Math.toIntExact(n * batch / p.shape().at(0)));
  }

  /** {@code ln 1/K Σ exp w} over k log-weights of each observation, a few samples at a time. */
  private static Tensor logMean(Tensor x, int k, int chunk, IntFunction<Tensor> logWeights) {
    long batch = x.size(0);
    return Autograd.off(
        () ->
            Scope.run(
                () -> {
                  Tensor total = null;
                  for (int done = 0; done < k; done += chunk) {
                    int n = Math.min(chunk, k - done);
                    Tensor before = total;
                    total =
                        Scope.run(
                            () -> {
                              Tensor w = logWeights.apply(n).reshape(n, batch).logSumExp(0);
                              return before == null ? w : before.logAddExp(w);
                            });
                  }
                  return total.minus(Math.log(k));
                }));
  }

  private static int samplesAtOnce(LatentVariableModel m, Tensor x, int k) {
    int usual = samplesAtOnce(x, k);
    return m instanceof LargeLatents l
        ? (int) Math.max(1, Math.min(usual, l.drawsAtOnce() / x.size(0)))
        : usual;
  }

  /** How many of k samples of every observation are decoded at once. */
  static int samplesAtOnce(Tensor x, int k) {
    return (int) Math.max(1, Math.min(k, ELEMENTS_AT_ONCE / Math.max(1, x.numel())));
  }

  /** How many observations of x's shape are decoded at once with {@code samples} of z each. */
  static int rowsAtOnce(long elements, int samples) {
    return (int) Math.max(1, ELEMENTS_AT_ONCE / Math.max(1, elements * samples));
  }

  /**
   * The mean of the model's own posterior, {@code ∫ z p(z|x) dz}, of a model with one latent
   * dimension, by summing over a grid (He et al., 2019, section 3.2).
   *
   * @param grid evenly spaced values of z, {@code [g, 1]}, that cover the posterior
   * @return float64 {@code [batch]}
   * @throws UserException if the model has more latent dimensions
   */
  public static Tensor gridPosteriorMean(LatentVariableModel m, Tensor x, Tensor grid) {
    if (m.latent() != 1) {
      throw UserException.of(
          "the model's posterior mean is summed over a grid, which needs one latent dimension, but the model has %d; train"
              + " with --latent 1",
          m.latent());
    }
    int g = Math.toIntExact(grid.size(0));
    return Autograd.off(
        () ->
            Scope.run(
                () -> {
                  Distribution px = m.likelihood(grid);
                  Tensor prior = m.prior().logProb(grid).to(DType.FLOAT64);
                  Tensor z = grid.reshape(g).to(DType.FLOAT64);
                  long[] tiled = x.shape().prepend(0).toArray();
                  int rows = rowsAtOnce(x.numel() / x.size(0), g);
                  List<Tensor> means = new ArrayList<>();
                  for (long from = 0; from < x.size(0); from += rows) {
                    long start = from;
                    int n = (int) Math.min(rows, x.size(0) - from);
                    means.add(
                        Scope.run(
                            () -> {
                              // Copy j of the grid's g likelihoods meets observation start + j.
                              tiled[0] = n;
                              tiled[1] = g;
                              Tensor xs =
                                  x.narrow(0, start, n)
                                      .unsqueeze(1)
                                      .expand(tiled)
                                      .reshape(rows(x, (long) n * g));
                              Tensor joint =
                                  px.repeat(n)
                                      .logProb(xs)
                                      .to(DType.FLOAT64)
                                      .reshape(n, g)
                                      .plus(prior);
                              return joint.softmax(1).times(z).sum(1);
                            }));
                  }
                  return Tensor.cat(means, 0);
                }));
  }

  /**
   * {@code ln p(x, z) − ln q(z|x)} for n samples of each observation: float64 {@code [n·batch]}.
   */
  public static Tensor logWeights(LatentVariableModel m, Distribution q, Tensor x, int n, Rng rng) {
    Distribution.Drawn drawn = q.sampled(rng, n);
    Tensor z = drawn.value();
    Tensor w =
        m.likelihood(z)
            .logProb(x.repeatBatch(n))
            .plus(Conditional.rows(m.prior(), z.size(0)).logProb(z))
            .minus(drawn.logProb());
    return w.to(DType.FLOAT64);
  }

  private static long[] rows(Tensor x, long n) {
    long[] s = x.shape().toArray();
    s[0] = n;
    return s;
  }

  /**
   * Mutual information of x and z under q, {@code I = E_x E_q(z|x)[ln q(z|x) − ln q(z)]} with the
   * aggregate {@code q(z) = 1/N Σ_j q(z|x_j)} over the given observations (Hoffman and Johnson,
   * 2016): at most ln N.
   *
   * @throws UserException if the density of another's code is not to be had at the cost of a draw
   */
  public static double mutualInformation(LatentVariableModel m, Tensor x, Rng rng) {
    return Autograd.off(() -> Scope.run(() -> mutualInformation(m.posterior(x), rng)));
  }

  /** As {@link #mutualInformation(LatentVariableModel, Tensor, Rng)} with q(z|x) at hand. */
  public static double mutualInformation(Distribution q, Rng rng) {
    if (!q.cheapDensity()) {
      throw UserException.of(
          "mutual information compares every code with every posterior, which for a flow posterior takes its inverse each"
              + " time; leave out mutual_information, or train with --set posterior=full or posterior=diagonal");
    }
    return Autograd.off(
        () ->
            Scope.run(
                () -> {
                  Tensor z = q.sample(rng);
                  int n = Math.toIntExact(z.size(0));
                  Tensor own = q.logProb(z).to(DType.FLOAT64).unsqueeze(1);
                  Tensor columns = Tensor.arange(n).unsqueeze(0);
                  double sum = 0;
                  // Row i of the table is ln q(z_i | x_j) over j; a few rows at a time.
                  long width = (long) n * (multipliesOut(q) ? 1 : z.size(1));
                  int rows = (int) Math.max(1, TABLE_AT_ONCE / Math.max(1, width));
                  for (int i = 0; i < n; i += rows) {
                    int from = i;
                    int count = Math.min(rows, n - i);
                    sum +=
                        Scope.run(
                            () -> {
                              Tensor t = table(q, z.narrow(0, from, count));
                              // Its own density directly: multiplied out, what is left of a narrow
                              // one is rounding. The same number twice, so that I ≤ ln n holds.
                              Tensor mine = own.narrow(0, from, count);
                              Tensor at = Tensor.arange(count).plus(from).unsqueeze(1);
                              Tensor all = Tensor.where(columns.eq(at), mine, t);
                              return mine.squeeze(1).minus(all.logSumExp(1)).sum().item();
                            });
                  }
                  return sum / n + Math.log(n);
                }));
  }

  /** Whether the table of q is made of those of Gaussians. */
  private static boolean multipliesOut(Distribution q) {
    return q instanceof Normal
        || q instanceof Mixture m && m.components().stream().allMatch(Estimators::multipliesOut)
        || q instanceof Product p && p.parts().stream().allMatch(Estimators::multipliesOut);
  }

  /**
   * ln q(z_i | x_j), float64: row i is for z_i, column j for q's row j. One column where q has one
   * row, as a prior among the experts of a mixture.
   */
  private static Tensor table(Distribution q, Tensor z) {
    int count = Math.toIntExact(z.size(0));
    if (q instanceof Mixture mixture && multipliesOut(q)) {
      Tensor weights = mixture.normalisedLogWeights().to(DType.FLOAT64);
      Tensor sum = null;
      for (int c = 0; c < mixture.components().size(); c++) {
        Tensor one = table(mixture.components().get(c), z).plus(weights.select(1, c));
        sum = sum == null ? one : sum.logAddExp(one);
      }
      return sum;
    }
    if (q instanceof Product product && multipliesOut(q)) {
      Tensor sum = null;
      long at = 0;
      for (Distribution part : product.parts()) {
        long width = part.shape().at(1);
        Tensor one = table(part, z.narrow(1, at, width));
        sum = sum == null ? one : sum.plus(one);
        at += width;
      }
      return sum;
    }
    if (q instanceof Normal normal) {
      // −½ Σ (z − μ)²/σ² multiplied out is a matrix product, a hundred times less work than one
      // density at a time; float64 keeps the differences.
      Tensor mean = normal.mean().to(DType.FLOAT64);
      Tensor logScale = normal.logScale().to(DType.FLOAT64).expand(mean.shape().toArray());
      Tensor precision = logScale.times(-2).exp();
      Tensor zs = z.to(DType.FLOAT64);
      Tensor constant =
          mean.square()
              .times(precision)
              .times(-0.5)
              .minus(logScale)
              .sum(1)
              .minus(0.5 * Math.log(2 * Math.PI) * z.size(1));
      return zs.square()
          .matmul(precision.times(-0.5).t())
          .plus(zs.matmul(mean.times(precision).t()))
          .plus(constant);
    }
    long n = q.shape().at(0);
    if (q instanceof FullNormal full && full.factor().size(0) == n) {
      return fullTable(full, z.to(DType.FLOAT64));
    }
    // q repeated count times: copy c of posterior j at row c·n + j, against z_c.
    Tensor zs = z.unsqueeze(1).expand(count, n, -1).reshape(count * n, -1);
    return q.repeat(count).logProb(zs).to(DType.FLOAT64).reshape(count, n);
  }

  /** The table of Gaussians with full covariances: one product with all inverse factors. */
  private static Tensor fullTable(FullNormal q, Tensor z) {
    long n = q.mean().size(0);
    long d = q.mean().size(1);
    Tensor factor = q.factor().to(DType.FLOAT64);
    Tensor identity = Tensor.eye(d).to(DType.FLOAT64).unsqueeze(0).expand(n, d, d);
    Tensor whiten = factor.solveTriangular(identity, false);
    Tensor centre = whiten.matmul(q.mean().to(DType.FLOAT64).unsqueeze(2));
    Tensor away = whiten.reshape(n * d, d).matmul(z.t()).reshape(n, d, z.size(0)).minus(centre);
    return away.square()
        .sum(1)
        .t()
        .times(-0.5)
        .minus(q.logDiagonal().to(DType.FLOAT64).sum(1))
        .minus(0.5 * Math.log(2 * Math.PI) * d);
  }

  /** Number of columns of the codes {@code [n, latent]} whose variance exceeds 0.01. */
  public static int activeUnits(List<Tensor> codes) {
    return Scope.run(
        () -> {
          Tensor all = Tensor.cat(new ArrayList<>(codes), 0);
          return all.size(0) < 2
              ? 0
              : (int) all.variance(0, 1).gt(0.01).to(DType.INT64).sum().item();
        });
  }
}
