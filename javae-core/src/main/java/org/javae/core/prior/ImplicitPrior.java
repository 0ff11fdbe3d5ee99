package org.javae.core.prior;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.javae.core.distribution.Distribution;
import org.javae.core.distribution.Distribution.Drawn;
import org.javae.core.distribution.FullNormal;
import org.javae.core.distribution.Normal;
import org.javae.core.divergence.KullbackLeibler;
import org.javae.core.model.Batch;
import org.javae.core.model.Loss;
import org.javae.core.model.Params;
import org.javae.core.net.Critic;
import org.javae.core.net.NetSpec;
import org.javae.core.train.BatchSource;
import org.javae.core.train.Step;
import org.javae.tensor.Autograd;
import org.javae.tensor.DType;
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
 * <p>As a distribution it is {@code p(z) = N(z; 0, I) exp(T(z)) / C}, with the constant C estimated
 * so that likelihoods are those of a normalised density. Draws of N(0, I) alone would miss the
 * places where exp T is large and flatter the model; half of the draws come from the Gaussian with
 * the moments of the aggregated posterior, a little widened.
 */
final class ImplicitPrior implements Prior {
  /** Draws for the constant, half from each of the two Gaussians. */
  private static final int CONSTANT_DRAWS = 50_000;

  /** Training rows whose posteriors give the moments of q(z). */
  private static final int MOMENT_ROWS = 5000;

  private static final int AT_ONCE = 500;

  /** How much wider than q(z) the second Gaussian is, in standard deviations. */
  private static final double WIDER = 1.15;

  private final Normal base;
  private final Critic ratio;
  private final Function<Tensor, Normal> posterior;
  private final Tensor logConstant;
  private final Tensor mean;
  private final Tensor factor;
  private BatchSource<Batch> rows;

  ImplicitPrior(Params params, int latent, int width, Function<Tensor, Normal> posterior) {
    this.posterior = posterior;
    Tensor zeros = params.constant(Tensor.zeros(params.type(), 1, latent));
    base = new Normal(zeros, zeros);
    NetSpec spec = NetSpec.parse("mlp:" + width + "," + width);
    ratio = Critic.of(spec, params, "ratio", Shape.of(latent));
    logConstant = params.buffer("prior.log_constant", Tensor.zeros(params.type(), 1));
    mean = params.buffer("prior.mean", Tensor.zeros(params.type(), 1, latent));
    factor =
        Scope.run(
            () -> params.buffer("prior.factor", Tensor.eye(latent).unsqueeze(0).to(params.type())));
  }

  /** The Gaussian with the moments of q(z). */
  private FullNormal like() {
    Tensor diagonal = factor.times(Tensor.eye(factor.size(1)).to(factor.dtype())).sum(2);
    return new FullNormal(mean, diagonal.log(), factor);
  }

  @Override
  public Distribution distribution() {
    return new Tilted(base, like(), ratio::logRatio, logConstant);
  }

  @Override
  public Tensor divergence(Distribution q, Distribution p, Drawn z) {
    int k = Math.toIntExact(z.value().size(0) / q.shape().at(0));
    Tensor t = ratio.logRatio(z.value());
    return KullbackLeibler.perElement(q, base)
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
  public void trainingRows(BatchSource<Batch> source) {
    rows = source;
  }

  @Override
  public void refresh(Rng rng) {
    if (rows == null) {
      return;
    }
    Autograd.off(
        () ->
            Scope.run(
                () -> {
                  moments();
                  Tilted p = new Tilted(base, like(), ratio::logRatio, logConstant);
                  Tensor w = p.logWeights(p.propose(rng, CONSTANT_DRAWS));
                  logConstant.copyFromInPlace(
                      w.logSumExp(0).minus(Math.log(CONSTANT_DRAWS)).reshape(1));
                }));
  }

  /** E_q z, and the Cholesky factor of Cov_q z = Cov μ(x) + diag E σ²(x), widened. */
  private void moments() {
    List<Tensor> means = new ArrayList<>();
    List<Tensor> variances = new ArrayList<>();
    int n = Math.min(MOMENT_ROWS, rows.size());
    for (int i = 0; i * AT_ONCE < n; i++) {
      Normal q = posterior.apply(rows.batch(0, i, AT_ONCE).x());
      means.add(q.mean());
      variances.add(q.logScale().times(2).exp());
    }
    Tensor m = Tensor.cat(means, 0).to(DType.FLOAT64);
    Tensor centre = m.mean(0).unsqueeze(0);
    Tensor away = m.minus(centre);
    Tensor covariance =
        away.t()
            .matmul(away)
            .div(m.size(0))
            .plus(Tensor.cat(variances, 0).to(DType.FLOAT64).mean(0).diag());
    mean.copyFromInPlace(centre.to(mean.dtype()));
    factor.copyFromInPlace(covariance.cholesky().times(WIDER).unsqueeze(0).to(factor.dtype()));
  }
}
