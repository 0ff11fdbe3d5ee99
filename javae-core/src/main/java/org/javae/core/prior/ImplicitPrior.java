package org.javae.core.prior;

import org.javae.core.distribution.Distribution;
import org.javae.core.distribution.Normal;
import org.javae.core.divergence.KullbackLeibler;
import org.javae.core.model.Loss;
import org.javae.core.model.Params;
import org.javae.core.net.Critic;
import org.javae.core.net.NetSpec;
import org.javae.core.train.Step;
import org.javae.tensor.Autograd;
import org.javae.tensor.Rng;
import org.javae.tensor.Scope;
import org.javae.tensor.Shape;
import org.javae.tensor.Tensor;

/**
 * The optimal prior, which is the aggregated posterior q(z), without ever writing it down
 * (Takahashi et al., 2019): with {@code T(z) ≈ ln q(z)/N(z; 0, I)} from a classifier that tells
 * codes from draws of N(0, I), {@code KL(q(z|x)‖q(z)) = KL(q(z|x)‖N(0, I)) − E_q T(z)} (their
 * equation (10)). The classifier is trained beside the model by its own logistic loss, {@code −E_q
 * ln s(T(z)) − E_N ln(1 − s(T(z)))}, s the logistic function.
 *
 * <p>As a distribution it is {@code p(z) = N(z; 0, I) exp(T(z)) / C} with the constant C estimated
 * from draws of N(0, I), so that likelihoods are those of a normalised density.
 */
final class ImplicitPrior implements Prior {
  /** Draws for the constant: its estimate's error is about √(var/n), some thousandths of a nat. */
  private static final int CONSTANT_DRAWS = 50_000;

  private final Normal base;
  private final Critic ratio;
  private final Tensor logConstant;

  ImplicitPrior(Params params, int latent, int width) {
    Tensor zeros = params.constant(Tensor.zeros(params.type(), 1, latent));
    base = new Normal(zeros, zeros);
    NetSpec spec = NetSpec.parse("mlp:" + width + "," + width);
    ratio = Critic.of(spec, params, "ratio", Shape.of(latent));
    logConstant = params.buffer("prior.log_constant", Tensor.zeros(params.type(), 1));
  }

  @Override
  public Distribution distribution() {
    return new Tilted(base, ratio::logRatio, logConstant);
  }

  @Override
  public Tensor divergence(Normal q, Distribution p, Tensor z) {
    int k = Math.toIntExact(z.size(0) / q.shape().at(0));
    Tensor t = ratio.logRatio(z);
    return KullbackLeibler.normalNormal(q, base)
        .sumEvent()
        .minus(k == 1 ? t : t.reshape(k, q.shape().at(0)).mean(0));
  }

  @Override
  public Loss train(Loss loss, Tensor z, Step step) {
    Tensor codes = z.detach().narrow(0, 0, loss.total().size(0));
    Tensor draws = base.sample(step.rng().split("ratio"), Math.toIntExact(codes.size(0)));
    return loss.trains("ratio", "ratio_loss", ratio.telling(codes, draws));
  }

  @Override
  public void refresh(Rng rng) {
    Autograd.off(
        () ->
            Scope.run(
                () -> {
                  Tensor w = ratio.logRatio(base.sample(rng, CONSTANT_DRAWS));
                  logConstant.copyFromInPlace(
                      w.logSumExp(0).minus(Math.log(CONSTANT_DRAWS)).reshape(1));
                }));
  }
}
