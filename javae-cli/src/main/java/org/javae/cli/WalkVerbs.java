package org.javae.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.javae.experiment.LatentMaps;
import org.javae.experiment.Run;
import org.javae.experiment.Walks;
import org.javae.experiment.picture.ImageFiles;
import org.javae.tensor.UserException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The verbs that walk through a latent space and map it. */
final class WalkVerbs {
  private WalkVerbs() {}

  @Command(
      name = "attribute",
      description =
          "Give observations an attribute: the mean code difference, with several weights.",
      footer = {
        "",
        "Examples:",
        "  javae attribute runs/vae-strokes-1 --label 7 --minus 1 --n 8 --out sevens.png",
        "  javae attribute runs/vae-sprites-1 --label scale=5 --minus scale=0 --out larger.png",
        "  javae attribute runs/vae-sprites-1 --label x=15 --minus x=0 --down scale=5 --down-minus"
            + " scale=0 --out both.png"
      })
  static final class AttributeVerb extends DiagnosisVerbs.Diagnosis {
    @Option(names = "--data", paramLabel = "DATA", description = "Other data than the run's own.")
    String data;

    @Option(
        names = "--label",
        required = true,
        paramLabel = "A",
        description = "What observations are to get: a label, or annotation=value.")
    String label;

    @Option(
        names = "--minus",
        paramLabel = "B",
        description = "What they have instead (default: anything but A).")
    String minus;

    @Option(
        names = "--down",
        paramLabel = "C",
        description = "A second attribute, from top to bottom.")
    String down;

    @Option(names = "--down-minus", paramLabel = "D", description = "What they have instead of C.")
    String downMinus;

    @Option(
        names = "--n",
        paramLabel = "N",
        description = "Observations (default 8, with --down 1).")
    Integer n;

    @Option(
        names = "--seed",
        paramLabel = "N",
        defaultValue = "0",
        description = "Which ones, seeded (default 0).")
    long seed;

    @Override
    public Integer call() {
      long start = System.nanoTime();
      Path file = file();
      if (down == null && downMinus != null) {
        throw UserException.usage("--down-minus needs --down");
      }
      int count = n == null ? down == null ? 8 : 1 : within("--n", n, 1, 200);
      try (Run r = open().withData(data)) {
        Walks.Contrast across = new Walks.Contrast(label, minus);
        Walks.Drawn d =
            down == null
                ? Walks.attribute(r, across, count, seed)
                : Walks.resynthesis(r, across, new Walks.Contrast(down, downMinus), count, seed);
        ImageFiles.writePng(d.picture(), file);
        finish(file, d.numbers(), start);
      }
      return 0;
    }
  }

  @Command(
      name = "analogy",
      description = "a is to b as c is to: decode the code of c plus that of b less that of a.",
      footer = {
        "",
        "Example:",
        "  javae analogy runs/vae-strokes-1 --rows 3,17,42 --rows 5,8,13 --out analogies.png"
      })
  static final class Analogy extends DiagnosisVerbs.Diagnosis {
    @Option(names = "--data", paramLabel = "DATA", description = "Other data than the run's own.")
    String data;

    @Option(
        names = "--rows",
        required = true,
        paramLabel = "A,B,C",
        description = "Rows of the data, counted from 0; may be given several times.")
    List<String> rows = List.of();

    @Override
    public Integer call() {
      long start = System.nanoTime();
      Path file = file();
      List<int[]> threes = new ArrayList<>();
      for (String text : rows) {
        if (!text.matches("\\s*\\d{1,9}(\\s*,\\s*\\d{1,9}){2}\\s*")) {
          throw UserException.usage(
              "--rows is '%s'; three row numbers are expected, e.g. 3,17,42", text);
        }
        threes.add(
            Arrays.stream(text.split(",")).mapToInt(s -> Integer.parseInt(s.strip())).toArray());
      }
      try (Run r = open().withData(data)) {
        Walks.Drawn d = Walks.analogy(r, threes);
        ImageFiles.writePng(d.picture(), file);
        finish(file, d.numbers(), start);
      }
      return 0;
    }
  }

  /** A picture of one run or of several side by side. */
  abstract static class RunsVerb extends EngineVerb {
    @Parameters(arity = "1..8", paramLabel = "RUN", description = "Run folders, side by side.")
    List<String> runs;

    @Option(
        names = "--out",
        required = true,
        paramLabel = "FILE",
        description = "Where to write the picture, FILE.png.")
    String out;

    @Option(names = "--data", paramLabel = "DATA", description = "Other data than the runs' own.")
    String data;

    @Option(
        names = "--seed",
        paramLabel = "N",
        defaultValue = "0",
        description = "Which ones, seeded (default 0).")
    long seed;

    abstract Walks.Drawn draw(List<Run> open);

    /** Before the engine starts. */
    abstract void check();

    @Override
    public Integer call() {
      long start = System.nanoTime();
      Path file = png(out);
      check();
      startEngine();
      List<Run> open = new ArrayList<>();
      try {
        for (String run : runs) {
          open.add(Run.open(path(run)).withData(data));
        }
        Walks.Drawn d = draw(open);
        ImageFiles.writePng(d.picture(), file);
        drawn(json ? Map.of() : null, file, d.numbers(), start);
      } finally {
        open.forEach(Run::close);
      }
      return 0;
    }

    @Override
    String memoryHint() {
      return "lower --n";
    }
  }

  @Command(
      name = "map",
      description =
          "Draw codes in the plane, coloured by label, over how much the decoder magnifies.",
      footer = {
        "",
        "Examples:",
        "  javae map runs/vae-strokes-1 --out codes.png",
        "  javae map runs/ae-strokes-1 runs/vae-strokes-1 --paths 2 --out irregular-regular.png"
      })
  static final class MapVerb extends RunsVerb {
    @Option(
        names = "--n",
        paramLabel = "N",
        defaultValue = "2000",
        description = "Codes (default ${DEFAULT-VALUE}).")
    int n;

    @Option(
        names = "--by",
        paramLabel = "NAME",
        description = "Annotation that colours them (default the label).")
    String by;

    @Option(
        names = "--paths",
        paramLabel = "N",
        defaultValue = "0",
        description = "Pairs to join by a straight, a spherical and a geodesic way (default 0).")
    int paths;

    @Override
    void check() {
      within("--n", n, 1, 100_000);
      within("--paths", paths, 0, 20);
    }

    @Override
    Walks.Drawn draw(List<Run> open) {
      return LatentMaps.map(open, new LatentMaps.MapOptions(n, by, paths, seed));
    }
  }

  @Command(
      name = "sampling",
      description = "Draw codes from N(0, 1) and as the data's codes are spread, and decode both.",
      footer = {
        "",
        "Example:",
        "  javae sampling runs/ae-strokes-1 runs/vae-strokes-1 --out ae-against-vae.png"
      })
  static final class Sampling extends RunsVerb {
    @Option(
        names = "--n",
        paramLabel = "N",
        defaultValue = "16",
        description = "Draws (default ${DEFAULT-VALUE}).")
    int n;

    @Override
    void check() {
      within("--n", n, 1, 1000);
    }

    @Override
    Walks.Drawn draw(List<Run> open) {
      return LatentMaps.sampling(open, n, seed);
    }
  }
}
