package org.javae.data.read;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.javae.core.data.Dataset;
import org.javae.core.data.Dataset.Annotation;
import org.javae.data.read.SourceColumn.Storage;
import org.javae.tensor.Shape;
import org.javae.tensor.UserException;

/** Infers what the columns of a table are, says what is wrong with them, and reads the rest. */
final class TableReader {
  /** Columns looked at by one statement. The engine plans long statements slowly: few is fast. */
  private static final int BATCH = 8;

  /** A column with at least this share of numbers is meant to be numeric. */
  private static final double MOSTLY_NUMBERS = 0.8;

  /** Short tables may have a category a row without the column being an identifier. */
  private static final int FEW_ROWS = 10;

  private final TableSource source;
  private final ReadOptions options;
  private final DuckDb db;
  private final List<SourceColumn> columns;
  private final Integer label;
  private final int[] features;
  private final Set<Integer> categorical;
  private final Map<Integer, Finding> findings = new HashMap<>();
  private long rows;

  private TableReader(TableSource source, ReadOptions options, DuckDb db) throws SQLException {
    this.source = source;
    this.options = options;
    this.db = db;
    this.columns = source.columns(db);
    if (columns.isEmpty()) {
      throw UserException.of("%s has no columns.", capital());
    }
    this.label = options.label().map(l -> resolve(l, "label")).orElse(null);
    this.categorical = resolve(options.categorical(), "categorical");
    Set<Integer> excluded = resolve(options.exclude(), "exclude");
    Set<Integer> only = resolve(options.columns(), "columns");
    this.features =
        IntStream.range(0, columns.size())
            .filter(i -> only.isEmpty() || only.contains(i))
            .filter(i -> !excluded.contains(i) && (label == null || i != label))
            .toArray();
    if (features.length == 0) {
      throw UserException.usage(
          "%s: the options leave no column to learn from; it has %s.",
          source.what(), Inputs.list(names()));
    }
  }

  /** Reads the table; {@code source} may be of any kind. */
  static Dataset read(TableSource source, String name, ReadOptions options) {
    return with(source, options, t -> t.dataset(name));
  }

  static TableSummary describe(TableSource source, String name, ReadOptions options) {
    return with(source, options, t -> t.summary(name));
  }

  /** The cells of one column as text; null where one is missing. */
  static List<String> keys(TableSource source, String column, ReadOptions options) {
    // What the other columns are for does not matter here.
    ReadOptions plain = options.withExclude(List.of()).withColumns(List.of(column));
    return with(source, plain, t -> t.texts(t.resolve(column, "key")));
  }

  private List<String> texts(int i) throws SQLException {
    load(new int[] {i});
    boolean numeric = findings.get(i).numeric;
    String select = "SELECT " + (numeric ? columns.get(i).number(i) : columns.get(i).raw(i));
    List<String> r = new ArrayList<>();
    db.inOrder(
        () ->
            db.query(
                select + " FROM t",
                q -> {
                  while (q.next()) {
                    r.add(key(q, 1, numeric));
                  }
                  return null;
                }));
    return r;
  }

  private interface Use<T> {
    T with(TableReader table) throws SQLException;
  }

  private static <T> T with(TableSource source, ReadOptions options, Use<T> use) {
    try (DuckDb db = new DuckDb(options)) {
      return use.with(new TableReader(source, options, db));
    } catch (SQLException e) {
      throw UserException.of(
          e,
          "%s is too large or too odd for the table engine: read a part with limit or columns.",
          source.what());
    }
  }

  private String capital() {
    String w = source.what();
    return w.startsWith("the ") ? "T" + w.substring(1) : w;
  }

  private List<String> names() {
    return columns.stream().map(SourceColumn::name).toList();
  }

  private Set<Integer> resolve(List<String> wanted, String option) {
    return wanted.stream()
        .map(w -> resolve(w, option))
        .collect(Collectors.toCollection(LinkedHashSet::new));
  }

  /**
   * The column called {@code wanted}, or at that position counted from 1, or from -1 at the end.
   */
  private int resolve(String wanted, String option) {
    for (int i = 0; i < columns.size(); i++) {
      if (columns.get(i).name().equals(wanted)) {
        return i;
      }
    }
    if (wanted.matches("-?[1-9]\\d{0,8}")) {
      int at = Integer.parseInt(wanted);
      int i = at > 0 ? at - 1 : columns.size() + at;
      if (i >= 0 && i < columns.size()) {
        return i;
      }
    }
    throw UserException.usage(
        "%s has no column %s, which %s asks for; it has %s.",
        source.what(), Inputs.quote(wanted), option, Inputs.list(names()));
  }

  // ---- What the columns are
  // ----------------------------------------------------------------------------------------

  /** What was found out about a column. */
  private static final class Finding {
    String type;
    Dataset.Column.Kind kind;
    long present;
    long firstMissing = -1;
    long distinct = -1;

    /** Whether every value is a number. */
    boolean numeric;

    long numbers;
    long dates;
    long firstTooLarge;

    List<String> categories = List.of();
    String problem;

    /** How the problem reads when several columns share its remedy, which is to leave them out. */
    String unusable;
  }

  private void load(int[] wanted) throws SQLException {
    long limit = options.limit().isPresent() ? options.limit().getAsInt() : -1;
    db.inOrder(
        () -> {
          source.load(db, columns, wanted, limit);
          return null;
        });
    rows = db.query("SELECT count(*) FROM t", TableReader::one);
    if (rows == 0) {
      throw UserException.of("%s has columns but no rows.", capital());
    }
    for (int from = 0; from < wanted.length; from += BATCH) {
      count(Arrays.copyOfRange(wanted, from, Math.min(wanted.length, from + BATCH)));
    }
    for (int i : wanted) {
      infer(i);
    }
  }

  /** Counts what most columns need: present cells, numbers, whole numbers, the first bad rows. */
  private static String counts(String value, String number) {
    return "count(%s), count(%s), count(*) FILTER (%s = trunc(%s)), "
            .formatted(value, number, number, number)
        + "min(rowid) FILTER ((%s) IS NULL), ".formatted(value)
        + "min(rowid) FILTER ((%s) IS NOT NULL AND (isinf(%s) OR TRY_CAST(%s AS FLOAT) IS NULL))"
            .formatted(number, number, number);
  }

  /**
   * Looks at a few columns at once, taking them as they are. Columns that turn out to need it
   * (text, blanks around cells, spellings of missing, NaN) are looked at once more by themselves.
   */
  private void count(int[] batch) throws SQLException {
    String select =
        Arrays.stream(batch)
            .mapToObj(
                i -> {
                  SourceColumn c = columns.get(i);
                  String odd =
                      c.storage() == Storage.TEXT ? " OR contains(" + c.raw(i) + ", '_')" : "";
                  return counts(c.raw(i), c.number(i))
                      + ", count(*) FILTER (isnan("
                      + c.number(i)
                      + ")"
                      + odd
                      + ")";
                })
            .collect(Collectors.joining(", "));
    List<Integer> again = new ArrayList<>();
    db.query(
        "SELECT " + select + " FROM t",
        r -> {
          r.next();
          for (int k = 0; k < batch.length; k++) {
            if (r.getLong(6 * k + 1) != r.getLong(6 * k + 2) || r.getLong(6 * k + 6) > 0) {
              again.add(batch[k]);
            } else {
              found(batch[k], r, 6 * k);
            }
          }
          return null;
        });
    for (int i : again) {
      SourceColumn c = columns.get(i);
      String v = c.present(i);
      boolean text = c.storage() == Storage.TEXT;
      String more =
          text
              ? ", count(DISTINCT %s), count(coalesce(TRY_CAST(%s AS TIMESTAMP), TRY_CAST(%s AS DATE)))"
                  .formatted(v, v, v)
              : "";
      String number = c.storage() == Storage.UNUSABLE ? c.number(i) : c.presentNumber(i);
      db.query(
          "SELECT " + counts(v, number) + more + " FROM t",
          r -> {
            r.next();
            found(i, r, 0);
            if (text && !findings.get(i).numeric) {
              findings.get(i).distinct = r.getLong(6);
              findings.get(i).dates = r.getLong(7);
            }
            return null;
          });
    }
  }

  /** Takes the counts of column {@code i} from the columns of {@code r} after {@code at}. */
  private void found(int i, ResultSet r, int at) throws SQLException {
    SourceColumn c = columns.get(i);
    Finding f = new Finding();
    f.present = r.getLong(at + 1);
    f.numbers = r.getLong(at + 2);
    f.numeric = c.storage() != Storage.UNUSABLE && f.numbers == f.present;
    f.type =
        f.present == 0
            ? "empty"
            : !f.numeric ? "text" : r.getLong(at + 3) == f.numbers ? "integer" : "real";
    f.firstMissing = f.present < rows ? r.getLong(at + 4) : -1;
    long tooLarge = r.getLong(at + 5);
    f.firstTooLarge = r.wasNull() ? -1 : tooLarge;
    findings.put(i, f);
  }

  private void infer(int i) throws SQLException {
    Finding f = findings.get(i);
    SourceColumn c = columns.get(i);
    String name = Inputs.quote(c.name());
    String where = source.what();
    if (f.present == 0) {
      f.problem =
          "Column %s of %s is empty (no row has a value): leave it out with exclude=%s."
              .formatted(name, where, Inputs.brief(c.name()));
      return;
    }
    if (f.numeric && f.firstTooLarge >= 0) {
      f.problem =
          "Column %s of %s is infinite or too large for a 32-bit float in row %d: mend it or leave it out."
              .formatted(name, where, f.firstTooLarge + 1);
      return;
    }
    if (c.storage() == Storage.UNUSABLE) {
      f.type = c.type();
      f.unusable = name + " (" + c.type() + ")";
      f.problem =
          "Column %s of %s has the type %s, which is neither a number nor a category: leave it out with exclude=%s."
              .formatted(name, where, c.type(), Inputs.brief(c.name()));
      return;
    }
    boolean asCategory = categorical.contains(i) || (label != null && label == i);
    if (f.numeric && !asCategory) {
      f.kind = Dataset.Column.Kind.REAL;
      return;
    }
    if (!f.numeric && !asCategory && f.numbers >= MOSTLY_NUMBERS * f.present) {
      f.problem = textAmongNumbers(i);
      return;
    }
    if (!f.numeric && !asCategory && f.dates == f.present) {
      f.type = "date";
      f.unusable = name + " (date)";
      f.problem =
          "Column %s of %s holds dates or times, which are neither numbers nor categories: leave it out with exclude=%s."
              .formatted(name, where, Inputs.brief(c.name()));
      return;
    }
    String value = value(i);
    f.distinct = f.distinct >= 0 ? f.distinct : distinct(value);
    boolean isLabel = label != null && label == i;
    int most =
        isLabel || categorical.contains(i) ? ClassLabels.MAX_CLASSES : options.maxCategories();
    boolean identifier = !asCategory && f.present >= FEW_ROWS && f.distinct > f.present / 2.0;
    if (f.distinct > most || identifier) {
      f.unusable = name + " (" + f.distinct + " different texts)";
      f.problem =
          isLabel
              ? "Column %s of %s has %d different values in %d rows, which are no classes: choose another label."
                  .formatted(name, where, f.distinct, f.present)
              : ("Column %s of %s is text with %d different values in %d rows, more like a name than a category: leave it"
                      + " out with exclude=%s, or keep it with categorical=%s.")
                  .formatted(
                      name,
                      where,
                      f.distinct,
                      f.present,
                      Inputs.brief(c.name()),
                      Inputs.brief(c.name()));
      return;
    }
    f.kind = Dataset.Column.Kind.CATEGORICAL;
    f.categories = categories(value, f.numeric);
    if (!f.numeric
        && f.categories.stream()
            .allMatch(v -> v.equalsIgnoreCase("true") || v.equalsIgnoreCase("false"))) {
      f.type = "boolean";
    }
  }

  private String textAmongNumbers(int i) throws SQLException {
    SourceColumn c = columns.get(i);
    String present = c.present(i);
    String bad =
        " FROM t WHERE (%s) IS NOT NULL AND (%s) IS NULL".formatted(present, c.presentNumber(i));
    long count = db.query("SELECT count(*)" + bad, TableReader::one);
    return db.query(
        "SELECT rowid, " + present + bad + " ORDER BY rowid LIMIT 1",
        r -> {
          r.next();
          String n = c.name();
          return ("Column %s of %s is numeric but for %d cell%s, the first %s in row %d: mend %s, leave the column out"
                  + " with exclude=%s, or make it a category with categorical=%s.")
              .formatted(
                  Inputs.quote(n),
                  source.what(),
                  count,
                  count == 1 ? "" : "s",
                  Inputs.quote(r.getString(2)),
                  r.getLong(1) + 1,
                  count == 1 ? "it" : "them",
                  Inputs.brief(n),
                  Inputs.brief(n));
        });
  }

  private long distinct(String value) throws SQLException {
    return db.query("SELECT count(DISTINCT " + value + ") FROM t", TableReader::one);
  }

  private static long one(ResultSet r) throws SQLException {
    r.next();
    return r.getLong(1);
  }

  /**
   * The values in rising order: by size if they are numbers, else by code unit, so that every run
   * agrees.
   */
  private List<String> categories(String value, boolean numeric) throws SQLException {
    return db.query(
        "SELECT DISTINCT " + value + " AS v FROM t WHERE v IS NOT NULL",
        r -> {
          List<String> texts = new ArrayList<>();
          List<Double> numbers = new ArrayList<>();
          while (r.next()) {
            if (numeric) {
              numbers.add(r.getDouble(1));
            } else {
              texts.add(r.getString(1));
            }
          }
          return numeric
              ? numbers.stream().sorted().map(TableReader::plain).distinct().toList()
              : texts.stream().sorted().toList();
        });
  }

  /** A number as people write it: 3 rather than 3.0. */
  private static String plain(double v) {
    return v == Math.rint(v) && Math.abs(v) < 1e15 ? Long.toString((long) v) : Double.toString(v);
  }

  // ---- Reading
  // -----------------------------------------------------------------------------------------------------

  private int[] used() {
    return label == null
        ? features
        : IntStream.concat(Arrays.stream(features), IntStream.of(label)).sorted().toArray();
  }

  private Dataset dataset(String name) throws SQLException {
    int[] used = used();
    load(used);
    refuse(used);
    checkMissing(used);
    int width = 0;
    List<Dataset.Column> result = new ArrayList<>();
    for (int i : features) {
      Finding f = findings.get(i);
      Dataset.Column c = new Dataset.Column(columns.get(i).name(), f.kind, f.categories);
      result.add(c);
      width += c.width();
    }
    Optional<Shape> picture = options.imageShape();
    boolean real = result.stream().allMatch(c -> c.kind() == Dataset.Column.Kind.REAL);
    if (picture.isPresent() && !real) {
      throw UserException.usage(
          "%s has categorical columns, so its rows are no pictures: leave imageShape away.",
          source.what());
    }
    Layout layout = Layout.of(new long[] {width}, options, source.what());
    return read(name, used, result, layout);
  }

  private Dataset read(String name, int[] used, List<Dataset.Column> result, Layout layout)
      throws SQLException {
    List<Map<String, Integer>> codes = new ArrayList<>();
    StringBuilder select = new StringBuilder("SELECT ");
    for (int k = 0; k < features.length; k++) {
      select.append(k == 0 ? "" : ", ").append(readable(features[k]));
      codes.add(codes(findings.get(features[k]).categories));
    }
    if (label != null) {
      select.append(", ").append(readable(label));
    }
    select.append(" FROM t");
    boolean drop = options.missing() == ReadOptions.Missing.DROP;
    Map<String, Integer> classes = label == null ? Map.of() : codes(findings.get(label).categories);
    try (RowWriter out = RowWriter.ofFloats(options, layout.numel())) {
      List<Integer> labels = new ArrayList<>();
      db.inOrder(
          () ->
              db.query(
                  select.toString(),
                  r -> {
                    float[] row = new float[layout.numel()];
                    float[] arranged = new float[layout.numel()];
                    while (r.next()) {
                      boolean whole = fill(r, codes, row);
                      Integer code = null;
                      if (label != null) {
                        code =
                            classes.get(key(r, features.length + 1, findings.get(label).numeric));
                        whole &= code != null;
                      }
                      if (drop && !whole) {
                        continue;
                      }
                      if (layout.order() == null) {
                        out.add(row);
                      } else {
                        layout.arrange(row, arranged);
                        out.add(arranged);
                      }
                      if (label != null) {
                        labels.add(code);
                      }
                    }
                    return null;
                  }));
      if (out.rows() == 0) {
        throw UserException.of(
            "%s has a missing cell in every row, so missing=drop leaves nothing: leave the emptiest columns out with"
                + " exclude.",
            capital());
      }
      List<Annotation> annotations =
          label == null
              ? List.of()
              : List.of(
                  new Annotation(
                      "label",
                      labels.stream().mapToInt(Integer::intValue).toArray(),
                      classes.size(),
                      findings.get(label).categories));
      return out.finish(
          false,
          n ->
              new Meta(
                  name, layout.shape(), layout.image() ? List.of() : result, annotations, null));
    }
  }

  /**
   * The expression that is read for a column: a float, or what names a category. It is kept simple,
   * since a statement may have thousands of them; what is missing is sorted out here.
   */
  private String readable(int i) {
    Finding f = findings.get(i);
    SourceColumn c = columns.get(i);
    return f.kind == Dataset.Column.Kind.REAL ? c.real(i) : f.numeric ? c.number(i) : c.raw(i);
  }

  /** The expression for a column's values in statements about this column only. */
  private String value(int i) {
    SourceColumn c = columns.get(i);
    return findings.get(i).numeric ? c.presentNumber(i) : c.present(i);
  }

  private static Map<String, Integer> codes(List<String> categories) {
    Map<String, Integer> codes = new HashMap<>();
    categories.forEach(c -> codes.put(c, codes.size()));
    return codes;
  }

  /** What names the category in this cell; null if it is missing. */
  private static String key(ResultSet r, int column, boolean numeric) throws SQLException {
    if (numeric) {
      double v = r.getDouble(column);
      return r.wasNull() || Double.isNaN(v) ? null : plain(v);
    }
    String s = r.getString(column);
    return s == null || CsvDialect.isMissing(s) ? null : CsvDialect.trimmed(s);
  }

  /** Reads a row; tells whether no cell is missing. */
  private boolean fill(ResultSet r, List<Map<String, Integer>> codes, float[] row)
      throws SQLException {
    int at = 0;
    boolean whole = true;
    for (int k = 0; k < features.length; k++) {
      Finding f = findings.get(features[k]);
      if (f.kind == Dataset.Column.Kind.REAL) {
        float v = r.getFloat(k + 1);
        row[at] = r.wasNull() ? Float.NaN : v;
        whole &= !Float.isNaN(row[at]);
        at++;
      } else {
        int width = f.categories.size();
        String key = key(r, k + 1, f.numeric);
        Arrays.fill(row, at, at + width, key == null ? Float.NaN : 0);
        if (key != null) {
          row[at + codes.get(k).get(key)] = 1;
        }
        whole &= key != null;
        at += width;
      }
    }
    return whole;
  }

  /**
   * Speaks up about the first column that cannot be used; those that only need to be left out are
   * named together.
   */
  private void refuse(int[] used) {
    List<Integer> bad =
        Arrays.stream(used).filter(i -> findings.get(i).problem != null).boxed().toList();
    if (bad.isEmpty()) {
      return;
    }
    List<Integer> together =
        bad.stream().filter(i -> findings.get(i).unusable != null && !isLabel(i)).toList();
    if (together.size() > 1 && together.contains(bad.get(0))) {
      throw UserException.of(
          "Columns %s of %s can be used neither as numbers nor as categories: leave them out with exclude%s.",
          Inputs.list(together.stream().map(i -> findings.get(i).unusable).toList()),
          source.what(),
          together.size() > 10
              ? ""
              : together.stream()
                  .map(i -> Inputs.brief(columns.get(i).name()))
                  .collect(Collectors.joining(",", "=", "")));
    }
    throw UserException.of("%s", findings.get(bad.get(0)).problem);
  }

  private boolean isLabel(int i) {
    return label != null && label == i;
  }

  private void checkMissing(int[] used) {
    long cells = 0;
    int in = 0;
    int first = -1;
    for (int i : used) {
      Finding f = findings.get(i);
      if (f.firstMissing >= 0) {
        cells += rows - f.present;
        in++;
        if (first < 0 || f.firstMissing < findings.get(first).firstMissing) {
          first = i;
        }
      }
    }
    if (cells > 0 && options.missing() == ReadOptions.Missing.ERROR) {
      throw UserException.of(
          "%s has %d missing cell%s in %d column%s, the first in column %s, row %d: set missing=drop to leave out rows"
              + " with missing cells, or missing=mean to fill in the column's mean.",
          capital(),
          cells,
          cells == 1 ? "" : "s",
          in,
          in == 1 ? "" : "s",
          Inputs.quote(columns.get(first).name()),
          findings.get(first).firstMissing + 1);
    }
    if (label != null && findings.get(label).firstMissing >= 0 && options.missing().keeps()) {
      throw UserException.of(
          "The label %s of %s is missing in row %d, and a label cannot be filled in: set missing=drop.",
          Inputs.quote(columns.get(label).name()),
          source.what(),
          findings.get(label).firstMissing + 1);
    }
  }

  // ---- Describing
  // --------------------------------------------------------------------------------------------------

  private TableSummary summary(String name) throws SQLException {
    load(IntStream.range(0, columns.size()).toArray());
    Set<Integer> used = Arrays.stream(used()).boxed().collect(Collectors.toSet());
    List<TableSummary.Column> out = new ArrayList<>();
    for (int i = 0; i < columns.size(); i++) {
      Finding f = findings.get(i);
      OptionalDouble[] moments = moments(i);
      long distinct = f.distinct >= 0 ? f.distinct : distinct(value(i));
      TableSummary.Use use =
          !used.contains(i)
              ? TableSummary.Use.EXCLUDED
              : f.problem != null
                  ? TableSummary.Use.REFUSED
                  : isLabel(i) ? TableSummary.Use.LABEL : TableSummary.Use.FEATURE;
      out.add(
          new TableSummary.Column(
              columns.get(i).name(),
              f.type,
              use,
              Optional.ofNullable(f.kind),
              rows - f.present,
              distinct,
              moments[0],
              moments[1],
              moments[2],
              moments[3],
              use == TableSummary.Use.REFUSED ? Optional.of(f.problem) : Optional.empty()));
    }
    return new TableSummary(name, rows, out);
  }

  /** Smallest, largest, mean and standard deviation of a numeric column. */
  private OptionalDouble[] moments(int i) throws SQLException {
    OptionalDouble[] out = new OptionalDouble[4];
    Arrays.fill(out, OptionalDouble.empty());
    if (!findings.get(i).numeric || findings.get(i).present == 0) {
      return out;
    }
    return db.query(
        "SELECT min(v), max(v), avg(v), stddev_samp(v) FROM (SELECT %s AS v FROM t) WHERE NOT isinf(v)"
            .formatted(value(i)),
        r -> {
          r.next();
          for (int k = 0; k < 4; k++) {
            double v = r.getDouble(k + 1);
            out[k] = r.wasNull() ? OptionalDouble.empty() : OptionalDouble.of(v);
          }
          return out;
        });
  }
}
