package org.javae.core.distribution;

import org.javae.tensor.Autograd;
import org.javae.tensor.Rng;
import org.javae.tensor.Shape;
import org.javae.tensor.Tensor;

/**
 * Independent counts whose rate is itself a Gamma variable of mean μ and shape θ (Lopez, Regier,
 * Cole, Jordan and Yosef, 2018, Deep generative modeling for single-cell transcriptomics):
 *
 * <p>{@code p(x) = Γ(x + θ)/(Γ(θ) x!) (θ/(θ + μ))^θ (μ/(θ + μ))ˣ},
 *
 * <p>of mean μ and variance μ + μ²/θ; the Poisson distribution as θ grows.
 *
 * @param logMean ln μ, {@code [batch, event…]}
 * @param logDispersion ln θ, of the same shape or broadcasting against it
 */
public record NegativeBinomial(Tensor logMean, Tensor logDispersion) implements Distribution {
  @Override
  public Tensor rsample(Rng r, int k) {
    throw new UnsupportedOperationException("a negative binomial sample cannot be reparameterised");
  }

  @Override
  public Tensor sample(Rng r, int k) {
    return Autograd.off(
        () -> {
          NegativeBinomial all = repeat(k);
          Tensor shape = all.logDispersion.plus(all.logMean.times(0)).exp();
          Tensor rate = r.gamma(shape).times(all.logMean.minus(all.logDispersion).exp());
          return r.poisson(rate);
        });
  }

  @Override
  public Tensor elementLogProb(Tensor x) {
    Tensor theta = logDispersion.exp();
    Tensor odds = logMean.minus(logDispersion); // ln μ/θ
    return x.plus(theta)
        .lgamma()
        .minus(theta.lgamma())
        .minus(x.plus(1).lgamma())
        .minus(theta.times(odds.softplus()))
        .minus(x.times(odds.neg().softplus()));
  }

  @Override
  public Tensor mean() {
    return logMean.exp();
  }

  @Override
  public Shape shape() {
    return logMean.shape();
  }

  @Override
  public NegativeBinomial repeat(int k) {
    return new NegativeBinomial(logMean.repeatBatch(k), Batches.repeat(logDispersion, logMean, k));
  }
}
