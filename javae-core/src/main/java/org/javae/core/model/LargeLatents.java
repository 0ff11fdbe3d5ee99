package org.javae.core.model;

/** A latent-variable model whose networks take far more memory than an observation does. */
public interface LargeLatents {
  /** Draws of the latent that evaluation may hold at once, each with all it is computed from. */
  int drawsAtOnce();
}
