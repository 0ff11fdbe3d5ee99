package org.javae.core.distribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.javae.core.distribution.Samples.row;

import org.javae.tensor.DType;
import org.javae.tensor.Rng;
import org.javae.tensor.Shape;
import org.javae.tensor.Tensor;
import org.junit.jupiter.api.Test;

class CategoricalTest {
  @Test
  void massByHandAndFreeUpToAConstant() {
    double[] p = {0.5, 0.2, 0.3};
    Tensor logits = row(p).log();
    for (Categorical c :
        new Categorical[] {new Categorical(logits), new Categorical(logits.plus(900))}) {
      assertThat(c.logProb(row(0, 1, 0)).item()).isCloseTo(Math.log(0.2), within(1e-12));
      assertThat(c.mean().toDoubles()).containsExactly(p, within(1e-12));
      assertThat(c.classes()).isEqualTo(3);
    }
  }

  @Test
  void severalChoicesAreOneElementEach() {
    Tensor logits = Rng.of(1).normal(5, 2, 3, 4);
    Categorical c = new Categorical(logits);
    Tensor x = c.sample(Rng.of(2), 6);
    assertThat(x.shape()).isEqualTo(Shape.of(30, 2, 3, 4));
    assertThat(x.dtype()).isEqualTo(DType.FLOAT32);
    assertThat(x.sum(-1).toFloats()).containsOnly(1);
    assertThat(x.toFloats()).containsOnly(0, 1);
    assertThat(c.repeat(6).elementLogProb(x).shape()).isEqualTo(Shape.of(30, 2, 3));
    assertThat(c.repeat(6).logProb(x).shape()).isEqualTo(Shape.of(30));
  }

  @Test
  void impossibleClassesAreNotDrawn() {
    double[] x = new Categorical(row(0, -1e4, 0)).sample(Rng.of(1), 1000).sum(0).toDoubles();
    assertThat(x[1]).isZero();
    assertThat(x[0]).isBetween(400.0, 600.0);
  }
}
