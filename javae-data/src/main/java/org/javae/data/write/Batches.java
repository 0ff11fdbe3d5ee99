package org.javae.data.write;

import java.io.IOException;
import org.javae.core.data.Dataset;

/** Reads a data set in order, a few observations at a time. */
final class Batches {
  private static final int MOST_VALUES = 1 << 18;

  private Batches() {}

  /**
   * Is given the observations from {@code first} on: {@code count} of them, row-major, at the start
   * of {@code values}.
   */
  @FunctionalInterface
  interface Taker {
    void take(int first, int count, float[] values) throws IOException;
  }

  static void each(Dataset data, Taker taker) throws IOException {
    int numel = Math.toIntExact(data.shape().numel());
    int most = Math.max(1, MOST_VALUES / numel);
    float[] values = new float[Math.multiplyExact(Math.min(most, Math.max(1, data.size())), numel)];
    for (int first = 0; first < data.size(); first += most) {
      int count = Math.min(most, data.size() - first);
      int[] indices = new int[count];
      for (int i = 0; i < count; i++) {
        indices[i] = first + i;
      }
      data.read(indices, values);
      taker.take(first, count, values);
    }
  }
}
