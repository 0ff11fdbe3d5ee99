package org.javae.core.walk;

import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import org.javae.tensor.Autograd;
import org.javae.tensor.DType;
import org.javae.tensor.Scope;
import org.javae.tensor.Tensor;
import org.javae.tensor.UserException;

/**
 * The shortest way between two codes under the pull-back metric {@code G(z) = J(z)ᵀ J(z)} of the
 * decoder g, J its Jacobian: a step in latent space is as long as the change it makes to the
 * decoded observation (Shao, Kumar and Fletcher, 2018; Arvanitidis, Hansen and Hauberg, 2018).
 *
 * <p>Found by minimising the discrete energy {@code E = N/2 Σᵢ ‖g(zᵢ₊₁) − g(zᵢ)‖²} over the inner
 * points (Shao et al., 2018, section 3.1), whose minimiser is also run through at constant speed.
 * The points move by sine waves, {@code z = start + Σₖ cₖ sin(πkt)/k}: in these coordinates the
 * energy of a flat decoder has the same curvature in every direction, so that the number of
 * iterations hardly grows with that of points. The start is the straight line or the great arc,
 * whichever costs less, at constant speed; as the energy only falls from there, no longer way than
 * those comes out.
 *
 * <p>The metric is that of the decoder's mean alone. Arvanitidis et al. add that of its standard
 * deviation, which for a likelihood of constant variance is zero.
 *
 * @param z points at even fractions of the way, {@code [N + 1, latent]}
 * @param energy {@code E}, squared units of observations
 * @param length {@code Σᵢ ‖g(zᵢ₊₁) − g(zᵢ)‖}, at most {@code √(2E)}
 */
public record Geodesic(Tensor z, double energy, double length) {
  /** Segments that suit pictures. */
  public static final int SEGMENTS = 40;

  private static final int ITERATIONS = 300;

  /** Pieces of a start before it is cut anew at constant speed. */
  private static final int FINE = 256;

  private static final double TOLERANCE = 1e-6;

  /**
   * Finds it.
   *
   * @param decoder g, {@code [batch, latent]} to {@code [batch, event…]}; must be differentiable
   * @param a first end, {@code [1, latent]}
   * @param b last end, {@code [1, latent]}
   * @param segments N, at least 2
   * @throws UserException if the decoder cannot be differentiated or gives numbers that are not
   *     finite
   */
  public static Geodesic between(UnaryOperator<Tensor> decoder, Tensor a, Tensor b, int segments) {
    if (segments < 2) {
      throw new IllegalArgumentException("a geodesic of " + segments + " segments");
    }
    return Scope.run(
        () ->
            Autograd.on(
                () -> {
                  Tensor start = start(decoder, a.detach(), b.detach(), segments);
                  Tensor waves = waves(segments, start.dtype());
                  long latent = start.size(1);
                  double[] c = new double[(segments - 1) * Math.toIntExact(latent)];
                  Lbfgs.minimise(
                      x -> Scope.run(() -> energy(decoder, start, waves, x)),
                      c,
                      ITERATIONS,
                      TOLERANCE);
                  Tensor z = start.plus(waves.matmul(coefficients(c, waves, latent)));
                  return Autograd.off(() -> measured(decoder, z));
                }));
  }

  /** Points at fractions of the way, linear between neighbours: {@code [t, latent]}. */
  public Tensor at(double... t) {
    int segments = (int) z.size(0) - 1;
    return Tensor.cat(
        Arrays.stream(t)
            .mapToObj(
                s -> {
                  int i = Math.max(0, Math.min(segments - 1, (int) Math.floor(s * segments)));
                  return z.narrow(0, i, 1).lerp(z.narrow(0, i + 1L, 1), s * segments - i);
                })
            .toList(),
        0);
  }

  private static Geodesic measured(UnaryOperator<Tensor> decoder, Tensor z) {
    Tensor x = decoder.apply(z);
    return new Geodesic(z, halfSquares(x).item(), Walk.chords(x));
  }

  /** {@code N/2 Σᵢ ‖xᵢ₊₁ − xᵢ‖²}. */
  private static Tensor halfSquares(Tensor x) {
    return Walk.steps(x).square().sum().times((x.size(0) - 1) / 2.0);
  }

  private static Lbfgs.Value energy(
      UnaryOperator<Tensor> decoder, Tensor start, Tensor waves, double[] x) {
    Tensor c = coefficients(x, waves, start.size(1)).requireGrad();
    Tensor decoded = decoder.apply(start.plus(waves.matmul(c)));
    if (!decoded.requiresGrad()) {
      throw UserException.of(
          "this decoder cannot be differentiated, so it has no geodesics; walk straight or"
              + " spherical");
    }
    Tensor e = halfSquares(decoded);
    double value = e.item();
    if (!Double.isFinite(value)) {
      // A step too far; the search halves it. The gradient is not looked at.
      return new Lbfgs.Value(Double.POSITIVE_INFINITY, new double[x.length]);
    }
    return new Lbfgs.Value(value, Autograd.grad(e, List.of(c)).get(0).toDoubles());
  }

  private static Tensor coefficients(double[] c, Tensor waves, long latent) {
    return Tensor.of(c, waves.size(1), latent).to(waves.dtype());
  }

  /** {@code sin(πki/N)/k}, {@code [N + 1, N − 1]}: zero at both ends. */
  private static Tensor waves(int n, DType type) {
    double[] w = new double[(n + 1) * (n - 1)];
    for (int i = 1; i < n; i++) {
      for (int k = 1; k < n; k++) {
        w[i * (n - 1) + k - 1] = Math.sin(Math.PI * k * i / n) / k;
      }
    }
    return Tensor.of(w, n + 1L, n - 1L).to(type);
  }

  /** The cheaper of the straight line and the great arc, at constant speed. */
  private static Tensor start(UnaryOperator<Tensor> decoder, Tensor a, Tensor b, int segments) {
    return Autograd.off(
        () -> {
          Tensor best = null;
          double least = Double.POSITIVE_INFINITY;
          for (Walk w : List.of(Walk.STRAIGHT, Walk.SPHERICAL)) {
            Tensor z = even(decoder, a, b, w, segments);
            double e = halfSquares(decoder.apply(z)).item();
            if (e < least) {
              least = e;
              best = z;
            }
          }
          if (best == null) {
            throw UserException.of(
                "the decoder gives numbers that are not finite between two codes, so their distance"
                    + " is not known; train the model again");
          }
          return best;
        });
  }

  /** A way cut into pieces that are equally long after decoding. */
  private static Tensor even(
      UnaryOperator<Tensor> decoder, Tensor a, Tensor b, Walk way, int segments) {
    Tensor fine = way.between(a, b, Walk.fractions(FINE), decoder);
    double[] d = Walk.steps(decoder.apply(fine)).square().sum(1).sqrt().toDoubles();
    double[] until = new double[FINE + 1];
    for (int i = 0; i < FINE; i++) {
      until[i + 1] = until[i] + d[i];
    }
    double whole = until[FINE];
    double[] t = Walk.fractions(segments);
    if (whole > 0) {
      int i = 0;
      for (int k = 1; k < segments; k++) {
        double want = whole * k / segments;
        while (i < FINE - 1 && until[i + 1] < want) {
          i++;
        }
        t[k] = (i + (want - until[i]) / Math.max(d[i], Double.MIN_NORMAL)) / FINE;
      }
    }
    return way.between(a, b, t, decoder);
  }
}
