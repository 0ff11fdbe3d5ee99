package org.javae.data.write;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.javae.core.data.Dataset;
import org.javae.core.data.Dataset.Annotation;
import org.javae.core.data.Dataset.Column;

/** Comma-separated values after RFC 4180, UTF-8, lines ended by a line feed. */
final class Csv {
  private Csv() {}

  static void write(Dataset data, OutputStream out) throws IOException {
    Writer text = new BufferedWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8), 1 << 16);
    List<Column> columns = columns(data);
    line(text, names(columns, data.annotations()));
    int numel = Math.toIntExact(data.shape().numel());
    Batches.each(
        data,
        (first, count, values) -> {
          for (int i = 0; i < count; i++) {
            List<String> cells = new ArrayList<>();
            int at = i * numel;
            for (Column column : columns) {
              cells.add(cell(column, values, at));
              at += column.width();
            }
            for (Annotation annotation : data.annotations()) {
              cells.add(value(annotation, first + i));
            }
            line(text, cells);
          }
        });
    text.flush();
  }

  private static List<Column> columns(Dataset data) {
    if (data.columns().stream().mapToLong(Column::width).sum() == data.shape().numel()) {
      return data.columns();
    }
    // Pictures, and tables that do not name their columns.
    String letter = data.shape().isImage() ? "p" : "x";
    List<Column> columns = new ArrayList<>();
    for (long i = 0; i < data.shape().numel(); i++) {
      columns.add(new Column(letter + i, Column.Kind.REAL, List.of()));
    }
    return columns;
  }

  private static List<String> names(List<Column> columns, List<Annotation> annotations) {
    Set<String> names = new LinkedHashSet<>();
    columns.forEach(column -> addNew(names, column.name()));
    annotations.forEach(annotation -> addNew(names, annotation.name()));
    return List.copyOf(names);
  }

  private static void addNew(Set<String> names, String name) {
    String unique = name;
    while (!names.add(unique)) {
      unique += "_";
    }
  }

  private static String cell(Column column, float[] values, int at) {
    if (column.kind() == Column.Kind.REAL) {
      return number(values[at]);
    }
    for (int k = 0; k < column.width(); k++) {
      if (values[at + k] > 0.5f) {
        return column.categories().get(k);
      }
    }
    return "";
  }

  /** The shortest decimal that reads back as the same float; nothing for a missing cell. */
  static String number(float v) {
    if (Float.isNaN(v)) {
      return "";
    }
    // Whole numbers without the point, except −0, whose sign an integer would lose.
    if (v == (int) v && Math.abs(v) < 1e7f && Float.floatToRawIntBits(v) != 0x80000000) {
      return Integer.toString((int) v);
    }
    return Float.toString(v);
  }

  static String value(Annotation annotation, int i) {
    int v = annotation.values()[i];
    return v >= 0 && v < annotation.valueNames().size()
        ? annotation.valueNames().get(v)
        : Integer.toString(v);
  }

  static void line(Writer text, List<String> cells) throws IOException {
    for (int i = 0; i < cells.size(); i++) {
      if (i > 0) {
        text.write(',');
      }
      String cell = cells.get(i);
      boolean quote =
          cell.chars().anyMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r')
              || (cells.size() == 1 && cell.isEmpty());
      text.write(quote ? '"' + cell.replace("\"", "\"\"") + '"' : cell);
    }
    text.write('\n');
  }
}
