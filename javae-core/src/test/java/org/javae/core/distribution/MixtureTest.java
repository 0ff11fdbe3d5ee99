package org.javae.core.distribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.javae.core.distribution.Samples.column;
import static org.javae.core.distribution.Samples.row;

import java.util.List;
import org.javae.tensor.DType;
import org.javae.tensor.Rng;
import org.javae.tensor.Shape;
import org.javae.tensor.Tensor;
import org.junit.jupiter.api.Test;

class MixtureTest {
  private static Normal normal(double... mean) {
    return new Normal(row(mean), Tensor.zeros(DType.FLOAT64, 1, 1));
  }

  @Test
  void densityByHandWithUnnormalisedWeights() {
    Mixture m = new Mixture(row(Math.log(3), 0), List.of(normal(0, 0), normal(4, 4)));
    Tensor x = row(1, -1);
    double a = -1 - Math.log(2 * Math.PI);
    double b = -(9 + 25) / 2.0 - Math.log(2 * Math.PI);
    assertThat(m.logProb(x).item())
        .isCloseTo(Math.log(0.75 * Math.exp(a) + 0.25 * Math.exp(b)), within(1e-14));
    assertThat(m.mean().toDoubles()).containsExactly(new double[] {1, 1}, within(1e-14));
    assertThat(m.normalisedLogWeights().exp().toDoubles())
        .containsExactly(new double[] {0.75, 0.25}, within(1e-14));
    assertThat(m.components()).hasSize(2);
    // Far from both, where densities underflow.
    assertThat(m.logProb(row(1e3, 1e3)).allFinite()).isTrue();
  }

  /** Elements of one sample come from one component. */
  @Test
  void aSampleComesFromOneComponentAsAWhole() {
    Mixture m =
        new Mixture(row(Math.log(0.8), Math.log(0.2)), List.of(normal(-50, -50), normal(50, 50)));
    int n = 5000;
    Tensor x = m.sample(Rng.of(1), n);
    Tensor right = x.gt(0).to(DType.FLOAT64);
    assertThat(right.select(1, 0).toDoubles()).isEqualTo(right.select(1, 1).toDoubles());
    assertThat(right.select(1, 0).mean().item())
        .isCloseTo(0.2, within(4.5 * Math.sqrt(0.2 * 0.8 / n)));
  }

  /** Weights of a row go to the samples of that row. */
  @Test
  void weightsMayDifferByRow() {
    Tensor sure = Tensor.of(new double[] {0, -1e4, -1e4, 0}, 2, 2);
    Mixture m = new Mixture(sure, List.of(normal(-50), normal(50)));
    assertThat(m.shape()).isEqualTo(Shape.of(2, 1));
    assertThat(m.sample(Rng.of(1), 3).gt(0).toLongs()).containsExactly(0, 1, 0, 1, 0, 1);
    assertThat(m.repeat(3).sample(Rng.of(2)).gt(0).toLongs()).containsExactly(0, 1, 0, 1, 0, 1);
    assertThat(m.mean().toDoubles()).containsExactly(-50, 50);
  }

  @Test
  void sharedWeightsAndComponentsBroadcast() {
    Normal three = new Normal(column(-50, 0, 50), Tensor.zeros(DType.FLOAT64, 1, 1));
    Mixture m = new Mixture(row(0, -1e4), List.of(three, normal(7)));
    Tensor x = m.sample(Rng.of(1), 2);
    assertThat(m.shape()).isEqualTo(Shape.of(3, 1));
    assertThat(x.toDoubles()).containsExactly(new double[] {-50, 0, 50, -50, 0, 50}, within(6.0));
    assertThat(m.repeat(2).logProb(x).shape()).isEqualTo(Shape.of(6));
    assertThat(m.elementLogProb(x.narrow(0, 0, 3)).toDoubles())
        .containsExactly(three.logProb(x.narrow(0, 0, 3)).toDoubles(), within(1e-12));
  }

  @Test
  void whatDoesNotFitIsRefused() {
    assertThatThrownBy(() -> new Mixture(row(0, 0, 0), List.of(normal(0), normal(1))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("2 components")
        .hasMessageContaining("1×3");
    assertThatThrownBy(() -> new Mixture(row(0, 0), List.of(normal(0), normal(1, 2))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("different events: 1 and 2");
    assertThatThrownBy(() -> new Mixture(row(), List.of()))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
