package org.javae.data.read;

import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.javae.tensor.UserException;

/**
 * The form of a delimited text file, found out from its beginning.
 *
 * @param skip lines before the first row of data
 * @param names what the header calls the columns; empty if there is no header
 * @param fields number of fields of a record
 * @param fieldsLine a line that has that number of fields
 * @param decimalComma whether numbers are written 1,5
 */
record CsvDialect(
    char delimiter,
    int skip,
    List<String> names,
    int fields,
    long fieldsLine,
    boolean decimalComma) {
  private static final int FIRST_LOOK = 1 << 18;
  private static final int LAST_LOOK = 1 << 24;
  private static final int RECORDS = 500;

  /** Spellings of a missing cell, besides an empty one; compared in lower case. */
  static final List<String> MISSING =
      List.of("?", "na", "n/a", "#n/a", "<na>", "nan", "-nan", "null");

  boolean header() {
    return !names.isEmpty();
  }

  static boolean isMissing(String cell) {
    String c = trimmed(cell).toLowerCase(Locale.ROOT);
    return c.isEmpty() || MISSING.contains(c);
  }

  /** Without blanks, tabs and line ends around it: the very characters that statements trim too. */
  static String trimmed(String cell) {
    int from = 0;
    int to = cell.length();
    while (from < to && " \t\r\n".indexOf(cell.charAt(from)) >= 0) {
      from++;
    }
    while (to > from && " \t\r\n".indexOf(cell.charAt(to - 1)) >= 0) {
      to--;
    }
    return cell.substring(from, to);
  }

  /** As the table engine understands it, so that both agree on what a number is. */
  static boolean isNumber(String cell) {
    String c = trimmed(cell);
    return c.matches("[+-]?(\\d+\\.?\\d*|\\.\\d+)([eE][+-]?\\d+)?|[+-]?(?i:inf|infinity)");
  }

  static CsvDialect of(Path file, boolean tabs, ReadOptions options) {
    try {
      for (int look = FIRST_LOOK; ; look *= 8) {
        byte[] start;
        try (InputStream in = Inputs.open(file)) {
          start = in.readNBytes(look);
        }
        boolean whole = start.length < look;
        String text = new String(start, StandardCharsets.UTF_8);
        if (text.startsWith("\ufeff")) {
          text = text.substring(1);
        }
        if (text.isBlank() && whole) {
          throw UserException.of("%s is empty.", file);
        }
        if (text.indexOf('\0') >= 0) {
          throw UserException.of("%s is not a text table: it has zero bytes.", file);
        }
        // The last record may be cut; two whole ones show the form, if there are so many.
        int ends = (int) text.chars().filter(c -> c == '\n' || c == '\r').limit(8).count();
        if (whole || ends >= 8 || look >= LAST_LOOK) {
          return of(text, whole, file, tabs, options);
        }
      }
    } catch (IOException e) {
      throw Inputs.failure(file, e);
    }
  }

  private static CsvDialect of(
      String text, boolean whole, Path file, boolean tabs, ReadOptions options) throws IOException {
    int comments = 0;
    int at = 0;
    while (at < text.length() && (text.charAt(at) == '#' || text.charAt(at) == '%')) {
      int end = text.indexOf('\n', at);
      at = end < 0 ? text.length() : end + 1;
      comments++;
    }
    String body = text.substring(at);
    if (body.isBlank()) {
      throw UserException.of("%s holds comments only.", file);
    }
    char delimiter = tabs ? '\t' : delimiter(body, whole);
    List<CsvParser.Record> records = records(body, whole, delimiter);
    int fields = commonest(records);
    long fieldsLine =
        comments
            + records.stream()
                .filter(r -> r.fields().size() == fields)
                .findFirst()
                .orElseThrow()
                .line();
    List<List<String>> rows =
        records.stream().map(CsvParser.Record::fields).filter(f -> f.size() == fields).toList();
    boolean comma = delimiter != ',' && decimalComma(rows);
    boolean header = options.header().orElseGet(() -> hasHeader(rows, comma));
    CsvParser.Record first = records.get(0);
    if (header && first.fields().size() != fields) {
      throw ragged(file, comments + first.line(), first.fields().size(), fields, fieldsLine);
    }
    int skip = comments + (header ? (int) first.line() - 1 + first.lines() : 0);
    return new CsvDialect(
        delimiter, skip, header ? first.fields() : List.of(), fields, fieldsLine, comma);
  }

  static UserException ragged(Path file, long line, int found, int expected, long expectedLine) {
    return UserException.of(
        "%s: line %d has %d field%s where %d are expected (as in line %d): mend that line, quoting fields that contain"
            + " the separator.",
        file, line, found, found == 1 ? "" : "s", expected, expectedLine);
  }

  private static List<CsvParser.Record> records(String body, boolean whole, char delimiter)
      throws IOException {
    List<CsvParser.Record> records = new ArrayList<>();
    CsvParser parser = new CsvParser(new StringReader(body), delimiter);
    CsvParser.Record r;
    CsvParser.Record previous = null;
    // One behind, so that a record cut off by the end of the look is never used.
    while (records.size() < RECORDS && (r = parser.next()) != null) {
      if (previous != null && !previous.blank()) {
        records.add(previous);
      }
      previous = r;
    }
    if (previous != null && !previous.blank() && (whole || records.isEmpty())) {
      records.add(previous);
    }
    return records;
  }

  /** Number of fields that most records have; of the first record, in a draw. */
  private static int commonest(List<CsvParser.Record> records) {
    Map<Integer, Integer> count = new HashMap<>();
    records.forEach(r -> count.merge(r.fields().size(), 1, Integer::sum));
    int best = records.get(0).fields().size();
    for (Map.Entry<Integer, Integer> e : count.entrySet()) {
      if (e.getValue() > count.get(best)) {
        best = e.getKey();
      }
    }
    return best;
  }

  /**
   * The separator that gives the most records the same number (above 1) of fields; comma if none
   * does.
   */
  private static char delimiter(String body, boolean whole) throws IOException {
    char best = ',';
    double bestShare = 0;
    for (char c : new char[] {',', ';', '\t', '|', ' '}) {
      List<CsvParser.Record> records = records(body, whole, c);
      int fields = commonest(records);
      if (fields < 2) {
        continue;
      }
      long same = records.stream().filter(r -> r.fields().size() == fields).count();
      double share = (double) same / records.size();
      // Blanks are common in prose: they separate only numbers.
      if (c == ' '
          && !records.get(0).fields().stream().allMatch(f -> isMissing(f) || isNumber(f))) {
        continue;
      }
      if (share > bestShare) {
        best = c;
        bestShare = share;
      }
    }
    return best;
  }

  private static boolean decimalComma(List<List<String>> rows) {
    boolean commas = false;
    for (List<String> row : rows) {
      for (String cell : row) {
        String c = trimmed(cell);
        if (c.matches("[+-]?\\d+\\.\\d+")) {
          return false;
        }
        commas |= c.matches("[+-]?\\d+,\\d+");
      }
    }
    return commas;
  }

  /**
   * Whether the first row names the columns: it has a word over a column of numbers; or it counts
   * the columns, 0, 1, 2 and so on (the last one may differ); or it is all words, none of which
   * comes back in its column.
   */
  private static boolean hasHeader(List<List<String>> rows, boolean decimalComma) {
    if (rows.size() < 2) {
      return rows.get(0).stream().noneMatch(c -> isMissing(c) || number(c, decimalComma));
    }
    List<String> first = rows.get(0);
    int width = first.size();
    if (counts(first)) {
      return true;
    }
    boolean allWords = true;
    boolean comesBack = false;
    for (int j = 0; j < width; j++) {
      String head = first.get(j);
      if (isMissing(head)) {
        continue;
      }
      boolean word = !number(head, decimalComma);
      allWords &= word;
      int numbers = 0;
      int present = 0;
      Set<String> values = new HashSet<>();
      for (List<String> row : rows.subList(1, rows.size())) {
        String c = row.get(j);
        if (!isMissing(c)) {
          present++;
          numbers += number(c, decimalComma) ? 1 : 0;
          values.add(trimmed(c));
        }
      }
      if (word && present > 0 && numbers >= 0.8 * present) {
        return true;
      }
      comesBack |= values.contains(trimmed(head));
    }
    return allWords && !comesBack;
  }

  private static boolean number(String cell, boolean decimalComma) {
    return isNumber(decimalComma ? cell.replace(',', '.') : cell);
  }

  private static boolean counts(List<String> first) {
    int n = first.size();
    if (n < 6) {
      return false;
    }
    String start = first.get(0).strip();
    if (!start.equals("0") && !start.equals("1")) {
      return false;
    }
    int from = Integer.parseInt(start);
    for (int j = 0; j < n - 1; j++) {
      if (!first.get(j).strip().equals(Integer.toString(from + j))) {
        return false;
      }
    }
    return true;
  }
}
