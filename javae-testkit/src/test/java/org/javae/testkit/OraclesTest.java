package org.javae.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.List;
import org.javae.tensor.DType;
import org.javae.tensor.Rng;
import org.javae.tensor.Tensor;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class OraclesTest {
  private static final int N = 60;
  private static final int D = 5;

  private static double[][] data() {
    Tensor mix = Rng.of(1).split("mix").normal(DType.FLOAT64, D, D);
    double[] flat =
        Rng.of(1).split("x").normal(DType.FLOAT64, N, D).matmul(mix).plus(3).toDoubles();
    double[][] rows = new double[N][];
    for (int i = 0; i < N; i++) {
      rows[i] = Arrays.copyOfRange(flat, i * D, (i + 1) * D);
    }
    return rows;
  }

  private static Tensor tensor(double[][] rows) {
    return Tensor.of(
        Arrays.stream(rows).flatMapToDouble(Arrays::stream).toArray(), rows.length, rows[0].length);
  }

  @Test
  void jacobiEqualsTheEngine() {
    double[][] a = {{4, 1, -2, 0}, {1, 3, 0.5, 1}, {-2, 0.5, -1, 0}, {0, 1, 0, 2}};
    Oracles.Eigen e = Oracles.eigen(a);
    double[] ascending = tensor(a).eigh().get(0).toDoubles();
    for (int i = 0; i < 4; i++) {
      assertThat(e.values()[i]).isCloseTo(ascending[3 - i], within(1e-13));
    }
    Tensor v = tensor(e.vectors());
    assertThat(v.matmul(tensor(a)).matmul(v.t()).toDoubles())
        .containsExactly(Tensor.of(e.values(), 4).diag().toDoubles(), within(1e-13));
    assertThat(v.matmul(v.t()).toDoubles())
        .containsExactly(Tensor.eye(4).toDoubles(), within(1e-13));
    assertThat(Oracles.eigen(new double[][] {{2, 0}, {0, 5}}).values()).containsExactly(5, 2);
  }

  /** The density of N(μ, W Wᵀ + σ² I) written out with W = U (Λ − σ² I)^½. */
  @Test
  void ppcaEqualsTheGaussianItStandsFor() {
    double[][] rows = data();
    Oracles.Ppca p = Oracles.ppca(rows);
    Tensor mean = Tensor.of(p.mean(), 1, D);
    for (int q = 0; q < D; q++) {
      double[][] covariance = new double[D][D];
      for (int i = 0; i < D; i++) {
        covariance[i][i] += p.sigma2(q);
        for (int j = 0; j < D; j++) {
          for (int k = 0; k < q; k++) {
            covariance[i][j] +=
                (p.eigenvalues()[k] - p.sigma2(q)) * p.directions()[k][i] * p.directions()[k][j];
          }
        }
      }
      Tensor l = tensor(covariance).cholesky();
      Tensor white = l.solveTriangular(tensor(rows).minus(mean).t(), false);
      double logDet = 2 * l.diag().log().sum().item();
      double[] explicit =
          white.square().sum(0).plus(logDet + D * Math.log(2 * Math.PI)).times(-0.5).toDoubles();
      double average = 0;
      for (int i = 0; i < N; i++) {
        assertThat(p.logDensity(rows[i], q)).isCloseTo(explicit[i], within(1e-10));
        average += explicit[i] / N;
      }
      assertThat(p.logLikelihood(q)).as("q = %d", q).isCloseTo(average, within(1e-10));
    }
  }

  @Test
  void itsErrorIsThatOfTheProjection() {
    double[][] rows = data();
    Oracles.Ppca p = Oracles.ppca(rows);
    for (int q = 1; q < D; q++) {
      Tensor centred = tensor(rows).minus(Tensor.of(p.mean(), 1, D));
      Tensor u = tensor(Arrays.copyOf(p.directions(), q));
      Tensor error = centred.minus(centred.matmul(u.t()).matmul(u)).square().mean();
      assertThat(p.mse(q)).isCloseTo(error.item(), within(1e-12));
    }
    assertThatThrownBy(() -> p.sigma2(D)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void itIsTheMaximumOfTheLikelihood() {
    double[][] rows = data();
    Oracles.Ppca p = Oracles.ppca(rows);
    int q = 2;
    for (double factor : new double[] {0.9, 1.1}) {
      for (int i = 0; i < q; i++) {
        double[] moved = p.eigenvalues().clone();
        moved[i] *= factor;
        Oracles.Ppca other = new Oracles.Ppca(p.mean(), moved, p.directions());
        double average =
            Arrays.stream(rows).mapToDouble(r -> other.logDensity(r, q)).average().orElseThrow();
        assertThat(average).isLessThan(p.logLikelihood(q));
      }
    }
  }

  /** Computed elsewhere, from the same file: first 11 columns, standardised with the divisor N. */
  @Test
  @Tag("data")
  void wine() throws IOException {
    List<String> lines = Files.readAllLines(TestData.require("hi-vae/Wine/data.csv"));
    int n = lines.size();
    int d = 11;
    double[][] x = new double[n][d];
    for (int i = 0; i < n; i++) {
      String[] fields = lines.get(i).split(",");
      for (int j = 0; j < d; j++) {
        x[i][j] = Double.parseDouble(fields[j]);
      }
    }
    for (int j = 0; j < d; j++) {
      int column = j;
      double mean = Arrays.stream(x).mapToDouble(r -> r[column]).average().orElseThrow();
      double sd =
          Math.sqrt(
              Arrays.stream(x)
                  .mapToDouble(r -> (r[column] - mean) * (r[column] - mean))
                  .average()
                  .orElseThrow());
      Arrays.stream(x).forEach(r -> r[column] = (r[column] - mean) / sd);
    }
    Oracles.Ppca p = Oracles.ppca(x);
    double[] eigenvalues = {
      3.029777, 2.493833, 1.556300, 0.970565, 0.719888, 0.607302, 0.523212, 0.501534, 0.337040,
      0.227714, 0.032837
    };
    assertThat(n).isEqualTo(6497);
    assertThat(p.eigenvalues()).containsExactly(eigenvalues, within(1e-6));
    int[] q = {1, 2, 3, 5};
    double[] logLikelihood = {-15.028205, -14.383976, -13.987327, -13.691605};
    double[] sigma2 = {0.797022, 0.608488, 0.490011, 0.371606};
    double[] mse = {0.724566, 0.497854, 0.356372, 0.202694};
    for (int i = 0; i < q.length; i++) {
      assertThat(p.logLikelihood(q[i])).isCloseTo(logLikelihood[i], within(1e-6));
      assertThat(p.sigma2(q[i])).isCloseTo(sigma2[i], within(1e-6));
      assertThat(p.mse(q[i])).isCloseTo(mse[i], within(1e-6));
    }
  }
}
