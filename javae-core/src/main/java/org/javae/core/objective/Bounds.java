package org.javae.core.objective;

import org.javae.tensor.Tensor;

/**
 * Lower bounds of ln p(x) from importance weights {@code ln w = ln p(x, z) − ln q(z|x)}, given as
 * {@code [samples, batch]}; each result is {@code [batch]}, nats.
 */
public final class Bounds {
  private Bounds() {}

  /** {@code E ln w}: the ELBO. */
  public static Tensor elbo(Tensor logWeights) {
    return logWeights.mean(0);
  }

  /** {@code ln 1/K Σₖ wₖ} (Burda et al., 2016, equation (8)). */
  public static Tensor iwae(Tensor logWeights) {
    return logWeights.logSumExp(0).minus(Math.log(logWeights.size(0)));
  }

  /**
   * {@code 1/M Σₘ ln 1/K Σₖ wₘₖ} (Rainforth et al., 2018): M = 1 is IWAE, K = 1 the ELBO.
   *
   * @param m number of groups the samples are divided into
   */
  public static Tensor miwae(Tensor logWeights, int m) {
    long k = logWeights.size(0) / m;
    return logWeights.reshape(m, k, logWeights.size(1)).logSumExp(1).minus(Math.log(k)).mean(0);
  }
}
