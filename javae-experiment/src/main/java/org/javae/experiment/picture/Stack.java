package org.javae.experiment.picture;

import java.awt.image.BufferedImage;
import java.util.List;

/** Several pictures as one. */
public final class Stack {
  private Stack() {}

  /** One below the other, from the left. */
  public static BufferedImage down(List<BufferedImage> pictures) {
    int width = pictures.stream().mapToInt(BufferedImage::getWidth).max().orElse(1);
    int height = pictures.stream().mapToInt(BufferedImage::getHeight).sum();
    BufferedImage all = new Canvas(width, Math.max(1, height), Palette.PAPER).image();
    int y = 0;
    for (BufferedImage p : pictures) {
      int[] rgb = p.getRGB(0, 0, p.getWidth(), p.getHeight(), null, 0, p.getWidth());
      all.setRGB(0, y, p.getWidth(), p.getHeight(), rgb, 0, p.getWidth());
      y += p.getHeight();
    }
    return all;
  }
}
