package org.javae.core.distribution;

import java.util.Arrays;
import java.util.List;
import org.javae.tensor.Autograd;
import org.javae.tensor.Rng;
import org.javae.tensor.Shape;
import org.javae.tensor.Tensor;

/**
 * A mixture {@code p(x) = Σₖ wₖ pₖ(x)} of whole distributions: one component is chosen for the
 * whole event, so its elements are not independent. Objectives that treat the components one by one
 * (stratified samples, sums of divergences) find them in {@link #components()}.
 *
 * @param logWeights ln w up to a constant, {@code [batch or 1, K]}
 * @param components K distributions over the same event, of the same batch or batch 1
 */
public record Mixture(Tensor logWeights, List<Distribution> components) implements Distribution {
  /**
   * @throws IllegalArgumentException if weights and components do not fit together
   */
  public Mixture {
    components = List.copyOf(components);
    if (components.isEmpty()
        || logWeights.shape().rank() != 2
        || logWeights.size(1) != components.size()) {
      throw new IllegalArgumentException(
          "a mixture of "
              + components.size()
              + " components cannot have weights of shape "
              + logWeights.shape()
              + "; they must be [batch or 1, number of components]");
    }
    for (Distribution c : components) {
      if (!Batches.event(c).equals(Batches.event(components.get(0)))) {
        throw new IllegalArgumentException(
            "the components of a mixture are over different events: "
                + Batches.event(components.get(0))
                + " and "
                + Batches.event(c));
      }
    }
  }

  /** ln w, normalised: {@code [batch or 1, K]}. */
  public Tensor normalisedLogWeights() {
    return logWeights.logSoftmax(1);
  }

  /**
   * Not defined: the choice of a component has no derivative. Take samples of the components
   * instead.
   */
  @Override
  public Tensor rsample(Rng r, int k) {
    throw new UnsupportedOperationException(
        "a Mixture sample cannot be reparameterised; sample its components()");
  }

  /** Draws a component, then from it. */
  @Override
  public Tensor sample(Rng r, int k) {
    return Autograd.off(
        () -> {
          long[] s = shape().toArray();
          long batch = s[0];
          long rows = k * batch;
          Tensor weights = logWeights.softmax(1);
          int each = Math.toIntExact(rows / weights.size(0));
          long[] perRow = new long[s.length];
          Arrays.fill(perRow, 1);
          perRow[0] = rows;
          // Row i's k choices become rows i, batch + i, 2·batch + i …
          Tensor choice = r.multinomial(weights, each).t().reshape(perRow);
          Tensor x = null;
          for (int c = 0; c < components.size(); c++) {
            Tensor draw = Batches.sample(components.get(c), r, k, batch);
            x = x == null ? draw : Tensor.where(choice.eq(c), draw, x);
          }
          return x;
        });
  }

  @Override
  public Tensor logProb(Tensor x) {
    long batch = Batches.common(shape().at(0), x.size(0));
    List<Tensor> each = components.stream().map(c -> Batches.expand(c.logProb(x), batch)).toList();
    return Tensor.stack(each, 1).plus(normalisedLogWeights()).logSumExp(1);
  }

  /** Defined only where the event is a single element. */
  @Override
  public Tensor elementLogProb(Tensor x) {
    if (Batches.event(this).numel() != 1) {
      throw new UnsupportedOperationException(
          "the elements of a Mixture over " + Batches.event(this) + " are not independent");
    }
    Tensor p = logProb(x);
    long[] s = shape().toArray();
    s[0] = p.size(0);
    return p.reshape(s);
  }

  @Override
  public Tensor mean() {
    Shape shape = shape();
    Tensor weights = logWeights.softmax(1);
    long[] perRow = new long[shape.rank()];
    Arrays.fill(perRow, 1);
    perRow[0] = weights.size(0);
    Tensor sum = null;
    for (int c = 0; c < components.size(); c++) {
      Tensor m = weights.select(1, c).reshape(perRow).times(components.get(c).mean());
      sum = sum == null ? m : sum.plus(m);
    }
    return Batches.expand(sum, shape.at(0));
  }

  @Override
  public Shape shape() {
    long batch = logWeights.size(0);
    for (Distribution c : components) {
      batch = Batches.common(batch, c.shape().at(0));
    }
    return Batches.event(components.get(0)).prepend(batch);
  }

  @Override
  public Mixture repeat(int k) {
    long batch = shape().at(0);
    return new Mixture(
        logWeights.size(0) == batch ? logWeights.repeatBatch(k) : logWeights,
        components.stream().map(c -> Batches.repeat(c, k, batch)).toList());
  }
}
