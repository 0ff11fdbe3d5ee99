package org.javae.core.evaluate.disentangle;

import java.util.Arrays;

/**
 * A linear classifier, p(y given x) ∝ exp(w_y·x + b_y), by gradient descent with Nesterov's
 * momentum on the mean cross-entropy of standardised features.
 */
final class Softmax {
  private static final int STEPS = 400;
  private static final double MOMENTUM = 0.9;

  private final double[] mean;
  private final double[] deviation;
  private final double[][] weights; // [class][feature], the last one the offset

  private Softmax(double[] mean, double[] deviation, double[][] weights) {
    this.mean = mean;
    this.deviation = deviation;
    this.weights = weights;
  }

  /**
   * Fits the first {@code n} rows.
   *
   * @param y from 0 to {@code classes} − 1
   */
  static Softmax fit(double[][] x, int[] y, int n, int classes) {
    int d = x[0].length;
    double[] mean = new double[d];
    double[] deviation = new double[d];
    for (int j = 0; j < d; j++) {
      double[] column = new double[n];
      for (int i = 0; i < n; i++) {
        column[i] = x[i][j];
      }
      mean[j] = Arrays.stream(column).average().orElse(0);
      deviation[j] = Math.sqrt(Factors.variance(column));
    }
    Softmax s = new Softmax(mean, deviation, new double[classes][d + 1]);
    double[][] features = new double[n][];
    for (int i = 0; i < n; i++) {
      features[i] = s.features(x[i]);
    }
    // The loss's curvature is at most half the mean squared length of a feature vector.
    double rate = 2.0 / (d + 1);
    double[][] ahead = new double[classes][d + 1];
    for (int step = 0; step < STEPS; step++) {
      double[][] gradient = s.gradient(ahead, features, y);
      for (int c = 0; c < classes; c++) {
        for (int j = 0; j <= d; j++) {
          double next = ahead[c][j] - rate * gradient[c][j];
          ahead[c][j] = next + MOMENTUM * (next - s.weights[c][j]);
          s.weights[c][j] = next;
        }
      }
    }
    return s;
  }

  private double[][] gradient(double[][] w, double[][] features, int[] y) {
    double[][] gradient = new double[w.length][w[0].length];
    for (int i = 0; i < features.length; i++) {
      double[] p = scores(w, features[i]);
      double most = Arrays.stream(p).max().orElseThrow();
      double sum = 0;
      for (int c = 0; c < p.length; c++) {
        p[c] = Math.exp(p[c] - most);
        sum += p[c];
      }
      for (int c = 0; c < p.length; c++) {
        double e = (p[c] / sum - (c == y[i] ? 1 : 0)) / features.length;
        for (int j = 0; j < w[c].length; j++) {
          gradient[c][j] += e * features[i][j];
        }
      }
    }
    return gradient;
  }

  private double[] features(double[] x) {
    double[] f = new double[x.length + 1];
    for (int j = 0; j < x.length; j++) {
      f[j] = deviation[j] < 1e-12 ? 0 : (x[j] - mean[j]) / deviation[j];
    }
    f[x.length] = 1;
    return f;
  }

  private static double[] scores(double[][] w, double[] features) {
    double[] s = new double[w.length];
    for (int c = 0; c < w.length; c++) {
      for (int j = 0; j < features.length; j++) {
        s[c] += w[c][j] * features[j];
      }
    }
    return s;
  }

  int predict(double[] x) {
    return Sap.largest(scores(weights, features(x)));
  }
}
