package org.javae.core.divergence;

import org.javae.core.distribution.Normal;
import org.javae.tensor.Tensor;

/**
 * Total correlation {@code TC = KL(q(z) ‖ Πⱼ q(zⱼ))} of the aggregated posterior {@code q(z) = 1/N
 * Σₙ q(z|xₙ)}: how far the dimensions of the code depend on each other. With the mutual information
 * and the dimensions' own divergences it makes up the average KL term (Chen et al., 2018, equation
 * (2)):
 *
 * <pre>E KL(q(z|x) ‖ p(z)) = I(z; n) + TC + Σⱼ KL(q(zⱼ) ‖ p(zⱼ)).</pre>
 *
 * <p>q(z) is estimated from the posteriors of one batch of B observations and one sample of each.
 */
public final class TotalCorrelation {
  /** Estimators of ln q(z) from a batch. */
  public enum Estimator {
    /**
     * Minibatch-weighted sampling, {@code ln q(zᵢ) ≈ ln 1/(NB) Σⱼ q(zᵢ|xⱼ)} (equation (5)): biased,
     * but its constant does not matter for training.
     */
    WEIGHTED,
    /**
     * Minibatch-stratified sampling (appendix C.2), {@code q(zᵢ) ≈ Σⱼ wᵢⱼ q(zᵢ|xⱼ)}: the
     * observation that z came from weighs 1/N, as it does in the data, the others 1/(B − 1), but
     * one of them (N − B + 1)/(N(B − 1)), so that the weights sum to 1; unbiased for q(z).
     */
    STRATIFIED
  }

  private TotalCorrelation() {}

  /**
   * Estimated log-densities of samples z under the aggregated posterior.
   *
   * @param joint ln q(z), {@code [B]}
   * @param marginals ln q(zⱼ), {@code [B, d]}
   */
  public record Aggregate(Tensor joint, Tensor marginals) {
    /** {@code ln q(z) − Σⱼ ln q(zⱼ)}, whose mean estimates TC: {@code [B]}. */
    public Tensor totalCorrelation() {
      return joint.minus(marginals.sum(1));
    }
  }

  /**
   * Estimates from posteriors {@code [B, d]} and one sample of each.
   *
   * @param size N, observations in the data; at least B is assumed
   */
  public static Aggregate estimate(Normal q, Tensor z, long size, Estimator estimator) {
    // Entry (i, j): the elements of ln q(zᵢ|xⱼ).
    Normal all = new Normal(q.mean().unsqueeze(0), q.logScale().unsqueeze(0));
    Tensor pairs = all.elementLogProb(z.unsqueeze(1));
    long b = z.size(0);
    long n = Math.max(size, b);
    if (estimator == Estimator.STRATIFIED && b > 1) {
      Tensor w = logWeights((int) b, n).to(z.dtype());
      return new Aggregate(
          pairs.sum(2).plus(w).logSumExp(1), pairs.plus(w.unsqueeze(2)).logSumExp(1));
    }
    // A single observation has no others to stand for the data: its q(z|x) is all that is known.
    double log = b == 1 ? 0 : Math.log((double) n * b);
    return new Aggregate(pairs.sum(2).logSumExp(1).minus(log), pairs.logSumExp(1).minus(log));
  }

  private static Tensor logWeights(int b, long n) {
    double others = b - 1;
    double[] w = new double[b * b];
    for (int i = 0; i < b; i++) {
      for (int j = 0; j < b; j++) {
        boolean rest = j == (i + 1) % b;
        w[i * b + j] = Math.log(i == j ? 1.0 / n : rest ? (n - others) / (n * others) : 1 / others);
      }
    }
    return Tensor.of(w, b, b);
  }

  /**
   * Exact total correlation of a Gaussian, {@code −½ ln det R = ½(Σⱼ ln Cⱼⱼ − ln det C)} with R the
   * correlation matrix of the covariance C {@code [d, d]}: a scalar.
   */
  public static Tensor gaussian(Tensor covariance) {
    return covariance.diag().log().sum().minus(covariance.logAbsDet()).times(0.5);
  }
}
