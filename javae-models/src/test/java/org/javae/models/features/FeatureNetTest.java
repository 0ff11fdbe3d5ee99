package org.javae.models.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.javae.core.data.ArrayDataset;
import org.javae.core.data.Dataset.Annotation;
import org.javae.core.data.Loader;
import org.javae.core.data.Preprocessing;
import org.javae.core.evaluate.sample.Frechet;
import org.javae.core.model.DataSpec;
import org.javae.core.train.TrainListener;
import org.javae.tensor.Autograd;
import org.javae.tensor.Rng;
import org.javae.tensor.Scope;
import org.javae.tensor.Shape;
import org.javae.tensor.Tensor;
import org.junit.jupiter.api.Test;

/** The network learns what tells pictures apart. */
class FeatureNetTest {
  /** Bright left or right halves, under noise. */
  private static ArrayDataset halves(int n) {
    SplittableRandom r = new SplittableRandom(4);
    float[] pixels = new float[n * 64];
    for (int i = 0; i < pixels.length; i++) {
      boolean left = i % 8 < 4;
      pixels[i] = (float) (0.5 * r.nextDouble() + (left == (i / 64 % 2 == 0) ? 0.4 : 0));
    }
    return ArrayDataset.of("halves", Shape.of(1, 8, 8), pixels);
  }

  private static FeatureNet trained(ArrayDataset d, int classes) {
    DataSpec plain = DataSpec.of(d.shape(), false, true);
    DataSpec spec = new DataSpec(plain.sizes(), List.of(), false, true, classes, 0, 0, List.of());
    FeatureNet net = new FeatureNet(spec, Rng.of(5).split("net"));
    int[] rows = IntStream.range(0, d.size()).toArray();
    Loader loader = new Loader(d, rows, Preprocessing.NONE, Rng.of(6), true);
    net.train(loader, 40, new TrainListener() {});
    return net;
  }

  @Test
  void theClassifierLearnsTheLabels() {
    int[] labels = IntStream.range(0, 200).map(i -> i % 2).toArray();
    ArrayDataset d =
        halves(200).withAnnotations(List.of(new Annotation("label", labels, 2, List.of())));
    FeatureNet net = trained(d, 2);
    float[] x = new float[200 * 64];
    d.read(IntStream.range(0, 200).toArray(), x);
    float[] scores =
        Scope.run(() -> Autograd.off(() -> net.logits(Tensor.of(x, 200, 1, 8, 8)).toFloats()));
    long right =
        IntStream.range(0, 200)
            .filter(i -> (scores[2 * i + 1] > scores[2 * i]) == (labels[i] == 1))
            .count();
    assertThat(right).isGreaterThan(190);
  }

  @Test
  void withoutLabelsFeaturesTellPicturesApart() {
    ArrayDataset d = halves(200);
    FeatureNet net = trained(d, 0);
    float[] x = new float[200 * 64];
    // The left halves first, then the right ones.
    d.read(IntStream.range(0, 200).map(i -> i < 100 ? 2 * i : 2 * i - 199).toArray(), x);
    Scope.run(
        () -> {
          Tensor f = Autograd.off(() -> net.features(Tensor.of(x, 200, 1, 8, 8)));
          Tensor left = f.narrow(0, 0, 100);
          double within = Frechet.between(left.narrow(0, 0, 50), left.narrow(0, 50, 50));
          assertThat(Frechet.between(left, f.narrow(0, 100, 100))).isGreaterThan(3 * within);
        });
  }
}
