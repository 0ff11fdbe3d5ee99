package org.javae.core.config;

import java.util.Arrays;
import java.util.Map;
import org.javae.tensor.UserException;

/**
 * A setting written as a kind and its numbers, {@code kind:a,b}; numbers left out have defaults.
 *
 * @param kind one of the known ones
 * @param numbers all of them, given or not
 */
public record NumberedKind(String kind, double[] numbers) {
  /**
   * Reads one.
   *
   * @param what the setting is, for sentences: {@code schedule}
   * @param known kinds with the numbers that stand where none are given
   * @throws UserException if the kind is unknown, there are too many numbers, or one is none
   */
  public static NumberedKind parse(String what, String text, Map<String, double[]> known) {
    String[] p = text.strip().split(":", 2);
    if (!known.containsKey(p[0])) {
      throw UserException.usage(
          "unknown %s '%s'; %s", what, text, Nearest.suggestion(p[0], known.keySet()));
    }
    double[] numbers = known.get(p[0]).clone();
    String[] given = p.length == 2 ? p[1].split(",", -1) : new String[0];
    if (given.length > numbers.length) {
      throw UserException.usage("%s '%s' takes at most %d numbers", what, text, numbers.length);
    }
    for (int i = 0; i < given.length; i++) {
      try {
        numbers[i] = Double.parseDouble(given[i]);
      } catch (NumberFormatException e) {
        throw UserException.usage("%s '%s': '%s' is not a number", what, text, given[i]);
      }
      if (Double.isInfinite(numbers[i])) {
        throw UserException.usage("%s '%s': '%s' is too large", what, text, given[i]);
      }
    }
    return new NumberedKind(p[0], numbers);
  }

  /** As it is written, with all numbers. */
  @Override
  public String toString() {
    StringBuilder b = new StringBuilder(kind);
    for (int i = 0; i < numbers.length; i++) {
      double n = numbers[i];
      boolean whole = n == (long) n && Math.abs(n) < 1e18;
      b.append(i == 0 ? ':' : ',').append(whole ? String.valueOf((long) n) : String.valueOf(n));
    }
    return b.toString();
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof NumberedKind k && k.kind.equals(kind) && Arrays.equals(k.numbers, numbers);
  }

  @Override
  public int hashCode() {
    return toString().hashCode();
  }
}
