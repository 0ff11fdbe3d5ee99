package org.javae.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.DoubleConsumer;
import java.util.stream.Stream;
import org.javae.core.train.EpochRecord;
import org.javae.experiment.reproduce.Goal;
import org.javae.experiment.reproduce.Recipe;
import org.javae.experiment.reproduce.Recipes;
import org.javae.experiment.reproduce.Reproduction;
import org.javae.experiment.reproduce.Results;
import org.javae.experiment.reproduce.Row;
import org.javae.tensor.UserException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "reproduce",
    description =
        "Train and measure what a paper published: its figure, ours, and whether ours will do.",
    footer = {
      "",
      "Without an ID: lists the experiments, what was published and what came out last.",
      "",
      "Examples:",
      "  javae reproduce",
      "  javae reproduce ppca-wine",
      "  javae reproduce vae-mnist-static --resume",
      "  javae reproduce --quick",
      "",
      "A finished run in --out is used again. ID 'all' runs everything, for hours. A figure that was missed",
      "goes into the table as missed."
    })
final class ReproduceVerb extends Verb {
  private static final String ALL = "all";
  private static final Path TABLES = Path.of("docs", "results");
  private static final String TABLE = "reproduce.json";

  @Parameters(arity = "0..*", paramLabel = "ID", description = "Experiments to run, or 'all'.")
  List<String> ids = List.of();

  @Option(
      names = "--quick",
      description =
          "Small versions on generated data, to try the commands; all unless IDs are given. Judges nothing.")
  boolean quick;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Where run folders go (default runs/reproduce; with --quick nowhere).")
  String out;

  @Option(
      names = "--table",
      paramLabel = "FILE.json",
      description =
          "The table of results, and FILE.md beside it (default docs/results/reproduce.json; with --quick none).")
  String tableFile;

  @Option(names = "--resume", description = "Continue runs in --out that were stopped.")
  boolean resume;

  @Option(
      names = "--experiments",
      paramLabel = "FILE",
      description = "Other experiments, in YAML as JaVAE's own.")
  String experiments;

  @Option(
      names = "--threads",
      paramLabel = "N",
      defaultValue = "1",
      description =
          "Processor threads; 1 gives the same bits on every machine (default ${DEFAULT-VALUE}).")
  int threads;

  @Option(names = "--quiet", description = "No progress.")
  boolean quiet;

  @Option(
      names = "--json",
      description = "Print one JSON object: of one ID its row, else all rows or the list.")
  boolean json;

  @Override
  public Integer call() {
    Recipes recipes = experiments == null ? Recipes.shipped() : Recipes.read(path(experiments));
    if (ids.isEmpty() && !quick) {
      list(recipes);
      return 0;
    }
    boolean everything = ids.isEmpty() || ids.equals(List.of(ALL));
    List<String> wanted = everything ? recipes.ids() : ids.stream().distinct().toList();
    wanted.forEach(recipes::get);
    Results table =
        quick && tableFile == null
            ? null
            : new Results(tableFile == null ? usual() : path(tableFile));
    startEngine(threads, null);
    if (!quick || out != null) {
      Path folder = out == null ? Path.of("runs", "reproduce") : path(out);
      return run(recipes, wanted, everything, table, folder);
    }
    Path folder = temporary();
    try {
      return run(recipes, wanted, everything, table, folder);
    } finally {
      delete(folder);
    }
  }

  /** In a checkout the committed table, elsewhere a file here. */
  private static Path usual() {
    return Files.isDirectory(TABLES) ? TABLES.resolve(TABLE) : Path.of(TABLE);
  }

  private int run(
      Recipes recipes, List<String> wanted, boolean everything, Results table, Path folder) {
    Bar bar = new Bar(terminal(), quiet || json);
    Reproduction all =
        new Reproduction(recipes, table, folder, quick, resume, new Steps(bar, recipes));
    List<Row> rows;
    Interruption interruption = new Interruption(all::requestStop);
    try {
      rows =
          all.run(
              wanted,
              row -> {
                bar.clear();
                if (!json) {
                  print(text(row));
                }
              });
    } catch (Reproduction.Stopped e) {
      bar.clear();
      note("stopped; what is finished stays in " + folder);
      if (!quick || out != null) {
        terminal().err().println("continue with: " + again(folder));
      }
      return Interruption.EXIT_CODE;
    } finally {
      bar.clear();
      terminal().err().flush();
      interruption.over();
    }
    if (json) {
      json(rows.size() == 1 && !everything ? rows.get(0) : Map.of("results", rows));
    } else if (table != null) {
      print("table       " + table.markdown());
    }
    return 0;
  }

  private String again(Path folder) {
    return Javae.command()
        + " reproduce "
        + String.join(" ", ids)
        + (quick ? " --quick" : "")
        + (experiments == null ? "" : " --experiments " + Text.typed(path(experiments)))
        + (tableFile == null ? "" : " --table " + Text.typed(path(tableFile)))
        + (threads == 1 ? "" : " --threads " + threads)
        + " --resume --out "
        + Text.typed(folder);
  }

  // ---- what is printed

  private String text(Row row) {
    if (row.quick()) { // its figures are of other data: nothing to hold them against
      return terminal().bold(row.id())
          + ": "
          + row.metric().replace('_', ' ')
          + " "
          + row.obtainedText()
          + " in the quick version, "
          + Text.duration(row.seconds() + row.evaluationSeconds());
    }
    List<List<String>> lines = new ArrayList<>();
    lines.add(List.of("  published", published(row)));
    lines.add(
        List.of(
            "  obtained",
            row.obtainedText()
                + (row.seeds().size() > 1 ? " over " + row.seeds().size() + " seeds" : "")
                + (row.difference() == null ? "" : ", " + row.differenceText())));
    lines.add(List.of("  verdict", verdict(row.verdict())));
    for (Goal.Outcome g : row.goals()) {
      lines.add(
          List.of(
              "",
              g.goal()
                  + (g.other() == null ? "" : " (" + Text.nats(g.other()) + ")")
                  + (g.met() ? ": met" : ": missed")));
    }
    lines.add(
        List.of(
            "  training", Text.duration(row.seconds()) + ", " + row.status().replace('_', ' ')));
    lines.add(List.of("  command", row.command()));
    lines.add(List.of("", row.evaluate()));
    return terminal().bold(row.id())
        + ": "
        + row.metric().replace('_', ' ')
        + " on "
        + Text.count(row.n(), "observation", "observations")
        + "\n"
        + Text.table(lines);
  }

  private String verdict(String v) {
    return terminal().coloured(v.equals(Row.MET) ? 2 : 1, v);
  }

  private static String published(Row row) {
    return row.published() == null
        ? "no figure"
        : row.published().value()
            + (row.published().status() == Recipe.Status.MEMORY ? " (from memory)" : "")
            + ", "
            + row.citation();
  }

  private void list(Recipes recipes) {
    Path file = tableFile == null ? usual() : path(tableFile);
    Results table = new Results(file);
    Map<String, Row> rows = new LinkedHashMap<>();
    table.rows().forEach(r -> rows.put(r.id(), r));
    if (json) {
      List<Map<String, Object>> all = new ArrayList<>();
      for (Recipe r : recipes.all()) {
        Map<String, Object> o = new LinkedHashMap<>();
        o.put("id", r.id());
        o.put("system", r.system());
        o.put("citation", r.citation());
        o.put("metric", r.metric());
        o.put("published", r.published());
        o.put("goals", r.goalsInWords());
        o.put("command", r.trainCommand());
        o.put("evaluate", r.evaluateCommand());
        o.put("latest", rows.get(r.id()));
        all.add(o);
      }
      json(Map.of("experiments", all));
      return;
    }
    List<List<String>> lines = new ArrayList<>();
    lines.add(List.of("ID", "METRIC", "PUBLISHED", "OBTAINED", "VERDICT", "GOAL"));
    for (Recipe r : recipes.all()) {
      Optional<Row> row = Optional.ofNullable(rows.get(r.id()));
      lines.add(
          List.of(
              r.id(),
              r.metric().replace('_', ' '),
              r.publishedText(),
              row.map(Row::obtainedText).orElse("–"),
              row.map(x -> x.verdict() + (x.of(r) ? "" : ", of other settings")).orElse("not run"),
              String.join("; ", r.goalsInWords())));
    }
    print(Text.table(lines));
    print("");
    print("Run one with: " + Javae.command() + " reproduce ID");
  }

  // ---- folders

  private static Path temporary() {
    try {
      return Files.createTempDirectory("javae-reproduce");
    } catch (IOException e) {
      throw UserException.of(
          e, "a folder for the quick runs cannot be made; say where with --out DIR");
    }
  }

  private static void delete(Path folder) {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path p : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(p);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Progress like {@code train}, with a line before each run. */
  private final class Steps implements Reproduction.Listener {
    private final Bar bar;
    private final Recipes recipes;

    Steps(Bar bar, Recipes recipes) {
      this.bar = bar;
      this.recipes = recipes;
    }

    @Override
    public void run(String id, long seed, int index, int of) {
      if (!quiet && !json) {
        bar.clear();
        terminal()
            .err()
            .println(
                id
                    + ": "
                    + recipes.get(id).model()
                    + (of == 1 ? "" : ", seed " + seed + " (" + index + " of " + of + ")"));
      }
    }

    @Override
    public DoubleConsumer measuring(String id) {
      return bar.percent("measuring " + id);
    }

    @Override
    public void step(Progress p) {
      bar.step(p);
    }

    @Override
    public void epoch(EpochRecord e) {
      bar.epoch(e);
    }

    @Override
    public void message(String sentence) {
      bar.message(sentence);
    }
  }

  @Override
  String memoryHint() {
    return "close other programs, or give an experiment a smaller network or batch in a file for --experiments";
  }
}
