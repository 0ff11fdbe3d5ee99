package org.javae.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.javae.experiment.Settings;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "demo",
    description =
        "Train a β-VAE on generated sprites, about a minute; shows what comes out and what to try next.",
    footer = {"", "Example:", "  javae demo"})
final class DemoVerb extends Verb {
  /** Chosen so that two processors are through in about a minute with pictures. */
  private static final String DATA = "sprites:size=32,n=6000";

  /**
   * However slow the machine, training ends here: with start and pictures that stays under 90 s.
   */
  private static final double MOST_SECONDS = 50;

  @Option(names = "--seed", paramLabel = "N", defaultValue = "0", description = "Seed (default 0).")
  long seed;

  @Option(names = "--quiet", description = "No progress; print the run folder only.")
  boolean quiet;

  @Option(names = "--json", description = "Print one JSON object at the end.")
  boolean json;

  @Override
  public Integer call() {
    Map<String, Object> keys = new LinkedHashMap<>();
    keys.put("latent", 8);
    keys.put("encoder", "conv:16,32,32");
    keys.put("beta", 2);
    keys.put("epochs", 30);
    keys.put("batch", 64);
    keys.put("lr", 2e-3);
    keys.put("seed", seed);
    keys.put("max_seconds", MOST_SECONDS);
    Settings settings = Settings.of(DATA, "beta-vae").with(keys);
    startEngine(null, null);
    if (!quiet && !json) {
      print("A β-VAE learns to draw sprites: squares, ellipses and hearts at 32×32, made here.");
    }
    Training t = new Training(this, quiet, json, true);
    int code = t.run(settings, Training.nextFolder("demo"), false);
    if (code == 0 && !quiet && !json) {
      Path run = t.outcome().folder();
      next(run);
    }
    return code;
  }

  private void next(Path run) {
    String c = Javae.command();
    String r = Text.typed(run);
    print("");
    print(
        "Look at "
            + run.resolve("traversal.gif")
            + ": each tile moves along one latent dimension.");
    print("Then try:");
    List.of(
            List.of("  " + c + " evaluate " + r, "how good it is, in nats"),
            List.of(
                "  " + c + " interpolate " + r + " --out " + Text.typed(run.resolve("between.gif")),
                "from one sprite to another"),
            List.of(
                "  " + c + " train strokes --model vae --latent 2 --epochs 5", "digits on a plane"))
        .stream()
        .collect(Collectors.collectingAndThen(Collectors.toList(), Text::table))
        .lines()
        .forEach(this::print);
  }
}
