package org.javae.core.model;

import org.javae.tensor.Tensor;

/**
 * Observations for one step.
 *
 * @param x {@code [batch, event…]}, preprocessed
 * @param labels int64 {@code [batch]}, or null if the data have none
 * @param rows row number in the data set of each observation, or null if that is not known
 */
public record Batch(Tensor x, Tensor labels, int[] rows) {
  /** Observations that come from no data set. */
  public Batch(Tensor x, Tensor labels) {
    this(x, labels, null);
  }

  /** Number of observations. */
  public long size() {
    return x.size(0);
  }
}
