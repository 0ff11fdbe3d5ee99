package org.javae.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.javae.core.evaluate.Estimators;
import org.javae.core.evaluate.Evaluator;
import org.javae.core.evaluate.Metrics;
import org.javae.core.model.CatalogEntry;
import org.javae.core.train.TrainListener;
import org.javae.models.linear.LinearAutoencoder;
import org.javae.models.linear.Pca;
import org.javae.models.linear.ProbabilisticPca;
import org.javae.models.unimodal.Vae;
import org.javae.tensor.DType;
import org.javae.tensor.Rng;
import org.javae.tensor.Scope;
import org.javae.tensor.Tensor;
import org.javae.testkit.Oracles;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The linear models against the known answers on Wine. */
@Tag("data")
class WineOracleTest {
  private static final double[] EIGENVALUES = {
    3.029777, 2.493833, 1.556300, 0.970565, 0.719888, 0.607302, 0.523212, 0.501534, 0.337040,
    0.227714, 0.032837
  };

  private static double[][] x;
  private static Oracles.Ppca oracle;

  @BeforeAll
  static void read() {
    x = Wine.standardised();
    oracle = Oracles.ppca(x);
  }

  private static Consumer<Consumer<Tensor>> pass() {
    return consumer ->
        Scope.run(
            () -> {
              Tensor all = Wine.tensor(x);
              for (int at = 0; at < Wine.N; at += 1000) {
                consumer.accept(all.narrow(0, at, Math.min(1000, Wine.N - at)));
              }
            });
  }

  private static Object build(String model, int latent) {
    CatalogEntry<?> e = ModelCatalog.get(model);
    return e.build(
        Wine.spec(), e.configure(Wine.spec(), Map.of("latent", latent)), Rng.of(0).split("init"));
  }

  @Test
  void theDataAreTheOnesOfTheTable() {
    assertThat(x).hasDimensions(Wine.N, Wine.D);
    assertThat(oracle.eigenvalues()).containsExactly(EIGENVALUES, within(1e-6));
  }

  @Test
  void eigenvalues() {
    Pca m = (Pca) build("pca", 3);
    m.fit(pass());
    assertThat(m.eigenvalues().toDoubles()).containsExactly(EIGENVALUES, within(1e-6));
    assertThat(m.eigenvalues().toDoubles()).containsExactly(oracle.eigenvalues(), within(1e-11));
    assertThat(Subspaces.angle(Subspaces.directions(m, 3, DType.FLOAT64), oracle.directions(), 3))
        .isLessThan(1e-7);
  }

  @ParameterizedTest
  @CsvSource({
    "1, -15.028205, 0.797022, 0.724566",
    "2, -14.383976, 0.608488, 0.497854",
    "3, -13.987327, 0.490011, 0.356372",
    "5, -13.691605, 0.371606, 0.202694"
  })
  void probabilisticPca(int q, double logLikelihood, double variance, double mse) {
    ProbabilisticPca m = (ProbabilisticPca) build("ppca", q);
    m.fit(pass());
    Pca p = (Pca) build("pca", q);
    p.fit(pass());
    assertThat(m.noiseVariance()).isCloseTo(variance, within(1e-6));
    Scope.run(
        () -> {
          Tensor all = Wine.tensor(x);
          assertThat(m.logProb(all).mean().item()).isCloseTo(logLikelihood, within(1e-6));
          Tensor error = p.decode(p.encode(all)).minus(all).square();
          assertThat(error.mean().item()).isCloseTo(mse, within(1e-6));
          // The exact posterior makes every number of samples exact.
          Tensor some = all.narrow(0, 0, 200);
          double[] exact = m.logProb(some).toDoubles();
          for (int k : new int[] {1, 10, 100}) {
            assertThat(Estimators.logLikelihood(m, some, k, Rng.of(k)).toDoubles())
                .containsExactly(exact, within(1e-9));
          }
        });
  }

  /** The way a user goes: single precision rows through loader and evaluator. */
  @Test
  void theEvaluatorSaysTheSame() {
    ProbabilisticPca m = (ProbabilisticPca) build("ppca", 3);
    m.fit(consumer -> Wine.loader(x, 1).each(500, b -> consumer.accept(b.x())));
    Metrics r =
        Evaluator.evaluate(
            m, Wine.loader(x, 1), new Evaluator.Options(0, 1, 500, Set.of()), p -> {});
    assertThat(r.nll()).isCloseTo(13.987327, within(1e-5));
    assertThat(r.nllSamples()).isZero();
    // Sampled, with the exact posterior: 11 squared normals a row, halved.
    assertThat(r.elbo()).isCloseTo(-13.987327, within(4 * Math.sqrt(5.5 / Wine.N)));
    assertThat(r.activeUnits()).isEqualTo(3);
  }

  @Test
  void theLinearAutoencoderFindsThePrincipalSubspace() {
    LinearAutoencoder m = (LinearAutoencoder) build("linear-ae", 3);
    LinearVaes.train(
        m, Wine.loader(x, 2), LinearVaes.training(60, 500, 0.02, 2), new TrainListener() {});
    Scope.run(
        () -> {
          Tensor all = Wine.tensor(x).to(DType.FLOAT32);
          double loss = m.decode(m.encode(all)).minus(all).square().sum().item() / Wine.N;
          double discarded = oracle.mse(3) * Wine.D;
          assertThat(loss).isBetween(discarded * (1 - 1e-5), discarded * (1 + 1e-3));
        });
    assertThat(Subspaces.angle(Subspaces.directions(m, 3, DType.FLOAT32), oracle.directions(), 3))
        .isLessThan(1e-2);
  }

  @Test
  void theLinearVaeReachesProbabilisticPca() {
    Vae m = LinearVaes.build(Wine.spec(), 1, "latent", 3, "likelihood", "gaussian:shared");
    LinearVaes.train(
        m, Wine.loader(x, 1), LinearVaes.training(300, 500, 0.05, 1), new TrainListener() {});
    Scope.run(
        () -> {
          Tensor all = Wine.tensor(x);
          double elbo = LinearVaes.exactElbo(m, all);
          assertThat(elbo).isBetween(-13.987327 - 1e-2, -13.987327 + 1e-5);
        });
    assertThat(Subspaces.angle(Subspaces.directions(m, 3, DType.FLOAT32), oracle.directions(), 3))
        .isLessThan(1e-2);
    assertThat(LinearVaes.variance(m)).isCloseTo(0.490011, within(5e-3));
    Metrics r =
        Evaluator.evaluate(
            m, Wine.loader(x, 1), new Evaluator.Options(10, 1, 500, Set.of()), p -> {});
    assertThat(r.nll()).isCloseTo(13.987327, within(1e-2));
    assertThat(r.elbo()).isCloseTo(-13.987327, within(1e-2 + 4 * Math.sqrt(5.5 / Wine.N)));
    assertThat(r.activeUnits()).isEqualTo(3);
  }

  /** With fixed noise a linear VAE switches off the dimensions that explain less than the noise. */
  @ParameterizedTest
  @CsvSource({"0.85", "1.2", "2.0"})
  void activeDimensionsAreTheEigenvaluesAboveTheNoise(double variance) {
    Vae m =
        LinearVaes.build(
            Wine.spec(), 3, "latent", 6, "likelihood", "gaussian:" + Math.sqrt(variance));
    LinearVaes.train(
        m, Wine.loader(x, 3), LinearVaes.training(150, 500, 0.05, 3), new TrainListener() {});
    int expected = (int) Arrays.stream(EIGENVALUES).filter(v -> v > variance).count();
    Scope.run(
        () -> {
          Tensor codes = m.encode(Wine.tensor(x).to(DType.FLOAT32));
          assertThat(Estimators.activeUnits(List.of(codes))).isEqualTo(expected);
        });
  }
}
