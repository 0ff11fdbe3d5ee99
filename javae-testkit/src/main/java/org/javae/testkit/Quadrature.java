package org.javae.testkit;

import java.util.function.Function;
import org.javae.tensor.Autograd;
import org.javae.tensor.Scope;
import org.javae.tensor.Tensor;

/**
 * Integrals of one-dimensional densities by composite Gauss–Legendre quadrature in float64: with
 * the breaks at the kinks and jumps of the density, 10 digits and more.
 */
public final class Quadrature {
  private static final int PANELS = 256;
  private static final int ORDER = 10;
  private static final double[][] RULE = legendre(ORDER);

  private Quadrature() {}

  /**
   * {@code ∫ exp(logDensity(x)) dx}, which is 1 for a density.
   *
   * @param logDensity float64 {@code [n, 1]} to {@code [n]}
   * @param breaks ascending limits of integration with the points between them where the density is
   *     not smooth; the first may be −∞, the last ∞, if there is a finite one beside it
   */
  public static double integrate(Function<Tensor, Tensor> logDensity, double... breaks) {
    return expectation(logDensity, x -> Tensor.ones(x.size(0)), breaks);
  }

  /**
   * {@code ∫ g(x) exp(logDensity(x)) dx}, the expectation of g.
   *
   * @param logDensity float64 {@code [n, 1]} to {@code [n]}
   * @param g float64 {@code [n, 1]} to {@code [n]}
   * @param breaks as in {@link #integrate}
   */
  public static double expectation(
      Function<Tensor, Tensor> logDensity, Function<Tensor, Tensor> g, double... breaks) {
    if (breaks.length < 2) {
      throw new IllegalArgumentException("an integral needs two limits");
    }
    double sum = 0;
    for (int i = 0; i + 1 < breaks.length; i++) {
      sum += between(logDensity, g, breaks[i], breaks[i + 1]);
    }
    return sum;
  }

  private static double between(
      Function<Tensor, Tensor> logDensity, Function<Tensor, Tensor> g, double from, double to) {
    if (!(from < to) || (Double.isInfinite(from) && Double.isInfinite(to))) {
      throw new IllegalArgumentException("cannot integrate from " + from + " to " + to);
    }
    int n = PANELS * ORDER;
    double[] x = new double[n];
    double[] w = new double[n];
    for (int p = 0; p < PANELS; p++) {
      for (int i = 0; i < ORDER; i++) {
        double t = (p + (1 + RULE[0][i]) / 2) / PANELS;
        double weight = RULE[1][i] / 2 / PANELS;
        int at = p * ORDER + i;
        if (Double.isInfinite(to)) {
          // [from, ∞) by x = from + t/(1 − t)
          x[at] = from + t / (1 - t);
          w[at] = weight / ((1 - t) * (1 - t));
        } else if (Double.isInfinite(from)) {
          x[at] = to - t / (1 - t);
          w[at] = weight / ((1 - t) * (1 - t));
        } else {
          x[at] = from + t * (to - from);
          w[at] = weight * (to - from);
        }
      }
    }
    return Scope.run(
        () ->
            Autograd.off(
                () -> {
                  Tensor points = Tensor.of(x, n, 1);
                  double[] p = logDensity.apply(points).exp().toDoubles();
                  double[] v = g.apply(points).toDoubles();
                  if (p.length != n || v.length != n) {
                    throw new IllegalArgumentException(
                        n + " points gave " + p.length + " densities and " + v.length + " values");
                  }
                  double s = 0;
                  for (int i = 0; i < n; i++) {
                    // A value may overflow where there is no mass.
                    s += p[i] == 0 ? 0 : w[i] * p[i] * v[i];
                  }
                  return s;
                }));
  }

  /** Nodes and weights on [−1, 1]: roots of the Legendre polynomial by Newton's method. */
  private static double[][] legendre(int n) {
    double[] x = new double[n];
    double[] w = new double[n];
    for (int i = 0; i < n; i++) {
      double z = Math.cos(Math.PI * (i + 0.75) / (n + 0.5));
      double slope = 1;
      for (int iteration = 0; iteration < 100; iteration++) {
        double value = 1;
        double before = 0;
        for (int j = 1; j <= n; j++) {
          double next = ((2 * j - 1) * z * value - (j - 1) * before) / j;
          before = value;
          value = next;
        }
        slope = n * (z * value - before) / (z * z - 1);
        double step = value / slope;
        z -= step;
        if (Math.abs(step) < 1e-15) {
          break;
        }
      }
      x[i] = z;
      w[i] = 2 / ((1 - z * z) * slope * slope);
    }
    return new double[][] {x, w};
  }
}
