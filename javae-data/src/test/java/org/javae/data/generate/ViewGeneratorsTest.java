package org.javae.data.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.javae.core.data.Dataset;
import org.javae.core.data.Views;
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
      assertThat(java.util.Arrays.copyOf(one, 784)).isEqualTo(picture);
      float[] label = new float[10];
      label[d.labels().orElseThrow().values()[i]] = 1;
      assertThat(java.util.Arrays.copyOfRange(one, 784, 794)).isEqualTo(label);
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
}
