package org.javae.data.read;

import java.util.Arrays;
import java.util.OptionalInt;
import org.javae.core.data.Dataset.PublishedSplit;

/** Sizes of the contiguous parts of a source that has a published division. */
final class Parts {
  private Parts() {}

  /**
   * How many observations to take from the front of each part so that at most {@code limit} are
   * taken in all: in proportion to the parts' sizes, at least one from each part where the limit
   * allows.
   */
  static int[] share(int[] sizes, OptionalInt limit) {
    long total = Arrays.stream(sizes).asLongStream().sum();
    if (limit.isEmpty() || total <= limit.getAsInt()) {
      return sizes.clone();
    }
    int[] taken = new int[sizes.length];
    int left = limit.getAsInt();
    long sizeLeft = total;
    // The last part first: rounding then favours the training part.
    for (int i = sizes.length - 1; i > 0; i--) {
      int before = (int) Arrays.stream(sizes, 0, i).filter(n -> n > 0).count();
      long fair = sizeLeft == 0 ? 0 : Math.round((double) left * sizes[i] / sizeLeft);
      long most = Math.min(sizes[i], left - before);
      taken[i] = (int) Math.max(0, Math.min(most, Math.max(1, fair)));
      left -= taken[i];
      sizeLeft -= sizes[i];
    }
    taken[0] = left;
    return taken;
  }

  /** Train and test, or train, validation and test; null unless there are two or three parts. */
  static PublishedSplit split(int[] sizes) {
    return switch (sizes.length) {
      case 2 -> new PublishedSplit(sizes[0], 0, sizes[1]);
      case 3 -> new PublishedSplit(sizes[0], sizes[1], sizes[2]);
      default -> null;
    };
  }
}
