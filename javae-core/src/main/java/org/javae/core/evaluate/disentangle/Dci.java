package org.javae.core.evaluate.disentangle;

import java.util.SplittableRandom;

/**
 * Disentanglement, completeness and informativeness (Eastwood and Williams, 2018, section 2): with
 * the importance R_jk of dimension j when a random forest predicts factor k from all of them,
 *
 * <pre>
 * Dⱼ = 1 − H_K(P_j·),  P_jk = R_jk / Σ_l R_jl;   D = Σⱼ ρⱼ Dⱼ,  ρⱼ = Σ_k R_jk / Σ R
 * C_k = 1 − H_J(P̃_·k),  P̃_jk = R_jk / Σ_i R_ik;  C = mean of C_k
 * </pre>
 *
 * <p>with entropies to the base of the number of factors K or dimensions J, so that both are in [0,
 * 1]: D is 1 if every dimension that matters matters for one factor, C if every factor needs one
 * dimension. Informativeness is the forests' accuracy on a fifth of the rows they have not seen,
 * averaged over factors (the paper gives prediction errors).
 *
 * @param disentanglement D
 * @param completeness C
 * @param informativeness accuracy; guessing has the share of the commonest value
 */
public record Dci(double disentanglement, double completeness, double informativeness) {

  /** Fits a forest to each factor. The rows must be in random order. */
  public static Dci of(Factors f, SplittableRandom random) {
    int learned = f.size() - Math.max(1, f.size() / 5);
    int factors = f.values().length;
    double[][] importance = new double[f.codes().length][factors];
    double accuracy = 0;
    for (int k = 0; k < factors; k++) {
      Forest forest =
          Forest.fit(f.codes(), f.values()[k], f.cardinalities()[k], learned, random.split());
      int right = 0;
      for (int i = learned; i < f.size(); i++) {
        right += forest.predict(i) == f.values()[k][i] ? 1 : 0;
      }
      accuracy += (double) right / (f.size() - learned) / factors;
      for (int j = 0; j < importance.length; j++) {
        importance[j][k] = forest.importances()[j];
      }
    }
    return new Dci(disentanglement(importance), completeness(importance), accuracy);
  }

  /**
   * D of importances.
   *
   * @param importance {@code [dimension][factor]}, none negative
   */
  public static double disentanglement(double[][] importance) {
    double total = 0;
    double sum = 0;
    for (double[] row : importance) {
      double weight = sum(row);
      total += weight;
      sum += weight * (1 - entropy(row, weight));
    }
    return total == 0 ? 0 : sum / total;
  }

  /** C of importances; a factor that nothing predicts counts 0. */
  public static double completeness(double[][] importance) {
    int factors = importance[0].length;
    double sum = 0;
    for (int k = 0; k < factors; k++) {
      double[] column = new double[importance.length];
      for (int j = 0; j < column.length; j++) {
        column[j] = importance[j][k];
      }
      double weight = sum(column);
      sum += weight == 0 ? 0 : 1 - entropy(column, weight);
    }
    return sum / factors;
  }

  private static double sum(double[] v) {
    double sum = 0;
    for (double x : v) {
      sum += x;
    }
    return sum;
  }

  /** To the base of the number of entries; 0 for a single one. */
  private static double entropy(double[] v, double sum) {
    double h = 0;
    for (double x : v) {
      if (x > 0) {
        h -= x / sum * Math.log(x / sum);
      }
    }
    return v.length == 1 ? 0 : h / Math.log(v.length);
  }
}
