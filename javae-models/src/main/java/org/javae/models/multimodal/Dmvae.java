package org.javae.models.multimodal;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.util.List;
import java.util.stream.Stream;
import org.javae.core.aggregate.Products;
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
 * Disentangled multimodal VAE (Lee and Pavlovic, 2021, Private-Shared Disentangled Multimodal VAE;
 * the lecture's (25)–(27)): {@code p(j) Πₘ p(iₘ) p(xₘ|j, iₘ)} with j shared by the views and iₘ
 * private to one. The shared posterior is a product of experts with the prior, {@code q(j|X) ∝ p(j)
 * Πₘ qₘ(j|xₘ)}, the private ones come from their own view. The bound (27) is
 *
 * <p>{@code ELBO(X) = Σₘ E ln p(xₘ|j, iₘ) − KL(q(j|X) ‖ p) − Σₘ KL(q(iₘ|xₘ) ‖ p)},
 *
 * <p>and each view n adds one whose j it infers alone: of itself, and with {@code cross} of the
 * views beside it, which makes j hold what the views share (their cross reconstructions). Without
 * {@code cross} these are the lecture's ELBO(xₙ).
 */
public final class Dmvae extends MultimodalVae {
  /** For the catalogue. */
  public static final About ABOUT =
      new About(
          "disentangled multimodal VAE, private and shared latents",
          "max  ELBO(X) + Σₙ ELBO(X; j ~ q(j|xₙ)),  p(j) Πₘ p(iₘ) p(xₘ|j, iₘ),  q(j|X) ∝ p(j) Πₘ q(j|xₘ)",
          "Lee and Pavlovic, 2021, Private-Shared Disentangled Multimodal VAE for Learning of Latent Representations");

  /**
   * Settings: those of all models of several views, and
   *
   * @param privates dimensions of each view's private latent
   * @param cross whether a view alone also explains the others, each with its own private latent
   */
  public record Config(@JsonUnwrapped MultimodalVae.Config base, int privates, boolean cross)
      implements ModelConfig {
    public Config {
      Check.positive("privates", privates);
    }

    /** What suits the data, with 8 private dimensions a view. */
    public static Config defaults(DataSpec d) {
      return new Config(MultimodalVae.Config.defaults(d), 8, true);
    }
  }

  private final Config config;

  public Dmvae(DataSpec data, Params params, Config config) {
    super(data, params, config.base(), config.privates());
    this.config = config;
  }

  @Override
  Normal joint(Seen s) {
    return Products.withPrior(s.experts(), s.present());
  }

  @Override
  public Loss loss(Batch batch, Step step) {
    Seen s = see(batch);
    List<Tensor> own = s.own().stream().map(q -> q.rsample(step.rng())).toList();
    Tensor[] apart = s.own().stream().map(this::divergence).toArray(Tensor[]::new);
    Tensor together = apart[0];
    for (int m = 1; m < views(); m++) {
      together = together.plus(apart[m]);
    }
    Normal q = joint(s);
    Loss loss =
        negativeElbo(
            reconstruction(s, beside(q.rsample(step.rng()), own), null),
            divergence(q).plus(together),
            step);
    Tensor parts = Tensor.zeros(together.dtype(), batch.size());
    for (int n = 0; n < views(); n++) {
      Tensor alone = alone(s, n);
      Normal one = Products.withPrior(s.experts(), alone);
      Tensor j = one.rsample(step.rng());
      Reconstruction r = reconstruction(s, beside(j, own), config.cross() ? null : alone);
      Tensor kl = divergence(one).plus(config.cross() ? together : apart[n]);
      Tensor bound = r.weighted().plus(kl.times(klWeight(step)));
      parts = parts.plus(bound.times(s.present(n)));
    }
    return loss.plus("subsets", parts);
  }

  /** {@code [shared, w₁ … w_M]}. */
  private static Tensor beside(Tensor shared, List<Tensor> own) {
    return Tensor.cat(Stream.concat(Stream.of(shared), own.stream()).toList(), 1);
  }

  @Override
  public ModelConfig config() {
    return config;
  }
}
