package org.javae.core.model;

import org.javae.core.distribution.Distribution;
import org.javae.tensor.Rng;
import org.javae.tensor.Tensor;

/**
 * {@code p(x) = ∫ p(z) p(x given z) dz} with an approximate or exact posterior q(z given x). All
 * shared work (bounds, likelihood estimates, sampling, reconstruction, traversal) is written once
 * over these three distributions.
 */
public interface LatentVariableModel extends Encodes, Decodes, Generates {
  /** q(z given x): batch of x, event {@code [latent]}. */
  Distribution posterior(Tensor x);

  /** p(z): batch 1, event {@code [latent]}. */
  Distribution prior();

  /** p(x given z): batch of z, event of x. */
  Distribution likelihood(Tensor z);

  /**
   * Whether z ranges over all of Rᵈ, each dimension a unit of its own. On a curved space or among
   * choices it does not: then there are no active units to count, and nothing moves z by straight
   * steps.
   */
  default boolean euclidean() {
    return true;
  }

  @Override
  default Tensor encode(Tensor x) {
    return code(posterior(x));
  }

  /** The codes that {@link #encode} gives, out of posteriors that are at hand. */
  default Tensor code(Distribution posterior) {
    return posterior.mean();
  }

  @Override
  default Tensor decode(Tensor z) {
    return likelihood(z).mean();
  }

  @Override
  default Tensor generate(int n, Rng rng) {
    return decode(prior().sample(rng, n));
  }
}
