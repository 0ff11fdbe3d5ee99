package org.javae.models.unimodal;

import org.javae.core.model.DataSpec;
import org.javae.core.model.Generates;
import org.javae.core.model.Loss;
import org.javae.core.model.Params;
import org.javae.core.train.Step;
import org.javae.tensor.Rng;
import org.javae.tensor.Tensor;

/**
 * Wasserstein autoencoders (Tolstikhin et al., 2018, equation (4); equation (40) of the lecture):
 * minimise {@code E ‖x − D(E(x))‖² + λ 𝒟(Q, P)} with Q the distribution of all codes E(x) and P =
 * N(0, I). Unlike a VAE's KL, 𝒟 does not press the codes of single observations towards the prior,
 * so the encoder may be deterministic. The models differ in 𝒟 only.
 */
abstract class WassersteinAutoencoder extends Autoencoder implements Generates {
  private final double lambda;

  WassersteinAutoencoder(DataSpec data, Params params, Autoencoder.Config config, double lambda) {
    super(data, params, config);
    this.lambda = lambda;
  }

  /**
   * 𝒟 from codes and as many draws of the prior, {@code [batch, latent]} each: one number for the
   * batch, or one for each of its codes.
   */
  protected abstract Tensor discrepancy(Tensor codes, Tensor prior, Step step);

  @Override
  protected Loss objective(Loss squaredError, Tensor z, Step step) {
    Tensor d = discrepancy(z, prior(z.size(0), step.rng()), step);
    // One number for the batch belongs to every observation of it alike.
    return squaredError.plus("discrepancy", lambda, d.expand(z.size(0)));
  }

  /** Draws of P: {@code [n, latent]}. */
  protected final Tensor prior(long n, Rng rng) {
    return rng.normal(params().type(), n, latent());
  }

  @Override
  public Tensor generate(int n, Rng rng) {
    return decode(prior(n, rng));
  }
}
