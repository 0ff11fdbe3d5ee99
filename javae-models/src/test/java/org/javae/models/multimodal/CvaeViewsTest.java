package org.javae.models.multimodal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.javae.core.data.ArrayDataset;
import org.javae.core.data.Dataset;
import org.javae.core.data.Loader;
import org.javae.core.data.Paired;
import org.javae.core.data.Preprocessing;
import org.javae.core.distribution.Normal;
import org.javae.core.evaluate.Estimators;
import org.javae.core.evaluate.Imputation;
import org.javae.core.evaluate.MultimodalReport;
import org.javae.core.evaluate.Multimodality;
import org.javae.core.model.Batch;
import org.javae.core.model.DataSpec;
import org.javae.core.model.Loss;
import org.javae.core.model.Model;
import org.javae.core.model.Params;
import org.javae.tensor.Autograd;
import org.javae.tensor.DType;
import org.javae.tensor.Rng;
import org.javae.tensor.Shape;
import org.javae.tensor.Tensor;
import org.javae.tensor.UserException;
import org.javae.testkit.ContractSuite;
import org.junit.jupiter.api.Test;

/**
 * A linear decoder of Gaussian codes makes p(target | given) a Gaussian that can be written down,
 * whatever the networks make of what is given: {@code N(W_z m + W_c c + b, W_z S W_zᵀ + σ² I)} with
 * c what is seen of the given view and N(m, S) the prior it gives.
 */
class CvaeViewsTest {
  private static final DataSpec GIVEN = DataSpec.of(Shape.of(3), false, false);
  private static final DataSpec TARGET = DataSpec.of(Shape.of(2), false, false);
  private static final int N = 6;
  private static final int JOINT = 4;
  private static final Map<String, ?> SETTINGS =
      Map.of("given", "view0", "joint", JOINT, "encoder", "linear", "decoder", "linear");

  private static CvaeViews build(DataSpec d, Map<String, ?> settings) {
    CvaeViews m = (CvaeViews) (Model<?>) ViewOraclesTest.build("cvae-views", d, settings);
    // Away from the initial zeros; q says little and is wide, as importance sampling wants it.
    m.params()
        .all()
        .forEach(
            (name, p) -> {
              if (!name.startsWith("encoder.")) {
                p.addInPlace(Rng.of(6).normal(DType.FLOAT64, p.shape().toArray()), 0.25);
              } else if (name.matches("encoder.head.*bias") && p.numel() == 4) {
                p.addInPlace(Tensor.of(new double[] {0, 0, 1, 1}, 4), 0.7);
              } else {
                p.copyFromInPlace(p.times(0.3));
              }
            });
    return m;
  }

  private static CvaeViews model() {
    return build(ContractSuite.views(GIVEN, TARGET), SETTINGS);
  }

  private static Tensor x(int n) {
    return Rng.of(3).normal(DType.FLOAT64, n, 5);
  }

  private static Tensor present(int n, double... row) {
    return Tensor.of(row, 1, row.length).expand(n, row.length);
  }

  private static double[][] rows(Tensor t) {
    double[] flat = t.toDoubles();
    int w = flat.length / (int) t.size(0);
    return IntStream.range(0, (int) t.size(0))
        .mapToObj(i -> Arrays.copyOfRange(flat, i * w, (i + 1) * w))
        .toArray(double[][]::new);
  }

  private static double[] affine(double[][] w, double[] b, double[] x) {
    double[] r = b.clone();
    for (int i = 0; i < r.length; i++) {
      for (int j = 0; j < x.length; j++) {
        r[i] += w[i][j] * x[j];
      }
    }
    return r;
  }

  private static Tensor parameter(Model<?> m, String start, String end) {
    return m.params().all().entrySet().stream()
        .filter(e -> e.getKey().startsWith(start + ".") && e.getKey().endsWith(end))
        .map(Map.Entry::getValue)
        .findFirst()
        .orElseThrow();
  }

  /** ln p(target | given) of every row, in plain numbers. */
  private static double[] exact(CvaeViews m, Tensor data) {
    double[][] feature = rows(parameter(m, "prior.view0", "weight"));
    double[] bias = parameter(m, "prior.view0", "bias").toDoubles();
    double[][] decoder = rows(parameter(m, "decoder.view1", "weight"));
    double[] start = parameter(m, "decoder.view1", "bias").toDoubles();
    double noise =
        Math.exp(2 * m.params().all().get("decoder.view1.likelihood.log_scale").toDoubles()[0]);
    double[][] x = rows(data);
    DType type = m.params().type();
    Normal p = m.given(data.to(type), present(x.length, 1, 0).to(type)).prior();
    double[][] mean = rows(p.mean());
    double[][] logScale = rows(p.logScale());
    double[] r = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      double[] c = affine(feature, bias, Arrays.copyOf(x[i], 3));
      double[] code = new double[2 + JOINT];
      for (int j = 0; j < JOINT; j++) {
        code[2 + j] = Math.tanh(c[j]);
      }
      System.arraycopy(mean[i], 0, code, 0, 2);
      double[] mu = affine(decoder, start, code);
      double[][] v = new double[2][2];
      for (int a = 0; a < 2; a++) {
        for (int b = 0; b < 2; b++) {
          for (int j = 0; j < 2; j++) {
            v[a][b] += decoder[a][j] * decoder[b][j] * Math.exp(2 * logScale[i][j]);
          }
        }
        v[a][a] += noise;
      }
      double det = v[0][0] * v[1][1] - v[0][1] * v[1][0];
      double s = x[i][3] - mu[0];
      double t = x[i][4] - mu[1];
      double square = (v[1][1] * s * s - 2 * v[0][1] * s * t + v[0][0] * t * t) / det;
      r[i] = -0.5 * square - 0.5 * Math.log(det) - Math.log(2 * Math.PI);
    }
    return r;
  }

  @Test
  void importanceSamplingFindsTheConditionalDensity() {
    CvaeViews m = model();
    Tensor x = x(N);
    double[] truth = exact(m, x);
    CvaeViews.Given both = m.given(x, present(N, 1, 1));
    int k = 100_000;
    double[] ofPrior =
        Estimators.naiveLogWeights(both, x, k, Rng.of(1))
            .reshape(k, N)
            .logSumExp(0)
            .minus(Math.log(k))
            .toDoubles();
    assertThat(ofPrior).containsExactly(truth, within(0.03));
    double before = Double.NEGATIVE_INFINITY;
    for (int samples : new int[] {1, 10, 1000, k}) {
      double bound = Estimators.logLikelihood(both, x, samples, Rng.of(1)).mean().item();
      assertThat(bound).isGreaterThan(before);
      before = bound;
    }
    assertThat(before).isCloseTo(Arrays.stream(truth).average().orElse(0), within(0.03));
    // Without the target there is nothing to tell: exactly 0.
    double[] nothing =
        Estimators.logLikelihood(m.given(x, present(N, 1, 0)), x, 3, Rng.of(1)).toDoubles();
    assertThat(nothing).containsOnly(0.0);
  }

  @Test
  void theReportTellsTheConditionalLikelihood() {
    DataSpec d = ContractSuite.views(GIVEN, TARGET);
    CvaeViews m =
        (CvaeViews)
            (Model<?>)
                org.javae.models.ModelCatalog.get("cvae-views")
                    .build(d, configured(d), Rng.of(4).split("init"));
    int n = 40;
    float[] flat = x(n).to(DType.FLOAT32).toFloats();
    float[] given = new float[3 * n];
    float[] target = new float[2 * n];
    int[][] rows = new int[2][n];
    for (int i = 0; i < n; i++) {
      System.arraycopy(flat, 5 * i, given, 3 * i, 3);
      System.arraycopy(flat, 5 * i + 3, target, 2 * i, 2);
      rows[0][i] = i % 8 == 7 ? -1 : i; // these lack what is to be given, and do not count
      rows[1][i] = i;
    }
    List<Dataset.View> views =
        List.of(
            new Dataset.View(
                "view0", Shape.of(3), List.of(), null, Dataset.ViewSettings.AUTO.scaling("none")),
            new Dataset.View(
                "view1", Shape.of(2), List.of(), null, Dataset.ViewSettings.AUTO.scaling("none")));
    Dataset data =
        Paired.of(
            "pairs",
            views,
            List.of(
                ArrayDataset.of("given", Shape.of(3), given),
                ArrayDataset.of("target", Shape.of(2), target)),
            rows);
    int[] all = IntStream.range(0, n).toArray();
    Preprocessing p = Preprocessing.fit(data, all, "none", Preprocessing.Binarize.NONE, "error");
    Loader loader = new Loader(data, all, p, Rng.of(5), false);
    MultimodalReport r =
        Multimodality.evaluate(
            m, loader, loader, null, new Multimodality.Options(3000, 1, 20, Set.of()), f -> {});
    double[] truth = exact(m, x(n));
    double mean =
        IntStream.range(0, n)
            .filter(i -> i % 8 != 7)
            .mapToDouble(i -> truth[i])
            .average()
            .orElse(0);
    assertThat(r.likelihoods().joint()).isCloseTo(mean, within(0.02));
    assertThat(r.likelihoods().views()).hasSize(1);
    assertThat(r.likelihoods().views().get(0).view()).isEqualTo("view1");
    assertThat(r.likelihoods().views().get(0).conditional()).isCloseTo(mean, within(0.02));
    assertThat(r.patterns()).allMatch(s -> s.seen().contains("view0"));
    assertThat(r.patterns()).allMatch(s -> s.error().keySet().equals(Set.of("view1")));
  }

  private static org.javae.core.model.ModelConfig configured(DataSpec d) {
    java.util.LinkedHashMap<String, Object> all = new java.util.LinkedHashMap<>(SETTINGS);
    all.put("latent", 2);
    return org.javae.models.ModelCatalog.get("cvae-views").configure(d, all);
  }

  @Test
  void imputationIsTheConditionalMean() {
    CvaeViews m = model();
    Tensor x = x(N);
    Batch lacking = new Batch(x, null, null, present(N, 1, 0));
    Imputation i = Imputation.of(m, lacking, 4000, Rng.of(2));
    Normal p = m.given(x, present(N, 1, 0)).prior();
    // The mean of a linear map of Gaussian codes is the map of their mean.
    Tensor truth = m.given(x, present(N, 1, 0)).likelihood(p.mean()).mean();
    assertThat(i.mean().toDoubles()).containsExactly(truth.toDoubles(), within(0.05));
    // What was given stays as it is.
    assertThat(i.draws().select(0, 7).narrow(1, 0, 3).toDoubles())
        .containsExactly(x.narrow(1, 0, 3).toDoubles());
    assertThatThrownBy(
            () -> Imputation.of(m, new Batch(x, null, null, present(N, 0, 1)), 4, Rng.of(2)))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("trained to tell view1 from view0, and was not told view0")
        .hasMessageContaining("given=view1");
  }

  @Test
  void withoutTargetsAnObservationAddsNothingAndWithoutConditionsTheyAreNotLookedAt() {
    CvaeViews m = model();
    Params params = m.params();
    Loss none = ViewOraclesTest.loss(m, new Batch(x(N), null, null, present(N, 1, 0)));
    assertThat(none.total().abs().toDoubles()).containsOnly(0.0);
    List<Tensor> g = Autograd.grad(none.total().sum(), params.trainable());
    assertThat(g).allMatch(t -> t == null || t.abs().sum().item() == 0);
    // Whatever an absent view holds, it changes nothing.
    Tensor other = Tensor.cat(List.of(x(N).narrow(1, 0, 3).plus(5), x(N).narrow(1, 3, 2)), 1);
    Loss a = ViewOraclesTest.loss(m, new Batch(x(N), null, null, present(N, 0, 1)));
    Loss b = ViewOraclesTest.loss(m, new Batch(other, null, null, present(N, 0, 1)));
    assertThat(b.total().toDoubles()).containsExactly(a.total().toDoubles());
    Loss told = ViewOraclesTest.loss(m, new Batch(other, null, null, present(N, 1, 1)));
    assertThat(told.total().toDoubles()).doesNotContain(a.total().toDoubles());
  }

  @Test
  void itLearnsOneViewFromAnother() {
    // target = (g₁ + g₂, g₃) + noise of 0.3: no more can be known than −2 (½ ln 2πe + ln 0.3).
    int n = 400;
    Tensor g = Rng.of(1).split("given").normal(DType.FLOAT64, n, 3);
    Tensor noise = Rng.of(1).split("noise").normal(DType.FLOAT64, n, 2).times(0.3);
    Tensor t =
        Tensor.cat(List.of(g.narrow(1, 0, 1).plus(g.narrow(1, 1, 1)), g.narrow(1, 2, 1)), 1)
            .plus(noise);
    Tensor x = Tensor.cat(List.of(g, t), 1);
    DataSpec d = ContractSuite.views(GIVEN, TARGET);
    CvaeViews m =
        (CvaeViews)
            (Model<?>)
                ViewOraclesTest.build(
                    "cvae-views", d, Map.of("given", "view0", "joint", 16, "latent", 1));
    ExactObjectivesTest.descend(m, new Batch(x, null, null, present(n, 1, 1)), 250, 0.03);
    double found =
        Estimators.logLikelihood(m.given(x, present(n, 1, 1)), x, 100, Rng.of(1)).mean().item();
    double best = -2 * (0.5 * Math.log(2 * Math.PI * Math.E) + Math.log(0.3));
    assertThat(found).isCloseTo(best, within(0.25));
  }

  @Test
  void otherDirectionsAreRefusedInOneSentence() {
    CvaeViews m = model();
    assertThatThrownBy(m::prior)
        .isInstanceOf(UserException.class)
        .hasMessageContaining("trained to tell view1 from view0")
        .hasMessageContaining("--set given=view1");
    assertThatThrownBy(() -> m.generate(3, Rng.of(1))).isInstanceOf(UserException.class);
    DataSpec d = ContractSuite.views(GIVEN, TARGET);
    assertThatThrownBy(() -> build(d, Map.of("given", "view2")))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("no view 'view2'");
    assertThatThrownBy(() -> build(d, Map.of("given", "view0,view1")))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("leaves nothing to be told");
    assertThatThrownBy(() -> build(GIVEN, Map.of("given", "view0")))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("one block");
  }

  @Test
  void bothDirectionsOfTheSameViewsPermute() {
    CvaeViews ab = model();
    CvaeViews ba =
        build(
            ContractSuite.views(TARGET, GIVEN),
            Map.of("given", "view1", "joint", JOINT, "encoder", "linear", "decoder", "linear"));
    Map<String, Tensor> swapped = new java.util.LinkedHashMap<>();
    ab.params()
        .all()
        .forEach(
            (k, v) ->
                swapped.put(
                    k.replace("view0", "?").replace("view1", "view0").replace("?", "view1"), v));
    ba.params().load(swapped);
    Tensor x = x(N);
    Tensor y = Tensor.cat(List.of(x.narrow(1, 3, 2), x.narrow(1, 0, 3)), 1);
    Loss a = ViewOraclesTest.loss(ab, ViewOraclesTest.batch(x, 2));
    Loss b = ViewOraclesTest.loss(ba, ViewOraclesTest.batch(y, 2));
    assertThat(b.total().toDoubles()).containsExactly(a.total().toDoubles(), within(1e-12));
  }
}
