package org.javae.models.unimodal;

import org.javae.core.distribution.Distribution;
import org.javae.core.distribution.Normal;
import org.javae.core.distribution.NormalMixture;
import org.javae.core.likelihood.Likelihood;
import org.javae.core.likelihood.LikelihoodSpec;
import org.javae.core.model.About;
import org.javae.core.model.Batch;
import org.javae.core.model.Check;
import org.javae.core.model.Clusters;
import org.javae.core.model.DataSpec;
import org.javae.core.model.Defaults;
import org.javae.core.model.LatentVariableModel;
import org.javae.core.model.Loss;
import org.javae.core.model.Model;
import org.javae.core.model.ModelConfig;
import org.javae.core.model.Optional;
import org.javae.core.model.Params;
import org.javae.core.model.Refreshes;
import org.javae.core.net.Net;
import org.javae.core.net.NetSpec;
import org.javae.core.objective.KlPenalty;
import org.javae.core.posterior.FlowPosterior;
import org.javae.core.posterior.Posterior;
import org.javae.core.posterior.PosteriorSpec;
import org.javae.core.prior.Prior;
import org.javae.core.prior.PriorSpec;
import org.javae.core.schedule.Schedule;
import org.javae.core.train.BatchSource;
import org.javae.core.train.Step;
import org.javae.tensor.Rng;
import org.javae.tensor.Tensor;

/**
 * Variational autoencoder (Kingma and Welling, 2014): maximises {@code ELBO(x) = E_q[ln p(x|z)] −
 * KL(q(z|x) ‖ p(z))} with q(z|x) = N(μ(x), diag σ²(x)) or a richer family, p(z) = N(0, I) or
 * another prior, and M reparameterised samples (equations (9)–(16) of the lecture). With {@code
 * likelihood=balance:C} the loss is {@code C‖x − x̂‖² + KL} up to a constant. Nats per observation.
 */
public class Vae extends Model<Batch> implements LatentVariableModel, Refreshes, Clusters {
  /** For the catalogue. */
  public static final About ABOUT =
      new About(
          "variational autoencoder",
          "max  E_q(z|x)[ln p(x|z)] − KL(q(z|x) ‖ N(0, I))",
          "Kingma and Welling, 2014, Auto-Encoding Variational Bayes, equation (10)");

  /** For the catalogue: {@code prior=vamp}. */
  public static final About ABOUT_VAMP =
      new About(
          "VAE with a variational mixture of posteriors as prior",
          "p(z) = 1/K Σₖ q(z|uₖ) at learned pseudo-inputs uₖ",
          "Tomczak and Welling, 2018, VAE with a VampPrior, equation (9)");

  /** For the catalogue: {@code prior=exemplar}. */
  public static final About ABOUT_EXEMPLAR =
      new About(
          "exemplar VAE",
          "p(z) = 1/N Σₙ N(z; μ(xₙ), s² I) at training rows xₙ, a row never its own exemplar",
          "Norouzi, Fleet and Norouzi, 2020, Exemplar VAE, equation (6)");

  /** For the catalogue: {@code prior=implicit}. */
  public static final About ABOUT_IMPLICIT =
      new About(
          "VAE with the implicit optimal prior",
          "p(z) = q(z), by a network T(z) ≈ ln q(z)/N(z; 0, I)",
          "Takahashi et al., 2019, Variational Autoencoder with Implicit Optimal Priors, equation (10)");

  /** For the catalogue: {@code posterior=full}. */
  public static final About ABOUT_FULL =
      new About(
          "VAE with a full-covariance posterior",
          "q(z|x) = N(μ(x), L(x) L(x)ᵀ), L lower triangular",
          "Rezende, Mohamed and Wierstra, 2014; Kingma et al., 2016, appendix A");

  /** For the catalogue: {@code posterior=planar}. */
  public static final About ABOUT_PLANAR =
      new About(
          "VAE with a planar flow as posterior",
          "ln q(z_K|x) = ln q₀(z₀|x) − Σₖ ln |1 + uₖᵀψₖ(zₖ₋₁)|,  f(z) = z + u tanh(wᵀz + b)",
          "Rezende and Mohamed, 2015, Variational Inference with Normalizing Flows, equation (13)");

  /** For the catalogue: {@code posterior=radial}. */
  public static final About ABOUT_RADIAL =
      new About(
          "VAE with a radial flow as posterior",
          "f(z) = z + β (z − z₀)/(α + |z − z₀|), K times",
          "Rezende and Mohamed, 2015, Variational Inference with Normalizing Flows, equation (14)");

  /** For the catalogue: {@code posterior=iaf}. */
  public static final About ABOUT_IAF =
      new About(
          "VAE with an inverse autoregressive flow as posterior",
          "z ← σ(s) ⊙ z + (1 − σ(s)) ⊙ m,  mᵢ, sᵢ of z₁ … zᵢ₋₁ and h(x),  K times",
          "Kingma et al., 2016, Improving Variational Inference with Inverse Autoregressive Flow");

  /**
   * Settings.
   *
   * @param latent dimensions of z
   * @param encoder network of q(z|x)
   * @param decoder network of p(x|z); by default the encoder in reverse
   * @param likelihood p(x|z)
   * @param schedule weight of the KL term over training
   * @param samples M, samples of z per observation and step
   * @param prior p(z)
   * @param kl what stands in the place of the KL term
   * @param posterior family of q(z|x)
   */
  public record Config(
      int latent,
      NetSpec encoder,
      @Optional NetSpec decoder,
      LikelihoodSpec likelihood,
      Schedule schedule,
      int samples,
      @Optional PriorSpec prior,
      @Optional KlPenalty kl,
      @Optional PosteriorSpec posterior)
      implements ModelConfig {
    public Config {
      Check.positive("latent", latent);
      Check.positive("samples", samples);
      decoder = decoder == null ? encoder.mirrored() : decoder;
      prior = prior == null ? PriorSpec.STANDARD : prior;
      kl = kl == null ? KlPenalty.PLAIN : kl;
      posterior = posterior == null ? PosteriorSpec.DIAGONAL : posterior;
      if (prior.ofPosteriors()) {
        posterior.requireDiagonal("prior=" + prior + " is made of diagonal Gaussian posteriors");
      }
    }

    /** With the prior N(0, I), the KL term as it is and a diagonal posterior. */
    public Config(
        int latent,
        NetSpec encoder,
        NetSpec decoder,
        LikelihoodSpec likelihood,
        Schedule schedule,
        int samples) {
      this(latent, encoder, decoder, likelihood, schedule, samples, null, null, null);
    }

    /** The same with another number of samples. */
    public Config withSamples(int m) {
      return new Config(latent, encoder, decoder, likelihood, schedule, m, prior, kl, posterior);
    }

    /** The same with another prior. */
    public Config withPrior(String text) {
      PriorSpec p = PriorSpec.parse(text);
      return new Config(latent, encoder, decoder, likelihood, schedule, samples, p, kl, posterior);
    }

    /** The same with another posterior. */
    public Config withPosterior(String text) {
      PosteriorSpec q = PosteriorSpec.parse(text);
      return new Config(latent, encoder, decoder, likelihood, schedule, samples, prior, kl, q);
    }

    /** What suits the data. */
    public static Config defaults(DataSpec d) {
      return new Config(
          Defaults.latent(d),
          Defaults.encoder(d),
          null,
          Defaults.likelihood(d),
          Schedule.CONSTANT,
          1);
    }
  }

  private final Config config;
  private final Net encoder;
  private final Posterior posterior;
  private final Net decoder;
  private final Likelihood likelihood;
  private final Prior prior;

  public Vae(DataSpec data, Params params, Config config) {
    super(data, params);
    this.config = config;
    this.likelihood = config.likelihood().build(data, params);
    this.posterior = config.posterior().build(params, "encoder", config.latent());
    this.encoder = config.encoder().encoder(params, "encoder", data.event(), posterior.outputs());
    this.decoder =
        config.decoder().decoder(params, "decoder", config.latent(), likelihood.outputShape());
    this.prior = config.prior().build(data, params, config.latent(), x -> (Normal) posterior(x));
  }

  @Override
  public Loss loss(Batch batch, Step step) {
    Draw d = draw(batch, step);
    return prior.train(objective(d, step), d.z(), step).drawnFrom(d.q());
  }

  /** The objective, to be minimised, out of what was drawn; a variant changes this. */
  protected Loss objective(Draw d, Step step) {
    return negativeElbo(d, step, 1);
  }

  /**
   * What a step drew for its observations.
   *
   * @param x the observations
   * @param q q(z|x)
   * @param z M samples of it, {@code [M·batch, latent]}, draw j of row i at row j·batch + i
   * @param nll −ln p(x|z), averaged over the samples: {@code [batch]}
   * @param kl KL(q(z|x)‖p(z)) by dimension where it has a closed form, {@code [batch, latent]},
   *     else {@code [batch]}
   * @param likelihood p(x|z): batch M·batch
   */
  protected record Draw(
      Tensor x, Distribution q, Tensor z, Tensor nll, Tensor kl, Distribution likelihood) {
    /** q(z|x) where the settings have made sure that it is diagonal. */
    Normal normal() {
      return (Normal) q;
    }

    /** Of M·batch rows the first batch: one draw for each observation. */
    Tensor first(Tensor rows) {
      return rows.narrow(0, 0, x.size(0));
    }

    /** The first of the samples: {@code [batch, latent]}. */
    Tensor first() {
      return first(z);
    }

    /** The mean over the samples of each observation: {@code [M·batch]} to {@code [batch]}. */
    Tensor average(Tensor each) {
      return each.size(0) == x.size(0) ? each : each.reshape(-1, x.size(0)).mean(0);
    }

    /** A row for each sample: {@code [batch, …]} to {@code [M·batch, …]}. */
    Tensor repeated(Tensor rows) {
      return rows.repeatBatch((int) (z.size(0) / x.size(0)));
    }
  }

  private Draw draw(Batch batch, Step step) {
    Tensor x = batch.x();
    Distribution q = posterior(x);
    Distribution.Drawn drawn = q.draw(step.rng(), config.samples());
    Tensor z = drawn.value();
    Distribution p = likelihood(z);
    Tensor nll = reconstruction(x, p, config.samples());
    Tensor kl = prior.divergence(q, prior.distribution(batch, step), drawn);
    return new Draw(x, q, z, nll, kl, p);
  }

  /** −ln p(x|z), averaged over the samples of z: {@code [batch]}. */
  static Tensor reconstruction(Tensor x, Distribution likelihood, int samples) {
    Tensor nll = likelihood.logProbRepeating(x, samples).neg();
    return samples == 1 ? nll : nll.reshape(samples, x.size(0)).mean(0);
  }

  /** Reconstruction plus {@code weight} times the scheduled KL term. */
  protected final Loss negativeElbo(Draw d, Step step, double weight) {
    return withKl(Loss.zero().plus("nll", d.nll()), d, step, weight);
  }

  /** Another reconstruction plus {@code weight} times the scheduled KL term. */
  protected final Loss withKl(Loss reconstruction, Draw d, Step step, double weight) {
    return withKl(reconstruction, config, d.kl(), step, weight);
  }

  /** As above, for any model with these settings. */
  static Loss withKl(Loss reconstruction, Config config, Tensor kl, Step step, double weight) {
    double w = weight * config.schedule().at(step);
    Tensor sum = kl.shape().rank() == 1 ? kl : kl.sumEvent();
    return reconstruction.plus("kl", config.kl().of(kl, step).times(w), sum);
  }

  @Override
  public Distribution posterior(Tensor x) {
    return posterior.of(encoder.apply(config.likelihood().read(x)));
  }

  @Override
  public Tensor code(Distribution q) {
    return codeOf(q);
  }

  /** The mean, or where a flow takes the mean that it starts from. */
  static Tensor codeOf(Distribution q) {
    return q instanceof FlowPosterior f ? f.centre() : q.mean();
  }

  @Override
  public Distribution prior() {
    return prior.distribution();
  }

  /** p(z) with its part in training. */
  protected final Prior latentPrior() {
    return prior;
  }

  @Override
  public void trainingRows(BatchSource<Batch> rows) {
    prior.trainingRows(rows);
  }

  @Override
  public void refresh(Rng rng) {
    prior.refresh(rng);
  }

  @Override
  public Distribution likelihood(Tensor z) {
    return likelihood.of(decoder.apply(z));
  }

  /** The Gaussians of {@code prior=mixture:K}; other priors make no groups. */
  @Override
  public int clusters() {
    return config.prior().kind().equals("mixture")
        ? Math.toIntExact(((NormalMixture) prior()).size())
        : 0;
  }

  /** p(c given z) at the code z of x. */
  @Override
  public Tensor responsibilities(Tensor x) {
    return ((NormalMixture) prior()).responsibilities(encode(x));
  }

  @Override
  public ModelConfig config() {
    return config;
  }

  @Override
  public int latent() {
    return config.latent();
  }

  /** p(x|z) as its settings describe it. */
  public LikelihoodSpec likelihoodSpec() {
    return config.likelihood();
  }

  /** q(z|x) as its settings describe it. */
  public PosteriorSpec posteriorSpec() {
    return config.posterior();
  }

  /** Network of q(z|x): means, then ln σ, then what richer families need. */
  public Net encoder() {
    return encoder;
  }

  /** Network of p(x|z), in front of the likelihood. */
  public Net decoder() {
    return decoder;
  }
}
