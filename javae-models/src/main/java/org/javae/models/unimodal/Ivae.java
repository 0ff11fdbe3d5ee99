package org.javae.models.unimodal;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.util.List;
import org.javae.core.config.Nearest;
import org.javae.core.likelihood.LikelihoodSpec;
import org.javae.core.model.About;
import org.javae.core.model.DataSpec;
import org.javae.core.model.Decodes;
import org.javae.core.model.Defaults;
import org.javae.core.model.ModelConfig;
import org.javae.core.model.Params;
import org.javae.core.net.NetSpec;
import org.javae.core.schedule.Schedule;
import org.javae.tensor.Tensor;
import org.javae.tensor.UserException;

/**
 * Identifiable VAE (Khemakhem et al., 2020): maximises {@code E_q(z|x,u)[ln p(x|z)] − KL(q(z|x,u) ‖
 * p(z|u))} with p(z|u) = N(m(u), diag λ(u)), λ learned for every label u, and m(u) = 0 or learned,
 * nats per observation. The label acts through the prior only. Where its variances differ enough
 * between labels, the sources z are determined up to order, scale and shift (their identifiability
 * theorems, for an injective decoder), while without labels any rotation of N(0, I) fits as well.
 */
public final class Ivae extends LabelledVae implements Decodes {
  /** For the catalogue. */
  public static final About ABOUT =
      new About(
          "identifiable VAE",
          "max  E_q(z|x,u)[ln p(x|z)] − KL(q(z|x,u) ‖ N(m(u), λ(u)))",
          "Khemakhem et al., 2020, Variational Autoencoders and Nonlinear ICA");

  /**
   * Settings: those of {@link Vae.Config}, whose {@code prior} is {@code learned} for each label
   * and whose {@code posterior} is {@code full} by default, as identification needs a q that can
   * equal the true posterior, in which the sources depend on each other; and
   *
   * @param prior_mean m(u): {@code zero} or {@code learned}
   */
  public record Config(@JsonUnwrapped Vae.Config vae, String prior_mean) implements ModelConfig {
    private static final List<String> MEANS = List.of("zero", "learned");

    public Config {
      if (!vae.prior().kind().equals("learned")) {
        throw UserException.usage(
            "prior is '%s', but that of ivae is learned for each label; use vae for another",
            vae.prior());
      }
      if (!MEANS.contains(prior_mean)) {
        throw UserException.usage(
            "unknown prior_mean '%s'; %s", prior_mean, Nearest.suggestion(prior_mean, MEANS));
      }
    }

    /** What suits the data: for real numbers little fixed noise, as identifiability asks. */
    public static Config defaults(DataSpec d) {
      boolean real = !d.unitInterval() && !d.mixed();
      Vae.Config c =
          new Vae.Config(
              Defaults.latent(d),
              d.event().isImage() ? Defaults.encoder(d) : NetSpec.parse("mlp:100,100/leaky-relu"),
              null,
              real ? LikelihoodSpec.parse("gaussian:0.1") : Defaults.likelihood(d),
              Schedule.CONSTANT,
              1);
      return new Config(c.withPrior("learned").withPosterior("full"), "zero");
    }
  }

  private final Config config;

  public Ivae(DataSpec data, Params params, Config config) {
    super("ivae", data, params, config.vae(), false, config.prior_mean().equals("learned"), true);
    this.config = config;
  }

  @Override
  public Tensor decode(Tensor z) {
    return likelihood(z, null).mean();
  }

  @Override
  public ModelConfig config() {
    return config;
  }
}
