package org.javae.core.distribution;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.javae.tensor.Autograd;
import org.javae.tensor.Rng;
import org.javae.tensor.Shape;
import org.javae.tensor.Tensor;

/**
 * Independent distributions over consecutive parts of a flat event, {@code p(x) = Πᵢ pᵢ(xᵢ)}: the
 * columns of a table, some real, some binary, some classes. A part takes as many columns as its own
 * event has elements, a {@link Categorical} of K classes thus K indicators.
 *
 * @param parts in the order of the columns, of the same batch or batch 1
 */
public record Product(List<Distribution> parts) implements Distribution {
  /**
   * @throws IllegalArgumentException if there are no parts or their batches do not fit together
   */
  public Product {
    parts = List.copyOf(parts);
    if (parts.isEmpty()) {
      throw new IllegalArgumentException("a product needs at least one part");
    }
    batch(parts);
  }

  /** Columns of each part. */
  public List<Integer> widths() {
    return parts.stream().map(Product::width).toList();
  }

  /** {@code [k·batch, columns]}. */
  @Override
  public Tensor rsample(Rng r, int k) {
    return join(p -> Batches.rsample(p, r, k, batch(parts)));
  }

  @Override
  public Tensor sample(Rng r, int k) {
    return Autograd.off(() -> join(p -> Batches.sample(p, r, k, batch(parts))));
  }

  @Override
  public Tensor logProb(Tensor x) {
    Tensor sum = null;
    for (Tensor p : each(x, Distribution::logProb)) {
      sum = sum == null ? p : sum.plus(p);
    }
    return sum;
  }

  /**
   * The parts' elements side by side: {@code [batch, elements]}, one a column for tables, one a
   * Categorical.
   */
  @Override
  public Tensor elementLogProb(Tensor x) {
    long batch = Batches.common(batch(parts), x.size(0));
    List<Tensor> all =
        each(x, Distribution::elementLogProb).stream()
            .map(p -> Batches.expand(p.flatten(), batch))
            .toList();
    return Tensor.cat(all, 1);
  }

  @Override
  public Tensor mean() {
    long batch = batch(parts);
    return join(p -> Batches.expand(p.mean(), batch));
  }

  @Override
  public Shape shape() {
    return Shape.of(batch(parts), widths().stream().mapToLong(w -> w).sum());
  }

  @Override
  public Product repeat(int k) {
    long batch = batch(parts);
    return new Product(parts.stream().map(p -> Batches.repeat(p, k, batch)).toList());
  }

  private Tensor join(Function<Distribution, Tensor> f) {
    return Tensor.cat(parts.stream().map(p -> f.apply(p).flatten()).toList(), 1);
  }

  private List<Tensor> each(Tensor x, BiFunction<Distribution, Tensor, Tensor> f) {
    Tensor flat = x.flatten();
    if (flat.size(1) != shape().at(1)) {
      throw new IllegalArgumentException(
          "an observation of "
              + flat.size(1)
              + " columns does not fit a product of "
              + shape().at(1)
              + " columns "
              + widths());
    }
    List<Tensor> r = new ArrayList<>(parts.size());
    long from = 0;
    for (Distribution p : parts) {
      long[] s = p.shape().toArray();
      s[0] = flat.size(0);
      r.add(f.apply(p, flat.narrow(1, from, width(p)).reshape(s)));
      from += width(p);
    }
    return r;
  }

  private static int width(Distribution p) {
    return Math.toIntExact(Batches.event(p).numel());
  }

  private static long batch(List<Distribution> parts) {
    long batch = 1;
    for (Distribution p : parts) {
      batch = Batches.common(batch, p.shape().at(0));
    }
    return batch;
  }
}
