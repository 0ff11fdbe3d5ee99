package org.javae.core.distribution;

import org.javae.tensor.Autograd;
import org.javae.tensor.Rng;
import org.javae.tensor.Shape;
import org.javae.tensor.Tensor;

/**
 * Independent choices among K classes, {@code p(x) = Πₖ pₖ^xₖ} with {@code pₖ = exp(lₖ) / Σⱼ
 * exp(lⱼ)}. Observations are indicators (one-hot) along the last dimension, so the mean is the
 * vector of probabilities.
 *
 * @param logits l, {@code [batch, event…, K]}, finite; each vector is free up to a constant
 */
public record Categorical(Tensor logits) implements Distribution {
  /** ln p, normalised: {@code [batch, event…, K]}. */
  public Tensor logProbabilities() {
    return logits.logSoftmax(-1);
  }

  /** K. */
  public int classes() {
    return Math.toIntExact(logits.size(-1));
  }

  @Override
  public Tensor rsample(Rng r, int k) {
    throw new UnsupportedOperationException("a Categorical sample cannot be reparameterised");
  }

  @Override
  public Tensor sample(Rng r, int k) {
    return Autograd.off(
        () -> {
          Tensor p = mean().repeatBatch(k);
          Tensor choices = r.multinomial(p.reshape(-1, classes()), 1);
          return choices.oneHot(classes()).to(p.dtype()).reshape(p.shape().toArray());
        });
  }

  /** Log-mass of each choice: {@code [batch, event…]} without the class dimension. */
  @Override
  public Tensor elementLogProb(Tensor x) {
    return logProbabilities().times(x).sum(-1);
  }

  /** The probabilities. */
  @Override
  public Tensor mean() {
    return logits.softmax(-1);
  }

  @Override
  public Shape shape() {
    return logits.shape();
  }

  @Override
  public Categorical repeat(int k) {
    return new Categorical(logits.repeatBatch(k));
  }
}
