package org.javae.core.divergence;

import org.javae.core.distribution.Normal;
import org.javae.tensor.Tensor;

/**
 * Squared maximum mean discrepancy {@code MMD²(P, Q) = E k(x, x′) + E k(y, y′) − 2 E k(x, y)} with
 * x, x′ from P and y, y′ from Q, zero for equal distributions only if the {@link Kernel} is
 * characteristic, as both of ours are (Gretton et al., 2012, A Kernel Two-Sample Test, lemma 6).
 * Estimates take samples {@code [n, d]} and {@code [m, d]} and give a differentiable scalar.
 */
public final class Mmd {
  private Mmd() {}

  /**
   * The U-statistic: pairs of a sample with itself are left out, so the expectation is exact and
   * single values may be negative.
   *
   * @throws IllegalArgumentException if a sample has less than two rows
   */
  public static Tensor unbiased(Kernel k, Tensor x, Tensor y) {
    long n = x.size(0);
    long m = y.size(0);
    if (n < 2 || m < 2) {
      throw new IllegalArgumentException(
          "unbiased MMD needs two rows of each sample, but got " + n + " and " + m);
    }
    return offDiagonal(k.between(x, x), n)
        .plus(offDiagonal(k.between(y, y), m))
        .minus(k.between(x, y).mean().times(2));
  }

  /** The V-statistic: all pairs; never negative, too large by O(1/n + 1/m). */
  public static Tensor biased(Kernel k, Tensor x, Tensor y) {
    return k.between(x, x)
        .mean()
        .plus(k.between(y, y).mean())
        .minus(k.between(x, y).mean().times(2));
  }

  /** As a penalty on the codes of a batch: unbiased, but for a last batch of a single row. */
  public static Tensor of(Kernel k, Tensor x, Tensor y) {
    return Math.min(x.size(0), y.size(0)) > 1 ? unbiased(k, x, y) : biased(k, x, y);
  }

  private static Tensor offDiagonal(Tensor k, long n) {
    return k.sum().minus(k.diag().sum()).div((double) n * (n - 1));
  }

  /**
   * Exact MMD² with the kernel {@code exp(−‖x − y‖² / 2σ²)} of diagonal Gaussians, {@code [batch]}.
   * The difference of two Gaussians is Gaussian, so each expectation is {@code Πⱼ √(σ²/v) exp(−(μₚ
   * − μ_q)² / 2v)}, v = σ² + σₚ² + σ_q².
   */
  public static Tensor gaussian(Normal p, Normal q, double sigma) {
    return expected(p, p, sigma).plus(expected(q, q, sigma)).minus(expected(p, q, sigma).times(2));
  }

  private static Tensor expected(Normal p, Normal q, double sigma) {
    Tensor v = p.scale().square().plus(q.scale().square()).plus(sigma * sigma);
    Tensor distance = p.mean().minus(q.mean()).square().div(v);
    return v.log().minus(2 * Math.log(sigma)).plus(distance).times(-0.5).sumEvent().exp();
  }
}
