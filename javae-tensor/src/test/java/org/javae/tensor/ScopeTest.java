package org.javae.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ScopeTest {
  record Pair(Tensor a, List<Tensor> rest) {}

  @Test
  void resultsSurviveAndTheRestIsFreed() {
    List<Tensor> inner = new ArrayList<>();
    Pair p =
        Scope.run(
            () -> {
              Tensor x = Tensor.ones(2, 3);
              inner.add(x);
              return new Pair(x.plus(1), List.of(x.times(3)));
            });
    assertThat(p.a().sum().item()).isEqualTo(12);
    assertThat(p.rest().get(0).sum().item()).isEqualTo(18);
    assertThatThrownBy(() -> inner.get(0).sum())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("full")
        .hasMessageContaining("2×3")
        .hasMessageContaining("Scope.run");
  }

  @Test
  void nestedScopesHandOutwards() {
    Tensor t =
        Scope.run(
            () ->
                Scope.run(() -> Tensor.ones(4))
                    .plus(Scope.run(() -> Map.of("k", Tensor.ones(4))).get("k")));
    assertThat(t.toFloats()).containsOnly(2f);
  }

  /** The engine's tuples and vectors hand out pointers into themselves. */
  @Test
  void resultsOutliveTheTuplesTheyCameIn() {
    Tensor x = Tensor.of(new float[] {1, 4, 3, 2, 0, 9}, 2, 3).requireGrad();
    List<Tensor> kept =
        Scope.run(
            () ->
                List.of(
                    x.max(1).detach(),
                    x.max(1),
                    x.sort(1),
                    Tensor.eye(3).times(2).eigh().get(0),
                    Tensor.eye(3).times(2).svd().get(1),
                    Tensor.eye(3).times(2).logAbsDet(),
                    Autograd.grad(x.square().sum(), List.of(x)).get(0)));
    // Whatever would take the place of freed memory.
    Scope.run(
        () -> {
          for (int i = 0; i < 1000; i++) {
            Tensor.full(i, 3).max(0);
          }
        });
    assertThat(kept.get(1).toFloats()).containsExactly(4, 9);
    assertThat(kept.get(2).toFloats()).containsExactly(1, 3, 4, 0, 2, 9);
    assertThat(kept.get(3).toFloats()).containsExactly(2, 2, 2);
    assertThat(kept.get(4).toFloats()).containsExactly(2, 2, 2);
    assertThat(kept.get(5).item()).isCloseTo(Math.log(8), within(1e-6));
    assertThat(kept.get(6).toFloats()).containsExactly(2, 8, 6, 4, 0, 18);
  }

  @Test
  void manyStepsLeaveNoNativeObjectBehind() {
    Tensor w = Tensor.ones(50, 50).requireGrad();
    Runnable step =
        () ->
            Scope.run(
                () -> Autograd.grad(w.matmul(w).tanh().sum(), List.of(w)).get(0).sum().item());
    for (int i = 0; i < 20; i++) {
      step.run();
    }
    long before = Scope.liveNativeObjects();
    for (int i = 0; i < 50; i++) {
      step.run();
    }
    assertThat(Scope.liveNativeObjects()).isEqualTo(before);
  }

  @Test
  void errorsAreShortAndNameShapes() {
    assertThatThrownBy(() -> Tensor.ones(2, 3).matmul(Tensor.ones(4, 5)))
        .isInstanceOf(EngineException.class)
        .hasMessageContaining("matmul of 2×3, 4×5")
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n"));
  }

  @Test
  void randomStreamsAreNamedAndResume() {
    float[] a = Rng.of(7).split("noise").normal(5).toFloats();
    Rng r = Rng.of(7);
    r.split("init").normal(3);
    assertThat(r.split("noise").normal(5).toFloats()).isEqualTo(a);
    var state = r.state();
    float[] next = r.split("noise").normal(6).toFloats();
    Rng s = Rng.of(7);
    s.restore(state);
    assertThat(s.split("noise").normal(6).toFloats()).isEqualTo(next).isNotEqualTo(a);
    assertThat(Rng.of(8).split("noise").normal(5).toFloats()).isNotEqualTo(a);
    int[] p = r.split("data").permutation(10, 3);
    assertThat(p).containsExactlyInAnyOrder(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
    assertThat(Rng.of(7).split("data").permutation(10, 3)).isEqualTo(p);
  }
}
