package org.javae.data.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.javae.data.read.Samples.all;
import static org.javae.data.read.Samples.gzip;
import static org.javae.data.read.Samples.row;
import static org.javae.data.read.Samples.sentence;
import static org.javae.data.read.Samples.write;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.javae.core.data.Dataset;
import org.javae.core.data.Dataset.Column;
import org.javae.core.data.Dataset.Column.Kind;
import org.javae.data.read.ReadOptions.Missing;
import org.javae.tensor.Shape;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TableReaderTest {
  private static final float NAN = Float.NaN;

  @TempDir Path dir;

  private Path csv(String text) throws IOException {
    return write(dir.resolve("a.csv"), text);
  }

  private Dataset open(String text) throws IOException {
    return DataReader.open(csv(text), ReadOptions.defaults());
  }

  private Dataset open(String text, ReadOptions o) throws IOException {
    return DataReader.open(csv(text), o);
  }

  private static ReadOptions options() {
    return ReadOptions.defaults();
  }

  @Test
  void numbersAreRealAndWordsAreOneHot() throws IOException {
    try (Dataset d = open("size,colour,ok\n1.5,red,true\n-2,blue,false\n3e2,red,true\n")) {
      assertThat(d.columns())
          .containsExactly(
              new Column("size", Kind.REAL, List.of()),
              new Column("colour", Kind.CATEGORICAL, List.of("blue", "red")),
              new Column("ok", Kind.CATEGORICAL, List.of("false", "true")));
      assertThat(d.shape()).isEqualTo(Shape.of(5));
      assertThat(all(d)).containsExactly(1.5f, 0, 1, 0, 1, -2, 1, 0, 1, 0, 300, 0, 1, 0, 1);
      assertThat(d.name()).isEqualTo("a.csv");
    }
  }

  @Test
  void aLabelIsTakenOutOnlyWhenNamed() throws IOException {
    String text = "x,label\n1,b\n2,a\n3,b\n";
    try (Dataset d = open(text)) {
      assertThat(d.shape()).isEqualTo(Shape.of(3));
      assertThat(d.annotations()).isEmpty();
    }
    for (String name : List.of("label", "2", "-1")) {
      try (Dataset d = open(text, options().withLabel(name))) {
        assertThat(d.shape()).isEqualTo(Shape.of(1));
        assertThat(d.labels().orElseThrow().values()).containsExactly(1, 0, 1);
        assertThat(d.labels().orElseThrow().valueNames()).containsExactly("a", "b");
      }
    }
    assertThat(sentence(() -> open(text, options().withLabel("labl"))))
        .contains("no column 'labl'")
        .contains("x, label");
    assertThat(sentence(() -> open(text, options().withLabel("3")))).contains("no column '3'");
  }

  @Test
  void numericLabelsAndCategoriesAreOrderedByValue() throws IOException {
    String text = "x,k\n1,10\n2,9\n3,10\n4,-1\n";
    try (Dataset d = open(text, options().withLabel("k"))) {
      assertThat(d.labels().orElseThrow().valueNames()).containsExactly("-1", "9", "10");
      assertThat(d.labels().orElseThrow().values()).containsExactly(2, 1, 2, 0);
    }
    try (Dataset d = open(text, options().withCategorical(List.of("k")))) {
      assertThat(d.columns().get(1))
          .isEqualTo(new Column("k", Kind.CATEGORICAL, List.of("-1", "9", "10")));
      assertThat(row(d, 1)).containsExactly(2, 0, 1, 0);
    }
  }

  @Test
  void columnsAreChosenAndLeftOut() throws IOException {
    String text =
        "id,a,b,c\n"
            + IntStream.range(0, 30)
                .mapToObj(i -> "n" + i + "," + i + ",1,2\n")
                .collect(Collectors.joining());
    try (Dataset d = open(text, options().withExclude(List.of("id", "-1")))) {
      assertThat(d.columns().stream().map(Column::name)).containsExactly("a", "b");
    }
    try (Dataset d = open(text, options().withColumns(List.of("c", "a")))) {
      assertThat(d.columns().stream().map(Column::name)).containsExactly("a", "c");
    }
    assertThat(
            sentence(
                () -> open(text, options().withColumns(List.of("a")).withExclude(List.of("a")))))
        .contains("leave no column");
  }

  @Test
  void headersAreRecognised() throws IOException {
    assertThat(names("1,2\n3,4\n")).containsExactly("column1", "column2");
    assertThat(names("a,b\n3,4\n")).containsExactly("a", "b");
    assertThat(names("0.1,red\n3,blue\n4,red\n")).containsExactly("column1", "column2");
    assertThat(names("diet\nlin\nsun\nlin\n")).containsExactly("diet");
    assertThat(names("p,x\nq,x\np,y\np,x\n")).containsExactly("column1", "column2");
    assertThat(names("0,1,2,3,4,5,0\n9,9,9,9,9,9,1\n7,8,9,9,9,9,1\n"))
        .containsExactly("0", "1", "2", "3", "4", "5", "0_2");
    assertThat(names("?,2\n3,4\n")).containsExactly("column1", "column2");
    assertThat(names("a,,a\n3,4,5\n")).containsExactly("a", "column2", "a_2");
    assertThat(names("# made by hand\n# yesterday\na,b\n3,4\n")).containsExactly("a", "b");
    try (Dataset d = open("1,2\n3,4\n", options().withHeader(true))) {
      assertThat(d.columns().stream().map(Column::name)).containsExactly("1", "2");
      assertThat(d.size()).isEqualTo(1);
    }
    try (Dataset d = open("a,b\nc,d\na,d\n", options().withHeader(false))) {
      assertThat(d.size()).isEqualTo(3);
    }
  }

  private List<String> names(String text) throws IOException {
    try (Dataset d = open(text, options().withMissing(Missing.KEEP))) {
      return d.columns().stream().map(Column::name).toList();
    }
  }

  @Test
  void separatorsLineEndsQuotesAndMarksAreUnderstood() throws IOException {
    for (String text :
        List.of(
            "a;b;c\n1;\"x;y\";2\n3;z;4\n",
            "a\tb\tc\n1\tx;y\t2\n3\tz\t4\n",
            "a|b|c\n1|x;y|2\n3|z|4\n",
            "a,b,c\r\n1,x;y,2\r\n3,z,4\r\n",
            "a,b,c\n1,x;y,2\r\n3,z,4\n",
            "a,b,c\r1,x;y,2\r3,z,4\r",
            "\ufeffa,b,c\n1,x;y,2\n3,z,4",
            "a , b , c\n 1 , x;y , 2 \n 3 , z , 4\n\n",
            "\"a\",\"b\",\"c\"\n\"1\",\"x;y\",\"2\"\n\"3\",\"z\",\"4\"\n")) {
      try (Dataset d = open(text)) {
        assertThat(d.columns().stream().map(Column::name)).as(text).containsExactly("a", "b", "c");
        assertThat(d.columns().get(1).categories()).as(text).containsExactly("x;y", "z");
        assertThat(all(d)).as(text).containsExactly(1, 1, 0, 2, 3, 0, 1, 4);
      }
    }
    try (Dataset d = open("1 2\n3 4.5\n")) {
      assertThat(all(d)).containsExactly(1, 2, 3, 4.5f);
    }
    try (Dataset d = open("name\n\"two\nlines\"\n\"two\nlines\"\n\"say \"\"hi\"\"\"\n")) {
      assertThat(d.columns().get(0).categories()).containsExactly("say \"hi\"", "two\nlines");
    }
  }

  @Test
  void decimalCommasAreNumbers() throws IOException {
    try (Dataset d = open("x;y\n1,5;2\n-0,25;3\n?;4\n", options().withMissing(Missing.KEEP))) {
      assertThat(d.columns().get(0).kind()).isEqualTo(Kind.REAL);
      assertThat(all(d)).containsExactly(1.5f, 2, -0.25f, 3, NAN, 4);
    }
  }

  @Test
  void packedTablesAndTabs() throws IOException {
    Path gz = write(dir.resolve("b.csv.gz"), gzip("a,b\n1,2\n".getBytes(StandardCharsets.UTF_8)));
    try (Dataset d = DataReader.open(gz, options())) {
      assertThat(all(d)).containsExactly(1, 2);
    }
    Path tsv = write(dir.resolve("b.tsv"), "a,a\tb\n1\t2\n");
    try (Dataset d = DataReader.open(tsv, options())) {
      assertThat(d.columns().get(0).name()).isEqualTo("a,a");
    }
  }

  @Test
  void missingCellsFollowThePolicy() throws IOException {
    String text = "a,b,k\n1,,x\n2,5,NA\n?,NaN,y\n4,7,x\n";
    assertThat(sentence(() -> open(text)))
        .contains("4 missing cells in 3 columns")
        .contains("'b', row 1")
        .contains("missing=drop")
        .contains("missing=mean");
    try (Dataset d = open(text, options().withMissing(Missing.DROP))) {
      assertThat(all(d)).containsExactly(4, 7, 1, 0);
    }
    for (Missing m : List.of(Missing.KEEP, Missing.MEAN)) {
      try (Dataset d = open(text, options().withMissing(m))) {
        assertThat(all(d))
            .containsExactly(1, NAN, 1, 0, 2, 5, NAN, NAN, NAN, NAN, 0, 1, 4, 7, 1, 0);
      }
    }
    assertThat(sentence(() -> open("a,b\n1,\n?,2\n", options().withMissing(Missing.DROP))))
        .contains("every row");
    assertThat(sentence(() -> open(text, options().withMissing(Missing.KEEP).withLabel("k"))))
        .contains("label 'k'")
        .contains("row 2");
    try (Dataset d = open(text, options().withMissing(Missing.DROP).withLabel("k"))) {
      assertThat(d.labels().orElseThrow().values()).containsExactly(0);
    }
  }

  @Test
  void raggedRowsAreNamedByTheirLine() throws IOException {
    assertThat(sentence(() -> open("a,b,c\n1,2,3\n4,5\n7,8,9\n")))
        .contains("line 3 has 2 fields where 3");
    assertThat(sentence(() -> open("a,b\n1,2\n4,5,6\n7,8\n")))
        .contains("line 3 has 3 fields where 2");
    String far = "a,b\n" + "1,2\n".repeat(5000) + "\"x\ny\",1\n3\n";
    assertThat(sentence(() -> open(far))).contains("line 5004 has 1 field where 2");
    assertThat(sentence(() -> open("a,b,c,d\n1,2,3\n4,5,6\n7,8,9\n")))
        .contains("line 1 has 4 fields where 3");
    assertThat(sentence(() -> open("a,b\n1,2\n3,\"4\n5,6\n"))).contains("quote opened in line 3");
    byte[] packed = gzip(far.getBytes(StandardCharsets.UTF_8));
    Path gz = write(dir.resolve("b.csv.gz"), packed);
    assertThat(sentence(() -> DataReader.open(gz, options()))).contains("line 5004");
    for (int lost : new int[] {1, 8, 20}) {
      Path cut = write(dir.resolve("c.csv.gz"), Arrays.copyOf(packed, packed.length - lost));
      assertThat(sentence(() -> DataReader.open(cut, options()))).contains("cut short");
    }
  }

  @Test
  void textInANumericColumnIsNamed() throws IOException {
    String rows =
        IntStream.range(0, 40)
            .mapToObj(i -> i + "," + (i == 17 ? "oops" : i % 7) + "\n")
            .collect(Collectors.joining());
    assertThat(sentence(() -> open("x,y\n" + rows)))
        .contains("'y'")
        .contains("'oops'")
        .contains("row 18")
        .contains("1 cell,")
        .contains("exclude=y")
        .contains("categorical=y");
    // Below four fifths of numbers it is a category.
    try (Dataset d = open("x,y\n" + "1,1\n2,1\n3,2\n4,no\n5,no\n")) {
      assertThat(d.columns().get(1).categories()).containsExactly("1", "2", "no");
    }
    // Underscored digits are names although the engine takes them for numbers.
    assertThat(sentence(() -> open("x,y\n" + "1,1\n".repeat(9) + "1,1_000\n")))
        .contains("'1_000'")
        .contains("row 10");
  }

  @Test
  void emptyInfiniteAndUnusableColumnsAreNamed() throws IOException {
    assertThat(sentence(() -> open("a,b\n1,\n2,NaN\n3,?\n")))
        .contains("'b'")
        .contains("empty")
        .contains("exclude=b");
    assertThat(sentence(() -> open("a,b\n1,2\n2,inf\n")))
        .contains("'b'")
        .contains("infinite")
        .contains("row 2");
    assertThat(sentence(() -> open("a,b\n1e39,2\n2,3\n")))
        .contains("'a'")
        .contains("too large")
        .contains("row 1");
    String ids =
        IntStream.range(0, 12)
            .mapToObj(i -> "k" + i + ",2020-01-%02d,%d\n".formatted(i + 1, i))
            .collect(Collectors.joining());
    assertThat(sentence(() -> open("id,day,x\n" + ids)))
        .contains("'id' (12 different texts)")
        .contains("'day' (date)")
        .contains("exclude=id,day");
    assertThat(sentence(() -> open("id,day,x\n" + ids, options().withExclude(List.of("day")))))
        .contains("12 different values in 12 rows")
        .contains("categorical=id");
    assertThat(sentence(() -> open("id,day,x\n" + ids, options().withExclude(List.of("id")))))
        .contains("dates or times");
    try (Dataset d =
        open(
            "id,day,x\n" + ids,
            options().withExclude(List.of("day")).withCategorical(List.of("id")))) {
      assertThat(d.shape()).isEqualTo(Shape.of(13));
    }
  }

  @Test
  void emptyTablesAndOtherFilesAreRefused() throws IOException {
    assertThat(sentence(() -> open(""))).contains("is empty");
    assertThat(sentence(() -> open(" \n\n"))).contains("is empty");
    assertThat(sentence(() -> open("# only this\n"))).contains("comments only");
    assertThat(sentence(() -> open("a,b\n"))).contains("no rows");
    assertThat(sentence(() -> open("a,b\0\n1,2\n"))).contains("zero bytes");
    Path latin =
        write(dir.resolve("l.csv"), "a,b\n1,\u00e9\n2,x\n".getBytes(StandardCharsets.ISO_8859_1));
    assertThat(sentence(() -> DataReader.open(latin, options())))
        .contains("not UTF-8")
        .contains("line 2");
  }

  @Test
  void hostileNamesOfColumnsAndFilesAreOnlyNames() throws IOException {
    String evil = "x\"; DROP TABLE t; --";
    Path f =
        write(
            dir.resolve("o'brien [1]*?; x/a*b'c[d].csv"),
            "\"x\"\"; DROP TABLE t; --\",%s\n1,2\n3,4\n");
    write(dir.resolve("o'brien [1]*?; x/aZb'cd.csv"), "not,the,file\n0,0,0\n");
    try (Dataset d = DataReader.open(f, options().withLabel(evil))) {
      assertThat(d.labels().orElseThrow().valueNames()).containsExactly("1", "3");
      assertThat(d.columns().get(0).name()).isEqualTo("%s");
      assertThat(all(d)).containsExactly(2, 4);
    }
    Path g = write(dir.resolve("b.csv"), "a\u001b[31m,%d\n1,x%s\n2,\n");
    assertThat(sentence(() -> DataReader.open(g, options())))
        .contains("'%d', row 2")
        .doesNotContain("\u001b");
  }

  @Test
  void rowsOfNumbersBecomePictures() throws IOException {
    String text = "1,2,3,4,0\n5,6,7,8,1\n";
    ReadOptions o = options().withLabel("-1").withImageShape(Shape.of(2, 2));
    try (Dataset d = open(text, o)) {
      assertThat(d.shape()).isEqualTo(Shape.of(1, 2, 2));
      assertThat(d.columns()).isEmpty();
      assertThat(row(d, 1)).containsExactly(5, 6, 7, 8);
    }
    try (Dataset d = open(text, o.withColumnMajor(true))) {
      assertThat(row(d, 1)).containsExactly(5, 7, 6, 8);
    }
    assertThat(sentence(() -> open("a,b\n1,x\n2,y\n", options().withImageShape(Shape.of(1, 3)))))
        .contains("categorical");
  }

  @Test
  void jsonRecordsInBothForms() throws IOException {
    String array = "[{\"a\": 1, \"b\": \"x\"}, {\"a\": 2.5, \"b\": \"y\"}]";
    Path one = write(dir.resolve("a.json"), array);
    Path lines =
        write(dir.resolve("b.jsonl"), "{\"a\": 1, \"b\": \"x\"}\n{\"a\": 2.5, \"b\": \"y\"}\n");
    Path packed = write(dir.resolve("c.json.gz"), gzip(array.getBytes(StandardCharsets.UTF_8)));
    for (Path p : List.of(one, lines, packed)) {
      try (Dataset d = DataReader.open(p, options())) {
        assertThat(all(d)).containsExactly(1, 1, 0, 2.5f, 0, 1);
      }
    }
    try (Dataset d =
        DataReader.open(
            write(one, "[{\"a\": 1}, {\"a\": null, \"b\": true}, {\"b\": false}]"),
            options().withMissing(Missing.KEEP))) {
      assertThat(all(d)).containsExactly(1, NAN, NAN, NAN, 0, 1, NAN, 1, 0);
    }
    assertThat(
            sentence(
                () ->
                    DataReader.open(
                        write(one, "[{\"a\": [1, 2], \"b\": {\"c\": 1}, \"d\": 1}]"), options())))
        .contains("'a' (nested)")
        .contains("exclude=a,b");
    assertThat(sentence(() -> DataReader.open(write(one, "[{\"a\": 1}, {\"a\":"), options())))
        .contains("JSON");
    assertThat(sentence(() -> DataReader.open(write(one, "[1, 2, 3]"), options())))
        .contains("records are expected");
    assertThat(sentence(() -> DataReader.open(write(one, "a,b\n1,2\n"), options())))
        .contains("begin with [ or {");
    assertThat(sentence(() -> DataReader.open(write(one, "  "), options()))).contains("empty");
    byte[] gz = Files.readAllBytes(packed);
    assertThat(
            sentence(
                () -> DataReader.open(write(packed, Arrays.copyOf(gz, gz.length - 4)), options())))
        .contains("cut short");
    // Numbers that are text now and then.
    String mixed =
        IntStream.range(0, 10)
            .mapToObj(i -> i == 4 ? "{\"a\": \"no\"}" : "{\"a\": " + i + "}")
            .collect(Collectors.joining("\n"));
    assertThat(sentence(() -> DataReader.open(write(lines, mixed), options())))
        .contains("'no'")
        .contains("row 5");
  }

  private Path database(String name, String... statements) throws SQLException {
    Path f = dir.resolve(name);
    try (Connection c = DriverManager.getConnection("jdbc:duckdb:" + f);
        Statement s = c.createStatement()) {
      for (String sql : statements) {
        s.execute(sql);
      }
    }
    return f;
  }

  @Test
  void parquetKeepsItsTypes() throws Exception {
    Path f = dir.resolve("a'b.parquet");
    String target = f.toString().replace("'", "''");
    database(
        "x.db",
        "COPY (SELECT * FROM (VALUES (1::TINYINT, 1.5::DECIMAL(9,2), 'NaN'::FLOAT, true, 'u', DATE '2020-01-01', 7::HUGEINT),"
            + " (2, NULL, 3, false, 'v', DATE '2020-01-02', 8)) v(\"i;'\", \"d\"\"q\", f, b, s, day, h)) TO '"
            + target
            + "' (FORMAT parquet)");
    ReadOptions o = options().withExclude(List.of("day")).withMissing(Missing.KEEP);
    try (Dataset d = DataReader.open(f, o)) {
      assertThat(d.columns().stream().map(Column::name))
          .containsExactly("i;'", "d\"q", "f", "b", "s", "h");
      assertThat(row(d, 0)).containsExactly(1, 1.5f, NAN, 0, 1, 1, 0, 7);
      assertThat(row(d, 1)).containsExactly(2, NAN, 3, 1, 0, 0, 1, 8);
    }
    assertThat(sentence(() -> DataReader.open(f, options().withMissing(Missing.KEEP))))
        .contains("'day'")
        .contains("date");
    byte[] b = Files.readAllBytes(f);
    Path cut = write(dir.resolve("c.parquet"), Arrays.copyOf(b, b.length - 9));
    assertThat(sentence(() -> DataReader.open(cut, options()))).contains("no Parquet file");
  }

  @Test
  void queriesAreTablesToo() throws Exception {
    Path db =
        database(
            "m.db",
            "CREATE TABLE m(a INTEGER, b DOUBLE, k VARCHAR, ok BOOLEAN, seen TIMESTAMP)",
            "INSERT INTO m VALUES (1, 0.5, 'x', true, TIMESTAMP '2020-01-01 00:00:00'), (2, NULL, 'NA', false, NULL),"
                + " (3, 2.5, 'y', true, NULL)");
    String url = "jdbc:duckdb:" + db;
    try (Dataset d =
        DataReader.openJdbc(
            url, "select a, b, k, ok from m order by a", options().withMissing(Missing.KEEP))) {
      assertThat(all(d))
          .containsExactly(1, 0.5f, 1, 0, 0, 1, 2, NAN, NAN, NAN, 1, 0, 3, 2.5f, 0, 1, 0, 1);
      assertThat(d.name()).isEqualTo("jdbc:duckdb");
    }
    try (Dataset d =
        DataReader.openJdbc(
            url, "select a, ok from m order by a desc", options().withLimit(2).withLabel("ok"))) {
      assertThat(all(d)).containsExactly(3, 2);
      assertThat(d.labels().orElseThrow().values()).containsExactly(1, 0);
    }
    assertThat(sentence(() -> DataReader.openJdbc(url, "select * from m", options())))
        .contains("'seen'")
        .contains("date");
    assertThat(sentence(() -> DataReader.openJdbc(url, "select b from m", options())))
        .contains("The query's answer")
        .contains("1 missing");
    assertThat(sentence(() -> DataReader.openJdbc(url, "select nothing from m", options())))
        .contains("did not answer");
    assertThat(sentence(() -> DataReader.openJdbc(url, "select a from m where a > 5", options())))
        .contains("no rows");
    assertThat(sentence(() -> DataReader.openJdbc(url, " ", options()))).contains("needs a query");
    assertThat(sentence(() -> DataReader.openJdbc("http://x", "select 1", options())))
        .contains("jdbc:");
    TableSummary s = DataReader.describeJdbc(url, "select * from m", options());
    assertThat(s.rows()).isEqualTo(3);
    assertThat(s.columns().get(1).missing()).isEqualTo(1);
  }

  @Test
  void passwordsAreNotRepeated() {
    assertThat(
            sentence(
                () ->
                    DataReader.openJdbc(
                        "jdbc:nosuchdb://joe:hunter2@host/db", "select 1", options())))
        .contains("jdbc:nosuchdb")
        .doesNotContain("hunter2");
    assertThat(
            sentence(
                () ->
                    DataReader.openJdbc(
                        "jdbc:duckdb:/no/such/folder/x.db?password=hunter2",
                        "select 1",
                        options())))
        .doesNotContain("hunter2");
  }

  @Test
  void everyColumnIsDescribedEvenThoseRefused() throws IOException {
    String rows =
        IntStream.range(0, 20)
            .mapToObj(i -> "n" + i + "," + i + "," + (i % 2 == 0 ? "u" : "v") + ",\n")
            .collect(Collectors.joining());
    TableSummary s =
        DataReader.describeTable(csv("id,x,k,void\n" + rows), options().withLabel("k"));
    assertThat(s.rows()).isEqualTo(20);
    assertThat(s.columns().stream().map(TableSummary.Column::use))
        .containsExactly(
            TableSummary.Use.REFUSED,
            TableSummary.Use.FEATURE,
            TableSummary.Use.LABEL,
            TableSummary.Use.REFUSED);
    assertThat(s.columns().stream().map(TableSummary.Column::type))
        .containsExactly("text", "integer", "text", "empty");
    TableSummary.Column x = s.columns().get(1);
    assertThat(x.distinct()).isEqualTo(20);
    assertThat(x.min()).hasValue(0);
    assertThat(x.max()).hasValue(19);
    assertThat(x.mean()).hasValue(9.5);
    assertThat(x.sd().orElseThrow())
        .isCloseTo(Math.sqrt(35), org.assertj.core.api.Assertions.within(1e-12));
    assertThat(s.columns().get(3).missing()).isEqualTo(20);
    assertThat(s.columns().get(3).min()).isEmpty();
    assertThat(s.toText().lines()).hasSize(7);
    s.columns().forEach(c -> c.problem().ifPresent(Samples::assertProper));
    assertThat(DataReader.isTable(dir.resolve("a.csv"), options())).isTrue();
    assertThat(DataReader.isTable(dir.resolve("a.npy"), options())).isFalse();
    Path npy = write(dir.resolve("z.npy"), "x");
    assertThat(sentence(() -> DataReader.describeTable(npy, options()))).contains("not a table");
  }

  @Test
  void rowsStayInOrder() throws IOException {
    // Long enough for the engine to work in parallel if it were allowed to.
    int n = 300_000;
    StringBuilder b = new StringBuilder("i,a,k\n");
    for (int i = 0; i < n; i++) {
      b.append(i).append(", ").append(i % 1000).append(' ').append(i % 3 == 0 ? ",x \n" : ", y\n");
    }
    try (Dataset d = open(b.toString())) {
      float[] values = all(d);
      for (int i = 0; i < n; i++) {
        assertThat(values[i * 4]).isEqualTo(i);
      }
      assertThat(Arrays.copyOf(values, 8)).containsExactly(0, 0, 1, 0, 1, 1, 0, 1);
    }
    try (Dataset d = open(b.toString(), options().withLimit(150_000).withMemoryLimit(100_000))) {
      assertThat(d).isInstanceOf(MappedDataset.class);
      assertThat(d.size()).isEqualTo(150_000);
      assertThat(row(d, 149_999)[0]).isEqualTo(149_999);
    }
  }

  @Test
  void thousandsOfColumnsAreNoTrouble() throws IOException {
    int columns = 1200;
    String line =
        IntStream.range(0, columns)
            .mapToObj(i -> i % 3 == 0 ? "u" + i % 2 : "0." + i)
            .collect(Collectors.joining(","));
    String other =
        IntStream.range(0, columns)
            .mapToObj(i -> i % 3 == 0 ? " v" : "?")
            .collect(Collectors.joining(","));
    try (Dataset d =
        open(line + "\n" + other + "\n" + line + "\n", options().withMissing(Missing.DROP))) {
      assertThat(d.columns()).hasSize(columns);
      assertThat(d.size()).isEqualTo(2);
    }
  }

  @Test
  void nothingIsLeftInTheFolderForTemporaryFiles() throws IOException {
    Path spool = Files.createDirectory(dir.resolve("spool"));
    open("a,b\n1,2\n", options().withSpoolFolder(spool)).close();
    sentence(() -> open("a,b\n1,\n", options().withSpoolFolder(spool)));
    try (Stream<Path> left = Files.list(spool)) {
      assertThat(left).isEmpty();
    }
  }
}
