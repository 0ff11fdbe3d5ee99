package org.javae.models.linear;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Map;
import org.javae.core.distribution.Normal;
import org.javae.core.divergence.Divergence;
import org.javae.core.evaluate.Estimators;
import org.javae.core.model.CatalogEntry;
import org.javae.core.model.ClosedForm;
import org.javae.core.model.DataSpec;
import org.javae.models.ModelCatalog;
import org.javae.tensor.DType;
import org.javae.tensor.Rng;
import org.javae.tensor.Scope;
import org.javae.tensor.Shape;
import org.javae.tensor.Tensor;
import org.javae.tensor.UserException;
import org.javae.testkit.Oracles;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** PCA and probabilistic PCA against the same in plain Java, and in degenerate cases. */
class ProbabilisticPcaTest {
  private static final int N = 300;
  private static final int D = 7;
  private static final double[][] X = data(1);

  /** Three hidden causes and noise, in units of {@code scale}. */
  private static double[][] data(double scale) {
    double[] z = Scope.run(() -> Rng.of(5).normal(DType.FLOAT64, N, 3).toDoubles());
    double[] e = Scope.run(() -> Rng.of(6).normal(DType.FLOAT64, N, D).toDoubles());
    double[][] x = new double[N][D];
    for (int i = 0; i < N; i++) {
      for (int j = 0; j < D; j++) {
        x[i][j] = 5 + j + 0.4 * e[i * D + j];
        for (int k = 0; k < 3; k++) {
          x[i][j] += (3 - k) * Math.sin(1 + j * (k + 1)) * z[i * 3 + k];
        }
        x[i][j] *= scale;
      }
    }
    return x;
  }

  private static Tensor tensor(double[][] x) {
    return Tensor.of(Arrays.stream(x).flatMapToDouble(Arrays::stream).toArray(), x.length, D);
  }

  @SuppressWarnings("unchecked") // the caller knows what the name stands for
  private static <M extends ClosedForm> M fitted(String name, int latent, double[][] x) {
    CatalogEntry<?> e = ModelCatalog.get(name);
    DataSpec data = DataSpec.of(Shape.of(D), false, false);
    M m = (M) e.build(data, e.configure(data, Map.of("latent", latent)), Rng.of(0));
    m.fit(consumer -> Scope.run(() -> consumer.accept(tensor(x))));
    return m;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 6})
  void agreesWithPlainJava(int q) {
    Oracles.Ppca o = Oracles.ppca(X);
    ProbabilisticPca m = fitted("ppca", q, X);
    assertThat(m.noiseVariance()).isCloseTo(o.sigma2(q), within(1e-10));
    Scope.run(
        () -> {
          Tensor x = tensor(X);
          double[] expected = Arrays.stream(X).mapToDouble(r -> o.logDensity(r, q)).toArray();
          assertThat(m.logProb(x).toDoubles()).containsExactly(expected, within(1e-9));
          assertThat(m.logProb(x).mean().item()).isCloseTo(o.logLikelihood(q), within(1e-9));
        });
  }

  @Test
  void theElboIsExact() {
    ProbabilisticPca m = fitted("ppca", 3, X);
    Scope.run(
        () -> {
          Tensor x = tensor(X);
          double[] exact = m.logProb(x).toDoubles();
          for (int k : new int[] {1, 10, 100}) {
            assertThat(Estimators.logLikelihood(m, x, k, Rng.of(k)).toDoubles())
                .containsExactly(exact, within(1e-9));
          }
          // ln p(x|z) − KL needs an average over z, as ln p(x, z) − ln q(z|x) does not.
          Normal q = m.posterior(x);
          Tensor z = q.rsample(Rng.of(1), 4000);
          Tensor kl = Divergence.KL.between(q, m.prior(), z);
          Tensor fit = m.likelihood(z).logProb(x.repeatBatch(4000)).reshape(4000, N).mean(0);
          assertThat(fit.minus(kl).toDoubles()).containsExactly(exact, within(0.2));
          assertThat(fit.minus(kl).mean().item())
              .isCloseTo(m.logProb(x).mean().item(), within(0.01));
        });
  }

  @Test
  void generatedObservationsHaveTheModelsCovariance() {
    ProbabilisticPca m = fitted("ppca", 3, X);
    Oracles.Ppca o = Oracles.ppca(X);
    int n = 40_000;
    double[][] drawn = new double[n][D];
    double[] v =
        Scope.run(() -> m.likelihood(m.prior().sample(Rng.of(1), n)).sample(Rng.of(2)).toDoubles());
    for (int i = 0; i < n; i++) {
      System.arraycopy(v, i * D, drawn[i], 0, D);
    }
    Oracles.Ppca again = Oracles.ppca(drawn);
    for (int k = 0; k < D; k++) {
      double expected = k < 3 ? o.eigenvalues()[k] : o.sigma2(3);
      assertThat(again.eigenvalues()[k]).isCloseTo(expected, within(0.04 * expected));
    }
    assertThat(again.mean()).containsExactly(o.mean(), within(0.1));
  }

  @Test
  void pcaProjectsOnTheFirstDirections() {
    Oracles.Ppca o = Oracles.ppca(X);
    Pca m = fitted("pca", 2, X);
    assertThat(m.eigenvalues().toDoubles()).containsExactly(o.eigenvalues(), within(1e-10));
    Scope.run(
        () -> {
          Tensor x = tensor(X);
          Tensor z = m.encode(x);
          for (int k = 0; k < 2; k++) {
            double[] u = o.directions()[k];
            double sign = Math.signum(u[largest(u)]);
            double[] code = z.select(1, k).toDoubles();
            for (int i = 0; i < N; i++) {
              double expected = 0;
              for (int j = 0; j < D; j++) {
                expected += sign * u[j] * (X[i][j] - o.mean()[j]);
              }
              assertThat(code[i]).isCloseTo(expected, within(1e-9));
            }
          }
          double mse = m.decode(z).minus(x).square().mean().item();
          assertThat(mse).isCloseTo(o.mse(2), within(1e-10));
        });
  }

  private static int largest(double[] u) {
    int at = 0;
    for (int j = 1; j < u.length; j++) {
      at = Math.abs(u[j]) > Math.abs(u[at]) ? j : at;
    }
    return at;
  }

  /** ln p of data in other units differs by the logarithm of the units' volume only. */
  @ParameterizedTest
  @ValueSource(doubles = {1e-9, 1e-3, 1e6})
  void unitsDoNotMatter(double scale) {
    ProbabilisticPca m = fitted("ppca", 2, X);
    ProbabilisticPca other = fitted("ppca", 2, data(scale));
    Scope.run(
        () -> {
          double[] expected = m.logProb(tensor(X)).minus(D * Math.log(scale)).toDoubles();
          double[] found = other.logProb(tensor(data(scale))).toDoubles();
          assertThat(found).containsExactly(expected, within(1e-6));
        });
  }

  /** Fewer causes than latents and no noise: nothing is infinite, and reconstruction is exact. */
  @Test
  void exactlyLowRankData() {
    double[][] x = new double[N][D];
    for (int i = 0; i < N; i++) {
      for (int j = 0; j < D; j++) {
        x[i][j] = X[i][0] * (j + 1) + X[i][1] * Math.cos(j);
      }
    }
    ProbabilisticPca m = fitted("ppca", 4, x);
    Scope.run(
        () -> {
          Tensor t = tensor(x);
          assertThat(m.logProb(t).allFinite()).isTrue();
          assertThat(m.posterior(t).rsample(Rng.of(1)).allFinite()).isTrue();
          assertThat(m.decode(m.encode(t)).toDoubles())
              .containsExactly(t.toDoubles(), within(1e-3));
        });
  }

  @Test
  void constantData() {
    double[][] x = new double[N][D];
    for (double[] row : x) {
      Arrays.fill(row, 3);
    }
    ProbabilisticPca m = fitted("ppca", 2, x);
    Scope.run(
        () -> {
          assertThat(m.logProb(tensor(x)).allFinite()).isTrue();
          assertThat(m.decode(m.encode(tensor(x))).toDoubles()).containsOnly(3);
        });
  }

  @Test
  void tooManyLatentsAreRefused() {
    assertThat(message("ppca", 7)).contains("latent=7 leaves no dimension", "fewer than 7");
    assertThat(message("ppca", 8)).contains("latent is 8", "at most 7");
    assertThat(message("pca", 8)).contains("latent is 8", "at most 7");
    assertThat(message("linear-ae", 8)).contains("latent is 8", "at most 7");
    fitted("pca", 7, X);
  }

  private static String message(String model, int latent) {
    try {
      CatalogEntry<?> e = ModelCatalog.get(model);
      DataSpec data = DataSpec.of(Shape.of(D), false, false);
      e.build(data, e.configure(data, Map.of("latent", latent)), Rng.of(0));
      return "accepted";
    } catch (UserException e) {
      return e.getMessage();
    }
  }
}
