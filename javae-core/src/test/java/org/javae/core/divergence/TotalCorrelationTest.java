package org.javae.core.divergence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.javae.core.distribution.Normal;
import org.javae.core.divergence.TotalCorrelation.Aggregate;
import org.javae.core.divergence.TotalCorrelation.Estimator;
import org.javae.tensor.DType;
import org.javae.tensor.Rng;
import org.javae.tensor.Scope;
import org.javae.tensor.Shape;
import org.javae.tensor.Tensor;
import org.junit.jupiter.api.Test;

class TotalCorrelationTest {
  private static final double RHO = 0.8;
  private static final Tensor COVARIANCE = Tensor.of(new double[] {4, 2 * RHO, 2 * RHO, 1}, 2, 2);

  @Test
  void ofAGaussianItIsTheLogarithmOfTheCorrelations() {
    double exact = -0.5 * Math.log(1 - RHO * RHO);
    assertThat(TotalCorrelation.gaussian(COVARIANCE).item()).isCloseTo(exact, within(1e-14));
    Tensor independent = Tensor.of(new double[] {4, 0, 0, 1}, 2, 2);
    assertThat(TotalCorrelation.gaussian(independent).item()).isCloseTo(0, within(1e-15));
  }

  /**
   * Posteriors N(μₙ, ½² I) with μₙ drawn so that all together are the Gaussian of known covariance.
   */
  private static Normal posteriors(int n, Rng r) {
    Tensor rest = COVARIANCE.minus(Tensor.eye(2).to(DType.FLOAT64).times(0.25));
    Tensor mean = r.normal(DType.FLOAT64, n, 2).matmul(rest.cholesky().t());
    return new Normal(mean, Tensor.zerosLike(mean).plus(Math.log(0.5)));
  }

  @Test
  void theWholeDataInOneBatchGiveTheKnownValue() {
    Scope.run(
        () -> {
          Normal q = posteriors(1000, Rng.of(1));
          Aggregate a =
              TotalCorrelation.estimate(q, q.rsample(Rng.of(2)), 1000, Estimator.STRATIFIED);
          assertThat(a.joint().shape()).isEqualTo(Shape.of(1000));
          assertThat(a.marginals().shape()).isEqualTo(Shape.of(1000, 2));
          double exact = TotalCorrelation.gaussian(COVARIANCE).item();
          assertThat(a.totalCorrelation().mean().item()).isCloseTo(exact, within(0.08));
        });
  }

  /** −E ln q(z) is the entropy of the Gaussian, ½ ln det 2πe C. */
  @Test
  void aBatchOfManyKnowsTheAggregateDensity() {
    Scope.run(
        () -> {
          Normal q = posteriors(1000, Rng.of(3));
          Aggregate a =
              TotalCorrelation.estimate(q, q.rsample(Rng.of(4)), 50_000, Estimator.STRATIFIED);
          double entropy = Math.log(2 * Math.PI * Math.E) + 0.5 * COVARIANCE.logAbsDet().item();
          assertThat(a.joint().mean().neg().item()).isCloseTo(entropy, within(0.1));
        });
  }

  @Test
  void weightedSamplingIsTheAverageDensityUpToItsConstant() {
    Scope.run(
        () -> {
          Normal q = posteriors(7, Rng.of(5));
          Tensor z = q.rsample(Rng.of(6));
          Aggregate a = TotalCorrelation.estimate(q, z, 100, Estimator.WEIGHTED);
          for (int i = 0; i < 7; i++) {
            double joint = 0;
            double[] marginal = new double[2];
            Tensor elements = q.elementLogProb(z.narrow(0, i, 1));
            double[] e = elements.toDoubles();
            for (int j = 0; j < 7; j++) {
              joint += Math.exp(e[2 * j] + e[2 * j + 1]) / 700;
              marginal[0] += Math.exp(e[2 * j]) / 700;
              marginal[1] += Math.exp(e[2 * j + 1]) / 700;
            }
            assertThat(a.joint().select(0, i).item()).isCloseTo(Math.log(joint), within(1e-12));
            assertThat(a.marginals().select(0, i).toDoubles())
                .containsExactly(
                    new double[] {Math.log(marginal[0]), Math.log(marginal[1])}, within(1e-12));
          }
        });
  }

  /**
   * Over all choices of the other observations, the average of the stratified estimate is the
   * density itself.
   */
  @Test
  void stratifiedSamplingIsUnbiased() {
    Scope.run(
        () -> {
          int n = 5;
          Normal q = posteriors(n, Rng.of(7));
          Tensor z = q.rsample(Rng.of(8)).narrow(0, 0, 1);
          double exact = q.logProb(z).exp().mean().item();
          double sum = 0;
          int count = 0;
          for (int j = 1; j < n; j++) {
            for (int k = 1; k < n; k++) {
              if (j != k) {
                Tensor rows = Tensor.indices(0, j, k);
                Normal batch =
                    new Normal(q.mean().indexSelect(0, rows), q.logScale().indexSelect(0, rows));
                // Only the first row's estimate is looked at; it is of z.
                Aggregate a =
                    TotalCorrelation.estimate(batch, z.expand(3, 2), n, Estimator.STRATIFIED);
                sum += Math.exp(a.joint().select(0, 0).item());
                count++;
              }
            }
          }
          assertThat(sum / count).isCloseTo(exact, within(1e-13));
        });
  }

  @Test
  void oneObservationKnowsOnlyItself() {
    Normal q = posteriors(1, Rng.of(9));
    Tensor z = q.rsample(Rng.of(10));
    for (Estimator e : Estimator.values()) {
      Aggregate a = TotalCorrelation.estimate(q, z, 100, e);
      assertThat(a.joint().item()).isCloseTo(q.logProb(z).item(), within(1e-14));
      assertThat(a.totalCorrelation().item()).isCloseTo(0, within(1e-14));
    }
  }
}
