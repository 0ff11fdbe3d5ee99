package org.javae.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.javae.core.io.ModelFolder;
import org.javae.experiment.Experiment;
import org.javae.experiment.Settings;
import org.javae.tensor.UserException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "train",
    description = "Train a model; a run folder comes out.",
    footer = {
      "",
      "Examples:",
      "  javae train strokes --model vae --latent 2 --epochs 10",
      "  javae train mnist --model beta-vae --set beta=4 --set encoder=mlp:512,512 --max-time 10m",
      "  javae train wine.csv --model vae --set label=class",
      "  javae train --resume --out runs/vae-strokes-1",
      "",
      "'javae models NAME' lists a model's keys for --set. Ctrl-C leaves a run that --resume continues."
    })
final class TrainVerb extends Verb {
  @Parameters(
      arity = "0..1",
      paramLabel = "DATA",
      description = "A name ('javae data list'), a file, a folder of images or a jdbc: address.")
  String data;

  @Mixin Setup setup = new Setup();

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "The run folder (default runs/MODEL-DATA-N).")
  String out;

  @Option(names = "--resume", description = "Continue the run in --out from its last checkpoint.")
  boolean resume;

  @Option(names = "--quiet", description = "No progress; print the run folder only.")
  boolean quiet;

  @Option(names = "--no-pictures", description = "Do not draw pictures into the run folder.")
  boolean noPictures;

  @Option(names = "--json", description = "Print one JSON object at the end.")
  boolean json;

  @Override
  public Integer call() {
    Settings settings = resume ? resumed() : setup.settings(data);
    if (settings.data().data().isBlank()) {
      throw UserException.usage(
          "no data given; e.g. javae train strokes --model vae ('javae data list' lists names)");
    }
    startEngine(setup.threads, setup.device);
    Path folder = out == null ? null : path(out);
    return new Training(this, quiet, json, !noPictures).run(settings, folder, resume);
  }

  /**
   * The settings of the run to continue. What is given besides must agree with them; only the time
   * may be another.
   */
  private Settings resumed() {
    if (out == null) {
      throw UserException.usage("--resume needs the run to continue; add --out DIR");
    }
    Path folder = path(out);
    Path config = folder.resolve(Experiment.CONFIG);
    if (!Files.isDirectory(folder)) {
      throw UserException.of(
          "there is no run folder %s to resume; start it without --resume", folder);
    }
    if (!Files.exists(config)) {
      throw UserException.of("%s holds no run to resume: it has no %s", folder, Experiment.CONFIG);
    }
    if (!Files.exists(folder.resolve(Experiment.CHECKPOINT))
        && !Files.exists(folder.resolve(ModelFolder.DESCRIPTION))) {
      // Stopped before the first checkpoint: resuming is starting.
      note(folder + " has no checkpoint yet, so the run starts from the beginning");
      resume = false;
    }
    Settings saved = Settings.read(config, null, null);
    Map<String, Object> flags = setup.flags();
    Object time = flags.remove("max_seconds");
    Settings wanted =
        (setup.config == null ? saved : Settings.read(path(setup.config), data, setup.model))
            .with(flags)
            .with(setup.sets());
    String other =
        setup.model != null && !setup.model.equals(saved.model())
            ? "--model " + saved.model()
            : data != null && !data.equals(saved.data().data())
                ? "data " + saved.data().data()
                : saved.difference(wanted);
    if (other != null) {
      throw UserException.usage(
          "%s was started with %s, which cannot change; resume it with: %s train --resume --out %s",
          folder, other, Javae.command(), Text.typed(folder));
    }
    return time == null ? saved : saved.with(Map.of("max_seconds", time));
  }

  @Override
  String memoryHint() {
    return "lower --batch or --limit, or choose a smaller network, e.g. --set encoder=mlp:256";
  }
}
