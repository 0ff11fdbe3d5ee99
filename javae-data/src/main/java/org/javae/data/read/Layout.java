package org.javae.data.read;

import java.util.Arrays;
import java.util.stream.Collectors;
import org.javae.tensor.Shape;
import org.javae.tensor.UserException;

/**
 * How one observation of an array becomes one observation of a data set.
 *
 * @param shape {@code [d]} or {@code [channels, height, width]}
 * @param order element {@code i} of the observation is element {@code order[i]} as stored; null if
 *     it is {@code i}
 */
record Layout(Shape shape, int[] order) {
  /** No observation is larger: 2²⁶ values. */
  static final int MAX_NUMEL = 1 << 26;

  boolean image() {
    return shape.isImage();
  }

  int numel() {
    return (int) shape.numel();
  }

  void arrange(byte[] stored, byte[] out) {
    for (int i = 0; i < order.length; i++) {
      out[i] = stored[order[i]];
    }
  }

  void arrange(float[] stored, float[] out) {
    for (int i = 0; i < order.length; i++) {
      out[i] = stored[order[i]];
    }
  }

  /**
   * The layout for arrays whose observations have sizes {@code dims}, first index slowest.
   *
   * @param what the source and array for messages
   */
  static Layout of(long[] dims, ReadOptions options, String what) {
    long numel = 1;
    for (long d : dims) {
      if (d < 1) {
        throw UserException.of(
            "%s holds observations of size %s: nothing to learn from.", what, text(dims));
      }
      if (d > MAX_NUMEL || (numel *= d) > MAX_NUMEL) {
        throw UserException.of(
            "%s says one observation has %s values; more than %d are not supported; it may be damaged.",
            what, text(dims), MAX_NUMEL);
      }
    }
    if (options.imageShape().isPresent() && dims.length < 2) {
      Shape s = options.imageShape().get();
      if (s.numel() != numel) {
        throw UserException.of(
            "%s holds observations of %d values, which cannot be pictures of %s: change imageShape.",
            what, numel, s);
      }
      return new Layout(s, options.columnMajor() ? columnMajor(s) : null);
    }
    switch (dims.length) {
      case 0, 1:
        return new Layout(Shape.of(numel), null);
      case 2:
        return new Layout(Shape.of(1, dims[0], dims[1]), null);
      case 3:
        if (isChannels(dims[0])) {
          return new Layout(Shape.of(dims), null);
        }
        if (isChannels(dims[2])) {
          Shape s = Shape.of(dims[2], dims[0], dims[1]);
          return new Layout(s, dims[2] == 1 ? null : channelsLast(s));
        }
        throw UserException.of(
            "%s holds observations of size %s, which are no pictures: 1 or 3 channels are expected first or last.",
            what, text(dims));
      default:
        throw UserException.of(
            "%s holds observations of %d dimensions (%s): rows, height×width or channels×height×width are expected.",
            what, dims.length, text(dims));
    }
  }

  private static boolean isChannels(long n) {
    return n == 1 || n == 3;
  }

  static String text(long[] dims) {
    return dims.length == 0
        ? "1"
        : Arrays.stream(dims).mapToObj(Long::toString).collect(Collectors.joining("×"));
  }

  /** For pictures stored pixel by pixel. */
  static int[] channelsLast(Shape chw) {
    int c = (int) chw.at(0);
    int plane = (int) (chw.at(1) * chw.at(2));
    int[] order = new int[c * plane];
    for (int k = 0; k < c; k++) {
      for (int i = 0; i < plane; i++) {
        order[k * plane + i] = i * c + k;
      }
    }
    return order;
  }

  /** For pictures whose planes are stored column by column. */
  static int[] columnMajor(Shape chw) {
    int h = (int) chw.at(1);
    int w = (int) chw.at(2);
    int[] order = new int[(int) chw.numel()];
    for (int i = 0; i < order.length; i++) {
      int x = i % w;
      int y = i / w % h;
      int k = i / (h * w);
      order[i] = (k * w + x) * h + y;
    }
    return order;
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof Layout l && shape.equals(l.shape) && Arrays.equals(order, l.order);
  }

  @Override
  public int hashCode() {
    return 31 * shape.hashCode() + Arrays.hashCode(order);
  }

  @Override
  public String toString() {
    return shape.toString();
  }
}
