package org.javae.core.flow;

import org.javae.tensor.Tensor;

/**
 * An invertible map f of vectors, read from data to noise: {@code u = f(x)}. With u of density p_u
 * the data have {@code ln p(x) = ln p_u(f(x)) + ln |det ∂f/∂x|} (Rezende and Mohamed, 2015). Both
 * directions differentiate.
 */
public interface Flow {
  /**
   * Towards the noise: {@code u = f(x)} with {@code ln |det ∂u/∂x|}.
   *
   * @param x {@code [batch, size]}
   */
  Mapped forward(Tensor x);

  /**
   * Towards the data: {@code x = f⁻¹(u)}, {@code [batch, size]}.
   *
   * @param u {@code [batch, size]}
   */
  Tensor inverse(Tensor u);

  /** Number of elements of a vector. */
  int size();

  /**
   * This flow for a batch repeated k times, copy j of row i at row {@code j·batch + i}: itself,
   * unless each row has a map of its own.
   */
  default Flow repeat(int k) {
    return this;
  }

  /**
   * Where a batch of vectors is mapped to.
   *
   * @param value {@code [batch, size]}
   * @param logDet {@code ln |det J|} of each row, {@code [batch]}
   */
  record Mapped(Tensor value, Tensor logDet) {}
}
