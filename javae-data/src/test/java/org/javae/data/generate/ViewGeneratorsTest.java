package org.javae.data.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.javae.core.data.Dataset;
import org.javae.core.data.Views;
import org.javae.core.data.Vocabulary;
import org.javae.tensor.Shape;
import org.junit.jupiter.api.Test;

class ViewGeneratorsTest {
  @Test
  void aLabelIsTheSecondViewOfItsDigit() {
    Strokes strokes = new Strokes(20, 5, 1, 2.3);
    Dataset d = new StrokesLabel(strokes).generate(3);
    assertThat(d.views()).extracting(Dataset.View::name).containsExactly("image", "label");
    assertThat(d.views().get(0).shape()).isEqualTo(Shape.of(1, 28, 28));
    assertThat(d.publishedSplit()).isEqualTo(strokes.generate(3).publishedSplit());
    float[] one = new float[794];
    float[] picture = new float[784];
    for (int i = 0; i < d.size(); i++) {
      d.read(new int[] {i}, one);
      strokes.generate(3).read(new int[] {i}, picture);
      assertThat(Arrays.copyOf(one, 784)).isEqualTo(picture);
      float[] label = new float[10];
      label[d.labels().orElseThrow().values()[i]] = 1;
      assertThat(Arrays.copyOfRange(one, 784, 794)).isEqualTo(label);
    }
  }

  /** Two views of one number and one latent: everything by hand. */
  @Test
  void thePosteriorOfLinearViewsIsTheProductOfPriorAndExperts() {
    LinearViews g = new LinearViews(2, 1, 1, 0.7, 5);
    LinearViews.Truth t = g.truth(4);
    double[][] x = {{0.3}, {-1.2}};
    double[] pull = new double[2];
    double[] precision = new double[2];
    for (int m = 0; m < 2; m++) {
      double w = t.weights(m)[0][0];
      precision[m] = w * w / (t.noise(m) * t.noise(m));
      pull[m] = w * (x[m][0] - t.mean(m)[0]) / (t.noise(m) * t.noise(m));
    }
    LinearViews.Posterior both = t.posterior(x, 0, 1);
    double total = 1 + precision[0] + precision[1];
    assertThat(both.mean()[0]).isCloseTo((pull[0] + pull[1]) / total, within(1e-12));
    assertThat(both.covariance()[0][0]).isCloseTo(1 / total, within(1e-12));
    assertThat(t.posterior(x, 1).mean()[0]).isCloseTo(pull[1] / (1 + precision[1]), within(1e-12));
    assertThat(t.posterior(x).covariance()[0][0]).isEqualTo(1);
    assertThat(t.noise(1)).isCloseTo(1.05, within(1e-12));
  }

  /** The same views laid end to end are one Gaussian, whose density LinearGaussian computes. */
  @Test
  void theJointDensityIsThatOfOneGaussian() {
    LinearViews g = new LinearViews(3, 2, 2, 0.5, 4000);
    LinearViews.Truth t = g.truth(1);
    // With equal noise in a single view the classes agree; view 1 has σ itself.
    LinearGaussian.Truth one = new LinearGaussian.Truth(t.weights(0), t.mean(0), t.noise(0));
    double[][] x = {{0.4, -2}, {1, 1}, {0, 3}};
    assertThat(t.logDensity(x, 0)).isCloseTo(one.logDensity(x[0]), within(1e-10));
    // The chain rule over views, with p(x₂|x₁) by quadrature over x₂'s two numbers.
    double mass = 0;
    double step = 0.25;
    for (double a = -15; a <= 15; a += step) {
      for (double b = -15; b <= 15; b += step) {
        double[][] y = {x[0], {a, b}, x[2]};
        mass += Math.exp(t.logDensity(y, 0, 1) - t.logDensity(y, 0)) * step * step;
      }
    }
    assertThat(mass).isCloseTo(1, within(1e-6));
    Dataset d = g.generate(1);
    double expected = 0;
    float[] row = new float[6];
    for (int i = 0; i < d.size(); i++) {
      d.read(new int[] {i}, row);
      double[][] y = {{row[0], row[1]}, {row[2], row[3]}, {row[4], row[5]}};
      expected += t.logDensity(y, 0, 1, 2) / d.size();
    }
    assertThat(d.exactLogLikelihood().orElseThrow()).isCloseTo(expected, within(1e-9));
    assertThat(d.columns().get(2).name()).isEqualTo("view2.x0");
    assertThat(Views.present(d, new int[] {0})[0]).containsOnly(true);
  }

  @Test
  void poliesShareTheDigitAndNothingElse() {
    PolyStrokes g = new PolyStrokes(12, 4, 5, 3, "laplace:0.75");
    Dataset d = g.generate(2);
    assertThat(d.shape()).isEqualTo(Shape.of(5 * 3 * 784));
    assertThat(d.views()).hasSize(5).allMatch(v -> v.shape().equals(Shape.of(3, 28, 28)));
    float[] x = new float[16 * g.numel()];
    int[] rows = IntStream.range(0, 16).toArray();
    d.read(rows, x);
    for (float v : x) {
      assertThat(v).isBetween(0f, 1f);
    }
    // Views differ, and so do two observations' backgrounds in the same corner.
    Set<Float> corners = new HashSet<>();
    for (int i = 0; i < 16 * 5; i++) {
      corners.add(x[i * 3 * 784]);
    }
    assertThat(corners.size()).isGreaterThan(20);
    // A longer set begins with the shorter one, and fewer views are the first of more.
    Dataset longer = new PolyStrokes(30, 4, 2, 3, "laplace:0.75").generate(2);
    float[] y = new float[2 * 3 * 784];
    longer.read(new int[] {7}, y);
    assertThat(Arrays.copyOfRange(x, 7 * g.numel(), 7 * g.numel() + y.length)).isEqualTo(y);
    // Ink stands out: some pixels are far from the background's median in every view.
    Dataset grey = new PolyStrokes(12, 4, 5, 1, "bernoulli").generate(2);
    float[] one = new float[5 * 784];
    for (int i = 0; i < 12; i++) {
      grey.read(new int[] {i}, one);
      for (int m = 0; m < 5; m++) {
        float[] v = Arrays.copyOfRange(one, m * 784, (m + 1) * 784);
        Arrays.sort(v);
        float median = v[392];
        assertThat(Math.max(v[783 - 20] - median, median - v[20])).isGreaterThan(0.3f);
      }
    }
  }

  @Test
  void captionsSayWhatThePictureShows() {
    Dataset d = new ShapesCaptions(32, 60).generate(1);
    assertThat(d.views())
        .extracting(Dataset.View::name)
        .containsExactly("picture", "attributes", "caption");
    List<String> words = d.views().get(2).tokens().words();
    int[] shape = d.annotations().get(0).values();
    float[] x = new float[32 * 32 + 6 + 8];
    for (int i = 0; i < d.size(); i++) {
      d.read(new int[] {i}, x);
      assertThat(words.get((int) x[1030 + 2])).isEqualTo(Sprites.SHAPES.get(shape[i]));
      assertThat(x[1024 + shape[i]]).isEqualTo(1);
      double mass = 0;
      double column = 0;
      double row = 0;
      for (int p = 0; p < 1024; p++) {
        mass += x[p];
        column += x[p] * (p % 32 + 0.5);
        row += x[p] * (p / 32 + 0.5);
      }
      // Positions reach from a quarter to three quarters of the frame.
      assertThat(column / mass).isCloseTo(32 * (0.25 + 0.5 * x[1028]), within(0.8));
      assertThat(row / mass).isCloseTo(32 * (0.25 + 0.5 * x[1029]), within(0.8));
      String side = words.get((int) x[1030 + 6]);
      assertThat(side).isEqualTo(x[1028] < 1 / 3f ? "left" : x[1028] < 2 / 3f ? "centre" : "right");
      assertThat(x[1030 + 7]).isEqualTo(Vocabulary.END);
    }
  }

  @Test
  void rowsArePairedByLabelWithinTheirPart() {
    Dataset left = new Strokes(60, 30, 1, 2).generate(1);
    Dataset right = new Strokes(40, 20, 1, 3).generate(2);
    Dataset d = SameLabel.pair("both", left, right, 3, "bernoulli", 5);
    int[] l = left.labels().orElseThrow().values();
    int[] r = right.labels().orElseThrow().values();
    int expected = 0;
    for (int c = 0; c < 10; c++) {
      int label = c;
      long a = Arrays.stream(l, 0, 60).filter(v -> v == label).count();
      long b = Arrays.stream(r, 0, 40).filter(v -> v == label).count();
      expected += (int) Math.min(a, b);
    }
    assertThat(d.publishedSplit().orElseThrow().train()).isEqualTo(3 * expected);
    float[] x = new float[2 * 784];
    int[] label = d.labels().orElseThrow().values();
    for (int i = 0; i < d.size(); i += 7) {
      boolean train = i < d.publishedSplit().orElseThrow().train();
      d.read(new int[] {i}, x);
      assertThat(found(left, Arrays.copyOf(x, 784), l, label[i], train ? 0 : 60, train ? 60 : 90))
          .isTrue();
      assertThat(
              found(
                  right,
                  Arrays.copyOfRange(x, 784, 1568),
                  r,
                  label[i],
                  train ? 0 : 40,
                  train ? 40 : 60))
          .isTrue();
    }
    assertThat(d.fingerprint())
        .isEqualTo(SameLabel.pair("both", left, right, 3, "bernoulli", 5).fingerprint())
        .isNotEqualTo(SameLabel.pair("both", left, right, 3, "bernoulli", 6).fingerprint());
  }

  private static boolean found(
      Dataset d, float[] picture, int[] labels, int label, int from, int to) {
    float[] y = new float[784];
    for (int k = from; k < to; k++) {
      d.read(new int[] {k}, y);
      if (labels[k] == label && Arrays.equals(y, picture)) {
        return true;
      }
    }
    return false;
  }
}
