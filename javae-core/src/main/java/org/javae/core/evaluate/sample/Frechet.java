package org.javae.core.evaluate.sample;

import org.javae.tensor.Autograd;
import org.javae.tensor.DType;
import org.javae.tensor.Scope;
import org.javae.tensor.Tensor;
import org.javae.tensor.UserException;

/**
 * The Fréchet distance of two Gaussians (Dowson and Landau, 1982), of which Heusel et al. (2017)
 * made a distance of sets of pictures by fitting one to the features of each:
 *
 * <pre>d² = ‖μ₁ − μ₂‖² + tr(Σ₁ + Σ₂ − 2 (Σ₁^½ Σ₂ Σ₁^½)^½)</pre>
 *
 * <p>0 for equal sets; of two samples of one distribution a little more, by about the number of
 * features squared over the size of the samples. Only distances by the same features and of equally
 * many observations compare.
 */
public final class Frechet {
  private Frechet() {}

  /**
   * The squared distance of Gaussians fitted to rows.
   *
   * @param a features {@code [n, d]}
   * @param b features {@code [m, d]}
   * @throws UserException for fewer than two rows
   */
  public static double between(Tensor a, Tensor b) {
    if (a.size(0) < 2 || b.size(0) < 2) {
      throw UserException.usage(
          "the Fréchet distance compares covariances, for which at least two observations and two samples are needed;"
              + " raise --samples");
    }
    return Scope.run(
        () ->
            Autograd.off(
                () -> {
                  Tensor x = a.to(DType.FLOAT64);
                  Tensor y = b.to(DType.FLOAT64);
                  return between(x.mean(0), covariance(x), y.mean(0), covariance(y));
                }));
  }

  /** Of given means {@code [d]} and covariances {@code [d, d]}. */
  public static double between(Tensor mean1, Tensor cov1, Tensor mean2, Tensor cov2) {
    return Scope.run(
        () -> {
          Tensor root = root(cov1);
          double[] values = root.matmul(cov2).matmul(root).eigh().get(0).toDoubles();
          double cross = 0;
          for (double v : values) {
            cross += Math.sqrt(Math.max(0, v)); // rounding may leave a little below 0
          }
          double shift = mean1.minus(mean2).square().sum().item();
          return Math.max(0, shift + trace(cov1) + trace(cov2) - 2 * cross);
        });
  }

  private static Tensor covariance(Tensor x) {
    Tensor centred = x.minus(x.mean(0));
    return centred.t().matmul(centred).div(x.size(0) - 1);
  }

  /** The symmetric root of a positive semidefinite matrix. */
  private static Tensor root(Tensor m) {
    var e = m.eigh();
    Tensor v = e.get(1);
    return v.times(e.get(0).clamp(0, 1e300).sqrt()).matmul(v.t());
  }

  private static double trace(Tensor m) {
    double[] all = m.toDoubles();
    int d = (int) m.size(0);
    double sum = 0;
    for (int i = 0; i < d; i++) {
      sum += all[i * d + i];
    }
    return sum;
  }
}
