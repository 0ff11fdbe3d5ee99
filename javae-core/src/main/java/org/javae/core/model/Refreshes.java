package org.javae.core.model;

import org.javae.core.train.BatchSource;
import org.javae.tensor.Rng;

/**
 * A model whose loss or prior looks at training rows beyond the batch: exemplars, an aggregated
 * posterior, a normaliser.
 */
public interface Refreshes {
  /** Given once, before training: the rows it may draw from. */
  void trainingRows(BatchSource<Batch> rows);

  /**
   * Recomputes its buffers with the present weights. The trainer calls it before every validation
   * and once more with the weights that are kept.
   */
  void refresh(Rng rng);
}
