package org.javae.core.model;

import org.javae.tensor.Tensor;

/** Knows the exact log-density of an observation. */
public interface Scores {
  /** ln p(x) in nats, {@code [batch]}. */
  Tensor logProb(Tensor x);
}
