package org.javae.core.evaluate.disentangle;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * A random forest (Breiman, 2001): trees on resampled rows, each split the one that lowers Gini's
 * impurity most among all features. A feature's importance is what its splits lower, by rows, over
 * all trees; the importances sum to 1, or are 0 where nothing was split.
 */
final class Forest {
  private static final int TREES = 10;
  private static final int DEPTH = 12;
  private static final int LEAST = 4;
  private static final int BINS = 64;

  /** A split below or at {@code bin} of {@code feature}; a leaf has shares of classes instead. */
  private record Node(int feature, int bin, Node low, Node high, double[] shares) {}

  private final int[][] x; // [feature][row], in bins
  private final int[] y;
  private final int classes;
  private final double[] importances;
  private final Node[] trees = new Node[TREES];

  private Forest(int[][] x, int[] y, int classes) {
    this.x = x;
    this.y = y;
    this.classes = classes;
    this.importances = new double[x.length];
  }

  /** Learns the class of the rows {@code [0, n)}; the others can be predicted. */
  static Forest fit(double[][] features, int[] y, int classes, int n, SplittableRandom random) {
    int[][] x = Arrays.stream(features).map(f -> binned(f, n)).toArray(int[][]::new);
    Forest f = new Forest(x, y, classes);
    for (int t = 0; t < TREES; t++) {
      f.trees[t] = f.grow(random.ints(n, 0, n).toArray(), 0);
    }
    double sum = Arrays.stream(f.importances).sum();
    for (int j = 0; j < x.length && sum > 0; j++) {
      f.importances[j] /= sum;
    }
    return f;
  }

  /** Bins of about as many rows each; equal numbers share one. */
  private static int[] binned(double[] values, int n) {
    double[] sorted = Arrays.copyOf(values, n);
    Arrays.sort(sorted);
    double[] edges = new double[BINS - 1];
    for (int b = 1; b < BINS; b++) {
      edges[b - 1] = sorted[(int) ((long) b * n / BINS)];
    }
    return Arrays.stream(values)
        .mapToInt(
            v -> {
              int b = 0;
              while (b < edges.length && edges[b] <= v) {
                b++;
              }
              return b;
            })
        .toArray();
  }

  private Node grow(int[] rows, int depth) {
    double[] counts = new double[classes];
    for (int r : rows) {
      counts[y[r]]++;
    }
    double squares = squares(counts);
    double n = rows.length;
    int feature = -1;
    int bin = -1;
    // Rows times Gini's impurity is n − Σ counts² / n, so that a split gains what Σ counts² / n
    // of both sides exceed the whole's.
    double best = squares / n + 1e-9;
    if (depth < DEPTH && n >= LEAST && squares < n * n) {
      for (int j = 0; j < x.length; j++) {
        int[][] histogram = new int[BINS][];
        for (int r : rows) {
          int b = x[j][r];
          histogram[b] = histogram[b] == null ? new int[classes] : histogram[b];
          histogram[b][y[r]]++;
        }
        double[] low = new double[classes];
        double[] high = counts.clone();
        double below = 0;
        for (int b = 0; b < BINS - 1; b++) {
          if (histogram[b] == null) {
            continue;
          }
          for (int c = 0; c < classes; c++) {
            low[c] += histogram[b][c];
            high[c] -= histogram[b][c];
            below += histogram[b][c];
          }
          if (below < n) {
            double score = squares(low) / below + squares(high) / (n - below);
            if (score > best) {
              best = score;
              feature = j;
              bin = b;
            }
          }
        }
      }
    }
    if (feature < 0) {
      return new Node(-1, 0, null, null, Arrays.stream(counts).map(c -> c / n).toArray());
    }
    importances[feature] += best - squares / n;
    int[] of = x[feature];
    int at = bin;
    return new Node(
        feature,
        bin,
        grow(Arrays.stream(rows).filter(r -> of[r] <= at).toArray(), depth + 1),
        grow(Arrays.stream(rows).filter(r -> of[r] > at).toArray(), depth + 1),
        null);
  }

  private static double squares(double[] counts) {
    double sum = 0;
    for (double c : counts) {
      sum += c * c;
    }
    return sum;
  }

  double[] importances() {
    return importances;
  }

  int predict(int row) {
    double[] votes = new double[classes];
    for (Node tree : trees) {
      Node at = tree;
      while (at.shares == null) {
        at = x[at.feature][row] <= at.bin ? at.low : at.high;
      }
      for (int c = 0; c < classes; c++) {
        votes[c] += at.shares[c];
      }
    }
    return Sap.largest(votes);
  }
}
