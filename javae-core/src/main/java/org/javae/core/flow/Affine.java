package org.javae.core.flow;

import java.util.List;
import org.javae.tensor.Tensor;

/**
 * Shift and log-scale of an affine map {@code u = (x − shift) exp(−logScale)} of every element.
 *
 * @param shift {@code [batch, size]}
 * @param logScale {@code [batch, size]}, within ±{@value #LIMIT}
 */
public record Affine(Tensor shift, Tensor logScale) {
  /**
   * Bound on the log-scale, approached smoothly: without it one far observation makes a training
   * step overflow.
   */
  static final double LIMIT = 5;

  /** Reads a network's output, shifts beside unbounded log-scales: {@code [batch, 2·size]}. */
  public static Affine of(Tensor output) {
    List<Tensor> halves = output.chunk(2, 1);
    return new Affine(halves.get(0), halves.get(1).times(1 / LIMIT).tanh().times(LIMIT));
  }

  /** The affine map where the mask is 1, the identity where it is 0. */
  Affine where(Tensor mask) {
    return new Affine(shift.times(mask), logScale.times(mask));
  }

  /** Towards the noise. */
  Flow.Mapped forward(Tensor x) {
    return new Flow.Mapped(x.minus(shift).times(logScale.neg().exp()), logScale.sumEvent().neg());
  }

  /** Towards the data. */
  Tensor inverse(Tensor u) {
    return u.times(logScale.exp()).plus(shift);
  }
}
