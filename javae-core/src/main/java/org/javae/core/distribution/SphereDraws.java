package org.javae.core.distribution;

import java.util.SplittableRandom;

/**
 * Draws of {@code w = μᵀz} for z ~ vMF(μ, κ) on the unit sphere in m coordinates, whose density is
 * proportional to {@code e^{κw} (1 − w²)^{(m−3)/2}}: Wood's rejection sampler (1994, algorithm
 * VM*), and how a draw moves with κ.
 */
final class SphereDraws {
  /** A density below e^−40 of the one at the draw adds nothing to an integral. */
  private static final double NEGLIGIBLE = -40;

  private static final int NODES = 40;
  private static final double[] NODE = new double[NODES];
  private static final double[] WEIGHT = new double[NODES];

  static {
    // Gauss–Legendre on [0, 1]: roots of the Legendre polynomial by Newton's method.
    for (int i = 0; i < NODES; i++) {
      double x = Math.cos(Math.PI * (i + 0.75) / (NODES + 0.5));
      double slope = 1;
      for (int n = 0; n < 20; n++) {
        double p0 = 1;
        double p1 = x;
        for (int k = 2; k <= NODES; k++) {
          double p2 = ((2 * k - 1) * x * p1 - (k - 1) * p0) / k;
          p0 = p1;
          p1 = p2;
        }
        slope = NODES * (x * p1 - p0) / (x * x - 1);
        x -= p1 / slope;
      }
      NODE[i] = 0.5 * (1 + x);
      WEIGHT[i] = 1 / ((1 - x * x) * slope * slope);
    }
  }

  /** w. */
  final double[] along;

  /** √(1 − w²), exact where w is close to ±1. */
  final double[] across;

  /** dw/dκ, or null if not asked for. */
  final double[] slope;

  /**
   * @param kappa κ of each row
   * @param k draws of each: draw j of row i is at {@code j·rows + i}
   * @param gradient which derivative, or null for none
   */
  SphereDraws(
      int m, double[] kappa, int k, SplittableRandom random, VonMisesFisher.Gradient gradient) {
    int n = kappa.length * k;
    along = new double[n];
    across = new double[n];
    slope = gradient == null ? null : new double[n];
    for (int i = 0; i < kappa.length; i++) {
      double ratio = gradient == null ? 0 : Bessel.of(0.5 * m - 1, kappa[i]).ratio();
      for (int j = 0; j < k; j++) {
        int at = j * kappa.length + i;
        double shift = draw(m, kappa[i], random, at);
        if (gradient != null) {
          slope[at] =
              gradient == VonMisesFisher.Gradient.PROPOSAL
                  ? shift
                  : implicit(m, kappa[i], ratio, along[at], across[at]);
        }
      }
    }
  }

  /** Draws one and returns its derivative as if its proposal were accepted whatever κ is. */
  private double draw(int m, double kappa, SplittableRandom random, int at) {
    double root = Math.hypot(2 * kappa, m - 1);
    double b = (m - 1) / (2 * kappa + root);
    double x0 = (1 - b) / (1 + b);
    double peak = Math.log(4 * b) - 2 * Math.log1p(b); // ln(1 − x₀²)
    while (true) {
      // Beta((m−1)/2, (m−1)/2) from two uniform numbers (Ulrich, 1984).
      double radius =
          m == 2 ? 1 : Math.sqrt(-Math.expm1(2.0 / (m - 2) * Math.log(random.nextDouble())));
      double e = 0.5 + 0.5 * radius * Math.cos(2 * Math.PI * random.nextDouble());
      double d = 1 - (1 - b) * e;
      double w = (1 - (1 + b) * e) / d;
      double test = kappa * (w - x0) + (m - 1) * (Math.log1p(-x0 * w) - peak);
      if (test >= Math.log(random.nextDouble())) {
        along[at] = w;
        across[at] = 2 * Math.sqrt(b * e * (1 - e)) / d;
        return 4 * e * (1 - e) / (d * d) * b / root;
      }
    }
  }

  /**
   * {@code dw/dκ = −(∂F/∂κ)/p(w) = ∫_w^1 (t − A) p(t) dt / p(w)} with F the distribution function
   * and A its mean, which is also minus the integral from −1: of the two the one whose integrand
   * keeps its sign. In the angle t = cos θ the integrand is smooth for every m.
   */
  static double implicit(int m, double kappa, double mean, double w, double across) {
    double at = Math.atan2(across, w);
    double mode = Math.acos(2 * kappa / (m - 2 + Math.hypot(m - 2, 2 * kappa)));
    double level = logDensity(m, kappa, at);
    double near = w >= mean ? Math.min(at, mode) : Math.max(at, mode);
    double end = w >= mean ? 0 : Math.PI;
    // Within [end, near] the density falls towards the end: leave out what adds nothing.
    double low = end;
    double high = near;
    if (logDensity(m, kappa, end) - level < NEGLIGIBLE) {
      for (int i = 0; i < 14; i++) {
        double middle = 0.5 * (low + high);
        if (logDensity(m, kappa, middle) - level < NEGLIGIBLE) {
          low = middle;
        } else {
          high = middle;
        }
      }
    }
    double sum = 0;
    for (int i = 0; i < NODES; i++) {
      double t = low + (at - low) * NODE[i];
      sum += WEIGHT[i] * Math.abs(Math.cos(t) - mean) * Math.exp(logDensity(m, kappa, t) - level);
    }
    return sum * Math.abs(at - low) * Math.sin(at);
  }

  /** Of the angle, up to a constant. */
  private static double logDensity(int m, double kappa, double angle) {
    double powers = m == 2 ? 0 : (m - 2) * Math.log(Math.sin(angle));
    return kappa * Math.cos(angle) + powers;
  }
}
