package org.javae.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.javae.core.data.Dataset;
import org.javae.data.get.DataCatalog;
import org.javae.data.get.DataFile;
import org.javae.data.get.DataFolders;
import org.javae.data.get.DataGetter;
import org.javae.data.read.TableSummary;
import org.javae.data.write.DatasetWriter;
import org.javae.experiment.DataAccess;
import org.javae.experiment.DataConfig;
import org.javae.experiment.DataReport;
import org.javae.experiment.Settings;
import org.javae.experiment.ViewsPicture;
import org.javae.experiment.picture.ImageFiles;
import org.javae.tensor.UserException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "data",
    description = "List, describe, download and generate data.",
    synopsisSubcommandLabel = "VERB",
    subcommands = {
      DataVerb.Names.class,
      DataVerb.Describe.class,
      DataVerb.Get.class,
      DataVerb.Make.class
    },
    footer = {
      "",
      "Examples:",
      "  javae data list",
      "  javae data describe wine.csv",
      "  javae data get mnist",
      "  javae data make sprites --n 1000 --out sprites.npz"
    })
final class DataVerb extends Verb {
  @Override
  public Integer call() {
    spec.commandLine().usage(terminal().out());
    return 0;
  }

  private static boolean generated(DataCatalog.Entry e) {
    return e.source() == DataCatalog.Source.GENERATED;
  }

  @Command(
      name = "list",
      description = "The data sets known by name, and which are here.",
      footer = {"", "Example:", "  javae data list --json"})
  static final class Names extends Verb {
    @Option(names = "--json", description = "Print one JSON object.")
    boolean json;

    @Override
    public Integer call() {
      DataCatalog catalog = DataAccess.catalog();
      List<List<String>> rows = new ArrayList<>();
      List<Map<String, Object>> list = new ArrayList<>();
      for (DataCatalog.Entry e : DataCatalog.entries()) {
        Optional<Path> folder = catalog.locate(e.name());
        boolean placed = e.source() == DataCatalog.Source.PLACED;
        String where =
            folder.isPresent() ? "here" : generated(e) ? "made" : placed ? "place" : "get";
        rows.add(
            List.of(e.name(), where, Text.count(e.size()), e.shape().toString(), e.description()));
        Map<String, Object> o = new LinkedHashMap<>();
        o.put("name", e.name());
        o.put("description", e.description());
        o.put("source", e.source().name().toLowerCase(Locale.ROOT));
        o.put("available", folder.isPresent() || generated(e));
        o.put("folder", folder.map(Path::toString).orElse(null));
        o.put("shape", e.shape().toArray());
        o.put("n", e.size());
        o.put("likelihood", e.likelihood());
        o.put("binarize", e.binarize());
        o.put("options", e.options());
        o.put("licence", e.licence());
        list.add(o);
      }
      if (json) {
        json(Map.of("data", list));
        return 0;
      }
      rows.add(0, List.of("name", "where", "rows", "shape", "what"));
      print(Text.table(rows));
      print("");
      print(
          "made: generated when used.  here: its files are here.  get: '"
              + Javae.command()
              + " data get NAME' fetches it.  place: put its files into "
              + DataFolders.DATA
              + " yourself.");
      return 0;
    }
  }

  @Command(
      name = "describe",
      description = "What data hold: columns and their types, shape, labels, range.",
      footer = {
        "",
        "Examples:",
        "  javae data describe mnist",
        "  javae data describe wine.csv --set label=class",
        "  javae data describe poly-strokes --out views.png"
      })
  static final class Describe extends Verb {
    @Parameters(paramLabel = "DATA", description = "A name, a file, a folder or a jdbc: address.")
    String data;

    @Option(
        names = "--query",
        paramLabel = "SQL",
        description = "Which rows to read from a jdbc: address.")
    String query;

    @Option(
        names = "--set",
        paramLabel = "KEY=VALUE",
        description = "A key of the data, e.g. label=class.")
    List<String> set = List.of();

    @Option(
        names = "--out",
        paramLabel = "FILE",
        description = "Draw the first observations of data with several views, FILE.png.")
    String out;

    @Option(names = "--json", description = "Print one JSON object.")
    boolean json;

    @Override
    public Integer call() {
      Setup setup = new Setup();
      setup.model = "vae";
      setup.query = query;
      setup.set = set;
      Settings settings = setup.settings(data);
      DataConfig c = settings.data();
      TableSummary table = DataReport.table(c);
      DataReport report = null;
      String problem = null;
      try (Dataset d = DataAccess.open(c)) {
        report = DataReport.of(d);
        if (out != null) {
          ImageFiles.writePng(ViewsPicture.of(d), path(out));
        }
      } catch (UserException e) {
        if (table == null) {
          throw e;
        }
        problem = e.getMessage(); // the columns are shown all the same: they say what to do
      }
      if (json) {
        Map<String, Object> o = new LinkedHashMap<>();
        o.put("data", data);
        o.put("report", report);
        o.put("table", table == null ? null : columns(table));
        o.put("problem", problem);
        json(o);
        return problem == null ? 0 : 1;
      }
      if (table != null) {
        print(terminal().bold(table.name()) + ": " + Text.count(table.rows(), "row", "rows"));
        print(table.toText().stripTrailing());
      }
      if (problem != null) {
        terminal().out().flush();
        note(problem);
        return 1;
      }
      show(report, table != null);
      return 0;
    }

    private static List<Map<String, Object>> columns(TableSummary t) {
      List<Map<String, Object>> list = new ArrayList<>();
      for (TableSummary.Column c : t.columns()) {
        Map<String, Object> o = new LinkedHashMap<>();
        o.put("name", c.name());
        o.put("type", c.type());
        o.put("use", c.use().name().toLowerCase(Locale.ROOT));
        o.put("kind", c.kind().map(k -> k.name().toLowerCase(Locale.ROOT)).orElse(null));
        o.put("missing", c.missing());
        o.put("distinct", c.distinct());
        o.put("min", c.min().isPresent() ? c.min().getAsDouble() : null);
        o.put("max", c.max().isPresent() ? c.max().getAsDouble() : null);
        o.put("mean", c.mean().isPresent() ? c.mean().getAsDouble() : null);
        o.put("sd", c.sd().isPresent() ? c.sd().getAsDouble() : null);
        o.put("problem", c.problem().orElse(null));
        list.add(o);
      }
      return list;
    }

    /** More patterns of presence than this fill the screen. */
    private static final int MOST_PATTERNS = 16;

    private void show(DataReport r, boolean table) {
      List<List<String>> rows = new ArrayList<>();
      if (!table) {
        print(terminal().bold(r.data()) + ": " + Text.count(r.n(), "observation", "observations"));
      }
      rows.add(List.of("  shape", Arrays.toString(r.shape()).replace(", ", "×")));
      for (DataReport.Annotation a : r.annotations()) {
        String names = a.valueNames().isEmpty() ? "" : ": " + String.join(", ", a.valueNames());
        rows.add(
            List.of(
                "  " + a.name(),
                Text.count(a.cardinality(), "value", "values")
                    + (names.length() > 80 ? names.substring(0, 77) + "…" : names)));
      }
      if (r.split() != null) {
        Dataset.PublishedSplit s = r.split();
        rows.add(
            List.of(
                "  split",
                "train "
                    + Text.count(s.train())
                    + (s.validation() > 0 ? ", validation " + Text.count(s.validation()) : "")
                    + ", test "
                    + Text.count(s.test())
                    + ", as published"));
      }
      for (DataReport.ViewReport w : r.views()) {
        rows.add(
            List.of(
                "  view " + w.name(),
                w.kind()
                    + " "
                    + Arrays.toString(w.shape()).replace(", ", "×")
                    + (w.likelihood() == null ? "" : ", likelihood " + w.likelihood())
                    + (w.network() == null ? "" : ", network " + w.network())
                    + (w.weight() == 1 ? "" : ", weight " + w.weight())));
      }
      if (!r.views().isEmpty()) {
        int shown = Math.min(MOST_PATTERNS, r.patterns().size());
        for (int i = 0; i < shown; i++) {
          DataReport.Pattern p = r.patterns().get(i);
          boolean every = p.present().size() == r.views().size();
          String names = p.present().isEmpty() ? "none" : String.join(", ", p.present());
          rows.add(
              List.of(
                  i == 0 ? "  views present" : "",
                  (every ? "all" : names) + ": " + Text.count(p.rows(), "row", "rows")));
        }
        if (shown < r.patterns().size()) {
          rows.add(List.of("", "and " + (r.patterns().size() - shown) + " other patterns"));
        }
      }
      DataReport.Values v = r.values();
      rows.add(
          List.of(
              "  values",
              String.format(Locale.ROOT, "%.4g to %.4g, mean %.4g", v.min(), v.max(), v.mean())
                  + (v.binary() ? ", all 0 or 1" : "")
                  + (v.missing() > 0 ? ", " + Text.count(v.missing()) + " missing" : "")
                  + (v.rows() < r.n() ? " (of " + Text.count(v.rows()) + " rows)" : "")));
      if (r.exactLogLikelihood() != null) {
        rows.add(
            List.of(
                "  exact ln p",
                String.format(Locale.ROOT, "%.4f nats an observation", r.exactLogLikelihood())));
      }
      print(Text.table(rows));
    }
  }

  @Command(
      name = "get",
      description = "Download a data set, checked by SHA-256; goes on where it broke off.",
      footer = {"", "Example:", "  javae data get mnist"})
  static final class Get extends Verb {
    @Parameters(paramLabel = "NAME", description = "A name of 'javae data list'.")
    String name;

    @Option(names = "--json", description = "Print one JSON object.")
    boolean json;

    @Override
    public Integer call() {
      DataFolders folders = DataFolders.ofProcess();
      Bar bar = new Bar(terminal(), json);
      List<DataGetter.Fetched> got = new DataGetter(folders).get(name, listener(bar));
      bar.clear();
      Path folder = folders.cacheOf(name);
      if (json) {
        Map<String, Object> o = new LinkedHashMap<>();
        o.put("data", name);
        o.put("folder", folder.toString());
        o.put(
            "files",
            got.stream()
                .map(
                    f ->
                        Map.of(
                            "file",
                            f.file().toString(),
                            "outcome",
                            f.outcome().name().toLowerCase(Locale.ROOT)))
                .toList());
        json(o);
        return 0;
      }
      boolean news = got.stream().anyMatch(f -> f.outcome() == DataGetter.Outcome.DOWNLOADED);
      print(name + (news ? " is now in " : " was already in ") + folder);
      return 0;
    }

    private DataGetter.Listener listener(Bar bar) {
      return new DataGetter.Listener() {
        private DataFile said;

        @Override
        public void progress(DataFile file, long bytes, long total) {
          if (total > 0) {
            bar.percent(file.name()).accept(Math.min(0.999, (double) bytes / total));
          }
          if (!terminal().live() && !json && !file.equals(said)) {
            said = file;
            note("fetching " + file.name() + (total > 0 ? " (" + Text.bytes(total) + ")" : ""));
          }
        }

        @Override
        public void note(String sentence) {
          bar.clear();
          Get.this.note(sentence);
        }
      };
    }
  }

  @Command(
      name = "make",
      description = "Write a generated data set to a file: npy, npz, csv, or a folder of PNGs.",
      footer = {
        "",
        "Examples:",
        "  javae data make strokes --n 500 --seed 3 --out strokes.npz",
        "  javae data make sprites:size=32 --n 200 --out sprites"
      })
  static final class Make extends Verb {
    @Parameters(
        paramLabel = "NAME",
        description = "A generated data set, e.g. sprites or sprites:size=32.")
    String name;

    @Option(names = "--out", required = true, paramLabel = "FILE", description = "Where to write.")
    String out;

    @Option(
        names = "--n",
        paramLabel = "N",
        description = "Observations (default: the usual number).")
    Integer n;

    @Option(
        names = "--seed",
        paramLabel = "N",
        defaultValue = "0",
        description = "What it is drawn from (default 0).")
    long seed;

    @Option(names = "--json", description = "Print one JSON object.")
    boolean json;

    @Override
    public Integer call() {
      int count = n == null ? 0 : within("--n", n, 1, Integer.MAX_VALUE);
      Path file = path(out);
      try (Dataset d = DataAccess.generate(name, count, seed)) {
        DatasetWriter.write(d, file);
        if (json) {
          Map<String, Object> o = new LinkedHashMap<>();
          o.put("data", name);
          o.put("n", d.size());
          o.put("seed", seed);
          o.put("shape", d.shape().toArray());
          o.put("file", file.toString());
          json(o);
        } else {
          print(
              file
                  + ": "
                  + Text.count(d.size(), "observation", "observations")
                  + " of shape "
                  + d.shape());
        }
      }
      return 0;
    }
  }
}
