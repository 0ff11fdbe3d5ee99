package org.javae.core.distribution;

import org.javae.tensor.Autograd;
import org.javae.tensor.Rng;
import org.javae.tensor.Shape;
import org.javae.tensor.Tensor;

/**
 * Independent counts {@code p(x) = λˣ e^−λ / x!}, of mean and variance λ.
 *
 * @param logRate ln λ, {@code [batch, event…]}
 */
public record Poisson(Tensor logRate) implements Distribution {
  @Override
  public Tensor rsample(Rng r, int k) {
    throw new UnsupportedOperationException("a Poisson sample cannot be reparameterised");
  }

  @Override
  public Tensor sample(Rng r, int k) {
    return Autograd.off(() -> r.poisson(mean().repeatBatch(k)));
  }

  @Override
  public Tensor elementLogProb(Tensor x) {
    return x.times(logRate).minus(logRate.exp()).minus(x.plus(1).lgamma());
  }

  @Override
  public Tensor mean() {
    return logRate.exp();
  }

  @Override
  public Shape shape() {
    return logRate.shape();
  }

  @Override
  public Poisson repeat(int k) {
    return new Poisson(logRate.repeatBatch(k));
  }
}
