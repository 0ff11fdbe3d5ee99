package org.javae.core.flow;

import org.javae.tensor.Tensor;

/**
 * Radial step of a flow posterior (Rezende and Mohamed, 2015, equation (14)): {@code f(z) = z + β h
 * (z − z₀)} with {@code h = 1/(α + r), r = |z − z₀|} moves points towards or away from z₀, {@code
 * ln |det ∂f/∂z| = (d − 1) ln(1 + βh) + ln(1 + βαh²)}. It is invertible where β > −α (their
 * appendix A.2); here {@code β = α m(b)} with m above −1 and m(0) = 0, so that b = 0 is the
 * identity. Every row has numbers of its own.
 */
public final class Radial implements Flow {
  private final Tensor centre;
  private final Tensor alpha;
  private final Tensor beta;

  private Radial(Tensor centre, Tensor alpha, Tensor beta) {
    this.centre = centre;
    this.alpha = alpha;
    this.beta = beta;
  }

  /**
   * Out of free numbers.
   *
   * @param centre z₀, {@code [batch, size]}
   * @param a whose softplus is α, {@code [batch, 1]}
   * @param b {@code [batch, 1]}
   */
  public static Radial of(Tensor centre, Tensor a, Tensor b) {
    Tensor alpha = a.softplus();
    return new Radial(centre, alpha, alpha.times(Positive.aboveMinusOne(b)));
  }

  @Override
  public Mapped forward(Tensor z) {
    Tensor away = z.minus(centre);
    Tensor h = alpha.plus(length(away)).reciprocal();
    Tensor bh = beta.times(h);
    Tensor logDet = bh.log1p().times(size() - 1).plus(bh.times(alpha).times(h).log1p()).squeeze(1);
    return new Mapped(z.plus(bh.times(away)), logDet);
  }

  /**
   * From the new distance {@code y = r + βr/(α + r)} the old one is the positive root of {@code r²
   * + (α + β − y) r − αy = 0}.
   */
  @Override
  public Tensor inverse(Tensor to) {
    Tensor away = to.minus(centre);
    Tensor y = length(away);
    Tensor p = y.minus(alpha).minus(beta);
    Tensor root = p.square().plus(alpha.times(y).times(4)).sqrt();
    // Of the two forms of the root the one that adds: the other cancels.
    Tensor r =
        Tensor.where(
            p.gt(0),
            root.plus(p).times(0.5),
            alpha.times(y).times(2).div(root.minus(p).plus(1e-30)));
    return centre.plus(away.div(beta.div(alpha.plus(r)).plus(1)));
  }

  /** |v|, with a gradient at 0 too: {@code [batch, 1]}. */
  private static Tensor length(Tensor v) {
    return v.square().sum(1).unsqueeze(1).plus(1e-12).sqrt();
  }

  @Override
  public int size() {
    return Math.toIntExact(centre.size(1));
  }

  @Override
  public Radial repeat(int k) {
    return new Radial(centre.repeatBatch(k), alpha.repeatBatch(k), beta.repeatBatch(k));
  }
}
