package org.javae.data.read;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Reader;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.javae.tensor.UserException;

/** Tables in files. */
abstract class FileTable implements TableSource {
  final Path file;

  private FileTable(Path file) {
    this.file = file;
  }

  @Override
  public String what() {
    return file.toString();
  }

  private static String createAs(int[] wanted, int columns, String from, long limit) {
    String select =
        wanted.length == columns
            ? "*"
            : Arrays.stream(wanted).mapToObj(i -> "c" + i).collect(Collectors.joining(", "));
    return "CREATE TEMP TABLE t AS SELECT "
        + select
        + " FROM "
        + from
        + (limit < 0 ? "" : " LIMIT " + limit);
  }

  /** Parquet and JSON: the file says what the columns are. */
  static final class Typed extends FileTable {
    private final boolean json;
    private final String function;

    private Typed(Path file, boolean json, String function) {
      super(file);
      this.json = json;
      this.function = function;
    }

    static Typed parquet(Path file) {
      return new Typed(file, false, "read_parquet(?, hive_partitioning=false)");
    }

    static Typed json(Path file) throws IOException {
      boolean gzip = Inputs.isGzip(file);
      try (InputStream in = Inputs.open(file)) {
        int c = in.read();
        while (c >= 0 && Character.isWhitespace(c)) {
          c = in.read();
        }
        if (c < 0) {
          throw UserException.of("%s is empty.", file);
        }
        if (c != '[' && c != '{' && c != 0xEF) {
          throw UserException.of("%s is not JSON records: it should begin with [ or {.", file);
        }
        if (gzip) {
          in.transferTo(
              OutputStream
                  .nullOutputStream()); // checks what the engine does not: that nothing is missing
        }
      }
      return new Typed(
          file,
          true,
          "read_json(?, sample_size=-1, hive_partitioning=false, compression='"
              + (gzip ? "gzip" : "uncompressed")
              + "')");
    }

    @Override
    public List<SourceColumn> columns(DuckDb db) throws SQLException {
      List<String> names = new ArrayList<>();
      List<String> types = new ArrayList<>();
      try {
        db.query(
            "DESCRIBE SELECT * FROM " + function,
            DuckDb.path(file),
            r -> {
              while (r.next()) {
                names.add(r.getString(1));
                types.add(r.getString(2));
              }
              return null;
            });
      } catch (SQLException e) {
        throw damaged(e);
      }
      if (json && names.equals(List.of("json"))) {
        throw UserException.of(
            "%s is not a table: records are expected, as in [{\"a\": 1, \"b\": 2}, ...] or one such object a line.",
            file);
      }
      List<String> unique = SourceColumn.unique(names);
      return IntStream.range(0, names.size())
          .mapToObj(i -> SourceColumn.ofEngineType(unique.get(i), types.get(i)))
          .toList();
    }

    @Override
    public void load(DuckDb db, List<SourceColumn> columns, int[] wanted, long limit)
        throws SQLException {
      String aliases =
          IntStream.range(0, columns.size())
              .mapToObj(i -> "c" + i)
              .collect(Collectors.joining(", ", " AS s(", ")"));
      try {
        db.run(createAs(wanted, columns.size(), function + aliases, limit), DuckDb.path(file));
      } catch (SQLException e) {
        throw damaged(e);
      }
    }

    private UserException damaged(SQLException e) {
      Matcher m =
          Pattern.compile("at byte (\\d+) in (?:record/value|line) (\\d+)")
              .matcher(String.valueOf(e.getMessage()));
      String where = m.find() ? " at character " + m.group(1) + " of record " + m.group(2) : "";
      return UserException.of(
          e, "%s is damaged, cut short or no %s file%s.", file, json ? "JSON" : "Parquet", where);
    }
  }

  /** CSV and its kin: every cell is text at first. */
  static final class Delimited extends FileTable {
    /** The usual spellings of a missing cell, so that columns of numbers need no second look. */
    private static final String NULL_WORDS =
        Stream.of("", "?", "NA", "na", "N/A", "n/a", "NaN", "nan", "NAN", "NULL", "null", "Null")
            .map(DuckDb::literal)
            .collect(Collectors.joining(", "));

    private final CsvDialect dialect;
    private final boolean gzip;

    Delimited(Path file, boolean tabs, ReadOptions options) throws IOException {
      super(file);
      this.dialect = CsvDialect.of(file, tabs, options);
      this.gzip = Inputs.isGzip(file);
      if (gzip) {
        try (InputStream in = Inputs.open(file)) {
          in.transferTo(
              OutputStream
                  .nullOutputStream()); // checks what the engine does not: that nothing is missing
        }
      }
    }

    @Override
    public List<SourceColumn> columns(DuckDb db) {
      List<String> names =
          dialect.header()
              ? dialect.names()
              : IntStream.rangeClosed(1, dialect.fields()).mapToObj(i -> "column" + i).toList();
      return SourceColumn.unique(names).stream()
          .map(
              n ->
                  new SourceColumn(
                      n, SourceColumn.Storage.TEXT, "text", "%s", dialect.decimalComma()))
          .toList();
    }

    @Override
    public void load(DuckDb db, List<SourceColumn> columns, int[] wanted, long limit)
        throws SQLException {
      try {
        db.run(
            createAs(wanted, columns.size(), function(columns.size(), gzip), limit),
            DuckDb.path(file));
      } catch (SQLException e) {
        retry(db, wanted, columns.size(), limit, e);
      }
    }

    private String function(int columns, boolean packed) {
      String types =
          IntStream.range(0, columns)
              .mapToObj(i -> "'c" + i + "':'VARCHAR'")
              .collect(Collectors.joining(","));
      return "read_csv(?, auto_detect=false, header=false, skip="
          + dialect.skip()
          + ", delim="
          + DuckDb.literal(String.valueOf(dialect.delimiter()))
          + ", quote='\"', escape='\"', strict_mode=true, null_padding=false, hive_partitioning=false, compression='"
          + (packed ? "gzip" : "none")
          + "', nullstr=["
          + NULL_WORDS
          + "], columns={"
          + types
          + "})";
    }

    /**
     * Finds the line the engine did not like. If none is at fault but line ends are mixed, tries
     * once with plain ones.
     */
    private void retry(DuckDb db, int[] wanted, int columns, long limit, SQLException cause)
        throws SQLException {
      String message = String.valueOf(cause.getMessage());
      Matcher m = Pattern.compile("Line: (\\d+)").matcher(message);
      String line = m.find() ? " in line " + m.group(1) : "";
      if (message.contains("Invalid unicode")) {
        throw UserException.of(
            cause, "%s is not UTF-8 text%s: save it in that encoding.", file, line);
      }
      Path plain = null;
      try {
        if (!examine()) {
          throw UserException.of(
              cause,
              "%s cannot be understood as a table%s: mend or simplify it there.",
              file,
              line);
        }
        plain = Files.createTempFile("javae-", ".csv");
        copyWithPlainLineEnds(plain);
        db.run(createAs(wanted, columns, function(columns, false), limit), DuckDb.path(plain));
      } catch (SQLException e) {
        throw UserException.of(
            e, "%s cannot be understood as a table%s: mend or simplify it there.", file, line);
      } catch (IOException e) {
        throw Inputs.failure(file, e);
      } finally {
        if (plain != null) {
          plain.toFile().delete();
        }
      }
    }

    /** Throws if a record is ragged or a quote open; else tells whether line ends are mixed. */
    private boolean examine() throws IOException {
      try (Reader in = new InputStreamReader(Inputs.open(file), StandardCharsets.UTF_8)) {
        CsvParser parser = new CsvParser(in, dialect.delimiter());
        for (CsvParser.Record r; (r = parser.next()) != null; ) {
          int n = r.fields().size();
          if (parser.unterminated()) {
            throw UserException.of(
                "%s: a quote opened in line %d is never closed: close it, or double it if it belongs to the text.",
                file, r.line());
          }
          boolean empty = n == 1 && r.fields().get(0).isEmpty();
          if (r.line() > dialect.skip() && n != dialect.fields() && !empty) {
            throw CsvDialect.ragged(file, r.line(), n, dialect.fields(), dialect.fieldsLine());
          }
        }
        return parser.mixedLineEnds();
      }
    }

    private void copyWithPlainLineEnds(Path target) throws IOException {
      try (Reader in =
              new BufferedReader(new InputStreamReader(Inputs.open(file), StandardCharsets.UTF_8));
          Writer out =
              new BufferedWriter(
                  new OutputStreamWriter(Files.newOutputStream(target), StandardCharsets.UTF_8))) {
        boolean afterReturn = false;
        for (int c; (c = in.read()) >= 0; ) {
          if (c == '\r' || (c == '\n' && !afterReturn)) {
            out.write('\n');
          } else if (c != '\n') {
            out.write(c);
          }
          afterReturn = c == '\r';
        }
      }
    }
  }
}
