package org.javae.models.multimodal;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.stream.IntStream;
import org.javae.core.aggregate.Mixtures;
import org.javae.core.distribution.Normal;
import org.javae.core.divergence.KullbackLeibler;
import org.javae.core.model.About;
import org.javae.core.model.Batch;
import org.javae.core.model.Check;
import org.javae.core.model.DataSpec;
import org.javae.core.model.Loss;
import org.javae.core.model.ModelConfig;
import org.javae.core.model.Params;
import org.javae.core.train.Step;
import org.javae.tensor.Tensor;
import org.javae.tensor.UserException;

/**
 * M²VAE (Korthals, 2019): the joint log-likelihood taken apart until single views remain, equations
 * (79)–(83), which bounds it by the recursion over subsets S of the views
 *
 * <p>{@code L(S) = 1/|S| [ELBO(S) − Σₘ∈S KL(q_S ‖ q_S∖m) + Σₘ∈S L(S∖m)]}, {@code L({m}) =
 * ELBO({m})},
 *
 * <p>with an encoder q_S(z|x_S) for every non-empty subset, 2^M − 1 in all. The variation of
 * information is the bracket's first two terms, equation (59). An observation maximises L of the
 * views it has.
 */
public final class M2vae extends MultimodalVae {
  /** For the catalogue. */
  public static final About ABOUT =
      new About(
          "multimodal VAE over the power set of views",
          "max  L(X),  L(S) = 1/|S| [ELBO(S) − Σₘ KL(q_S ‖ q_S∖m) + Σₘ L(S∖m)],  L({m}) = ELBO({m})",
          "Korthals, 2019, M²VAE: Derivation of a Multi-Modal Variational Autoencoder Objective, equations (79)–(83)");

  /**
   * Settings: those of all models of several views, and
   *
   * @param joint width of the layers where the views of a subset meet
   */
  public record Config(@JsonUnwrapped MultimodalVae.Config base, int joint) implements ModelConfig {
    public Config {
      Check.positive("joint", joint);
    }

    /** What suits the data. */
    public static Config defaults(DataSpec d) {
      return new Config(MultimodalVae.Config.defaults(d), 256);
    }
  }

  private final Config config;
  private final Tensor table;
  private final JointEncoder[] encoders; // by the subset's bits

  public M2vae(DataSpec data, Params params, Config config) {
    super(data, params, config.base(), 0);
    this.config = config;
    this.table = params.constant(Mixtures.table(views(), params.type()));
    int sets = 1 << views();
    fits(params, sets);
    this.encoders = new JointEncoder[sets];
    for (int s = 1; s < sets; s++) {
      if (Integer.bitCount(s) > 1) {
        encoders[s] =
            new JointEncoder(
                nets,
                params,
                "encoder.set." + s,
                members(s),
                config.joint(),
                config.base().latent());
      }
    }
  }

  /** Each view is read by half of the encoders. */
  private void fits(Params params, int sets) {
    double each = 0;
    for (var p : params.all().entrySet()) {
      each += p.getKey().startsWith("encoder.") ? p.getValue().numel() : 0;
    }
    double bytes = each * (sets / 2.0) * 4 * 4; // weights, gradients, two moments
    var os = ManagementFactory.getPlatformMXBean(com.sun.management.OperatingSystemMXBean.class);
    double memory = os.getTotalMemorySize();
    if (bytes > memory / 2) {
      throw UserException.usage(
          "m2vae of %d views has 2^%d − 1 = %d encoders, which need about %.0f GB in training, and this machine has %.0f;"
              + " take smaller networks or fewer views, or mvae, which has one encoder a view",
          views(), views(), sets - 1, bytes / 1e9, memory / 1e9);
    }
  }

  private List<Integer> members(int set) {
    return IntStream.range(0, views()).filter(m -> (set >> m & 1) == 1).boxed().toList();
  }

  /** q_S of all subsets, by their bits; that of none is null. */
  private Normal[] posteriors(Seen s) {
    Normal[] q = new Normal[encoders.length];
    for (int set = 1; set < q.length; set++) {
      q[set] =
          encoders[set] == null
              ? s.experts().get(Integer.numberOfTrailingZeros(set))
              : encoders[set].of(encoders[set].features(s.x()), table.narrow(0, set - 1, 1));
    }
    return q;
  }

  /** 1 for observations that have exactly the views of a set: {@code [batch]}. */
  private Tensor exactly(Seen s, int set) {
    Tensor same = s.present().eq(table.narrow(0, set - 1, 1)).to(s.present().dtype());
    return same.sum(1).eq(views()).to(s.present().dtype());
  }

  @Override
  Normal joint(Seen s) {
    Normal[] q = posteriors(s);
    Tensor mean = Tensor.zeros(s.x().dtype(), s.x().size(0), config.base().latent());
    Tensor logScale = mean;
    for (int set = 1; set < q.length; set++) {
      Tensor here = exactly(s, set).unsqueeze(1);
      mean = mean.plus(q[set].mean().times(here));
      logScale = logScale.plus(q[set].logScale().times(here));
    }
    return new Normal(mean, logScale);
  }

  @Override
  public Loss loss(Batch batch, Step step) {
    return new Recursion(see(batch), step).loss();
  }

  /** L(S) of one batch, each subset once. */
  private final class Recursion {
    private final Seen s;
    private final Step step;
    private final Normal[] q;
    private final Tensor[] bounds;
    private final Reconstruction[] parts;

    Recursion(Seen s, Step step) {
      this.s = s;
      this.step = step;
      this.q = posteriors(s);
      this.bounds = new Tensor[q.length];
      this.parts = new Reconstruction[q.length];
    }

    Loss loss() {
      Tensor bound = Tensor.zeros(s.x().dtype(), s.x().size(0));
      Tensor nll = bound;
      Tensor kl = bound;
      for (int set = 1; set < q.length; set++) {
        Tensor here = exactly(s, set);
        bound = bound.minus(bound(set).times(here));
        nll = nll.plus(parts[set].plain().detach().times(here));
        kl = kl.plus(divergence(q[set]).detach().times(here));
      }
      return Loss.zero().plus("bound", bound).reports("nll", nll).reports("kl", kl);
    }

    private Tensor bound(int set) {
      if (bounds[set] == null) {
        Tensor sum = elbo(set);
        List<Integer> members = members(set);
        for (int m : members.size() > 1 ? members : List.<Integer>of()) {
          int rest = set & ~(1 << m);
          Tensor kl = KullbackLeibler.normalNormal(q[set], q[rest]).sumEvent();
          sum = sum.minus(kl.times(klWeight(step))).plus(bound(rest));
        }
        bounds[set] = sum.div((double) members.size());
      }
      return bounds[set];
    }

    private Tensor elbo(int set) {
      Tensor subset = table.narrow(0, set - 1, 1);
      parts[set] = reconstruction(s, q[set].rsample(step.rng()), subset);
      return parts[set].weighted().plus(divergence(q[set]).times(klWeight(step))).neg();
    }
  }

  @Override
  public ModelConfig config() {
    return config;
  }
}
