package org.javae.data.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.javae.core.data.ArrayDataset;
import org.javae.core.data.Dataset;
import org.javae.tensor.Shape;
import org.javae.tensor.UserException;
import org.junit.jupiter.api.Test;

class DeskewedImagesTest {
  private static final int SIDE = 21;

  /** A blurred bar of length 9 whose rows lean by {@code lean} pixels each, centred at (y, x). */
  private static float[] bar(double y, double x, double lean) {
    float[] f = new float[SIDE * SIDE];
    for (int r = 0; r < SIDE; r++) {
      for (int c = 0; c < SIDE; c++) {
        double along = (r - y) / 4;
        double across = c - x - lean * (r - y);
        f[r * SIDE + c] = (float) Math.exp(-along * along - across * across / 2);
      }
    }
    return f;
  }

  private static Dataset pictures(float[]... rows) {
    float[] all = new float[rows.length * SIDE * SIDE];
    for (int i = 0; i < rows.length; i++) {
      System.arraycopy(rows[i], 0, all, i * SIDE * SIDE, SIDE * SIDE);
    }
    return ArrayDataset.of("bars", Shape.of(1, SIDE, SIDE), all);
  }

  private static float[] read(Dataset d, int... rows) {
    float[] out = new float[rows.length * SIDE * SIDE];
    d.read(rows, out);
    return out;
  }

  @Test
  void aLeaningBarBecomesTheUprightOneInTheMiddle() {
    Dataset d = new DeskewedImages(pictures(bar(10, 10, 0), bar(10.5, 9, 0.4), bar(9, 10, -0.5)));
    float[] upright = bar(10, 10, 0);
    for (int i = 0; i < 3; i++) {
      float[] found = read(d, i);
      for (int p = 0; p < upright.length; p++) {
        // Interpolation blurs a little.
        assertThat(found[p]).isCloseTo(upright[p], within(i == 0 ? 1e-4f : 0.15f));
      }
    }
  }

  @Test
  void theMomentsOfEveryPictureAreRight() {
    float[] f = read(new DeskewedImages(pictures(bar(11, 8.7, 0.3))), 0);
    double mass = 0;
    double x = 0;
    double xy = 0;
    double yy = 0;
    for (int r = 0; r < SIDE; r++) {
      for (int c = 0; c < SIDE; c++) {
        double v = f[r * SIDE + c];
        mass += v;
        x += v * (c - 10);
        xy += v * (c - 10) * (r - 10);
        yy += v * (r - 10) * (r - 10);
      }
    }
    assertThat(x / mass).isCloseTo(0, within(0.02));
    assertThat(xy / yy).isCloseTo(0, within(0.02));
  }

  @Test
  void nothingIsMadeOfNothingAndRowsAreReadInAnyOrder() {
    Dataset d = new DeskewedImages(pictures(new float[SIDE * SIDE], bar(10, 10, 0.2)));
    assertThat(read(d, 0)).containsOnly(0);
    float[] both = read(d, 1, 0);
    assertThat(Arrays.copyOf(both, SIDE * SIDE)).isEqualTo(read(d, 1));
    assertThat(d.fingerprint())
        .isNotEqualTo(pictures(new float[SIDE * SIDE], bar(10, 10, 0.2)).fingerprint());
  }

  @Test
  void whatIsNoGreyPictureIsRefused() {
    assertThatThrownBy(
            () -> new DeskewedImages(ArrayDataset.of("t", Shape.of(3), new float[] {1, 2, 3})))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("deskew is for pictures of one channel")
        .hasMessageContaining("no picture");
    assertThatThrownBy(
            () -> new DeskewedImages(ArrayDataset.of("c", Shape.of(3, 1, 1), new float[3])))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("3×1×1");
  }
}
