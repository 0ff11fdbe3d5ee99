package org.javae.core.model;

import org.javae.tensor.Rng;

/**
 * A model whose training has stages, with something to be done between them that is no gradient
 * step: an autoencoder that becomes a VAE with a prior fitted to its codes.
 */
public interface Staged {
  /**
   * Called before the first step of every epoch, and again when training resumes or returns there.
   * Where the model stands it must read from its own tensors, which are part of checkpoints: what
   * has been done already is not done again.
   *
   * @param epoch epochs finished
   * @return what was done, in a sentence, after which losses do not compare with those before; null
   *     if nothing was
   */
  String beginEpoch(int epoch, Rng rng);
}
