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

/**
 * Partially importance weighted autoencoder (Rainforth et al., 2018): the decoder climbs the tight
 * bound {@code ln 1/MK Σ w}, the encoder the average of M looser ones {@code 1/M Σₘ ln 1/K Σₖ wₘₖ},
 * which tell it more; both from the same M·K samples.
 */
public final class Piwae extends ImportanceWeightedVae {
  /** For the catalogue. */
  public static final About ABOUT =
      new About(
          "partially importance weighted autoencoder",
          "decoder: max E ln 1/MK Σ w;  encoder: max 1/M Σₘ E ln 1/K Σₖ wₘₖ",
          "Rainforth et al., 2018, Tighter Variational Bounds are Not Necessarily Better, section 5");

  /**
   * Settings: those of {@link Vae.Config}, where {@code samples} is M, and
   *
   * @param k K, importance samples inside each of the encoder's logarithms
   */
  public record Config(@JsonUnwrapped Vae.Config vae, int k) implements ModelConfig {
    public Config {
      Check.positive("k", k);
    }

    /** What suits the data, with M = 8 and K = 8. */
    public static Config defaults(DataSpec d) {
      return new Config(Vae.Config.defaults(d).withSamples(8), 8);
    }
  }

  private final Config config;

  public Piwae(DataSpec data, Params params, Config config) {
    super(data, params, config.vae(), (long) config.vae().samples() * config.k());
    this.config = config;
  }

  @Override
  Loss bound(Tensor logWeights) {
    return Loss.zero()
        .plus("iwae", Bounds.iwae(logWeights).neg())
        .trains("encoder", "miwae", Bounds.miwae(logWeights, config.vae().samples()).neg());
  }

  @Override
  public ModelConfig config() {
    return config;
  }
}
