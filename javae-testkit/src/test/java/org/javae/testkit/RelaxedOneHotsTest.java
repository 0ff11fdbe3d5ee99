package org.javae.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.function.Function;
import org.javae.core.distribution.OneHots;
import org.javae.core.distribution.RelaxedOneHots;
import org.javae.core.divergence.Divergence;
import org.javae.core.divergence.KullbackLeibler;
import org.javae.tensor.Autograd;
import org.javae.tensor.DType;
import org.javae.tensor.Rng;
import org.javae.tensor.Scope;
import org.javae.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Choices and their relaxation against enumeration and quadrature. */
class RelaxedOneHotsTest {
  private static OneHots choices(int seed) {
    return OneHots.of(Rng.of(seed).normal(DType.FLOAT64, 1, 12), 4);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.1, 0.66, 3})
  void theLargestElementIsAClassWithItsProbability(double temperature) {
    int n = 40_000;
    Scope.run(
        () -> {
          OneHots hard = choices(1);
          Tensor x = new RelaxedOneHots(hard, temperature, false).rsample(Rng.of(2), n);
          assertThat(x.reshape(n, 3, 4).sum(2).minus(1).abs().max().item()).isLessThan(1e-12);
          double[] frequency = OneHots.nearest(x, 4).mean(0).toDoubles();
          double[] p = hard.mean().toDoubles();
          for (int i = 0; i < p.length; i++) {
            assertThat(frequency[i])
                .isCloseTo(p[i], within(4.5 * Math.sqrt(p[i] * (1 - p[i]) / n)));
          }
        });
  }

  /** Two classes: a density of one number between 0 and 1. */
  @ParameterizedTest
  @ValueSource(doubles = {0.5, 1, 2})
  void theDensityIntegratesToOneAndIsThatOfTheDraws(double temperature) {
    OneHots hard = OneHots.of(Tensor.of(new double[] {0.9, -0.3}, 1, 2), 2);
    RelaxedOneHots q = new RelaxedOneHots(hard, temperature, false);
    // In t = ln x/(1 − x), where nothing is infinite: dx = x (1 − x) dt.
    Function<Tensor, Tensor> density =
        t -> {
          Tensor x = t.sigmoid();
          Tensor pair = Tensor.cat(List.of(x, t.neg().sigmoid()), 1);
          return q.logProb(pair).plus(x.times(t.neg().sigmoid()).log().squeeze(1));
        };
    assertThat(Quadrature.integrate(density, -60, 0, 60)).isCloseTo(1, within(1e-9));
    double mean = Quadrature.expectation(density, t -> t.sigmoid().squeeze(1), -60, 0, 60);
    int n = 100_000;
    Tensor x = q.rsample(Rng.of(3), n).select(1, 0);
    assertThat(x.mean().item())
        .isCloseTo(mean, within(4.5 * Math.sqrt(x.variance(0, 1).item() / n)));
  }

  @Test
  void straightThroughIsHardWithTheGradientOfTheSoft() {
    Tensor logits = Rng.of(4).normal(DType.FLOAT64, 5, 12).requireGrad();
    Tensor weights = Rng.of(5).normal(DType.FLOAT64, 5, 12);
    Tensor soft = new RelaxedOneHots(OneHots.of(logits, 4), 0.7, false).rsample(Rng.of(6));
    Tensor hard = new RelaxedOneHots(OneHots.of(logits, 4), 0.7, true).rsample(Rng.of(6));
    assertThat(hard.toDoubles())
        .containsExactly(OneHots.nearest(soft, 4).toDoubles(), within(1e-15));
    double[] a = Autograd.grad(soft.times(weights).sum(), List.of(logits)).get(0).toDoubles();
    double[] b = Autograd.grad(hard.times(weights).sum(), List.of(logits)).get(0).toDoubles();
    assertThat(b).containsExactly(a, within(1e-14));
    NumericalGradient.check(
        l -> new RelaxedOneHots(OneHots.of(l.get(0), 4), 0.7, false).rsample(Rng.of(6)),
        List.of(logits.detach()));
  }

  @Test
  void theDivergenceIsThatOfEnumeration() {
    OneHots q = choices(7);
    OneHots p = choices(8);
    double mass = 0;
    double kl = 0;
    for (int i = 0; i < 64; i++) {
      double[] z = new double[12];
      z[i % 4] = 1;
      z[4 + i / 4 % 4] = 1;
      z[8 + i / 16] = 1;
      Tensor outcome = Tensor.of(z, 1, 12);
      double logQ = q.logProb(outcome).item();
      mass += Math.exp(logQ);
      kl += Math.exp(logQ) * (logQ - p.logProb(outcome).item());
    }
    assertThat(mass).isCloseTo(1, within(1e-12));
    assertThat(Divergence.KL.between(q, p, null).item()).isCloseTo(kl, within(1e-12));
    assertThat(KullbackLeibler.perElement(q, p).min().item()).isNotNegative();
  }
}
