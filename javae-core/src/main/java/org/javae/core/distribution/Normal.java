package org.javae.core.distribution;

import org.javae.tensor.DType;
import org.javae.tensor.Rng;
import org.javae.tensor.Shape;
import org.javae.tensor.Tensor;

/**
 * Independent Gaussians {@code N(x; μ, σ²) = exp(−(x − μ)² / 2σ²) / √(2πσ²)} for every element of
 * the event (equation (5) of Kingma and Welling's model). The scale is held as ln σ so that it is
 * positive and its gradient well scaled.
 *
 * @param mean μ, {@code [batch, event…]}
 * @param logScale ln σ, same shape or broadcastable to it
 */
public record Normal(Tensor mean, Tensor logScale) implements Distribution {
  private static final double HALF_LOG_TWO_PI = 0.5 * Math.log(2 * Math.PI);

  /** N(0, I) with batch 1. */
  public static Normal standard(DType type, long... event) {
    long[] s = Shape.of(event).prepend(1).toArray();
    return new Normal(Tensor.zeros(type, s), Tensor.zeros(type, s));
  }

  /** σ. */
  public Tensor scale() {
    return logScale.exp();
  }

  @Override
  public Tensor rsample(Rng r, int k) {
    Tensor m = mean.repeatBatch(k);
    Tensor s = Batches.repeat(logScale.exp(), mean, k);
    return m.plus(s.times(r.normal(mean.dtype(), m.shape().toArray())));
  }

  @Override
  public Tensor elementLogProb(Tensor x) {
    Tensor standardised = x.minus(mean).times(logScale.neg().exp());
    return standardised.square().times(-0.5).minus(logScale).minus(HALF_LOG_TWO_PI);
  }

  @Override
  public Shape shape() {
    return mean.shape();
  }

  @Override
  public Normal repeat(int k) {
    return new Normal(mean.repeatBatch(k), Batches.repeat(logScale, mean, k));
  }
}
