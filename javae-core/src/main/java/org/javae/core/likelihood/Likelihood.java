package org.javae.core.likelihood;

import org.javae.core.distribution.Distribution;
import org.javae.tensor.Shape;
import org.javae.tensor.Tensor;

/** Turns the decoder's output into p(x given z). */
public interface Likelihood {
  /** Shape the decoder must produce for one observation. */
  Shape outputShape();

  /** The distribution of a batch of decoder outputs, {@code [batch, outputShape…]}. */
  Distribution of(Tensor decoderOutput);
}
