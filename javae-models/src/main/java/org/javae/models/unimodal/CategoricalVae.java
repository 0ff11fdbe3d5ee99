package org.javae.models.unimodal;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import org.javae.core.distribution.Categorical;
import org.javae.core.distribution.Distribution;
import org.javae.core.distribution.OneHots;
import org.javae.core.distribution.RelaxedOneHots;
import org.javae.core.divergence.KullbackLeibler;
import org.javae.core.model.About;
import org.javae.core.model.Check;
import org.javae.core.model.DataSpec;
import org.javae.core.model.ModelConfig;
import org.javae.core.model.Params;
import org.javae.core.train.Step;
import org.javae.tensor.Tensor;
import org.javae.tensor.UserException;

/**
 * VAE with N categorical latents of K classes each and a uniform prior (Jang et al., 2017; Maddison
 * et al., 2017): {@code max E_q(z|x)[ln p(x|z)] − Σₙ KL(q(zₙ|x) ‖ U)}. In training z is a
 * Gumbel-Softmax draw, through which gradients pass, at a temperature that falls to its end value;
 * the divergence is that of the choices, exactly. Whatever is measured is measured on choices.
 */
public final class CategoricalVae extends ShapedVae {
  /** For the catalogue. */
  public static final About ABOUT =
      new About(
          "VAE with categorical latents (Gumbel-Softmax)",
          "max  E_q(z|x)[ln p(x|z)] − Σₙ KL(q(zₙ|x) ‖ 1/K),  z = softmax((ln q + g)/τ) in training",
          "Jang et al., 2017, Categorical Reparameterization with Gumbel-Softmax, equation (2)");

  /**
   * Settings: those of {@link Vae.Config}, where {@code latent} is N, and
   *
   * @param classes K
   * @param temperature τ at the start
   * @param temperature_end τ at the end
   * @param annealing τ falls by the factor {@code exp(−annealing)} an epoch until its end
   * @param straight_through whether the decoder sees choices in training, with the gradient of the
   *     relaxed ones
   */
  public record Config(
      @JsonUnwrapped Vae.Config vae,
      int classes,
      double temperature,
      double temperature_end,
      double annealing,
      boolean straight_through)
      implements ModelConfig {
    public Config {
      if (classes < 2) {
        throw UserException.usage(
            "classes is %d, but a choice needs 2 or more; categorical-vae has latent choices among classes each",
            classes);
      }
      Check.positive("temperature", temperature);
      Check.positive("temperature_end", temperature_end);
      Check.notNegative("annealing", annealing);
      if (temperature_end > temperature) {
        throw UserException.usage(
            "temperature_end is %s, above temperature, which is %s; the temperature falls",
            temperature_end, temperature);
      }
    }

    /** What suits the data: choices among ten, with the temperatures of Jang et al. */
    public static Config defaults(DataSpec d) {
      return new Config(ShapedVae.defaults(d), 10, 1, 0.5, 0.03, false);
    }

    /** τ at a step. */
    double temperature(Step step) {
      return Math.max(temperature_end, temperature * Math.exp(-annealing * step.epochs()));
    }
  }

  private final Config config;
  private final OneHots prior;

  public CategoricalVae(DataSpec data, Params params, Config config) {
    super("categorical-vae", data, params, config.vae(), size(config), size(config));
    this.config = config;
    Tensor even =
        Tensor.zeros(params.type(), 1, config.vae().latent(), config.classes())
            .minus(Math.log(config.classes()));
    this.prior = new OneHots(new Categorical(params.constant(even)));
  }

  private static int size(Config c) {
    return Math.multiplyExact(c.vae().latent(), c.classes());
  }

  @Override
  public OneHots posterior(Tensor x) {
    return OneHots.of(read(x), config.classes());
  }

  @Override
  public OneHots prior() {
    return prior;
  }

  @Override
  public Distribution likelihood(Tensor z) {
    return written(z);
  }

  @Override
  Distribution drawn(Distribution q, Step step) {
    return new RelaxedOneHots((OneHots) q, config.temperature(step), config.straight_through());
  }

  /** Of each choice: {@code [batch, N]}. */
  @Override
  Tensor divergence(Distribution q, Tensor z) {
    return KullbackLeibler.categoricalCategorical(((OneHots) q).choices(), prior.choices());
  }

  /** The likeliest choices: {@code [batch, N·K]} indicators. */
  @Override
  public Tensor code(Distribution posterior) {
    return ((OneHots) posterior).mode();
  }

  @Override
  Tensor nearest(Tensor z) {
    return OneHots.nearest(z, config.classes());
  }

  @Override
  public ModelConfig config() {
    return config;
  }

  /** N·K indicators. */
  @Override
  public int latent() {
    return size(config);
  }
}
