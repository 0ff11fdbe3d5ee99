package org.javae.models.features;

import org.javae.core.model.Batch;
import org.javae.core.model.DataSpec;
import org.javae.core.model.Loss;
import org.javae.core.model.Model;
import org.javae.core.model.ModelConfig;
import org.javae.core.model.Params;
import org.javae.core.net.Net;
import org.javae.core.net.NetSpec;
import org.javae.core.schedule.Schedule;
import org.javae.core.train.BatchSource;
import org.javae.core.train.Step;
import org.javae.core.train.TrainConfig;
import org.javae.core.train.TrainListener;
import org.javae.core.train.Trainer;
import org.javae.tensor.DType;
import org.javae.tensor.Rng;
import org.javae.tensor.Shape;
import org.javae.tensor.Tensor;

/**
 * The network whose features sets of pictures are compared by: convolutions to 64 features, trained
 * here on the data themselves. With labels it classifies them, {@code −ln softmax(W f(x))_y};
 * without, it is the encoder of an autoencoder with the squared error.
 */
public final class FeatureNet extends Model<Batch> {
  /** Number of features. */
  public static final int FEATURES = 64;

  private static final NetSpec NETWORK = NetSpec.parse("conv:16,32");

  /** Nothing can be chosen: figures compare only by the same network. */
  public record Config() implements ModelConfig {}

  private final Net features;
  private final Net head;
  private final boolean classifies;

  /**
   * @param d of images; {@code classes} 0 for an autoencoder
   */
  public FeatureNet(DataSpec d, Rng init) {
    super(d, new Params(init, DType.FLOAT32));
    this.classifies = d.classes() > 1;
    this.features = NETWORK.encoder(params(), "features", d.event(), FEATURES);
    this.head =
        classifies
            ? NetSpec.LINEAR.encoder(params(), "head", Shape.of(FEATURES), d.classes())
            : NETWORK.decoder(params(), "head", FEATURES, d.event());
  }

  /** Features {@code [batch, 64]} of images in [0, 1]. */
  public Tensor features(Tensor x) {
    return features.apply(x);
  }

  /** Scores of the labels, {@code [batch, classes]}. */
  Tensor logits(Tensor x) {
    return head.apply(features(x).relu());
  }

  @Override
  public ModelConfig config() {
    return new Config();
  }

  @Override
  public Loss loss(Batch b, Step step) {
    if (classifies) {
      Tensor right = logits(b.x()).logSoftmax(1).gather(1, b.labels().reshape(-1, 1));
      return Loss.zero().plus("nll", right.reshape(-1).times(-1));
    }
    Tensor error = head.apply(features(b.x()).relu()).minus(b.x()).square();
    return Loss.zero().plus("error", error.reshape(b.x().size(0), -1).sum(1));
  }

  /** Trains for about {@code steps} updates of 100 rows. */
  public void train(BatchSource<Batch> rows, int steps, TrainListener listener) {
    int batch = Math.min(100, rows.size());
    int epochs = Math.max(1, steps / rows.batches(batch));
    TrainConfig c =
        new TrainConfig(
            epochs,
            batch,
            1e-3,
            0,
            "adam",
            Schedule.parse("constant"),
            0.9,
            0,
            0,
            0,
            1,
            0,
            0,
            false,
            0,
            Double.MAX_VALUE);
    new Trainer<>(this, rows, null, null, c, null, "features", listener).run(false);
  }
}
