package org.javae.core.model;

import java.util.function.DoubleConsumer;
import org.javae.tensor.Rng;
import org.javae.tensor.Tensor;

/** Makes new observations. */
public interface Generates {
  /** The mean of p(x given z) for {@code n} draws of z from the prior: {@code [n, event…]}. */
  Tensor generate(int n, Rng rng);

  /**
   * Passes through the model that have to follow one another for a draw: 1 unless it is made
   * element by element, or by a chain.
   */
  default long samplingSteps() {
    return 1;
  }

  /**
   * The same, for those that take their time.
   *
   * @param progress told the fraction done
   */
  default Tensor generate(int n, Rng rng, DoubleConsumer progress) {
    return generate(n, rng);
  }
}
