package org.javae.data.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.javae.core.data.Dataset;
import org.javae.tensor.UserException;
import org.junit.jupiter.api.Test;

class LinearGaussianTest {
  private static double[] row(Dataset data, int i, int d) {
    float[] f = new float[d];
    data.read(new int[] {i}, f);
    double[] x = new double[d];
    for (int j = 0; j < d; j++) {
      x[j] = f[j];
    }
    return x;
  }

  /**
   * The same density by the q×q form: |C| = σ^{2(d−q)} |M| and C⁻¹ = (I − W M⁻¹ Wᵀ)/σ² with M = WᵀW
   * + σ² I, solved by elimination instead of a Cholesky factor of C.
   */
  private static double logDensityBySmallMatrix(LinearGaussian.Truth truth, double[] x) {
    double[][] w = truth.weights();
    double s2 = truth.sigma() * truth.sigma();
    int d = w.length;
    int q = w[0].length;
    double[][] m = new double[q][q + 1];
    double square = 0;
    for (int i = 0; i < d; i++) {
      double c = x[i] - truth.mean()[i];
      square += c * c;
      for (int a = 0; a < q; a++) {
        m[a][q] += w[i][a] * c;
        for (int b = 0; b < q; b++) {
          m[a][b] += w[i][a] * w[i][b] + (i == 0 && a == b ? s2 : 0);
        }
      }
    }
    double[] projected = new double[q];
    for (int a = 0; a < q; a++) {
      projected[a] = m[a][q];
    }
    double logDeterminant = (d - q) * Math.log(s2);
    for (int p = 0; p < q; p++) {
      logDeterminant += Math.log(m[p][p]);
      for (int r = 0; r < q; r++) {
        if (r != p) {
          double factor = m[r][p] / m[p][p];
          for (int c = p; c <= q; c++) {
            m[r][c] -= factor * m[p][c];
          }
        }
      }
    }
    for (int a = 0; a < q; a++) {
      square -= projected[a] * m[a][q] / m[a][a];
    }
    return -0.5 * (d * Math.log(2 * Math.PI) + logDeterminant + square / s2);
  }

  @Test
  void exactLikelihoodAgreesWithTheSmallMatrixForm() {
    LinearGaussian generator = new LinearGaussian(9, 4, 0.3, 500);
    Dataset data = generator.generate(3);
    LinearGaussian.Truth truth = generator.truth(3);
    double sum = 0;
    for (int i = 0; i < 500; i++) {
      double expected = logDensityBySmallMatrix(truth, row(data, i, 9));
      assertThat(truth.logDensity(row(data, i, 9))).isCloseTo(expected, within(1e-9));
      sum += expected;
    }
    assertThat(data.exactLogLikelihood().orElseThrow()).isCloseTo(sum / 500, within(1e-9));
  }

  @Test
  void densityIsTheIntegralOverTheLatentVariable() {
    LinearGaussian generator = new LinearGaussian(3, 1, 0.7, 1);
    LinearGaussian.Truth truth = generator.truth(8);
    double[] x = {0.4, -0.2, 1.3};
    double p = 0;
    double step = 0.01;
    for (double z = -9; z <= 9; z += step) {
      double log = Mixture.logNormal(z, 1);
      for (int j = 0; j < 3; j++) {
        log += Mixture.logNormal(x[j] - truth.mean()[j] - truth.weights()[j][0] * z, 0.7);
      }
      p += Math.exp(log) * step;
    }
    assertThat(truth.logDensity(x)).isCloseTo(Math.log(p), within(1e-9));
  }

  @Test
  void averageTendsToTheExpectedLogDensity() {
    LinearGaussian generator = LinearGaussian.standard();
    // (x−μ)ᵀC⁻¹(x−μ) is χ² with d degrees of freedom: the average's standard error is √(d/2n).
    double error = Math.sqrt(16 / (2.0 * 10_000));
    assertThat(generator.generate(5).exactLogLikelihood().orElseThrow())
        .isCloseTo(generator.truth(5).expectedLogDensity(), within(4 * error));
  }

  @Test
  void momentsAreThoseOfTheModel() {
    LinearGaussian generator = new LinearGaussian(4, 2, 0.5, 40_000);
    Dataset data = generator.generate(6);
    LinearGaussian.Truth truth = generator.truth(6);
    double[] mean = truth.mean();
    double[][] covariance = new double[4][4];
    double[] average = new double[4];
    for (int i = 0; i < data.size(); i++) {
      double[] x = row(data, i, 4);
      for (int a = 0; a < 4; a++) {
        average[a] += x[a] / data.size();
        for (int b = 0; b < 4; b++) {
          covariance[a][b] += (x[a] - mean[a]) * (x[b] - mean[b]) / data.size();
        }
      }
    }
    double[][] c = truth.covariance();
    for (int a = 0; a < 4; a++) {
      assertThat(average[a]).isCloseTo(mean[a], within(5 * Math.sqrt(c[a][a] / data.size())));
      for (int b = 0; b < 4; b++) {
        double error = Math.sqrt((c[a][a] * c[b][b] + c[a][b] * c[a][b]) / data.size());
        assertThat(covariance[a][b]).isCloseTo(c[a][b], within(5 * error));
      }
    }
  }

  @Test
  void sameSeedSameBitsAndParametersDoNotDependOnTheNumberOfObservations() {
    LinearGaussian few = new LinearGaussian(5, 2, 0.5, 10);
    LinearGaussian many = new LinearGaussian(5, 2, 0.5, 20);
    assertThat(few.generate(1).fingerprint()).isEqualTo(few.generate(1).fingerprint());
    assertThat(few.generate(1).fingerprint()).isNotEqualTo(few.generate(2).fingerprint());
    assertThat(few.truth(1).weights()).isDeepEqualTo(many.truth(1).weights());
    for (int i = 0; i < 10; i++) {
      assertThat(row(few.generate(1), i, 5)).isEqualTo(row(many.generate(1), i, 5));
    }
  }

  @Test
  void bitsArePinned() {
    assertThat(new LinearGaussian(5, 2, 0.5, 100).generate(1).fingerprint())
        .isEqualTo("520b85c3cfe9c9e2a7613a1a1f3dfdfdabf23be9fa89bdb44e0746a65235268c");
  }

  @Test
  void refusesSettingsOutOfRange() {
    assertThatThrownBy(() -> new LinearGaussian(3, 4, 1, 10))
        .isInstanceOf(UserException.class)
        .hasMessage(
            "linear-gaussian: latent is 4 but cannot be larger than dimension, which is 3.");
    assertThatThrownBy(() -> new LinearGaussian(3, 2, -1, 10)).isInstanceOf(UserException.class);
    assertThatThrownBy(() -> new LinearGaussian(30, 20, 1e-12, 10).generate(1))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("sigma");
  }
}
