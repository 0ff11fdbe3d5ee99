package org.javae.core.flow;

import java.util.List;
import org.javae.core.model.Params;
import org.javae.core.net.Activation;
import org.javae.tensor.Tensor;

/**
 * One layer of the masked autoregressive flow (Papamakarios, Pavlakou and Murray, 2017, equations
 * (3)–(6)): {@code uᵢ = (xᵢ − μᵢ) exp(−αᵢ)} with μᵢ and αᵢ of the elements before i, so {@code ln
 * |det ∂u/∂x| = −Σᵢ αᵢ}. A density takes one pass of the network, a draw one a dimension. Unlike
 * the paper's, α is bounded smoothly and there is no batch normalisation between layers.
 */
public final class MaskedAutoregressive implements Flow {
  private final int size;
  private final Made made;

  /** A layer with two hidden layers of this width. */
  public MaskedAutoregressive(Params p, String name, int size, int width) {
    this.size = size;
    this.made = new Made(p, name, size, List.of(width, width), 2, Activation.TANH);
  }

  @Override
  public Mapped forward(Tensor x) {
    return Affine.of(made.apply(x)).forward(x);
  }

  @Override
  public Tensor inverse(Tensor u) {
    // After pass i the first i elements are right, and those after them do not matter to pass i+1.
    Tensor x = Tensor.zerosLike(u);
    for (int i = 0; i < size; i++) {
      x = Affine.of(made.apply(x)).inverse(u);
    }
    return x;
  }

  @Override
  public int size() {
    return size;
  }
}
