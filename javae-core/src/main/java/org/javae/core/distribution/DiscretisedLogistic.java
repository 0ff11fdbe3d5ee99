package org.javae.core.distribution;

import org.javae.tensor.Autograd;
import org.javae.tensor.DType;
import org.javae.tensor.Rng;
import org.javae.tensor.Shape;
import org.javae.tensor.Tensor;

/**
 * Bytes as numbers k/255, k = 0 … 255: a mixture of logistics, independent for every element, whose
 * mass between the midpoints of neighbouring bytes is that of the byte, and all mass beyond the
 * outermost midpoints that of 0 and of 255 (Salimans et al., 2017, PixelCNN++, equation (2); one
 * component: Kingma et al., 2016). {@code P(x) = Σₖ wₖ [F((x + h − μₖ)/sₖ) − F((x − h − μₖ)/sₖ)]}
 * with F the logistic function and h = 1/510.
 *
 * @param logWeights ln w up to a constant, {@code [batch, K, event…]}
 * @param mean μ, same shape
 * @param logScale ln s, same shape
 */
public record DiscretisedLogistic(Tensor logWeights, Tensor mean, Tensor logScale)
    implements Distribution {
  /** Half the width of a bin. */
  private static final double HALF = 1.0 / 510;

  /** Not defined: bytes have no derivative. */
  @Override
  public Tensor rsample(Rng r, int k) {
    throw new UnsupportedOperationException("a byte cannot be reparameterised");
  }

  /** Draws a component for every element, then a logistic, and rounds to the nearest byte. */
  @Override
  public Tensor sample(Rng r, int k) {
    return Autograd.off(
        () -> {
          // The largest of ln w plus Gumbel noise is a draw of the component.
          Tensor u = uniform(r, logWeights.repeatBatch(k));
          Tensor best = logWeights.repeatBatch(k).minus(u.log().neg().log()).argmax(1).unsqueeze(1);
          Tensor m = mean.repeatBatch(k).gather(1, best).squeeze(1);
          Tensor s = logScale.repeatBatch(k).gather(1, best).squeeze(1).exp();
          Tensor v = uniform(r, m);
          Tensor x = m.plus(s.times(v.log().minus(v.neg().log1p())));
          return x.clamp(0, 1).times(255).round().times(1.0 / 255);
        });
  }

  private static Tensor uniform(Rng r, Tensor like) {
    double gap = like.dtype() == DType.FLOAT64 ? 0x1p-53 : 0x1p-24;
    return r.uniform(like.dtype(), like.shape().toArray()).clamp(gap, 1 - gap);
  }

  @Override
  public Tensor elementLogProb(Tensor x) {
    Tensor at = x.unsqueeze(1);
    Tensor rate = logScale.neg().exp();
    Tensor upper = at.plus(HALF).minus(mean).times(rate).logSigmoid();
    Tensor lower = at.minus(HALF).minus(mean).times(rate).neg().logSigmoid();
    // F(a) − F(b) = F(a) F(−b) (1 − e^{b − a}): nothing cancels, however narrow or far the bin.
    Tensor inside = upper.plus(lower).plus(rate.times(-2 * HALF).expm1().neg().log());
    Tensor log = Tensor.where(at.lt(HALF), upper, Tensor.where(at.gt(1 - HALF), lower, inside));
    return log.plus(logWeights.logSoftmax(1)).logSumExp(1);
  }

  /**
   * The mean of the logistics cut to [0, 1], {@code Σₖ wₖ sₖ [ln(1 + e^{μₖ/sₖ}) − ln(1 + e^{(μₖ −
   * 1)/sₖ})]}: that of the bytes but for rounding, which is at most half a bin.
   */
  @Override
  public Tensor mean() {
    Tensor rate = logScale.neg().exp();
    Tensor cut =
        mean.times(rate)
            .softplus()
            .minus(mean.minus(1).times(rate).softplus())
            .times(logScale.exp());
    return logWeights.softmax(1).times(cut).sum(1);
  }

  @Override
  public Shape shape() {
    long[] s = mean.shape().toArray();
    long[] r = new long[s.length - 1];
    r[0] = s[0];
    System.arraycopy(s, 2, r, 1, s.length - 2);
    return Shape.of(r);
  }

  @Override
  public DiscretisedLogistic repeat(int k) {
    return new DiscretisedLogistic(
        logWeights.repeatBatch(k), mean.repeatBatch(k), logScale.repeatBatch(k));
  }
}
