package org.javae.core.train;

import java.util.List;
import org.javae.core.config.Nearest;
import org.javae.core.model.Check;
import org.javae.core.schedule.Schedule;
import org.javae.tensor.UserException;

/**
 * How to train.
 *
 * @param epochs passes over the training rows
 * @param batch observations a gradient
 * @param lr learning rate
 * @param seed of every stream
 * @param optimizer {@code adam}, {@code adamw} or {@code sgd}
 * @param lr_schedule factor on the learning rate over training
 * @param momentum of sgd
 * @param weight_decay L2 (adam, sgd) or decoupled (adamw)
 * @param clip largest global gradient norm, 0 for none
 * @param ema decay of an exponential moving average of the weights that is evaluated and kept, 0
 *     for none
 * @param accumulate batches summed before a step
 * @param aggressive most inner updates of the encoder before each update of the rest, until mutual
 *     information stops rising (He et al., 2019, Algorithm 1); 0 for none
 * @param patience epochs without a better validation loss before stopping, 0 for never
 * @param best keep the weights of the best validation loss instead of the last
 * @param max_seconds training time after which to stop, 0 for no limit
 * @param checkpoint_seconds at most this long between checkpoints
 */
public record TrainConfig(
    int epochs,
    int batch,
    double lr,
    long seed,
    String optimizer,
    Schedule lr_schedule,
    double momentum,
    double weight_decay,
    double clip,
    double ema,
    int accumulate,
    int aggressive,
    int patience,
    boolean best,
    double max_seconds,
    double checkpoint_seconds) {
  /** Names of the optimisers. */
  public static final List<String> OPTIMIZERS = List.of("adam", "adamw", "sgd");

  /** Twenty epochs of Adam with batches of 128. */
  public static final TrainConfig DEFAULTS =
      new TrainConfig(
          20, 128, 1e-3, 0, "adam", Schedule.CONSTANT, 0.9, 0, 0, 0, 1, 0, 0, true, 0, 30);

  public TrainConfig {
    Check.positive("epochs", epochs);
    Check.positive("batch", batch);
    Check.positive("lr", lr);
    Check.fraction("momentum", momentum);
    Check.notNegative("weight_decay", weight_decay);
    Check.notNegative("clip", clip);
    Check.fraction("ema", ema);
    Check.positive("accumulate", accumulate);
    Check.notNegative("aggressive", aggressive);
    Check.notNegative("patience", patience);
    Check.notNegative("max_seconds", max_seconds);
    Check.notNegative("checkpoint_seconds", checkpoint_seconds);
    if (!OPTIMIZERS.contains(optimizer)) {
      throw UserException.usage(
          "unknown optimizer '%s'; %s", optimizer, Nearest.suggestion(optimizer, OPTIMIZERS));
    }
  }

  /** The same for another number of epochs. */
  public TrainConfig withEpochs(int n) {
    return new TrainConfig(
        n,
        batch,
        lr,
        seed,
        optimizer,
        lr_schedule,
        momentum,
        weight_decay,
        clip,
        ema,
        accumulate,
        aggressive,
        patience,
        best,
        max_seconds,
        checkpoint_seconds);
  }
}
