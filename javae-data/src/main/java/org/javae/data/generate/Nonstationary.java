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
 * network {@code x = A_L h(… h(A_1 s))} with h a leaky rectifier of slope 0.2 and random orthogonal
 * matrices A, which are the best conditioned. The standard deviations are uniform on [0.5, 3] (as
 * in the program that the latter published; their text calls these numbers variances). The label is
 * the segment u; observation i is of segment {@code i mod segments}. The data know their sources
 * ({@link Dataset#sources}) and their exact likelihood, that of the even mixture of all segments.
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
    double[][][] mixing = new double[layers][][];
    for (int l = 0; l < layers; l++) {
      mixing[l] = orthogonal(Draws.of(seed, "nonstationary mixing", l), dimension);
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
    private final double[][][] mixing;

    Truth(double[][] variances, double[][][] mixing) {
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
      double[] h = times(mixing[0], sources);
      for (int l = 1; l < mixing.length; l++) {
        for (int j = 0; j < h.length; j++) {
          h[j] = h[j] > 0 ? h[j] : SLOPE * h[j];
        }
        h = times(mixing[l], h);
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
        h = solve(mixing[l], h);
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

  /** The columns of a matrix with entries uniform on [−1, 1], made orthonormal one by one. */
  private static double[][] orthogonal(Draws draws, int d) {
    double[][] columns = new double[d][d];
    for (int j = 0; j < d; ) {
      for (int i = 0; i < d; i++) {
        columns[j][i] = draws.uniform(-1, 1);
      }
      // Twice, as the first time leaves rounding errors where a column is almost dependent.
      for (int k = 0; k < 2 * j; k++) {
        double[] before = columns[k % j];
        double c = dot(before, columns[j]);
        for (int i = 0; i < d; i++) {
          columns[j][i] -= c * before[i];
        }
      }
      double length = StrictMath.sqrt(dot(columns[j], columns[j]));
      for (int i = 0; i < d; i++) {
        columns[j][i] /= length;
      }
      j += length > 1e-6 ? 1 : 0; // else another draw
    }
    return columns;
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  /** Σⱼ vⱼ columnⱼ. */
  private static double[] times(double[][] columns, double[] v) {
    double[] r = new double[v.length];
    for (int j = 0; j < v.length; j++) {
      for (int i = 0; i < r.length; i++) {
        r[i] += columns[j][i] * v[j];
      }
    }
    return r;
  }

  /** The inverse of {@link #times}: the products with the columns. */
  private static double[] solve(double[][] columns, double[] x) {
    double[] r = new double[x.length];
    for (int j = 0; j < r.length; j++) {
      r[j] = dot(columns[j], x);
    }
    return r;
  }
}
