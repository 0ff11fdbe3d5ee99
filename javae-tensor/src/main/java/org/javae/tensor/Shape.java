package org.javae.tensor;

import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * The sizes of a tensor, outermost first; images are {@code [channels, height, width]}. Immutable.
 */
public final class Shape {
  private final long[] sizes;

  private Shape(long[] sizes) {
    this.sizes = sizes;
  }

  /**
   * @throws IllegalArgumentException if a size is negative
   */
  public static Shape of(long... sizes) {
    for (long s : sizes) {
      if (s < 0) {
        throw new IllegalArgumentException("negative size in shape " + Arrays.toString(sizes));
      }
    }
    return new Shape(sizes.clone());
  }

  public int rank() {
    return sizes.length;
  }

  /** Size of dimension {@code i}; negative {@code i} counts from the end. */
  public long at(int i) {
    return sizes[i < 0 ? sizes.length + i : i];
  }

  /** Number of elements: the product of the sizes, 1 for a scalar. */
  public long numel() {
    long n = 1;
    for (long s : sizes) {
      n = Math.multiplyExact(n, s);
    }
    return n;
  }

  public long[] toArray() {
    return sizes.clone();
  }

  /** This shape with a dimension put in front, e.g. the batch. */
  public Shape prepend(long size) {
    long[] r = new long[sizes.length + 1];
    r[0] = size;
    System.arraycopy(sizes, 0, r, 1, sizes.length);
    return new Shape(r);
  }

  /** True for {@code [channels, height, width]}. */
  public boolean isImage() {
    return sizes.length == 3;
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof Shape s && Arrays.equals(sizes, s.sizes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(sizes);
  }

  /** For people: {@code 1×28×28}. */
  @Override
  public String toString() {
    return sizes.length == 0
        ? "scalar"
        : Arrays.stream(sizes).mapToObj(Long::toString).collect(Collectors.joining("×"));
  }
}
