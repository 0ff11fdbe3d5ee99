package org.javae.core.evaluate;

/**
 * Mean correlation coefficient of codes with the true sources (Hyvärinen and Morioka, 2016;
 * Khemakhem et al., 2020): {@code MCC = 1/d max_π Σᵢ |corr(sᵢ, z_π(i))|} with Pearson's correlation
 * and the best assignment π of code dimensions to the d sources. It is 1 exactly if every source is
 * found again up to order, sign, scale and shift, and never changes with them.
 */
public final class MeanCorrelation {
  private MeanCorrelation() {}

  /**
   * The coefficient, in [0, 1]. Codes that are constant correlate with nothing; with fewer code
   * dimensions than sources, the sources left over count 0.
   *
   * @param codes row-major, {@code latent} a row
   * @param sources row-major, {@code dimension} a row, as many rows
   */
  public static double of(float[] codes, int latent, float[] sources, int dimension) {
    int n = codes.length / latent;
    if (n != sources.length / dimension) {
      throw new IllegalArgumentException(
          n + " codes for " + sources.length / dimension + " observations");
    }
    double[][] s = standardised(sources, n, dimension);
    double[][] z = standardised(codes, n, latent);
    boolean fewer = latent < dimension;
    double[][] rows = fewer ? z : s;
    double[][] columns = fewer ? s : z;
    double[][] correlation = new double[rows.length][columns.length];
    for (int i = 0; i < rows.length; i++) {
      for (int j = 0; j < columns.length; j++) {
        double sum = 0;
        for (int k = 0; k < n; k++) {
          sum += rows[i][k] * columns[j][k];
        }
        correlation[i][j] = Math.abs(sum);
      }
    }
    int[] assigned = Assignment.best(correlation);
    double sum = 0;
    for (int i = 0; i < assigned.length; i++) {
      sum += correlation[i][assigned[i]];
    }
    return Math.min(1, sum / dimension);
  }

  /** Columns with mean 0 and length 1; a constant one becomes zeros. */
  private static double[][] standardised(float[] values, int n, int width) {
    double[][] columns = new double[width][n];
    for (int j = 0; j < width; j++) {
      double mean = 0;
      for (int k = 0; k < n; k++) {
        mean += (double) values[k * width + j] / n;
      }
      double square = 0;
      for (int k = 0; k < n; k++) {
        columns[j][k] = values[k * width + j] - mean;
        square += columns[j][k] * columns[j][k];
      }
      // What rounding leaves of a constant is no variation.
      double length = Math.sqrt(square);
      boolean constant = length <= 1e-12 * Math.abs(mean) * Math.sqrt(n);
      for (int k = 0; k < n; k++) {
        columns[j][k] = constant ? 0 : columns[j][k] / length;
      }
    }
    return columns;
  }
}
