package org.javae.core.distribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.javae.core.distribution.Samples.row;

import org.javae.tensor.DType;
import org.javae.tensor.Rng;
import org.javae.tensor.Shape;
import org.javae.tensor.Tensor;
import org.junit.jupiter.api.Test;

class NormalTest {
  @Test
  void densityByHand() {
    // N(3; 1, 2²) = exp(−½) / (2 √(2π))
    Normal n = new Normal(row(1, 1), row(Math.log(2), 0));
    assertThat(n.elementLogProb(row(3, 1)).toDoubles())
        .containsExactly(
            new double[] {
              -0.5 - Math.log(2) - 0.5 * Math.log(2 * Math.PI), -0.5 * Math.log(2 * Math.PI)
            },
            within(1e-15));
  }

  @Test
  void theStandardNormalHasBatchOneAndItsType() {
    Normal n = Normal.standard(DType.FLOAT32, 2, 3);
    assertThat(n.shape()).isEqualTo(Shape.of(1, 2, 3));
    assertThat(n.logProb(Tensor.zeros(5, 2, 3)).shape()).isEqualTo(Shape.of(5));
    assertThat(n.sample(Rng.of(1), 4).dtype()).isEqualTo(DType.FLOAT32);
    assertThat(n.scale().toFloats()).containsOnly(1);
  }

  /**
   * One shared scale, one a row, one a column; the last is not taken for one a row when batch and
   * event agree.
   */
  @Test
  void scalesOfEveryBroadcastableShape() {
    Tensor mean = Rng.of(1).normal(DType.FLOAT64, 4, 4);
    Tensor x = Rng.of(2).normal(DType.FLOAT64, 8, 4);
    double[] s = {-0.5, 0.1, 0.4, -0.2};
    Tensor[] scales = {
      Tensor.of(new double[] {0.3}),
      Tensor.of(new double[] {0.3}, 1),
      Tensor.of(s, 4),
      Tensor.of(s, 1, 4),
      Tensor.of(s, 4, 1)
    };
    for (Tensor logScale : scales) {
      Normal full = new Normal(mean, logScale.expand(4, 4));
      Normal given = new Normal(mean, logScale);
      assertThat(given.repeat(2).logProb(x).toDoubles())
          .as("ln σ of shape %s", logScale.shape())
          .isEqualTo(full.repeat(2).logProb(x).toDoubles());
      assertThat(given.rsample(Rng.of(3), 2).toDoubles())
          .isEqualTo(full.rsample(Rng.of(3), 2).toDoubles());
    }
  }
}
