package org.javae.data.generate;

import java.util.ArrayList;
import java.util.List;
import org.javae.core.data.Dataset;
import org.javae.tensor.Shape;
import org.javae.tensor.UserException;

/**
 * Hand-drawn-looking digits 0–9, 28×28, white ink on black in [0, 1] (multiples of 1/255): a
 * labelled stand-in for MNIST that needs no download.
 *
 * <p>Each picture picks a digit, one of a few ways of writing it ({@link Skeletons}) and a hand:
 * the points of the pen's path are jittered, joined by Catmull–Rom splines, bent by a smooth random
 * field, slanted, stretched and turned. The path is scaled into a box of about 20 pixels, drawn
 * with a round anti-aliased pen whose pressure varies along the stroke, and placed with its centre
 * of mass near the middle, as MNIST's digits are.
 *
 * @param train number of training observations, at least 1; they come first
 * @param test number of test observations
 * @param jitter how much hands differ: 0 draws every digit in its copybook form, 1 is natural
 * @param thickness mean width of the pen in pixels
 */
public record Strokes(int train, int test, double jitter, double thickness) implements Generator {
  /** Height and width of a picture. */
  public static final int SIZE = 28;

  private static final int STEPS = 7;

  /**
   * @throws UserException if a setting is out of its range
   */
  public Strokes {
    Settings.atLeast("strokes", "train", train, 1);
    Settings.atLeast("strokes", "test", test, 0);
    Settings.fits("strokes", (long) train + test, SIZE * SIZE);
    Settings.notNegative("strokes", "jitter", jitter);
    Settings.positive("strokes", "thickness", thickness);
  }

  /** 10 000 digits to train on and 2 000 to test on. */
  public static Strokes standard() {
    return new Strokes(10_000, 2_000, 1, 2.3);
  }

  @Override
  public String name() {
    return "strokes";
  }

  @Override
  public Dataset generate(long seed) {
    int n = train + test;
    byte[] values = new byte[n * SIZE * SIZE];
    int[] labels = new int[n];
    for (int i = 0; i < n; i++) {
      Draws draws = Draws.of(seed, "strokes", i);
      labels[i] = draws.below(10);
      draw(labels[i], draws, values, i * SIZE * SIZE);
    }
    List<String> names = new ArrayList<>();
    for (int digit = 0; digit < 10; digit++) {
      names.add(Integer.toString(digit));
    }
    return new ByteDataset(
        "strokes",
        Shape.of(1, SIZE, SIZE),
        values,
        List.of(new Dataset.Annotation("label", labels, 10, names)),
        new Dataset.PublishedSplit(train, 0, test));
  }

  /** Draws a digit in a hand of its own into {@code SIZE · SIZE} bytes from {@code offset}. */
  void draw(int digit, Draws draws, byte[] out, int offset) {
    List<List<Skeletons.Stroke>> ways = Skeletons.ALL.get(digit);
    List<double[][]> paths = new ArrayList<>();
    for (Skeletons.Stroke stroke : ways.get(draws.below(ways.size()))) {
      paths.add(path(stroke, draws));
    }
    deform(paths, draws);
    fit(paths, draws);
    ink(paths, draws, out, offset);
  }

  /**
   * The stroke's points moved a little and joined by a spline: points {@code {x, y}}, close
   * together.
   */
  private double[][] path(Skeletons.Stroke stroke, Draws draws) {
    double[][] points = new double[stroke.points().length][];
    for (int i = 0; i < points.length; i++) {
      double[] p = stroke.points()[i];
      points[i] =
          new double[] {
            p[0] + jitter * draws.normal(0, 0.032), p[1] + jitter * draws.normal(0, 0.028)
          };
    }
    List<double[]> path = new ArrayList<>();
    path.add(points[0]);
    for (int i = 0; i + 1 < points.length; i++) {
      double[] from = points[i];
      double[] to = points[i + 1];
      // A sharp turn: the spline ends there and begins anew, so no neighbour lies beyond it.
      double[] before = i == 0 || stroke.corner()[i] ? from : points[i - 1];
      double[] after = i + 2 == points.length || stroke.corner()[i + 1] ? to : points[i + 2];
      for (int s = 1; s <= STEPS; s++) {
        path.add(catmullRom(before, from, to, after, (double) s / STEPS));
      }
    }
    return path.toArray(new double[0][]);
  }

  private static double[] catmullRom(double[] a, double[] b, double[] c, double[] d, double t) {
    double[] p = new double[2];
    for (int k = 0; k < 2; k++) {
      double slopeB = (c[k] - a[k]) / 2;
      double slopeC = (d[k] - b[k]) / 2;
      double rise = c[k] - b[k];
      p[k] =
          b[k]
              + t
                  * (slopeB
                      + t * (3 * rise - 2 * slopeB - slopeC + t * (slopeB + slopeC - 2 * rise)));
    }
    return p;
  }

  /** Smooth bending, then width, slant and rotation: what distinguishes one hand from another. */
  private void deform(List<double[][]> paths, Draws draws) {
    double[] wave = new double[8];
    for (int i = 0; i < wave.length; i += 4) {
      wave[i] = jitter * draws.normal(0, 0.035);
      wave[i + 1] = draws.uniform(2, 5.5);
      wave[i + 2] = draws.uniform(2, 5.5);
      wave[i + 3] = draws.uniform(0, 2 * StrictMath.PI);
    }
    double width = 0.72 * StrictMath.exp(jitter * draws.normal(0, 0.16));
    double slant = 0.12 + jitter * draws.normal(0, 0.19);
    double turn = jitter * draws.normal(0, 0.09);
    double cos = StrictMath.cos(turn);
    double sin = StrictMath.sin(turn);
    for (double[][] path : paths) {
      for (double[] p : path) {
        double x = p[0] - 0.5;
        double y = p[1] - 0.5;
        double bentX = x + wave[0] * StrictMath.sin(wave[1] * x + wave[2] * y + wave[3]);
        double bentY = y + wave[4] * StrictMath.sin(wave[5] * x + wave[6] * y + wave[7]);
        double wide = width * bentX - slant * bentY;
        p[0] = cos * wide - sin * bentY;
        p[1] = sin * wide + cos * bentY;
      }
    }
  }

  /**
   * Into pixels: the longer side of the box about the path becomes about 20 pixels less the pen's
   * width.
   */
  private void fit(List<double[][]> paths, Draws draws) {
    double[] low = {Double.MAX_VALUE, Double.MAX_VALUE};
    double[] high = {-Double.MAX_VALUE, -Double.MAX_VALUE};
    for (double[][] path : paths) {
      for (double[] p : path) {
        for (int k = 0; k < 2; k++) {
          low[k] = Math.min(low[k], p[k]);
          high[k] = Math.max(high[k], p[k]);
        }
      }
    }
    double longest = Math.max(high[0] - low[0], high[1] - low[1]);
    double box =
        (20 - 0.8 * thickness)
            * (1 + jitter * Math.max(-0.1, Math.min(0.1, draws.normal(0, 0.045))));
    for (double[][] path : paths) {
      for (double[] p : path) {
        for (int k = 0; k < 2; k++) {
          p[k] = (p[k] - (low[k] + high[k]) / 2) * box / longest;
        }
      }
    }
  }

  private void ink(List<double[][]> paths, Draws draws, byte[] out, int offset) {
    double radius =
        0.5
            * thickness
            * StrictMath.exp(jitter * Math.max(-0.5, Math.min(0.5, draws.normal(0, 0.22))));
    double pressure = jitter * draws.uniform(0, 0.22);
    double phase = draws.uniform(0, 2 * StrictMath.PI);
    double rhythm = draws.uniform(1.5, 4);
    double soft = 0.55 + jitter * draws.uniform(0, 0.25);
    double full = 1 - jitter * draws.uniform(0, 0.1);
    // Drawn on a larger sheet about the box's middle first; where the centre of mass lies is known
    // only then.
    int sheet = 2 * SIZE;
    double[] grey = new double[sheet * sheet];
    for (double[][] path : paths) {
      for (int i = 0; i + 1 < path.length; i++) {
        double along = (double) i / (path.length - 2);
        // A pen lands and lifts: strokes are thinner at their very ends.
        double ends = Math.min(1, 0.75 + 3 * Math.min(along, 1 - along));
        double r =
            radius * ends * (1 + pressure * StrictMath.sin(phase + rhythm * StrictMath.PI * along));
        segment(grey, sheet, path[i], path[i + 1], r, soft);
      }
    }
    double mass = 0;
    double meanX = 0;
    double meanY = 0;
    for (int row = 0; row < sheet; row++) {
      for (int column = 0; column < sheet; column++) {
        double g = grey[row * sheet + column];
        mass += g;
        meanX += g * column;
        meanY += g * row;
      }
    }
    int shiftX = (int) Math.rint(meanX / mass - (SIZE - 1) / 2.0);
    int shiftY = (int) Math.rint(meanY / mass - (SIZE - 1) / 2.0);
    for (int row = 0; row < SIZE; row++) {
      for (int column = 0; column < SIZE; column++) {
        double g = grey[(row + shiftY) * sheet + column + shiftX];
        out[offset + row * SIZE + column] = (byte) Math.rint(255 * full * g);
      }
    }
  }

  /** Inks a round-ended piece of the path; {@code soft} is the width over which the edge fades. */
  private static void segment(
      double[] grey, int sheet, double[] from, double[] to, double radius, double soft) {
    double middle = sheet / 2.0;
    double ax = from[0] + middle;
    double ay = from[1] + middle;
    double dx = to[0] - from[0];
    double dy = to[1] - from[1];
    double length2 = Math.max(1e-12, dx * dx + dy * dy);
    double reach = radius + soft;
    int top = Math.max(0, (int) Math.floor(Math.min(ay, ay + dy) - reach));
    int bottom = Math.min(sheet - 1, (int) Math.ceil(Math.max(ay, ay + dy) + reach));
    int left = Math.max(0, (int) Math.floor(Math.min(ax, ax + dx) - reach));
    int right = Math.min(sheet - 1, (int) Math.ceil(Math.max(ax, ax + dx) + reach));
    for (int row = top; row <= bottom; row++) {
      for (int column = left; column <= right; column++) {
        double px = column + 0.5 - ax;
        double py = row + 0.5 - ay;
        double t = Math.max(0, Math.min(1, (px * dx + py * dy) / length2));
        double ex = px - t * dx;
        double ey = py - t * dy;
        double distance = Math.sqrt(ex * ex + ey * ey);
        double g = Math.max(0, Math.min(1, 0.5 + (radius - distance) / (2 * soft)));
        int at = row * sheet + column;
        grey[at] = Math.max(grey[at], g);
      }
    }
  }
}
