package org.javae.core.distribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.javae.core.distribution.Samples.column;
import static org.javae.core.distribution.Samples.row;

import org.javae.tensor.DType;
import org.javae.tensor.Rng;
import org.javae.tensor.Tensor;
import org.junit.jupiter.api.Test;

class BernoulliTest {
  @Test
  void massByHand() {
    double logit = Math.log(0.2 / 0.8);
    Bernoulli b = new Bernoulli(row(logit, logit, logit));
    assertThat(b.elementLogProb(row(1, 0, 0.5)).toDoubles())
        .containsExactly(
            new double[] {Math.log(0.2), Math.log(0.8), (Math.log(0.2) + Math.log(0.8)) / 2},
            within(1e-14));
    assertThat(b.mean().toDoubles()).containsExactly(new double[] {0.2, 0.2, 0.2}, within(1e-15));
  }

  @Test
  void certaintyInFloat32NeitherOverflowsNorVanishes() {
    Bernoulli b = new Bernoulli(Tensor.of(new float[] {200, -200, 20}, 1, 3));
    double[] p = b.elementLogProb(Tensor.of(new float[] {0, 0, 1}, 1, 3)).toDoubles();
    assertThat(p[0]).isEqualTo(-200);
    assertThat(p[1]).isZero();
    assertThat(p[2]).isCloseTo(-Math.exp(-20), within(1e-15));
  }

  @Test
  void samplesAreZerosAndOnes() {
    double[] x = new Bernoulli(column(-1, 1)).sample(Rng.of(1), 100).toDoubles();
    assertThat(x).containsOnly(0, 1).hasSize(200);
  }

  @Test
  void observationsUnderSeveralSamplesNeedNoCopies() {
    Tensor logits = Rng.of(2).normal(6, 2, 3); // k = 3 of n = 2
    Tensor x = Rng.of(3).uniform(2, 2, 3).lt(0.5).to(DType.FLOAT32);
    Bernoulli b = new Bernoulli(logits);
    assertThat(b.logProbRepeating(x, 3).toDoubles())
        .containsExactly(b.elementLogProb(x.repeatBatch(3)).sumEvent().toDoubles(), within(1e-6));
  }
}
