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
import org.javae.core.schedule.Schedule;
import org.javae.core.train.Step;
import org.javae.tensor.Shape;
import org.javae.tensor.Tensor;
import org.javae.tensor.UserException;

/**
 * Adversarial autoencoder (Makhzani et al., 2015): minimises {@code E[−ln p(x|z)] − λ E ln D(z)},
 * the KL term of a VAE replaced by a {@link Critic} that learns to tell draws of the prior from
 * codes z ~ q(z|x), while the encoder learns that it cannot. Only draws of the prior are needed,
 * never its density. Reconstruction and game are one step here, two in the paper, and parameters
 * that a prior may have keep their start.
 */
public final class AdversarialAutoencoder extends Vae {
  /** For the catalogue. */
  public static final About ABOUT =
      new About(
          "adversarial autoencoder",
          "max  E[ln p(x|z)] + λ E ln D(z),  D: prior or code?",
          "Makhzani et al., 2015, Adversarial Autoencoders");

  /**
   * Settings: those of {@link Vae.Config} and
   *
   * @param lambda λ
   * @param critic network of D
   */
  public record Config(@JsonUnwrapped Vae.Config vae, double lambda, NetSpec critic)
      implements ModelConfig {
    public Config {
      Check.notNegative("lambda", lambda);
      boolean annealed = !vae.schedule().equals(Schedule.CONSTANT);
      if (annealed || !vae.kl().plain()) {
        throw UserException.usage(
            "%s does not apply to aae, which has no KL term; leave it out, lambda weighs the game in its place",
            annealed ? "schedule=" + vae.schedule() : "kl=" + vae.kl());
      }
    }

    /** What suits the data, with λ = 10. */
    public static Config defaults(DataSpec d) {
      return new Config(Vae.Config.defaults(d), 10, Critic.OF_CODES);
    }
  }

  private final Config config;
  private final Critic critic;

  public AdversarialAutoencoder(DataSpec data, Params params, Config config) {
    super(data, params, config.vae());
    this.config = config;
    this.critic = Critic.of(config.critic(), params, "critic", Shape.of(latent()));
  }

  @Override
  protected Loss objective(Draw d, Step step) {
    Tensor draws = prior().sample(step.rng(), (int) d.x().size(0));
    return Loss.zero()
        .plus("nll", d.nll())
        .plus("game", config.lambda(), d.average(critic.fooling(d.z())))
        .trains("critic", "critic", critic.telling(draws, d.first()));
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
