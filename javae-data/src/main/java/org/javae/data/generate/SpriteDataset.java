package org.javae.data.generate;

import java.util.ArrayList;
import java.util.List;
import org.javae.core.data.Dataset;
import org.javae.tensor.Shape;

/**
 * Sprites by their factor values; pictures are drawn when first read and then kept as one bit a
 * pixel, unless all of them would take more than {@link #MOST_KEPT} bytes (then each reading draws
 * again).
 */
final class SpriteDataset implements Dataset {
  private static final long MOST_KEPT = 128L << 20;

  private final Sprites sprites;
  private final int[][] factors;
  private final int pixels;
  private final long[][] kept;

  SpriteDataset(Sprites sprites, int[][] factors) {
    this.sprites = sprites;
    this.factors = factors;
    this.pixels = sprites.size() * sprites.size();
    this.kept = (long) size() * (pixels / 8 + 24) <= MOST_KEPT ? new long[size()][] : null;
  }

  @Override
  public String name() {
    return "sprites";
  }

  @Override
  public Shape shape() {
    return sprites.shape();
  }

  @Override
  public int size() {
    return factors[0].length;
  }

  @Override
  public void read(int[] indices, float[] out) {
    int[] values = new int[factors.length];
    for (int i = 0; i < indices.length; i++) {
      int index = indices[i];
      int offset = Math.multiplyExact(i, pixels);
      if (kept != null && kept[index] != null) {
        long[] bits = kept[index];
        for (int p = 0; p < pixels; p++) {
          out[offset + p] = (bits[p >> 6] >>> p) & 1;
        }
        continue;
      }
      for (int f = 0; f < factors.length; f++) {
        values[f] = factors[f][index];
      }
      sprites.render(values, out, offset);
      if (kept != null) {
        long[] bits = new long[(pixels + 63) / 64];
        for (int p = 0; p < pixels; p++) {
          bits[p >> 6] |= (long) out[offset + p] << p;
        }
        kept[index] = bits;
      }
    }
  }

  @Override
  public List<Annotation> annotations() {
    int[] cardinalities = sprites.cardinalities();
    List<Annotation> all = new ArrayList<>();
    for (int f = 0; f < factors.length; f++) {
      all.add(
          new Annotation(
              Sprites.FACTORS.get(f),
              factors[f],
              cardinalities[f],
              f == 0 ? Sprites.SHAPES : List.of()));
    }
    return all;
  }

  @Override
  public String fingerprint() {
    return Fingerprint.of(this);
  }
}
