package org.javae.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import org.javae.core.distribution.Bernoulli;
import org.javae.core.distribution.Categorical;
import org.javae.core.distribution.ContinuousBernoulli;
import org.javae.core.distribution.Distribution;
import org.javae.core.distribution.Laplace;
import org.javae.core.distribution.Mixture;
import org.javae.core.distribution.Normal;
import org.javae.core.distribution.Product;
import org.javae.core.divergence.Divergence;
import org.javae.core.divergence.Entropy;
import org.javae.tensor.Rng;
import org.javae.tensor.Scope;
import org.javae.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Densities against their integrals, masses against their sums. */
class DensityTest {
  private static final double INF = Double.POSITIVE_INFINITY;

  /** A density of one variable and where to break its integral. */
  record Line(String name, Distribution density, double... breaks) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static Tensor one(double... values) {
    return Tensor.of(values, 1, values.length);
  }

  private static Line continuousBernoulli(double logit) {
    return new Line(
        "ContinuousBernoulli(" + logit + ")", new ContinuousBernoulli(one(logit)), 0, 1);
  }

  static Stream<Line> lines() {
    Normal left = new Normal(one(-1.5), one(Math.log(0.4)));
    Laplace right = new Laplace(one(2), one(Math.log(1.3)));
    return Stream.concat(
        Stream.of(
            new Line("Normal(0.3, 0.5)", new Normal(one(0.3), one(Math.log(0.5))), -INF, 0.3, INF),
            new Line("Normal(-40, 7)", new Normal(one(-40), one(Math.log(7))), -INF, -40, INF),
            new Line("Laplace(-0.7, 2)", new Laplace(one(-0.7), one(Math.log(2))), -INF, -0.7, INF),
            new Line("Laplace(5, 0.1)", new Laplace(one(5), one(Math.log(0.1))), -INF, 5, INF),
            new Line(
                "Mixture", new Mixture(one(0.2, 1.1), List.of(left, right)), -INF, -1.5, 2, INF)),
        // Both sides of the places where its formulas change.
        Stream.of(-40.0, -3.0, -0.500001, -0.499999, -0.02, -1e-9, 0.0, 1e-5, 0.3, 0.5, 9.0, 200.0)
            .map(DensityTest::continuousBernoulli));
  }

  @ParameterizedTest
  @MethodSource("lines")
  void densitiesIntegrateToOne(Line l) {
    assertThat(Quadrature.integrate(l.density()::logProb, l.breaks())).isCloseTo(1, within(1e-10));
  }

  @ParameterizedTest
  @MethodSource("lines")
  void theMeanIsTheIntegralOfX(Line l) {
    double scale = 1 + Math.abs(l.density().mean().item());
    assertThat(Quadrature.expectation(l.density()::logProb, x -> x.select(1, 0), l.breaks()))
        .isCloseTo(l.density().mean().item(), within(1e-9 * scale));
  }

  @ParameterizedTest
  @MethodSource("lines")
  void entropyAndKlAreIntegrals(Line l) {
    Distribution q = l.density();
    if (q instanceof Mixture) {
      return;
    }
    double h = Quadrature.expectation(q::logProb, x -> q.logProb(x).neg(), l.breaks());
    assertThat(Entropy.of(q).item()).isCloseTo(h, within(1e-9));
    for (Line other : lines().filter(o -> o.density().getClass() == q.getClass()).toList()) {
      Distribution p = other.density();
      double kl =
          Quadrature.expectation(
              q::logProb,
              x -> q.logProb(x).minus(p.logProb(x)),
              merged(l.breaks(), other.breaks()));
      assertThat(Divergence.KL.between(q, p, null).item())
          .as("from %s", other)
          .isCloseTo(kl, within(1e-9 * (1 + Math.abs(kl))));
    }
  }

  private static double[] merged(double[] a, double[] b) {
    return Stream.of(a, b).flatMapToDouble(Arrays::stream).sorted().distinct().toArray();
  }

  /** The share of samples below each of several points, against the integral up to there. */
  @ParameterizedTest
  @MethodSource("lines")
  void samplesFollowTheDistributionFunction(Line l) {
    int n = 40_000;
    double[] x = Scope.run(() -> l.density().sample(Rng.of(20), n).toDoubles());
    Arrays.sort(x);
    for (double share : new double[] {0.001, 0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99, 0.999}) {
      double point = x[(int) (share * n)];
      double[] upTo =
          DoubleStream.concat(
                  Arrays.stream(l.breaks()).filter(b -> b < point), DoubleStream.of(point))
              .toArray();
      double mass = Quadrature.integrate(l.density()::logProb, upTo);
      assertThat(share)
          .as("below %s", point)
          .isCloseTo(mass, within(4.5 * Math.sqrt(mass * (1 - mass) / n) + 1.0 / n));
    }
  }

  /** Every observation of some binary columns, then a choice of some classes, one a row. */
  private static Tensor everything(int binary, int classes) {
    List<Double> rows = new ArrayList<>();
    int n = (1 << binary) * classes;
    for (int i = 0; i < n; i++) {
      for (int b = 0; b < binary; b++) {
        rows.add((double) (i >> b & 1));
      }
      for (int c = 0; c < classes; c++) {
        rows.add(i >> binary == c ? 1.0 : 0.0);
      }
    }
    int width = rows.size() / n;
    return Tensor.of(rows.stream().mapToDouble(v -> v).toArray(), n, width);
  }

  @Test
  void massesSumToOneAndGiveTheMean() {
    Bernoulli coins = new Bernoulli(one(0.3, -2, 1.7));
    Categorical choice = new Categorical(one(0.1, 2, -1, 0.4));
    Tensor coinStates = everything(3, 1).narrow(1, 0, 3);
    masses(coins, coinStates);
    masses(choice, everything(0, 4));
    masses(new Product(List.of(coins, choice)), everything(3, 4));
    masses(new Mixture(one(0.5, -0.2), List.of(coins, new Bernoulli(one(-1, 1, 2)))), coinStates);
  }

  private static void masses(Distribution d, Tensor states) {
    Tensor mass = d.logProb(states).exp();
    assertThat(mass.sum().item()).isCloseTo(1, within(1e-13));
    assertThat(mass.unsqueeze(1).times(states).sum(0).toDoubles())
        .containsExactly(d.mean().toDoubles(), within(1e-13));
  }

  @Test
  void integralsKnownByHeart() {
    assertThat(Quadrature.integrate(x -> x.select(1, 0).log(), 0, 2)).isCloseTo(2, within(1e-12));
    assertThat(Quadrature.integrate(x -> x.select(1, 0).square().neg(), -INF, 0, INF))
        .isCloseTo(Math.sqrt(Math.PI), within(1e-12));
    assertThat(
            Quadrature.expectation(x -> x.select(1, 0).neg(), x -> x.select(1, 0).pow(3), 0, INF))
        .isCloseTo(6, within(1e-10));
    assertThatThrownBy(() -> Quadrature.integrate(x -> x.select(1, 0), -INF, INF))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Quadrature.integrate(x -> x.select(1, 0), 1))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
