package org.javae.core.evaluate.sample;

import java.util.Arrays;
import org.javae.tensor.UserException;

/**
 * Improved precision and recall (Kynkäänniemi et al., 2019, equations (1) and (2)): a set's
 * manifold is the union of balls around its members, each out to its k-th nearest other member.
 * Precision is the part of the samples within the manifold of the real observations, recall the
 * part of the real ones within that of the samples. Samples of a few modes alone have precision and
 * no recall; junk lowers precision.
 *
 * @param precision in [0, 1]
 * @param recall in [0, 1]
 */
public record PrecisionRecall(double precision, double recall) {
  /** The paper's k. */
  public static final int NEIGHBOURS = 3;

  /**
   * Measures.
   *
   * @param real features of real observations, a row each
   * @param samples features of generated ones
   * @throws UserException if either has no more than k rows
   */
  public static PrecisionRecall of(float[][] real, float[][] samples, int k) {
    if (real.length <= k || samples.length <= k) {
      throw UserException.usage(
          "precision and recall look at %d neighbours, so more than %d observations and samples are needed; raise --samples",
          k, k);
    }
    return new PrecisionRecall(covered(samples, real, k), covered(real, samples, k));
  }

  /** The part of the points that lie in a ball of the manifold. */
  private static double covered(float[][] points, float[][] manifold, int k) {
    double[] radii = new double[manifold.length];
    for (int i = 0; i < manifold.length; i++) {
      radii[i] = kthNearest(manifold, i, k);
    }
    int inside = 0;
    for (float[] p : points) {
      for (int i = 0; i < manifold.length; i++) {
        if (squared(p, manifold[i], radii[i]) <= radii[i]) {
          inside++;
          break;
        }
      }
    }
    return (double) inside / points.length;
  }

  /** Squared distance to the k-th nearest other row. */
  private static double kthNearest(float[][] x, int row, int k) {
    double[] nearest = new double[k]; // ascending
    Arrays.fill(nearest, Double.POSITIVE_INFINITY);
    for (int i = 0; i < x.length; i++) {
      double d = i == row ? Double.POSITIVE_INFINITY : squared(x[i], x[row], nearest[k - 1]);
      if (d < nearest[k - 1]) {
        int at = k - 1;
        for (; at > 0 && nearest[at - 1] > d; at--) {
          nearest[at] = nearest[at - 1];
        }
        nearest[at] = d;
      }
    }
    return nearest[k - 1];
  }

  /** Squared distance, or something beyond {@code enough} as soon as it is known to be that. */
  private static double squared(float[] a, float[] b, double enough) {
    double sum = 0;
    for (int j = 0; j < a.length && sum <= enough; j++) {
      double d = (double) a[j] - b[j];
      sum += d * d;
    }
    return sum;
  }
}
