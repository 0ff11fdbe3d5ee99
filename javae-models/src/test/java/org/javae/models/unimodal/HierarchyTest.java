package org.javae.models.unimodal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.javae.core.distribution.Normal;
import org.javae.core.distribution.TopDown;
import org.javae.core.divergence.KullbackLeibler;
import org.javae.core.evaluate.Estimators;
import org.javae.core.model.Batch;
import org.javae.core.model.CatalogEntry;
import org.javae.core.model.DataSpec;
import org.javae.core.model.LatentVariableModel;
import org.javae.core.model.Loss;
import org.javae.core.model.Model;
import org.javae.core.train.Step;
import org.javae.models.ModelCatalog;
import org.javae.tensor.Autograd;
import org.javae.tensor.DType;
import org.javae.tensor.Rng;
import org.javae.tensor.Scope;
import org.javae.tensor.Shape;
import org.javae.tensor.Tensor;
import org.javae.tensor.UserException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Hierarchies against closed forms. */
class HierarchyTest {
  private static final DataSpec BITS = DataSpec.of(Shape.of(7), true, true);
  private static final DataSpec PAIRS = DataSpec.of(Shape.of(2), false, false);

  private static Model<Batch> build(String name, DataSpec data, Map<String, ?> settings) {
    CatalogEntry<?> e = ModelCatalog.get(name);
    @SuppressWarnings("unchecked") // these are models of one block
    Model<Batch> m =
        (Model<Batch>)
            e.in(DType.FLOAT64).build(data, e.configure(data, settings), Rng.of(1).split("init"));
    return m;
  }

  private static Tensor bits(int n) {
    return Rng.of(2).uniform(DType.FLOAT64, n, 7).gt(0.5).to(DType.FLOAT64);
  }

  /** One level is the VAE: the same weights by name, the same terms, codes and densities. */
  @Test
  void oneLevelIsTheVae() {
    Map<String, ?> vae = Map.of("latent", 3, "encoder", "mlp:8/tanh", "samples", 2);
    Map<String, Object> settings = new LinkedHashMap<>(vae);
    settings.put("levels", 1);
    Model<Batch> one = build("hvae", BITS, settings);
    Model<Batch> plain = build("vae", BITS, vae);
    assertThat(one.params().trainableNames()).isEqualTo(plain.params().trainableNames());
    Scope.run(
        () -> {
          Batch b = new Batch(bits(9), null);
          Loss a = one.loss(b, Step.evaluation(Rng.of(3)));
          Loss c = plain.loss(b, Step.evaluation(Rng.of(3)));
          assertThat(a.total().toDoubles()).containsExactly(c.total().toDoubles(), within(1e-12));
          assertThat(a.terms().keySet()).isEqualTo(c.terms().keySet());
          Tensor z = ((LatentVariableModel) plain).posterior(b.x()).rsample(Rng.of(4), 2);
          LatentVariableModel m = (LatentVariableModel) one;
          LatentVariableModel v = (LatentVariableModel) plain;
          assertThat(m.posterior(b.x()).repeat(2).logProb(z).toDoubles())
              .containsExactly(v.posterior(b.x()).repeat(2).logProb(z).toDoubles(), within(1e-12));
          assertThat(m.prior().logProb(z).toDoubles())
              .containsExactly(v.prior().logProb(z).toDoubles(), within(1e-12));
        });
  }

  /**
   * The KL term is what the joint densities say, {@code E_q[ln q(z|x) − ln p(z)]}, by Monte Carlo.
   */
  @ParameterizedTest
  @ValueSource(strings = {"direct", "ladder", "residual"})
  void theDivergenceIsThatOfTheJointDensities(String inference) {
    Model<Batch> m =
        build(
            "hvae",
            BITS,
            Map.of(
                "latent",
                3,
                "levels",
                3,
                "taper",
                0.7,
                "hidden",
                6,
                "encoder",
                "mlp:8/tanh",
                "inference",
                inference,
                "samples",
                4000));
    LatentVariableModel l = (LatentVariableModel) m;
    assertThat(l.latent()).isEqualTo(3 + 2 + 1);
    Autograd.off(
        () ->
            Scope.run(
                () -> {
                  Tensor x = bits(3);
                  Tensor z = l.posterior(x).sample(Rng.of(5), 4000);
                  Tensor w = l.posterior(x).repeat(4000).logProb(z).minus(l.prior().logProb(z));
                  double[] joint = w.reshape(4000, 3).mean(0).toDoubles();
                  double[] deviation = w.reshape(4000, 3).variance(0, 1).sqrt().toDoubles();
                  Loss loss = m.loss(new Batch(x, null), Step.evaluation(Rng.of(6)));
                  double[] kl = loss.terms().get("kl").toDoubles();
                  for (int i = 0; i < 3; i++) {
                    assertThat(kl[i])
                        .isCloseTo(joint[i], within(6 * deviation[i] / Math.sqrt(4000)));
                  }
                  Tensor levels =
                      loss.terms()
                          .get("kl_1")
                          .plus(loss.terms().get("kl_2"))
                          .plus(loss.terms().get("kl_3"));
                  assertThat(levels.toDoubles()).containsExactly(kl, within(1e-9));
                }));
  }

  /** One group of one scale is a VAE with a convolutional network: its own KL, its own ELBO. */
  @Test
  void oneGroupIsAVae() {
    DataSpec images = DataSpec.of(Shape.of(1, 6, 5), false, true);
    Model<Batch> m =
        build(
            "nvae",
            images,
            Map.of("latent", 2, "channels", 4, "scales", 1, "groups", 1, "halvings", 1));
    Nvae n = (Nvae) m;
    assertThat(n.latent()).isEqualTo(2 * 3 * 2);
    Scope.run(
        () -> {
          Tensor x = Rng.of(2).uniform(DType.FLOAT64, 5, 1, 6, 5);
          Loss loss = m.loss(new Batch(x, null), Step.evaluation(Rng.of(3)));
          Normal q = (Normal) n.posterior(x).top().law();
          double[] kl =
              KullbackLeibler.normalNormal(q, Normal.standard(DType.FLOAT64, n.latent()))
                  .sumEvent()
                  .toDoubles();
          assertThat(loss.terms().get("kl").toDoubles()).containsExactly(kl, within(1e-12));
          Tensor nll = n.likelihood(q.rsample(Rng.of(3))).logProb(x).neg();
          assertThat(loss.terms().get("nll").toDoubles())
              .containsExactly(nll.toDoubles(), within(1e-9));
          assertThat(loss.total().toDoubles())
              .containsExactly(
                  loss.terms().get("kl").plus(loss.terms().get("nll")).toDoubles(), within(1e-9));
        });
  }

  /** The groups' KL is that of the joint densities, over two scales. */
  @Test
  void theDivergenceOfGroupsIsThatOfTheJointDensities() {
    DataSpec images = DataSpec.of(Shape.of(1, 6, 5), true, true);
    Nvae m =
        (Nvae)
            build(
                "nvae",
                images,
                Map.of(
                    "latent",
                    1,
                    "channels",
                    2,
                    "scales",
                    2,
                    "groups",
                    2,
                    "halvings",
                    1,
                    "samples",
                    500));
    assertThat(m.latent()).isEqualTo(2 * (3 * 2 + 1));
    Autograd.off(
        () ->
            Scope.run(
                () -> {
                  Tensor x = Rng.of(2).uniform(DType.FLOAT64, 2, 1, 6, 5).gt(0.5).to(DType.FLOAT64);
                  Tensor z = m.posterior(x).sample(Rng.of(5), 500);
                  Tensor w =
                      m.posterior(x)
                          .repeat(500)
                          .logProb(z)
                          .minus(m.prior().logProb(z))
                          .reshape(500, 2);
                  double[] deviation = w.variance(0, 1).sqrt().toDoubles();
                  double[] kl =
                      m.loss(new Batch(x, null), Step.evaluation(Rng.of(6)))
                          .terms()
                          .get("kl")
                          .toDoubles();
                  for (int i = 0; i < 2; i++) {
                    assertThat(kl[i])
                        .isPositive()
                        .isCloseTo(
                            w.mean(0).toDoubles()[i], within(6 * deviation[i] / Math.sqrt(500)));
                  }
                }));
  }

  @Test
  void groupsNeedImages() {
    assertThatThrownBy(() -> build("nvae", BITS, Map.of()))
        .isInstanceOf(UserException.class)
        .hasMessage("model nvae needs images, but an observation is 7; use hvae");
    assertThatThrownBy(
            () -> build("nvae", DataSpec.of(Shape.of(1, 6, 5), true, true), Map.of("scales", 4)))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("4 scales after 0 halvings leave nothing of an image");
  }

  /** The residual form against the general one, and the ladder's as a product of two Gaussians. */
  @Test
  void posteriorsOutOfPriors() {
    Scope.run(
        () -> {
          Rng r = Rng.of(7);
          Normal p = new Normal(r.normal(DType.FLOAT64, 50, 4), r.normal(DType.FLOAT64, 50, 4));
          Normal d = new Normal(r.normal(DType.FLOAT64, 50, 4), r.normal(DType.FLOAT64, 50, 4));
          assertThat(Inference.residualDivergence(p, d).toDoubles())
              .containsExactly(
                  KullbackLeibler.normalNormal(Inference.RESIDUAL.posterior(p, d), p).toDoubles(),
                  within(1e-9));
          assertThat(Inference.DIRECT.posterior(p, d)).isSameAs(d);
          Normal q = Inference.LADDER.posterior(p, d);
          // The product's logarithm differs from q's by a constant: its gaps agree at any points.
          Tensor a = r.normal(DType.FLOAT64, 50, 4);
          Tensor b = r.normal(DType.FLOAT64, 50, 4);
          Tensor product = p.logProb(a).plus(d.logProb(a)).minus(p.logProb(b)).minus(d.logProb(b));
          double[] gap = q.logProb(a).minus(q.logProb(b)).toDoubles();
          double[] expected = product.toDoubles();
          for (int i = 0; i < gap.length; i++) {
            assertThat(gap[i]).isCloseTo(expected[i], within(1e-9 * (1 + Math.abs(expected[i]))));
          }
        });
    assertThatThrownBy(() -> Inference.parse("lader"))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("ladder");
  }

  /** The joint density of codes and what is drawn from it are the same distribution. */
  @Test
  void densitiesAreThoseOfTheDraws() {
    Model<Batch> m =
        build(
            "hvae",
            BITS,
            Map.of(
                "latent",
                1,
                "hidden",
                6,
                "encoder",
                "mlp:8/tanh",
                "inference",
                "residual",
                "prior",
                "mixture:3"));
    Autograd.off(
        () ->
            Scope.run(
                () -> {
                  TopDown p = ((Hvae) m).prior();
                  // A plane wide enough for both codes: the density's own moments by quadrature.
                  int g = 240;
                  double half = 12;
                  Tensor axis =
                      Tensor.arange(g).to(DType.FLOAT64).plus(0.5).times(2 * half / g).minus(half);
                  Tensor top = axis.unsqueeze(1).expand(g, g).reshape(g * g, 1);
                  Tensor low = axis.unsqueeze(0).expand(g, g).reshape(g * g, 1);
                  Tensor z = Tensor.cat(List.of(top, low), 1);
                  double cell = Math.pow(2 * half / g, 2);
                  Tensor mass = p.logProb(z).exp().times(cell);
                  assertThat(mass.sum().item()).isCloseTo(1, within(1e-3));
                  int n = 100_000;
                  Tensor drawn = p.sample(Rng.of(8), n);
                  double mean = low.squeeze(1).times(mass).sum().item();
                  assertThat(drawn.select(1, 1).mean().item()).isCloseTo(mean, within(0.03));
                  double cross = top.times(low).squeeze(1).times(mass).sum().item();
                  assertThat(drawn.select(1, 0).times(drawn.select(1, 1)).mean().item())
                      .isCloseTo(cross, within(0.05));
                  double square = low.square().squeeze(1).times(mass).sum().item();
                  assertThat(drawn.select(1, 1).square().mean().item())
                      .isCloseTo(square, within(0.05));
                }));
  }

  /**
   * Two linear levels with Gaussian noise have an exact likelihood: {@code x = a z₁ + b z₂ + c +
   * σε}, {@code z₁ = w z₂ + v + s ε'} is Gaussian, and importance sampling meets it.
   */
  @ParameterizedTest
  @ValueSource(strings = {"direct", "ladder", "residual"})
  void importanceSamplingMeetsTheLikelihoodOfALinearModel(String inference) {
    Model<Batch> m =
        build(
            "hvae",
            PAIRS,
            Map.of(
                "latent",
                1,
                "hidden",
                3,
                "encoder",
                "linear",
                "decoder",
                "linear",
                "inference",
                inference,
                "likelihood",
                "gaussian:0.8"));
    Map<String, Tensor> p = m.params().all();
    double w = 0.7;
    double v = -0.3;
    double s = Math.exp(-0.4);
    // The slope of p(z₁|z₂) enters through two rectifiers, w·z = w·relu(z) − w·relu(−z).
    p.get("decoder.p1.0.weight").copyFromInPlace(Tensor.of(new double[] {1, -1, 0}, 3, 1));
    p.get("decoder.p1.1.weight")
        .copyFromInPlace(Tensor.of(new double[] {1, 0, 0, 0, 1, 0, 0, 0, 1}, 3, 3));
    p.get("decoder.p1.2.weight").copyFromInPlace(Tensor.of(new double[] {w, -w, 0, 0, 0, 0}, 2, 3));
    double limited = Math.log((1 - 0.4 / 5) / (1 + 0.4 / 5)) / 2 * 5;
    p.get("decoder.p1.2.bias").copyFromInPlace(Tensor.of(new double[] {v, limited}, 2));
    // Wide posteriors, so that no weight is far above the others.
    for (String last : List.of("encoder.up2.1", "encoder.q1.1")) {
      p.get(last + ".weight").scaleInPlace(0.2);
      p.get(last + ".bias").copyFromInPlace(Tensor.of(new double[] {0, 0.2}, 2));
    }
    Autograd.off(
        () ->
            Scope.run(
                () -> {
                  double[] d = p.get("decoder.0.weight").toDoubles(); // rows x, columns z₂, z₁
                  double[] c = p.get("decoder.0.bias").toDoubles();
                  Tensor x = Tensor.of(new double[] {0.3, -0.5, 1.1, 0.2, -0.9, 1.4}, 3, 2);
                  double[] exact = new double[3];
                  double[][] cov = new double[2][2];
                  double[] mean = new double[2];
                  for (int i = 0; i < 2; i++) {
                    mean[i] = c[i] + d[2 * i + 1] * v;
                    for (int j = 0; j < 2; j++) {
                      double si = d[2 * i] + w * d[2 * i + 1];
                      double sj = d[2 * j] + w * d[2 * j + 1];
                      cov[i][j] =
                          si * sj + s * s * d[2 * i + 1] * d[2 * j + 1] + (i == j ? 0.64 : 0);
                    }
                  }
                  double det = cov[0][0] * cov[1][1] - cov[0][1] * cov[1][0];
                  double[] xs = x.toDoubles();
                  for (int r = 0; r < 3; r++) {
                    double a = xs[2 * r] - mean[0];
                    double b = xs[2 * r + 1] - mean[1];
                    double q =
                        (a * a * cov[1][1] - 2 * a * b * cov[0][1] + b * b * cov[0][0]) / det;
                    exact[r] = -0.5 * q - 0.5 * Math.log(det) - Math.log(2 * Math.PI);
                  }
                  double[] estimate =
                      Estimators.logLikelihood((LatentVariableModel) m, x, 100_000, Rng.of(9))
                          .toDoubles();
                  assertThat(estimate).containsExactly(exact, within(0.03));
                }));
  }

  /** Balancing changes weights of levels, not their sum over equal levels, and only in warm-up. */
  @Test
  void balancingIsForTheWarmUp() {
    Map<String, Object> settings =
        new LinkedHashMap<>(
            Map.of(
                "latent",
                2,
                "hidden",
                6,
                "encoder",
                "mlp:8/tanh",
                "schedule",
                "linear:10",
                "inference",
                "residual"));
    Model<Batch> plain = build("hvae", BITS, settings);
    settings.put("balance", true);
    Model<Batch> balanced = build("hvae", BITS, settings);
    Scope.run(
        () -> {
          Batch b = new Batch(bits(9), null);
          Step early = new Step(3, 2.5, 100, true, Rng.of(3));
          Loss a = plain.loss(b, early);
          Loss c = balanced.loss(b, new Step(3, 2.5, 100, true, Rng.of(3)));
          double k1 = a.terms().get("kl_1").mean().item();
          double k2 = a.terms().get("kl_2").mean().item();
          double nll = a.terms().get("nll").mean().item();
          double g = 2 / (k1 + k2 + 0.02);
          double expected = nll + 0.25 * g * ((k1 + 0.01) * k1 + (k2 + 0.01) * k2);
          assertThat(c.total().mean().item()).isCloseTo(expected, within(1e-9));
          assertThat(c.terms().get("kl").toDoubles())
              .containsExactly(a.terms().get("kl").toDoubles(), within(1e-12));
          assertThat(balanced.loss(b, Step.evaluation(Rng.of(3))).total().toDoubles())
              .containsExactly(
                  plain.loss(b, Step.evaluation(Rng.of(3))).total().toDoubles(), within(1e-12));
        });
  }

  @Test
  void aTaperAboveOneIsRefused() {
    assertThatThrownBy(() -> build("hvae", BITS, Map.of("taper", 1.5)))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("taper is 1.5; it must be at most 1");
  }
}
