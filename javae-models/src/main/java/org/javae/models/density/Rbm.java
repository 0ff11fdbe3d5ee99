package org.javae.models.density;

import java.util.List;
import java.util.function.DoubleConsumer;
import java.util.stream.IntStream;
import org.javae.core.evaluate.Ais;
import org.javae.core.evaluate.Partition;
import org.javae.core.model.About;
import org.javae.core.model.Batch;
import org.javae.core.model.Check;
import org.javae.core.model.DataSpec;
import org.javae.core.model.Decodes;
import org.javae.core.model.Encodes;
import org.javae.core.model.Generates;
import org.javae.core.model.Loss;
import org.javae.core.model.Model;
import org.javae.core.model.ModelConfig;
import org.javae.core.model.Params;
import org.javae.core.model.Refreshes;
import org.javae.core.model.Unnormalised;
import org.javae.core.train.BatchSource;
import org.javae.core.train.Step;
import org.javae.tensor.Autograd;
import org.javae.tensor.Rng;
import org.javae.tensor.Scope;
import org.javae.tensor.Tensor;
import org.javae.tensor.UserException;

/**
 * Restricted Boltzmann machine {@code p(v, h) = exp(bᵀv + cᵀh + hᵀWv) / Z} of binary units
 * (Smolensky, 1986). The hidden units sum out: {@code p(v) = exp(−F(v)) / Z} with the free energy
 *
 * <pre>
 * F(v) = −bᵀv − Σⱼ ln(1 + exp(cⱼ + Wⱼ v)),      ∂ ln p(v) = −∂F(v) + E_p[∂F]
 * </pre>
 *
 * Training minimises {@code F(v) − F(ṽ)}, nothing flowing back into ṽ: after k steps of Gibbs
 * sampling from v itself (contrastive divergence: Hinton, 2002) or from chains that go on from step
 * to step (persistent: Tieleman, 2008). Validation gives −ln p(v) with Z by annealed importance
 * sampling (Salakhutdinov and Murray, 2008), evaluation with more temperatures and its gap.
 */
public final class Rbm extends Model<Batch>
    implements Unnormalised, Encodes, Decodes, Generates, Refreshes {
  /** For the catalogue. */
  public static final About ABOUT =
      new About(
          "restricted Boltzmann machine",
          "min  F(v) − F(ṽ),  F(v) = −bᵀv − Σⱼ ln(1 + exp(cⱼ + Wⱼ v))",
          "Hinton, 2002; Tieleman, 2008; Z: Salakhutdinov and Murray, 2008");

  /** Rows from which the marginals are taken that the visible units start with. */
  private static final int ROWS = 10_000;

  /** Chains that estimate Z for validation. */
  private static final int CHAINS = 64;

  /**
   * Settings.
   *
   * @param hidden units h
   * @param negatives where chains of negative samples begin: {@code cd} (the data) or {@code pcd}
   *     (where they stopped)
   * @param k Gibbs steps a training step
   * @param chains that persist
   * @param annealing temperatures that estimate Z for validation; ten times as many for evaluation
   * @param gibbs half the steps for a draw
   */
  public record Config(int hidden, String negatives, int k, int chains, int annealing, int gibbs)
      implements ModelConfig {
    public Config {
      Check.positive("hidden", hidden);
      Check.oneOf("negatives", negatives, List.of("cd", "pcd"));
      Check.positive("k", k);
      Check.positive("chains", chains);
      Check.positive("annealing", annealing);
      Check.positive("gibbs", gibbs);
    }

    /** Persistent chains. */
    public static Config defaults(DataSpec d) {
      return new Config(d.event().isImage() ? 500 : 64, "pcd", 1, 100, 500, 500);
    }
  }

  private final Config config;
  private final int visible;
  private final Tensor weight;
  private final Tensor visibleBias;
  private final Tensor hiddenBias;

  /** Logits of the data's marginals: f₀ of the path. */
  private final Tensor base;

  private final Tensor logZ;
  private final Tensor chain;
  private long movedAt = -1;

  public Rbm(DataSpec data, Params params, Config config) {
    super(data, params);
    if (!data.binary()) {
      throw UserException.of(
          "the units of rbm are zeros and ones, but the data have other values; add --binarize dynamic for data in [0, 1]");
    }
    this.config = config;
    this.visible = Math.toIntExact(data.event().numel());
    int h = config.hidden();
    Rng init = params.init();
    this.weight = params.parameter("weight", init.normal(params.type(), h, visible).times(0.01));
    this.visibleBias = params.parameter("visible_bias", Tensor.zeros(visible));
    this.hiddenBias = params.parameter("hidden_bias", Tensor.zeros(h));
    this.base = params.buffer("base", Tensor.zeros(visible));
    this.logZ = params.buffer("log_z", Tensor.scalar((visible + h) * Math.log(2)));
    int chains = config.negatives().equals("pcd") ? config.chains() : 0;
    Tensor half = Tensor.full(0.5, chains, visible).to(params.type());
    this.chain = params.buffer("chain", init.bernoulli(half));
  }

  /** {@code c + W v}. */
  private Tensor up(Tensor v) {
    return v.linear(weight, hiddenBias);
  }

  /** {@code b + Wᵀ h}. */
  private Tensor down(Tensor h) {
    return h.linear(weight.t(), visibleBias);
  }

  /** Gibbs steps at β, each h given v, then v given h. */
  private Tensor gibbs(Tensor from, int steps, double beta, Rng rng) {
    return Autograd.off(
        () -> {
          Tensor v = from;
          for (int i = 0; i < steps; i++) {
            Tensor h = rng.bernoulli(up(v).times(beta).sigmoid());
            v = rng.bernoulli(base.lerp(down(h), beta).sigmoid());
          }
          return v;
        });
  }

  @Override
  public Loss loss(Batch batch, Step step) {
    Tensor v = batch.x().flatten();
    if (!step.training()) {
      return Loss.zero().plus("nll", logZ.minus(logUnnormalised(v)));
    }
    Tensor negative;
    if (config.negatives().equals("pcd")) {
      // Once a step, also where the trainer takes a batch in parts.
      if (step.index() != movedAt) {
        Scope.run(() -> chain.copyFromInPlace(gibbs(chain, config.k(), 1, step.rng())));
        movedAt = step.index();
      }
      negative = logUnnormalised(chain).mean();
    } else {
      negative = logUnnormalised(gibbs(v, config.k(), 1, step.rng()));
    }
    return Loss.zero().plus("contrast", negative.minus(logUnnormalised(v)));
  }

  /** −F(v). */
  @Override
  public Tensor logUnnormalised(Tensor x) {
    Tensor v = x.flatten();
    return v.matmul(visibleBias).plus(up(v).softplus().sum(1));
  }

  /** {@code ln f_β(v) = ((1 − β) b₀ + β b)ᵀv + Σⱼ ln(1 + exp β(cⱼ + Wⱼ v))}. */
  @Override
  public Path path() {
    return new Path() {
      @Override
      public double logBase() {
        return base.softplus().sum().item() + config.hidden() * Math.log(2);
      }

      @Override
      public Tensor start(int n, Rng rng) {
        return rng.bernoulli(base.sigmoid().expand(n, visible));
      }

      @Override
      public Tensor logRatio(Tensor v, double from, double to) {
        Tensor a = up(v);
        Tensor hidden = a.times(to).softplus().minus(a.times(from).softplus()).sum(1);
        return v.matmul(visibleBias.minus(base)).times(to - from).plus(hidden);
      }

      @Override
      public Tensor move(Tensor v, double beta, Rng rng) {
        return gibbs(v, 1, beta, rng);
      }
    };
  }

  @Override
  public int temperatures() {
    return 10 * config.annealing();
  }

  /** The visible units start with the data's marginals, as Hinton's guide (2010) advises. */
  @Override
  public void trainingRows(BatchSource<Batch> rows) {
    Scope.run(
        () -> {
          Batch some = rows.batch(0, 0, Math.min(ROWS, rows.size()));
          double n = some.size();
          Tensor share = some.x().flatten().sum(0).plus(1).div(n + 2);
          Tensor logit = share.log().minus(share.neg().log1p());
          base.copyFromInPlace(logit);
          visibleBias.copyFromInPlace(logit);
        });
  }

  @Override
  public void refresh(Rng rng) {
    Ais.Settings settings = new Ais.Settings(config.annealing(), CHAINS);
    logZ.fillInPlace(Partition.fromBelow(path(), settings, rng).lower());
  }

  /** P(h = 1 given v). */
  @Override
  public Tensor encode(Tensor x) {
    return up(x.flatten()).sigmoid();
  }

  @Override
  public Tensor decode(Tensor z) {
    return down(z).sigmoid().reshape(data().event().prepend(z.size(0)).toArray());
  }

  @Override
  public Tensor generate(int n, Rng rng) {
    return generate(n, rng, done -> {});
  }

  /**
   * P(v = 1 given h) after 2 {@code gibbs} steps of chains. Those that persisted in training go on:
   * the moving weights took them from mode to mode, which annealing often cannot, where a mode is
   * the heaviest only near β = 1. Without them chains are annealed from the data's marginals, and
   * drawn again by weight.
   */
  @Override
  public Tensor generate(int n, Rng rng, DoubleConsumer progress) {
    return Autograd.off(
        () -> {
          boolean persisted = chain.size(0) > 0;
          int half = config.gibbs();
          Tensor v =
              persisted
                  ? Scope.run(() -> gibbs(continued(n, rng), 1, 1, rng))
                  : Partition.draws(
                          path(),
                          new Ais.Settings(half, Math.max(n, CHAINS)),
                          rng,
                          f -> progress.accept(f / 2))
                      .narrow(0, 0, n)
                      .copy();
          for (int i = persisted ? 1 : half; i < 2 * half; i++) {
            Scope.run(() -> v.copyFromInPlace(gibbs(v, 1, 1, rng)));
            progress.accept((i + 1) / (2.0 * half));
          }
          return decode(rng.bernoulli(encode(v)));
        });
  }

  /**
   * Chains in random order, again and again. Where weights are averaged so are the chains' bits.
   */
  private Tensor continued(int n, Rng rng) {
    int[] order = rng.permutation(Math.toIntExact(chain.size(0)));
    long[] chosen = IntStream.range(0, n).mapToLong(i -> order[i % order.length]).toArray();
    return rng.bernoulli(chain.indexSelect(0, Tensor.of(chosen, n)));
  }

  @Override
  public long samplingSteps() {
    return 2L * config.gibbs();
  }

  @Override
  public int latent() {
    return config.hidden();
  }

  @Override
  public ModelConfig config() {
    return config;
  }
}
