package org.javae.core.distribution;

import org.javae.tensor.Rng;
import org.javae.tensor.Shape;
import org.javae.tensor.Tensor;

/**
 * Independent double exponentials {@code p(x) = exp(−|x − μ| / b) / 2b} for every element of the
 * event. The maximum likelihood of a Laplace decoder is the least absolute error.
 *
 * @param mean μ, {@code [batch, event…]}
 * @param logScale ln b, same shape or broadcastable to it
 */
public record Laplace(Tensor mean, Tensor logScale) implements Distribution {
  private static final double LOG_TWO = Math.log(2);

  /** b. */
  public Tensor scale() {
    return logScale.exp();
  }

  @Override
  public Tensor rsample(Rng r, int k) {
    Tensor m = mean.repeatBatch(k);
    // The difference of two exponential draws: unlike the inverse of the distribution function it
    // is finite for every
    // uniform draw of [0, 1) and has both tails.
    Tensor u = r.uniform(mean.dtype(), m.shape().prepend(2).toArray()).neg().log1p();
    Tensor noise = u.select(0, 1).minus(u.select(0, 0));
    return m.plus(Batches.repeat(logScale.exp(), mean, k).times(noise));
  }

  @Override
  public Tensor elementLogProb(Tensor x) {
    return x.minus(mean).abs().times(logScale.neg().exp()).neg().minus(logScale).minus(LOG_TWO);
  }

  @Override
  public Shape shape() {
    return mean.shape();
  }

  @Override
  public Laplace repeat(int k) {
    return new Laplace(mean.repeatBatch(k), Batches.repeat(logScale, mean, k));
  }
}
