package org.javae.core.evaluate.disentangle;

/**
 * Modularity (Ridgeway and Mozer, 2018): of dimension j with information m_jk on factor k and the
 * largest of these θⱼ = m_jk*, {@code 1 − Σ_{k ≠ k*} m_jk² / (θⱼ² (K − 1))}, averaged over the
 * dimensions that vary. In [0, 1]: 1 if every dimension knows of one factor only. It does not ask
 * whether every factor is known; and dimensions that know nothing score by the noise of their
 * counts, so that chance is not 0.
 */
public final class Modularity {
  private Modularity() {}

  /** The score; 0 where no dimension varies. */
  public static double of(Factors f) {
    double[][] information = Information.of(f);
    int factors = f.values().length;
    double sum = 0;
    int dimensions = 0;
    for (double[] m : information) {
      double most = 0;
      double squares = 0;
      for (double v : m) {
        most = Math.max(most, v);
        squares += v * v;
      }
      if (most > 0) {
        sum += 1 - (squares - most * most) / (most * most * (factors - 1));
        dimensions++;
      }
    }
    return dimensions == 0 ? 0 : sum / dimensions;
  }
}
