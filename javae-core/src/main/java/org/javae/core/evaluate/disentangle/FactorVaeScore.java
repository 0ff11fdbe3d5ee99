package org.javae.core.evaluate.disentangle;

import java.util.SplittableRandom;

/**
 * The score of Kim and Mnih (2018, section 5): hold one factor fixed, take 64 observations, divide
 * the variance of every dimension by its variance over all of them, and let the dimension with the
 * least vote for the factor. The accuracy of the majority of votes of each dimension, on votes of
 * its own. 1 if every factor holds a dimension still; chance is about 1 / factors.
 *
 * <p>Held are those of a row drawn at random; where fewer than 64 rows share the value, all of them
 * vote.
 */
public final class FactorVaeScore {
  private static final int VOTES = 4000;
  private static final int ROWS = 64;

  private FactorVaeScore() {}

  /** The accuracy. */
  public static double of(Factors f, SplittableRandom random) {
    int factors = f.values().length;
    int[] active = f.active();
    if (active.length == 0) {
      return 1.0 / factors;
    }
    double[] all = f.variances();
    int[][][] groups = f.shareable();
    double[][] votes = new double[f.codes().length][factors];
    for (int i = 0; i < VOTES; i++) {
      int k = random.nextInt(factors);
      votes[stillest(f, groups[k], k, active, all, random)][k]++;
    }
    int right = 0;
    for (int i = 0; i < VOTES; i++) {
      int k = random.nextInt(factors);
      right += Sap.largest(votes[stillest(f, groups[k], k, active, all, random)]) == k ? 1 : 0;
    }
    return (double) right / VOTES;
  }

  private static int stillest(
      Factors f, int[][] groups, int k, int[] active, double[] all, SplittableRandom random) {
    int[] rows = Factors.sharing(groups, f.values()[k], ROWS, random);
    int best = -1;
    double least = Double.POSITIVE_INFINITY;
    double[] z = new double[rows.length];
    for (int j : active) {
      for (int i = 0; i < rows.length; i++) {
        z[i] = f.codes()[j][rows[i]];
      }
      double v = Factors.variance(z) / all[j];
      if (v < least) {
        least = v;
        best = j;
      }
    }
    return best;
  }
}
