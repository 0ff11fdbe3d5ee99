package org.javae.core.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.javae.core.io.Json;
import org.javae.core.support.Sentences;
import org.javae.core.train.Step;
import org.javae.tensor.Rng;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ScheduleTest {
  /** 20 epochs are planned. */
  private static double at(String text, double epochs) {
    return Schedule.parse(text).at(new Step(0, epochs, 20, true, Rng.of(0)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "constant | 0 | 1",
        "constant | 17.5 | 1",
        "linear:4 | 0 | 0",
        "linear:4 | 1 | 0.25",
        "linear:4 | 3.5 | 0.875",
        "linear:4 | 4 | 1",
        "linear:4 | 19 | 1",
        "linear | 5 | 0.5",
        "sigmoid:5 | 5 | 0.5",
        "sigmoid:5 | 0 | 4.5397868702434395e-5",
        "sigmoid:5 | 10 | 0.9999546021312976",
        "sigmoid:2 | 2.2 | 0.7310585786300049",
        "sigmoid | 5 | 0.5",
        // Four cycles of 5 epochs, each rising over its first half.
        "cyclical:4,0.5 | 0 | 0",
        "cyclical:4,0.5 | 1.25 | 0.5",
        "cyclical:4,0.5 | 2.5 | 1",
        "cyclical:4,0.5 | 4.9 | 1",
        "cyclical:4,0.5 | 5 | 0",
        "cyclical:4,0.5 | 6.25 | 0.5",
        "cyclical:2,1 | 7.5 | 0.75",
        "cyclical:2 | 2.5 | 0.5",
        "cyclical | 11.25 | 0.5",
        "cosine | 0 | 1",
        "cosine | 5 | 0.8535533905932737",
        "cosine | 10 | 0.5",
        "cosine | 20 | 0",
        "cosine:4 | 0 | 0.001",
        "cosine:4 | 2 | 0.5",
        "cosine:4 | 4 | 1",
        "cosine:4 | 12 | 0.5",
        "cosine:4 | 20 | 0",
        "step:5,0.1 | 4.99 | 1",
        "step:5,0.1 | 5 | 0.1",
        "step:5,0.1 | 14 | 0.01",
        "step:10 | 19 | 0.5",
        "step | 49 | 1",
      })
  void valuesAtGivenEpochs(String text, double epochs, double expected) {
    assertThat(at(text, epochs)).isCloseTo(expected, within(1e-12));
  }

  @Test
  void staysBetweenZeroAndOne() {
    for (String text :
        new String[] {"linear:3", "sigmoid:3", "cyclical:3,0.7", "cosine:3", "step:2,0.5"}) {
      for (double e = 0; e <= 20; e += 0.01) {
        assertThat(at(text, e)).as("%s at %s", text, e).isBetween(0.0, 1.0);
      }
    }
  }

  /** Validation losses of different epochs are compared, so evaluation sees the schedule's end. */
  @ParameterizedTest
  @ValueSource(strings = {"constant", "linear:4", "sigmoid:5", "cyclical:4,0.5"})
  void evaluationSeesTheEnd(String text) {
    assertThat(Schedule.parse(text).at(Step.evaluation(Rng.of(0)))).isEqualTo(1);
  }

  @Test
  void warmUpLongerThanTraining() {
    assertThat(at("cosine:40", 20)).isEqualTo(0.5);
    assertThat(at("linear:40", 20)).isEqualTo(0.5);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "constant | constant",
        "linear | linear:10",
        "linear:2.5 | linear:2.5",
        "cyclical | cyclical:4,0.5",
        "cyclical:3 | cyclical:3,0.5",
        "cosine | cosine:0",
        "step:7 | step:7,0.5",
        "linear:1e15 | linear:1000000000000000",
        "linear:1e30 | linear:1.0E30",
        "` sigmoid:3 ` | sigmoid:3",
      })
  void textSurvivesReadingAndWriting(String text, String canonical) {
    Schedule s = Schedule.parse(text);
    assertThat(s).hasToString(canonical);
    assertThat(Schedule.parse(canonical)).isEqualTo(s).hasSameHashCodeAs(s);
    assertThat(Json.parse(Json.toString(s), "text", Schedule.class)).isEqualTo(s);
  }

  @Test
  void differentSchedulesAreNotEqual() {
    assertThat(Schedule.parse("linear:3"))
        .isNotEqualTo(Schedule.parse("linear:4"))
        .isNotEqualTo(Schedule.parse("sigmoid:3"))
        .isNotEqualTo("linear:3");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "`` | unknown schedule ''",
        "lineer | did you mean linear",
        "warmup | choose one of constant, linear, sigmoid, cyclical, cosine, step",
        "constant:1 | takes at most 0 numbers",
        "linear:1,2 | takes at most 1 numbers",
        "linear: | '' is not a number",
        "linear:5, | takes at most 1 numbers",
        "cyclical:5, | '' is not a number",
        "linear:five | 'five' is not a number",
        "linear:0 | '0' must be positive",
        "linear:-1 | '-1' must be positive",
        "linear:NaN | 'NaN' must be positive",
        "linear:1e999 | '1e999' is too large",
        "step:0,0.5 | '0' must be positive",
        "cosine:-1 | '-1' must be",
        "cyclical:4,1.5 | '1.5' must be at most 1",
        "step:5,2 | '2' must be at most 1",
      })
  void aBadTextEndsInASentence(String text, String fragment) {
    assertThat(Sentences.of(() -> Schedule.parse(text))).contains(fragment);
    assertThat(Sentences.exitCode(() -> Schedule.parse(text))).isEqualTo(2);
  }
}
