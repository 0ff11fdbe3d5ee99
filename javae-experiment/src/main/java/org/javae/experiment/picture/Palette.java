package org.javae.experiment.picture;

/**
 * Colours, as {@code 0xRRGGBB}.
 *
 * <p>{@link #category} gives 20 colours for classes and series: found by a greedy search that made
 * each next colour as far as possible, in OKLab, from all before it and from white, to normal sight
 * and to simulated protanopia, deuteranopia and tritanopia. The first eight stay apart for
 * everybody; later ones come closer.
 *
 * <p>{@link #sequential} and {@link #diverging} map a number to a colour. The sequential map runs
 * from dark violet over teal to light yellow at equal OKLab distances from step to step with
 * lightness always rising, so that equal differences look equal, also in grey print.
 */
public final class Palette {
  /** Text and axes. */
  static final int INK = 0x20262E;

  /** Secondary text. */
  static final int MUTED = 0x626C78;

  /** Light lines behind the data. */
  static final int GRID = 0xE7EAEE;

  /** Frames of plots and tiles. */
  static final int FRAME = 0xC3C9D1;

  /** The page. */
  static final int PAPER = 0xFFFFFF;

  /** The inside of a plot's frame. */
  static final int GROUND = 0xFCFCFD;

  /** Marks values that are NaN or infinite; no map or category uses a colour like it. */
  public static final int NOT_FINITE = 0xFF00C8;

  /** Observations without a label. */
  static final int UNLABELLED = 0xA9B0B8;

  /** How many colours {@link #category} has before it starts again. */
  public static final int CATEGORIES = 20;

  private static final int[] CATEGORY = {
    0x1375BF, 0xDB771A, 0x1DA289, 0x900E4C, 0xE08AF3, 0xB7D341, 0x492C9B, 0x7A6810, 0x2DE1CE,
    0xAB4197, 0x8977EC, 0xC4AF7E, 0xCB4457, 0x733207, 0x0C586F, 0x137C52, 0x75A5C7, 0xFA74A3,
    0xFCACA6, 0x6C43B4
  };

  private static final int[] SEQUENTIAL = {
    0x1E023B, 0x220655, 0x1F186D, 0x122D79, 0x094178, 0x0E527A, 0x136480, 0x187687, 0x1D888D,
    0x229991, 0x26AB90, 0x39BB8A, 0x65C981, 0x8ED47A, 0xB5DE75, 0xDAE774, 0xFEEF7B
  };

  private static final int[] DIVERGING = {
    0x0E4C90, 0x145FB1, 0x3875BF, 0x588ACA, 0x76A0D5, 0x94B5DF, 0xB3CAE8, 0xD3E0F0, 0xF5F5F5,
    0xEED9D0, 0xE4BFAE, 0xD9A58D, 0xCD8B6D, 0xBF714D, 0xB15629, 0x994313, 0x7C350D
  };

  private Palette() {}

  /** Colour of class or series {@code i ≥ 0}; repeats after {@link #CATEGORIES}. */
  public static int category(int i) {
    return CATEGORY[Math.floorMod(i, CATEGORY.length)];
  }

  /** Dark violet at 0, light yellow at 1, clamped; {@link #NOT_FINITE} for NaN. */
  public static int sequential(double t) {
    return at(SEQUENTIAL, t);
  }

  /** Blue at 0, near white at 0.5, brown-orange at 1, clamped; {@link #NOT_FINITE} for NaN. */
  public static int diverging(double t) {
    return at(DIVERGING, t);
  }

  /** Paper at 0, a middle grey at 1, clamped: a ground that points in colour stand out from. */
  static int ground(double t) {
    return Double.isNaN(t) ? NOT_FINITE : mix(PAPER, 0x7A828C, Math.max(0, Math.min(1, t)));
  }

  private static int at(int[] table, double t) {
    if (Double.isNaN(t)) {
      return NOT_FINITE;
    }
    double u = Math.max(0, Math.min(1, t)) * (table.length - 1);
    int i = Math.min(table.length - 2, (int) u);
    return mix(table[i], table[i + 1], u - i);
  }

  /** {@code a} where {@code t} is 0, {@code b} where it is 1. */
  static int mix(int a, int b, double t) {
    int r = channel(a >> 16, b >> 16, t);
    int g = channel(a >> 8, b >> 8, t);
    return r << 16 | g << 8 | channel(a, b, t);
  }

  private static int channel(int a, int b, double t) {
    int x = a & 255;
    return (int) Math.round(x + ((b & 255) - x) * t);
  }

  /** Whether black text is easier to read on this colour than white text. */
  static boolean isLight(int rgb) {
    return 0.299 * (rgb >> 16 & 255) + 0.587 * (rgb >> 8 & 255) + 0.114 * (rgb & 255) > 140;
  }
}
