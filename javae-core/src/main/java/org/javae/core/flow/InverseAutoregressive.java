package org.javae.core.flow;

import java.util.List;
import org.javae.core.model.Params;
import org.javae.core.net.Activation;
import org.javae.tensor.Tensor;

/**
 * Step of an inverse autoregressive flow (Kingma et al., 2016, algorithm 1 with the gates of their
 * equations (13) and (14)): {@code f(z) = σ ⊙ z + (1 − σ) ⊙ m}, σ the logistic function of s, with
 * mᵢ and sᵢ from the elements before i and a context h. The Jacobian is triangular, {@code ln |det
 * ∂f/∂z| = Σᵢ ln σᵢ}; one pass of the network gives the map, its inverse takes one an element. The
 * gates start {@value #OPEN} before the logistic function, so nearly open.
 */
public final class InverseAutoregressive implements Flow {
  /** Added to s, as the forget gate of a recurrent network starts open. */
  private static final double OPEN = 2;

  private final int size;
  private final Made made;
  private final Tensor context;

  private InverseAutoregressive(int size, Made made, Tensor context) {
    this.size = size;
    this.made = made;
    this.context = context;
  }

  /** The network of a step, with two hidden layers of this width. */
  public static Made network(Params p, String name, int size, int context, int width) {
    return new Made(p, name, size, context, List.of(width, width), 2, Activation.ELU);
  }

  /**
   * The step of rows with this context.
   *
   * @param made by {@link #network}
   * @param h {@code [batch, context]}
   */
  public static InverseAutoregressive given(Made made, int size, Tensor h) {
    return new InverseAutoregressive(size, made, made.context(h));
  }

  /** Of the elements before each: m and s. */
  private List<Tensor> conditionals(Tensor z) {
    return made.apply(z, context).chunk(2, 1);
  }

  @Override
  public Mapped forward(Tensor z) {
    List<Tensor> c = conditionals(z);
    Tensor s = c.get(1).plus(OPEN);
    Tensor value = s.sigmoid().times(z.minus(c.get(0))).plus(c.get(0));
    return new Mapped(value, s.logSigmoid().sumEvent());
  }

  /** {@code z = m + (f(z) − m)/σ}, an element after another. */
  @Override
  public Tensor inverse(Tensor to) {
    Tensor z = Tensor.zerosLike(to);
    for (int i = 0; i < size; i++) {
      List<Tensor> c = conditionals(z);
      Tensor stretch = c.get(1).plus(OPEN).neg().exp().plus(1);
      z = to.minus(c.get(0)).times(stretch).plus(c.get(0));
    }
    return z;
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public InverseAutoregressive repeat(int k) {
    return new InverseAutoregressive(size, made, context.repeatBatch(k));
  }
}
