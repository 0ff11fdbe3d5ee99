package org.javae.data.generate;

import java.util.ArrayList;
import java.util.List;
import org.javae.core.data.ArrayDataset;
import org.javae.core.data.Dataset;
import org.javae.core.data.Dataset.Annotation;
import org.javae.core.data.Dataset.Column;
import org.javae.core.data.Dataset.Sources;
import org.javae.tensor.Shape;

/**
 * Nonlinear ICA data (Hyvärinen and Morioka, 2016, as Khemakhem et al., 2020, use them): sources
 * {@code s ~ N(0, diag λ(u))} whose variances λ(u) depend on the segment u, mixed by an invertible
 * network {@code x = A_L h(… h(A_1 s))} with h a leaky rectifier of slope 0.2 and square matrices
 * A. The standard deviations are uniform on [0.5, 3] (as in the program that the latter published;
 * their text calls these numbers variances), the entries of A uniform on [−1, 1] with columns of
 * length 1, the best conditioned of some draws. The label is the segment u; observation i is of
 * segment {@code i mod segments}. The data know their sources ({@link Dataset#sources}) and their
 * exact likelihood, that of the even mixture of all segments.
 *
 * @param segments number of segments, at least 1
 * @param dimension d, number of sources and length of an observation, at least 1
 * @param layers L, matrices of the mixing network, at least 1; one mixes linearly
 * @param n number of observations, at least 1
 */
public record Nonstationary(int segments, int dimension, int layers, int n) implements Generator {
  private static final double SLOPE = 0.2;
  private static final double LEAST_DEVIATION = 0.5;
  private static final double MOST_DEVIATION = 3;
  private static final int CANDIDATES = 10;

  /**
   * @throws org.javae.tensor.UserException if a setting is out of its range
   */
  public Nonstationary {
    Settings.atLeast("nonstationary", "segments", segments, 1);
    Settings.atLeast("nonstationary", "dimension", dimension, 1);
    Settings.atLeast("nonstationary", "layers", layers, 1);
    Settings.atLeast("nonstationary", "n", n, 1);
    Settings.fits("nonstationary", n, dimension);
  }

  /** 40 segments of 1000 observations of 5 sources, mixed by 3 layers. */
  public static Nonstationary standard() {
    return new Nonstationary(40, 5, 3, 40_000);
  }

  @Override
  public String name() {
    return "nonstationary";
  }

  /** The process that {@link #generate} with the same seed draws from. */
  public Truth truth(long seed) {
    double[][] variances = new double[segments][dimension];
    for (int u = 0; u < segments; u++) {
      Draws draws = Draws.of(seed, "nonstationary variances", u);
      for (int j = 0; j < dimension; j++) {
        double deviation = draws.uniform(LEAST_DEVIATION, MOST_DEVIATION);
        variances[u][j] = deviation * deviation;
      }
    }
    Matrix[] mixing = new Matrix[layers];
    for (int l = 0; l < layers; l++) {
      Draws draws = Draws.of(seed, "nonstationary mixing", l);
      for (int c = 0; c < CANDIDATES; c++) {
        Matrix candidate = Matrix.draw(draws, dimension);
        if (mixing[l] == null || candidate.condition() < mixing[l].condition()) {
          mixing[l] = candidate;
        }
      }
    }
    return new Truth(variances, mixing);
  }

  @Override
  public Dataset generate(long seed) {
    Truth truth = truth(seed);
    float[] values = new float[n * dimension];
    float[] sources = new float[n * dimension];
    int[] labels = new int[n];
    double[] s = new double[dimension];
    double sum = 0;
    for (int i = 0; i < n; i++) {
      Draws draws = Draws.of(seed, "nonstationary", i);
      labels[i] = i % segments;
      for (int j = 0; j < dimension; j++) {
        s[j] = draws.normal(0, StrictMath.sqrt(truth.variances[labels[i]][j]));
        sources[i * dimension + j] = (float) s[j];
      }
      double[] x = truth.observe(s);
      for (int j = 0; j < dimension; j++) {
        values[i * dimension + j] = (float) x[j];
      }
      sum += truth.logDensity(x);
    }
    List<Column> columns = new ArrayList<>();
    for (int j = 0; j < dimension; j++) {
      columns.add(new Column("x" + j, Column.Kind.REAL, List.of()));
    }
    return ArrayDataset.of("nonstationary", Shape.of(dimension), values)
        .withColumns(columns)
        .withAnnotations(List.of(new Annotation("label", labels, segments, List.of())))
        .withSources(new Sources(dimension, sources))
        .withExactLogLikelihood(sum / n);
  }

  /** Variances and mixing of one data set, and its density by the change of variables. */
  public static final class Truth {
    private final double[][] variances;
    private final Matrix[] mixing;

    Truth(double[][] variances, Matrix[] mixing) {
      this.variances = variances;
      this.mixing = mixing;
    }

    /** λ(u), a row a segment (a copy). */
    public double[][] variances() {
      double[][] copy = new double[variances.length][];
      for (int u = 0; u < copy.length; u++) {
        copy[u] = variances[u].clone();
      }
      return copy;
    }

    /** x of the sources. */
    public double[] observe(double[] sources) {
      double[] h = mixing[0].times(sources);
      for (int l = 1; l < mixing.length; l++) {
        for (int j = 0; j < h.length; j++) {
          h[j] = h[j] > 0 ? h[j] : SLOPE * h[j];
        }
        h = mixing[l].times(h);
      }
      return h;
    }

    /** The sources of x. */
    public double[] sources(double[] x) {
      return unmix(x, new double[1]);
    }

    /** As {@link #sources}; adds ln |det ds/dx| to {@code logDeterminant[0]}. */
    private double[] unmix(double[] x, double[] logDeterminant) {
      double[] h = x;
      for (int l = mixing.length - 1; l >= 0; l--) {
        h = mixing[l].solve(h);
        logDeterminant[0] -= mixing[l].logDeterminant;
        for (int j = 0; l > 0 && j < h.length; j++) {
          if (h[j] < 0) {
            h[j] /= SLOPE;
            logDeterminant[0] -= StrictMath.log(SLOPE);
          }
        }
      }
      return h;
    }

    /** ln p(x|u) in nats. */
    public double logDensity(double[] x, int segment) {
      double[] log = new double[1];
      double[] s = unmix(x, log);
      return log[0] + logNormal(s, segment);
    }

    /** ln 1/K Σ_u p(x|u) in nats: the density of an observation whose segment is not known. */
    public double logDensity(double[] x) {
      double[] log = new double[1];
      double[] s = unmix(x, log);
      double most = Double.NEGATIVE_INFINITY;
      double[] each = new double[variances.length];
      for (int u = 0; u < each.length; u++) {
        each[u] = logNormal(s, u);
        most = Math.max(most, each[u]);
      }
      double sum = 0;
      for (double e : each) {
        sum += StrictMath.exp(e - most);
      }
      return log[0] + most + StrictMath.log(sum / each.length);
    }

    private double logNormal(double[] s, int segment) {
      double log = 0;
      for (int j = 0; j < s.length; j++) {
        double v = variances[segment][j];
        log -= 0.5 * (StrictMath.log(2 * StrictMath.PI * v) + s[j] * s[j] / v);
      }
      return log;
    }
  }

  /** A square matrix with its inverse. */
  private static final class Matrix {
    private final double[][] a;
    private final double[][] inverse;
    private final double logDeterminant;

    private Matrix(double[][] a) {
      int d = a.length;
      this.a = a;
      // Gauss and Jordan with row exchanges on [a | I].
      double[][] w = new double[d][2 * d];
      double log = 0;
      for (int i = 0; i < d; i++) {
        System.arraycopy(a[i], 0, w[i], 0, d);
        w[i][d + i] = 1;
      }
      for (int c = 0; c < d; c++) {
        int pivot = c;
        for (int i = c + 1; i < d; i++) {
          pivot = Math.abs(w[i][c]) > Math.abs(w[pivot][c]) ? i : pivot;
        }
        double[] row = w[pivot];
        w[pivot] = w[c];
        w[c] = row;
        double p = row[c];
        log += StrictMath.log(Math.abs(p));
        for (int j = 0; j < 2 * d; j++) {
          row[j] /= p;
        }
        for (int i = 0; i < d; i++) {
          double f = w[i][c];
          for (int j = 0; i != c && j < 2 * d; j++) {
            w[i][j] -= f * row[j];
          }
        }
      }
      this.logDeterminant = log;
      this.inverse = new double[d][d];
      for (int i = 0; i < d; i++) {
        System.arraycopy(w[i], d, inverse[i], 0, d);
      }
    }

    static Matrix draw(Draws draws, int d) {
      double[][] a = new double[d][d];
      for (int j = 0; j < d; j++) {
        double square = 0;
        for (int i = 0; i < d; i++) {
          a[i][j] = draws.uniform(-1, 1);
          square += a[i][j] * a[i][j];
        }
        for (int i = 0; i < d; i++) {
          a[i][j] /= StrictMath.sqrt(square);
        }
      }
      return new Matrix(a);
    }

    /** ‖A‖ ‖A⁻¹‖ by Frobenius' norm: d for an orthogonal matrix, else more. */
    double condition() {
      double c = norm(a) * norm(inverse);
      return Double.isNaN(c) ? Double.POSITIVE_INFINITY : c;
    }

    private static double norm(double[][] m) {
      double square = 0;
      for (double[] row : m) {
        for (double v : row) {
          square += v * v;
        }
      }
      return StrictMath.sqrt(square);
    }

    double[] times(double[] v) {
      return product(a, v);
    }

    double[] solve(double[] v) {
      return product(inverse, v);
    }

    private static double[] product(double[][] m, double[] v) {
      double[] r = new double[v.length];
      for (int i = 0; i < r.length; i++) {
        for (int j = 0; j < v.length; j++) {
          r[i] += m[i][j] * v[j];
        }
      }
      return r;
    }
  }
}
