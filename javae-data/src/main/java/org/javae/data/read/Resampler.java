package org.javae.data.read;

/**
 * Resizes image planes, rows and columns one after the other, by a triangle filter whose width is
 * that of a source pixel where the picture grows (linear interpolation) and of a target pixel where
 * it shrinks (so that nothing is skipped).
 */
final class Resampler {
  private final int fromHeight;
  private final int fromWidth;
  private final int toHeight;
  private final int toWidth;
  private final float[][] rowWeights;
  private final float[][] columnWeights;
  private final int[] rowStart;
  private final int[] columnStart;
  private final float[] between;

  Resampler(int fromHeight, int fromWidth, int toHeight, int toWidth) {
    this.fromHeight = fromHeight;
    this.fromWidth = fromWidth;
    this.toHeight = toHeight;
    this.toWidth = toWidth;
    this.rowStart = new int[toHeight];
    this.columnStart = new int[toWidth];
    this.rowWeights = weights(fromHeight, toHeight, rowStart);
    this.columnWeights = weights(fromWidth, toWidth, columnStart);
    this.between = new float[Math.multiplyExact(fromHeight, toWidth)];
  }

  private static float[][] weights(int from, int to, int[] start) {
    double scale = (double) from / to;
    double radius = Math.max(1, scale);
    float[][] weights = new float[to][];
    for (int i = 0; i < to; i++) {
      double centre = (i + 0.5) * scale;
      int first = Math.max(0, (int) Math.floor(centre - radius));
      int last = Math.min(from, (int) Math.ceil(centre + radius));
      double[] w = new double[last - first];
      double sum = 0;
      for (int j = 0; j < w.length; j++) {
        w[j] = Math.max(0, 1 - Math.abs(first + j + 0.5 - centre) / radius);
        sum += w[j];
      }
      weights[i] = new float[w.length];
      for (int j = 0; j < w.length; j++) {
        weights[i][j] = (float) (w[j] / sum);
      }
      start[i] = first;
    }
    return weights;
  }

  boolean accepts(int height, int width) {
    return height == fromHeight && width == fromWidth;
  }

  /**
   * Resizes the plane that begins at {@code at} of {@code in} into {@code out} at {@code outAt}.
   */
  void resize(float[] in, int at, float[] out, int outAt) {
    for (int y = 0; y < fromHeight; y++) {
      for (int x = 0; x < toWidth; x++) {
        float sum = 0;
        float[] w = columnWeights[x];
        int from = at + y * fromWidth + columnStart[x];
        for (int k = 0; k < w.length; k++) {
          sum += w[k] * in[from + k];
        }
        between[y * toWidth + x] = sum;
      }
    }
    for (int y = 0; y < toHeight; y++) {
      float[] w = rowWeights[y];
      for (int x = 0; x < toWidth; x++) {
        float sum = 0;
        for (int k = 0; k < w.length; k++) {
          sum += w[k] * between[(rowStart[y] + k) * toWidth + x];
        }
        out[outAt + y * toWidth + x] = sum;
      }
    }
  }
}
