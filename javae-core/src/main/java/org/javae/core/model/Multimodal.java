package org.javae.core.model;

import org.javae.tensor.Tensor;

/**
 * A model of several views ({@link DataSpec#views}), any of which may be absent from an
 * observation: it reads {@link Batch#present}. Models that are not this see one flat vector and are
 * refused data in which a view is missing somewhere.
 */
public interface Multimodal {
  /**
   * The model of the views that observations have: its posterior is given these views only, its
   * likelihood is theirs, so every estimator works on it.
   *
   * @param present {@code [batch, M]}: 1 where a view is there, else 0; distributions of a batch
   *     k·batch repeat it as samples are laid out
   */
  LatentVariableModel given(Tensor present);

  /**
   * Dimensions of the private latent of each view, 0 for none. The latents all views share come
   * first in z, then those of each view in the views' order.
   */
  default int privates() {
    return 0;
  }
}
