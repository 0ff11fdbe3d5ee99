package org.javae.core.objective;

import org.javae.core.distribution.Distribution;
import org.javae.core.distribution.Normal;
import org.javae.core.model.Loss;
import org.javae.tensor.GradientGate;
import org.javae.tensor.Tensor;

/**
 * How an importance-weighted bound {@code ln 1/K Σₖ wₖ}, {@code ln wₖ = ln p(x, zₖ) − ln q(zₖ|x)},
 * trains q. Reparameterised: by its derivative. Doubly reparameterised (Tucker et al., 2019,
 * equation (8)): by {@code Σₖ w̃ₖ² ∂ln wₖ/∂zₖ ∂zₖ/∂φ}, which in the derivative {@code Σₖ w̃ₖ ∂ln
 * wₖ} is one factor w̃ₖ more on the way through zₖ, and 0 on the way through q's density. As
 * factors it comes from the same backward pass as everybody else's gradient.
 */
public final class EncoderGradient {
  private final boolean doubly;
  private GradientGate path;
  private GradientGate score;

  private EncoderGradient(boolean doubly) {
    this.doubly = doubly;
  }

  /** The derivative of the bound. */
  public static EncoderGradient reparameterised() {
    return new EncoderGradient(false);
  }

  /** The doubly reparameterised gradient. */
  public static EncoderGradient doublyReparameterised() {
    return new EncoderGradient(true);
  }

  /** Draws of q, {@code [K·batch, latent]}; all of one bound have the same rows. */
  public Tensor drawn(Tensor z) {
    if (!doubly) {
      return z;
    }
    if (path == null) {
      path = new GradientGate(z.dtype(), z.size(0), 1);
    }
    return path.pass(z);
  }

  /** q where its density is asked for. */
  public Normal density(Normal q) {
    if (!doubly) {
      return q;
    }
    if (score == null) {
      score = new GradientGate(q.mean().dtype(), 1, 1);
    }
    return new Normal(score.pass(q.mean()), score.pass(q.logScale()));
  }

  /**
   * ln q(z|x) at draws, which a reparameterised draw may bring along.
   *
   * @param z what {@link #drawn} made of its value
   * @param k draws of each observation; q must be a diagonal Gaussian for the doubly
   *     reparameterised gradient
   */
  public Tensor density(Distribution q, Distribution.Drawn drawn, Tensor z, int k) {
    return doubly ? density((Normal) q).repeat(k).logProb(z) : drawn.logProb();
  }

  /**
   * Tells a loss with this bound how it trains.
   *
   * @param logWeights ln w, {@code [K, batch]}
   */
  public Loss of(Loss loss, Tensor logWeights) {
    return of(loss, logWeights, 1);
  }

  /**
   * Tells a loss with a mean of M such bounds how it trains.
   *
   * @param logWeights ln w, {@code [M·K, batch]}, a bound's weights one after another
   */
  public Loss of(Loss loss, Tensor logWeights, int m) {
    Loss l = loss;
    if (path != null) {
      Tensor share = logWeights.detach().reshape(m, -1, logWeights.size(1)).softmax(1);
      l = l.bends(path, share.reshape(-1, 1));
    }
    return score == null ? l : l.bends(score, Tensor.zeros(logWeights.dtype(), 1, 1));
  }
}
