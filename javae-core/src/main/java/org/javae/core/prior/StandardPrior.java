package org.javae.core.prior;

import org.javae.core.distribution.Normal;
import org.javae.core.model.Params;
import org.javae.tensor.Tensor;

/** N(0, I) (Kingma and Welling, 2014). */
final class StandardPrior implements Prior {
  private final Normal normal;

  StandardPrior(Params params, int latent) {
    Tensor zeros = params.constant(Tensor.zeros(params.type(), 1, latent));
    normal = new Normal(zeros, zeros);
  }

  @Override
  public Normal distribution() {
    return normal;
  }
}
