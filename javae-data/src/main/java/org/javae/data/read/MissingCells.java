package org.javae.data.read;

import org.javae.tensor.UserException;

/** Applies the policy for missing cells to the NaNs of arrays, and refuses infinite values. */
final class MissingCells {
  private final ReadOptions.Missing policy;
  private final String what;
  private long count;
  private long firstRow;
  private int firstElement;

  MissingCells(ReadOptions options, String what) {
    this.policy = options.missing();
    this.what = what;
  }

  /** Whether to keep observation {@code index} (from 0). */
  boolean accept(float[] row, long index) {
    int missing = 0;
    for (int i = 0; i < row.length; i++) {
      float v = row[i];
      if (Float.isInfinite(v)) {
        throw UserException.of(
            "%s has an infinite value (or one too large for 32 bits) in observation %d, element %d: mend it first.",
            what, index + 1, i + 1);
      }
      if (Float.isNaN(v)) {
        if (count == 0 && missing == 0) {
          firstRow = index;
          firstElement = i;
        }
        missing++;
      }
    }
    count += missing;
    return missing == 0 || policy != ReadOptions.Missing.DROP;
  }

  /**
   * To be called after the last row: under {@link ReadOptions.Missing#ERROR}, speaks up if anything
   * was missing.
   */
  void finish() {
    if (count > 0 && policy == ReadOptions.Missing.ERROR) {
      throw UserException.of(
          "%s has %d missing values (NaN), the first in observation %d, element %d: set missing=drop to leave such"
              + " observations out, or missing=mean to fill in the mean.",
          what, count, firstRow + 1, firstElement + 1);
    }
  }
}
