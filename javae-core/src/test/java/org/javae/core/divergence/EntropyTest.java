package org.javae.core.divergence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.javae.core.distribution.Bernoulli;
import org.javae.core.distribution.Categorical;
import org.javae.core.distribution.ContinuousBernoulli;
import org.javae.core.distribution.Laplace;
import org.javae.core.distribution.Mixture;
import org.javae.core.distribution.Normal;
import org.javae.core.distribution.Product;
import org.javae.tensor.Tensor;
import org.junit.jupiter.api.Test;

class EntropyTest {
  private static Tensor row(double... values) {
    return Tensor.of(values, 1, values.length);
  }

  @Test
  void byHand() {
    assertThat(Entropy.of(new Normal(row(7), row(0))).item())
        .isCloseTo(0.5 * Math.log(2 * Math.PI * Math.E), within(1e-15));
    assertThat(Entropy.of(new Laplace(row(7), row(Math.log(0.5)))).item())
        .isCloseTo(1, within(1e-15));
    assertThat(Entropy.of(new Bernoulli(row(0, 100, -100))).item())
        .isCloseTo(Math.log(2), within(1e-15));
    assertThat(Entropy.of(new Categorical(row(3, 3, 3, 3))).item())
        .isCloseTo(Math.log(4), within(1e-15));
    assertThat(Entropy.of(new ContinuousBernoulli(row(0))).item()).isCloseTo(0, within(1e-15));
  }

  @Test
  void aSharedScaleCountsForEveryElement() {
    Normal n = new Normal(Tensor.zeros(2, 3), Tensor.zeros(1));
    float each = (float) (3 * 0.5 * Math.log(2 * Math.PI * Math.E));
    assertThat(Entropy.of(n).toFloats()).containsExactly(new float[] {each, each}, within(1e-5f));
    Laplace l = new Laplace(Tensor.zeros(2, 3), Tensor.zeros(2, 1));
    float of = (float) (3 * (1 + Math.log(2)));
    assertThat(Entropy.of(l).toFloats()).containsExactly(new float[] {of, of}, within(1e-5f));
  }

  @Test
  void productsAddAndMixturesDecline() {
    Bernoulli b = new Bernoulli(row(1));
    Categorical c = new Categorical(row(0, 1, 2));
    assertThat(Entropy.of(new Product(List.of(b, c))).item())
        .isCloseTo(Entropy.of(b).item() + Entropy.of(c).item(), within(1e-15));
    Mixture m = new Mixture(row(0), List.of(b));
    assertThat(Entropy.perElement(m)).isNull();
    assertThat(Entropy.perElement(new Product(List.of(b, m)))).isNull();
    assertThatThrownBy(() -> Entropy.of(m)).isInstanceOf(UnsupportedOperationException.class);
  }
}
