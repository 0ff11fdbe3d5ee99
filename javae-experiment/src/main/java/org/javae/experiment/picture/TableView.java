package org.javae.experiment.picture;

import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.javae.experiment.picture.Canvas.Align;
import org.javae.experiment.picture.Canvas.Rect;
import org.javae.experiment.picture.Glyphs.Type;

/**
 * Observations that are not images, drawn as lines over their columns (parallel coordinates).
 *
 * <p>{@link #reconstructions} gives each observation its own small panel with the reconstruction
 * over the original; {@link #samples} lays generated observations beside real ones, all in one
 * frame each. Columns of a table are measured in different units, so each is drawn relative to its
 * own range in the data; {@link #oneScale} is for vectors whose elements share a unit, such as time
 * series. A missing or infinite value breaks the line and leaves a mark at the foot.
 *
 * <p>Two-dimensional data are better seen as points: {@link #plane}.
 */
public final class TableView {
  private static final int MARGIN = 24;
  private static final int BETWEEN = 28;
  private static final int HEADER = 24;
  private static final int MOST_NAMES = 24;
  private static final int LONGEST_NAME = 135;

  /** Rows of one kind in a panel. */
  private record Strand(float[] values, int from, int until, int rgb, double alpha) {}

  private record Panel(String caption, List<Strand> strands) {}

  private final List<Panel> panels = new ArrayList<>();
  private final List<Legend.Entry> legend = new ArrayList<>();
  private float[] reference;
  private final int columns;
  private final boolean small;
  private String title = "";
  private List<String> names = List.of();
  private List<String> captions = List.of();
  private boolean oneScale;

  private TableView(float[] reference, int columns, boolean small) {
    this.reference = reference;
    this.columns = columns;
    this.small = small;
  }

  /**
   * A panel for each observation.
   *
   * @param original row by row, {@code n * columns}; NaN where a cell is missing
   * @param reconstruction as many rows
   */
  public static TableView reconstructions(float[] original, float[] reconstruction, int columns) {
    int n = rows(original, columns);
    if (rows(reconstruction, columns) != n) {
      throw new IllegalArgumentException(
          n + " originals, " + rows(reconstruction, columns) + " reconstructions");
    }
    TableView view = new TableView(original, columns, true);
    for (int i = 0; i < n; i++) {
      view.panels.add(
          new Panel(
              String.valueOf(i),
              List.of(
                  new Strand(original, i, i + 1, Palette.category(0), 1),
                  new Strand(reconstruction, i, i + 1, Palette.category(1), 1))));
    }
    view.legend.add(new Legend.Entry("original", Palette.category(0), Legend.Mark.LINE));
    view.legend.add(new Legend.Entry("reconstruction", Palette.category(1), Legend.Mark.LINE));
    return view;
  }

  /**
   * All real observations in one frame, all generated ones in another with the same axes. Some
   * hundreds of each are as many as can be told apart.
   *
   * @param data row by row, {@code n * columns}; may be empty, then only the generated ones are
   *     drawn
   * @param generated row by row
   */
  public static TableView samples(float[] data, float[] generated, int columns) {
    int n = rows(data, columns);
    int m = rows(generated, columns);
    TableView view = new TableView(n > 0 ? data : generated, columns, false);
    if (n > 0) {
      view.panels.add(
          new Panel("data", List.of(new Strand(data, 0, n, Palette.category(0), faint(n)))));
    }
    view.panels.add(
        new Panel(
            "generated", List.of(new Strand(generated, 0, m, Palette.category(1), faint(m)))));
    return view;
  }

  private static int rows(float[] values, int columns) {
    if (columns < 1 || values.length % columns != 0) {
      throw new IllegalArgumentException(values.length + " values in rows of " + columns);
    }
    return values.length / columns;
  }

  private static double faint(int lines) {
    return Math.max(0.12, Math.min(1, 3 / Math.sqrt(Math.max(1, lines))));
  }

  /**
   * Two-dimensional data and generated points side by side on the same axes.
   *
   * @param data {@code x0, y0, x1, y1 …}; may be empty, then only the generated points are drawn
   */
  public static BufferedImage plane(
      String title, String x, String y, float[] data, float[] generated) {
    List<Scatter.Part> parts = new ArrayList<>();
    if (data.length > 0) {
      parts.add(new Scatter.Part("data", data, Palette.category(0)));
    }
    parts.add(new Scatter.Part("generated", generated, Palette.category(1)));
    return Scatter.beside(title, x, y, parts);
  }

  /** A headline. */
  public TableView title(String text) {
    title = text;
    return this;
  }

  /** Names of the columns; with many columns their numbers are shown instead. */
  public TableView names(List<String> names) {
    this.names = List.copyOf(names);
    return this;
  }

  /** Captions of the panels in order, such as a class or an anomaly score. */
  public TableView captions(List<String> captions) {
    this.captions = List.copyOf(captions);
    return this;
  }

  /**
   * The data whose smallest and largest values are {@code min} and {@code max} of the columns,
   * instead of the observations shown: usually the whole training set, row by row.
   */
  public TableView rangesOf(float[] data) {
    rows(data, columns);
    reference = data;
    return this;
  }

  /** Draws all columns on one common scale, in their own unit. */
  public TableView oneScale() {
    oneScale = true;
    return this;
  }

  /** Paints the picture. */
  public BufferedImage draw() {
    int n = panels.size();
    int across = small ? (n <= 1 ? 1 : n <= 4 ? 2 : 3) : 1;
    int down = Math.max(1, (n + across - 1) / across);
    int frameWidth = across == 1 ? 900 : across == 2 ? 470 : 320;
    int frameHeight = small ? (across == 1 ? 300 : 150) : 260;

    Scale[] own = new Scale[columns];
    Scale y = verticals(own);
    Ticks yt =
        oneScale
            ? y.ticks(Plot.roomDown(frameHeight), false)
            : new Ticks(new double[] {0, 1}, List.of("min", "max"));
    Scale x =
        columns == 1
            ? new Scale(-1, 1, false)
            : new Scale(-0.02 * columns, columns * 1.02 - 1, false);
    boolean named = !names.isEmpty() && columns <= MOST_NAMES;
    Ticks xt = named ? everyColumn() : x.ticks(Plot.roomAcross(frameWidth), true);
    int nameHeight = 0;
    for (int c = 0; named && c < columns; c++) {
      nameHeight = Math.max(nameHeight, Math.min(LONGEST_NAME, Glyphs.width(name(c), Type.SMALL)));
    }
    // The outermost names are pushed inwards by up to half their width.
    boolean upwards =
        named && columns > 1 && 1.5 * nameHeight + 8 > frameWidth * 0.94 / (columns - 1);
    int foot = upwards ? 8 + nameHeight + 4 : Plot.bottom("");

    int left = Plot.left(yt, "");
    boolean head = !title.isEmpty() || !legend.isEmpty();
    int top = MARGIN + (head ? Type.TITLE.lineHeight() + 10 : 0);
    int width = 2 * MARGIN + across * (left + frameWidth) + (across - 1) * BETWEEN;
    // Every panel has its tick numbers, but names of columns only stand under the last of each
    // column.
    int rowFoot = named ? 6 : foot;
    int height = top + down * (HEADER + frameHeight) + (down - 1) * (rowFoot + 14) + foot + MARGIN;
    Canvas canvas = new Canvas(width, height, Palette.PAPER);
    int legendWidth = Legend.width(legend);
    canvas.text(
        Glyphs.fit(title, Type.TITLE, width - 2 * MARGIN - legendWidth - BETWEEN),
        MARGIN,
        MARGIN + Type.TITLE.capHeight(),
        Type.TITLE,
        Palette.INK,
        Align.LEFT);
    Legend.draw(canvas, legend, width - MARGIN - legendWidth, MARGIN + Type.TITLE.capHeight());

    for (int i = 0; i < n; i++) {
      int row = i / across;
      Rect frame =
          new Rect(
              MARGIN + left + (i % across) * (left + frameWidth + BETWEEN),
              top + HEADER + row * (HEADER + frameHeight + rowFoot + 14),
              frameWidth,
              frameHeight);
      Plot plot = new Plot(canvas, frame, x, y);
      boolean last = i + across >= n;
      Ticks bottom = named ? new Ticks(xt.values(), blanks(xt)) : xt;
      plot.axes(bottom, yt, "", "");
      if (named && last) {
        names(canvas, plot, frame, upwards);
      }
      canvas.text(
          Glyphs.fit(
              i < captions.size() ? captions.get(i) : panels.get(i).caption(),
              Type.BOLD,
              frameWidth),
          frame.x(),
          frame.y() - 8,
          Type.BOLD,
          Palette.INK,
          Align.LEFT);
      canvas.clip(frame.grow(-1));
      for (Strand s : panels.get(i).strands()) {
        for (int r = s.from(); r < s.until(); r++) {
          line(canvas, plot, frame, s, r, own);
        }
      }
      canvas.unclip();
    }
    if (n == 0) {
      canvas.text("no observations", width / 2, height / 2, Type.TEXT, Palette.MUTED, Align.CENTRE);
    }
    return canvas.image();
  }

  /** Fills the scale of each column and returns the scale of the y axis. */
  private Scale verticals(Scale[] own) {
    Scale.Range all = new Scale.Range();
    for (int c = 0; c < columns; c++) {
      Scale.Range range = new Scale.Range();
      for (int i = c; i < reference.length; i += columns) {
        range.add(reference[i]);
      }
      own[c] = range.scale(0, false);
    }
    // The frame also holds what lies outside the data's range, up to half of it on either side.
    for (Panel p : panels) {
      for (Strand s : p.strands()) {
        for (int i = s.from() * columns; i < s.until() * columns; i++) {
          float v = s.values()[i];
          if (Float.isFinite(v)) {
            all.add(oneScale ? v : Math.max(-0.5, Math.min(1.5, own[i % columns].share(v))));
          }
        }
      }
    }
    return oneScale ? all.scale(0.06, false) : all.add(0).add(1).scale(0.08, false);
  }

  private Ticks everyColumn() {
    double[] at = new double[columns];
    List<String> labels = new ArrayList<>();
    for (int c = 0; c < columns; c++) {
      at[c] = c;
      labels.add(name(c));
    }
    return new Ticks(at, labels);
  }

  private static List<String> blanks(Ticks ticks) {
    return ticks.labels().stream().map(s -> "").toList();
  }

  private String name(int c) {
    return c < names.size() ? names.get(c) : String.valueOf(c);
  }

  private void names(Canvas canvas, Plot plot, Rect frame, boolean upwards) {
    for (int c = 0; c < columns; c++) {
      int at = (int) plot.px(c);
      String text = Glyphs.fit(name(c), Type.SMALL, LONGEST_NAME);
      int half = Glyphs.width(text, Type.SMALL) / 2;
      if (upwards) {
        canvas.textUp(
            text,
            at + Type.SMALL.capHeight() / 2 + 1,
            frame.bottom() + 8,
            Type.SMALL,
            Palette.MUTED,
            Align.RIGHT);
      } else {
        canvas.text(
            text,
            Math.max(frame.x() + half, Math.min(frame.right() - half, at + 1)),
            frame.bottom() + 7 + Type.SMALL.capHeight(),
            Type.SMALL,
            Palette.MUTED,
            Align.CENTRE);
      }
    }
  }

  private void line(Canvas canvas, Plot plot, Rect frame, Strand s, int row, Scale[] own) {
    List<double[]> parts = new ArrayList<>();
    double[] points = new double[2 * columns];
    int n = 0;
    for (int c = 0; c <= columns; c++) {
      float v = c < columns ? s.values()[row * columns + c] : Float.NaN;
      if (Float.isFinite(v)) {
        points[n++] = plot.px(c);
        double py = plot.py(oneScale ? v : own[c].share(v));
        points[n++] = Math.max(-1e5, Math.min(1e5, py));
      } else {
        if (n > 0) {
          parts.add(Arrays.copyOf(points, n));
          n = 0;
        }
        if (c < columns) {
          canvas.fill((int) plot.px(c) - 1, frame.bottom() - 9, 3, 8, Palette.NOT_FINITE);
        }
      }
    }
    double thickness = s.until() - s.from() > 1 ? 1.2 : columns > 60 ? 1.6 : 2;
    canvas.strokes(parts, thickness, s.rgb(), s.alpha());
    for (double[] p : parts) {
      boolean dots = s.until() - s.from() == 1 && columns <= MOST_NAMES;
      for (int k = 0; (dots || p.length == 2) && k < p.length; k += 2) {
        canvas.disc(p[k], p[k + 1], 3, s.rgb(), s.alpha());
      }
    }
  }
}
