package org.javae.models.multimodal;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.util.ArrayList;
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
import org.javae.core.objective.EncoderGradient;
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
   */
  record Speech(List<Tensor> codes, Tensor ratio) {}

  /** Expert m speaks: here of z alone. */
  Speech speech(Seen s, int m, Tensor z, EncoderGradient gradient, Rng rng) {
    return new Speech(codes(z), Tensor.zeros(z.dtype(), z.size(0)));
  }

  @Override
  Mixture joint(Seen s) {
    return Mixtures.ofExperts(s.experts(), s.present());
  }

  @Override
  public Loss loss(Batch batch, Step step) {
    Seen s = see(batch);
    int k = config.k();
    long n = batch.size();
    boolean dreg = config.gradient().equals("dreg");
    List<EncoderGradient> gradients = new ArrayList<>();
    List<Speech> speeches = new ArrayList<>();
    List<Tensor> draws = new ArrayList<>();
    for (int m = 0; m < views(); m++) {
      EncoderGradient g =
          dreg ? EncoderGradient.doublyReparameterised() : EncoderGradient.reparameterised();
      Tensor z = g.drawn(s.experts().get(m).rsample(step.rng(), k));
      gradients.add(g);
      draws.add(z);
      speeches.add(speech(s, m, z, g, step.rng()));
    }
    // All experts at once, [M·k·batch].
    Reconstruction r = spoken(s, speeches);
    Tensor z = Tensor.cat(draws, 0);
    List<Normal> densities = s.experts().stream().map(gradients.get(0)::density).toList();
    Distribution q = Mixtures.ofExperts(densities, s.present()).repeat(views() * k);
    Tensor ratio =
        standard()
            .logProb(z)
            .minus(q.logProb(z))
            .plus(Tensor.cat(speeches.stream().map(Speech::ratio).toList(), 0));
    Tensor logWeights = r.weighted().neg().plus(ratio.times(klWeight(step))).reshape(views(), k, n);
    Tensor share = s.present().div(s.count().unsqueeze(1)).t();
    Tensor bound = Bounds.iwae(logWeights.transpose(0, 1)).times(share).sum(0);
    Loss loss =
        Loss.zero()
            .plus("bound", bound.neg())
            .reports("nll", r.plain().detach().reshape(views(), k, n).mean(1).times(share).sum(0))
            .reports("kl", ratio.detach().reshape(views(), k, n).mean(1).times(share).sum(0).neg());
    for (int m = 0; m < views(); m++) {
      loss = gradients.get(m).of(loss, logWeights.select(0, m));
    }
    return loss;
  }

  /** −Σᵥ ln p(xᵥ|…) of what the experts say, {@code [M·k·batch]}. */
  private Reconstruction spoken(Seen s, List<Speech> speeches) {
    Reconstruction sum = null;
    for (int v = 0; v < views(); v++) {
      int view = v;
      Tensor codes = Tensor.cat(speeches.stream().map(p -> p.codes().get(view)).toList(), 0);
      sum = explained(sum, logLikelihood(s, v, codes).neg(), v);
    }
    return sum;
  }

  @Override
  public ModelConfig config() {
    return config;
  }
}
