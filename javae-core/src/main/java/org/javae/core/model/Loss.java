package org.javae.core.model;

import java.util.LinkedHashMap;
import java.util.Map;
import org.javae.tensor.Tensor;

/**
 * A loss kept per observation: every term is {@code [batch]}, its event already summed, and the
 * trainer averages once. This rules out a mean reconstruction beside a summed KL.
 *
 * @param total what is minimised, {@code [batch]}
 * @param terms the named terms before weighting, {@code [batch]} each, in nats where they are
 *     likelihoods or divergences
 */
public record Loss(Tensor total, Map<String, Tensor> terms) {
  /** No terms yet. */
  public static Loss zero() {
    return new Loss(null, Map.of());
  }

  /** Adds a term with weight 1. */
  public Loss plus(String name, Tensor term) {
    return plus(name, 1, term);
  }

  /** Adds {@code weight · term} to the total and remembers the unweighted term. */
  public Loss plus(String name, double weight, Tensor term) {
    Tensor weighted = weight == 1 ? term : term.times(weight);
    Map<String, Tensor> t = new LinkedHashMap<>(terms);
    t.put(name, term);
    return new Loss(
        total == null ? weighted : total.plus(weighted), java.util.Collections.unmodifiableMap(t));
  }
}
