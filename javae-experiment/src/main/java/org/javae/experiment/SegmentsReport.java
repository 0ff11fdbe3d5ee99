package org.javae.experiment;

import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.javae.core.data.Dataset;
import org.javae.core.data.Dataset.Column;
import org.javae.core.io.AtomicFiles;
import org.javae.experiment.Segments.Assigned;
import org.javae.experiment.Segments.Segment;
import org.javae.experiment.Segments.Trait;
import org.javae.experiment.Segments.Typical;
import org.javae.experiment.picture.Grid;
import org.javae.experiment.picture.ImageFiles;
import org.javae.experiment.picture.Images;
import org.javae.experiment.picture.Scatter;
import org.javae.experiment.picture.Stack;
import org.javae.tensor.DType;
import org.javae.tensor.Scope;
import org.javae.tensor.Tensor;

/** {@link Segments} as files: a report, a table of rows, a picture. */
public final class SegmentsReport {
  private static final int TRAITS = 6;
  private static final int POINTS = 4000;

  private SegmentsReport() {}

  /**
   * Writes into a folder {@code segments.md}, {@code segments.csv} and {@code segments.png}, or one
   * file by its suffix.
   *
   * @param suffix of {@code out}: csv, md, png, or anything else for a folder
   * @return what was written
   */
  public static List<Path> write(Run run, Segments s, Path out, String suffix) {
    switch (suffix) {
      case "csv" -> AtomicFiles.writeString(out, csv(s));
      case "md" -> AtomicFiles.writeString(out, markdown(run, s));
      case "png" -> ImageFiles.writePng(picture(run, s), out);
      default -> {
        List<Path> files = new ArrayList<>();
        for (String kind : List.of("md", "csv", "png")) {
          files.addAll(write(run, s, out.resolve("segments." + kind), kind));
        }
        return files;
      }
    }
    return List.of(out);
  }

  /** A line a row: its number from 0, cluster and responsibility. */
  static String csv(Segments s) {
    return s.assigned().stream()
        .sorted(Comparator.comparingInt(Assigned::row))
        .map(
            a ->
                String.format(
                    Locale.ROOT, "%d,%d,%.6g\n", a.row(), a.cluster(), a.responsibility()))
        .collect(Collectors.joining("", "row,cluster,responsibility\n", ""));
  }

  /** What tells a group from the others, in words. */
  public static List<String> traits(Segment s) {
    return s.traits().stream().limit(TRAITS).map(SegmentsReport::words).toList();
  }

  private static String words(Trait t) {
    return t.category() == null
        ? String.format(
            Locale.ROOT,
            "%s %s, elsewhere %s (%+.1f sd)",
            t.column(),
            number(t.here()),
            number(t.elsewhere()),
            t.difference())
        : String.format(
            Locale.ROOT,
            "%s = %s in %.0f %%, elsewhere %.0f %% (lift %.1f)",
            t.column(),
            t.category(),
            100 * t.here(),
            100 * t.elsewhere(),
            t.lift());
  }

  private static String number(double v) {
    double a = Math.abs(v);
    return a >= 1e5 || a > 0 && a < 1e-3
        ? String.format(Locale.ROOT, "%.3g", v)
        : String.format(Locale.ROOT, a >= 100 ? "%.0f" : a >= 10 ? "%.1f" : "%.2f", v);
  }

  /** The report. */
  static String markdown(Run run, Segments s) {
    StringBuilder b = new StringBuilder();
    b.append("# Segments of ").append(s.data()).append(" by ").append(s.model()).append("\n\n");
    b.append(s.n()).append(" observations (").append(s.part()).append(").");
    if (s.agreement() != null) {
      b.append(
          String.format(
              Locale.ROOT,
              " Against the labels: accuracy %.4f, NMI %.4f, ARI %.4f.",
              s.agreement().accuracy(),
              s.agreement().nmi(),
              s.agreement().ari()));
    }
    String empty = Segments.ofEmpty(s.empty(), s.clusters());
    b.append(empty == null ? "" : " Of them " + empty + ".").append("\n\n");
    boolean labels = s.segments().stream().anyMatch(g -> g.label() != null);
    b.append("| cluster | size | share | certainty |")
        .append(labels ? " label |" : "")
        .append("\n");
    b.append("|---|---|---|---|").append(labels ? "---|" : "").append("\n");
    for (Segment g : s.segments()) {
      b.append(
          String.format(
              Locale.ROOT,
              "| %d | %d | %.1f %% | %.2f |",
              g.cluster(),
              g.size(),
              100 * g.share(),
              g.certainty()));
      b.append(
          labels ? String.format(Locale.ROOT, " %s, %.0f %% |", g.label(), 100 * g.purity()) : "");
      b.append("\n");
    }
    for (Segment g : s.segments()) {
      b.append("\n## Cluster ").append(g.cluster()).append("\n\n");
      if (!g.traits().isEmpty()) {
        b.append("What tells it from the others:\n\n");
        traits(g).forEach(t -> b.append("* ").append(t).append("\n"));
        b.append("\n");
      }
      b.append("Typical rows, counted from 0:\n\n");
      typical(run, g).forEach(t -> b.append("* ").append(t).append("\n"));
    }
    return b.toString();
  }

  /** Rows nearest to the middle with the columns that tell the group from the others. */
  public static List<String> typical(Run run, Segment g) {
    Dataset d = run.data();
    float[] v = new float[Math.toIntExact(d.shape().numel())];
    List<String> lines = new ArrayList<>();
    for (Typical t : g.typical()) {
      d.read(new int[] {t.row()}, v);
      String cells =
          g.traits().stream()
              .limit(TRAITS)
              .map(x -> x.column() + " " + cell(d, x.column(), v))
              .collect(Collectors.joining(", "));
      lines.add("row " + t.row() + (cells.isEmpty() ? "" : ": " + cells));
    }
    return lines;
  }

  private static String cell(Dataset d, String name, float[] v) {
    int at = 0;
    for (Column c : d.columns()) {
      if (c.name().equals(name)) {
        for (int j = 0; c.kind() == Column.Kind.CATEGORICAL && j < c.width(); j++) {
          if (v[at + j] == 1) {
            return c.categories().get(j);
          }
        }
        return c.kind() == Column.Kind.CATEGORICAL || Float.isNaN(v[at])
            ? "missing"
            : number(v[at]);
      }
      at += c.width();
    }
    return number(v[Integer.parseInt(name.substring(1))]); // x0, x1 … of vectors without columns
  }

  /** Codes on their first two principal axes by cluster; of images a row of typical ones each. */
  static BufferedImage picture(Run run, Segments s) {
    List<Assigned> all = s.assigned();
    int step = Math.max(1, (all.size() + POINTS - 1) / POINTS);
    List<Assigned> some =
        IntStream.range(0, all.size()).filter(i -> i % step == 0).mapToObj(all::get).toList();
    float[] z = Segments.codes(run, some.stream().mapToInt(Assigned::row).toArray());
    int[] order = s.segments().stream().mapToInt(Segment::cluster).toArray();
    // Colours follow the size, so that the same data look alike under another seed.
    int[] rank = new int[s.clusters()];
    IntStream.range(0, order.length).forEach(i -> rank[order[i]] = i);
    BufferedImage codes =
        Scatter.of(plane(z, some.size()))
            .labels(
                some.stream().mapToInt(a -> rank[a.cluster()]).toArray(),
                Arrays.stream(order).mapToObj(c -> "cluster " + c).toList())
            .title(s.model() + " on " + s.data() + ": " + order.length + " clusters")
            .axes("first principal axis of the codes", "second")
            .namesOnlyInLegend()
            .draw();
    Dataset d = run.data();
    if (!d.shape().isImage()) {
      return codes;
    }
    int columns = s.segments().stream().mapToInt(g -> g.typical().size()).max().orElse(1);
    int numel = Math.toIntExact(d.shape().numel());
    float[] v = new float[order.length * columns * numel];
    for (int i = 0; i < order.length; i++) {
      int[] rows = s.segments().get(i).typical().stream().mapToInt(Typical::row).toArray();
      float[] own = new float[rows.length * numel];
      d.read(rows, own);
      System.arraycopy(own, 0, v, i * columns * numel, own.length);
    }
    BufferedImage members =
        Grid.of(Images.of(v, d.shape()), columns)
            .rowCaptions(
                s.segments().stream().map(g -> "cluster " + g.cluster() + ", " + g.size()).toList())
            .title("typical members")
            .draw();
    return Stack.down(List.of(codes, members));
  }

  /** On the two axes of largest variance; one code is drawn along a line. */
  static float[] plane(float[] z, int n) {
    int d = z.length / n;
    if (d == 1) {
      float[] line = new float[2 * n];
      IntStream.range(0, n).forEach(i -> line[2 * i] = z[i]);
      return line;
    }
    return Scope.run(
        () -> {
          Tensor x = Tensor.of(z, n, d).to(DType.FLOAT64);
          Tensor away = x.minus(x.mean(0).unsqueeze(0));
          Tensor axes = away.t().matmul(away).div(n).eigh().get(1);
          return away.matmul(
                  Tensor.cat(List.of(axes.narrow(1, d - 1, 1), axes.narrow(1, d - 2, 1)), 1))
              .to(DType.FLOAT32)
              .toFloats();
        });
  }
}
