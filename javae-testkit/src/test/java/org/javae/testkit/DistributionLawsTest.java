package org.javae.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.javae.core.distribution.Distribution;
import org.javae.tensor.Autograd;
import org.javae.tensor.DType;
import org.javae.tensor.Rng;
import org.javae.tensor.Scope;
import org.javae.tensor.Shape;
import org.javae.tensor.Tensor;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the contract of {@link Distribution} promises, for every distribution. */
class DistributionLawsTest {
  private static final Offset<Double> SAME = within(1e-12);

  static List<Example> all() {
    return Example.all();
  }

  static Stream<Example> pathwise() {
    return all().stream().filter(Example::pathwise);
  }

  static Stream<Example> notPathwise() {
    return all().stream().filter(e -> !e.pathwise());
  }

  @ParameterizedTest
  @MethodSource("all")
  void shapes(Example e) {
    Distribution d = e.distribution();
    Tensor x = e.observations();
    assertThat(d.shape().at(0)).isEqualTo(Example.BATCH);
    assertThat(x.shape()).isEqualTo(d.shape());
    assertThat(d.mean().shape()).isEqualTo(d.shape());
    assertThat(x.dtype()).isEqualTo(DType.FLOAT64);
    assertThat(d.logProb(x).shape()).isEqualTo(Shape.of(Example.BATCH));
    assertThat(d.logProb(x).allFinite()).isTrue();
    long[] five = d.shape().toArray();
    five[0] *= 5;
    assertThat(d.sample(Rng.of(1), 5).shape()).isEqualTo(Shape.of(five));
  }

  @ParameterizedTest
  @MethodSource("all")
  void theElementsSumToTheWhole(Example e) {
    Distribution d = e.distribution();
    Tensor x = e.observations();
    if (e.elementwise()) {
      close(d.elementLogProb(x).sumEvent(), d.logProb(x));
    } else {
      assertThatThrownBy(() -> d.elementLogProb(x))
          .isInstanceOf(UnsupportedOperationException.class)
          .hasMessageContaining("not independent");
    }
  }

  @ParameterizedTest
  @MethodSource("all")
  void samplesFollowTheStreamAndCarryNoGradient(Example e) {
    Distribution d =
        e.make().apply(e.parameters().stream().map(p -> p.copy().requireGrad()).toList());
    Tensor x = d.sample(Rng.of(3), 4);
    assertThat(x.requiresGrad()).isFalse();
    assertThat(d.logProb(x.narrow(0, 0, 3)).requiresGrad()).isTrue();
    assertThat(d.sample(Rng.of(3), 4).toDoubles()).isEqualTo(x.toDoubles());
    assertThat(d.sample(Rng.of(4), 4).toDoubles()).isNotEqualTo(x.toDoubles());
  }

  @ParameterizedTest
  @MethodSource("all")
  void aBatchOfOneBroadcasts(Example e) {
    Tensor x = e.observations();
    Distribution one = e.rows(1);
    Distribution three = e.distribution();
    Tensor shared = x.indexSelect(0, Tensor.indices(2));
    assertThat(one.logProb(x).shape()).isEqualTo(Shape.of(3));
    close(one.logProb(x), e.rows(1, 1, 1).logProb(x));
    close(three.logProb(shared), three.logProb(x.indexSelect(0, Tensor.indices(2, 2, 2))));
    if (e.elementwise()) {
      close(one.elementLogProb(x), e.rows(1, 1, 1).elementLogProb(x));
      close(
          three.elementLogProb(shared),
          three.elementLogProb(x.indexSelect(0, Tensor.indices(2, 2, 2))));
    }
    assertThat(one.sample(Rng.of(1), 7).size(0)).isEqualTo(7);
    assertThat(one.repeat(7).shape().at(0)).isEqualTo(7);
  }

  @ParameterizedTest
  @MethodSource("all")
  void copyJOfRowIStandsAtJTimesBatchPlusI(Example e) {
    Distribution d = e.distribution();
    Distribution twice = d.repeat(2);
    Tensor x = d.sample(Rng.of(5), 2);
    Tensor p = twice.logProb(x);
    assertThat(twice.shape()).isEqualTo(x.shape());
    close(twice.mean(), d.mean().repeatBatch(2));
    for (int j = 0; j < 2; j++) {
      for (int i = 0; i < Example.BATCH; i++) {
        int at = j * Example.BATCH + i;
        close(p.narrow(0, at, 1), e.rows(i).logProb(x.narrow(0, at, 1)));
      }
    }
    close(d.repeat(1).logProb(x.narrow(0, 0, 3)), d.logProb(x.narrow(0, 0, 3)));
  }

  @ParameterizedTest
  @MethodSource("all")
  void rowsDoNotKnowEachOther(Example e) {
    Tensor x = e.observations();
    Tensor p = e.distribution().logProb(x);
    Tensor permuted = Tensor.indices(2, 0, 1);
    close(e.rows(2, 0, 1).logProb(x.indexSelect(0, permuted)), p.indexSelect(0, permuted));
    close(
        Tensor.cat(
            List.of(e.rows(0).logProb(x.narrow(0, 0, 1)), e.rows(1, 2).logProb(x.narrow(0, 1, 2))),
            0),
        p);
  }

  @ParameterizedTest
  @MethodSource("all")
  void logProbHasTheRightGradient(Example e) {
    Tensor x = e.observations();
    NumericalGradient.check(p -> e.make().apply(p).logProb(x), e.parameters());
    if (e.pathwise()) {
      NumericalGradient.check(y -> e.distribution().logProb(y.get(0)), List.of(x));
    }
  }

  @ParameterizedTest
  @MethodSource("all")
  void meanHasTheRightGradient(Example e) {
    NumericalGradient.check(
        // Some parameters have no part in the mean.
        p -> e.make().apply(p).mean(),
        e.parameters());
  }

  @ParameterizedTest
  @MethodSource("pathwise")
  void samplesHaveTheRightGradient(Example e) {
    NumericalGradient.check(p -> e.make().apply(p).rsample(Rng.of(6), 3), e.parameters());
    Tensor a = e.distribution().rsample(Rng.of(6));
    assertThat(a.toDoubles()).isEqualTo(e.distribution().sample(Rng.of(6)).toDoubles());
  }

  @ParameterizedTest
  @MethodSource("notPathwise")
  void otherSamplesRefuseToBeDifferentiated(Example e) {
    assertThatThrownBy(() -> e.distribution().rsample(Rng.of(1)))
        .isInstanceOf(UnsupportedOperationException.class)
        .hasMessageContaining("cannot be reparameterised");
  }

  @ParameterizedTest
  @MethodSource("all")
  void samplesHaveTheMeanOfTheirRow(Example e) {
    int k = 20_000;
    Scope.run(
        () -> {
          Distribution d = e.distribution();
          int event = (int) (d.shape().numel() / Example.BATCH);
          Tensor x = d.sample(Rng.of(7), k).reshape(k, Example.BATCH * event);
          double[] mean = d.mean().toDoubles();
          double[] sample = x.mean(0).toDoubles();
          double[] error = x.variance(0, 1).div(k).sqrt().toDoubles();
          for (int i = 0; i < mean.length; i++) {
            assertThat(sample[i])
                .as("element %d of row %d", i % event, i / event)
                .isCloseTo(mean[i], within(4.5 * error[i]));
          }
        });
  }

  /**
   * For any density, {@code E[∂ ln p(x) / ∂θ] = 0}: a wrong normaliser, or samples of another
   * distribution, would show.
   */
  @ParameterizedTest
  @MethodSource("all")
  void theScoreHasMeanZero(Example e) {
    int batches = 40;
    int k = 250;
    double[][] scores = new double[batches][];
    Rng r = Rng.of(8);
    for (int b = 0; b < batches; b++) {
      scores[b] =
          Scope.run(
              () -> {
                List<Tensor> p = e.parameters().stream().map(t -> t.copy().requireGrad()).toList();
                Distribution d = e.make().apply(p);
                Tensor y = d.repeat(k).logProb(d.sample(r, k)).sum().div(k);
                return Autograd.grad(y, p).stream()
                    .flatMapToDouble(g -> Arrays.stream(g.toDoubles()))
                    .toArray();
              });
    }
    List<Double> standardised = new ArrayList<>();
    for (int i = 0; i < scores[0].length; i++) {
      int at = i;
      double mean = Arrays.stream(scores).mapToDouble(s -> s[at]).average().orElseThrow();
      double variance =
          Arrays.stream(scores).mapToDouble(s -> (s[at] - mean) * (s[at] - mean)).sum()
              / (batches - 1);
      standardised.add(mean / Math.sqrt(variance / batches));
    }
    assertThat(standardised).allSatisfy(z -> assertThat(z).isBetween(-4.5, 4.5));
  }

  private static void close(Tensor actual, Tensor expected) {
    assertThat(actual.shape()).isEqualTo(expected.shape());
    assertThat(actual.toDoubles()).containsExactly(expected.toDoubles(), SAME);
  }
}
