package org.javae.models.unimodal;

import org.javae.core.likelihood.LikelihoodSpec;
import org.javae.core.model.About;
import org.javae.core.model.Batch;
import org.javae.core.model.Check;
import org.javae.core.model.DataSpec;
import org.javae.core.model.Loss;
import org.javae.core.model.ModelConfig;
import org.javae.core.model.Params;
import org.javae.core.net.NetSpec;
import org.javae.core.schedule.Schedule;
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
  public record Config(
      int latent,
      NetSpec encoder,
      NetSpec decoder,
      LikelihoodSpec likelihood,
      Schedule schedule,
      int samples,
      double beta)
      implements ModelConfig {
    public Config {
      Check.notNegative("beta", beta);
      decoder = decoder == null ? encoder.mirrored() : decoder;
    }

    /** What suits the data, with β = 4. */
    public static Config defaults(DataSpec d) {
      Vae.Config v = Vae.Config.defaults(d);
      return new Config(
          v.latent(), v.encoder(), null, v.likelihood(), v.schedule(), v.samples(), 4);
    }

    private Vae.Config vae() {
      return new Vae.Config(latent, encoder, decoder, likelihood, schedule, samples);
    }
  }

  private final Config config;

  public BetaVae(DataSpec data, Params params, Config config) {
    super(data, params, config.vae());
    this.config = config;
  }

  @Override
  public Loss loss(Batch batch, Step step) {
    return negativeElbo(batch.x(), step, config.beta() * config.schedule().at(step));
  }

  @Override
  public ModelConfig config() {
    return config;
  }
}
