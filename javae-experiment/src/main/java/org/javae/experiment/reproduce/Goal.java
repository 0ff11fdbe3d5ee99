package org.javae.experiment.reproduce;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.javae.experiment.reproduce.Recipe.Better;
import org.javae.tensor.UserException;

/**
 * One condition on a figure. Exactly one of {@code at_most}, {@code at_least}, {@code tolerance},
 * {@code exact}, {@code beats} and {@code matches} is given.
 *
 * @param metric another metric than the experiment's own
 * @param better its direction, where it is another
 * @param atMost upper limit
 * @param atLeast lower limit
 * @param tolerance at most so much worse than published; better is always good
 * @param exact published figure met within this much on either side
 * @param beats another experiment that must be worse …
 * @param by … by at least this much
 * @param matches another experiment whose figure must agree …
 * @param within … up to this much
 */
public record Goal(
    String metric,
    Better better,
    @JsonProperty("at_most") Double atMost,
    @JsonProperty("at_least") Double atLeast,
    Double tolerance,
    Double exact,
    String beats,
    Double by,
    String matches,
    Double within) {

  /**
   * What became of a goal.
   *
   * @param goal in words
   * @param other the other experiment's figure, where one was compared with
   */
  public record Outcome(String goal, Double obtained, Double other, boolean met) {}

  void check(String id, boolean published) {
    long kinds =
        Arrays.<Object>asList(atMost, atLeast, tolerance, exact, beats, matches).stream()
            .filter(Objects::nonNull)
            .count();
    if (kinds != 1) {
      throw UserException.of(
          "experiment %s has a goal with %d of at_most, at_least, tolerance, exact, beats and matches; one is expected",
          id, kinds);
    }
    if ((beats == null) != (by == null) || (matches == null) != (within == null)) {
      throw UserException.of(
          "experiment %s: beats goes with by, and matches with within; one of a pair is missing",
          id);
    }
    for (Double margin : Arrays.asList(tolerance, exact, by, within)) {
      if (margin != null && !(margin >= 0)) {
        throw UserException.of(
            "experiment %s: a goal's margin is %s; 0 or more is expected", id, margin);
      }
    }
    if ((tolerance != null || exact != null) && (!published || metric != null)) {
      throw UserException.of(
          "experiment %s: tolerance and exact compare with the published figure, which %s",
          id, published ? "is of the experiment's own metric" : "it lacks");
    }
    if (metric != null) {
      Recipe.measured(id, "goal metric", metric);
      if (beats != null && better == null) {
        throw UserException.of(
            "experiment %s: a goal that beats by %s must say which way is better", id, metric);
      }
    }
  }

  /** The id of the experiment compared with, or null. */
  String other() {
    return beats != null ? beats : matches;
  }

  /**
   * Judges.
   *
   * @param mine metrics of the experiment
   * @param others metrics of other experiments by id
   */
  Outcome judge(Recipe r, Map<String, Double> mine, Function<String, Map<String, Double>> others) {
    String name = metric == null ? r.metric() : metric;
    int sign = (better == null ? r.better() : better) == Better.LOWER ? 1 : -1;
    Double v = mine.get(name);
    Double o = other() == null ? null : others.apply(other()).get(name);
    boolean comparable = v != null && (other() == null || o != null);
    return new Outcome(words(r), v, o, comparable && holds(r, v, o, sign));
  }

  /** The goal with the figure it is about, where nothing can be judged. */
  Outcome unjudged(Recipe r, Map<String, Double> mine) {
    return new Outcome(words(r), mine.get(metric == null ? r.metric() : metric), null, false);
  }

  // A figure may fall on the limit itself, where binary fractions would decide.
  private static final double ROUNDING = 1e-9;

  private boolean holds(Recipe r, double v, Double o, int sign) {
    if (atMost != null) {
      return v <= atMost + ROUNDING;
    }
    if (atLeast != null) {
      return v >= atLeast - ROUNDING;
    }
    if (tolerance != null) {
      return sign * (v - r.published().value()) <= tolerance + ROUNDING;
    }
    if (exact != null) {
      return Math.abs(v - r.published().value()) <= exact + ROUNDING;
    }
    return beats != null ? sign * (o - v) >= by - ROUNDING : Math.abs(v - o) <= within + ROUNDING;
  }

  /** The goal in words, e.g. {@code nll at least 1.5 below vae-mnist-static}. */
  String words(Recipe r) {
    String name = (metric == null ? r.metric() : metric).replace('_', ' ');
    boolean lower = (better == null ? r.better() : better) == Better.LOWER;
    if (atMost != null) {
      return name + " at most " + number(atMost);
    }
    if (atLeast != null) {
      return name + " at least " + number(atLeast);
    }
    if (tolerance != null) {
      return name + " at most " + number(tolerance) + " worse than published";
    }
    if (exact != null) {
      return name + " as published within " + number(exact);
    }
    return beats != null
        ? name + " at least " + number(by) + (lower ? " below " : " above ") + beats
        : name + " within " + number(within) + " of " + matches;
  }

  /** A figure as it is written: no more digits than it has, no exponent for usual sizes. */
  static String number(double v) {
    if (v != 0 && Math.abs(v) < 1e-3) {
      return String.format(Locale.ROOT, "%.0e", v).replace("e-0", "e-");
    }
    String s = String.format(Locale.ROOT, "%.6f", v);
    return s.replaceAll("\\.?0+$", "");
  }
}
