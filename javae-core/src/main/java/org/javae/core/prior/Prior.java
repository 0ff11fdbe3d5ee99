package org.javae.core.prior;

import org.javae.core.distribution.Distribution;
import org.javae.core.distribution.Normal;
import org.javae.core.divergence.KullbackLeibler;
import org.javae.core.model.Batch;
import org.javae.core.model.Loss;
import org.javae.core.train.BatchSource;
import org.javae.core.train.Step;
import org.javae.tensor.Rng;
import org.javae.tensor.Tensor;

/** p(z): a distribution with batch 1 that may have parameters, and its part in the loss. */
public interface Prior {
  /** p(z) as evaluation and generation use it: batch 1, event {@code [latent]}. */
  Distribution distribution();

  /** p(z) for a training step on this batch: batch 1, or a row for each observation. */
  default Distribution distribution(Batch batch, Step step) {
    return distribution();
  }

  /**
   * KL(q‖p) of each observation and dimension {@code [batch, latent]} where it has a closed form,
   * else of each observation {@code [batch]} by Monte Carlo at z.
   *
   * @param z samples of q, {@code [k·batch, latent]}
   */
  default Tensor divergence(Normal q, Distribution p, Tensor z) {
    Tensor closed = KullbackLeibler.perElement(q, p);
    if (closed != null) {
      return closed;
    }
    int k = Math.toIntExact(z.size(0) / q.shape().at(0));
    Distribution pk = p.shape().at(0) == 1 || k == 1 ? p : p.repeat(k);
    Tensor each = q.repeat(k).logProb(z).minus(pk.logProb(z));
    return k == 1 ? each : each.reshape(k, q.shape().at(0)).mean(0);
  }

  /** Adds what trains the prior by an objective of its own; most have none. */
  default Loss train(Loss loss, Tensor z, Step step) {
    return loss;
  }

  /** Given once, before training: rows a prior may draw from. */
  default void trainingRows(BatchSource<Batch> rows) {}

  /** Recomputes what depends on training rows and present weights. */
  default void refresh(Rng rng) {}
}
