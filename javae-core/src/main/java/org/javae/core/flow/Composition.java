package org.javae.core.flow;

import java.util.List;
import org.javae.tensor.Tensor;

/**
 * Flows one after another; their log-determinants add up.
 *
 * @param steps from the data to the noise, at least one, all of one size
 */
public record Composition(List<Flow> steps) implements Flow {
  /**
   * @throws IllegalArgumentException if there is no step or their sizes differ
   */
  public Composition {
    steps = List.copyOf(steps);
    if (steps.stream().mapToInt(Flow::size).distinct().count() != 1) {
      throw new IllegalArgumentException("flows can follow one another only if of one size");
    }
  }

  @Override
  public Mapped forward(Tensor x) {
    Mapped m = steps.get(0).forward(x);
    for (Flow f : steps.subList(1, steps.size())) {
      Mapped next = f.forward(m.value());
      m = new Mapped(next.value(), m.logDet().plus(next.logDet()));
    }
    return m;
  }

  @Override
  public Tensor inverse(Tensor u) {
    Tensor x = u;
    for (int i = steps.size() - 1; i >= 0; i--) {
      x = steps.get(i).inverse(x);
    }
    return x;
  }

  @Override
  public Composition repeat(int k) {
    return new Composition(steps.stream().map(f -> f.repeat(k)).toList());
  }

  @Override
  public int size() {
    return steps.get(0).size();
  }
}
