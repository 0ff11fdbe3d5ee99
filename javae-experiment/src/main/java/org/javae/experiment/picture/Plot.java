package org.javae.experiment.picture;

import org.javae.experiment.picture.Canvas.Align;
import org.javae.experiment.picture.Canvas.Rect;
import org.javae.experiment.picture.Glyphs.Type;

/** A frame with two axes: the part all charts share. */
final class Plot {
  private static final Type TICK = Type.SMALL;
  private static final int TICK_GAP = 7;
  private static final int NAME_GAP = 12;

  private final Canvas canvas;
  private final Rect frame;
  private final Scale x;
  private final Scale y;

  Plot(Canvas canvas, Rect frame, Scale x, Scale y) {
    this.canvas = canvas;
    this.frame = frame;
    this.x = x;
    this.y = y;
  }

  /** Pixels that tick labels and the name of the y axis need left of the frame. */
  static int left(Ticks y, String name) {
    int widest = y.labels().stream().mapToInt(s -> Glyphs.width(s, TICK)).max().orElse(0);
    return widest + TICK_GAP + (name.isEmpty() ? 0 : NAME_GAP + Type.TEXT.capHeight() + 3);
  }

  /** Pixels that tick labels and the name of the x axis need below the frame. */
  static int bottom(String name) {
    return TICK_GAP
        + TICK.capHeight()
        + 2
        + (name.isEmpty() ? 0 : NAME_GAP - 1 + Type.TEXT.capHeight() + 4);
  }

  /** How many y ticks look right in a frame this high. */
  static int roomDown(int height) {
    return Math.max(2, height / (height < 300 ? 42 : 60));
  }

  /** How many x ticks look right in a frame this wide. */
  static int roomAcross(int width) {
    return Math.max(2, width / 75);
  }

  double px(double v) {
    return frame.x() + 0.5 + x.share(v) * (frame.width() - 1);
  }

  double py(double v) {
    return frame.bottom() - 0.5 - y.share(v) * (frame.height() - 1);
  }

  /** The ground, grid lines, frame, tick labels and axis names; an empty name is left out. */
  void axes(Ticks xs, Ticks ys, String xName, String yName) {
    canvas.fill(frame, Palette.GROUND);
    for (double v : xs.values()) {
      canvas.fill((int) px(v), frame.y(), 1, frame.height(), Palette.GRID);
    }
    for (double v : ys.values()) {
      canvas.fill(frame.x(), (int) py(v), frame.width(), 1, Palette.GRID);
    }
    canvas.frame(frame, Palette.FRAME);
    int below = frame.bottom() + TICK_GAP + TICK.capHeight();
    // Labels that would touch are thinned evenly.
    int widest = xs.labels().stream().mapToInt(s -> Glyphs.width(s, TICK)).max().orElse(0);
    int every = 1;
    if (xs.values().length > 1) {
      double pitch =
          Math.abs(px(xs.values()[xs.values().length - 1]) - px(xs.values()[0]))
              / (xs.values().length - 1);
      every = Math.max(1, (int) Math.ceil((widest + 10) / Math.max(pitch, 1e-9)));
    }
    for (int i = 0; i < xs.values().length; i += every) {
      int at = (int) px(xs.values()[i]);
      canvas.fill(at, frame.bottom(), 1, 3, Palette.FRAME);
      canvas.text(xs.labels().get(i), at + 1, below, TICK, Palette.MUTED, Align.CENTRE);
    }
    for (int i = 0; i < ys.values().length; i++) {
      int at = (int) py(ys.values()[i]);
      canvas.fill(frame.x() - 3, at, 3, 1, Palette.FRAME);
      canvas.text(
          ys.labels().get(i),
          frame.x() - TICK_GAP,
          at + (TICK.capHeight() + 1) / 2,
          TICK,
          Palette.MUTED,
          Align.RIGHT);
    }
    if (!xName.isEmpty()) {
      canvas.text(
          xName,
          frame.x() + frame.width() / 2,
          below + NAME_GAP - 1 + Type.TEXT.capHeight(),
          Type.TEXT,
          Palette.INK,
          Align.CENTRE);
    }
    if (!yName.isEmpty()) {
      canvas.textUp(
          yName,
          frame.x() - left(ys, yName) + Type.TEXT.capHeight() + 3,
          frame.y() + frame.height() / 2,
          Type.TEXT,
          Palette.INK,
          Align.CENTRE);
    }
  }

  /** Says in the middle of the frame why there is nothing to see. */
  void empty(String why) {
    canvas.text(
        why,
        frame.x() + frame.width() / 2,
        frame.y() + frame.height() / 2 + Type.TEXT.capHeight() / 2,
        Type.TEXT,
        Palette.MUTED,
        Align.CENTRE);
  }
}
