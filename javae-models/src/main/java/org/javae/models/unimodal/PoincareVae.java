package org.javae.models.unimodal;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import org.javae.core.distribution.Distribution;
import org.javae.core.distribution.WrappedNormal;
import org.javae.core.geometry.PoincareBall;
import org.javae.core.model.About;
import org.javae.core.model.Check;
import org.javae.core.model.DataSpec;
import org.javae.core.model.ModelConfig;
import org.javae.core.model.Params;
import org.javae.tensor.DType;
import org.javae.tensor.Tensor;
import org.javae.tensor.UserException;

/**
 * Poincaré VAE (Mathieu et al., 2019; Nagano et al., 2019): codes in hyperbolic space of curvature
 * −c, whose volume grows exponentially with the distance from its centre as the number of nodes of
 * a tree does. {@code max E_q(z|x)[ln p(x|z) + ln p(z) − ln q(z|x)]} with wrapped Gaussians q =
 * N(exp₀(m(x)), diag σ²(x)) and p = N(0, s² I), at draws of q. The decoder takes log₀(z), or the
 * distances of z from learned geodesic hyperplanes.
 */
public final class PoincareVae extends ShapedVae {
  /** For the catalogue. */
  public static final About ABOUT =
      new About(
          "VAE in hyperbolic space",
          "max  E_q(z|x)[ln p(x|z) + ln p(z) − ln q(z|x)],  q, p wrapped Gaussians on the Poincaré ball",
          "Mathieu et al., 2019, Continuous Hierarchical Representations with Poincaré VAEs");

  /**
   * Settings: those of {@link Vae.Config} and
   *
   * @param curvature c
   * @param prior_scale s, in units of length at the centre
   * @param gyroplanes hyperplanes whose distances the decoder sees; 0: it sees log₀(z)
   */
  public record Config(
      @JsonUnwrapped Vae.Config vae, double curvature, double prior_scale, int gyroplanes)
      implements ModelConfig {
    public Config {
      Check.positive("curvature", curvature);
      Check.positive("prior_scale", prior_scale);
      Check.notNegative("gyroplanes", gyroplanes);
      if (vae.latent() < 2) {
        throw UserException.usage(
            "latent is %d, but a line has no curvature; poincare-vae needs latent=2 (a disk) or more",
            vae.latent());
      }
    }

    /** What suits the data, with c = s = 1. */
    public static Config defaults(DataSpec d) {
      return new Config(ShapedVae.defaults(d), 1, 1, 0);
    }

    private int decoderInputs() {
      return gyroplanes == 0 ? vae.latent() : gyroplanes;
    }
  }

  private final Config config;
  private final PoincareBall ball;
  private final WrappedNormal prior;
  private final Gyroplanes planes;

  public PoincareVae(DataSpec data, Params params, Config config) {
    super(
        "poincare-vae",
        data,
        params,
        config.vae(),
        2 * config.vae().latent(),
        config.decoderInputs());
    this.config = config;
    this.ball = new PoincareBall(config.curvature());
    Tensor zero = params.constant(Tensor.zeros(DType.FLOAT64, 1, latent()));
    Tensor scale = params.constant(zero.plus(Math.log(config.prior_scale())));
    this.prior = new WrappedNormal(ball, zero, scale);
    this.planes =
        config.gyroplanes() == 0
            ? null
            : new Gyroplanes(ball, params, "decoder.gyroplanes", config.gyroplanes(), latent());
  }

  /** In float64: towards the rim of the ball float32 has no digits left. */
  @Override
  public WrappedNormal posterior(Tensor x) {
    var h = read(x).to(DType.FLOAT64).chunk(2, 1);
    return new WrappedNormal(ball, ball.exp(h.get(0)), h.get(1));
  }

  @Override
  public WrappedNormal prior() {
    return prior;
  }

  @Override
  public Distribution likelihood(Tensor z) {
    Tensor exact = z.to(DType.FLOAT64);
    return written(planes == null ? ball.log(exact) : planes.distances(exact));
  }

  @Override
  Tensor nearest(Tensor z) {
    return ball.inside(z);
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
