package org.javae.core.model;

import org.javae.tensor.Tensor;

/**
 * Which views the observations of a batch have, for distributions that repeat the batch.
 *
 * @param views {@code [batch or 1, M]}, 1 where a view is there, else 0
 */
public record Presence(Tensor views) {
  /**
   * Indicators of n rows, {@code [n or 1, M]}: of the batch, of k samples for each of its
   * observations, or, as nothing else has another number of rows, of generated observations, which
   * have all views.
   */
  public Tensor rows(long n) {
    long batch = views.size(0);
    if (batch == n || batch == 1) {
      return views;
    }
    return n % batch == 0
        ? views.repeatBatch(Math.toIntExact(n / batch))
        : Tensor.ones(1, views.size(1)).to(views.dtype());
  }
}
