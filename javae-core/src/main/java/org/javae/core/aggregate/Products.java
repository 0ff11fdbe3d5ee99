package org.javae.core.aggregate;

import java.util.List;
import org.javae.core.distribution.Normal;
import org.javae.tensor.Tensor;

/**
 * Products of Gaussian experts, {@code q(z) ∝ p(z)^w₀ Πₘ qₘ(z)^wₘ}, which are Gaussian: precisions
 * add up, {@code T = w₀ + Σₘ wₘ Tₘ}, and {@code μ = Σₘ wₘ Tₘ μₘ / T} (Wu and Goodman, 2018,
 * equation (22) of the lecture; with real weights Cao and Fleet, 2014). An observation all of whose
 * weights are zero gets the prior N(0, I).
 */
public final class Products {
  private Products() {}

  /**
   * With the prior N(0, I) among the experts.
   *
   * @param experts qₘ, batch, event {@code [latent]}
   * @param weights wₘ ≥ 0 of each observation, {@code [batch, M]}
   */
  public static Normal withPrior(List<Normal> experts, Tensor weights) {
    return product(experts, weights, null);
  }

  /** Of the experts alone. */
  public static Normal of(List<Normal> experts, Tensor weights) {
    // Where no expert speaks the prior does.
    return product(experts, weights, weights.sum(1).eq(0).to(weights.dtype()).unsqueeze(1));
  }

  /**
   * Quotients (equation (23)): the experts are posteriors that hold the prior already, so that
   * {@code q(z) ∝ Πₘ qₘ(z)^wₘ / p(z)^(Σ wₘ − 1)}: {@code T = 1 + Σₘ wₘ (Tₘ − 1)}. An expert wider
   * than the prior would make a precision negative; it counts as the prior, which tells nothing.
   */
  public static Normal quotient(List<Normal> experts, Tensor weights) {
    List<Tensor> gains = experts.stream().map(e -> precision(e).minus(1).clamp(0, 1e30)).toList();
    Tensor total = null;
    Tensor pull = null;
    for (int m = 0; m < experts.size(); m++) {
      Tensor w = weights.narrow(1, m, 1);
      Tensor t = w.times(gains.get(m));
      // μ of the factor qₘ/p solves (Tₘ − 1) μ = Tₘ μₘ; without gain there is no factor.
      Tensor known = gains.get(m).gt(0).to(t.dtype());
      Tensor p = w.times(known).times(precision(experts.get(m))).times(experts.get(m).mean());
      total = total == null ? t : total.plus(t);
      pull = pull == null ? p : pull.plus(p);
    }
    Tensor precision = total.plus(1);
    return new Normal(pull.div(precision), precision.log().times(-0.5));
  }

  private static Normal product(List<Normal> experts, Tensor weights, Tensor priorWeight) {
    Tensor total = null;
    Tensor pull = null;
    for (int m = 0; m < experts.size(); m++) {
      Tensor t = weights.narrow(1, m, 1).times(precision(experts.get(m)));
      Tensor p = t.times(experts.get(m).mean());
      total = total == null ? t : total.plus(t);
      pull = pull == null ? p : pull.plus(p);
    }
    Tensor precision = priorWeight == null ? total.plus(1) : total.plus(priorWeight);
    return new Normal(pull.div(precision), precision.log().times(-0.5));
  }

  private static Tensor precision(Normal e) {
    return e.logScale().times(-2).exp();
  }
}
