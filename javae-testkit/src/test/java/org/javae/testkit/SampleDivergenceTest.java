package org.javae.testkit;

import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.javae.core.distribution.Normal;
import org.javae.core.divergence.Kernel;
import org.javae.core.divergence.Mmd;
import org.javae.core.divergence.MsSsim;
import org.javae.core.divergence.Sinkhorn;
import org.javae.core.divergence.Sliced;
import org.javae.core.divergence.TotalCorrelation;
import org.javae.core.divergence.TotalCorrelation.Estimator;
import org.javae.tensor.DType;
import org.javae.tensor.Rng;
import org.javae.tensor.Tensor;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Derivatives of the divergences between samples. */
class SampleDivergenceTest {
  private static final Kernel RBF = Kernel.parse("rbf:1.3");

  private static final Map<String, Function<List<Tensor>, Tensor>> OF_SAMPLES =
      Map.of(
          "unbiased MMD, RBF", l -> Mmd.unbiased(RBF, l.get(0), l.get(1)),
          "unbiased MMD, IMQ", l -> Mmd.unbiased(Kernel.IMQ, l.get(0), l.get(1)),
          "biased MMD, RBF", l -> Mmd.biased(RBF, l.get(0), l.get(1)),
          "sliced", l -> Sliced.wasserstein(l.get(0), l.get(1), 5, Rng.of(1)),
          "sorted", l -> Sliced.onLine(l.get(0), l.get(1)),
          "Sinkhorn, converged", l -> Sinkhorn.divergence(l.get(0), l.get(1), 1, 100),
          "Sinkhorn, few updates", l -> Sinkhorn.divergence(l.get(0), l.get(1), 0.1, 3));

  @TestFactory
  Stream<DynamicTest> ofSamples() {
    Tensor x = Rng.of(2).normal(DType.FLOAT64, 6, 2);
    Tensor y = Rng.of(3).normal(DType.FLOAT64, 6, 2).plus(0.5);
    return OF_SAMPLES.entrySet().stream()
        .map(
            e ->
                DynamicTest.dynamicTest(
                    e.getKey(), () -> NumericalGradient.check(e.getValue(), List.of(x, y))));
  }

  @TestFactory
  Stream<DynamicTest> ofGaussians() {
    Tensor mean = Rng.of(4).normal(DType.FLOAT64, 4, 3);
    Tensor log = Rng.of(5).normal(DType.FLOAT64, 4, 3).times(0.3);
    Tensor z = Rng.of(6).normal(DType.FLOAT64, 4, 3);
    Normal standard = Normal.standard(DType.FLOAT64, 3);
    Map<String, Function<List<Tensor>, Tensor>> all =
        Map.of(
            "MMD of Gaussians",
            l -> Mmd.gaussian(new Normal(l.get(0), l.get(1)), standard, 1.3),
            "W₂² of Gaussians",
            l -> Sliced.gaussian(new Normal(l.get(0), l.get(1)), standard),
            "total correlation, weighted",
            l -> correlation(l, Estimator.WEIGHTED),
            "total correlation, stratified",
            l -> correlation(l, Estimator.STRATIFIED));
    return all.entrySet().stream()
        .map(
            e ->
                DynamicTest.dynamicTest(
                    e.getKey(),
                    () -> NumericalGradient.check(e.getValue(), List.of(mean, log, z))));
  }

  private static Tensor correlation(List<Tensor> l, Estimator e) {
    return TotalCorrelation.estimate(new Normal(l.get(0), l.get(1)), l.get(2), 9, e)
        .totalCorrelation();
  }

  @TestFactory
  Stream<DynamicTest> ofImages() {
    Tensor x = Rng.of(7).uniform(DType.FLOAT64, 2, 1, 12, 6);
    Tensor y = x.plus(Rng.of(8).uniform(DType.FLOAT64, 2, 1, 12, 6)).times(0.5);
    return Stream.of(
        DynamicTest.dynamicTest(
            "SSIM",
            () -> NumericalGradient.check(l -> MsSsim.ssim(l.get(0), l.get(1)), List.of(x, y))),
        DynamicTest.dynamicTest(
            "MS-SSIM of one scale",
            () -> NumericalGradient.check(l -> MsSsim.of(l.get(0), l.get(1)), List.of(x, y))),
        DynamicTest.dynamicTest(
            "MS-SSIM of two scales",
            () -> {
              Tensor a = Rng.of(9).uniform(DType.FLOAT64, 1, 1, 22, 22);
              Tensor b = a.plus(Rng.of(10).uniform(DType.FLOAT64, 1, 1, 22, 22)).times(0.5);
              NumericalGradient.check(l -> MsSsim.of(l.get(0), b), List.of(a));
            }));
  }
}
