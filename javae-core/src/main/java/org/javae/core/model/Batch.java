package org.javae.core.model;

import org.javae.tensor.Tensor;

/**
 * Observations for one step.
 *
 * @param x {@code [batch, event…]}, preprocessed; zeros where a view is absent
 * @param labels int64 {@code [batch]}, or null if the data have none
 * @param rows row number in the data set of each observation, or null if that is not known
 * @param present {@code [batch, views]}: 1 where a view of that observation is there, else 0; null
 *     where observations are one block
 */
public record Batch(Tensor x, Tensor labels, int[] rows, Tensor present) {
  /** Observations of one block. */
  public Batch(Tensor x, Tensor labels, int[] rows) {
    this(x, labels, rows, null);
  }

  /** Observations of one block that come from no data set. */
  public Batch(Tensor x, Tensor labels) {
    this(x, labels, null, null);
  }

  /** Number of observations. */
  public long size() {
    return x.size(0);
  }
}
