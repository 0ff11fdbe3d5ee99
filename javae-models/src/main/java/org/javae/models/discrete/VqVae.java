package org.javae.models.discrete;

import java.util.List;
import java.util.function.DoubleConsumer;
import org.javae.core.likelihood.LikelihoodSpec;
import org.javae.core.model.About;
import org.javae.core.model.Check;
import org.javae.core.model.DataSpec;
import org.javae.core.model.Defaults;
import org.javae.core.model.ModelConfig;
import org.javae.core.model.Optional;
import org.javae.core.model.Params;
import org.javae.core.net.Codebook;
import org.javae.core.net.Codebook.Quantised;
import org.javae.core.net.Net;
import org.javae.core.net.NetSpec;
import org.javae.core.prior.CodePrior;
import org.javae.tensor.Rng;
import org.javae.tensor.Tensor;

/**
 * Vector-quantised autoencoder (van den Oord, Vinyals and Kavukcuoglu, 2017): an observation's code
 * is a map of entries of a codebook, the nearest to the encoder's outputs z (equations (1) and
 * (2)). Minimises {@code −ln p(x|e) + β ‖z − sg[e]‖²} (equation (3)) with the gradient by e passed
 * straight through to z, and {@code −ln p(k)} of a learned prior over the codes k, all in nats: as
 * k is a function of x, {@code −ln p(x) ≤ −ln p(k) − ln p(x|e)}.
 *
 * <p>Networks of convolutions leave a map of codes, {@code conv:32,64} a quarter as high and wide
 * as the image; perceptrons give G codes.
 *
 * @see Codebook
 * @see CodePrior
 */
public final class VqVae extends VectorQuantised {
  /** For the catalogue. */
  public static final About ABOUT =
      new About(
          "vector-quantised autoencoder",
          "min  −ln p(x|e) + β ‖z − sg[e]‖² − ln p(k),  e the nearest of K entries to z = E(x)",
          "van den Oord, Vinyals and Kavukcuoglu, 2017, Neural Discrete Representation Learning, equation (3)");

  /**
   * Settings.
   *
   * @param encoder E
   * @param decoder of p(x|e); by default the encoder in reverse
   * @param blocks residual blocks after the encoder's convolutions and before the decoder's
   * @param groups G, codes of an observation where the encoder leaves no map
   * @param codes K
   * @param code_size D
   * @param beta β
   * @param decay γ of the codebook's averages, 0 to train it by gradients
   * @param restart ρ, part of the average use below which an entry begins anew; 0 for never
   * @param likelihood p(x|e)
   * @param prior_layers of the prior's network
   * @param prior_features of each of its layers
   */
  public record Config(
      NetSpec encoder,
      @Optional NetSpec decoder,
      int blocks,
      int groups,
      int codes,
      int code_size,
      double beta,
      double decay,
      double restart,
      LikelihoodSpec likelihood,
      int prior_layers,
      int prior_features)
      implements ModelConfig {
    public Config {
      Check.notNegative("blocks", blocks);
      Check.positive("groups", groups);
      Check.notNegative("beta", beta);
      Check.positive("prior_layers", prior_layers);
      Check.positive("prior_features", prior_features);
      new Codebook.Spec(codes, code_size, decay, restart);
      decoder = decoder == null ? encoder.mirrored() : decoder;
    }

    Codebook.Spec codebook() {
      return new Codebook.Spec(codes, code_size, decay, restart);
    }

    /** What suits the data; β and γ are the paper's. */
    public static Config defaults(DataSpec d) {
      boolean image = d.event().isImage() && Math.min(d.event().at(1), d.event().at(2)) >= 8;
      NetSpec net = image ? NetSpec.parse("conv:32,64") : Defaults.encoder(d);
      int codes = image ? 256 : 64;
      return new Config(
          net, null, 2, 8, codes, 16, 0.25, 0.99, 0.03, Defaults.likelihood(d), 4, 32);
    }
  }

  private final Config config;
  private final boolean mapped;
  private final int height;
  private final int width;
  private final Net encoder;
  private final Net decoder;
  private final Codebook book;
  private final CodePrior prior;

  public VqVae(DataSpec data, Params params, Config config) {
    super(data, params, config);
    this.config = config;
    NetSpec e = config.encoder();
    NetSpec d = config.decoder();
    this.mapped = e.keepsMap();
    int size = config.code_size();
    if (mapped) {
      long[] map = e.map(data.event());
      Maps.same(e, d, data.event());
      this.height = (int) map[0];
      this.width = (int) map[1];
      this.encoder = e.mapEncoder(params, "encoder", data.event(), config.blocks(), size);
      this.decoder =
          d.mapDecoder(params, "decoder", size, config.blocks(), likelihood().outputShape());
    } else {
      this.height = 1;
      this.width = config.groups();
      this.encoder = e.encoder(params, "encoder", data.event(), width * size);
      this.decoder = d.decoder(params, "decoder", width * size, likelihood().outputShape());
    }
    this.book = level("codebook", config, height * width);
    this.prior =
        new CodePrior(
            params,
            "prior",
            config.codes(),
            height,
            width,
            config.prior_layers(),
            config.prior_features());
  }

  @Override
  List<Quantised> quantise(Tensor x) {
    Tensor h = encoder.apply(config.likelihood().read(x));
    return List.of(book.quantise(mapped ? rows(h) : h.reshape(-1, config.code_size())));
  }

  @Override
  Tensor expand(List<Tensor> entries) {
    Tensor e = entries.get(0);
    return decoder.apply(
        mapped ? map(e, height, width) : e.reshape(-1, (long) width * config.code_size()));
  }

  @Override
  Tensor logProb(List<Tensor> codes) {
    return prior.logProb(codes.get(0), null);
  }

  @Override
  List<Tensor> sample(int n, Rng rng, DoubleConsumer progress) {
    return List.of(prior.sample(n, null, rng, progress));
  }

  @Override
  public ModelConfig config() {
    return config;
  }
}
