package org.javae.models.density;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.javae.tensor.Tensor;
import org.javae.tensor.UserException;

/**
 * k-means++ (Arthur and Vassilvitskii, 2007): every further centre is a row drawn with probability
 * in proportion to its squared distance from the nearest centre so far. Of {@value #TRIES} such
 * draws, made side by side with a pass over the data a centre, the one whose centres lie nearest to
 * the data is kept; rows are drawn one by one, so batches do not matter. Lloyd's iterations, a pass
 * each, then move every centre to the mean of the rows nearest to it.
 *
 * @param centres K rows
 * @param within mean squared distance an element from the nearest centre
 * @param total mean variance of the elements
 */
record Seeds(double[][] centres, double within, double total) {
  private static final int TRIES = 5;
  private static final int MOVES = 20;

  /** Lloyd's iterations end when one gains less than this part of the distances. */
  private static final double GAIN = 1e-3;

  private interface Row {
    void at(int index, double[] x);
  }

  /**
   * @throws UserException if there are fewer rows than centres
   */
  static Seeds choose(Consumer<Consumer<Tensor>> pass, int k, int d, SplittableRandom random) {
    double[] mean = new double[d];
    int n =
        each(
            pass,
            (i, x) -> {
              for (int j = 0; j < d; j++) {
                mean[j] += (x[j] - mean[j]) / (i + 1);
              }
            });
    if (n < k) {
      throw UserException.of(
          "there are %d observations, too few for a mixture of %d components; set components to %d or fewer",
          n, k, n);
    }
    List<Try> tries = Stream.generate(() -> new Try(n, random.split())).limit(TRIES).toList();
    double[] squares = {0};
    for (int c = 0; c <= k; c++) {
      boolean first = c == 0;
      each(
          pass,
          (i, x) -> {
            squares[0] += first ? distance(x, mean) : 0;
            tries.forEach(t -> t.see(i, x));
          });
      tries.forEach(Try::take);
    }
    Try best = Collections.min(tries, Comparator.comparingDouble(t -> t.sum));
    return new Seeds(
            best.centres.subList(0, k).toArray(double[][]::new),
            best.sum / n / d,
            squares[0] / n / d)
        .moved(pass, n);
  }

  private Seeds moved(Consumer<Consumer<Tensor>> pass, int n) {
    long k = centres.length;
    long d = centres[0].length;
    Tensor c = Tensor.of(flat(), k, d);
    double reached = within;
    for (int i = 0; i < MOVES; i++) {
      Tensor now = c;
      double[] squares = {0};
      Tensor sums = Tensor.zeros(c.dtype(), k, d);
      Tensor counts = Tensor.zeros(c.dtype(), k, 1);
      pass.accept(
          batch -> {
            Tensor x = batch.flatten().to(now.dtype());
            Tensor cross = x.matmul(now.t()).times(2);
            Tensor near =
                cross.minus(now.square().sum(1).unsqueeze(0)).minus(x.square().sum(1).unsqueeze(1));
            squares[0] -= near.max(1).sum().item();
            Tensor own = near.argmax(1).oneHot(centres.length).to(now.dtype());
            sums.addInPlace(own.t().matmul(x), 1);
            counts.addInPlace(own.sum(0).unsqueeze(1), 1);
          });
      // A centre that is nobody's nearest stays.
      Tensor mean = sums.div(counts.clamp(1, Double.MAX_VALUE));
      c = Tensor.where(counts.gt(0), mean, now);
      double found = squares[0] / n / d;
      boolean settled = i > 0 && reached - found < GAIN * reached;
      reached = found;
      if (settled) {
        break;
      }
    }
    double[] v = c.toDoubles();
    double[][] rows = new double[(int) k][];
    for (int j = 0; j < k; j++) {
      rows[j] = Arrays.copyOfRange(v, (int) (j * d), (int) ((j + 1) * d));
    }
    return new Seeds(rows, reached, total);
  }

  /** Centres in the making. */
  private static final class Try {
    final List<double[]> centres = new ArrayList<>();
    private final double[] nearest;
    private final SplittableRandom random;
    private double[] candidate;
    private double passed;

    /** Of the distances to the nearest centre, over the last pass. */
    double sum;

    Try(int n, SplittableRandom random) {
      this.nearest = new double[n];
      this.random = random;
    }

    /** A row becomes the candidate with the chance that its share of all rows so far gives it. */
    void see(int i, double[] x) {
      if (centres.isEmpty()) {
        nearest[i] = 1; // the first centre is any row
      } else {
        double own = distance(x, centres.get(centres.size() - 1));
        nearest[i] = centres.size() == 1 ? own : Math.min(nearest[i], own);
      }
      passed += nearest[i];
      if (candidate == null || random.nextDouble() * passed < nearest[i]) {
        candidate = x;
      }
    }

    void take() {
      centres.add(candidate);
      sum = passed;
      candidate = null;
      passed = 0;
    }
  }

  /** The centres, row-major. */
  double[] flat() {
    return Arrays.stream(centres).flatMapToDouble(Arrays::stream).toArray();
  }

  /** Shows every row, counting them. */
  private static int each(Consumer<Consumer<Tensor>> pass, Row row) {
    int[] at = {0};
    pass.accept(
        batch -> {
          double[] v = batch.toDoubles();
          int d = v.length / (int) batch.size(0);
          for (int from = 0; from < v.length; from += d) {
            row.at(at[0]++, Arrays.copyOfRange(v, from, from + d));
          }
        });
    return at[0];
  }

  private static double distance(double[] a, double[] b) {
    double s = 0;
    for (int j = 0; j < a.length; j++) {
      s += (a[j] - b[j]) * (a[j] - b[j]);
    }
    return s;
  }
}
