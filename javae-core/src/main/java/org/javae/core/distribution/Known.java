package org.javae.core.distribution;

import org.javae.tensor.Rng;
import org.javae.tensor.Shape;
import org.javae.tensor.Tensor;

/**
 * What was told and is not modelled: every draw is the value itself, and {@code ln p(x | x) = 0}.
 * It holds the place of a condition in a {@link Product}, so that {@code p(x, y | y)} is {@code p(x
 * | y)}.
 *
 * @param values {@code [batch, event…]}
 */
public record Known(Tensor values) implements Distribution {
  @Override
  public Tensor rsample(Rng r, int k) {
    return values.repeatBatch(k);
  }

  /** 0 for every observation, which is taken to be the one that was told. */
  @Override
  public Tensor elementLogProb(Tensor x) {
    return Tensor.zerosLike(x);
  }

  @Override
  public Tensor mean() {
    return values;
  }

  @Override
  public Known repeat(int k) {
    return new Known(values.repeatBatch(k));
  }

  @Override
  public Shape shape() {
    return values.shape();
  }
}
