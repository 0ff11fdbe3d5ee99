package org.javae.models.multimodal;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.util.List;
import org.javae.core.aggregate.Mixtures;
import org.javae.core.distribution.Distribution;
import org.javae.core.distribution.Mixture;
import org.javae.core.distribution.Normal;
import org.javae.core.distribution.NormalMixture;
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
 * Mutually supervised multimodal VAE (Joy, Shi, Torr, Rainforth, Schmon and Narayanaswamy, 2022,
 * MEME): two views, the encoder of one is the prior of the other. With {@code q(t|s) = E_q(z|s)
 * p(t|z)} by K samples,
 *
 * <p>{@code L(s, t) = E_q(z|s)[p(t|z)/q(t|s) ln p(s|z) q(z|t) / (q(z|s) p(t|z))] + ln q(t|s)},
 *
 * <p>and {@code max ½ [L(s, t) + L(t, s)]}. Where t is absent its prior is a mixture over pseudo-
 * samples: {@code L(s) = E_q(z|s)[ln p(s|z) + ln p_t(z) − ln q(z|s)]}. Pseudo-samples are held as
 * what the encoder would say of them, N(uᵢ, diag vᵢ²): so an absent view leaves its encoder alone,
 * and views of words have them too.
 */
public final class Meme extends MultimodalVae {
  /** For the catalogue. */
  public static final About ABOUT =
      new About(
          "mutually supervised multimodal VAE",
          "max  ½ [L(s, t) + L(t, s)],  L(s, t) = E_q(z|s)[p(t|z)/q(t|s) ln p(s|z) q(z|t)/(q(z|s) p(t|z))] + ln q(t|s)",
          "Joy, Shi, Torr, Rainforth, Schmon and Narayanaswamy, 2022, Learning Multimodal VAEs through Mutual Supervision");

  /**
   * Settings: those of all models of several views, and
   *
   * @param k K, samples of each encoder
   * @param pseudo pseudo-samples of each view
   */
  public record Config(@JsonUnwrapped MultimodalVae.Config base, int k, int pseudo)
      implements ModelConfig {
    public Config {
      Check.positive("k", k);
      Check.positive("pseudo", pseudo);
    }

    /** What suits the data, with K = 5 and 50 pseudo-samples. */
    public static Config defaults(DataSpec d) {
      return new Config(MultimodalVae.Config.defaults(d), 5, 50);
    }
  }

  private final Config config;
  private final List<Normal> pseudo;

  /**
   * @throws UserException if there are not two views
   */
  public Meme(DataSpec data, Params params, Config config) {
    super(data, params, config.base(), 0);
    if (views() != 2) {
      throw UserException.of(
          "model meme lets two views supervise one another, and these data have %d; take mvae, mmvae or mopoe, which read"
              + " any number",
          views());
    }
    this.config = config;
    int latent = config.base().latent();
    this.pseudo =
        data.views().stream()
            .map(
                v ->
                    new Normal(
                        params.parameter(
                            "pseudo." + v.name() + ".mean",
                            params.init().normal(params.type(), config.pseudo(), latent)),
                        params.parameter(
                            "pseudo." + v.name() + ".log_scale",
                            Tensor.zeros(params.type(), config.pseudo(), latent))))
            .toList();
  }

  /** p_t(z), what is known of z without view t. */
  private NormalMixture without(int t) {
    return NormalMixture.uniform(pseudo.get(t));
  }

  @Override
  Mixture joint(Seen s) {
    return Mixtures.ofExperts(s.experts(), s.present());
  }

  /** Half of each view's pseudo-samples' prior. */
  @Override
  public Distribution prior() {
    return new Mixture(
        Tensor.zeros(pseudo.get(0).mean().dtype(), 1, 2), List.of(without(0), without(1)));
  }

  @Override
  public Loss loss(Batch batch, Step step) {
    Seen s = see(batch);
    Tensor both = s.present(0).times(s.present(1));
    Tensor bound = Tensor.zeros(s.x().dtype(), batch.size());
    Tensor nll = bound;
    for (int m = 0; m < 2; m++) {
      int t = 1 - m;
      Normal q = s.experts().get(m);
      int k = config.k();
      Tensor z = q.rsample(step.rng(), k);
      Tensor own = logLikelihood(s, m, z).reshape(k, -1);
      Tensor other = logLikelihood(s, t, z).times(weight(t)).reshape(k, -1);
      Tensor spread = q.repeat(k).logProb(z).reshape(k, -1);
      Tensor supervised = s.experts().get(t).repeat(k).logProb(z).reshape(k, -1);
      Tensor alone = without(t).logProb(z).reshape(k, -1);
      double beta = klWeight(step);
      Tensor weighted = own.times(weight(m));
      // p(t|z)/q(t|s) averages to 1 over the samples.
      Tensor ratio = weighted.plus(supervised.minus(spread).times(beta)).minus(other);
      Tensor mutual =
          other.softmax(0).times(ratio).sum(0).plus(other.logSumExp(0)).minus(Math.log(k));
      Tensor single = weighted.plus(alone.minus(spread).times(beta)).mean(0);
      Tensor only = s.present(m).times(s.present(t).neg().plus(1));
      bound = bound.plus(mutual.times(both).times(0.5)).plus(single.times(only));
      nll = nll.minus(own.detach().mean(0).div(s.count()));
    }
    return Loss.zero().plus("bound", bound.neg()).reports("nll", nll);
  }

  @Override
  public ModelConfig config() {
    return config;
  }
}
