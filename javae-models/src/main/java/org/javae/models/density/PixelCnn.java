package org.javae.models.density;

import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleConsumer;
import org.javae.core.model.About;
import org.javae.core.model.Batch;
import org.javae.core.model.Check;
import org.javae.core.model.DataSpec;
import org.javae.core.model.Generates;
import org.javae.core.model.Loss;
import org.javae.core.model.Model;
import org.javae.core.model.ModelConfig;
import org.javae.core.model.Params;
import org.javae.core.model.Quantised;
import org.javae.core.model.Scores;
import org.javae.core.net.GatedPixelCnn;
import org.javae.core.train.Step;
import org.javae.tensor.DType;
import org.javae.tensor.Rng;
import org.javae.tensor.Shape;
import org.javae.tensor.Tensor;
import org.javae.tensor.UserException;

/**
 * PixelCNN (van den Oord et al., 2016): {@code p(x) = Πᵢ p(xᵢ | x₁ … xᵢ₋₁)} over the pixels in
 * reading order and the channels of each in turn, every conditional a choice among K levels; two
 * for binary images, the 256 of a byte or fewer for others. {@code ln p} is the exact log-mass of
 * the levels in nats.
 *
 * @see GatedPixelCnn
 */
public final class PixelCnn extends Model<Batch> implements Scores, Generates, Quantised {
  /** For the catalogue. */
  public static final About ABOUT =
      new About(
          "gated PixelCNN",
          "max  Σᵢ ln p(xᵢ | x₁ … xᵢ₋₁)",
          "van den Oord et al., 2016, Conditional Image Generation with PixelCNN Decoders");

  /** Most numbers of features or logits in one part of a batch: 64 MB of them. */
  private static final long ATONCE = 1 << 24;

  /**
   * Settings.
   *
   * @param levels K
   * @param features of each of the two stacks
   * @param layers after the first; a pixel sees 3 rows more than there are of them
   */
  public record Config(int levels, int features, int layers) implements ModelConfig {
    public Config {
      Check.positive("features", features);
      Check.positive("layers", layers);
      if (levels < 2 || levels > 256) {
        throw UserException.usage(
            "levels is %d; a pixel has 2 (binary images) to 256 (bytes) of them", levels);
      }
    }

    /** A narrow network: a pass over every pixel is dear. */
    public static Config defaults(DataSpec d) {
      return new Config(d.binary() ? 2 : 256, 32, 6);
    }
  }

  private final Config config;
  private final Shape image;
  private final GatedPixelCnn net;

  public PixelCnn(DataSpec data, Params params, Config config) {
    super(data, params);
    this.config = config;
    this.image = data.event();
    if (!image.isImage() || !data.unitInterval()) {
      throw UserException.of(
          "pixelcnn is for images with values in [0, 1], but an observation here is %s%s; use made or maf for vectors",
          image, image.isImage() ? " with other values" : "");
    }
    int c = Math.toIntExact(image.at(0));
    this.net =
        new GatedPixelCnn(
            params,
            "net",
            new GatedPixelCnn.Size(c, 1, config.levels(), config.features(), config.layers(), 0));
  }

  /** Levels of values in [0, 1], int64: bytes, or equal ranges of them. */
  private Tensor quantised(Tensor x) {
    double share = config.levels() / 256.0;
    return x.times(255).round().times(share).floor().clamp(0, config.levels() - 1).to(DType.INT64);
  }

  /** Levels as input, −1 … 1. */
  private Tensor input(Tensor levels) {
    return levels.to(params().type()).times(2.0 / (config.levels() - 1)).minus(1);
  }

  @Override
  public Tensor logProb(Tensor x) {
    List<Tensor> parts = new ArrayList<>();
    int atOnce = rowsAtOnce();
    for (long from = 0; from < x.size(0); from += atOnce) {
      Tensor levels = quantised(x.narrow(0, from, Math.min(atOnce, x.size(0) - from)));
      parts.add(net.logProb(input(levels), levels, null));
    }
    return parts.size() == 1 ? parts.get(0) : Tensor.cat(parts, 0);
  }

  @Override
  public Loss loss(Batch batch, Step step) {
    return Loss.zero().plus("nll", logProb(batch.x()).neg());
  }

  @Override
  public int rowsAtOnce() {
    long each = Math.max(config.levels() * image.at(0), 2L * config.features());
    return (int) Math.max(1, ATONCE / (each * image.at(1) * image.at(2)));
  }

  @Override
  public boolean discrete() {
    return true;
  }

  @Override
  public long samplingSteps() {
    return image.numel();
  }

  @Override
  public Tensor generate(int n, Rng rng) {
    return generate(n, rng, done -> {});
  }

  @Override
  public Tensor generate(int n, Rng rng, DoubleConsumer progress) {
    int h = Math.toIntExact(image.at(1));
    int w = Math.toIntExact(image.at(2));
    Tensor levels = net.sample(n, h, w, this::input, null, rng, progress);
    return levels.to(params().type()).div(config.levels() - 1);
  }

  @Override
  public int levels() {
    return config.levels();
  }

  @Override
  public ModelConfig config() {
    return config;
  }
}
