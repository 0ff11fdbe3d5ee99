package org.javae.core.evaluate.disentangle;

/**
 * Separated attribute predictability (Kumar, Sattigeri and Balakrishnan, 2018, section 3): how much
 * better the best single dimension predicts a factor than the second best, averaged over factors. A
 * quantity is predicted by a line, and the score is {@code R² = corr²}. A factor whose values are
 * names is predicted by intervals of the dimension, and the score is the balanced accuracy on the
 * other half of the rows, rescaled so that guessing counts 0. In [0, 1].
 *
 * <p>The paper's accuracies are not rescaled, so that a factor of K names there adds at most 1 − 1
 * / K. A quantity that turns round (an angle) has no line and scores low whatever the code.
 */
public final class Sap {
  private static final int INTERVALS = 40;

  private Sap() {}

  /** The score. */
  public static double of(Factors f) {
    double[][] scores = new double[f.codes().length][f.values().length];
    for (int j : f.active()) {
      for (int k = 0; k < f.values().length; k++) {
        scores[j][k] =
            f.named()[k]
                ? accuracy(f.codes()[j], f.values()[k], f.cardinalities()[k])
                : squaredCorrelation(f.codes()[j], f.values()[k]);
      }
    }
    double sum = 0;
    for (int k = 0; k < f.values().length; k++) {
      sum += Mig.gap(scores, k);
    }
    return sum / f.values().length;
  }

  private static double squaredCorrelation(double[] z, int[] v) {
    int n = z.length;
    double meanZ = 0;
    double meanV = 0;
    for (int i = 0; i < n; i++) {
      meanZ += z[i] / n;
      meanV += (double) v[i] / n;
    }
    double zz = 0;
    double vv = 0;
    double zv = 0;
    for (int i = 0; i < n; i++) {
      zz += (z[i] - meanZ) * (z[i] - meanZ);
      vv += (v[i] - meanV) * (v[i] - meanV);
      zv += (z[i] - meanZ) * (v[i] - meanV);
    }
    return zz == 0 || vv == 0 ? 0 : zv * zv / (zz * vv);
  }

  /** Even rows say which value an interval means, odd rows are predicted. */
  private static double accuracy(double[] z, int[] v, int cardinality) {
    int[] interval = Information.binned(z, INTERVALS);
    double[][] seen = new double[INTERVALS][cardinality];
    int[] learned = new int[cardinality];
    for (int i = 0; i < z.length; i += 2) {
      learned[v[i]]++;
    }
    for (int i = 0; i < z.length; i += 2) {
      seen[interval[i]][v[i]] += 1.0 / learned[v[i]];
    }
    int[] right = new int[cardinality];
    int[] asked = new int[cardinality];
    for (int i = 1; i < z.length; i += 2) {
      asked[v[i]]++;
      right[v[i]] += largest(seen[interval[i]]) == v[i] ? 1 : 0;
    }
    double sum = 0;
    int values = 0;
    for (int c = 0; c < cardinality; c++) {
      if (asked[c] > 0) {
        sum += (double) right[c] / asked[c];
        values++;
      }
    }
    double chance = 1.0 / values;
    return values < 2 ? 0 : Math.max(0, (sum / values - chance) / (1 - chance));
  }

  static int largest(double[] v) {
    int best = 0;
    for (int i = 1; i < v.length; i++) {
      best = v[i] > v[best] ? i : best;
    }
    return best;
  }
}
