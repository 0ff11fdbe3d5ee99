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
   * @param weights wₘ ≥ 0 of each observation, {@code [batch, M]}; {@code [k·batch, M]} makes k
   *     products of each observation's experts, the j-th of row i at row {@code j·batch + i}
   */
  public static Normal withPrior(List<Normal> experts, Tensor weights) {
    return product(experts, weights, null);
  }

  /** Of the experts alone; weights as of {@link #withPrior}. */
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
    Sums sums = new Sums(weights);
    for (int m = 0; m < experts.size(); m++) {
      Tensor precision = precision(experts.get(m));
      Tensor gain = precision.minus(1).clamp(0, 1e30);
      // μ of the factor qₘ/p solves (Tₘ − 1) μ = Tₘ μₘ; without gain there is no factor.
      Tensor known = gain.gt(0).to(gain.dtype());
      sums.add(m, gain, known.times(precision).times(experts.get(m).mean()));
    }
    return sums.normal(sums.total.plus(1));
  }

  private static Normal product(List<Normal> experts, Tensor weights, Tensor priorWeight) {
    Sums sums = new Sums(weights);
    for (int m = 0; m < experts.size(); m++) {
      Tensor precision = precision(experts.get(m));
      sums.add(m, precision, precision.times(experts.get(m).mean()));
    }
    return sums.normal(priorWeight == null ? sums.total.plus(1) : sums.total.plus(priorWeight));
  }

  private static Tensor precision(Normal e) {
    return e.logScale().times(-2).exp();
  }

  /** {@code Σₘ wₘ Tₘ} and {@code Σₘ wₘ Tₘ μₘ}, {@code [k·batch, latent]}. */
  private static final class Sums {
    private final Tensor weights;
    private Tensor total;
    private Tensor pull;

    Sums(Tensor weights) {
      this.weights = weights;
    }

    void add(int m, Tensor precision, Tensor pulled) {
      Tensor t = weighted(m, precision);
      Tensor p = weighted(m, pulled);
      total = total == null ? t : total.plus(t);
      pull = pull == null ? p : pull.plus(p);
    }

    private Tensor weighted(int m, Tensor x) {
      Tensor w = weights.narrow(1, m, 1);
      long batch = x.size(0);
      long rows = weights.size(0);
      if (batch == rows || batch == 1 || rows == 1) {
        return w.times(x);
      }
      return w.reshape(rows / batch, batch, 1).times(x).reshape(rows, x.size(1));
    }

    Normal normal(Tensor precision) {
      return new Normal(pull.div(precision), precision.log().times(-0.5));
    }
  }
}
