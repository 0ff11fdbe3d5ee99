package org.javae.core.model;

import java.util.Map;
import org.javae.core.train.Step;
import org.javae.tensor.Tensor;

/**
 * A model with buffers that follow running statistics of its batches instead of gradients, such as
 * a codebook of moving averages. Its {@link Loss} gathers the statistics of a batch, so that no
 * state is hidden between two calls: a batch whose loss is not finite leaves no trace, and neither
 * does an evaluation.
 */
public interface Updates {
  /**
   * Changes the buffers. The trainer calls it once after every step of the optimiser, without
   * gradients; what is random must come from the step's stream, or a resumed run would differ.
   *
   * @param gathered {@link Loss#gathered}, the parts of a sliced batch one after another along the
   *     first dimension
   */
  void update(Map<String, Tensor> gathered, Step step);
}
