package org.javae.core.evaluate;

import org.javae.core.distribution.Distribution;
import org.javae.core.distribution.Normal;
import org.javae.core.divergence.KullbackLeibler;
import org.javae.core.model.Batch;
import org.javae.core.model.Conditional;
import org.javae.core.model.LatentVariableModel;
import org.javae.core.model.Model;
import org.javae.core.train.BatchSource;
import org.javae.tensor.Autograd;
import org.javae.tensor.DType;
import org.javae.tensor.Rng;
import org.javae.tensor.Scope;
import org.javae.tensor.Tensor;
import org.javae.tensor.UserException;

/** Measures of posterior collapse beyond KL, mutual information and active units. */
public final class Collapse {
  private static final int BATCH = 500;

  private Collapse() {}

  /**
   * Where the collapsed solution would win (Dai, Wang and Wipf, 2020, Proposition 2). For a
   * Gaussian decoder with covariance γI the proposition says that for every decoder there is a γ′
   * above which the trivial solution, μ(z) = x̄ with q(z|x) = p(z), costs less. For the networks at
   * hand, held fixed, it can be computed: the negative ELBOs {@code E/(2γ) + KL} and {@code
   * V/(2γ)}, with their common {@code d/2 ln 2πγ} left out, are equal at
   *
   * <p>{@code γ′ = (V − E) / (2 KL)}.
   *
   * <p>With q fitted anew to every γ the threshold would only be higher, so this is a lower limit
   * of it. For probabilistic PCA it is {@code Σ(λ_j − σ²) / Σ ln(λ_j/σ²)} over the kept
   * eigenvalues, for one of them the logarithmic mean of λ and σ².
   *
   * @param variance γ, the decoder's variance
   * @param threshold γ′; infinite where the KL is 0 although the codes reconstruct, 0 where they do
   *     not reconstruct better than the mean
   * @param total V, mean squared distance of an observation from the mean x̄
   * @param error E, mean squared distance from μ(z), z ~ q(z|x)
   * @param kl KL(q(z|x)‖p(z)), nats
   */
  public record Threshold(
      double variance, double threshold, double total, double error, double kl) {
    /** Whether doing nothing would cost less at the present variance. */
    public boolean trivialWins() {
      return variance > threshold;
    }
  }

  /**
   * Dai's threshold on the rows.
   *
   * @throws UserException if the model has no Gaussian decoder with one variance for all elements
   */
  public static Threshold daiThreshold(Model<?> model, BatchSource<Batch> rows) {
    Rng rng = Rng.of(0).split("threshold");
    double[] sums = new double[5];
    Tensor[] mean = new Tensor[1];
    return Autograd.off(
        () ->
            Scope.run(
                () -> {
                  for (int i = 0; i < rows.batches(BATCH); i++) {
                    int index = i;
                    mean[0] =
                        Scope.run(
                            () -> {
                              Batch b = rows.batch(0, index, BATCH);
                              add(model, b, rng, sums);
                              Tensor sum = b.x().to(DType.FLOAT64).sum(0);
                              return mean[0] == null ? sum : mean[0].plus(sum);
                            });
                  }
                  double n = sums[0];
                  double total = sums[1] / n - mean[0].div(n).square().sum().item();
                  double error = sums[2] / n;
                  double kl = sums[3] / n;
                  double gain = Math.max(0, total - error);
                  double threshold = gain == 0 ? 0 : gain / (2 * Math.max(0, kl));
                  return new Threshold(sums[4], threshold, total, error, kl);
                }));
  }

  /** Adds to n, Σ‖x‖², Σ‖x − μ(z)‖², Σ KL; and notes γ. */
  private static void add(Model<?> model, Batch b, Rng rng, double[] sums) {
    LatentVariableModel m = Conditional.view(model, b);
    Tensor x = b.x().to(DType.FLOAT64);
    if (m == null) {
      throw none();
    }
    Distribution q = m.posterior(b.x());
    Distribution.Drawn drawn = q.sampled(rng, 1);
    Tensor z = drawn.value();
    if (!(m.likelihood(z) instanceof Normal p) || p.logScale().numel() != 1) {
      throw none();
    }
    Tensor kl = KullbackLeibler.perElement(q, m.prior());
    sums[0] += x.size(0);
    sums[1] += x.square().sum().item();
    sums[2] += p.mean().minus(x).square().to(DType.FLOAT64).sum().item();
    sums[3] +=
        (kl == null ? drawn.logProb().minus(m.prior().logProb(z)) : kl)
            .to(DType.FLOAT64)
            .sum()
            .item();
    sums[4] = Math.exp(2 * p.logScale().item());
  }

  private static UserException none() {
    return UserException.of(
        "the threshold of Dai et al. is that of a Gaussian decoder with one variance for all elements; train with --set"
            + " likelihood=gaussian:shared or gaussian:S");
  }
}
