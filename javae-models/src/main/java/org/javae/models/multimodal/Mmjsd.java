package org.javae.models.multimodal;

import java.util.ArrayList;
import java.util.List;
import org.javae.core.aggregate.DynamicPrior;
import org.javae.core.aggregate.Mixtures;
import org.javae.core.aggregate.Products;
import org.javae.core.distribution.Mixture;
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
 * Multimodal VAE by the Jensen–Shannon divergence (Sutter, Daunhawer and Vogt, 2020): {@code q(z|X)
 * = 1/M Σₘ qₘ(z|xₘ)} and
 *
 * <p>{@code max E_q[Σₘ ln p(xₘ|z)] − 1/(M + 1) [Σₘ KL(qₘ ‖ f) + KL(p ‖ f)]}
 *
 * <p>with the dynamic prior f, the geometric mean of all qₘ and p(z) = N(0, I): experts are drawn
 * towards one another, not towards p(z) alone. Every observation draws one expert a step, evenly
 * from those of the views it has; these are also the ones that π and M count.
 */
public final class Mmjsd extends MultimodalVae {
  /** For the catalogue. */
  public static final About ABOUT =
      new About(
          "multimodal VAE, Jensen–Shannon divergence",
          "max  E_q[Σₘ ln p(xₘ|z)] − 1/(M + 1) [Σₘ KL(qₘ ‖ f) + KL(p ‖ f)],  q = 1/M Σₘ qₘ,  f ∝ (p Πₘ qₘ)^1/(M + 1)",
          "Sutter, Daunhawer and Vogt, 2020, Multimodal Generative Learning Utilizing Jensen–Shannon-Divergence");

  private final MultimodalVae.Config config;
  private final Tensor singles;

  public Mmjsd(DataSpec data, Params params, MultimodalVae.Config config) {
    super(data, params, config, 0);
    this.config = config;
    this.singles = params.constant(Tensor.eye(views()).to(params.type()));
  }

  @Override
  Mixture joint(Seen s) {
    return Mixtures.ofExperts(s.experts(), s.present());
  }

  @Override
  public Loss loss(Batch batch, Step step) {
    Seen s = see(batch);
    Tensor chosen = Mixtures.subset(singles, s.present(), step.rng().split("expert"));
    Tensor z = Products.of(s.experts(), chosen).rsample(step.rng());
    Reconstruction r = reconstruction(s, z, null);
    List<Normal> members = new ArrayList<>(s.experts());
    members.add(standard());
    Tensor always = Tensor.ones(batch.size(), 1).to(s.present().dtype());
    Tensor js = DynamicPrior.jensenShannon(members, Tensor.cat(List.of(s.present(), always), 1));
    return Loss.zero().plus("nll", r.weighted(), r.plain()).plus("js", klWeight(step), js);
  }

  @Override
  public ModelConfig config() {
    return config;
  }
}
