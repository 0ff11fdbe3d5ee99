package org.javae.core.posterior;

import org.javae.core.distribution.Distribution;
import org.javae.core.distribution.Normal;
import org.javae.core.flow.Flow;
import org.javae.tensor.Autograd;
import org.javae.tensor.Rng;
import org.javae.tensor.Shape;
import org.javae.tensor.Tensor;

/**
 * The density of {@code z = f(z₀), z₀ ~ N(μ, diag σ²)} (Rezende and Mohamed, 2015, equation (13)):
 * {@code ln q(z) = ln N(z₀; μ, σ²) − ln |det ∂f/∂z₀|} in nats. A draw knows its density from the
 * same pass; the density at any other point goes through the inverse of f, which is slow.
 *
 * @param base N(μ, diag σ²), a row for each observation, event {@code [latent]}
 * @param flow f, whose forward direction is here the one from z₀ to z
 */
public record FlowPosterior(Normal base, Flow flow) implements Distribution {
  /** Half the draws that {@link #mean()} is estimated from. */
  private static final int MEAN_DRAWS = 32;

  @Override
  public Drawn sampled(Rng r, int k) {
    return Autograd.off(() -> draw(r, k));
  }

  @Override
  public Drawn draw(Rng r, int k) {
    Normal many = base.repeat(k);
    Tensor z0 = many.rsample(r);
    Flow.Mapped m = flow.repeat(k).forward(z0);
    Tensor density = many.logProb(z0).minus(m.logDet());
    return new Drawn(m.value(), () -> density);
  }

  @Override
  public Tensor rsample(Rng r, int k) {
    return draw(r, k).value();
  }

  @Override
  public Tensor logProb(Tensor z) {
    Tensor z0 = flow.inverse(z);
    return base.logProb(z0).minus(flow.forward(z0).logDet());
  }

  @Override
  public boolean cheapDensity() {
    return false;
  }

  @Override
  public Tensor elementLogProb(Tensor z) {
    throw new UnsupportedOperationException("the elements of a flow are not independent");
  }

  /** Where the mean of z₀ goes: a code without noise, {@code [batch, latent]}. */
  public Tensor centre() {
    return flow.forward(base.mean()).value();
  }

  /**
   * The expectation, which has no closed form: the average of {@code 2 · 32} draws whose noise is
   * the same for all rows and always, each beside the one opposite to it, so exact while f is
   * affine.
   */
  @Override
  public Tensor mean() {
    return Autograd.off(
        () -> {
          Tensor half =
              Rng.of(0)
                  .split("flow posterior mean")
                  .normal(base.mean().dtype(), MEAN_DRAWS, flow.size());
          Tensor scale = base.scale();
          Tensor sum = Tensor.zerosLike(base.mean());
          for (int i = 0; i < MEAN_DRAWS; i++) {
            Tensor away = scale.times(half.narrow(0, i, 1));
            sum =
                sum.plus(flow.forward(base.mean().plus(away)).value())
                    .plus(flow.forward(base.mean().minus(away)).value());
          }
          return sum.div(2.0 * MEAN_DRAWS);
        });
  }

  @Override
  public Shape shape() {
    return base.shape();
  }

  @Override
  public FlowPosterior repeat(int k) {
    return new FlowPosterior(base.repeat(k), flow.repeat(k));
  }
}
