package org.javae.models.density;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Map;
import java.util.Set;
import org.javae.core.data.ArrayDataset;
import org.javae.core.data.Loader;
import org.javae.core.data.Preprocessing;
import org.javae.core.evaluate.Evaluator;
import org.javae.core.evaluate.Metrics;
import org.javae.core.model.DataSpec;
import org.javae.models.ModelCatalog;
import org.javae.tensor.Autograd;
import org.javae.tensor.DType;
import org.javae.tensor.Rng;
import org.javae.tensor.Scope;
import org.javae.tensor.Shape;
import org.javae.tensor.Tensor;
import org.javae.tensor.UserException;
import org.junit.jupiter.api.Test;

/** Mass 1 over all tiny images, and bytes as levels. Dependence: GatedPixelCnnTest. */
class PixelCnnTest {
  private static PixelCnn model(Shape shape, boolean binary, Map<String, ?> settings) {
    var entry = ModelCatalog.get("pixelcnn").in(DType.FLOAT64);
    DataSpec spec = DataSpec.of(shape, binary, true);
    PixelCnn m =
        (PixelCnn) entry.build(spec, entry.configure(spec, settings), Rng.of(1).split("init"));
    Scope.run(
        () ->
            m.params()
                .trainable()
                .forEach(
                    t ->
                        t.addInPlace(
                            Rng.of(6).split("move").normal(DType.FLOAT64, t.shape().toArray()),
                            0.2)));
    return m;
  }

  @Test
  void allBinaryImagesHaveMassOne() {
    PixelCnn m = model(Shape.of(1, 3, 3), true, Map.of("features", 5, "layers", 2));
    double[] v = new double[512 * 9];
    for (int i = 0; i < v.length; i++) {
      v[i] = i / 9 >> i % 9 & 1;
    }
    Tensor all = Tensor.of(v, 512, 1, 3, 3);
    double mass = Autograd.off(() -> m.logProb(all).logSumExp(0).exp().item());
    assertThat(mass).isCloseTo(1, within(1e-10));
  }

  /**
   * Every one of the 256 greys of a pixel, and every colour of few levels, is a class of its own.
   */
  @Test
  void bytesAndFewerLevelsHaveMassOne() {
    PixelCnn bytes = model(Shape.of(1, 1, 1), false, Map.of("features", 4, "layers", 1));
    double[] v = new double[256];
    for (int i = 0; i < 256; i++) {
      v[i] = (float) (i / 255.0);
    }
    assertThat(bytes.logProb(Tensor.of(v, 256, 1, 1, 1)).exp().sum().item())
        .isCloseTo(1, within(1e-10));
    PixelCnn few = model(Shape.of(2, 2, 1), false, Map.of("features", 4, "layers", 1, "levels", 4));
    double[] c = new double[256 * 4];
    for (int i = 0; i < c.length; i++) {
      c[i] = (i / 4 >> 2 * (i % 4) & 3) / 3.0;
    }
    assertThat(few.logProb(Tensor.of(c, 256, 2, 2, 1)).exp().sum().item())
        .isCloseTo(1, within(1e-10));
  }

  @Test
  void bitsPerDimensionOfAnUntrainedModelAreThoseOfItsLevels() {
    var entry = ModelCatalog.get("pixelcnn");
    Shape shape = Shape.of(3, 2, 2);
    DataSpec spec = DataSpec.of(shape, false, true);
    var m =
        entry.build(
            spec,
            entry.configure(spec, Map.of("features", 6, "layers", 1)),
            Rng.of(1).split("init"));
    float[] x = Rng.of(2).uniform(5, 12).toFloats();
    Loader rows =
        new Loader(
            ArrayDataset.of("images", shape, x),
            new int[] {0, 1, 2, 3, 4},
            Preprocessing.NONE,
            Rng.of(5),
            false);
    Metrics e =
        Evaluator.evaluate(
            m, rows, new Evaluator.Options(0, 1, 2, Set.of("bits_per_dimension")), f -> {});
    assertThat(e.bitsPerDimension()).isCloseTo(8, within(1e-5));
    assertThat(e.nll()).isNull();
  }

  @Test
  void drawsAreLevelsAndProgressIsTold() {
    PixelCnn m = model(Shape.of(1, 3, 2), false, Map.of("features", 4, "layers", 1, "levels", 3));
    double[] last = {0};
    double[] drawn = m.generate(6, Rng.of(1), f -> last[0] = f).toDoubles();
    assertThat(last[0]).isEqualTo(1);
    assertThat(drawn).hasSize(36).containsOnly(0, 0.5, 1);
  }

  @Test
  void vectorsAndOtherValuesAreRefused() {
    assertThatThrownBy(() -> model(Shape.of(9), true, Map.of()))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("pixelcnn is for images");
    assertThatThrownBy(() -> model(Shape.of(1, 2, 2), false, Map.of("levels", 300)))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("levels is 300");
  }
}
