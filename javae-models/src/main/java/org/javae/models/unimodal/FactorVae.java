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
 * FactorVAE (Kim and Mnih, 2018, equation (2)): maximises {@code ELBO − γ KL(q(z) ‖ Πⱼ q(zⱼ))}. The
 * total correlation is the average log-ratio of q(z) and Πⱼ q(zⱼ), which a {@link Critic} learns
 * beside the model from codes and from codes whose every dimension was permuted within the batch
 * (their algorithms 1 and 2, with further draws for the same observations where they take a second
 * batch).
 */
public final class FactorVae extends Vae {
  /** For the catalogue. */
  public static final About ABOUT =
      new About(
          "FactorVAE",
          "max  E[ln p(x|z)] − KL(q(z|x) ‖ p(z)) − γ KL(q(z) ‖ Πⱼ q(zⱼ))",
          "Kim and Mnih, 2018, Disentangling by Factorising, equation (2)");

  /**
   * Settings: those of {@link Vae.Config} and
   *
   * @param gamma γ; 0 is the VAE
   * @param critic network of the log-ratio
   */
  public record Config(@JsonUnwrapped Vae.Config vae, double gamma, NetSpec critic)
      implements ModelConfig {
    public Config {
      Check.notNegative("gamma", gamma);
    }

    /** What suits the data, with γ = 10. */
    public static Config defaults(DataSpec d) {
      return new Config(Vae.Config.defaults(d), 10, Critic.OF_CODES);
    }
  }

  private final Config config;
  private final Critic critic;

  public FactorVae(DataSpec data, Params params, Config config) {
    super(data, params, config.vae());
    this.config = config;
    this.critic = Critic.of(config.critic(), params, "critic", Shape.of(latent()));
  }

  @Override
  protected Loss objective(Draw d, Step step) {
    Tensor others = permuted(d.q().sample(step.rng()), step);
    return negativeElbo(d, step, 1)
        .plus("total_correlation", config.gamma(), d.average(critic.logRatio(d.z())))
        .trains("critic", "critic", critic.telling(d.first(), others));
  }

  /** Every dimension in an order of its own: samples of Πⱼ q(zⱼ). */
  private static Tensor permuted(Tensor z, Step step) {
    int n = (int) z.size(0);
    int d = (int) z.size(1);
    long[] from = new long[n * d];
    for (int j = 0; j < d; j++) {
      int[] order = step.rng().split("permute").permutation(n, step.index(), j);
      for (int i = 0; i < n; i++) {
        from[i * d + j] = order[i];
      }
    }
    return z.gather(0, Tensor.of(from, n, d));
  }

  @Override
  public ModelConfig config() {
    return config;
  }
}
