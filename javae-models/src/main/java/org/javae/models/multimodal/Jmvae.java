package org.javae.models.multimodal;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.util.List;
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
 * Joint multimodal VAE (Suzuki, Nakayama and Matsuo, 2016, JMVAE-kl; the lecture's (19) and (20)):
 * a joint encoder q(z|X), and encoders of single views that are drawn to it,
 *
 * <p>{@code max E_q[Σₘ ln p(xₘ|z)] − KL(q(z|X) ‖ p(z)) − α Σₘ KL(q(z|X) ‖ qₘ(z|xₘ))}.
 *
 * <p>With more than two views there are subsets between one and all: the joint encoder reads them
 * too, and random ones a step are drawn to q(z|X) likewise.
 */
public final class Jmvae extends JointVae {
  /** For the catalogue. */
  public static final About ABOUT =
      new About(
          "joint multimodal VAE",
          "max  E_q[Σₘ ln p(xₘ|z)] − KL(q(z|X) ‖ p(z)) − α Σₘ KL(q(z|X) ‖ qₘ(z|xₘ))",
          "Suzuki, Nakayama and Matsuo, 2016, Joint Multimodal Learning with Deep Generative Models");

  /**
   * Settings: those of the models with a joint encoder, and
   *
   * @param alpha weight of what draws the encoders of fewer views to the joint one
   */
  public record Config(@JsonUnwrapped JointVae.Config all, double alpha) implements ModelConfig {
    public Config {
      Check.notNegative("alpha", alpha);
    }

    /** What suits the data, with α = 0.1. */
    public static Config defaults(DataSpec d) {
      return new Config(JointVae.Config.defaults(d), 0.1);
    }
  }

  private final Config config;

  public Jmvae(DataSpec data, Params params, Config config) {
    super(data, params, config.all(), 0);
    this.config = config;
  }

  @Override
  public Loss loss(Batch batch, Step step) {
    Seen s = see(batch);
    List<Tensor> f = features(s);
    Normal q = posterior(s, f, s.present());
    Tensor apart = null;
    for (int m = 0; m < views(); m++) {
      Tensor kl = KullbackLeibler.normalNormal(q, s.experts().get(m)).sumEvent();
      Tensor part = kl.times(s.present(m));
      apart = apart == null ? part : apart.plus(part);
    }
    for (int k = 0; k < config.all().subsets(); k++) {
      Tensor subset = some(s, step);
      Tensor any = subset.sum(1).gt(0).to(subset.dtype());
      Normal part = posterior(s, f, subset);
      apart = apart.plus(KullbackLeibler.normalNormal(q, part).sumEvent().times(any));
    }
    return negativeElbo(reconstruction(s, q.rsample(step.rng()), null), divergence(q), step)
        .plus("views", config.alpha(), apart)
        .drawnFrom(q);
  }

  @Override
  public ModelConfig config() {
    return config;
  }
}
