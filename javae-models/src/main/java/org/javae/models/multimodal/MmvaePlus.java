package org.javae.models.multimodal;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.util.ArrayList;
import java.util.List;
import org.javae.core.distribution.Normal;
import org.javae.core.model.About;
import org.javae.core.model.Check;
import org.javae.core.model.DataSpec;
import org.javae.core.model.ModelConfig;
import org.javae.core.model.Params;
import org.javae.core.model.View;
import org.javae.core.objective.EncoderGradient;
import org.javae.tensor.Rng;
import org.javae.tensor.Tensor;

/**
 * MMVAE+ (Palumbo, Daunhawer and Vogt, 2023): the {@link Mmvae} with private latents wₘ, {@code
 * p(z) Πₘ p(wₘ) p(xₘ|z, wₘ)}. When expert m speaks, its own view is decoded from wₘ ~ q(wₘ|xₘ) and
 * every other view n from w̃ₙ of an auxiliary prior rₙ = N(0, diag sₙ²) with learned sₙ, so that no
 * private latent can carry what z should:
 *
 * <p>{@code max 1/M Σₘ E ln 1/K Σₖ p(xₘ|z, wₘ) Πₙ≠ₘ p(xₙ|z, w̃ₙ) p(z) p(wₘ) / (q(z|X) q(wₘ|xₘ))},
 *
 * <p>z ~ qₘ(z|xₘ). Experts are Gaussians here where the paper takes Laplace distributions. To draw
 * an absent view at test its w comes from the prior p(w).
 */
public final class MmvaePlus extends Mmvae {
  /** For the catalogue. */
  public static final About ABOUT =
      new About(
          "multimodal VAE, mixture of experts with private latents",
          "max  1/M Σₘ E ln 1/K Σₖ p(xₘ|z, wₘ) Πₙ≠ₘ p(xₙ|z, w̃ₙ) p(z) p(wₘ)/(q(z|X) q(wₘ|xₘ)),  w̃ₙ ~ rₙ",
          "Palumbo, Daunhawer and Vogt, 2023, MMVAE+: Enhancing the Generative Quality of Multimodal VAEs without"
              + " Compromises");

  /**
   * Settings: those of the MMVAE, and
   *
   * @param privates dimensions of each view's private latent
   */
  public record Config(@JsonUnwrapped Mmvae.Config mixture, int privates) implements ModelConfig {
    public Config {
      Check.positive("privates", privates);
    }

    /** What suits the data, with 8 private dimensions a view. */
    public static Config defaults(DataSpec d) {
      return new Config(Mmvae.Config.defaults(d), 8);
    }
  }

  private final Config config;
  private final List<Normal> auxiliary = new ArrayList<>();

  public MmvaePlus(DataSpec data, Params params, Config config) {
    super(data, params, config.mixture(), config.privates());
    this.config = config;
    Tensor zeros = params.constant(Tensor.zeros(params.type(), 1, config.privates()));
    for (View v : data.views()) {
      auxiliary.add(new Normal(zeros, params.parameter("auxiliary." + v.name(), zeros)));
    }
  }

  @Override
  Speech speech(Seen s, int m, Tensor z, EncoderGradient gradient, Rng rng) {
    int k = Math.toIntExact(z.size(0) / s.x().size(0));
    Normal q = s.own().get(m);
    Tensor w = gradient.drawn(q.rsample(rng, k));
    List<Tensor> codes = new ArrayList<>();
    for (int v = 0; v < views(); v++) {
      Tensor own = v == m ? w : auxiliary.get(v).rsample(rng, Math.toIntExact(z.size(0)));
      codes.add(Tensor.cat(List.of(z, own), 1));
    }
    Tensor prior = standard(config.privates()).logProb(w);
    return new Speech(codes, prior.minus(gradient.density(q).repeat(k).logProb(w)));
  }

  @Override
  public ModelConfig config() {
    return config;
  }
}
