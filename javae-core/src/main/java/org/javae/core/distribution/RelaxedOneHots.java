package org.javae.core.distribution;

import org.javae.tensor.Rng;
import org.javae.tensor.Shape;
import org.javae.tensor.Tensor;

/**
 * {@link OneHots} made continuous, so that gradients pass: {@code x = softmax((ln p + g)/τ)} with
 * Gumbel noise g, the Gumbel-Softmax (Jang et al., 2017, equation (2)) or Concrete distribution
 * (Maddison et al., 2017). The largest element is class k with probability pₖ at every τ; for τ → 0
 * the vectors become indicators.
 *
 * @param hard what becomes of it as τ → 0
 * @param temperature τ
 * @param straightThrough draws are the indicators themselves, with the gradient of x
 */
public record RelaxedOneHots(OneHots hard, double temperature, boolean straightThrough)
    implements Distribution {
  @Override
  public Tensor rsample(Rng r, int k) {
    Tensor l = hard.choices().logits().repeatBatch(k);
    // Uniform draws of exactly 0 or 1 would be infinite.
    Tensor u = r.uniform(l.dtype(), l.shape().toArray()).clamp(1e-20, 1 - 0x1p-24);
    Tensor gumbel = u.log().neg().log().neg();
    Tensor x = l.plus(gumbel).times(1 / temperature).softmax(-1).flatten();
    if (!straightThrough) {
      return x;
    }
    Tensor rounding = OneHots.nearest(x, hard.choices().classes()).minus(x).detach();
    return x.plus(rounding);
  }

  /**
   * Log-density of each variable on the simplex, in its first K − 1 coordinates: {@code ln (K−1)!
   * τ^{K−1} Πₖ pₖ xₖ^{−τ−1} (Σₖ pₖ xₖ^{−τ})^{−K}} (Maddison et al., 2017, equation (10)): {@code
   * [batch, N]}.
   *
   * @param x inside the simplex, no element 0
   */
  @Override
  public Tensor elementLogProb(Tensor x) {
    Tensor l = hard.choices().logits();
    int classes = hard.choices().classes();
    Tensor logX = x.reshape(x.size(0), -1, classes).log();
    double constant = (classes - 1) * Math.log(temperature);
    for (int i = 2; i < classes; i++) {
      constant += Math.log(i);
    }
    return l.minus(logX.times(temperature + 1))
        .sum(-1)
        .minus(l.minus(logX.times(temperature)).logSumExp(-1).times(classes))
        .plus(constant);
  }

  /** The probabilities that its largest element is each class; its own mean has no closed form. */
  @Override
  public Tensor mean() {
    return hard.mean();
  }

  @Override
  public Shape shape() {
    return hard.shape();
  }

  @Override
  public RelaxedOneHots repeat(int k) {
    return new RelaxedOneHots(hard.repeat(k), temperature, straightThrough);
  }
}
