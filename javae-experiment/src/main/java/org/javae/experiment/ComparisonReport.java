package org.javae.experiment;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.javae.core.io.AtomicFiles;
import org.javae.core.io.Json;
import org.javae.core.train.TrainConfig;
import org.javae.experiment.Comparison.Likelihood;
import org.javae.experiment.Comparison.Row;
import org.javae.experiment.picture.ImageFiles;
import org.javae.tensor.Engine;

/**
 * What {@link Comparison} found: a table, and its files {@code compare.md}, {@code compare.json}
 * and {@code compare.png}.
 *
 * @param part of the data that was measured
 * @param n observations measured
 * @param train rows trained on
 * @param budget what every model was given: epochs, and seconds where they were bounded
 * @param notes what keeps numbers of the table from being compared
 * @param picture file of the samples, null if none could be drawn
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ComparisonReport(
    String data,
    String part,
    int n,
    int train,
    Map<String, Object> budget,
    @JsonProperty("nll_samples") int nllSamples,
    int threads,
    List<Row> models,
    List<String> notes,
    @JsonIgnore Path folder,
    String picture) {
  private static final String NOTHING = "–";

  /** The names of the table's columns. */
  public static final List<String> COLUMNS =
      List.of(
          "model",
          "ln p(x)",
          "kind",
          "squared error",
          "training",
          "an epoch",
          "a sample",
          "a code",
          "parameters",
          "cannot");

  /** Draws the picture and writes the files. */
  static ComparisonReport write(
      Path folder,
      List<Comparison.Finished> rows,
      Map<String, Settings> settings,
      Comparison.Options options) {
    Path first =
        rows.stream()
            .map(Comparison.Finished::run)
            .filter(r -> r != null)
            .findFirst()
            .orElseThrow();
    List<String> notes = new ArrayList<>();
    ComparisonPicture.Drawn drawn = ComparisonPicture.draw(rows, options.seed());
    drawn.note().ifPresent(notes::add);
    String picture = null;
    if (drawn.picture().isPresent()) {
      picture = "compare.png";
      ImageFiles.writePng(drawn.picture().get(), folder.resolve(picture));
    }
    ComparisonReport r;
    try (Run run = Run.open(first)) {
      String part = run.defaultPart();
      TrainConfig t = settings.values().iterator().next().train();
      Map<String, Object> budget = new LinkedHashMap<>();
      budget.put("epochs", t.epochs());
      if (t.max_seconds() > 0) {
        budget.put("max_seconds", t.max_seconds());
      }
      budget.put("seed", t.seed());
      List<Row> table = rows.stream().map(Comparison.Finished::row).toList();
      notes.addAll(0, notes(table));
      r =
          new ComparisonReport(
              run.data().name(),
              part,
              run.rows(part, options.rows()).size(),
              run.size("train"),
              budget,
              options.nllSamples(),
              Engine.threads(),
              table,
              List.copyOf(notes),
              folder,
              picture);
    }
    AtomicFiles.writeString(folder.resolve("compare.json"), Json.pretty(r) + "\n");
    AtomicFiles.writeString(folder.resolve("compare.md"), r.markdown());
    return r;
  }

  private static List<String> notes(List<Row> rows) {
    List<String> notes = new ArrayList<>();
    Map<String, List<String>> prepared =
        rows.stream()
            .filter(r -> r.preparation() != null)
            .collect(
                Collectors.groupingBy(
                    Row::preparation,
                    LinkedHashMap::new,
                    Collectors.mapping(Row::name, Collectors.toList())));
    if (prepared.size() > 1) {
      notes.add(
          "The models saw the data differently prepared, so neither likelihoods nor errors compare"
              + " between these groups: "
              + prepared.entrySet().stream()
                  .map(e -> e.getKey() + " (" + String.join(", ", e.getValue()) + ")")
                  .collect(Collectors.joining("; "))
              + ".");
    }
    List<String> discrete = known(rows, true);
    List<String> dense = known(rows, false);
    if (!discrete.isEmpty() && !dense.isEmpty()) {
      notes.add(
          "ln p(x) of "
              + String.join(", ", discrete)
              + " is a log-probability, that of "
              + String.join(", ", dense)
              + " a log-density: these two do not compare, and of values that are only 0 or 1 a"
              + " density says nothing.");
    } else if (!dense.isEmpty()) {
      notes.add("ln p(x) is a log-density, which depends on the units of the data.");
    }
    Set<String> kinds = new TreeSet<>();
    rows.stream()
        .filter(r -> r.likelihood() != null && !r.likelihood().kind().equals("exact"))
        .forEach(r -> kinds.add(r.likelihood().kind()));
    if (!kinds.isEmpty()) {
      notes.add(
          "What is not exact is below the true ln p(x) in expectation: "
              + String.join("; ", kinds)
              + ".");
    }
    rows.stream()
        .filter(r -> r.reason() != null)
        .forEach(r -> notes.add(r.name() + ": " + r.reason()));
    return notes;
  }

  private static List<String> known(List<Row> rows, boolean discrete) {
    return rows.stream()
        .filter(r -> r.likelihood() != null && r.likelihood().discrete() == discrete)
        .map(Row::name)
        .toList();
  }

  /** A row of cells for each model, without the head. */
  public List<List<String>> table() {
    return models.stream()
        .map(
            r -> {
              Likelihood l = r.likelihood();
              return List.of(
                  r.name(),
                  l == null ? NOTHING : String.format(Locale.ROOT, "%.2f", l.value()),
                  l == null ? "none" : l.discrete() ? l.kind() : l.kind() + "; density",
                  r.mse() == null ? NOTHING : String.format(Locale.ROOT, "%.4f", r.mse()),
                  time(r.seconds()),
                  time(r.secondsPerEpoch()),
                  time(r.samplingSeconds()),
                  time(r.inferenceSeconds()),
                  r.parameters() == null
                      ? NOTHING
                      : String.format(Locale.ROOT, "%,d", r.parameters()),
                  String.join(", ", r.cannot()));
            })
        .toList();
  }

  /** From microseconds to hours, three digits. */
  private static String time(Double seconds) {
    if (seconds == null) {
      return NOTHING;
    }
    double s = seconds;
    if (s >= 5400) {
      return String.format(Locale.ROOT, "%.1f h", s / 3600);
    }
    if (s >= 90) {
      return String.format(Locale.ROOT, "%.1f min", s / 60);
    }
    String unit = s >= 1 ? "s" : s >= 1e-3 ? "ms" : "µs";
    double v = s >= 1 ? s : s >= 1e-3 ? s * 1e3 : s * 1e6;
    return String.format(
        Locale.ROOT, v >= 100 ? "%.0f %s" : v >= 10 ? "%.1f %s" : "%.2f %s", v, unit);
  }

  /** A sentence of what was compared on what. */
  public String headline() {
    Object seconds = budget.get("max_seconds");
    return String.format(
        Locale.ROOT,
        "%s: %,d training rows, measured on %,d %s; at most %s epochs%s each, seed %s, %d thread%s",
        data,
        train,
        n,
        part.equals("test") ? "test rows" : "rows of " + part,
        budget.get("epochs"),
        seconds == null ? "" : " or " + time(((Number) seconds).doubleValue()),
        budget.get("seed"),
        threads,
        threads == 1 ? "" : "s");
  }

  private String markdown() {
    StringBuilder b = new StringBuilder("# Comparison\n\n").append(headline()).append(".\n\n");
    line(b, COLUMNS);
    line(
        b,
        COLUMNS.stream()
            .map(c -> List.of("model", "kind", "cannot").contains(c) ? "---" : "---:")
            .toList());
    table().forEach(r -> line(b, r));
    b.append(
        "\nln p(x) in nats an observation, higher is better; squared error an element of"
            + " decode(encode(x)); times on this machine, a sample and a code each made among"
            + " many.\n");
    new LinkedHashSet<>(notes).forEach(n -> b.append("\n* ").append(n));
    if (!notes.isEmpty()) {
      b.append('\n');
    }
    if (picture != null) {
      b.append("\n![Samples side by side](").append(picture).append(")\n");
    }
    return b.toString();
  }

  private static void line(StringBuilder b, List<String> cells) {
    b.append("| ")
        .append(cells.stream().map(c -> c.replace("|", "\\|")).collect(Collectors.joining(" | ")))
        .append(" |\n");
  }
}
