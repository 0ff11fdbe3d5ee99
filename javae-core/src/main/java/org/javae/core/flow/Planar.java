package org.javae.core.flow;

import org.javae.tensor.Tensor;

/**
 * Planar step of a flow posterior (Rezende and Mohamed, 2015, equations (10)–(12)): {@code f(z) = z
 * + û tanh(wᵀz + b)} stretches or squeezes space along one plane, {@code ln |det ∂f/∂z| = ln(1 + (1
 * − tanh²) wᵀû)}. It is invertible where {@code wᵀû > −1}, so û is u with its part along w moved
 * there (their appendix A.1): {@code û = u + (m(wᵀu) − wᵀu) w/|w|²}. Their m is shifted so that u =
 * 0 stays the identity. Every row has numbers of its own.
 */
public final class Planar implements Flow {
  /** Halvings that find the only root on a line, to the last digit of a double. */
  private static final int HALVINGS = 60;

  private final Tensor u;
  private final Tensor w;
  private final Tensor b;
  private final Tensor along;

  private Planar(Tensor u, Tensor w, Tensor b, Tensor along) {
    this.u = u;
    this.w = w;
    this.b = b;
    this.along = along;
  }

  /**
   * Out of free numbers.
   *
   * @param u {@code [batch, size]}
   * @param w {@code [batch, size]}
   * @param b {@code [batch, 1]}
   */
  public static Planar of(Tensor u, Tensor w, Tensor b) {
    Tensor wu = w.times(u).sum(1).unsqueeze(1);
    Tensor length = w.square().sum(1).unsqueeze(1).plus(1e-10);
    Tensor moved = u.plus(Positive.aboveMinusOne(wu).minus(wu).div(length).times(w));
    return new Planar(moved, w, b, w.times(moved).sum(1).unsqueeze(1));
  }

  @Override
  public Mapped forward(Tensor z) {
    Tensor t = w.times(z).sum(1).unsqueeze(1).plus(b).tanh();
    Tensor slope = t.square().neg().plus(1);
    return new Mapped(z.plus(u.times(t)), slope.times(along).log1p().squeeze(1));
  }

  /**
   * There is no closed form, but along w it is a rising function of one number, {@code a + wᵀû
   * tanh(a) = wᵀz′ + b} with {@code a = wᵀz + b}: halved to its root, then one step of Newton,
   * which carries the gradient.
   */
  @Override
  public Tensor inverse(Tensor to) {
    Tensor y = w.times(to).sum(1).unsqueeze(1).plus(b);
    Tensor root = root(y.detach(), along.detach());
    Tensor t = root.tanh();
    Tensor slope = t.square().neg().plus(1).times(along.detach()).plus(1);
    Tensor a = root.minus(root.plus(along.times(t)).minus(y).div(slope));
    return to.minus(u.times(a.tanh()));
  }

  private static Tensor root(Tensor y, Tensor c) {
    Tensor half = c.abs();
    Tensor a = y;
    for (int i = 0; i < HALVINGS; i++) {
      half = half.times(0.5);
      a = a.minus(half.times(a.plus(c.times(a.tanh())).minus(y).sign()));
    }
    return a;
  }

  @Override
  public int size() {
    return Math.toIntExact(w.size(1));
  }

  @Override
  public Planar repeat(int k) {
    return new Planar(u.repeatBatch(k), w.repeatBatch(k), b.repeatBatch(k), along.repeatBatch(k));
  }
}
