package org.javae.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.javae.experiment.Experiment;
import org.javae.experiment.Settings;
import org.javae.experiment.Trajectory;
import org.javae.experiment.picture.ImageFiles;
import org.javae.tensor.UserException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "trajectory",
    description =
        "Train a model with one latent dimension and film its inference: is q(z|x) where p(z|x) is?",
    footer = {
      "",
      "Examples:",
      "  javae trajectory linear-gaussian --model vae --latent 1 --epochs 10 --out way.gif",
      "  javae trajectory strokes --model vae --latent 1 --set aggressive=30 --out way.gif",
      "",
      "Across: the mean of the model's own posterior, summed over a grid. Up: the mean of q(z|x). On",
      "the diagonal inference is right; at the origin all is collapsed. FILE.png shows the end."
    })
final class TrajectoryVerb extends Verb {
  @Parameters(
      paramLabel = "DATA",
      description = "A name ('javae data list'), a file, a folder of images or a jdbc: address.")
  String data;

  @Mixin Setup setup = new Setup();

  @Option(
      names = "--out",
      required = true,
      paramLabel = "FILE",
      description = "FILE.gif for the film and its last frame as FILE.png; or FILE.png alone.")
  String out;

  @Option(
      names = "--run",
      paramLabel = "DIR",
      description = "The run folder (default runs/MODEL-DATA-N).")
  String run;

  @Option(
      names = "--frames",
      paramLabel = "N",
      defaultValue = "60",
      description = "Moments, closer together at the start (default ${DEFAULT-VALUE}).")
  int frames;

  @Option(names = "--json", description = "Print one JSON object at the end.")
  boolean json;

  @Override
  public Integer call() {
    long start = System.nanoTime();
    Path file = path(out);
    String suffix = suffix(file);
    if (!suffix.equals("gif") && !suffix.equals("png")) {
      throw UserException.usage("--out is %s; a name that ends in .gif or .png is expected", out);
    }
    within("--frames", frames, 1, 1000);
    Settings settings = setup.settings(data);
    startEngine(setup.threads, setup.device);
    Bar bar = new Bar(terminal(), json);
    try (Experiment e =
        Experiment.prepare(
            settings,
            sentence -> {
              if (!json) {
                note(sentence);
              }
            })) {
      Trajectory.check(e);
      Path folder =
          run == null
              ? Training.nextFolder(settings.model() + "-" + Training.shortName(data))
              : path(run);
      Trajectory t = Trajectory.train(e, folder, frames, bar);
      bar.clear();
      Path still = file;
      if (suffix.equals("gif")) {
        t.film().write(file);
        String name = file.getFileName().toString();
        still = file.resolveSibling(name.substring(0, name.length() - 4) + ".png");
      }
      ImageFiles.writePng(t.last(), still);
      if (json) {
        Map<String, Object> o = new LinkedHashMap<>();
        o.put("run", folder.toString());
        o.put("file", file.toString());
        o.put("frames", t.snapshots().size());
        o.put("highlighted", t.highlighted());
        o.put("seconds", (System.nanoTime() - start) / 1e9);
        json(o);
      } else {
        print(file + (still.equals(file) ? "" : "  " + still) + "  (run folder " + folder + ")");
      }
    } finally {
      bar.clear();
    }
    return 0;
  }
}
