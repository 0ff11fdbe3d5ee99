package org.javae.core.distribution;

import org.javae.core.geometry.Sphere;
import org.javae.tensor.Rng;
import org.javae.tensor.Shape;
import org.javae.tensor.Tensor;

/**
 * The uniform distribution on the unit sphere in m coordinates, {@code p(z) = Γ(m/2) / 2π^{m/2}}
 * with respect to its surface.
 *
 * @param mean 0, which is where its centre lies, {@code [batch, m]}
 */
public record HypersphericalUniform(Tensor mean) implements Distribution {
  @Override
  public Tensor rsample(Rng r, int k) {
    Tensor at = mean.repeatBatch(k);
    return Sphere.nearest(r.normal(mean.dtype(), at.shape().toArray()));
  }

  /** The same everywhere. */
  @Override
  public Tensor logProb(Tensor z) {
    return Tensor.zerosLike(z).sum(1).minus(Sphere.logArea(Math.toIntExact(mean.size(1))));
  }

  @Override
  public Tensor elementLogProb(Tensor z) {
    throw new UnsupportedOperationException("the coordinates on a sphere are not independent");
  }

  @Override
  public Shape shape() {
    return mean.shape();
  }

  @Override
  public HypersphericalUniform repeat(int k) {
    return new HypersphericalUniform(mean.repeatBatch(k));
  }
}
