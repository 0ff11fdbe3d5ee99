package org.javae.experiment.reproduce;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every kind of goal on both sides of its limit; 90 is published, the other experiment has 88. */
class GoalTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "lower  | at_most: 86.5            | 86.5  | true",
        "lower  | at_most: 86.5            | 86.51 | false",
        "higher | at_least: 0.95           | 0.95  | true",
        "higher | at_least: 0.95           | 0.94  | false",
        "lower  | tolerance: 0.5           | 90.5  | true",
        "lower  | tolerance: 0.5           | 80    | true",
        "lower  | tolerance: 0.5           | 90.6  | false",
        "higher | tolerance: 0.5           | 89.5  | true",
        "higher | tolerance: 0.5           | 99    | true",
        "higher | tolerance: 0.5           | 89.4  | false",
        "lower  | exact: 0.1               | 90.1  | true",
        "lower  | exact: 0.1               | 89.8  | false",
        "lower  | beats: other, by: 1.5    | 86.5  | true",
        "lower  | beats: other, by: 1.5    | 86.6  | false",
        "higher | beats: other, by: 1.5    | 89.5  | true",
        "higher | beats: other, by: 1.5    | 89.4  | false",
        "lower  | matches: other, within: 0.2 | 88.2 | true",
        "lower  | matches: other, within: 0.2 | 87.7 | false",
        "lower  | at_most: 86.5            | NaN   | false",
      })
  void limits(String better, String goal, double obtained, boolean met) {
    Goal.Outcome o = outcome(better, goal, Map.of("nll", obtained));
    assertThat(o.met()).as(o.goal()).isEqualTo(met);
    assertThat(o.other()).isEqualTo(goal.contains("other") ? 88.0 : null);
  }

  @ParameterizedTest
  @CsvSource({"at_most: 86.5", "'beats: other, by: 1.5'"})
  void withoutAFigureNothingIsMet(String goal) {
    Goal.Outcome o = outcome("lower", goal, Map.of("kl", 3.0));
    assertThat(o.met()).isFalse();
    assertThat(o.obtained()).isNull();
  }

  @ParameterizedTest
  @CsvSource({"5, true", "4, false"})
  void anotherMetricHasItsOwnDirection(double kl, boolean met) {
    // More KL than the other's 3, by 2, while lower is better for the experiment's NLL.
    Goal.Outcome o =
        outcome(
            "lower",
            "metric: kl, better: higher, beats: other, by: 2",
            Map.of("nll", 1.0, "kl", kl));
    assertThat(o.goal()).isEqualTo("kl at least 2 above other");
    assertThat(o.met()).isEqualTo(met);
  }

  private static Goal.Outcome outcome(String better, String goal, Map<String, Double> mine) {
    String one =
        """
          - id: %s
            system: vae
            citation: Somebody, 2000
            published: {value: 90, status: verified}
            data: mnist
            model: vae
            metric: nll
            better: %s
            goals: [{%s}]
            quick: {data: strokes}
        """;
    Recipes all =
        Recipes.parse(
            "experiments:\n"
                + one.formatted("mine", better, goal)
                + one.formatted("other", better, "at_most: 1"),
            "test");
    Recipe r = all.get("mine");
    return r.goals().get(0).judge(r, mine, id -> Map.of("nll", 88.0, "kl", 3.0));
  }
}
