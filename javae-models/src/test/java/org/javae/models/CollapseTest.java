package org.javae.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.javae.core.data.ArrayDataset;
import org.javae.core.data.Loader;
import org.javae.core.data.Preprocessing;
import org.javae.core.evaluate.Collapse;
import org.javae.core.evaluate.Estimators;
import org.javae.core.evaluate.Evaluator;
import org.javae.core.model.CatalogEntry;
import org.javae.core.model.ClosedForm;
import org.javae.core.model.DataSpec;
import org.javae.core.model.Model;
import org.javae.core.train.TrainListener;
import org.javae.models.linear.ProbabilisticPca;
import org.javae.models.unimodal.Vae;
import org.javae.tensor.DType;
import org.javae.tensor.Rng;
import org.javae.tensor.Scope;
import org.javae.tensor.Shape;
import org.javae.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Collapse where theory says when it must happen: affine decoders. */
class CollapseTest {
  /** Eigenvalues of the data's covariance, exactly. */
  private static final double[] LAMBDA = {4, 2, 0.8, 0.3, 0.1};

  private static final int D = LAMBDA.length;
  private static final int N = 600;
  private static final DataSpec DATA = DataSpec.of(Shape.of(D), false, false);

  /** Observations with mean 1 and covariance U diag(λ) Uᵀ to rounding, U a rotation. */
  private static final float[] VALUES =
      Scope.run(
          () -> {
            Rng r = Rng.of(3);
            Tensor e = r.normal(DType.FLOAT64, N, D);
            Tensor centred = e.minus(e.mean(0));
            Tensor l = centred.t().matmul(centred).div(N).cholesky();
            Tensor white = l.solveTriangular(centred.t(), false).t();
            Tensor u = r.normal(DType.FLOAT64, D, D).svd().get(0);
            Tensor root = Tensor.of(LAMBDA, D).sqrt().diag();
            return white.matmul(root).matmul(u.t()).plus(1).toFloats();
          });

  private static Loader rows() {
    return new Loader(
        ArrayDataset.of("rows", Shape.of(D), VALUES),
        IntStream.range(0, N).toArray(),
        Preprocessing.NONE,
        Rng.of(1),
        true);
  }

  private static ProbabilisticPca ppca(int latent) {
    CatalogEntry<?> e = ModelCatalog.get("ppca");
    Model<?> m = e.build(DATA, e.configure(DATA, Map.of("latent", latent)), Rng.of(0));
    ((ClosedForm) m).fit(c -> rows().each(100, b -> c.accept(b.x())));
    return (ProbabilisticPca) m;
  }

  private static double[] kl(Model<?> m) {
    double[] kl =
        Evaluator.evaluate(
                m, rows(), new Evaluator.Options(0, 0, 500, Set.of("kl_per_dimension")), p -> {})
            .klPerDimension();
    Arrays.sort(kl);
    return kl;
  }

  /**
   * A linear VAE with its variance fixed at γ ends, from a random start, where dimension j is used
   * if and only if λ_j &gt; γ, at a KL of ½ ln(λ_j/γ): the minimum is global, collapse is no
   * accident of optimisation (Dai et al., 2020, section 3; Lucas et al., 2019).
   */
  @ParameterizedTest
  @ValueSource(doubles = {0.5, 1.2, 3, 5})
  void anAffineDecoderCollapsesWhereTheVarianceExceedsTheEigenvalue(double gamma) {
    Vae m = LinearVaes.build(DATA, 2, "latent", 4, "likelihood", "gaussian:" + Math.sqrt(gamma));
    LinearVaes.train(m, rows(), LinearVaes.training(150, 50, 0.03, 4), new TrainListener() {});
    double[] found = kl(m);
    double[] expected =
        IntStream.range(0, 4)
            .mapToDouble(j -> Math.max(0, 0.5 * Math.log(LAMBDA[j] / gamma)))
            .sorted()
            .toArray();
    assertThat(found).containsExactly(expected, within(0.03));
    assertThat(Arrays.stream(found).filter(v -> v > 0.03).count())
        .isEqualTo(Arrays.stream(LAMBDA).limit(4).filter(v -> v > gamma).count());
  }

  /** V − E = Σ(λ − σ²), 2 KL = Σ ln(λ/σ²) at probabilistic PCA's optimum. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void theThresholdOfProbabilisticPcaIsALogarithmicMean(int latent) {
    ProbabilisticPca m = ppca(latent);
    double s2 = m.noiseVariance();
    double gain = 0;
    double kl = 0;
    for (int j = 0; j < latent; j++) {
      gain += LAMBDA[j] - s2;
      kl += Math.log(LAMBDA[j] / s2) / 2;
    }
    Collapse.Threshold t = Collapse.daiThreshold(m, rows());
    assertThat(t.total()).isCloseTo(Arrays.stream(LAMBDA).sum(), within(1e-4));
    assertThat(t.kl()).isCloseTo(kl, within(1e-4));
    assertThat(t.variance()).isCloseTo(s2, within(1e-6));
    assertThat(t.threshold()).isCloseTo(gain / (2 * kl), within(0.03));
    assertThat(t.trivialWins()).isFalse();
  }

  @Test
  void aDecoderThatIsWorseThanTheMeanLosesToIt() {
    Vae fresh = LinearVaes.build(DATA, 2, "latent", 2, "likelihood", "gaussian:1");
    assertThat(Collapse.daiThreshold(fresh, rows()).trivialWins()).isTrue();
    Vae element = LinearVaes.build(DATA, 2, "latent", 2, "likelihood", "gaussian:element");
    assertThatThrownBy(() -> Collapse.daiThreshold(element, rows()))
        .hasMessageContaining("Gaussian decoder with one variance");
  }

  @Test
  void theGridsPosteriorMeanIsTheExactOne() {
    ProbabilisticPca m = ppca(1);
    Scope.run(
        () -> {
          Tensor x = Tensor.of(VALUES, N, D).to(DType.FLOAT64);
          double[] g = IntStream.rangeClosed(-400, 400).mapToDouble(i -> i / 50.0).toArray();
          Tensor mean = Estimators.gridPosteriorMean(m, x, Tensor.of(g, g.length, 1));
          assertThat(mean.toDoubles())
              .containsExactly(m.posterior(x).mean().reshape(-1).toDoubles(), within(1e-3));
          assertThatThrownBy(
                  () -> Estimators.gridPosteriorMean(ppca(2), x, Tensor.of(g, g.length, 1)))
              .hasMessageContaining("needs one latent dimension, but the model has 2");
        });
  }
}
