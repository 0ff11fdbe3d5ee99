package org.javae.core.train;

/**
 * Batches addressed by epoch and index.
 *
 * @param <B> what a batch is
 */
public interface BatchSource<B> {
  /** Observations in one epoch. */
  int size();

  /** The batch; the last one of an epoch may be smaller. */
  B batch(long epoch, int index, int batchSize);

  /** Batches in one epoch. */
  default int batches(int batchSize) {
    return (size() + batchSize - 1) / batchSize;
  }
}
