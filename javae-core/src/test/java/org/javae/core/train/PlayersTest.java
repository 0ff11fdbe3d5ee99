package org.javae.core.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.javae.core.model.Batch;
import org.javae.core.model.DataSpec;
import org.javae.core.model.Loss;
import org.javae.core.model.Model;
import org.javae.core.model.ModelConfig;
import org.javae.core.model.Params;
import org.javae.core.schedule.Schedule;
import org.javae.core.train.TrainResult.Status;
import org.javae.tensor.DType;
import org.javae.tensor.Rng;
import org.javae.tensor.Shape;
import org.javae.tensor.Tensor;
import org.javae.tensor.UserException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several players with objectives of their own, and inner loops for the encoder. */
class PlayersTest {
  private interface Law {
    Loss of(Tensor encoder, Tensor decoder, Batch b, Step s);
  }

  /** Two scalars, "encoder.w" and "decoder.w". */
  private static final class Two extends Model<Batch> {
    private final Law law;
    private final Tensor encoder;
    private final Tensor decoder;
    private final List<double[]> seen = new ArrayList<>();

    Two(Law law) {
      super(DataSpec.of(Shape.of(1), false, false), new Params(Rng.of(0), DType.FLOAT32));
      this.law = law;
      encoder = params().parameter("encoder.w", Tensor.zeros(1, 1));
      decoder = params().parameter("decoder.w", Tensor.zeros(1, 1));
    }

    @Override
    public ModelConfig config() {
      return null;
    }

    @Override
    public Loss loss(Batch b, Step s) {
      seen.add(new double[] {encoder.item(), decoder.item()});
      return law.of(encoder, decoder, b, s);
    }
  }

  private static TrainConfig config(int epochs, int aggressive) {
    return new TrainConfig(
        epochs, 2, 0.05, 3, "sgd", Schedule.CONSTANT, 0, 0, 0, 0, 1, aggressive, 0, false, 0, 0);
  }

  private static Trainer<Batch> trainer(Two m, TrainConfig c, Validator<Batch> v, Path file) {
    BatchSource<Batch> rows = Toy.same(8, 1);
    return new Trainer<>(m, rows, v == null ? null : rows, v, c, file, "", new TrainListener() {});
  }

  @Test
  void eachPlayerFollowsItsOwnLoss() {
    // Total: (d − 3)² + e·1000, which must not move e; the encoder's own: (e − 5)² + d·1000.
    Two m =
        new Two(
            (e, d, b, s) ->
                Loss.zero()
                    .plus("total", d.minus(3).square().plus(e.times(1000)).expand(2, 1).squeeze(1))
                    .trains(
                        "encoder",
                        "own",
                        e.minus(5).square().plus(d.times(1000)).expand(2, 1).squeeze(1)));
    trainer(m, config(50, 0), null, null).run(false);
    assertThat(m.encoder.item()).isCloseTo(5, within(1e-3));
    assertThat(m.decoder.item()).isCloseTo(3, within(1e-3));
  }

  @Test
  void aPlayerThatLosesIsStoppedWithItsCurve() {
    Two m =
        new Two(
            (e, d, b, s) ->
                Loss.zero()
                    .plus("total", d.square().expand(2, 1).squeeze(1))
                    .trains(
                        "encoder",
                        "critic",
                        // Rises tenfold an epoch whatever the player does.
                        e.times(0)
                            .plus(Math.pow(10, Math.floor(s.epochs())))
                            .expand(2, 1)
                            .squeeze(1)));
    TrainResult r = trainer(m, config(50, 0), null, null).run(false);
    assertThat(r.status()).isEqualTo(Status.DIVERGED);
    assertThat(r.reason()).contains("critic diverges: 1.00, 10.0, 100, 1.00e+03 nats");
  }

  private static Two encoderFollowsDecoder() {
    return new Two(
        (e, d, b, s) ->
            Loss.zero()
                .plus(
                    "error",
                    e.minus(d)
                        .minus(b.x())
                        .square()
                        .plus(d.minus(1).square().times(0.1))
                        .sumEvent()));
  }

  /** Mutual information that rises until epoch {@code peak}. */
  private static Validator<Batch> rising(int peak) {
    int[] epoch = {0};
    return (model, rows, rng) -> {
      int n = Integer.parseInt(rng.path().substring(rng.path().lastIndexOf('/') + 1));
      epoch[0] = n;
      Map<String, Double> m = new LinkedHashMap<>();
      m.put("loss", 1.0);
      m.put("mutual_information", n < peak ? (double) n : 0.5 * peak - n);
      return Validator.Held.of(m);
    };
  }

  @Test
  void theInnerLoopMovesTheEncoderAloneAndThenTheRest() {
    Two m = encoderFollowsDecoder();
    trainer(m, config(1, 30), rising(9), null).run(false);
    // While the encoder moves the decoder stands still, and the other way round.
    boolean inner = false;
    boolean outer = false;
    for (int i = 1; i < m.seen.size(); i++) {
      boolean e = m.seen.get(i)[0] != m.seen.get(i - 1)[0];
      boolean d = m.seen.get(i)[1] != m.seen.get(i - 1)[1];
      assertThat(e && d).as("both at once").isFalse();
      inner |= e;
      outer |= d;
    }
    assertThat(inner).isTrue();
    assertThat(outer).isTrue();
    assertThat(m.seen.size()).as("evaluations").isGreaterThan(4 * 20);
  }

  @Test
  void itEndsWhenInformationNoLongerRises() {
    Two m = encoderFollowsDecoder();
    List<String> said = new ArrayList<>();
    BatchSource<Batch> rows = Toy.same(8, 1);
    new Trainer<>(
            m,
            rows,
            rows,
            rising(3),
            config(8, 30),
            null,
            "",
            new TrainListener() {
              @Override
              public void message(String sentence) {
                said.add(sentence);
              }
            })
        .run(false);
    assertThat(said).hasSize(1);
    assertThat(said.get(0)).contains("from epoch 7 on");
  }

  @Test
  void anInterruptedAggressiveRunResumesToTheSameBits(@TempDir Path folder) {
    Two whole = encoderFollowsDecoder();
    trainer(whole, config(8, 20), rising(3), null).run(false);
    for (int stop : new int[] {1, 6, 14, 29}) {
      Path file = folder.resolve("state" + stop);
      Two first = encoderFollowsDecoder();
      AtomicReference<Trainer<Batch>> t = new AtomicReference<>();
      int[] steps = {0};
      BatchSource<Batch> rows = Toy.same(8, 1);
      t.set(
          new Trainer<>(
              first,
              rows,
              rows,
              rising(3),
              config(8, 20),
              file,
              "",
              new TrainListener() {
                @Override
                public void step(Progress p) {
                  if (++steps[0] == stop) {
                    t.get().requestStop();
                  }
                }
              }));
      t.get().run(false);
      Two second = encoderFollowsDecoder();
      trainer(second, config(8, 20), rising(3), file).run(true);
      assertThat(second.encoder.item()).isEqualTo(whole.encoder.item());
      assertThat(second.decoder.item()).isEqualTo(whole.decoder.item());
    }
  }

  @Test
  void aModelWithoutAnEncoderAndARunWithoutHeldOutRowsAreRefused() {
    assertThatThrownBy(
            () ->
                new Trainer<>(
                    Toy.quadratic(1),
                    Toy.same(4, 1),
                    Toy.same(4, 1),
                    rising(1),
                    config(1, 5),
                    null,
                    "",
                    new TrainListener() {}))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("encoder of its own");
    assertThatThrownBy(() -> trainer(encoderFollowsDecoder(), config(1, 5), null, null))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("validation");
  }
}
