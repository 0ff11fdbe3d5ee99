package org.javae.experiment.picture;

import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.javae.experiment.picture.Canvas.Align;
import org.javae.experiment.picture.Canvas.Rect;
import org.javae.experiment.picture.Glyphs.Type;

/**
 * Many small images on one page, with captions where wanted.
 *
 * <p>Each image is enlarged by a whole factor without smoothing, so that a pixel of the data is a
 * square one can see; images too large for the page are reduced by a whole factor, averaging. Very
 * thin images are stretched until they are {@value #THINNEST} pixels high or wide. Values are
 * clamped to [0, 1]; {@link #stretch} maps the grid's own range instead. Values that are NaN or
 * infinite are drawn in {@link Palette#NOT_FINITE}, and a line at the foot counts them.
 *
 * <p>Layouts: {@link #of} in rows, {@link #pairs} originals above reconstructions, {@link #stacked}
 * any number of versions above one another, {@link #traversal} a row for each latent dimension,
 * {@link #manifold} a seamless square.
 */
public final class Grid {
  /** Least height and width of a drawn image in pixels of the page. */
  static final int THINNEST = 12;

  private static final int MARGIN = 24;
  private static final int LARGEST_TILE = 280;
  private static final int CAPTION_GAP = 7;

  /** What a row shows: an image of a set for each column, or -1 for nothing. */
  private record Row(Images from, int[] index, boolean endsGroup) {}

  private final List<Row> rows;
  private final int columns;
  private String title = "";
  private String subtitle = "";
  private List<String> rowCaptions = List.of();
  private List<String> columnCaptions = List.of();
  private List<String> tileCaptions = List.of();
  private boolean numbersAcross;
  private boolean numbersDown;
  private String acrossName = "";
  private String downName = "";
  private boolean stretch;
  private int gap = 4;
  private int targetWidth = 960;

  private Grid(List<Row> rows, int columns) {
    this.rows = rows;
    this.columns = columns;
  }

  /** All images row by row, in a shape close to a square. */
  public static Grid of(Images images) {
    double square = Math.sqrt((double) images.count() * images.height() / images.width());
    return of(images, Math.max(1, Math.min(Math.min(images.count(), 32), (int) Math.ceil(square))));
  }

  /** All images row by row. */
  public static Grid of(Images images, int columns) {
    if (columns < 1) {
      throw new IllegalArgumentException("columns: " + columns);
    }
    List<Row> rows = new ArrayList<>();
    for (int first = 0; first < images.count(); first += columns) {
      rows.add(row(images, first, columns, false));
    }
    return new Grid(rows, columns);
  }

  /**
   * Originals, each with its reconstruction directly below, as many pairs in a row as look right.
   */
  public static Grid pairs(Images originals, Images reconstructions) {
    return stacked(List.of("original", "reconstruction"), List.of(originals, reconstructions));
  }

  /**
   * Several versions of the same observations above one another: originals, reconstructions by
   * several models, masked inputs. The versions may differ in size (views of a multimodal
   * observation), not in number.
   *
   * @param captions one for each version
   */
  public static Grid stacked(List<String> captions, List<Images> versions) {
    if (versions.isEmpty() || captions.size() != versions.size()) {
      throw new IllegalArgumentException(
          captions.size() + " captions for " + versions.size() + " versions");
    }
    int n = versions.get(0).count();
    for (Images v : versions) {
      if (v.count() != n) {
        throw new IllegalArgumentException("versions of " + n + " and " + v.count() + " images");
      }
    }
    int columns = stackedColumns(n, versions.size());
    List<Row> rows = new ArrayList<>();
    List<String> names = new ArrayList<>();
    for (int first = 0; first < n; first += columns) {
      for (int v = 0; v < versions.size(); v++) {
        rows.add(row(versions.get(v), first, columns, v == versions.size() - 1));
        names.add(captions.get(v));
      }
    }
    return new Grid(rows, columns).rowCaptions(names);
  }

  /** Columns of {@link #stacked} for n observations in so many versions. */
  public static int stackedColumns(int n, int versions) {
    // As many blocks below one another as make the page no higher than it is wide, evenly filled.
    int blocks = Math.max(1, (int) Math.round(Math.sqrt(n / (2.0 * versions))));
    return Math.max(1, Math.min(20, (n + blocks - 1) / blocks));
  }

  /**
   * Decoded codes in which one dimension at a time takes the given values: a row a dimension, a
   * column a value.
   *
   * @param images {@code rowCaptions.size() * values.length}, row by row
   * @param rowCaptions such as {@link #latentCaption} makes
   * @param values of the moved coordinate, left to right
   */
  public static Grid traversal(Images images, List<String> rowCaptions, double[] values) {
    if (images.count() != rowCaptions.size() * values.length) {
      throw new IllegalArgumentException(
          images.count() + " images for " + rowCaptions.size() + "×" + values.length);
    }
    return of(images, Math.max(1, values.length)).rowCaptions(rowCaptions).columnValues("", values);
  }

  /** Caption of a row of a traversal: {@code z3 KL 2.41}; {@code kl} in nats, NaN if not known. */
  public static String latentCaption(int dimension, double kl) {
    return "z" + dimension + (Double.isNaN(kl) ? "" : "  KL " + Ticks.decimals(kl, 2));
  }

  /**
   * Decoded codes over a plane of the latent space, without seams.
   *
   * @param images {@code across.length * down.length}, row by row, the first row on top
   * @param across values of the first coordinate, left to right
   * @param down values of the second coordinate, top to bottom
   */
  public static Grid manifold(
      Images images, String acrossName, double[] across, String downName, double[] down) {
    if (images.count() != across.length * down.length) {
      throw new IllegalArgumentException(
          images.count() + " images for " + across.length + "×" + down.length);
    }
    return of(images, Math.max(1, across.length))
        .gap(0)
        .columnValues(acrossName, across)
        .rowValues(downName, down);
  }

  private static Row row(Images images, int first, int columns, boolean endsGroup) {
    int[] index = new int[columns];
    for (int c = 0; c < columns; c++) {
      index[c] = first + c < images.count() ? first + c : -1;
    }
    return new Row(images, index, endsGroup);
  }

  /** A headline; shortened if it is wider than the page. */
  public Grid title(String text) {
    title = text;
    return this;
  }

  /** A smaller line under the title. */
  public Grid subtitle(String text) {
    subtitle = text;
    return this;
  }

  /** Captions left of the rows; rows beyond the list have none. */
  public Grid rowCaptions(List<String> captions) {
    rowCaptions = List.copyOf(captions);
    numbersDown = false;
    return this;
  }

  /** Captions above the columns, shortened to the column's width. */
  public Grid columnCaptions(List<String> captions) {
    columnCaptions = List.copyOf(captions);
    numbersAcross = false;
    return this;
  }

  /**
   * Numbers above the columns, thinned out where they would touch, and a name for them (may be
   * empty).
   */
  public Grid columnValues(String name, double[] values) {
    columnCaptions = Arrays.stream(values).mapToObj(Ticks::plain).toList();
    numbersAcross = true;
    acrossName = name;
    return this;
  }

  /**
   * Numbers left of the rows, thinned out where they would touch, and a name for them (may be
   * empty).
   */
  public Grid rowValues(String name, double[] values) {
    rowCaptions = Arrays.stream(values).mapToObj(Ticks::plain).toList();
    numbersDown = true;
    downName = name;
    return this;
  }

  /** A caption under each image in reading order, shortened to its width. */
  public Grid tileCaptions(List<String> captions) {
    tileCaptions = List.copyOf(captions);
    return this;
  }

  /** Maps the smallest finite value of the whole grid to black and the largest to full light. */
  public Grid stretch() {
    stretch = true;
    return this;
  }

  /** Pixels between images; with fewer than 2 they have no frames. */
  public Grid gap(int pixels) {
    gap = Math.max(0, pixels);
    return this;
  }

  /** About how wide the page should be; the whole enlargement factor decides. */
  public Grid targetWidth(int pixels) {
    targetWidth = pixels;
    return this;
  }

  /** Paints the page. */
  public BufferedImage draw() {
    return new Sheet().paint().image();
  }

  /** The pixel rectangle of the image in a row and column (from 0) of the drawn page. */
  Rect tile(int row, int column) {
    return new Sheet().tile(row, column);
  }

  /** Sizes worked out once, then painted. */
  private final class Sheet {
    private final int captionWidth;
    private final int left;
    private final int top;
    private final int pitch;
    private final int[] rowTop = new int[rows.size()];
    private final int bottom;
    private final int pageWidth;
    private final int pageHeight;
    private final long notFinite;
    private final float low;
    private final float high;

    Sheet() {
      captionWidth = rowCaptions.stream().mapToInt(s -> Glyphs.width(s, Type.TEXT)).max().orElse(0);
      int l = MARGIN + (captionWidth == 0 ? 0 : captionWidth + 12);
      if (!downName.isEmpty()) {
        l += Type.TEXT.capHeight() + 10;
      }
      left = l;
      int room = targetWidth - left - MARGIN;
      int widest = 1;
      for (Row r : rows) {
        widest = Math.max(widest, widthOf(r.from(), room));
      }
      pitch = widest + gap;
      int grid = columns * pitch - gap;
      int text =
          Math.max(
              Glyphs.width(title, Type.TITLE),
              Math.max(Glyphs.width(subtitle, Type.TEXT), rows.isEmpty() ? 160 : 0));
      pageWidth = Math.max(left + grid, MARGIN + Math.min(text, targetWidth - 2 * MARGIN)) + MARGIN;

      int y = MARGIN;
      if (!title.isEmpty()) {
        y += Type.TITLE.capHeight() + (subtitle.isEmpty() ? 16 : 11);
      }
      if (!subtitle.isEmpty()) {
        y += Type.TEXT.capHeight() + 16;
      }
      if (!acrossName.isEmpty()) {
        y += Type.TEXT.capHeight() + 8;
      }
      if (!columnCaptions.isEmpty()) {
        y += Type.TEXT.capHeight() + CAPTION_GAP;
      }
      top = y;
      int below = tileCaptions.isEmpty() ? 0 : Type.SMALL.capHeight() + 2 * CAPTION_GAP - 2;
      for (int r = 0; r < rows.size(); r++) {
        rowTop[r] = y;
        boolean groupEnd = rows.get(r).endsGroup();
        y += heightOf(rows.get(r).from(), room) + below + (groupEnd ? Math.max(gap, 14) : gap);
        if (r == rows.size() - 1) {
          y -= groupEnd ? Math.max(gap, 14) : gap;
        }
      }
      bottom = rows.isEmpty() ? y + 40 : y;

      Scale.Range range = new Scale.Range();
      long bad = 0;
      for (Row r : rows) {
        int each = r.from().channels() * r.from().height() * r.from().width();
        int pixels = r.from().height() * r.from().width();
        for (int index : r.index()) {
          if (index >= 0) {
            for (int p = 0; p < pixels; p++) {
              boolean fine = true;
              for (int k = p; k < each; k += pixels) {
                float v = r.from().values()[index * each + k];
                range.add(v);
                fine &= Float.isFinite(v);
              }
              bad += fine ? 0 : 1;
            }
          }
        }
      }
      notFinite = bad;
      low = stretch && !range.isEmpty() ? (float) range.lo() : 0;
      high = stretch && !range.isEmpty() ? (float) range.hi() : 1;
      pageHeight = bottom + (bad > 0 ? Type.TEXT.capHeight() + 14 : 0) + MARGIN;
    }

    /** Whole factor by which images grow (positive) or shrink (negative) to fill the columns. */
    private int factor(Images images, int room) {
      double free = (double) (room - (columns - 1) * gap) / columns;
      int most = Math.max(1, LARGEST_TILE / images.width());
      int grow = Math.min(most, (int) Math.round(free / images.width()));
      // A tall image would otherwise make a page of many metres.
      int tall = Math.max(1, LARGEST_TILE * 2 / images.height());
      if (grow >= 1) {
        return Math.min(grow, tall);
      }
      int shrink = (int) Math.ceil(images.width() / Math.max(free * 1.5, THINNEST));
      return shrink <= 1 ? 1 : -shrink;
    }

    private int widthOf(Images images, int room) {
      return size(images.width(), factor(images, room));
    }

    private int heightOf(Images images, int room) {
      return size(images.height(), factor(images, room));
    }

    private int size(int data, int factor) {
      int plain = factor > 0 ? data * factor : (data - factor - 1) / -factor;
      // Thin images grow by a whole factor too, so that all their pixels stay equally large.
      return plain >= THINNEST ? plain : plain * ((THINNEST + plain - 1) / plain);
    }

    Rect tile(int row, int column) {
      int room = targetWidth - left - MARGIN;
      Images from = rows.get(row).from();
      int w = widthOf(from, room);
      return new Rect(
          left + column * pitch + (pitch - gap - w) / 2, rowTop[row], w, heightOf(from, room));
    }

    Canvas paint() {
      Canvas canvas = new Canvas(pageWidth, pageHeight, Palette.PAPER);
      head(canvas);
      int tileNumber = 0;
      for (int r = 0; r < rows.size(); r++) {
        for (int c = 0; c < columns; c++) {
          int index = rows.get(r).index()[c];
          if (index >= 0) {
            Rect at = tile(r, c);
            if (gap >= 2) {
              canvas.fill(at.grow(1), Palette.FRAME);
            }
            image(canvas, rows.get(r).from(), index, at);
            if (tileNumber < tileCaptions.size()) {
              canvas.text(
                  Glyphs.fit(tileCaptions.get(tileNumber), Type.SMALL, Math.max(pitch - 4, 0)),
                  at.x() + at.width() / 2,
                  at.bottom() + CAPTION_GAP - 1 + Type.SMALL.capHeight(),
                  Type.SMALL,
                  Palette.MUTED,
                  Align.CENTRE);
            }
            tileNumber++;
          }
        }
      }
      captions(canvas);
      if (rows.isEmpty()) {
        canvas.text("no images", MARGIN, top + 20, Type.TEXT, Palette.MUTED, Align.LEFT);
      }
      if (notFinite > 0) {
        int baseline = bottom + 14 + Type.TEXT.capHeight();
        canvas.fill(MARGIN, baseline - 11, 11, 11, Palette.NOT_FINITE);
        canvas.text(
            notFinite == 1
                ? "1 pixel is not a finite number"
                : notFinite + " pixels are not finite numbers",
            MARGIN + 18,
            baseline,
            Type.TEXT,
            Palette.INK,
            Align.LEFT);
      }
      return canvas;
    }

    private void head(Canvas canvas) {
      int room = pageWidth - 2 * MARGIN;
      int y = MARGIN;
      if (!title.isEmpty()) {
        y += Type.TITLE.capHeight();
        canvas.text(
            Glyphs.fit(title, Type.TITLE, room), MARGIN, y, Type.TITLE, Palette.INK, Align.LEFT);
        y += 11;
      }
      if (!subtitle.isEmpty()) {
        canvas.text(
            Glyphs.fit(subtitle, Type.TEXT, room),
            MARGIN,
            y + Type.TEXT.capHeight(),
            Type.TEXT,
            Palette.MUTED,
            Align.LEFT);
      }
    }

    private void captions(Canvas canvas) {
      int across = columns * pitch - gap;
      int above = top - CAPTION_GAP;
      if (!acrossName.isEmpty()) {
        canvas.text(
            acrossName,
            left + across / 2,
            above - Type.TEXT.capHeight() - 8,
            Type.TEXT,
            Palette.INK,
            Align.CENTRE);
      }
      int widest =
          columnCaptions.stream().mapToInt(s -> Glyphs.width(s, Type.TEXT)).max().orElse(0);
      int every = numbersAcross ? Math.max(1, (widest + 10 + pitch - 1) / pitch) : 1;
      for (int c = 0; c < Math.min(columns, columnCaptions.size()); c += every) {
        String text = columnCaptions.get(c);
        canvas.text(
            numbersAcross ? text : Glyphs.fit(text, Type.TEXT, Math.max(0, pitch - 4)),
            left + c * pitch + (pitch - gap) / 2,
            above,
            Type.TEXT,
            numbersAcross ? Palette.MUTED : Palette.INK,
            Align.CENTRE);
      }
      if (rows.isEmpty()) {
        return;
      }
      if (!downName.isEmpty()) {
        canvas.textUp(
            downName,
            MARGIN + Type.TEXT.capHeight(),
            (top + bottom) / 2,
            Type.TEXT,
            Palette.INK,
            Align.CENTRE);
      }
      int lowest = tile(0, 0).height() + gap;
      int down = Math.max(1, (Type.TEXT.capHeight() + 6 + lowest - 1) / lowest);
      for (int r = 0; r < Math.min(rows.size(), rowCaptions.size()); r += down) {
        Rect at = tile(r, 0);
        canvas.text(
            rowCaptions.get(r),
            numbersDown ? left - 12 : left - 12 - captionWidth,
            at.y() + (at.height() + Type.TEXT.capHeight() + 1) / 2,
            Type.TEXT,
            numbersDown ? Palette.MUTED : Palette.INK,
            numbersDown ? Align.RIGHT : Align.LEFT);
      }
    }

    private void image(Canvas canvas, Images images, int index, Rect at) {
      int w = images.width();
      int h = images.height();
      int[] colours = new int[w * h];
      for (int p = 0; p < w * h; p++) {
        colours[p] = colour(images, index, p);
      }
      if (at.width() >= w && at.height() >= h) {
        int kx = at.width() / w;
        int ky = at.height() / h;
        for (int y = 0; y < h; y++) {
          for (int x = 0; x < w; x++) {
            canvas.fill(at.x() + x * kx, at.y() + y * ky, kx, ky, colours[y * w + x]);
          }
        }
        return;
      }
      for (int y = 0; y < at.height(); y++) {
        for (int x = 0; x < at.width(); x++) {
          int x0 = (int) ((long) x * w / at.width());
          int y0 = (int) ((long) y * h / at.height());
          int x1 = Math.max(x0 + 1, (int) ((long) (x + 1) * w / at.width()));
          int y1 = Math.max(y0 + 1, (int) ((long) (y + 1) * h / at.height()));
          canvas.fill(at.x() + x, at.y() + y, 1, 1, average(colours, w, x0, y0, x1, y1));
        }
      }
    }

    private int colour(Images images, int index, int pixel) {
      int plane = images.width() * images.height();
      int base = index * images.channels() * plane + pixel;
      int rgb = 0;
      for (int c = 0; c < 3; c++) {
        float v = images.values()[images.channels() == 3 ? base + c * plane : base];
        if (!Float.isFinite(v)) {
          return Palette.NOT_FINITE;
        }
        double t = high > low ? (v - (double) low) / ((double) high - low) : 0.5;
        rgb = rgb << 8 | (int) Math.round(255 * Math.max(0, Math.min(1, t)));
      }
      return rgb;
    }
  }

  /** Mean of a block of pixels; a mark stays a mark however small the picture gets. */
  private static int average(int[] colours, int w, int x0, int y0, int x1, int y1) {
    long r = 0;
    long g = 0;
    long b = 0;
    for (int y = y0; y < y1; y++) {
      for (int x = x0; x < x1; x++) {
        int c = colours[y * w + x];
        if (c == Palette.NOT_FINITE) {
          return c;
        }
        r += c >> 16 & 255;
        g += c >> 8 & 255;
        b += c & 255;
      }
    }
    int n = (x1 - x0) * (y1 - y0);
    return (int) ((r + n / 2) / n) << 16 | (int) ((g + n / 2) / n) << 8 | (int) ((b + n / 2) / n);
  }
}
