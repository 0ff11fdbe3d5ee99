package org.javae.models.discrete;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.util.List;
import java.util.function.DoubleConsumer;
import org.javae.core.model.About;
import org.javae.core.model.Check;
import org.javae.core.model.DataSpec;
import org.javae.core.model.ModelConfig;
import org.javae.core.model.Params;
import org.javae.core.net.Codebook;
import org.javae.core.net.Codebook.Quantised;
import org.javae.core.net.Net;
import org.javae.core.net.NetSpec;
import org.javae.core.prior.CodePrior;
import org.javae.tensor.Rng;
import org.javae.tensor.Shape;
import org.javae.tensor.Tensor;
import org.javae.tensor.UserException;

/**
 * Vector-quantised autoencoder of two levels (Razavi, van den Oord and Vinyals, 2019, algorithm 1):
 * of a map h of features the top level quantises a map half as high and wide, {@code t =
 * Q(E_t(h))}, the bottom level what is then left to say, {@code b = Q(E_b(h, D_t(t)))}, and the
 * decoder sees both. The loss is that of {@link VqVae} over both codebooks with the prior {@code
 * p(t) p(b|t)} (algorithm 2), both learned together with the rest.
 */
public final class VqVae2 extends VectorQuantised {
  /** For the catalogue. */
  public static final About ABOUT =
      new About(
          "vector-quantised autoencoder of two levels",
          "min  −ln p(x|t,b) + β Σ ‖z − sg[e]‖² − ln p(t) − ln p(b|t)",
          "Razavi, van den Oord and Vinyals, 2019, Generating Diverse High-Fidelity Images with VQ-VAE-2, algorithms 1 and 2");

  /**
   * Settings: those of {@link VqVae.Config}, both levels alike, and
   *
   * @param features channels of h and of the top level's networks
   */
  public record Config(@JsonUnwrapped VqVae.Config vq, int features) implements ModelConfig {
    public Config {
      Check.positive("features", features);
    }

    /** What suits the data. */
    public static Config defaults(DataSpec d) {
      return new Config(VqVae.Config.defaults(d), 64);
    }
  }

  /** The top's part of drawing: a quarter as many codes as below. */
  private static final double TOP = 0.2;

  /** From the bottom's map to the top's. */
  private static final NetSpec HALF = NetSpec.parse("conv:64");

  private final Config config;
  private final long[] bottom;
  private final long[] top;
  private final Net encoder;
  private final Net topEncoder;
  private final Net topDecoder;
  private final Net bottomEncoder;
  private final Net decoder;
  private final Codebook topBook;
  private final Codebook bottomBook;
  private final CodePrior topPrior;
  private final CodePrior bottomPrior;
  private final Net given;

  public VqVae2(DataSpec data, Params params, Config config) {
    super(data, params, config.vq());
    this.config = config;
    VqVae.Config c = config.vq();
    NetSpec e = c.encoder();
    if (!e.keepsMap()) {
      throw UserException.usage(
          "vq-vae-2 puts one map of codes over another, but network '%s' leaves none; use conv:32,64 on images, or the"
              + " model vq-vae",
          e);
    }
    Maps.same(e, c.decoder(), data.event());
    int d = c.code_size();
    int f = config.features();
    this.bottom = e.map(data.event());
    Shape h = Shape.of(f, bottom[0], bottom[1]);
    NetSpec half = new NetSpec(HALF.kind(), List.of(f), 0, e.activation());
    this.top = half.map(h);
    this.encoder = e.mapEncoder(params, "encoder.map", data.event(), c.blocks(), f);
    this.topEncoder = half.mapEncoder(params, "encoder.top", h, c.blocks(), d);
    this.topDecoder = half.mapDecoder(params, "encoder.back", d, c.blocks(), h);
    this.bottomEncoder = Maps.point(params, "encoder.bottom", 2 * f, d);
    this.decoder =
        c.decoder().mapDecoder(params, "decoder", 2 * d, c.blocks(), likelihood().outputShape());
    this.topBook = level("codebook_top", c, (int) (top[0] * top[1]));
    this.bottomBook = level("codebook_bottom", c, (int) (bottom[0] * bottom[1]));
    this.topPrior = prior("prior_top", top);
    this.bottomPrior = prior("prior_bottom", bottom);
    this.given = Maps.point(params, "prior_bottom.given", d, c.prior_features());
  }

  private CodePrior prior(String name, long[] map) {
    VqVae.Config c = config.vq();
    return new CodePrior(
        params(),
        name,
        c.codes(),
        (int) map[0],
        (int) map[1],
        c.prior_layers(),
        c.prior_features());
  }

  @Override
  List<Quantised> quantise(Tensor x) {
    Tensor h = encoder.apply(x);
    Quantised t = topBook.quantise(rows(topEncoder.apply(h)));
    Tensor said = topDecoder.apply(map(t.through(), top[0], top[1]));
    Tensor left = bottomEncoder.apply(Tensor.cat(List.of(h, said), 1));
    return List.of(t, bottomBook.quantise(rows(left)));
  }

  @Override
  Tensor expand(List<Tensor> entries) {
    Tensor b = map(entries.get(1), bottom[0], bottom[1]);
    return decoder.apply(Tensor.cat(List.of(over(entries.get(0)), b), 1));
  }

  /** The top's entries laid over the bottom's map: {@code [batch, D, h, w]}. */
  private Tensor over(Tensor entries) {
    return map(entries, top[0], top[1]).upsample(bottom[0], bottom[1]);
  }

  @Override
  Tensor logProb(List<Tensor> codes) {
    Tensor t = codes.get(0);
    return topPrior.logProb(t, null).plus(bottomPrior.logProb(codes.get(1), given(t)));
  }

  /** What the bottom's prior is told of the top. */
  private Tensor given(Tensor codes) {
    return given.apply(over(topBook.lookup(codes.reshape(-1)).detach()));
  }

  @Override
  List<Tensor> sample(int n, Rng rng, DoubleConsumer progress) {
    Tensor t = topPrior.sample(n, null, rng.split("top"), f -> progress.accept(f * TOP));
    DoubleConsumer rest = f -> progress.accept(TOP + f * (1 - TOP));
    Tensor b = bottomPrior.sample(n, given(t), rng.split("bottom"), rest);
    return List.of(t, b);
  }

  @Override
  public ModelConfig config() {
    return config;
  }
}
