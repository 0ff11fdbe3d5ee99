package org.javae.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.javae.core.data.ArrayDataset;
import org.javae.core.data.Loader;
import org.javae.core.data.Preprocessing;
import org.javae.core.distribution.Distribution;
import org.javae.core.distribution.Mixture;
import org.javae.core.distribution.Normal;
import org.javae.core.distribution.Product;
import org.javae.core.evaluate.BoundCurves;
import org.javae.core.evaluate.Estimators;
import org.javae.core.model.Batch;
import org.javae.core.model.CatalogEntry;
import org.javae.core.model.DataSpec;
import org.javae.core.model.LatentVariableModel;
import org.javae.core.model.Loss;
import org.javae.core.model.Model;
import org.javae.core.train.EpochRecord;
import org.javae.core.train.Step;
import org.javae.core.train.TrainListener;
import org.javae.models.linear.ProbabilisticPca;
import org.javae.models.unimodal.Vae;
import org.javae.tensor.Autograd;
import org.javae.tensor.DType;
import org.javae.tensor.Rng;
import org.javae.tensor.Scope;
import org.javae.tensor.Shape;
import org.javae.tensor.Tensor;
import org.javae.testkit.Oracles;
import org.javae.testkit.Quadrature;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Estimates of ln p(x) and of information where the truth is known. */
class EstimatorsTest {
  private static final int D = 5;
  private static final DataSpec DATA = DataSpec.of(Shape.of(D), false, false);

  /** x = Wz + b + 0.5 ε with two causes: float64 {@code [n, 5]}. */
  private static Tensor linearGaussian(int n, long seed) {
    Rng r = Rng.of(seed);
    Tensor w = loadings();
    return r.normal(DType.FLOAT64, n, 2)
        .matmul(w)
        .plus(r.normal(DType.FLOAT64, n, D).times(0.5))
        .plus(1);
  }

  private static Tensor loadings() {
    return Tensor.of(new double[] {1.5, -1, 0.5, 0, 2, 0.2, 0.7, -1.1, 0.9, 0.1}, 2, D);
  }

  /** The exact ln p(x) of that process: N(1, WᵀW + ¼ I). */
  private static Tensor truth(Tensor x) {
    Tensor covariance =
        loadings().t().matmul(loadings()).plus(Tensor.eye(D).to(DType.FLOAT64).times(0.25));
    Tensor l = covariance.cholesky();
    Tensor y = l.solveTriangular(x.minus(1).t(), false);
    double logDet = covariance.logAbsDet().item();
    return y.square().sum(0).plus(D * Math.log(2 * Math.PI) + logDet).times(-0.5);
  }

  private static ProbabilisticPca ppca(Tensor x) {
    CatalogEntry<?> e = ModelCatalog.get("ppca");
    ProbabilisticPca m =
        (ProbabilisticPca) e.build(DATA, e.configure(DATA, Map.of("latent", 2)), Rng.of(0));
    m.fit(consumer -> consumer.accept(x));
    return m;
  }

  /** An exact model whose posterior is moved and stretched. */
  private record Perturbed(ProbabilisticPca exact, double shift, double stretch)
      implements LatentVariableModel {
    @Override
    public Distribution posterior(Tensor x) {
      Normal q = exact.posterior(x);
      return new Normal(q.mean().plus(shift), q.logScale().plus(Math.log(stretch)));
    }

    @Override
    public Distribution prior() {
      return exact.prior();
    }

    @Override
    public Distribution likelihood(Tensor z) {
      return exact.likelihood(z);
    }

    @Override
    public int latent() {
      return exact.latent();
    }
  }

  /** Burda et al. (2016), Theorem 1: L_1 ≤ L_2 ≤ … ≤ ln p(x). */
  @Test
  void theBoundRisesWithTheSamplesToTheTruth() {
    Scope.run(
        () -> {
          Tensor x = linearGaussian(4000, 1);
          ProbabilisticPca exact = ppca(x);
          LatentVariableModel m = new Perturbed(exact, 0.15, 1.4);
          double truth = exact.logProb(x).mean().item();
          double before = Double.NEGATIVE_INFINITY;
          List<Double> bounds = new ArrayList<>();
          for (int k : new int[] {1, 2, 5, 20, 100, 400}) {
            double bound = Estimators.logLikelihood(m, x, k, Rng.of(k)).mean().item();
            assertThat(bound).as("K = " + k).isGreaterThan(before).isLessThan(truth + 1e-3);
            before = bound;
            bounds.add(bound);
          }
          assertThat(truth - bounds.get(0)).as("K = 1 is the ELBO").isGreaterThan(0.1);
          assertThat(bounds.get(0)).isCloseTo(truth - divergence(exact, m, x), within(0.05));
          assertThat(before).isCloseTo(truth, within(2e-3));
        });
  }

  /** The gap of the ELBO: mean KL(q(z|x) ‖ p(z|x)) of two Gaussians. */
  private static double divergence(ProbabilisticPca exact, LatentVariableModel m, Tensor x) {
    Normal q = (Normal) m.posterior(x);
    Normal p = exact.posterior(x);
    Tensor ratio = q.logScale().minus(p.logScale());
    Tensor distance = q.mean().minus(p.mean()).div(p.scale()).square();
    return ratio
        .times(2)
        .exp()
        .plus(distance)
        .minus(1)
        .minus(ratio.times(2))
        .times(0.5)
        .sum(1)
        .mean()
        .item();
  }

  /** Equation (13) of the lecture: right as K grows, and worse than (14) at any K. */
  @Test
  void naiveMonteCarloFindsTheTruthOfOneDimensionAndImportanceSamplingFindsItSooner() {
    Scope.run(
        () -> {
          DataSpec one = DataSpec.of(Shape.of(2), false, false);
          CatalogEntry<?> e = ModelCatalog.get("ppca");
          ProbabilisticPca m =
              (ProbabilisticPca) e.build(one, e.configure(one, Map.of("latent", 1)), Rng.of(0));
          Rng r = Rng.of(2);
          Tensor w = Tensor.of(new double[] {1, 0.5}, 1, 2);
          Tensor data =
              r.normal(DType.FLOAT64, 500, 1)
                  .matmul(w)
                  .plus(r.normal(DType.FLOAT64, 500, 2).times(0.3));
          m.fit(consumer -> consumer.accept(data));
          Tensor x = data.narrow(0, 0, 40);
          double[] truth = m.logProb(x).toDoubles();
          assertThat(Estimators.naive(m, x, 200_000, Rng.of(3)).toDoubles())
              .containsExactly(truth, within(0.1));
          LatentVariableModel rough = new Perturbed(m, 0.1, 1.3);
          int[] k = {1, 10, 100, 1000};
          var naive = BoundCurves.naive(m, x, k, 20, Rng.of(4), p -> {});
          var importance = BoundCurves.importance(rough, x, k, 20, Rng.of(4), p -> {});
          double mean = m.logProb(x).mean().item();
          for (int j = 0; j < k.length; j++) {
            assertThat(naive.sd()[j]).as("K = " + k[j]).isGreaterThan(importance.sd()[j]);
            assertThat(naive.mean()[j]).isLessThan(importance.mean()[j] + 0.01);
            assertThat(importance.mean()[j]).isLessThan(mean + 0.02);
          }
          assertThat(naive.mean()[3]).isCloseTo(mean, within(0.05));
          assertThat(importance.mean()[0])
              .isCloseTo(
                  Estimators.logLikelihood(rough, x, 1, Rng.of(1)).mean().item(), within(0.1));
        });
  }

  /** The table by a matrix product against one density at a time. */
  @Test
  void theInformationOfGaussiansIsThatOfAnyFamily() {
    Scope.run(
        () -> {
          Rng r = Rng.of(1);
          Normal q =
              new Normal(
                  r.normal(DType.FLOAT64, 70, 3).times(3), r.normal(DType.FLOAT64, 70, 3).minus(1));
          Distribution plain = unknown(q);
          double expected = Estimators.mutualInformation(plain, Rng.of(5));
          assertThat(expected).isBetween(1.0, Math.log(70));
          assertThat(Estimators.mutualInformation(q, Rng.of(5))).isCloseTo(expected, within(1e-9));
        });
  }

  /** The tables of parts and components, put together, against one density at a time. */
  @Test
  void theInformationOfMixturesAndProductsIsThatOfAnyFamily() {
    Scope.run(
        () -> {
          Rng r = Rng.of(1);
          Normal one =
              new Normal(
                  r.normal(DType.FLOAT64, 70, 3).times(3), r.normal(DType.FLOAT64, 70, 3).minus(1));
          Normal other =
              new Normal(
                  r.normal(DType.FLOAT64, 70, 3).times(2), r.normal(DType.FLOAT64, 70, 3).minus(1));
          Normal prior =
              new Normal(Tensor.zeros(DType.FLOAT64, 1, 3), Tensor.zeros(DType.FLOAT64, 1, 3));
          Mixture shared = new Mixture(r.normal(DType.FLOAT64, 70, 3), List.of(one, prior, other));
          Product q = new Product(List.of(shared, other));
          double expected = Estimators.mutualInformation(unknown(q), Rng.of(5));
          assertThat(expected).isBetween(1.0, Math.log(70));
          assertThat(Estimators.mutualInformation(q, Rng.of(5))).isCloseTo(expected, within(1e-9));
        });
  }

  /** (z − μ)²/σ² multiplied out has lost all digits here. */
  @Test
  void theInformationOfVeryNarrowGaussiansIsAllThereIs() {
    Scope.run(
        () -> {
          Normal q =
              new Normal(
                  Rng.of(1).normal(DType.FLOAT64, 70, 3),
                  Tensor.full(-22, 70, 3).to(DType.FLOAT64));
          assertThat(Estimators.mutualInformation(q, Rng.of(5)))
              .isCloseTo(Math.log(70), within(1e-9));
        });
  }

  /** The same distribution, whose kind nothing can recognise. */
  private static Distribution unknown(Distribution q) {
    return new Distribution() {
      @Override
      public Tensor rsample(Rng rng, int k) {
        return q.rsample(rng, k);
      }

      @Override
      public Tensor sample(Rng rng, int k) {
        return q.sample(rng, k);
      }

      @Override
      public Tensor logProb(Tensor x) {
        return q.logProb(x);
      }

      @Override
      public Tensor elementLogProb(Tensor x) {
        return q.elementLogProb(x);
      }

      @Override
      public Tensor mean() {
        return q.mean();
      }

      @Override
      public Distribution repeat(int k) {
        return q.repeat(k);
      }
    };
  }

  @Test
  void manySamplesAreDrawnInPieces() {
    Scope.run(
        () -> {
          // 4 million elements at once are 8000 samples here.
          Tensor x = linearGaussian(100, 1);
          ProbabilisticPca exact = ppca(x);
          assertThat(Estimators.logLikelihood(exact, x, 20_001, Rng.of(1)).toDoubles())
              .containsExactly(exact.logProb(x).toDoubles(), within(1e-9));
          LatentVariableModel m = new Perturbed(exact, 0.3, 1.5);
          assertThat(Estimators.logLikelihood(m, x, 20_001, Rng.of(1)).toDoubles())
              .containsExactly(exact.logProb(x).toDoubles(), within(0.1));
        });
  }

  @Test
  void theSameStreamGivesTheSameEstimate() {
    Scope.run(
        () -> {
          Tensor x = linearGaussian(20, 1);
          LatentVariableModel m = new Perturbed(ppca(x), 0.3, 1.5);
          double[] a = Estimators.logLikelihood(m, x, 5, Rng.of(1)).toDoubles();
          assertThat(Estimators.logLikelihood(m, x, 5, Rng.of(1)).toDoubles()).isEqualTo(a);
          assertThat(Estimators.logLikelihood(m, x, 5, Rng.of(2)).toDoubles()).isNotEqualTo(a);
        });
  }

  /** ln ∫ p(x|z) p(z) dz with one latent dimension, by quadrature. */
  @ParameterizedTest
  @ValueSource(strings = {"gaussian:0.7", "gaussian:element", "laplace:shared", "bernoulli"})
  void importanceSamplingAgreesWithQuadrature(String likelihood) {
    boolean binary = likelihood.equals("bernoulli");
    DataSpec spec = DataSpec.of(Shape.of(3), binary, binary);
    CatalogEntry<?> e = ModelCatalog.get("vae").in(DType.FLOAT64);
    Map<String, Object> settings =
        Map.of("latent", 1, "encoder", "mlp:6/tanh", "likelihood", likelihood);
    Vae m = (Vae) e.build(spec, e.configure(spec, settings), Rng.of(4).split("init"));
    Scope.run(
        () -> {
          // A curved decoder; q stays near the prior, so that no weight is enormous.
          m.params()
              .all()
              .forEach(
                  (name, t) -> {
                    if (name.startsWith("encoder")) {
                      t.scaleInPlace(0.1);
                    } else {
                      t.addInPlace(Rng.of(9).normal(DType.FLOAT64, t.shape().toArray()), 0.4);
                    }
                  });
          Tensor x =
              binary
                  ? Tensor.of(new double[] {1, 0, 1, 0, 0, 0, 1, 1, 1}, 3, 3)
                  : Rng.of(7).normal(DType.FLOAT64, 3, 3);
          int k = 40_000;
          double[] estimate = Estimators.logLikelihood(m, x, k, Rng.of(1)).toDoubles();
          for (int i = 0; i < 3; i++) {
            Tensor one = x.narrow(0, i, 1);
            double exact =
                Math.log(
                    Quadrature.integrate(
                        z ->
                            m.likelihood(z)
                                .logProb(one.expand(z.size(0), 3))
                                .plus(m.prior().logProb(z)),
                        Double.NEGATIVE_INFINITY,
                        -2,
                        0,
                        2,
                        Double.POSITIVE_INFINITY));
            // The standard error of the estimate, from the weights themselves.
            double[] w = Estimators.logWeights(m, m.posterior(one), one, k, Rng.of(2)).toDoubles();
            double mean = 0;
            double squares = 0;
            for (double v : w) {
              mean += Math.exp(v - exact) / k;
              squares += Math.exp(2 * (v - exact)) / k;
            }
            double error = Math.sqrt((squares - mean * mean) / k);
            assertThat(error).as("the proposal is usable").isLessThan(0.02);
            assertThat(estimate[i]).isCloseTo(exact, within(5 * error + 1e-9));
          }
        });
  }

  /** q(z|x) = N(a x, s²) with x ~ N(0, 1): I = ½ ln(1 + a²/s²) for every dimension. */
  @ParameterizedTest
  @ValueSource(doubles = {0.0, 0.5, 2})
  void mutualInformationOfGaussians(double a) {
    double s = 0.6;
    LatentVariableModel m =
        new LatentVariableModel() {
          @Override
          public Distribution posterior(Tensor x) {
            return new Normal(
                x.times(a),
                Tensor.zeros(DType.FLOAT64, 1, 2).plus(Math.log(s)).expand(x.size(0), 2));
          }

          @Override
          public Distribution prior() {
            return Normal.standard(DType.FLOAT64, 2);
          }

          @Override
          public Distribution likelihood(Tensor z) {
            return new Normal(z, Tensor.zeros(DType.FLOAT64, 1, 1));
          }

          @Override
          public int latent() {
            return 2;
          }
        };
    Scope.run(
        () -> {
          int n = 3000;
          double estimate =
              Estimators.mutualInformation(m, Rng.of(3).normal(DType.FLOAT64, n, 2), Rng.of(4));
          double exact = Math.log(1 + a * a / (s * s));
          // The aggregate over n points is a little rougher than the true one.
          assertThat(estimate).isCloseTo(exact, within(0.05 * exact + 1e-9));
        });
  }

  @Test
  void mutualInformationIsAtMostTheLogarithmOfTheRows() {
    Scope.run(
        () -> {
          // Posteriors so narrow that every code names its observation.
          Tensor x = linearGaussian(50, 1);
          LatentVariableModel m = new Perturbed(ppca(x), 0, 1e-6);
          assertThat(Estimators.mutualInformation(m, x, Rng.of(1)))
              .isCloseTo(Math.log(50), within(1e-9));
        });
  }

  @Test
  void activeUnitsAreColumnsThatVary() {
    Scope.run(
        () -> {
          Tensor still = Rng.of(1).normal(100, 1).times(0.09);
          Tensor lively = Rng.of(2).normal(100, 1).times(0.12);
          Tensor constant = Tensor.full(7, 100, 1);
          Tensor codes = Tensor.cat(List.of(still, lively, constant, lively.times(9)), 1);
          assertThat(Estimators.activeUnits(List.of(codes))).isEqualTo(2);
          assertThat(
                  Estimators.activeUnits(List.of(codes.narrow(0, 0, 30), codes.narrow(0, 30, 70))))
              .isEqualTo(2);
          assertThat(Estimators.activeUnits(List.of(codes.narrow(0, 0, 1)))).isZero();
        });
  }

  private static Loader loader(Tensor x) {
    int n = (int) x.size(0);
    return new Loader(
        ArrayDataset.of("linear-gaussian", Shape.of(D), x.toFloats()),
        IntStream.range(0, n).toArray(),
        Preprocessing.NONE,
        Rng.of(1).split("rows"),
        true);
  }

  /** Whatever its parameters, a linear VAE is a probabilistic PCA with a worse posterior. */
  @Test
  void theElboNeverExceedsTheBestLikelihood() {
    Tensor x = linearGaussian(2000, 1);
    Tensor fresh = linearGaussian(20_000, 2);
    double[] v = x.toDoubles();
    double[][] rows = new double[2000][];
    for (int i = 0; i < 2000; i++) {
      rows[i] = Arrays.copyOfRange(v, i * D, (i + 1) * D);
    }
    double best = Oracles.ppca(rows).logLikelihood(2);
    Vae m = LinearVaes.build(DATA, 1, "latent", 2);
    List<Double> gaps = new ArrayList<>();
    TrainListener watch =
        new TrainListener() {
          @Override
          public void epoch(EpochRecord e) {
            gaps.add(best - LinearVaes.exactElbo(m, x));
          }
        };
    LinearVaes.train(m, loader(x), LinearVaes.training(80, 200, 0.05, 1), watch);
    assertThat(gaps).hasSize(80).allMatch(g -> g > -1e-5);
    assertThat(gaps.get(79)).isLessThan(0.01);
    assertHeldOut(m, fresh);
  }

  @Test
  void neitherDoesThatOfANonLinearVaeOnNewData() {
    Tensor x = linearGaussian(4000, 1);
    CatalogEntry<?> e = ModelCatalog.get("vae");
    Vae m =
        (Vae)
            e.build(
                DATA,
                e.configure(DATA, Map.of("latent", 2, "encoder", "mlp:16/tanh")),
                Rng.of(1).split("init"));
    LinearVaes.train(m, loader(x), LinearVaes.training(40, 100, 0.01, 1), new TrainListener() {});
    assertHeldOut(m, linearGaussian(20_000, 2));
  }

  /** E[ELBO] ≤ E[ln p_model] ≤ E[ln p] on fresh data, the averages compared row by row. */
  private static void assertHeldOut(Vae m, Tensor fresh) {
    Scope.run(
        () ->
            Autograd.off(
                () -> {
                  Tensor truth = truth(fresh);
                  Tensor rows = fresh.to(DType.FLOAT32);
                  Loss loss = m.loss(new Batch(rows, null), Step.evaluation(Rng.of(3)));
                  assertBelow(loss.total().neg().to(DType.FLOAT64), truth, 0.5);
                  Tensor importance = Estimators.logLikelihood(m, rows, 20, Rng.of(4));
                  assertBelow(importance, truth, 0.1);
                }));
  }

  private static void assertBelow(Tensor bound, Tensor truth, double atMost) {
    Tensor gap = truth.minus(bound);
    double error = Math.sqrt(gap.variance(0, 1).item() / gap.numel());
    assertThat(gap.mean().item()).isBetween(-4 * error, atMost + 4 * error);
  }

  @Test
  void moreLatentSamplesInTheLossEstimateTheSame() {
    Tensor x = linearGaussian(3000, 1).to(DType.FLOAT32);
    Vae one = LinearVaes.build(DATA, 1, "latent", 2);
    LinearVaes.train(one, loader(x), LinearVaes.training(20, 100, 0.03, 1), new TrainListener() {});
    Vae many = LinearVaes.build(DATA, 2, "latent", 2, "samples", 20);
    many.params().load(one.params().all());
    Scope.run(
        () -> {
          double[] a = mean(one, x);
          double[] b = mean(many, x);
          assertThat(b[0]).isCloseTo(a[0], within(0.03 * a[0]));
          assertThat(b[1]).isCloseTo(a[1], within(1e-4));
        });
  }

  private static double[] mean(Model<Batch> m, Tensor x) {
    Loss l = m.loss(new Batch(x, null), Step.evaluation(Rng.of(1)));
    return new double[] {l.terms().get("nll").mean().item(), l.terms().get("kl").mean().item()};
  }
}
