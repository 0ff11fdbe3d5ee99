package org.javae.models.multimodal;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import org.javae.core.aggregate.Products;
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
import org.javae.tensor.Tensor;

/**
 * Multi-view total correlation autoencoder (Hwang, Kim, Hong and Kim, 2021, Multi-View
 * Representation Learning via Total Correlation Objective): a bound of the total correlation that z
 * explains between the views, mixed with that of the information it keeps by α,
 *
 * <p>{@code max (M − α)/M E_q[Σₘ ln p(xₘ|z)] − (1 − α) KL(q(z|X) ‖ p(z)) − α/M Σₘ KL(q(z|X) ‖
 * qₘ(z|xₘ))},
 *
 * <p>with {@code q(z|X) ∝ Πₘ qₘ(z|xₘ)}. M counts the views that an observation has, as the bound
 * holds for any set of views; with a single one it is 1 − α times the VAE's ELBO.
 */
public final class Mvtcae extends MultimodalVae {
  /** For the catalogue. */
  public static final About ABOUT =
      new About(
          "multi-view total correlation autoencoder",
          "max  (M − α)/M E_q[Σₘ ln p(xₘ|z)] − (1 − α) KL(q ‖ p(z)) − α/M Σₘ KL(q ‖ qₘ(z|xₘ)),  q ∝ Πₘ qₘ",
          "Hwang, Kim, Hong and Kim, 2021, Multi-View Representation Learning via Total Correlation Objective");

  /**
   * Settings: those of all models of several views, and
   *
   * @param alpha share of the total correlation against the information, from 0 to below 1
   */
  public record Config(@JsonUnwrapped MultimodalVae.Config base, double alpha)
      implements ModelConfig {
    public Config {
      Check.fraction("alpha", alpha);
    }

    /** What suits the data, with α = 0.9. */
    public static Config defaults(DataSpec d) {
      return new Config(MultimodalVae.Config.defaults(d), 0.9);
    }
  }

  private final Config config;

  public Mvtcae(DataSpec data, Params params, Config config) {
    super(data, params, config.base(), 0);
    this.config = config;
  }

  @Override
  Normal joint(Seen s) {
    return Products.of(s.experts(), s.present());
  }

  @Override
  public Loss loss(Batch batch, Step step) {
    Seen s = see(batch);
    Normal q = joint(s);
    double alpha = config.alpha();
    double beta = klWeight(step);
    Tensor kl = divergence(q);
    Tensor apart = null;
    for (int m = 0; m < views(); m++) {
      Tensor one = KullbackLeibler.normalNormal(q, s.experts().get(m)).sumEvent();
      Tensor part = one.times(s.present(m));
      apart = apart == null ? part : apart.plus(part);
    }
    apart = apart.div(s.count());
    Reconstruction r = reconstruction(s, q.rsample(step.rng()), null);
    Tensor share = s.count().reciprocal().times(-alpha).plus(1);
    return Loss.zero()
        .plus("nll", r.weighted().times(share), r.plain())
        .plus("kl", (1 - alpha) * beta, kl)
        .plus("views", alpha * beta, apart)
        .drawnFrom(q);
  }

  @Override
  public ModelConfig config() {
    return config;
  }
}
