package org.javae.models.multimodal;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.javae.core.distribution.Distribution;
import org.javae.core.distribution.Normal;
import org.javae.core.distribution.Observed;
import org.javae.core.distribution.Product;
import org.javae.core.divergence.KullbackLeibler;
import org.javae.core.model.Batch;
import org.javae.core.model.Check;
import org.javae.core.model.DataSpec;
import org.javae.core.model.LatentVariableModel;
import org.javae.core.model.Loss;
import org.javae.core.model.Model;
import org.javae.core.model.ModelConfig;
import org.javae.core.model.Multimodal;
import org.javae.core.model.Optional;
import org.javae.core.model.Params;
import org.javae.core.model.Presence;
import org.javae.core.net.NetSpec;
import org.javae.core.schedule.Schedule;
import org.javae.core.train.Step;
import org.javae.tensor.Rng;
import org.javae.tensor.Tensor;
import org.javae.tensor.UserException;

/**
 * What the models of several views share: {@code p(x₁ … x_M, z) = p(z) Πₘ p(xₘ|z)} with p(z) = N(0,
 * I), an expert {@code qₘ(z|xₘ)} a view, and any view absent from any observation. A model says how
 * the experts become one posterior, and what it maximises. Where views have private latents wₘ
 * besides, z is {@code [shared, w₁ … w_M]}, xₘ depends on shared and wₘ alone, and an absent view's
 * wₘ follows its prior. Nats per observation; a view that is absent adds exactly nothing.
 */
public abstract class MultimodalVae extends Model<Batch>
    implements LatentVariableModel, Multimodal {
  /**
   * Settings of all of them.
   *
   * @param latent dimensions of what the views share
   * @param encoder network of every view that names none of its own; by default what suits its
   *     shape
   * @param decoder the same for their decoders; by default the encoder in reverse
   * @param weights of the views' log-likelihoods in the objective
   * @param beta weight of the KL terms
   * @param schedule the same over training
   */
  public record Config(
      int latent,
      @Optional NetSpec encoder,
      @Optional NetSpec decoder,
      @Optional ViewWeights weights,
      double beta,
      Schedule schedule)
      implements ModelConfig {
    public Config {
      Check.positive("latent", latent);
      Check.notNegative("beta", beta);
    }

    /** What suits the data. */
    public static Config defaults(DataSpec d) {
      return new Config(16, null, null, null, 1, Schedule.CONSTANT);
    }
  }

  private final Config config;
  private final int privates;
  private final List<Double> weights;
  private final List<Function<Tensor, Tensor>> encoders;
  private final Normal prior;

  /** Networks of the views. */
  final ViewNets nets;

  /**
   * @param privates dimensions of each view's private latent, 0 for none
   * @throws UserException if the data are one block
   */
  MultimodalVae(DataSpec data, Params params, Config config, int privates) {
    super(data, params);
    ViewNets.needViews(data);
    this.config = config;
    this.privates = privates;
    this.weights = ViewWeights.of(config.weights(), data.views());
    this.nets =
        new ViewNets(
            data,
            params,
            config.encoder(),
            config.decoder(),
            config.latent() + privates,
            IntStream.range(0, data.views().size()).boxed().toList());
    this.encoders = nets.encoders("encoder", 2 * (config.latent() + privates));
    Tensor zeros = params.constant(Tensor.zeros(params.type(), 1, latent()));
    this.prior = new Normal(zeros, zeros);
  }

  /**
   * What is known of a batch.
   *
   * @param x flat observations
   * @param present {@code [batch, M]}
   * @param experts qₘ(z|xₘ), whatever they are worth where the view is absent
   * @param own qₘ(wₘ|xₘ) of the private latents, N(0, I) where the view is absent; empty without
   */
  record Seen(Tensor x, Tensor present, List<Normal> experts, List<Normal> own) {
    /** 1 where observation and view are there: {@code [batch]}. */
    Tensor present(int m) {
      return present.select(1, m);
    }

    /** Number of views of each observation, at least 1 so that one may divide by it. */
    Tensor count() {
      return present.sum(1).clamp(1, 1e30);
    }
  }

  /** Reads a batch. */
  final Seen see(Batch b) {
    return see(b.x(), b.present());
  }

  final Seen see(Tensor x, Tensor given) {
    Tensor present = given == null ? Tensor.ones(x.size(0), views()).to(x.dtype()) : given;
    List<Normal> experts = new ArrayList<>();
    List<Normal> own = new ArrayList<>();
    int n = config.latent();
    for (int m = 0; m < views(); m++) {
      Tensor h = encoders.get(m).apply(nets.view(m, x));
      experts.add(new Normal(h.narrow(1, 0, n), h.narrow(1, n, n)));
      if (privates > 0) {
        Tensor there = present.narrow(1, m, 1);
        own.add(
            new Normal(
                h.narrow(1, 2L * n, privates).times(there),
                h.narrow(1, 2L * n + privates, privates).times(there)));
      }
    }
    return new Seen(x, present, experts, own);
  }

  /** How the experts become q(z|x) for the shared latents. */
  abstract Distribution joint(Seen s);

  /**
   * ln p(xₘ|z) of one view, 0 where it is absent: {@code [k·batch]} for the code of its decoder
   * {@code [k·batch, shared + private]}.
   */
  final Tensor logLikelihood(Seen s, int m, Tensor z) {
    int k = Math.toIntExact(z.size(0) / s.x().size(0));
    Tensor p = nets.likelihood(m, z).logProbRepeating(nets.view(m, s.x()), k);
    return p.times(s.present(m).repeatBatch(k));
  }

  /** The reconstruction of the views in a subset: weighted as asked for, and in plain nats. */
  record Reconstruction(Tensor weighted, Tensor plain) {}

  /**
   * −Σₘ∈S ln p(xₘ|z).
   *
   * @param z {@code [k·batch, latent]}, private latents behind the shared ones; averaged over k
   * @param subset {@code [batch, M]}, or null for all views that are there
   */
  final Reconstruction reconstruction(Seen s, Tensor z, Tensor subset) {
    long batch = s.x().size(0);
    Reconstruction sum = null;
    List<Tensor> codes = codes(z);
    for (int m = 0; m < views(); m++) {
      Tensor p = logLikelihood(s, m, codes.get(m)).neg().reshape(-1, batch);
      p = p.size(0) == 1 ? p.select(0, 0) : p.mean(0);
      sum = explained(sum, subset == null ? p : p.times(subset.select(1, m)), m);
    }
    return sum;
  }

  /** Adds what explaining view m costs; to nothing if the sum is null. */
  final Reconstruction explained(Reconstruction sum, Tensor nll, int m) {
    Tensor w = weight(m) == 1 ? nll : nll.times(weight(m));
    return sum == null
        ? new Reconstruction(w, nll)
        : new Reconstruction(sum.weighted().plus(w), sum.plain().plus(nll));
  }

  /** Adds reconstruction and divergence of the bound that counts as the ELBO. */
  final Loss negativeElbo(Reconstruction r, Tensor kl, Step step) {
    return Loss.zero()
        .plus("nll", r.weighted(), r.plain())
        .plus("kl", kl.times(klWeight(step)), kl);
  }

  /**
   * The sub-sampled bound {@code ELBO(X) + Σₘ ELBO(xₘ) + Σₖ ELBO(X_Sₖ)} with random subsets Sₖ, so
   * that q is also good where views are absent.
   *
   * @param posterior q(z|x_S) of subsets {@code [k·batch, M]}, k of each observation
   * @param subsets how many random ones
   */
  final Loss elbos(Seen s, Function<Tensor, Normal> posterior, int subsets, Step step) {
    long n = s.x().size(0);
    int alone = 1 + views(); // all views, each alone, then the random ones
    List<Tensor> sets = new ArrayList<>(List.of(s.present()));
    IntStream.range(0, views()).forEach(m -> sets.add(alone(s, m)));
    IntStream.range(0, subsets).forEach(k -> sets.add(some(s, step)));
    Normal q = posterior.apply(Tensor.cat(sets, 0));
    Tensor z = q.rsample(step.rng());
    Tensor kl = divergence(q).reshape(-1, n);
    Reconstruction sum = null;
    Tensor parts = kl.narrow(0, 1, kl.size(0) - 1).sum(0).times(klWeight(step));
    for (int m = 0; m < views(); m++) {
      // No other view alone has to explain this one.
      List<Tensor> mine = new ArrayList<>(List.of(z.narrow(0, 0, n), z.narrow(0, (1 + m) * n, n)));
      List<Tensor> asked = new ArrayList<>(List.of(s.present(m)));
      for (int k = alone; k < sets.size(); k++) {
        mine.add(z.narrow(0, k * n, n));
        asked.add(sets.get(k).select(1, m));
      }
      Tensor nll = logLikelihood(s, m, codes(Tensor.cat(mine, 0)).get(m)).neg().reshape(-1, n);
      sum = explained(sum, nll.select(0, 0), m);
      Tensor others = nll.narrow(0, 1, asked.size()).times(Tensor.stack(asked, 0)).sum(0);
      parts = parts.plus(others.times(weight(m)));
    }
    Normal all = new Normal(q.mean().narrow(0, 0, n), q.logScale().narrow(0, 0, n));
    return negativeElbo(sum, kl.select(0, 0), step).drawnFrom(all).plus("subsets", parts);
  }

  /** A random subset of the views of each observation: {@code [batch, M]}. */
  final Tensor some(Seen s, Step step) {
    Rng rng = step.rng().split("subset");
    Tensor kept = rng.uniform(s.present().dtype(), s.present().shape().toArray()).lt(0.5);
    return s.present().times(kept.to(s.present().dtype()));
  }

  /** KL(q ‖ N(0, I)) of latents, shared or private: {@code [batch]}. */
  final Tensor divergence(Normal q) {
    return KullbackLeibler.normalNormal(q, standard(q.shape().at(1))).sumEvent();
  }

  /** β times the schedule. */
  final double klWeight(Step step) {
    return config.beta() * config.schedule().at(step);
  }

  /** N(0, I) over what the views share: batch 1. */
  final Normal standard() {
    return standard(config.latent());
  }

  /** N(0, I) over some dimensions: batch 1. */
  final Normal standard(long dimensions) {
    return new Normal(
        prior.mean().narrow(1, 0, dimensions), prior.logScale().narrow(1, 0, dimensions));
  }

  /** View m where it is there: {@code [batch, M]}. */
  final Tensor alone(Seen s, int m) {
    double[] one = new double[views()];
    one[m] = 1;
    return s.present().times(Tensor.of(one, 1, views()).to(s.present().dtype()));
  }

  /** Weight of a view's log-likelihood. */
  final double weight(int m) {
    return weights.get(m);
  }

  /** M. */
  final int views() {
    return data().views().size();
  }

  /** q(z|x) given the views that are there, private latents behind the shared ones. */
  final Distribution posterior(Tensor x, Tensor present) {
    Seen s = see(x, present);
    Distribution shared = joint(s);
    if (privates == 0) {
      return shared;
    }
    List<Distribution> parts = new ArrayList<>(s.own());
    parts.add(0, shared);
    return new Product(parts);
  }

  /** The code of each view's decoder out of z: {@code [batch, latent + privates]} each. */
  final List<Tensor> codes(Tensor z) {
    Tensor shared = z.narrow(1, 0, config.latent());
    return IntStream.range(0, views())
        .mapToObj(
            m ->
                privates == 0
                    ? shared
                    : Tensor.cat(
                        List.of(
                            shared, z.narrow(1, config.latent() + (long) m * privates, privates)),
                        1))
        .toList();
  }

  @Override
  public final int privates() {
    return privates;
  }

  @Override
  public LatentVariableModel given(Tensor x, Tensor present) {
    return new Given(new Presence(present));
  }

  /** The model of the views that are there. */
  private final class Given implements LatentVariableModel {
    private final Presence present;

    Given(Presence present) {
      this.present = present;
    }

    @Override
    public Distribution posterior(Tensor x) {
      return MultimodalVae.this.posterior(x, present.rows(x.size(0)));
    }

    @Override
    public Distribution prior() {
      return MultimodalVae.this.prior();
    }

    @Override
    public Observed likelihood(Tensor z) {
      return nets.likelihood(codes(z), present.rows(z.size(0)));
    }

    @Override
    public int latent() {
      return MultimodalVae.this.latent();
    }
  }

  @Override
  public Distribution posterior(Tensor x) {
    return posterior(x, null);
  }

  @Override
  public Distribution prior() {
    return prior;
  }

  @Override
  public Distribution likelihood(Tensor z) {
    return new Given(new Presence(Tensor.ones(1, views()).to(z.dtype()))).likelihood(z);
  }

  @Override
  public final int latent() {
    return config.latent() + privates * data().views().size();
  }
}
