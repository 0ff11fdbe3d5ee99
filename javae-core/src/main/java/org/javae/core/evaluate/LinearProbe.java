package org.javae.core.evaluate;

import java.util.Arrays;
import java.util.List;
import org.javae.tensor.Autograd;
import org.javae.tensor.DType;
import org.javae.tensor.Scope;
import org.javae.tensor.Tensor;

/**
 * What a linear map can read out of codes: multinomial logistic regression on standardised codes,
 * {@code min 1/n Σ −ln softmax(W z + b)_u + λ/2 |W|²}, by accelerated gradient descent (Nesterov,
 * 1983), which for this convex problem needs no random start and no tuning.
 */
final class LinearProbe {
  private static final int STEPS = 400;
  private static final double RIDGE = 1e-4;

  private LinearProbe() {}

  /**
   * Accuracy on test codes after fitting to training codes.
   *
   * @param train {@code [n, d]}
   * @param trainLabels from 0
   * @param test {@code [m, d]}
   */
  static double accuracy(
      Tensor train, int[] trainLabels, Tensor test, int[] testLabels, int classes) {
    return Autograd.off(
        () ->
            Scope.run(
                () -> {
                  Tensor a = train.to(DType.FLOAT64);
                  Tensor mean = a.mean(0).unsqueeze(0);
                  Tensor sd = a.variance(0, 0).sqrt().unsqueeze(0).clamp(1e-9, 1e30);
                  Tensor x = withOne(a.minus(mean).div(sd));
                  Tensor w = fit(x, trainLabels, classes);
                  Tensor t = withOne(test.to(DType.FLOAT64).minus(mean).div(sd));
                  long[] said = t.matmul(w).argmax(1).toLongs();
                  int right = 0;
                  for (int i = 0; i < said.length; i++) {
                    right += said[i] == testLabels[i] ? 1 : 0;
                  }
                  return (double) right / said.length;
                }));
  }

  /** Part of the most frequent label: what knowing nothing achieves. */
  static double chance(int[] labels, int classes) {
    int[] counts = new int[classes];
    Arrays.stream(labels).forEach(u -> counts[u]++);
    return Arrays.stream(counts).max().orElse(0) / (double) labels.length;
  }

  private static Tensor withOne(Tensor x) {
    return Tensor.cat(List.of(x, Tensor.ones(x.size(0), 1).to(x.dtype())), 1);
  }

  private static Tensor fit(Tensor x, int[] labels, int classes) {
    long n = x.size(0);
    Tensor y =
        Tensor.of(Arrays.stream(labels).asLongStream().toArray(), n)
            .oneHot(classes)
            .to(DType.FLOAT64);
    Tensor gram = x.t().matmul(x).div(n);
    // The softmax's curvature is at most one half; the trace bounds the greatest eigenvalue, the
    // greatest row sum does too and mostly better.
    double lipschitz =
        0.5 * Math.min(gram.diag().sum().item(), gram.abs().sum(1).max().item()) + RIDGE;
    Tensor w = Tensor.zeros(DType.FLOAT64, x.size(1), classes);
    Tensor ahead = w;
    double t = 1;
    for (int i = 0; i < STEPS; i++) {
      Tensor at = ahead;
      Tensor next =
          Scope.run(
              () ->
                  at.minus(
                      x.t()
                          .matmul(x.matmul(at).softmax(1).minus(y))
                          .div(n)
                          .plus(at.times(RIDGE))
                          .div(lipschitz)));
      double later = (1 + Math.sqrt(1 + 4 * t * t)) / 2;
      ahead = next.plus(next.minus(w).times((t - 1) / later));
      w = next;
      t = later;
    }
    return w;
  }
}
