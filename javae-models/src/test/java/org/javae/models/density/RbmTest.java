package org.javae.models.density;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.javae.core.data.ArrayDataset;
import org.javae.core.data.Loader;
import org.javae.core.data.Preprocessing;
import org.javae.core.evaluate.Ais;
import org.javae.core.evaluate.Evaluator;
import org.javae.core.evaluate.Metrics;
import org.javae.core.evaluate.Partition;
import org.javae.core.model.Batch;
import org.javae.core.model.DataSpec;
import org.javae.core.schedule.Schedule;
import org.javae.core.train.Step;
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
import org.junit.jupiter.params.provider.ValueSource;

/** A machine small enough to be enumerated, in float64. */
class RbmTest {
  private static Rbm model(int visible, Map<String, ?> settings, double size) {
    var entry = ModelCatalog.get("rbm").in(DType.FLOAT64);
    DataSpec spec = DataSpec.of(Shape.of(visible), true, true);
    Rbm m = (Rbm) entry.build(spec, entry.configure(spec, settings), Rng.of(1).split("init"));
    Scope.run(
        () ->
            m.params()
                .trainable()
                .forEach(
                    t ->
                        t.addInPlace(
                            Rng.of(6).split("move").normal(DType.FLOAT64, t.shape().toArray()),
                            size)));
    return m;
  }

  /** All vectors of zeros and ones. */
  private static Tensor bits(int d) {
    int n = 1 << d;
    double[] v = new double[n * d];
    for (int i = 0; i < n * d; i++) {
      v[i] = i / d >> i % d & 1;
    }
    return Tensor.of(v, n, d);
  }

  /** ln Z by summing the visible units out of all hidden states. */
  private static double logZ(Rbm m, int hidden) {
    return Scope.run(
        () -> {
          Map<String, Tensor> p = m.params().all();
          Tensor h = bits(hidden);
          Tensor down = h.matmul(p.get("weight")).plus(p.get("visible_bias"));
          return h.matmul(p.get("hidden_bias")).plus(down.softplus().sum(1)).logSumExp(0).item();
        });
  }

  @Test
  void freeEnergiesSumToTheSameNormaliserFromBothLayers() {
    Rbm m = model(9, Map.of("hidden", 7), 0.7);
    double byVisible =
        Autograd.off(() -> Scope.run(() -> m.logUnnormalised(bits(9)).logSumExp(0).item()));
    assertThat(byVisible).isCloseTo(logZ(m, 7), within(1e-9));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void annealingFindsTheNormaliserOfFifteenHiddenUnits(long seed) {
    Rbm m = model(30, Map.of("hidden", 15), 0.5);
    double exact = logZ(m, 15);
    Partition p = Partition.estimate(m.path(), new Ais.Settings(1000, 100), Rng.of(seed), f -> {});
    assertThat(p.lower()).isCloseTo(exact, within(0.1));
    assertThat(p.upper()).isCloseTo(exact, within(0.1));
    assertThat(p.standardError()).isPositive().isLessThan(0.1);
    assertThat(p.gap()).isBetween(-0.1, 0.2);
  }

  @Test
  void withoutWeightsTheBaseIsExact() {
    Rbm m = model(5, Map.of("hidden", 3), 0);
    m.params().all().get("weight").fillInPlace(0);
    Partition p = Partition.estimate(m.path(), new Ais.Settings(3, 4), Rng.of(1), f -> {});
    assertThat(p.lower()).isCloseTo(8 * Math.log(2), within(1e-12));
    assertThat(p.upper()).isCloseTo(8 * Math.log(2), within(1e-12));
    assertThat(p.standardError()).isZero();
  }

  /** With long chains the surrogate's gradient is that of −ln p, whichever way chains begin. */
  @ParameterizedTest
  @ValueSource(strings = {"cd", "pcd"})
  void longChainsGiveTheExactGradient(String negatives) {
    int d = 6;
    int n = 6000;
    Rbm m = model(d, Map.of("hidden", 4, "negatives", negatives, "k", 40, "chains", n), 0.6);
    Tensor all = bits(d);
    Tensor x = all.narrow(0, 3, 20).repeatBatch(n / 20);
    List<Tensor> params = m.params().trainable();
    List<Tensor> surrogate =
        Autograd.grad(
            m.loss(new Batch(x, null), new Step(0, 0, 1, true, Rng.of(3))).total().mean(), params);
    Tensor logZ = m.logUnnormalised(all).logSumExp(0);
    List<Tensor> exact = Autograd.grad(logZ.minus(m.logUnnormalised(x).mean()), params);
    for (int i = 0; i < params.size(); i++) {
      double[] a = surrogate.get(i).toDoubles();
      double[] b = exact.get(i).toDoubles();
      double dot = IntStream.range(0, a.length).mapToDouble(j -> a[j] * b[j]).sum();
      double size = Math.sqrt(square(a) * square(b));
      assertThat(dot / size).as(m.params().trainableNames().get(i)).isGreaterThan(0.995);
      assertThat(a).containsExactly(b, within(0.04));
    }
  }

  private static double square(double[] v) {
    return Arrays.stream(v).map(t -> t * t).sum();
  }

  @Test
  void persistentChainsMoveOnceAStep() {
    Rbm m = model(6, Map.of("hidden", 4, "chains", 20), 0.5);
    Batch b = new Batch(bits(6), null);
    byte[] start = m.params().all().get("chain").toBytes();
    m.loss(b, new Step(4, 0, 1, true, Rng.of(3)));
    byte[] once = m.params().all().get("chain").toBytes();
    m.loss(b, new Step(4, 0, 1, true, Rng.of(3).split("another part")));
    assertThat(once).isNotEqualTo(start).isEqualTo(m.params().all().get("chain").toBytes());
    m.loss(b, new Step(5, 0, 1, true, Rng.of(3)));
    assertThat(m.params().all().get("chain").toBytes()).isNotEqualTo(once);
    byte[] before = m.params().all().get("chain").toBytes();
    m.loss(b, Step.evaluation(Rng.of(3)));
    assertThat(m.params().all().get("chain").toBytes()).isEqualTo(before);
  }

  /** Learns a distribution over four patterns nearly to its entropy. */
  @Test
  void learnsPatternsAndDrawsThem() {
    float[] patterns = {1, 1, 1, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0};
    float[] x = new float[400 * 6];
    for (int i = 0; i < 400; i++) {
      System.arraycopy(patterns, i % 4 * 6, x, i * 6, 6);
    }
    var entry = ModelCatalog.get("rbm");
    DataSpec spec = DataSpec.of(Shape.of(6), true, true);
    Map<String, Object> settings =
        new LinkedHashMap<>(Map.of("hidden", 12, "k", 5, "chains", 100, "annealing", 300));
    Rbm m = (Rbm) entry.build(spec, entry.configure(spec, settings), Rng.of(1).split("init"));
    int[] rows = IntStream.range(0, 400).toArray();
    Loader loader =
        new Loader(
            ArrayDataset.of("patterns", Shape.of(6), x), rows, Preprocessing.NONE, Rng.of(5), true);
    TrainConfig d = TrainConfig.DEFAULTS;
    TrainConfig config =
        new TrainConfig(
            200,
            100,
            0.03,
            4,
            "adam",
            Schedule.parse("cosine:1"),
            0.9,
            0,
            0,
            0,
            1,
            0,
            0,
            false,
            0,
            1e9);
    new Trainer<>(m, loader, null, null, config, null, "", new TrainListener() {}).run(false);
    Metrics e =
        Evaluator.evaluate(
            m,
            loader,
            new Evaluator.Options(0, 1, 100, Set.of(), new Ais.Settings(300, 50)),
            f -> {});
    assertThat(e.nll()).isBetween(Math.log(4) - 0.01, Math.log(4) + 0.3);
    assertThat(e.aisGap()).isBetween(-0.3, 0.3);
    assertThat(e.nllSamples()).isNull();
    float[] drawn = m.generate(200, Rng.of(9)).toFloats();
    int right = 0;
    for (int i = 0; i < 200; i++) {
      for (int k = 0; k < 4; k++) {
        boolean same = true;
        for (int j = 0; j < 6; j++) {
          same &= Math.round(drawn[i * 6 + j]) == patterns[k * 6 + j];
        }
        right += same ? 1 : 0;
      }
    }
    assertThat(right).isGreaterThan(170);
  }

  /**
   * Two modes, all units on or all off, 92 % of the mass on the first; the base leans to off. Each
   * is too deep to be left, so the shares of draws are those of the way up.
   */
  private static Rbm twoModes(String negatives) {
    Rbm m = model(8, Map.of("hidden", 6, "negatives", negatives, "gibbs", 200, "chains", 400), 0);
    Map<String, Tensor> p = m.params().all();
    Scope.run(
        () -> {
          p.get("weight").fillInPlace(2.5);
          p.get("visible_bias").fillInPlace(-7.5);
          p.get("hidden_bias").fillInPlace(-9.6);
          p.get("base").fillInPlace(-0.5);
        });
    return m;
  }

  /** Part of the draws, or with weights p of all vectors, with most units on. */
  private static double on(double[] v, double[] p) {
    double share = 0;
    for (int i = 0; i < v.length / 8; i++) {
      double units = Arrays.stream(v, 8 * i, 8 * i + 8).sum();
      share += units > 4 ? p == null ? 8.0 / v.length : p[i] : 0;
    }
    return share;
  }

  @Test
  void annealedDrawsHaveTheSharesOfTwoModes() {
    Rbm m = twoModes("cd");
    Tensor all = bits(8);
    double exact =
        Autograd.off(
            () ->
                on(
                    all.toDoubles(),
                    m.logUnnormalised(all).softmax(0).to(DType.FLOAT64).toDoubles()));
    for (long seed = 1; seed <= 3; seed++) {
      List<Double> told = new ArrayList<>();
      double[] drawn = m.generate(400, Rng.of(seed), told::add).toDoubles();
      assertThat(on(drawn, null)).isCloseTo(exact, within(0.08));
      assertThat(told).hasSize((int) m.samplingSteps()).isSorted().endsWith(1.0);
      // The same chains without weights: their shares are those of the base.
      Rng rng = Rng.of(seed);
      Tensor v = m.path().start(400, rng).copy();
      for (int t = 1; t <= 200; t++) {
        double beta = t / 200.0;
        Scope.run(() -> Autograd.off(() -> v.copyFromInPlace(m.path().move(v, beta, rng))));
      }
      assertThat(on(v.toDoubles(), null)).isLessThan(exact - 0.2);
    }
  }

  /** Persistent chains go on where training left them, all of them and at first each once. */
  @Test
  void drawsOfPersistentChainsGoOnWithThem() {
    Rbm m = twoModes("pcd");
    Tensor chain = m.params().all().get("chain");
    Scope.run(
        () -> {
          chain.fillInPlace(0);
          chain.narrow(0, 0, 300).fillInPlace(1);
        });
    assertThat(on(m.generate(400, Rng.of(1)).toDoubles(), null)).isCloseTo(0.75, within(0.03));
    double few = on(m.generate(40, Rng.of(1)).toDoubles(), null);
    assertThat(few).isBetween(0.5, 0.95);
  }

  @Test
  void greysAreRefused() {
    var entry = ModelCatalog.get("rbm");
    DataSpec spec = DataSpec.of(Shape.of(4), false, true);
    assertThatThrownBy(
            () -> entry.build(spec, entry.configure(spec, Map.of()), Rng.of(1).split("init")))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("zeros and ones");
  }
}
