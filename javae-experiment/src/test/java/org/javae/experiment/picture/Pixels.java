package org.javae.experiment.picture;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import org.javae.experiment.picture.Canvas.Rect;

/** What tests ask of finished pictures. */
final class Pixels {
  private Pixels() {}

  static int at(BufferedImage image, int x, int y) {
    return image.getRGB(x, y) & 0xFFFFFF;
  }

  static int[] all(BufferedImage image) {
    return image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth());
  }

  static int count(BufferedImage image, int rgb) {
    int n = 0;
    for (int p : all(image)) {
      n += (p & 0xFFFFFF) == rgb ? 1 : 0;
    }
    return n;
  }

  static int count(BufferedImage image, Rect part, int rgb) {
    int n = 0;
    for (int y = part.y(); y < part.bottom(); y++) {
      for (int x = part.x(); x < part.right(); x++) {
        n += at(image, x, y) == rgb ? 1 : 0;
      }
    }
    return n;
  }

  /** Smallest rectangle holding all pixels of a colour; null if there are none. */
  static Rect bounds(BufferedImage image, int rgb) {
    int x0 = Integer.MAX_VALUE;
    int y0 = Integer.MAX_VALUE;
    int x1 = -1;
    int y1 = -1;
    for (int y = 0; y < image.getHeight(); y++) {
      for (int x = 0; x < image.getWidth(); x++) {
        if (at(image, x, y) == rgb) {
          x0 = Math.min(x0, x);
          y0 = Math.min(y0, y);
          x1 = Math.max(x1, x);
          y1 = Math.max(y1, y);
        }
      }
    }
    return x1 < 0 ? null : new Rect(x0, y0, x1 - x0 + 1, y1 - y0 + 1);
  }

  /** Nothing is drawn in the outermost pixels: no caption, number or frame runs off the page. */
  static void hasCleanMargins(BufferedImage image) {
    int w = image.getWidth();
    int h = image.getHeight();
    int margin = 10;
    int soiled = 0;
    for (int y = 0; y < h; y++) {
      for (int x = 0; x < w; x++) {
        boolean inside = x >= margin && y >= margin && x < w - margin && y < h - margin;
        if (!inside && at(image, x, y) != Palette.PAPER) {
          soiled++;
        }
      }
    }
    assertThat(soiled).as("drawn pixels in the margins of %d×%d", w, h).isZero();
  }
}
