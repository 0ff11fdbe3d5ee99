package org.javae.core.model;

import org.javae.tensor.Tensor;

/** Maps codes to observations. */
public interface Decodes {
  /** Expected observations given codes: {@code [batch, latent]} to {@code [batch, event…]}. */
  Tensor decode(Tensor z);
}
