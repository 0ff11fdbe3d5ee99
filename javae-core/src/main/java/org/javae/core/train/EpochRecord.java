package org.javae.core.train;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Map;

/**
 * One line of {@code metrics.jsonl}.
 *
 * @param epoch 1-based
 * @param step optimiser steps so far
 * @param lr learning rate of its last step
 * @param train means of the loss terms over the epoch, and {@code loss}
 * @param validation metrics on the validation rows; empty without any
 * @param klPerDimension KL of each latent dimension on the validation rows, nats; empty where there
 *     is none
 * @param seconds training time so far, all sessions
 */
public record EpochRecord(
    int epoch,
    long step,
    double lr,
    Map<String, Double> train,
    Map<String, Double> validation,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonProperty("kl_per_dimension")
        List<Double> klPerDimension,
    double seconds) {
  public EpochRecord {
    klPerDimension = klPerDimension == null ? List.of() : List.copyOf(klPerDimension);
  }
}
