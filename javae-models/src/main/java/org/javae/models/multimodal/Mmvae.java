package org.javae.models.multimodal;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.util.List;
import org.javae.core.aggregate.Mixtures;
import org.javae.core.distribution.Distribution;
import org.javae.core.distribution.Mixture;
import org.javae.core.distribution.Normal;
import org.javae.core.model.About;
import org.javae.core.model.Batch;
import org.javae.core.model.Check;
import org.javae.core.model.DataSpec;
import org.javae.core.model.Loss;
import org.javae.core.model.ModelConfig;
import org.javae.core.model.Params;
import org.javae.core.objective.Bounds;
import org.javae.core.train.Step;
import org.javae.tensor.Rng;
import org.javae.tensor.Tensor;

/**
 * Mixture-of-experts multimodal VAE (Shi et al., 2019): {@code q(z|X) = 1/M Σₘ qₘ(z|xₘ)}, sampled
 * from every expert in turn, with the bound {@code 1/M Σₘ E_{z₁…z_K ~ qₘ} ln 1/K Σₖ p(X,
 * zₖ)/q(zₖ|X)} (their equation (3), the looser of their two, an average of logarithms over experts;
 * K = 1 is the stratified ELBO). {@code gradient=dreg} trains the encoders by the doubly
 * reparameterised gradient, as they do.
 */
public sealed class Mmvae extends MultimodalVae permits MmvaePlus {
  /** For the catalogue. */
  public static final About ABOUT =
      new About(
          "multimodal VAE, mixture of experts",
          "max  1/M Σₘ E_qₘ ln 1/K Σₖ p(X, zₖ)/q(zₖ|X),  q = 1/M Σₘ qₘ",
          "Shi, Siddharth, Paige and Torr, 2019, Variational Mixture-of-Experts Autoencoders, equation (3)");

  private static final List<String> GRADIENTS = List.of("reparameterised", "dreg");

  /**
   * Settings: those of all models of several views, and
   *
   * @param k K, samples of each expert
   * @param gradient of the encoders: {@code reparameterised} or {@code dreg}
   */
  public record Config(@JsonUnwrapped MultimodalVae.Config base, int k, String gradient)
      implements ModelConfig {
    public Config {
      Check.positive("k", k);
      Check.oneOf("gradient", gradient, GRADIENTS);
    }

    /** What suits the data, with K = 10 and the doubly reparameterised gradient. */
    public static Config defaults(DataSpec d) {
      return new Config(MultimodalVae.Config.defaults(d), 10, "dreg");
    }
  }

  private final Config config;

  public Mmvae(DataSpec data, Params params, Config config) {
    this(data, params, config, 0);
  }

  Mmvae(DataSpec data, Params params, Config config, int privates) {
    super(data, params, config.base(), privates);
    this.config = config;
  }

  /**
   * What an expert says besides z.
   *
   * @param codes what each view's decoder is given, {@code [k·batch, …]}
   * @param ratio ln p(w)/q(w) of private latents, {@code [k·batch]}
   * @param still the same without gradients to q's parameters
   */
  record Speech(List<Tensor> codes, Tensor ratio, Tensor still) {}

  /** Expert m speaks: here of z alone. */
  Speech speech(Seen s, int m, Tensor z, Rng rng) {
    Tensor nothing = Tensor.zeros(z.dtype(), z.size(0));
    return new Speech(codes(z), nothing, nothing);
  }

  @Override
  Mixture joint(Seen s) {
    return Mixtures.ofExperts(s.experts(), s.present());
  }

  @Override
  public Loss loss(Batch batch, Step step) {
    Seen s = see(batch);
    boolean dreg = config.gradient().equals("dreg");
    int k = config.k();
    long n = batch.size();
    Distribution q = joint(s).repeat(k);
    Distribution still = joint(still(s)).repeat(k);
    Tensor bound = Tensor.zeros(s.x().dtype(), n);
    Tensor surrogate = bound;
    Tensor nll = bound;
    Tensor kl = bound;
    for (int m = 0; m < views(); m++) {
      Tensor z = s.experts().get(m).rsample(step.rng(), k);
      Speech speech = speech(s, m, z, step.rng());
      Tensor weighted = null;
      Tensor plain = null;
      for (int v = 0; v < views(); v++) {
        Tensor p = logLikelihood(s, v, speech.codes().get(v));
        Tensor w = p.times(weight(v));
        weighted = weighted == null ? w : weighted.plus(w);
        plain = plain == null ? p : plain.plus(p);
      }
      Tensor prior = standard().logProb(z);
      Tensor ratio = prior.minus(q.logProb(z)).plus(speech.ratio());
      Tensor share = s.present(m).div(s.count());
      double beta = klWeight(step);
      Tensor logWeights = weighted.plus(ratio.times(beta)).reshape(k, n);
      bound = bound.plus(Bounds.iwae(logWeights).times(share));
      if (dreg) {
        Tensor path = prior.minus(still.logProb(z)).plus(speech.still());
        Tensor pathwise = weighted.plus(path.times(beta)).reshape(k, n);
        surrogate = surrogate.plus(Bounds.doublyReparameterised(pathwise, 1).times(share));
      }
      nll = nll.minus(plain.detach().reshape(k, n).mean(0).times(share));
      kl = kl.minus(ratio.detach().reshape(k, n).mean(0).times(share));
    }
    Loss loss = Loss.zero().plus("bound", bound.neg()).reports("nll", nll).reports("kl", kl);
    return dreg ? loss.trains("encoder", "dreg", surrogate.neg()) : loss;
  }

  /** The same experts without gradients to their parameters. */
  private static Seen still(Seen s) {
    List<Normal> fixed =
        s.experts().stream()
            .map(e -> new Normal(e.mean().detach(), e.logScale().detach()))
            .toList();
    return new Seen(s.x(), s.present(), fixed, s.own());
  }

  @Override
  public ModelConfig config() {
    return config;
  }
}
