package org.javae.experiment.picture;

/**
 * The way from values to a share of an axis, 0 at its start and 1 at its end, straight or
 * logarithmic.
 *
 * @param lo value at the start; positive if {@code log}
 * @param hi value at the end, above {@code lo}
 */
record Scale(double lo, double hi, boolean log) {
  Scale {
    if (!(lo < hi) || (log && lo <= 0) || Double.isInfinite(hi - lo)) {
      throw new IllegalArgumentException("scale from " + lo + " to " + hi);
    }
  }

  /** The smallest and largest finite value met so far. */
  static final class Range {
    private double lo = Double.POSITIVE_INFINITY;
    private double hi = Double.NEGATIVE_INFINITY;

    Range add(double v) {
      if (Double.isFinite(v)) {
        lo = Math.min(lo, v);
        hi = Math.max(hi, v);
      }
      return this;
    }

    Range add(float[] values) {
      for (float v : values) {
        add(v);
      }
      return this;
    }

    Range add(double[] values) {
      for (double v : values) {
        add(v);
      }
      return this;
    }

    boolean isEmpty() {
      return lo > hi;
    }

    double lo() {
      return lo;
    }

    double hi() {
      return hi;
    }

    double span() {
      return isEmpty() ? 0 : hi - lo;
    }

    /**
     * A scale with {@code pad} of the span free at either end; a single value gets room around it,
     * no value the unit interval. Logarithmic only if asked for and all values are positive.
     */
    Scale scale(double pad, boolean log) {
      if (isEmpty()) {
        return new Scale(0, 1, false);
      }
      // Values near the largest double would overflow the arithmetic of scales.
      double a = Math.max(lo, -1e300);
      double b = Math.min(hi, 1e300);
      if (log && a > 0) {
        a = Math.max(a, 1e-300);
        b = Math.max(a, b);
        double factor = a == b ? 3 : StrictMath.pow(b / a, pad);
        return new Scale(Math.max(a / factor, 1e-305), Math.min(b * factor, 1e305), true);
      }
      double around = b > a ? (b - a) * pad : a == 0 ? 1 : Math.abs(a) * 0.1;
      if (a - around == a || b + around == b) {
        around = Math.ulp(Math.max(Math.abs(a), Math.abs(b))) * 8;
      }
      return new Scale(a - around, b + around, false);
    }
  }

  double share(double v) {
    return log ? StrictMath.log(v / lo) / StrictMath.log(hi / lo) : (v - lo) / (hi - lo);
  }

  Ticks ticks(int about, boolean whole) {
    return log ? Ticks.log(lo, hi, about) : Ticks.linear(lo, hi, about, whole);
  }
}
