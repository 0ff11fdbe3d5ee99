package org.javae.core.model;

import org.javae.tensor.Tensor;

/** Knows the exact log-density of an observation. */
public interface Scores {
  /** ln p(x) in nats, {@code [batch]}. */
  Tensor logProb(Tensor x);

  /**
   * Whether this is the log-probability of values that can be counted, such as pixels that are on
   * or off; otherwise it is a density, which changes with the unit of measurement and may exceed 0.
   */
  default boolean discrete() {
    return false;
  }
}
