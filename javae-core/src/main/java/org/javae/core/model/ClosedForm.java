package org.javae.core.model;

import java.util.function.Consumer;
import org.javae.tensor.Tensor;

/** Fitted exactly from passes over the training data instead of by gradients. */
public interface ClosedForm {
  /**
   * Fits the model.
   *
   * @param pass runs one pass over the training set, handing out {@code [batch, event…]} tensors in
   *     order
   */
  void fit(Consumer<Consumer<Tensor>> pass);
}
