package org.javae.data.read;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Stream;
import org.javae.core.data.Dataset;

/**
 * What a table holds, column by column, before anything is left out or refused.
 *
 * @param name short name of the source
 * @param rows number of rows
 * @param columns in the table's order
 */
public record TableSummary(String name, long rows, List<Column> columns) {
  public TableSummary {
    columns = List.copyOf(columns);
  }

  /** How a column would be used. */
  public enum Use {
    /** It becomes part of the observations. */
    FEATURE,
    /** It is the label asked for. */
    LABEL,
    /** The options leave it out. */
    EXCLUDED,
    /** It cannot be used as it is; {@link Column#problem} says why. */
    REFUSED
  }

  /**
   * One column. {@code min}, {@code max}, {@code mean} and {@code sd} (that of the sample, with
   * n-1) are empty unless the column is numeric and has values.
   *
   * @param type the inferred type: integer, real, boolean, text, date or, for types that cannot be
   *     used, the source's name for it
   * @param kind real or categorical; empty if the column can be neither
   * @param missing number of empty cells
   * @param distinct number of different values
   * @param problem why the column is refused, and what to do
   */
  public record Column(
      String name,
      String type,
      Use use,
      Optional<Dataset.Column.Kind> kind,
      long missing,
      long distinct,
      OptionalDouble min,
      OptionalDouble max,
      OptionalDouble mean,
      OptionalDouble sd,
      Optional<String> problem) {}

  /** A plain table for terminals, one line a column; problems follow below it. */
  public String toText() {
    List<List<String>> cells =
        Stream.concat(
                Stream.of(
                    List.of(
                        "column",
                        "type",
                        "use",
                        "kind",
                        "missing",
                        "distinct",
                        "min",
                        "max",
                        "mean",
                        "sd")),
                columns.stream()
                    .map(
                        c ->
                            List.of(
                                Inputs.brief(c.name()),
                                c.type(),
                                lower(c.use()),
                                c.kind().map(TableSummary::lower).orElse("-"),
                                Long.toString(c.missing()),
                                Long.toString(c.distinct()),
                                text(c.min()),
                                text(c.max()),
                                text(c.mean()),
                                text(c.sd()))))
            .toList();
    int[] width = new int[cells.get(0).size()];
    for (List<String> row : cells) {
      for (int j = 0; j < width.length; j++) {
        width[j] = Math.max(width[j], row.get(j).length());
      }
    }
    StringBuilder b = new StringBuilder();
    for (List<String> row : cells) {
      StringBuilder line = new StringBuilder();
      for (int j = 0; j < width.length; j++) {
        String pad = " ".repeat(width[j] - row.get(j).length());
        line.append(j == 0 ? "" : "  ").append(j < 4 ? row.get(j) + pad : pad + row.get(j));
      }
      b.append(line.toString().stripTrailing()).append('\n');
    }
    columns.forEach(c -> c.problem().ifPresent(p -> b.append(p).append('\n')));
    return b.toString();
  }

  private static String lower(Enum<?> e) {
    return e.name().toLowerCase(Locale.ROOT);
  }

  private static String text(OptionalDouble v) {
    return v.isEmpty() ? "-" : String.format(Locale.ROOT, "%.5g", v.getAsDouble());
  }
}
