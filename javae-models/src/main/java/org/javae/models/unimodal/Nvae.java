package org.javae.models.unimodal;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.javae.core.distribution.Normal;
import org.javae.core.likelihood.LikelihoodSpec;
import org.javae.core.model.About;
import org.javae.core.model.Batch;
import org.javae.core.model.Check;
import org.javae.core.model.DataSpec;
import org.javae.core.model.Defaults;
import org.javae.core.model.LargeLatents;
import org.javae.core.model.Loss;
import org.javae.core.model.ModelConfig;
import org.javae.core.model.Params;
import org.javae.core.net.ResidualCells;
import org.javae.core.net.SpectralPenalty;
import org.javae.core.objective.KlPenalty;
import org.javae.core.prior.PriorSpec;
import org.javae.core.schedule.Schedule;
import org.javae.core.train.Step;
import org.javae.tensor.Shape;
import org.javae.tensor.Tensor;
import org.javae.tensor.UserException;

/**
 * Deep hierarchical VAE for images (Vahdat and Kautz, 2020): groups of latent images at several
 * scales, coarse before fine, each drawn given a running image h of all those above. {@code
 * p(z_l|above) = N(μₚ(h), σₚ²(h))}, {@code q(z_l|x, above) = N(μₚ + Δμ, (σₚ Δσ)²)} with the changes
 * out of h and of the encoder's features of that scale, then {@code h ← cell(mix(h, z_l))} and, at
 * the end of a scale, twice the size and half the channels. The objective is {@link Hierarchy}'s
 * with {@link SpectralPenalty} and, while the KL weight rises, balanced groups.
 */
public final class Nvae extends Hierarchy implements LargeLatents {
  /** For the catalogue. */
  public static final About ABOUT =
      new About(
          "deep hierarchical VAE with residual groups",
          "max  E_q[ln p(x|z)] − Σₗ E KL(N(μₚ + Δμ, (σₚΔσ)²) ‖ N(μₚ, σₚ²)) − λ Σᵢ s(Wᵢ)",
          "Vahdat and Kautz, 2020, NVAE, equations (1), (2) and (5)");

  /** Numbers held at once, of all layers. */
  private static final long AT_ONCE = 60_000_000;

  /**
   * Settings.
   *
   * @param latent channels of each z_l
   * @param channels of h at the finest latent scale, twice as many at the next
   * @param scales latent scales, each half the size of the one before
   * @param groups latent groups a scale
   * @param halvings of the image before the finest scale
   * @param expansion channels within a decoder cell by those of h
   * @param spectral λ
   * @param prior of the top group
   */
  public record Config(
      int latent,
      int channels,
      int scales,
      int groups,
      int halvings,
      int expansion,
      LikelihoodSpec likelihood,
      Schedule schedule,
      int samples,
      PriorSpec prior,
      KlPenalty kl,
      Inference inference,
      boolean balance,
      double spectral)
      implements ModelConfig {
    public Config {
      Check.positive("latent", latent);
      Check.positive("channels", channels);
      Check.positive("scales", scales);
      Check.positive("groups", groups);
      Check.notNegative("halvings", halvings);
      Check.positive("expansion", expansion);
      Check.positive("samples", samples);
      Check.notNegative("spectral", spectral);
      if (channels > 1 << 12 || scales + halvings > 12 || groups > 1 << 10) {
        throw UserException.usage(
            "%d channels, %d scales after %d halvings and %d groups are too many; at most 4096, 12 in all and 1024 are"
                + " possible",
            channels, scales, halvings, groups);
      }
    }

    /** Two scales of two groups, small enough for a processor. */
    public static Config defaults(DataSpec d) {
      boolean image = d.event().isImage();
      long small = image ? Math.min(d.event().at(1), d.event().at(2)) : 1;
      LikelihoodSpec likelihood =
          d.unitInterval() && !d.binary()
              ? LikelihoodSpec.parse("discretised-logistic")
              : Defaults.likelihood(d);
      return new Config(
          4,
          16,
          small >= 8 ? 2 : 1,
          2,
          small >= 16 ? 1 : 0,
          4,
          likelihood,
          Schedule.parse("linear:10"),
          1,
          PriorSpec.STANDARD,
          KlPenalty.PLAIN,
          Inference.RESIDUAL,
          true,
          0.01);
    }

    /** Scale of a level that is counted from the top; 0 is the finest. */
    int scale(int level) {
      return scales - 1 - level / groups;
    }

    long channelsAt(int scale) {
      return (long) channels << scale;
    }
  }

  private final Config config;
  private final long[][] sizes;
  private final UnaryOperator<Tensor> stem;
  private final List<UnaryOperator<Tensor>> tower = new ArrayList<>();
  private final List<UnaryOperator<Tensor>> lowered = new ArrayList<>();
  private final List<UnaryOperator<Tensor>> inferred = new ArrayList<>();
  private final List<UnaryOperator<Tensor>> joined = new ArrayList<>();
  private final List<UnaryOperator<Tensor>> priors = new ArrayList<>();
  private final List<UnaryOperator<Tensor>> mixed = new ArrayList<>();
  private final List<UnaryOperator<Tensor>> cells = new ArrayList<>();
  private final List<UnaryOperator<Tensor>> raised = new ArrayList<>();
  private final UnaryOperator<Tensor> last;
  private final Tensor start;
  private final SpectralPenalty spectral;

  public Nvae(DataSpec data, Params params, Config config) {
    super(
        data,
        params,
        new Terms(
            config.likelihood(),
            config.schedule(),
            config.samples(),
            config.prior(),
            config.kl(),
            config.inference(),
            config.balance()),
        widths(config, sizes(data, config)));
    this.config = config;
    this.sizes = sizes(data, config);
    ResidualCells c = new ResidualCells(params);
    int zs = config.latent();
    int halvings = config.halvings();
    long[] top = sizes[sizes.length - 1];
    long most = config.channelsAt(config.scales() - 1);

    // Upwards: x to a feature image for every group, the finest scale first.
    long base = config.channels();
    UnaryOperator<Tensor> in = c.conv("encoder.stem", data.event().at(0), base, 3, 1, 1);
    for (int i = 0; i < halvings; i++) {
      UnaryOperator<Tensor> before = in;
      UnaryOperator<Tensor> half = c.conv("encoder.half" + i, base, base, 4, 2, 1.25);
      in = x -> half.apply(before.apply(x).silu());
    }
    this.stem = in;
    int levels = config.scales() * config.groups();
    for (int l = levels - 1; l >= 0; l--) {
      int s = config.scale(l);
      long ch = config.channelsAt(s);
      boolean fresh = l < levels - 1 && config.scale(l + 1) != s;
      lowered.add(
          fresh ? c.conv("encoder.down" + s, config.channelsAt(s - 1), ch, 4, 2, 1) : x -> x);
      tower.add(c.encoderCell("encoder.cell" + (levels - l), ch));
    }

    // Downwards.
    this.start =
        params.parameter("decoder.start", Tensor.zeros(params.type(), 1, most, top[0], top[1]));
    for (int l = 0; l < levels; l++) {
      int s = config.scale(l);
      long ch = config.channelsAt(s);
      String n = String.valueOf(levels - l);
      inferred.add(c.conv("encoder.q" + n, ch, 2L * zs, 3, 1, l == 0 ? 1 : 0.1));
      joined.add(l == 0 ? null : c.conv("encoder.join" + n, ch, ch, 1, 1, 1));
      priors.add(l == 0 ? null : c.conv("decoder.p" + n, ch, 2L * zs, 1, 1, 0.1));
      mixed.add(c.conv("decoder.mix" + n, ch + zs, ch, 1, 1, 1));
      boolean ends = l + 1 < levels && config.scale(l + 1) != s;
      raised.add(ends ? c.conv("decoder.up" + s, ch, config.channelsAt(s - 1), 1, 1, 1) : x -> x);
      cells.add(
          c.decoderCell(
              "decoder.cell" + n, ends ? config.channelsAt(s - 1) : ch, config.expansion()));
    }
    this.last = last(c, halvings, base);
    this.spectral = config.spectral() == 0 ? null : new SpectralPenalty(params, c.weights());
  }

  /** From h at the finest scale to the likelihood's parameters, doubling the size each time. */
  private UnaryOperator<Tensor> last(ResidualCells c, int halvings, long base) {
    UnaryOperator<Tensor> f = x -> x;
    for (int i = halvings - 1; i >= 0; i--) {
      UnaryOperator<Tensor> before = f;
      UnaryOperator<Tensor> norm = c.norm("decoder.norm" + i, base);
      UnaryOperator<Tensor> conv = c.conv("decoder.twice" + i, base, base, 3, 1, 1.25);
      long[] to = sizes[i];
      f = x -> conv.apply(norm.apply(before.apply(x)).silu().upsample(to[0], to[1]));
    }
    UnaryOperator<Tensor> before = f;
    UnaryOperator<Tensor> norm = c.norm("decoder.norm", base);
    UnaryOperator<Tensor> conv =
        c.conv("decoder.last", base, likelihood.outputShape().at(0), 3, 1, 1);
    return x -> conv.apply(norm.apply(before.apply(x)).silu());
  }

  /** The image's size after 0, 1, … halvings, down to the top scale's. */
  private static long[][] sizes(DataSpec data, Config config) {
    Shape image = data.event();
    if (!image.isImage()) {
      throw UserException.usage(
          "model nvae needs images, but an observation is %s; use hvae", image);
    }
    int n = config.halvings() + config.scales() - 1;
    long[][] r = new long[n + 1][];
    r[0] = new long[] {image.at(1), image.at(2)};
    for (int i = 1; i <= n; i++) {
      r[i] = new long[] {r[i - 1][0] / 2, r[i - 1][1] / 2};
      if (r[i][0] == 0 || r[i][1] == 0) {
        throw UserException.usage(
            "%d scales after %d halvings leave nothing of an image %s; use fewer",
            config.scales(), config.halvings(), image);
      }
    }
    return r;
  }

  private static int[] widths(Config config, long[][] sizes) {
    int[] r = new int[config.scales() * config.groups()];
    for (int l = 0; l < r.length; l++) {
      long[] s = sizes[config.halvings() + config.scale(l)];
      r[l] = Math.toIntExact(config.latent() * s[0] * s[1]);
    }
    return r;
  }

  private long[] size(int level) {
    return sizes[config.halvings() + config.scale(level)];
  }

  @Override
  List<Tensor> bottomUp(Tensor x) {
    List<Tensor> features = new ArrayList<>();
    Tensor h = stem.apply(x);
    for (int i = 0; i < tower.size(); i++) {
      h = tower.get(i).apply(lowered.get(i).apply(h));
      features.add(0, h);
    }
    return features;
  }

  @Override
  Normal top(List<Tensor> features) {
    List<Tensor> h = inferred.get(0).apply(features.get(0).silu()).chunk(2, 1);
    return new Normal(h.get(0).flatten(), h.get(1).flatten());
  }

  @Override
  Tensor conditional(int level, Tensor h) {
    return priors.get(level).apply(h.silu()).flatten();
  }

  @Override
  Tensor inferred(int level, Tensor h, Tensor features) {
    Tensor both = features.plus(joined.get(level).apply(h));
    return inferred.get(level).apply(both.silu()).flatten();
  }

  @Override
  Tensor next(int level, Tensor state, Tensor z) {
    long rows = z.size(0);
    long[] size = size(level);
    Tensor h = state == null ? start.expand(rows, -1, -1, -1) : state;
    Tensor image = z.reshape(rows, config.latent(), size[0], size[1]);
    h = mixed.get(level).apply(Tensor.cat(List.of(h, image), 1));
    if (level + 1 < cells.size()) {
      long[] to = size(level + 1);
      h = to[0] == size[0] && to[1] == size[1] ? h : h.upsample(to[0], to[1]);
      h = raised.get(level).apply(h);
    }
    return cells.get(level).apply(h);
  }

  @Override
  Tensor decoded(Tensor h) {
    return last.apply(h);
  }

  @Override
  Loss penalised(Loss loss, Batch batch, Step step) {
    if (spectral == null || !step.training()) {
      return loss; // it is about the weights, not about how well an observation is explained
    }
    spectral.advance(step.index());
    return loss.plus("spectral", config.spectral(), spectral.value().expand(batch.size()));
  }

  /** Numbers of all layers for one observation, about. */
  private long numbers() {
    long sum = 0;
    for (int l = 0; l < cells.size(); l++) {
      long[] s = size(l);
      sum += s[0] * s[1] * config.channelsAt(config.scale(l)) * (8L * config.expansion() + 20);
    }
    return sum + 8L * config.channels() * sizes[0][0] * sizes[0][1];
  }

  @Override
  public int drawsAtOnce() {
    return (int) Math.max(1, AT_ONCE / numbers());
  }

  @Override
  public int rowsAtOnce() {
    return Math.max(1, drawsAtOnce() / config.samples());
  }

  @Override
  public ModelConfig config() {
    return config;
  }
}
