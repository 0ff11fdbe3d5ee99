package org.javae.core.evaluate.disentangle;

import java.util.Arrays;

/**
 * Mutual information of codes and factors in nats, from counts: a code falls into one of {@code B}
 * bins of equal width between its least and its largest value, and {@code I = Σ p(b, v) ln (p(b, v)
 * / (p(b) p(v)))}. Locatello et al. (2019) take 20 bins; here a factor of more values has as many
 * bins as values, for 20 could not tell them apart. Counts of n rows overstate each I by about
 * {@code (B − 1)(K − 1) / 2n} with K values (Miller, 1955), for every dimension alike.
 */
final class Information {
  private static final int BINS = 20;

  private Information() {}

  /** {@code [dimension][factor]}; 0 for a dimension that hardly varies. */
  static double[][] of(Factors f) {
    double[][] all = new double[f.codes().length][f.values().length];
    for (int j : f.active()) {
      for (int k = 0; k < f.values().length; k++) {
        int bins = Math.max(BINS, f.cardinalities()[k]);
        all[j][k] = between(binned(f.codes()[j], bins), bins, f.values()[k], f.cardinalities()[k]);
      }
    }
    return all;
  }

  /** The bin of each number. */
  static int[] binned(double[] x, int bins) {
    double least = Arrays.stream(x).min().orElseThrow();
    double width = Arrays.stream(x).max().orElseThrow() - least;
    return Arrays.stream(x)
        .mapToInt(v -> width == 0 ? 0 : (int) Math.min(bins - 1, (v - least) / width * bins))
        .toArray();
  }

  static double between(int[] a, int kinds, int[] b, int others) {
    int[][] joint = new int[kinds][others];
    int[] first = new int[kinds];
    int[] second = new int[others];
    for (int i = 0; i < a.length; i++) {
      joint[a[i]][b[i]]++;
      first[a[i]]++;
      second[b[i]]++;
    }
    double n = a.length;
    double sum = 0;
    for (int u = 0; u < kinds; u++) {
      for (int v = 0; v < others; v++) {
        if (joint[u][v] > 0) {
          sum += joint[u][v] / n * Math.log(joint[u][v] * n / ((double) first[u] * second[v]));
        }
      }
    }
    return Math.max(0, sum);
  }

  /** Entropy of values in nats. */
  static double entropy(int[] values, int cardinality) {
    return between(values, cardinality, values, cardinality);
  }
}
