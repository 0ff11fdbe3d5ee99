package org.javae.experiment;

import java.util.List;
import java.util.stream.IntStream;
import org.javae.core.config.Nearest;
import org.javae.core.data.Dataset;
import org.javae.core.data.Dataset.Annotation;
import org.javae.tensor.UserException;

/**
 * A property that observations have or have not: a value of the label, or of another annotation as
 * {@code shape=heart}.
 *
 * @param of where the property is looked up
 * @param value which of its values
 */
record Trait(Annotation of, int value) {
  /**
   * As typed.
   *
   * @param option that it was given with
   * @throws UserException if the data have no such annotation or value
   */
  static Trait parse(Dataset d, String option, String text) {
    int equals = text.indexOf('=');
    String name = equals < 0 ? "label" : text.substring(0, equals).strip();
    String value = text.substring(equals + 1).strip();
    List<String> known = d.annotations().stream().map(Annotation::name).toList();
    if (known.isEmpty()) {
      throw UserException.of(
          "%s has no labels to take attributes from; name the column of a table with --set"
              + " label=COLUMN when training",
          d.name());
    }
    Annotation a =
        d.annotations().stream()
            .filter(x -> x.name().equals(name))
            .findFirst()
            .orElseThrow(
                () ->
                    equals < 0
                        ? UserException.usage(
                            "%s is '%s', but %s has no label; say which of its annotations, e.g."
                                + " %s=%s (there are %s)",
                            option, text, d.name(), known.get(0), text, String.join(", ", known))
                        : UserException.usage(
                            "%s is '%s', but %s has no annotation '%s'; %s",
                            option, text, d.name(), name, Nearest.suggestion(name, known)));
    int n = Math.max(a.cardinality(), a.valueNames().size());
    List<String> values =
        IntStream.range(0, n)
            .mapToObj(i -> i < a.valueNames().size() ? a.valueNames().get(i) : String.valueOf(i))
            .toList();
    int i = values.indexOf(value);
    if (i < 0) {
      throw UserException.usage(
          "%s is '%s', but the values of %s are %s",
          option,
          text,
          name,
          a.valueNames().isEmpty()
              ? "the numbers from 0 to " + (n - 1)
              : values.size() <= 20
                  ? String.join(", ", values)
                  : "others; " + Nearest.suggestion(value, values));
    }
    return new Trait(a, i);
  }

  /** Whether an observation has it. */
  boolean of(int row) {
    return of.values()[row] == value;
  }

  @Override
  public String toString() {
    String v = value < of.valueNames().size() ? of.valueNames().get(value) : String.valueOf(value);
    return of.name().equals("label") ? v : of.name() + " " + v;
  }
}
