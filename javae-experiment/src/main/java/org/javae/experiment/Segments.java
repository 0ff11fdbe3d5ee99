package org.javae.experiment;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.DoubleConsumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.javae.core.data.Dataset;
import org.javae.core.data.Dataset.Column;
import org.javae.core.data.Loader;
import org.javae.core.evaluate.Clustering;
import org.javae.core.model.Clusters;
import org.javae.core.model.Encodes;
import org.javae.tensor.Autograd;
import org.javae.tensor.Tensor;
import org.javae.tensor.UserException;

/**
 * The groups that a clustering model finds in data: how large they are, which observations are
 * typical, and what tells each from the others, in the data's own units.
 *
 * @param part of the data
 * @param n observations
 * @param segments largest first, the empty ones left out
 * @param empty numbers of the clusters that nothing was assigned to
 * @param agreement with the labels, or null if the data have none
 * @param assigned for {@code --out}: the cluster of each row, with its responsibility
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Segments(
    String model,
    String data,
    String part,
    int n,
    List<Segment> segments,
    List<Integer> empty,
    Clustering agreement,
    @JsonIgnore List<Assigned> assigned) {
  private static final int BATCH = Experiment.EVALUATION_BATCH;

  /** A row of the data and the cluster most responsible for it. */
  public record Assigned(int row, int cluster, double responsibility) {}

  /**
   * A group.
   *
   * @param cluster its number in the model
   * @param share of all observations
   * @param certainty mean responsibility of the cluster for its own observations
   * @param traits what tells it from the others, most telling first; none of images
   * @param typical its observations nearest to the middle, nearest first
   * @param label most frequent one, or null
   * @param purity share of that label
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Segment(
      int cluster,
      int size,
      double share,
      double certainty,
      List<Trait> traits,
      List<Typical> typical,
      String label,
      Double purity) {}

  /**
   * A column in a group against the same column in all other observations.
   *
   * @param category of a column with categories the one that tells most, else null
   * @param here mean, or share of the category, in the group
   * @param elsewhere the same outside
   * @param difference of the two in standard deviations of the column
   * @param lift of a category: its share here over its share in all data
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Trait(
      String column,
      String category,
      double here,
      double elsewhere,
      double difference,
      Double lift) {}

  /**
   * An observation.
   *
   * @param row its number in the data, from 0
   * @param distance from the middle of its group's codes, in standard deviations of the group
   */
  public record Typical(int row, double responsibility, double distance) {}

  /**
   * Finds the groups.
   *
   * @param part of the data; null for all
   * @param limit at most so many rows, chosen by the run's seed; 0 for all
   * @param members typical ones of each group
   * @throws UserException if the model has no groups
   */
  public static Segments of(Run run, String part, int limit, int members, DoubleConsumer progress) {
    Clusters m = Clusters.of(run.model());
    if (m == null) {
      throw UserException.of(
          "run %s has no clusters: its model is %s%s",
          run.folder().getFileName(),
          run.description().model(),
          run.model() instanceof Clusters
              ? ", whose training ended before clusters were fitted or whose prior is no mixture; try --model vade with more"
                  + " --epochs than --set pretrain"
              : "; train vade, gmm, or vae with --set prior=mixture:K");
    }
    String p = part == null ? "all" : part;
    Loader rows = run.rows(p, limit);
    List<Assigned> assigned = new ArrayList<>();
    Spread codes = new Spread(m.clusters());
    rows.each(
        BATCH,
        b -> {
          read(
              run,
              m,
              b.x(),
              b.rows(),
              (row, c, r, z) -> {
                assigned.add(new Assigned(row, c, r));
                codes.add(c, z, 0);
              });
          progress.accept(0.4 * assigned.size() / rows.size());
        });
    List<List<Typical>> typical = new ArrayList<>();
    for (int c = 0; c < m.clusters(); c++) {
      typical.add(new ArrayList<>());
    }
    int[] done = {0};
    rows.each(
        BATCH,
        b -> {
          read(
              run,
              m,
              b.x(),
              b.rows(),
              (row, c, r, z) -> {
                List<Typical> t = typical.get(c);
                t.add(new Typical(row, r, codes.distance(c, z)));
                if (t.size() > 20 * members + 100) {
                  keepNearest(t, members);
                }
                done[0]++;
              });
          progress.accept(0.4 + 0.4 * done[0] / rows.size());
        });
    Dataset d = run.data();
    Spread values = new Spread(m.clusters());
    int width = Math.toIntExact(d.shape().numel());
    boolean traits = !d.shape().isImage();
    for (int from = 0; traits && from < assigned.size(); from += BATCH) {
      List<Assigned> some = assigned.subList(from, Math.min(assigned.size(), from + BATCH));
      float[] v = new float[some.size() * width];
      d.read(some.stream().mapToInt(Assigned::row).toArray(), v);
      for (int i = 0; i < some.size(); i++) {
        values.add(some.get(i).cluster(), v, i * width, width);
      }
      progress.accept(0.8 + 0.2 * from / assigned.size());
    }
    List<Segment> segments = new ArrayList<>();
    List<Integer> empty = new ArrayList<>();
    for (int c = 0; c < m.clusters(); c++) {
      int which = c;
      List<Assigned> own = assigned.stream().filter(a -> a.cluster() == which).toList();
      if (own.isEmpty()) {
        empty.add(c);
        continue;
      }
      keepNearest(typical.get(c), members);
      Frequent label = frequent(d, own);
      segments.add(
          new Segment(
              c,
              own.size(),
              own.size() / (double) assigned.size(),
              own.stream().mapToDouble(Assigned::responsibility).average().orElse(0),
              traits ? traits(d, values, c) : List.of(),
              List.copyOf(typical.get(c)),
              label == null ? null : label.name(),
              label == null ? null : (Double) label.share()));
    }
    segments.sort(Comparator.comparingInt(Segment::size).reversed());
    return new Segments(
        run.description().model(),
        d.name(),
        p,
        assigned.size(),
        List.copyOf(segments),
        List.copyOf(empty),
        agreement(d, assigned, m.clusters()),
        List.copyOf(assigned));
  }

  /** One sentence on clusters without observations, or null if there are none. */
  public static String ofEmpty(List<Integer> empty, int clusters) {
    if (empty.isEmpty()) {
      return null;
    }
    return empty.size()
        + " of "
        + clusters
        + " clusters "
        + (empty.size() == 1 ? "is" : "are")
        + " empty ("
        + empty.stream().map(String::valueOf).collect(Collectors.joining(", "))
        + "): as many fewer would do, or try another --seed or a longer pretraining";
  }

  private interface Reader {
    void read(int row, int cluster, double responsibility, float[] code);
  }

  /** Cluster, responsibility and code of each; without codes the observation stands in. */
  private static void read(Run run, Clusters m, Tensor x, int[] rows, Reader reader) {
    Autograd.off(
        () -> {
          Tensor r = m.responsibilities(x);
          long[] c = r.argmax(1).toLongs();
          double[] most = r.max(1).toDoubles();
          float[] z = (run.model() instanceof Encodes e ? e.encode(x) : x.flatten()).toFloats();
          int d = z.length / rows.length;
          for (int i = 0; i < rows.length; i++) {
            reader.read(rows[i], (int) c[i], most[i], Arrays.copyOfRange(z, i * d, (i + 1) * d));
          }
        });
  }

  private static void keepNearest(List<Typical> t, int members) {
    t.sort(Comparator.comparingDouble(Typical::distance).thenComparingInt(Typical::row));
    if (t.size() > members) {
      t.subList(members, t.size()).clear();
    }
  }

  /** Count, mean and squared deviations of every element in every cluster, NaN left out. */
  private static final class Spread {
    private final int clusters;
    private double[][] count;
    private double[][] mean;
    private double[][] squares;

    Spread(int clusters) {
      this.clusters = clusters;
    }

    void add(int c, float[] v, int from) {
      add(c, v, from, v.length);
    }

    void add(int c, float[] v, int from, int width) {
      if (count == null) {
        count = new double[clusters][width];
        mean = new double[clusters][width];
        squares = new double[clusters][width];
      }
      for (int j = 0; j < width; j++) {
        float x = v[from + j];
        if (!Float.isNaN(x)) {
          double away = x - mean[c][j];
          mean[c][j] += away / ++count[c][j];
          squares[c][j] += away * (x - mean[c][j]);
        }
      }
    }

    double distance(int c, float[] v) {
      double s = 0;
      for (int j = 0; j < v.length; j++) {
        double variance = squares[c][j] / count[c][j];
        double away = v[j] - mean[c][j];
        s += variance > 0 ? away * away / variance : 0;
      }
      return Math.sqrt(s);
    }

    /** Mean outside c of element j. */
    double elsewhere(int c, int j) {
      return pooled(j, c)[1];
    }

    /** Standard deviation of element j over everything. */
    double deviation(int j) {
      double[] p = pooled(j, -1);
      return Math.sqrt(p[2] / p[0]);
    }

    double overall(int j) {
      return pooled(j, -1)[1];
    }

    /** Count, mean and squared deviations over all clusters but one. */
    private double[] pooled(int j, int without) {
      double n = 0;
      double m = 0;
      double s = 0;
      for (int k = 0; k < clusters; k++) {
        double own = count[k][j];
        if (k != without && own > 0) {
          double away = mean[k][j] - m;
          s += squares[k][j] + away * away * n * own / (n + own);
          n += own;
          m += away * own / n;
        }
      }
      return new double[] {n, n == 0 ? Double.NaN : m, s};
    }
  }

  /** Every column that differs at all, by how many of its standard deviations. */
  private static List<Trait> traits(Dataset d, Spread v, int c) {
    List<Trait> all = new ArrayList<>();
    List<Column> columns = d.columns();
    int width = Math.toIntExact(d.shape().numel());
    if (columns.isEmpty()) {
      columns =
          IntStream.range(0, width)
              .mapToObj(j -> new Column("x" + j, Column.Kind.REAL, List.of()))
              .toList();
    }
    int at = 0;
    for (Column column : columns) {
      Trait best = null;
      for (int j = at; j < at + column.width(); j++) {
        double elsewhere = v.elsewhere(c, j);
        double deviation = v.deviation(j);
        double here = v.mean[c][j];
        if (v.count[c][j] == 0 || Double.isNaN(elsewhere) || !(deviation > 0)) {
          continue; // a constant column, or only one group, or only missing cells here
        }
        boolean category = column.kind() == Column.Kind.CATEGORICAL;
        Trait t =
            new Trait(
                column.name(),
                category ? column.categories().get(j - at) : null,
                here,
                elsewhere,
                (here - elsewhere) / deviation,
                category ? (Double) (here / v.overall(j)) : null);
        if (best == null || Math.abs(t.difference()) > Math.abs(best.difference())) {
          best = t;
        }
      }
      if (best != null) {
        all.add(best);
      }
      at += column.width();
    }
    all.sort(Comparator.comparingDouble((Trait t) -> -Math.abs(t.difference())));
    return List.copyOf(all);
  }

  private record Frequent(String name, double share) {}

  private static Frequent frequent(Dataset d, List<Assigned> own) {
    Dataset.Annotation a = d.labels().orElse(null);
    if (a == null) {
      return null;
    }
    int[] n = new int[a.cardinality()];
    own.forEach(o -> n[a.values()[o.row()]]++);
    int best = IntStream.range(0, n.length).reduce((i, j) -> n[j] > n[i] ? j : i).orElse(0);
    return new Frequent(
        best < a.valueNames().size() ? a.valueNames().get(best) : String.valueOf(best),
        n[best] / (double) own.size());
  }

  private static Clustering agreement(Dataset d, List<Assigned> all, int clusters) {
    return d.labels()
        .map(
            a ->
                Clustering.of(
                    all.stream().mapToInt(Assigned::cluster).toArray(),
                    clusters,
                    all.stream().mapToInt(o -> a.values()[o.row()]).toArray(),
                    a.cardinality()))
        .orElse(null);
  }

  /** How many clusters the model has. */
  @JsonProperty
  public int clusters() {
    return segments.size() + empty.size();
  }

  /** A code of each of these rows, for the picture: {@code [rows, latent]} row-major. */
  static float[] codes(Run run, int[] rows) {
    Loader l = run.loader(rows);
    List<float[]> parts = new ArrayList<>();
    l.each(
        BATCH,
        b ->
            Autograd.off(
                () -> {
                  Tensor x = b.x();
                  parts.add(
                      (run.model() instanceof Encodes e ? e.encode(x) : x.flatten()).toFloats());
                }));
    return Codes.join(parts);
  }
}
