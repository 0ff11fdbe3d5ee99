package org.javae.models.multiblock;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.javae.tensor.DType;
import org.javae.tensor.Rng;
import org.javae.tensor.Scope;
import org.javae.tensor.Tensor;

/**
 * Ranks of joint and individual variation by permutation (Lock and others, 2013): components whose
 * squared singular value is among the largest 1 % of what permuted data have in its place.
 *
 * <ul>
 *   <li>individual: values within each variable of Xₖ − Jₖ are permuted, which leaves nothing
 *       between variables;
 *   <li>joint: observations within each view of X − A are permuted, which leaves nothing between
 *       views.
 * </ul>
 *
 * <p>As in the paper the two alternate with the estimation until ranks stay. Two things differ from
 * it, for its tests of all places at once miss weak components beside strong ones. What was found
 * is taken out and the rest tested again, joint components one by one, or else a strong individual
 * one would pass in second place; what is left has lost dimensions, which permuted data have again,
 * and their values are raised for it. And the first joint test compares directions of the views'
 * components instead of sizes (as Feng and others, 2018), so that strong individual variation hides
 * nothing.
 */
final class PermutedRanks {
  private static final double LEVEL = 0.01;
  private static final int ROUNDS = 10;

  /** Draws after which what is many standard deviations away is beyond doubt. */
  private static final int FEW = 20;

  private static final double CLEAR = 8;

  /** Beyond this many rows the largest singular value comes from Lanczos' iteration. */
  private static final int SMALL = 150;

  private static final int LANCZOS = 24;

  private final Rng rng;
  private final int permutations;
  private final int most;
  private final int mostOwn;
  private final int iterations;

  /**
   * @param permutations of a test; fewer where the answer is clear
   * @param most joint components
   * @param mostOwn individual components of a view
   * @param iterations of the estimation
   */
  PermutedRanks(Rng rng, int permutations, int most, int mostOwn, int iterations) {
    this.rng = rng;
    this.permutations = permutations;
    this.most = most;
    this.mostOwn = mostOwn;
    this.iterations = iterations;
  }

  /**
   * @param settled whether ranks stayed from one round to the next
   */
  record Found(int joint, int[] own, boolean settled) {}

  /**
   * @param x views of length 1 and means 0, {@code [n, dₖ]}
   */
  Found of(List<Tensor> x) {
    List<Tensor> bases = new ArrayList<>();
    int[] total = new int[x.size()];
    for (int k = 0; k < total.length; k++) {
      total[k] = own(k, x.get(k), 0);
      bases.add(Variation.left(x.get(k), total[k]));
    }
    int joint = joint(bases);
    Found found =
        new Found(joint, Arrays.stream(total).map(t -> Math.max(0, t - joint)).toArray(), false);
    List<Tensor> few = Symmetric.reduced(x);
    for (int round = 0; round < ROUNDS; round++) {
      Found now = found;
      Found next = Scope.run(() -> again(x, few, now));
      if (next.joint == now.joint && Arrays.equals(next.own, now.own)) {
        return new Found(now.joint, now.own, true);
      }
      found = next;
    }
    return found;
  }

  private Found again(List<Tensor> x, List<Tensor> few, Found now) {
    Variation v = Variation.of(few, now.joint, now.own, iterations, Variation.ROUGHLY);
    Tensor s = Tensor.cat(x, 1).matmul(v.directions(few));
    List<Tensor> withoutOwn = new ArrayList<>();
    int[] own = new int[x.size()];
    for (int k = 0; k < own.length; k++) {
      Tensor rest = Variation.rest(s, x.get(k));
      own[k] = own(k, rest, now.joint);
      Tensor b = v.own().get(k);
      withoutOwn.add(x.get(k).minus(rest.matmul(b).matmul(b.t())));
    }
    return new Found(joint(withoutOwn), own, false);
  }

  /** Joint components of X − A. */
  private int joint(List<Tensor> given) {
    List<Tensor> x = given;
    int limit = (int) Math.min(most, given.get(0).size(0) - 2);
    for (int r = 0; r < limit; r++) {
      List<Tensor> left = x;
      int component = r;
      double[] actual = {largest(Tensor.cat(left, 1))};
      double m = left.get(0).size(0) - 1;
      double raised = m / (m - r);
      IntFunction<double[]> draw =
          i -> new double[] {raised * largest(shuffled(left, rng.at(0, component, i)))};
      if (leading(actual, draw, 1) == 0) {
        return r;
      }
      Tensor s = Variation.left(Tensor.cat(left, 1), 1);
      x = left.stream().map(t -> Variation.rest(s, t)).toList();
    }
    return limit;
  }

  /**
   * Individual components of X − J of a view.
   *
   * @param joint components in J
   */
  private int own(int view, Tensor x, int joint) {
    int m = (int) Math.min(x.size(0) - 1, x.size(1));
    int without = x.size(1) < x.size(0) ? 0 : joint; // dimensions that left with J
    int limit = Math.min(mostOwn, m - without);
    int found = 0;
    Tensor rest = x;
    while (found < limit) {
      Tensor now = rest;
      int before = found;
      int dimensions = m - without - before;
      double[] actual = squares(now);
      IntFunction<double[]> draw =
          i -> {
            double[] s = squares(scrambled(now, rng.at(1, view, before, i)));
            double bulk = s[m / 2] > 0 ? actual[dimensions / 2] / s[m / 2] : 1;
            double raised = Math.max(m / (double) dimensions, bulk);
            return Arrays.stream(s).map(e -> raised * e).toArray();
          };
      int more = leading(actual, draw, limit - before);
      if (more == 0) {
        return found;
      }
      found += more;
      Tensor v = Variation.right(x, found);
      rest = x.minus(x.matmul(v).matmul(v.t()));
    }
    return found;
  }

  /** Number of values before the first that is none of the largest 1 % in its place. */
  private int leading(double[] actual, IntFunction<double[]> draw, int limit) {
    List<double[]> drawn = new ArrayList<>();
    while (drawn.size() < permutations) {
      int at = drawn.size();
      drawn.add(Scope.run(() -> draw.apply(at)));
      int found = leading(actual, drawn, limit);
      if (found >= 0) {
        return found;
      }
    }
    throw new IllegalStateException("all draws always decide");
  }

  /** The same, or −1 if more draws might change it. */
  private int leading(double[] actual, List<double[]> drawn, int limit) {
    for (int j = 0; j < limit; j++) {
      int place = j;
      double[] values = drawn.stream().mapToDouble(d -> d[place]).toArray();
      // Beyond rounding: what permuting cannot change is no sign of anything.
      double least = Math.max(1e-12, actual[j] * (1 - 1e-9));
      long above = Arrays.stream(values).filter(v -> v >= least).count();
      if (actual[j] <= 1e-12 || above + 1 > LEVEL * (permutations + 1)) {
        return j;
      }
      double mean = Arrays.stream(values).average().orElseThrow();
      double sd =
          Math.sqrt(
              Arrays.stream(values).map(v -> (v - mean) * (v - mean)).average().orElseThrow());
      boolean clear = values.length >= FEW && actual[j] > mean + CLEAR * sd;
      if (values.length < permutations && !clear) {
        return -1;
      }
    }
    return limit;
  }

  /** Squared singular values, the largest first. */
  private static double[] squares(Tensor x) {
    return Scope.run(
        () -> {
          Tensor gram = x.size(0) < x.size(1) ? x.matmul(x.t()) : x.t().matmul(x);
          double[] e = gram.eigh().get(0).toDoubles();
          return IntStream.range(0, e.length).mapToDouble(i -> e[e.length - 1 - i]).toArray();
        });
  }

  /** The largest squared singular value. */
  private static double largest(Tensor x) {
    return Math.min(x.size(0), x.size(1)) <= SMALL ? squares(x)[0] : Scope.run(() -> lanczos(x));
  }

  /** The largest eigenvalue of XᵀX in the space of Xᵀ1, XᵀX Xᵀ1, … */
  private static double lanczos(Tensor x) {
    double[] t = new double[LANCZOS * LANCZOS];
    Tensor before = Tensor.zeros(DType.FLOAT64, x.size(1), 1);
    Tensor v = Rng.of(1).normal(DType.FLOAT64, x.size(1), 1);
    v = v.div(v.square().sum().sqrt());
    double beta = 0;
    for (int i = 0; i < LANCZOS; i++) {
      Tensor w = x.t().matmul(x.matmul(v)).minus(before.times(beta));
      double alpha = w.times(v).sum().item();
      w = w.minus(v.times(alpha));
      t[i * LANCZOS + i] = alpha;
      beta = w.square().sum().sqrt().item();
      if (i + 1 == LANCZOS || beta <= 1e-12 * Math.abs(alpha)) {
        break;
      }
      t[i * LANCZOS + i + 1] = beta;
      t[(i + 1) * LANCZOS + i] = beta;
      before = v;
      v = w.div(beta);
    }
    return Tensor.of(t, LANCZOS, LANCZOS).eigh().get(0).max().item();
  }

  /** Every view's observations in an order of their own, side by side. */
  private static Tensor shuffled(List<Tensor> x, SplittableRandom random) {
    List<Tensor> parts = new ArrayList<>(x.subList(0, 1));
    for (Tensor t : x.subList(1, x.size())) {
      double[] order = IntStream.range(0, (int) t.size(0)).asDoubleStream().toArray();
      shuffle(order, 0, order.length, random);
      int[] rows = Arrays.stream(order).mapToInt(i -> (int) i).toArray();
      parts.add(t.indexSelect(0, Tensor.indices(rows)));
    }
    return Tensor.cat(parts, 1);
  }

  /** Every variable's values in an order of their own: {@code [dₖ, n]}. */
  private static Tensor scrambled(Tensor x, SplittableRandom random) {
    double[] v = x.t().toDoubles();
    int n = (int) x.size(0);
    for (int from = 0; from < v.length; from += n) {
      shuffle(v, from, n, random);
    }
    return Tensor.of(v, x.size(1), n);
  }

  private static void shuffle(double[] v, int from, int n, SplittableRandom random) {
    for (int i = n - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      double kept = v[from + i];
      v[from + i] = v[from + j];
      v[from + j] = kept;
    }
  }
}
