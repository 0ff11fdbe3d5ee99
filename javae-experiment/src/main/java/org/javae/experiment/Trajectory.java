package org.javae.experiment;

import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.javae.core.data.Loader;
import org.javae.core.evaluate.Estimators;
import org.javae.core.model.LatentVariableModel;
import org.javae.core.train.EpochRecord;
import org.javae.core.train.TrainListener;
import org.javae.experiment.picture.Gif;
import org.javae.experiment.picture.Scatter;
import org.javae.tensor.Autograd;
import org.javae.tensor.Scope;
import org.javae.tensor.Tensor;
import org.javae.tensor.UserException;

/**
 * How inference follows the model while it is trained (He et al., 2019, figure 2): for each
 * held-out observation the mean of the model's own posterior p(z|x), summed over a grid, against
 * the mean of q(z|x). On the diagonal inference is right; on the horizontal axis q ignores x, and
 * at the origin the model does too: that is collapse.
 */
public final class Trajectory {
  private static final double REACH = 10;
  private static final int GRID = 1001;
  private static final int MOST_ROWS = 500;
  private static final Duration FRAME = Duration.ofMillis(120);
  private static final Duration END = Duration.ofSeconds(3);

  /**
   * All observations at one moment.
   *
   * @param step optimiser steps before it
   * @param points model posterior mean, inference mean, of each observation in turn
   */
  public record Snapshot(long step, float[] points) {}

  private final String title;
  private final List<Snapshot> snapshots;

  private Trajectory(String title, List<Snapshot> snapshots) {
    this.title = title;
    this.snapshots = List.copyOf(snapshots);
  }

  /**
   * Trains into a run folder and remembers the points at {@code frames} moments, closer together at
   * the beginning, where most happens.
   *
   * @throws UserException if the model has another number of latent dimensions than one, or depends
   *     on labels
   */
  public static Trajectory train(Experiment e, Path folder, int frames, TrainListener listener) {
    LatentVariableModel m = check(e);
    Loader rows = e.heldOutRows();
    int n = Math.min(rows.size(), MOST_ROWS);
    int batch = e.settings().train().batch();
    long steps =
        (long) e.settings().train().epochs()
            * e.trainingRows().batches(batch)
            / e.settings().train().accumulate();
    List<Snapshot> taken = new ArrayList<>();
    taken.add(snapshot(m, rows, n, 0));
    long[] at = {0};
    e.train(
        folder,
        false,
        new TrainListener() {
          @Override
          public void step(Progress p) {
            at[0]++;
            long next = Math.round(steps * Math.pow((double) taken.size() / frames, 2));
            if (at[0] >= next && taken.size() <= frames) {
              taken.add(snapshot(m, rows, n, at[0]));
            }
            listener.step(p);
          }

          @Override
          public void epoch(EpochRecord r) {
            listener.epoch(r);
          }

          @Override
          public void message(String sentence) {
            listener.message(sentence);
          }
        });
    return new Trajectory(e.settings().model() + " on " + e.data().name(), taken);
  }

  /**
   * The model, if a trajectory can be drawn of it.
   *
   * @throws UserException as {@link #train}
   */
  public static LatentVariableModel check(Experiment e) {
    if (!(e.model() instanceof LatentVariableModel m)) {
      throw UserException.of(
          "a trajectory needs a model p(z) p(x|z) without labels and with a posterior, which %s is not; use vae",
          e.settings().model());
    }
    if (m.latent() != 1) {
      throw UserException.of(
          "a trajectory is drawn in the plane of two means of one latent dimension, but the model has %d; add --latent 1",
          m.latent());
    }
    return m;
  }

  private static Snapshot snapshot(LatentVariableModel m, Loader rows, int n, long step) {
    return Scope.run(
        () ->
            Autograd.off(
                () -> {
                  Tensor x = rows.batch(0, 0, n).x();
                  Tensor q = m.posterior(x).mean();
                  double[] grid =
                      IntStream.range(0, GRID)
                          .mapToDouble(i -> REACH * (2.0 * i / (GRID - 1) - 1))
                          .toArray();
                  Tensor z = Tensor.of(grid, GRID, 1).to(q.dtype());
                  double[] model = Estimators.gridPosteriorMean(m, x, z).toDoubles();
                  float[] inference = q.toFloats();
                  float[] points = new float[2 * n];
                  for (int i = 0; i < n; i++) {
                    points[2 * i] = (float) model[i];
                    points[2 * i + 1] = inference[i];
                  }
                  return new Snapshot(step, points);
                }));
  }

  /** What was remembered, in order; the first before training. */
  public List<Snapshot> snapshots() {
    return snapshots;
  }

  /** The observation whose way is drawn: the one whose model posterior mean ends farthest out. */
  public int highlighted() {
    float[] end = snapshots.get(snapshots.size() - 1).points();
    int best = 0;
    for (int i = 0; 2 * i < end.length; i++) {
      best = Math.abs(end[2 * i]) > Math.abs(end[2 * best]) ? i : best;
    }
    return best;
  }

  /** A moment, with the way of one observation up to it. */
  public BufferedImage frame(int index) {
    double most = 1;
    for (Snapshot s : snapshots) {
      for (float v : s.points()) {
        most = Float.isFinite(v) ? Math.max(most, Math.min(REACH, Math.abs(v))) : most;
      }
    }
    int star = highlighted();
    float[] way = new float[2 * (index + 1)];
    for (int i = 0; i <= index; i++) {
      way[2 * i] = snapshots.get(i).points()[2 * star];
      way[2 * i + 1] = snapshots.get(i).points()[2 * star + 1];
    }
    return Scatter.of(snapshots.get(index).points())
        .title(String.format(Locale.ROOT, "%s: step %,d", title, snapshots.get(index).step()))
        .axes("mean of the model's posterior p(z|x)", "mean of q(z|x)")
        .limits(most * 1.06)
        .equalAxes()
        .diagonal()
        .path(way)
        .draw();
  }

  /** The end of training. */
  public BufferedImage last() {
    return frame(snapshots.size() - 1);
  }

  /** All moments. */
  public Gif film() {
    return Gif.of(IntStream.range(0, snapshots.size()).mapToObj(this::frame).toList())
        .delay(FRAME)
        .holdLast(END);
  }
}
