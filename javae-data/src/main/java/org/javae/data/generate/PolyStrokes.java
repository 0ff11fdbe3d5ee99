package org.javae.data.generate;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.javae.core.data.Dataset;
import org.javae.core.data.Dataset.Annotation;
import org.javae.core.data.Dataset.PublishedSplit;
import org.javae.core.data.Dataset.View;
import org.javae.core.data.Dataset.ViewSettings;
import org.javae.core.data.Paired;
import org.javae.core.likelihood.LikelihoodSpec;
import org.javae.tensor.Shape;
import org.javae.tensor.UserException;

/**
 * Several pictures of the same digit, each by another hand ({@link Strokes}), with another pen and
 * on another kind of background, in the manner of PolyMNIST (Sutter, Daunhawer and Vogt, 2021): the
 * digit is what the views share, everything else is their own. A pixel of the digit is the inverse
 * of the background there. The backgrounds are cut at random from an endless pattern: slanted
 * stripes, rings, a soft chequer, clouds, dots.
 *
 * @param train number of training observations, at least 1; they come first
 * @param test number of test observations
 * @param views number of pictures an observation, from 1 to {@value #MOST}
 * @param channels 3 for colour, 1 for grey
 * @param likelihood of every view
 */
public record PolyStrokes(int train, int test, int views, int channels, String likelihood)
    implements Generator {
  /** Most views: kinds of backgrounds. */
  public static final int MOST = 5;

  /** A Laplace distribution of this scale is what the papers on such data use. */
  public static final String LIKELIHOOD = "laplace:0.75";

  private static final String NAME = "poly-strokes";
  private static final int PIXELS = Strokes.SIZE * Strokes.SIZE;
  private static final double[] THICKNESS = {2.3, 3.2, 1.9, 2.7, 3.6};

  /** Two colours a background, both dark or both light, so that their inverses stand out. */
  private static final double[][][] COLOURS = {
    {{0.05, 0.10, 0.35}, {0.30, 0.05, 0.15}},
    {{0.95, 0.85, 0.65}, {0.70, 0.95, 0.90}},
    {{0.02, 0.30, 0.12}, {0.25, 0.22, 0.02}},
    {{0.95, 0.70, 0.85}, {0.72, 0.72, 1.00}},
    {{0.33, 0.16, 0.02}, {0.08, 0.04, 0.30}},
  };

  /**
   * @throws UserException if a setting is out of its range
   */
  public PolyStrokes {
    Settings.atLeast(NAME, "train", train, 1);
    Settings.atLeast(NAME, "test", test, 0);
    Settings.atLeast(NAME, "views", views, 1);
    if (views > MOST) {
      throw UserException.usage(
          "%s: views is %d, but there are %d kinds of backgrounds.", NAME, views, MOST);
    }
    if (channels != 1 && channels != 3) {
      throw UserException.usage("%s: channels is %d but must be 1 or 3.", NAME, channels);
    }
    LikelihoodSpec.parse(likelihood);
    Settings.fits(NAME, (long) train + test, channels * PIXELS);
  }

  /** 10 000 observations of five coloured pictures to train on and 2 000 to test on. */
  public static PolyStrokes standard() {
    return new PolyStrokes(10_000, 2_000, MOST, 3, LIKELIHOOD);
  }

  @Override
  public String name() {
    return NAME;
  }

  /** Elements of an observation. */
  public int numel() {
    return views * channels * PIXELS;
  }

  @Override
  public Dataset generate(long seed) {
    int n = train + test;
    int[] labels = new int[n];
    for (int i = 0; i < n; i++) {
      labels[i] = Draws.of(seed, NAME, i).below(10);
    }
    PublishedSplit split = new PublishedSplit(train, 0, test);
    List<String> names = IntStream.range(0, 10).mapToObj(String::valueOf).toList();
    List<Annotation> annotations = List.of(new Annotation("label", labels, 10, names));
    Shape shape = Shape.of(channels, Strokes.SIZE, Strokes.SIZE);
    List<View> blocks = new ArrayList<>();
    List<Dataset> sources = new ArrayList<>();
    byte[] ink = new byte[PIXELS];
    for (int m = 0; m < views; m++) {
      Strokes hand = new Strokes(1, 0, 1, THICKNESS[m]);
      byte[] values = new byte[n * channels * PIXELS];
      for (int i = 0; i < n; i++) {
        Draws draws = Draws.of(seed, NAME + " view " + m, i);
        hand.draw(labels[i], draws, ink, 0);
        paint(m, ink, draws, values, i * channels * PIXELS);
      }
      String name = "style" + (m + 1);
      blocks.add(new View(name, shape).with(ViewSettings.AUTO.likelihood(likelihood)));
      sources.add(new ByteDataset(name, shape, values, annotations, split));
    }
    return Paired.of(NAME, blocks, sources).withAnnotations(annotations).withSplit(split);
  }

  /** The inked digit over a piece of background {@code m}. */
  private void paint(int m, byte[] ink, Draws draws, byte[] out, int offset) {
    double left = draws.uniform(0, 1000);
    double top = draws.uniform(0, 1000);
    double wobble = draws.uniform(-0.05, 0.05);
    for (int p = 0; p < PIXELS; p++) {
      double t = pattern(m, left + p % Strokes.SIZE, top + p / Strokes.SIZE);
      double inked = (ink[p] & 0xFF) / 255.0;
      double grey = 0;
      for (int c = 0; c < 3; c++) {
        double[][] pair = COLOURS[m];
        double back = Math.max(0, Math.min(1, pair[0][c] + t * (pair[1][c] - pair[0][c]) + wobble));
        double v = back + inked * (1 - 2 * back);
        if (channels == 3) {
          out[offset + c * PIXELS + p] = (byte) Math.rint(255 * v);
        }
        grey += v / 3;
      }
      if (channels == 1) {
        out[offset + p] = (byte) Math.rint(255 * grey);
      }
    }
  }

  /** Where between its two colours a background is, from 0 to 1. */
  private static double pattern(int m, double x, double y) {
    return switch (m) {
      case 0 -> wave(0.55 * x + 0.35 * y);
      case 1 -> {
        double u = x % 37 - 18.5;
        double v = y % 37 - 18.5;
        yield wave(0.9 * StrictMath.sqrt(u * u + v * v));
      }
      case 2 -> wave(0.5 * x) * wave(0.5 * y) + (1 - wave(0.5 * x)) * (1 - wave(0.5 * y));
      case 3 ->
          (wave(0.13 * x + 0.07 * y) + wave(0.05 * x - 0.21 * y) + wave(0.31 * x + 0.17 * y)) / 3;
      default -> {
        double u = x % 7 - 3.5;
        double v = y % 7 - 3.5;
        yield u * u + v * v < 4 ? 1 : 0;
      }
    };
  }

  private static double wave(double angle) {
    return 0.5 + 0.5 * StrictMath.sin(angle);
  }
}
