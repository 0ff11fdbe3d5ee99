package org.javae.core.divergence;

import org.javae.core.distribution.Normal;
import org.javae.tensor.Rng;
import org.javae.tensor.Tensor;

/**
 * Wasserstein distances that need no search for a coupling. On a line the best coupling is the
 * sorted one; in d dimensions the sliced distance {@code SW₂²(P, Q) = E_θ W₂²(θᵀP, θᵀQ)} averages
 * it over directions θ uniform on the sphere (Rabin et al., 2011; Kolouri et al., 2018, Sliced
 * Wasserstein Auto-Encoders). Samples have equally many rows; results differentiate.
 */
public final class Sliced {
  private Sliced() {}

  /**
   * {@code W₂²} of two samples of numbers, {@code [n]} each: the mean squared difference of the
   * sorted values. With further dimensions in front, {@code […, n]}, one result for each of their
   * elements.
   *
   * @throws IllegalArgumentException if the sizes differ
   */
  public static Tensor onLine(Tensor x, Tensor y) {
    if (!x.shape().equals(y.shape())) {
      throw new IllegalArgumentException(
          "sorting couples samples of one shape, but got " + x.shape() + " and " + y.shape());
    }
    return x.sort(-1).minus(y.sort(-1)).square().mean(-1);
  }

  /**
   * The sliced distance of samples {@code [n, d]} along random directions: a scalar, unbiased in
   * the directions. For P and Q a shift by δ apart it is ‖δ‖²/d.
   */
  public static Tensor wasserstein(Tensor x, Tensor y, int directions, Rng rng) {
    Tensor theta = directions(directions, x, rng);
    return onLine(theta.matmul(x.t()), theta.matmul(y.t())).mean();
  }

  /** Uniform directions, {@code [n, d]}, of length one. */
  private static Tensor directions(int n, Tensor like, Rng rng) {
    Tensor g = rng.normal(like.dtype(), n, like.size(1));
    return g.div(g.square().sum(1).sqrt().unsqueeze(1));
  }

  /** {@code W₂²} of diagonal Gaussians, {@code ‖μₚ − μ_q‖² + ‖σₚ − σ_q‖²}: {@code [batch]}. */
  public static Tensor gaussian(Normal p, Normal q) {
    Tensor means = p.mean().minus(q.mean()).square();
    return means.plus(p.scale().minus(q.scale()).square()).sumEvent();
  }
}
