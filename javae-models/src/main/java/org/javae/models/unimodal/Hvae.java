package org.javae.models.unimodal;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.javae.core.distribution.Normal;
import org.javae.core.model.About;
import org.javae.core.model.Check;
import org.javae.core.model.DataSpec;
import org.javae.core.model.ModelConfig;
import org.javae.core.model.Params;
import org.javae.core.net.Net;
import org.javae.core.net.NetSpec;
import org.javae.tensor.Shape;
import org.javae.tensor.Tensor;
import org.javae.tensor.UserException;

/**
 * Hierarchical VAE with L levels of codes (see {@link Hierarchy} for the objective). Inference goes
 * up by networks without noise, {@code d_1 = f_1(x)}, {@code d_l = f_l(d_{l−1})}, then down with
 * samples: {@code q(z_L|x) = N(μ(d_L), σ²(d_L))} and below by {@link Inference}, either from d_l
 * and the codes above (Tomczak and Welling, 2018) or as the precision-weighted product of what d_l
 * says and of the prior (Sønderby et al., 2016). The decoder sees all levels. One level is the
 * {@link Vae}.
 */
public final class Hvae extends Hierarchy {
  /** For the catalogue. */
  public static final About ABOUT =
      new About(
          "hierarchical VAE, also as a ladder",
          "max  E_q[ln p(x|z)] − Σₗ E KL(q(zₗ|x, z₍>ₗ₎) ‖ p(zₗ|z₍>ₗ₎))",
          "Sønderby et al., 2016, Ladder Variational Autoencoders; Tomczak and Welling, 2018, section 4");

  /**
   * Settings: those of {@link Vae.Config}, where {@code latent} is the width of z_1 and {@code
   * prior} the top level's, and
   *
   * @param levels L
   * @param taper width of a level by that of the one below
   * @param hidden units of each layer between levels
   * @param inference of the levels below the top
   * @param balance whether levels that carry little cost less while the KL weight rises
   */
  public record Config(
      @JsonUnwrapped Vae.Config vae,
      int levels,
      double taper,
      int hidden,
      Inference inference,
      boolean balance)
      implements ModelConfig {
    public Config {
      Check.positive("levels", levels);
      Check.positive("taper", taper);
      Check.positive("hidden", hidden);
      if (taper > 1) {
        throw UserException.usage("taper is %s; it must be at most 1", taper);
      }
    }

    /** What suits the data, with two levels of equal width. */
    public static Config defaults(DataSpec d) {
      return new Config(
          Vae.Config.defaults(d), 2, 1, d.event().isImage() ? 512 : 128, Inference.DIRECT, false);
    }

    /** Widths of the levels, top first. */
    int[] widths() {
      return IntStream.iterate(levels - 1, l -> l >= 0, l -> l - 1)
          .map(l -> (int) Math.max(1, Math.round(vae.latent() * Math.pow(taper, l))))
          .toArray();
    }
  }

  private final Config config;
  private final List<Net> upward = new ArrayList<>();
  private final List<Net> posteriors = new ArrayList<>();
  private final List<Net> priors = new ArrayList<>();
  private final Net decoder;

  public Hvae(DataSpec data, Params params, Config config) {
    super(
        data,
        params,
        new Terms(
            config.vae().likelihood(),
            config.vae().schedule(),
            config.vae().samples(),
            config.vae().prior(),
            config.vae().kl(),
            config.inference(),
            config.balance()),
        config.widths());
    this.config = config;
    int[] w = config.widths();
    int levels = w.length;
    NetSpec one = between(1);
    for (int n = 1; n <= levels; n++) {
      NetSpec spec = n == 1 ? config.vae().encoder() : one;
      Shape in = n == 1 ? data.event() : Shape.of(config.hidden());
      String name = n == 1 ? "encoder" : "encoder.up" + n;
      upward.add(spec.encoder(params, name, in, n == levels ? 2 * w[0] : config.hidden()));
    }
    int above = w[0];
    for (int l = 1; l < levels; l++) {
      String level = String.valueOf(levels - l);
      boolean ladder = config.inference() == Inference.LADDER;
      Shape in = Shape.of(config.hidden() + (ladder ? 0 : above));
      posteriors.add(one.encoder(params, "encoder.q" + level, in, 2 * w[l]));
      priors.add(between(2).encoder(params, "decoder.p" + level, Shape.of(above), 2 * w[l]));
      above += w[l];
    }
    this.decoder =
        config.vae().decoder().decoder(params, "decoder", above, likelihood.outputShape());
  }

  /** A perceptron between levels. */
  private NetSpec between(int layers) {
    return new NetSpec(
        "mlp",
        Collections.nCopies(layers, config.hidden()),
        0,
        config.vae().encoder().activation());
  }

  @Override
  List<Tensor> bottomUp(Tensor x) {
    List<Tensor> features = new ArrayList<>();
    Tensor d = config.vae().likelihood().read(x);
    for (Net f : upward) {
      d = f.apply(d);
      if (f != upward.get(upward.size() - 1)) {
        d = config.vae().encoder().activation().apply(d);
      }
      features.add(0, d);
    }
    return features;
  }

  @Override
  Normal top(List<Tensor> features) {
    List<Tensor> h = features.get(0).chunk(2, 1);
    return new Normal(h.get(0), h.get(1));
  }

  @Override
  Tensor conditional(int level, Tensor above) {
    return priors.get(level - 1).apply(above);
  }

  @Override
  Tensor inferred(int level, Tensor above, Tensor features) {
    Tensor in =
        config.inference() == Inference.LADDER ? features : Tensor.cat(List.of(features, above), 1);
    return posteriors.get(level - 1).apply(in);
  }

  /** The state is the codes so far, side by side. */
  @Override
  Tensor next(int level, Tensor above, Tensor z) {
    return above == null ? z : Tensor.cat(List.of(above, z), 1);
  }

  @Override
  Tensor decoded(Tensor codes) {
    return decoder.apply(codes);
  }

  @Override
  public ModelConfig config() {
    return config;
  }
}
