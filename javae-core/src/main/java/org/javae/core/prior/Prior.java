package org.javae.core.prior;

import org.javae.core.distribution.Distribution;
import org.javae.core.distribution.Distribution.Drawn;
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
   * @param z draws of q, {@code [k·batch, latent]}
   */
  default Tensor divergence(Distribution q, Distribution p, Drawn z) {
    return KullbackLeibler.perElementOrSampled(q, p, z);
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
