package org.javae.core.distribution;

import org.javae.core.geometry.PoincareBall;
import org.javae.tensor.Rng;
import org.javae.tensor.Shape;
import org.javae.tensor.Tensor;

/**
 * Gaussians wrapped onto hyperbolic space: {@code z = exp_μ(u/λ_μ)} with u ~ N(0, diag σ²), of
 * density
 *
 * <pre>p(z) = N(λ_μ log_μ(z); 0, diag σ²) (ρ / sinh ρ)^{d−1},   ρ = √c d(μ, z)</pre>
 *
 * with respect to the space's own (Riemannian) measure (Nagano et al., 2019; Mathieu et al., 2019,
 * equation (8)). To integrate over the ball's coordinates multiply by λ_z^d.
 *
 * @param ball the space
 * @param mean μ, a point of it, {@code [batch, d]}
 * @param logScale ln σ in units of length at μ, {@code [batch, d]}
 */
public record WrappedNormal(PoincareBall ball, Tensor mean, Tensor logScale)
    implements Distribution {
  @Override
  public Tensor rsample(Rng r, int k) {
    Tensor m = mean.repeatBatch(k);
    Tensor noise = r.normal(mean.dtype(), m.shape().toArray());
    return ball.walk(m, noise.times(logScale.exp().repeatBatch(k)));
  }

  @Override
  public Tensor logProb(Tensor z) {
    Tensor u = ball.way(mean, z);
    Tensor zero = Tensor.zerosLike(logScale);
    // Where u is 0 the ratio below is 1, but its root has no derivative.
    Tensor rho = u.square().sum(1).times(ball.c()).clamp(1e-16, Double.POSITIVE_INFINITY).sqrt();
    // ln sinh ρ = ρ + ln(1 − e^{−2ρ}) − ln 2, which does not overflow.
    Tensor logSinh = rho.plus(rho.times(-2).expm1().neg().log()).minus(Math.log(2));
    return new Normal(zero, logScale)
        .logProb(u)
        .plus(rho.log().minus(logSinh).times(mean.size(1) - 1.0));
  }

  @Override
  public Tensor elementLogProb(Tensor z) {
    throw new UnsupportedOperationException(
        "the coordinates of a wrapped Gaussian are not independent");
  }

  @Override
  public Shape shape() {
    return mean.shape();
  }

  @Override
  public WrappedNormal repeat(int k) {
    return new WrappedNormal(ball, mean.repeatBatch(k), logScale.repeatBatch(k));
  }
}
