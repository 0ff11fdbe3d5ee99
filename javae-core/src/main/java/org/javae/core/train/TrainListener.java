package org.javae.core.train;

import java.util.Map;

/** Hears of progress. All methods are called on the training thread. */
public interface TrainListener {
  /** After every optimiser step. */
  default void step(Progress p) {}

  /** After every epoch, with its metrics. */
  default void epoch(EpochRecord e) {}

  /** Something the user should know, in one sentence. */
  default void message(String sentence) {}

  /**
   * Where training stands.
   *
   * @param epoch 1-based
   * @param done observations of this epoch seen
   * @param size observations an epoch
   * @param means running means of the loss terms in this epoch
   * @param observationsPerSecond over the last seconds
   * @param secondsLeft estimate to the end of training
   */
  record Progress(
      int epoch,
      int epochs,
      long done,
      long size,
      Map<String, Double> means,
      double observationsPerSecond,
      double secondsLeft) {}
}
