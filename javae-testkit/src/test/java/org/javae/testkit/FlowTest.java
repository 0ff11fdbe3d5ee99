package org.javae.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.javae.core.distribution.Normal;
import org.javae.core.flow.Flow;
import org.javae.core.flow.FlowDistribution;
import org.javae.core.flow.FlowSpec;
import org.javae.core.flow.Made;
import org.javae.core.flow.MaskedAutoregressive;
import org.javae.core.flow.Permutation;
import org.javae.core.model.Params;
import org.javae.core.net.Activation;
import org.javae.tensor.Autograd;
import org.javae.tensor.DType;
import org.javae.tensor.Rng;
import org.javae.tensor.Scope;
import org.javae.tensor.Shape;
import org.javae.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Flows against numerical Jacobians, quadrature and their own inverses, in float64. */
class FlowTest {
  private static Stream<Arguments> flows() {
    return Stream.of("flow:1,5", "flow:4,6", "maf:1,7", "maf:3,5")
        .flatMap(t -> Stream.of(1, 2, 5).map(d -> Arguments.of(t, d)));
  }

  /** Moved away from the identity that a flow starts as. */
  private static Params moved(Params p, double by) {
    Scope.run(
        () ->
            p.trainable()
                .forEach(
                    t ->
                        t.addInPlace(
                            Rng.of(6).split("move").normal(DType.FLOAT64, t.shape().toArray()),
                            by)));
    return p;
  }

  private static Params params() {
    return new Params(Rng.of(3), DType.FLOAT64);
  }

  private static Flow flow(String text, int d) {
    Params p = params();
    Flow f = FlowSpec.parse(text).build(p, "flow", d);
    moved(p, 0.4);
    return f;
  }

  private static Tensor points(int n, int d) {
    return Rng.of(8).normal(DType.FLOAT64, n, d).times(1.5);
  }

  @ParameterizedTest
  @MethodSource("flows")
  void theInverseUndoesTheFlow(String text, int d) {
    Flow f = flow(text, d);
    Scope.run(
        () -> {
          Tensor x = points(50, d);
          Tensor u = f.forward(x).value();
          assertThat(f.size()).isEqualTo(d);
          assertThat(u.minus(x).abs().max().item()).as("it does something").isGreaterThan(0.1);
          assertThat(f.inverse(u).toDoubles()).containsExactly(x.toDoubles(), within(1e-10));
          assertThat(f.forward(f.inverse(x)).value().toDoubles())
              .containsExactly(x.toDoubles(), within(1e-10));
        });
  }

  @ParameterizedTest
  @MethodSource("flows")
  void theLogDeterminantIsThatOfTheNumericalJacobian(String text, int d) {
    Flow f = flow(text, d);
    Scope.run(
        () -> {
          Tensor x = points(6, d);
          double[] logDet = f.forward(x).logDet().toDoubles();
          for (int i = 0; i < 6; i++) {
            double expected =
                jacobian(t -> f.forward(t).value(), x.narrow(0, i, 1)).logAbsDet().item();
            assertThat(logDet[i]).isCloseTo(expected, within(1e-8));
          }
        });
  }

  /** ∂fᵢ/∂xⱼ at one point by central differences. */
  private static Tensor jacobian(UnaryOperator<Tensor> f, Tensor x) {
    int d = (int) x.size(1);
    double e = 1e-5;
    List<Tensor> columns =
        IntStream.range(0, d)
            .mapToObj(
                j -> {
                  double[] step = new double[d];
                  step[j] = e;
                  Tensor h = Tensor.of(step, 1, d);
                  return f.apply(x.plus(h)).minus(f.apply(x.minus(h))).div(2 * e).squeeze(0);
                })
            .toList();
    return Tensor.stack(columns, 1);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4, 6})
  void aMadesOutputsSeeStrictlyEarlierElementsAndAllOfThem(int d) {
    Params p = params();
    Made made = new Made(p, "made", d, List.of(11, 13), 2, Activation.TANH);
    moved(p, 0.4);
    Scope.run(
        () -> {
          Tensor j = jacobian(made::apply, points(1, d));
          double[] v = j.toDoubles();
          for (int o = 0; o < 2 * d; o++) {
            for (int i = 0; i < d; i++) {
              if (i < o % d) {
                assertThat(v[o * d + i]).as("output %d by input %d", o, i).isNotZero();
              } else {
                // Not small: nothing at all comes through a mask.
                assertThat(v[o * d + i]).as("output %d by input %d", o, i).isZero();
              }
            }
          }
        });
  }

  @Test
  void aLayersJacobianIsLowerTriangularWithAPositiveDiagonal() {
    Params p = params();
    Flow f = new MaskedAutoregressive(p, "layer", 5, 9);
    moved(p, 0.4);
    Scope.run(
        () -> {
          double[] v = jacobian(t -> f.forward(t).value(), points(1, 5)).toDoubles();
          for (int i = 0; i < 5; i++) {
            assertThat(v[i * 5 + i]).isPositive();
            for (int k = i + 1; k < 5; k++) {
              assertThat(v[i * 5 + k]).isZero();
            }
          }
        });
  }

  @ParameterizedTest
  @ValueSource(strings = {"flow:2,5", "maf:2,5"})
  void theDensityOfOneDimensionIntegratesToOne(String text) {
    Params p = params();
    FlowDistribution d = FlowDistribution.over(FlowSpec.parse(text).build(p, "f", 1), p);
    moved(p, 0.4);
    double inf = Double.POSITIVE_INFINITY;
    assertThat(Quadrature.integrate(d::logProb, -inf, 0, inf)).isCloseTo(1, within(1e-9));
    assertThat(Quadrature.integrate(x -> d.elementLogProb(x).squeeze(1), -inf, 0, inf))
        .isCloseTo(1, within(1e-9));
    // In one dimension both are affine, of which the mean is exact.
    double mean = Quadrature.expectation(d::logProb, x -> x.squeeze(1), -inf, 0, inf);
    assertThat(Scope.run(() -> d.mean().item())).isCloseTo(mean, within(1e-9));
  }

  @ParameterizedTest
  @ValueSource(strings = {"flow:4,5", "maf:2,5"})
  void theDensityOfTwoDimensionsIntegratesToOne(String text) {
    Params p = params();
    FlowDistribution d = FlowDistribution.over(FlowSpec.parse(text).build(p, "f", 2), p);
    moved(p, 0.2);
    double side = 24;
    int n = 600;
    double integral =
        Autograd.off(
            () ->
                Scope.run(
                    () -> {
                      // A smooth density that vanishes at the edge: the midpoint rule is exact to
                      // many digits.
                      Tensor a =
                          Tensor.arange(n)
                              .to(DType.FLOAT64)
                              .plus(0.5)
                              .times(side / n)
                              .minus(side / 2);
                      Tensor x =
                          Tensor.stack(
                              List.of(
                                  a.unsqueeze(1).expand(n, n).reshape((long) n * n),
                                  a.unsqueeze(0).expand(n, n).reshape((long) n * n)),
                              1);
                      return d.logProb(x).exp().sum().item() * side * side / n / n;
                    }));
    assertThat(integral).isCloseTo(1, within(1e-6));
  }

  @ParameterizedTest
  @ValueSource(strings = {"flow:2,5", "maf:2,4"})
  void gradientsAreDerivativesInBothDirections(String text) {
    Params p = params();
    Flow f = FlowSpec.parse(text).build(p, "f", 3);
    moved(p, 0.4);
    Tensor x = points(3, 3);
    NumericalGradient.check(
        v -> f.forward(v.get(0)).value().sumEvent().plus(f.forward(v.get(0)).logDet()), List.of(x));
    NumericalGradient.check(v -> f.inverse(v.get(0)), List.of(x));
    // By the parameters: every one moves the density of a layer's draw.
    Tensor first = p.trainable().get(0);
    double[] at = first.toDoubles();
    double[] automatic =
        Scope.run(
            () -> Autograd.grad(f.inverse(x).square().sum(), List.of(first)).get(0).toDoubles());
    BiFunction<Integer, Double, Double> shifted =
        (i, by) ->
            Scope.run(
                () -> {
                  double[] v = at.clone();
                  v[i] += by;
                  first.copyFromInPlace(Tensor.of(v, first.shape().toArray()));
                  return Autograd.off(() -> f.inverse(x).square().sum().item());
                });
    for (int i = 0; i < at.length; i += 4) {
      double numerical = (shifted.apply(i, 1e-5) - shifted.apply(i, -1e-5)) / 2e-5;
      assertThat(automatic[i]).isCloseTo(numerical, within(1e-7 * (1 + Math.abs(numerical))));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"flow:3", "maf:3"})
  void aFreshFlowIsTheStandardNormal(String text) {
    Params p = params();
    FlowDistribution d = FlowDistribution.over(FlowSpec.parse(text).build(p, "f", 4), p);
    Scope.run(
        () -> {
          Tensor x = points(20, 4);
          assertThat(d.logProb(x).toDoubles())
              .containsExactly(
                  Normal.standard(DType.FLOAT64, 4).logProb(x).toDoubles(), within(1e-12));
        });
  }

  @Test
  void aFlowServesAsAPrior() {
    Params p = params();
    FlowDistribution d = FlowDistribution.over(FlowSpec.parse("maf:2,8").build(p, "f", 3), p);
    moved(p, 0.3);
    Scope.run(
        () -> {
          assertThat(d.shape()).isEqualTo(Shape.of(1, 3));
          assertThat(d.mean().shape()).isEqualTo(Shape.of(1, 3));
          assertThat(d.mean().toBytes()).isEqualTo(d.mean().toBytes());
          Tensor z = d.sample(Rng.of(2), 40_000);
          assertThat(z.shape()).isEqualTo(Shape.of(40_000, 3));
          assertThat(z.requiresGrad()).isFalse();
          assertThat(d.sample(Rng.of(2), 9).toBytes()).isEqualTo(d.sample(Rng.of(2), 9).toBytes());
          double scale = Math.sqrt(z.variance(0, 0).max().item());
          assertThat(z.mean(0).toDoubles())
              .containsExactly(d.mean().toDoubles(), within(scale * 5 / 64));
          FlowDistribution four = d.repeat(4);
          assertThat(four.shape()).isEqualTo(Shape.of(4, 3));
          Tensor x = points(4, 3);
          assertThat(four.logProb(x).toDoubles())
              .containsExactly(d.logProb(x).toDoubles(), within(1e-12));
          assertThat(d.rsample(Rng.of(1), 2).requiresGrad()).isTrue();
          assertThatThrownBy(() -> d.elementLogProb(x))
              .isInstanceOf(UnsupportedOperationException.class);
        });
    Rng one = Rng.of(1);
    Leaks.assertNone(
        () ->
            Scope.run(
                () -> {
                  d.logProb(d.rsample(one, 1).plus(d.mean()));
                }));
  }

  @Test
  void permutationsAreChecked() {
    assertThatThrownBy(() -> new Permutation(params(), 0, 2, 2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("[0, 2, 2]");
    Scope.run(
        () ->
            assertThat(
                    new Permutation(params(), 2, 0, 1)
                        .forward(Tensor.of(new double[] {5, 6, 7}, 1, 3))
                        .value()
                        .toDoubles())
                .containsExactly(7, 5, 6));
  }
}
