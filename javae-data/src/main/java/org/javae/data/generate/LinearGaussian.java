package org.javae.data.generate;

import java.util.ArrayList;
import java.util.List;
import org.javae.core.data.ArrayDataset;
import org.javae.core.data.Dataset;
import org.javae.core.data.Dataset.Column;
import org.javae.tensor.Shape;
import org.javae.tensor.UserException;

/**
 * Factor data x = W z + μ + σ ε with z ~ N(0, I_q) and ε ~ N(0, I_d): the model of probabilistic
 * PCA (Tipping and Bishop, 1999), whose likelihood is known exactly, x ~ N(μ, W Wᵀ + σ² I). The
 * entries of W and μ are standard normal, drawn from the seed; they do not depend on the number of
 * observations.
 *
 * @param dimension d, the length of an observation, at least 1
 * @param latent q, the length of z, from 1 to d
 * @param sigma σ, the standard deviation of the noise, positive
 * @param n number of observations, at least 1
 */
public record LinearGaussian(int dimension, int latent, double sigma, int n) implements Generator {
  /**
   * @throws UserException if a setting is out of its range
   */
  public LinearGaussian {
    Settings.atLeast("linear-gaussian", "dimension", dimension, 1);
    Settings.atLeast("linear-gaussian", "latent", latent, 1);
    Settings.atLeast("linear-gaussian", "n", n, 1);
    Settings.fits("linear-gaussian", n, dimension);
    Settings.positive("linear-gaussian", "sigma", sigma);
    if (latent > dimension) {
      throw UserException.usage(
          "linear-gaussian: latent is %d but cannot be larger than dimension, which is %d.",
          latent, dimension);
    }
  }

  /** 10 000 observations of length 16 from 4 latent variables with noise 0.5. */
  public static LinearGaussian standard() {
    return new LinearGaussian(16, 4, 0.5, 10_000);
  }

  @Override
  public String name() {
    return "linear-gaussian";
  }

  /** The process that {@link #generate} with the same seed draws from. */
  public Truth truth(long seed) {
    Draws draws = Draws.of(seed, "linear-gaussian parameters", 0);
    double[] mean = new double[dimension];
    double[][] weights = new double[dimension][latent];
    for (int i = 0; i < dimension; i++) {
      mean[i] = draws.normal();
      for (int k = 0; k < latent; k++) {
        weights[i][k] = draws.normal();
      }
    }
    return new Truth(weights, mean, sigma);
  }

  @Override
  public Dataset generate(long seed) {
    Truth truth = truth(seed);
    float[] values = new float[n * dimension];
    double[] z = new double[latent];
    double[] x = new double[dimension];
    double sum = 0;
    for (int i = 0; i < n; i++) {
      Draws draws = Draws.of(seed, "linear-gaussian", i);
      for (int k = 0; k < latent; k++) {
        z[k] = draws.normal();
      }
      for (int j = 0; j < dimension; j++) {
        double v = truth.mean[j] + draws.normal(0, sigma);
        for (int k = 0; k < latent; k++) {
          v += truth.weights[j][k] * z[k];
        }
        values[i * dimension + j] = (float) v;
        x[j] = values[i * dimension + j];
      }
      sum += truth.logDensity(x);
    }
    List<Column> columns = new ArrayList<>();
    for (int j = 0; j < dimension; j++) {
      columns.add(new Column("x" + j, Column.Kind.REAL, List.of()));
    }
    return ArrayDataset.of("linear-gaussian", Shape.of(dimension), values)
        .withColumns(columns)
        .withExactLogLikelihood(sum / n);
  }

  /** W, μ and σ of one data set, and its density N(x; μ, C) with C = W Wᵀ + σ² I = L Lᵀ. */
  public static final class Truth {
    private final double[][] weights;
    private final double[] mean;
    private final double sigma;
    private final double[][] cholesky;
    private final double logDeterminant;

    Truth(double[][] weights, double[] mean, double sigma) {
      this.weights = weights;
      this.mean = mean;
      this.sigma = sigma;
      this.cholesky = cholesky(covariance(), sigma);
      double log = 0;
      for (int i = 0; i < mean.length; i++) {
        log += 2 * StrictMath.log(cholesky[i][i]);
      }
      this.logDeterminant = log;
    }

    /** W, d rows of q columns (a copy). */
    public double[][] weights() {
      double[][] copy = new double[weights.length][];
      for (int i = 0; i < copy.length; i++) {
        copy[i] = weights[i].clone();
      }
      return copy;
    }

    /** μ (a copy). */
    public double[] mean() {
      return mean.clone();
    }

    /** σ. */
    public double sigma() {
      return sigma;
    }

    /** C = W Wᵀ + σ² I. */
    public double[][] covariance() {
      int d = mean.length;
      double[][] c = new double[d][d];
      for (int i = 0; i < d; i++) {
        for (int j = 0; j < d; j++) {
          double v = i == j ? sigma * sigma : 0;
          for (int k = 0; k < weights[i].length; k++) {
            v += weights[i][k] * weights[j][k];
          }
          c[i][j] = v;
        }
      }
      return c;
    }

    /** log N(x; μ, C) = −½ (d log 2π + log|C| + |L⁻¹(x − μ)|²) in nats. */
    public double logDensity(double[] x) {
      int d = mean.length;
      double[] solved = new double[d];
      double square = 0;
      for (int i = 0; i < d; i++) {
        double v = x[i] - mean[i];
        for (int j = 0; j < i; j++) {
          v -= cholesky[i][j] * solved[j];
        }
        solved[i] = v / cholesky[i][i];
        square += solved[i] * solved[i];
      }
      return -0.5 * (d * StrictMath.log(2 * StrictMath.PI) + logDeterminant + square);
    }

    /** E[log p(x)] = −½ (d log 2πe + log|C|): what the average over ever more data tends to. */
    public double expectedLogDensity() {
      int d = mean.length;
      return -0.5 * (d * (StrictMath.log(2 * StrictMath.PI) + 1) + logDeterminant);
    }

    private static double[][] cholesky(double[][] c, double sigma) {
      int d = c.length;
      double[][] l = new double[d][d];
      for (int i = 0; i < d; i++) {
        for (int j = 0; j <= i; j++) {
          double v = c[i][j];
          for (int k = 0; k < j; k++) {
            v -= l[i][k] * l[j][k];
          }
          if (i == j) {
            if (!(v > 0)) {
              throw UserException.usage(
                  "linear-gaussian: sigma %s is too small beside W for double precision; use a larger sigma.",
                  sigma);
            }
            l[i][i] = StrictMath.sqrt(v);
          } else {
            l[i][j] = v / l[j][j];
          }
        }
      }
      return l;
    }
  }
}
