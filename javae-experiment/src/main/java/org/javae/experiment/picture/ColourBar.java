package org.javae.experiment.picture;

import java.util.function.DoubleToIntFunction;
import org.javae.experiment.picture.Canvas.Align;
import org.javae.experiment.picture.Canvas.Rect;
import org.javae.experiment.picture.Glyphs.Type;

/** The strip beside a picture that says which colour is which number. */
final class ColourBar {
  static final int THICKNESS = 16;
  private static final Type TICK = Type.SMALL;

  private ColourBar() {}

  /** Pixels to the right of the picture, the gap included. */
  static int width(Scale scale, int height, String name) {
    int widest = 0;
    for (String s : scale.ticks(Plot.roomDown(height), false).labels()) {
      widest = Math.max(widest, Glyphs.width(s, TICK));
    }
    return 20 + THICKNESS + 8 + widest + (name.isEmpty() ? 0 : 12 + Type.TEXT.capHeight() + 4);
  }

  /** Draws the bar right of {@code picture}; {@code colours} maps [0, 1]. */
  static void draw(
      Canvas canvas, Rect picture, Scale scale, DoubleToIntFunction colours, String name) {
    Rect bar = new Rect(picture.right() + 20, picture.y(), THICKNESS, picture.height());
    for (int j = 0; j < bar.height(); j++) {
      double t = 1 - (j + 0.5) / bar.height();
      canvas.fill(bar.x(), bar.y() + j, bar.width(), 1, colours.applyAsInt(t));
    }
    canvas.frame(bar, Palette.FRAME);
    Ticks ticks = scale.ticks(Plot.roomDown(bar.height()), false);
    int widest = 0;
    for (int i = 0; i < ticks.values().length; i++) {
      int y = (int) (bar.bottom() - 0.5 - scale.share(ticks.values()[i]) * (bar.height() - 1));
      canvas.fill(bar.right(), y, 3, 1, Palette.FRAME);
      String s = ticks.labels().get(i);
      widest = Math.max(widest, Glyphs.width(s, TICK));
      canvas.text(
          s, bar.right() + 8, y + (TICK.capHeight() + 1) / 2, TICK, Palette.MUTED, Align.LEFT);
    }
    if (!name.isEmpty()) {
      canvas.textUp(
          name,
          bar.right() + 8 + widest + 12 + Type.TEXT.capHeight(),
          bar.y() + bar.height() / 2,
          Type.TEXT,
          Palette.INK,
          Align.CENTRE);
    }
  }
}
