package org.javae.core.divergence;

import org.javae.core.distribution.Distribution;
import org.javae.tensor.Tensor;

/** How far the distribution q is from p, in nats per observation. */
public interface Divergence {
  /**
   * The divergence of each observation: {@code [batch]}.
   *
   * @param z samples of q, {@code [batch, event…]}, for pairs without a closed form
   */
  Tensor between(Distribution q, Distribution p, Tensor z);

  /**
   * Kullback–Leibler divergence {@code KL(q‖p) = E_q[ln q(z) − ln p(z)]}: closed form where the
   * pair has one, else the one-sample Monte-Carlo estimate at z.
   */
  Divergence KL =
      (q, p, z) -> {
        Tensor closed = KullbackLeibler.whole(q, p);
        return closed != null ? closed : q.logProb(z).minus(p.logProb(z));
      };
}
