package org.javae.core.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class MeanCorrelationTest {
  private static final int N = 2000;

  private static float[] noise(long seed, int width) {
    SplittableRandom r = new SplittableRandom(seed);
    float[] v = new float[N * width];
    for (int i = 0; i < v.length; i++) {
      v[i] = (float) r.nextGaussian();
    }
    return v;
  }

  @Test
  void orderSignScaleAndShiftDoNotMatter() {
    float[] s = noise(1, 4);
    int[] order = {2, 0, 3, 1};
    double[] scale = {-3, 0.01, 100, -1};
    float[] z = new float[s.length];
    for (int i = 0; i < N; i++) {
      for (int j = 0; j < 4; j++) {
        z[4 * i + j] = (float) (scale[j] * s[4 * i + order[j]] + j);
      }
    }
    assertThat(MeanCorrelation.of(z, 4, s, 4)).isCloseTo(1, within(1e-5));
  }

  @Test
  void independentNoiseHasAlmostNone() {
    // The largest of a few correlations of size 1/√N.
    assertThat(MeanCorrelation.of(noise(2, 5), 5, noise(3, 5), 5)).isBetween(0.0, 0.05);
  }

  @Test
  void isTheCorrelationOfNoisyCodes() {
    float[] s = noise(4, 1);
    float[] e = noise(5, 1);
    float[] z = new float[N];
    for (int i = 0; i < N; i++) {
      z[i] = s[i] + e[i];
    }
    // corr(s, s + e) = 1/√2 for variances of 1.
    assertThat(MeanCorrelation.of(z, 1, s, 1)).isCloseTo(Math.sqrt(0.5), within(0.03));
  }

  @Test
  void aRotationOfSourcesIsNotRecovery() {
    float[] s = noise(6, 2);
    float[] z = new float[s.length];
    for (int i = 0; i < N; i++) {
      z[2 * i] = s[2 * i] + s[2 * i + 1];
      z[2 * i + 1] = s[2 * i] - s[2 * i + 1];
    }
    assertThat(MeanCorrelation.of(z, 2, s, 2)).isCloseTo(Math.sqrt(0.5), within(0.03));
  }

  @Test
  void sparesAndShortagesOfCodesCount() {
    float[] s = noise(7, 3);
    float[] two = new float[N * 2];
    float[] five = new float[N * 5];
    float[] e = noise(8, 1);
    for (int i = 0; i < N; i++) {
      two[2 * i] = s[3 * i + 2];
      two[2 * i + 1] = s[3 * i];
      five[5 * i] = e[i];
      five[5 * i + 1] = s[3 * i + 1];
      five[5 * i + 2] = 7; // a dimension that is not used
      five[5 * i + 3] = -s[3 * i];
      five[5 * i + 4] = s[3 * i + 2];
    }
    assertThat(MeanCorrelation.of(two, 2, s, 3)).isCloseTo(2.0 / 3, within(1e-6));
    assertThat(MeanCorrelation.of(five, 5, s, 3)).isCloseTo(1, within(1e-6));
  }

  @Test
  void constantCodesCorrelateWithNothing() {
    float[] z = new float[N];
    Arrays.fill(z, 0.1f);
    assertThat(MeanCorrelation.of(z, 1, noise(9, 1), 1)).isZero();
  }

  @Test
  void theAssignmentIsTheBestOfAll() {
    SplittableRandom r = new SplittableRandom(10);
    for (int round = 0; round < 200; round++) {
      int n = 1 + r.nextInt(5);
      int m = n + r.nextInt(3);
      double[][] profit = new double[n][m];
      for (double[] row : profit) {
        for (int j = 0; j < m; j++) {
          // Every other round with ties.
          row[j] = r.nextInt(6) - 2 + (round % 2 == 0 ? r.nextDouble() : 0);
        }
      }
      int[] found = Assignment.best(profit);
      assertThat(Arrays.stream(found).distinct().count()).isEqualTo(n);
      double sum = 0;
      for (int i = 0; i < n; i++) {
        sum += profit[i][found[i]];
      }
      assertThat(sum).isCloseTo(byTrying(profit, 0, new boolean[m]), within(1e-12));
    }
  }

  private static double byTrying(double[][] profit, int row, boolean[] used) {
    if (row == profit.length) {
      return 0;
    }
    double best = Double.NEGATIVE_INFINITY;
    for (int j = 0; j < used.length; j++) {
      if (!used[j]) {
        used[j] = true;
        best = Math.max(best, profit[row][j] + byTrying(profit, row + 1, used));
        used[j] = false;
      }
    }
    return best;
  }

  @Test
  void moreRowsThanColumnsHaveNoAssignment() {
    assertThatThrownBy(() -> Assignment.best(new double[][] {{1}, {2}}))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
