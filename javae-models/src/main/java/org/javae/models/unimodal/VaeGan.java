package org.javae.models.unimodal;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import org.javae.core.model.About;
import org.javae.core.model.Check;
import org.javae.core.model.DataSpec;
import org.javae.core.model.Defaults;
import org.javae.core.model.Loss;
import org.javae.core.model.ModelConfig;
import org.javae.core.model.Params;
import org.javae.core.net.Critic;
import org.javae.core.net.NetSpec;
import org.javae.core.train.Step;
import org.javae.tensor.Tensor;

/**
 * VAE-GAN (Larsen et al., 2016, algorithm 1): likeness is measured by what a {@link Critic} of
 * images sees. With x̃ the reconstruction, x_p an image decoded from a draw of the prior, and f the
 * critic's last hidden layer,
 *
 * <pre>encoder: ½‖f(x) − f(x̃)‖² + KL(q(z|x) ‖ p(z))
 * decoder: γ ½‖f(x) − f(x̃)‖² − ln D(x̃) − ln D(x_p)
 * critic:  −ln D(x) − ln(1 − D(x̃)) − ln(1 − D(x_p)),</pre>
 *
 * all three from one forward pass. The paper's decoder minimises ln(1 − D) instead of −ln D. The
 * likelihood only turns the decoder's output into its mean; its own scale, if it has one, is
 * trained by ln p(x|z).
 */
public final class VaeGan extends Vae {
  /** For the catalogue. */
  public static final About ABOUT =
      new About(
          "VAE-GAN",
          "min  ½‖f(x) − f(x̃)‖² + KL(q(z|x) ‖ p(z)),  f of a critic of images",
          "Larsen et al., 2016, Autoencoding beyond pixels, algorithm 1");

  /**
   * Settings: those of {@link Vae.Config} and
   *
   * @param gamma γ, what likeness weighs for the decoder against passing as real
   * @param critic network of D
   */
  public record Config(@JsonUnwrapped Vae.Config vae, double gamma, NetSpec critic)
      implements ModelConfig {
    public Config {
      Check.notNegative("gamma", gamma);
    }

    /** What suits the data, with γ = 1. */
    public static Config defaults(DataSpec d) {
      return new Config(Vae.Config.defaults(d), 1, Defaults.encoder(d));
    }
  }

  private final Config config;
  private final Critic critic;

  public VaeGan(DataSpec data, Params params, Config config) {
    super(data, params, config.vae());
    this.config = config;
    this.critic = Critic.of(config.critic(), params, "critic", data.event());
  }

  @Override
  protected Loss objective(Draw d, Step step) {
    Tensor remade = d.likelihood().mean();
    Tensor made = generate((int) d.x().size(0), step.rng());
    Tensor seen = critic.features(d.repeated(d.x()));
    Tensor features = d.average(critic.features(remade).minus(seen).square().sum(1).times(0.5));
    Tensor passing = d.average(critic.fooling(remade)).plus(critic.fooling(made));
    return withKl(Loss.zero().plus("features", features), d, step, 1)
        .trains("decoder", "game", features.times(config.gamma()).plus(passing))
        .trains("critic", "critic", critic.telling(d.x(), d.first(remade), made))
        .trains("likelihood", "nll", d.nll());
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
