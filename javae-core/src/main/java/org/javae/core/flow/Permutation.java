package org.javae.core.flow;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.javae.core.model.Params;
import org.javae.tensor.Tensor;

/**
 * A fixed reordering of the elements, {@code uᵢ = x_π(i)}: volume is kept, {@code ln |det| = 0}.
 */
public final class Permutation implements Flow {
  private final int size;
  private final Tensor order;
  private final Tensor back;

  /**
   * @param p keeps the indices as long as the model
   * @param order π, a permutation of 0 … size − 1
   */
  public Permutation(Params p, int... order) {
    this.size = order.length;
    int[] inverse = new int[size];
    Arrays.fill(inverse, -1);
    for (int i = 0; i < size; i++) {
      if (order[i] < 0 || order[i] >= size || inverse[order[i]] >= 0) {
        throw new IllegalArgumentException(Arrays.toString(order) + " is not a permutation");
      }
      inverse[order[i]] = i;
    }
    this.order = p.constant(Tensor.indices(order));
    this.back = p.constant(Tensor.indices(inverse));
  }

  /** The elements in reverse order. */
  public static Permutation reversal(Params p, int size) {
    return new Permutation(p, IntStream.range(0, size).map(i -> size - 1 - i).toArray());
  }

  @Override
  public Mapped forward(Tensor x) {
    return new Mapped(x.indexSelect(1, order), Tensor.zerosLike(x.select(1, 0)));
  }

  @Override
  public Tensor inverse(Tensor u) {
    return u.indexSelect(1, back);
  }

  @Override
  public int size() {
    return size;
  }
}
