package org.javae.core.geometry;

import org.javae.tensor.Tensor;

/** The unit sphere {@code {z : |z| = 1}} in m coordinates: a surface of m − 1 dimensions. */
public final class Sphere {
  private Sphere() {}

  /** The nearest point of the sphere to each row of {@code [batch, m]}; rows must not be 0. */
  public static Tensor nearest(Tensor x) {
    return x.div(x.square().sum(1).sqrt().unsqueeze(1));
  }

  /**
   * Directions that touch the sphere at {@code at}: g without its part along {@code at}, of length
   * 1. For g ~ N(0, I) they are uniform among them.
   *
   * @param at points of the sphere, {@code [batch, m]}
   */
  public static Tensor tangent(Tensor at, Tensor g) {
    return nearest(g.minus(at.times(at.times(g).sum(1).unsqueeze(1))));
  }

  /** {@code ln 2π^{m/2} / Γ(m/2)}, the surface's size. */
  public static double logArea(int m) {
    // Γ(m/2) step by step from Γ(1) = 1 or Γ(½) = √π.
    double logGamma = m % 2 == 0 ? 0 : 0.5 * Math.log(Math.PI);
    for (double x = m % 2 == 0 ? 1 : 0.5; x < 0.5 * m; x++) {
      logGamma += Math.log(x);
    }
    return Math.log(2) + 0.5 * m * Math.log(Math.PI) - logGamma;
  }
}
