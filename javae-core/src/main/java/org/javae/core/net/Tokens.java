package org.javae.core.net;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.javae.core.data.Vocabulary;
import org.javae.tensor.DType;
import org.javae.tensor.Rng;
import org.javae.tensor.Scope;
import org.javae.tensor.Tensor;

/** What networks over sequences of tokens share; numbers as in {@link Vocabulary}. */
public final class Tokens {
  /** Elements of the widest layer's output held at once, whatever the batch. */
  private static final long ELEMENTS_AT_ONCE = 1L << 25;

  private Tokens() {}

  /**
   * Observations {@code [batch, length]} as int64, cut to the longest sentence of the batch: the
   * padding that all share costs nothing.
   */
  public static Tensor trimmed(Tensor x) {
    Tensor ids = x.to(DType.INT64);
    long longest = Math.max(1, (long) lengths(ids).max().item());
    return longest < ids.size(1) ? ids.narrow(1, 0, longest) : ids;
  }

  /** Tokens of each sentence, its end mark counted: int64 {@code [batch]}. */
  public static Tensor lengths(Tensor ids) {
    return ids.gt(Vocabulary.PAD).to(DType.INT64).sum(1);
  }

  /** A fraction p of the elements set to zero, the others divided by 1 − p. */
  public static Tensor dropout(Tensor x, double p, Rng rng) {
    if (p == 0) {
      return x;
    }
    Tensor kept = rng.uniform(x.shape().toArray()).ge(p).to(x.dtype());
    return x.times(kept.times(1 / (1 - p)));
  }

  /**
   * Applies f to a part of the rows at a time, as many as memory is meant for.
   *
   * @param perRow elements that one row takes
   */
  static Tensor byRows(long rows, long perRow, Function<long[], Tensor> f) {
    long step = Math.max(1, ELEMENTS_AT_ONCE / Math.max(1, perRow));
    if (step >= rows) {
      return f.apply(new long[] {0, rows});
    }
    List<Tensor> parts = new ArrayList<>();
    for (long at = 0; at < rows; at += step) {
      long[] part = {at, Math.min(step, rows - at)};
      parts.add(Scope.run(() -> f.apply(part)));
    }
    return Tensor.cat(parts, 0);
  }
}
