package org.javae.core.divergence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.function.Function;
import org.javae.core.distribution.Normal;
import org.javae.tensor.DType;
import org.javae.tensor.Rng;
import org.javae.tensor.Scope;
import org.javae.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MmdTest {
  private static final int TIMES = 300;

  /** Mean and its standard error over repetitions with fresh samples. */
  private static double[] mean(Function<Rng, Tensor> estimate) {
    double sum = 0;
    double squares = 0;
    for (int i = 0; i < TIMES; i++) {
      Rng r = Rng.of(100 + i);
      double v = Scope.run(() -> estimate.apply(r).item());
      sum += v;
      squares += v * v;
    }
    double mean = sum / TIMES;
    return new double[] {mean, Math.sqrt((squares / TIMES - mean * mean) / TIMES)};
  }

  private static Tensor draw(Rng r, String name, int n) {
    return r.split(name).normal(DType.FLOAT64, n, 3);
  }

  @ParameterizedTest
  @ValueSource(strings = {"imq", "rbf", "rbf:0.7"})
  void theUnbiasedEstimateIsZeroOnAverageUnderTheNull(String kernel) {
    Kernel k = Kernel.parse(kernel);
    double[] unbiased = mean(r -> Mmd.unbiased(k, draw(r, "x", 30), draw(r, "y", 20)));
    assertThat(unbiased[0]).isCloseTo(0, within(3 * unbiased[1]));
    double[] biased = mean(r -> Mmd.biased(k, draw(r, "x", 30), draw(r, "y", 20)));
    assertThat(biased[0]).as("biased").isGreaterThan(20 * biased[1]);
  }

  /** The bias of the V-statistic under the null is exactly (k(0) − E k(x, x′))(1/n + 1/m). */
  @Test
  void theBiasIsTheKnownOne() {
    Kernel k = Kernel.parse("rbf:1.2");
    double[] biased = mean(r -> Mmd.biased(k, draw(r, "x", 30), draw(r, "y", 20)));
    double expected = Math.pow(1.44 / 3.44, 1.5);
    assertThat(biased[0]).isCloseTo((1 - expected) * (1.0 / 30 + 1.0 / 20), within(3 * biased[1]));
  }

  @Test
  void samplesOfGaussiansAgreeWithTheClosedForm() {
    Normal p =
        new Normal(
            Tensor.of(new double[] {0.5, -1, 0}, 1, 3),
            Tensor.of(new double[] {0.1, -0.5, 0.3}, 1, 3));
    Normal q = Normal.standard(DType.FLOAT64, 3);
    for (double sigma : new double[] {0.6, 1.5}) {
      double exact = Mmd.gaussian(p, q, sigma).item();
      Kernel k = new Kernel(Kernel.Family.RBF, sigma);
      double[] estimate =
          mean(r -> Mmd.unbiased(k, p.rsample(r.split("p"), 40), q.rsample(r.split("q"), 50)));
      assertThat(exact).isGreaterThan(20 * estimate[1]);
      assertThat(estimate[0]).isCloseTo(exact, within(3 * estimate[1]));
    }
    assertThat(Mmd.gaussian(p, p, 1).item()).isCloseTo(0, within(1e-15));
  }

  @Test
  void equalSamplesHaveNoDistanceAndPairsAreCountedByHand() {
    Tensor x = draw(Rng.of(1), "x", 6);
    assertThat(Mmd.biased(Kernel.IMQ, x, x).item()).isCloseTo(0, within(1e-14));
    Tensor a = Tensor.of(new double[] {0, 1}, 2, 1);
    Tensor b = Tensor.of(new double[] {2, 3}, 2, 1);
    Kernel k = Kernel.parse("rbf:1");
    double within = Math.exp(-0.5);
    double across = (2 * Math.exp(-2) + Math.exp(-0.5) + Math.exp(-4.5)) / 4;
    assertThat(Mmd.unbiased(k, a, b).item()).isCloseTo(2 * within - 2 * across, within(1e-14));
    assertThat(Mmd.biased(k, a, b).item()).isCloseTo(1 + within - 2 * across, within(1e-14));
  }

  @Test
  void oneRowHasNoPairs() {
    assertThatThrownBy(() -> Mmd.unbiased(Kernel.RBF, Tensor.zeros(1, 2), Tensor.zeros(5, 2)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("1 and 5");
  }
}
