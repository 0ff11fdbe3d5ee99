package org.javae.core.model;

import org.javae.tensor.Tensor;

/** Maps observations to codes. */
public interface Encodes {
  /** Codes of observations: {@code [batch, event…]} to {@code [batch, latent]}. */
  Tensor encode(Tensor x);

  /** Number of latent dimensions. */
  int latent();
}
