package org.javae.models.unimodal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.javae.core.data.ArrayDataset;
import org.javae.core.data.Dataset.Annotation;
import org.javae.core.data.Loader;
import org.javae.core.data.Preprocessing;
import org.javae.core.evaluate.Estimators;
import org.javae.core.evaluate.Evaluator;
import org.javae.core.evaluate.Metrics;
import org.javae.core.model.Batch;
import org.javae.core.model.CatalogEntry;
import org.javae.core.model.Conditional;
import org.javae.core.model.DataSpec;
import org.javae.core.model.LatentVariableModel;
import org.javae.core.model.Model;
import org.javae.core.schedule.Schedule;
import org.javae.core.train.TrainConfig;
import org.javae.core.train.TrainListener;
import org.javae.core.train.Trainer;
import org.javae.models.ModelCatalog;
import org.javae.tensor.Autograd;
import org.javae.tensor.DType;
import org.javae.tensor.Rng;
import org.javae.tensor.Scope;
import org.javae.tensor.Shape;
import org.javae.tensor.Tensor;
import org.javae.tensor.UserException;
import org.junit.jupiter.api.Test;

/**
 * The conditional models against the linear-Gaussian case, of which everything is known: x = W z +
 * b_u + σε with z ~ N(m_u, diag s²) is N(W m_u + b_u, W diag(s²) Wᵀ + σ²I) given the label u.
 */
class LabelledVaeTest {
  private static final int D = 4;
  private static final int K = 3;
  private static final int Q = 2;
  private static final double SIGMA = 0.5;
  private static final double[] S = {0.8, 1.3};

  /** Columns with an angle between them, so that the posterior has a full covariance. */
  private static final double[][] SLANTED = {{1, 0.5}, {0.3, -1}, {-0.7, 0.4}, {0.2, 0.9}};

  /** Columns at right angles: the posterior's dimensions are independent. */
  private static final double[][] STRAIGHT = {{1, 0.5}, {0.5, -1}, {1, 1}, {-1, 1}};

  private static final double[][] MEANS = {{0, 0}, {1, -0.5}, {-2, 0.3}};
  private static final double[][] OFFSETS = {{0, 1, 2, 3}, {-1, 0.5, 0, 1}, {2, -2, 1, 0}};

  private static final DataSpec DATA = DataSpec.of(Shape.of(D), false, false).labelled(K);

  private static Model<?> build(String name, Map<String, ?> more) {
    Map<String, Object> settings = new LinkedHashMap<>();
    settings.put("encoder", "linear");
    settings.put("likelihood", "gaussian:" + SIGMA);
    settings.put("latent", Q);
    settings.putAll(more);
    CatalogEntry<?> e = ModelCatalog.get(name).in(DType.FLOAT64);
    return e.build(DATA, e.configure(DATA, settings), Rng.of(1).split("init"));
  }

  private static void set(Model<?> m, String name, double[][] rows) {
    Tensor t = m.params().all().get(name);
    double[] flat =
        IntStream.range(0, rows.length)
            .boxed()
            .flatMapToDouble(i -> Arrays.stream(rows[i]))
            .toArray();
    Scope.run(() -> t.copyFromInPlace(Tensor.of(flat, t.shape().toArray())));
  }

  private static double[][] matrix(Tensor t) {
    double[] v = t.toDoubles();
    int n = (int) t.size(0);
    int m = (int) t.size(1);
    double[][] r = new double[n][m];
    for (int i = 0; i < n; i++) {
      System.arraycopy(v, i * m, r[i], 0, m);
    }
    return r;
  }

  /**
   * Gives q the exact posterior N(Σ (Wᵀ(x − b_u)/σ² + m_u/s²), Σ), Σ⁻¹ = WᵀW/σ² + diag(1/s²), and
   * the decoder W and b_u (all zero where it does not see the label).
   */
  private static void exact(Model<?> m, double[][] w, double[][] offsets, boolean full) {
    Scope.run(
        () -> {
          Tensor weights = tensor(w);
          Tensor precision =
              weights
                  .t()
                  .matmul(weights)
                  .div(SIGMA * SIGMA)
                  .plus(Tensor.of(new double[] {1 / (S[0] * S[0]), 1 / (S[1] * S[1])}, Q).diag());
          Tensor covariance = precision.inverse();
          double[][] slope = matrix(covariance.matmul(weights.t()).div(SIGMA * SIGMA));
          double[][] c = matrix(covariance);
          double[][] l = matrix(covariance.cholesky());
          int outputs = 2 * Q + (full ? Q * Q : 0);
          double[][] encoder = new double[outputs][D + K];
          double[][] bias = new double[1][outputs];
          for (int i = 0; i < Q; i++) {
            System.arraycopy(slope[i], 0, encoder[i], 0, D);
            for (int u = 0; u < K; u++) {
              for (int j = 0; j < D; j++) {
                encoder[i][D + u] -= slope[i][j] * offsets[u][j];
              }
              for (int j = 0; j < Q; j++) {
                encoder[i][D + u] += c[i][j] * MEANS[u][j] / (S[j] * S[j]);
              }
            }
            bias[0][Q + i] = Math.log(full ? l[i][i] : Math.sqrt(c[i][i]));
            for (int j = 0; full && j < i; j++) {
              bias[0][2 * Q + i * Q + j] = l[i][j];
            }
          }
          set(m, "encoder.0.weight", encoder);
          set(m, "encoder.0.bias", bias);
        });
    set(m, "prior.mean", MEANS);
    // What the settings say was rounded to float32 on its way.
    set(m, "likelihood.log_scale", new double[][] {{Math.log(SIGMA)}});
    double[][] logScales = new double[K][Q];
    for (double[] row : logScales) {
      row[0] = Math.log(S[0]);
      row[1] = Math.log(S[1]);
    }
    set(m, "prior.log_scale", logScales);
  }

  private static Tensor tensor(double[][] rows) {
    double[] flat = Arrays.stream(rows).flatMapToDouble(Arrays::stream).toArray();
    return Tensor.of(flat, rows.length, rows[0].length);
  }

  /** ln N(x; W m_u + b_u, W diag(s²) Wᵀ + σ²I). */
  private static double exactLogDensity(double[] x, int u, double[][] w, double[][] offsets) {
    return Scope.run(
        () -> {
          Tensor weights = tensor(w);
          Tensor scaled = weights.times(Tensor.of(S, 1, Q));
          Tensor l =
              scaled
                  .matmul(scaled.t())
                  .plus(Tensor.eye(D).to(DType.FLOAT64).times(SIGMA * SIGMA))
                  .cholesky();
          double[] r = x.clone();
          for (int i = 0; i < D; i++) {
            r[i] -= offsets[u][i];
            for (int j = 0; j < Q; j++) {
              r[i] -= w[i][j] * MEANS[u][j];
            }
          }
          double square = l.solveTriangular(Tensor.of(r, D, 1), false).square().sum().item();
          return -0.5 * (square + D * Math.log(2 * Math.PI)) - l.diag().log().sum().item();
        });
  }

  /** With the exact posterior every importance weight, whatever z, is p(x|u). */
  private static void everyWeightIsTheLikelihood(Model<?> m, double[][] w, double[][] offsets) {
    int n = 5;
    Scope.run(
        () ->
            Autograd.off(
                () -> {
                  Tensor x = Rng.of(3).normal(DType.FLOAT64, K, D).times(2);
                  Tensor labels = Tensor.of(new long[] {2, 0, 1}, K);
                  LatentVariableModel v = ((Conditional) m).given(labels);
                  double[] weights =
                      Estimators.logWeights(v, v.posterior(x), x, n, Rng.of(4)).toDoubles();
                  double[][] rows = matrix(x);
                  for (int i = 0; i < K; i++) {
                    int u = new int[] {2, 0, 1}[i];
                    double expected = exactLogDensity(rows[i], u, w, offsets);
                    for (int k = 0; k < n; k++) {
                      assertThat(weights[k * K + i]).isCloseTo(expected, within(1e-9));
                    }
                    assertThat(Estimators.logLikelihood(v, x, 7, Rng.of(5)).toDoubles()[i])
                        .isCloseTo(expected, within(1e-9));
                  }
                }));
  }

  @Test
  void aLinearConditionalVaeHasTheClosedFormLikelihood() {
    Model<?> m = build("cvae", Map.of("prior", "learned"));
    exact(m, STRAIGHT, OFFSETS, false);
    double[][] decoder = new double[D][Q + K];
    for (int i = 0; i < D; i++) {
      System.arraycopy(STRAIGHT[i], 0, decoder[i], 0, Q);
      for (int u = 0; u < K; u++) {
        decoder[i][Q + u] = OFFSETS[u][i];
      }
    }
    set(m, "decoder.0.weight", decoder);
    set(m, "decoder.0.bias", new double[1][D]);
    everyWeightIsTheLikelihood(m, STRAIGHT, OFFSETS);
  }

  @Test
  void aLinearIdentifiableVaeHasTheClosedFormLikelihoodWithAnyDecoder() {
    Model<?> m = build("ivae", Map.of("prior_mean", "learned"));
    exact(m, SLANTED, new double[K][D], true);
    set(m, "decoder.0.weight", SLANTED);
    set(m, "decoder.0.bias", new double[1][D]);
    everyWeightIsTheLikelihood(m, SLANTED, new double[K][D]);
  }

  private static ArrayDataset linearGaussian(int n) {
    SplittableRandom r = new SplittableRandom(3);
    float[] x = new float[n * D];
    int[] labels = new int[n];
    for (int i = 0; i < n; i++) {
      int u = r.nextInt(K);
      labels[i] = u;
      double[] z = new double[Q];
      for (int j = 0; j < Q; j++) {
        z[j] = MEANS[u][j] + S[j] * r.nextGaussian();
      }
      for (int k = 0; k < D; k++) {
        double v = OFFSETS[u][k] + SIGMA * r.nextGaussian();
        for (int j = 0; j < Q; j++) {
          v += STRAIGHT[k][j] * z[j];
        }
        x[i * D + k] = (float) v;
      }
    }
    return ArrayDataset.of("linear-gaussian", Shape.of(D), x)
        .withAnnotations(List.of(new Annotation("label", labels, K, List.of())));
  }

  @Test
  void trainingReachesTheClosedFormLikelihoodGivenTheLabel() {
    int n = 1000;
    ArrayDataset d = linearGaussian(n);
    CatalogEntry<?> e = ModelCatalog.get("cvae");
    @SuppressWarnings("unchecked") // it is a model of one block
    Model<Batch> m =
        (Model<Batch>)
            e.build(
                DATA,
                e.configure(DATA, Map.of("encoder", "linear", "latent", Q)),
                Rng.of(1).split("init"));
    Loader rows =
        new Loader(d, IntStream.range(0, n).toArray(), Preprocessing.NONE, Rng.of(2), true);
    TrainConfig c =
        new TrainConfig(
            40,
            100,
            0.03,
            1,
            "adam",
            Schedule.parse("cosine"),
            0.9,
            0,
            5,
            0,
            1,
            0,
            0,
            false,
            0,
            1e9);
    new Trainer<>(m, rows, null, null, c, null, "", new TrainListener() {}).run(false);
    double exact = 0;
    float[] x = new float[n * D];
    d.read(IntStream.range(0, n).toArray(), x);
    int[] labels = d.labels().orElseThrow().values();
    for (int i = 0; i < n; i++) {
      int row = i;
      double[] xi = IntStream.range(0, D).mapToDouble(j -> x[row * D + j]).toArray();
      exact += exactLogDensity(xi, labels[i], STRAIGHT, OFFSETS) / n;
    }
    Loader fixed =
        new Loader(d, IntStream.range(0, n).toArray(), Preprocessing.NONE, Rng.of(2), false);
    Metrics found =
        Evaluator.evaluate(m, fixed, new Evaluator.Options(20, 0, 500, Set.of()), p -> {});
    // As many as 29 parameters gain half of that over n at the most.
    assertThat(-found.nll()).isBetween(exact - 0.05, exact + 29 / 2.0 / n + 0.01);
    assertThat(found.elbo()).isBetween(exact - 0.1, -found.nll() + 0.02);
  }

  @Test
  void withoutLabelsOneSentenceSaysWhatToDo() {
    DataSpec none = DataSpec.of(Shape.of(D), false, false);
    for (String name : List.of("cvae", "ivae")) {
      CatalogEntry<?> e = ModelCatalog.get(name);
      assertThatThrownBy(() -> e.build(none, e.configure(none, Map.of()), Rng.of(1)))
          .isInstanceOf(UserException.class)
          .hasMessage(
              "model %s needs a label for every observation, and these data have none; name the column of a table with"
                      .formatted(name)
                  + " --set label=COLUMN, or use a model without labels such as vae");
    }
  }

  @Test
  void settingsThatDoNotFitAreRefused() {
    assertThatThrownBy(() -> build("cvae", Map.of("prior", "vamp:5")))
        .isInstanceOf(UserException.class)
        .hasMessage("prior is 'vamp:5', but p(z) given a label is standard or learned");
    assertThatThrownBy(() -> build("ivae", Map.of("prior", "standard")))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("that of ivae is learned for each label");
    assertThatThrownBy(() -> build("ivae", Map.of("prior_mean", "zeros")))
        .isInstanceOf(UserException.class)
        .hasMessage("unknown prior_mean 'zeros'; did you mean zero?");
    assertThatThrownBy(() -> build("ivae", Map.of("posterior", "ful")))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("unknown posterior 'ful'");
  }
}
