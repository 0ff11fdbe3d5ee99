package org.javae.core.model;

import org.javae.tensor.Tensor;

/** A model that sorts observations into groups which nobody has named. */
public interface Clusters {
  /** How many groups; 0 where these settings, or a training that stopped early, give none. */
  int clusters();

  /** γ_c = p(c given x) of each group: {@code [batch, event…]} to {@code [batch, clusters]}. */
  Tensor responsibilities(Tensor x);

  /** The groups behind a model, or null if it has none. */
  static Clusters of(Model<?> model) {
    return model instanceof Clusters c && c.clusters() > 0 ? c : null;
  }
}
