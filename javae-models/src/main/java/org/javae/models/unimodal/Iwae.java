package org.javae.models.unimodal;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.util.List;
import org.javae.core.config.Nearest;
import org.javae.core.model.About;
import org.javae.core.model.Check;
import org.javae.core.model.DataSpec;
import org.javae.core.model.Loss;
import org.javae.core.model.ModelConfig;
import org.javae.core.model.Params;
import org.javae.core.objective.Bounds;
import org.javae.core.objective.EncoderGradient;
import org.javae.tensor.Tensor;
import org.javae.tensor.UserException;

/**
 * Importance weighted autoencoder (Burda et al., 2016): maximises {@code E ln 1/K Σₖ p(x, zₖ) /
 * q(zₖ|x)}, a bound of ln p(x) that tightens with K. With M = {@code samples} above 1 it is MIWAE
 * (Rainforth et al., 2018): the average of M such bounds, K samples each, whose gradient for the
 * encoder is less noisy. {@code gradient=dreg} trains the encoder by the doubly reparameterised
 * gradient (Tucker et al., 2019), whose noise does not drown its signal as K grows.
 */
public final class Iwae extends ImportanceWeightedVae {
  /** For the catalogue. */
  public static final About ABOUT =
      new About(
          "importance weighted autoencoder",
          "max  E ln 1/K Σₖ p(x, zₖ)/q(zₖ|x)",
          "Burda, Grosse and Salakhutdinov, 2016, equation (8)");

  /** For the catalogue: MIWAE. */
  public static final About ABOUT_MULTIPLE =
      new About(
          "multiply importance weighted autoencoder",
          "max  1/M Σₘ E ln 1/K Σₖ p(x, zₘₖ)/q(zₘₖ|x)",
          "Rainforth et al., 2018, Tighter Variational Bounds are Not Necessarily Better, section 5");

  private static final List<String> GRADIENTS = List.of("reparameterised", "dreg");

  /**
   * Settings: those of {@link Vae.Config}, where {@code samples} is M, and
   *
   * @param k K, importance samples inside the logarithm
   * @param gradient of the encoder: {@code reparameterised} or {@code dreg}
   */
  public record Config(@JsonUnwrapped Vae.Config vae, int k, String gradient)
      implements ModelConfig {
    public Config {
      Check.positive("k", k);
      if (!GRADIENTS.contains(gradient)) {
        throw UserException.usage(
            "unknown gradient '%s'; %s", gradient, Nearest.suggestion(gradient, GRADIENTS));
      }
      if (gradient.equals("dreg")) {
        vae.posterior()
            .requireDiagonal("gradient=dreg is written for a diagonal Gaussian posterior");
      }
      if (gradient.equals("dreg")
          && List.of("vamp", "exemplar", "aggregate").contains(vae.prior().kind())) {
        throw UserException.usage(
            "gradient=dreg needs a prior that does not depend on the encoder, but prior is %s; use"
                + " gradient=reparameterised",
            vae.prior());
      }
    }

    /** What suits the data, with K = 50. */
    public static Config defaults(DataSpec d) {
      return new Config(Vae.Config.defaults(d), 50, "reparameterised");
    }

    /** MIWAE with M = 8 and K = 8. */
    public static Config multiple(DataSpec d) {
      return new Config(Vae.Config.defaults(d).withSamples(8), 8, "reparameterised");
    }
  }

  private final Config config;

  public Iwae(DataSpec data, Params params, Config config) {
    super(data, params, config.vae(), (long) config.vae().samples() * config.k());
    this.config = config;
  }

  @Override
  Loss bound(Tensor logWeights) {
    return Loss.zero().plus("iwae", Bounds.miwae(logWeights, config.vae().samples()).neg());
  }

  @Override
  EncoderGradient gradient() {
    return config.gradient().equals("dreg")
        ? EncoderGradient.doublyReparameterised()
        : EncoderGradient.reparameterised();
  }

  @Override
  public ModelConfig config() {
    return config;
  }
}
