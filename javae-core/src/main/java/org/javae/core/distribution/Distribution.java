package org.javae.core.distribution;

import java.util.function.Supplier;
import org.javae.tensor.Autograd;
import org.javae.tensor.Rng;
import org.javae.tensor.Shape;
import org.javae.tensor.Tensor;

/**
 * A batch of probability distributions. The first dimension of every tensor is the batch, all
 * others are the event; a batch of one broadcasts against any batch, so a prior is a distribution
 * with batch 1. Log-densities are in nats.
 */
public interface Distribution {
  /**
   * Draws {@code k} reparameterised samples of each distribution: {@code [k·batch, event…]}, draw j
   * of row i at row {@code j·batch + i}; gradients flow to the parameters.
   *
   * @throws UnsupportedOperationException if this distribution is discrete
   */
  Tensor rsample(Rng r, int k);

  /**
   * Samples as by {@link #rsample(Rng, int)}, with their log-density under this distribution. A
   * distribution that is sampled by pushing noise through a map knows both from one pass, while the
   * density at a given point may need the map's inverse.
   */
  default Drawn draw(Rng r, int k) {
    Tensor z = rsample(r, k);
    return new Drawn(z, () -> repeat(k).logProb(z));
  }

  /** As {@link #draw} without gradients, which discrete distributions and mixtures can do too. */
  default Drawn sampled(Rng r, int k) {
    Tensor z = sample(r, k);
    return new Drawn(z, () -> repeat(k).logProb(z));
  }

  /**
   * Samples with their own density.
   *
   * @param value {@code [k·batch, event…]}
   * @param density computes ln of the density at them, when asked for: {@code [k·batch]}
   */
  record Drawn(Tensor value, Supplier<Tensor> density) {
    /** Log-density of each sample, {@code [k·batch]}, nats. */
    public Tensor logProb() {
      return density.get();
    }
  }

  /** One reparameterised sample each: {@code [batch, event…]}. */
  default Tensor rsample(Rng r) {
    return rsample(r, 1);
  }

  /**
   * Draws {@code k} samples of each distribution without gradients, laid out as by {@link
   * #rsample(Rng, int)}.
   */
  default Tensor sample(Rng r, int k) {
    return Autograd.off(() -> rsample(r, k));
  }

  /** One sample each, without gradients. */
  default Tensor sample(Rng r) {
    return sample(r, 1);
  }

  /**
   * Whether the density at a point that this did not draw costs about as much as a draw. Where not,
   * measures that need the density of every draw under every distribution are left out.
   */
  default boolean cheapDensity() {
    return true;
  }

  /** Log-density (or log-mass) of each observation, the event summed: {@code [batch]}. */
  default Tensor logProb(Tensor x) {
    return elementLogProb(x).sumEvent();
  }

  /**
   * Log-density of n observations, each under k of these k·n distributions, which k samples of
   * something led to: {@code [k·n]}, observation i under rows {@code j·n + i}.
   */
  default Tensor logProbRepeating(Tensor x, int k) {
    return logProb(x.repeatBatch(k));
  }

  /**
   * Log-density of each independent element, so that {@link #logProb} is their sum: {@code [batch,
   * event…]}, or without the class dimension for {@link Categorical}.
   *
   * @throws UnsupportedOperationException if the elements are not independent
   */
  Tensor elementLogProb(Tensor x);

  /** Expectation: {@code [batch, event…]}. */
  Tensor mean();

  /** Shape of one sample each: {@code [batch, event…]}. */
  default Shape shape() {
    return mean().shape();
  }

  /**
   * The same distributions repeated: batch {@code k·batch}, copy j of row i at row {@code j·batch +
   * i}.
   */
  Distribution repeat(int k);
}
