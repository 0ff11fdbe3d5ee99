package org.javae.core.divergence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.javae.core.distribution.Normal;
import org.javae.tensor.DType;
import org.javae.tensor.Rng;
import org.javae.tensor.Scope;
import org.javae.tensor.Tensor;
import org.junit.jupiter.api.Test;

class SlicedTest {
  @Test
  void onTheLineTheBestCouplingIsSorted() {
    Tensor x = Tensor.of(new double[] {3, -1, 2}, 3);
    Tensor y = Tensor.of(new double[] {0, 5, 1}, 3);
    assertThat(Sliced.onLine(x, y).item()).isCloseTo((1 + 1 + 4) / 3.0, within(1e-15));
    // All six couplings, none cheaper.
    double[] a = x.toDoubles();
    double[] b = y.toDoubles();
    double best = Double.POSITIVE_INFINITY;
    for (int[] p : new int[][] {{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}}) {
      double cost = 0;
      for (int i = 0; i < 3; i++) {
        cost += (a[i] - b[p[i]]) * (a[i] - b[p[i]]) / 3;
      }
      best = Math.min(best, cost);
    }
    assertThat(Sliced.onLine(x, y).item()).isCloseTo(best, within(1e-15));
  }

  @Test
  void largeSamplesOfGaussiansMeetTheClosedForm() {
    Scope.run(
        () -> {
          int n = 100_000;
          Tensor x = Rng.of(1).normal(DType.FLOAT64, n).times(2).plus(1);
          Tensor y = Rng.of(2).normal(DType.FLOAT64, n).times(0.5).minus(0.5);
          double exact =
              Sliced.gaussian(normal(1, Math.log(2)), normal(-0.5, Math.log(0.5))).item();
          assertThat(exact).isCloseTo(1.5 * 1.5 + 1.5 * 1.5, within(1e-14));
          // The difference of the sample means alone has a standard error of 0.0065.
          assertThat(Sliced.onLine(x, y).item()).isCloseTo(exact, within(4 * 2 * 1.5 * 0.0075));
        });
  }

  private static Normal normal(double mean, double logScale) {
    return new Normal(
        Tensor.of(new double[] {mean}, 1, 1), Tensor.of(new double[] {logScale}, 1, 1));
  }

  /** A shift by δ moves the projections by θᵀδ, and E (θᵀδ)² = ‖δ‖²/d. */
  @Test
  void aShiftCostsItsSquaredLengthOverTheDimension() {
    Scope.run(
        () -> {
          Tensor x = Rng.of(1).normal(DType.FLOAT64, 50, 4);
          Tensor y = x.plus(Tensor.of(new double[] {1, -2, 0, 2}, 1, 4));
          int directions = 4_000;
          double sliced = Sliced.wasserstein(x, y, directions, Rng.of(3)).item();
          // (θᵀu)² has mean 1/d and variance 2(d − 1)/(d²(d + 2)).
          double error = 9 * Math.sqrt(2 * 3 / (16.0 * 6) / directions);
          assertThat(sliced).isCloseTo(9.0 / 4, within(4 * error));
          assertThat(Sliced.wasserstein(x, x, 5, Rng.of(3)).item()).isZero();
        });
  }

  @Test
  void inOneDimensionSlicingIsExactForAnyDirections() {
    Tensor x = Rng.of(1).normal(DType.FLOAT64, 30, 1);
    Tensor y = Rng.of(2).normal(DType.FLOAT64, 30, 1).times(3);
    assertThat(Sliced.wasserstein(x, y, 3, Rng.of(4)).item())
        .isCloseTo(Sliced.onLine(x.squeeze(1), y.squeeze(1)).item(), within(1e-13));
  }

  @Test
  void samplesOfDifferentSizesAreRefused() {
    assertThatThrownBy(() -> Sliced.onLine(Tensor.zeros(3), Tensor.zeros(4)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("3 and 4");
  }
}
