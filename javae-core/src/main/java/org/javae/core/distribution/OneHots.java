package org.javae.core.distribution;

import org.javae.tensor.Rng;
import org.javae.tensor.Shape;
import org.javae.tensor.Tensor;

/**
 * N independent choices among K classes as one vector of N·K indicators, which is what an encoder
 * gives and a decoder takes: a {@link Categorical} laid flat.
 *
 * @param choices event {@code [N, K]}, with normalised logits
 */
public record OneHots(Categorical choices) implements Distribution {
  /**
   * From free numbers.
   *
   * @param logits {@code [batch, N·K]}
   */
  public static OneHots of(Tensor logits, int classes) {
    Tensor l = logits.reshape(logits.size(0), -1, classes);
    return new OneHots(new Categorical(l.logSoftmax(-1)));
  }

  /** N. */
  public int variables() {
    return Math.toIntExact(choices.logits().size(1));
  }

  @Override
  public Tensor rsample(Rng r, int k) {
    return choices.rsample(r, k);
  }

  @Override
  public Tensor sample(Rng r, int k) {
    return choices.sample(r, k).flatten();
  }

  /** Of the whole vector; its logits are normalised already, which tables of pairs thank for. */
  @Override
  public Tensor logProb(Tensor z) {
    return choices.logits().flatten().times(z).sum(1);
  }

  /** Log-mass of each choice: {@code [batch, N]}. */
  @Override
  public Tensor elementLogProb(Tensor z) {
    return choices.elementLogProb(z.reshape(z.size(0), -1, choices.classes()));
  }

  /** The likeliest class of each variable, as indicators; of equally likely ones the first. */
  public Tensor mode() {
    return nearest(choices.logits(), choices.classes()).flatten();
  }

  /** The choice nearest to each vector of numbers: {@code [batch, N·K]} to the same shape. */
  public static Tensor nearest(Tensor z, int classes) {
    Tensor v = z.reshape(z.size(0), -1, classes);
    return v.argmax(-1).oneHot(classes).to(z.dtype()).reshape(z.shape().toArray());
  }

  /** The probabilities. */
  @Override
  public Tensor mean() {
    return choices.mean().flatten();
  }

  @Override
  public Shape shape() {
    return Shape.of(choices.logits().size(0), choices.logits().flatten().size(1));
  }

  @Override
  public OneHots repeat(int k) {
    return new OneHots(choices.repeat(k));
  }
}
