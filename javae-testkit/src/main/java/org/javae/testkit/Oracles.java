package org.javae.testkit;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/** Exact answers in plain Java arithmetic, independent of the tensor engine. */
public final class Oracles {
  private Oracles() {}

  /**
   * The maximum-likelihood probabilistic PCA of a data matrix (Tipping and Bishop, 1999): {@code x
   * = W z + μ + ε}, {@code z ~ N(0, I_q)}, {@code ε ~ N(0, σ² I_d)}.
   *
   * @param data rows are observations; at least two
   */
  public static Ppca ppca(double[][] data) {
    int n = data.length;
    int d = data[0].length;
    double[] mean = new double[d];
    for (double[] row : data) {
      for (int j = 0; j < d; j++) {
        mean[j] += row[j] / n;
      }
    }
    double[][] s = new double[d][d];
    for (double[] row : data) {
      for (int i = 0; i < d; i++) {
        for (int j = 0; j <= i; j++) {
          s[i][j] += (row[i] - mean[i]) * (row[j] - mean[j]) / n;
        }
      }
    }
    for (int i = 0; i < d; i++) {
      for (int j = 0; j < i; j++) {
        s[j][i] = s[i][j];
      }
    }
    Eigen e = eigen(s);
    return new Ppca(mean, e.values(), e.vectors());
  }

  /**
   * A fitted probabilistic PCA for every number q of components at once.
   *
   * @param mean μ
   * @param eigenvalues of the covariance matrix with divisor N, descending
   * @param directions unit eigenvectors as rows, in the same order
   */
  public record Ppca(double[] mean, double[] eigenvalues, double[][] directions) {
    /** σ², the mean of the d − q discarded eigenvalues. */
    public double sigma2(int q) {
      return discarded(q) / (eigenvalues.length - q);
    }

    /**
     * Average log-likelihood of the training data in nats per observation: {@code −½ [d ln 2π +
     * Σ_{i≤q} ln λᵢ + (d − q) ln σ² + d]}.
     */
    public double logLikelihood(int q) {
      int d = eigenvalues.length;
      return -0.5 * (d * Math.log(2 * Math.PI) + logDeterminant(q) + d);
    }

    /** ln p(x) of any observation under the model of q components. */
    public double logDensity(double[] x, int q) {
      int d = mean.length;
      double explained = 0;
      double rest = 0;
      for (int j = 0; j < d; j++) {
        rest += (x[j] - mean[j]) * (x[j] - mean[j]);
      }
      for (int i = 0; i < q; i++) {
        double y = 0;
        for (int j = 0; j < d; j++) {
          y += directions[i][j] * (x[j] - mean[j]);
        }
        explained += y * y / eigenvalues[i];
        rest -= y * y;
      }
      return -0.5 * (d * Math.log(2 * Math.PI) + logDeterminant(q) + explained + rest / sigma2(q));
    }

    /** Mean squared error per element of the projection on the first q directions. */
    public double mse(int q) {
      return discarded(q) / eigenvalues.length;
    }

    private double logDeterminant(int q) {
      double sum = (eigenvalues.length - q) * Math.log(sigma2(q));
      for (int i = 0; i < q; i++) {
        sum += Math.log(eigenvalues[i]);
      }
      return sum;
    }

    private double discarded(int q) {
      if (q < 0 || q >= eigenvalues.length) {
        throw new IllegalArgumentException(
            q + " components of " + eigenvalues.length + " dimensions leave no noise");
      }
      return Arrays.stream(eigenvalues, q, eigenvalues.length).sum();
    }
  }

  /**
   * Eigenvalues, descending, and eigenvectors.
   *
   * @param vectors unit vectors as rows, in the order of the values
   */
  public record Eigen(double[] values, double[][] vectors) {}

  /**
   * Eigendecomposition of a symmetric matrix by cyclic Jacobi rotations, which leave relative
   * errors near 1e-15.
   */
  public static Eigen eigen(double[][] symmetric) {
    int n = symmetric.length;
    double[][] a = Arrays.stream(symmetric).map(double[]::clone).toArray(double[][]::new);
    double[][] v = new double[n][n];
    for (int i = 0; i < n; i++) {
      v[i][i] = 1;
    }
    for (int sweep = 0; sweep < 100 && offDiagonal(a) > 0; sweep++) {
      for (int p = 0; p < n; p++) {
        for (int q = p + 1; q < n; q++) {
          if (negligible(a, p, q)) {
            a[p][q] = 0;
            a[q][p] = 0;
          } else {
            rotate(a, v, p, q);
          }
        }
      }
    }
    Integer[] order =
        IntStream.range(0, n)
            .boxed()
            .sorted(Comparator.comparingDouble((Integer i) -> -a[i][i]))
            .toArray(Integer[]::new);
    return new Eigen(
        Arrays.stream(order).mapToDouble(i -> a[i][i]).toArray(),
        Arrays.stream(order).map(i -> v[i]).toArray(double[][]::new));
  }

  /** Makes a[p][q] zero by a rotation of both coordinates; the rows of v are the coordinates. */
  private static void rotate(double[][] a, double[][] v, int p, int q) {
    double theta = (a[q][q] - a[p][p]) / (2 * a[p][q]);
    double t = Math.copySign(1, theta) / (Math.abs(theta) + Math.hypot(theta, 1));
    double c = 1 / Math.hypot(t, 1);
    double s = t * c;
    int n = a.length;
    for (int k = 0; k < n; k++) {
      double x = a[k][p];
      double y = a[k][q];
      a[k][p] = c * x - s * y;
      a[k][q] = s * x + c * y;
    }
    for (int k = 0; k < n; k++) {
      double x = a[p][k];
      double y = a[q][k];
      a[p][k] = c * x - s * y;
      a[q][k] = s * x + c * y;
      x = v[p][k];
      y = v[q][k];
      v[p][k] = c * x - s * y;
      v[q][k] = s * x + c * y;
    }
    a[p][q] = 0;
    a[q][p] = 0;
  }

  private static boolean negligible(double[][] a, int p, int q) {
    return Math.abs(a[p][q]) <= 1e-18 * Math.sqrt(Math.abs(a[p][p] * a[q][q]));
  }

  private static double offDiagonal(double[][] a) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      for (int j = 0; j < i; j++) {
        sum += Math.abs(a[i][j]);
      }
    }
    return sum;
  }
}
