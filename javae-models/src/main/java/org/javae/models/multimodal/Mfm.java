package org.javae.models.multimodal;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.util.ArrayList;
import java.util.List;
import org.javae.core.divergence.Kernel;
import org.javae.core.divergence.Mmd;
import org.javae.core.model.About;
import org.javae.core.model.Batch;
import org.javae.core.model.BatchCoupled;
import org.javae.core.model.Check;
import org.javae.core.model.DataSpec;
import org.javae.core.model.Loss;
import org.javae.core.model.ModelConfig;
import org.javae.core.model.Params;
import org.javae.core.net.Net;
import org.javae.core.net.NetSpec;
import org.javae.core.train.Step;
import org.javae.tensor.Shape;
import org.javae.tensor.Tensor;

/**
 * Multimodal factorisation model (Tsai, Liang, Zadeh, Morency and Salakhutdinov, 2019, Learning
 * Factorized Multimodal Representations): shared factors z, from all views at once, that also
 * predict the label y where the data have one, and private factors wₘ of each view,
 *
 * <p>{@code min −Σₘ E ln p(xₘ|z, wₘ) − ln p(y|z) + λ MMD²(q(z, w), p(z, w))}.
 *
 * <p>The discrepancy of the batch's codes from N(0, I) stands in the place of a KL term. A random
 * subset a step must explain all views as well ({@code subsets}): the surrogate that infers z where
 * views are absent. Encoders are Gaussians here, deterministic in the paper.
 */
public final class Mfm extends JointVae implements BatchCoupled {
  /** For the catalogue. */
  public static final About ABOUT =
      new About(
          "multimodal factorisation model",
          "min  −Σₘ E ln p(xₘ|z, wₘ) − ln p(y|z) + λ MMD²(q(z, w), N(0, I))",
          "Tsai, Liang, Zadeh, Morency and Salakhutdinov, 2019, Learning Factorized Multimodal Representations");

  /**
   * Settings: those of the models with a joint encoder, and
   *
   * @param privates dimensions of each view's private latent
   * @param lambda weight of the discrepancy
   * @param kernel of the discrepancy
   */
  public record Config(
      @JsonUnwrapped JointVae.Config all, int privates, double lambda, Kernel kernel)
      implements ModelConfig {
    public Config {
      Check.positive("privates", privates);
      Check.notNegative("lambda", lambda);
    }

    /** What suits the data, with λ = 10, 8 private dimensions a view and one subset a step. */
    public static Config defaults(DataSpec d) {
      JointVae.Config all = JointVae.Config.defaults(d);
      return new Config(new JointVae.Config(all.base(), all.joint(), 1), 8, 10, Kernel.IMQ);
    }
  }

  private final Config config;
  private final Net label;

  public Mfm(DataSpec data, Params params, Config config) {
    super(data, params, config.all(), config.privates());
    this.config = config;
    this.label =
        data.classes() == 0
            ? null
            : NetSpec.LINEAR.encoder(
                params, "label", Shape.of(config.all().base().latent()), data.classes());
  }

  @Override
  public Loss loss(Batch batch, Step step) {
    Seen s = see(batch);
    List<Tensor> f = features(s);
    Tensor any = s.present().sum(1).gt(0).to(s.present().dtype());
    List<Tensor> own = s.own().stream().map(q -> q.rsample(step.rng())).toList();
    Tensor z = posterior(s, f, s.present()).rsample(step.rng());
    Tensor code = beside(z, own);
    Reconstruction r = reconstruction(s, code, null);
    Loss loss = Loss.zero().plus("nll", r.weighted(), r.plain());
    if (label != null && batch.labels() != null) {
      loss = loss.plus("label", labelled(z, batch.labels()).times(any));
    }
    Tensor surrogate = Tensor.zeros(code.dtype(), batch.size());
    for (int k = 0; k < config.all().subsets(); k++) {
      Tensor part = posterior(s, f, some(s, step)).rsample(step.rng());
      surrogate = surrogate.plus(reconstruction(s, beside(part, own), null).weighted());
    }
    Tensor prior = step.rng().split("prior").normal(code.dtype(), code.shape().toArray());
    Tensor mmd = Mmd.of(config.kernel(), code, prior);
    return loss.plus("subsets", surrogate).plus("mmd", config.lambda(), mmd.times(any));
  }

  /** −ln p(y|z), nats. */
  private Tensor labelled(Tensor z, Tensor y) {
    return label.apply(z).logSoftmax(1).gather(1, y.unsqueeze(1)).squeeze(1).neg();
  }

  /** {@code [shared, w₁ … w_M]}. */
  private static Tensor beside(Tensor shared, List<Tensor> own) {
    List<Tensor> all = new ArrayList<>(own);
    all.add(0, shared);
    return Tensor.cat(all, 1);
  }

  /** The discrepancy is one of the whole batch. */
  @Override
  public List<String> coupledTerms() {
    return List.of("mmd");
  }

  @Override
  public ModelConfig config() {
    return config;
  }
}
