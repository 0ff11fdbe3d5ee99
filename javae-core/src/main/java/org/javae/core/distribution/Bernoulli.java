package org.javae.core.distribution;

import org.javae.tensor.Autograd;
import org.javae.tensor.Rng;
import org.javae.tensor.Shape;
import org.javae.tensor.Tensor;

/**
 * Independent coin tosses {@code p(x) = sˣ (1 − s)¹⁻ˣ, s = 1/(1 + e⁻ˡ)} with logits l. For x
 * strictly between 0 and 1 this is the cross entropy, not a density: {@link ContinuousBernoulli}
 * normalises it.
 *
 * @param logits l, {@code [batch, event…]}
 */
public record Bernoulli(Tensor logits) implements Distribution {
  @Override
  public Tensor rsample(Rng r, int k) {
    throw new UnsupportedOperationException("a Bernoulli sample cannot be reparameterised");
  }

  @Override
  public Tensor sample(Rng r, int k) {
    return Autograd.off(() -> r.bernoulli(mean().repeatBatch(k)));
  }

  @Override
  public Tensor elementLogProb(Tensor x) {
    // The engine's fused cross entropy wants equal shapes; only a broadcast batch differs.
    Tensor[] same = Batches.align(logits, x);
    return same[0].crossEntropyWithLogits(same[1]).neg();
  }

  @Override
  public Tensor mean() {
    return logits.sigmoid();
  }

  @Override
  public Shape shape() {
    return logits.shape();
  }

  @Override
  public Bernoulli repeat(int k) {
    return new Bernoulli(logits.repeatBatch(k));
  }
}
