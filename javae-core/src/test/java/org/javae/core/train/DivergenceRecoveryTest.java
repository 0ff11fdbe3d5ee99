package org.javae.core.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiPredicate;
import org.javae.core.model.Batch;
import org.javae.core.model.DataSpec;
import org.javae.core.model.Loss;
import org.javae.core.model.Model;
import org.javae.core.model.ModelConfig;
import org.javae.core.model.Params;
import org.javae.core.net.Net;
import org.javae.core.net.NetSpec;
import org.javae.core.support.Sentences;
import org.javae.core.train.TrainResult.Status;
import org.javae.tensor.DType;
import org.javae.tensor.Rng;
import org.javae.tensor.Shape;
import org.javae.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Never a silent NaN model. */
class DivergenceRecoveryTest {
  private static final float NAN = Float.NaN;

  /** A perceptron that reconstructs its input. */
  private static final class Perceptron extends Model<Batch> {
    private record Config() implements ModelConfig {}

    private final Net net;

    Perceptron() {
      super(DataSpec.of(Shape.of(2), false, false), new Params(Rng.of(3), DType.FLOAT32));
      this.net = NetSpec.parse("mlp:4,3/tanh").encoder(params(), "net", Shape.of(2), 2);
    }

    @Override
    public ModelConfig config() {
      return new Config();
    }

    @Override
    public Loss loss(Batch b, Step s) {
      Tensor y = net.apply(b.x());
      return Loss.zero()
          .plus("size", y.square().sumEvent().times(0).plus(1))
          .plus("error", y.minus(Tensor.ones(1, 2)).square().sumEvent());
    }

    boolean finite() {
      return params().all().values().stream().allMatch(Tensor::allFinite);
    }
  }

  /** Six batches of one row; what a bad row does is up to the script. */
  private static BatchSource<Batch> rows(BiPredicate<Long, Integer> bad, float value) {
    return new BatchSource<>() {
      @Override
      public int size() {
        return 6;
      }

      @Override
      public Batch batch(long epoch, int index, int batchSize) {
        float v = bad.test(epoch, index) ? value : 0.5f;
        return new Batch(Tensor.of(new float[] {v, 0.25f}, 1, 2), null);
      }
    };
  }

  @Test
  void aPassingNanIsNamedAndTrainingGoesOnWithHalfTheRate() {
    Perceptron m = new Perceptron();
    int[] hits = {0};
    List<String> messages = new ArrayList<>();
    Trainer<Batch> t =
        Toy.trainer(
            m,
            rows((e, i) -> e == 1 && i == 2 && hits[0]++ == 0, NAN),
            Toy.config("epochs", 3, "batch", 1, "lr", 0.01),
            Toy.messages(messages));
    TrainResult r = t.run(false);
    assertThat(r.status()).isEqualTo(Status.FINISHED);
    assertThat(messages).hasSize(1);
    assertThat(Sentences.checked(messages.get(0)))
        .isEqualTo(
            "loss term 'size' is not finite in epoch 2, batch 3, first in layer net.0; back to the last good state with"
                + " learning rate 0.00500 (try 1 of 5)");
    assertThat(t.history()).hasSize(3).extracting(EpochRecord::epoch).containsExactly(1, 2, 3);
    assertThat(t.history()).extracting(EpochRecord::lr).containsExactly(0.01, 0.005, 0.005);
    assertThat(t.history().get(1).step()).isEqualTo(12);
    assertThat(m.finite()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(floats = {NAN, Float.POSITIVE_INFINITY})
  void aLastingOneNamesTermLayerAndBatchAndEndsAfterFiveReturns(float value) {
    Perceptron m = new Perceptron();
    List<String> messages = new ArrayList<>();
    List<Map<String, Tensor>> kept = new ArrayList<>();
    TrainListener l =
        new TrainListener() {
          @Override
          public void epoch(EpochRecord e) {
            kept.add(m.params().snapshot());
          }

          @Override
          public void message(String sentence) {
            messages.add(sentence);
          }
        };
    TrainResult r =
        Toy.trainer(
                m,
                rows((e, i) -> e == 1 && i == 4, value),
                Toy.config("epochs", 9, "batch", 1, "lr", 0.01),
                l)
            .run(false);
    assertThat(r.status()).isEqualTo(Status.DIVERGED);
    assertThat(messages).hasSize(5).allMatch(s -> Sentences.checked(s) != null);
    assertThat(messages.get(4)).contains("learning rate 0.000313 (try 5 of 5)");
    // The tanh behind it makes ∞ finite again; only the gradient suffers.
    String expected =
        Float.isNaN(value)
            ? "loss term 'size' is not finite in epoch 2, batch 5, first in layer net.0"
            : "loss term 'size' is not finite in epoch 2, batch 6: the update before it made parameter net.0.weight"
                + " infinite or NaN";
    assertThat(Sentences.checked(r.reason()))
        .startsWith(expected)
        .contains("gave up after 5 returns", "smaller --lr");
    assertThat(m.finite()).isTrue();
    // The weights kept are those at the end of epoch 1, the last good state.
    m.params()
        .all()
        .forEach((k, w) -> assertThat(w.toFloats()).isEqualTo(kept.get(0).get(k).toFloats()));
    assertThat(r.epochs()).isEqualTo(1);
  }

  /** A rate so large that the update leaves the function's domain: halving it is the cure. */
  @Test
  void aRateTooLargeIsHalvedUntilItWorks() {
    // w − ln w has its minimum at 1; from 3 a step longer than 4.5 makes w negative.
    Toy m =
        new Toy(
            new double[] {3},
            (w, b, s) -> Loss.zero().plus("barrier", b.x().times(w.minus(w.log())).sumEvent()));
    List<String> messages = new ArrayList<>();
    Trainer<Batch> t =
        Toy.trainer(
            m,
            Toy.same(4, 1),
            Toy.config(
                "epochs",
                60,
                "batch",
                1,
                "lr",
                12,
                "optimizer",
                "sgd",
                "momentum",
                0,
                "lr_schedule",
                "cosine"),
            Toy.messages(messages));
    TrainResult r = t.run(false);
    assertThat(r.status()).isEqualTo(Status.FINISHED);
    assertThat(messages).isNotEmpty().hasSizeLessThan(6);
    assertThat(messages.get(0)).startsWith("loss term 'barrier' is not finite in epoch 1, batch 2");
    assertThat(m.w()[0]).isBetween(0.9, 1.1);
  }

  /** The loss is finite, its gradient is not: d√(u²)/du at 0. */
  private static Toy kink() {
    return new Toy(
        new double[] {1},
        (w, b, s) -> Loss.zero().plus("distance", b.x().minus(w).square().sumEvent().sqrt()));
  }

  @Test
  void anUpdateThatIsNotFiniteIsNamed() {
    Toy m = kink();
    List<String> messages = new ArrayList<>();
    TrainResult r =
        Toy.trainer(m, Toy.same(4, 1), Toy.config("epochs", 3, "batch", 1), Toy.messages(messages))
            .run(false);
    assertThat(r.status()).isEqualTo(Status.DIVERGED);
    assertThat(messages.get(0))
        .startsWith(
            "loss term 'distance' is not finite in epoch 1, batch 2: the update before it made parameter w infinite or"
                + " NaN");
    assertThat(m.w()).containsExactly(1);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void theLastUpdateOfAnEpochMustBeFiniteToo(int epochs) {
    Toy m = kink();
    List<String> messages = new ArrayList<>();
    List<EpochRecord> records = new ArrayList<>();
    TrainListener l =
        new TrainListener() {
          @Override
          public void message(String sentence) {
            messages.add(sentence);
          }

          @Override
          public void epoch(EpochRecord e) {
            records.add(e);
          }
        };
    TrainResult r =
        Toy.trainer(m, Toy.same(1, 1), Toy.config("epochs", epochs, "batch", 1), l).run(false);
    assertThat(r.status()).isEqualTo(Status.DIVERGED);
    assertThat(messages).hasSize(5);
    assertThat(Sentences.checked(messages.get(0)))
        .startsWith("the last update of epoch 1 made parameter w infinite or NaN");
    assertThat(m.w()).containsExactly(1);
    assertThat(records).as("an epoch that ended in NaN is not reported").isEmpty();
  }

  @Test
  void averagedWeightsReturnToTheGoodStateToo() {
    Perceptron m = new Perceptron();
    TrainResult r =
        Toy.trainer(
                m,
                rows((e, i) -> e == 1 && i == 4, NAN),
                Toy.config("epochs", 9, "batch", 1, "lr", 0.01, "ema", 0.9),
                Toy.silent())
            .run(false);
    assertThat(r.status()).isEqualTo(Status.DIVERGED);
    assertThat(m.finite()).isTrue();
  }

  @Test
  void momentsReturnToTheGoodState() {
    // After a passing NaN the run must equal one that started at that state with half the rate:
    // moments, not only weights, must come back.
    Toy hit = Toy.quadratic(0);
    int[] hits = {0};
    BatchSource<Batch> clean = Toy.same(5, 3);
    BatchSource<Batch> dirty =
        new BatchSource<>() {
          @Override
          public int size() {
            return 5;
          }

          @Override
          public Batch batch(long epoch, int index, int n) {
            boolean bad = epoch == 0 && index == 3 && hits[0]++ == 0;
            return bad ? new Batch(Tensor.full(NAN, 1, 1), null) : clean.batch(epoch, index, n);
          }
        };
    Toy.trainer(hit, dirty, Toy.config("epochs", 4, "batch", 1, "lr", 0.2), Toy.silent())
        .run(false);
    Toy half = Toy.quadratic(0);
    Toy.trainer(half, clean, Toy.config("epochs", 4, "batch", 1, "lr", 0.1), Toy.silent())
        .run(false);
    assertThat(hit.w()).isEqualTo(half.w());
  }
}
