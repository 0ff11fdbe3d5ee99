package org.javae.experiment.picture;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Places and names of ticks on an axis: round numbers, as people would choose them. */
record Ticks(double[] values, List<String> labels) {

  /**
   * Multiples of 1, 2, 2.5 or 5 times a power of ten inside {@code [lo, hi]}.
   *
   * @param about how many ticks there is room for
   * @param whole whether only whole numbers make sense (epochs, dimensions)
   */
  static Ticks linear(double lo, double hi, int about, boolean whole) {
    double step = step((hi - lo) / Math.max(1, about), whole);
    List<Double> at = new ArrayList<>();
    for (double k = Math.ceil(lo / step - 1e-9); k * step <= hi + step * 1e-9; k++) {
      at.add(k * step);
    }
    double largest = Math.max(Math.abs(lo), Math.abs(hi));
    List<String> names = new ArrayList<>();
    for (double v : at) {
      names.add(name(v, step, largest));
    }
    return new Ticks(at.stream().mapToDouble(Double::doubleValue).toArray(), names);
  }

  /** Powers of ten, with 2 and 5 between them where those are too few; {@code 0 < lo < hi}. */
  static Ticks log(double lo, double hi, int about) {
    Ticks powers = log(lo, hi, about, 1);
    if (powers.values().length >= 3) {
      return powers;
    }
    Ticks finer = log(lo, hi, about, 1, 2, 5);
    return finer.values().length >= 2 ? finer : linear(lo, hi, about, false);
  }

  private static Ticks log(double lo, double hi, int about, int... digits) {
    double decades = StrictMath.log10(hi / lo);
    int every = Math.max(1, (int) Math.ceil(decades / Math.max(1, about)));
    List<Double> at = new ArrayList<>();
    List<String> names = new ArrayList<>();
    for (int e = (int) Math.floor(StrictMath.log10(lo)); e <= StrictMath.log10(hi) + 1e-9; e++) {
      for (int d : digits) {
        double v = Double.parseDouble(d + "e" + e);
        if (v >= lo * (1 - 1e-9) && v <= hi * (1 + 1e-9) && Math.floorMod(e, every) == 0) {
          at.add(v);
          boolean plain = e >= -2 && e <= 3;
          names.add(plain ? decimals(v, Math.max(0, -e)) : d + "e" + minus(String.valueOf(e)));
        }
      }
    }
    return new Ticks(at.stream().mapToDouble(Double::doubleValue).toArray(), names);
  }

  private static double step(double atLeast, boolean whole) {
    if (!(atLeast > 0)) {
      return 1;
    }
    double power = power(atLeast);
    for (double m : new double[] {1, 2, 2.5, 5, 10}) {
      double step = m * power;
      if (step >= atLeast * (1 - 1e-9) && !(whole && step != Math.rint(step))) {
        return step;
      }
    }
    return 1; // whole numbers, finer than 1 asked for
  }

  /** The power of ten at or below {@code v}, exact as a literal would be. */
  private static double power(double v) {
    int e = (int) Math.floor(StrictMath.log10(v));
    return Double.parseDouble("1e" + e);
  }

  private static String name(double v, double step, double largest) {
    if (largest >= 1e5) {
      for (int e = 9; e >= 3; e -= 3) {
        double unit = Double.parseDouble("1e" + e);
        if (largest >= unit && largest < 1e13) {
          double s = step / unit;
          int places = s >= 0.999 ? 0 : (int) Math.ceil(-StrictMath.log10(s) - 1e-9);
          if (Math.abs(s * pow10(places) - Math.rint(s * pow10(places))) > 1e-6) {
            places++;
          }
          return v == 0 ? "0" : decimals(v / unit, places) + " kMG".charAt(e / 3);
        }
      }
    }
    if (largest < 1e-3 || largest >= 1e13) {
      if (Math.abs(v) < step / 2) {
        return "0";
      }
      int e = (int) Math.floor(StrictMath.log10(Math.abs(v) * (1 + 1e-9)));
      double mantissa = v / Double.parseDouble("1e" + e);
      double fine = step / Double.parseDouble("1e" + e);
      int places = Math.max(0, (int) Math.ceil(-StrictMath.log10(fine) - 1e-9));
      if (Math.abs(fine * pow10(places) - Math.rint(fine * pow10(places))) > 1e-6) {
        places++;
      }
      return decimals(mantissa, places) + "e" + minus(String.valueOf(e));
    }
    int places = step >= 1 ? 0 : (int) Math.ceil(-StrictMath.log10(step) - 1e-9);
    if (Math.abs(step * pow10(places) - Math.rint(step * pow10(places))) > 1e-6) {
      places++; // 2.5 and 0.25 need a digit more than their size says
    }
    return decimals(v, places);
  }

  private static double pow10(int n) {
    return Double.parseDouble("1e" + n);
  }

  /** A number with a fixed number of decimals and a true minus sign. */
  static String decimals(double v, int places) {
    String s = String.format(Locale.ROOT, "%." + places + "f", v);
    return s.matches("-0(\\.0*)?") ? s.substring(1) : minus(s);
  }

  /**
   * A number for people: about three significant digits, as in captions; NaN and infinity by name.
   */
  static String number(double v) {
    double a = Math.abs(v);
    if (Double.isNaN(v)) {
      return "NaN";
    }
    if (Double.isInfinite(v)) {
      return v > 0 ? "\u221E" : "\u2212\u221E";
    }
    if (a == 0) {
      return "0";
    }
    if (a >= 1e6 || a < 1e-3) {
      String s = String.format(Locale.ROOT, "%.1e", v);
      return minus(
          s.replaceFirst("\\.0e", "e").replaceFirst("e([+-])0*", "e$1").replace("e+", "e"));
    }
    return decimals(v, a >= 1000 ? 0 : a >= 100 ? 1 : a >= 1 ? 2 : 3);
  }

  /**
   * As short as the value allows, for captions of columns: {@code −3}, {@code 1.5}, {@code 0.333}.
   */
  static String plain(double v) {
    String s = number(v);
    return s.indexOf('.') >= 0 && s.indexOf('e') < 0 ? s.replaceFirst("\\.?0+$", "") : s;
  }

  private static String minus(String s) {
    return s.replace('-', '\u2212');
  }
}
