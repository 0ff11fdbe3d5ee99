package org.javae.models.multimodal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.javae.core.distribution.Distribution;
import org.javae.core.model.Batch;
import org.javae.core.model.ClosedForm;
import org.javae.core.model.DataSpec;
import org.javae.core.model.Loss;
import org.javae.core.model.Model;
import org.javae.core.model.Multimodal;
import org.javae.core.train.Step;
import org.javae.models.ModelCatalog;
import org.javae.tensor.Autograd;
import org.javae.tensor.DType;
import org.javae.tensor.Rng;
import org.javae.tensor.Shape;
import org.javae.tensor.Tensor;
import org.javae.tensor.UserException;
import org.javae.testkit.ContractSuite;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What every model of several views owes, whatever its aggregation. */
class MultimodalTest {
  private static final DataSpec A = DataSpec.of(Shape.of(4), true, true);
  private static final DataSpec B = DataSpec.of(Shape.of(3), false, false);
  private static final int N = 5;

  /** Models that read any number of views, by catalogue name. */
  static List<String> models() {
    return ModelCatalog.entries().stream()
        .map(e -> e.name())
        .filter(MultimodalTest::readsViews)
        .filter(n -> !(build(n, ContractSuite.views(A, B)) instanceof ClosedForm))
        .toList();
  }

  /** Whether it refuses data of one block. */
  private static boolean readsViews(String name) {
    try {
      build(name, B);
      return false;
    } catch (UserException e) {
      return e.getMessage().contains("one block");
    }
  }

  @SuppressWarnings("unchecked") // models of batches
  private static Model<Batch> build(String name, DataSpec data) {
    var e = ModelCatalog.get(name).in(DType.FLOAT64);
    Map<String, Object> settings = new LinkedHashMap<>();
    if (e.keys().contains("latent")) {
      settings.put("latent", 2);
    }
    if (e.keys().contains("encoder")) {
      settings.put("encoder", "mlp:6/tanh");
    }
    return (Model<Batch>) e.build(data, e.configure(data, settings), Rng.of(4).split("init"));
  }

  private static Tensor a() {
    return Rng.of(6).uniform(DType.FLOAT64, N, 4).lt(0.5).to(DType.FLOAT64);
  }

  private static Tensor b() {
    return Rng.of(7).normal(DType.FLOAT64, N, 3);
  }

  private static Tensor present(double... rows) {
    return Tensor.of(rows, rows.length / 2, 2);
  }

  private static Loss loss(Model<Batch> m, Batch b) {
    return m.loss(b, new Step(3, 2.5, 10, true, Rng.of(9)));
  }

  @ParameterizedTest
  @MethodSource("models")
  void theEncoderOfAViewThatIsNeverThereGetsExactlyNoGradient(String name) {
    Model<Batch> m = build(name, ContractSuite.views(A, B));
    Tensor x = Tensor.cat(List.of(a(), Tensor.zeros(DType.FLOAT64, N, 3)), 1);
    Batch batch = new Batch(x, null, null, present(1, 0, 1, 0, 1, 0, 1, 0, 1, 0));
    List<String> players = new ArrayList<>(loss(m, batch).groups().keySet());
    players.add("");
    for (String player : players) {
      Loss loss = loss(m, batch); // a gradient uses up its graph
      Tensor each = player.isEmpty() ? loss.total() : loss.groups().get(player);
      List<Tensor> g = Autograd.grad(each.sum(), m.params().trainable());
      List<String> names = m.params().trainableNames();
      boolean otherMoves = false;
      for (int i = 0; i < g.size(); i++) {
        double size = g.get(i) == null ? 0 : g.get(i).abs().sum().item();
        if (names.get(i).startsWith("encoder.view1") || names.get(i).startsWith("decoder.view1")) {
          assertThat(size).as(names.get(i)).isZero();
        }
        otherMoves |= names.get(i).startsWith("encoder.view0") && size > 0;
      }
      assertThat(otherMoves).as("the view that is there is learned from").isTrue();
    }
  }

  @ParameterizedTest
  @MethodSource("models")
  void anObservationWithoutAnyViewAddsExactlyNothing(String name) {
    Model<Batch> m = build(name, ContractSuite.views(A, B));
    Tensor x = Tensor.cat(List.of(a(), b()), 1);
    Tensor nothing = Tensor.zeros(DType.FLOAT64, N, 7);
    Loss loss = loss(m, new Batch(nothing, null, null, Tensor.zeros(DType.FLOAT64, N, 2)));
    assertThat(loss.total().abs().toDoubles()).containsOnly(0.0);
    assertThat(
            loss(m, new Batch(x, null, null, Tensor.ones(N, 2).to(DType.FLOAT64)))
                .total()
                .toDoubles())
        .doesNotContain(0.0);
  }

  @ParameterizedTest
  @MethodSource("models")
  void permutingTheViewsPermutesTheResults(String name) {
    Model<Batch> ab = build(name, ContractSuite.views(A, B));
    Model<Batch> ba = build(name, ContractSuite.views(B, A));
    Map<String, Tensor> swapped = new LinkedHashMap<>();
    for (String n : ab.params().all().keySet()) {
      String other =
          n.replace("view0", "view?").replace("view1", "view0").replace("view?", "view1");
      swapped.put(other, ab.params().all().get(n));
    }
    if (!swapped.keySet().equals(ba.params().all().keySet())
        || swapped.entrySet().stream()
            .anyMatch(
                e -> !e.getValue().shape().equals(ba.params().all().get(e.getKey()).shape()))) {
      org.junit.jupiter.api.Assumptions.abort("its networks join the views in their order");
    }
    ba.params().load(swapped);
    Tensor xab = Tensor.cat(List.of(a(), b()), 1);
    Tensor xba = Tensor.cat(List.of(b(), a()), 1);
    Tensor seen = present(1, 1, 1, 0, 0, 1, 1, 1, 0, 1);
    Tensor turned = present(1, 1, 0, 1, 1, 0, 1, 1, 1, 0);
    double[] one =
        ((Multimodal) ab).given(xab, seen).posterior(xab).mean().narrow(1, 0, 2).toDoubles();
    double[] two =
        ((Multimodal) ba).given(xba, turned).posterior(xba).mean().narrow(1, 0, 2).toDoubles();
    assertThat(two).containsExactly(one, within(1e-12));
  }

  @Test
  void mopoeOfOneViewIsTheVae() {
    Model<Batch> mopoe = build("mopoe", ContractSuite.views(B));
    Model<Batch> vae = build("vae", B);
    Map<String, Tensor> same = new LinkedHashMap<>();
    mopoe.params().all().forEach((n, t) -> same.put(n.replace(".view0", ""), t));
    same.put(
        "likelihood.log_scale", mopoe.params().all().get("decoder.view0.likelihood.log_scale"));
    vae.params().load(same);
    Tensor one = Tensor.ones(N, 1).to(DType.FLOAT64);
    Loss a = loss(mopoe, new Batch(b(), null, null, one));
    Loss b = loss(vae, new Batch(b(), null));
    assertThat(a.total().toDoubles()).containsExactly(b.total().toDoubles(), within(1e-12));
    Tensor z = Rng.of(3).normal(DType.FLOAT64, N, 2);
    Distribution q = ((Multimodal) mopoe).given(b(), one).posterior(b());
    Distribution r = ((org.javae.core.model.LatentVariableModel) vae).posterior(b());
    assertThat(q.logProb(z).toDoubles()).containsExactly(r.logProb(z).toDoubles(), within(1e-12));
  }

  @Test
  void theMixtureOfExpertsAveragesDensitiesNotParameters() {
    Model<Batch> m = build("mmvae", ContractSuite.views(A, B));
    Tensor x = Tensor.cat(List.of(a(), b()), 1);
    Tensor z = Rng.of(3).normal(DType.FLOAT64, N, 2);
    double[] both = density(m, x, z, 1, 1);
    double[] first = density(m, x, z, 1, 0);
    double[] second = density(m, x, z, 0, 1);
    for (int i = 0; i < N; i++) {
      assertThat(both[i]).isCloseTo((first[i] + second[i]) / 2, within(1e-12));
    }
  }

  private static double[] density(Model<Batch> m, Tensor x, Tensor z, double a, double b) {
    Tensor p = present(a, b).expand(N, 2);
    return ((Multimodal) m).given(x, p).posterior(x).logProb(z).exp().toDoubles();
  }

  @Test
  void weightsAreCheckedInOneSentence() {
    assertThatThrownBy(() -> ViewWeights.parse("image:0"))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("'image:0' is not a view's name, a colon and a positive number");
    var e = ModelCatalog.get("mvae");
    DataSpec d = ContractSuite.views(A, B);
    assertThatThrownBy(() -> e.build(d, e.configure(d, Map.of("weights", "view7:2")), Rng.of(1)))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("no view 'view7'");
    assertThatThrownBy(() -> e.build(B, e.configure(B, Map.of()), Rng.of(1)))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("one block");
  }
}
