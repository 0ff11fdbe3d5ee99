package org.javae.experiment;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.javae.core.config.Nearest;
import org.javae.core.data.Dataset;
import org.javae.core.io.ModelFolder;
import org.javae.core.model.Conditional;
import org.javae.tensor.Tensor;
import org.javae.tensor.UserException;

/**
 * The labels a conditional model was trained on.
 *
 * @param classes how many
 * @param names what the data call them; empty if they are plain numbers from 0
 */
record Labels(int classes, List<String> names) {
  /** Key in a model's source. */
  static final String KEY = "labels";

  /** Those of a loaded run. */
  static Labels of(Conditional model, ModelFolder.Description d) {
    List<String> names =
        d.source().get(KEY) instanceof List<?> l
            ? l.stream().map(String::valueOf).toList()
            : List.of();
    return new Labels(model.classes(), names.size() == model.classes() ? names : List.of());
  }

  /** What the data call a label. */
  String name(int label) {
    return names.isEmpty() ? String.valueOf(label) : names.get(label);
  }

  /**
   * The label that a user names.
   *
   * @throws UserException if there is none of that name
   */
  int number(String text) {
    List<String> all = IntStream.range(0, classes).mapToObj(this::name).toList();
    int i = all.indexOf(text.strip());
    if (i < 0) {
      throw UserException.usage(
          "--label is '%s', but the model's labels are %s",
          text,
          names.isEmpty()
              ? "the numbers from 0 to " + (classes - 1)
              : classes <= 20
                  ? String.join(", ", names)
                  : classes + " others; " + Nearest.suggestion(text, names));
    }
    return i;
  }

  /**
   * Checks that other data mean the same by their labels.
   *
   * @throws UserException if they have none or others
   */
  void check(String run, Dataset d) {
    Dataset.Annotation a =
        d.labels()
            .orElseThrow(
                () ->
                    UserException.of(
                        "run %s needs a label for every observation, and %s has none; name the column of a table with"
                            + " --set label=COLUMN when training",
                        run, d.name()));
    boolean renamed = !names.isEmpty() && !names.equals(a.valueNames());
    if (a.cardinality() > classes || renamed) {
      throw UserException.of(
          "run %s was trained on the labels %s, but %s has %s; use data with the same labels",
          run,
          names.isEmpty() ? "0 to " + (classes - 1) : brief(names),
          d.name(),
          a.valueNames().isEmpty() ? "0 to " + (a.cardinality() - 1) : brief(a.valueNames()));
    }
  }

  private static String brief(List<String> names) {
    return names.size() <= 6
        ? String.join(", ", names)
        : String.join(", ", names.subList(0, 5)) + " … (" + names.size() + ")";
  }

  /** Each of these labels, as the model takes them. */
  static Tensor tensor(int... labels) {
    return Tensor.of(Arrays.stream(labels).asLongStream().toArray(), labels.length);
  }
}
