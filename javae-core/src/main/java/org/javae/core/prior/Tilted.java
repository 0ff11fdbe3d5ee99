package org.javae.core.prior;

import java.util.function.UnaryOperator;
import org.javae.core.distribution.Distribution;
import org.javae.core.distribution.Normal;
import org.javae.tensor.Autograd;
import org.javae.tensor.DType;
import org.javae.tensor.Rng;
import org.javae.tensor.Tensor;

/**
 * {@code p(z) = N(z) exp(T(z)) / C}: a Gaussian tilted by a log-ratio.
 *
 * @param base N, batch 1, event {@code [d]}
 * @param logRatio T, from {@code [batch, d]} to {@code [batch]}
 * @param logConstant ln C, {@code [1]}
 */
record Tilted(Normal base, UnaryOperator<Tensor> logRatio, Tensor logConstant)
    implements Distribution {
  /** Candidates among which one sample is chosen. */
  private static final int CANDIDATES = 64;

  @Override
  public Tensor logProb(Tensor z) {
    return base.logProb(z).plus(logRatio.apply(z)).minus(logConstant);
  }

  @Override
  public Tensor rsample(Rng r, int k) {
    throw new UnsupportedOperationException("a tilted Gaussian's sample cannot be reparameterised");
  }

  /**
   * One of {@value #CANDIDATES} draws of N each, chosen in proportion to exp T: exact as their
   * number grows (sampling importance resampling, Rubin, 1988).
   */
  @Override
  public Tensor sample(Rng r, int k) {
    return Autograd.off(
        () -> {
          Tensor z = base.sample(r, k * CANDIDATES);
          Tensor w = logRatio.apply(z).reshape(k, CANDIDATES).softmax(1);
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
