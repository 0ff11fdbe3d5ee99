package org.javae.models.unimodal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.javae.core.distribution.Normal;
import org.javae.core.divergence.Kernel;
import org.javae.core.divergence.Mmd;
import org.javae.core.divergence.MsSsim;
import org.javae.core.divergence.Sinkhorn;
import org.javae.core.divergence.Sliced;
import org.javae.core.model.Batch;
import org.javae.core.model.CatalogEntry;
import org.javae.core.model.DataSpec;
import org.javae.core.model.Loss;
import org.javae.core.model.Model;
import org.javae.core.train.Step;
import org.javae.models.ModelCatalog;
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

/** What the objectives beyond the ELBO must be where it is known by other means. */
class PenaltiesTest {
  private static final DataSpec BITS = DataSpec.of(Shape.of(6), true, true);
  private static final DataSpec GREYS = DataSpec.of(Shape.of(1, 12, 13), false, true);
  private static final int N = 9;

  @SuppressWarnings("unchecked") // all models take one block of data
  private static <M extends Model<Batch>> M build(
      String name, DataSpec data, Map<String, ?> settings) {
    CatalogEntry<?> e = ModelCatalog.get(name).in(DType.FLOAT64);
    Map<String, Object> all = new LinkedHashMap<>(Map.of("latent", 3, "encoder", "mlp:7/tanh"));
    all.putAll(settings);
    return (M) e.build(data, e.configure(data, all), Rng.of(1).split("init"));
  }

  private static <M extends Model<Batch>> M build(String name, Map<String, ?> settings) {
    return build(name, BITS, settings);
  }

  private static Tensor bits() {
    return Rng.of(2).bernoulli(Tensor.zeros(DType.FLOAT64, N, 6).plus(0.4));
  }

  private static Step step() {
    return new Step(0, 2, 10, true, Rng.of(3));
  }

  private static Loss loss(Model<Batch> m, Tensor x) {
    return m.loss(new Batch(x, null), step());
  }

  private static void equal(Tensor a, Tensor b) {
    assertThat(a.toDoubles()).containsExactly(b.toDoubles(), within(1e-10));
  }

  /** The same networks and the same noise: the objectives themselves are compared. */
  @ParameterizedTest
  @CsvSource({
    "beta-tc-vae, alpha=1 beta=1 gamma=1",
    "beta-tc-vae, alpha=1 beta=1 gamma=1 estimator=stratified samples=2 schedule=linear:4",
    "beta-tc-vae, alpha=1 beta=1 gamma=1 prior=mixture:2",
    "info-vae, alpha=0 lambda=1",
    "info-vae, alpha=0 lambda=1 kernel=imq samples=3",
    "factor-vae, gamma=0 critic=mlp:4",
    "dip-vae, lambda_od=0 lambda_d=0"
  })
  void atTheseSettingsTheModelIsTheVae(String model, String text) {
    Map<String, String> settings = new LinkedHashMap<>();
    for (String s : text.split(" ")) {
      settings.put(s.split("=")[0], s.split("=")[1]);
    }
    Map<String, String> shared = new LinkedHashMap<>(settings);
    shared.keySet().retainAll(Set.of("samples", "schedule", "prior"));
    Vae own = build(model, settings);
    Vae vae = build("vae", shared);
    vae.params().all().forEach((k, t) -> t.copyFromInPlace(own.params().all().get(k)));
    Scope.run(() -> equal(loss(own, bits()).total(), loss(vae, bits()).total()));
  }

  @Test
  void betaTcWeighsThePartsOfTheDivergence() {
    Vae m = build("beta-tc-vae", Map.of("alpha", 0.5, "beta", 6, "gamma", 2));
    Scope.run(
        () -> {
          Loss l = loss(m, bits());
          Tensor mi = l.terms().get("mutual_information");
          Tensor tc = l.terms().get("total_correlation");
          Tensor own = l.terms().get("kl").minus(mi).minus(tc);
          equal(
              l.total(),
              l.terms().get("nll").plus(mi.times(0.5)).plus(tc.times(6)).plus(own.times(2)));
        });
  }

  @Test
  void infoVaeWithAlphaOneHasOnlyTheDiscrepancy() {
    Vae m = build("info-vae", Map.of("alpha", 1, "lambda", 20, "kernel", "rbf:2"));
    Scope.run(
        () -> {
          Loss l = loss(m, bits());
          Rng r = Rng.of(3);
          Tensor z = m.posterior(bits()).rsample(r);
          Tensor mmd = Mmd.unbiased(Kernel.parse("rbf:2"), z, m.prior().sample(r, N));
          equal(l.total(), l.terms().get("nll").plus(mmd.times(20)));
        });
  }

  @Test
  void dipIsFreeAtTheIdentityAndCostsWhatIsOffIt() {
    assertThat(DipVae.penalty(Tensor.eye(4), 3, 5).item()).isZero();
    Tensor c = Tensor.of(new double[] {2, 0.5, 0.5, 0.25}, 2, 2);
    assertThat(DipVae.penalty(c, 3, 5).item())
        .isCloseTo(3 * 2 * 0.25 + 5 * (1 + 0.5625), within(1e-14));
  }

  @ParameterizedTest
  @ValueSource(strings = {"i", "ii"})
  void dipLooksAtTheCovarianceOfMeansOrOfCodes(String dip) {
    Vae m = build("dip-vae", Map.of("dip", dip, "lambda_od", 2, "lambda_d", 7));
    Scope.run(
        () -> {
          Normal q = (Normal) m.posterior(bits());
          double[] mean = q.mean().toDoubles();
          double[] scale = q.scale().toDoubles();
          double expected = 0;
          for (int a = 0; a < 3; a++) {
            for (int b = 0; b < 3; b++) {
              double ma = 0;
              double mb = 0;
              double ab = 0;
              for (int i = 0; i < N; i++) {
                ma += mean[3 * i + a] / N;
                mb += mean[3 * i + b] / N;
                ab += mean[3 * i + a] * mean[3 * i + b] / N;
                ab += a == b && dip.equals("ii") ? scale[3 * i + a] * scale[3 * i + a] / N : 0;
              }
              double c = ab - ma * mb;
              expected += a == b ? 7 * (c - 1) * (c - 1) : 2 * c * c;
            }
          }
          Tensor term = loss(m, bits()).terms().get("covariance");
          assertThat(term.shape()).isEqualTo(Shape.of(N));
          assertThat(term.mean().item()).isCloseTo(expected, within(1e-12));
        });
  }

  /** A critic that knows nothing says ½ to everything. */
  @ParameterizedTest
  @ValueSource(strings = {"wae-gan", "aae"})
  void againstAnIgnorantCriticEveryCodeCostsTheSame(String model) {
    Model<Batch> m = build(model, Map.of("lambda", 5, "critic", "mlp:4"));
    m.params().all().forEach((k, t) -> t.scaleInPlace(k.startsWith("critic.") ? 0 : 1));
    Scope.run(
        () -> {
          Loss l = loss(m, bits());
          Tensor rest = l.terms().get(model.equals("aae") ? "nll" : "squared_error");
          equal(l.total(), rest.plus(5 * Math.log(2)));
          assertThat(l.groups().keySet()).containsExactly("critic");
          equal(l.groups().get("critic"), rest.times(0).plus(2 * Math.log(2)));
        });
  }

  @ParameterizedTest
  @ValueSource(strings = {"wae-mmd", "swae", "sinkhorn-ae"})
  void wassersteinAutoencodersAddTheirDiscrepancy(String model) {
    WassersteinAutoencoder m = build(model, Map.of("lambda", 4));
    Scope.run(
        () -> {
          Loss l = loss(m, bits());
          Rng r = Rng.of(3);
          Tensor z = m.encode(bits());
          Tensor p = r.normal(DType.FLOAT64, N, 3);
          Tensor d =
              switch (model) {
                case "wae-mmd" -> Mmd.unbiased(Kernel.IMQ, z, p);
                case "swae" -> Sliced.wasserstein(z, p, 50, r);
                default -> Sinkhorn.divergence(z, p, 3, 10);
              };
          Tensor error = m.decode(z).minus(bits()).square().sum(1);
          equal(l.terms().get("squared_error"), error);
          equal(l.total(), error.plus(d.times(4)));
        });
  }

  @Test
  void aLastBatchOfOneRowHasALossToo() {
    for (String model : new String[] {"wae-mmd", "swae", "sinkhorn-ae", "info-vae", "dip-vae"}) {
      Model<Batch> m = build(model, Map.of());
      Scope.run(() -> assertThat(loss(m, bits().narrow(0, 0, 1)).total().allFinite()).isTrue());
    }
    for (String estimator : new String[] {"weighted", "stratified"}) {
      Model<Batch> m = build("beta-tc-vae", Map.of("estimator", estimator));
      Scope.run(() -> assertThat(loss(m, bits().narrow(0, 0, 1)).total().allFinite()).isTrue());
    }
  }

  /** A linear critic sees the pixels themselves. */
  @Test
  void vaeGanWithALinearCriticComparesPixels() {
    VaeGan m = build("vae-gan", Map.of("critic", "linear", "gamma", 3));
    Scope.run(
        () -> {
          Loss l = loss(m, bits());
          Rng r = Rng.of(3);
          Tensor remade = m.decode(m.posterior(bits()).rsample(r));
          Tensor made = m.generate(N, r);
          Tensor half = remade.minus(bits()).square().sum(1).times(0.5);
          equal(l.total(), half.plus(l.terms().get("kl")));
          assertThat(l.groups().keySet()).containsExactly("decoder", "critic", "likelihood");
          Tensor w = m.params().all().get("critic.0.weight");
          Tensor real = bits().matmul(w.t()).squeeze(1);
          Tensor one = remade.matmul(w.t()).squeeze(1);
          Tensor two = made.matmul(w.t()).squeeze(1);
          equal(
              l.groups().get("decoder"),
              half.times(3).plus(one.neg().softplus()).plus(two.neg().softplus()));
          equal(
              l.groups().get("critic"),
              real.neg().softplus().plus(one.softplus()).plus(two.softplus()));
        });
  }

  @Test
  void raePenalisesCodesAndWeights() {
    Rae m = build("rae", Map.of("beta", 0.5, "lambda", 0.1));
    Scope.run(
        () -> {
          double weights = 0;
          for (Map.Entry<String, Tensor> e : m.params().all().entrySet()) {
            weights += e.getKey().startsWith("decoder.") ? e.getValue().square().sum().item() : 0;
          }
          Loss l = loss(m, bits());
          Tensor norm = m.encode(bits()).square().sum(1);
          equal(
              l.total(), l.terms().get("squared_error").plus(norm.times(0.25)).plus(0.1 * weights));
        });
  }

  /** The Jacobian of a linear decoder is its weight. */
  @Test
  void raeEstimatesTheNormOfTheJacobianWithoutBias() {
    Rae m = build("rae", Map.of("decoder", "linear", "penalty", "gp"));
    Scope.run(
        () -> {
          double exact = m.params().all().get("decoder.0.weight").square().sum().item();
          Tensor x = bits().repeatBatch(400);
          Tensor term = loss(m, x).terms().get("penalty");
          double error = Math.sqrt(term.variance(0, 1).item() / x.size(0));
          assertThat(error).isPositive();
          assertThat(term.mean().item()).isCloseTo(exact, within(4 * error));
        });
  }

  @Test
  void raeDrawsFromTheGaussianOfItsCodes() {
    Rae m = build("rae", Map.of("decoder", "linear"));
    Scope.run(
        () -> {
          Tensor z = m.encode(bits());
          loss(m, bits());
          Tensor made = m.generate(40_000, Rng.of(5));
          Tensor expected = m.decode(z).mean(0);
          Tensor spread = m.decode(z).variance(0, 0);
          for (int j = 0; j < 6; j++) {
            double v = spread.select(0, j).item();
            assertThat(made.select(1, j).mean().item())
                .isCloseTo(expected.select(0, j).item(), within(5 * Math.sqrt(v / 40_000) + 1e-4));
            assertThat(made.select(1, j).variance(0, 1).item())
                .isCloseTo(v, within(0.05 * v + 1e-4));
          }
        });
  }

  @Test
  void msSsimStandsInThePlaceOfTheLikelihood() {
    MsSsimVae m = build("ms-ssim-vae", GREYS, Map.of("weight", 30));
    Scope.run(
        () -> {
          Tensor x = Rng.of(2).uniform(DType.FLOAT64, N, 1, 12, 13);
          Loss l = loss(m, x);
          Tensor remade = m.decode(m.posterior(x).rsample(Rng.of(3)));
          Tensor unlike = MsSsim.of(x, remade).neg().plus(1).times(30);
          equal(l.total(), unlike.plus(l.terms().get("kl")));
        });
    assertThatThrownBy(() -> build("ms-ssim-vae", BITS, Map.of()))
        .isInstanceOf(UserException.class)
        .hasMessage(
            "model ms-ssim-vae compares images with values in [0, 1], but an observation is 6");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "dip-vae | dip=iii | dip is 'iii'; did you mean ii, i?",
        "rae | penalty=l1 | penalty is 'l1'; did you mean l2",
        "beta-tc-vae | estimator=stratify | did you mean stratified",
        "info-vae | alpha=1.5 | alpha is 1.5; it must be at most 1",
        "info-vae | lambda=0.25 | with alpha=0.5 it must be at least 0.5",
        "wae-mmd | kernel=imq:-1 | '-1' is not a positive number",
        "aae | schedule=linear:5 | schedule=linear:5 does not apply to aae",
        "aae | kl=free-bits:1 | kl=free-bits:1 does not apply to aae",
        "swae | projections=0 | projections is 0; it must be 1 or more",
        "wae-gan | lambda=-1 | lambda is -1; it must be 0 or more"
      })
  void wrongSettingsAreRefusedInOneSentence(String model, String setting, String sentence) {
    String[] kv = setting.split("=");
    assertThatThrownBy(() -> build(model, Map.of(kv[0], kv[1])))
        .isInstanceOf(UserException.class)
        .hasMessageContaining(sentence);
  }
}
