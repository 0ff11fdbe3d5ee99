package org.javae.core.divergence;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.javae.core.config.Nearest;
import org.javae.tensor.Tensor;
import org.javae.tensor.UserException;

/**
 * A positive definite kernel on codes, for {@link Mmd}. Written as text:
 *
 * <ul>
 *   <li>{@code imq}, {@code imq:C}: inverse multiquadratics {@code k(x, y) = Σₛ sC / (sC + ‖x −
 *       y‖²)} over the scales s = .1, .2, .5, 1, 2, 5, 10. By default C = 2·latent, the expected
 *       squared distance of two draws of N(0, I) (Tolstikhin et al., 2018, section 4); their heavy
 *       tails also pull codes that lie far out.
 *   <li>{@code rbf}, {@code rbf:σ}: the Gaussian kernel {@code k(x, y) = exp(−‖x − y‖² / 2σ²)}. By
 *       default σ² = latent, so that two draws of N(0, I) have k ≈ 1/e whatever the dimension (a
 *       width that grows with the dimension as in Zhao et al., 2017).
 * </ul>
 *
 * @param family which kernel
 * @param scale C or σ; 0 means the default for the dimension of the codes
 */
public record Kernel(Family family, double scale) {
  /** The kernels there are. */
  public enum Family {
    IMQ,
    RBF;

    private String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private static final double[] SCALES = {.1, .2, .5, 1, 2, 5, 10};
  private static final List<String> NAMES =
      Arrays.stream(Family.values()).map(Family::text).toList();

  /** Inverse multiquadratics with the default scale. */
  public static final Kernel IMQ = new Kernel(Family.IMQ, 0);

  /** The Gaussian kernel with the default width. */
  public static final Kernel RBF = new Kernel(Family.RBF, 0);

  /**
   * Reads a kernel.
   *
   * @throws UserException if the text is not one
   */
  @JsonCreator
  public static Kernel parse(String text) {
    String[] p = text.strip().split(":", 2);
    int i = NAMES.indexOf(p[0]);
    if (i < 0) {
      throw UserException.usage("unknown kernel '%s'; %s", text, Nearest.suggestion(p[0], NAMES));
    }
    if (p.length == 1) {
      return new Kernel(Family.values()[i], 0);
    }
    double scale = Double.NaN;
    try {
      scale = Double.parseDouble(p[1]);
    } catch (NumberFormatException e) {
      // the sentence below says what is expected
    }
    if (!(scale > 0) || Double.isInfinite(scale)) {
      throw UserException.usage(
          "kernel '%s': '%s' is not a positive number; write %s or e.g. %s:2",
          text, p[1], p[0], p[0]);
    }
    return new Kernel(Family.values()[i], scale);
  }

  /** C or σ for codes of this dimension. */
  public double scale(long dimension) {
    if (scale > 0) {
      return scale;
    }
    return family == Family.IMQ ? 2.0 * dimension : Math.sqrt(dimension);
  }

  /** k(xᵢ, yⱼ) of all pairs of rows: {@code [n, d]} and {@code [m, d]} to {@code [n, m]}. */
  public Tensor between(Tensor x, Tensor y) {
    Tensor squared = squaredDistances(x, y);
    double s = scale(x.size(1));
    if (family == Family.RBF) {
      return squared.times(-0.5 / (s * s)).exp();
    }
    Tensor sum = null;
    for (double factor : SCALES) {
      double c = factor * s;
      Tensor k = squared.plus(c).reciprocal().times(c);
      sum = sum == null ? k : sum.plus(k);
    }
    return sum;
  }

  /**
   * ‖xᵢ − yⱼ‖² of all pairs of rows, {@code [n, m]}, through one matrix product. Both samples are
   * first moved by the same vector to y's mean, where least is lost in {@code ‖x‖² − 2xy + ‖y‖²}.
   */
  static Tensor squaredDistances(Tensor x, Tensor y) {
    Tensor centre = y.detach().mean(0);
    Tensor a = x.minus(centre);
    Tensor b = y.minus(centre);
    Tensor norms = a.square().sum(1).unsqueeze(1).plus(b.square().sum(1).unsqueeze(0));
    // Rounding may leave a distance of zero slightly negative.
    return norms.minus(a.matmul(b.t()).times(2)).relu();
  }

  @JsonValue
  @Override
  public String toString() {
    boolean whole = scale == (long) scale && scale < 1e15;
    String number = whole ? String.valueOf((long) scale) : String.valueOf(scale);
    return scale > 0 ? family.text() + ":" + number : family.text();
  }
}
