package org.javae.models.density;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.javae.core.data.ArrayDataset;
import org.javae.core.data.Dataset.Column;
import org.javae.core.data.Loader;
import org.javae.core.data.Preprocessing;
import org.javae.core.distribution.Normal;
import org.javae.core.evaluate.Evaluator;
import org.javae.core.model.Batch;
import org.javae.core.model.DataSpec;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The mixture and the flow against what is known exactly. */
class DensityModelsTest {
  private static Model<?> model(String name, int d, Map<String, ?> settings) {
    return model(name, d, settings, 1);
  }

  private static Model<?> model(String name, int d, Map<String, ?> settings, long seed) {
    var entry = ModelCatalog.get(name);
    DataSpec spec = DataSpec.of(Shape.of(d), false, false);
    return entry.build(spec, entry.configure(spec, settings), Rng.of(seed).split("init"));
  }

  private static GaussianMixture fitted(int components, String covariance, float[] x, int d) {
    GaussianMixture m =
        (GaussianMixture)
            model("gmm", d, Map.of("components", components, "covariance", covariance));
    Tensor rows = Tensor.of(x, x.length / d, d);
    m.fit(
        pass -> {
          int n = x.length / d;
          for (int from = 0; from < n; from += 100) {
            pass.accept(rows.narrow(0, from, Math.min(100, n - from)));
          }
        });
    return m;
  }

  /** Clusters of unequal shape, far from the origin. */
  private static float[] clusters(int n, int d) {
    SplittableRandom r = new SplittableRandom(2);
    float[] x = new float[n * d];
    for (int i = 0; i < n; i++) {
      int c = i % 3;
      double common = r.nextGaussian();
      for (int j = 0; j < d; j++) {
        double spread = 0.3 + 0.2 * c;
        x[i * d + j] =
            (float) (20 + 3 * c * ((j + c) % 2) + spread * (r.nextGaussian() + c * common));
      }
    }
    return x;
  }

  @ParameterizedTest
  @ValueSource(strings = {"full", "diagonal"})
  void oneComponentIsTheSampleMeanAndCovariance(String covariance) {
    int d = 4;
    int n = 333;
    float[] x = clusters(n, d);
    double[] mean = new double[d];
    double[][] s = new double[d][d];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < d; j++) {
        mean[j] += (double) x[i * d + j] / n;
      }
    }
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < d; j++) {
        for (int k = 0; k < d; k++) {
          s[j][k] += (x[i * d + j] - mean[j]) * (x[i * d + k] - mean[k]) / n;
        }
      }
    }
    GaussianMixture m = fitted(1, covariance, x, d);
    Map<String, Tensor> p = m.params().all();
    assertThat(p.get("means").toDoubles()).containsExactly(mean, within(1e-12));
    double[] expected =
        covariance.equals("full")
            ? Arrays.stream(s).flatMapToDouble(Arrays::stream).toArray()
            : IntStream.range(0, d).mapToDouble(j -> s[j][j]).toArray();
    assertThat(p.get("covariances").toDoubles()).containsExactly(expected, within(1e-11));
    assertThat(p.get("log_weights").item()).isZero();
    // ln p averaged over the data it was fitted to: −½ (d ln 2π + ln |S| + d).
    double logDet =
        covariance.equals("full")
            ? Scope.run(() -> Tensor.of(expected, d, d).logAbsDet().item())
            : Arrays.stream(expected).map(Math::log).sum();
    double exact = -0.5 * (d * Math.log(2 * Math.PI) + logDet + d);
    double found = Scope.run(() -> m.logProb(Tensor.of(x, n, d)).mean().item());
    assertThat(found).isCloseTo(exact, within(1e-10));
  }

  @ParameterizedTest
  @CsvSource({"2,full", "3,full", "8,full", "3,diagonal", "12,diagonal"})
  void theLikelihoodNeverFalls(int components, String covariance) {
    List<Double> l = fitted(components, covariance, clusters(400, 3), 3).logLikelihoods();
    assertThat(l).hasSizeGreaterThan(2);
    for (int i = 1; i < l.size(); i++) {
      assertThat(l.get(i)).as("iteration %d", i).isGreaterThanOrEqualTo(l.get(i - 1) - 1e-12);
    }
    assertThat(l.get(l.size() - 1)).isGreaterThan(l.get(0) + 0.01);
  }

  @Test
  void theLikelihoodNeverFallsWhereCovariancesMeetTheirFloor() {
    // Two elements are copies of one another and every row is there four times.
    float[] x = clusters(60, 3);
    float[] rows = new float[4 * x.length];
    for (int i = 0; i < 240; i++) {
      int from = i % 60 * 3;
      rows[3 * i] = x[from];
      rows[3 * i + 1] = x[from + 1];
      rows[3 * i + 2] = x[from];
    }
    for (String covariance : List.of("full", "diagonal")) {
      GaussianMixture m = fitted(10, covariance, rows, 3);
      List<Double> l = m.logLikelihoods();
      for (int i = 1; i < l.size(); i++) {
        assertThat(l.get(i)).isGreaterThanOrEqualTo(l.get(i - 1) - 1e-9);
      }
      Scope.run(() -> assertThat(m.generate(50, Rng.of(1)).allFinite()).isTrue());
    }
  }

  @Test
  void aMixtureIsFoundAgainFromItsDraws() {
    int n = 6000;
    SplittableRandom r = new SplittableRandom(5);
    float[] x = new float[2 * n];
    for (int i = 0; i < n; i++) {
      boolean left = r.nextDouble() < 0.3;
      double a = r.nextGaussian();
      double b = r.nextGaussian();
      x[2 * i] = (float) (left ? -3 + 0.5 * a : 2 + a);
      x[2 * i + 1] = (float) (left ? 1 + 0.5 * b : -1 + 0.8 * a + 0.6 * b);
    }
    GaussianMixture m = fitted(2, "full", x, 2);
    Map<String, Tensor> p = m.params().all();
    double[] means = p.get("means").toDoubles();
    int left = means[0] < means[2] ? 0 : 1;
    double[] w = p.get("log_weights").toDoubles();
    double[] c = p.get("covariances").toDoubles();
    assertThat(Math.exp(w[left])).isCloseTo(0.3, within(0.02));
    assertThat(Math.exp(w[0]) + Math.exp(w[1])).isCloseTo(1, within(1e-12));
    assertThat(means[2 * left]).isCloseTo(-3, within(0.06));
    assertThat(means[2 * left + 1]).isCloseTo(1, within(0.06));
    assertThat(means[2 - 2 * left]).isCloseTo(2, within(0.08));
    assertThat(means[3 - 2 * left]).isCloseTo(-1, within(0.08));
    assertThat(c[4 * left]).isCloseTo(0.25, within(0.03));
    assertThat(c[4 - 4 * left + 1]).as("covariance of the right one").isCloseTo(0.8, within(0.08));
    // Its own draws have the moments of the data.
    Scope.run(
        () -> {
          Tensor g = m.generate(20_000, Rng.of(3));
          Tensor rows = Tensor.of(x, n, 2).to(DType.FLOAT64);
          assertThat(g.mean(0).toDoubles()).containsExactly(rows.mean(0).toDoubles(), within(0.08));
          assertThat(g.variance(0, 0).toDoubles())
              .containsExactly(rows.variance(0, 0).toDoubles(), within(0.3));
        });
  }

  @Test
  void theDensityIsTheWeightedSumOfItsComponents() {
    GaussianMixture m = fitted(3, "diagonal", clusters(300, 2), 2);
    Map<String, Tensor> p = m.params().all();
    Scope.run(
        () -> {
          Tensor x = Tensor.of(clusters(7, 2), 7, 2).to(DType.FLOAT64);
          Tensor sum = null;
          for (int k = 0; k < 3; k++) {
            Normal c =
                new Normal(
                    p.get("means").narrow(0, k, 1),
                    p.get("covariances").narrow(0, k, 1).log().times(0.5));
            Tensor part = c.logProb(x).exp().times(Math.exp(p.get("log_weights").toDoubles()[k]));
            sum = sum == null ? part : sum.plus(part);
          }
          assertThat(m.logProb(x).toDoubles())
              .containsExactly(sum.log().toDoubles(), within(1e-10));
        });
  }

  /** Nine clusters in three threes, of unequal sizes and shapes. */
  private static Tensor threes(int n) {
    SplittableRandom r = new SplittableRandom(5);
    float[] x = new float[2 * n];
    for (int i = 0; i < n; i++) {
      int c = Math.min(8, (int) (9 * Math.sqrt(r.nextDouble())));
      double along = r.nextGaussian();
      x[2 * i] = (float) (12 * (c / 3) + 2 * (c % 3) + 0.5 * along + 0.1 * r.nextGaussian());
      x[2 * i + 1] = (float) (5 * (c % 3) - (c % 2 * 2 - 1) * along + 0.1 * r.nextGaussian());
    }
    return Tensor.of(x, n, 2);
  }

  @Test
  void randomSwapsFindWhatASingleStartMisses() {
    Scope.run(
        () -> {
          Tensor x = threes(700);
          double lowest = Double.POSITIVE_INFINITY;
          double best = Double.NEGATIVE_INFINITY;
          double worstOfSwaps = Double.POSITIVE_INFINITY;
          for (int seed = 1; seed <= 5; seed++) {
            double[] reached = new double[2];
            for (int with = 0; with < 2; with++) {
              GaussianMixture m =
                  (GaussianMixture)
                      model("gmm", 2, Map.of("components", 9, "swaps", 200 * with), seed);
              m.fit(pass -> pass.accept(x));
              reached[with] = m.logProb(x).mean().item();
              List<Double> path = m.logLikelihoods();
              assertThat(reached[with]).isCloseTo(path.get(path.size() - 1), within(1e-5));
            }
            assertThat(reached[1]).isGreaterThanOrEqualTo(reached[0] - 1e-9);
            lowest = Math.min(lowest, reached[0]);
            best = Math.max(best, reached[1]);
            worstOfSwaps = Math.min(worstOfSwaps, reached[1]);
          }
          assertThat(best - worstOfSwaps).isLessThan(0.01);
          assertThat(best - lowest).isGreaterThan(0.05);
        });
  }

  /** Two broad clusters, and fourteen rows on one spot. */
  private static Tensor broadAndSpot() {
    SplittableRandom r = new SplittableRandom(3);
    float[] x = new float[2 * 440];
    for (int i = 0; i < 440; i++) {
      boolean spot = i % 33 == 0;
      x[2 * i] = (float) (spot ? 1e-3 * r.nextGaussian() : 8 * (i % 2) - 4 + r.nextGaussian());
      x[2 * i + 1] = (float) (spot ? 9 + 1e-3 * r.nextGaussian() : r.nextGaussian());
    }
    return Tensor.of(x, 440, 2);
  }

  @Test
  void theLikeliestFitNeedNotBeTheMostInformative() {
    Scope.run(
        () -> {
          Tensor x = broadAndSpot();
          double[] least = new double[2];
          double[] information = new double[2];
          double[] likelihood = new double[2];
          for (String select : List.of("likelihood", "information")) {
            int at = select.equals("likelihood") ? 0 : 1;
            GaussianMixture m =
                (GaussianMixture)
                    model("gmm", 2, Map.of("components", 2, "swaps", 40, "select", select));
            m.fit(pass -> pass.accept(x));
            double[][] r = new double[440][];
            double[] flat = m.responsibilities(x).toDoubles();
            double[] share = new double[2];
            double doubt = 0;
            for (int i = 0; i < 440; i++) {
              r[i] = new double[] {flat[2 * i], flat[2 * i + 1]};
              for (int k = 0; k < 2; k++) {
                share[k] += r[i][k] / 440;
                doubt -= r[i][k] == 0 ? 0 : r[i][k] * Math.log(r[i][k]) / 440;
              }
            }
            least[at] = Math.min(share[0], share[1]);
            information[at] =
                -share[0] * Math.log(share[0]) - share[1] * Math.log(share[1]) - doubt;
            likelihood[at] = m.logProb(x).mean().item();
            assertThat(m.information(pass -> pass.accept(x)))
                .isCloseTo(information[at], within(1e-9));
          }
          assertThat(likelihood[0]).isBetween(likelihood[1], likelihood[1] + 0.02);
          assertThat(information[1]).isGreaterThan(information[0] + 0.1);
          assertThat(least[0]).isLessThan(0.05);
          assertThat(least[1]).isGreaterThan(0.4);
        });
  }

  @Test
  void refiningGoesOnWhereTheFitEnded() {
    Scope.run(
        () -> {
          Tensor x = threes(300);
          Map<String, Object> few = Map.of("components", 4, "iterations", 5);
          GaussianMixture twice = (GaussianMixture) model("gmm", 2, few);
          twice.fit(pass -> pass.accept(x));
          twice.refine(pass -> pass.accept(x));
          GaussianMixture once =
              (GaussianMixture) model("gmm", 2, Map.of("components", 4, "iterations", 10));
          once.fit(pass -> pass.accept(x));
          assertThat(twice.logProb(x).toDoubles())
              .containsExactly(once.logProb(x).toDoubles(), within(1e-9));
        });
  }

  @Test
  void theStartFollowsTheSeed() {
    float[] x = clusters(200, 2);
    double[][] means =
        IntStream.of(1, 1, 2)
            .mapToObj(
                seed -> {
                  var m =
                      (GaussianMixture)
                          model("gmm", 2, Map.of("components", 5, "iterations", 1), seed);
                  m.fit(pass -> pass.accept(Tensor.of(x, 200, 2)));
                  return m.params().all().get("means").toDoubles();
                })
            .toArray(double[][]::new);
    assertThat(means[1]).isEqualTo(means[0]);
    assertThat(means[2]).isNotEqualTo(means[0]);
  }

  @Test
  void badInputEndsInASentence() {
    assertThatThrownBy(() -> fitted(9, "full", clusters(8, 2), 2))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("8 observations")
        .hasMessageContaining("9 components");
    assertThatThrownBy(() -> model("gmm", 2, Map.of("select", "informaton")))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("information");
    assertThatThrownBy(() -> model("gmm", 2, Map.of("covariance", "ful")))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("full");
    assertThatThrownBy(() -> model("maf", 2, Map.of("flow", "mafs:3")))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("mafs:3");
    DataSpec table =
        new DataSpec(
            new long[] {2},
            List.of(new Column("colour", Column.Kind.CATEGORICAL, List.of("red", "blue"))),
            false,
            false);
    for (String name : List.of("gmm", "maf")) {
      var entry = ModelCatalog.get(name);
      assertThatThrownBy(() -> entry.build(table, entry.configure(table, Map.of()), Rng.of(1)))
          .isInstanceOf(UserException.class)
          .hasMessageContaining("'colour'");
    }
  }

  @Test
  void rowsThatAreAllTheSameHaveADensityStill() {
    float[] x = new float[30];
    Arrays.fill(x, 3);
    GaussianMixture m = fitted(3, "full", x, 2);
    Scope.run(
        () -> {
          assertThat(m.logProb(Tensor.of(x, 15, 2)).allFinite()).isTrue();
          assertThat(m.generate(5, Rng.of(1)).minus(3).abs().max().item()).isLessThan(1e-6);
        });
  }

  /** Two dimensions on a curve: x₂ = x₁² + noise, whose entropy is that of two Gaussians. */
  @Test
  void theFlowLearnsABentDensityThatNoGaussianFits() {
    int n = 3000;
    SplittableRandom r = new SplittableRandom(4);
    float[] x = new float[2 * n];
    for (int i = 0; i < n; i++) {
      double a = r.nextGaussian();
      x[2 * i] = (float) a;
      x[2 * i + 1] = (float) (a * a - 1 + 0.3 * r.nextGaussian());
    }
    double entropy = Math.log(2 * Math.PI * Math.E) + Math.log(0.3);
    @SuppressWarnings("unchecked") // every density model is of one block
    Model<Batch> m = (Model<Batch>) model("maf", 2, Map.of("flow", "maf:3,16"));
    ArrayDataset data = ArrayDataset.of("bent", Shape.of(2), x);
    Loader train =
        new Loader(data, IntStream.range(0, 2500).toArray(), Preprocessing.NONE, Rng.of(1), true);
    Loader held =
        new Loader(data, IntStream.range(2500, n).toArray(), Preprocessing.NONE, Rng.of(1), false);
    TrainConfig c = TrainConfig.DEFAULTS;
    new Trainer<>(
            m,
            train,
            null,
            null,
            new TrainConfig(
                30,
                100,
                0.01,
                0,
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
                c.checkpoint_seconds()),
            null,
            "",
            new TrainListener() {})
        .run(false);
    double flow = Evaluator.evaluate(m, held, Evaluator.Options.DEFAULTS, p -> {}).nll();
    double gaussian =
        Evaluator.evaluate(fitted(1, "full", x, 2), held, Evaluator.Options.DEFAULTS, p -> {})
            .nll();
    assertThat(flow).as("entropy %s, a Gaussian's %s", entropy, gaussian).isLessThan(entropy + 0.2);
    assertThat(gaussian).isGreaterThan(entropy + 0.8);
    // Draws lie on the curve too.
    double off =
        Autograd.off(
            () ->
                Scope.run(
                    () -> {
                      Tensor g = ((Maf) m).generate(2000, Rng.of(1));
                      Tensor e = g.select(1, 0).square().minus(1).minus(g.select(1, 1));
                      return e.square().mean().item();
                    }));
    assertThat(off).isBetween(0.05, 0.25);
  }
}
