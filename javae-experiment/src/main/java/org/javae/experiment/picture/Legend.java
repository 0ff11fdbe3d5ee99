package org.javae.experiment.picture;

import java.util.ArrayList;
import java.util.List;
import org.javae.experiment.picture.Canvas.Align;
import org.javae.experiment.picture.Glyphs.Type;

/** What the colours mean, in rows beside a title or as a column beside a plot. */
final class Legend {
  enum Mark {
    LINE,
    DASHES,
    DOT,
    BOX
  }

  record Entry(String name, int rgb, Mark mark) {}

  private static final Type TYPE = Type.TEXT;
  private static final int SAMPLE = 18;
  private static final int GAP = 6;
  private static final int BETWEEN = 18;

  /** Pixels from row to row. */
  static final int ROW = 20;

  private Legend() {}

  static int width(Entry e) {
    return sample(e) + GAP + Glyphs.width(e.name(), TYPE);
  }

  static int width(List<Entry> row) {
    int sum = 0;
    for (Entry e : row) {
      sum += width(e) + BETWEEN;
    }
    return Math.max(0, sum - BETWEEN);
  }

  /**
   * Breaks entries into rows no wider than {@code width} (an entry wider than that stays alone).
   */
  static List<List<Entry>> rows(List<Entry> entries, int width) {
    List<List<Entry>> rows = new ArrayList<>();
    List<Entry> row = new ArrayList<>();
    for (Entry e : entries) {
      row.add(e);
      if (row.size() > 1 && width(row) > width) {
        row.remove(row.size() - 1);
        rows.add(row);
        row = new ArrayList<>(List.of(e));
      }
    }
    if (!row.isEmpty()) {
      rows.add(row);
    }
    return rows;
  }

  /** Draws one row from {@code x} to the right. */
  static void draw(Canvas canvas, List<Entry> row, int x, int baseline) {
    int at = x;
    for (Entry e : row) {
      draw(canvas, e, at, baseline);
      at += width(e) + BETWEEN;
    }
  }

  static void draw(Canvas canvas, Entry e, int x, int baseline) {
    double middle = baseline - TYPE.capHeight() / 2.0;
    int w = sample(e);
    double[] across = {x + 1.5, middle, x + w - 1.5, middle};
    switch (e.mark()) {
      case LINE -> canvas.line(across, 2.4, e.rgb(), 1);
      case DASHES -> canvas.dashes(across, 4, 3, 1.4, e.rgb());
      case DOT -> canvas.disc(x + w / 2.0, middle, 4.5, e.rgb(), 1);
      case BOX -> canvas.fill(x, baseline - TYPE.capHeight(), w, TYPE.capHeight(), e.rgb());
    }
    canvas.text(e.name(), x + w + GAP, baseline, TYPE, Palette.INK, Align.LEFT);
  }

  private static int sample(Entry e) {
    return e.mark() == Mark.DOT || e.mark() == Mark.BOX ? 11 : SAMPLE;
  }
}
