package org.javae.models.linear;

import java.util.Comparator;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.javae.core.model.Params;
import org.javae.tensor.DType;
import org.javae.tensor.Tensor;

/**
 * Densities of independent sources, each an exponential power law (Subbotin, 1923)
 *
 * <pre>
 * p(s) = α / (2 β Γ(1/α)) exp(−|s/β|^α),      β = (α/N Σ |s|^α)^(1/α)
 * </pre>
 *
 * with the likeliest of some shapes: α = 1 is Laplace's law, 2 Gauss's, a large one nearly uniform.
 *
 * <p>How far a source is from Gaussian is Jarque and Bera's (1980) {@code N/6 (skewness² +
 * (kurtosis − 3)²/4)}, which is χ² of two degrees for a Gaussian one. But these directions were
 * chosen: the largest skewness and kurtosis among all directions of k dimensions are, squared, near
 * 2.7 k and 3.2 k instead of 1 (the ground state of a spherical spin glass). What stays below
 * {@code 6 k + 2 ln 10⁴} is no evidence.
 */
final class Sources {
  private static final double[] SHAPES = {0.5, 0.7, 1, 1.4, 2, 2.8, 4, 6, 9, 14};
  private static final double CHANCE = 2 * Math.log(1e4);
  private static final double CHOSEN = 6;

  private final int k;
  private final Tensor shape;
  private final Tensor scale;
  private final Tensor distance;

  Sources(Params params, int k) {
    this.k = k;
    this.shape = params.buffer("source_shape", Tensor.full(2, k));
    this.scale = params.buffer("source_scale", Tensor.full(Math.sqrt(2), k));
    this.distance = params.buffer("source_distance", Tensor.zeros(k));
  }

  /**
   * Fits all.
   *
   * @param pass hands out sources of mean 0 and variance 1, {@code [batch, k]}
   * @return their order by falling distance from Gaussian, which they then have here
   */
  int[] fit(Consumer<Consumer<Tensor>> pass) {
    Tensor third = Tensor.zeros(DType.FLOAT64, k);
    Tensor fourth = Tensor.zeros(DType.FLOAT64, k);
    Tensor powers = Tensor.zeros(DType.FLOAT64, SHAPES.length, k);
    long[] n = {0};
    pass.accept(
        s -> {
          third.addInPlace(s.pow(3).sum(0), 1);
          fourth.addInPlace(s.pow(4).sum(0), 1);
          for (int i = 0; i < SHAPES.length; i++) {
            powers.select(0, i).addInPlace(s.abs().pow(SHAPES[i]).sum(0), 1);
          }
          n[0] += s.size(0);
        });
    double[] skew = third.toDoubles();
    double[] kurtosis = fourth.toDoubles();
    double[] far = new double[k];
    for (int j = 0; j < k; j++) {
      double a = skew[j] / n[0];
      double b = kurtosis[j] / n[0] - 3;
      far[j] = n[0] / 6.0 * (a * a + b * b / 4);
    }
    int[] order =
        IntStream.range(0, k)
            .boxed()
            .sorted(Comparator.comparingDouble(j -> -far[j]))
            .mapToInt(j -> j)
            .toArray();
    double[] alpha = new double[k];
    double[] beta = new double[k];
    double[] sorted = new double[k];
    Tensor shapes = Tensor.of(SHAPES, SHAPES.length, 1);
    Tensor means = powers.div(n[0]).clamp(Double.MIN_NORMAL, Double.MAX_VALUE);
    Tensor betas = means.times(shapes).log().div(shapes).exp();
    Tensor likelihood = constant(shapes, betas).minus(shapes.reciprocal());
    long[] likeliest = likelihood.argmax(0).toLongs();
    double[] all = betas.toDoubles();
    for (int at = 0; at < k; at++) {
      int j = order[at];
      alpha[at] = SHAPES[(int) likeliest[j]];
      beta[at] = all[(int) likeliest[j] * k + j];
      sorted[at] = far[j];
    }
    shape.copyFromInPlace(Tensor.of(alpha, k));
    scale.copyFromInPlace(Tensor.of(beta, k));
    distance.copyFromInPlace(Tensor.of(sorted, k));
    return order;
  }

  /** ln α / (2 β Γ(1/α)) of each. */
  private static Tensor constant(Tensor alpha, Tensor beta) {
    return alpha.log().minus(beta.times(2).log()).minus(alpha.reciprocal().lgamma());
  }

  /** Σⱼ ln p_j(s_j): {@code [batch]}. */
  Tensor logProb(Tensor s) {
    // |s/β|^α with an exponent a column.
    Tensor power = s.div(scale).abs().clamp(1e-300, Double.MAX_VALUE).log().times(shape).exp();
    return power.sum(1).neg().plus(constant(shape, scale).sum());
  }

  /** {@code s = ±β g^(1/α)} with g of the gamma law of shape 1/α: {@code [n, k]}. */
  Tensor draw(int n, SplittableRandom random) {
    double[] a = shape.toDoubles();
    double[] b = scale.toDoubles();
    double[] s = new double[n * k];
    for (int i = 0; i < n * k; i++) {
      int j = i % k;
      double size = b[j] * Math.pow(gamma(1 / a[j], random), 1 / a[j]);
      s[i] = random.nextBoolean() ? size : -size;
    }
    return Tensor.of(s, n, k);
  }

  /** A draw of the gamma law (Marsaglia and Tsang, 2000). */
  private static double gamma(double shape, SplittableRandom random) {
    if (shape < 1) {
      return gamma(shape + 1, random) * Math.pow(1 - random.nextDouble(), 1 / shape);
    }
    double d = shape - 1.0 / 3;
    double c = 1 / Math.sqrt(9 * d);
    while (true) {
      double z = random.nextGaussian();
      double v = Math.pow(1 + c * z, 3);
      if (v > 0 && Math.log(1 - random.nextDouble()) < z * z / 2 + d - d * v + d * Math.log(v)) {
        return d * v;
      }
    }
  }

  /** Which are no less Gaussian than chance allows. */
  int[] gaussian() {
    double[] far = distance.toDoubles();
    return IntStream.range(0, k).filter(j -> far[j] < CHOSEN * k + CHANCE).toArray();
  }
}
