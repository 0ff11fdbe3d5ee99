package org.javae.core.evaluate;

import java.util.Arrays;

/**
 * The assignment of rows to columns with the largest total profit, by shortest augmenting paths
 * with potentials (Kuhn, 1955; Jonker and Volgenant, 1987): O(rows² · columns).
 */
public final class Assignment {
  private Assignment() {}

  /**
   * Assigns every row a column of its own.
   *
   * @param profit {@code [rows][columns]}, finite, no more rows than columns
   * @return the column of each row
   */
  public static int[] best(double[][] profit) {
    int n = profit.length;
    int m = n == 0 ? 0 : profit[0].length;
    if (n > m) {
      throw new IllegalArgumentException(n + " rows cannot have a column each of " + m);
    }
    // Column 0 and row 0 are a sentinel; rowOf[j] is the row that column j is assigned to, 0 none.
    double[] ofRow = new double[n + 1];
    double[] ofColumn = new double[m + 1];
    int[] rowOf = new int[m + 1];
    int[] before = new int[m + 1];
    for (int i = 1; i <= n; i++) {
      rowOf[0] = i;
      int at = 0;
      double[] distance = new double[m + 1];
      boolean[] done = new boolean[m + 1];
      Arrays.fill(distance, Double.POSITIVE_INFINITY);
      do {
        done[at] = true;
        int row = rowOf[at];
        int next = 0;
        double step = Double.POSITIVE_INFINITY;
        for (int j = 1; j <= m; j++) {
          if (!done[j]) {
            double reduced = -profit[row - 1][j - 1] - ofRow[row] - ofColumn[j];
            if (reduced < distance[j]) {
              distance[j] = reduced;
              before[j] = at;
            }
            if (distance[j] < step) {
              step = distance[j];
              next = j;
            }
          }
        }
        for (int j = 0; j <= m; j++) {
          if (done[j]) {
            ofRow[rowOf[j]] += step;
            ofColumn[j] -= step;
          } else {
            distance[j] -= step;
          }
        }
        at = next;
      } while (rowOf[at] != 0);
      while (at != 0) {
        rowOf[at] = rowOf[before[at]];
        at = before[at];
      }
    }
    int[] columns = new int[n];
    for (int j = 1; j <= m; j++) {
      if (rowOf[j] > 0) {
        columns[rowOf[j] - 1] = j - 1;
      }
    }
    return columns;
  }
}
