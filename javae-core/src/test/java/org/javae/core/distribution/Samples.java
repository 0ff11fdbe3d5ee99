package org.javae.core.distribution;

import org.javae.tensor.Tensor;

/** Short names for small float64 tensors. */
final class Samples {
  private Samples() {}

  static Tensor row(double... values) {
    return Tensor.of(values, 1, values.length);
  }

  static Tensor column(double... values) {
    return Tensor.of(values, values.length, 1);
  }
}
