package org.javae.core.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.javae.core.model.Params;
import org.javae.core.net.GatedPixelCnn.Size;
import org.javae.tensor.Autograd;
import org.javae.tensor.DType;
import org.javae.tensor.Rng;
import org.javae.tensor.Scope;
import org.javae.tensor.Tensor;
import org.javae.tensor.UserException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The order of dependence, no blind spot, and mass 1 over all images, in float64. */
class GatedPixelCnnTest {
  private static GatedPixelCnn net(Size size) {
    Params p = new Params(Rng.of(3), DType.FLOAT64);
    GatedPixelCnn net = new GatedPixelCnn(p, "net", size);
    Scope.run(
        () ->
            p.trainable()
                .forEach(
                    t ->
                        t.addInPlace(
                            Rng.of(6).split("move").normal(DType.FLOAT64, t.shape().toArray()),
                            0.2)));
    return net;
  }

  /** All images of K levels, int64 {@code [Kᵈ, C, h, w]}. */
  private static Tensor all(int levels, int c, int h, int w) {
    int d = c * h * w;
    int n = (int) Math.pow(levels, d);
    long[] v = new long[n * d];
    for (int i = 0; i < n; i++) {
      int rest = i;
      for (int j = 0; j < d; j++) {
        v[i * d + j] = rest % levels;
        rest /= levels;
      }
    }
    return Tensor.of(v, n, c, h, w);
  }

  private static Tensor values(Tensor levels) {
    return levels.to(DType.FLOAT64);
  }

  @ParameterizedTest
  @CsvSource({"1,1,2,8", "3,1,2,24", "2,3,3,15", "1,4,4,8"})
  void aLevelDependsOnExactlyWhatComesBefore(int c, int planes, int levels, int features) {
    int h = 4;
    int w = 3;
    GatedPixelCnn net = net(new Size(c, planes, levels, features, 2, 0));
    Tensor x = Rng.of(1).normal(DType.FLOAT64, 1, (long) c * planes, h, w).requireGrad();
    for (int i = 0; i < h; i++) {
      for (int j = 0; j < w; j++) {
        for (int k = 0; k < c; k++) {
          Tensor y = net.apply(x).select(1, k).select(3, j).select(2, i).square().sum();
          double[] g = Autograd.grad(y, List.of(x)).get(0).toDoubles();
          for (int at = 0; at < g.length; at++) {
            int channel = at / (h * w) / planes;
            int position = (at % (h * w)) * c + channel;
            boolean before = position < (i * w + j) * c + k;
            assertThat(g[at] != 0)
                .as("level %d,%d,%d sees plane element %d", k, i, j, at)
                .isEqualTo(before);
          }
        }
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"2,1,3,3", "3,2,2,2", "2,3,1,4"})
  void allImagesHaveMassOne(int levels, int c, int h, int w) {
    GatedPixelCnn net = net(new Size(c, 1, levels, 6, 2, 0));
    Tensor all = all(levels, c, h, w);
    double mass =
        Scope.run(
            () ->
                Autograd.off(() -> net.logProb(values(all), all, null).logSumExp(0).exp().item()));
    assertThat(mass).isCloseTo(1, within(1e-10));
  }

  @Test
  void codesAsIndicatorsGivenALabelOrAMap() {
    GatedPixelCnn net = net(new Size(1, 3, 3, 5, 1, 2));
    Tensor all = all(3, 1, 2, 2);
    Tensor x = all.squeeze(1).oneHot(3).permute(0, 3, 1, 2).to(DType.FLOAT64);
    Tensor label = Tensor.of(new double[] {1, -2}, 1, 2).expand(all.size(0), 2);
    Tensor map = label.unsqueeze(2).unsqueeze(3).expand(all.size(0), 2, 2, 2);
    Tensor p = net.logProb(x, all, label);
    assertThat(p.exp().sum().item()).isCloseTo(1, within(1e-10));
    assertThat(net.logProb(x, all, map).toDoubles())
        .as("the same condition everywhere")
        .containsExactly(p.toDoubles(), within(1e-12));
    assertThat(net.logProb(x, all, label.neg()).minus(p).abs().max().item()).isGreaterThan(0.01);
  }

  @Test
  void drawsFollowTheMass() {
    GatedPixelCnn net = net(new Size(2, 1, 2, 4, 1, 0));
    Tensor all = all(2, 2, 2, 1);
    double[] p = Autograd.off(() -> net.logProb(values(all), all, null).exp().toDoubles());
    int n = 8000;
    double[] last = {0};
    long[] drawn =
        net.sample(n, 2, 1, GatedPixelCnnTest::values, null, Rng.of(2), f -> last[0] = f).toLongs();
    double[] count = new double[16];
    for (int i = 0; i < n; i++) {
      int index = 0;
      for (int j = 0; j < 4; j++) {
        index += (int) drawn[4 * i + j] << j;
      }
      count[index] += 1.0 / n;
    }
    assertThat(last[0]).isEqualTo(1);
    for (int i = 0; i < 16; i++) {
      double sd = Math.sqrt(p[i] * (1 - p[i]) / n);
      assertThat(count[i]).as("image %d", i).isCloseTo(p[i], within(4.5 * sd + 1e-4));
    }
  }

  @Test
  void rowsOutOfSightAreCutOffWithoutEffectOnDraws() {
    GatedPixelCnn net = net(new Size(1, 1, 2, 4, 1, 0));
    Tensor drawn = net.sample(2, 9, 3, GatedPixelCnnTest::values, null, Rng.of(2), f -> {});
    // The same draws with every conditional from the whole image.
    Rng rng = Rng.of(2);
    long[] v = new long[2 * 27];
    for (int at = 0; at < 27; at++) {
      Tensor x = values(Tensor.of(v, 2, 1, 9, 3));
      Tensor logits = net.apply(x).select(1, 0).select(3, at % 3).select(2, at / 3);
      long[] d = rng.multinomial(logits.softmax(1), 1).toLongs();
      v[at] = d[0];
      v[27 + at] = d[1];
    }
    assertThat(drawn.toLongs()).containsExactly(v);
  }

  @Test
  void beforeTrainingAllLevelsAreEquallyLikely() {
    GatedPixelCnn net =
        new GatedPixelCnn(new Params(Rng.of(1), DType.FLOAT64), "net", new Size(1, 1, 5, 4, 1, 0));
    Tensor levels = Tensor.of(new long[] {0, 1, 2, 3, 4, 0}, 1, 1, 2, 3);
    assertThat(net.logProb(values(levels), levels, null).item())
        .isCloseTo(-6 * Math.log(5), within(1e-12));
  }

  @Test
  void impossibleSizesAreRefused() {
    assertThatThrownBy(() -> new Size(1, 1, 2, 0, 1, 0))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("features is 0");
  }
}
