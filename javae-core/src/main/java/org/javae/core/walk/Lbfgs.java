package org.javae.core.walk;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.function.Function;

/**
 * Limited-memory BFGS (Nocedal, 1980; two-loop recursion) with steps halved until the value falls
 * enough (Armijo). The value never rises, so what comes out is at least as good as what went in.
 */
final class Lbfgs {
  private static final int MEMORY = 20;
  private static final double ENOUGH = 1e-4;
  private static final int HALVINGS = 25;

  private Lbfgs() {}

  /** A value with its gradient. */
  record Value(double value, double[] gradient) {}

  private record Pair(double[] s, double[] y, double sy) {}

  /**
   * Minimises f.
   *
   * @param x start; overwritten with the minimiser
   * @param tolerance relative fall of the value below which to stop, twice in a row
   * @return the value reached
   */
  static double minimise(
      Function<double[], Value> f, double[] x, int iterations, double tolerance) {
    Deque<Pair> pairs = new ArrayDeque<>();
    Value at = f.apply(x.clone());
    int still = 0;
    for (int k = 0; k < iterations && still < 2; k++) {
      double[] d = direction(at.gradient(), pairs);
      double slope = dot(d, at.gradient());
      if (!(slope < 0)) { // rounding has spoilt the memory: begin again downhill
        pairs.clear();
        d = direction(at.gradient(), pairs);
        slope = dot(d, at.gradient());
      }
      if (!(slope < 0)) {
        break;
      }
      // Without curvature to go by, the first step is no longer than 1.
      double step = pairs.isEmpty() ? Math.min(1, 1 / Math.sqrt(-slope)) : 1;
      Value next = null;
      double[] there = x;
      for (int h = 0; h < HALVINGS; h++, step /= 2) {
        there = plus(x, step, d);
        next = f.apply(there);
        if (next.value() <= at.value() + ENOUGH * step * slope) {
          break;
        }
        next = null;
      }
      if (next == null) {
        if (pairs.isEmpty()) {
          break; // as low as rounding allows
        }
        pairs.clear();
        continue;
      }
      double[] s = plus(there, -1, x);
      double[] y = plus(next.gradient(), -1, at.gradient());
      double sy = dot(s, y);
      if (sy > 1e-12 * dot(y, y)) {
        pairs.addFirst(new Pair(s, y, sy));
        if (pairs.size() > MEMORY) {
          pairs.removeLast();
        }
      }
      still = at.value() - next.value() <= tolerance * Math.abs(at.value()) ? still + 1 : 0;
      System.arraycopy(there, 0, x, 0, x.length);
      at = next;
    }
    return at.value();
  }

  private static double[] direction(double[] gradient, Deque<Pair> pairs) {
    double[] q = plus(new double[gradient.length], -1, gradient);
    double[] alpha = new double[pairs.size()];
    int i = 0;
    for (Pair p : pairs) {
      alpha[i] = dot(p.s(), q) / p.sy();
      add(q, -alpha[i++], p.y());
    }
    if (!pairs.isEmpty()) {
      Pair newest = pairs.getFirst();
      double scale = newest.sy() / dot(newest.y(), newest.y());
      for (int j = 0; j < q.length; j++) {
        q[j] *= scale;
      }
    }
    for (Iterator<Pair> it = pairs.descendingIterator(); it.hasNext(); ) {
      Pair p = it.next();
      add(q, alpha[--i] - dot(p.y(), q) / p.sy(), p.s());
    }
    return q;
  }

  private static double dot(double[] a, double[] b) {
    double s = 0;
    for (int j = 0; j < a.length; j++) {
      s += a[j] * b[j];
    }
    return s;
  }

  private static double[] plus(double[] a, double w, double[] b) {
    double[] c = a.clone();
    add(c, w, b);
    return c;
  }

  private static void add(double[] a, double w, double[] b) {
    for (int j = 0; j < a.length; j++) {
      a[j] += w * b[j];
    }
  }
}
