package org.javae.models.multiblock;

import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.javae.core.model.Batch;
import org.javae.core.model.View;
import org.javae.tensor.DType;
import org.javae.tensor.Tensor;

/**
 * Mean and covariance (divisor n) of whole observations, float64, and of what stands beside them.
 *
 * @param n observations that have every view; no others are looked at
 * @param mean {@code [1, d]}
 * @param covariance {@code [d, d]}
 * @param views where each block lies
 */
record Moments(long n, Tensor mean, Tensor covariance, List<View> views) {
  /**
   * Two passes: subtracting the mean first keeps the digits that Σxxᵀ − nμμᵀ would cancel.
   *
   * @param classes number of labels whose indicators stand behind the views' elements, or 0
   */
  static Moments of(Consumer<Consumer<Batch>> pass, List<View> views, int classes) {
    int d = views.stream().mapToInt(View::length).sum() + classes;
    Tensor mean = Tensor.zeros(DType.FLOAT64, 1, d);
    Tensor covariance = Tensor.zeros(DType.FLOAT64, d, d);
    long[] n = {0};
    pass.accept(
        b -> {
          Tensor x = complete(b, classes);
          if (x != null) {
            mean.addInPlace(x.sum(0).unsqueeze(0), 1);
            n[0] += x.size(0);
          }
        });
    if (n[0] > 0) {
      mean.scaleInPlace(1.0 / n[0]);
      pass.accept(
          b -> {
            Tensor x = complete(b, classes);
            if (x != null) {
              Tensor c = x.minus(mean);
              covariance.addInPlace(c.t().matmul(c), 1.0 / n[0]);
            }
          });
    }
    return new Moments(n[0], mean, covariance, views);
  }

  /** The observations that have every view, labels' indicators behind; null if there are none. */
  static Tensor complete(Batch b, int classes) {
    Tensor x = b.x().flatten().to(DType.FLOAT64);
    if (classes > 0) {
      x = Tensor.cat(List.of(x, b.labels().oneHot(classes).to(DType.FLOAT64)), 1);
    }
    if (b.present() == null) {
      return x;
    }
    int views = (int) b.present().size(1);
    double[] count = b.present().to(DType.FLOAT64).sum(1).toDoubles();
    int[] whole = IntStream.range(0, count.length).filter(i -> count[i] == views).toArray();
    return whole.length == 0 ? null : x.indexSelect(0, Tensor.indices(whole));
  }

  /** Covariance of view a with view b. */
  Tensor block(View a, View b) {
    return covariance.narrow(0, a.offset(), a.length()).narrow(1, b.offset(), b.length());
  }

  /** A view's mean variance; 1 of a constant one, which nothing can be learned from. */
  double spread(View v) {
    double s = block(v, v).diag().mean().item();
    return s > 0 ? s : 1;
  }
}
