package org.javae.core.distribution;

import org.javae.tensor.Rng;
import org.javae.tensor.Shape;
import org.javae.tensor.Tensor;

/**
 * Gaussians with a full covariance, {@code N(x; μ, L Lᵀ) = exp(−½|L⁻¹(x − μ)|²) / ((2π)^{d/2} Π
 * Lᵢᵢ)}, over vectors. As a posterior it can follow a decoder whose columns are not orthogonal,
 * which independent Gaussians cannot: they make the bound prefer decoders that are (Rolínek et al.,
 * 2019).
 *
 * @param mean μ, {@code [batch, d]}
 * @param logDiagonal ln Lᵢᵢ, {@code [batch, d]}
 * @param factor L, lower triangular with that diagonal, {@code [batch, d, d]}
 */
public record FullNormal(Tensor mean, Tensor logDiagonal, Tensor factor) implements Distribution {
  private static final double HALF_LOG_TWO_PI = 0.5 * Math.log(2 * Math.PI);

  /**
   * From free numbers.
   *
   * @param below whose part below the diagonal is L's, {@code [batch, d, d]}
   * @param strictlyLower 1 below the diagonal, else 0, {@code [1, d, d]}
   * @param identity {@code [1, d, d]}
   */
  public static FullNormal of(
      Tensor mean, Tensor logDiagonal, Tensor below, Tensor strictlyLower, Tensor identity) {
    Tensor diagonal = logDiagonal.exp().unsqueeze(2).times(identity);
    return new FullNormal(mean, logDiagonal, below.times(strictlyLower).plus(diagonal));
  }

  @Override
  public Tensor rsample(Rng r, int k) {
    Tensor m = mean.repeatBatch(k);
    Tensor noise = r.normal(mean.dtype(), m.shape().toArray());
    if (factor.size(0) == 1) {
      return m.plus(noise.matmul(factor.squeeze(0).t()));
    }
    return m.plus(factor.repeatBatch(k).matmul(noise.unsqueeze(2)).squeeze(2));
  }

  @Override
  public Tensor logProb(Tensor x) {
    // One factor for all rows is one system with many right-hand sides.
    Tensor w =
        factor.size(0) == 1
            ? factor.squeeze(0).solveTriangular(x.minus(mean).t(), false).t()
            : factor.solveTriangular(x.minus(mean).unsqueeze(2), false).squeeze(2);
    return w.square().times(-0.5).minus(logDiagonal).minus(HALF_LOG_TWO_PI).sumEvent();
  }

  @Override
  public Tensor elementLogProb(Tensor x) {
    throw new UnsupportedOperationException(
        "the elements of a Gaussian with full covariance are not independent");
  }

  /** Marginal variances {@code (L Lᵀ)ᵢᵢ}, {@code [batch, d]}. */
  public Tensor variance() {
    return factor.square().sum(2);
  }

  @Override
  public Shape shape() {
    return mean.shape();
  }

  @Override
  public FullNormal repeat(int k) {
    return new FullNormal(mean.repeatBatch(k), logDiagonal.repeatBatch(k), factor.repeatBatch(k));
  }
}
