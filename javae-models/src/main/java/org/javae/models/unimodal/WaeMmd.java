package org.javae.models.unimodal;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import org.javae.core.divergence.Kernel;
import org.javae.core.divergence.Mmd;
import org.javae.core.model.About;
import org.javae.core.model.Check;
import org.javae.core.model.DataSpec;
import org.javae.core.model.ModelConfig;
import org.javae.core.model.Params;
import org.javae.core.train.Step;
import org.javae.tensor.Tensor;

/**
 * Wasserstein autoencoder with the maximum mean discrepancy as penalty (Tolstikhin et al., 2018,
 * algorithm 2): minimises {@code E ‖x − D(E(x))‖² + λ MMD²(Q, P)}, its unbiased estimate taken
 * between the codes of a batch and as many draws of P = N(0, I).
 */
public final class WaeMmd extends WassersteinAutoencoder {
  /** For the catalogue. */
  public static final About ABOUT =
      new About(
          "Wasserstein autoencoder, kernel penalty",
          "min  E‖x − D(E(x))‖² + λ MMD²(Q(z), N(0, I))",
          "Tolstikhin et al., 2018, Wasserstein Auto-Encoders, algorithm 2");

  /**
   * Settings: those of {@link Autoencoder.Config} and
   *
   * @param lambda λ; the paper has 10 for MNIST and 100 for faces
   * @param kernel of the MMD; the paper finds inverse multiquadratics better than the Gaussian
   */
  public record Config(@JsonUnwrapped Autoencoder.Config ae, double lambda, Kernel kernel)
      implements ModelConfig {
    public Config {
      Check.notNegative("lambda", lambda);
    }

    /** What suits the data. */
    public static Config defaults(DataSpec d) {
      return new Config(Autoencoder.Config.defaults(d), 10, Kernel.IMQ);
    }
  }

  private final Config config;

  public WaeMmd(DataSpec data, Params params, Config config) {
    super(data, params, config.ae(), config.lambda());
    this.config = config;
  }

  @Override
  protected Tensor discrepancy(Tensor codes, Tensor prior, Step step) {
    return Mmd.of(config.kernel(), codes, prior);
  }

  @Override
  public ModelConfig config() {
    return config;
  }
}
