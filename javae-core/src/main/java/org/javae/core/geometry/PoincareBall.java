package org.javae.core.geometry;

import org.javae.tensor.DType;
import org.javae.tensor.Tensor;

/**
 * Hyperbolic space of curvature −c as the ball {@code {x : c|x|² < 1}} with the metric {@code λₓ²
 * |dx|²}, {@code λₓ = 2/(1 − c|x|²)} (Ganea et al., 2018, section 2). Points and tangent vectors
 * are rows {@code [batch, d]}; a batch of one broadcasts. Near the rim float32 has no digits left:
 * use float64.
 *
 * @param c minus the curvature, positive
 */
public record PoincareBall(double c) {
  /** Squared lengths below are as good as 0, where x/|x| is not defined. */
  private static final double TINY = 1e-30;

  public PoincareBall {
    if (!(c > 0) || !Double.isFinite(c)) {
      throw new IllegalArgumentException("the curvature −c of a ball needs c > 0, not " + c);
    }
  }

  /** λₓ: {@code [batch, 1]}. */
  public Tensor conformalFactor(Tensor x) {
    return squared(x).times(-c).plus(1).reciprocal().times(2);
  }

  /**
   * Möbius addition {@code x ⊕ y = ((1 + 2c⟨x, y⟩ + c|y|²) x + (1 − c|x|²) y) / (1 + 2c⟨x, y⟩ +
   * c²|x|²|y|²)}, which moves 0 to x.
   */
  public Tensor add(Tensor x, Tensor y) {
    // The same with s = x + y, where nothing but s itself can cancel towards the rim.
    Tensor s = x.plus(y);
    Tensor ss = squared(s).times(c);
    Tensor restX = squared(x).times(-c).plus(1);
    Tensor restY = squared(y).times(-c).plus(1);
    return inside(restX.times(s).plus(ss.times(x)).div(restX.times(restY).plus(ss)));
  }

  /**
   * Where one arrives going from x for a distance |u| in the direction of u, which is given in
   * units of length at x: {@code expₓ(u/λₓ) = x ⊕ tanh(√c|u|/2) u/(√c|u|)}.
   */
  public Tensor walk(Tensor x, Tensor u) {
    return add(x, fromOrigin(u));
  }

  /** The u that {@link #walk} takes from x to y: {@code λₓ logₓ(y)}, of length d(x, y). */
  public Tensor way(Tensor x, Tensor y) {
    return toOrigin(add(x.neg(), y));
  }

  /** {@code expₓ(v)} for a tangent vector in the ball's coordinates. */
  public Tensor exp(Tensor x, Tensor v) {
    return walk(x, v.times(conformalFactor(x)));
  }

  /** {@code logₓ(y)}, the inverse of {@link #exp}. */
  public Tensor log(Tensor x, Tensor y) {
    return way(x, y).div(conformalFactor(x));
  }

  /** {@code exp₀(v) = tanh(√c|v|) v/(√c|v|)}. */
  public Tensor exp(Tensor v) {
    return inside(fromOrigin(v.times(2)));
  }

  /** {@code log₀(y) = artanh(√c|y|) y/(√c|y|)}. */
  public Tensor log(Tensor y) {
    return toOrigin(y).times(0.5);
  }

  /** {@code d(x, y) = 2/√c artanh(√c|−x ⊕ y|)}: {@code [batch]}. */
  public Tensor distance(Tensor x, Tensor y) {
    return squared(way(x, y)).sqrt().squeeze(1);
  }

  /** Rows that rounding or a picture put on the rim or outside, moved just inside. */
  public Tensor inside(Tensor x) {
    double rim = (x.dtype() == DType.FLOAT64 ? 1 - 1e-12 : 1 - 1e-6) / Math.sqrt(c);
    Tensor length = length(x);
    return x.times(length.reciprocal().times(rim).clamp(0, 1));
  }

  private Tensor fromOrigin(Tensor u) {
    Tensor half = length(u).times(0.5 * Math.sqrt(c));
    return u.times(half.tanh().div(half).times(0.5));
  }

  private Tensor toOrigin(Tensor y) {
    Tensor r = length(inside(y)).times(Math.sqrt(c));
    Tensor artanh = r.log1p().minus(r.neg().log1p()).times(0.5);
    return y.times(artanh.div(r).times(2));
  }

  private static Tensor squared(Tensor x) {
    return x.square().sum(1).unsqueeze(1);
  }

  private static Tensor length(Tensor x) {
    return squared(x).clamp(TINY, Double.POSITIVE_INFINITY).sqrt();
  }
}
