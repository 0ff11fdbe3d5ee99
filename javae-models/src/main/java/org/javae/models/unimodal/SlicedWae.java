package org.javae.models.unimodal;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import org.javae.core.divergence.Sliced;
import org.javae.core.model.About;
import org.javae.core.model.Check;
import org.javae.core.model.DataSpec;
import org.javae.core.model.ModelConfig;
import org.javae.core.model.Params;
import org.javae.core.train.Step;
import org.javae.tensor.Tensor;

/**
 * Sliced Wasserstein autoencoder (Kolouri et al., 2018): minimises {@code E ‖x − D(E(x))‖² + λ
 * SW₂²(Q, P)} between the codes of a batch and as many draws of P = N(0, I), which along a line
 * needs sorting only; new lines in every step.
 */
public final class SlicedWae extends WassersteinAutoencoder {
  /** For the catalogue. */
  public static final About ABOUT =
      new About(
          "sliced Wasserstein autoencoder",
          "min  E‖x − D(E(x))‖² + λ SW₂²(Q(z), N(0, I))",
          "Kolouri et al., 2018, Sliced Wasserstein Auto-Encoders");

  /**
   * Settings: those of {@link Autoencoder.Config} and
   *
   * @param lambda λ
   * @param projections lines a step
   */
  public record Config(@JsonUnwrapped Autoencoder.Config ae, double lambda, int projections)
      implements ModelConfig {
    public Config {
      Check.notNegative("lambda", lambda);
      Check.positive("projections", projections);
    }

    /** What suits the data, with λ = 10 and 50 lines. */
    public static Config defaults(DataSpec d) {
      return new Config(Autoencoder.Config.defaults(d), 10, 50);
    }
  }

  private final Config config;

  public SlicedWae(DataSpec data, Params params, Config config) {
    super(data, params, config.ae(), config.lambda());
    this.config = config;
  }

  @Override
  protected Tensor discrepancy(Tensor codes, Tensor prior, Step step) {
    return Sliced.wasserstein(codes, prior, config.projections(), step.rng());
  }

  @Override
  public ModelConfig config() {
    return config;
  }
}
