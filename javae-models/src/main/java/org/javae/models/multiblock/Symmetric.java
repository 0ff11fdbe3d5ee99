package org.javae.models.multiblock;

import java.util.ArrayList;
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

  /** Views with the same inner products between their columns, of as few rows as that needs. */
  static List<Tensor> reduced(List<Tensor> views) {
    Tensor x = Tensor.cat(views, 1);
    if (x.size(0) <= x.size(1)) {
      return views;
    }
    return split(root(x.t().matmul(x)), views.stream().mapToLong(t -> t.size(1)).toArray());
  }

  /** Columns in groups of these sizes. */
  static List<Tensor> split(Tensor x, long... sizes) {
    List<Tensor> parts = new ArrayList<>();
    long at = 0;
    for (long size : sizes) {
      parts.add(x.narrow(1, at, size));
      at += size;
    }
    return parts;
  }

  /**
   * Eigenvectors of the r largest eigenvalues, a column of zeros for each that is none.
   *
   * @param least eigenvalues up to here count as none too
   */
  static Tensor principal(Tensor a, int r, double least) {
    int d = (int) a.size(0);
    int[] order = IntStream.range(0, r).map(i -> d - 1 - i).toArray();
    List<Tensor> e = a.eigh();
    Tensor values = e.get(0);
    double floor = Math.max(least, Math.max(Double.MIN_NORMAL, RANK * values.max().item()));
    Tensor some = e.get(1).times(values.gt(floor).to(values.dtype()).unsqueeze(0));
    return some.indexSelect(1, Tensor.indices(order));
  }

  /** The eigenvectors of the r largest eigenvalues as columns, the largest first. */
  static Tensor leading(Tensor a, int r) {
    int d = (int) a.size(0);
    int[] order = IntStream.range(0, r).map(i -> d - 1 - i).toArray();
    return a.eigh().get(1).indexSelect(1, Tensor.indices(order));
  }
}
