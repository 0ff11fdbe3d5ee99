package org.javae.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.function.Function;
import org.javae.core.distribution.HypersphericalUniform;
import org.javae.core.distribution.VonMisesFisher;
import org.javae.core.distribution.VonMisesFisher.Gradient;
import org.javae.core.divergence.Divergence;
import org.javae.core.geometry.Sphere;
import org.javae.tensor.Autograd;
import org.javae.tensor.DType;
import org.javae.tensor.Rng;
import org.javae.tensor.Scope;
import org.javae.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The von Mises–Fisher distribution against quadrature over the angle from its direction. */
class SphereTest {
  private static VonMisesFisher vmf(int m, double kappa, Gradient g) {
    double[] direction = new double[m];
    direction[m - 1] = -0.6;
    direction[0] = 0.8;
    return VonMisesFisher.of(Tensor.of(direction, 1, m), Tensor.of(new double[] {kappa}, 1, 1), g);
  }

  /**
   * Log-density of the angle θ, {@code [n, 1]} to {@code [n]}: that of a point times its circle.
   */
  private static Function<Tensor, Tensor> angle(int m, double kappa, double logPeak) {
    return theta -> {
      Tensor half = theta.times(0.5).sin().square();
      Tensor sines = theta.sin().log().times(m - 2.0);
      return half.times(-2 * kappa).plus(sines).plus(logPeak + Sphere.logArea(m - 1)).squeeze(1);
    };
  }

  /** Finer where a concentrated density lies. */
  private static double[] breaks(int m, double kappa) {
    double width = Math.min(1, 10 * Math.sqrt(m / (kappa + m)));
    return new double[] {0, 0.1 * width, 0.3 * width, width, 0.5 * (width + Math.PI), Math.PI};
  }

  @ParameterizedTest
  @CsvSource({
    "2, 1e-6",
    "2, 0.5",
    "2, 40",
    "2, 1e4",
    "3, 7.9",
    "3, 8.1",
    "3, 1e6",
    "4, 2",
    "5, 30",
    "10, 3",
    "10, 1e3",
    "41, 0.1",
    "41, 50",
    "82, 1e4",
    "200, 10",
    "200, 700",
    "1000, 5"
  })
  void normaliserAndResultantAreThoseOfQuadrature(int m, double kappa) {
    VonMisesFisher q = vmf(m, kappa, Gradient.IMPLICIT);
    var density = angle(m, kappa, q.logPeak().item());
    double[] breaks = breaks(m, kappa);
    assertThat(Quadrature.integrate(density, breaks)).isCloseTo(1, within(1e-9));
    double mean = Quadrature.expectation(density, t -> t.squeeze(1).cos(), breaks);
    assertThat(q.resultant().item()).isCloseTo(mean, within(1e-9));
    // 1 − A is small for large κ and has digits of its own.
    double rest =
        Quadrature.expectation(density, t -> t.squeeze(1).times(0.5).sin().square(), breaks);
    assertThat(1 - q.resultant().item()).isCloseTo(2 * rest, within(1e-9 * 2 * rest + 1e-15));
  }

  @ParameterizedTest
  @CsvSource({"2, 1e-3", "2, 1", "3, 9", "10, 0.2", "10, 60", "60, 1500"})
  void derivativesByTheConcentration(int m, double kappa) {
    double h = 1e-5 * kappa;
    Function<Double, double[]> at =
        k -> {
          VonMisesFisher q = vmf(m, k, Gradient.IMPLICIT);
          return new double[] {
            q.logPeak().item(), q.resultant().item(), q.divergenceFromUniform().item()
          };
        };
    Tensor k = Tensor.of(new double[] {kappa}, 1, 1).requireGrad();
    VonMisesFisher q =
        VonMisesFisher.of(vmf(m, kappa, Gradient.IMPLICIT).direction(), k, Gradient.IMPLICIT);
    List<Tensor> values = List.of(q.logPeak(), q.resultant(), q.divergenceFromUniform());
    for (int i = 0; i < values.size(); i++) {
      double numerical = (at.apply(kappa + h)[i] - at.apply(kappa - h)[i]) / (2 * h);
      double automatic = Autograd.gradOfShared(values.get(i).sum(), List.of(k)).get(0).item();
      assertThat(automatic)
          .as("value %d", i)
          .isCloseTo(numerical, within(1e-5 * Math.abs(numerical) + 1e-9 / kappa));
    }
  }

  @ParameterizedTest
  @CsvSource({"2, 3", "3, 0.1", "3, 500", "8, 20", "50, 10", "50, 2000"})
  void samplesHaveTheMomentsAndTheDivergence(int m, double kappa) {
    int n = 60_000;
    Scope.run(
        () -> {
          VonMisesFisher q = vmf(m, kappa, Gradient.IMPLICIT);
          HypersphericalUniform p = new HypersphericalUniform(Tensor.zeros(DType.FLOAT64, 1, m));
          Tensor z = q.sample(Rng.of(1), n);
          assertThat(z.square().sum(1).minus(1).abs().max().item()).isLessThan(1e-12);
          Tensor w = z.times(q.direction()).sum(1);
          double a = q.resultant().item();
          close(w, a, n);
          // E w² = 1 − (m − 1) A/κ, from the density's own differential equation.
          close(w.square(), 1 - (m - 1) * a / kappa, n);
          // No direction across is preferred.
          Tensor rest = z.minus(q.direction().times(w.unsqueeze(1)));
          for (int j = 0; j < m; j += 7) {
            close(rest.select(1, j), 0, n);
          }
          close(q.logProb(z).minus(p.logProb(z)), Divergence.KL.between(q, p, z).item(), n);
        });
  }

  private static void close(Tensor draws, double mean, int n) {
    double error = Math.sqrt(draws.variance(0, 1).item() / n);
    assertThat(draws.mean().item()).isCloseTo(mean, within(4.5 * error + 1e-12));
  }

  /** Along a draw's exact derivative the distribution function does not change. */
  @ParameterizedTest
  @CsvSource({"2, 0.4", "2, 30", "3, 5", "3, 4000", "10, 0.3", "10, 25", "60, 8", "60, 900"})
  void theImplicitGradientIsThatOfTheDistributionFunction(int m, double kappa) {
    Tensor k = Tensor.of(new double[] {kappa}, 1, 1).requireGrad();
    Tensor mu = vmf(m, kappa, Gradient.IMPLICIT).direction();
    VonMisesFisher q = VonMisesFisher.of(mu, k, Gradient.IMPLICIT);
    Tensor w = q.rsample(Rng.of(2), 12).times(mu).sum(1);
    double[] draws = w.toDoubles();
    double h = 1e-4 * kappa;
    for (int i = 0; i < draws.length; i++) {
      double slope = Autograd.gradOfShared(w.select(0, i), List.of(k)).get(0).item();
      double theta = Math.acos(draws[i]);
      double change = (below(m, kappa + h, theta) - below(m, kappa - h, theta)) / (2 * h);
      double density =
          angle(m, kappa, q.logPeak().item()).apply(Tensor.of(new double[] {theta}, 1, 1)).item();
      // dF + p(w) dw = 0, with p(θ) = p(w) sin θ.
      double expected = -change / (Math.exp(density) / Math.sin(theta));
      assertThat(slope).as("draw %s", draws[i]).isCloseTo(expected, within(1e-5 * expected));
    }
  }

  /** P(angle > θ), which is the distribution function of its cosine. */
  private static double below(int m, double kappa, double theta) {
    double logPeak = vmf(m, kappa, Gradient.IMPLICIT).logPeak().item();
    double spread = Math.min(Math.PI, theta + 12 * Math.sqrt(m / (kappa + m)));
    double end = spread < Math.PI ? spread : theta + 0.5 * (Math.PI - theta);
    return Quadrature.integrate(angle(m, kappa, logPeak), theta, end, Math.PI);
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 7, 40})
  void withoutConcentrationItIsUniform(int m) {
    VonMisesFisher zero = vmf(m, 0, Gradient.IMPLICIT);
    assertThat(zero.logPeak().item()).isCloseTo(-Sphere.logArea(m), within(1e-14));
    assertThat(zero.divergenceFromUniform().item()).isCloseTo(0, within(1e-13));
    // KL = κ²/2m + O(κ⁴)
    double kappa = 1e-2;
    assertThat(vmf(m, kappa, Gradient.IMPLICIT).divergenceFromUniform().item())
        .isCloseTo(kappa * kappa / (2 * m), within(1e-4 * kappa * kappa / m));
  }

  @Test
  void areasAndTheSmallestSphere() {
    assertThat(Math.exp(Sphere.logArea(2))).isCloseTo(2 * Math.PI, within(1e-12));
    assertThat(Math.exp(Sphere.logArea(3))).isCloseTo(4 * Math.PI, within(1e-12));
    assertThat(Math.exp(Sphere.logArea(4))).isCloseTo(2 * Math.PI * Math.PI, within(1e-11));
    // sinh κ/κ in closed form
    assertThat(vmf(3, 2, Gradient.IMPLICIT).logPeak().item())
        .isCloseTo(2 - Math.log(4 * Math.PI * Math.sinh(2) / 2), within(1e-13));
    Tensor one = Tensor.ones(1, 1);
    assertThatThrownBy(() -> VonMisesFisher.of(one, one, Gradient.IMPLICIT))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("2 coordinates or more");
  }
}
