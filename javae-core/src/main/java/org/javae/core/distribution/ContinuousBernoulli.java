package org.javae.core.distribution;

import org.javae.tensor.DType;
import org.javae.tensor.Rng;
import org.javae.tensor.Shape;
import org.javae.tensor.Tensor;

/**
 * Independent continuous Bernoullis on [0, 1] (Loaiza-Ganem and Cunningham, 2019): {@code p(x) =
 * C(λ) λˣ (1 − λ)¹⁻ˣ}, {@code C(λ) = 2 artanh(1 − 2λ) / (1 − 2λ)} and 2 at λ = ½, with λ = 1/(1 +
 * e⁻ˡ). In the logit l it is the exponential family {@code p(x) = exp(l x − A(l))}, {@code A(l) =
 * ln((eˡ − 1)/l)}, which is what is computed: A and its derivatives by series near l = 0, where the
 * closed form is 0/0, and by a form that neither overflows nor cancels elsewhere.
 *
 * @param logits l, {@code [batch, event…]}; observations are to lie in [0, 1]
 */
public record ContinuousBernoulli(Tensor logits) implements Distribution {
  /**
   * Below this |l| the series: 12 digits there, and no more than one bit lost to cancellation
   * above.
   */
  private static final double SERIES = 0.5;

  /** The same for the inverse distribution function, whose series converges more slowly. */
  private static final double SAMPLE_SERIES = 0.02;

  /** A(l), the logarithm of the normaliser: {@code [batch, event…]}. */
  public Tensor logNormaliser() {
    Tensor size = logits.abs();
    // Each branch sees arguments limited to its own range, since where() sends 0 · (its derivative)
    // to the other one.
    Tensor near = logits.times(0.5).clamp(-SERIES / 2, SERIES / 2).square();
    Tensor series = polynomial(near, 1.0 / 6, -1.0 / 180, 1.0 / 2835, -1.0 / 37800, 1.0 / 467775);
    Tensor far = size.clamp(SERIES, Double.POSITIVE_INFINITY);
    Tensor closed = logits.relu().plus(far.neg().expm1().neg().log()).minus(far.log());
    return Tensor.where(size.lt(SERIES), logits.times(0.5).plus(series.times(near)), closed);
  }

  /** A′(l) = 1/(1 − e⁻ˡ) − 1/l, in the form {@code ½ + ½ (coth t − 1/t)} with t = l/2. */
  @Override
  public Tensor mean() {
    Tensor size = logits.abs();
    Tensor near = logits.times(0.5).clamp(-SERIES / 2, SERIES / 2);
    Tensor series =
        polynomial(near.square(), 1.0 / 3, -1.0 / 45, 2.0 / 945, -1.0 / 4725, 2.0 / 93555);
    Tensor far = size.times(0.5).clamp(SERIES / 2, Double.POSITIVE_INFINITY);
    Tensor closed = far.tanh().reciprocal().minus(far.reciprocal()).times(logits.sign());
    return Tensor.where(size.lt(SERIES), series.times(near), closed).times(0.5).plus(0.5);
  }

  @Override
  public Tensor rsample(Rng r, int k) {
    Tensor l = logits.repeatBatch(k);
    // Draws of exactly 0 would be infinite under the logarithm below.
    double gap = l.dtype() == DType.FLOAT64 ? 0x1p-53 : 0x1p-24;
    return quantile(l, r.uniform(l.dtype(), l.shape().toArray()).clamp(gap, 1 - gap));
  }

  /**
   * The inverse of the distribution function, {@code x(u) = ln(1 + u (eˡ − 1)) / l}, for 0 < u < 1.
   */
  private static Tensor quantile(Tensor l, Tensor u) {
    Tensor near = l.clamp(-SAMPLE_SERIES, SAMPLE_SERIES);
    // The series in l has the cumulants of a coin of probability u as coefficients: κ₁ + κ₂ l/2! +
    // κ₃ l²/3! + …
    Tensor s = u.times(u.neg().plus(1));
    Tensor third = s.times(u.times(-2).plus(1));
    Tensor series = third.times(s.times(-12).plus(1)).times(1.0 / 120);
    series = series.times(near).plus(s.times(s.times(-6).plus(1)).times(1.0 / 24));
    series = series.times(near).plus(third.times(1.0 / 6));
    series = series.times(near).plus(s.times(0.5));
    series = series.times(near).plus(u);
    // For l > 0 the mirror image, which cannot overflow.
    Tensor far = l.abs().clamp(SAMPLE_SERIES, Double.POSITIVE_INFINITY);
    Tensor positive = l.ge(0);
    Tensor v = Tensor.where(positive, u.neg().plus(1), u);
    Tensor w = v.times(far.neg().expm1()).log1p().neg().div(far);
    Tensor closed = Tensor.where(positive, w.neg().plus(1), w);
    return Tensor.where(l.abs().lt(SAMPLE_SERIES), series, closed).clamp(0, 1);
  }

  @Override
  public Tensor elementLogProb(Tensor x) {
    return logits.times(x).minus(logNormaliser());
  }

  @Override
  public Shape shape() {
    return logits.shape();
  }

  @Override
  public ContinuousBernoulli repeat(int k) {
    return new ContinuousBernoulli(logits.repeatBatch(k));
  }

  /** a₀ + a₁ x + a₂ x² + … by Horner's rule. */
  private static Tensor polynomial(Tensor x, double... a) {
    Tensor y = x.times(a[a.length - 1]);
    for (int i = a.length - 2; i > 0; i--) {
      y = y.plus(a[i]).times(x);
    }
    return y.plus(a[0]);
  }
}
