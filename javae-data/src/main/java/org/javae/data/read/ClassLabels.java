package org.javae.data.read;

import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.javae.core.data.Dataset.Annotation;
import org.javae.tensor.UserException;

/** Turns whole numbers that name classes into annotations. */
final class ClassLabels {
  /** More different values than this are no classes. */
  static final int MAX_CLASSES = 10_000;

  private ClassLabels() {}

  /**
   * Labels from 0 to at most {@link #MAX_CLASSES}-1 are kept as they are, so that reading only a
   * part of the data gives the same codes; others are numbered in rising order, and the labels
   * become the value names.
   */
  static Annotation of(String name, double[] values, String what) {
    return of(name, values, 0, what);
  }

  /**
   * As {@link #of(String, double[], String)} for labels counted from {@code first}: that one gets
   * code 0.
   */
  static Annotation of(String name, double[] values, int first, String what) {
    int[] codes = new int[values.length];
    boolean direct = true;
    double max = -1;
    for (int i = 0; i < values.length; i++) {
      double v = values[i];
      if (v != Math.rint(v) || Math.abs(v) > (1L << 53)) {
        throw UserException.of(
            "%s should hold class labels, but value %s of observation %d is not a whole number.",
            what, v, i + 1);
      }
      direct &= v >= first && v < MAX_CLASSES;
      max = Math.max(max, v);
      codes[i] = (int) v;
    }
    if (direct) {
      for (int i = 0; i < codes.length; i++) {
        codes[i] -= first;
      }
      List<String> names =
          first == 0
              ? List.of()
              : IntStream.rangeClosed(first, (int) max).mapToObj(Integer::toString).toList();
      return new Annotation(name, codes, (int) max + 1 - first, names);
    }
    TreeSet<Long> distinct = new TreeSet<>();
    for (double v : values) {
      distinct.add((long) v);
      if (distinct.size() > MAX_CLASSES) {
        throw UserException.of(
            "%s should hold class labels, but has more than %d different values.",
            what, MAX_CLASSES);
      }
    }
    long[] sorted = distinct.stream().mapToLong(Long::longValue).toArray();
    for (int i = 0; i < values.length; i++) {
      codes[i] = Arrays.binarySearch(sorted, (long) values[i]);
    }
    return new Annotation(
        name, codes, sorted.length, Arrays.stream(sorted).mapToObj(Long::toString).toList());
  }
}
