package org.javae.core.prior;

import org.javae.core.distribution.Normal;
import org.javae.core.model.Params;
import org.javae.tensor.Tensor;

/**
 * A Gaussian {@code N(m, diag s²)} whose mean and scale are learned with everything else. As the
 * decoder can undo any shift and scale, it changes what the penalties and metrics of codes see, not
 * the best ELBO.
 */
final class LearnedPrior implements Prior {
  private final Tensor mean;
  private final Tensor logScale;

  LearnedPrior(Params params, int latent) {
    mean = params.parameter("prior.mean", Tensor.zeros(params.type(), 1, latent));
    logScale = params.parameter("prior.log_scale", Tensor.zeros(params.type(), 1, latent));
  }

  @Override
  public Normal distribution() {
    return new Normal(mean, logScale);
  }
}
