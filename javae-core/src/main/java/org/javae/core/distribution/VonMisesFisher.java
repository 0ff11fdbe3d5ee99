package org.javae.core.distribution;

import java.util.SplittableRandom;
import org.javae.core.geometry.Sphere;
import org.javae.tensor.DType;
import org.javae.tensor.Rng;
import org.javae.tensor.Shape;
import org.javae.tensor.Tensor;

/**
 * Von Mises–Fisher distributions on the unit sphere in m coordinates, {@code p(z) = C(κ) exp(κ
 * μᵀz)}, {@code C(κ) = κᵛ / ((2π)^{m/2} I_v(κ))}, v = m/2 − 1, with respect to the sphere's surface
 * (Davidson et al., 2018, equation (2)). κ = 0 is the uniform one. Densities are float64 whatever
 * the parameters are, as both parts of the exponent grow with κ; observations must have length 1.
 *
 * @param direction μ, of length 1, {@code [batch, m]}
 * @param concentration κ ≥ 0, {@code [batch, 1]}
 * @param logPeak {@code ln C(κ) + κ}, the log-density at μ, float64 {@code [batch, 1]}
 * @param resultant A(κ) = I_{v+1}(κ)/I_v(κ), so that E z = A(κ) μ, float64 {@code [batch, 1]}
 * @param gradient how draws depend on κ
 */
public record VonMisesFisher(
    Tensor direction, Tensor concentration, Tensor logPeak, Tensor resultant, Gradient gradient)
    implements Distribution {
  /** The derivative of a draw with respect to κ; the draws are the same. */
  public enum Gradient {
    /**
     * That of the distribution function at the draw (Figurnov et al., 2018, equation (5)): the
     * gradient of any expectation is unbiased, and no score-function term for the acceptance
     * (Davidson et al., equation (10)) with its noise is needed.
     */
    IMPLICIT,
    /**
     * That of the accepted proposal, as if acceptance did not depend on κ: cheaper by the integral,
     * biased by the term left out. What most published code does.
     */
    PROPOSAL
  }

  /**
   * With its normaliser, which is worked out here once.
   *
   * @throws IllegalArgumentException if there is only one coordinate: that sphere is two points
   */
  public static VonMisesFisher of(Tensor direction, Tensor concentration, Gradient gradient) {
    int m = Math.toIntExact(direction.size(1));
    if (m < 2) {
      throw new IllegalArgumentException("a sphere needs 2 coordinates or more, not " + m);
    }
    double[] kappa = concentration.toDoubles();
    int n = kappa.length;
    double[] peak = new double[n];
    double[] peakSlope = new double[n];
    double[] ratio = new double[n];
    double[] ratioSlope = new double[n];
    double uniform = -Sphere.logArea(m);
    for (int i = 0; i < n; i++) {
      Bessel b = Bessel.of(0.5 * m - 1, kappa[i]);
      double a = b.ratio();
      peak[i] = uniform + (kappa[i] - b.growth());
      peakSlope[i] = 1 - a;
      ratio[i] = a;
      // A′ = 1 − A² − (m − 1) A/κ; at 0 both last terms have limits.
      ratioSlope[i] = kappa[i] < 1e-8 ? 1.0 / m : 1 - a * a - (m - 1) * a / kappa[i];
    }
    return new VonMisesFisher(
        direction,
        concentration,
        differentiable(peak, peakSlope, concentration),
        differentiable(ratio, ratioSlope, concentration),
        gradient);
  }

  /** A function of κ that was computed outside the engine, with its derivative. */
  private static Tensor differentiable(double[] value, double[] slope, Tensor kappa) {
    Tensor y = Tensor.of(value, value.length, 1);
    if (!kappa.requiresGrad()) {
      return y;
    }
    // Adds zero, whose derivative is the slope.
    Tensor zero = kappa.minus(kappa.detach()).to(DType.FLOAT64);
    return y.plus(Tensor.of(slope, slope.length, 1).times(zero));
  }

  /** m. */
  public int coordinates() {
    return Math.toIntExact(direction.size(1));
  }

  @Override
  public Tensor rsample(Rng r, int k) {
    int m = coordinates();
    Tensor at = direction.repeatBatch(k);
    Tensor kappa = concentration.repeatBatch(k);
    boolean recorded = kappa.requiresGrad();
    // The stream names another one for the loop of proposals, whose number is not known before.
    long[] words = r.uniform(DType.FLOAT64, 2).times(0x1p31).floor().to(DType.INT64).toLongs();
    SphereDraws draws =
        new SphereDraws(
            m,
            concentration.toDoubles(),
            k,
            new SplittableRandom(words[0] << 32 | words[1]),
            recorded ? gradient : null);
    int n = draws.along.length;
    Tensor along = Tensor.of(draws.along, n, 1);
    Tensor across = Tensor.of(draws.across, n, 1);
    if (recorded) {
      double[] narrowing = new double[n];
      for (int i = 0; i < n; i++) {
        double s = draws.across[i];
        narrowing[i] = s == 0 ? 0 : -draws.along[i] / s * draws.slope[i];
      }
      Tensor zero = kappa.minus(kappa.detach()).to(DType.FLOAT64);
      along = along.plus(Tensor.of(draws.slope, n, 1).times(zero));
      across = across.plus(Tensor.of(narrowing, n, 1).times(zero));
    }
    DType type = direction.dtype();
    Tensor sideways = Sphere.tangent(at, r.normal(type, n, m));
    return at.times(along.to(type)).plus(sideways.times(across.to(type)));
  }

  /** Float64: {@code ln C(κ) + κ − ½ κ |z − μ|²}, which does not cancel for large κ. */
  @Override
  public Tensor logProb(Tensor z) {
    Tensor gap = z.to(DType.FLOAT64).minus(direction.to(DType.FLOAT64));
    Tensor half = concentration.to(DType.FLOAT64).times(-0.5).squeeze(1);
    return gap.square().sum(1).times(half).plus(logPeak.squeeze(1));
  }

  @Override
  public Tensor elementLogProb(Tensor z) {
    throw new UnsupportedOperationException("the coordinates on a sphere are not independent");
  }

  /** A(κ) μ, inside the sphere. */
  @Override
  public Tensor mean() {
    return direction.times(resultant.to(direction.dtype()));
  }

  /**
   * KL from the uniform distribution on the same sphere, {@code κ A(κ) + ln C(κ) + ln area}
   * (Davidson et al., equation (4)): float64 {@code [batch]}.
   */
  public Tensor divergenceFromUniform() {
    Tensor kappa = concentration.to(DType.FLOAT64);
    return logPeak
        .minus(resultant.neg().plus(1).times(kappa))
        .plus(Sphere.logArea(coordinates()))
        .squeeze(1);
  }

  @Override
  public Shape shape() {
    return direction.shape();
  }

  @Override
  public VonMisesFisher repeat(int k) {
    return new VonMisesFisher(
        direction.repeatBatch(k),
        concentration.repeatBatch(k),
        logPeak.repeatBatch(k),
        resultant.repeatBatch(k),
        gradient);
  }
}
