package org.javae.models.unimodal;

import org.javae.core.distribution.Distribution;
import org.javae.core.distribution.Normal;
import org.javae.core.divergence.Divergence;
import org.javae.core.likelihood.Likelihood;
import org.javae.core.likelihood.LikelihoodSpec;
import org.javae.core.model.About;
import org.javae.core.model.Batch;
import org.javae.core.model.Check;
import org.javae.core.model.DataSpec;
import org.javae.core.model.Defaults;
import org.javae.core.model.LatentVariableModel;
import org.javae.core.model.Loss;
import org.javae.core.model.Model;
import org.javae.core.model.ModelConfig;
import org.javae.core.model.Params;
import org.javae.core.net.Net;
import org.javae.core.net.NetSpec;
import org.javae.core.schedule.Schedule;
import org.javae.core.train.Step;
import org.javae.tensor.Tensor;

/**
 * Variational autoencoder (Kingma and Welling, 2014): maximises {@code ELBO(x) = E_q[ln p(x|z)] −
 * KL(q(z|x) ‖ p(z))} with q(z|x) = N(μ(x), diag σ²(x)), p(z) = N(0, I) and M reparameterised
 * samples (equations (9)–(16) of the lecture). With {@code likelihood=balance:C} the loss is {@code
 * C‖x − x̂‖² + KL} up to a constant. Nats per observation.
 */
public class Vae extends Model<Batch> implements LatentVariableModel {
  /** For the catalogue. */
  public static final About ABOUT =
      new About(
          "variational autoencoder",
          "max  E_q(z|x)[ln p(x|z)] − KL(q(z|x) ‖ N(0, I))",
          "Kingma and Welling, 2014, Auto-Encoding Variational Bayes, equation (10)");

  /**
   * Settings.
   *
   * @param latent dimensions of z
   * @param encoder network of q(z|x)
   * @param decoder network of p(x|z); by default the encoder in reverse
   * @param likelihood p(x|z)
   * @param schedule weight of the KL term over training
   * @param samples M, samples of z per observation and step
   */
  public record Config(
      int latent,
      NetSpec encoder,
      NetSpec decoder,
      LikelihoodSpec likelihood,
      Schedule schedule,
      int samples)
      implements ModelConfig {
    public Config {
      Check.positive("latent", latent);
      Check.positive("samples", samples);
      decoder = decoder == null ? encoder.mirrored() : decoder;
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
  private final Net decoder;
  private final Likelihood likelihood;
  private final Normal prior;

  public Vae(DataSpec data, Params params, Config config) {
    super(data, params);
    this.config = config;
    this.likelihood = config.likelihood().build(data, params);
    this.encoder = config.encoder().encoder(params, "encoder", data.event(), 2 * config.latent());
    this.decoder =
        config.decoder().decoder(params, "decoder", config.latent(), likelihood.outputShape());
    Tensor zeros = params.constant(Tensor.zeros(params.type(), 1, config.latent()));
    this.prior = new Normal(zeros, zeros);
  }

  @Override
  public Loss loss(Batch batch, Step step) {
    return negativeElbo(batch.x(), step, config.schedule().at(step));
  }

  /** Reconstruction plus {@code klWeight} times the divergence. */
  protected final Loss negativeElbo(Tensor x, Step step, double klWeight) {
    Normal q = posterior(x);
    Tensor z = q.rsample(step.rng(), config.samples());
    Tensor nll = likelihood(z).logProb(x.repeatBatch(config.samples())).neg();
    if (config.samples() > 1) {
      nll = nll.reshape(config.samples(), x.size(0)).mean(0);
    }
    return Loss.zero().plus("nll", nll).plus("kl", klWeight, Divergence.KL.between(q, prior, z));
  }

  @Override
  public Normal posterior(Tensor x) {
    var h = encoder.apply(x).chunk(2, 1);
    return new Normal(h.get(0), h.get(1));
  }

  @Override
  public Normal prior() {
    return prior;
  }

  @Override
  public Distribution likelihood(Tensor z) {
    return likelihood.of(decoder.apply(z));
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

  /** Network of q(z|x): means, then ln σ. */
  public Net encoder() {
    return encoder;
  }

  /** Network of p(x|z), in front of the likelihood. */
  public Net decoder() {
    return decoder;
  }
}
