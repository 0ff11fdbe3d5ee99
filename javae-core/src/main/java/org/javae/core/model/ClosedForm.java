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

  /**
   * Fits the model from batches, for one that looks at labels or at which views are there; others
   * look at the values only.
   *
   * @param pass runs one pass over the training set, handing out batches in order
   */
  default void fitBatches(Consumer<Consumer<Batch>> pass) {
    fit(consumer -> pass.accept(b -> consumer.accept(b.x())));
  }
}
