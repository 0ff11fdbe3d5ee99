package org.javae.experiment.picture;

import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * At most 256 colours for a set of pictures. If they have no more than that, these themselves;
 * pictures in many greys only keep all their greys. Otherwise median cut over the colours seen,
 * rounded to five bits a channel: the box with the largest squared error is divided until there are
 * enough, and each colour becomes the mean of its box.
 */
final class Quantiser {
  private static final int BUCKETS = 1 << 15;

  private final int[] palette;
  private final int clear;

  /** Colour to index when the colours are exact; otherwise null. */
  private final Map<Integer, Integer> exact;

  private final int[] bucketIndex;

  private Quantiser(int[] palette, int clear, Map<Integer, Integer> exact, int[] bucketIndex) {
    this.palette = palette;
    this.clear = clear;
    this.exact = exact;
    this.bucketIndex = bucketIndex;
  }

  static Quantiser of(List<BufferedImage> frames) {
    Map<Integer, Integer> seen = new HashMap<>();
    boolean few = true;
    for (BufferedImage f : frames) {
      int[] row = new int[f.getWidth()];
      int last = -1;
      for (int y = 0; y < f.getHeight() && few; y++) {
        f.getRGB(0, y, row.length, 1, row, 0, row.length);
        for (int argb : row) {
          int c = argb & 0xFFFFFF;
          if (c != last) {
            seen.putIfAbsent(c, 0);
            last = c;
          }
        }
        few = seen.size() <= 256;
      }
    }
    if (few) {
      int[] colours = seen.keySet().stream().mapToInt(Integer::intValue).sorted().toArray();
      for (int i = 0; i < colours.length; i++) {
        seen.put(colours[i], i);
      }
      int clear = colours.length < 256 ? colours.length : -1;
      return new Quantiser(colours, clear, seen, null);
    }
    return medianCut(frames, 255);
  }

  /** Index of the see-through entry after the colours; -1 if all 256 entries are colours. */
  int clear() {
    return clear;
  }

  /** The colours and the see-through entry, filled up to a power of two as the format wants it. */
  IndexColorModel model() {
    int used = palette.length + (clear >= 0 ? 1 : 0);
    int size = 2;
    int bits = 1;
    while (size < used) {
      size *= 2;
      bits++;
    }
    byte[] r = new byte[size];
    byte[] g = new byte[size];
    byte[] b = new byte[size];
    for (int i = 0; i < palette.length; i++) {
      r[i] = (byte) (palette[i] >> 16);
      g[i] = (byte) (palette[i] >> 8);
      b[i] = (byte) palette[i];
    }
    return clear >= 0
        ? new IndexColorModel(Math.max(bits, 1), size, r, g, b, clear)
        : new IndexColorModel(Math.max(bits, 1), size, r, g, b);
  }

  /** A picture's pixels as palette entries, row by row. */
  byte[] map(BufferedImage image) {
    int w = image.getWidth();
    byte[] out = new byte[w * image.getHeight()];
    int[] row = new int[w];
    int last = -1;
    int index = 0;
    for (int y = 0; y < image.getHeight(); y++) {
      image.getRGB(0, y, w, 1, row, 0, w);
      for (int x = 0; x < w; x++) {
        int c = row[x] & 0xFFFFFF;
        if (c != last) {
          index = exact != null ? exact.get(c) : bucketIndex[bucket(c)];
          last = c;
        }
        out[y * w + x] = (byte) index;
      }
    }
    return out;
  }

  private static int bucket(int c) {
    return (c >> 19 & 31) << 10 | (c >> 11 & 31) << 5 | c >> 3 & 31;
  }

  private static Quantiser medianCut(List<BufferedImage> frames, int most) {
    long[] count = new long[BUCKETS];
    double[][] mean = new double[3][BUCKETS];
    for (BufferedImage f : frames) {
      int[] row = new int[f.getWidth()];
      for (int y = 0; y < f.getHeight(); y++) {
        f.getRGB(0, y, row.length, 1, row, 0, row.length);
        for (int c : row) {
          int k = bucket(c & 0xFFFFFF);
          count[k]++;
          mean[0][k] += c >> 16 & 255;
          mean[1][k] += c >> 8 & 255;
          mean[2][k] += c & 255;
        }
      }
    }
    int[] used = IntStream.range(0, BUCKETS).filter(k -> count[k] > 0).toArray();
    // The large plain areas of a page must not take all the colours from a small image on it.
    double[] weight = new double[BUCKETS];
    for (int k : used) {
      weight[k] = Math.sqrt(count[k]);
      for (double[] m : mean) {
        m[k] /= count[k];
      }
    }
    List<Box> boxes = new ArrayList<>();
    boxes.add(new Box(used, mean, weight));
    while (boxes.size() < most) {
      Box worst = null;
      for (Box b : boxes) {
        if (b.members.length > 1 && (worst == null || b.error > worst.error)) {
          worst = b;
        }
      }
      if (worst == null) {
        break;
      }
      boxes.remove(worst);
      boxes.addAll(worst.divide(mean, weight));
    }
    int[] palette = new int[boxes.size()];
    for (int i = 0; i < palette.length; i++) {
      palette[i] = boxes.get(i).colour();
    }
    int[] index = new int[BUCKETS];
    for (int k : used) {
      double best = Double.POSITIVE_INFINITY;
      for (int i = 0; i < palette.length; i++) {
        double dr = mean[0][k] - (palette[i] >> 16 & 255);
        double dg = mean[1][k] - (palette[i] >> 8 & 255);
        double db = mean[2][k] - (palette[i] & 255);
        double d = dr * dr + dg * dg + db * db;
        if (d < best) {
          best = d;
          index[k] = i;
        }
      }
    }
    return new Quantiser(palette, palette.length, null, index);
  }

  /** Colours that will become one. */
  private static final class Box {
    private final int[] members;
    private final double[] centre = new double[3];
    private final int widest;
    private final double error;

    Box(int[] members, double[][] mean, double[] weight) {
      this.members = members;
      double total = 0;
      for (int k : members) {
        total += weight[k];
        for (int c = 0; c < 3; c++) {
          centre[c] += weight[k] * mean[c][k];
        }
      }
      double[] spread = new double[3];
      for (int c = 0; c < 3; c++) {
        centre[c] /= total;
        for (int k : members) {
          double d = mean[c][k] - centre[c];
          spread[c] += weight[k] * d * d;
        }
      }
      widest =
          spread[1] >= spread[0] && spread[1] >= spread[2] ? 1 : spread[0] >= spread[2] ? 0 : 2;
      error = spread[0] + spread[1] + spread[2];
    }

    List<Box> divide(double[][] mean, double[] weight) {
      double[] along = mean[widest];
      int[] low = Arrays.stream(members).filter(k -> along[k] <= centre[widest]).toArray();
      int[] high = Arrays.stream(members).filter(k -> along[k] > centre[widest]).toArray();
      if (low.length == 0 || high.length == 0) { // equal up to rounding
        low = Arrays.copyOf(members, members.length / 2);
        high = Arrays.copyOfRange(members, members.length / 2, members.length);
      }
      return List.of(new Box(low, mean, weight), new Box(high, mean, weight));
    }

    int colour() {
      int rgb = 0;
      for (double c : centre) {
        rgb = rgb << 8 | (int) Math.round(c);
      }
      return rgb;
    }
  }
}
