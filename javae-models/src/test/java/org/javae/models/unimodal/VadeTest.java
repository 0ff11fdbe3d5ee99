package org.javae.models.unimodal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.javae.core.data.ArrayDataset;
import org.javae.core.data.Dataset.Annotation;
import org.javae.core.data.Loader;
import org.javae.core.data.Preprocessing;
import org.javae.core.distribution.Normal;
import org.javae.core.distribution.NormalMixture;
import org.javae.core.evaluate.Clustering;
import org.javae.core.evaluate.Evaluator;
import org.javae.core.model.Batch;
import org.javae.core.model.Clusters;
import org.javae.core.model.DataSpec;
import org.javae.core.model.Model;
import org.javae.core.train.Step;
import org.javae.core.train.TrainConfig;
import org.javae.core.train.TrainListener;
import org.javae.core.train.Trainer;
import org.javae.models.ModelCatalog;
import org.javae.models.density.GaussianMixture;
import org.javae.tensor.Autograd;
import org.javae.tensor.DType;
import org.javae.tensor.Rng;
import org.javae.tensor.Scope;
import org.javae.tensor.Shape;
import org.javae.tensor.Tensor;
import org.javae.tensor.UserException;
import org.javae.testkit.ContractSuite;
import org.javae.testkit.ContractSuite.Subject;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Clustering against what is known of mixtures. */
class VadeTest {
  private static final int D = 6;
  private static final int N = 1500;
  private static final double[] WEIGHTS = {0.5, 0.3, 0.2};
  private static final double[][] CENTRES = {{0, 0}, {4.2, 0.5}, {0.5, 4}};
  private static final double[][] SCALES = {{0.8, 1.1}, {0.9, 0.7}, {1, 0.9}};

  private static Model<?> model(String name, DType type, Map<String, ?> settings) {
    DataSpec data = DataSpec.of(Shape.of(D), false, false);
    var e = ModelCatalog.get(name).in(type);
    return e.build(data, e.configure(data, settings), Rng.of(3).split("init"));
  }

  private static Map<String, Object> settings(Object... more) {
    Map<String, Object> m = new LinkedHashMap<>();
    m.put("latent", 2);
    m.put("encoder", "mlp:24");
    for (int i = 0; i < more.length; i += 2) {
      m.put((String) more[i], more[i + 1]);
    }
    return m;
  }

  /** Everything away from its start. */
  private static <M extends Model<?>> M shaken(M m) {
    Scope.run(
        () ->
            m.params()
                .trainable()
                .forEach(
                    p -> p.addInPlace(Rng.of(6).normal(DType.FLOAT64, p.shape().toArray()), 0.3)));
    return m;
  }

  // ---- the bound

  @Test
  void theDivergenceIsTheExpectedLogRatioOfBothJointDensities() {
    Vade m = shaken((Vade) model("vade", DType.FLOAT64, settings("clusters", 3, "pretrain", 0)));
    int draws = 40_000;
    Autograd.off(
        () ->
            Scope.run(
                () -> {
                  Tensor x = Rng.of(1).normal(DType.FLOAT64, 4, D);
                  Normal q = (Normal) m.posterior(x);
                  NormalMixture p = (NormalMixture) m.prior();
                  Tensor some = q.sample(Rng.of(2), 50);
                  double[] closed = m.divergence(q, some).toDoubles();
                  double[] gamma = p.responsibilities(some).reshape(50, 4, 3).mean(0).toDoubles();
                  double[] logPi = p.logWeights().logSoftmax(1).toDoubles();
                  Tensor z = q.sample(Rng.of(3), draws);
                  double[] logQ = q.repeat(draws).logProb(z).toDoubles();
                  double[][] logP = new double[3][];
                  for (int c = 0; c < 3; c++) {
                    logP[c] =
                        new Normal(
                                p.components().mean().narrow(0, c, 1),
                                p.components().logScale().narrow(0, c, 1))
                            .logProb(z)
                            .toDoubles();
                  }
                  for (int i = 0; i < 4; i++) {
                    double sum = 0;
                    double squares = 0;
                    for (int j = 0; j < draws; j++) {
                      double v = 0;
                      for (int c = 0; c < 3; c++) {
                        double g = gamma[i * 3 + c];
                        v += g * (logQ[j * 4 + i] + Math.log(g) - logPi[c] - logP[c][j * 4 + i]);
                      }
                      sum += v;
                      squares += v * v;
                    }
                    double mean = sum / draws;
                    double error = Math.sqrt((squares / draws - mean * mean) / draws);
                    assertThat(closed[i]).isCloseTo(mean, within(4.5 * error));
                    assertThat(error).isLessThan(0.05 * Math.abs(mean));
                  }
                }));
  }

  @Test
  void oneClusterIsTheVaeWithALearnedGaussianPrior() {
    Vade one =
        shaken(
            (Vade)
                model("vade", DType.FLOAT64, settings("clusters", 1, "pretrain", 0, "samples", 2)));
    Vae vae = (Vae) model("vae", DType.FLOAT64, settings("prior", "learned", "samples", 2));
    Scope.run(
        () -> {
          Map<String, Tensor> from = one.params().all();
          vae.params()
              .all()
              .forEach(
                  (name, t) ->
                      t.copyFromInPlace(
                          from.get(
                                  name.equals("prior.mean")
                                      ? "prior.means"
                                      : name.equals("prior.log_scale") ? "prior.log_scales" : name)
                              .detach()));
          Batch b = new Batch(Rng.of(1).normal(DType.FLOAT64, 7, D), null);
          Step s = new Step(3, 2.5, 10, true, Rng.of(4));
          double[] a = one.loss(b, s).total().toDoubles();
          double[] c = vae.loss(b, new Step(3, 2.5, 10, true, Rng.of(4))).total().toDoubles();
          for (int i = 0; i < a.length; i++) {
            assertThat(a[i]).isCloseTo(c[i], within(1e-10 * Math.abs(c[i])));
          }
        });
  }

  @Test
  void theFirstStageIsABetaVaeAndWithoutWeightAnAutoencoder() {
    Map<String, Object> weighted = settings("clusters", 3, "pretrain", 2, "pretrain_kl", 0.3);
    Vade first = shaken((Vade) model("vade", DType.FLOAT64, weighted));
    Model<?> beta = model("beta-vae", DType.FLOAT64, settings("beta", 0.3));
    Map<String, Object> bare = settings("clusters", 3, "pretrain", 2, "pretrain_kl", 0);
    Vade plain = (Vade) model("vade", DType.FLOAT64, bare);
    Scope.run(
        () -> {
          Map<String, Tensor> from = first.params().all();
          beta.params().all().forEach((n, t) -> t.copyFromInPlace(from.get(n).detach()));
          plain.params().all().forEach((n, t) -> t.copyFromInPlace(from.get(n).detach()));
          Tensor x = Rng.of(1).normal(DType.FLOAT64, 7, D);
          double[] a = first.loss(new Batch(x, null), step()).total().toDoubles();
          double[] b = ((Vae) beta).loss(new Batch(x, null), step()).total().toDoubles();
          double[] c = plain.loss(new Batch(x, null), step()).total().toDoubles();
          double[] error = plain.likelihood(plain.encode(x)).logProb(x).neg().toDoubles();
          for (int i = 0; i < a.length; i++) {
            assertThat(a[i]).isCloseTo(b[i], within(1e-10 * Math.abs(b[i])));
            assertThat(c[i]).isCloseTo(error[i], within(1e-10 * Math.abs(error[i])));
          }
        });
  }

  /** Only what the encoder sees in training has holes; the whole row is to be told from it. */
  @Test
  void theFirstStageMayLeaveHolesInWhatItSees() {
    Map<String, Object> holed =
        settings("clusters", 3, "pretrain", 2, "pretrain_kl", 0, "pretrain_noise", 0.4);
    Vade m = (Vade) model("vade", DType.FLOAT64, holed);
    Scope.run(
        () -> {
          Tensor x = Rng.of(1).normal(DType.FLOAT64, 7, D);
          Tensor seen = x.times(step().rng().bernoulli(Tensor.zerosLike(x).plus(0.6)));
          assertThat(seen.toDoubles()).contains(0.0).isNotEqualTo(x.toDoubles());
          assertThat(m.loss(new Batch(x, null), step()).total().toDoubles())
              .containsExactly(
                  m.likelihood(m.encode(seen)).logProb(x).neg().toDoubles(), within(1e-10));
          assertThat(m.loss(new Batch(x, null), Step.evaluation(Rng.of(4))).total().toDoubles())
              .containsExactly(
                  m.likelihood(m.encode(x)).logProb(x).neg().toDoubles(), within(1e-10));
        });
  }

  private static Step step() {
    return new Step(3, 2.5, 10, true, Rng.of(4));
  }

  // ---- a mixture whose groups overlap

  /** ln π_c N(z; μ_c, σ_c²) up to a constant. */
  private static int nearest(double[] z) {
    double best = Double.NEGATIVE_INFINITY;
    int which = 0;
    for (int c = 0; c < 3; c++) {
      double l = Math.log(WEIGHTS[c]);
      for (int j = 0; j < 2; j++) {
        double u = (z[j] - CENTRES[c][j]) / SCALES[c][j];
        l -= 0.5 * u * u + Math.log(SCALES[c][j]);
      }
      if (l > best) {
        best = l;
        which = c;
      }
    }
    return which;
  }

  private record Drawn(ArrayDataset data, int[] labels, double bayes) {}

  /** Points of a plane in D dimensions with next to no noise, so that Bayes' rule is that in z. */
  private static Drawn mixture() {
    SplittableRandom r = new SplittableRandom(8);
    double[][] a = new double[D][2];
    for (double[] row : a) {
      row[0] = r.nextGaussian();
      row[1] = r.nextGaussian();
    }
    float[] v = new float[N * D];
    int[] labels = new int[N];
    int right = 0;
    for (int i = 0; i < N; i++) {
      double u = r.nextDouble();
      labels[i] = u < WEIGHTS[0] ? 0 : u < WEIGHTS[0] + WEIGHTS[1] ? 1 : 2;
      double[] z = new double[2];
      for (int j = 0; j < 2; j++) {
        z[j] = CENTRES[labels[i]][j] + SCALES[labels[i]][j] * r.nextGaussian();
      }
      right += nearest(z) == labels[i] ? 1 : 0;
      for (int j = 0; j < D; j++) {
        v[i * D + j] = (float) (a[j][0] * z[0] + a[j][1] * z[1] + 0.02 * r.nextGaussian());
      }
    }
    ArrayDataset d =
        ArrayDataset.of("mixture", Shape.of(D), v)
            .withAnnotations(List.of(new Annotation("label", labels, 3, List.of())));
    return new Drawn(d, labels, right / (double) N);
  }

  private static Loader rows(Drawn d, boolean shuffle) {
    return new Loader(
        d.data(), IntStream.range(0, N).toArray(), Preprocessing.NONE, Rng.of(1), shuffle);
  }

  private static double accuracy(Clusters m, Drawn d) {
    float[] v = new float[N * D];
    d.data().read(IntStream.range(0, N).toArray(), v);
    long[] c =
        Autograd.off(
            () -> Scope.run(() -> m.responsibilities(Tensor.of(v, N, D)).argmax(1).toLongs()));
    int[] groups = Arrays.stream(c).mapToInt(Math::toIntExact).toArray();
    return Clustering.of(groups, 3, d.labels(), 3).accuracy();
  }

  private static TrainConfig config(int epochs, double ema, int patience) {
    TrainConfig t = TrainConfig.DEFAULTS;
    return new TrainConfig(
        epochs, 50, 1e-2, 2, "adam", t.lr_schedule(), 0.9, 0, 0, ema, 1, 0, patience, true, 0, 1e9);
  }

  private static List<String> train(Vade m, Drawn d, TrainConfig c) {
    List<String> said = new ArrayList<>();
    TrainListener l =
        new TrainListener() {
          @Override
          public void message(String text) {
            said.add(text);
          }
        };
    new Trainer<>(m, rows(d, true), rows(d, false), Evaluator.validator(500), c, null, "", l)
        .run(false);
    return said;
  }

  @Test
  void itReachesTheAccuracyOfBayesRule() {
    Drawn d = mixture();
    assertThat(d.bayes()).isBetween(0.95, 0.985);
    Vade m =
        (Vade)
            model(
                "vade",
                DType.FLOAT32,
                settings(
                    "encoder",
                    "linear",
                    "clusters",
                    3,
                    "pretrain",
                    6,
                    "likelihood",
                    "gaussian:0.1"));
    assertThat(Clusters.of(m)).as("before training").isNull();
    List<String> said = train(m, d, config(20, 0.99, 5));
    assertThat(said).hasSize(1);
    assertThat(said.get(0)).contains("3 Gaussians fitted to the codes of 1500 rows");
    assertThat(accuracy(Clusters.of(m), d)).isGreaterThan(d.bayes() - 0.02);
    Evaluator.Options o = new Evaluator.Options(0, 0, 200, Set.of("accuracy", "nmi", "ari"));
    var metrics = Evaluator.evaluate(m, rows(d, false), o, done -> {});
    assertThat(metrics.accuracy()).isEqualTo(accuracy(m, d));
    assertThat(metrics.nmi()).isBetween(0.6, 1.0);
    assertThat(metrics.ari()).isBetween(0.6, 1.0);
    assertThat(metrics.clusterSizes()).hasSize(3);
    assertThat(Arrays.stream(metrics.clusterSizes()).sum()).isEqualTo(N);
  }

  @Test
  void soDoesAGaussianMixtureOfThePlane() {
    Drawn d = mixture();
    GaussianMixture m =
        (GaussianMixture)
            model(
                "gmm", DType.FLOAT64, Map.of("components", 3, "covariance", "full", "restarts", 4));
    m.fit(pass -> rows(d, false).each(300, b -> pass.accept(b.x())));
    assertThat(accuracy(m, d)).isGreaterThan(d.bayes() - 0.02);
    List<Double> reached = m.logLikelihoods();
    for (int i = 1; i < reached.size(); i++) {
      assertThat(reached.get(i)).isGreaterThan(reached.get(i - 1) - 1e-9);
    }
  }

  @Test
  void moreRestartsAreNeverLessLikely() {
    Drawn d = mixture();
    double last = Double.NEGATIVE_INFINITY;
    for (int n : new int[] {1, 2, 5}) {
      GaussianMixture m =
          (GaussianMixture)
              model(
                  "gmm",
                  DType.FLOAT64,
                  Map.of(
                      "components", 6, "covariance", "diagonal", "iterations", 20, "restarts", n));
      m.fit(pass -> rows(d, false).each(500, b -> pass.accept(b.x())));
      List<Double> reached = m.logLikelihoods();
      assertThat(reached.get(reached.size() - 1)).isGreaterThanOrEqualTo(last);
      last = reached.get(reached.size() - 1);
    }
  }

  // ---- the two stages

  @Test
  void pretrainingThatNeverEndsGivesNoClusters() {
    Drawn d = mixture();
    Vade m = (Vade) model("vade", DType.FLOAT32, settings("clusters", 3, "pretrain", 5));
    assertThat(train(m, d, config(2, 0, 0))).isEmpty();
    assertThat(m.clusters()).isZero();
    assertThat(m.lossesCompare()).isFalse();
    var metrics = Evaluator.evaluate(m, rows(d, false), Evaluator.Options.DEFAULTS, done -> {});
    assertThat(metrics.accuracy()).isNull();
  }

  private static double[] reconstructed(Vade m, Drawn d) {
    float[] v = new float[N * D];
    d.data().read(IntStream.range(0, N).toArray(), v);
    return Autograd.off(() -> Scope.run(() -> m.decode(m.encode(Tensor.of(v, N, D))).toDoubles()));
  }

  @Test
  void theSecondStageBeginsWithTheMixtureOfTheCodes() {
    Drawn d = mixture();
    Vade m = (Vade) model("vade", DType.FLOAT32, settings("clusters", 3, "pretrain", 1));
    m.trainingRows(rows(d, true));
    assertThat(m.beginEpoch(0, Rng.of(1))).isNull();
    double[] drawn = reconstructed(m, d);
    assertThat(m.beginEpoch(1, Rng.of(1))).contains("pretraining is over");
    double[] after = reconstructed(m, d);
    for (int i = 0; i < after.length; i++) {
      assertThat(after[i]).as("other codes, same reconstruction").isCloseTo(drawn[i], within(1e-3));
    }
    Autograd.off(
        () ->
            Scope.run(
                () -> {
                  NormalMixture p = (NormalMixture) m.prior();
                  float[] v = new float[N * D];
                  d.data().read(IntStream.range(0, N).toArray(), v);
                  Tensor z = m.encode(Tensor.of(v, N, D));
                  Tensor r = p.responsibilities(z);
                  // At a maximum of the likelihood weights and means are averages, nearly so here:
                  // the Gaussians were fitted with the covariances that are left out now.
                  double[] weights = p.logWeights().exp().toDoubles();
                  double[] share = r.mean(0).toDoubles();
                  double[] means = p.components().mean().toDoubles();
                  double[] averages = r.t().matmul(z).div(r.sum(0).unsqueeze(1)).toDoubles();
                  for (int c = 0; c < 3; c++) {
                    assertThat(weights[c]).isCloseTo(share[c], within(0.03));
                    for (int j = 0; j < 2; j++) {
                      assertThat(means[2 * c + j]).isCloseTo(averages[2 * c + j], within(0.2));
                    }
                  }
                  // q is as wide for every row, a hundredth of a cluster.
                  Tensor s = ((Normal) m.posterior(Tensor.of(v, N, D))).logScale();
                  assertThat(s.minus(s.narrow(0, 0, 1)).abs().max().item()).isLessThan(1e-6);
                }));
    assertThat(m.beginEpoch(1, Rng.of(2))).as("a second call").isNull();
  }

  @TestFactory
  Stream<DynamicTest> theContractHoldsAcrossTheStages() {
    DataSpec data = DataSpec.of(Shape.of(5), false, false);
    Subject s =
        new Subject(
            data, Map.of("latent", 2, "encoder", "mlp:8", "clusters", 2, "pretrain", 1), Map.of());
    return ContractSuite.of(ModelCatalog.get("vade"), s)
        .filter(
            t ->
                List.of("resumes", "same seed", "loads to the same bits", "leaks").stream()
                    .anyMatch(t.getDisplayName()::contains));
  }

  // ---- settings

  @Test
  void anotherPriorIsRefused() {
    assertThatThrownBy(() -> model("vade", DType.FLOAT32, settings("prior", "vamp:20")))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("a mixture of its clusters");
    assertThatThrownBy(() -> model("vade", DType.FLOAT32, settings("posterior", "full")))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("posterior");
    assertThatThrownBy(() -> model("vade", DType.FLOAT32, settings("clusters", 0)))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("clusters");
  }

  @Test
  void onlyAMixtureAsPriorMakesClusters() {
    assertThat(Clusters.of(model("vae", DType.FLOAT32, settings()))).isNull();
    assertThat(Clusters.of(model("vae", DType.FLOAT32, settings("prior", "mixture:4"))).clusters())
        .isEqualTo(4);
  }
}
