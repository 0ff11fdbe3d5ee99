package org.javae.core.prior;

import java.util.function.Function;
import org.javae.core.distribution.Normal;
import org.javae.core.distribution.NormalMixture;
import org.javae.core.model.DataSpec;
import org.javae.core.model.Params;
import org.javae.tensor.Scope;
import org.javae.tensor.Tensor;
import org.javae.tensor.UserException;

/**
 * Variational mixture of posteriors {@code p(z) = 1/K Σₖ q(z given uₖ)} at K learned pseudo-inputs
 * (Tomczak and Welling, 2018, equation (9)). With the data themselves as pseudo-inputs it is the
 * aggregated posterior, the best prior there is for a given encoder.
 */
final class VampPrior implements Prior {
  private final Tensor pseudoInputs;
  private final boolean unit;
  private final Function<Tensor, Normal> posterior;

  VampPrior(DataSpec data, Params params, int k, Function<Tensor, Normal> posterior) {
    if (data.rows() > 0 && k > data.rows()) {
      throw UserException.usage(
          "prior vamp:%d has more pseudo-inputs than there are training rows, %d; use at most that many, or prior=aggregate"
              + " for the rows themselves",
          k, data.rows());
    }
    long[] shape = data.event().prepend(k).toArray();
    this.unit = data.unitInterval();
    this.posterior = posterior;
    // Grey noise where values lie in [0, 1], else draws from the standardised data's scale.
    this.pseudoInputs =
        Scope.run(
            () -> {
              Tensor n = params.init().normal(params.type(), shape);
              return params.parameter(
                  "prior.pseudo_inputs", unit ? n.times(0.2).plus(0.3).clamp(0.01, 0.99) : n);
            });
  }

  @Override
  public NormalMixture distribution() {
    return NormalMixture.uniform(posterior.apply(unit ? pseudoInputs.clamp(0, 1) : pseudoInputs));
  }
}
