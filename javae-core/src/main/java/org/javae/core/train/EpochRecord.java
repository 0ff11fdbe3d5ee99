package org.javae.core.train;

import java.util.Map;

/**
 * One line of {@code metrics.jsonl}.
 *
 * @param epoch 1-based
 * @param step optimiser steps so far
 * @param lr learning rate of its last step
 * @param train means of the loss terms over the epoch, and {@code loss}
 * @param validation metrics on the validation rows; empty without any
 * @param seconds training time so far, all sessions
 */
public record EpochRecord(
    int epoch,
    long step,
    double lr,
    Map<String, Double> train,
    Map<String, Double> validation,
    double seconds) {}
