package org.javae.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.javae.core.distribution.WrappedNormal;
import org.javae.core.geometry.PoincareBall;
import org.javae.tensor.Autograd;
import org.javae.tensor.DType;
import org.javae.tensor.Rng;
import org.javae.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Hyperbolic space against its formulas, and the Gaussian wrapped onto it against quadrature. */
class PoincareBallTest {
  private static Tensor points(PoincareBall b, int seed, int n, int d) {
    return b.exp(Rng.of(seed).normal(DType.FLOAT64, n, d).div(Math.sqrt(b.c())));
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.3, 1, 4})
  void goingSomewhereAndLookingBackAreInverse(double c) {
    PoincareBall b = new PoincareBall(c);
    Tensor x = points(b, 1, 50, 3);
    Tensor y = points(b, 2, 50, 3);
    close(b.exp(x, b.log(x, y)), y, 1e-11);
    close(b.walk(x, b.way(x, y)), y, 1e-11);
    close(b.exp(b.log(y)), y, 1e-12);
    // Of about length 1 where it starts: towards the rim the same numbers would lead far away.
    Tensor v = Rng.of(3).normal(DType.FLOAT64, 50, 3).div(b.conformalFactor(x));
    close(b.log(x, b.exp(x, v)), v, 1e-9);
    close(b.add(x.neg(), x), Tensor.zerosLike(x), 1e-12);
    close(b.log(x, x), Tensor.zerosLike(x), 1e-12);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.3, 1, 4})
  void distances(double c) {
    PoincareBall b = new PoincareBall(c);
    Tensor x = points(b, 1, 50, 3);
    Tensor y = points(b, 2, 50, 3);
    // 1/√c arcosh(1 + 2c|x − y|²/((1 − c|x|²)(1 − c|y|²)))
    double[] gap = x.minus(y).square().sum(1).toDoubles();
    double[] xs = x.square().sum(1).toDoubles();
    double[] ys = y.square().sum(1).toDoubles();
    double[] d = b.distance(x, y).toDoubles();
    for (int i = 0; i < d.length; i++) {
      double a = 1 + 2 * c * gap[i] / ((1 - c * xs[i]) * (1 - c * ys[i]));
      double expected = Math.log(a + Math.sqrt(a * a - 1)) / Math.sqrt(c);
      assertThat(d[i]).isCloseTo(expected, within(1e-10 * (1 + expected)));
    }
    close(b.distance(y, x), b.distance(x, y), 1e-10);
    // The length of a tangent vector is λ|v|.
    Tensor v = b.log(x, y);
    Tensor length = v.square().sum(1).sqrt().times(b.conformalFactor(x).squeeze(1));
    close(length, b.distance(x, y), 1e-10);
  }

  @Test
  void almostFlatItIsEuclidean() {
    PoincareBall b = new PoincareBall(1e-10);
    Tensor x = Rng.of(1).normal(DType.FLOAT64, 9, 3);
    Tensor v = Rng.of(2).normal(DType.FLOAT64, 9, 3);
    close(b.exp(x, v), x.plus(v), 1e-8);
    close(b.log(x, v), v.minus(x), 1e-8);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.5, 1, 2})
  void theWrappedGaussianIntegratesToOneOverTheDisk(double c) {
    PoincareBall b = new PoincareBall(c);
    Tensor mean = Tensor.of(new double[] {0.5, -0.3}, 1, 2).div(Math.sqrt(c));
    Tensor logScale = Tensor.of(new double[] {Math.log(0.5), Math.log(0.9)}, 1, 2);
    WrappedNormal q = new WrappedNormal(b, mean, logScale);
    // In the ball's coordinates: radius by Gauss–Legendre, angle by the trapezoidal rule.
    int angles = 192;
    double[] circle = new double[2 * angles];
    for (int i = 0; i < angles; i++) {
      circle[2 * i] = Math.cos(2 * Math.PI * i / angles);
      circle[2 * i + 1] = Math.sin(2 * Math.PI * i / angles);
    }
    Tensor directions = Tensor.of(circle, 1, angles, 2);
    double total =
        Quadrature.integrate(
            r -> {
              long n = r.size(0);
              Tensor z = r.unsqueeze(2).times(directions).reshape(n * angles, 2);
              Tensor volume = b.conformalFactor(z).log().times(2).squeeze(1);
              Tensor each = q.logProb(z).plus(volume).reshape(n, angles).logSumExp(1);
              return each.plus(r.squeeze(1).log()).plus(Math.log(2 * Math.PI / angles));
            },
            0,
            0.5 / Math.sqrt(c),
            0.95 / Math.sqrt(c),
            0.999 / Math.sqrt(c),
            (1 - 1e-6) / Math.sqrt(c));
    assertThat(total).isCloseTo(1, within(1e-6));
  }

  @Test
  void drawsLieAroundTheMeanAsTheDensitySays() {
    PoincareBall b = new PoincareBall(1.5);
    int n = 40_000;
    Tensor mean = Tensor.of(new double[] {0.4, 0.2, -0.3}, 1, 3);
    Tensor logScale = Tensor.of(new double[] {-1, -0.5, 0}, 1, 3);
    WrappedNormal q = new WrappedNormal(b, mean, logScale);
    Tensor z = q.sample(Rng.of(4), n);
    Tensor u = b.way(mean, z).times(logScale.neg().exp());
    for (int j = 0; j < 3; j++) {
      Tensor uj = u.select(1, j);
      assertThat(uj.mean().item()).isCloseTo(0, within(4.5 / Math.sqrt(n)));
      assertThat(uj.square().mean().item()).isCloseTo(1, within(4.5 * Math.sqrt(2.0 / n)));
    }
    assertThat(z.square().sum(1).max().item()).isLessThan(1 / 1.5);
  }

  @Test
  void gradientsOfDrawsAndDensities() {
    PoincareBall b = new PoincareBall(0.8);
    List<Tensor> p =
        List.of(points(b, 5, 3, 2).times(0.7), Rng.of(6).normal(DType.FLOAT64, 3, 2).times(0.3));
    Tensor z = points(b, 7, 3, 2).times(0.8);
    NumericalGradient.check(t -> new WrappedNormal(b, t.get(0), t.get(1)).logProb(z), p);
    NumericalGradient.check(
        t -> new WrappedNormal(b, p.get(0), p.get(1)).logProb(t.get(0)), List.of(z));
    NumericalGradient.check(t -> new WrappedNormal(b, t.get(0), t.get(1)).rsample(Rng.of(8), 2), p);
  }

  /** At μ itself the way has length 0, which has no direction. */
  @Test
  void theMeanHasADensityAndGradients() {
    PoincareBall b = new PoincareBall(1);
    Tensor zero = Tensor.zeros(DType.FLOAT64, 1, 3);
    Tensor mean = Tensor.zeros(DType.FLOAT64, 1, 3).requireGrad();
    Tensor p = new WrappedNormal(b, mean, zero).logProb(zero);
    assertThat(p.item()).isCloseTo(-1.5 * Math.log(2 * Math.PI), within(1e-7));
    assertThat(Autograd.grad(p.sum(), List.of(mean)).get(0).toDoubles())
        .containsExactly(new double[3], within(1e-6));
  }

  @Test
  void noCurvatureIsNoBall() {
    assertThatThrownBy(() -> new PoincareBall(0)).hasMessageContaining("needs c > 0");
  }

  private static void close(Tensor a, Tensor b, double tolerance) {
    assertThat(a.shape()).isEqualTo(b.shape());
    assertThat(a.toDoubles()).containsExactly(b.toDoubles(), within(tolerance));
  }
}
