package org.javae.core.walk;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;
import org.javae.core.config.Nearest;
import org.javae.tensor.Autograd;
import org.javae.tensor.Tensor;
import org.javae.tensor.UserException;

/** A way from one code to another. */
public enum Walk {
  /** {@code (1 − t) a + t b}. */
  STRAIGHT {
    @Override
    public Tensor between(Tensor a, Tensor b, double[] t, UnaryOperator<Tensor> decoder) {
      return Tensor.cat(Arrays.stream(t).mapToObj(s -> a.lerp(b, s)).toList(), 0);
    }
  },

  /**
   * The great arc: the direction turns at constant speed while the norm goes evenly from ‖a‖ to
   * ‖b‖. For equal norms this is {@code sin((1 − t)ω)/sin ω · a + sin(tω)/sin ω · b} with ω the
   * angle between a and b (Shoemake, 1985; for latent codes White, 2016). It keeps to the shell
   * where codes from N(0, I) in many dimensions lie, which a straight line leaves.
   */
  SPHERICAL {
    @Override
    public Tensor between(Tensor a, Tensor b, double[] t, UnaryOperator<Tensor> decoder) {
      return arc(a, b, t);
    }
  },

  /** The shortest way when lengths are those of the decoded observations: {@link Geodesic}. */
  GEODESIC {
    @Override
    public Tensor between(Tensor a, Tensor b, double[] t, UnaryOperator<Tensor> decoder) {
      return Geodesic.between(decoder, a, b, Geodesic.SEGMENTS).at(t);
    }
  };

  /** Below this sine two directions are taken for the same, or opposite. */
  private static final double PARALLEL = 1e-6;

  /** Pieces a curve is cut into to measure its length. */
  private static final int PIECES = 128;

  /** As typed after {@code --path}. */
  public static List<String> names() {
    return Arrays.stream(values()).map(w -> w.toString()).toList();
  }

  /**
   * @throws UserException for an unknown name
   */
  public static Walk parse(String name) {
    return Arrays.stream(values())
        .filter(w -> w.toString().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                UserException.usage(
                    "unknown path '%s'; %s", name, Nearest.suggestion(name, names())));
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * Points of the way.
   *
   * @param a code it starts from, {@code [1, latent]}
   * @param b code it ends in, {@code [1, latent]}
   * @param t fractions of the way, in [0, 1]
   * @param decoder g, {@code [batch, latent]} to {@code [batch, event…]}
   * @return {@code [t, latent]}
   */
  public abstract Tensor between(Tensor a, Tensor b, double[] t, UnaryOperator<Tensor> decoder);

  /**
   * Length of the decoded way, {@code ∫ ‖d g(z(t))/dt‖ dt}, by the chords of 128 pieces.
   *
   * @return in the units of observations: for images the square root of summed squared pixels
   */
  public double length(Tensor a, Tensor b, UnaryOperator<Tensor> decoder) {
    double[] t = fractions(PIECES);
    return Autograd.off(() -> chords(decoder.apply(between(a, b, t, decoder))));
  }

  /** {@code 0, 1/n, … 1}. */
  public static double[] fractions(int n) {
    double[] t = new double[n + 1];
    for (int i = 0; i <= n; i++) {
      t[i] = i / (double) n;
    }
    return t;
  }

  /** {@code Σᵢ ‖xᵢ₊₁ − xᵢ‖} over the rows. */
  static double chords(Tensor x) {
    return steps(x).square().sum(1).sqrt().sum().item();
  }

  /** {@code xᵢ₊₁ − xᵢ}, flat. */
  static Tensor steps(Tensor x) {
    Tensor flat = x.flatten();
    long n = flat.size(0) - 1;
    return flat.narrow(0, 1, n).minus(flat.narrow(0, 0, n));
  }

  private static Tensor arc(Tensor a, Tensor b, double[] t) {
    double[] p = a.toDoubles();
    double[] q = b.toDoubles();
    double np = norm(p);
    double nq = norm(q);
    if (np == 0 || nq == 0) {
      return STRAIGHT.between(a, b, t, null); // the origin has no direction
    }
    double cos = 0;
    for (int j = 0; j < p.length; j++) {
      p[j] /= np;
      q[j] /= nq;
      cos += p[j] * q[j];
    }
    // The direction at right angles to p in the plane of both; acos alone is blunt near 0 and π.
    double[] r = new double[p.length];
    for (int j = 0; j < p.length; j++) {
      r[j] = q[j] - cos * p[j];
    }
    double sin = norm(r);
    double angle = Math.atan2(sin, cos);
    if (sin < PARALLEL && cos > 0 || p.length == 1) {
      return STRAIGHT.between(a, b, t, null);
    }
    if (sin < PARALLEL) {
      r = across(p); // opposite codes: any half circle is as short as another
      sin = 1;
    }
    double[] z = new double[t.length * p.length];
    for (int i = 0; i < t.length; i++) {
      double norm = (1 - t[i]) * np + t[i] * nq;
      for (int j = 0; j < p.length; j++) {
        z[i * p.length + j] =
            norm * (Math.cos(t[i] * angle) * p[j] + Math.sin(t[i] * angle) * r[j] / sin);
      }
    }
    return Tensor.of(z, t.length, p.length).to(a.dtype());
  }

  /** A unit vector at right angles to the unit vector p: from the axis that p is farthest from. */
  private static double[] across(double[] p) {
    int axis = 0;
    for (int j = 1; j < p.length; j++) {
      axis = Math.abs(p[j]) < Math.abs(p[axis]) ? j : axis;
    }
    double[] r = new double[p.length];
    for (int j = 0; j < p.length; j++) {
      r[j] = (j == axis ? 1 : 0) - p[axis] * p[j];
    }
    double n = norm(r);
    for (int j = 0; j < p.length; j++) {
      r[j] /= n;
    }
    return r;
  }

  private static double norm(double[] v) {
    double s = 0;
    for (double x : v) {
      s += x * x;
    }
    return Math.sqrt(s);
  }
}
