package org.javae.core.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.javae.core.data.ArrayDataset;
import org.javae.core.data.Loader;
import org.javae.core.data.Preprocessing;
import org.javae.core.data.Preprocessing.Binarize;
import org.javae.core.evaluate.Evaluator;
import org.javae.core.io.SafeTensors;
import org.javae.core.model.Batch;
import org.javae.core.model.DataSpec;
import org.javae.core.model.Loss;
import org.javae.core.model.Model;
import org.javae.core.support.Sentences;
import org.javae.core.support.TinyVae;
import org.javae.core.train.TrainResult.Status;
import org.javae.tensor.Rng;
import org.javae.tensor.Shape;
import org.javae.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A run that was stopped or killed and continued ends in the same bits as one that was not. */
class ResumeTest {
  private static final int N = 60;
  private static final DataSpec SPEC = DataSpec.of(Shape.of(6), true, true);
  private static final ArrayDataset DATA = data();

  @TempDir private Path folder;

  private static ArrayDataset data() {
    SplittableRandom r = new SplittableRandom(8);
    float[] v = new float[N * 6];
    for (int i = 0; i < v.length; i++) {
      v[i] = r.nextFloat();
    }
    return ArrayDataset.of("greys", Shape.of(6), v);
  }

  /** Thrown in the middle of training, as kill -9 would end it: nothing is written any more. */
  private static final class Killed extends RuntimeException {}

  private record Ending(
      TrainResult result, Map<String, byte[]> weights, List<EpochRecord> history) {
    void assertEquals(Ending o) {
      assertThat(result.status()).isEqualTo(o.result.status());
      assertThat(result.epochs()).isEqualTo(o.result.epochs());
      assertThat(result.bestEpoch()).isEqualTo(o.result.bestEpoch());
      assertThat(weights.keySet()).isEqualTo(o.weights.keySet());
      weights.forEach((k, w) -> assertThat(w).as(k).isEqualTo(o.weights.get(k)));
      assertThat(history)
          .usingRecursiveFieldByFieldElementComparatorIgnoringFields("seconds")
          .isEqualTo(o.history);
    }
  }

  private static Ending ending(TrainResult r, Model<?> m, Trainer<?> t) {
    Map<String, byte[]> w = new LinkedHashMap<>();
    m.params().all().forEach((k, v) -> w.put(k, v.toBytes()));
    return new Ending(r, w, t.history());
  }

  /**
   * One session. Models start from different weights, so that everything must come from the file.
   */
  private Ending session(Path checkpoint, TrainConfig c, boolean resume, int atStep, boolean kill) {
    TinyVae m =
        (TinyVae)
            TinyVae.ENTRY.build(
                SPEC,
                TinyVae.ENTRY.configure(SPEC, Map.of()),
                Rng.of(resume ? 77 : 1).split("init"));
    int[] train = IntStream.range(0, 44).toArray();
    int[] held = IntStream.range(44, N).toArray();
    Preprocessing p = Preprocessing.fit(DATA, train, "none", Binarize.DYNAMIC, "error");
    List<Trainer<Batch>> self = new ArrayList<>();
    int[] steps = {0};
    TrainListener l =
        new TrainListener() {
          @Override
          public void step(Progress progress) {
            if (++steps[0] == atStep) {
              if (kill) {
                throw new Killed();
              }
              self.get(0).requestStop();
            }
          }
        };
    Trainer<Batch> t =
        new Trainer<>(
            m,
            new Loader(DATA, train, p, Rng.of(2).split("train"), true),
            new Loader(DATA, held, p, Rng.of(2).split("held"), false),
            Evaluator.validator(7),
            c,
            checkpoint,
            "settings and data",
            l);
    self.add(t);
    return ending(t.run(resume), m, t);
  }

  private static TrainConfig config(String optimizer, Object... more) {
    List<Object> all =
        new ArrayList<>(
            List.of(
                "epochs",
                5,
                "batch",
                9,
                "lr",
                0.01,
                "optimizer",
                optimizer,
                "ema",
                0.95,
                "lr_schedule",
                "cosine:1",
                "weight_decay",
                0.01,
                "clip",
                5,
                "checkpoint_seconds",
                0));
    all.addAll(Arrays.asList(more));
    return Toy.config(all.toArray());
  }

  @ParameterizedTest
  @CsvSource({"adam, true", "adamw, true", "sgd, true", "adam, false", "sgd, false"})
  void stoppedAtRandomStepsEqualsUninterrupted(String optimizer, boolean best) {
    TrainConfig c = config(optimizer, "best", best, "checkpoint_seconds", 1e9);
    Ending whole = session(null, c, false, -1, false);
    SplittableRandom r = new SplittableRandom(optimizer.hashCode());
    for (int run = 0; run < 3; run++) {
      Path file = folder.resolve(optimizer + best + run);
      Ending e = session(file, c, false, 1 + r.nextInt(8), false);
      int sessions = 1;
      while (e.result().status() == Status.INTERRUPTED) {
        e = session(file, c, true, 1 + r.nextInt(12), false);
        sessions++;
      }
      assertThat(sessions).isGreaterThan(2);
      e.assertEquals(whole);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"adam", "adamw", "sgd"})
  void killedAtRandomStepsEqualsUninterrupted(String optimizer) {
    TrainConfig c = config(optimizer);
    Ending whole = session(null, c, false, -1, false);
    SplittableRandom r = new SplittableRandom(optimizer.hashCode());
    for (int run = 0; run < 3; run++) {
      Path file = folder.resolve(optimizer + run);
      Ending e = null;
      while (e == null) {
        try {
          // An epoch has 5 steps: now and then a whole one gets done before the next blow.
          e = session(file, c, Files.exists(file), 1 + r.nextInt(12), true);
        } catch (Killed k) {
          // and on
        }
      }
      e.assertEquals(whole);
    }
  }

  @Test
  void accumulationAndPartialStepsResume() {
    TrainConfig c = config("adam", "accumulate", 2);
    Ending whole = session(null, c, false, -1, false);
    Path file = folder.resolve("c");
    Ending e = session(file, c, false, 2, false);
    while (e.result().status() == Status.INTERRUPTED) {
      e = session(file, c, true, 2, false);
    }
    e.assertEquals(whole);
  }

  @Test
  void aFinishedRunResumesToItself() {
    TrainConfig c = config("adam");
    Path file = folder.resolve("c");
    Ending whole = session(file, c, false, -1, false);
    session(file, c, true, -1, false).assertEquals(whole);
  }

  @Test
  void aRunStoppedEarlyResumesToItself() {
    // A rate of next to nothing: validation losses differ by their noise, and patience runs out.
    TrainConfig c = config("adam", "epochs", 40, "patience", 2, "lr", 1e-9, "ema", 0);
    Path file = folder.resolve("c");
    Ending whole = session(file, c, false, -1, false);
    assertThat(whole.result().status()).isEqualTo(Status.STOPPED_EARLY);
    session(file, c, true, -1, false).assertEquals(whole);
  }

  /** In long epochs good states are kept every 500 steps; a run killed later goes on from there. */
  @Test
  void longEpochsResumeInTheMiddle() {
    TrainConfig c = Toy.config("epochs", 2, "batch", 1, "lr", 0.001, "checkpoint_seconds", 0);
    Ending whole = noisyQuadratic(null, c, false, -1);
    Path file = folder.resolve("c");
    assertThatThrownBy(() -> noisyQuadratic(file, c, false, 560)).isInstanceOf(Killed.class);
    assertThat(Checkpoint.read(file).position().step()).isEqualTo(500);
    assertThat(Checkpoint.read(file).position().batch()).isEqualTo(500);
    assertThatThrownBy(() -> noisyQuadratic(file, c, true, 520)).isInstanceOf(Killed.class);
    assertThat(Checkpoint.read(file).position().step()).isEqualTo(1000);
    noisyQuadratic(file, c, true, -1).assertEquals(whole);
  }

  private static Ending noisyQuadratic(Path file, TrainConfig c, boolean resume, int killAt) {
    Toy m =
        new Toy(
            new double[] {resume ? 9 : 0},
            (w, b, s) -> {
              Tensor noise = s.rng().normal(1, 1);
              return Loss.zero().plus("e", b.x().plus(noise).minus(w).square().sumEvent());
            });
    int[] steps = {0};
    TrainListener l =
        new TrainListener() {
          @Override
          public void step(Progress p) {
            if (++steps[0] == killAt) {
              throw new Killed();
            }
          }
        };
    Trainer<Batch> t = new Trainer<>(m, Toy.same(600, 2), null, null, c, file, "f", l);
    return ending(t.run(resume), m, t);
  }

  /** Divergence is part of the run: its halved rates and bounded tries survive a kill or a stop. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void recoveryFromDivergenceResumes(boolean kill) {
    // Three rates are too large; the trouble shows in batch 6 of an epoch of 8.
    TrainConfig c =
        Toy.config(
            "epochs",
            4,
            "batch",
            1,
            "lr",
            12,
            "optimizer",
            "sgd",
            "momentum",
            0,
            "lr_schedule",
            "cosine",
            "checkpoint_seconds",
            0);
    Ending whole = late(null, c, false, -1, kill);
    assertThat(whole.result().status()).isEqualTo(Status.FINISHED);
    assertThat(whole.history().get(0).lr()).isLessThan(4);
    for (int at = 1; at < 40; at += 2) {
      Path file = folder.resolve("c" + at);
      Ending e = null;
      int end = at;
      while (e == null || e.result().status() == Status.INTERRUPTED) {
        try {
          e = late(file, c, Files.exists(file), end, kill);
        } catch (Killed k) {
          // and on
        }
        end = -1;
      }
      e.assertEquals(whole);
    }
  }

  /** A domain left only by a long step in batch 6; noise, so that random states matter too. */
  private static Ending late(Path file, TrainConfig c, boolean resume, int at, boolean kill) {
    Toy m =
        new Toy(
            new double[] {3},
            (w, b, s) -> {
              Tensor slope = s.rng().normal(1, 1).times(0.001).plus(1).times(b.x());
              return Loss.zero().plus("barrier", slope.times(w.minus(w.log())).sumEvent());
            });
    float[][] rows = new float[8][1];
    for (int i = 0; i < 8; i++) {
      rows[i][0] = i == 5 ? 1 : 0.01f;
    }
    List<Trainer<Batch>> self = new ArrayList<>();
    int[] steps = {0};
    TrainListener l =
        new TrainListener() {
          @Override
          public void step(Progress p) {
            if (++steps[0] == at) {
              if (kill) {
                throw new Killed();
              }
              self.get(0).requestStop();
            }
          }
        };
    self.add(new Trainer<>(m, Toy.rows(rows), null, null, c, file, "f", l));
    return ending(self.get(0).run(resume), m, self.get(0));
  }

  /** Time that is up leaves a run that can be given more. */
  @Test
  void aRunOutOfTimeGoesOnWithMore() {
    TrainConfig c = config("adam", "epochs", 60, "checkpoint_seconds", 1e9);
    TrainConfig brief =
        config("adam", "epochs", 60, "checkpoint_seconds", 1e9, "max_seconds", 0.02);
    Path file = folder.resolve("c");
    Ending e = session(file, brief, false, -1, false);
    assertThat(e.result().status()).isEqualTo(Status.OUT_OF_TIME);
    assertThat(session(file, brief, true, -1, false).result().epochs())
        .as("no time, no training")
        .isEqualTo(e.result().epochs());
    session(file, c, true, -1, false).assertEquals(session(null, c, false, -1, false));
  }

  // ---- what cannot be resumed

  @Test
  void otherSettingsAreRefused() {
    Path file = folder.resolve("c");
    TrainConfig c = Toy.config("epochs", 1, "batch", 4);
    new Trainer<>(Toy.quadratic(0), Toy.same(4, 1), null, null, c, file, "a", Toy.silent())
        .run(false);
    Trainer<Batch> other =
        new Trainer<>(Toy.quadratic(0), Toy.same(4, 1), null, null, c, file, "b", Toy.silent());
    assertThat(Sentences.of(() -> other.run(true)))
        .contains("other settings or data", "config.yaml");
  }

  @Test
  void anotherModelIsRefused() {
    Path file = folder.resolve("c");
    TrainConfig c = Toy.config("epochs", 1, "batch", 4);
    new Trainer<>(Toy.quadratic(0), Toy.same(4, 1), null, null, c, file, "a", Toy.silent())
        .run(false);
    Trainer<Batch> wider =
        new Trainer<>(Toy.quadratic(0, 0), Toy.same(4, 1), null, null, c, file, "a", Toy.silent());
    assertThat(Sentences.of(() -> wider.run(true))).contains("does not fit this model", "param/w");
    Trainer<Batch> momentless =
        new Trainer<>(
            Toy.quadratic(0),
            Toy.same(4, 1),
            null,
            null,
            Toy.config("epochs", 1, "batch", 4, "ema", 0.5),
            file,
            "a",
            Toy.silent());
    assertThat(Sentences.of(() -> momentless.run(true))).contains("ema/w");
  }

  @Test
  void aMissingCheckpointIsRefused() {
    Path file = folder.resolve("run").resolve("checkpoint").resolve("state.safetensors");
    Trainer<Batch> t =
        new Trainer<>(
            Toy.quadratic(0),
            Toy.same(4, 1),
            null,
            null,
            Toy.config("epochs", 1),
            file,
            "a",
            Toy.silent());
    assertThat(Sentences.of(() -> t.run(true))).contains("no checkpoint", "without --resume");
  }

  @Test
  void damagedCheckpointsAreRefused() throws IOException {
    Path file = folder.resolve("c");
    TrainConfig c = Toy.config("epochs", 1, "batch", 4);
    new Trainer<>(Toy.quadratic(0), Toy.same(4, 1), null, null, c, file, "a", Toy.silent())
        .run(false);
    byte[] good = Files.readAllBytes(file);
    // Cut short, at the head, in the middle and at the end.
    for (int n : new int[] {0, 5, 40, good.length / 2, good.length - 1}) {
      Files.write(file, Arrays.copyOf(good, n));
      assertThat(Sentences.of(() -> resume(file, c))).contains("c");
    }
    // Another safetensors file.
    SafeTensors.write(file, Map.of("w", Tensor.ones(1)), Map.of());
    assertThat(Sentences.of(() -> resume(file, c))).contains("not a JaVAE checkpoint");
    // Any bit flipped: refused, whatever it hits.
    for (int i = 0; i < 8 * good.length; i++) {
      byte[] bad = good.clone();
      bad[i / 8] ^= (byte) (1 << i % 8);
      Files.write(file, bad);
      assertThat(Sentences.of(() -> Checkpoint.read(file))).as("bit %d", i).isNotBlank();
    }
  }

  private static void resume(Path file, TrainConfig c) {
    new Trainer<>(Toy.quadratic(0), Toy.same(4, 1), null, null, c, file, "a", Toy.silent())
        .run(true);
  }
}
