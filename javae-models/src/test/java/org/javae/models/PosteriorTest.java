package org.javae.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.javae.core.data.ArrayDataset;
import org.javae.core.data.Loader;
import org.javae.core.data.Preprocessing;
import org.javae.core.distribution.Distribution;
import org.javae.core.distribution.FullNormal;
import org.javae.core.distribution.Normal;
import org.javae.core.evaluate.Estimators;
import org.javae.core.evaluate.Evaluator;
import org.javae.core.evaluate.Metrics;
import org.javae.core.model.Batch;
import org.javae.core.model.CatalogEntry;
import org.javae.core.model.DataSpec;
import org.javae.core.model.Loss;
import org.javae.core.model.Params;
import org.javae.core.schedule.Schedule;
import org.javae.core.train.Step;
import org.javae.core.train.TrainConfig;
import org.javae.core.train.TrainListener;
import org.javae.core.train.Trainer;
import org.javae.models.unimodal.Vae;
import org.javae.tensor.Autograd;
import org.javae.tensor.DType;
import org.javae.tensor.Rng;
import org.javae.tensor.Scope;
import org.javae.tensor.Shape;
import org.javae.tensor.Tensor;
import org.javae.tensor.UserException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Richer posteriors in a VAE: what is known in closed form, and what refuses them. */
class PosteriorTest {
  private static final int D = 5;
  private static final double NOISE = 0.6;

  /** Two columns with a small angle between them: their causes are hard to tell apart. */
  private static final double[] COLUMNS = {1.0, 0.9, 0.7, 0.8, -0.5, -0.4, 0.3, 0.2, 0.6, 0.7};

  private static final DataSpec DATA = DataSpec.of(Shape.of(D), false, false);

  private static Tensor w() {
    return Tensor.of(COLUMNS, D, 2);
  }

  /** x = Wz + 0.6 ε whatever the parameters of the decoder: only q is learned. */
  private static final class KnownDecoder extends Vae {
    private final Tensor w;
    private final Tensor logScale;

    KnownDecoder(DataSpec data, Params params, Config config) {
      super(data, params, config);
      w = params.constant(w().to(params.type()));
      logScale = params.constant(Tensor.full(Math.log(NOISE), 1, 1).to(params.type()));
    }

    @Override
    public Distribution likelihood(Tensor z) {
      return new Normal(z.matmul(w.t()), logScale);
    }
  }

  private static KnownDecoder known(String posterior, DType type) {
    Map<String, Object> settings =
        Map.of("latent", 2, "encoder", "linear", "samples", 4, "posterior", posterior);
    CatalogEntry<?> e = ModelCatalog.get("vae");
    Vae.Config c = (Vae.Config) e.configure(DATA, settings);
    return new KnownDecoder(DATA, new Params(Rng.of(2).split("init"), type), c);
  }

  private static Tensor observations(int n) {
    return Scope.run(
        () -> {
          Rng r = Rng.of(7);
          Tensor z = r.normal(DType.FLOAT64, n, 2);
          return z.matmul(w().t()).plus(r.normal(DType.FLOAT64, n, D).times(NOISE));
        });
  }

  /** Of x ~ N(0, W Wᵀ + 0.36 I), {@code [n]}. */
  private static Tensor logDensity(Tensor x) {
    Tensor c = w().matmul(w().t()).plus(Tensor.eye(D).to(DType.FLOAT64).times(NOISE * NOISE));
    Tensor l = c.cholesky().unsqueeze(0);
    Tensor diagonal = l.squeeze(0).diag().log().unsqueeze(0);
    return new FullNormal(Tensor.zeros(DType.FLOAT64, 1, D), diagonal, l).logProb(x);
  }

  private static Loader rows(Tensor x) {
    return new Loader(
        ArrayDataset.of("linear-gaussian", Shape.of(D), x.toFloats()),
        IntStream.range(0, (int) x.size(0)).toArray(),
        Preprocessing.NONE,
        Rng.of(1).split("rows"),
        true);
  }

  private static double elbo(Vae m, Tensor x) {
    return Autograd.off(
        () ->
            Scope.run(
                () -> Estimators.logWeights(m, m.posterior(x), x, 200, Rng.of(9)).mean().item()));
  }

  /**
   * The exact posterior has precision Λ = I + WᵀW/σ², far from diagonal. A full covariance reaches
   * ln p(x); the best diagonal one, of variances 1/Λᵢᵢ, is {@code ½ (Σ ln Λᵢᵢ − ln |Λ|)} below.
   */
  @Test
  void onALinearGaussianModelTheFullCovarianceIsExactAndTheDiagonalIsNot() {
    Tensor x = observations(400);
    double exact = Scope.run(() -> logDensity(x).mean().item());
    double gap =
        Scope.run(
            () -> {
              Tensor precision =
                  w().t().matmul(w()).div(NOISE * NOISE).plus(Tensor.eye(2).to(DType.FLOAT64));
              return 0.5 * (precision.diag().log().sum().item() - precision.logAbsDet().item());
            });
    assertThat(gap).isGreaterThan(0.4);
    for (String posterior : List.of("full", "diagonal")) {
      KnownDecoder m = known(posterior, DType.FLOAT32);
      LinearVaes.train(m, rows(x), LinearVaes.training(40, 50, 0.05, 1), new TrainListener() {});
      double reached = elbo(m, x.to(DType.FLOAT32));
      double best = posterior.equals("full") ? exact : exact - gap;
      assertThat(reached).as(posterior).isCloseTo(best, within(0.03));
    }
  }

  /** Where a flow stays the identity, loss and evaluation are those of the plain VAE. */
  @ParameterizedTest
  @ValueSource(strings = {"planar:2", "radial:2", "iaf:1,4"})
  void identityStepsAreTheVae(String posterior) {
    Map<String, Object> settings = Map.of("latent", 2, "encoder", "mlp:6/tanh", "samples", 3);
    Vae plain = build("vae", settings);
    Vae flow =
        build(
            "vae",
            Map.of("latent", 2, "encoder", "mlp:6/tanh", "samples", 3, "posterior", posterior));
    Map<String, Tensor> from = plain.params().all();
    Scope.run(
        () -> {
          flow.params()
              .all()
              .forEach(
                  (name, t) -> {
                    if (name.startsWith("encoder.posterior")) {
                      if (name.endsWith(".2.bias")) {
                        t.narrow(0, 2, 2).fillInPlace(60); // the gates
                      }
                    } else if (name.startsWith("encoder.1.")) {
                      t.fillInPlace(0);
                      t.narrow(0, 0, 4).copyFromInPlace(from.get(name));
                    } else {
                      t.copyFromInPlace(from.get(name));
                    }
                  });
          Tensor x = Rng.of(3).normal(DType.FLOAT64, 6, D);
          Batch b = new Batch(x, null);
          Loss one = plain.loss(b, new Step(0, 0, 1, true, Rng.of(4)));
          Loss two = flow.loss(b, new Step(0, 0, 1, true, Rng.of(4)));
          assertThat(two.terms().get("nll").toDoubles())
              .containsExactly(one.terms().get("nll").toDoubles(), within(1e-10));
          // The KL term of a flow is that of its draws.
          Normal q = (Normal) plain.posterior(x);
          Tensor z = q.rsample(Rng.of(4), 3);
          Tensor sampled =
              q.repeat(3).logProb(z).minus(plain.prior().logProb(z)).reshape(3, 6).mean(0);
          assertThat(two.terms().get("kl").toDoubles())
              .containsExactly(sampled.toDoubles(), within(1e-10));
          assertThat(flow.encode(x).toDoubles())
              .containsExactly(plain.encode(x).toDoubles(), within(1e-10));
          assertThat(Estimators.logLikelihood(flow, x, 20, Rng.of(5)).toDoubles())
              .containsExactly(
                  Estimators.logLikelihood(plain, x, 20, Rng.of(5)).toDoubles(), within(1e-10));
        });
  }

  /** Whatever q, the importance weights estimate the same p(x). */
  @ParameterizedTest
  @ValueSource(strings = {"full", "planar:3", "radial:3", "iaf:2,6"})
  void importanceSamplingFindsTheExactLikelihoodWithAnyPosterior(String posterior) {
    Tensor x = observations(6);
    KnownDecoder m = known(posterior, DType.FLOAT64);
    Scope.run(
        () -> {
          double[] exact = logDensity(x).toDoubles();
          // An untrained encoder says too much: a tenth of it, with wide scales, covers the
          // posterior.
          m.params().all().get("encoder.0.weight").scaleInPlace(0.1);
          m.params().all().get("encoder.0.bias").narrow(0, 2, 2).fillInPlace(0.4);
          double[] estimate = Estimators.logLikelihood(m, x, 20_000, Rng.of(6)).toDoubles();
          assertThat(estimate).containsExactly(exact, within(0.2));
        });
  }

  /** Information is the same after one affine map of all codes. */
  @Test
  void theInformationOfFullCovariancesIsThatOfTheDiagonalOnesTheyAreMadeOf() {
    Scope.run(
        () -> {
          int n = 60;
          Tensor mean = Rng.of(1).normal(DType.FLOAT64, n, 3);
          Tensor log = Rng.of(2).normal(DType.FLOAT64, n, 3).times(0.4).minus(0.5);
          Normal q = new Normal(mean, log);
          Tensor a = Tensor.of(new double[] {1, 0, 0, 0.7, 1, 0, -0.4, 1.2, 1}, 3, 3);
          Tensor factor = a.unsqueeze(0).times(log.exp().unsqueeze(1));
          FullNormal moved = new FullNormal(mean.matmul(a.t()), log, factor);
          assertThat(Estimators.mutualInformation(moved, Rng.of(3)))
              .isCloseTo(Estimators.mutualInformation(q, Rng.of(3)), within(1e-9));
        });
  }

  private static Vae build(String name, Map<String, ?> settings) {
    CatalogEntry<?> e = ModelCatalog.get(name).in(DType.FLOAT64);
    return (Vae) e.build(DATA, e.configure(DATA, settings), Rng.of(1).split("init"));
  }

  @ParameterizedTest
  @CsvSource({
    "full-vae,full",
    "planar-vae,planar:10",
    "radial-vae,radial:10",
    "iaf-vae,'iaf:2,128'"
  })
  void namesOfTheCatalogueAreTheVaeWithThatSetting(String name, String posterior) {
    Vae named = build(name, Map.of("latent", 2));
    assertThat(named.posteriorSpec()).hasToString(posterior);
    Vae set = build("vae", Map.of("latent", 2, "posterior", posterior));
    assertThat(named.config()).isEqualTo(set.config());
  }

  @ParameterizedTest
  @CsvSource({
    "beta-tc-vae,'',''",
    "dip-vae,'',''",
    "iwae,gradient,dreg",
    "vae,prior,vamp:3",
    "vae,prior,exemplar:3",
    "vae,prior,implicit:3",
    "aae,prior,aggregate:3"
  })
  void whatNeedsADiagonalPosteriorSaysSo(String name, String key, String value) {
    Map<String, String> settings =
        key.isEmpty()
            ? Map.of("posterior", "planar:2")
            : Map.of("posterior", "planar:2", key, value);
    assertThatThrownBy(() -> ModelCatalog.get(name).configure(DATA, settings))
        .isInstanceOf(UserException.class)
        .hasMessageEndingWith("but posterior is planar:2; use posterior=diagonal");
  }

  @Test
  void informationIsLeftOutForAFlowUnlessAskedForAndAggressiveTrainingIsRefused() {
    CatalogEntry<?> e = ModelCatalog.get("planar-vae");
    Map<String, ?> settings = Map.of("latent", 2, "encoder", "mlp:6");
    Vae m = (Vae) e.build(DATA, e.configure(DATA, settings), Rng.of(1).split("init"));
    Loader l = rows(observations(30));
    Metrics all = Evaluator.evaluate(m, l, new Evaluator.Options(5, 0, 10, Set.of()), f -> {});
    assertThat(all.mutualInformation()).isNull();
    assertThat(all.nll()).isFinite();
    Evaluator.Options asked = new Evaluator.Options(0, 0, 10, Set.of("mutual_information"));
    assertThatThrownBy(() -> Evaluator.evaluate(m, l, asked, f -> {}))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("leave out mutual_information");
    TrainConfig aggressive =
        new TrainConfig(
            2, 10, 1e-3, 1, "adam", Schedule.CONSTANT, 0, 0, 0, 0, 1, 3, 0, true, 0, 1e9);
    Trainer<Batch> t =
        new Trainer<>(
            m, l, l, Evaluator.validator(10), aggressive, null, "", new TrainListener() {});
    assertThatThrownBy(() -> t.run(false))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("leave out --set aggressive=3");
  }
}
