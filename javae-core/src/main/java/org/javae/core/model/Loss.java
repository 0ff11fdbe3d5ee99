package org.javae.core.model;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.javae.core.distribution.Distribution;
import org.javae.tensor.GradientGate;
import org.javae.tensor.Tensor;

/**
 * A loss kept per observation: every term is {@code [batch]}, its event already summed, and the
 * trainer averages once. This rules out a mean reconstruction beside a summed KL.
 *
 * @param total what is minimised, {@code [batch]}
 * @param terms the named terms before weighting, {@code [batch]} each, in nats where they are
 *     likelihoods or divergences
 * @param groups losses of players with an objective of their own, {@code [batch]} each, by the
 *     first part of their parameters' names
 * @param posterior q(z|x) of the batch if the loss computed one, so that validation need not encode
 *     again; else null
 * @param gathered statistics of the batch by name, detached, that {@link Updates} are given after
 *     the step; the parts of a sliced batch follow one another along their first dimension
 * @param bends factors that gradients get on their way in training, by the gate they pass
 */
public record Loss(
    Tensor total,
    Map<String, Tensor> terms,
    Map<String, Tensor> groups,
    Distribution posterior,
    Map<String, Tensor> gathered,
    Map<GradientGate, Tensor> bends) {
  /** No terms yet. */
  public static Loss zero() {
    return new Loss(null, Map.of(), Map.of(), null, Map.of(), Map.of());
  }

  /**
   * Trains what lies behind a gate by another estimator than the derivative of the loss: the
   * trainer's gradients are multiplied by the factor where they pass it. The loss and its
   * derivative by anyone else stay as they are.
   */
  public Loss bends(GradientGate gate, Tensor factor) {
    Map<GradientGate, Tensor> b = new LinkedHashMap<>(bends);
    b.put(gate, factor);
    return new Loss(total, terms, groups, posterior, gathered, Collections.unmodifiableMap(b));
  }

  /** Keeps a statistic of the batch, with a first dimension for the parts of a sliced batch. */
  public Loss gathers(String name, Tensor statistic) {
    Map<String, Tensor> g = new LinkedHashMap<>(gathered);
    g.put(name, statistic);
    return new Loss(total, terms, groups, posterior, Collections.unmodifiableMap(g), bends);
  }

  /**
   * A player with its own objective: the parameters whose names start with {@code group + "."} are
   * trained by this loss and by nothing else, the total trains the others. Both come from one
   * forward pass and one step: a critic, a density ratio, an encoder with another estimator of its
   * gradient.
   *
   * @param term name under which its mean is reported
   */
  public Loss trains(String group, String term, Tensor loss) {
    Map<String, Tensor> t = new LinkedHashMap<>(terms);
    t.put(term, loss);
    Map<String, Tensor> g = new LinkedHashMap<>(groups);
    g.put(group, loss);
    return new Loss(
        total,
        Collections.unmodifiableMap(t),
        Collections.unmodifiableMap(g),
        posterior,
        gathered,
        bends);
  }

  /** Remembers q(z|x), which the loss was computed from. */
  public Loss drawnFrom(Distribution q) {
    return new Loss(total, terms, groups, q, gathered, bends);
  }

  /** Remembers a term that is no part of the total. */
  public Loss reports(String name, Tensor term) {
    Map<String, Tensor> t = new LinkedHashMap<>(terms);
    t.put(name, term);
    return new Loss(total, Collections.unmodifiableMap(t), groups, posterior, gathered, bends);
  }

  /** Adds a term with weight 1. */
  public Loss plus(String name, Tensor term) {
    return plus(name, 1, term);
  }

  /** Adds {@code weight · term} to the total and remembers the unweighted term. */
  public Loss plus(String name, double weight, Tensor term) {
    return plus(name, weight == 1 ? term : term.times(weight), term);
  }

  /** Adds {@code weighted} to the total and remembers {@code term}. */
  public Loss plus(String name, Tensor weighted, Tensor term) {
    Map<String, Tensor> t = new LinkedHashMap<>(terms);
    t.put(name, term);
    return new Loss(
        total == null ? weighted : total.plus(weighted),
        Collections.unmodifiableMap(t),
        groups,
        posterior,
        gathered,
        bends);
  }
}
