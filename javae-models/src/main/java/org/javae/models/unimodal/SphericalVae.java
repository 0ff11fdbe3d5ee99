package org.javae.models.unimodal;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.util.List;
import java.util.Locale;
import org.javae.core.distribution.Distribution;
import org.javae.core.distribution.HypersphericalUniform;
import org.javae.core.distribution.VonMisesFisher;
import org.javae.core.distribution.VonMisesFisher.Gradient;
import org.javae.core.geometry.Sphere;
import org.javae.core.model.About;
import org.javae.core.model.Check;
import org.javae.core.model.DataSpec;
import org.javae.core.model.ModelConfig;
import org.javae.core.model.Params;
import org.javae.tensor.Tensor;
import org.javae.tensor.UserException;

/**
 * Hyperspherical VAE (Davidson et al., 2018): codes on the unit sphere in m coordinates, which has
 * m − 1 dimensions, {@code max E_q(z|x)[ln p(x|z)] − KL(vMF(μ(x), κ(x)) ‖ U)}. The uniform prior
 * has no centre that codes are pulled to, and the divergence depends on κ alone. As there {@code κ
 * = 1 + softplus}.
 */
public final class SphericalVae extends ShapedVae {
  /** For the catalogue. */
  public static final About ABOUT =
      new About(
          "hyperspherical VAE",
          "max  E_q(z|x)[ln p(x|z)] − KL(vMF(z; μ(x), κ(x)) ‖ U(sphere))",
          "Davidson et al., 2018, Hyperspherical Variational Auto-Encoders, equation (4)");

  private static final List<String> GRADIENTS = List.of("implicit", "proposal");

  /** Moves the direction off 0, which an encoder without biases gives for an empty observation. */
  private static final double OFF_CENTRE = 0.1;

  /**
   * Settings: those of {@link Vae.Config}, where {@code latent} is m, and
   *
   * @param gradient of a draw by κ: {@code implicit} or {@code proposal}
   */
  public record Config(@JsonUnwrapped Vae.Config vae, String gradient) implements ModelConfig {
    public Config {
      Check.oneOf("gradient", gradient, GRADIENTS);
      if (vae.latent() < 2) {
        throw UserException.usage(
            "latent is %d, but the unit sphere in 1 coordinate is two points; svae needs latent=2 (a circle) or more",
            vae.latent());
      }
    }

    /** What suits the data, with the exact gradient. */
    public static Config defaults(DataSpec d) {
      return new Config(ShapedVae.defaults(d), "implicit");
    }
  }

  private final Config config;
  private final Tensor offset;
  private final HypersphericalUniform prior;

  public SphericalVae(DataSpec data, Params params, Config config) {
    super("svae", data, params, config.vae(), config.vae().latent() + 1, config.vae().latent());
    this.config = config;
    double[] first = new double[latent()];
    first[0] = OFF_CENTRE;
    this.offset = params.constant(Tensor.of(first, 1, latent()).to(params.type()));
    this.prior =
        new HypersphericalUniform(params.constant(Tensor.zeros(params.type(), 1, latent())));
  }

  @Override
  public VonMisesFisher posterior(Tensor x) {
    Tensor h = read(x);
    Tensor direction = Sphere.nearest(h.narrow(1, 0, latent()).plus(offset));
    Tensor concentration = h.narrow(1, latent(), 1).softplus().plus(1);
    Gradient g = Gradient.valueOf(config.gradient().toUpperCase(Locale.ROOT));
    return VonMisesFisher.of(direction, concentration, g);
  }

  @Override
  public HypersphericalUniform prior() {
    return prior;
  }

  @Override
  public Distribution likelihood(Tensor z) {
    return written(z);
  }

  /** μ(x), which lies on the sphere where the mean does not. */
  @Override
  public Tensor code(Distribution posterior) {
    return ((VonMisesFisher) posterior).direction();
  }

  @Override
  Tensor nearest(Tensor z) {
    return Sphere.nearest(z);
  }

  @Override
  public ModelConfig config() {
    return config;
  }

  @Override
  public int latent() {
    return config.vae().latent();
  }
}
