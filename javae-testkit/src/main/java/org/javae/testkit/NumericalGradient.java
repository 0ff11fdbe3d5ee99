package org.javae.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.javae.tensor.Autograd;
import org.javae.tensor.DType;
import org.javae.tensor.Scope;
import org.javae.tensor.Tensor;

/**
 * Compares automatic with numerical derivatives, {@code ∂f/∂xᵢ ≈ (f(x + εeᵢ) − f(x − εeᵢ)) / 2ε},
 * in float64. With ε = 1e-5 a smooth function of order one is met to about 1e-9.
 */
public final class NumericalGradient {
  private NumericalGradient() {}

  /**
   * Asserts that every derivative of f agrees: {@code |automatic − numerical| ≤ tolerance · (1 +
   * |numerical|)}. An f with several outputs is checked through a weighted sum with a different
   * weight for each.
   *
   * @param f must compute from its arguments only, without randomness of its own (or with the same
   *     in every call)
   * @param leaves float64 points; each element should be further than ε from any kink of f
   * @throws AssertionError naming the leaf, the element and both derivatives
   */
  public static void check(
      Function<List<Tensor>, Tensor> f, List<Tensor> leaves, double epsilon, double tolerance) {
    Scope.run(() -> compare(f, leaves, epsilon, tolerance));
  }

  /** As {@link #check(Function, List, double, double)} with ε = 1e-5 and tolerance 1e-7. */
  public static void check(Function<List<Tensor>, Tensor> f, List<Tensor> leaves) {
    check(f, leaves, 1e-5, 1e-7);
  }

  private static void compare(
      Function<List<Tensor>, Tensor> f, List<Tensor> leaves, double epsilon, double tolerance) {
    List<Tensor> marked = new ArrayList<>();
    for (Tensor leaf : leaves) {
      if (leaf.dtype() != DType.FLOAT64) {
        throw new IllegalArgumentException(
            "numerical gradients need float64, not " + leaf.dtype() + " as in " + leaf);
      }
      marked.add(leaf.copy().requireGrad());
    }
    Tensor y = weightedSum(f.apply(marked));
    if (!y.requiresGrad()) {
      throw new AssertionError("the result does not depend differentiably on any leaf");
    }
    List<Tensor> automatic = Autograd.grad(y, marked);
    for (int l = 0; l < leaves.size(); l++) {
      double[] gradient = automatic.get(l).toDoubles();
      double[] point = leaves.get(l).toDoubles();
      for (int i = 0; i < point.length; i++) {
        double up = shifted(f, leaves, l, point, i, epsilon);
        double down = shifted(f, leaves, l, point, i, -epsilon);
        double numerical = (up - down) / (2 * epsilon);
        // Written so that NaN fails.
        if (!(Math.abs(gradient[i] - numerical) <= tolerance * (1 + Math.abs(numerical)))) {
          throw new AssertionError(
              String.format(
                  Locale.ROOT,
                  "derivative by element %d of leaf %d (%s), which is %.6g: automatic %.12g, numerical %.12g",
                  i,
                  l,
                  leaves.get(l).shape(),
                  point[i],
                  gradient[i],
                  numerical));
        }
      }
    }
  }

  private static double shifted(
      Function<List<Tensor>, Tensor> f,
      List<Tensor> leaves,
      int leaf,
      double[] point,
      int element,
      double by) {
    return Scope.run(
        () -> {
          double[] moved = point.clone();
          moved[element] += by;
          List<Tensor> arguments = new ArrayList<>();
          for (int i = 0; i < leaves.size(); i++) {
            Tensor t =
                i == leaf
                    ? Tensor.of(moved, leaves.get(i).shape().toArray())
                    : leaves.get(i).copy();
            // Marked here too: f may itself take gradients.
            arguments.add(t.requireGrad());
          }
          return weightedSum(f.apply(arguments)).item();
        });
  }

  /** One number that no permutation or cancellation of outputs leaves unchanged. */
  private static Tensor weightedSum(Tensor y) {
    int n = Math.toIntExact(y.numel());
    double[] w = new double[n];
    for (int i = 0; i < n; i++) {
      w[i] = n == 1 ? 1 : 0.5 + Math.sin(1 + 1.7 * i);
    }
    return y.to(DType.FLOAT64).reshape(n).times(Tensor.of(w, n)).sum();
  }
}
