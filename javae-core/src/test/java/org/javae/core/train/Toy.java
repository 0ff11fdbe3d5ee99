package org.javae.core.train;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.javae.core.io.Json;
import org.javae.core.model.Batch;
import org.javae.core.model.DataSpec;
import org.javae.core.model.Loss;
import org.javae.core.model.Model;
import org.javae.core.model.ModelConfig;
import org.javae.core.model.Params;
import org.javae.tensor.DType;
import org.javae.tensor.Rng;
import org.javae.tensor.Shape;
import org.javae.tensor.Tensor;

/** A model of one parameter vector w, called "w", and whatever loss a test wants. */
final class Toy extends Model<Batch> {
  /** The loss of a batch. */
  interface Law {
    Loss of(Tensor w, Batch b, Step s);
  }

  private record Config() implements ModelConfig {}

  private final Law law;
  private final Tensor w;
  private boolean lossesCompare = true;

  Toy(double[] start, Law law) {
    super(DataSpec.of(Shape.of(start.length), false, false), new Params(Rng.of(0), DType.FLOAT32));
    this.law = law;
    this.w = params().parameter("w", Tensor.of(start, 1, start.length));
  }

  /** ‖w − x‖². */
  static Toy quadratic(double... start) {
    return new Toy(
        start, (w, b, s) -> Loss.zero().plus("error", b.x().minus(w).square().sumEvent()));
  }

  /** g·w for every observation g, so that the gradient is the mean observation. */
  static Toy linear(double... start) {
    return new Toy(start, (w, b, s) -> Loss.zero().plus("product", b.x().times(w).sumEvent()));
  }

  /** As if a moving critic measured its loss. */
  Toy withIncomparableLosses() {
    lossesCompare = false;
    return this;
  }

  @Override
  public boolean lossesCompare() {
    return lossesCompare;
  }

  double[] w() {
    return w.toDoubles();
  }

  @Override
  public ModelConfig config() {
    return new Config();
  }

  @Override
  public Loss loss(Batch b, Step s) {
    return law.of(w, b, s);
  }

  /** The given rows, in order, every epoch. */
  static BatchSource<Batch> rows(float[]... rows) {
    return new BatchSource<>() {
      @Override
      public int size() {
        return rows.length;
      }

      @Override
      public Batch batch(long epoch, int index, int batchSize) {
        int from = index * batchSize;
        int n = Math.min(rows.length, from + batchSize) - from;
        int d = rows[0].length;
        float[] v = new float[n * d];
        for (int i = 0; i < n; i++) {
          System.arraycopy(rows[from + i], 0, v, i * d, d);
        }
        return new Batch(Tensor.of(v, n, d), null);
      }
    };
  }

  /** n rows holding one number each. */
  static BatchSource<Batch> same(int n, float value) {
    float[][] rows = new float[n][1];
    Arrays.stream(rows).forEach(r -> r[0] = value);
    return rows(rows);
  }

  /** Settings: the defaults with some replaced, key, value, key, value … */
  static TrainConfig config(Object... settings) {
    ObjectNode tree = Json.mapper().valueToTree(TrainConfig.DEFAULTS);
    for (int i = 0; i < settings.length; i += 2) {
      tree.set((String) settings[i], Json.mapper().valueToTree(settings[i + 1]));
    }
    return Json.convert(tree, "the settings", TrainConfig.class);
  }

  /** Validation losses as a script, one an epoch. */
  static <B> Validator<B> script(double... losses) {
    int[] epoch = {0};
    return (model, rows, rng) ->
        Validator.Held.of(Map.of("loss", losses[Math.min(epoch[0]++, losses.length - 1)]));
  }

  static <B> Trainer<B> trainer(Model<B> m, BatchSource<B> rows, TrainConfig c, TrainListener l) {
    return new Trainer<>(m, rows, null, null, c, null, "", l);
  }

  static TrainListener silent() {
    return new TrainListener() {};
  }

  /** Keeps the messages. */
  static TrainListener messages(List<String> into) {
    return new TrainListener() {
      @Override
      public void message(String sentence) {
        into.add(sentence);
      }
    };
  }
}
