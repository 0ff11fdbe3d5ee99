package org.javae.models.linear;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.javae.core.evaluate.MeanCorrelation;
import org.javae.core.model.DataSpec;
import org.javae.models.ModelCatalog;
import org.javae.tensor.Autograd;
import org.javae.tensor.Rng;
import org.javae.tensor.Scope;
import org.javae.tensor.Shape;
import org.javae.tensor.Tensor;
import org.javae.tensor.UserException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Sources that are known, mixed at random. */
class FastIcaTest {
  private static final int N = 10_000;

  private interface Law {
    double draw(SplittableRandom r);
  }

  private static final Law LAPLACE = r -> Math.log(1 - r.nextDouble()) * (r.nextBoolean() ? 1 : -1);
  private static final Law UNIFORM = SplittableRandom::nextDouble;
  private static final Law LOGISTIC =
      r -> {
        double u = 1 - r.nextDouble();
        return Math.log(u / (1.0000001 - u));
      };
  private static final Law EXPONENTIAL = r -> -Math.log(1 - r.nextDouble());
  private static final Law COIN = r -> r.nextBoolean() ? 1 : -1;
  private static final Law GAUSSIAN = SplittableRandom::nextGaussian;

  private static float[] sources(Law... laws) {
    SplittableRandom r = new SplittableRandom(4);
    float[] s = new float[N * laws.length];
    for (int i = 0; i < s.length; i++) {
      s[i] = (float) laws[i % laws.length].draw(r);
    }
    return s;
  }

  /** A x + 3 with a random A, {@code elements} wide. */
  private static float[] mixed(float[] s, int k, int elements) {
    SplittableRandom r = new SplittableRandom(8);
    double[] a = r.doubles((long) k * elements).map(v -> 2 * v - 1).toArray();
    float[] x = new float[N * elements];
    for (int i = 0; i < N; i++) {
      for (int e = 0; e < elements; e++) {
        double sum = 3;
        for (int j = 0; j < k; j++) {
          sum += a[e * k + j] * s[i * k + j];
        }
        x[i * elements + e] = (float) sum;
      }
    }
    return x;
  }

  private static FastIca fitted(float[] x, int d, Map<String, ?> settings) {
    var entry = ModelCatalog.get("fastica");
    DataSpec spec = DataSpec.of(Shape.of(d), false, false);
    FastIca m =
        (FastIca) entry.build(spec, entry.configure(spec, settings), Rng.of(1).split("init"));
    Tensor rows = Tensor.of(x, x.length / d, d);
    m.fit(
        pass -> {
          for (int from = 0; from < x.length / d; from += 1000) {
            pass.accept(rows.narrow(0, from, Math.min(1000, x.length / d - from)));
          }
        });
    return m;
  }

  @ParameterizedTest
  @ValueSource(strings = {"logcosh", "exp", "cube"})
  void findsFourSourcesAgain(String nonlinearity) {
    float[] s = sources(LAPLACE, UNIFORM, COIN, EXPONENTIAL);
    float[] x = mixed(s, 4, 4);
    FastIca m = fitted(x, 4, Map.of("nonlinearity", nonlinearity));
    float[] codes = Scope.run(() -> m.encode(Tensor.of(x, N, 4)).toFloats());
    assertThat(MeanCorrelation.of(codes, 4, s, 4)).isGreaterThan(0.99);
    assertThat(m.remarks()).isEmpty();
  }

  @Test
  void findsFewerSourcesThanElements() {
    float[] s = sources(LAPLACE, UNIFORM, LOGISTIC);
    float[] x = mixed(s, 3, 7);
    FastIca m = fitted(x, 7, Map.of("latent", 3));
    Tensor rows = Tensor.of(x, N, 7);
    Tensor codes = m.encode(rows);
    assertThat(MeanCorrelation.of(codes.toFloats(), 3, s, 3)).isGreaterThan(0.99);
    assertThat(m.decode(codes).minus(rows).abs().max().item()).isLessThan(1e-4);
  }

  @ParameterizedTest
  @CsvSource({"0,false", "1,false", "2,true", "4,true"})
  void twoGaussianSourcesAreReportedAsNotIdentifiable(int gaussians, boolean reported) {
    Law[] laws = new Law[gaussians + 2];
    laws[0] = UNIFORM;
    laws[1] = LAPLACE;
    IntStream.range(2, laws.length).forEach(j -> laws[j] = GAUSSIAN);
    FastIca m = fitted(mixed(sources(laws), laws.length, laws.length), laws.length, Map.of());
    if (reported) {
      assertThat(m.remarks())
          .singleElement()
          .asString()
          .startsWith(gaussians + " of the " + laws.length + " sources (s3, s4")
          .contains("not identifiable");
    } else {
      assertThat(m.remarks()).isEmpty();
    }
  }

  /** With two elements and with one dropped beside noise: mass 1 on a grid. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void theDensityIntegratesToOne(int latent) {
    FastIca m = fitted(mixed(sources(LAPLACE, UNIFORM), 2, 2), 2, Map.of("latent", latent));
    int n = 600;
    double h = 24.0 / n;
    double sum = 0;
    for (int i = 0; i < n; i++) {
      double[] row = new double[2 * n];
      for (int j = 0; j < n; j++) {
        row[2 * j] = 3 + (i + 0.5) * h - 12;
        row[2 * j + 1] = 3 + (j + 0.5) * h - 12;
      }
      sum +=
          Scope.run(
              () -> Autograd.off(() -> m.logProb(Tensor.of(row, n, 2)).exp().sum().item() * h * h));
    }
    assertThat(sum).isCloseTo(1, within(0.01));
  }

  /** −E ln p(x) of Laplace and uniform sources is their entropy and ln |det A|. */
  @Test
  void theLikelihoodIsNearThatOfTheTruth() {
    float[] s = sources(LAPLACE, LAPLACE);
    float[] x = mixed(s, 2, 2);
    double[] a = new SplittableRandom(8).doubles(4).map(v -> 2 * v - 1).toArray();
    double truth = 2 * (1 + Math.log(2)) + Math.log(Math.abs(a[0] * a[3] - a[1] * a[2]));
    FastIca m = fitted(x, 2, Map.of());
    double nll = -m.logProb(Tensor.of(x, N, 2)).mean().item();
    assertThat(nll).isCloseTo(truth, within(0.05));
    // Draws have the data's spread.
    Tensor drawn = m.generate(N, Rng.of(3));
    double[] wanted = Tensor.of(x, N, 2).variance(0, 0).sqrt().toDoubles();
    double[] got = drawn.variance(0, 0).sqrt().toDoubles();
    assertThat(got[0]).isCloseTo(wanted[0], within(0.05 * wanted[0]));
    assertThat(got[1]).isCloseTo(wanted[1], within(0.05 * wanted[1]));
  }

  @Test
  void anUnknownNonlinearityIsNamed() {
    assertThatThrownBy(() -> fitted(new float[20], 2, Map.of("nonlinearity", "tanh")))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("nonlinearity is 'tanh'");
  }
}
