package org.javae.models.unimodal;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.util.List;
import org.javae.core.model.About;
import org.javae.core.model.DataSpec;
import org.javae.core.model.ModelConfig;
import org.javae.core.model.Params;
import org.javae.tensor.UserException;

/**
 * Conditional VAE (Sohn et al., 2015; the generative model M2 of Kingma et al., 2014, with every
 * label seen): maximises {@code ELBO(x|u) = E_q(z|x,u)[ln p(x|z,u)] − KL(q(z|x,u) ‖ p(z|u))}, a
 * lower bound of ln p(x|u), nats per observation. As the decoder is told the label u, codes z hold
 * what the label does not say. p(z|u) is N(0, I) ({@code prior=standard}) or one learned Gaussian a
 * label ({@code prior=learned}).
 */
public final class ConditionalVae extends LabelledVae {
  /** For the catalogue. */
  public static final About ABOUT =
      new About(
          "conditional VAE",
          "max  E_q(z|x,u)[ln p(x|z,u)] − KL(q(z|x,u) ‖ p(z|u))",
          "Sohn et al., 2015, Learning Structured Output Representation; Kingma et al., 2014, M2");

  /**
   * Settings: those of {@link Vae.Config}; {@code prior} is {@code standard} or {@code learned} for
   * each label.
   */
  public record Config(@JsonUnwrapped Vae.Config vae) implements ModelConfig {
    public Config {
      if (!List.of("standard", "learned").contains(vae.prior().kind())) {
        throw UserException.usage(
            "prior is '%s', but p(z) given a label is standard or learned", vae.prior());
      }
    }

    /** What suits the data, with p(z|u) = N(0, I). */
    public static Config defaults(DataSpec d) {
      return new Config(Vae.Config.defaults(d));
    }
  }

  private final Config config;

  public ConditionalVae(DataSpec data, Params params, Config config) {
    super("cvae", data, params, config.vae(), true, learned(config), learned(config));
    this.config = config;
  }

  private static boolean learned(Config config) {
    return config.vae().prior().kind().equals("learned");
  }

  @Override
  public ModelConfig config() {
    return config;
  }
}
