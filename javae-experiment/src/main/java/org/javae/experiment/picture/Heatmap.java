package org.javae.experiment.picture;

import java.awt.image.BufferedImage;
import java.util.List;
import java.util.function.DoubleToIntFunction;
import org.javae.experiment.picture.Canvas.Align;
import org.javae.experiment.picture.Canvas.Rect;
import org.javae.experiment.picture.Glyphs.Type;

/**
 * A matrix as coloured cells with a colour bar, the first row on top: confusion, mutual information
 * between factors and codes, correlations. Cells large enough show their number. Values that are
 * NaN or infinite are drawn in {@link Palette#NOT_FINITE}.
 */
public final class Heatmap {
  private static final int MARGIN = 24;
  private static final int LARGEST = 600;
  private static final int LARGEST_CELL = 56;

  private final float[] values;
  private final int rows;
  private final int columns;
  private String title = "";
  private String rowsName = "";
  private String columnsName = "";
  private List<String> rowNames = List.of();
  private List<String> columnNames = List.of();
  private String valueName = "";
  private boolean diverging;
  private double lo = Double.NaN;
  private double hi = Double.NaN;

  private Heatmap(float[] values, int rows, int columns) {
    if (rows < 0 || columns < 0 || values.length != (long) rows * columns) {
      throw new IllegalArgumentException(values.length + " values for " + rows + "×" + columns);
    }
    this.values = values;
    this.rows = rows;
    this.columns = columns;
  }

  /** A matrix given row by row; not copied. */
  public static Heatmap of(float[] values, int rows, int columns) {
    return new Heatmap(values, rows, columns);
  }

  /** A headline. */
  public Heatmap title(String text) {
    title = text;
    return this;
  }

  /** What rows and columns are; empty names are left out. */
  public Heatmap axes(String rows, String columns) {
    rowsName = rows;
    columnsName = columns;
    return this;
  }

  /** Names of the single rows, instead of their numbers. */
  public Heatmap rowNames(List<String> names) {
    rowNames = List.copyOf(names);
    return this;
  }

  /** Names of the single columns, instead of their numbers. */
  public Heatmap columnNames(List<String> names) {
    columnNames = List.copyOf(names);
    return this;
  }

  /** What the numbers are, beside the colour bar. */
  public Heatmap valueName(String name) {
    valueName = name;
    return this;
  }

  /** Two colours meeting at zero, for numbers with a sign. */
  public Heatmap diverging() {
    diverging = true;
    return this;
  }

  /**
   * The colours' ends, instead of the smallest and largest value; values beyond take the end's
   * colour.
   */
  public Heatmap range(double lo, double hi) {
    this.lo = lo;
    this.hi = hi;
    return this;
  }

  private Scale scale() {
    if (!Double.isNaN(lo)) {
      return new Scale(lo, hi, false);
    }
    Scale.Range range = new Scale.Range().add(values);
    if (diverging && !range.isEmpty()) {
      double most = Math.max(Math.abs(range.lo()), Math.abs(range.hi()));
      range.add(most).add(-most);
    }
    return range.scale(0, false);
  }

  /** Paints the picture. */
  public BufferedImage draw() {
    Scale scale = scale();
    DoubleToIntFunction colours = diverging ? Palette::diverging : Palette::sequential;
    int cell = Math.max(1, Math.min(LARGEST_CELL, LARGEST / Math.max(1, Math.max(rows, columns))));
    int cellAcross = cell;
    // Short wide cells rather than tiny squares, where numbers then fit.
    if (columns > 0 && columns <= 12 && cell < LARGEST_CELL) {
      cellAcross = Math.min(LARGEST_CELL, LARGEST / columns);
    }
    int w = Math.max(1, columns) * cellAcross;
    int h = Math.max(1, rows) * cell;
    if (rows == 0 || columns == 0) {
      w = 240;
      h = 120;
    }

    int rowLabels = 0;
    for (int r = 0; r < rows; r++) {
      rowLabels = Math.max(rowLabels, Math.min(180, Glyphs.width(rowName(r), Type.SMALL)));
    }
    int columnLabels = 0;
    for (int c = 0; c < columns; c++) {
      columnLabels = Math.max(columnLabels, Glyphs.width(columnName(c), Type.SMALL));
    }
    boolean named = !columnNames.isEmpty();
    boolean upwards = named && columnLabels + 6 > cellAcross;
    int below = upwards ? Math.min(180, columnLabels) : Type.SMALL.capHeight();
    int left = MARGIN + rowLabels + 9 + (rowsName.isEmpty() ? 0 : Type.TEXT.capHeight() + 14);
    int top = MARGIN + (title.isEmpty() ? 0 : Type.TITLE.capHeight() + 16);
    int barHeight = Math.max(h, 120);
    int width =
        Math.max(
                left + w + ColourBar.width(scale, barHeight, valueName),
                MARGIN + Math.min(900, Glyphs.width(title, Type.TITLE)))
            + MARGIN;
    int foot = 8 + below + 2 + (columnsName.isEmpty() ? 0 : 12 + Type.TEXT.capHeight() + 4);
    Canvas canvas = new Canvas(width, top + Math.max(h + foot, barHeight) + MARGIN, Palette.PAPER);
    canvas.text(
        Glyphs.fit(title, Type.TITLE, width - 2 * MARGIN),
        MARGIN,
        MARGIN + Type.TITLE.capHeight(),
        Type.TITLE,
        Palette.INK,
        Align.LEFT);

    boolean numbers = numbersFit(cellAcross, cell);
    for (int r = 0; r < rows; r++) {
      for (int c = 0; c < columns; c++) {
        float v = values[r * columns + c];
        int rgb = Float.isFinite(v) ? colours.applyAsInt(scale.share(v)) : Palette.NOT_FINITE;
        int x = left + c * cellAcross;
        int y = top + r * cell;
        canvas.fill(x, y, cellAcross, cell, rgb);
        if (numbers) {
          canvas.text(
              number(v),
              x + cellAcross / 2 + 1,
              y + (cell + Type.SMALL.capHeight() + 1) / 2,
              Type.SMALL,
              Palette.isLight(rgb) ? Palette.INK : Palette.PAPER,
              Align.CENTRE);
        }
      }
    }
    Rect frame = new Rect(left, top, w, h);
    canvas.frame(frame.grow(1), Palette.FRAME);
    if (rows == 0 || columns == 0) {
      canvas.text(
          "no values", left + w / 2, top + h / 2 + 5, Type.TEXT, Palette.MUTED, Align.CENTRE);
    }
    names(canvas, frame, cellAcross, cell, upwards, columnLabels);
    if (!columnsName.isEmpty()) {
      canvas.text(
          columnsName,
          left + w / 2,
          top + h + 8 + below + 12 + Type.TEXT.capHeight(),
          Type.TEXT,
          Palette.INK,
          Align.CENTRE);
    }
    if (!rowsName.isEmpty()) {
      canvas.textUp(
          rowsName,
          MARGIN + Type.TEXT.capHeight(),
          top + h / 2,
          Type.TEXT,
          Palette.INK,
          Align.CENTRE);
    }
    ColourBar.draw(canvas, new Rect(left, top, w, barHeight), scale, colours, valueName);
    return canvas.image();
  }

  private void names(
      Canvas canvas, Rect frame, int cellAcross, int cell, boolean upwards, int columnLabels) {
    int down = Math.max(1, (Type.SMALL.capHeight() + 5 + cell - 1) / cell);
    for (int r = 0; r < rows; r += down) {
      canvas.text(
          Glyphs.fit(rowName(r), Type.SMALL, 180),
          frame.x() - 9,
          frame.y() + r * cell + (cell + Type.SMALL.capHeight() + 1) / 2,
          Type.SMALL,
          Palette.MUTED,
          Align.RIGHT);
    }
    int need = upwards ? Type.SMALL.capHeight() + 5 : columnLabels + 8;
    int across = Math.max(1, (need + cellAcross - 1) / cellAcross);
    for (int c = 0; c < columns; c += across) {
      int middle = frame.x() + c * cellAcross + cellAcross / 2;
      if (upwards) {
        canvas.textUp(
            Glyphs.fit(columnName(c), Type.SMALL, 180),
            middle + Type.SMALL.capHeight() / 2 + 1,
            frame.bottom() + 8,
            Type.SMALL,
            Palette.MUTED,
            Align.RIGHT);
      } else {
        canvas.text(
            columnName(c),
            middle + 1,
            frame.bottom() + 8 + Type.SMALL.capHeight(),
            Type.SMALL,
            Palette.MUTED,
            Align.CENTRE);
      }
    }
  }

  private boolean numbersFit(int cellAcross, int cell) {
    if (cell < Type.SMALL.capHeight() + 8) {
      return false;
    }
    for (float v : values) {
      if (Glyphs.width(number(v), Type.SMALL) + 8 > cellAcross) {
        return false;
      }
    }
    return true;
  }

  /** All cells with the same number of decimals, as many as three digits of the largest need. */
  private String number(float v) {
    if (!Float.isFinite(v)) {
      return Ticks.number(v);
    }
    boolean whole = true;
    double most = 0;
    for (float u : values) {
      if (Float.isFinite(u)) {
        whole &= u == Math.rint(u);
        most = Math.max(most, Math.abs(u));
      }
    }
    if (whole || most == 0) {
      return Ticks.decimals(v, 0);
    }
    int places = 2 - (int) Math.floor(StrictMath.log10(most));
    return places > 4 ? Ticks.number(v) : Ticks.decimals(v, Math.max(0, places));
  }

  private String rowName(int r) {
    return r < rowNames.size() ? rowNames.get(r) : String.valueOf(r);
  }

  private String columnName(int c) {
    return c < columnNames.size() ? columnNames.get(c) : String.valueOf(c);
  }
}
