package org.javae.data.read;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A column as its source describes it.
 *
 * @param type what people call its type
 * @param text an expression for its content as text, {@code %s} standing for the column
 * @param decimalComma whether numbers in text are written 1,5
 */
record SourceColumn(String name, Storage storage, String type, String text, boolean decimalComma) {
  private static final String BLANKS = "E' \\t\\r\\n'";

  /** A column that lies in {@code t} as plain text or plain doubles. */
  SourceColumn(String name, Storage storage, String type) {
    this(name, storage, type, "%s", false);
  }

  /** What can be made of a column. */
  enum Storage {
    /** Text; whether it is numbers is found out from the values. */
    TEXT,
    /** Numbers of any type. */
    NUMBER,
    /** Of a type that is neither number nor category. */
    UNUSABLE
  }

  // The expressions below are written out in every statement that needs them, a few columns at a
  // time: as macros over thousands of columns they bring the engine down.

  /** The content as text, just as it was read. */
  String raw(int i) {
    return text.formatted("c" + i);
  }

  /** The content as a number, NULL where it is none, NaN where it says so. */
  String number(int i) {
    return cast(i, "DOUBLE");
  }

  /** As {@link #number}, in the precision that is kept. */
  String real(int i) {
    return cast(i, "FLOAT");
  }

  private String cast(int i, String type) {
    return switch (storage) {
      case NUMBER -> "CAST(c" + i + " AS " + type + ")";
      case TEXT ->
          "TRY_CAST("
              + (decimalComma ? "replace(" + raw(i) + ", ',', '.')" : raw(i))
              + " AS "
              + type
              + ")";
      case UNUSABLE -> "CAST(NULL AS " + type + ")";
    };
  }

  /** The content as trimmed text, NULL where it is missing or spelt as missing. */
  String present(int i) {
    if (storage != Storage.TEXT) {
      return storage == Storage.NUMBER ? presentNumber(i) : "c" + i;
    }
    String trimmed = "trim(" + raw(i) + ", " + BLANKS + ")";
    String missing =
        CsvDialect.MISSING.stream().map(DuckDb::literal).collect(Collectors.joining(", "));
    return "CASE WHEN lower("
        + trimmed
        + ") IN ('', "
        + missing
        + ") THEN NULL ELSE "
        + trimmed
        + " END";
  }

  /** The content as a number, NULL where it is none or NaN. */
  String presentNumber(int i) {
    String number = "nullif(" + number(i) + ", 'nan'::DOUBLE)";
    // The engine reads 1_000 as a number; in data it is a name.
    return storage == Storage.TEXT
        ? "CASE WHEN contains(" + raw(i) + ", '_') THEN NULL ELSE " + number + " END"
        : number;
  }

  /** The column for a type name of the table engine. */
  static SourceColumn ofEngineType(String name, String type) {
    String t = type.toUpperCase(Locale.ROOT);
    if (t.endsWith("[]")
        || t.contains("[")
        || t.startsWith("STRUCT")
        || t.startsWith("MAP")
        || t.startsWith("UNION")) {
      return new SourceColumn(name, Storage.UNUSABLE, "nested");
    }
    String base = t.replaceFirst("\\(.*", "");
    return switch (base) {
      case "TINYINT",
          "SMALLINT",
          "INTEGER",
          "BIGINT",
          "HUGEINT",
          "UTINYINT",
          "USMALLINT",
          "UINTEGER",
          "UBIGINT",
          "UHUGEINT",
          "FLOAT",
          "DOUBLE",
          "DECIMAL" ->
          new SourceColumn(name, Storage.NUMBER, "number");
      case "VARCHAR" -> new SourceColumn(name, Storage.TEXT, "text");
      case "JSON" ->
          new SourceColumn(name, Storage.TEXT, "text", "json_extract_string(%s, '$')", false);
      case "ENUM", "UUID", "BOOLEAN" ->
          new SourceColumn(name, Storage.TEXT, "text", "CAST(%s AS VARCHAR)", false);
      default ->
          base.startsWith("DATE") || base.startsWith("TIME") || base.startsWith("INTERVAL")
              ? new SourceColumn(name, Storage.UNUSABLE, "date")
              : new SourceColumn(name, Storage.UNUSABLE, base.toLowerCase(Locale.ROOT));
    };
  }

  /** Makes empty names {@code columnN} and repeated ones different by a number. */
  static List<String> unique(List<String> names) {
    Set<String> used = new HashSet<>();
    List<String> out = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      String n = names.get(i).strip();
      n = n.isEmpty() ? "column" + (i + 1) : n;
      String candidate = n;
      for (int k = 2; !used.add(candidate); k++) {
        candidate = n + "_" + k;
      }
      out.add(candidate);
    }
    return out;
  }
}
