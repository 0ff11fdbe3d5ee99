package org.javae.models.multiblock;

import java.util.List;
import java.util.stream.IntStream;
import org.javae.tensor.Tensor;

/** Functions of symmetric matrices without negative eigenvalues. */
final class Symmetric {
  /** Eigenvalues below this part of the largest count as none. */
  private static final double RANK = 1e-12;

  private Symmetric() {}

  /** {@code Aᵖ} on the space A acts on, zero elsewhere: the pseudo-inverse for p = −1. */
  static Tensor power(Tensor a, double p) {
    List<Tensor> e = a.eigh();
    return e.get(1).times(powers(e.get(0), p).unsqueeze(0)).matmul(e.get(1).t());
  }

  /** λᵖ, and 0 for every λ that is none. */
  private static Tensor powers(Tensor eigenvalues, double p) {
    double floor = Math.max(Double.MIN_NORMAL, RANK * eigenvalues.max().item());
    return eigenvalues
        .clamp(floor, Double.MAX_VALUE)
        .pow(p)
        .times(eigenvalues.gt(floor).to(eigenvalues.dtype()));
  }

  /** R of {@code A = Rᵀ R}, a row a direction: {@code [d, d]}. */
  static Tensor root(Tensor a) {
    List<Tensor> e = a.eigh();
    return e.get(1).times(powers(e.get(0), 0.5).unsqueeze(0)).t();
  }

  /** The eigenvectors of the r largest eigenvalues as columns, the largest first. */
  static Tensor leading(Tensor a, int r) {
    int d = (int) a.size(0);
    int[] order = IntStream.range(0, r).map(i -> d - 1 - i).toArray();
    return a.eigh().get(1).indexSelect(1, Tensor.indices(order));
  }
}
