package org.javae.core.evaluate.disentangle;

/**
 * Mutual information gap (Chen, Li, Grosse and Duvenaud, 2018, equation (6)): {@code MIG = 1/K Σₖ
 * (I(z_j(k); vₖ) − max_{j ≠ j(k)} I(zⱼ; vₖ)) / H(vₖ)} with {@code j(k)} the dimension that knows
 * most of factor k. In [0, 1]: 1 if every factor is known entirely by one dimension and not at all
 * by another; 0 if the best two always know the same. Information is counted on codes, the means of
 * q.
 */
public final class Mig {
  private Mig() {}

  /** The gap, averaged over factors that vary in these rows. */
  public static double of(Factors f) {
    double[][] information = Information.of(f);
    double sum = 0;
    int factors = 0;
    for (int k = 0; k < f.values().length; k++) {
      double entropy = Information.entropy(f.values()[k], f.cardinalities()[k]);
      if (entropy > 0) {
        sum += gap(information, k) / entropy;
        factors++;
      }
    }
    return factors == 0 ? Double.NaN : sum / factors;
  }

  /** Largest less second largest entry of a column; a second that is not there counts 0. */
  static double gap(double[][] scores, int column) {
    double first = 0;
    double second = 0;
    for (double[] row : scores) {
      double v = row[column];
      second = Math.max(second, Math.min(first, v));
      first = Math.max(first, v);
    }
    return first - second;
  }
}
