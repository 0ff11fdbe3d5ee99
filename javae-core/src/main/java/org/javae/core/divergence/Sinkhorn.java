package org.javae.core.divergence;

import org.javae.tensor.Tensor;

/**
 * Sinkhorn divergence between samples {@code [n, d]} and {@code [m, d]} for the cost {@code ‖x −
 * y‖²} (Genevay, Peyré and Cuturi, 2018, equation (2); as a penalty on codes Patrini et al., 2020):
 *
 * <pre>S(P, Q) = OT(P, Q) − ½ OT(P, P) − ½ OT(Q, Q),
 * OT(P, Q) = min_π Σ π(x, y) ‖x − y‖² + ε KL(π ‖ P ⊗ Q).</pre>
 *
 * It is zero for equal samples, tends to W₂² for ε → 0 and to a maximum mean discrepancy for large
 * ε. OT is the dual value {@code E_P f + E_Q g} after a fixed number of updates in the log domain,
 * from zero; gradients go through the updates, so they are those of the value that is returned
 * (Genevay et al. unroll them too, with the transport cost alone as the value; the dual keeps S
 * from being negative: Feydy et al., 2019). ε has the unit of the cost; about cost/ε updates are
 * needed.
 */
public final class Sinkhorn {
  private Sinkhorn() {}

  /** S: a differentiable scalar. */
  public static Tensor divergence(Tensor x, Tensor y, double epsilon, int updates) {
    Tensor self = cost(x, x, epsilon, updates).plus(cost(y, y, epsilon, updates));
    return cost(x, y, epsilon, updates).minus(self.times(0.5));
  }

  /** OT with its entropic bias: a differentiable scalar. */
  public static Tensor cost(Tensor x, Tensor y, double epsilon, int updates) {
    // Potentials in units of ε, each side's weight 1/n folded into its mean.
    Tensor c = Kernel.squaredDistances(x, y).div(-epsilon);
    double logN = Math.log(x.size(0));
    double logM = Math.log(y.size(0));
    Tensor g = Tensor.zerosLike(y.select(1, 0));
    Tensor f = null;
    for (int i = 0; i < updates; i++) {
      f = c.plus(g).logSumExp(1).minus(logM).neg();
      g = c.plus(f.unsqueeze(1)).logSumExp(0).minus(logN).neg();
    }
    return f.mean().plus(g.mean()).times(epsilon);
  }
}
