package org.javae.core.divergence;

import java.util.ArrayList;
import java.util.List;
import org.javae.core.distribution.Bernoulli;
import org.javae.core.distribution.Categorical;
import org.javae.core.distribution.ContinuousBernoulli;
import org.javae.core.distribution.Distribution;
import org.javae.core.distribution.Distribution.Drawn;
import org.javae.core.distribution.FullNormal;
import org.javae.core.distribution.HypersphericalUniform;
import org.javae.core.distribution.Laplace;
import org.javae.core.distribution.Normal;
import org.javae.core.distribution.OneHots;
import org.javae.core.distribution.Product;
import org.javae.core.distribution.VonMisesFisher;
import org.javae.tensor.Tensor;

/** Closed forms of the Kullback–Leibler divergence, one method a pair. */
public final class KullbackLeibler {
  private KullbackLeibler() {}

  /**
   * KL(q‖p) of each observation, {@code [batch]}, or null if the pair has no closed form here. Some
   * pairs have one that does not come apart into elements.
   */
  public static Tensor whole(Distribution q, Distribution p) {
    if (q instanceof VonMisesFisher a && p instanceof HypersphericalUniform) {
      return a.divergenceFromUniform();
    }
    Tensor each = perElement(q, p);
    return each == null ? null : each.sumEvent();
  }

  /**
   * KL(q‖p) of each independent element, {@code [batch, event…]} ({@link Categorical}: without the
   * class dimension; {@link Product}: side by side), or null if the pair has no closed form here.
   */
  public static Tensor perElement(Distribution q, Distribution p) {
    if (q instanceof Normal a && p instanceof Normal b) {
      return normalNormal(a, b);
    }
    if (q instanceof FullNormal a && p instanceof Normal b) {
      return fullNormalNormal(a, b);
    }
    if (q instanceof FullNormal a && p instanceof FullNormal b) {
      return fullNormalFullNormal(a, b);
    }
    if (q instanceof Laplace a && p instanceof Laplace b) {
      return laplaceLaplace(a, b);
    }
    if (q instanceof Bernoulli a && p instanceof Bernoulli b) {
      return bernoulliBernoulli(a, b);
    }
    if (q instanceof Categorical a && p instanceof Categorical b) {
      return categoricalCategorical(a, b);
    }
    if (q instanceof OneHots a && p instanceof OneHots b) {
      return oneHotsOneHots(a, b);
    }
    if (q instanceof ContinuousBernoulli a && p instanceof ContinuousBernoulli b) {
      return continuousBernoulliContinuousBernoulli(a, b);
    }
    if (q instanceof Product a && p instanceof Product b) {
      return productProduct(a, b);
    }
    return null;
  }

  /**
   * {@link #perElement} where that has a closed form, else the average of {@code ln q(z) − ln p(z)}
   * over q's draws, {@code [batch]}.
   *
   * @param p of q's batch, or batch 1
   * @param z draws of q, as many for each of its rows
   */
  public static Tensor perElementOrSampled(Distribution q, Distribution p, Drawn z) {
    Tensor closed = perElement(q, p);
    if (closed != null) {
      return closed;
    }
    long batch = q.shape().at(0);
    int k = Math.toIntExact(z.value().size(0) / batch);
    Distribution pk = p.shape().at(0) == 1 || k == 1 ? p : p.repeat(k);
    Tensor each = z.logProb().minus(pk.logProb(z.value()));
    return k == 1 ? each : each.reshape(k, batch).mean(0);
  }

  /**
   * {@code ½[(μ₁ − μ₂)²/σ₂² + σ₁²/σ₂² − 1 − ln σ₁²/σ₂²]}, the one-dimensional case of (15) of the
   * lecture.
   */
  public static Tensor normalNormal(Normal q, Normal p) {
    Tensor logRatio = q.logScale().minus(p.logScale());
    Tensor distance = q.mean().minus(p.mean()).times(p.logScale().neg().exp());
    return distance
        .square()
        .plus(logRatio.times(2).exp())
        .minus(logRatio.times(2))
        .minus(1)
        .times(0.5);
  }

  /**
   * {@code ½[(μ₁ − μ₂)²/σ₂² + (L Lᵀ)ᵢᵢ/σ₂² − 1 − ln Lᵢᵢ²/σ₂²]}: dimension i's own divergence and
   * its mutual information under q with the dimensions before it, so the parts are not negative and
   * their sum is KL.
   */
  public static Tensor fullNormalNormal(FullNormal q, Normal p) {
    Tensor precision = p.logScale().times(-2).exp();
    return q.mean()
        .minus(p.mean())
        .square()
        .plus(q.variance())
        .times(precision)
        .minus(1)
        .minus(q.logDiagonal().minus(p.logScale()).times(2))
        .times(0.5);
  }

  /**
   * {@code ½[Σⱼ Mᵢⱼ² + wᵢ² − 1 − ln Mᵢᵢ²]} with {@code M = L₂⁻¹L₁} and {@code w = L₂⁻¹(μ₁ − μ₂)}:
   * as {@link #fullNormalNormal}, in the coordinates in which p is N(0, I).
   */
  public static Tensor fullNormalFullNormal(FullNormal q, FullNormal p) {
    Tensor m = p.factor().solveTriangular(q.factor(), false);
    Tensor w = p.factor().solveTriangular(q.mean().minus(p.mean()).unsqueeze(2), false).squeeze(2);
    return m.square()
        .sum(2)
        .plus(w.square())
        .minus(1)
        .minus(q.logDiagonal().minus(p.logDiagonal()).times(2))
        .times(0.5);
  }

  /** {@code ln(b₂/b₁) + (b₁ exp(−d/b₁) + d)/b₂ − 1} with {@code d = |μ₁ − μ₂|}. */
  public static Tensor laplaceLaplace(Laplace q, Laplace p) {
    Tensor logRatio = q.logScale().minus(p.logScale());
    Tensor distance = q.mean().minus(p.mean()).abs();
    Tensor standardised = distance.times(q.logScale().neg().exp());
    // exp(−d/b₁) + d/b₁ ≥ 1, in units of b₁/b₂.
    return standardised
        .neg()
        .exp()
        .plus(standardised)
        .times(logRatio.exp())
        .minus(logRatio)
        .minus(1);
  }

  /**
   * {@code s₁ ln(s₁/s₂) + (1 − s₁) ln((1 − s₁)/(1 − s₂))}, s the logistic function of the logits.
   */
  public static Tensor bernoulliBernoulli(Bernoulli q, Bernoulli p) {
    Tensor a = q.logits();
    Tensor b = p.logits();
    // Two terms with their own logarithms: s₁ (a − b) − A(a) + A(b) would cancel for large logits.
    Tensor one = a.sigmoid().times(a.logSigmoid().minus(b.logSigmoid()));
    Tensor zero = a.neg().sigmoid().times(a.neg().logSigmoid().minus(b.neg().logSigmoid()));
    return one.plus(zero);
  }

  /**
   * {@code Σₖ q_k ln(q_k/p_k)} of each choice: {@code [batch, event…]} without the class dimension.
   */
  public static Tensor categoricalCategorical(Categorical q, Categorical p) {
    return q.mean().times(q.logProbabilities().minus(p.logProbabilities())).sum(-1);
  }

  /**
   * {@code q_k ln(q_k/p_k) − q_k + p_k} of each class of each choice, {@code [batch, N·K]}: as
   * probabilities sum to 1 the parts of a choice sum to its divergence, and none is negative.
   */
  public static Tensor oneHotsOneHots(OneHots q, OneHots p) {
    Tensor a = q.choices().logits().flatten();
    Tensor b = p.choices().logits().flatten();
    Tensor qs = a.exp();
    return qs.times(a.minus(b)).minus(qs).plus(b.exp());
  }

  /**
   * {@code (l₁ − l₂) A′(l₁) − A(l₁) + A(l₂)} in the logits and their normaliser A, as for every
   * exponential family.
   */
  public static Tensor continuousBernoulliContinuousBernoulli(
      ContinuousBernoulli q, ContinuousBernoulli p) {
    return q.logits()
        .minus(p.logits())
        .times(q.mean())
        .minus(q.logNormaliser())
        .plus(p.logNormaliser());
  }

  /**
   * The parts' divergences side by side, {@code [batch, elements]}; null unless the parts match and
   * each pair has a closed form.
   */
  public static Tensor productProduct(Product q, Product p) {
    if (!q.widths().equals(p.widths())) {
      return null;
    }
    List<Tensor> parts = new ArrayList<>();
    long batch = 1;
    for (int i = 0; i < q.parts().size(); i++) {
      Tensor kl = perElement(q.parts().get(i), p.parts().get(i));
      if (kl == null) {
        return null;
      }
      parts.add(kl.flatten());
      batch = Math.max(batch, kl.size(0));
    }
    return sideBySide(parts, batch);
  }

  static Tensor sideBySide(List<Tensor> parts, long batch) {
    return Tensor.cat(parts.stream().map(t -> t.expand(batch, t.size(1))).toList(), 1);
  }
}
