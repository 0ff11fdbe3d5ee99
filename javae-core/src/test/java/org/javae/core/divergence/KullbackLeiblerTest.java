package org.javae.core.divergence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.javae.core.distribution.Bernoulli;
import org.javae.core.distribution.Categorical;
import org.javae.core.distribution.ContinuousBernoulli;
import org.javae.core.distribution.Distribution;
import org.javae.core.distribution.Laplace;
import org.javae.core.distribution.Normal;
import org.javae.core.distribution.Product;
import org.javae.tensor.Shape;
import org.javae.tensor.Tensor;
import org.junit.jupiter.api.Test;

class KullbackLeiblerTest {
  private static Tensor row(double... values) {
    return Tensor.of(values, 1, values.length);
  }

  private static double kl(Distribution q, Distribution p) {
    return Divergence.KL.between(q, p, null).item();
  }

  @Test
  void pairsByHand() {
    assertThat(kl(new Normal(row(1), row(0)), new Normal(row(0), row(0))))
        .isCloseTo(0.5, within(1e-15));
    assertThat(kl(new Normal(row(0), row(Math.log(2))), new Normal(row(0), row(0))))
        .isCloseTo(1.5 - Math.log(2), within(1e-15));
    assertThat(kl(new Laplace(row(0), row(0)), new Laplace(row(2), row(0))))
        .isCloseTo(Math.exp(-2) + 1, within(1e-15));
    assertThat(kl(new Laplace(row(3), row(Math.log(2))), new Laplace(row(3), row(0))))
        .isCloseTo(1 - Math.log(2), within(1e-15));
    assertThat(kl(new Bernoulli(row(0)), new Bernoulli(row(Math.log(3)))))
        .isCloseTo(0.5 * Math.log(0.5 / 0.75) + 0.5 * Math.log(0.5 / 0.25), within(1e-15));
    assertThat(kl(new Categorical(row(0.5, 0.5).log()), new Categorical(row(0.9, 0.1).log())))
        .isCloseTo(0.5 * Math.log(0.5 / 0.9) + 0.5 * Math.log(0.5 / 0.1), within(1e-15));
    // The uniform from exp(x)/(e − 1): ∫₀¹ −x + ln(e − 1) dx.
    assertThat(kl(new ContinuousBernoulli(row(0)), new ContinuousBernoulli(row(1))))
        .isCloseTo(Math.log(Math.E - 1) - 0.5, within(1e-15));
  }

  @Test
  void theEventIsSummedAndTheBatchKept() {
    Normal q = new Normal(Tensor.full(1, 3, 2, 2), Tensor.zeros(3, 2, 2));
    Normal p = Normal.standard(q.mean().dtype(), 2, 2);
    assertThat(KullbackLeibler.perElement(q, p).shape()).isEqualTo(Shape.of(3, 2, 2));
    assertThat(Divergence.KL.between(q, p, null).toFloats()).containsExactly(2, 2, 2);
  }

  /**
   * In float32 the usual form of the difference of large logits would be noise of 1e-6, of either
   * sign.
   */
  @Test
  void certainBernoullisDoNotCancel() {
    Bernoulli q = new Bernoulli(Tensor.of(new float[] {30, -30, 30}, 1, 3));
    Bernoulli p = new Bernoulli(Tensor.of(new float[] {20, -20, -30}, 1, 3));
    double exact = Math.log1p(Math.exp(-20)) - Math.log1p(Math.exp(-30)) - 10 * Math.exp(-30);
    double[] kl = KullbackLeibler.perElement(q, p).toDoubles();
    assertThat(kl[0]).isCloseTo(exact, within(1e-6 * exact));
    assertThat(kl[1]).isCloseTo(exact, within(1e-6 * exact));
    assertThat(kl[2]).isCloseTo(30, within(1e-4));
  }

  @Test
  void productsNeedMatchingPartsWithClosedForms() {
    Normal n = new Normal(row(1, 2), row(0, 0));
    Laplace l = new Laplace(row(0), row(0));
    Categorical c = new Categorical(row(0, 1, 2));
    Product q = new Product(List.of(n, l, c));
    Product p =
        new Product(
            List.of(
                new Normal(row(0, 0), row(0, 0)),
                new Laplace(row(2), row(0)),
                new Categorical(row(0, 0, 0))));
    assertThat(KullbackLeibler.perElement(q, p).shape()).isEqualTo(Shape.of(1, 4));
    assertThat(kl(q, p))
        .isCloseTo(
            kl(n, p.parts().get(0)) + kl(l, p.parts().get(1)) + kl(c, p.parts().get(2)),
            within(1e-14));
    assertThat(KullbackLeibler.perElement(q, new Product(List.of(l, n, c)))).isNull();
    assertThat(
            KullbackLeibler.perElement(
                new Product(List.of(l)), new Product(List.of(new Normal(row(0), row(0))))))
        .isNull();
    assertThat(KullbackLeibler.perElement(n, l)).isNull();
  }
}
