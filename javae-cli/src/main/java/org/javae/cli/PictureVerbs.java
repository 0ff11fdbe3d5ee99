package org.javae.cli;

import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.javae.core.walk.Walk;
import org.javae.experiment.CrossPictures;
import org.javae.experiment.GivenViews;
import org.javae.experiment.Run;
import org.javae.experiment.RunPictures;
import org.javae.experiment.Walks;
import org.javae.experiment.picture.ImageFiles;
import org.javae.tensor.UserException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The verbs that draw a trained run. */
final class PictureVerbs {
  private PictureVerbs() {}

  /** One picture out of a run. */
  abstract static class PictureVerb extends RunVerb {
    @Option(
        names = "--out",
        required = true,
        paramLabel = "FILE",
        description = "Where to write the picture; FILE.txt for sentences.")
    String out;

    @Option(names = "--data", paramLabel = "DATA", description = "Other data than the run's own.")
    String data;

    @Option(
        names = "--seed",
        paramLabel = "N",
        defaultValue = "0",
        description = "Which ones, seeded (default 0).")
    long seed;

    private final int usual;
    private final int most;
    private final boolean moves;

    PictureVerb(int usual, int most, boolean moves) {
      this.usual = usual;
      this.most = most;
      this.moves = moves;
    }

    abstract Integer count();

    /** More for {@code --json}, once it is drawn. */
    Map<String, Object> numbers() {
      return Map.of();
    }

    /** What is written in place of a picture where observations are sentences. */
    List<String> write(Run r, int n) {
      throw UserException.of(
          "%s draws pictures, and the observations of this run are sentences", spec.name());
    }

    /** The picture first; after it, where it moves, the frames of a film. */
    abstract List<BufferedImage> draw(Run r, int n);

    @Override
    public Integer call() {
      int n = count() == null ? usual : within("--n", count(), 1, most);
      Path file = path(out);
      String suffix = suffix(file);
      boolean film = moves && suffix.equals("gif");
      boolean text = suffix.equals("txt");
      if (!suffix.equals("png") && !film && !text) {
        throw UserException.usage(
            "--out is %s; a name that ends in .png%s is expected, or .txt for sentences",
            out, moves ? " (or .gif for a moving picture)" : "");
      }
      long start = System.nanoTime();
      try (Run r = open().withData(data)) {
        if (text) {
          return sentences(r, n, file, start);
        }
        List<BufferedImage> frames = draw(r, n);
        if (film && frames.size() < 2) {
          throw UserException.of(
              "%s does not move for data that are not images; write a .png", spec.name());
        }
        if (film) {
          Run.film(frames).write(file);
        } else {
          ImageFiles.writePng(frames.get(0), file);
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        if (json) {
          Map<String, Object> o = new LinkedHashMap<>();
          o.put("run", run);
          o.put("n", n);
          o.put("seed", seed);
          o.putAll(numbers());
          o.put("file", file.toString());
          o.put("width", frames.get(film ? 1 : 0).getWidth());
          o.put("height", frames.get(film ? 1 : 0).getHeight());
          o.put("seconds", seconds);
          json(o);
        } else {
          print(file.toString());
        }
      }
      return 0;
    }

    private int sentences(Run r, int n, Path file, long start) {
      if (!r.isText()) {
        throw UserException.of(
            "observations of this run are no sentences, so there is no text to write; write a .png");
      }
      List<String> lines = write(r, n);
      RunPictures.text(lines, file);
      if (json) {
        Map<String, Object> o = new LinkedHashMap<>();
        o.put("run", run);
        o.put("n", n);
        o.put("seed", seed);
        o.put("file", file.toString());
        o.put("lines", lines.size());
        o.put("seconds", (System.nanoTime() - start) / 1e9);
        json(o);
      } else {
        print(file.toString());
      }
      return 0;
    }

    @Override
    String memoryHint() {
      return "lower --n";
    }
  }

  @Command(
      name = "reconstruct",
      description = "Draw observations above their reconstructions.",
      footer = {
        "",
        "Example:",
        "  javae reconstruct runs/vae-strokes-1 --n 24 --out reconstructions.png",
        "",
        "Of a model of several views the picture shows what it makes of each of them."
      })
  static final class Reconstruct extends PictureVerb {
    @Option(names = "--n", paramLabel = "N", description = "Observations (default 24; 8 a swap).")
    Integer n;

    @Option(
        names = "--swap",
        description =
            "Exchange the private latents of observations (models of views that have them).")
    boolean swap;

    Reconstruct() {
      super(24, 2000, false);
    }

    @Override
    Integer count() {
      return n;
    }

    @Override
    List<String> write(Run r, int count) {
      return r.reconstructedSentences(count, seed);
    }

    @Override
    List<BufferedImage> draw(Run r, int count) {
      return List.of(
          swap
              ? CrossPictures.swap(r, n == null ? 8 : within("--n", n, 2, 40), seed)
              : r.reconstruct(count, seed));
    }
  }

  @Command(
      name = "generate",
      description = "Draw new observations: codes from the prior or a sampler, decoded.",
      footer = {
        "",
        "Examples:",
        "  javae generate runs/vae-strokes-1 --n 64 --seed 7 --out samples.png",
        "  javae generate runs/ae-strokes-1 --sampler gmm --out samples.png",
        "  javae generate runs/cvae-strokes-1 --label 3 --out threes.png",
        "  javae generate runs/mvae-strokes-label-1 --given label=3 --out threes.png"
      })
  static final class Generate extends PictureVerb {
    @Option(names = "--n", paramLabel = "N", description = "Samples (default 64).")
    Integer n;

    @Option(
        names = "--sampler",
        paramLabel = "NAME",
        description = "Draw codes from what 'javae sampler' fitted, not from the prior.")
    String sampler;

    @Option(
        names = "--label",
        paramLabel = "LABEL",
        description = "Of this label only (conditional models; else a row for each label).")
    String label;

    @Option(
        names = "--given",
        paramLabel = "VIEW=FILE",
        description =
            "A view of the observation: a picture, a file's first row, a category, a sentence.")
    Map<String, String> given;

    Generate() {
      super(64, 10_000, false);
    }

    @Override
    Integer count() {
      return n;
    }

    @Override
    List<String> write(Run r, int count) {
      return r.sentences(count, seed, sampler);
    }

    @Override
    List<BufferedImage> draw(Run r, int count) {
      if (given != null) {
        if (sampler != null || label != null) {
          throw UserException.usage(
              "--given draws codes from what is given, so --sampler and --label have nothing to say; leave them out");
        }
        return List.of(GivenViews.generate(r, given, count, seed));
      }
      Bar bar = new Bar(terminal(), json);
      List<BufferedImage> drawn =
          List.of(r.generate(count, seed, sampler, label, bar.percent("drawing")));
      bar.clear();
      return drawn;
    }
  }

  @Command(
      name = "interpolate",
      description = "Walk through latent space between pairs of observations.",
      footer = {
        "",
        "Examples:",
        "  javae interpolate runs/vae-strokes-1 --n 8 --out between.png",
        "  javae interpolate runs/vae-strokes-1 --path geodesic --out between.png",
        "  javae interpolate runs/vae-strokes-1 --n 9 --out between.gif"
      })
  static final class Interpolate extends PictureVerb {
    @Option(names = "--n", paramLabel = "N", description = "Pairs (default 8).")
    Integer n;

    @Option(
        names = "--path",
        paramLabel = "PATH",
        defaultValue = "straight",
        description =
            "straight, spherical (the norm stays) or geodesic (shortest after decoding); default"
                + " ${DEFAULT-VALUE}.")
    String way;

    private Map<String, Object> numbers = Map.of();

    @Override
    Map<String, Object> numbers() {
      return numbers;
    }

    Interpolate() {
      super(8, 200, true);
    }

    @Override
    Integer count() {
      return n;
    }

    @Override
    List<String> write(Run r, int count) {
      if (Walk.parse(way) != Walk.STRAIGHT) {
        throw UserException.of("sentences are interpolated on straight lines; leave out --path");
      }
      return r.interpolatedSentences(count, seed);
    }

    @Override
    List<BufferedImage> draw(Run r, int count) {
      Walks.Drawn d = Walks.interpolate(r, count, seed, Walk.parse(way));
      numbers = d.numbers();
      return d.frames();
    }
  }

  @Command(
      name = "traverse",
      description = "Move one latent dimension at a time, the most informative first.",
      footer = {
        "",
        "Examples:",
        "  javae traverse runs/beta-vae-sprites-1 --n 6 --out traversal.png",
        "  javae traverse runs/beta-vae-sprites-1 --n 6 --out traversal.gif"
      })
  static final class Traverse extends PictureVerb {
    @Option(names = "--n", paramLabel = "N", description = "Latent dimensions (default 8).")
    Integer n;

    Traverse() {
      super(8, 200, true);
    }

    @Override
    Integer count() {
      return n;
    }

    @Override
    List<BufferedImage> draw(Run r, int count) {
      return r.traverse(count, seed);
    }
  }

  @Command(
      name = "manifold",
      description = "Decode an even grid over two latent dimensions.",
      footer = {"", "Example:", "  javae manifold runs/vae-strokes-1 --n 20 --out manifold.png"})
  static final class Manifold extends PictureVerb {
    @Option(names = "--n", paramLabel = "N", description = "Images a side (default 20).")
    Integer n;

    @Option(
        names = "--label",
        paramLabel = "LABEL",
        description = "Given this label (conditional models; default the first).")
    String label;

    Manifold() {
      super(20, 100, false);
    }

    @Override
    Integer count() {
      return n;
    }

    @Override
    List<BufferedImage> draw(Run r, int count) {
      return List.of(r.manifold(count, seed, label));
    }
  }
}
