package org.javae.experiment.picture;

import java.awt.image.BufferedImage;
import java.util.List;

/** Several pictures as one. */
public final class Stack {
  private Stack() {}

  /** One below the other, from the left. */
  public static BufferedImage down(List<BufferedImage> pictures) {
    return put(pictures, false);
  }

  /** Side by side, from the top. */
  public static BufferedImage across(List<BufferedImage> pictures) {
    return put(pictures, true);
  }

  private static BufferedImage put(List<BufferedImage> pictures, boolean across) {
    int width = 0;
    int height = 0;
    for (BufferedImage p : pictures) {
      width = across ? width + p.getWidth() : Math.max(width, p.getWidth());
      height = across ? Math.max(height, p.getHeight()) : height + p.getHeight();
    }
    BufferedImage all = new Canvas(Math.max(1, width), Math.max(1, height), Palette.PAPER).image();
    int x = 0;
    int y = 0;
    for (BufferedImage p : pictures) {
      int[] rgb = p.getRGB(0, 0, p.getWidth(), p.getHeight(), null, 0, p.getWidth());
      all.setRGB(x, y, p.getWidth(), p.getHeight(), rgb, 0, p.getWidth());
      x += across ? p.getWidth() : 0;
      y += across ? 0 : p.getHeight();
    }
    return all;
  }
}
