package org.javae.core.walk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.function.UnaryOperator;
import org.javae.tensor.Autograd;
import org.javae.tensor.DType;
import org.javae.tensor.Rng;
import org.javae.tensor.Scope;
import org.javae.tensor.Tensor;
import org.javae.tensor.UserException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Ways through latent spaces whose geometry is known. */
class WalkTest {
  /** Polar angle and longitude to the unit sphere. */
  private static final UnaryOperator<Tensor> SPHERE =
      z -> {
        Tensor polar = z.narrow(1, 0, 1);
        Tensor longitude = z.narrow(1, 1, 1);
        return Tensor.cat(
            List.of(
                polar.sin().times(longitude.cos()),
                polar.sin().times(longitude.sin()),
                polar.cos()),
            1);
      };

  /** The plane to the unit sphere, stereographically: conformal with factor 2/(1 + ‖z‖²). */
  private static final UnaryOperator<Tensor> STEREOGRAPHIC =
      z -> {
        Tensor r = z.square().sum(1).unsqueeze(1);
        Tensor d = r.plus(1);
        return Tensor.cat(List.of(z.times(2).div(d), r.minus(1).div(d)), 1);
      };

  /** Rolls the plane up: lengths stay. */
  private static final UnaryOperator<Tensor> CYLINDER =
      z -> {
        Tensor u = z.narrow(1, 0, 1);
        return Tensor.cat(List.of(u.cos(), u.sin(), z.narrow(1, 1, 1)), 1);
      };

  private static Tensor point(double... z) {
    return Tensor.of(z, 1, z.length);
  }

  private static double greatCircle(UnaryOperator<Tensor> chart, Tensor a, Tensor b) {
    return Math.acos(chart.apply(a).times(chart.apply(b)).sum().item());
  }

  @ParameterizedTest
  @CsvSource({"1.2,0.1,1.0,2.4", "0.4,0,0.5,2.8", "2.5,1,0.7,-1"})
  void aGeodesicOfTheSphereIsAGreatCircle(double p, double q, double r, double s) {
    Scope.run(
        () -> {
          Tensor a = point(p, q);
          Tensor b = point(r, s);
          double circle = greatCircle(SPHERE, a, b);
          Geodesic g = Geodesic.between(SPHERE, a, b, 60);
          assertThat(g.length()).isCloseTo(circle, within(1e-3 * circle));
          // At constant speed twice the energy is the squared length.
          assertThat(2 * g.energy()).isCloseTo(circle * circle, within(2e-3 * circle * circle));
          assertThat(Walk.GEODESIC.length(a, b, SPHERE)).isCloseTo(circle, within(2e-3 * circle));
          assertThat(Walk.STRAIGHT.length(a, b, SPHERE)).isGreaterThan(1.01 * circle);
          // Every point lies in the plane of the centre and both ends.
          double[] x = SPHERE.apply(a).toDoubles();
          double[] y = SPHERE.apply(b).toDoubles();
          double[] n = {
            x[1] * y[2] - x[2] * y[1], x[2] * y[0] - x[0] * y[2], x[0] * y[1] - x[1] * y[0]
          };
          double off = SPHERE.apply(g.z()).matmul(Tensor.of(n, 3, 1)).abs().max().item();
          assertThat(off).isLessThan(0.01);
        });
  }

  @Test
  void theStartingChartDoesNotMatter() {
    Scope.run(
        () -> {
          Tensor a = point(-1.5, 0.2);
          Tensor b = point(1.1, 0.9);
          double circle = greatCircle(STEREOGRAPHIC, a, b);
          assertThat(Geodesic.between(STEREOGRAPHIC, a, b, 60).length())
              .isCloseTo(circle, within(1e-3 * circle));
        });
  }

  @Test
  void aGeodesicOfAFlatDecoderIsTheStraightLine() {
    Scope.run(
        () -> {
          // An isometry: the cylinder; and a linear map with orthonormal columns.
          Tensor a = point(-1, 0.3);
          Tensor b = point(1.4, 2.3);
          for (UnaryOperator<Tensor> flat :
              List.<UnaryOperator<Tensor>>of(
                  CYLINDER, z -> z.matmul(Tensor.of(new double[] {.6, 0, .8, 0, 1, 0}, 2, 3)))) {
            Geodesic g = Geodesic.between(flat, a, b, 40);
            double distance = Math.hypot(2.4, 2);
            assertThat(g.length()).isCloseTo(distance, within(1e-3 * distance));
            Tensor line = Walk.STRAIGHT.between(a, b, Walk.fractions(40), flat);
            assertThat(g.z().minus(line).abs().max().item()).isLessThan(1e-3);
          }
        });
  }

  @Test
  void aGeodesicIsNeverLongerThanWhereItStarted() {
    Scope.run(
        () -> {
          Rng rng = Rng.of(3);
          Tensor w = rng.normal(DType.FLOAT32, 2, 16);
          Tensor v = rng.normal(DType.FLOAT32, 16, 30);
          UnaryOperator<Tensor> net = z -> z.matmul(w).tanh().matmul(v).sigmoid();
          for (int i = 0; i < 4; i++) {
            Tensor a = rng.normal(DType.FLOAT32, 1, 2);
            Tensor b = rng.normal(DType.FLOAT32, 1, 2);
            Geodesic g = Geodesic.between(net, a, b, 40);
            double straight = Walk.STRAIGHT.length(a, b, net);
            assertThat(g.length()).isLessThanOrEqualTo(straight * 1.0001);
            assertThat(g.z().narrow(0, 0, 1).toFloats()).containsExactly(a.toFloats());
            assertThat(g.z().narrow(0, 40, 1).toFloats()).containsExactly(b.toFloats());
          }
        });
  }

  @Test
  void whatHasNoGeodesicSaysSoAndRecordingNeedNotBeOn() {
    Scope.run(
        () -> {
          Tensor a = point(1, 0);
          Tensor b = point(1, 1);
          double length = Autograd.off(() -> Geodesic.between(SPHERE, a, b, 10).length());
          assertThat(length).isCloseTo(greatCircle(SPHERE, a, b), within(0.01));
          assertThatThrownBy(() -> Geodesic.between(z -> z.detach().sin(), a, b, 10))
              .isInstanceOf(UserException.class)
              .hasMessageContaining("cannot be differentiated");
          assertThatThrownBy(() -> Geodesic.between(z -> z.log(), point(-1, 1), b, 10))
              .isInstanceOf(UserException.class)
              .hasMessageContaining("not finite");
        });
  }

  @Test
  void anArcKeepsItsEndsItsNormAndItsSpeed() {
    Scope.run(
        () -> {
          Tensor a = point(3, 0, 4);
          Tensor b = point(0, -5, 0);
          double[] t = Walk.fractions(8);
          Tensor z = Walk.SPHERICAL.between(a, b, t, null);
          assertThat(z.narrow(0, 0, 1).minus(a).abs().max().item()).isLessThan(1e-12);
          assertThat(z.narrow(0, 8, 1).minus(b).abs().max().item()).isLessThan(1e-12);
          double[] norms = z.square().sum(1).sqrt().toDoubles();
          assertThat(norms)
              .usingElementComparator((p, q) -> Math.abs(p - q) < 1e-12 ? 0 : 1)
              .containsOnly(5);
          // a and b are at right angles, so Shoemake's formula is sine and cosine.
          double angle = Math.PI / 2;
          for (int i = 0; i <= 8; i++) {
            Tensor known =
                a.times(Math.sin((1 - t[i]) * angle)).plus(b.times(Math.sin(t[i] * angle)));
            assertThat(z.narrow(0, i, 1).minus(known).abs().max().item()).isLessThan(1e-12);
          }
          // The norm of codes of different norms goes evenly from one to the other.
          double[] rising =
              Walk.SPHERICAL.between(a, b.times(2), t, null).square().sum(1).sqrt().toDoubles();
          assertThat(rising[4]).isCloseTo(7.5, within(1e-12));
          // Opposite codes: half a circle; the same direction: a line; the origin: a line.
          double[] half =
              Walk.SPHERICAL.between(a, a.neg(), t, null).square().sum(1).sqrt().toDoubles();
          assertThat(half[4]).isCloseTo(5, within(1e-12));
          assertThat(Walk.SPHERICAL.between(a, a.times(2), t, null).narrow(0, 4, 1).toDoubles())
              .containsExactly(4.5, 0, 6);
          assertThat(
                  Walk.SPHERICAL
                      .between(point(0, 0), point(2, 2), t, null)
                      .select(0, 4)
                      .toDoubles())
              .containsExactly(1, 1);
        });
  }

  @Test
  void aPathIsNamed() {
    assertThat(Walk.parse("geodesic")).isEqualTo(Walk.GEODESIC);
    assertThatThrownBy(() -> Walk.parse("sperical"))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("spherical");
  }

  @Test
  void theJacobianIsThatOfTheChart() {
    Scope.run(
        () -> {
          Tensor z = Tensor.of(new double[] {0.3, 0.7, 1.1, -0.4, 2, 1}, 3, 2);
          Tensor j = PullBack.jacobian(SPHERE, z);
          assertThat(j.shape().toArray()).containsExactly(3, 3, 2);
          double e = 1e-6;
          for (int k = 0; k < 2; k++) {
            Tensor step = Tensor.of(k == 0 ? new double[] {e, 0} : new double[] {0, e}, 1, 2);
            Tensor numerical =
                SPHERE.apply(z.plus(step)).minus(SPHERE.apply(z.minus(step))).div(2 * e);
            assertThat(j.select(2, k).minus(numerical).abs().max().item()).isLessThan(1e-8);
          }
          // The area element of the sphere is the sine of the polar angle.
          double[] m = PullBack.magnification(SPHERE, z);
          assertThat(m[0]).isCloseTo(Math.sin(0.3), within(1e-6));
          assertThat(m[2]).isCloseTo(Math.sin(2), within(1e-6));
          // A conformal map's area element is its factor squared.
          double r = 0.3 * 0.3 + 0.7 * 0.7;
          assertThat(PullBack.magnification(STEREOGRAPHIC, z)[0])
              .isCloseTo(4 / ((1 + r) * (1 + r)), within(1e-9));
          assertThat(PullBack.magnification(SPHERE, z.to(DType.FLOAT32))[1])
              .isCloseTo(Math.sin(1.1), within(1e-5));
          // A decoder that ignores a coordinate has no area.
          assertThat(PullBack.magnification(x -> x.narrow(1, 0, 1).expand(-1, 3).times(2), z)[0])
              .isLessThan(1e-6);
        });
  }

  @Test
  void anAttributeOfLinearDataIsExact() {
    Scope.run(
        () -> {
          Rng rng = Rng.of(5);
          // Rows of an orthonormal matrix: encode and decode are each other's inverse on its span.
          Tensor q = rng.normal(DType.FLOAT64, 6, 6).svd().get(0).narrow(1, 0, 3);
          Tensor shift = rng.normal(DType.FLOAT64, 1, 3).matmul(q.t());
          Tensor b = rng.normal(DType.FLOAT64, 50, 3).matmul(q.t());
          Tensor a = b.plus(shift);
          Attribute attribute = Attribute.of(a.matmul(q), b.matmul(q));
          double[] weights = {-1, 0, 0.5, 1};
          Tensor decoded = attribute.added(b.matmul(q), weights).matmul(q.t());
          for (int w = 0; w < weights.length; w++) {
            Tensor known = b.plus(shift.times(weights[w]));
            Tensor every = decoded.reshape(50, 4, 6).select(1, w);
            assertThat(every.minus(known).abs().max().item()).isLessThan(1e-12);
          }
          // Classes that are a shift apart lie on either side of the middle on average.
          assertThat(attribute.side(a.matmul(q)).mean().item())
              .isCloseTo(-attribute.side(b.matmul(q)).mean().item(), within(1e-9))
              .isPositive();
          Tensor z = b.matmul(q);
          Tensor d =
              Attribute.analogy(z.narrow(0, 0, 1), a.matmul(q).narrow(0, 0, 1), z.narrow(0, 1, 1));
          assertThat(d.matmul(q.t()).minus(a.narrow(0, 1, 1)).abs().max().item()).isLessThan(1e-12);
        });
  }
}
