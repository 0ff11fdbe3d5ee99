package org.javae.core.evaluate.disentangle;

import java.util.SplittableRandom;

/**
 * The score of Higgins et al. (2017, section 3): hold one factor fixed, take 64 pairs of
 * observations that share its value, and average |z₁ − z₂| over the pairs. The accuracy, on pairs
 * of its own, of a linear classifier that tells from this which factor was held. Chance is about 1
 * / factors. Several dimensions may share a factor at no cost.
 */
public final class BetaVaeScore {
  private static final int POINTS = 2000;
  private static final int PAIRS = 64;

  private BetaVaeScore() {}

  /** The accuracy. */
  public static double of(Factors f, SplittableRandom random) {
    int[][][] groups = f.shareable();
    double[] scale = f.variances();
    double[][] x = new double[2 * POINTS][];
    int[] y = new int[2 * POINTS];
    for (int i = 0; i < x.length; i++) {
      y[i] = random.nextInt(f.values().length);
      x[i] = difference(f, groups[y[i]], y[i], scale, random);
    }
    Softmax classifier = Softmax.fit(x, y, POINTS, f.values().length);
    int right = 0;
    for (int i = POINTS; i < x.length; i++) {
      right += classifier.predict(x[i]) == y[i] ? 1 : 0;
    }
    return (double) right / POINTS;
  }

  /** In units of each dimension's deviation, which a linear classifier does not mind. */
  private static double[] difference(
      Factors f, int[][] groups, int k, double[] variances, SplittableRandom random) {
    double[] mean = new double[f.codes().length];
    for (int p = 0; p < PAIRS; p++) {
      int[] pair = Factors.sharing(groups, f.values()[k], 2, random);
      for (int j = 0; j < mean.length; j++) {
        if (variances[j] > Factors.ACTIVE) {
          double d = f.codes()[j][pair[0]] - f.codes()[j][pair[1]];
          mean[j] += Math.abs(d) / Math.sqrt(variances[j]) / PAIRS;
        }
      }
    }
    return mean;
  }
}
