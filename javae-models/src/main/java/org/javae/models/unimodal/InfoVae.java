package org.javae.models.unimodal;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import org.javae.core.divergence.Kernel;
import org.javae.core.divergence.Mmd;
import org.javae.core.model.About;
import org.javae.core.model.DataSpec;
import org.javae.core.model.Loss;
import org.javae.core.model.ModelConfig;
import org.javae.core.model.Params;
import org.javae.core.train.Step;
import org.javae.tensor.Tensor;
import org.javae.tensor.UserException;

/**
 * InfoVAE (Zhao et al., 2017, equation (6), with the maximum mean discrepancy as divergence):
 * minimises
 *
 * <pre>E[−ln p(x|z)] + (1 − α) KL(q(z|x) ‖ p(z)) + (α + λ − 1) MMD²(q(z), p(z)),</pre>
 *
 * where α rewards information between x and z, and the MMD, between the codes of a batch and as
 * many draws of the prior, keeps all codes together like the prior. α = 0, λ = 1 is the VAE, α = 1
 * the MMD-VAE. A prior's own parameters are trained by the KL term only.
 */
public final class InfoVae extends Vae {
  /** For the catalogue. */
  public static final About ABOUT =
      new About(
          "InfoVAE (MMD)",
          "max  E[ln p(x|z)] − (1 − α) KL(q(z|x) ‖ p(z)) − (α + λ − 1) MMD²(q(z), p(z))",
          "Zhao et al., 2017, InfoVAE: Information Maximizing VAEs, equation (6)");

  /**
   * Settings: those of {@link Vae.Config} and
   *
   * @param alpha α, at most 1
   * @param lambda λ, at least 1 − α
   * @param kernel of the MMD
   */
  public record Config(@JsonUnwrapped Vae.Config vae, double alpha, double lambda, Kernel kernel)
      implements ModelConfig {
    public Config {
      if (!(alpha <= 1)) {
        throw UserException.usage("alpha is %s; it must be at most 1", alpha);
      }
      if (!(alpha + lambda >= 1)) {
        throw UserException.usage(
            "lambda is %s; with alpha=%s it must be at least %s", lambda, alpha, 1 - alpha);
      }
    }

    /** What suits the data, with α = 0.5 and λ = 100. */
    public static Config defaults(DataSpec d) {
      return new Config(Vae.Config.defaults(d), 0.5, 100, Kernel.RBF);
    }
  }

  private final Config config;

  public InfoVae(DataSpec data, Params params, Config config) {
    super(data, params, config.vae());
    this.config = config;
  }

  @Override
  protected Loss objective(Draw d, Step step) {
    Tensor z = d.first();
    int n = (int) z.size(0);
    Tensor mmd = Mmd.of(config.kernel(), z, prior().sample(step.rng(), n));
    return negativeElbo(d, step, 1 - config.alpha())
        .plus("mmd", config.alpha() + config.lambda() - 1, mmd.expand(n));
  }

  @Override
  public ModelConfig config() {
    return config;
  }
}
