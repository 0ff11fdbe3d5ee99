package org.javae.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.javae.experiment.Experiment;
import org.javae.experiment.Run;
import org.javae.experiment.Samplers;
import org.javae.experiment.Settings;
import org.javae.experiment.picture.ImageFiles;
import org.javae.tensor.UserException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "sampler",
    description = "Fit a density to a run's codes, for 'generate' to draw from.",
    footer = {
      "",
      "Examples:",
      "  javae sampler runs/ae-strokes-1 --model gmm --set components=20",
      "  javae sampler runs/vae-strokes-1 --model vae --epochs 50 --name second-stage",
      "  javae generate runs/vae-strokes-1 --sampler second-stage --out samples.png"
    })
final class SamplerVerb extends RunVerb {
  private static final int DRAWN = 500;

  @Mixin Fitting fitting = new Fitting();

  @Option(names = "--name", paramLabel = "NAME", description = "Its name (default: the model's).")
  String name;

  @Option(names = "--replace", description = "Replace the sampler of this name.")
  boolean replace;

  @Option(names = "--data", paramLabel = "DATA", description = "Other data than the run's own.")
  String data;

  @Option(names = "--quiet", description = "No progress; print the sampler's folder only.")
  boolean quiet;

  @Override
  public Integer call() {
    if (fitting.model == null) {
      throw UserException.usage("no model given; add --model gmm, --model maf or --model vae");
    }
    try (Run r = open().withData(data)) {
      Map<String, Object> values = new LinkedHashMap<>(fitting.flags());
      values.putAll(fitting.sets());
      Settings settings = Samplers.settings(r, fitting.model, values);
      String called = name == null ? fitting.model : name;
      int code = new SamplerTraining(called).fit(r, settings);
      if (code == 0 && !quiet && !json) {
        print(
            "draw from it with: "
                + Javae.command()
                + " generate "
                + Text.typed(r.folder())
                + " --sampler "
                + called
                + " --out samples.png");
      }
      return code;
    }
  }

  /** Starts anew instead of resuming, and draws codes instead of what they decode to. */
  private final class SamplerTraining extends Training {
    private final String called;

    SamplerTraining(String called) {
      super(SamplerVerb.this, quiet, json, true);
      this.called = called;
    }

    /** Here and not in the command's own class: help would load what a lambda returns. */
    int fit(Run r, Settings settings) {
      return run(
          notes -> Samplers.prepare(r, settings, notes),
          () -> Samplers.place(r, called, replace),
          false);
    }

    @Override
    String again(Path folder) {
      return Javae.command()
          + " sampler "
          + Text.typed(path(run))
          + " --model "
          + fitting.model
          + " --name "
          + called
          + " --replace";
    }

    @Override
    List<Path> draw(Experiment e, Path folder) {
      Path file = folder.resolve("codes.png");
      ImageFiles.writePng(Run.of(folder, e).generate(DRAWN, 0), file);
      return List.of(file);
    }
  }

  @Override
  String memoryHint() {
    return "lower --batch or --limit";
  }
}
