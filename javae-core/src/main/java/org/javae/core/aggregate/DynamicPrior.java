package org.javae.core.aggregate;

import java.util.List;
import org.javae.core.distribution.Normal;
import org.javae.core.divergence.KullbackLeibler;
import org.javae.tensor.Tensor;

/**
 * The dynamic prior of Sutter, Daunhawer and Vogt (2020, Multimodal Generative Learning Utilizing
 * Jensen–Shannon-Divergence): the geometric mean {@code f(z) ∝ Πᵥ qᵥ(z)^πᵥ} with Σᵥ πᵥ = 1, and the
 * divergence {@code JS = Σᵥ πᵥ KL(qᵥ ‖ f)} from it. Of Gaussians f is Gaussian, with precision
 * {@code T = Σᵥ πᵥ Tᵥ} and mean {@code Σᵥ πᵥ Tᵥ μᵥ / T}; JS is not negative, and zero exactly where
 * all members are equal. Nats.
 */
public final class DynamicPrior {
  private DynamicPrior() {}

  /**
   * f.
   *
   * @param members qᵥ, batch or batch 1, event {@code [latent]}; the fixed prior is one of them if
   *     it is wanted
   * @param weights proportional to π of each observation, {@code [batch, members]}, not negative
   *     and not all zero
   */
  public static Normal of(List<Normal> members, Tensor weights) {
    return Products.of(members, shares(weights));
  }

  /** JS of each observation, {@code [batch]}; a member of weight zero adds exactly nothing. */
  public static Tensor jensenShannon(List<Normal> members, Tensor weights) {
    Normal f = of(members, weights);
    Tensor shares = shares(weights);
    Tensor sum = null;
    for (int v = 0; v < members.size(); v++) {
      Tensor kl = KullbackLeibler.normalNormal(members.get(v), f).sumEvent();
      Tensor part = kl.times(shares.select(1, v));
      sum = sum == null ? part : sum.plus(part);
    }
    return sum;
  }

  private static Tensor shares(Tensor weights) {
    return weights.div(weights.sum(1).unsqueeze(1));
  }
}
