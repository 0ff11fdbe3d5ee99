package org.javae.core.model;

import org.javae.tensor.Tensor;

/**
 * Observations for one step.
 *
 * @param x {@code [batch, event…]}, preprocessed
 * @param labels int64 {@code [batch]}, or null if the data have none
 */
public record Batch(Tensor x, Tensor labels) {
  /** Number of observations. */
  public long size() {
    return x.size(0);
  }
}
