package org.javae.core.train;

import org.javae.tensor.Rng;

/**
 * Where training stands when a loss is asked for.
 *
 * @param index optimiser steps so far
 * @param epochs epochs so far, with the fraction of the current one
 * @param totalEpochs epochs planned
 * @param training false for evaluation
 * @param rng stream for noise
 */
public record Step(long index, double epochs, double totalEpochs, boolean training, Rng rng) {
  /** A step for evaluation: schedules are at their end. */
  public static Step evaluation(Rng rng) {
    return new Step(Long.MAX_VALUE, 1e9, 1e9, false, rng);
  }
}
