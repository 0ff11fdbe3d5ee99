package org.javae.core.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.javae.core.data.ArrayDataset;
import org.javae.core.data.Dataset;
import org.javae.core.data.Dataset.Annotation;
import org.javae.core.data.Dataset.Column;
import org.javae.core.data.Dataset.View;
import org.javae.core.data.LabelView;
import org.javae.core.data.Loader;
import org.javae.core.data.Paired;
import org.javae.core.data.Preprocessing;
import org.javae.core.distribution.Categorical;
import org.javae.core.distribution.Distribution;
import org.javae.core.distribution.FullNormal;
import org.javae.core.distribution.Normal;
import org.javae.core.distribution.Observed;
import org.javae.core.distribution.Product;
import org.javae.core.model.Batch;
import org.javae.core.model.DataSpec;
import org.javae.core.model.LatentVariableModel;
import org.javae.core.model.Loss;
import org.javae.core.model.Model;
import org.javae.core.model.ModelConfig;
import org.javae.core.model.Multimodal;
import org.javae.core.model.Params;
import org.javae.core.train.Step;
import org.javae.tensor.DType;
import org.javae.tensor.Rng;
import org.javae.tensor.Shape;
import org.javae.tensor.Tensor;
import org.javae.tensor.UserException;
import org.junit.jupiter.api.Test;

/** The report on models of several views against closed forms. */
class MultimodalityTest {
  private static final Multimodality.Judges NO_JUDGES =
      p -> {
        throw new AssertionError("nobody asked for judges");
      };

  // ---- hand-made models

  /** A model of several views made of three functions. */
  private static final class HandMade extends Model<Batch>
      implements LatentVariableModel, Multimodal {
    private final int latent;
    private final int privates;
    private final Function<Tensor, Function<Tensor, Distribution>> posterior;
    private final Function<Tensor, List<Distribution>> likelihood;

    /**
     * @param posterior given indicators, then x
     * @param likelihood of each view, given z
     */
    HandMade(
        DataSpec data,
        int latent,
        int privates,
        Function<Tensor, Function<Tensor, Distribution>> posterior,
        Function<Tensor, List<Distribution>> likelihood) {
      super(data, new Params(Rng.of(1), DType.FLOAT32));
      this.latent = latent;
      this.privates = privates;
      this.posterior = posterior;
      this.likelihood = likelihood;
    }

    @Override
    public LatentVariableModel given(Tensor x, Tensor present) {
      HandMade outer = this;
      return new LatentVariableModel() {
        @Override
        public Distribution posterior(Tensor x) {
          return posterior.apply(present).apply(x);
        }

        @Override
        public Distribution prior() {
          return outer.prior();
        }

        @Override
        public Distribution likelihood(Tensor z) {
          long n = z.size(0);
          long batch = present.size(0);
          Tensor there =
              batch == 1 || batch == n ? present : present.repeatBatch((int) (n / batch));
          return new Observed(new Product(likelihood.apply(z)), there);
        }

        @Override
        public int latent() {
          return latent;
        }
      };
    }

    private LatentVariableModel whole() {
      return given(null, Tensor.ones(1, data().views().size()));
    }

    @Override
    public Distribution posterior(Tensor x) {
      return whole().posterior(x);
    }

    @Override
    public Distribution prior() {
      return Normal.standard(DType.FLOAT32, latent);
    }

    @Override
    public Distribution likelihood(Tensor z) {
      return whole().likelihood(z);
    }

    @Override
    public int latent() {
      return latent;
    }

    @Override
    public int privates() {
      return privates;
    }

    @Override
    public Loss loss(Batch batch, Step step) {
      throw new UnsupportedOperationException();
    }

    @Override
    public ModelConfig config() {
      return new ModelConfig() {};
    }
  }

  // ---- linear-Gaussian views, whose every density is known

  private static final int[] WIDTHS = {2, 1, 3};
  private static final double NOISE = 0.7;
  private static final int N = 300;

  /** W, [6, 2], all views' rows. */
  private static Tensor weights() {
    return Tensor.of(
        new double[] {1, 0.5, -0.4, 1.2, 0.8, -0.9, 0.3, 0.3, -1.1, 0.2, 0.6, 0.7}, 6, 2);
  }

  /** Elements of the views of a subset. */
  private static int[] elements(int subset) {
    List<Integer> r = new ArrayList<>();
    int at = 0;
    for (int m = 0; m < WIDTHS.length; m++) {
      for (int i = 0; i < WIDTHS[m]; i++, at++) {
        if ((subset >> m & 1) == 1) {
          r.add(at);
        }
      }
    }
    return r.stream().mapToInt(i -> i).toArray();
  }

  /** z, then x of the seed. */
  private static float[] linear() {
    Tensor z = Rng.of(5).normal(DType.FLOAT64, N, 2);
    Tensor x = z.matmul(weights().t()).plus(Rng.of(6).normal(DType.FLOAT64, N, 6).times(NOISE));
    return x.to(DType.FLOAT32).toFloats();
  }

  private static Tensor covariance() {
    return weights()
        .matmul(weights().t())
        .plus(Tensor.eye(6).to(DType.FLOAT64).times(NOISE * NOISE));
  }

  private static Tensor block(Tensor a, int[] rows, int[] columns) {
    return a.indexSelect(0, Tensor.indices(rows)).indexSelect(1, Tensor.indices(columns));
  }

  /** ln N(x_S; 0, Σ_S) of each row, from the covariance of the views, without any z. */
  private static double[] exact(float[] x, int subset) {
    int[] e = elements(subset);
    Tensor s = block(covariance(), e, e);
    Tensor v = Tensor.of(x, N, 6).to(DType.FLOAT64).indexSelect(1, Tensor.indices(e));
    double constant = 0.5 * (s.logAbsDet().item() + e.length * Math.log(2 * Math.PI));
    return v.matmul(s.inverse()).times(v).sum(1).times(-0.5).minus(constant).toDoubles();
  }

  private static double[] minus(double[] a, double[] b) {
    return IntStream.range(0, a.length).mapToDouble(i -> a[i] - b[i]).toArray();
  }

  private static double mean(double[] v, boolean[] of) {
    return IntStream.range(0, v.length)
        .filter(i -> of[i])
        .mapToDouble(i -> v[i])
        .average()
        .getAsDouble();
  }

  private static List<Column> columns(int n) {
    return IntStream.range(0, n)
        .mapToObj(j -> new Column("x" + j, Column.Kind.REAL, List.of()))
        .toList();
  }

  /** The views, all there or with view 1 of every third row absent and view 2 of every fourth. */
  private static Paired linearData(boolean thinned) {
    float[] x = linear();
    List<View> views = new ArrayList<>();
    List<Dataset> sources = new ArrayList<>();
    int[][] rows = new int[3][N];
    int at = 0;
    for (int m = 0; m < 3; m++) {
      float[] v = new float[N * WIDTHS[m]];
      for (int i = 0; i < N; i++) {
        System.arraycopy(x, i * 6 + at, v, i * WIDTHS[m], WIDTHS[m]);
        boolean absent = thinned && (m == 1 && i % 3 == 0 || m == 2 && i % 4 == 0);
        rows[m][i] = absent ? -1 : i;
      }
      at += WIDTHS[m];
      views.add(
          new View("v" + m, columns(WIDTHS[m])).with(Dataset.ViewSettings.AUTO.scaling("none")));
      sources.add(ArrayDataset.of("v" + m, Shape.of(WIDTHS[m]), v).withColumns(columns(WIDTHS[m])));
    }
    return Paired.of("linear", views, sources, rows);
  }

  private static Loader loader(Dataset d) {
    int[] all = IntStream.range(0, d.size()).toArray();
    return new Loader(d, all, preprocessing(d), Rng.of(2), false);
  }

  private static Preprocessing preprocessing(Dataset d) {
    return Preprocessing.fitViews(
        d, IntStream.range(0, d.size()).toArray(), "none", "none", "error", 0);
  }

  private static DataSpec spec(Dataset d) {
    return preprocessing(d).spec(d, IntStream.range(0, d.size()).toArray());
  }

  /** The truth: its posterior given any views is exact, a Gaussian with full covariance. */
  private static HandMade truth(Dataset d) {
    Function<Tensor, Function<Tensor, Distribution>> posterior =
        present ->
            x -> {
              long n = x.size(0);
              List<Tensor> masks = new ArrayList<>();
              for (int m = 0; m < 3; m++) {
                masks.add(present.narrow(1, m, 1).expand(n, WIDTHS[m]));
              }
              Tensor mask = Tensor.cat(masks, 1).to(DType.FLOAT64).div(NOISE * NOISE);
              List<Tensor> means = new ArrayList<>();
              List<Tensor> factors = new ArrayList<>();
              for (int i = 0; i < n; i++) {
                Tensor w = weights().times(mask.narrow(0, i, 1).t());
                Tensor precision = weights().t().matmul(w).plus(Tensor.eye(2).to(DType.FLOAT64));
                Tensor cov = precision.inverse();
                Tensor row = x.narrow(0, i, 1).to(DType.FLOAT64);
                means.add(row.matmul(w).matmul(cov));
                factors.add(cov.cholesky().unsqueeze(0));
              }
              Tensor factor = Tensor.cat(factors, 0).to(DType.FLOAT32);
              Tensor diagonal =
                  Tensor.stack(
                      List.of(factor.select(1, 0).select(1, 0), factor.select(1, 1).select(1, 1)),
                      1);
              return new FullNormal(Tensor.cat(means, 0).to(DType.FLOAT32), diagonal.log(), factor);
            };
    Function<Tensor, List<Distribution>> likelihood =
        z -> {
          Tensor mean = z.matmul(weights().t().to(DType.FLOAT32));
          List<Distribution> r = new ArrayList<>();
          int at = 0;
          for (int width : WIDTHS) {
            Tensor mine = mean.narrow(1, at, width);
            r.add(new Normal(mine, Tensor.full(Math.log(NOISE), 1, width)));
            at += width;
          }
          return r;
        };
    return new HandMade(spec(d), 2, 0, posterior, likelihood);
  }

  private static MultimodalReport measure(HandMade m, Dataset d, int samples, String... wanted) {
    Loader rows = loader(d);
    return Multimodality.evaluate(
        m,
        rows,
        rows,
        p -> ViewJudges.of(m.data().views(), rows, rows, ViewJudges.Cache.NONE, p),
        new Multimodality.Options(samples, 3, 128, Set.of(wanted)),
        f -> {});
  }

  @Test
  void likelihoodsOfLinearViewsAreTheExactOnes() {
    Dataset d = linearData(false);
    MultimodalReport r = measure(truth(d), d, 400, "likelihoods");
    float[] x = linear();
    boolean[] all = new boolean[N];
    Arrays.fill(all, true);
    assertThat(r.likelihoods().joint()).isCloseTo(mean(exact(x, 7), all), within(1e-4));
    for (int m = 0; m < 3; m++) {
      MultimodalReport.ViewLikelihood v = r.likelihoods().views().get(m);
      double marginal = mean(exact(x, 1 << m), all);
      double conditional = mean(minus(exact(x, 7), exact(x, 7 & ~(1 << m))), all);
      assertThat(v.marginal()).isCloseTo(marginal, within(1e-4));
      assertThat(v.conditional()).isCloseTo(conditional, within(1e-4));
      // The predictive given the others is that same conditional, by plain Monte Carlo here.
      assertThat(v.given().get("others")).isCloseTo(conditional, within(0.02));
      assertThat(v.given().get("none")).isCloseTo(marginal, within(1e-4));
      assertThat(v.given().get("all")).isGreaterThan(v.given().get("others"));
      assertThat(v.given().get("itself")).isGreaterThan(v.given().get("none"));
    }
    assertThat(r.coherence()).isNull();
    assertThat(r.patterns()).isNull();
  }

  @Test
  void absentViewsAreLeftOutOfEveryMean() {
    Dataset d = linearData(true);
    MultimodalReport r = measure(truth(d), d, 5, "likelihoods", "patterns");
    float[] x = linear();
    double[] joint = new double[N];
    double[] conditional0 = new double[N];
    boolean[] with0 = new boolean[N];
    boolean[] with1 = new boolean[N];
    for (int i = 0; i < N; i++) {
      int there = 1 | (i % 3 == 0 ? 0 : 2) | (i % 4 == 0 ? 0 : 4);
      joint[i] = exact(x, there)[i];
      with0[i] = there != 1;
      conditional0[i] = joint[i] - (there == 1 ? 0 : exact(x, there & ~1)[i]);
      with1[i] = i % 3 != 0;
    }
    boolean[] all = new boolean[N];
    Arrays.fill(all, true);
    assertThat(r.likelihoods().joint()).isCloseTo(mean(joint, all), within(1e-4));
    var views = r.likelihoods().views();
    assertThat(views.get(0).conditional()).isCloseTo(mean(conditional0, with0), within(1e-4));
    assertThat(views.get(1).marginal()).isCloseTo(mean(exact(x, 2), with1), within(1e-4));
    var pattern = r.patterns().stream().filter(p -> p.seen().equals(List.of("v1", "v2"))).findAny();
    assertThat(pattern.orElseThrow().n()).isEqualTo(N / 2);
  }

  @Test
  void errorsByPatternAreTheExactPredictiveOnes() {
    Dataset d = linearData(false);
    MultimodalReport r = measure(truth(d), d, 0, "patterns");
    assertThat(r.patterns()).hasSize(7);
    for (MultimodalReport.Pattern p : r.patterns()) {
      int subset = p.seen().stream().mapToInt(v -> 1 << v.charAt(1) - '0').sum();
      int[] seen = elements(subset);
      for (int m = 0; m < 3; m++) {
        int[] target = elements(1 << m);
        if ((subset >> m & 1) == 1) {
          continue;
        }
        // E|x − W z|² with z a draw of the posterior: the variance of x given what is seen, and
        // once more that of W z.
        Tensor cross = block(covariance(), target, seen);
        Tensor given =
            block(covariance(), target, target)
                .minus(cross.matmul(block(covariance(), seen, seen).inverse()).matmul(cross.t()));
        double variance = given.diag().mean().item();
        double expected = 2 * variance - NOISE * NOISE;
        assertThat(p.error().get("v" + m))
            .as("%s of v%d", p.seen(), m)
            .isCloseTo(expected, within(0.25 * expected));
      }
    }
  }

  @Test
  void imputationOfLinearViewsIsTheConditionalMean() {
    Dataset d = linearData(true);
    HandMade m = truth(d);
    int[] rows = {0, 3, 4, 12, 1};
    Batch b = loader(d).read(rows, 0);
    Imputation imputed = Imputation.of(m, b, 2000, Rng.of(8));
    float[] x = linear();
    for (int i = 0; i < rows.length; i++) {
      int there = 1 | (rows[i] % 3 == 0 ? 0 : 2) | (rows[i] % 4 == 0 ? 0 : 4);
      int[] seen = elements(there);
      int[] gone = elements(7 & ~there);
      if (gone.length == 0) {
        continue;
      }
      Tensor cross = block(covariance(), gone, seen);
      Tensor gain = cross.matmul(block(covariance(), seen, seen).inverse());
      Tensor row =
          Tensor.of(x, N, 6)
              .to(DType.FLOAT64)
              .narrow(0, rows[i], 1)
              .indexSelect(1, Tensor.indices(seen));
      double[] mean = row.matmul(gain.t()).toDoubles();
      double[] variance =
          block(covariance(), gone, gone).minus(gain.matmul(cross.t())).diag().toDoubles();
      for (int j = 0; j < gone.length; j++) {
        double sd = Math.sqrt(variance[j]);
        double half = 1.6449 * sd;
        int row0 = i;
        int element = gone[j];
        assertThat(at(imputed.mean(), row0, element)).isCloseTo(mean[j], within(0.06 * sd));
        assertThat(at(imputed.low(), row0, element)).isCloseTo(mean[j] - half, within(0.2 * sd));
        assertThat(at(imputed.high(), row0, element)).isCloseTo(mean[j] + half, within(0.2 * sd));
      }
    }
    // The posterior is exact, so all codes weigh the same.
    assertThat(imputed.effective().min().item()).isGreaterThan(7990);
    assertThat(imputed.draws().shape().toArray()).containsExactly(2000, 5, 6);
  }

  private static double at(Tensor t, int row, int element) {
    return t.select(0, row).select(0, element).item();
  }

  // ---- coherence

  private static final int CLASSES = 4;

  /** Two categories and a vector that shows one, of the same label. */
  private static Paired labelled() {
    int n = 400;
    int[] labels = IntStream.range(0, n).map(i -> i * 7 % 11 % CLASSES).toArray();
    Annotation label = new Annotation("label", labels, CLASSES, List.of("a", "b", "c", "d"));
    float[] shown = new float[n * CLASSES];
    float[] noise = Rng.of(3).normal(n, CLASSES).toFloats();
    for (int i = 0; i < shown.length; i++) {
      shown[i] = 0.3f * noise[i] + (labels[i / CLASSES] == i % CLASSES ? 2 : 0);
    }
    List<Column> columns = columns(CLASSES);
    return Paired.of(
            "labelled",
            List.of(
                new View("one", List.of(LabelView.column(label))),
                new View("two", List.of(LabelView.column(label))),
                new View("sound", columns).with(Dataset.ViewSettings.AUTO.scaling("none"))),
            List.of(
                LabelView.of(label),
                LabelView.of(label),
                ArrayDataset.of("sound", Shape.of(CLASSES), shown).withColumns(columns)))
        .withAnnotations(List.of(label));
  }

  /**
   * A generator whose label is the greatest of four numbers: of the same four for all views, or of
   * four of its own for each.
   */
  private static HandMade generator(Dataset d, boolean coherent) {
    int latent = coherent ? CLASSES : 3 * CLASSES;
    Function<Tensor, Function<Tensor, Distribution>> posterior =
        present ->
            x -> {
              List<Tensor> means = new ArrayList<>();
              List<Tensor> known = new ArrayList<>();
              for (int m = 0; m < 3; m++) {
                Tensor there = present.narrow(1, m, 1).expand(x.size(0), 1);
                Tensor mine = x.narrow(1, m * CLASSES, CLASSES);
                means.add(mine.argmax(1).oneHot(CLASSES).to(DType.FLOAT32).times(5).times(there));
                known.add(there.expand(x.size(0), CLASSES));
              }
              if (coherent) {
                Tensor sum = means.get(0).plus(means.get(1)).plus(means.get(2));
                return new Normal(sum, Tensor.full(-3, 1, CLASSES));
              }
              // An absent view's numbers follow the prior.
              return new Normal(Tensor.cat(means, 1), Tensor.cat(known, 1).times(-3));
            };
    Function<Tensor, List<Distribution>> likelihood =
        z -> {
          List<Distribution> r = new ArrayList<>();
          for (int m = 0; m < 3; m++) {
            Tensor own = coherent ? z : z.narrow(1, m * CLASSES, CLASSES);
            Tensor shown = own.argmax(1).oneHot(CLASSES).to(DType.FLOAT32);
            r.add(
                m < 2
                    ? new Categorical(shown.times(50))
                    : new Normal(shown.times(2), Tensor.full(Math.log(0.3), 1, CLASSES)));
          }
          return r;
        };
    return new HandMade(spec(d), latent, coherent ? 0 : CLASSES, posterior, likelihood);
  }

  @Test
  void aCoherentGeneratorHasCoherenceOne() {
    Dataset d = labelled();
    MultimodalReport r = measure(generator(d, true), d, 0, "coherence", "patterns", "probe");
    MultimodalReport.Coherence c = r.coherence();
    assertThat(c.label()).isEqualTo("label");
    assertThat(c.judges()).containsOnlyKeys("one", "two", "sound");
    assertThat(c.judges().values()).allMatch(v -> v > 0.99);
    assertThat(c.joint()).isCloseTo(1, within(1e-12));
    assertThat(c.cross())
        .containsOnlyKeys("one", "two", "sound", "one+two", "one+sound", "two+sound");
    assertThat(c.cross().get("one")).containsOnlyKeys("two", "sound");
    c.cross().values().forEach(to -> assertThat(to.values()).allMatch(v -> v > 0.99));
    assertThat(c.byInputs()).hasSize(2).allMatch(v -> v > 0.99);
    // Categories are counted as right or wrong.
    r.patterns().forEach(p -> assertThat(p.error().get("two")).isLessThan(0.01));
    assertThat(r.probe().bySubset()).hasSize(7);
    assertThat(r.probe().byInputs()).hasSize(3).allMatch(v -> v > 0.99);
    assertThat(r.probe().chance()).isLessThan(0.4);
  }

  @Test
  void anIncoherentGeneratorIsRightByChance() {
    Dataset d = labelled();
    MultimodalReport r = measure(generator(d, false), d, 0, "multimodal");
    double chance = 1.0 / CLASSES;
    assertThat(r.coherence().joint()).isCloseTo(chance * chance, within(0.04));
    r.coherence()
        .cross()
        .values()
        .forEach(to -> to.values().forEach(v -> assertThat(v).isCloseTo(chance, within(0.08))));
    // Nothing is shared here; each view's own latents know the label of that view.
    assertThat(r.factorisation().privates()).containsOnlyKeys("one", "two", "sound");
    assertThat(r.factorisation().privates().values()).allMatch(v -> v > 0.99);
    assertThat(r.factorisation().shared()).isNull();
  }

  @Test
  void keptClassifiersAreFoundAgainAndOnlyForTheSameData() {
    Dataset d = labelled();
    HandMade m = generator(d, true);
    Map<String, Map<String, Tensor>> kept = new HashMap<>();
    int[] kinds = new int[2];
    ViewJudges.Cache cache =
        new ViewJudges.Cache() {
          @Override
          public Optional<Map<String, Tensor>> find(String view, String fingerprint) {
            Map<String, Tensor> found = kept.get(view + fingerprint);
            kinds[0] += found == null ? 0 : 1;
            return Optional.ofNullable(found);
          }

          @Override
          public void keep(String view, String fingerprint, Map<String, Tensor> parameters) {
            kinds[1]++;
            kept.put(view + fingerprint, parameters);
          }
        };
    Loader all = loader(d);
    ViewJudges one = ViewJudges.of(m.data().views(), all, all, cache, f -> {});
    ViewJudges two = ViewJudges.of(m.data().views(), all, all, cache, f -> {});
    assertThat(kinds).as("found, kept: a label needs no classifier").containsExactly(1, 1);
    assertThat(two.accuracies()).isEqualTo(one.accuracies());
    Loader fewer = new Loader(d, all.rows(0, 200), preprocessing(d), Rng.of(2), false);
    ViewJudges.of(m.data().views(), fewer, all, cache, f -> {});
    assertThat(kinds).containsExactly(1, 2);
  }

  // ---- refusals

  @Test
  void withoutLabelsThereIsNoCoherence() {
    Dataset d = linearData(false);
    assertThatThrownBy(() -> measure(truth(d), d, 0, "coherence"))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("linear has no labels");
    Loader rows = loader(d);
    MultimodalReport r =
        Multimodality.evaluate(
            truth(d),
            rows,
            rows,
            NO_JUDGES,
            new Multimodality.Options(2, 0, 100, Set.of()),
            f -> {});
    assertThat(r.likelihoods()).isNotNull();
    assertThat(r.patterns()).isNotNull();
  }

  @Test
  void oneDrawMakesNoInterval() {
    Dataset d = linearData(false);
    Batch b = loader(d).read(new int[] {0}, 0);
    assertThatThrownBy(() -> Imputation.of(truth(d), b, 1, Rng.of(1)))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("at least 2");
  }
}
