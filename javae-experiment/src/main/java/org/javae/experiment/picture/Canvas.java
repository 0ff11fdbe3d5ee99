package org.javae.experiment.picture;

import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.javae.tensor.UserException;

/**
 * A page of opaque pixels with the few things charts are made of: rectangles, smooth strokes,
 * discs, convex shapes and text. Pixel (i, j) covers the square from (i, j) to (i+1, j+1), y
 * downwards. Smooth edges come from the distance of a pixel's centre to the shape. All drawing is
 * clipped to the clip rectangle, at first the page.
 */
final class Canvas {
  /** A rectangle of pixels, right and bottom edge excluded. */
  record Rect(int x, int y, int width, int height) {
    int right() {
      return x + width;
    }

    int bottom() {
      return y + height;
    }

    Rect grow(int by) {
      return new Rect(x - by, y - by, width + 2 * by, height + 2 * by);
    }
  }

  /** Where text lies relative to its anchor point. */
  enum Align {
    LEFT(0),
    CENTRE(0.5),
    RIGHT(1);

    private final double share;

    Align(double share) {
      this.share = share;
    }
  }

  /** 64 million pixels: a quarter of a gigabyte while it is painted. */
  private static final long MOST_PIXELS = 1L << 26;

  private final int width;
  private final int height;
  private final int[] pixels;
  private Rect clip;

  /**
   * A page filled with one colour.
   *
   * @throws UserException if the picture would be too large to hold
   */
  Canvas(int width, int height, int rgb) {
    if ((long) width * height > MOST_PIXELS || width < 1 || height < 1) {
      throw UserException.of(
          "The picture would be %d×%d pixels, more than the %d million that can be drawn at once;"
              + " ask for fewer images, rows or columns.",
          width, height, MOST_PIXELS >> 20);
    }
    this.width = width;
    this.height = height;
    this.pixels = new int[width * height];
    this.clip = new Rect(0, 0, width, height);
    Arrays.fill(pixels, rgb);
  }

  int width() {
    return width;
  }

  int height() {
    return height;
  }

  /** Draws only inside {@code rect} until {@link #unclip}. */
  void clip(Rect rect) {
    int x = Math.max(0, rect.x());
    int y = Math.max(0, rect.y());
    clip =
        new Rect(
            x,
            y,
            Math.max(0, Math.min(width, rect.right()) - x),
            Math.max(0, Math.min(height, rect.bottom()) - y));
  }

  void unclip() {
    clip = new Rect(0, 0, width, height);
  }

  void fill(Rect r, int rgb) {
    fill(r.x(), r.y(), r.width(), r.height(), rgb, 1);
  }

  void fill(int x, int y, int w, int h, int rgb) {
    fill(x, y, w, h, rgb, 1);
  }

  void fill(int x, int y, int w, int h, int rgb, double alpha) {
    int x1 = Math.min(x + w, clip.right());
    int y1 = Math.min(y + h, clip.bottom());
    for (int j = Math.max(y, clip.y()); j < y1; j++) {
      for (int i = Math.max(x, clip.x()); i < x1; i++) {
        blend(j * width + i, rgb, alpha);
      }
    }
  }

  /** A frame one pixel thick, inside the rectangle's edge. */
  void frame(Rect r, int rgb) {
    fill(r.x(), r.y(), r.width(), 1, rgb);
    fill(r.x(), r.bottom() - 1, r.width(), 1, rgb);
    fill(r.x(), r.y(), 1, r.height(), rgb);
    fill(r.right() - 1, r.y(), 1, r.height(), rgb);
  }

  /** A polyline {@code x0, y0, x1, y1 …} with round joins; a single point makes a dot. */
  void line(double[] points, double thickness, int rgb, double alpha) {
    strokes(List.of(points), thickness, rgb, alpha);
  }

  /** A polyline broken into dashes. */
  void dashes(double[] points, double on, double off, double thickness, int rgb) {
    List<double[]> parts = new ArrayList<>();
    double phase = 0;
    for (int i = 0; i + 3 < points.length; i += 2) {
      double dx = points[i + 2] - points[i];
      double dy = points[i + 3] - points[i + 1];
      double length = Math.sqrt(dx * dx + dy * dy);
      double at = 0;
      while (at < length) {
        boolean drawing = phase < on;
        double until = Math.min(length, at + (drawing ? on : on + off) - phase);
        if (drawing) {
          parts.add(
              new double[] {
                points[i] + dx * at / length,
                points[i + 1] + dy * at / length,
                points[i] + dx * until / length,
                points[i + 1] + dy * until / length
              });
        }
        phase += until - at;
        if (phase >= on + off - 1e-9) {
          phase = 0;
        }
        at = until;
      }
    }
    strokes(parts, thickness, rgb, 1);
  }

  /**
   * Several polylines as one shape: where they cross or join nothing is painted twice, so joints
   * show no blots.
   */
  void strokes(List<double[]> lines, double thickness, int rgb, double alpha) {
    double reach = thickness / 2 + 0.5;
    double left = Double.POSITIVE_INFINITY;
    double top = Double.POSITIVE_INFINITY;
    double right = Double.NEGATIVE_INFINITY;
    double bottom = Double.NEGATIVE_INFINITY;
    for (double[] p : lines) {
      for (int i = 0; i + 1 < p.length; i += 2) {
        left = Math.min(left, p[i]);
        right = Math.max(right, p[i]);
        top = Math.min(top, p[i + 1]);
        bottom = Math.max(bottom, p[i + 1]);
      }
    }
    int x0 = low(left - reach, clip.x(), clip.right());
    int y0 = low(top - reach, clip.y(), clip.bottom());
    int w = high(right + reach, clip.x(), clip.right()) - x0;
    int h = high(bottom + reach, clip.y(), clip.bottom()) - y0;
    if (w <= 0 || h <= 0) {
      return;
    }
    float[] cover = new float[w * h];
    for (double[] p : lines) {
      if (p.length == 2) {
        cover(cover, x0, y0, w, h, p[0], p[1], p[0], p[1], reach);
      }
      for (int i = 0; i + 3 < p.length; i += 2) {
        cover(cover, x0, y0, w, h, p[i], p[i + 1], p[i + 2], p[i + 3], reach);
      }
    }
    for (int j = 0; j < h; j++) {
      for (int i = 0; i < w; i++) {
        float c = cover[j * w + i];
        if (c > 0) {
          blend((y0 + j) * width + x0 + i, rgb, c * alpha);
        }
      }
    }
  }

  private static void cover(
      float[] cover,
      int x0,
      int y0,
      int w,
      int h,
      double ax,
      double ay,
      double bx,
      double by,
      double reach) {
    double dx = bx - ax;
    double dy = by - ay;
    double square = dx * dx + dy * dy;
    int j0 = low(Math.min(ay, by) - reach - y0, 0, h);
    int j1 = high(Math.max(ay, by) + reach - y0, 0, h);
    int left = low(Math.min(ax, bx) - reach - x0, 0, w);
    int right = high(Math.max(ax, bx) + reach - x0, 0, w);
    for (int j = j0; j < j1; j++) {
      double py = y0 + j + 0.5 - ay;
      for (int i = left; i < right; i++) {
        double px = x0 + i + 0.5 - ax;
        double t = square == 0 ? 0 : Math.max(0, Math.min(1, (px * dx + py * dy) / square));
        double ex = px - t * dx;
        double ey = py - t * dy;
        double c = Math.min(1, reach - Math.sqrt(ex * ex + ey * ey));
        if (c > cover[j * w + i]) {
          cover[j * w + i] = (float) c;
        }
      }
    }
  }

  /** A disc of radius {@code r} around a point. */
  void disc(double x, double y, double r, int rgb, double alpha) {
    line(new double[] {x, y}, 2 * r, rgb, alpha);
  }

  /**
   * A convex shape with corners {@code x0, y0, x1, y1 …} in clockwise order as seen on the page.
   */
  void convex(double[] corners, int rgb, double alpha) {
    double left = Double.POSITIVE_INFINITY;
    double top = Double.POSITIVE_INFINITY;
    double right = Double.NEGATIVE_INFINITY;
    double bottom = Double.NEGATIVE_INFINITY;
    int n = corners.length / 2;
    for (int k = 0; k < n; k++) {
      left = Math.min(left, corners[2 * k]);
      right = Math.max(right, corners[2 * k]);
      top = Math.min(top, corners[2 * k + 1]);
      bottom = Math.max(bottom, corners[2 * k + 1]);
    }
    for (int j = low(top - 1, clip.y(), clip.bottom());
        j < high(bottom + 1, clip.y(), clip.bottom());
        j++) {
      for (int i = low(left - 1, clip.x(), clip.right());
          i < high(right + 1, clip.x(), clip.right());
          i++) {
        double inside = Double.POSITIVE_INFINITY;
        for (int k = 0; k < n; k++) {
          double ax = corners[2 * k];
          double ay = corners[2 * k + 1];
          double dx = corners[2 * ((k + 1) % n)] - ax;
          double dy = corners[2 * ((k + 1) % n) + 1] - ay;
          double d = (dx * (j + 0.5 - ay) - dy * (i + 0.5 - ax)) / Math.sqrt(dx * dx + dy * dy);
          inside = Math.min(inside, d);
        }
        double c = Math.max(0, Math.min(1, inside + 0.5));
        if (c > 0) {
          blend(j * width + i, rgb, c * alpha);
        }
      }
    }
  }

  /**
   * A line of text. {@code baseline}: the first pixel row under letters without descender.
   *
   * @return the x after the text
   */
  int text(String text, int x, int baseline, Glyphs.Type type, int rgb, Align align) {
    int w = Glyphs.width(text, type);
    int x0 = x - (int) Math.round(w * align.share);
    strokes(page(text, x0, baseline, type), type.weight(), rgb, 1);
    return x0 + w;
  }

  /** A line of text with a rim of the page's colour, to be read on top of data. */
  void haloText(String text, int x, int baseline, Glyphs.Type type, int rgb, Align align) {
    int x0 = x - (int) Math.round(Glyphs.width(text, type) * align.share);
    List<double[]> lines = page(text, x0, baseline, type);
    strokes(lines, type.weight() + 4.5, Palette.PAPER, 0.85);
    strokes(lines, type.weight(), rgb, 1);
  }

  /**
   * Text that reads upwards; {@code x}: the first pixel column right of its baseline; {@code y}:
   * its anchor.
   */
  void textUp(String text, int x, int y, Glyphs.Type type, int rgb, Align align) {
    int y0 = y + (int) Math.round(Glyphs.width(text, type) * align.share);
    List<double[]> lines = Glyphs.strokes(text, type);
    for (double[] p : lines) {
      for (int i = 0; i < p.length; i += 2) {
        double along = p[i];
        p[i] = x - p[i + 1] - 0.5;
        p[i + 1] = y0 - along - 0.5;
      }
    }
    strokes(lines, type.weight(), rgb, 1);
  }

  private static List<double[]> page(String text, int x, int baseline, Glyphs.Type type) {
    List<double[]> lines = Glyphs.strokes(text, type);
    for (double[] p : lines) {
      for (int i = 0; i < p.length; i += 2) {
        p[i] = x + p[i] + 0.5;
        p[i + 1] = baseline - p[i + 1] - 0.5;
      }
    }
    return lines;
  }

  int get(int x, int y) {
    return pixels[y * width + x];
  }

  BufferedImage image() {
    Headless.on();
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    image.getRaster().setDataElements(0, 0, width, height, pixels);
    return image;
  }

  private void blend(int at, int rgb, double alpha) {
    pixels[at] = alpha >= 1 ? rgb : Palette.mix(pixels[at], rgb, alpha);
  }

  private static int low(double v, int min, int max) {
    return (int) Math.max(min, Math.min(max, Math.floor(v)));
  }

  private static int high(double v, int min, int max) {
    return (int) Math.max(min, Math.min(max, Math.ceil(v)));
  }
}
