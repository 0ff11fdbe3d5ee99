package org.javae.models.multimodal;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.util.List;
import java.util.stream.IntStream;
import org.javae.core.distribution.Normal;
import org.javae.core.model.Check;
import org.javae.core.model.DataSpec;
import org.javae.core.model.ModelConfig;
import org.javae.core.model.Params;
import org.javae.tensor.Tensor;

/**
 * What the models with a joint encoder share: q(z|X) of two views and more comes from a network of
 * all of them, {@link JointEncoder}, that of a single view from its own encoder. Without views it
 * is the prior.
 */
abstract class JointVae extends MultimodalVae {
  /**
   * Settings: those of all models of several views, and
   *
   * @param joint width of the layers where the views meet
   * @param subsets random subsets of the views a step
   */
  public record Config(@JsonUnwrapped MultimodalVae.Config base, int joint, int subsets)
      implements ModelConfig {
    public Config {
      Check.positive("joint", joint);
      Check.notNegative("subsets", subsets);
    }

    /** What suits the data: subsets where there are some besides all views and each alone. */
    public static Config defaults(DataSpec d) {
      return new Config(MultimodalVae.Config.defaults(d), 256, d.views().size() > 2 ? 1 : 0);
    }
  }

  private final JointEncoder encoder;

  JointVae(DataSpec data, Params params, Config config, int privates) {
    super(data, params, config.base(), privates);
    List<Integer> all = IntStream.range(0, views()).boxed().toList();
    this.encoder =
        new JointEncoder(
            nets, params, "encoder.joint", all, config.joint(), config.base().latent());
  }

  final List<Tensor> features(Seen s) {
    return encoder.features(s.x());
  }

  /**
   * q(z|x_S) of the subset of each observation, {@code [batch, M]}; or of k, {@code [k·batch, M]}.
   */
  final Normal posterior(Seen s, List<Tensor> features, Tensor subset) {
    int k = Math.max(1, Math.toIntExact(subset.size(0) / s.x().size(0)));
    Tensor several = subset.sum(1).gt(1).to(subset.dtype()).unsqueeze(1);
    Normal q = encoder.of(features.stream().map(f -> f.repeatBatch(k)).toList(), subset);
    Tensor mean = q.mean().times(several);
    Tensor logScale = q.logScale().times(several);
    for (int m = 0; m < views(); m++) {
      Tensor only = subset.narrow(1, m, 1).times(several.neg().plus(1));
      Normal expert = s.experts().get(m).repeat(k);
      mean = mean.plus(expert.mean().times(only));
      logScale = logScale.plus(expert.logScale().times(only));
    }
    return new Normal(mean, logScale);
  }

  @Override
  final Normal joint(Seen s) {
    return posterior(s, features(s), s.present());
  }
}
