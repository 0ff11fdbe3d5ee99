package org.javae.data.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.javae.core.data.Dataset;
import org.javae.tensor.Shape;
import org.javae.tensor.UserException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class MixtureTest {
  /**
   * ∫ p, ∫ p log p and ∫ p (log p)² by the trapezoidal rule, which is all but exact for smooth
   * densities.
   */
  private static double[] integrals(Mixture mixture) {
    double step = mixture.sigma() / (mixture.kind() == Mixture.Kind.PINWHEEL ? 3 : 1.5);
    double reach = mixture.kind() == Mixture.Kind.MOONS ? 3.2 : 4;
    int half = (int) Math.ceil(reach / step);
    double[] sum = new double[3];
    for (int i = -half; i <= half; i++) {
      for (int j = -half; j <= half; j++) {
        double log = mixture.logDensity(i * step + 0.5, j * step + 0.25);
        double p = Math.exp(log) * step * step;
        if (p > 0) {
          sum[0] += p;
          sum[1] += p * log;
          sum[2] += p * log * log;
        }
      }
    }
    return sum;
  }

  private static Mixture smooth(Mixture.Kind kind, int n) {
    // Wider arcs for the moons, whose density is itself an integral: fewer points do.
    return kind == Mixture.Kind.MOONS ? new Mixture(kind, n, 0.25) : Mixture.of(kind, n);
  }

  @ParameterizedTest
  @EnumSource
  void densityIntegratesToOne(Mixture.Kind kind) {
    assertThat(integrals(smooth(kind, 1))[0]).isCloseTo(1, within(1e-6));
  }

  @ParameterizedTest
  @EnumSource
  void averageLogLikelihoodIsTheExactOneAndTendsToTheNegativeEntropy(Mixture.Kind kind) {
    int n = kind == Mixture.Kind.MOONS ? 2000 : 8000;
    Mixture mixture = smooth(kind, n);
    Dataset data = mixture.generate(17);
    float[] x = new float[2];
    double sum = 0;
    for (int i = 0; i < n; i++) {
      data.read(new int[] {i}, x);
      sum += mixture.logDensity(x[0], x[1]);
    }
    assertThat(data.exactLogLikelihood().orElseThrow()).isCloseTo(sum / n, within(1e-9));
    double[] integrals = integrals(mixture);
    double deviation = Math.sqrt(integrals[2] - integrals[1] * integrals[1]);
    assertThat(data.exactLogLikelihood().orElseThrow())
        .isCloseTo(integrals[1], within(4 * deviation / Math.sqrt(n)));
  }

  @ParameterizedTest
  @EnumSource
  void sameSeedSameBits(Mixture.Kind kind) {
    Mixture mixture = Mixture.of(kind, 200);
    assertThat(mixture.generate(1).fingerprint()).isEqualTo(mixture.generate(1).fingerprint());
    assertThat(mixture.generate(1).fingerprint()).isNotEqualTo(mixture.generate(2).fingerprint());
    assertThat(mixture.generate(1).shape()).isEqualTo(Shape.of(2));
    assertThat(mixture.generate(1).columns()).hasSize(2);
  }

  @Test
  void bitsArePinned() {
    assertThat(Mixture.of(Mixture.Kind.PINWHEEL, 100).generate(1).fingerprint())
        .isEqualTo("b83837366734bfc890f96405a5c84730b67713f1cfc9fcbfc18695f02f0b98f2");
  }

  @Test
  void labelsNameTheComponent() {
    Mixture ring = Mixture.of(Mixture.Kind.RING, 4000);
    Dataset data = ring.generate(3);
    Dataset.Annotation labels = data.labels().orElseThrow();
    assertThat(labels.cardinality()).isEqualTo(8);
    double[][] sum = new double[8][3];
    float[] x = new float[2];
    for (int i = 0; i < data.size(); i++) {
      data.read(new int[] {i}, x);
      double[] s = sum[labels.values()[i]];
      s[0]++;
      s[1] += x[0];
      s[2] += x[1];
    }
    for (int k = 0; k < 8; k++) {
      assertThat(sum[k][0]).isBetween(380.0, 620.0);
      assertThat(sum[k][1] / sum[k][0]).isCloseTo(2 * Math.cos(Math.PI * k / 4), within(0.05));
      assertThat(sum[k][2] / sum[k][0]).isCloseTo(2 * Math.sin(Math.PI * k / 4), within(0.05));
    }
  }

  @Test
  void moonsDensityAgreesWithAPlainSum() {
    Mixture moons = new Mixture(Mixture.Kind.MOONS, 1, 0.1);
    for (double[] at : new double[][] {{0, 1}, {0.3, 0.2}, {1.7, -0.1}, {-1.2, -0.3}}) {
      int steps = 400_000;
      double p = 0;
      for (int i = 0; i < steps; i++) {
        double t = Math.PI * (i + 0.5) / steps;
        p += Math.exp(-(sq(at[0] - Math.cos(t)) + sq(at[1] - Math.sin(t))) / 0.02);
        p += Math.exp(-(sq(at[0] - 1 + Math.cos(t)) + sq(at[1] - 0.5 + Math.sin(t))) / 0.02);
      }
      p /= 2 * steps * 2 * Math.PI * 0.01;
      assertThat(moons.logDensity(at[0], at[1])).isCloseTo(Math.log(p), within(1e-8));
    }
  }

  @Test
  void ringDensityByHand() {
    double p = 0;
    for (int k = 0; k < 8; k++) {
      double dx = 0.7 - 2 * Math.cos(Math.PI * k / 4);
      double dy = 1.1 - 2 * Math.sin(Math.PI * k / 4);
      p += Math.exp(-(dx * dx + dy * dy) / (2 * 0.3 * 0.3)) / (2 * Math.PI * 0.3 * 0.3) / 8;
    }
    assertThat(new Mixture(Mixture.Kind.RING, 1, 0.3).logDensity(0.7, 1.1))
        .isCloseTo(Math.log(p), within(1e-12));
  }

  private static double sq(double v) {
    return v * v;
  }

  @Test
  void refusesSettingsOutOfRange() {
    assertThatThrownBy(() -> new Mixture(Mixture.Kind.RING, 10, 0))
        .isInstanceOf(UserException.class)
        .hasMessage("mixture: sigma is 0.0 but must be a positive number.");
  }
}
