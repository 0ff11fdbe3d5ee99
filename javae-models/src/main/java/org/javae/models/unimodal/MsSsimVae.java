package org.javae.models.unimodal;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import org.javae.core.divergence.MsSsim;
import org.javae.core.model.About;
import org.javae.core.model.Check;
import org.javae.core.model.DataSpec;
import org.javae.core.model.Loss;
import org.javae.core.model.ModelConfig;
import org.javae.core.model.Params;
import org.javae.core.train.Step;
import org.javae.tensor.Tensor;
import org.javae.tensor.UserException;

/**
 * VAE with multi-scale structural similarity as reconstruction (Snell et al., 2017): minimises
 * {@code w (1 − MS-SSIM(x, x̃)) + KL(q(z|x) ‖ p(z))} with x̃ the mean of p(x|z). It is no
 * likelihood, so no bound either; the likelihood's own scale, if it has one, is trained by ln
 * p(x|z) for the sake of measures.
 */
public final class MsSsimVae extends Vae {
  /** For the catalogue. */
  public static final About ABOUT =
      new About(
          "MS-SSIM-VAE",
          "min  w (1 − MS-SSIM(x, x̃)) + KL(q(z|x) ‖ p(z))",
          "Snell et al., 2017, Learning to Generate Images with Perceptual Similarity Metrics");

  /**
   * Settings: those of {@link Vae.Config} and
   *
   * @param weight w
   */
  public record Config(@JsonUnwrapped Vae.Config vae, double weight) implements ModelConfig {
    public Config {
      Check.positive("weight", weight);
    }

    /** What suits the data, with w = 100. */
    public static Config defaults(DataSpec d) {
      return new Config(Vae.Config.defaults(d), 100);
    }
  }

  private final Config config;

  /**
   * @throws UserException if the data are not images of values in [0, 1]
   */
  public MsSsimVae(DataSpec data, Params params, Config config) {
    super(data, params, config.vae());
    if (!data.event().isImage() || !data.unitInterval()) {
      throw UserException.usage(
          "model ms-ssim-vae compares images with values in [0, 1], but an observation is %s%s",
          data.event(), data.unitInterval() ? "" : " of other values");
    }
    this.config = config;
  }

  @Override
  protected Loss objective(Draw d, Step step) {
    Tensor alike = d.average(MsSsim.of(d.repeated(d.x()), d.likelihood().mean()));
    Loss unlike = Loss.zero().plus("dissimilarity", config.weight(), alike.neg().plus(1));
    return withKl(unlike, d, step, 1).trains("likelihood", "nll", d.nll());
  }

  @Override
  public ModelConfig config() {
    return config;
  }
}
