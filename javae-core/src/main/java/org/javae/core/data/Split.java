package org.javae.core.data;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.javae.core.config.Nearest;
import org.javae.core.model.Check;
import org.javae.tensor.Rng;
import org.javae.tensor.UserException;

/** Row indices of the parts of a data set. */
public record Split(int[] train, int[] validation, int[] test) {
  /** Names of the parts. */
  public static final List<String> NAMES = List.of("train", "validation", "test", "all");

  /**
   * Divides a data set. A published division is kept; without one, {@code testFraction} of the rows
   * are set aside by the seed. {@code validationFraction} of the training rows is then taken for
   * validation unless one is published.
   *
   * @param limit at most this many rows a part, 0 for all; of a published part they are drawn by
   *     the seed, as its first rows are often all of one class
   */
  public static Split of(
      Dataset d, long seed, double validationFraction, double testFraction, int limit) {
    Check.fraction("validation", validationFraction);
    Check.fraction("test", testFraction);
    int n = d.size();
    Rng rng = Rng.of(seed).split("split");
    int[] train;
    int[] validation = new int[0];
    int[] test;
    if (d.publishedSplit().isPresent()) {
      var p = d.publishedSplit().get();
      train = published(0, p.train(), rng, limit);
      validation = published(p.train(), p.train() + p.validation(), rng, limit);
      test = published(p.train() + p.validation(), n, rng, limit);
    } else {
      int[] order = rng.permutation(n, 0);
      int t = (int) Math.round(n * testFraction);
      test = Arrays.copyOfRange(order, n - t, n);
      train = Arrays.copyOfRange(order, 0, n - t);
    }
    if (validation.length == 0) {
      int v = (int) Math.round(train.length * validationFraction);
      int[] order = rng.permutation(train.length, 1);
      int[] all = train;
      validation =
          IntStream.range(train.length - v, train.length).map(i -> all[order[i]]).toArray();
      train = IntStream.range(0, train.length - v).map(i -> all[order[i]]).toArray();
    }
    Split s =
        limit <= 0
            ? new Split(train, validation, test)
            : new Split(head(train, limit), head(validation, limit), head(test, limit));
    if (s.train.length == 0) {
      throw UserException.of(
          "%s has %d observation%s, which leaves none to train on; give more data or smaller shares to validation and"
              + " test",
          d.name(), n, n == 1 ? "" : "s");
    }
    return s;
  }

  private static int[] published(int from, int to, Rng rng, int limit) {
    if (limit <= 0 || limit >= to - from) {
      return IntStream.range(from, to).toArray();
    }
    return Arrays.stream(rng.permutation(to - from, 2, from)).map(i -> from + i).toArray();
  }

  private static int[] head(int[] a, int n) {
    return a.length <= n ? a : Arrays.copyOf(a, n);
  }

  /**
   * The rows of a named part; an empty test part falls back to validation, then train, as the
   * caller reports.
   */
  public int[] part(String name) {
    return switch (name) {
      case "train" -> train;
      case "validation" -> validation;
      case "test" -> test;
      case "all" ->
          IntStream.concat(
                  IntStream.concat(Arrays.stream(train), Arrays.stream(validation)),
                  Arrays.stream(test))
              .toArray();
      default ->
          throw UserException.usage(
              "unknown split '%s'; %s", name, Nearest.suggestion(name, NAMES));
    };
  }
}
