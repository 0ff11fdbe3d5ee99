package org.javae.models.unimodal;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import org.javae.core.model.About;
import org.javae.core.model.Check;
import org.javae.core.model.DataSpec;
import org.javae.core.model.Loss;
import org.javae.core.model.ModelConfig;
import org.javae.core.model.Params;
import org.javae.core.objective.Bounds;
import org.javae.tensor.Tensor;
import org.javae.tensor.UserException;

/**
 * Combination importance weighted autoencoder (Rainforth et al., 2018): maximises {@code β ELBO +
 * (1 − β) IWAE_K}, both from the same K samples.
 */
public final class Ciwae extends ImportanceWeightedVae {
  /** For the catalogue. */
  public static final About ABOUT =
      new About(
          "combination importance weighted autoencoder",
          "max  β E ln w + (1 − β) E ln 1/K Σₖ wₖ",
          "Rainforth et al., 2018, Tighter Variational Bounds are Not Necessarily Better, section 5");

  /**
   * Settings: those of {@link Vae.Config} and
   *
   * @param k K, importance samples
   * @param beta β between 0 (IWAE) and 1 (VAE)
   */
  public record Config(@JsonUnwrapped Vae.Config vae, int k, double beta) implements ModelConfig {
    public Config {
      Check.positive("k", k);
      if (!(beta >= 0 && beta <= 1)) {
        throw UserException.usage("beta is %s; it must be between 0 (IWAE) and 1 (VAE)", beta);
      }
    }

    /** What suits the data, with K = 50 and β = 0.05. */
    public static Config defaults(DataSpec d) {
      return new Config(Vae.Config.defaults(d), 50, 0.05);
    }
  }

  private final Config config;

  public Ciwae(DataSpec data, Params params, Config config) {
    super(data, params, config.vae(), (long) config.vae().samples() * config.k());
    this.config = config;
  }

  @Override
  Loss bound(Tensor logWeights) {
    return Loss.zero()
        .plus("iwae", 1 - config.beta(), Bounds.iwae(logWeights).neg())
        .plus("elbo_loss", config.beta(), Bounds.elbo(logWeights).neg());
  }

  @Override
  public ModelConfig config() {
    return config;
  }
}
