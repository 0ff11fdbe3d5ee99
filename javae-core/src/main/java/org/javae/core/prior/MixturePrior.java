package org.javae.core.prior;

import org.javae.core.distribution.Normal;
import org.javae.core.distribution.NormalMixture;
import org.javae.core.model.Params;
import org.javae.tensor.Scope;
import org.javae.tensor.Tensor;

/**
 * A mixture of K Gaussians {@code p(z) = Σₖ wₖ N(z; mₖ, diag sₖ²)} with learned weights, means and
 * scales (the "MoG" prior of Tomczak and Welling, 2018). Means start spread over N(0, I).
 */
final class MixturePrior implements Prior {
  private final Tensor weights;
  private final Tensor means;
  private final Tensor logScales;

  MixturePrior(Params params, int latent, int k) {
    weights = params.parameter("prior.log_weights", Tensor.zeros(params.type(), 1, k));
    means =
        Scope.run(
            () -> params.parameter("prior.means", params.init().normal(params.type(), k, latent)));
    logScales = params.parameter("prior.log_scales", Tensor.zeros(params.type(), k, latent));
  }

  @Override
  public NormalMixture distribution() {
    return new NormalMixture(weights, new Normal(means, logScales));
  }
}
