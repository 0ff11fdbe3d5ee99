package org.javae.core.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.javae.core.data.ArrayDataset;
import org.javae.core.data.Loader;
import org.javae.core.data.Preprocessing;
import org.javae.core.evaluate.Evaluator;
import org.javae.core.model.Batch;
import org.javae.core.model.DataSpec;
import org.javae.core.model.Loss;
import org.javae.core.support.Sentences;
import org.javae.core.support.TinyVae;
import org.javae.core.train.TrainResult.Status;
import org.javae.tensor.Rng;
import org.javae.tensor.Shape;
import org.javae.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TrainerTest {
  private static final float[][] FOUR = {{1, 10}, {2, 20}, {3, 30}, {6, 40}};

  @ParameterizedTest
  @CsvSource({"sgd, 0.05", "adam, 0.3", "adamw, 0.3"})
  void minimisesAQuadratic(String optimizer, double lr) {
    Toy m = Toy.quadratic(-5, 7);
    TrainResult r =
        Toy.trainer(
                m,
                Toy.rows(FOUR),
                Toy.config(
                    "epochs",
                    400,
                    "batch",
                    4,
                    "lr",
                    lr,
                    "optimizer",
                    optimizer,
                    "lr_schedule",
                    "cosine"),
                Toy.silent())
            .run(false);
    assertThat(r.status()).isEqualTo(Status.FINISHED);
    assertThat(r.epochs()).isEqualTo(400);
    assertThat(r.bestEpoch()).isEqualTo(400);
    assertThat(m.w()).containsExactly(new double[] {3, 25}, within(1e-3));
  }

  @Test
  void epochRecordsHoldMeansOverObservations() {
    Toy m = Toy.quadratic(0, 0);
    List<EpochRecord> epochs = new ArrayList<>();
    TrainListener l =
        new TrainListener() {
          @Override
          public void epoch(EpochRecord e) {
            epochs.add(e);
          }
        };
    // Batches of 3 and 1: means of batch means would be off. The rate is too small to move w.
    Trainer<Batch> t =
        Toy.trainer(
            m,
            Toy.rows(FOUR),
            Toy.config("epochs", 2, "batch", 3, "lr", 1e-12, "optimizer", "sgd"),
            l);
    t.run(false);
    assertThat(epochs).isEqualTo(t.history()).hasSize(2);
    EpochRecord e = epochs.get(1);
    assertThat(e.epoch()).isEqualTo(2);
    assertThat(e.step()).isEqualTo(4);
    assertThat(e.train().get("error")).isCloseTo((101 + 404 + 909 + 1636) / 4.0, within(1e-3));
    assertThat(e.train()).containsOnlyKeys("error", "loss");
    assertThat(e.validation()).isEmpty();
  }

  @Test
  void progressCountsObservations() {
    List<TrainListener.Progress> seen = new ArrayList<>();
    TrainListener l =
        new TrainListener() {
          @Override
          public void step(Progress p) {
            seen.add(p);
          }
        };
    Toy.trainer(Toy.quadratic(0, 0), Toy.rows(FOUR), Toy.config("epochs", 2, "batch", 3), l)
        .run(false);
    assertThat(seen).extracting(TrainListener.Progress::done).containsExactly(3L, 4L, 3L, 4L);
    assertThat(seen).extracting(TrainListener.Progress::epoch).containsExactly(1, 1, 2, 2);
    assertThat(seen)
        .allMatch(p -> p.size() == 4 && p.epochs() == 2 && p.means().containsKey("loss"));
  }

  // ---- validation, early stopping, best and averaged weights

  private static Trainer<Batch> validated(
      Toy m, Validator<Batch> v, TrainListener l, Object... settings) {
    return new Trainer<>(m, Toy.rows(FOUR), Toy.rows(FOUR), v, Toy.config(settings), null, "", l);
  }

  private static TrainListener recorder(Toy m, List<double[]> afterEpochs) {
    return new TrainListener() {
      @Override
      public void epoch(EpochRecord e) {
        afterEpochs.add(m.w());
      }
    };
  }

  @Test
  void stopsWithoutImprovementAndKeepsTheBestWeights() {
    Toy m = Toy.quadratic(0, 0);
    List<double[]> w = new ArrayList<>();
    TrainResult r =
        validated(m, Toy.script(5, 4, 3, 3.5, 3, 2), recorder(m, w), "epochs", 50, "patience", 2)
            .run(false);
    assertThat(r.status()).isEqualTo(Status.STOPPED_EARLY);
    assertThat(r.epochs()).isEqualTo(5);
    assertThat(r.bestEpoch()).isEqualTo(3);
    assertThat(Sentences.checked(r.reason())).contains("for 2 epochs", "best was epoch 3");
    assertThat(m.w()).isEqualTo(w.get(2)).isNotEqualTo(w.get(4));
  }

  @Test
  void bestWeightsAreKeptAtTheEndToo() {
    Toy m = Toy.quadratic(0, 0);
    List<double[]> w = new ArrayList<>();
    TrainResult r = validated(m, Toy.script(5, 1, 3, 4), recorder(m, w), "epochs", 4).run(false);
    assertThat(r.status()).isEqualTo(Status.FINISHED);
    assertThat(r.bestEpoch()).isEqualTo(2);
    assertThat(m.w()).isEqualTo(w.get(1));
  }

  @Test
  void theLastWeightsAreKeptIfAsked() {
    Toy m = Toy.quadratic(0, 0);
    List<double[]> w = new ArrayList<>();
    TrainResult r =
        validated(m, Toy.script(5, 1, 3, 4), recorder(m, w), "epochs", 4, "best", false).run(false);
    assertThat(r.bestEpoch()).isEqualTo(4);
    assertThat(m.w()).isEqualTo(w.get(3));
  }

  @Test
  void lossesThatDoNotCompareKeepTheLastWeightsAndStopNothing() {
    Toy m = Toy.quadratic(0, 0).withIncomparableLosses();
    List<double[]> w = new ArrayList<>();
    TrainResult r =
        validated(m, Toy.script(5, 1, 3, 4, 6), recorder(m, w), "epochs", 5, "patience", 2)
            .run(false);
    assertThat(r.epochs()).isEqualTo(5);
    assertThat(r.bestEpoch()).isEqualTo(5);
    assertThat(m.w()).isEqualTo(w.get(4));
  }

  @Test
  void aValidationLossThatIsNotANumberIsNeverTheBest() {
    Toy m = Toy.quadratic(0, 0);
    List<double[]> w = new ArrayList<>();
    TrainResult r =
        validated(
                m,
                Toy.script(Double.NaN, 9, Double.NaN, Double.POSITIVE_INFINITY),
                recorder(m, w),
                "epochs",
                4)
            .run(false);
    assertThat(r.bestEpoch()).isEqualTo(2);
    assertThat(m.w()).isEqualTo(w.get(1));
    Toy never = Toy.quadratic(0, 0);
    TrainResult n = validated(never, Toy.script(Double.NaN), Toy.silent(), "epochs", 3).run(false);
    assertThat(n.bestEpoch()).isEqualTo(3);
  }

  /** Validation draws from a stream of its own. */
  @Test
  void validationDoesNotChangeTraining() {
    double[] without = noisy(null);
    double[] with =
        noisy(
            (model, rows, rng) -> {
              rng.normal(7);
              return Validator.Held.of(Map.of("loss", -rng.uniform(1).item()));
            });
    assertThat(with).isEqualTo(without);
  }

  private static double[] noisy(Validator<Batch> v) {
    Toy m =
        new Toy(
            new double[] {0, 0},
            (w, b, s) -> {
              Tensor noise = s.rng().normal(b.x().shape().toArray());
              return Loss.zero().plus("e", b.x().plus(noise).minus(w).square().sumEvent());
            });
    new Trainer<>(
            m,
            Toy.rows(FOUR),
            v == null ? null : Toy.rows(FOUR),
            v,
            Toy.config("epochs", 5, "batch", 2, "best", false),
            null,
            "",
            Toy.silent())
        .run(false);
    return m.w();
  }

  @Test
  void averagedWeightsAreEvaluatedAndKeptWhileTrainingGoesOnWithItsOwn() {
    double decay = 0.8;
    Toy m = Toy.quadratic(0, 0);
    double[] average = {0, 0};
    List<double[]> measured = new ArrayList<>();
    List<double[]> expected = new ArrayList<>();
    List<double[]> own = new ArrayList<>();
    TrainListener l =
        new TrainListener() {
          private int step;

          @Override
          public void step(Progress p) {
            step++;
            double d = Math.min(decay, step / (step + 10.0));
            double[] w = m.w();
            own.add(w);
            for (int i = 0; i < 2; i++) {
              average[i] += (1 - d) * (w[i] - average[i]);
            }
            if (p.done() == p.size()) {
              expected.add(average.clone());
            }
          }
        };
    Validator<Batch> v =
        (model, rows, rng) -> {
          measured.add(m.w());
          return Validator.Held.of(Map.of("loss", -(double) measured.size()));
        };
    validated(m, v, l, "epochs", 30, "batch", 2, "ema", decay, "lr", 0.3, "optimizer", "adam")
        .run(false);
    assertThat(measured).hasSize(30);
    for (int i = 0; i < 30; i++) {
      assertThat(measured.get(i)).containsExactly(expected.get(i), within(1e-4));
    }
    assertThat(m.w()).isEqualTo(measured.get(29));
    Toy plain = Toy.quadratic(0, 0);
    List<double[]> plainOwn = new ArrayList<>();
    TrainListener record =
        new TrainListener() {
          @Override
          public void step(Progress p) {
            plainOwn.add(plain.w());
          }
        };
    validated(plain, Toy.script(1), record, "epochs", 30, "batch", 2, "lr", 0.3).run(false);
    assertThat(own).usingRecursiveComparison().isEqualTo(plainOwn);
  }

  @Test
  void averagedWeightsAreKeptWithoutValidation() {
    Toy m = Toy.quadratic(0, 0);
    List<double[]> w = new ArrayList<>();
    new Trainer<>(
            m,
            Toy.rows(FOUR),
            null,
            null,
            Toy.config("epochs", 3, "batch", 4, "ema", 0.9, "optimizer", "sgd", "lr", 0.1),
            null,
            "",
            recorder(m, w))
        .run(false);
    assertThat(m.w()).isNotEqualTo(w.get(2));
  }

  // ---- gradients

  @Test
  void clippingBoundsTheStepAndLeavesSmallGradients() {
    for (double size : new double[] {100, 0.01}) {
      float g = (float) size;
      Toy m = Toy.linear(0, 0);
      Toy.trainer(
              m,
              Toy.rows(new float[] {3 * g, 4 * g}),
              Toy.config(
                  "epochs", 1, "batch", 1, "optimizer", "sgd", "momentum", 0, "lr", 1, "clip", 2),
              Toy.silent())
          .run(false);
      double norm = Math.hypot(m.w()[0], m.w()[1]);
      assertThat(norm).isCloseTo(Math.min(2, 5 * size), within(1e-5));
      assertThat(m.w()[0] / m.w()[1]).isCloseTo(0.75, within(1e-5));
    }
  }

  /** Three batches of 4 make the step of one batch of 12, also where the last ones are smaller. */
  @ParameterizedTest
  @CsvSource({"24", "23", "26", "13", "5"})
  void accumulatedBatchesEqualABigOne(int rows) {
    SplittableRandom r = new SplittableRandom(rows);
    float[][] x = new float[rows][2];
    for (float[] row : x) {
      row[0] = (float) r.nextGaussian();
      row[1] = (float) (3 + r.nextGaussian());
    }
    Toy big = Toy.quadratic(1, 1);
    Trainer<Batch> b =
        Toy.trainer(
            big, Toy.rows(x), Toy.config("epochs", 3, "batch", 12, "lr", 0.05), Toy.silent());
    b.run(false);
    Toy small = Toy.quadratic(1, 1);
    Trainer<Batch> s =
        Toy.trainer(
            small,
            Toy.rows(x),
            Toy.config("epochs", 3, "batch", 4, "accumulate", 3, "lr", 0.05),
            Toy.silent());
    s.run(false);
    assertThat(small.w()).containsExactly(big.w(), within(1e-6));
    assertThat(s.history().get(2).step()).isEqualTo(b.history().get(2).step());
    assertThat(s.history().get(2).train().get("loss"))
        .isCloseTo(b.history().get(2).train().get("loss"), within(1e-5));
  }

  @Test
  void theLearningRateFollowsItsSchedule() {
    Toy m = Toy.linear(0);
    List<Double> w = new ArrayList<>(List.of(0.0));
    TrainListener l =
        new TrainListener() {
          @Override
          public void step(Progress p) {
            w.add(m.w()[0]);
          }
        };
    Trainer<Batch> t =
        Toy.trainer(
            m,
            Toy.same(4, 1),
            Toy.config(
                "epochs",
                6,
                "batch",
                1,
                "optimizer",
                "sgd",
                "momentum",
                0,
                "lr",
                0.1,
                "lr_schedule",
                "step:2,0.5"),
            l);
    t.run(false);
    for (int i = 0; i < 24; i++) {
      double expected = 0.1 * Math.pow(0.5, i / 8);
      assertThat(w.get(i) - w.get(i + 1)).as("step " + i).isCloseTo(expected, within(1e-6));
    }
    assertThat(t.history())
        .extracting(EpochRecord::lr)
        .containsExactly(0.1, 0.1, 0.05, 0.05, 0.025, 0.025);
  }

  @Test
  void weightDecayShrinks() {
    // No gradient at all: only the decay moves w.
    for (String optimizer : List.of("adamw", "sgd")) {
      Toy m = Toy.linear(2);
      Toy.trainer(
              m,
              Toy.same(10, 0),
              Toy.config(
                  "epochs",
                  1,
                  "batch",
                  1,
                  "optimizer",
                  optimizer,
                  "momentum",
                  0,
                  "lr",
                  0.1,
                  "weight_decay",
                  0.5),
              Toy.silent())
          .run(false);
      assertThat(m.w()[0]).as(optimizer).isCloseTo(2 * Math.pow(0.95, 10), within(1e-5));
    }
  }

  /** Adam by the book (Kingma and Ba, 2015, Algorithm 1), in plain Java. */
  @Test
  void adamIsAdam() {
    float[] g = {1, -2, 0.5f, 3, -0.1f, 0.7f};
    float[][] rows = new float[g.length][1];
    for (int i = 0; i < g.length; i++) {
      rows[i][0] = g[i];
    }
    Toy m = Toy.linear(0.3);
    Toy.trainer(m, Toy.rows(rows), Toy.config("epochs", 2, "batch", 1, "lr", 0.01), Toy.silent())
        .run(false);
    double w = 0.3;
    double first = 0;
    double second = 0;
    for (int t = 1; t <= 12; t++) {
      double gradient = g[(t - 1) % 6];
      first = 0.9 * first + 0.1 * gradient;
      second = 0.999 * second + 0.001 * gradient * gradient;
      w -=
          0.01
              * first
              / (1 - Math.pow(0.9, t))
              / (Math.sqrt(second / (1 - Math.pow(0.999, t))) + 1e-8);
    }
    assertThat(m.w()[0]).isCloseTo(w, within(1e-6));
  }

  @Test
  void theStepTellsTheModelWhereTrainingStands() {
    List<Step> steps = new ArrayList<>();
    Toy m =
        new Toy(
            new double[] {0, 0},
            (w, b, s) -> {
              steps.add(s);
              return Loss.zero().plus("e", b.x().minus(w).square().sumEvent());
            });
    Toy.trainer(m, Toy.rows(FOUR), Toy.config("epochs", 2, "batch", 2), Toy.silent()).run(false);
    assertThat(steps).extracting(Step::index).containsExactly(0L, 1L, 2L, 3L);
    assertThat(steps).extracting(Step::epochs).containsExactly(0.0, 0.5, 1.0, 1.5);
    assertThat(steps).allMatch(s -> s.training() && s.totalEpochs() == 2);
  }

  // ---- time

  private static BatchSource<Batch> slow(int batches, long millis) {
    return new BatchSource<>() {
      @Override
      public int size() {
        return batches;
      }

      @Override
      public Batch batch(long epoch, int index, int batchSize) {
        try {
          Thread.sleep(millis);
        } catch (InterruptedException e) {
          throw new IllegalStateException(e);
        }
        return new Batch(Tensor.ones(1, 1), null);
      }
    };
  }

  @Test
  void timeIsUpAlsoInTheMiddleOfALongEpoch() {
    Toy m = Toy.quadratic(0);
    long start = System.nanoTime();
    TrainResult r =
        Toy.trainer(m, slow(100_000, 2), Toy.config("batch", 1, "max_seconds", 0.3), Toy.silent())
            .run(false);
    assertThat((System.nanoTime() - start) / 1e9).isBetween(0.3, 20.0);
    assertThat(r.status()).isEqualTo(Status.OUT_OF_TIME);
    assertThat(r.epochs()).isZero();
    assertThat(Sentences.checked(r.reason())).contains("time is up in epoch 1 of 20");
    assertThat(m.w()[0]).isPositive();
  }

  @Test
  void timeIsUpBetweenEpochs() {
    List<EpochRecord> epochs = new ArrayList<>();
    TrainListener sleeper =
        new TrainListener() {
          @Override
          public void epoch(EpochRecord e) {
            epochs.add(e);
            if (e.epoch() == 3) {
              try {
                Thread.sleep(1100);
              } catch (InterruptedException x) {
                throw new IllegalStateException(x);
              }
            }
          }
        };
    TrainResult r =
        Toy.trainer(
                Toy.quadratic(0, 0),
                Toy.rows(FOUR),
                Toy.config("epochs", 1000, "max_seconds", 1),
                sleeper)
            .run(false);
    assertThat(r.status()).isEqualTo(Status.OUT_OF_TIME);
    assertThat(r.epochs()).isEqualTo(epochs.size()).isBetween(1, 3);
    assertThat(r.reason()).contains("after " + r.epochs() + " of 1000 epochs");
  }

  @Test
  void stopsOnRequest() {
    Toy m = Toy.quadratic(0, 0);
    List<Trainer<Batch>> t = new ArrayList<>();
    int[] steps = {0};
    TrainListener l =
        new TrainListener() {
          @Override
          public void step(Progress p) {
            if (++steps[0] == 3) {
              t.get(0).requestStop();
            }
          }
        };
    t.add(Toy.trainer(m, Toy.rows(FOUR), Toy.config("epochs", 9, "batch", 2), l));
    TrainResult r = t.get(0).run(false);
    assertThat(r.status()).isEqualTo(Status.INTERRUPTED);
    assertThat(steps[0]).isEqualTo(3);
    assertThat(r.epochs()).isEqualTo(1);
    assertThat(Sentences.checked(r.reason())).contains("--resume");
  }

  // ---- a real model

  @Test
  void trainsAVaeAndFindsItsBestEpoch() {
    SplittableRandom r = new SplittableRandom(3);
    float[] v = new float[200 * 6];
    for (int i = 0; i < 200; i++) {
      float p = r.nextBoolean() ? 0.95f : 0.05f;
      for (int j = 0; j < 6; j++) {
        v[i * 6 + j] = r.nextDouble() < p ? 1 : 0;
      }
    }
    ArrayDataset d = ArrayDataset.of("coins", Shape.of(6), v);
    DataSpec spec = DataSpec.of(Shape.of(6), true, true);
    TinyVae m =
        (TinyVae)
            TinyVae.ENTRY.build(
                spec, TinyVae.ENTRY.configure(spec, Map.of()), Rng.of(1).split("init"));
    int[] train = IntStream.range(0, 150).toArray();
    int[] held = IntStream.range(150, 200).toArray();
    Trainer<Batch> t =
        new Trainer<>(
            m,
            new Loader(d, train, Preprocessing.NONE, Rng.of(1).split("t"), true),
            new Loader(d, held, Preprocessing.NONE, Rng.of(1).split("v"), false),
            Evaluator.validator(16),
            Toy.config("epochs", 30, "batch", 25, "lr", 0.02),
            null,
            "",
            Toy.silent());
    TrainResult result = t.run(false);
    Map<String, Double> first = t.history().get(0).validation();
    Map<String, Double> kept = t.history().get(result.bestEpoch() - 1).validation();
    assertThat(first).containsKeys("loss", "nll", "kl", "elbo", "active_units");
    // Six independent fair coins cost 4.16 nats; knowing the common cause costs about 1.9.
    assertThat(kept.get("elbo")).isGreaterThan(-3.2);
    assertThat(kept.get("elbo")).isCloseTo(-kept.get("nll") - kept.get("kl"), within(1e-9));
    Map<Integer, Double> losses = new HashMap<>();
    t.history().forEach(e -> losses.put(e.epoch(), e.validation().get("loss")));
    assertThat(losses.get(result.bestEpoch()))
        .isEqualTo(losses.values().stream().min(Double::compare).orElseThrow());
  }
}
