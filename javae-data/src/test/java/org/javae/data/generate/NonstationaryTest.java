package org.javae.data.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.javae.core.data.Dataset;
import org.javae.tensor.UserException;
import org.junit.jupiter.api.Test;

class NonstationaryTest {
  private static float[] values(Dataset d) {
    float[] v = new float[d.size() * Math.toIntExact(d.shape().numel())];
    d.read(IntStream.range(0, d.size()).toArray(), v);
    return v;
  }

  private static double[] row(float[] v, int i, int d) {
    return IntStream.range(0, d).mapToDouble(j -> v[i * d + j]).toArray();
  }

  @Test
  void theStandardTaskIsThePublishedOne() {
    Nonstationary g = Nonstationary.standard();
    assertThat(g.segments()).isEqualTo(40);
    assertThat(g.n()).isEqualTo(40 * 1000);
    assertThat(g.dimension()).isEqualTo(5);
    assertThat(g.layers()).isEqualTo(3);
    assertThat(Arrays.stream(g.truth(1).variances()).flatMapToDouble(Arrays::stream))
        .hasSize(200)
        .allMatch(v -> v >= 0.5 * 0.5 && v <= 3 * 3)
        .anyMatch(v -> v < 0.4)
        .anyMatch(v -> v > 8);
  }

  @Test
  void observationsAreTheMixedSourcesAndGiveThemBack() {
    Nonstationary g = new Nonstationary(4, 5, 3, 200);
    Dataset d = g.generate(7);
    Nonstationary.Truth truth = g.truth(7);
    float[] x = values(d);
    float[] s = d.sources().orElseThrow().values();
    for (int i = 0; i < d.size(); i++) {
      assertThat(truth.observe(row(s, i, 5))).containsExactly(row(x, i, 5), within(1e-4));
      assertThat(truth.sources(row(x, i, 5))).containsExactly(row(s, i, 5), within(1e-3));
    }
  }

  @Test
  void sourcesHaveTheVariancesOfTheirSegment() {
    Nonstationary g = new Nonstationary(3, 2, 2, 60_000);
    Dataset d = g.generate(2);
    float[] s = d.sources().orElseThrow().values();
    int[] label = d.labels().orElseThrow().values();
    double[][] square = new double[3][2];
    for (int i = 0; i < d.size(); i++) {
      for (int j = 0; j < 2; j++) {
        square[label[i]][j] += s[2 * i + j] * s[2 * i + j] / 20_000.0;
      }
    }
    for (int u = 0; u < 3; u++) {
      // The estimate's relative error is √(2 / 20 000) = 1 %.
      for (int j = 0; j < 2; j++) {
        assertThat(square[u][j] / g.truth(2).variances()[u][j]).isCloseTo(1, within(0.05));
      }
    }
    assertThat(d.labels().orElseThrow().cardinality()).isEqualTo(3);
  }

  @Test
  void theMixingIsNotLinear() {
    Nonstationary.Truth truth = new Nonstationary(2, 3, 3, 1).truth(4);
    double[] plus = truth.observe(new double[] {1, 2, -1});
    double[] minus = truth.observe(new double[] {-1, -2, 1});
    assertThat(Math.abs(plus[0] + minus[0]) + Math.abs(plus[1] + minus[1])).isGreaterThan(0.1);
    Nonstationary.Truth linear = new Nonstationary(2, 3, 1, 1).truth(4);
    double[] p = linear.observe(new double[] {1, 2, -1});
    double[] m = linear.observe(new double[] {-1, -2, 1});
    assertThat(p[0] + m[0]).isCloseTo(0, within(1e-12));
  }

  @Test
  void theDensityIntegratesToOne() {
    Nonstationary.Truth truth = new Nonstationary(3, 1, 2, 1).truth(5);
    for (int u = -1; u < 3; u++) {
      double sum = 0;
      double h = 1e-3;
      for (double x = -40; x < 40; x += h) {
        double[] at = {x + h / 2};
        sum += h * Math.exp(u < 0 ? truth.logDensity(at) : truth.logDensity(at, u));
      }
      assertThat(sum).isCloseTo(1, within(1e-4));
    }
  }

  @Test
  void theDensityOfSeveralSourcesTakesTheJacobian() {
    Nonstationary.Truth truth = new Nonstationary(2, 2, 3, 1).truth(6);
    double sum = 0;
    double h = 0.01;
    for (double a = -14; a < 14; a += h) {
      for (double b = -14; b < 14; b += h) {
        sum += h * h * Math.exp(truth.logDensity(new double[] {a + h / 2, b + h / 2}, 1));
      }
    }
    assertThat(sum).isCloseTo(1, within(5e-3));
  }

  @Test
  void aLargerSetBeginsWithTheSmallerOne() {
    float[] few = values(new Nonstationary(4, 3, 3, 10).generate(1));
    float[] many = values(new Nonstationary(4, 3, 3, 20).generate(1));
    assertThat(Arrays.copyOf(many, few.length)).isEqualTo(few);
    assertThat(values(new Nonstationary(4, 3, 3, 10).generate(2))).isNotEqualTo(few);
  }

  @Test
  void settingsOutOfRangeAreRefused() {
    assertThatThrownBy(() -> new Nonstationary(0, 5, 3, 10))
        .isInstanceOf(UserException.class)
        .hasMessage("nonstationary: segments is 0 but must be at least 1.");
    assertThatThrownBy(() -> new Nonstationary(4, 5, 0, 10)).isInstanceOf(UserException.class);
  }
}
