package org.javae.core.evaluate.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.javae.core.divergence.MsSsim;
import org.javae.tensor.DType;
import org.javae.tensor.Rng;
import org.javae.tensor.Scope;
import org.javae.tensor.Tensor;
import org.junit.jupiter.api.Test;

class ImageQualityTest {
  private static float[][] cloud(long seed, int n, double centre) {
    SplittableRandom r = new SplittableRandom(seed);
    float[][] x = new float[n][2];
    for (float[] row : x) {
      row[0] = (float) (centre + r.nextGaussian());
      row[1] = (float) r.nextGaussian();
    }
    return x;
  }

  private static float[][] both(float[][] a, float[][] b) {
    return Stream.of(a, b).flatMap(Arrays::stream).toArray(float[][]::new);
  }

  @Test
  void gaussiansWithCommutingCovariancesAreAsFarApartAsTheirRoots() {
    Scope.run(
        () -> {
          // Σ(√a − √b)² + ‖μ₁ − μ₂‖² in a common basis of eigenvectors, here turned by 30°.
          double c = Math.sqrt(3) / 2;
          Tensor turn = Tensor.of(new double[] {c, -0.5, 0.5, c}, 2, 2);
          Tensor a = turn.matmul(Tensor.of(new double[] {4, 0, 0, 1}, 2, 2)).matmul(turn.t());
          Tensor b = turn.matmul(Tensor.of(new double[] {9, 0, 0, 25}, 2, 2)).matmul(turn.t());
          Tensor zero = Tensor.of(new double[] {0, 0}, 2);
          Tensor mean = Tensor.of(new double[] {3, 4}, 2);
          assertThat(Frechet.between(zero, a, mean, b)).isCloseTo(25 + 1 + 16, within(1e-9));
          assertThat(Frechet.between(mean, b, mean, b)).isCloseTo(0, within(1e-9));
        });
  }

  @Test
  void gaussiansWhoseCovariancesDoNotCommute() {
    Scope.run(
        () -> {
          // Of 2×2 matrices tr (Σ₁Σ₂)^½ = √(tr Σ₁Σ₂ + 2 √(det Σ₁ det Σ₂)).
          Tensor a = Tensor.of(new double[] {2, 1, 1, 3}, 2, 2);
          Tensor b = Tensor.of(new double[] {5, -1, -1, 1}, 2, 2);
          double product = 2 * 5 - 1 - 1 + 3;
          double cross = Math.sqrt(product + 2 * Math.sqrt(5 * 4.0));
          Tensor zero = Tensor.of(new double[] {0, 0}, 2);
          assertThat(Frechet.between(zero, a, zero, b)).isCloseTo(11 - 2 * cross, within(1e-9));
        });
  }

  @Test
  void equalSetsHaveNoDistanceAndShiftedOnesTheShiftSquared() {
    Scope.run(
        () -> {
          Tensor x = Rng.of(1).split("x").normal(DType.FLOAT32, 200, 5);
          assertThat(Frechet.between(x, x)).isCloseTo(0, within(1e-6));
          assertThat(Frechet.between(x, x.plus(2))).isCloseTo(20, within(1e-4));
          assertThatThrownBy(() -> Frechet.between(x, x.narrow(0, 0, 1)))
              .hasMessageContaining("raise --samples");
        });
  }

  @Test
  void aSetCoversItself() {
    float[][] x = cloud(1, 100, 0);
    assertThat(PrecisionRecall.of(x, x, 3)).isEqualTo(new PrecisionRecall(1, 1));
    assertThatThrownBy(() -> PrecisionRecall.of(x, cloud(1, 3, 0), 3))
        .hasMessageContaining("more than 3 observations");
  }

  @Test
  void aLostModeCostsRecallAndJunkPrecision() {
    float[][] one = cloud(2, 100, 0);
    float[][] other = cloud(3, 100, 1000);
    assertThat(PrecisionRecall.of(both(one, other), one, 3)).isEqualTo(new PrecisionRecall(1, 0.5));
    assertThat(PrecisionRecall.of(one, both(one, other), 3)).isEqualTo(new PrecisionRecall(0.5, 1));
  }

  @Test
  void ballsReachToTheThirdNeighbour() {
    // Real points at 0, 1, 2, 3: radii 3, 2, 2, 3, so that the manifold is [−3, 6].
    float[][] real = {{0}, {1}, {2}, {3}};
    float[][] samples = {{-3}, {6}, {-3.1f}, {6.1f}};
    assertThat(PrecisionRecall.of(real, samples, 3).precision()).isEqualTo(0.5);
  }

  @Test
  void decibelsOfAKnownError() {
    Scope.run(
        () -> {
          Tensor x = Tensor.full(0.5, 2, 1, 12, 12);
          double[] psnr = ImageQuality.psnr(x, x.plus(0.1)).toDoubles();
          assertThat(psnr).hasSize(2);
          assertThat(psnr[0]).isCloseTo(20, within(1e-4));
          assertThat(ImageQuality.psnr(x, x).toDoubles()[1]).isCloseTo(100, within(1e-4));
          assertThat(MsSsim.ssim(x, x).toDoubles()[0]).isCloseTo(1, within(1e-6));
        });
  }
}
