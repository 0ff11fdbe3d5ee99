package org.javae.models.unimodal;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import org.javae.core.model.About;
import org.javae.core.model.Check;
import org.javae.core.model.DataSpec;
import org.javae.core.model.Loss;
import org.javae.core.model.ModelConfig;
import org.javae.core.model.Params;
import org.javae.core.train.Step;

/**
 * β-VAE (Higgins et al., 2017): maximises {@code E_q[ln p(x|z)] − β KL(q(z|x) ‖ p(z))}, nats per
 * observation.
 */
public final class BetaVae extends Vae {
  /** For the catalogue. */
  public static final About ABOUT =
      new About(
          "β-VAE",
          "max  E_q(z|x)[ln p(x|z)] − β KL(q(z|x) ‖ N(0, I))",
          "Higgins et al., 2017, beta-VAE, equation (4)");

  /**
   * Settings: those of {@link Vae.Config} and
   *
   * @param beta β; 1 is the VAE, larger values press codes towards independent factors
   */
  public record Config(@JsonUnwrapped Vae.Config vae, double beta) implements ModelConfig {
    public Config {
      Check.notNegative("beta", beta);
    }

    /** What suits the data, with β = 4. */
    public static Config defaults(DataSpec d) {
      return new Config(Vae.Config.defaults(d), 4);
    }
  }

  private final Config config;

  public BetaVae(DataSpec data, Params params, Config config) {
    super(data, params, config.vae());
    this.config = config;
  }

  @Override
  protected Loss objective(Draw d, Step step) {
    return negativeElbo(d, step, config.beta());
  }

  @Override
  public ModelConfig config() {
    return config;
  }
}
