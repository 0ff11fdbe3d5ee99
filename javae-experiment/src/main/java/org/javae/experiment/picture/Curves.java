package org.javae.experiment.picture;

import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.javae.experiment.picture.Canvas.Align;
import org.javae.experiment.picture.Canvas.Rect;
import org.javae.experiment.picture.Glyphs.Type;

/**
 * Training curves: panels side by side over one x axis, usually the epoch. A name such as {@code
 * validation} has the same colour in every panel.
 *
 * <p>A first epoch far from all later ones would press the rest of a curve flat; a panel then takes
 * its scale from the later epochs, lets the line leave the frame, and says so beside its title
 * ({@link Panel#wholeRange} turns this off). Values that are NaN or infinite break the line and
 * leave a mark at the frame's foot.
 *
 * <pre>{@code
 * Curves.of("β-VAE on strokes")
 *     .add(Curves.Panel.of("ELBO", "nats").line("train", epochs, train).line("validation", epochs, valid))
 *     .add(Curves.Panel.of("learning rate", "").line("", epochs, rates).log())
 *     .best(37)
 *     .draw();
 * }</pre>
 */
public final class Curves {
  private static final int MARGIN = 24;
  private static final int BETWEEN = 30;
  private static final int HEADER = 28;

  private final String title;
  private final List<Panel> panels = new ArrayList<>();
  private String xName = "epoch";
  private double best = Double.NaN;
  private boolean logX;

  private Curves(String title) {
    this.title = title;
  }

  /** A figure without panels; an empty title is left out. */
  public static Curves of(String title) {
    return new Curves(title);
  }

  /** Adds a panel; they are laid out from left to right, then downwards. */
  public Curves add(Panel panel) {
    panels.add(panel);
    return this;
  }

  /** Marks the epoch whose weights were kept with a dashed line in every panel. */
  public Curves best(double epoch) {
    best = epoch;
    return this;
  }

  /** Name of the x axis instead of {@code epoch}. */
  public Curves x(String name) {
    xName = name;
    return this;
  }

  /** Logarithmic x axis, if all x are positive. */
  public Curves logX() {
    logX = true;
    return this;
  }

  /** One pair of axes with its lines. */
  public static final class Panel {
    private record Line(String name, double[] x, double[] y) {}

    private record Band(String name, double[] x, double[] lo, double[] hi) {}

    private final String title;
    private final String unit;
    private final List<Line> lines = new ArrayList<>();
    private final List<Band> bands = new ArrayList<>();
    private boolean log;
    private boolean whole;

    private Panel(String title, String unit) {
      this.title = title;
      this.unit = unit;
    }

    /**
     * An empty panel.
     *
     * @param unit shown beside the title, such as {@code nats}; may be empty
     */
    public static Panel of(String title, String unit) {
      return new Panel(title, unit);
    }

    /**
     * Adds a line through {@code (x[i], y[i])}, x ascending; an empty name is left out of the
     * legend.
     *
     * @throws IllegalArgumentException if x and y differ in length
     */
    public Panel line(String name, double[] x, double[] y) {
      if (x.length != y.length) {
        throw new IllegalArgumentException(
            "line " + name + ": " + x.length + " x and " + y.length + " y");
      }
      lines.add(new Line(name, x.clone(), y.clone()));
      return this;
    }

    /** Adds a line from epochs to values. */
    public Panel line(String name, SortedMap<? extends Number, ? extends Number> points) {
      return line(
          name,
          points.keySet().stream().mapToDouble(Number::doubleValue).toArray(),
          points.values().stream().mapToDouble(Number::doubleValue).toArray());
    }

    /** Adds a pale band from {@code lo[i]} to {@code hi[i]} in the colour of the line so named. */
    public Panel band(String name, double[] x, double[] lo, double[] hi) {
      if (x.length != lo.length || x.length != hi.length) {
        throw new IllegalArgumentException("band " + name + ": lengths differ");
      }
      bands.add(new Band(name, x.clone(), lo.clone(), hi.clone()));
      return this;
    }

    /** Logarithmic y axis, if all values are positive. */
    public Panel log() {
      log = true;
      return this;
    }

    /** Shows every finite value, also a first epoch far away. */
    public Panel wholeRange() {
      whole = true;
      return this;
    }

    private Scale.Range range() {
      Scale.Range all = new Scale.Range();
      for (Line l : lines) {
        for (double v : l.y()) {
          if (!log || v > 0) {
            all.add(v);
          }
        }
      }
      bands.forEach(b -> all.add(b.lo()).add(b.hi()));
      return all;
    }

    /**
     * The range of all values; or, if the first tenth of the lines makes that eight times as large
     * as it would be without them, the range without just as many first points as bring it below
     * three times.
     */
    private Scale.Range view() {
      Scale.Range all = range();
      if (log || whole) {
        return all;
      }
      int longest = lines.stream().mapToInt(l -> l.y().length).max().orElse(0);
      int most = longest < 8 ? 0 : (longest + 9) / 10;
      double settled = without(most).span();
      if (settled == 0 || all.span() <= 8 * settled) {
        return all;
      }
      int skipped = 1;
      while (skipped < most && without(skipped).span() > 3 * settled) {
        skipped++;
      }
      return without(skipped);
    }

    private Scale.Range without(int skipped) {
      Scale.Range range = new Scale.Range();
      for (Line l : lines) {
        for (int i = skipped; i < l.y().length; i++) {
          range.add(l.y()[i]);
        }
      }
      return range;
    }

    /** First x from which on every finite value lies on the scale; NaN if all do. */
    private double visibleFrom(Scale scale) {
      double from = Double.NaN;
      for (Line l : lines) {
        for (int i = 0; i + 1 < l.y().length; i++) {
          double v = l.y()[i];
          if (Double.isFinite(v) && (v < scale.lo() || v > scale.hi()) && !scale.log()) {
            from = Double.isNaN(from) ? l.x()[i + 1] : Math.max(from, l.x()[i + 1]);
          }
        }
      }
      return from;
    }
  }

  /** Paints the figure, about 1100 pixels wide unless it has a single panel. */
  public BufferedImage draw() {
    int n = panels.size();
    int across = n <= 1 ? 1 : n <= 4 ? 2 : 3;
    int down = Math.max(1, (n + across - 1) / across);
    int frameWidth = across == 1 ? 760 : across == 2 ? 480 : 330;
    int frameHeight = across == 1 ? 380 : across == 2 ? 240 : 210;

    Scale.Range xs = new Scale.Range();
    boolean wholeX = true;
    Map<String, Integer> colours = new LinkedHashMap<>();
    for (Panel p : panels) {
      for (Panel.Line l : p.lines) {
        if (!l.name().isEmpty()) {
          colours.putIfAbsent(l.name(), colours.size());
        }
        for (double v : l.x()) {
          xs.add(v);
          wholeX &= v == Math.rint(v);
        }
      }
    }
    if (!xs.isEmpty()) {
      xs.add(best);
    }
    Scale x = xs.scale(0.02, logX);
    Ticks xTicks = x.ticks(Plot.roomAcross(frameWidth), wholeX);

    // Panels of a column share their left margin, so that frames stand exactly below one another.
    Scale[] scales = new Scale[n];
    Ticks[] ticks = new Ticks[n];
    int[] left = new int[across];
    for (int i = 0; i < n; i++) {
      scales[i] = panels.get(i).view().scale(0.06, panels.get(i).log);
      ticks[i] = scales[i].ticks(Plot.roomDown(frameHeight), false);
      left[i % across] = Math.max(left[i % across], Plot.left(ticks[i], ""));
    }
    int width = 2 * MARGIN + (across - 1) * BETWEEN + across * frameWidth;
    for (int l : left) {
      width += l;
    }
    int foot = Plot.bottom(xName);
    int room = width - 2 * MARGIN;
    List<Legend.Entry> legend = legend(colours);
    List<List<Legend.Entry>> rows = Legend.rows(legend, room);
    int legendWidth = Legend.width(legend);
    boolean beside =
        rows.size() <= 1
            && (title.isEmpty() || Glyphs.width(title, Type.TITLE) + BETWEEN + legendWidth <= room);
    int top = MARGIN;
    if (!title.isEmpty() || (beside && !legend.isEmpty())) {
      top += Type.TITLE.capHeight() + 14;
    }
    int legendTop = top;
    top += beside ? 0 : rows.size() * Legend.ROW + 4;
    Canvas canvas =
        new Canvas(
            width,
            top + down * (HEADER + frameHeight + foot) + (down - 1) * BETWEEN + MARGIN,
            Palette.PAPER);
    int baseline = MARGIN + Type.TITLE.capHeight();
    canvas.text(
        Glyphs.fit(title, Type.TITLE, room), MARGIN, baseline, Type.TITLE, Palette.INK, Align.LEFT);
    for (int r = 0; r < rows.size(); r++) {
      if (beside) {
        Legend.draw(canvas, rows.get(r), width - MARGIN - legendWidth, baseline);
      } else {
        Legend.draw(
            canvas, rows.get(r), MARGIN, legendTop + Type.TEXT.capHeight() + r * Legend.ROW);
      }
    }

    for (int row = 0; row < down; row++) {
      int at = MARGIN;
      int y = top + row * (HEADER + frameHeight + foot + BETWEEN) + HEADER;
      for (int column = 0; column < across && row * across + column < n; column++) {
        int i = row * across + column;
        at += left[column];
        Rect frame = new Rect(at, y, frameWidth, frameHeight);
        Plot plot = new Plot(canvas, frame, x, scales[i]);
        plot.axes(xTicks, ticks[i], xName, "");
        Panel p = panels.get(i);
        int after =
            canvas.text(
                Glyphs.fit(p.title, Type.BOLD, frameWidth),
                at,
                y - 9,
                Type.BOLD,
                Palette.INK,
                Align.LEFT);
        canvas.text(
            Glyphs.fit(note(p, scales[i]), Type.SMALL, Math.max(0, frame.right() - after - 10)),
            after + 10,
            y - 9,
            Type.SMALL,
            Palette.MUTED,
            Align.LEFT);
        lines(canvas, plot, p, frame, x, scales[i], colours);
        at += frameWidth + BETWEEN;
      }
    }
    if (n == 0) {
      canvas.text("no curves", width / 2, top + 60, Type.TEXT, Palette.MUTED, Align.CENTRE);
    }
    return canvas.image();
  }

  /** What the colours and the dashed line mean, once for the whole figure. */
  private List<Legend.Entry> legend(Map<String, Integer> colours) {
    List<Legend.Entry> entries = new ArrayList<>();
    for (String name : colours.keySet()) {
      entries.add(new Legend.Entry(name, colour(name, colours), Legend.Mark.LINE));
    }
    if (!Double.isNaN(best)) {
      entries.add(
          new Legend.Entry(
              "best " + xName + " " + Ticks.plain(best), Palette.MUTED, Legend.Mark.DASHES));
    }
    return entries;
  }

  /** Lines without a name are alone in their panel; they take none of the named colours. */
  private static int colour(String name, Map<String, Integer> colours) {
    return name.isEmpty() ? Palette.INK : Palette.category(colours.get(name));
  }

  private String note(Panel p, Scale scale) {
    double from = p.visibleFrom(scale);
    if (Double.isNaN(from)) {
      return p.unit;
    }
    return (p.unit.isEmpty() ? "" : p.unit + ", ")
        + "scale from "
        + xName
        + " "
        + Ticks.plain(from);
  }

  private void lines(
      Canvas canvas,
      Plot plot,
      Panel p,
      Rect frame,
      Scale x,
      Scale y,
      Map<String, Integer> colours) {
    if (p.range().isEmpty()) {
      plot.empty(
          p.lines.stream().allMatch(l -> l.y().length == 0) ? "no values yet" : "no finite values");
    }
    canvas.clip(frame.grow(-1));
    if (Double.isFinite(best) && best >= x.lo() && best <= x.hi()) {
      double at = Math.floor(plot.px(best)) + 0.5;
      canvas.dashes(new double[] {at, frame.y(), at, frame.bottom()}, 4, 3, 1.2, Palette.MUTED);
    }
    for (Panel.Band b : p.bands) {
      band(canvas, plot, b, colour(b.name(), colours), frame);
    }
    for (Panel.Line l : p.lines) {
      line(canvas, plot, l, y, colour(l.name(), colours), frame);
    }
    canvas.unclip();
  }

  /** Column of pixels by column, so that no seam shows. */
  private static void band(Canvas canvas, Plot plot, Panel.Band b, int rgb, Rect frame) {
    for (int i = 0; i + 1 < b.x().length; i++) {
      double from = plot.px(b.x()[i]);
      double to = plot.px(b.x()[i + 1]);
      for (int at = (int) Math.ceil(from); at < to; at++) {
        double t = (at - from) / (to - from);
        double top = plot.py(b.hi()[i]) * (1 - t) + plot.py(b.hi()[i + 1]) * t;
        double bottom = plot.py(b.lo()[i]) * (1 - t) + plot.py(b.lo()[i + 1]) * t;
        if (Double.isFinite(top + bottom)) {
          int y0 = (int) Math.max(frame.y(), Math.round(top));
          int y1 = (int) Math.min(frame.bottom(), Math.round(bottom));
          canvas.fill(at, y0, 1, Math.max(1, y1 - y0), rgb, 0.2);
        }
      }
    }
  }

  private static void line(Canvas canvas, Plot plot, Panel.Line l, Scale y, int rgb, Rect frame) {
    List<double[]> parts = new ArrayList<>();
    List<Double> part = new ArrayList<>();
    for (int i = 0; i <= l.y().length; i++) {
      boolean drawable =
          i < l.y().length
              && Double.isFinite(l.x()[i])
              && Double.isFinite(l.y()[i])
              && (!y.log() || l.y()[i] > 0);
      if (drawable) {
        part.add(plot.px(l.x()[i]));
        // A point far off the scale is drawn just outside, so that huge numbers cannot upset the
        // geometry.
        double py = plot.py(l.y()[i]);
        part.add(Math.max(-1e5, Math.min(1e5, py)));
      } else {
        if (!part.isEmpty()) {
          parts.add(part.stream().mapToDouble(Double::doubleValue).toArray());
          part.clear();
        }
        if (i < l.y().length && Double.isFinite(l.x()[i])) {
          canvas.fill((int) plot.px(l.x()[i]) - 1, frame.bottom() - 9, 3, 8, Palette.NOT_FINITE);
        }
      }
    }
    canvas.strokes(parts, 2, rgb, 1);
    boolean few = l.y().length <= 15;
    for (double[] points : parts) {
      for (int k = 0; (few || points.length == 2) && k < points.length; k += 2) {
        canvas.disc(points[k], points[k + 1], l.y().length == 1 ? 4 : 3, rgb, 1);
      }
    }
  }
}
