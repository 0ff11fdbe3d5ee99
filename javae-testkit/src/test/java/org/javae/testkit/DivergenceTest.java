package org.javae.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.javae.core.distribution.Distribution;
import org.javae.core.distribution.FullNormal;
import org.javae.core.distribution.Normal;
import org.javae.core.divergence.Divergence;
import org.javae.core.divergence.Entropy;
import org.javae.core.divergence.KullbackLeibler;
import org.javae.tensor.Rng;
import org.javae.tensor.Scope;
import org.javae.tensor.Shape;
import org.javae.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Closed forms of divergences and entropies against the estimates they replace. */
class DivergenceTest {
  private static final int SAMPLES = 10_000;

  static Stream<Example> closed() {
    return Example.all().stream().filter(Example::closed);
  }

  static Stream<Example> open() {
    return Example.all().stream().filter(e -> !e.closed());
  }

  @ParameterizedTest
  @MethodSource("closed")
  void klEqualsItsMonteCarloEstimate(Example e) {
    Scope.run(
        () -> {
          Distribution q = e.distribution();
          Distribution p = e.other();
          Tensor z = q.sample(Rng.of(1), SAMPLES);
          Tensor ratio = q.repeat(SAMPLES).logProb(z).minus(p.repeat(SAMPLES).logProb(z));
          Tensor kl = Divergence.KL.between(q, p, null);
          assertThat(kl.shape()).isEqualTo(Shape.of(Example.BATCH));
          estimates(ratio, kl);
        });
  }

  @Test
  void klOfAFullCovarianceFromIndependentGaussiansEqualsItsMonteCarloEstimate() {
    Scope.run(
        () -> {
          FullNormal q =
              (FullNormal)
                  Example.all().stream()
                      .filter(e -> e.name().equals("Normal with full covariance"))
                      .findFirst()
                      .orElseThrow()
                      .distribution();
          Normal p = new Normal(q.mean().times(0.3), q.mean().cos().times(0.4));
          Tensor z = q.sample(Rng.of(1), SAMPLES);
          Tensor ratio = q.repeat(SAMPLES).logProb(z).minus(p.repeat(SAMPLES).logProb(z));
          Tensor parts = KullbackLeibler.perElement(q, p);
          assertThat(parts.shape()).isEqualTo(q.shape());
          assertThat(parts.min().item()).isNotNegative();
          estimates(ratio, parts.sumEvent());
          // Without anything below the diagonal it is that of independent Gaussians.
          Normal diagonal = new Normal(q.mean(), q.logDiagonal());
          FullNormal same =
              new FullNormal(
                  q.mean(),
                  q.logDiagonal(),
                  Tensor.eye(3)
                      .to(q.mean().dtype())
                      .unsqueeze(0)
                      .times(q.logDiagonal().exp().unsqueeze(2)));
          assertThat(KullbackLeibler.perElement(same, p).toDoubles())
              .containsExactly(KullbackLeibler.perElement(diagonal, p).toDoubles(), within(1e-12));
        });
  }

  @ParameterizedTest
  @MethodSource("closed")
  void entropyEqualsItsMonteCarloEstimate(Example e) {
    Scope.run(
        () -> {
          Distribution q = e.distribution();
          Tensor z = q.sample(Rng.of(2), SAMPLES);
          estimates(q.repeat(SAMPLES).logProb(z).neg(), Entropy.of(q));
        });
  }

  @ParameterizedTest
  @MethodSource("closed")
  void klIsZeroFromItselfAndPositiveFromAnother(Example e) {
    Distribution q = e.distribution();
    assertThat(Arrays.stream(Divergence.KL.between(q, e.distribution(), null).toDoubles()).boxed())
        .allSatisfy(v -> assertThat(v).isCloseTo(0, within(1e-13)));
    assertThat(Arrays.stream(Divergence.KL.between(q, e.other(), null).toDoubles()).boxed())
        .allSatisfy(v -> assertThat(v).isGreaterThan(0.01));
    assertThat(Arrays.stream(KullbackLeibler.perElement(q, e.other()).toDoubles()).boxed())
        .allSatisfy(v -> assertThat(v).isGreaterThan(-1e-13));
  }

  @ParameterizedTest
  @MethodSource("closed")
  void aPriorOfBatchOneBroadcasts(Example e) {
    Distribution prior = e.rows(1);
    double[] kl = Divergence.KL.between(e.distribution(), prior, null).toDoubles();
    double[] explicit = Divergence.KL.between(e.distribution(), e.rows(1, 1, 1), null).toDoubles();
    assertThat(kl).hasSize(3).containsExactly(explicit, within(1e-12));
    double[] back = Divergence.KL.between(prior, e.distribution(), null).toDoubles();
    assertThat(back)
        .hasSize(3)
        .containsExactly(
            Divergence.KL.between(e.rows(1, 1, 1), e.distribution(), null).toDoubles(),
            within(1e-12));
  }

  @ParameterizedTest
  @MethodSource("closed")
  void klAndEntropyHaveTheRightGradient(Example e) {
    int n = e.parameters().size();
    List<Tensor> both = new ArrayList<>(e.parameters());
    e.parameters().forEach(p -> both.add(p.times(-0.6).plus(p.cos().times(0.3)).plus(0.1)));
    NumericalGradient.check(
        t ->
            Divergence.KL.between(
                e.make().apply(t.subList(0, n)), e.make().apply(t.subList(n, 2 * n)), null),
        both);
    NumericalGradient.check(t -> Entropy.of(e.make().apply(t)), e.parameters());
  }

  @ParameterizedTest
  @MethodSource("open")
  void withoutAClosedFormTheSampleDecides(Example e) {
    Distribution q = e.distribution();
    Distribution p = e.other();
    Tensor z = e.observations();
    assertThat(KullbackLeibler.perElement(q, p)).isNull();
    assertThat(Divergence.KL.between(q, p, z).toDoubles())
        .isEqualTo(q.logProb(z).minus(p.logProb(z)).toDoubles());
    assertThatThrownBy(() -> Entropy.of(q))
        .isInstanceOf(UnsupportedOperationException.class)
        .hasMessageContaining(q.getClass().getSimpleName());
  }

  private static void estimates(Tensor samples, Tensor closed) {
    Tensor rows = samples.reshape(SAMPLES, Example.BATCH);
    double[] mean = rows.mean(0).toDoubles();
    double[] error = rows.variance(0, 1).div(SAMPLES).sqrt().toDoubles();
    double[] exact = closed.toDoubles();
    for (int i = 0; i < exact.length; i++) {
      assertThat(mean[i]).as("row %d", i).isCloseTo(exact[i], within(4.5 * error[i] + 1e-12));
    }
  }
}
