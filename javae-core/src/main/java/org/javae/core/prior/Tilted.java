package org.javae.core.prior;

import java.util.List;
import java.util.function.UnaryOperator;
import org.javae.core.distribution.Distribution;
import org.javae.core.distribution.FullNormal;
import org.javae.core.distribution.Normal;
import org.javae.tensor.Autograd;
import org.javae.tensor.DType;
import org.javae.tensor.Rng;
import org.javae.tensor.Tensor;

/**
 * {@code p(z) = N(z) exp(T(z)) / C}: a Gaussian tilted by a log-ratio.
 *
 * @param base N, batch 1, event {@code [d]}
 * @param like a Gaussian over about the same places as p, to draw from
 * @param logRatio T, from {@code [batch, d]} to {@code [batch]}
 * @param logConstant ln C, {@code [1]}
 */
record Tilted(Normal base, FullNormal like, UnaryOperator<Tensor> logRatio, Tensor logConstant)
    implements Distribution {
  /** Candidates among which one sample is chosen. */
  private static final int CANDIDATES = 128;

  @Override
  public Tensor logProb(Tensor z) {
    return base.logProb(z).plus(logRatio.apply(z)).minus(logConstant);
  }

  @Override
  public Tensor rsample(Rng r, int k) {
    throw new UnsupportedOperationException("a tilted Gaussian's sample cannot be reparameterised");
  }

  /** n draws of ½ N + ½ {@code like}: {@code [n, d]}, neighbours from different halves. */
  Tensor propose(Rng r, int n) {
    int half = n / 2;
    return Tensor.stack(List.of(base.sample(r, half), like.sample(r, half)), 1).reshape(n, -1);
  }

  /** {@code ln N(z) exp(T(z)) − ln of the proposal's density}: {@code [n]}. */
  Tensor logWeights(Tensor z) {
    Tensor n = base.logProb(z);
    return n.plus(logRatio.apply(z)).minus(n.logAddExp(like.logProb(z)).minus(Math.log(2)));
  }

  /**
   * One of {@value #CANDIDATES} proposals each, chosen by its weight: exact as their number grows
   * (sampling importance resampling, Rubin, 1988).
   */
  @Override
  public Tensor sample(Rng r, int k) {
    return Autograd.off(
        () -> {
          Tensor z = propose(r, k * CANDIDATES);
          Tensor w = logWeights(z).reshape(k, CANDIDATES).softmax(1);
          Tensor choice =
              r.multinomial(w, 1)
                  .reshape(-1)
                  .plus(Tensor.arange(k).times(CANDIDATES).to(DType.INT64));
          return z.indexSelect(0, choice);
        });
  }

  @Override
  public Tensor elementLogProb(Tensor z) {
    throw new UnsupportedOperationException(
        "the elements of a tilted Gaussian are not independent");
  }

  /** The mean of the Gaussian; the tilted one has no closed form. */
  @Override
  public Tensor mean() {
    return base.mean();
  }

  /** Itself: its batch of one broadcasts. */
  @Override
  public Distribution repeat(int k) {
    return this;
  }
}
