package org.javae.core.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import org.javae.core.model.Params;
import org.javae.tensor.Autograd;
import org.javae.tensor.DType;
import org.javae.tensor.Rng;
import org.javae.tensor.Scope;
import org.javae.tensor.Tensor;
import org.junit.jupiter.api.Test;

class SpectralPenaltyTest {
  private static double largest(Tensor w) {
    return w.reshape(w.size(0), -1).svd().get(1).max().item();
  }

  @Test
  void powerIterationFindsTheLargestSingularValuesAndTheirGradient() {
    Params p = new Params(Rng.of(1), DType.FLOAT64);
    Tensor a = p.uniform("a", 1, 6, 3, 3, 3);
    Tensor b = p.uniform("b", 0.3, 4, 9);
    SpectralPenalty penalty = new SpectralPenalty(p, Map.of("a", a, "b", b));
    assertThat(p.all()).containsKeys("a.spectral_u", "a.spectral_v", "b.spectral_u");
    assertThat(p.trainableNames()).containsExactly("a", "b");
    Scope.run(
        () -> {
          double first = penalty.value().item();
          for (int i = 0; i < 60; i++) {
            penalty.advance(i);
          }
          double exact = largest(a.detach()) + largest(b.detach());
          assertThat(first).isCloseTo(exact, within(0.02 * exact)).isLessThan(exact + 1e-12);
          assertThat(penalty.value().item()).isCloseTo(exact, within(1e-9));
          // The derivative of a simple singular value, against differences of the SVD's.
          double[] g = Autograd.grad(penalty.value(), List.of(b)).get(0).toDoubles();
          double[] values = b.detach().toDoubles();
          for (int j = 0; j < values.length; j += 7) {
            double[] up = values.clone();
            double[] down = values.clone();
            up[j] += 1e-5;
            down[j] -= 1e-5;
            double slope = (largest(Tensor.of(up, 4, 9)) - largest(Tensor.of(down, 4, 9))) / 2e-5;
            assertThat(g[j]).isCloseTo(slope, within(1e-6));
          }
        });
  }

  @Test
  void theSameStepDoesNotIterateAgain() {
    Params p = new Params(Rng.of(1), DType.FLOAT64);
    Tensor w = p.uniform("w", 1, 5, 5);
    SpectralPenalty penalty = new SpectralPenalty(p, Map.of("w", w));
    penalty.advance(3);
    w.copyFromInPlace(Rng.of(2).normal(DType.FLOAT64, 5, 5));
    double before = Scope.run(() -> penalty.value().item());
    penalty.advance(3);
    assertThat(Scope.run(() -> penalty.value().item())).isEqualTo(before);
    penalty.advance(4);
    assertThat(Scope.run(() -> penalty.value().item())).isGreaterThan(before);
  }
}
