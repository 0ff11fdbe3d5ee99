package org.javae.models.unimodal;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.javae.core.distribution.Distribution;
import org.javae.core.distribution.Normal;
import org.javae.core.distribution.TopDown;
import org.javae.core.divergence.KullbackLeibler;
import org.javae.core.likelihood.Likelihood;
import org.javae.core.likelihood.LikelihoodSpec;
import org.javae.core.model.Batch;
import org.javae.core.model.DataSpec;
import org.javae.core.model.LatentVariableModel;
import org.javae.core.model.Loss;
import org.javae.core.model.Model;
import org.javae.core.model.Params;
import org.javae.core.model.Refreshes;
import org.javae.core.objective.KlPenalty;
import org.javae.core.prior.Prior;
import org.javae.core.prior.PriorSpec;
import org.javae.core.schedule.Schedule;
import org.javae.core.train.BatchSource;
import org.javae.core.train.Step;
import org.javae.tensor.Rng;
import org.javae.tensor.Tensor;

/**
 * What hierarchical VAEs share: {@code p(x, z) = p(z_L) Π p(z_l | z_{>l}) p(x|z)} and {@code q(z|x)
 * = q(z_L|x) Π q(z_l | x, z_{>l})}, both drawn from the top down, maximising {@code E_q[ln p(x|z)]
 * − Σ_l E KL(q(z_l | x, z_{>l}) ‖ p(z_l | z_{>l}))}. Every divergence but the top one's is in
 * closed form at the sampled levels above. To all others the latent is the levels side by side, top
 * first.
 *
 * <p>In the code levels are counted from the top, 0; level 1 of reports is the one nearest to x.
 */
public abstract sealed class Hierarchy extends Model<Batch>
    implements LatentVariableModel, Refreshes permits Hvae, Nvae {
  /** A limit on |ln σ| of the conditional priors, which the posterior might otherwise chase. */
  private static final double MOST_LOG_SCALE = 5;

  /** Nats below which balancing takes levels for equally unused. */
  private static final double SMALL_KL = 0.01;

  /**
   * Settings of any hierarchy.
   *
   * @param balance whether levels that carry little cost less while the KL weight is below 1
   */
  record Terms(
      LikelihoodSpec likelihood,
      Schedule schedule,
      int samples,
      PriorSpec prior,
      KlPenalty kl,
      Inference inference,
      boolean balance) {}

  private final Terms terms;
  private final int[] widths;
  private final Prior prior;
  final Likelihood likelihood;

  /**
   * @param widths numbers in each level, top first
   */
  Hierarchy(DataSpec data, Params params, Terms terms, int[] widths) {
    super(data, params);
    this.terms = terms;
    this.widths = widths;
    this.likelihood = terms.likelihood().build(data, params);
    this.prior = terms.prior().build(data, params, widths[0], x -> top(bottomUp(x)));
  }

  /** What q(z_l|x, …) needs of x, the top level's first: one row an observation. */
  abstract List<Tensor> bottomUp(Tensor x);

  /** q(z_L|x). */
  abstract Normal top(List<Tensor> features);

  /** p(z_l|above), l &gt; 0, before its limit: mean and ln σ side by side. */
  abstract Tensor conditional(int level, Tensor state);

  /**
   * What x says of z_l, l &gt; 0, in the sense of {@link Inference}: mean and ln σ side by side.
   */
  abstract Tensor inferred(int level, Tensor state, Tensor features);

  /** What is known after z_l: a row for each row of z. The state above the top is null. */
  abstract Tensor next(int level, Tensor state, Tensor z);

  /** The likelihood's parameters out of what is known after all levels. */
  abstract Tensor decoded(Tensor state);

  /** Further terms of the loss; there are none here. */
  Loss penalised(Loss loss, Batch batch, Step step) {
    return loss;
  }

  @Override
  public final Loss loss(Batch batch, Step step) {
    Tensor x = batch.x();
    int m = terms.samples();
    List<Tensor> features = bottomUp(x);
    Normal q = top(features);
    Distribution.Drawn drawn = q.draw(step.rng(), m);
    Tensor z = drawn.value();
    List<Tensor> kls = new ArrayList<>();
    kls.add(asRows(prior.divergence(q, prior.distribution(batch, step), drawn)));
    Tensor state = next(0, null, z);
    for (int l = 1; l < widths.length; l++) {
      Normal p = gaussian(conditional(l, state));
      Normal change = gaussian(inferred(l, state, features.get(l).repeatBatch(m)));
      q = terms.inference().posterior(p, change);
      Tensor kl =
          terms.inference() == Inference.RESIDUAL
              ? Inference.residualDivergence(p, change)
              : KullbackLeibler.normalNormal(q, p);
      kls.add(m == 1 ? kl : kl.reshape(m, x.size(0), widths[l]).mean(0));
      state = next(l, state, q.rsample(step.rng()));
    }
    Tensor nll = Vae.reconstruction(x, likelihood.of(decoded(state)), m);
    Loss loss = withKl(Loss.zero().plus("nll", nll), kls, step);
    return penalised(prior.train(loss, z, step), batch, step)
        .drawnFrom(posterior(features, x.size(0)));
  }

  /** Adds the scheduled KL term, and reports each level's part. */
  private Loss withKl(Loss loss, List<Tensor> kls, Step step) {
    double weight = terms.schedule().at(step);
    boolean balanced = terms.balance() && weight < 1 && step.training();
    Tensor penalty = terms.kl().of(Tensor.cat(balanced ? balanced(kls) : kls, 1), step);
    Tensor sum = Tensor.cat(kls, 1).sumEvent();
    Loss r = loss.plus("kl", penalty.times(weight), sum);
    for (int l = widths.length - 1; l >= 0 && widths.length > 1; l--) {
      r = r.reports("kl_" + (widths.length - l), kls.get(l).sumEvent());
    }
    return r;
  }

  /**
   * The divergences times {@code γ_l ∝ E KL_l / width_l} with mean 1: a level that carries little
   * is cheap, so that it is taken into use before it is switched off (Vahdat and Kautz, 2020,
   * appendix A).
   */
  private List<Tensor> balanced(List<Tensor> kls) {
    int n = kls.size();
    double[] gamma = new double[n];
    double mean = 0;
    for (int l = 0; l < n; l++) {
      gamma[l] = (kls.get(l).detach().sumEvent().mean().item() + SMALL_KL) / widths[l];
      mean += gamma[l] / n;
    }
    List<Tensor> r = new ArrayList<>();
    for (int l = 0; l < n; l++) {
      r.add(kls.get(l).times(gamma[l] / mean));
    }
    return r;
  }

  private static Tensor asRows(Tensor kl) {
    return kl.shape().rank() == 1 ? kl.unsqueeze(1) : kl;
  }

  /** A level's mean and ln σ, the latter kept within its limit without a kink. */
  private static Normal gaussian(Tensor h) {
    List<Tensor> halves = h.chunk(2, 1);
    Tensor logScale = halves.get(1).times(1 / MOST_LOG_SCALE).tanh().times(MOST_LOG_SCALE);
    return new Normal(halves.get(0), logScale);
  }

  /** p(z_l | above). */
  private final class Generative implements TopDown.Level {
    private final int level;
    private final Tensor state;

    Generative(int level, Tensor state) {
      this.level = level;
      this.state = state;
    }

    @Override
    public Distribution law() {
      return level == 0 ? prior.distribution() : gaussian(conditional(level, state));
    }

    @Override
    public TopDown.Level below(Tensor z) {
      return level + 1 == widths.length ? null : new Generative(level + 1, next(level, state, z));
    }
  }

  /** q(z_l | x, above), for as many draws of what is above as are asked for. */
  private final class Inferred implements TopDown.Level {
    private final int level;
    private final Tensor state;
    private final List<Tensor> features;

    Inferred(int level, Tensor state, List<Tensor> features) {
      this.level = level;
      this.state = state;
      this.features = features;
    }

    @Override
    public Normal law() {
      if (level == 0) {
        return top(features);
      }
      Tensor f = features.get(level);
      Tensor rows = f.repeatBatch(Math.toIntExact(state.size(0) / f.size(0)));
      return terms
          .inference()
          .posterior(gaussian(conditional(level, state)), gaussian(inferred(level, state, rows)));
    }

    @Override
    public TopDown.Level below(Tensor z) {
      return level + 1 == widths.length
          ? null
          : new Inferred(level + 1, next(level, state, z), features);
    }
  }

  @Override
  public final TopDown posterior(Tensor x) {
    return posterior(bottomUp(x), x.size(0));
  }

  private TopDown posterior(List<Tensor> features, long batch) {
    return new TopDown(new Inferred(0, null, features), batch, latent());
  }

  @Override
  public final TopDown prior() {
    return new TopDown(new Generative(0, null), 1, latent());
  }

  @Override
  public final Distribution likelihood(Tensor z) {
    Tensor state = null;
    long at = 0;
    for (int l = 0; l < widths.length; l++) {
      state = next(l, state, z.narrow(1, at, widths[l]));
      at += widths[l];
    }
    return likelihood.of(decoded(state));
  }

  @Override
  public final int latent() {
    return Arrays.stream(widths).sum();
  }

  @Override
  public final void trainingRows(BatchSource<Batch> rows) {
    prior.trainingRows(rows);
  }

  @Override
  public final void refresh(Rng rng) {
    prior.refresh(rng);
  }
}
