package org.javae.core.divergence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.javae.tensor.DType;
import org.javae.tensor.Rng;
import org.javae.tensor.Scope;
import org.javae.tensor.Shape;
import org.javae.tensor.Tensor;
import org.junit.jupiter.api.Test;

class MsSsimTest {
  private static Tensor noise(long seed, long... shape) {
    return Rng.of(seed).uniform(DType.FLOAT64, shape);
  }

  @Test
  void anImageIsLikeItself() {
    for (long side : new long[] {5, 28, 64, 176}) {
      Tensor x = noise(1, 2, 3, side, side + 1);
      assertThat(MsSsim.ssim(x, x).toDoubles()).containsExactly(new double[] {1, 1}, within(1e-12));
      assertThat(MsSsim.of(x, x).toDoubles()).containsExactly(new double[] {1, 1}, within(1e-12));
    }
    assertThat(MsSsim.of(Tensor.zeros(1, 1, 28, 28), Tensor.zeros(1, 1, 28, 28)).item())
        .isEqualTo(1);
  }

  /** Without structure only the luminance is compared. */
  @Test
  void greyImagesHaveTheValueOfTheirLuminance() {
    Tensor x = Tensor.full(0.3, 1, 1, 28, 28).to(DType.FLOAT64);
    Tensor y = Tensor.full(0.7, 1, 1, 28, 28).to(DType.FLOAT64);
    double luminance = (2 * 0.21 + 1e-4) / (0.09 + 0.49 + 1e-4);
    assertThat(MsSsim.ssim(x, y).item()).isCloseTo(luminance, within(1e-6));
    assertThat(MsSsim.of(x, y).item())
        .isCloseTo(Math.pow(luminance, 0.2856 / (0.0448 + 0.2856)), within(1e-6));
  }

  @Test
  void ssimIsTheFormulaPixelByPixel() {
    Scope.run(
        () -> {
          int side = 14;
          double[] x = noise(1, side, side).toDoubles();
          double[] y = noise(2, side, side).toDoubles();
          for (int i = 0; i < y.length; i++) {
            y[i] = 0.6 * x[i] + 0.4 * y[i];
          }
          double sum = 0;
          for (int r = 0; r + 11 <= side; r++) {
            for (int c = 0; c + 11 <= side; c++) {
              double[] m = new double[6];
              for (int i = 0; i < 11; i++) {
                for (int j = 0; j < 11; j++) {
                  double w = Math.exp(-((i - 5) * (i - 5) + (j - 5) * (j - 5)) / 4.5);
                  double a = x[(r + i) * side + c + j];
                  double b = y[(r + i) * side + c + j];
                  double[] v = {1, a, b, a * a, b * b, a * b};
                  for (int k = 0; k < 6; k++) {
                    m[k] += w * v[k];
                  }
                }
              }
              for (int k = 1; k < 6; k++) {
                m[k] /= m[0];
              }
              sum +=
                  (2 * m[1] * m[2] + 1e-4)
                      / (m[1] * m[1] + m[2] * m[2] + 1e-4)
                      * (2 * (m[5] - m[1] * m[2]) + 9e-4)
                      / (m[3] - m[1] * m[1] + m[4] - m[2] * m[2] + 9e-4);
            }
          }
          double ours =
              MsSsim.ssim(Tensor.of(x, 1, 1, side, side), Tensor.of(y, 1, 1, side, side)).item();
          assertThat(ours).isCloseTo(sum / 16, within(1e-12)).isBetween(0.3, 0.99);
        });
  }

  @Test
  void noiseMakesImagesLessAlikeAndChannelsAreAveraged() {
    Tensor x = noise(1, 1, 2, 40, 30);
    Tensor n = noise(2, 1, 2, 40, 30).minus(0.5);
    double before = 1;
    for (double amount : new double[] {0.05, 0.2, 0.6}) {
      double now = MsSsim.of(x, x.plus(n.times(amount))).item();
      assertThat(now).isLessThan(before);
      before = now;
    }
    Tensor y = x.plus(n.times(0.3));
    double first = MsSsim.of(x.narrow(1, 0, 1), y.narrow(1, 0, 1)).item();
    double second = MsSsim.of(x.narrow(1, 1, 1), y.narrow(1, 1, 1)).item();
    assertThat(MsSsim.of(x, y).item()).isCloseTo((first + second) / 2, within(1e-12));
  }

  @Test
  void scalesEndBeforeTheWindowDoesNotFit() {
    assertThat(MsSsim.scales(7, 9)).isEqualTo(1);
    assertThat(MsSsim.scales(28, 28)).isEqualTo(2);
    assertThat(MsSsim.scales(64, 64)).isEqualTo(3);
    assertThat(MsSsim.scales(176, 500)).isEqualTo(5);
    assertThat(MsSsim.scales(2000, 2000)).isEqualTo(5);
  }

  @Test
  void oppositeImagesAreFiniteAndOnlyImagesOfOneShapeAreCompared() {
    Tensor x = noise(1, 1, 1, 28, 28);
    double opposite = MsSsim.of(x, x.neg().plus(1)).item();
    assertThat(opposite).isBetween(0.0, 0.01);
    assertThatThrownBy(() -> MsSsim.of(x, noise(1, 1, 1, 28, 27)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(Shape.of(1, 1, 28, 27).toString());
  }
}
