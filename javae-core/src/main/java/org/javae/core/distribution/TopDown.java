package org.javae.core.distribution;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import org.javae.tensor.Autograd;
import org.javae.tensor.Rng;
import org.javae.tensor.Shape;
import org.javae.tensor.Tensor;

/**
 * A joint distribution drawn part by part, {@code p(z) = Π_l p(z_l | z_1 … z_{l−1})}: the latent
 * levels of a hierarchy, the top one first. An event is all parts side by side, {@code [size]}, so
 * that whoever samples or scores codes need not know of levels.
 *
 * @param top the first level
 * @param batch number of distributions
 * @param size width of all levels together
 */
public record TopDown(Level top, long batch, int size) implements Distribution {
  /** Where a descent stands: what is known of the next part, and what follows from its value. */
  public interface Level {
    /**
     * p(z_l | above) over {@code [width]}: a row for each row of what was drawn above, or for the
     * top level batch 1 or the batch of the whole.
     */
    Distribution law();

    /** The level below, given this level's {@code [rows, width]}; null below the last. */
    Level below(Tensor z);
  }

  @Override
  public Tensor rsample(Rng r, int k) {
    return descend(batch * k, (law, copies) -> law.rsample(r, copies));
  }

  @Override
  public Tensor sample(Rng r, int k) {
    return Autograd.off(() -> descend(batch * k, (law, copies) -> law.sample(r, copies)));
  }

  /**
   * The means handed down: every level's mean given the means above it. This is the expectation
   * where a conditional mean is an affine function of what is above, and the code of an observation
   * everywhere.
   */
  @Override
  public Tensor mean() {
    return descend(batch, (law, copies) -> repeated(law, copies).mean());
  }

  /** A value for every level out of its law and the number of copies of it that are wanted. */
  private Tensor descend(long rows, BiFunction<Distribution, Integer, Tensor> value) {
    List<Tensor> parts = new ArrayList<>();
    for (Level l = top; l != null; ) {
      Distribution law = l.law();
      Tensor z = value.apply(law, Math.toIntExact(rows / law.shape().at(0)));
      parts.add(z);
      l = l.below(z);
    }
    return parts.size() == 1 ? parts.get(0) : Tensor.cat(parts, 1);
  }

  @Override
  public Tensor logProb(Tensor z) {
    Tensor sum = null;
    long at = 0;
    for (Level l = top; l != null; ) {
      Distribution law = l.law();
      long width = law.shape().at(1);
      Tensor part = z.narrow(1, at, width);
      long copies = z.size(0) / law.shape().at(0);
      // A law of one row broadcasts.
      Distribution each = law.shape().at(0) == 1 ? law : repeated(law, Math.toIntExact(copies));
      Tensor log = each.logProb(part);
      sum = sum == null ? log : sum.plus(log);
      at += width;
      l = l.below(part);
    }
    return sum;
  }

  private static Distribution repeated(Distribution law, int copies) {
    return copies == 1 ? law : law.repeat(copies);
  }

  /** Not defined: a level depends on those above. */
  @Override
  public Tensor elementLogProb(Tensor z) {
    throw new UnsupportedOperationException("the levels of a hierarchy are not independent");
  }

  @Override
  public Shape shape() {
    return Shape.of(batch, size);
  }

  /** The same levels; their laws are repeated where codes meet them. */
  @Override
  public TopDown repeat(int k) {
    return new TopDown(top, batch * k, size);
  }
}
