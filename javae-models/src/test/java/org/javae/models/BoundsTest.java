package org.javae.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.javae.core.model.Batch;
import org.javae.core.model.DataSpec;
import org.javae.core.model.Loss;
import org.javae.core.model.Model;
import org.javae.core.objective.Bounds;
import org.javae.core.train.Step;
import org.javae.tensor.Autograd;
import org.javae.tensor.DType;
import org.javae.tensor.GradientGate;
import org.javae.tensor.Rng;
import org.javae.tensor.Scope;
import org.javae.tensor.Shape;
import org.javae.tensor.Tensor;
import org.javae.tensor.UserException;
import org.junit.jupiter.api.Test;

/**
 * Bounds over several importance samples: in closed form, against one another, and their gradients.
 */
class BoundsTest {
  private static final DataSpec DATA = DataSpec.of(Shape.of(4), false, false);

  @SuppressWarnings("unchecked") // every entry is a model of one block
  private static Model<Batch> build(String name, Map<String, Object> more) {
    Map<String, Object> settings = new LinkedHashMap<>(more);
    settings.putIfAbsent("latent", 2);
    settings.putIfAbsent("encoder", "mlp:6/tanh");
    var e = ModelCatalog.get(name).in(DType.FLOAT64);
    return (Model<Batch>) e.build(DATA, e.configure(DATA, settings), Rng.of(4).split("init"));
  }

  private static Tensor x() {
    return Rng.of(6).normal(DType.FLOAT64, 3, 4);
  }

  private static double mean(String name, Map<String, Object> settings, int draws) {
    Model<Batch> m = build(name, settings);
    double sum = 0;
    for (int i = 0; i < draws; i++) {
      int seed = i;
      sum +=
          Autograd.off(
              () ->
                  Scope.run(
                      () ->
                          m.loss(new Batch(x(), null), Step.evaluation(Rng.of(seed)))
                              .total()
                              .mean()
                              .item()));
    }
    return sum / draws;
  }

  @Test
  void knownWeightsGiveKnownBounds() {
    Scope.run(
        () -> {
          // Two observations, four samples: w = 1, 2, 3, 4 and all 5.
          Tensor w = Tensor.of(new double[] {1, 5, 2, 5, 3, 5, 4, 5}, 4, 2).log();
          assertThat(Bounds.iwae(w).toDoubles())
              .containsExactly(new double[] {Math.log(2.5), Math.log(5)}, within(1e-12));
          assertThat(Bounds.elbo(w).toDoubles())
              .containsExactly(new double[] {Math.log(24) / 4, Math.log(5)}, within(1e-12));
          assertThat(Bounds.miwae(w, 2).toDoubles())
              .containsExactly(
                  new double[] {(Math.log(1.5) + Math.log(3.5)) / 2, Math.log(5)}, within(1e-12));
          assertThat(Bounds.miwae(w, 1).toDoubles())
              .containsExactly(Bounds.iwae(w).toDoubles(), within(1e-12));
          assertThat(Bounds.miwae(w, 4).toDoubles())
              .containsExactly(Bounds.elbo(w).toDoubles(), within(1e-12));
        });
  }

  @Test
  void theBoundTightensWithSamples() {
    double vae = mean("vae", Map.of(), 2000);
    double one = mean("iwae", Map.of("k", 1), 2000);
    double five = mean("iwae", Map.of("k", 5), 800);
    double fifty = mean("iwae", Map.of("k", 50), 200);
    double multiple = mean("miwae", Map.of("k", 5, "samples", 10), 200);
    double combined = mean("ciwae", Map.of("k", 50, "beta", 0.5), 200);
    assertThat(one).as("K = 1 is the ELBO").isCloseTo(vae, within(0.05));
    assertThat(five).isLessThan(one);
    assertThat(fifty).isLessThan(five);
    assertThat(multiple).as("MIWAE's value is IWAE-5's").isCloseTo(five, within(0.03));
    assertThat(combined).isCloseTo((one + fifty) / 2, within(0.03));
  }

  /** Mean gradient of the encoder over draws, by the loss that trains it. */
  private static double[] encoderGradient(String gradient, int draws) {
    Model<Batch> m = build("iwae", Map.of("k", 6, "gradient", gradient));
    List<String> names = m.params().trainableNames();
    List<Tensor> encoder =
        names.stream()
            .filter(n -> n.startsWith("encoder."))
            .map(n -> m.params().all().get(n))
            .toList();
    double[] sum = null;
    for (int i = 0; i < draws; i++) {
      int seed = i;
      double[] g =
          Scope.run(
              () -> {
                Loss l = m.loss(new Batch(x(), null), Step.evaluation(Rng.of(seed)));
                l.bends().forEach(GradientGate::set);
                return Tensor.cat(
                        Autograd.grad(l.total().mean(), encoder).stream()
                            .map(t -> t.reshape(-1))
                            .toList(),
                        0)
                    .toDoubles();
              });
      sum = sum == null ? new double[g.length] : sum;
      for (int j = 0; j < g.length; j++) {
        sum[j] += g[j] / draws;
      }
    }
    return sum;
  }

  @Test
  void theDoublyReparameterisedGradientIsTheSameInTheMean() {
    double[] plain = encoderGradient("reparameterised", 4000);
    double[] dreg = encoderGradient("dreg", 4000);
    double difference = 0;
    double size = 0;
    for (int i = 0; i < plain.length; i++) {
      difference += Math.pow(plain[i] - dreg[i], 2);
      size += Math.pow(plain[i], 2);
    }
    assertThat(Math.sqrt(difference / size)).as("relative difference").isLessThan(0.08);
  }

  @Test
  void partialBoundsTrainTheTwoHalvesApart() {
    Model<Batch> m = build("piwae", Map.of("k", 3, "samples", 2));
    Scope.run(
        () -> {
          Loss l = m.loss(new Batch(x(), null), Step.evaluation(Rng.of(1)));
          assertThat(l.groups()).containsOnlyKeys("encoder");
          // Jensen: the encoder's average of logarithms never exceeds the decoder's logarithm.
          assertThat(l.groups().get("encoder").minus(l.total()).min().item())
              .isGreaterThanOrEqualTo(-1e-9);
        });
  }

  @Test
  void tooManySamplesAndPenaltiesWithoutAKlTermAreRefused() {
    assertThatThrownBy(() -> build("iwae", Map.of("k", 2_000_000_000)))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("do not fit into memory");
    assertThatThrownBy(() -> build("iwae", Map.of("kl", "free-bits:1")))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("no KL term");
    assertThatThrownBy(() -> build("iwae", Map.of("gradient", "dreg", "prior", "vamp:3")))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("does not depend on the encoder");
  }

  @Test
  void manySamplesAreTakenInSlices() {
    DataSpec wide = DataSpec.of(Shape.of(784), true, true);
    var e = ModelCatalog.get("iwae");
    Model<?> m =
        e.build(
            wide,
            e.configure(wide, Map.of("k", 5000, "encoder", "mlp:4")),
            Rng.of(1).split("init"));
    assertThat(m.rowsAtOnce()).isEqualTo(4);
  }
}
