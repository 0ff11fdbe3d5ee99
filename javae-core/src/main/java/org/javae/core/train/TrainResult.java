package org.javae.core.train;

/**
 * How training ended.
 *
 * @param epochs finished epochs
 * @param bestEpoch whose weights were kept; the last one without validation
 * @param seconds of training, all sessions
 * @param reason one sentence for the user
 */
public record TrainResult(Status status, int epochs, int bestEpoch, double seconds, String reason) {
  /** Why training ended. */
  public enum Status {
    FINISHED,
    STOPPED_EARLY,
    OUT_OF_TIME,
    INTERRUPTED,
    DIVERGED
  }
}
