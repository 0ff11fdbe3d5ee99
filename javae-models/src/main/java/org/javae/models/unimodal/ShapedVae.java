package org.javae.models.unimodal;

import org.javae.core.distribution.Distribution;
import org.javae.core.divergence.Divergence;
import org.javae.core.likelihood.Likelihood;
import org.javae.core.model.Batch;
import org.javae.core.model.DataSpec;
import org.javae.core.model.LatentVariableModel;
import org.javae.core.model.Loss;
import org.javae.core.model.Model;
import org.javae.core.model.Params;
import org.javae.core.net.Net;
import org.javae.core.train.Step;
import org.javae.tensor.Tensor;
import org.javae.tensor.UserException;

/**
 * What the VAEs whose codes are not Gaussian vectors share: {@code max E_q(z|x)[ln p(x|z)] −
 * KL(q(z|x) ‖ p(z))} over a space that says itself what a posterior and a prior are.
 */
abstract class ShapedVae extends Model<Batch> implements LatentVariableModel {
  private final Vae.Config config;
  private final Likelihood likelihood;
  private final Net encoder;
  private final Net decoder;

  /**
   * @param name in the catalogue
   * @param outputs numbers the encoder gives for an observation
   * @param inputs numbers the decoder takes for a code
   * @throws UserException if another prior is asked for: the space has its own
   */
  ShapedVae(String name, DataSpec data, Params params, Vae.Config config, int outputs, int inputs) {
    super(data, params);
    if (!config.prior().kind().equals("standard")) {
      throw UserException.usage(
          "model %s has the prior of its own space, so prior=%s does not apply; leave prior out, or use model vae",
          name, config.prior());
    }
    this.config = config;
    this.likelihood = config.likelihood().build(data, params);
    this.encoder = config.encoder().encoder(params, "encoder", data.event(), outputs);
    this.decoder = config.decoder().decoder(params, "decoder", inputs, likelihood.outputShape());
  }

  /** What suits the data; two dimensions at least, below which no space here has a shape. */
  static Vae.Config defaults(DataSpec d) {
    Vae.Config c = Vae.Config.defaults(d);
    return new Vae.Config(
        Math.max(2, c.latent()), c.encoder(), null, c.likelihood(), c.schedule(), c.samples());
  }

  /** What the encoder says of observations: {@code [batch, outputs]}. */
  final Tensor read(Tensor x) {
    return encoder.apply(config.likelihood().read(x));
  }

  /** p(x|z) from what the decoder takes: {@code [batch, inputs]}. */
  final Distribution written(Tensor inputs) {
    return likelihood.of(decoder.apply(inputs.to(params().type())));
  }

  /** The point of the space nearest to any numbers, so that pictures may leave it. */
  abstract Tensor nearest(Tensor z);

  /** q as a training step draws from it. */
  Distribution drawn(Distribution q, Step step) {
    return q;
  }

  /** KL(q‖p) as the penalty takes it: {@code [batch]}, or by independent part. */
  Tensor divergence(Distribution q, Tensor z) {
    int k = config.samples();
    Tensor each = Divergence.KL.between(k == 1 ? q : q.repeat(k), prior(), z);
    return k == 1 ? each : each.reshape(k, -1).mean(0);
  }

  @Override
  public final Loss loss(Batch batch, Step step) {
    Tensor x = batch.x();
    Distribution q = posterior(x);
    Distribution d = drawn(q, step);
    Tensor z =
        step.training()
            ? d.rsample(step.rng(), config.samples())
            : q.sample(step.rng(), config.samples());
    Loss nll = Loss.zero().plus("nll", Vae.reconstruction(x, likelihood(z), config.samples()));
    return Vae.withKl(nll, config, divergence(q, z), step, 1).drawnFrom(q);
  }

  @Override
  public final Tensor decode(Tensor z) {
    return likelihood(nearest(z)).mean();
  }

  @Override
  public final boolean euclidean() {
    return false;
  }
}
