package org.javae.core.distribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.javae.core.distribution.Samples.row;

import org.javae.tensor.Rng;
import org.javae.tensor.Scope;
import org.javae.tensor.Tensor;
import org.junit.jupiter.api.Test;

class LaplaceTest {
  @Test
  void densityByHand() {
    Laplace l = new Laplace(row(1, 0), row(Math.log(2), 0));
    assertThat(l.elementLogProb(row(-3, 0)).toDoubles())
        .containsExactly(new double[] {-2 - Math.log(4), -Math.log(2)}, within(1e-15));
    assertThat(l.scale().toDoubles()).containsExactly(new double[] {2, 1}, within(1e-15));
  }

  @Test
  void samplesAreFiniteSpreadAndSymmetric() {
    int n = 1_000_000;
    Laplace l = new Laplace(Tensor.zeros(1, 1), Tensor.zeros(1, 1));
    Scope.run(
        () -> {
          Tensor x = l.sample(Rng.of(1), n);
          assertThat(x.allFinite()).isTrue();
          // The most extreme of a million is near ln(10⁶/2) = 13.1 on both sides.
          assertThat(x.max().item()).isBetween(10.0, 20.0);
          assertThat(x.min().item()).isBetween(-20.0, -10.0);
          // E|x| = b, Var x = 2b²; Var|x| = 1, Var x² = 20.
          assertThat(x.abs().mean().item()).isCloseTo(1, within(4.5 / Math.sqrt(n)));
          assertThat(x.square().mean().item()).isCloseTo(2, within(4.5 * Math.sqrt(20.0 / n)));
        });
  }
}
