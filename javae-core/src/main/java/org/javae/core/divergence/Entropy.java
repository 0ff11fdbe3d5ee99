package org.javae.core.divergence;

import java.util.ArrayList;
import java.util.List;
import org.javae.core.distribution.Bernoulli;
import org.javae.core.distribution.Categorical;
import org.javae.core.distribution.ContinuousBernoulli;
import org.javae.core.distribution.Distribution;
import org.javae.core.distribution.FullNormal;
import org.javae.core.distribution.Laplace;
import org.javae.core.distribution.Normal;
import org.javae.core.distribution.OneHots;
import org.javae.core.distribution.Product;
import org.javae.tensor.Tensor;

/**
 * Closed forms of the entropy {@code H(q) = −E_q[ln q(z)]} in nats; differential, so possibly
 * negative, for densities.
 */
public final class Entropy {
  private static final double NORMAL = 0.5 * Math.log(2 * Math.PI * Math.E);
  private static final double LAPLACE = 1 + Math.log(2);

  private Entropy() {}

  /**
   * H(q) of each observation: {@code [batch]}.
   *
   * @throws UnsupportedOperationException if q has no closed form here; {@code −q.logProb(z)} at a
   *     sample z estimates it
   */
  public static Tensor of(Distribution q) {
    Tensor h = perElement(q);
    if (h == null) {
      throw new UnsupportedOperationException(
          "the entropy of a " + q.getClass().getSimpleName() + " has no closed form here");
    }
    return h.sumEvent();
  }

  /**
   * H(q) of each independent element, {@code [batch, event…]} ({@link Categorical}: without the
   * class dimension; {@link Product}: side by side), or null if q has no closed form here.
   */
  public static Tensor perElement(Distribution q) {
    if (q instanceof Normal n) {
      return normal(n);
    }
    if (q instanceof FullNormal n) {
      return n.logDiagonal().plus(NORMAL); // of each dimension given those before it
    }
    if (q instanceof Laplace l) {
      return laplace(l);
    }
    if (q instanceof Bernoulli b) {
      return bernoulli(b);
    }
    if (q instanceof Categorical c) {
      return categorical(c);
    }
    if (q instanceof OneHots o) {
      return categorical(o.choices());
    }
    if (q instanceof ContinuousBernoulli c) {
      return continuousBernoulli(c);
    }
    if (q instanceof Product p) {
      return product(p);
    }
    return null;
  }

  /** {@code ½ ln(2πe σ²)}. */
  public static Tensor normal(Normal q) {
    return q.logScale().plus(NORMAL).expand(q.shape().toArray());
  }

  /** {@code 1 + ln 2b}. */
  public static Tensor laplace(Laplace q) {
    return q.logScale().plus(LAPLACE).expand(q.shape().toArray());
  }

  /** {@code −s ln s − (1 − s) ln(1 − s)}, s the logistic function of the logits. */
  public static Tensor bernoulli(Bernoulli q) {
    Tensor l = q.logits();
    Tensor one = l.sigmoid().times(l.logSigmoid());
    Tensor zero = l.neg().sigmoid().times(l.neg().logSigmoid());
    return one.plus(zero).neg();
  }

  /** {@code −Σₖ pₖ ln pₖ} of each choice: {@code [batch, event…]} without the class dimension. */
  public static Tensor categorical(Categorical q) {
    return q.mean().times(q.logProbabilities()).sum(-1).neg();
  }

  /** {@code A(l) − l A′(l)} in the logits and their normaliser A. */
  public static Tensor continuousBernoulli(ContinuousBernoulli q) {
    return q.logNormaliser().minus(q.logits().times(q.mean()));
  }

  private static Tensor product(Product q) {
    List<Tensor> parts = new ArrayList<>();
    for (Distribution p : q.parts()) {
      Tensor h = perElement(p);
      if (h == null) {
        return null;
      }
      parts.add(h.flatten());
    }
    return KullbackLeibler.sideBySide(parts, q.shape().at(0));
  }
}
