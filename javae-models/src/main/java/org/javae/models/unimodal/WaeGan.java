package org.javae.models.unimodal;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import org.javae.core.model.About;
import org.javae.core.model.Check;
import org.javae.core.model.DataSpec;
import org.javae.core.model.Loss;
import org.javae.core.model.ModelConfig;
import org.javae.core.model.Params;
import org.javae.core.net.Critic;
import org.javae.core.net.NetSpec;
import org.javae.core.train.Step;
import org.javae.tensor.Shape;
import org.javae.tensor.Tensor;

/**
 * Wasserstein autoencoder with an adversary as penalty (Tolstikhin et al., 2018, algorithm 1): a
 * {@link Critic} T learns to tell draws of P = N(0, I) from codes while the encoder learns to be
 * mistaken, {@code min E ‖x − D(E(x))‖² − λ E ln D_T(E(x))}, both in every step.
 */
public final class WaeGan extends WassersteinAutoencoder {
  /** For the catalogue. */
  public static final About ABOUT =
      new About(
          "Wasserstein autoencoder, adversarial penalty",
          "min  E‖x − D(E(x))‖² + λ GAN(Q(z), N(0, I))",
          "Tolstikhin et al., 2018, Wasserstein Auto-Encoders, algorithm 1");

  /**
   * Settings: those of {@link Autoencoder.Config} and
   *
   * @param lambda λ
   * @param critic network of T
   */
  public record Config(@JsonUnwrapped Autoencoder.Config ae, double lambda, NetSpec critic)
      implements ModelConfig {
    public Config {
      Check.notNegative("lambda", lambda);
    }

    /**
     * What suits the data, with λ = 1. With the paper's 10 the game wins over the squared error in
     * the first epochs, as encoder and critic take equally long steps here.
     */
    public static Config defaults(DataSpec d) {
      return new Config(Autoencoder.Config.defaults(d), 1, Critic.OF_CODES);
    }
  }

  private final Config config;
  private final Critic critic;

  public WaeGan(DataSpec data, Params params, Config config) {
    super(data, params, config.ae(), config.lambda());
    this.config = config;
    this.critic = Critic.of(config.critic(), params, "critic", Shape.of(latent()));
  }

  @Override
  protected Loss objective(Loss squaredError, Tensor z, Step step) {
    Tensor p = prior(z.size(0), step.rng());
    return super.objective(squaredError, z, step).trains("critic", "critic", critic.telling(p, z));
  }

  @Override
  protected Tensor discrepancy(Tensor codes, Tensor prior, Step step) {
    return critic.fooling(codes);
  }

  @Override
  public boolean lossesCompare() {
    return false; // a moving critic is in them
  }

  @Override
  public ModelConfig config() {
    return config;
  }
}
