package org.javae.core.data;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.javae.core.data.Dataset.Annotation;
import org.javae.core.data.Dataset.Column;
import org.javae.tensor.Shape;

/** An annotation as a view: one categorical column, one-hot. */
public final class LabelView {
  private LabelView() {}

  /** The column; values without names are called by their number. */
  public static Column column(Annotation a) {
    List<String> names =
        a.valueNames().isEmpty()
            ? IntStream.range(0, a.cardinality()).mapToObj(Integer::toString).toList()
            : a.valueNames();
    return new Column(a.name(), Column.Kind.CATEGORICAL, names);
  }

  /** Its rows; a value below 0 is missing. */
  public static Dataset of(Annotation a) {
    float[] values = new float[Math.multiplyExact(a.values().length, a.cardinality())];
    for (int i = 0; i < a.values().length; i++) {
      int at = i * a.cardinality();
      if (a.values()[i] < 0) {
        Arrays.fill(values, at, at + a.cardinality(), Float.NaN);
      } else {
        values[at + a.values()[i]] = 1;
      }
    }
    return ArrayDataset.of(a.name(), Shape.of(a.cardinality()), values)
        .withColumns(List.of(column(a)));
  }

  /** A data set and its label, as two views called {@code image} (or another word) and label. */
  public static Paired pair(String name, String what, Dataset d, Dataset.ViewSettings settings) {
    Annotation label = d.labels().orElseThrow();
    Paired p =
        Paired.of(
                name,
                List.of(
                    new Dataset.View(what, d.shape(), d.columns(), null, settings),
                    new Dataset.View("label", List.of(column(label)))),
                List.of(d, of(label)))
            .withAnnotations(d.annotations());
    return d.publishedSplit().map(p::withSplit).orElse(p);
  }
}
