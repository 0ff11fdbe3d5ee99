package org.javae.core.evaluate.disentangle;

import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.javae.core.data.Dataset;
import org.javae.core.data.Dataset.Annotation;
import org.javae.tensor.UserException;

/**
 * Codes of observations with the values of the factors that made them.
 *
 * @param codes {@code [dimension][row]}
 * @param values {@code [factor][row]}, each from 0 to its cardinality less 1
 * @param cardinalities how many values each factor can take, at least 2
 * @param named whether a factor's values are names (shapes) rather than quantities (positions)
 */
public record Factors(double[][] codes, int[][] values, int[] cardinalities, boolean[] named) {
  /** A dimension whose code varies less says nothing (Burda et al., 2016). */
  static final double ACTIVE = 0.01;

  public Factors {
    if (codes.length == 0 || values.length == 0 || codes[0].length != values[0].length) {
      throw new IllegalArgumentException("codes and factors of the same rows are needed");
    }
  }

  /** Rows. */
  int size() {
    return codes[0].length;
  }

  /**
   * The annotations that are factors: those that take several values.
   *
   * @throws UserException if there are fewer than two
   */
  public static List<Annotation> of(Dataset data) {
    List<Annotation> factors = data.annotations().stream().filter(Factors::varies).toList();
    if (factors.size() < 2) {
      throw UserException.of(
          "disentanglement is measured against the factors that made the data, at least two, and %s knows %s; use data such"
              + " as sprites or dsprites, or leave these metrics out",
          data.name(), factors.isEmpty() ? "none" : "only " + factors.get(0).name());
    }
    return factors;
  }

  private static boolean varies(Annotation a) {
    return Arrays.stream(a.values()).anyMatch(v -> v != a.values()[0]);
  }

  /**
   * Codes with the annotations of their rows.
   *
   * @param codes row-major, {@code latent} a row
   * @param rows of the data, one for each code
   */
  public static Factors of(float[] codes, int latent, List<Annotation> factors, int[] rows) {
    double[][] z = new double[latent][rows.length];
    for (int i = 0; i < rows.length; i++) {
      for (int j = 0; j < latent; j++) {
        z[j][i] = codes[i * latent + j];
      }
    }
    int[][] v =
        factors.stream()
            .map(a -> Arrays.stream(rows).map(r -> a.values()[r]).toArray())
            .toArray(int[][]::new);
    boolean[] named = new boolean[v.length];
    for (int k = 0; k < v.length; k++) {
      named[k] = !factors.get(k).valueNames().isEmpty();
    }
    return new Factors(z, v, factors.stream().mapToInt(Annotation::cardinality).toArray(), named);
  }

  /** Variance of each dimension. */
  double[] variances() {
    return Arrays.stream(codes).mapToDouble(Factors::variance).toArray();
  }

  /** Dimensions that vary. */
  int[] active() {
    double[] v = variances();
    return IntStream.range(0, v.length).filter(j -> v[j] > ACTIVE).toArray();
  }

  static double variance(double[] x) {
    double mean = Arrays.stream(x).average().orElse(0);
    return Arrays.stream(x).map(v -> (v - mean) * (v - mean)).average().orElse(0);
  }

  /** Rows by value of factor {@code k}. */
  int[][] groups(int k) {
    int[] counts = new int[cardinalities[k]];
    for (int v : values[k]) {
      counts[v]++;
    }
    int[][] groups = new int[counts.length][];
    for (int v = 0; v < counts.length; v++) {
      groups[v] = new int[counts[v]];
    }
    int[] at = new int[counts.length];
    for (int i = 0; i < size(); i++) {
      int v = values[k][i];
      groups[v][at[v]++] = i;
    }
    return groups;
  }

  /**
   * So many different rows that share the value of a factor with a random row, or all there are.
   */
  static int[] sharing(int[][] groups, int[] values, int count, SplittableRandom random) {
    int[] group;
    do { // a value that only one row has cannot be shared; see shareable
      group = groups[values[random.nextInt(values.length)]];
    } while (group.length < 2);
    int n = Math.min(count, group.length);
    int[] chosen = new int[n];
    // Floyd's sampling: each row at most once, whatever the group's size.
    Set<Integer> taken = new LinkedHashSet<>();
    for (int j = group.length - n; j < group.length; j++) {
      int t = random.nextInt(j + 1);
      taken.add(taken.contains(t) ? j : t);
    }
    int i = 0;
    for (int t : taken) {
      chosen[i++] = group[t];
    }
    return chosen;
  }

  /**
   * Groups of each factor.
   *
   * @throws UserException if no two rows agree in some factor
   */
  int[][][] shareable() {
    int[][][] groups = new int[values.length][][];
    for (int k = 0; k < values.length; k++) {
      groups[k] = groups(k);
      if (Arrays.stream(groups[k]).allMatch(g -> g.length < 2)) {
        throw UserException.of(
            "no two of the %d observations share a value of factor %d; measure more of them",
            size(), k + 1);
      }
    }
    return groups;
  }
}
