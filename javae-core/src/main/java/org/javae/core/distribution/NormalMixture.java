package org.javae.core.distribution;

import org.javae.tensor.Autograd;
import org.javae.tensor.DType;
import org.javae.tensor.Rng;
import org.javae.tensor.Tensor;

/**
 * A mixture {@code p(z) = Σₖ wₖ N(z; μₖ, diag σₖ²)} of many Gaussians over vectors, the components
 * held as one batch: hundreds to thousands of components, where {@link Mixture} holds a few of any
 * kind.
 *
 * <p>Squared distances are matrix products, {@code Σ (z² σ⁻² − 2 z μσ⁻² + μ²σ⁻²)}, in double
 * precision, as the three parts cancel.
 *
 * @param logWeights ln w up to a constant, {@code [1 or batch, K]}; −∞ leaves a component out
 * @param components batch K, event {@code [d]}
 */
public record NormalMixture(Tensor logWeights, Normal components) implements Distribution {
  private static final double LOG_TWO_PI = Math.log(2 * Math.PI);

  /** Numbers of a table of log-densities held at once where no gradient is wanted. */
  private static final long AT_ONCE = 20_000_000;

  /**
   * @throws IllegalArgumentException if weights and components do not fit together
   */
  public NormalMixture {
    if (components.shape().rank() != 2
        || logWeights.shape().rank() != 2
        || logWeights.size(1) != components.shape().at(0)) {
      throw new IllegalArgumentException(
          "weights "
              + logWeights.shape()
              + " do not fit components "
              + components.shape()
              + "; [1 or batch, K] and [K, d] are expected");
    }
  }

  /** Equal weights. */
  public static NormalMixture uniform(Normal components) {
    return new NormalMixture(
        Tensor.zeros(components.mean().dtype(), 1, components.shape().at(0)), components);
  }

  /** Number of components. */
  public long size() {
    return components.shape().at(0);
  }

  @Override
  public Tensor logProb(Tensor z) {
    Tensor weights = logWeights.to(DType.FLOAT64).logSoftmax(1);
    long rows = z.size(0);
    // A table of all pairs, a block of components at a time unless a gradient goes through it.
    boolean whole = z.requiresGrad() || components.mean().requiresGrad();
    long block = whole ? size() : Math.max(1, Math.min(size(), AT_ONCE / rows));
    Tensor total = null;
    for (long from = 0; from < size(); from += block) {
      long n = Math.min(block, size() - from);
      Tensor part = table(z, from, n).plus(weights.narrow(1, from, n)).logSumExp(1);
      total = total == null ? part : total.logAddExp(part);
    }
    return total.to(z.dtype());
  }

  /** ln N(z_i; μₖ, σₖ²), float64 {@code [batch, n]}. */
  private Tensor table(Tensor z, long from, long n) {
    Tensor m = components.mean().to(DType.FLOAT64).narrow(0, from, n);
    Tensor s = components.logScale().to(DType.FLOAT64);
    s = s.shape().equals(components.shape()) ? s.narrow(0, from, n) : s.expand(n, m.size(1));
    Tensor x = z.to(DType.FLOAT64);
    Tensor precision = s.times(-2).exp();
    Tensor scaled = m.times(precision);
    Tensor constant =
        m.times(scaled).plus(s.times(2)).plus(LOG_TWO_PI).sum(1).unsqueeze(0).times(-0.5);
    return x.matmul(scaled.t()).plus(constant).minus(x.square().matmul(precision.t()).times(0.5));
  }

  /** Responsibilities {@code p(k given z)}, {@code [batch, K]}. */
  public Tensor responsibilities(Tensor z) {
    return logResponsibilities(z).exp();
  }

  /** Their logarithms, which stay finite where they vanish. */
  public Tensor logResponsibilities(Tensor z) {
    return table(z, 0, size()).plus(logWeights.to(DType.FLOAT64)).logSoftmax(1).to(z.dtype());
  }

  /** Not defined: the choice of a component has no derivative. */
  @Override
  public Tensor rsample(Rng r, int k) {
    throw new UnsupportedOperationException("a mixture's sample cannot be reparameterised");
  }

  @Override
  public Tensor sample(Rng r, int k) {
    return Autograd.off(
        () -> {
          // Draw j of row i at row j·batch + i.
          Tensor choice = r.multinomial(logWeights.softmax(1), k).t().reshape(-1);
          Tensor m = components.mean().indexSelect(0, choice);
          Tensor s = components.logScale();
          s = s.shape().equals(components.shape()) ? s.indexSelect(0, choice) : s;
          return new Normal(m, s).rsample(r);
        });
  }

  /** Defined only for one-dimensional events. */
  @Override
  public Tensor elementLogProb(Tensor z) {
    if (components.shape().at(1) != 1) {
      throw new UnsupportedOperationException("the elements of a mixture are not independent");
    }
    return logProb(z).unsqueeze(1);
  }

  @Override
  public Tensor mean() {
    return logWeights.softmax(1).matmul(components.mean());
  }

  @Override
  public NormalMixture repeat(int k) {
    return logWeights.size(0) == 1
        ? new NormalMixture(logWeights, components)
        : new NormalMixture(logWeights.repeatBatch(k), components);
  }
}
