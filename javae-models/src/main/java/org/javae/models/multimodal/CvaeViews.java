package org.javae.models.multimodal;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.javae.core.config.Nearest;
import org.javae.core.distribution.Distribution;
import org.javae.core.distribution.Known;
import org.javae.core.distribution.Normal;
import org.javae.core.distribution.Observed;
import org.javae.core.distribution.Product;
import org.javae.core.divergence.KullbackLeibler;
import org.javae.core.model.About;
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
import org.javae.core.model.View;
import org.javae.core.train.Step;
import org.javae.tensor.Tensor;
import org.javae.tensor.UserException;

/**
 * The conditional VAE between views (Sohn, Lee and Yan, 2015, equation (4)): views t, the targets,
 * given views g,
 *
 * <p>{@code p(xₜ|x_g) = ∫ p(z|x_g) p(xₜ|x_g, z) dz},
 *
 * <p>{@code max E_q[Σₜ ln p(xₜ|x_g, z)] − KL(q(z|x_g, xₜ) ‖ p(z|x_g))}.
 *
 * <p>One network reads what is given; prior and decoders see what it makes of it. Any of the views
 * may be absent: q reads those that are there, where no target is it is the prior and the
 * observation adds nothing, and without any condition the prior is one learned Gaussian, p(xₜ).
 * Nothing is said of p(x_g). Nats per observation.
 */
public final class CvaeViews extends Model<Batch> implements LatentVariableModel, Multimodal {
  /** For the catalogue. */
  public static final About ABOUT =
      new About(
          "conditional VAE between views",
          "max  E_q[Σₜ ln p(xₜ|x_g, z)] − KL(q(z|x_g, xₜ) ‖ p(z|x_g))",
          "Sohn, Lee and Yan, 2015, Learning Structured Output Representation using Deep Conditional Generative Models,"
              + " equation (4)");

  /**
   * Settings: those of all models of several views, and
   *
   * @param given names of the views that are given, separated by commas; the others are told from
   *     them. None only where the data have no views, which are refused
   * @param joint width of the layers where views meet, and of what the decoders see of the given
   */
  public record Config(@JsonUnwrapped MultimodalVae.Config base, @Optional String given, int joint)
      implements ModelConfig {
    public Config {
      Check.positive("joint", joint);
    }

    /** What suits the data: given the last view, which is the label where there is one. */
    public static Config defaults(DataSpec d) {
      int last = d.views().size() - 1;
      String given = last < 0 ? null : d.views().get(last).name();
      return new Config(MultimodalVae.Config.defaults(d), given, 64);
    }
  }

  private final Config config;
  private final List<Integer> conditions;
  private final List<Integer> targets;
  private final List<Double> weights;
  private final ViewNets nets;
  private final JointEncoder told;
  private final JointEncoder encoder;

  /**
   * @throws UserException if the data are one block, or {@code given} names no view, an unknown one
   *     or all of them
   */
  public CvaeViews(DataSpec data, Params params, Config config) {
    super(data, params);
    ViewNets.needViews(data);
    this.config = config;
    List<Integer> all = IntStream.range(0, data.views().size()).boxed().toList();
    this.conditions = conditions(config.given(), data.views());
    this.targets = all.stream().filter(m -> !conditions.contains(m)).toList();
    this.weights = ViewWeights.of(config.base().weights(), data.views());
    MultimodalVae.Config c = config.base();
    int code = c.latent() + config.joint();
    this.nets = new ViewNets(data, params, c.encoder(), c.decoder(), code, targets);
    this.told = new JointEncoder(nets, params, "prior", conditions, config.joint(), c.latent());
    this.encoder = new JointEncoder(nets, params, "encoder", all, config.joint(), c.latent());
  }

  private static List<Integer> conditions(String given, List<View> views) {
    List<String> names = views.stream().map(View::name).toList();
    List<Integer> found = new ArrayList<>();
    for (String n : given == null ? List.<String>of() : Arrays.asList(given.split(","))) {
      int m = names.indexOf(n.strip());
      if (m < 0) {
        throw UserException.usage(
            "given: the data have no view '%s'; %s", n.strip(), Nearest.suggestion(n, names));
      }
      if (!found.contains(m)) {
        found.add(m);
      }
    }
    if (found.isEmpty() || found.size() == names.size()) {
      throw UserException.usage(
          "given=%s leaves nothing to be told from anything else: name some of the views %s, and not all of them",
          given, String.join(", ", names));
    }
    return found.stream().sorted().toList();
  }

  @Override
  public Loss loss(Batch batch, Step step) {
    Given g = given(batch.x(), batch.present());
    Normal q = g.posterior(batch.x());
    List<Tensor> logLikelihoods = g.likelihood(q.rsample(step.rng())).logProbs(batch.x());
    Tensor weighted = null;
    Tensor plain = null;
    for (int t : targets) {
      Tensor p = logLikelihoods.get(t).times(g.present.select(1, t)).neg();
      Tensor w = p.times(weights.get(t));
      weighted = weighted == null ? w : weighted.plus(w);
      plain = plain == null ? p : plain.plus(p);
    }
    Tensor kl = KullbackLeibler.normalNormal(q, g.prior()).sumEvent().times(g.any.squeeze(1));
    double beta = config.base().beta() * config.base().schedule().at(step);
    return Loss.zero().plus("nll", weighted, plain).plus("kl", kl.times(beta), kl).drawnFrom(q);
  }

  @Override
  public Given given(Tensor x, Tensor present) {
    return new Given(x, present);
  }

  /** p(xₜ|x_g) for the given views of a batch. */
  public final class Given implements LatentVariableModel {
    private final Tensor x;
    private final Tensor present;
    private final Tensor any;
    private final Tensor context;
    private final Normal prior;

    private Given(Tensor x, Tensor present) {
      int views = data().views().size();
      Tensor p = present == null ? Tensor.ones(1, views).to(x.dtype()) : present;
      this.x = x;
      this.present = p.size(0) == x.size(0) ? p : p.expand(x.size(0), views);
      Tensor there = null;
      for (int t : targets) {
        Tensor one = this.present.narrow(1, t, 1);
        there = there == null ? one : there.plus(one);
      }
      this.any = there.clamp(0, 1); // one target at least
      this.context = told.context(told.features(x), this.present);
      this.prior = told.of(context);
    }

    /** q(z|x_g, xₜ), the prior where no target is there. */
    @Override
    public Normal posterior(Tensor of) {
      Normal q = encoder.of(encoder.features(of), present);
      Tensor none = any.neg().plus(1);
      return new Normal(
          q.mean().times(any).plus(prior.mean().times(none)),
          q.logScale().times(any).plus(prior.logScale().times(none)));
    }

    /** p(z|x_g): a row an observation. */
    @Override
    public Normal prior() {
      return prior;
    }

    /** p(xₜ|x_g, z); what is given stands in it as {@link Known}. */
    @Override
    public Observed likelihood(Tensor z) {
      int k = Math.toIntExact(z.size(0) / x.size(0));
      Tensor code = Tensor.cat(List.of(z, context.repeatBatch(k)), 1);
      List<Distribution> parts = new ArrayList<>();
      for (int m = 0; m < data().views().size(); m++) {
        parts.add(
            conditions.contains(m)
                ? new Known(nets.view(m, x).repeatBatch(k))
                : nets.likelihood(m, code));
      }
      return new Observed(new Product(parts), present.repeatBatch(k));
    }

    @Override
    public int latent() {
      return CvaeViews.this.latent();
    }
  }

  @Override
  public List<Integer> conditions() {
    return conditions;
  }

  @Override
  public Normal posterior(Tensor x) {
    return given(x, null).posterior(x);
  }

  /**
   * @throws UserException always: there is none without what is given
   */
  @Override
  public Distribution prior() {
    throw unasked();
  }

  /**
   * @throws UserException always, as for {@link #prior}
   */
  @Override
  public Distribution likelihood(Tensor z) {
    throw unasked();
  }

  private UserException unasked() {
    return Multimodal.untold(this);
  }

  @Override
  public int latent() {
    return config.base().latent();
  }

  @Override
  public ModelConfig config() {
    return config;
  }
}
