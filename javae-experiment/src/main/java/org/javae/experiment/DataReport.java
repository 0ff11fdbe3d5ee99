package org.javae.experiment;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.javae.core.data.Dataset;
import org.javae.core.data.Views;
import org.javae.data.get.DataCatalog;
import org.javae.data.read.DataReader;
import org.javae.data.read.ReadOptions;
import org.javae.data.read.TableSummary;
import org.javae.data.read.ViewsFile;

/**
 * What data hold: for {@code data describe} and {@code doctor}.
 *
 * @param shape of an observation
 * @param annotations labels and factors with their number of values
 * @param split sizes of the published parts, or null
 * @param values what the numbers are like
 * @param views of observations of several
 * @param patterns which views observations have, the most frequent pattern first
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record DataReport(
    String data,
    long[] shape,
    int n,
    List<Annotation> annotations,
    Dataset.PublishedSplit split,
    Values values,
    List<Dataset.Column> columns,
    Double exactLogLikelihood,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) List<ViewReport> views,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Pattern> patterns) {
  /** Rows looked at; more would take long without telling more. */
  private static final int MOST_ROWS = 100_000;

  private static final long MOST_VALUES = 200_000_000;

  /** An annotation without its values. */
  public record Annotation(String name, int cardinality, List<String> valueNames) {}

  /**
   * The numbers.
   *
   * @param rows how many observations were looked at, evenly spread
   * @param missing cells without a value
   * @param infinite cells that are infinite
   * @param binary whether all are 0 or 1
   * @param constant number of elements that have one value only
   * @param duplicates observations that equal an earlier one
   */
  public record Values(
      int rows,
      double min,
      double max,
      double mean,
      long missing,
      long infinite,
      boolean binary,
      int constant,
      int duplicates) {}

  /** Looks at the data. */
  public static DataReport of(Dataset d) {
    return new DataReport(
        d.name(),
        d.shape().toArray(),
        d.size(),
        d.annotations().stream()
            .map(a -> new Annotation(a.name(), a.cardinality(), a.valueNames()))
            .toList(),
        d.publishedSplit().orElse(null),
        values(d),
        d.columns(),
        d.exactLogLikelihood().orElse(null),
        d.views().stream()
            .map(
                v ->
                    new ViewReport(
                        v.name(),
                        v.shape().toArray(),
                        kind(v),
                        v.settings().likelihood(),
                        v.settings().network(),
                        v.settings().weight()))
            .toList(),
        patterns(d));
  }

  /** A view: its name, shape and what a model is to do with it. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record ViewReport(
      String name, long[] shape, String kind, String likelihood, String network, double weight) {}

  /** How many rows have exactly these views. */
  public record Pattern(List<String> present, int rows) {}

  private static String kind(Dataset.View v) {
    if (v.tokens() != null) {
      return "text";
    }
    if (v.shape().isImage()) {
      return "image";
    }
    boolean label =
        v.columns().size() == 1 && v.columns().get(0).kind() == Dataset.Column.Kind.CATEGORICAL;
    return label ? "label" : "table";
  }

  private static List<Pattern> patterns(Dataset d) {
    if (d.views().isEmpty()) {
      return List.of();
    }
    Map<List<String>, Integer> count = new LinkedHashMap<>();
    for (boolean[] p : Views.present(d, IntStream.range(0, d.size()).toArray())) {
      List<String> names =
          IntStream.range(0, p.length)
              .filter(m -> p[m])
              .mapToObj(m -> d.views().get(m).name())
              .toList();
      count.merge(names, 1, Integer::sum);
    }
    return count.entrySet().stream()
        .map(e -> new Pattern(e.getKey(), e.getValue()))
        .sorted(Comparator.comparingInt(Pattern::rows).reversed())
        .toList();
  }

  /** The columns of a table as found in its file, or null if {@code c} is no table. */
  public static TableSummary table(DataConfig c) {
    String data = c.data();
    ReadOptions options = DataAccess.readOptions(c);
    if (data.startsWith("jdbc:")) {
      return DataReader.describeJdbc(data, c.query(), options);
    }
    if (DataCatalog.find(DataAccess.nameOf(data)).isPresent()
        && !Files.exists(Path.of(DataAccess.nameOf(data)))) {
      return null;
    }
    Path p = Path.of(data);
    if (Files.exists(p) && ViewsFile.at(p).isPresent()) {
      return null;
    }
    return Files.exists(p) && DataReader.isTable(p, options)
        ? DataReader.describeTable(p, options)
        : null;
  }

  private static Values values(Dataset d) {
    int numel = Math.toIntExact(d.shape().numel());
    int rows =
        (int)
            Math.min(d.size(), Math.max(1, Math.min(MOST_ROWS, MOST_VALUES / Math.max(1, numel))));
    int step = Math.max(1, 4_000_000 / Math.max(1, numel));
    double min = Double.POSITIVE_INFINITY;
    double max = Double.NEGATIVE_INFINITY;
    double sum = 0;
    long count = 0;
    long missing = 0;
    long infinite = 0;
    boolean binary = true;
    float[] first = null;
    boolean[] varies = new boolean[numel];
    Set<Long> seen = new HashSet<>();
    int duplicates = 0;
    for (int at = 0; at < rows; at += step) {
      int from = at;
      int n = Math.min(step, rows - at);
      int[] index =
          IntStream.range(0, n).map(i -> (int) ((long) (from + i) * d.size() / rows)).toArray();
      float[] v = new float[n * numel];
      d.read(index, v);
      if (first == null && n > 0) {
        first = Arrays.copyOf(v, numel);
      }
      for (int i = 0; i < n; i++) {
        long hash = 1125899906842597L;
        for (int j = 0; j < numel; j++) {
          float x = v[i * numel + j];
          hash = (hash ^ Float.floatToIntBits(x)) * 0x9E3779B97F4A7C15L;
          hash ^= hash >>> 29;
          if (Float.isNaN(x)) {
            missing++;
            continue;
          }
          if (Float.isInfinite(x)) {
            infinite++;
            continue;
          }
          min = Math.min(min, x);
          max = Math.max(max, x);
          sum += x;
          count++;
          binary &= x == 0 || x == 1;
          // A first cell without a value makes the column vary with whatever follows; missing cells
          // are told anyway.
          varies[j] |= x != first[j];
        }
        if (!seen.add(hash)) {
          duplicates++;
        }
      }
    }
    int constant = (int) IntStream.range(0, numel).filter(j -> !varies[j]).count();
    return new Values(
        rows,
        min,
        max,
        count == 0 ? Double.NaN : sum / count,
        missing,
        infinite,
        binary && count > 0,
        constant,
        duplicates);
  }
}
