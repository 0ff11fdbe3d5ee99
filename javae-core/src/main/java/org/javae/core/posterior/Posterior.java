package org.javae.core.posterior;

import org.javae.core.distribution.Distribution;
import org.javae.tensor.Tensor;

/** A family of distributions q(z|x) by the numbers an encoder gives for each observation. */
public interface Posterior {
  /** How many numbers. */
  int outputs();

  /**
   * q(z|x).
   *
   * @param h the encoder's output, {@code [batch, outputs]}
   * @return batch of h, event {@code [latent]}
   */
  Distribution of(Tensor h);
}
