package org.javae.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.javae.core.train.EpochRecord;
import org.javae.experiment.Comparison;
import org.javae.experiment.ComparisonReport;
import org.javae.experiment.Settings;
import org.javae.tensor.UserException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "compare",
    description =
        "Train several models on the same split with the same budget; one table comes out.",
    footer = {
      "",
      "Examples:",
      "  javae compare strokes --models vae,ae,maf,gmm --epochs 10",
      "  javae compare mnist --models vae,iwae,pca --set latent=20 --set iwae:k=20 --max-time 5m",
      "  javae compare strokes --models small=vae,large=vae --set small:latent=2 --set large:latent=20",
      "",
      "A comparison that was stopped goes on with the same command and --out."
    })
final class CompareVerb extends EngineVerb {
  @Parameters(
      paramLabel = "DATA",
      description = "A name ('javae data list'), a file, a folder of images or a jdbc: address.")
  String data;

  @Option(
      names = "--models",
      required = true,
      paramLabel = "A,B,C",
      description = "Catalogue names; NAME=MODEL to have a model twice.")
  String models;

  @Mixin Tuning tuning = new Tuning();

  @Option(
      names = "--binarize",
      paramLabel = "M",
      description = "Greys to zeros and ones: none, static or dynamic.")
  String binarize;

  @Option(
      names = "--nll-samples",
      paramLabel = "K",
      defaultValue = "100",
      description =
          "Importance samples for the likelihood; 0 for the ELBO (default ${DEFAULT-VALUE}).")
  int samples;

  @Option(
      names = "--measure",
      paramLabel = "N",
      defaultValue = "0",
      description = "Measure at most N test observations (default all).")
  int measure;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Where runs and table go (default runs/compare-DATA-N).")
  String out;

  @Option(names = "--quiet", description = "No progress; print the folder only.")
  boolean quiet;

  @Override
  public Integer call() {
    Map<String, Settings> settings = settings();
    within("--nll-samples", samples, 0, 100_000);
    if (measure < 0) {
      throw UserException.usage("--measure is %d; it must be 0 (all) or more", measure);
    }
    startEngine();
    Path folder =
        out == null ? Training.nextFolder("compare-" + Training.shortName(data)) : path(out);
    return new Comparing().run(folder, settings);
  }

  /** The settings of each, by the name the table shows. */
  private Map<String, Settings> settings() {
    Map<String, String> names = new LinkedHashMap<>();
    for (String m : models.split(",")) {
      int equals = m.indexOf('=');
      String name = (equals < 0 ? m : m.substring(0, equals)).strip();
      String model = m.substring(equals + 1).strip();
      if (!name.matches("[A-Za-z0-9][A-Za-z0-9_.-]*")) {
        throw UserException.usage(
            "--models has '%s'; names separated by commas are expected, e.g. vae,ae or a=vae,b=vae",
            m);
      }
      if (names.put(name, model) != null) {
        throw UserException.usage(
            "--models has %s twice; give each a name, e.g. --models a=%s,b=%s", name, model, model);
      }
    }
    Map<String, Object> common = new LinkedHashMap<>();
    Map<String, Map<String, Object>> own = new LinkedHashMap<>();
    common.putAll(tuning.flags());
    Tuning.put(common, "binarize", binarize);
    tuning
        .sets()
        .forEach(
            (key, value) -> {
              int colon = key.indexOf(':');
              if (colon < 0) {
                common.put(key, value);
                return;
              }
              String name = key.substring(0, colon);
              if (!names.containsKey(name)) {
                throw UserException.usage(
                    "--set %s: there is no model called '%s' in --models %s", key, name, models);
              }
              own.computeIfAbsent(name, n -> new LinkedHashMap<>())
                  .put(key.substring(colon + 1), value);
            });
    Map<String, Settings> settings = new LinkedHashMap<>();
    names.forEach((name, model) -> settings.put(name, Settings.of(data, model)));
    common.forEach((key, value) -> everywhere(settings, key, value));
    own.forEach((name, values) -> settings.computeIfPresent(name, (n, s) -> s.with(values)));
    return settings;
  }

  /** Where a model has the key; a key that none has is a mistake. */
  private static void everywhere(Map<String, Settings> settings, String key, Object value) {
    List<String> having = new ArrayList<>();
    settings.forEach(
        (name, s) -> {
          if (s.keys().contains(key)) {
            having.add(name);
          }
        });
    if (having.isEmpty()) {
      settings
          .values()
          .iterator()
          .next()
          .with(Map.of(key, value)); // refuses it, naming the nearest
    }
    having.forEach(name -> settings.computeIfPresent(name, (n, s) -> s.with(Map.of(key, value))));
  }

  /** Here and not in the command's own class: help would load what a lambda takes. */
  private final class Comparing implements Comparison.Listener {
    private final Bar bar = new Bar(terminal(), quiet || json);

    int run(Path folder, Map<String, Settings> settings) {
      long seed = settings.values().iterator().next().train().seed();
      Comparison c =
          new Comparison(folder, settings, new Comparison.Options(samples, measure, seed), this);
      Interruption interruption = new Interruption(c::requestStop);
      ComparisonReport r;
      try {
        r = c.run();
      } finally {
        bar.clear();
        terminal().err().flush();
        interruption.over();
      }
      if (r == null) {
        note("stopped; continue with the same command and --out " + Text.typed(folder));
        return Interruption.EXIT_CODE;
      }
      if (json) {
        json(r);
      } else if (quiet) {
        print(folder.toString());
      } else {
        show(r, folder);
      }
      return 0;
    }

    private void show(ComparisonReport r, Path folder) {
      print(terminal().bold(r.headline()));
      List<List<String>> rows = new ArrayList<>();
      rows.add(ComparisonReport.COLUMNS);
      rows.addAll(r.table());
      Arrays.stream(Text.table(rows).split("\n")).forEach(line -> print("  " + line));
      r.notes().forEach(n -> print("  * " + n));
      print(
          "  "
              + folder.resolve("compare.md")
              + "  compare.json"
              + (r.picture() == null ? "" : "  compare.png"));
    }

    @Override
    public void model(int number, int of, String name, boolean reused) {
      if (!quiet && !json) {
        bar.clear();
        note("model " + number + "/" + of + ": " + name + (reused ? ", trained already" : ""));
      }
    }

    @Override
    public void measuring(String name, double done) {
      bar.percent("measuring " + name).accept(done);
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
      if (!quiet && !json) {
        bar.message(sentence);
      }
    }
  }

  @Override
  String memoryHint() {
    return "lower --batch, --measure or --limit";
  }
}
