package org.javae.core.distribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.javae.core.distribution.Samples.row;

import java.util.Arrays;
import java.util.List;
import java.util.stream.DoubleStream;
import org.javae.tensor.Autograd;
import org.javae.tensor.DType;
import org.javae.tensor.Rng;
import org.javae.tensor.Tensor;
import org.junit.jupiter.api.Test;

class ContinuousBernoulliTest {
  /** Both signs of points on every branch and on the seams. */
  private static final double[] LOGITS =
      DoubleStream.of(
              0, 1e-30, 1e-9, 1e-4, 0.0199, 0.02, 0.0201, 0.3, 0.4999, 0.5, 0.5001, 2, 17, 88)
          .flatMap(l -> DoubleStream.of(l, -l))
          .toArray();

  /** expm1(l)/l loses no digits near 0, so that this is exact without any series. */
  private static double logNormaliser(double l) {
    return l == 0 ? 0 : Math.log(Math.expm1(l) / l);
  }

  private static double mean(double l) {
    return Math.abs(l) < 0.01 ? 0.5 + l / 12 - l * l * l / 720 : -1 / Math.expm1(-l) - 1 / l;
  }

  private static Tensor logits(DType type) {
    return row(LOGITS).to(type);
  }

  @Test
  void thePaperAtLambdaSevenTenths() {
    double lambda = 0.7;
    double x = 0.2;
    double artanh = 0.5 * Math.log((1 + (1 - 2 * lambda)) / (1 - (1 - 2 * lambda)));
    double c = 2 * artanh / (1 - 2 * lambda);
    double density = c * Math.pow(lambda, x) * Math.pow(1 - lambda, 1 - x);
    ContinuousBernoulli d = new ContinuousBernoulli(row(Math.log(lambda / (1 - lambda))));
    assertThat(d.logProb(row(x)).item()).isCloseTo(Math.log(density), within(1e-14));
    double mean = lambda / (2 * lambda - 1) + 1 / (2 * artanh);
    assertThat(d.mean().item()).isCloseTo(mean, within(1e-14));
  }

  @Test
  void normaliserAndMeanInBothPrecisions() {
    for (DType type : List.of(DType.FLOAT64, DType.FLOAT32)) {
      double eps = type == DType.FLOAT64 ? 1e-13 : 4e-7;
      Tensor l = logits(type).requireGrad();
      ContinuousBernoulli d = new ContinuousBernoulli(l);
      double[] a = d.logNormaliser().toDoubles();
      double[] m = d.mean().toDoubles();
      // The derivative of the normaliser is the mean: checks both branches of where() for NaN too.
      double[] slope = Autograd.grad(d.logNormaliser().sum(), List.of(l)).get(0).toDoubles();
      double[] curvature = Autograd.grad(d.mean().sum(), List.of(l)).get(0).toDoubles();
      for (int i = 0; i < LOGITS.length; i++) {
        double exact = logNormaliser(LOGITS[i]);
        assertThat(a[i])
            .as("A(%s)", LOGITS[i])
            .isCloseTo(exact, within(eps * (1 + Math.abs(exact))));
        assertThat(m[i]).as("A′(%s)", LOGITS[i]).isCloseTo(mean(LOGITS[i]), within(4 * eps));
        assertThat(slope[i]).as("∂A(%s)", LOGITS[i]).isCloseTo(mean(LOGITS[i]), within(4 * eps));
        // A variance of values in [0, 1].
        assertThat(curvature[i]).as("A″(%s)", LOGITS[i]).isBetween(0.0, 1.0 / 12 + 4 * eps);
      }
    }
  }

  @Test
  void extremeLogitsStayFiniteInFloat32() {
    Tensor l =
        Tensor.of(new float[] {-1e30f, -1e4f, -200, 0, 200, 1e4f, 1e30f}, 1, 7).requireGrad();
    ContinuousBernoulli d = new ContinuousBernoulli(l);
    Tensor x = Tensor.full(0.25, 1, 7);
    Tensor sample = d.rsample(Rng.of(1), 500);
    for (Tensor y : List.of(d.logProb(x), d.mean(), sample)) {
      assertThat(y.allFinite()).isTrue();
      assertThat(Autograd.grad(y.sum(), List.of(l)).get(0).allFinite()).isTrue();
    }
    assertThat(d.mean().toDoubles())
        .containsExactly(new double[] {0, 1e-4, 0.005, 0.5, 0.995, 0.9999, 1}, within(1e-6));
    assertThat(Arrays.stream(sample.toDoubles()).boxed())
        .allSatisfy(v -> assertThat(v).isBetween(0.0, 1.0));
  }

  /** The same uniform draw gives nearly the same sample on both sides of every seam. */
  @Test
  void samplesAreContinuousInTheLogits() {
    for (double seam : new double[] {-0.02, 0, 0.02}) {
      double[] below =
          new ContinuousBernoulli(row(seam - 1e-12)).rsample(Rng.of(4), 200).toDoubles();
      double[] above =
          new ContinuousBernoulli(row(seam + 1e-12)).rsample(Rng.of(4), 200).toDoubles();
      assertThat(below).containsExactly(above, within(1e-11));
    }
  }
}
