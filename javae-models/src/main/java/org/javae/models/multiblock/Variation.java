package org.javae.models.multiblock;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.javae.tensor.DType;
import org.javae.tensor.Scope;
import org.javae.tensor.Tensor;

/**
 * Joint and individual variation of views X of any coordinates of the observations: by least
 * squares
 *
 * <pre>
 * Xₖ = Jₖ + Aₖ + Eₖ,   Jₖ = S Sᵀ Xₖ,   Aₖ = (I − S Sᵀ) Xₖ Vₖ Vₖᵀ,   Sᵀ S = I,   Vₖᵀ Vₖ = I
 * </pre>
 *
 * @param scores S, {@code [p, r]}; a column is zero where there is no more to find
 * @param own Vₖ of every view, {@code [dₖ, rₖ]}; columns may be zero
 * @param explained Σ |Jₖ|² + |Aₖ|²
 * @param settled whether the alternation came to rest
 */
record Variation(Tensor scores, List<Tensor> own, double explained, boolean settled) {
  /** Sine of the angle by which a step may still turn S. */
  static final double CONVERGED = 1e-9;

  /** The same where ranks are all that matters; with more left it has not come to rest. */
  static final double ROUGHLY = 1e-4;

  /** Beyond this many coordinates S is not found anew but improved by each step. */
  private static final int SMALL = 150;

  /** Steps after which the better of two starts is followed alone. */
  private static final int TRIAL = 40;

  /** Squared singular values below this part of a view's length count as none. */
  private static final double NONE = 1e-12;

  /**
   * The better of two courses of Lock and others' alternation: J is the best approximation of rank
   * r of X − A, then Aₖ the best of rank rₖ of (I − SSᵀ) Xₖ. Neither step explains less than the
   * one before. It begins at the principal components of X (A = 0), and at what the views' leading
   * r + rₖ components have in common, which strong individual variation does not lead astray.
   *
   * @param x a view each, {@code [p, dₖ]}, of means 0
   * @param rank r
   * @param ranks rₖ
   */
  static Variation of(List<Tensor> x, int rank, int[] ranks, int iterations, double tolerance) {
    List<Tensor> bases = new ArrayList<>();
    for (int k = 0; k < ranks.length; k++) {
      int most = (int) Math.min(rank + ranks[k], Math.min(x.get(k).size(0), x.get(k).size(1)));
      bases.add(left(x.get(k), most));
    }
    Fit fit = new Fit(x, rank, ranks, tolerance);
    int trial = Math.min(TRIAL, iterations);
    Variation common = fit.from(left(Tensor.cat(bases, 1), rank), trial);
    Variation paper = fit.from(left(Tensor.cat(x, 1), rank), trial);
    Variation better = paper.explained > common.explained * (1 + 1e-9) ? paper : common;
    return fit.from(better.scores, Math.max(1, iterations - trial));
  }

  /** The alternation. */
  private record Fit(
      List<Tensor> x, List<Tensor> squares, int rank, int[] ranks, double tolerance) {
    Fit(List<Tensor> x, int rank, int[] ranks, double tolerance) {
      this(
          x,
          x.stream().map(t -> t.size(1) > t.size(0) ? null : t.t().matmul(t)).toList(),
          rank,
          ranks,
          tolerance);
    }

    Variation from(Tensor start, int iterations) {
      Tensor s = start;
      Tensor before = start;
      double turned = 1;
      for (int i = 0; i < iterations && turned > tolerance; i++) {
        Tensor now = s;
        Tensor last = before;
        s = Scope.run(() -> improved(withoutOwn(now), now, last));
        turned = rest(now, s).square().sum().sqrt().item();
        before = now;
      }
      List<Tensor> own = new ArrayList<>();
      double explained = 0;
      for (int k = 0; k < ranks.length; k++) {
        own.add(own(s, k));
        explained += s.t().matmul(x.get(k)).square().sum().item();
        explained += rest(s, x.get(k)).matmul(own.get(k)).square().sum().item();
      }
      return new Variation(s, own, explained, turned <= ROUGHLY);
    }

    /**
     * The first left singular vectors of X − A; of a large one the best approximations within S,
     * its image and the last step (Knyazev, 2001), which never explain less either.
     */
    private Tensor improved(Tensor y, Tensor s, Tensor before) {
      if (rank == 0 || Math.min(y.size(0), y.size(1)) <= Math.max(SMALL, 6 * rank)) {
        return left(y, rank);
      }
      Tensor image = normal(rest(s, y.matmul(y.t().matmul(s))));
      Tensor turned = normal(rest(s, before));
      Tensor q = left(Tensor.cat(List.of(s, image, turned), 1), 3 * rank);
      return q.matmul(right(y.t().matmul(q), rank));
    }

    private static Tensor normal(Tensor x) {
      Tensor length = x.square().sum(0).sqrt().clamp(Double.MIN_NORMAL, Double.MAX_VALUE);
      return x.div(length.unsqueeze(0));
    }

    /** Vₖ: the first right singular vectors of (I − SSᵀ) Xₖ. */
    private Tensor own(Tensor s, int k) {
      Tensor square = squares.get(k);
      if (square == null || ranks[k] == 0) {
        return right(rest(s, x.get(k)), ranks[k]);
      }
      Tensor w = s.t().matmul(x.get(k));
      double least = NONE * square.diag().sum().item();
      return Symmetric.principal(square.minus(w.t().matmul(w)), ranks[k], least);
    }

    /** X − A. */
    private Tensor withoutOwn(Tensor s) {
      return Tensor.cat(
          IntStream.range(0, ranks.length)
              .mapToObj(
                  k -> {
                    Tensor v = own(s, k);
                    Tensor scores = rest(s, x.get(k).matmul(v));
                    return x.get(k).minus(scores.matmul(v.t()));
                  })
              .toList(),
          1);
    }
  }

  /** (I − SSᵀ) X. */
  static Tensor rest(Tensor s, Tensor x) {
    return x.minus(s.matmul(s.t().matmul(x)));
  }

  /** The first left singular vectors, a column of zeros for each that there is not. */
  static Tensor left(Tensor x, int r) {
    if (x.size(0) > x.size(1)) {
      Tensor v = right(x, r);
      Tensor u = x.matmul(v);
      Tensor length = u.square().sum(0).sqrt();
      return u.div(length.plus(length.eq(0).to(DType.FLOAT64)).unsqueeze(0));
    }
    return right(x.t(), r);
  }

  /** The first right singular vectors. */
  static Tensor right(Tensor x, int r) {
    int n = (int) Math.min(x.size(0), x.size(1));
    if (r == 0) {
      return Tensor.zeros(DType.FLOAT64, x.size(1), 1);
    }
    if (r > n) {
      Tensor none = Tensor.zeros(DType.FLOAT64, x.size(1), r - n);
      return Tensor.cat(List.of(right(x, n), none), 1);
    }
    if (x.size(1) > x.size(0)) {
      return left(x.t(), r);
    }
    return Symmetric.principal(x.t().matmul(x), r, 0);
  }

  /**
   * B of S = X B: what S is for observations that were not there, by least squares of x on the
   * joint and the individual loadings together.
   *
   * <pre>
   * B = (I − V Vᵀ) Wᵀ (W (I − V Vᵀ) Wᵀ)⁻¹,   W = Sᵀ X
   * </pre>
   */
  Tensor directions(List<Tensor> x) {
    List<Tensor> parts = new ArrayList<>();
    Tensor square = Tensor.zeros(DType.FLOAT64, scores.size(1), scores.size(1));
    for (int k = 0; k < own.size(); k++) {
      Tensor w = x.get(k).t().matmul(scores);
      Tensor v = own.get(k);
      Tensor free = w.minus(v.matmul(v.t().matmul(w)));
      parts.add(free);
      square = square.plus(free.t().matmul(free));
    }
    return Tensor.cat(parts, 0).matmul(Symmetric.power(square, -1));
  }
}
