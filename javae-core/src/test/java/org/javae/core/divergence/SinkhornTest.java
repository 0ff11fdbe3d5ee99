package org.javae.core.divergence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.javae.tensor.DType;
import org.javae.tensor.Rng;
import org.javae.tensor.Scope;
import org.javae.tensor.Tensor;
import org.junit.jupiter.api.Test;

class SinkhornTest {
  private static final Tensor X =
      Tensor.of(new double[] {0, 0, 1, 0.3, -0.5, 1, 2, 1, 0.4, -1}, 5, 2);
  private static final Tensor Y =
      Tensor.of(new double[] {0.2, 1.2, 1.5, 1.4, -1, 0, 0.6, 0.9, 1.4, -0.7}, 5, 2);

  /** The cheapest of all couplings of equally many points, which is a permutation. */
  private static double best(double[] x, double[] y, boolean[] used, int i) {
    int n = used.length;
    if (i == n) {
      return 0;
    }
    double best = Double.POSITIVE_INFINITY;
    for (int j = 0; j < n; j++) {
      if (!used[j]) {
        used[j] = true;
        double a = x[2 * i] - y[2 * j];
        double b = x[2 * i + 1] - y[2 * j + 1];
        best = Math.min(best, (a * a + b * b) / n + best(x, y, used, i + 1));
        used[j] = false;
      }
    }
    return best;
  }

  @Test
  void withLittleEntropyItIsTheWassersteinDistance() {
    double exact = best(X.toDoubles(), Y.toDoubles(), new boolean[5], 0);
    double far = Scope.run(() -> Sinkhorn.divergence(X, Y, 0.3, 1000).item());
    double near = Scope.run(() -> Sinkhorn.divergence(X, Y, 0.005, 3000).item());
    assertThat(near).isCloseTo(exact, within(1e-3));
    assertThat(Math.abs(far - exact)).isGreaterThan(Math.abs(near - exact));
  }

  @Test
  void onTheLineItAgreesWithSorting() {
    Tensor x = Rng.of(1).normal(DType.FLOAT64, 12, 1);
    Tensor y = Rng.of(2).normal(DType.FLOAT64, 12, 1).plus(2);
    double sorted = Sliced.onLine(x.squeeze(1), y.squeeze(1)).item();
    assertThat(Scope.run(() -> Sinkhorn.divergence(x, y, 0.01, 2000).item()))
        .isCloseTo(sorted, within(0.01 * sorted));
  }

  @Test
  void equalSamplesHaveNoDistanceWhateverTheEntropy() {
    Tensor turned = X.indexSelect(0, Tensor.indices(3, 1, 4, 0, 2));
    for (double epsilon : new double[] {0.05, 1, 100}) {
      assertThat(Sinkhorn.divergence(X, X, epsilon, 10).item()).isCloseTo(0, within(1e-13));
      assertThat(Sinkhorn.divergence(X, turned, epsilon, 2000).item()).isCloseTo(0, within(1e-12));
      assertThat(Sinkhorn.divergence(X, Y, epsilon, 500).item()).isPositive();
    }
  }

  /** For large ε it is the MMD² of the kernel −‖x − y‖²/2, which is ‖x̄ − ȳ‖². */
  @Test
  void withMuchEntropyItIsTheDistanceOfTheMeans() {
    double means = X.mean(0).minus(Y.mean(0)).square().sum().item();
    assertThat(Sinkhorn.divergence(X, Y, 1e6, 20).item()).isCloseTo(means, within(1e-5));
  }

  @Test
  void sizesMayDiffer() {
    Tensor twice = Tensor.cat(List.of(Y, Y), 0);
    assertThat(Sinkhorn.divergence(X, twice, 0.2, 500).item())
        .isCloseTo(Sinkhorn.divergence(X, Y, 0.2, 500).item(), within(1e-9));
  }
}
