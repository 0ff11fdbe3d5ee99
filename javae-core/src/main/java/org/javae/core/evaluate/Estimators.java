package org.javae.core.evaluate;

import java.util.ArrayList;
import java.util.List;
import org.javae.core.distribution.Distribution;
import org.javae.core.model.Conditional;
import org.javae.core.model.LatentVariableModel;
import org.javae.tensor.Autograd;
import org.javae.tensor.Rng;
import org.javae.tensor.Scope;
import org.javae.tensor.Tensor;

/**
 * Estimates of ln p(x) and of information, written once over the three distributions of a
 * latent-variable model.
 */
public final class Estimators {
  /** Elements of decoder output held at once; bounds the memory whatever K is. */
  private static final long ELEMENTS_AT_ONCE = 4_000_000;

  private Estimators() {}

  /**
   * Importance-sampling estimate {@code ln 1/K Σ_k p(x, z_k)/q(z_k|x), z_k ~ q} of ln p(x) (Burda
   * et al., 2016, equation (8)): a lower bound in expectation, rising with K, exact for every K if
   * q is the true posterior. Samples are drawn in chunks, so any K fits in memory.
   *
   * @return float64 {@code [batch]}, nats
   */
  public static Tensor logLikelihood(LatentVariableModel m, Tensor x, int k, Rng rng) {
    long batch = x.size(0);
    long perSample = Math.max(1, x.numel());
    int chunk = (int) Math.max(1, Math.min(k, ELEMENTS_AT_ONCE / perSample));
    return Autograd.off(
        () ->
            Scope.run(
                () -> {
                  Distribution q = m.posterior(x);
                  Tensor total = null;
                  for (int done = 0; done < k; done += chunk) {
                    int n = Math.min(chunk, k - done);
                    Tensor before = total;
                    total =
                        Scope.run(
                            () -> {
                              Tensor w = logWeights(m, q, x, n, rng).reshape(n, batch).logSumExp(0);
                              return before == null ? w : before.logAddExp(w);
                            });
                  }
                  return total.minus(Math.log(k));
                }));
  }

  /**
   * {@code ln p(x, z) − ln q(z|x)} for n samples of each observation: float64 {@code [n·batch]}.
   */
  public static Tensor logWeights(LatentVariableModel m, Distribution q, Tensor x, int n, Rng rng) {
    Tensor z = q.rsample(rng, n);
    Tensor w =
        m.likelihood(z)
            .logProb(x.repeatBatch(n))
            .plus(Conditional.rows(m.prior(), z.size(0)).logProb(z))
            .minus(q.repeat(n).logProb(z));
    return w.to(org.javae.tensor.DType.FLOAT64);
  }

  /**
   * Mutual information of x and z under q, {@code I = E_x E_q(z|x)[ln q(z|x) − ln q(z)]} with the
   * aggregate {@code q(z) = 1/N Σ_j q(z|x_j)} over the given observations (Hoffman and Johnson,
   * 2016): at most ln N.
   */
  public static double mutualInformation(LatentVariableModel m, Tensor x, Rng rng) {
    return Autograd.off(
        () ->
            Scope.run(
                () -> {
                  int n = (int) x.size(0);
                  Distribution q = m.posterior(x);
                  Tensor z = q.sample(rng);
                  double own = q.logProb(z).sum().item();
                  double aggregate = 0;
                  // Row i of the table is ln q(z_i | x_j) over j; a few rows at a time.
                  int rows =
                      (int) Math.max(1, ELEMENTS_AT_ONCE / Math.max(1, (long) n * z.size(1)));
                  for (int i = 0; i < n; i += rows) {
                    int from = i;
                    int count = Math.min(rows, n - i);
                    aggregate +=
                        Scope.run(
                            () -> {
                              // q repeated count times: copy c of posterior j at row c·n + j,
                              // against z_(from+c).
                              Tensor zs =
                                  z.narrow(0, from, count)
                                      .unsqueeze(1)
                                      .expand(count, n, -1)
                                      .reshape((long) count * n, -1);
                              return q.repeat(count)
                                  .logProb(zs)
                                  .reshape(count, n)
                                  .logSumExp(1)
                                  .minus(Math.log(n))
                                  .sum()
                                  .item();
                            });
                  }
                  return (own - aggregate) / n;
                }));
  }

  /** Number of columns of the codes {@code [n, latent]} whose variance exceeds 0.01. */
  public static int activeUnits(List<Tensor> codes) {
    return Scope.run(
        () -> {
          Tensor all = Tensor.cat(new ArrayList<>(codes), 0);
          return all.size(0) < 2
              ? 0
              : (int) all.variance(0, 1).gt(0.01).to(org.javae.tensor.DType.INT64).sum().item();
        });
  }
}
