package org.javae.core.likelihood;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import org.javae.core.data.Dataset.Column;
import org.javae.core.distribution.Distribution;
import org.javae.core.distribution.Normal;
import org.javae.core.io.Json;
import org.javae.core.model.DataSpec;
import org.javae.core.model.Params;
import org.javae.core.support.Sentences;
import org.javae.tensor.Autograd;
import org.javae.tensor.DType;
import org.javae.tensor.Rng;
import org.javae.tensor.Scope;
import org.javae.tensor.Shape;
import org.javae.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LikelihoodSpecTest {
  private static final List<String> ALL =
      List.of(
          "bernoulli",
          "continuous-bernoulli",
          "gaussian",
          "gaussian:shared",
          "gaussian:element",
          "gaussian:0.1",
          "laplace",
          "laplace:shared",
          "laplace:element",
          "laplace:2",
          "balance:0.5",
          "categorical:3",
          "mixed");

  private static final DataSpec TABLE =
      new DataSpec(
          new long[] {6},
          List.of(
              new Column("a", Column.Kind.REAL, List.of()),
              new Column("b", Column.Kind.CATEGORICAL, List.of("x", "y", "z")),
              new Column("c", Column.Kind.REAL, List.of()),
              new Column("d", Column.Kind.REAL, List.of())),
          false,
          false);
  private static final DataSpec IMAGE = DataSpec.of(Shape.of(2, 3, 4), true, true);

  private static Params params() {
    return new Params(Rng.of(1), DType.FLOAT64);
  }

  @Test
  void textSurvivesReadingAndWriting() {
    for (String text : ALL) {
      LikelihoodSpec s = LikelihoodSpec.parse(text);
      assertThat(s).hasToString(text);
      assertThat(LikelihoodSpec.parse(" " + text + " ")).isEqualTo(s);
      assertThat(Json.toString(s)).isEqualTo("\"" + text + "\"");
      assertThat(Json.parse(Json.toString(s), "text", LikelihoodSpec.class)).isEqualTo(s);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "`` | unknown likelihood ''",
        "gausian | did you mean gaussian",
        "poison | did you mean poisson",
        "poisson:3 | takes no argument",
        "weibull | unknown likelihood 'weibull'",
        "bernoulli:1 | takes no argument",
        "mixed:2 | takes no argument",
        "gaussian:wide | 'gaussian:wide': after the colon a positive number",
        "gaussian:0 | a positive number",
        "gaussian:-1 | a positive number",
        "gaussian:NaN | a positive number",
        "laplace:Infinity | a positive number",
        "balance | a positive number",
        "categorical | a whole number of 2 or more",
        "categorical:2.5 | a whole number of 2 or more",
        "categorical:1 | a whole number of 2 or more",
        "categorical:1e12 | a whole number of 2 or more",
      })
  void aBadTextEndsInASentence(String text, String fragment) {
    assertThat(Sentences.of(() -> LikelihoodSpec.parse(text))).contains(fragment);
    assertThat(Sentences.exitCode(() -> LikelihoodSpec.parse(text))).isEqualTo(2);
  }

  @Test
  void misfitsOfTheDataEndInASentence() {
    DataSpec vector = DataSpec.of(Shape.of(7), false, false);
    assertThat(Sentences.of(() -> LikelihoodSpec.parse("categorical:3").build(vector, params())))
        .contains("groups of 3", "an observation is 7");
    assertThat(Sentences.of(() -> LikelihoodSpec.parse("categorical:3").build(IMAGE, params())))
        .contains("2×3×4");
    assertThat(Sentences.of(() -> LikelihoodSpec.parse("mixed").build(vector, params())))
        .contains("needs a table with columns");
  }

  @Test
  void knowsWhatItWantsOfTheData() {
    for (String text : ALL) {
      LikelihoodSpec s = LikelihoodSpec.parse(text);
      assertThat(s.wantsBinary()).isEqualTo(text.equals("bernoulli"));
      assertThat(s.wantsUnitInterval()).isEqualTo(text.contains("bernoulli"));
    }
  }

  private static DataSpec specFor(String text) {
    return text.startsWith("categorical") || text.equals("mixed") ? TABLE : IMAGE;
  }

  private static Tensor observations(DataSpec d) {
    if (d == IMAGE) {
      return Rng.of(3).bernoulli(Tensor.zeros(DType.FLOAT64, 5, 2, 3, 4).plus(0.5));
    }
    // Columns a, b (one-hot of 3), c, d; also two one-hot groups of three.
    return Tensor.of(
        new double[] {
          0, 1, 0, 0, 0, 1,
          1, 0, 0, 1, 0, 0,
          0, 0, 1, 0, 1, 0,
          0, 1, 0, 1, 0, 0,
          1, 0, 0, 0, 0, 1
        },
        5,
        6);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "bernoulli",
        "continuous-bernoulli",
        "gaussian",
        "gaussian:element",
        "gaussian:0.1",
        "laplace",
        "laplace:element",
        "laplace:2",
        "balance:0.5",
        "categorical:3",
        "mixed"
      })
  void everyKindGivesLogProbabilitiesWithFiniteGradients(String text) {
    Scope.run(
        () -> {
          DataSpec d = specFor(text);
          Params p = params();
          Likelihood l = LikelihoodSpec.parse(text).build(d, p);
          assertThat(l.outputShape().numel())
              .isEqualTo(d.event().numel() * (text.endsWith("element") ? 2 : 1));
          for (double size : new double[] {1, 30}) {
            Tensor out =
                Rng.of(4).normal(DType.FLOAT64, l.outputShape().prepend(5).toArray()).times(size);
            out.requireGrad();
            Distribution q = l.of(out);
            Tensor x = observations(d);
            Tensor log = q.logProb(x);
            assertThat(log.shape()).isEqualTo(Shape.of(5));
            assertThat(log.allFinite()).isTrue();
            assertThat(q.mean().shape()).isEqualTo(d.event().prepend(5));
            assertThat(q.sample(Rng.of(5), 2).shape()).isEqualTo(d.event().prepend(10));
            List<Tensor> leaves = new ArrayList<>(p.trainable());
            leaves.add(out);
            for (Tensor g : Autograd.grad(log.sum(), leaves)) {
              assertThat(g.allFinite()).isTrue();
              assertThat(g.abs().max().item()).isPositive();
            }
          }
        });
  }

  @Test
  void learnedScalesAreParametersAndFixedOnesAreNot() {
    assertThat(trainable("gaussian")).containsExactly("likelihood.log_scale");
    assertThat(trainable("laplace:shared")).containsExactly("likelihood.log_scale");
    assertThat(trainable("mixed")).containsExactly("likelihood.log_scale");
    assertThat(trainable("gaussian:0.1")).isEmpty();
    assertThat(trainable("balance:3")).isEmpty();
    assertThat(trainable("gaussian:element")).isEmpty();
    assertThat(trainable("bernoulli")).isEmpty();
  }

  private static List<String> trainable(String text) {
    Params p = params();
    LikelihoodSpec.parse(text).build(specFor(text), p);
    return p.trainableNames();
  }

  @Test
  void aFixedScaleIsTheOneAskedFor() {
    Scope.run(
        () -> {
          Tensor out = Tensor.zeros(DType.FLOAT64, 1, 2, 3, 4);
          Normal n = (Normal) LikelihoodSpec.parse("gaussian:0.25").build(IMAGE, params()).of(out);
          assertThat(n.scale().mean().item()).isCloseTo(0.25, within(1e-7));
        });
  }

  /** The lecture's balance constant: differences of log-likelihoods are −C times squared errors. */
  @Test
  void balanceIsAWeightOnTheSquaredError() {
    Scope.run(
        () -> {
          Likelihood l = LikelihoodSpec.parse("balance:7").build(IMAGE, params());
          Tensor out = Rng.of(6).normal(DType.FLOAT64, 2, 2, 3, 4);
          Tensor x = Rng.of(7).normal(DType.FLOAT64, 2, 2, 3, 4);
          Tensor perfect = l.of(x).logProb(x);
          double[] difference = l.of(out).logProb(x).minus(perfect).toDoubles();
          double[] expected = out.minus(x).square().sumEvent().times(-7).toDoubles();
          assertThat(difference).containsExactly(expected, within(1e-4));
        });
  }

  /** A constant pixel must not claim an infinite density. */
  @Test
  void scalesFromTheDecoderHaveAFloor() {
    Scope.run(
        () -> {
          Likelihood l = LikelihoodSpec.parse("gaussian:element").build(IMAGE, params());
          Tensor out = Tensor.zeros(DType.FLOAT64, 1, 4, 3, 4).minus(1000);
          Normal n = (Normal) l.of(out);
          assertThat(n.logScale().min().item()).isEqualTo(-5);
        });
  }
}
