package org.javae.models.unimodal;

import org.javae.core.distribution.Distribution;
import org.javae.core.model.Batch;
import org.javae.core.model.DataSpec;
import org.javae.core.model.Loss;
import org.javae.core.model.Params;
import org.javae.core.objective.EncoderGradient;
import org.javae.core.train.Step;
import org.javae.tensor.Tensor;
import org.javae.tensor.UserException;

/** What the bounds over several importance samples share: the weights. */
abstract class ImportanceWeightedVae extends Vae {
  /** Numbers in the likelihood's table of one gradient; larger batches are taken in parts. */
  private static final long AT_ONCE = 16_000_000;

  private final Vae.Config config;
  private final int samples;

  /**
   * @param samples drawn in all for an observation
   * @throws UserException if the samples of a single observation exceed memory, or a penalty is
   *     asked for that these bounds have no KL term for
   */
  ImportanceWeightedVae(DataSpec data, Params params, Vae.Config config, long samples) {
    super(data, params, config);
    this.config = config;
    long most = 4 * AT_ONCE / data.event().numel();
    if (samples > most) {
      throw UserException.usage(
          "%d importance samples of one observation of %d values do not fit into memory; at most %d do",
          samples, data.event().numel(), most);
    }
    if (!config.kl().plain()) {
      throw UserException.usage(
          "kl=%s does not apply to a bound over several samples, which has no KL term; leave it out, or anneal with"
              + " schedule=linear:10",
          config.kl());
    }
    this.samples = (int) samples;
  }

  /**
   * The objective out of the weights.
   *
   * @param logWeights ln w = ln p(x|z) + s (ln p(z) − ln q(z|x)), s the schedule's weight: {@code
   *     [samples, batch]}
   */
  abstract Loss bound(Tensor logWeights);

  /** How it trains the encoder; a new one for every loss. */
  EncoderGradient gradient() {
    return EncoderGradient.reparameterised();
  }

  @Override
  public final Loss loss(Batch batch, Step step) {
    Tensor x = batch.x();
    long n = x.size(0);
    Distribution q = posterior(x);
    EncoderGradient gradient = gradient();
    Distribution.Drawn drawn = q.draw(step.rng(), samples);
    Tensor z = gradient.drawn(drawn.value());
    Distribution p = latentPrior().distribution(batch, step);
    Tensor prior = (p.shape().at(0) == 1 ? p : p.repeat(samples)).logProb(z);
    Tensor logLikelihood = likelihood(z).logProbRepeating(x, samples);
    double s = config.schedule().at(step);
    Tensor ratio = prior.minus(gradient.density(q, drawn, z, samples));
    Tensor logWeights = logLikelihood.plus(ratio.times(s)).reshape(samples, n);
    Loss loss =
        gradient
            .of(bound(logWeights), logWeights, config.samples())
            .reports("nll", logLikelihood.detach().neg().reshape(samples, n).mean(0))
            .reports("kl", ratio.detach().neg().reshape(samples, n).mean(0));
    return latentPrior().train(loss, z, step).drawnFrom(q);
  }

  @Override
  public int rowsAtOnce() {
    return (int) Math.max(1, AT_ONCE / (data().event().numel() * samples));
  }
}
