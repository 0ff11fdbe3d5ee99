package org.javae.experiment.reproduce;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.javae.core.io.AtomicFiles;
import org.javae.core.io.Json;
import org.javae.tensor.UserException;

/**
 * The results table: {@code NAME.json} as data and {@code NAME.md} rendered from it. A row is
 * replaced by a later one of the same id, whatever its verdict: missed figures stay as missed.
 */
public final class Results {
  /** Of the file; a later JaVAE may write another. */
  private static final int FORMAT = 1;

  private record File(int format, List<Row> rows) {}

  private final Path file;

  /**
   * @param file ends in {@code .json}; made when the first row comes
   */
  public Results(Path file) {
    if (!file.toString().toLowerCase(Locale.ROOT).endsWith(".json")) {
      throw UserException.usage(
          "%s is no name for a results table; it must end in .json (beside it, one in .md is written)",
          file);
    }
    this.file = file;
    rows(); // a damaged table is found before hours of training
  }

  /** The rendered table's file. */
  public Path markdown() {
    String name = file.getFileName().toString();
    return file.resolveSibling(name.substring(0, name.length() - ".json".length()) + ".md");
  }

  /** All rows; none if there is no file yet. */
  public List<Row> rows() {
    if (!Files.exists(file)) {
      return List.of();
    }
    File f = Json.read(file, File.class);
    if (f.format() != FORMAT || f.rows() == null) {
      throw UserException.of(
          "%s is a results table of format %d, but this JaVAE knows format %d; give another --table",
          file.getFileName(), f.format(), FORMAT);
    }
    return f.rows();
  }

  /** The row of an experiment. */
  public Optional<Row> find(String id) {
    return rows().stream().filter(r -> r.id().equals(id)).findFirst();
  }

  /**
   * Puts a row in place of the one of its id. The file is read again first: another process may
   * have written since.
   *
   * @param order ids in reading order; others come after them
   */
  public void put(Row row, List<String> order) {
    List<Row> all = new ArrayList<>(rows());
    all.removeIf(r -> r.id().equals(row.id()));
    all.add(row);
    all.sort(
        Comparator.comparingInt(
            r -> order.contains(r.id()) ? order.indexOf(r.id()) : Integer.MAX_VALUE));
    AtomicFiles.writeString(file, Json.pretty(new File(FORMAT, all)));
    AtomicFiles.writeString(markdown(), markdown(all));
  }

  /** The table for people. */
  static String markdown(List<Row> rows) {
    StringBuilder b =
        new StringBuilder(
            """
            # Reproduced figures

            Written by `javae reproduce`; do not edit. What is held against what: `javae reproduce` lists it, `javae reproduce ID` runs a row again. Published figures marked ≈ are
            quoted from memory. Likelihoods are in nats an observation, "samples" are importance samples an observation. Figures that were missed
            stay here as missed.

            | experiment | metric | ours | published | difference | verdict | binarised | samples | seeds | threads | training | date |
            | --- | --- | ---: | ---: | ---: | --- | --- | ---: | --- | ---: | ---: | --- |
            """);
    for (Row r : rows) {
      b.append("| ")
          .append(
              List.of(
                      "[" + r.id() + "](#" + r.id() + ")",
                      r.metric().replace('_', ' '),
                      r.obtainedText(),
                      publishedText(r),
                      r.differenceText(),
                      r.verdict().equals(Row.MET) ? "met" : "**" + r.verdict() + "**",
                      r.binarize().equals("auto") ? "–" : r.binarize(),
                      r.nllSamples() == 0 ? "–" : String.valueOf(r.nllSamples()),
                      seeds(r.seeds()),
                      String.valueOf(r.threads()),
                      duration(r.seconds()),
                      r.date())
                  .stream()
                  .map(s -> s.replace("|", "\\|"))
                  .collect(Collectors.joining(" | ")))
          .append(" |\n");
    }
    for (Row r : rows) {
      b.append("\n## ").append(r.id()).append('\n');
      b.append('\n').append(r.citation()).append('.');
      if (r.note() != null) {
        b.append(' ').append(r.note().strip());
      }
      b.append("\n\n");
      for (Goal.Outcome g : r.goals()) {
        b.append("- ")
            .append(g.goal())
            .append(": ")
            .append(g.obtained() == null ? "no figure" : Row.figure(g.obtained()))
            .append(g.other() == null ? "" : " against " + Row.figure(g.other()))
            .append(
                r.verdict().equals(Row.QUICK) ? ", not judged" : g.met() ? ", met" : ", **missed**")
            .append('\n');
      }
      b.append("- measured on ").append(r.n()).append(" observations: ");
      b.append(
          r.metrics().entrySet().stream()
              .map(e -> e.getKey().replace('_', ' ') + " " + Row.figure(e.getValue()))
              .collect(Collectors.joining(", ")));
      b.append("\n- training ")
          .append(r.status().replace('_', ' '))
          .append(" after ")
          .append(Goal.number(r.epochs()))
          .append(r.epochs() == 1 ? " epoch" : " epochs")
          .append(r.seeds().size() > 1 ? " a seed on average" : "")
          .append("; JaVAE ")
          .append(r.javae())
          .append("\n\n```\n")
          .append(r.command())
          .append('\n')
          .append(r.evaluate())
          .append("\n```\n");
    }
    return b.toString();
  }

  private static String publishedText(Row r) {
    return r.published() == null
        ? "–"
        : (r.published().status() == Recipe.Status.MEMORY ? "≈ " : "")
            + Goal.number(r.published().value()).replace("-", "−");
  }

  private static String seeds(List<Long> s) {
    return s.size() == 1 ? String.valueOf(s.get(0)) : s.get(0) + "–" + s.get(s.size() - 1);
  }

  private static String duration(double seconds) {
    long s = Math.round(seconds);
    return s < 60
        ? String.format(Locale.ROOT, "%.1f s", seconds)
        : s < 3600 ? s / 60 + " min " + s % 60 + " s" : s / 3600 + " h " + s % 3600 / 60 + " min";
  }
}
