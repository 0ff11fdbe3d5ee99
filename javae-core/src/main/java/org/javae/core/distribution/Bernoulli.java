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

  /** The sign is turned after the sum: of one number an observation, not of every pixel. */
  @Override
  public Tensor logProb(Tensor x) {
    return crossEntropy(x).sumEvent().neg();
  }

  /** Without copies of the observations. */
  @Override
  public Tensor logProbRepeating(Tensor x, int k) {
    if (k == 1) {
      return logProb(x);
    }
    long[] s = logits.shape().toArray();
    long[] each = new long[s.length + 1];
    System.arraycopy(s, 0, each, 1, s.length);
    each[0] = k;
    each[1] = x.size(0);
    Tensor c = logits.reshape(each).crossEntropyWithLogits(x.unsqueeze(0).expand(each));
    return c.reshape(s).sumEvent().neg();
  }

  @Override
  public Tensor elementLogProb(Tensor x) {
    return crossEntropy(x).neg();
  }

  private Tensor crossEntropy(Tensor x) {
    // The engine's fused cross entropy wants equal shapes; only a broadcast batch differs.
    Tensor[] same = Batches.align(logits, x);
    return same[0].crossEntropyWithLogits(same[1]);
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
