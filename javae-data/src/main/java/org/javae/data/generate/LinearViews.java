package org.javae.data.generate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.javae.core.data.ArrayDataset;
import org.javae.core.data.Dataset;
import org.javae.core.data.Dataset.Column;
import org.javae.core.data.Dataset.Sources;
import org.javae.core.data.Dataset.View;
import org.javae.core.data.Paired;
import org.javae.tensor.Shape;
import org.javae.tensor.UserException;

/**
 * Views x_m = W_m z + μ_m + σ_m ε_m of the same z ~ N(0, I_q), m = 1 … M: group factor analysis
 * with every factor shared. The posterior of z given any subset S of the views is N(Λ_S⁻¹ Σ_S W_mᵀ
 * (x_m − μ_m)/σ_m², Λ_S⁻¹) with Λ_S = I + Σ_S W_mᵀ W_m / σ_m²: the product of the prior with one
 * Gaussian expert a view, so that a product of experts can be exact here. Entries of W and μ are
 * standard normal, drawn from the seed; σ_m = σ · (1 + (m − 1)/2), so that views differ in what
 * they tell.
 *
 * @param views M, at least 1
 * @param dimension length of every view, at least 1
 * @param latent q, at least 1
 * @param sigma σ, positive
 * @param n number of observations, at least 1
 */
public record LinearViews(int views, int dimension, int latent, double sigma, int n)
    implements Generator {
  private static final String NAME = "linear-views";

  /**
   * @throws UserException if a setting is out of its range
   */
  public LinearViews {
    Settings.atLeast(NAME, "views", views, 1);
    Settings.atLeast(NAME, "dimension", dimension, 1);
    Settings.atLeast(NAME, "latent", latent, 1);
    Settings.atLeast(NAME, "n", n, 1);
    Settings.positive(NAME, "sigma", sigma);
    Settings.fits(NAME, (long) n * views, dimension);
  }

  /** 10 000 observations of 3 views of length 6 from 2 latent variables with noise from 0.5. */
  public static LinearViews standard() {
    return new LinearViews(3, 6, 2, 0.5, 10_000);
  }

  @Override
  public String name() {
    return NAME;
  }

  /** The process that {@link #generate} with the same seed draws from. */
  public Truth truth(long seed) {
    double[][][] weights = new double[views][dimension][latent];
    double[][] mean = new double[views][dimension];
    double[] noise = new double[views];
    for (int m = 0; m < views; m++) {
      Draws draws = Draws.of(seed, NAME + " parameters", m);
      noise[m] = sigma * (1 + m / 2.0);
      for (int i = 0; i < dimension; i++) {
        mean[m][i] = draws.normal();
        for (int k = 0; k < latent; k++) {
          weights[m][i][k] = draws.normal();
        }
      }
    }
    return new Truth(weights, mean, noise);
  }

  @Override
  public Dataset generate(long seed) {
    Truth truth = truth(seed);
    float[][] values = new float[views][n * dimension];
    float[] z = new float[n * latent];
    double[][] x = new double[views][dimension];
    int[] all = IntStream.range(0, views).toArray();
    double sum = 0;
    for (int i = 0; i < n; i++) {
      Draws draws = Draws.of(seed, NAME, i);
      for (int k = 0; k < latent; k++) {
        z[i * latent + k] = (float) draws.normal();
      }
      for (int m = 0; m < views; m++) {
        for (int j = 0; j < dimension; j++) {
          double v = truth.mean[m][j] + draws.normal(0, truth.noise[m]);
          for (int k = 0; k < latent; k++) {
            v += truth.weights[m][j][k] * z[i * latent + k];
          }
          values[m][i * dimension + j] = (float) v;
          x[m][j] = (float) v;
        }
      }
      sum += truth.logDensity(x, all);
    }
    List<View> blocks = new ArrayList<>();
    List<Dataset> sources = new ArrayList<>();
    for (int m = 0; m < views; m++) {
      String name = "view" + (m + 1);
      List<Column> columns =
          IntStream.range(0, dimension)
              .mapToObj(j -> new Column("x" + j, Column.Kind.REAL, List.of()))
              .toList();
      blocks.add(new View(name, columns));
      sources.add(ArrayDataset.of(name, Shape.of(dimension), values[m]).withColumns(columns));
    }
    return Paired.of(NAME, blocks, sources)
        .withExactLogLikelihood(sum / n)
        .withSources(new Sources(latent, z));
  }

  /** W_m, μ_m and σ_m of one data set, its densities and posteriors. */
  public static final class Truth {
    private final double[][][] weights;
    private final double[][] mean;
    private final double[] noise;

    Truth(double[][][] weights, double[][] mean, double[] noise) {
      this.weights = weights;
      this.mean = mean;
      this.noise = noise;
    }

    /** W_m, one row an element of the view (a copy). */
    public double[][] weights(int view) {
      return Arrays.stream(weights[view]).map(double[]::clone).toArray(double[][]::new);
    }

    /** μ_m (a copy). */
    public double[] mean(int view) {
      return mean[view].clone();
    }

    /** σ_m. */
    public double noise(int view) {
      return noise[view];
    }

    /**
     * The posterior of z given some views.
     *
     * @param x {@code [views][elements]}; only those of {@code subset} are looked at
     * @param subset numbers of views, each at most once; none gives the prior
     */
    public Posterior posterior(double[][] x, int... subset) {
      int q = weights[0][0].length;
      double[][] precision = new double[q][q];
      double[] pull = new double[q];
      for (int k = 0; k < q; k++) {
        precision[k][k] = 1;
      }
      for (int m : subset) {
        double w2 = 1 / (noise[m] * noise[m]);
        for (int i = 0; i < mean[m].length; i++) {
          for (int k = 0; k < q; k++) {
            double wk = weights[m][i][k] * w2;
            pull[k] += wk * (x[m][i] - mean[m][i]);
            for (int l = 0; l < q; l++) {
              precision[k][l] += wk * weights[m][i][l];
            }
          }
        }
      }
      double[][] chol = cholesky(precision);
      double[][] covariance = new double[q][];
      for (int k = 0; k < q; k++) {
        double[] unit = new double[q];
        unit[k] = 1;
        covariance[k] = solve(chol, unit);
      }
      return new Posterior(solve(chol, pull), covariance);
    }

    /**
     * log p(x_S) in nats, exactly: by Bayes' rule at z = the posterior's mean, log p(x_S | z) + log
     * p(z) − log p(z | x_S).
     *
     * @param subset numbers of views, each at most once; all of them for the joint density
     */
    public double logDensity(double[][] x, int... subset) {
      Posterior p = posterior(x, subset);
      int q = p.mean.length;
      double r = 0;
      for (int m : subset) {
        for (int i = 0; i < mean[m].length; i++) {
          double d = x[m][i] - mean[m][i];
          for (int k = 0; k < q; k++) {
            d -= weights[m][i][k] * p.mean[k];
          }
          r -=
              0.5 * (d * d / (noise[m] * noise[m]))
                  + StrictMath.log(noise[m])
                  + 0.5 * StrictMath.log(2 * StrictMath.PI);
        }
      }
      double[][] chol = cholesky(p.covariance);
      for (int k = 0; k < q; k++) {
        // The two normalisers' powers of 2π are the same and cancel.
        r += StrictMath.log(chol[k][k]) - 0.5 * p.mean[k] * p.mean[k];
      }
      return r;
    }

    private static double[][] cholesky(double[][] a) {
      int d = a.length;
      double[][] l = new double[d][d];
      for (int i = 0; i < d; i++) {
        for (int j = 0; j <= i; j++) {
          double v = a[i][j];
          for (int k = 0; k < j; k++) {
            v -= l[i][k] * l[j][k];
          }
          l[i][j] = i == j ? StrictMath.sqrt(v) : v / l[j][j];
        }
      }
      return l;
    }

    private static double[] solve(double[][] l, double[] b) {
      int d = b.length;
      double[] x = b.clone();
      for (int i = 0; i < d; i++) {
        for (int j = 0; j < i; j++) {
          x[i] -= l[i][j] * x[j];
        }
        x[i] /= l[i][i];
      }
      for (int i = d - 1; i >= 0; i--) {
        for (int j = i + 1; j < d; j++) {
          x[i] -= l[j][i] * x[j];
        }
        x[i] /= l[i][i];
      }
      return x;
    }
  }

  /** N(mean, covariance) over z. */
  public record Posterior(double[] mean, double[][] covariance) {}
}
