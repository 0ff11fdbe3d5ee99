package org.javae.models.multimodal;

import org.javae.core.aggregate.Mixtures;
import org.javae.core.distribution.Distribution;
import org.javae.core.distribution.Normal;
import org.javae.core.model.About;
import org.javae.core.model.Batch;
import org.javae.core.model.DataSpec;
import org.javae.core.model.Loss;
import org.javae.core.model.ModelConfig;
import org.javae.core.model.Params;
import org.javae.core.train.Step;
import org.javae.tensor.Tensor;

/**
 * Mixture of products of experts (Sutter, Daunhawer and Vogt, 2021): {@code q(z|X) = 1/2^M Σ_S
 * q_S(z|x_S)} over the subsets S of the views, {@code q_S ∝ Πₘ∈S qₘ(z|xₘ)}, and
 *
 * <p>{@code max E_q[Σₘ ln p(xₘ|z)] − 1/2^M Σ_S KL(q_S(z|x_S) ‖ p(z))},
 *
 * <p>a bound of their equation (6), as the KL of a mixture is at most the mean of its components'.
 * The empty subset is left out. Every observation draws one subset a step, evenly; the KL terms are
 * those of all subsets.
 */
public final class MoPoE extends MultimodalVae {
  /** For the catalogue. */
  public static final About ABOUT =
      new About(
          "mixture of products of experts",
          "max  E_q[Σₘ ln p(xₘ|z)] − mean_S KL(q_S(z|x_S) ‖ p(z)),  q = mean_S q_S,  q_S ∝ Πₘ∈S qₘ",
          "Sutter, Daunhawer and Vogt, 2021, Generalized Multimodal ELBO, equation (6)");

  private final MultimodalVae.Config config;
  private final Tensor subsets;

  public MoPoE(DataSpec data, Params params, MultimodalVae.Config config) {
    super(data, params, config, 0);
    this.config = config;
    this.subsets = params.constant(Mixtures.table(views(), params.type()));
  }

  @Override
  Distribution joint(Seen s) {
    return Mixtures.ofSubsets(s.experts(), s.present());
  }

  @Override
  public Loss loss(Batch batch, Step step) {
    Seen s = see(batch);
    Normal q = Mixtures.products(s.experts(), subsets, s.present());
    Tensor possible = Mixtures.within(subsets, s.present());
    // The mean of KL(q_S‖p) over the subsets of what is there.
    Tensor each = divergence(q).reshape(subsets.size(0), batch.size()).times(possible.t());
    Tensor kl = each.sum(0).div(possible.sum(1).clamp(1, 1e30));
    Tensor choice = Mixtures.choice(possible, step.rng().split("subset"));
    Tensor z = rows(q, choice).rsample(step.rng());
    return negativeElbo(reconstruction(s, z, null), kl, step);
  }

  /** The product of the chosen subset of each observation. */
  private static Normal rows(Normal q, Tensor choice) {
    long rows = q.mean().size(0);
    Tensor numbers = Tensor.arange(rows).reshape(-1, choice.size(0));
    Tensor row = numbers.gather(0, choice.unsqueeze(0)).squeeze(0);
    return new Normal(q.mean().indexSelect(0, row), q.logScale().indexSelect(0, row));
  }

  @Override
  public ModelConfig config() {
    return config;
  }
}
