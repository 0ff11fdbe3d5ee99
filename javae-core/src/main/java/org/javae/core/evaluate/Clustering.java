package org.javae.core.evaluate;

/**
 * How well groups found without labels agree with the labels; the same whatever the groups are
 * called.
 *
 * @param accuracy share of the observations whose group is the one assigned to their label, at the
 *     best assignment of groups to labels, one to one (Hungarian method)
 * @param nmi normalised mutual information {@code 2 I(group; label) / (H(group) + H(label))}; 1
 *     where both are constant
 * @param ari adjusted Rand index (Hubert and Arabie, 1985): pairs that both put together, 0 in
 *     expectation for random groups of these sizes, 1 at agreement
 */
public record Clustering(double accuracy, double nmi, double ari) {
  /**
   * Compares.
   *
   * @param groups of each observation, 0 … k − 1
   * @param k number of groups
   * @param labels of each observation, 0 … classes − 1
   */
  public static Clustering of(int[] groups, int k, int[] labels, int classes) {
    long[][] table = new long[k][classes];
    for (int i = 0; i < groups.length; i++) {
      table[groups[i]][labels[i]]++;
    }
    return of(table);
  }

  /**
   * Compares by counts.
   *
   * @param table observations of each group (row) and label (column), not all 0
   */
  public static Clustering of(long[][] table) {
    int k = table.length;
    int classes = table[0].length;
    long[] ofGroup = new long[k];
    long[] ofLabel = new long[classes];
    double n = 0;
    double pairs = 0;
    // Square, so that spare groups and labels find an empty partner.
    double[][] profit = new double[Math.max(k, classes)][Math.max(k, classes)];
    for (int i = 0; i < k; i++) {
      for (int j = 0; j < classes; j++) {
        long c = table[i][j];
        ofGroup[i] += c;
        ofLabel[j] += c;
        n += c;
        pairs += pairs(c);
        profit[i][j] = c;
      }
    }
    int[] partner = Assignment.best(profit);
    double right = 0;
    for (int i = 0; i < partner.length; i++) {
      right += profit[i][partner[i]];
    }
    double information = 0;
    for (int i = 0; i < k; i++) {
      for (int j = 0; j < classes; j++) {
        double c = table[i][j];
        information += c == 0 ? 0 : c / n * Math.log(c * n / ofGroup[i] / ofLabel[j]);
      }
    }
    double entropies = entropy(ofGroup, n) + entropy(ofLabel, n);
    double together = sumOfPairs(ofGroup);
    double alike = sumOfPairs(ofLabel);
    double expected = n < 2 ? 0 : together * alike / (n * (n - 1) / 2);
    double most = (together + alike) / 2;
    return new Clustering(
        right / n,
        entropies == 0 ? 1 : 2 * information / entropies,
        most == expected ? 1 : (pairs - expected) / (most - expected));
  }

  private static double pairs(long c) {
    return c * (c - 1) / 2.0;
  }

  private static double sumOfPairs(long[] counts) {
    double s = 0;
    for (long c : counts) {
      s += pairs(c);
    }
    return s;
  }

  private static double entropy(long[] counts, double n) {
    double h = 0;
    for (long c : counts) {
      h -= c == 0 ? 0 : c / n * Math.log(c / n);
    }
    return h;
  }
}
