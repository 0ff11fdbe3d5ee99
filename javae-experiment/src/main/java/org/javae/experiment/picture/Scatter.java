package org.javae.experiment.picture;

import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import org.javae.experiment.picture.Canvas.Align;
import org.javae.experiment.picture.Canvas.Rect;
import org.javae.experiment.picture.Glyphs.Type;

/**
 * Points in the plane, coloured by class or by number: two-dimensional codes, or two coordinates of
 * longer ones.
 *
 * <p>Points are painted in a fixed shuffled order, so that no class hides another for being last in
 * the file. Each class that is large enough is also named at its middle (the median), so that
 * colours need not be told apart. Points with coordinates that are not finite cannot be drawn and
 * are counted below the frame.
 */
public final class Scatter {
  private static final int MARGIN = 24;
  private static final int FRAME_WIDTH = 680;
  private static final int FRAME_HEIGHT = 580;
  private static final int FEWEST_TO_NAME = 8;

  /** Colours of curves: apart from one another also without colour vision. */
  private static final int[] CURVES = {0x20262E, 0x1375BF, 0xCB4457, 0x137C52};

  /** Pixels of a cell of the ground. */
  private static final int CELL = 10;

  private final float[] points;
  private final int count;
  private int[] labels;
  private List<String> names = List.of();
  private float[] values;
  private String valueName = "";
  private String title = "";
  private String xName = "z0";
  private String yName = "z1";
  private boolean equal;
  private boolean namesInside = true;
  private double limit = Double.NaN;
  private boolean diagonal;
  private float[] path = {};
  private final List<Curve> curves = new ArrayList<>();
  private Ground ground;
  private String groundName = "";

  private Scatter(float[] points) {
    if (points.length % 2 != 0) {
      throw new IllegalArgumentException(
          "points come as x, y pairs: " + points.length + " numbers");
    }
    this.points = points;
    this.count = points.length / 2;
  }

  /** Points {@code x0, y0, x1, y1 …}; the array is not copied. */
  public static Scatter of(float[] points) {
    return new Scatter(points);
  }

  /**
   * Colours points by class; a negative label means none. More classes than {@link
   * Palette#CATEGORIES} are coloured by their number.
   *
   * @param labels one for each point, an index into {@code names} where there is a name
   * @param names of the classes; may be empty or too short, then the number is the name
   */
  public Scatter labels(int[] labels, List<String> names) {
    if (labels.length != count) {
      throw new IllegalArgumentException(labels.length + " labels for " + count + " points");
    }
    this.labels = labels.clone();
    this.names = List.copyOf(names);
    return this;
  }

  /** Colours points by a number each, with a colour bar. */
  public Scatter values(float[] values, String name) {
    if (values.length != count) {
      throw new IllegalArgumentException(values.length + " values for " + count + " points");
    }
    this.values = values.clone();
    this.valueName = name;
    return this;
  }

  /** A headline. */
  public Scatter title(String text) {
    title = text;
    return this;
  }

  /** Names of the axes instead of {@code z0} and {@code z1}. */
  public Scatter axes(String x, String y) {
    xName = x;
    yName = y;
    return this;
  }

  /** One unit is equally long on both axes. */
  public Scatter equalAxes() {
    equal = true;
    return this;
  }

  /**
   * Both axes from −limit to limit whatever the points are: for the frames of a film. Points beyond
   * stay outside the frame.
   */
  public Scatter limits(double limit) {
    this.limit = limit;
    return this;
  }

  /** A dashed line where both coordinates are equal. */
  public Scatter diagonal() {
    diagonal = true;
    return this;
  }

  /** The way of one point {@code x0, y0, x1, y1 …} on top of all others, ending in a large dot. */
  public Scatter path(float[] way) {
    path = way.clone();
    return this;
  }

  /** A number for every place, to be drawn behind the points. */
  public interface Ground {
    /**
     * Numbers at given places; NaN and infinite ones are drawn as such.
     *
     * @param places {@code x0, y0, x1, y1 …}
     */
    float[] at(float[] places);
  }

  private record Curve(String name, float[] points, int rgb) {}

  /** Shades the frame, dark where the number is large, with a colour bar. */
  public Scatter ground(Ground numbers, String name) {
    this.ground = numbers;
    this.groundName = name;
    return this;
  }

  /**
   * A curve {@code x0, y0, x1, y1 …} on top of the points, with its ends as dots; curves of the
   * same name look the same.
   */
  public Scatter curve(String name, float[] points) {
    List<String> known = curves.stream().map(Curve::name).distinct().toList();
    int i = known.contains(name) ? known.indexOf(name) : known.size();
    curves.add(new Curve(name, points.clone(), CURVES[i % CURVES.length]));
    return this;
  }

  /** Leaves the classes' names to the legend. */
  public Scatter namesOnlyInLegend() {
    namesInside = false;
    return this;
  }

  /** Paints the picture. */
  public BufferedImage draw() {
    int classes = labels == null ? 0 : Math.max(0, Arrays.stream(labels).max().orElse(-1) + 1);
    boolean byClass = values == null && classes > 0 && classes <= Palette.CATEGORIES;
    float[] shades = values;
    String shadeName = valueName;
    if (shades == null && classes > Palette.CATEGORIES) {
      shades = new float[count];
      for (int i = 0; i < count; i++) {
        shades[i] = labels[i] < 0 ? Float.NaN : labels[i];
      }
      shadeName = "class";
    }
    Scale shadeScale = shades == null ? null : new Scale.Range().add(shades).scale(0, false);

    Scale.Range xs = new Scale.Range();
    Scale.Range ys = new Scale.Range();
    int lost = 0;
    for (int i = 0; i < count; i++) {
      if (drawable(i)) {
        xs.add(points[2 * i]);
        ys.add(points[2 * i + 1]);
      } else {
        lost++;
      }
    }
    for (Curve c : curves) {
      for (int i = 0; i + 1 < c.points().length; i += 2) {
        xs.add(c.points()[i]);
        ys.add(c.points()[i + 1]);
      }
    }
    boolean free = Double.isNaN(limit);
    Scale x = free ? xs.scale(0.05, false) : new Scale(-limit, limit, false);
    Scale y = free ? ys.scale(0.05, false) : x;
    if (equal) {
      double unit = Math.max((x.hi() - x.lo()) / FRAME_WIDTH, (y.hi() - y.lo()) / FRAME_HEIGHT);
      x = widened(x, unit * FRAME_WIDTH);
      y = widened(y, unit * FRAME_HEIGHT);
    }
    Ticks xt = x.ticks(Plot.roomAcross(FRAME_WIDTH), false);
    Ticks yt = y.ticks(Plot.roomDown(FRAME_HEIGHT), false);

    List<Legend.Entry> legend = new ArrayList<>();
    for (Curve c : curves) {
      Legend.Entry e = new Legend.Entry(c.name(), c.rgb(), Legend.Mark.LINE);
      if (!legend.contains(e)) {
        legend.add(e);
      }
    }
    if (byClass) {
      legend.addAll(legend(classes));
    }
    // From the left: a bar for the points' numbers, one for the ground's, the legend.
    float[] grounds = ground == null ? null : ground.at(cells(x, y));
    Scale groundScale = grounds == null ? null : new Scale.Range().add(grounds).scale(0, false);
    int side = shadeScale == null ? 0 : ColourBar.width(shadeScale, FRAME_HEIGHT, shadeName);
    int groundAt = side;
    side += grounds == null ? 0 : ColourBar.width(groundScale, FRAME_HEIGHT, groundName);
    int legendAt = side;
    int widest = 0;
    for (Legend.Entry e : legend) {
      widest = Math.max(widest, 22 + Legend.width(e));
    }
    side += widest;
    int left = MARGIN + Plot.left(yt, yName);
    int top = MARGIN + (title.isEmpty() ? 0 : Type.TITLE.capHeight() + 16);
    int width = left + FRAME_WIDTH + side + MARGIN;
    int noteHeight = lost > 0 ? Type.TEXT.lineHeight() + 4 : 0;
    int height = top + FRAME_HEIGHT + Plot.bottom(xName) + noteHeight + MARGIN;
    Canvas canvas = new Canvas(width, height, Palette.PAPER);
    canvas.text(
        Glyphs.fit(title, Type.TITLE, width - 2 * MARGIN),
        MARGIN,
        MARGIN + Type.TITLE.capHeight(),
        Type.TITLE,
        Palette.INK,
        Align.LEFT);
    Rect frame = new Rect(left, top, FRAME_WIDTH, FRAME_HEIGHT);
    Plot plot = new Plot(canvas, frame, x, y);
    plot.axes(xt, yt, xName, yName);

    canvas.clip(frame.grow(-1));
    if (grounds != null) {
      shade(canvas, frame, grounds, groundScale);
    }
    if (diagonal) {
      double lo = Math.max(x.lo(), y.lo());
      double hi = Math.min(x.hi(), y.hi());
      canvas.dashes(
          new double[] {plot.px(lo), plot.py(lo), plot.px(hi), plot.py(hi)},
          5,
          4,
          1.4,
          Palette.MUTED);
    }
    float[] by = shades;
    dots(canvas, plot, i -> colour(i, byClass, by, shadeScale));
    way(canvas, plot);
    curves.forEach(c -> curve(canvas, plot, c));
    if (byClass && namesInside) {
      names(canvas, plot, classes, frame);
    }
    canvas.unclip();
    if (lost == count) {
      plot.empty(count == 0 ? "no points" : "no finite points");
    }
    for (int i = 0; i < legend.size(); i++) {
      Legend.draw(
          canvas,
          legend.get(i),
          frame.right() + legendAt + 22,
          top + Type.TEXT.capHeight() + i * Legend.ROW);
    }
    if (shadeScale != null) {
      ColourBar.draw(canvas, frame, shadeScale, Palette::sequential, shadeName);
    }
    if (grounds != null) {
      Rect beside = new Rect(left + groundAt, top, FRAME_WIDTH, FRAME_HEIGHT);
      ColourBar.draw(canvas, beside, groundScale, Palette::ground, groundName);
    }
    if (lost > 0) {
      canvas.text(
          lost + (lost == 1 ? " point is" : " points are") + " not finite and not drawn",
          left,
          height - MARGIN,
          Type.TEXT,
          Palette.MUTED,
          Align.LEFT);
    }
    return canvas.image();
  }

  /** Points of one kind in a frame of their own. */
  record Part(String name, float[] points, int rgb) {}

  /** Frames side by side with the same axes, one for each part. */
  static BufferedImage beside(String title, String xName, String yName, List<Part> parts) {
    Scale.Range xs = new Scale.Range();
    Scale.Range ys = new Scale.Range();
    for (Part p : parts) {
      Scatter s = of(p.points());
      for (int i = 0; i < s.count; i++) {
        if (s.drawable(i)) {
          xs.add(p.points()[2 * i]);
          ys.add(p.points()[2 * i + 1]);
        }
      }
    }
    int side = 470;
    int header = 26;
    Scale x = xs.scale(0.05, false);
    Scale y = ys.scale(0.05, false);
    Ticks xt = x.ticks(Plot.roomAcross(side), false);
    Ticks yt = y.ticks(Plot.roomDown(side), false);
    int top = MARGIN + (title.isEmpty() ? 0 : Type.TITLE.capHeight() + 16) + header;
    int left = Plot.left(yt, yName);
    int n = parts.size();
    Canvas canvas =
        new Canvas(
            2 * MARGIN + n * (left + side) + (n - 1) * MARGIN,
            top + side + Plot.bottom(xName) + MARGIN,
            Palette.PAPER);
    canvas.text(
        Glyphs.fit(title, Type.TITLE, canvas.width() - 2 * MARGIN),
        MARGIN,
        MARGIN + Type.TITLE.capHeight(),
        Type.TITLE,
        Palette.INK,
        Align.LEFT);
    for (int k = 0; k < n; k++) {
      Part p = parts.get(k);
      Scatter s = of(p.points());
      Rect frame = new Rect(MARGIN + left + k * (left + side + MARGIN), top, side, side);
      Plot plot = new Plot(canvas, frame, x, y);
      plot.axes(xt, yt, xName, yName);
      int after = canvas.text(p.name(), frame.x(), top - 9, Type.BOLD, Palette.INK, Align.LEFT);
      long lost = IntStream.range(0, s.count).filter(i -> !s.drawable(i)).count();
      canvas.text(
          s.count
              + (s.count == 1 ? " point" : " points")
              + (lost > 0 ? ", " + lost + " not finite and not drawn" : ""),
          after + 10,
          top - 9,
          Type.SMALL,
          Palette.MUTED,
          Align.LEFT);
      canvas.clip(frame.grow(-1));
      s.dots(canvas, plot, i -> p.rgb());
      canvas.unclip();
      if (lost == s.count) {
        plot.empty(s.count == 0 ? "no points" : "no finite points");
      }
    }
    return canvas.image();
  }

  private boolean drawable(int i) {
    return Float.isFinite(points[2 * i]) && Float.isFinite(points[2 * i + 1]);
  }

  private static Scale widened(Scale s, double span) {
    double more = (span - (s.hi() - s.lo())) / 2;
    return new Scale(s.lo() - more, s.hi() + more, false);
  }

  private List<Legend.Entry> legend(int classes) {
    List<Legend.Entry> entries = new ArrayList<>();
    for (int c = 0; c < classes; c++) {
      int k = c;
      if (Arrays.stream(labels).anyMatch(l -> l == k)) {
        entries.add(
            new Legend.Entry(
                Glyphs.fit(name(c), Type.TEXT, 180), Palette.category(c), Legend.Mark.DOT));
      }
    }
    if (Arrays.stream(labels).anyMatch(l -> l < 0)) {
      entries.add(new Legend.Entry("no label", Palette.UNLABELLED, Legend.Mark.DOT));
    }
    return entries;
  }

  private String name(int c) {
    return c < names.size() ? names.get(c) : String.valueOf(c);
  }

  private int colour(int i, boolean byClass, float[] shades, Scale shadeScale) {
    if (byClass) {
      return labels[i] < 0 ? Palette.UNLABELLED : Palette.category(labels[i]);
    }
    if (shades == null) {
      return Palette.category(0);
    }
    if (Float.isFinite(shades[i])) {
      return Palette.sequential(shadeScale.share(shades[i]));
    }
    return values == null ? Palette.UNLABELLED : Palette.NOT_FINITE;
  }

  private void dots(Canvas canvas, Plot plot, IntUnaryOperator colour) {
    double radius = Math.max(1.4, Math.min(5, 6.2 - 1.05 * StrictMath.log10(Math.max(1, count))));
    boolean rims = count <= 400;
    for (int i : shuffled(count)) {
      if (drawable(i)) {
        double x = plot.px(points[2 * i]);
        double y = plot.py(points[2 * i + 1]);
        if (rims) {
          canvas.disc(x, y, radius + 0.9, Palette.PAPER, 0.9);
        }
        canvas.disc(x, y, radius, colour.applyAsInt(i), rims ? 0.95 : 0.75);
      }
    }
  }

  private void way(Canvas canvas, Plot plot) {
    double[] points = new double[path.length];
    for (int i = 0; i + 1 < path.length; i += 2) {
      points[i] = plot.px(path[i]);
      points[i + 1] = plot.py(path[i + 1]);
    }
    if (points.length > 0) {
      int rgb = Palette.category(1);
      canvas.line(points, 2.2, rgb, 1);
      double x = points[points.length - 2];
      double y = points[points.length - 1];
      canvas.disc(x, y, 8, Palette.PAPER, 1);
      canvas.disc(x, y, 6.5, rgb, 1);
    }
  }

  /** Middles of the cells of the frame, from the top left. */
  private static float[] cells(Scale x, Scale y) {
    int columns = FRAME_WIDTH / CELL;
    int rows = FRAME_HEIGHT / CELL;
    float[] places = new float[2 * columns * rows];
    for (int r = 0; r < rows; r++) {
      for (int c = 0; c < columns; c++) {
        int i = 2 * (r * columns + c);
        places[i] = (float) (x.lo() + (c + 0.5) / columns * (x.hi() - x.lo()));
        places[i + 1] = (float) (y.hi() - (r + 0.5) / rows * (y.hi() - y.lo()));
      }
    }
    return places;
  }

  private static void shade(Canvas canvas, Rect frame, float[] numbers, Scale scale) {
    int columns = FRAME_WIDTH / CELL;
    for (int i = 0; i < numbers.length; i++) {
      canvas.fill(
          frame.x() + i % columns * CELL,
          frame.y() + i / columns * CELL,
          CELL,
          CELL,
          Float.isFinite(numbers[i])
              ? Palette.ground(scale.share(numbers[i]))
              : Palette.NOT_FINITE);
    }
  }

  private static void curve(Canvas canvas, Plot plot, Curve curve) {
    double[] at = new double[curve.points().length];
    for (int i = 0; i + 1 < at.length; i += 2) {
      at[i] = plot.px(curve.points()[i]);
      at[i + 1] = plot.py(curve.points()[i + 1]);
    }
    if (at.length < 4) {
      return;
    }
    canvas.line(at, 4.6, Palette.PAPER, 0.85);
    canvas.line(at, 2.4, curve.rgb(), 1);
    for (int end : new int[] {0, at.length - 2}) {
      canvas.disc(at[end], at[end + 1], 7, Palette.PAPER, 1);
      canvas.disc(at[end], at[end + 1], 5.4, Palette.INK, 1);
    }
  }

  private void names(Canvas canvas, Plot plot, int classes, Rect frame) {
    for (int c = 0; c < classes; c++) {
      int k = c;
      int[] members = new int[count];
      int n = 0;
      for (int i = 0; i < count; i++) {
        if (labels[i] == k && drawable(i)) {
          members[n++] = i;
        }
      }
      if (n < FEWEST_TO_NAME) {
        continue;
      }
      double[] xs = new double[n];
      double[] ys = new double[n];
      for (int i = 0; i < n; i++) {
        xs[i] = points[2 * members[i]];
        ys[i] = points[2 * members[i] + 1];
      }
      Arrays.sort(xs);
      Arrays.sort(ys);
      String name = Glyphs.fit(name(c), Type.BOLD, 120);
      int half = Glyphs.width(name, Type.BOLD) / 2 + 4;
      int x = (int) Math.round(plot.px(xs[n / 2]));
      int y = (int) Math.round(plot.py(ys[n / 2])) + Type.BOLD.capHeight() / 2;
      x = Math.max(frame.x() + half, Math.min(frame.right() - half, x));
      canvas.haloText(name, x, y, Type.BOLD, Palette.INK, Align.CENTRE);
    }
  }

  private static int[] shuffled(int n) {
    int[] order = new int[n];
    Random random = new Random(1);
    for (int i = 0; i < n; i++) {
      int j = random.nextInt(i + 1);
      order[i] = order[j];
      order[j] = i;
    }
    return order;
  }
}
