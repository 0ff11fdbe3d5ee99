package org.javae.core.model;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Arrays;
import java.util.List;
import org.javae.core.data.Dataset.Column;
import org.javae.tensor.Shape;
import org.javae.tensor.UserException;

/**
 * What a model must know of its data, after preprocessing.
 *
 * @param sizes shape of one observation
 * @param columns columns of a table; empty for images and plain vectors
 * @param binary true if every value is 0 or 1
 * @param unitInterval true if every value lies in [0, 1]
 * @param classes number of labels 0 … classes − 1 of the observations, 0 without labels
 * @param rows number of training observations, 0 if that is not known
 * @param vocabulary of a sequence of tokens: how many different ones there are, the marks of {@link
 *     org.javae.core.data.Vocabulary} included; 0 if the values are quantities
 * @param views the blocks an observation {@code [elements]} is made of, one after another; empty if
 *     it is one block
 */
public record DataSpec(
    @JsonProperty("shape") long[] sizes,
    List<Column> columns,
    boolean binary,
    boolean unitInterval,
    Integer classes,
    Integer rows,
    Integer vocabulary,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) List<View> views) {
  public DataSpec {
    // Files written before there were labels or text say nothing of them.
    classes = classes == null ? 0 : classes;
    rows = rows == null ? 0 : rows;
    vocabulary = vocabulary == null ? 0 : vocabulary;
    columns = columns == null ? List.of() : List.copyOf(columns);
    views = views == null ? List.of() : List.copyOf(views);
    double numel =
        sizes == null || sizes.length == 0
            ? 0
            : Arrays.stream(sizes).asDoubleStream().reduce(1, (a, b) -> a * b);
    if (!(numel >= 1 && numel <= Integer.MAX_VALUE) || Arrays.stream(sizes).anyMatch(s -> s < 1)) {
      throw UserException.of(
          "an observation of shape %s is impossible: sizes of at least 1 and at most 2147483647 elements are expected",
          sizes == null ? "nothing" : Arrays.toString(sizes));
    }
    for (Column c : columns) {
      if (c.kind() == null
          || c.name() == null
          || c.kind() == Column.Kind.CATEGORICAL && c.categories() == null) {
        throw UserException.of("a column of the data lacks its name, kind or categories");
      }
    }
    if (vocabulary != 0 && (vocabulary < 4 || sizes.length != 1)) {
      throw UserException.of(
          "a vocabulary of %d for observations of shape %s is impossible: at least the 4 marks and one dimension are"
              + " expected",
          vocabulary, Arrays.toString(sizes));
    }
    long width = columns.stream().mapToLong(Column::width).sum();
    if (!columns.isEmpty() && width != (long) numel) {
      throw UserException.of(
          "the columns of the data take %d elements, but an observation has %d",
          width, (long) numel);
    }
    if (!views.isEmpty()) {
      int at = 0;
      for (View v : views) {
        if (v.offset() != at) {
          throw UserException.of(
              "view %s of the data begins at element %d; %d is expected, after the views before it",
              v.name(), v.offset(), at);
        }
        at = Math.addExact(at, v.length());
      }
      if (at != (long) numel || sizes.length != 1) {
        throw UserException.of(
            "the views of the data take %d elements, but an observation has shape %s",
            at, Arrays.toString(sizes));
      }
      if (views.stream().map(View::name).distinct().count() < views.size()) {
        throw UserException.of("two views of the data have the same name");
      }
    }
  }

  /** One block. */
  public DataSpec(
      long[] sizes,
      List<Column> columns,
      boolean binary,
      boolean unitInterval,
      Integer classes,
      Integer rows,
      Integer vocabulary) {
    this(sizes, columns, binary, unitInterval, classes, rows, vocabulary, List.of());
  }

  /** Quantities without labels. */
  public DataSpec(long[] sizes, List<Column> columns, boolean binary, boolean unitInterval) {
    this(sizes, columns, binary, unitInterval, 0, 0, 0);
  }

  /** Sequences of at most {@code length} tokens out of {@code vocabulary}. */
  public static DataSpec text(long length, int vocabulary) {
    return new DataSpec(new long[] {length}, List.of(), false, false, 0, 0, vocabulary);
  }

  /** The same values with labels. */
  public DataSpec labelled(int numberOfClasses) {
    return new DataSpec(
        sizes, columns, binary, unitInterval, numberOfClasses, rows, vocabulary, views);
  }

  /** Images or vectors without columns. */
  public static DataSpec of(Shape shape, boolean binary, boolean unitInterval) {
    return new DataSpec(shape.toArray(), List.of(), binary, unitInterval);
  }

  /** Shape of one observation. */
  @JsonIgnore
  public Shape event() {
    return Shape.of(sizes);
  }

  /** True if observations are sequences of tokens. */
  @JsonIgnore
  public boolean isText() {
    return vocabulary > 0;
  }

  /** True if a column has categories, so that the likelihood must be mixed. */
  @JsonIgnore
  public boolean mixed() {
    return columns.stream().anyMatch(c -> c.kind() == Column.Kind.CATEGORICAL);
  }
}
