package org.javae.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.javae.core.distribution.Distribution;
import org.javae.core.distribution.FullNormal;
import org.javae.core.distribution.Normal;
import org.javae.core.divergence.KullbackLeibler;
import org.javae.core.flow.Flow;
import org.javae.core.model.Params;
import org.javae.core.posterior.FlowPosterior;
import org.javae.core.posterior.Posterior;
import org.javae.core.posterior.PosteriorSpec;
import org.javae.tensor.DType;
import org.javae.tensor.Rng;
import org.javae.tensor.Scope;
import org.javae.tensor.Tensor;
import org.javae.tensor.UserException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Posteriors out of an encoder's numbers, against numerical Jacobians and quadrature, in float64.
 */
class FlowPosteriorTest {
  private static final int ROWS = 4;

  private static Stream<Arguments> flows() {
    return Stream.of("planar:1", "planar:4", "radial:1", "radial:4", "iaf:1,7", "iaf:3,5")
        .flatMap(t -> Stream.of(1, 2, 5).map(d -> Arguments.of(t, d)));
  }

  /** A family whose networks, if it has any, are away from their start. */
  private static Posterior family(String text, int d) {
    Params p = new Params(Rng.of(3), DType.FLOAT64);
    Posterior f = PosteriorSpec.parse(text).build(p, "encoder", d);
    Scope.run(
        () ->
            p.trainable()
                .forEach(
                    t ->
                        t.addInPlace(
                            Rng.of(6).split("move").normal(DType.FLOAT64, t.shape().toArray()),
                            0.4)));
    return f;
  }

  private static Tensor numbers(Posterior f, double size) {
    return Rng.of(5).normal(DType.FLOAT64, ROWS, f.outputs()).times(size);
  }

  private static FlowPosterior posterior(String text, int d, double size) {
    Posterior f = family(text, d);
    return (FlowPosterior) f.of(numbers(f, size));
  }

  private static Tensor points(int d) {
    return Rng.of(8).normal(DType.FLOAT64, ROWS, d).times(1.5);
  }

  @ParameterizedTest
  @MethodSource("flows")
  void theLogDeterminantIsThatOfTheNumericalJacobian(String text, int d) {
    Scope.run(
        () -> {
          Flow f = posterior(text, d, 1.5).flow();
          Tensor z = points(d);
          assertThat(f.size()).isEqualTo(d);
          double[] logDet = f.forward(z).logDet().toDoubles();
          double e = 1e-5;
          List<Tensor> columns =
              IntStream.range(0, d)
                  .mapToObj(
                      j -> {
                        double[] by = new double[d];
                        by[j] = e;
                        Tensor h = Tensor.of(by, 1, d);
                        return f.forward(z.plus(h))
                            .value()
                            .minus(f.forward(z.minus(h)).value())
                            .div(2 * e);
                      })
                  .toList();
          Tensor jacobians = Tensor.stack(columns, 2); // a row's map does not see the other rows
          for (int i = 0; i < ROWS; i++) {
            double expected = jacobians.select(0, i).logAbsDet().item();
            assertThat(logDet[i]).isCloseTo(expected, within(1e-7));
          }
        });
  }

  @ParameterizedTest
  @MethodSource("flows")
  void theInverseUndoesTheFlow(String text, int d) {
    Scope.run(
        () -> {
          Flow f = posterior(text, d, 1.5).flow();
          Tensor z = points(d);
          Tensor to = f.forward(z).value();
          assertThat(to.minus(z).abs().max().item()).as("it does something").isGreaterThan(0.1);
          assertThat(f.inverse(to).toDoubles()).containsExactly(z.toDoubles(), within(1e-8));
        });
  }

  /** Far beyond what keeps a planar or radial step invertible without the constraint. */
  @ParameterizedTest
  @ValueSource(strings = {"planar:1", "radial:1"})
  void anyNumbersMakeAnInvertibleStep(String text) {
    Scope.run(
        () -> {
          FlowPosterior q = posterior(text, 3, 20);
          Tensor z = points(3);
          Flow.Mapped m = q.flow().forward(z);
          assertThat(m.logDet().allFinite()).isTrue();
          assertThat(q.flow().inverse(m.value()).toDoubles())
              .containsExactly(z.toDoubles(), within(1e-6));
        });
  }

  @ParameterizedTest
  @MethodSource("flows")
  void aDrawsDensityIsTheDensityAtIt(String text, int d) {
    Scope.run(
        () -> {
          FlowPosterior q = posterior(text, d, 1);
          Distribution.Drawn many = q.draw(Rng.of(1), 3);
          assertThat(many.value().shape().toArray()).containsExactly(3 * ROWS, d);
          assertThat(many.logProb().toDoubles())
              .containsExactly(q.repeat(3).logProb(many.value()).toDoubles(), within(1e-7));
          assertThat(q.rsample(Rng.of(1), 3).toBytes()).isEqualTo(many.value().toBytes());
        });
  }

  @ParameterizedTest
  @ValueSource(strings = {"planar:3", "radial:3", "iaf:2,5"})
  void theDensityIntegratesToOneAndTheMeanIsItsMean(String text) {
    Scope.run(
        () -> {
          FlowPosterior q = posterior(text, 2, 0.5);
          int n = 200;
          double side = 26;
          Tensor a = Tensor.arange(n).to(DType.FLOAT64).plus(0.5).times(side / n).minus(side / 2);
          Tensor z =
              Tensor.stack(
                  List.of(
                      a.unsqueeze(1).expand(n, n).reshape((long) n * n),
                      a.unsqueeze(0).expand(n, n).reshape((long) n * n)),
                  1);
          // The first row's posterior at every point of a grid.
          FlowPosterior one = first(q, family(text, 2), n * n);
          Tensor mass = one.logProb(z).exp().times(side * side / n / n);
          assertThat(mass.sum().item()).isCloseTo(1, within(2e-4));
          double[] mean = mass.unsqueeze(1).times(z).sum(0).toDoubles();
          double[] estimate = q.mean().select(0, 0).toDoubles();
          // 64 draws, half of them opposite: what is odd in the noise has gone.
          assertThat(estimate).containsExactly(mean, within(0.15));
        });
  }

  private static FlowPosterior first(FlowPosterior q, Posterior f, int copies) {
    return (FlowPosterior) f.of(numbers(f, 0.5).narrow(0, 0, 1).expand(copies, f.outputs()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"planar:2", "radial:2", "iaf:2,4"})
  void gradientsAreDerivatives(String text) {
    Posterior f = family(text, 3);
    Tensor z = points(3);
    NumericalGradient.check(
        v -> {
          Distribution.Drawn drawn = f.of(v.get(0)).draw(Rng.of(1), 1);
          return drawn.value().square().sumEvent().plus(drawn.logProb());
        },
        List.of(numbers(f, 0.7)));
    NumericalGradient.check(
        v -> f.of(v.get(0)).logProb(v.get(1)), List.of(numbers(f, 0.7), z), 1e-5, 1e-6);
  }

  /** The last numbers of a planar or radial step zero, the gates of an IAF open: nothing moves. */
  @ParameterizedTest
  @ValueSource(strings = {"planar:3", "radial:3", "iaf:1,4"})
  void identitySteps(String text) {
    int d = 3;
    Params p = new Params(Rng.of(3), DType.FLOAT64);
    Posterior f = PosteriorSpec.parse(text).build(p, "encoder", d);
    Scope.run(
        () -> {
          p.all()
              .forEach(
                  (name, t) -> {
                    if (name.endsWith(".2.bias")) {
                      t.narrow(0, d, d).fillInPlace(60);
                    }
                  });
          Tensor h = numbers(f, 1);
          if (!text.startsWith("iaf")) {
            h.narrow(1, 2L * d, f.outputs() - 2L * d).fillInPlace(0);
          }
          FlowPosterior q = (FlowPosterior) f.of(h);
          Normal plain = new Normal(h.narrow(1, 0, d), h.narrow(1, d, d));
          Distribution.Drawn drawn = q.draw(Rng.of(2), 5);
          assertThat(drawn.value().toDoubles())
              .containsExactly(plain.rsample(Rng.of(2), 5).toDoubles(), within(1e-12));
          assertThat(drawn.logProb().toDoubles())
              .containsExactly(plain.repeat(5).logProb(drawn.value()).toDoubles(), within(1e-12));
          assertThat(q.mean().toDoubles()).containsExactly(plain.mean().toDoubles(), within(1e-12));
        });
  }

  /** Element i of m and s sees the elements before it only, and all of them see the context. */
  @Test
  void anAutoregressiveStepIsTriangularAndSeesTheContext() {
    int d = 4;
    Posterior f = family("iaf:1,9", d);
    Scope.run(
        () -> {
          Tensor h = numbers(f, 1);
          Tensor z = points(d);
          Tensor at = ((FlowPosterior) f.of(h)).flow().forward(z).value();
          for (int j = 0; j < d; j++) {
            double[] by = new double[d];
            by[j] = 0.5;
            double[] moved =
                ((FlowPosterior) f.of(h))
                    .flow()
                    .forward(z.plus(Tensor.of(by, 1, d)))
                    .value()
                    .minus(at)
                    .toDoubles();
            for (int i = 0; i < d; i++) {
              if (i < j) {
                assertThat(moved[i]).as("%d by %d", i, j).isZero();
              } else {
                assertThat(moved[i]).as("%d by %d", i, j).isNotZero();
              }
            }
          }
          Tensor other = h.plus(0.3);
          double[] byContext =
              ((FlowPosterior) f.of(other)).flow().forward(z).value().minus(at).toDoubles();
          assertThat(byContext).doesNotContain(0);
        });
  }

  @Test
  void theFullCovariancesKlIsItsMonteCarloEstimate() {
    Posterior f = family("full", 4);
    Scope.run(
        () -> {
          FullNormal q = (FullNormal) f.of(numbers(f, 0.6));
          int k = 100_000;
          Distribution.Drawn drawn = q.draw(Rng.of(4), k);
          Normal p = Normal.standard(DType.FLOAT64, 4);
          Tensor each = drawn.logProb().minus(p.logProb(drawn.value())).reshape(k, ROWS);
          Tensor closed = KullbackLeibler.perElement(q, p).sumEvent();
          double[] off = each.mean(0).minus(closed).toDoubles();
          double[] error = each.variance(0, 1).div(k).sqrt().toDoubles();
          for (int i = 0; i < ROWS; i++) {
            assertThat(Math.abs(off[i])).isLessThan(4.5 * error[i]);
          }
        });
  }

  @ParameterizedTest
  @ValueSource(strings = {"diagonal", "full", "planar:4", "radial:10", "iaf:2,128"})
  void aSpecIsItsText(String text) {
    assertThat(PosteriorSpec.parse(text)).hasToString(text);
    assertThat(PosteriorSpec.parse(text)).isEqualTo(PosteriorSpec.parse(text));
    assertThat(PosteriorSpec.parse("iaf:3")).hasToString("iaf:3,128");
  }

  @Test
  void anythingElseIsRefusedInASentence() {
    assertThatThrownBy(() -> PosteriorSpec.parse("plane:3"))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("unknown posterior 'plane:3'")
        .hasMessageContaining("planar");
    assertThatThrownBy(() -> PosteriorSpec.parse("planar:0"))
        .isInstanceOf(UserException.class)
        .hasMessage(
            "posterior 'planar:0': its number of steps must be a whole number between 1 and 1024");
    assertThatThrownBy(() -> PosteriorSpec.parse("iaf:2,1.5"))
        .isInstanceOf(UserException.class)
        .hasMessage("posterior 'iaf:2,1.5': its width must be a whole number between 1 and 65536");
    assertThatThrownBy(() -> PosteriorSpec.parse("full:2")).isInstanceOf(UserException.class);
  }
}
