package org.javae.experiment.picture;

import java.awt.image.BufferedImage;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.javae.experiment.picture.Canvas.Align;
import org.javae.experiment.picture.Canvas.Rect;
import org.javae.experiment.picture.Glyphs.Type;

/**
 * A bar for each of several values from zero, for instance the KL divergence of each latent
 * dimension, with a line that divides those in use from the rest. A value that is not finite gets a
 * short bar in {@link Palette#NOT_FINITE}.
 */
public final class Bars {
  private static final int MARGIN = 24;
  private static final int HEIGHT = 340;
  private static final int WIDEST = 1040;
  private static final int NARROWEST = 520;

  private final double[] values;
  private List<String> names = List.of();
  private String title = "";
  private String xName = "";
  private String yName = "";
  private boolean sorted;
  private double threshold = Double.NaN;
  private String thresholdName = "";

  private Bars(double[] values) {
    this.values = values.clone();
  }

  /** Bars in the given order. */
  public static Bars of(double[] values) {
    return new Bars(values);
  }

  /**
   * The usual picture of how a latent space is used.
   *
   * @param kl average KL divergence to the prior of each dimension, in nats
   * @param threshold above which a dimension counts as active, in nats
   */
  public static Bars klPerDimension(double[] kl, double threshold) {
    long active = Arrays.stream(kl).filter(v -> v > threshold).count();
    return of(kl)
        .names(IntStream.range(0, kl.length).mapToObj(i -> "z" + i).toList())
        .title("KL divergence per latent dimension")
        .axes("latent dimension, largest first", "KL (nats)")
        .sorted()
        .threshold(
            threshold, active + " of " + kl.length + " active: KL above " + Ticks.plain(threshold));
  }

  /** Names under the bars, instead of their numbers. */
  public Bars names(List<String> names) {
    this.names = List.copyOf(names);
    return this;
  }

  /** A headline. */
  public Bars title(String text) {
    title = text;
    return this;
  }

  /** Names of the axes; empty names are left out. */
  public Bars axes(String x, String y) {
    xName = x;
    yName = y;
    return this;
  }

  /** Largest first; values that are not finite come last. Names stay with their bars. */
  public Bars sorted() {
    sorted = true;
    return this;
  }

  /** A dashed line, named in the legend; bars that do not rise above it are grey. */
  public Bars threshold(double value, String name) {
    threshold = value;
    thresholdName = name;
    return this;
  }

  /** Paints the picture. */
  public BufferedImage draw() {
    int n = values.length;
    int[] order = order();
    int pitch = Math.max(2, Math.min(64, WIDEST / Math.max(1, n)));
    int w = Math.max(NARROWEST, pitch * n);
    int widestName = 0;
    for (int i = 0; i < n; i++) {
      widestName = Math.max(widestName, Glyphs.width(name(i), Type.SMALL));
    }
    boolean upwards = widestName + 8 > w / Math.max(1, n) && pitch >= Type.SMALL.capHeight() + 4;
    int below = upwards ? Math.min(widestName, 160) : Type.SMALL.capHeight();

    Scale.Range range = new Scale.Range().add(0).add(values).add(threshold);
    Scale fitted = range.scale(0.06, false);
    // Bars stand on the frame when nothing is negative.
    Scale y =
        range.span() == 0
            ? new Scale(0, 1, false)
            : new Scale(range.lo() < 0 ? fitted.lo() : 0, range.hi() > 0 ? fitted.hi() : 0, false);
    Ticks yt = y.ticks(Plot.roomDown(HEIGHT), false);
    int left = MARGIN + Plot.left(yt, yName);
    boolean legend = !thresholdName.isEmpty();
    int top =
        MARGIN + (title.isEmpty() ? 0 : Type.TITLE.capHeight() + 16) + (legend ? Legend.ROW : 0);
    int foot = 8 + below + 2 + (xName.isEmpty() ? 0 : 12 + Type.TEXT.capHeight() + 4);
    Canvas canvas = new Canvas(left + w + MARGIN, top + HEIGHT + foot + MARGIN, Palette.PAPER);
    canvas.text(
        Glyphs.fit(title, Type.TITLE, canvas.width() - 2 * MARGIN),
        MARGIN,
        MARGIN + Type.TITLE.capHeight(),
        Type.TITLE,
        Palette.INK,
        Align.LEFT);
    Rect frame = new Rect(left, top, w, HEIGHT);
    Plot plot = new Plot(canvas, frame, new Scale(0, 1, false), y);
    plot.axes(new Ticks(new double[0], List.of()), yt, "", yName);
    if (legend) {
      Legend.Entry e = new Legend.Entry(thresholdName, Palette.INK, Legend.Mark.DASHES);
      Legend.draw(canvas, e, frame.right() - Legend.width(e), top - 10);
    }
    if (n == 0) {
      plot.empty("no values");
    }

    double step = (double) w / Math.max(1, n);
    int need = upwards ? Type.SMALL.capHeight() + 4 : widestName + 8;
    int every = Math.max(1, (int) Math.ceil(need / step));
    for (int k = 0; k < n; k++) {
      int x0 = left + (int) Math.round(k * step);
      int x1 = left + (int) Math.round((k + 1) * step);
      int space = x1 - x0 >= 12 ? (x1 - x0) / 5 : x1 - x0 >= 4 ? 1 : 0;
      bar(canvas, plot, frame, values[order[k]], x0 + space, x1 - x0 - 2 * space);
      if (k % every == 0) {
        int middle = (x0 + x1) / 2;
        if (upwards) {
          canvas.textUp(
              Glyphs.fit(name(order[k]), Type.SMALL, 160),
              middle + Type.SMALL.capHeight() / 2 + 1,
              frame.bottom() + 8,
              Type.SMALL,
              Palette.MUTED,
              Align.RIGHT);
        } else {
          canvas.text(
              name(order[k]),
              middle,
              frame.bottom() + 8 + Type.SMALL.capHeight(),
              Type.SMALL,
              Palette.MUTED,
              Align.CENTRE);
        }
      }
    }
    if (Double.isFinite(threshold)) {
      double at = Math.floor(plot.py(threshold)) + 0.5;
      canvas.dashes(
          new double[] {frame.x() + 1, at, frame.right() - 1, at}, 5, 4, 1.2, Palette.INK);
    }
    if (!xName.isEmpty()) {
      canvas.text(
          xName,
          left + w / 2,
          frame.bottom() + 8 + below + 12 + Type.TEXT.capHeight(),
          Type.TEXT,
          Palette.INK,
          Align.CENTRE);
    }
    return canvas.image();
  }

  private void bar(Canvas canvas, Plot plot, Rect frame, double v, int x, int width) {
    int zero = (int) plot.py(0);
    if (!Double.isFinite(v)) {
      canvas.fill(x, zero - 12, width, 12, Palette.NOT_FINITE);
      return;
    }
    boolean used = Double.isNaN(threshold) || v > threshold;
    int rgb = used ? Palette.category(0) : Palette.UNLABELLED;
    int end = (int) Math.round(plot.py(v));
    if (v >= 0) {
      canvas.fill(x, end, width, Math.max(zero - end, v > 0 ? 1 : 0), rgb);
    } else {
      canvas.fill(x, zero + 1, width, Math.max(end - zero - 1, 1), rgb);
    }
  }

  private int[] order() {
    IntStream all = IntStream.range(0, values.length);
    if (!sorted) {
      return all.toArray();
    }
    // Boxed sorting is stable: equal values keep their order.
    return all.boxed()
        .sorted(
            Comparator.comparingDouble(
                (Integer i) -> Double.isFinite(values[i]) ? -values[i] : Double.POSITIVE_INFINITY))
        .mapToInt(Integer::intValue)
        .toArray();
  }

  private String name(int i) {
    return i < names.size() ? names.get(i) : String.valueOf(i);
  }
}
