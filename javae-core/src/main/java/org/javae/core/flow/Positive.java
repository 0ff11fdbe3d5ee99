package org.javae.core.flow;

import org.javae.tensor.Tensor;

/** Maps of any number into the range in which a step of a flow is invertible. */
final class Positive {
  /** How far from −1 to stay, so that float32 still has the logarithm of the determinant. */
  private static final double MARGIN = 1e-3;

  /** Where softplus is 1. */
  private static final double ONE = Math.log(Math.expm1(1));

  private Positive() {}

  /** {@code m(x) = softplus(x + ln(e − 1)) − 1}, drawn a little away from −1: m(0) = 0. */
  static Tensor aboveMinusOne(Tensor x) {
    return x.plus(ONE).softplus().minus(1).times(1 - MARGIN);
  }
}
