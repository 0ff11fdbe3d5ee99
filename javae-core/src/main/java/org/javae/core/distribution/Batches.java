package org.javae.core.distribution;

import java.util.Arrays;
import org.javae.tensor.Rng;
import org.javae.tensor.Shape;
import org.javae.tensor.Tensor;

/** Batch arithmetic shared by the distributions: a batch of one broadcasts against any batch. */
final class Batches {
  private Batches() {}

  /**
   * Repeats a parameter along with {@code like}: a parameter that has a row for each of its rows is
   * repeated, one that broadcasts against it stays.
   */
  static Tensor repeat(Tensor parameter, Tensor like, int k) {
    boolean rowForRow =
        parameter.shape().rank() == like.shape().rank() && parameter.size(0) == like.size(0);
    return rowForRow ? parameter.repeatBatch(k) : parameter;
  }

  /** A tensor of {@code batch} rows, shared if {@code t} has only one. */
  static Tensor expand(Tensor t, long batch) {
    if (t.size(0) == batch) {
      return t;
    }
    long[] s = t.shape().toArray();
    s[0] = batch;
    return t.expand(s);
  }

  /** Both tensors with the larger of their batches. */
  static Tensor[] align(Tensor a, Tensor b) {
    if (a.size(0) == b.size(0)) {
      return new Tensor[] {a, b};
    }
    long batch = Math.max(a.size(0), b.size(0));
    return new Tensor[] {expand(a, batch), expand(b, batch)};
  }

  /**
   * Independent draws of a part of a joint distribution of {@code batch} rows: {@code [k·batch,
   * event…]}.
   */
  static Tensor sample(Distribution part, Rng r, int k, long batch) {
    return part.sample(r, copies(part, k, batch));
  }

  /** As {@link #sample}, reparameterised. */
  static Tensor rsample(Distribution part, Rng r, int k, long batch) {
    return part.rsample(r, copies(part, k, batch));
  }

  /** A part of a joint distribution of {@code batch} rows, repeated unless it broadcasts. */
  static Distribution repeat(Distribution part, int k, long batch) {
    return part.shape().at(0) == batch ? part.repeat(k) : part;
  }

  /** The shape of one sample of one row. */
  static Shape event(Distribution d) {
    long[] s = d.shape().toArray();
    return Shape.of(Arrays.copyOfRange(s, 1, s.length));
  }

  /** The batch that several broadcasting batches make together. */
  static long common(long a, long b) {
    if (a != b && a != 1 && b != 1) {
      throw new IllegalArgumentException("batches of " + a + " and " + b + " do not fit together");
    }
    return a == 1 ? b : a;
  }

  private static int copies(Distribution part, int k, long batch) {
    return Math.toIntExact(k * batch / part.shape().at(0));
  }
}
