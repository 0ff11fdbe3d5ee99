package org.javae.core.distribution;

/**
 * The modified Bessel function of the first kind as the von Mises–Fisher distribution needs it, in
 * double precision for orders v ≥ 0 and arguments x ≥ 0 of any size: its growth {@code L = ln
 * [Γ(v+1) (2/x)ᵛ I_v(x)]}, which is 0 at 0 where I_v itself vanishes, and the ratio {@code r =
 * I_{v+1}(x)/I_v(x) = L′}. No step subtracts numbers of equal size.
 *
 * <p>For small x the power series (DLMF 10.25(ii)). Otherwise the expansion that is uniform in x
 * for large orders (Debye; DLMF 10.41(ii)) at an order V ≥ {@value #ORDER}, and from there down to
 * v by {@code 1/r_{j−1} = r_j + 2j/x}, which shrinks errors.
 *
 * @param growth L
 * @param ratio r, in [0, 1)
 */
record Bessel(double growth, double ratio) {
  /** With {@value #TERMS} terms the expansion is exact to rounding from this order on. */
  private static final int ORDER = 40;

  private static final int TERMS = 10;
  private static final double SERIES = 8;

  /** Coefficients of p⁰, p¹ … of Debye's polynomials u₀, u₁ … */
  private static final double[][] U = new double[TERMS][];

  /**
   * Those of {@code ½ u_k + p u_k′}, what the expansions of I_v and of its derivative differ by.
   */
  private static final double[][] W = new double[TERMS][];

  static {
    // DLMF 10.41(ii): u_{k+1} = ½ p² (1 − p²) u_k′ + ⅛ ∫₀ᵖ (1 − 5t²) u_k dt.
    U[0] = new double[] {1};
    for (int k = 1; k < TERMS; k++) {
      double[] a = U[k - 1];
      U[k] = new double[a.length + 3];
      for (int i = 0; i < a.length; i++) {
        U[k][i + 1] += a[i] * (0.5 * i + 0.125 / (i + 1));
        U[k][i + 3] -= a[i] * (0.5 * i + 0.625 / (i + 3));
      }
    }
    for (int k = 0; k < TERMS; k++) {
      W[k] = U[k].clone();
      for (int i = 0; i < W[k].length; i++) {
        W[k][i] *= 0.5 + i;
      }
    }
  }

  /** Both numbers for order v and argument x. */
  static Bessel of(double v, double x) {
    if (x <= SERIES) {
      double own = series(v, x);
      double ratio = x / (2 * (v + 1)) * (1 + series(v + 1, x)) / (1 + own);
      return new Bessel(Math.log1p(own), ratio);
    }
    double order = v >= ORDER ? v : v + Math.ceil(ORDER - v);
    Bessel b = debye(order, x);
    double growth = b.growth;
    double r = b.ratio;
    for (double j = order; j > v + 0.5; j--) {
      growth += Math.log1p(x * r / (2 * j));
      r = 1 / (r + 2 * j / x);
    }
    return new Bessel(growth, r);
  }

  /** {@code Σ_{k≥1} (x²/4)ᵏ / (k! (v+1)…(v+k))}. */
  private static double series(double v, double x) {
    double term = 1;
    double sum = 0;
    for (int k = 1; term > 1e-18 * sum; k++) {
      term *= 0.25 * x * x / (k * (v + k));
      sum += term;
      if (term == 0) {
        break;
      }
    }
    return sum;
  }

  private static Bessel debye(double v, double x) {
    double z = x / v;
    double s = Math.hypot(1, z);
    double[] sums = new double[2];
    double power = 1;
    for (int k = 0; k < TERMS; k++) {
      sums[0] += polynomial(U[k], 1 / s) * power;
      sums[1] += polynomial(W[k], 1 / s) * power;
      power /= v;
    }
    double rise = z * z / (1 + s); // s − 1
    // ln Γ(v+1) less Stirling's formula, whose parts cancel those of the expansion.
    double v2 = 1 / (v * v);
    double stirling = (1.0 / 12 - v2 * (1.0 / 360 - v2 * (1.0 / 1260 - v2 / 1680))) / v;
    double growth =
        v * (rise - Math.log1p(rise / 2)) + stirling - 0.5 * Math.log(s) + Math.log(sums[0]);
    return new Bessel(growth, z / (1 + s) - z / (s * s * v) * sums[1] / sums[0]);
  }

  private static double polynomial(double[] a, double p) {
    double y = 0;
    for (int i = a.length - 1; i >= 0; i--) {
      y = y * p + a[i];
    }
    return y;
  }
}
