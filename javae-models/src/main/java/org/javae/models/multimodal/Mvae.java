package org.javae.models.multimodal;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.util.List;
import org.javae.core.aggregate.Products;
import org.javae.core.distribution.Distribution;
import org.javae.core.distribution.Normal;
import org.javae.core.model.About;
import org.javae.core.model.Batch;
import org.javae.core.model.Check;
import org.javae.core.model.DataSpec;
import org.javae.core.model.Loss;
import org.javae.core.model.ModelConfig;
import org.javae.core.model.Params;
import org.javae.core.train.Step;
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
    return elbos(s, subset -> product(s, subset), config.subsets(), step);
  }

  @Override
  public ModelConfig config() {
    return config;
  }
}
