package org.javae.cli;

import java.nio.file.Path;
import java.util.Map;
import org.javae.core.evaluate.Ais;
import org.javae.experiment.BoundsPicture;
import org.javae.experiment.CollapsePicture;
import org.javae.experiment.Run;
import org.javae.experiment.picture.ImageFiles;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The verbs that draw how inference is doing. */
final class DiagnosisVerbs {
  private static final int MOST_SAMPLES = 1000;

  private DiagnosisVerbs() {}

  /** A picture of numbers. */
  abstract static class Diagnosis extends RunVerb {
    @Option(
        names = "--out",
        required = true,
        paramLabel = "FILE",
        description = "Where to write the picture, FILE.png.")
    String out;

    Path file() {
      return png(out);
    }

    /** After the picture is written. It is no parameter: help would then load all that draws. */
    void finish(Path file, Map<String, Object> numbers, long start) {
      drawn(json ? Map.of("run", run) : null, file, numbers, start);
    }
  }

  @Command(
      name = "collapse",
      description =
          "Draw a run's epochs: KL of each latent dimension, mutual information, active units.",
      footer = {"", "Example:", "  javae collapse runs/vae-strokes-1 --out collapse.png"})
  static final class CollapseVerb extends Diagnosis {
    @Override
    public Integer call() {
      long start = System.nanoTime();
      Path file = file();
      try (Run r = open()) {
        ImageFiles.writePng(CollapsePicture.draw(r), file);
        finish(file, Map.of(), start);
      }
      return 0;
    }
  }

  @Command(
      name = "bounds",
      description =
          "Draw estimates of ln p(x) over the samples: naive Monte Carlo, importance sampling, annealing.",
      footer = {
        "",
        "Examples:",
        "  javae bounds runs/vae-strokes-1 --out bounds.png",
        "  javae bounds runs/vae-mnist-1 --limit 50 --repetitions 50 --ais-steps 0 --out bounds.png"
      })
  static final class Bounds extends Diagnosis {
    @Option(names = "--data", paramLabel = "DATA", description = "Other data than the run's own.")
    String data;

    @Option(
        names = "--limit",
        paramLabel = "N",
        defaultValue = "20",
        description = "Observations (default ${DEFAULT-VALUE}).")
    int limit;

    @Option(
        names = "--samples",
        paramLabel = "K",
        defaultValue = "1000",
        description = "Most samples, up to 1000 (default ${DEFAULT-VALUE}).")
    int samples;

    @Option(
        names = "--repetitions",
        paramLabel = "R",
        defaultValue = "20",
        description = "Of every estimate (default ${DEFAULT-VALUE}).")
    int repetitions;

    @Option(
        names = "--ais-steps",
        paramLabel = "N",
        defaultValue = "200",
        description = "Annealing beside them; 0 for none (default ${DEFAULT-VALUE}).")
    int aisSteps;

    @Option(
        names = "--seed",
        paramLabel = "N",
        defaultValue = "0",
        description = "Seed of the samples.")
    long seed;

    @Override
    public Integer call() {
      long start = System.nanoTime();
      Path file = file();
      within("--limit", limit, 1, 1000);
      within("--samples", samples, 1, MOST_SAMPLES);
      within("--repetitions", repetitions, 2, 1000);
      within("--ais-steps", aisSteps, 0, 100_000);
      try (Run r = open().withData(data)) {
        Bar bar = new Bar(terminal(), json);
        BoundsPicture.Drawn d =
            BoundsPicture.draw(
                r,
                limit,
                samples,
                repetitions,
                aisSteps == 0 ? null : new Ais.Settings(aisSteps, 8),
                seed,
                bar.percent("estimating"));
        bar.clear();
        ImageFiles.writePng(d.picture(), file);
        finish(file, d.numbers(), start);
      }
      return 0;
    }

    @Override
    String memoryHint() {
      return "lower --limit or --samples";
    }
  }
}
