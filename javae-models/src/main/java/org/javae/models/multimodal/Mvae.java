package org.javae.models.multimodal;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.util.List;
import org.javae.core.aggregate.Products;
import org.javae.core.distribution.Distribution;
import org.javae.core.distribution.Normal;
import org.javae.core.divergence.KullbackLeibler;
import org.javae.core.model.About;
import org.javae.core.model.Batch;
import org.javae.core.model.Check;
import org.javae.core.model.DataSpec;
import org.javae.core.model.Loss;
import org.javae.core.model.ModelConfig;
import org.javae.core.model.Params;
import org.javae.core.train.Step;
import org.javae.tensor.Rng;
import org.javae.tensor.Tensor;

/**
 * Multimodal VAE by a product of experts (Wu and Goodman, 2018): {@code q(z|X) ∝ p(z) Πₘ qₘ(z|xₘ)},
 * trained on the sub-sampled bound {@code ELBO(X) + Σₘ ELBO(xₘ) + Σₖ ELBO(X_Sₖ)} (their equation
 * (5), the lecture's (24)) so that every expert is also good alone; Sₖ are random subsets. With
 * {@code experts=quotient} an expert holds the prior already and is divided by it (equation (23)).
 */
public final class Mvae extends MultimodalVae {
  /** For the catalogue. */
  public static final About ABOUT =
      new About(
          "multimodal VAE, product of experts",
          "max  ELBO(X) + Σₘ ELBO(xₘ) + Σₖ ELBO(X_Sₖ),  q(z|X) ∝ p(z) Πₘ q(z|xₘ)",
          "Wu and Goodman, 2018, Multimodal Generative Models for Scalable Weakly-Supervised Learning, equation (5)");

  private static final List<String> EXPERTS = List.of("product", "quotient");

  /**
   * Settings: those of all models of several views, and
   *
   * @param subsets k, random subsets a step besides all views and each alone
   * @param experts {@code product} or {@code quotient}
   */
  public record Config(@JsonUnwrapped MultimodalVae.Config base, int subsets, String experts)
      implements ModelConfig {
    public Config {
      Check.notNegative("subsets", subsets);
      Check.oneOf("experts", experts, EXPERTS);
    }

    /** What suits the data: no random subset of two views, one of more. */
    public static Config defaults(DataSpec d) {
      return new Config(
          MultimodalVae.Config.defaults(d), d.views().size() > 2 ? 1 : 0, EXPERTS.get(0));
    }
  }

  private final Config config;

  public Mvae(DataSpec data, Params params, Config config) {
    super(data, params, config.base(), 0);
    this.config = config;
  }

  @Override
  Distribution joint(Seen s) {
    return product(s, s.present());
  }

  private Normal product(Seen s, Tensor subset) {
    return config.experts().equals("product")
        ? Products.withPrior(s.experts(), subset)
        : Products.quotient(s.experts(), subset);
  }

  @Override
  public Loss loss(Batch batch, Step step) {
    Seen s = see(batch);
    Normal q = product(s, s.present());
    Tensor kl = KullbackLeibler.perElement(q, prior()).sumEvent();
    Loss loss = negativeElbo(reconstruction(s, q.rsample(step.rng()), null), kl, step).drawnFrom(q);
    Tensor parts = Tensor.zeros(kl.dtype(), kl.size(0));
    for (int m = 0; m < views(); m++) {
      parts = parts.plus(bound(s, alone(s, m), step));
    }
    for (int k = 0; k < config.subsets(); k++) {
      Rng rng = step.rng().split("subset");
      Tensor some = rng.uniform(s.present().dtype(), s.present().shape().toArray()).lt(0.5);
      parts = parts.plus(bound(s, s.present().times(some.to(kl.dtype())), step));
    }
    return loss.plus("subsets", parts);
  }

  /** −ELBO of a subset of the views, 0 where it is empty. */
  private Tensor bound(Seen s, Tensor subset, Step step) {
    Normal q = product(s, subset);
    return reconstruction(s, q.rsample(step.rng()), subset)
        .weighted()
        .plus(KullbackLeibler.perElement(q, prior()).sumEvent().times(klWeight(step)));
  }

  @Override
  public ModelConfig config() {
    return config;
  }
}
