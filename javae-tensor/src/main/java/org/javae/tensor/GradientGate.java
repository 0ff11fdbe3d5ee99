package org.javae.tensor;

/**
 * The identity, with a factor of its gradient that may be chosen after the forward pass: {@code
 * ∂gate(x)/∂x = f}, 1 until it is set. For estimators whose factor depends on what was computed
 * from x, such as importance weights. Not for a graph that is differentiated while another thread
 * sets the factor.
 */
public final class GradientGate {
  private final Tensor factor;

  /** A gate whose factor has this shape, which broadcasts against what passes. */
  public GradientGate(DType type, long... shape) {
    this.factor = Tensor.zeros(type, shape);
    factor.fillInPlace(1);
  }

  /** x. */
  public Tensor pass(Tensor x) {
    return x.times(factor);
  }

  /**
   * Chooses f; what passed the gate keeps its value, its gradient does not.
   *
   * @param f of the factor's shape
   */
  public void set(Tensor f) {
    // The engine refuses to differentiate by a value that has changed since it was used. A handle
    // without a version of its own lets it.
    Autograd.off(
        () ->
            Tensor.op(
                "set a gradient's factor",
                () -> factor.raw().variable_data().copy_(f.raw()),
                factor,
                f));
  }
}
