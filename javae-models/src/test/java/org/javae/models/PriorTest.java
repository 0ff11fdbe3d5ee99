package org.javae.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

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
import org.javae.core.distribution.NormalMixture;
import org.javae.core.evaluate.Estimators;
import org.javae.core.model.Batch;
import org.javae.core.model.DataSpec;
import org.javae.core.model.Loss;
import org.javae.core.model.Model;
import org.javae.core.model.ModelConfig;
import org.javae.core.model.Params;
import org.javae.core.prior.Prior;
import org.javae.core.prior.PriorSpec;
import org.javae.core.train.BatchSource;
import org.javae.core.train.Step;
import org.javae.core.train.TrainListener;
import org.javae.core.train.Trainer;
import org.javae.models.unimodal.Vae;
import org.javae.tensor.Autograd;
import org.javae.tensor.DType;
import org.javae.tensor.Rng;
import org.javae.tensor.Scope;
import org.javae.tensor.Shape;
import org.javae.tensor.Tensor;
import org.javae.tensor.UserException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Priors against what is known of them in closed form. */
class PriorTest {
  private static final int N = 40;
  private static final int D = 5;

  private static float[] values() {
    return Scope.run(() -> Rng.of(5).normal(N, D).toFloats());
  }

  private static Loader rows(float[] values) {
    return new Loader(
        ArrayDataset.of("rows", Shape.of(D), values),
        IntStream.range(0, N).toArray(),
        Preprocessing.NONE,
        Rng.of(1),
        true);
  }

  private static Vae vae(String prior) {
    var e = ModelCatalog.get("vae");
    DataSpec data = new DataSpec(new long[] {D}, List.of(), false, false, 0, N, 0);
    return (Vae)
        e.build(
            data,
            e.configure(data, Map.of("latent", 2, "encoder", "mlp:6", "prior", prior)),
            Rng.of(2).split("init"));
  }

  /** ln 1/N Σ q(z|xₙ), the slow way. */
  private static double[] aggregate(Vae m, Tensor x, Tensor z) {
    Normal q = (Normal) m.posterior(x);
    long n = x.size(0);
    double[] all = new double[(int) z.size(0)];
    for (int i = 0; i < all.length; i++) {
      Tensor zi = z.narrow(0, i, 1).expand(n, -1);
      all[i] = q.logProb(zi).logSumExp(0).item() - Math.log(n);
    }
    return all;
  }

  @Test
  void aVampPriorAtTheDataIsTheAggregatedPosterior() {
    float[] v = values();
    Vae m = vae("vamp:" + N);
    Scope.run(
        () -> {
          Tensor x = Tensor.of(v, N, D);
          Autograd.off(() -> m.params().all().get("prior.pseudo_inputs").copyFromInPlace(x));
          Tensor z = m.posterior(x).sample(Rng.of(3), 5);
          double[] own = m.prior().logProb(z).toDoubles();
          double[] slow = aggregate(m, x, z);
          double kl = 0; // KL(q(z)‖p(z)) over draws of q(z)
          for (int i = 0; i < own.length; i++) {
            assertThat(own[i]).isCloseTo(slow[i], within(1e-4));
            kl += (slow[i] - own[i]) / own.length;
          }
          assertThat(kl).isCloseTo(0, within(1e-5));
          // Then the mean KL(q(z|x)‖p) is the mutual information: no prior does better.
          Tensor one = m.posterior(x).sample(Rng.of(4));
          double meanKl = m.posterior(x).logProb(one).minus(m.prior().logProb(one)).mean().item();
          assertThat(meanKl).isLessThanOrEqualTo(Math.log(N) + 0.1);
          assertThat(Estimators.mutualInformation(m, x, Rng.of(4))).isCloseTo(meanKl, within(1e-4));
        });
  }

  @Test
  void theAggregatePriorAfterARefreshIsTheAggregatedPosterior() {
    float[] v = values();
    Vae m = vae("aggregate:" + N);
    m.trainingRows(rows(v));
    m.refresh(Rng.of(1));
    Scope.run(
        () -> {
          Tensor x = Tensor.of(v, N, D);
          Tensor z = m.posterior(x).sample(Rng.of(3), 2);
          double[] own = m.prior().logProb(z).toDoubles();
          double[] slow = aggregate(m, x, z);
          for (int i = 0; i < own.length; i++) {
            assertThat(own[i]).isCloseTo(slow[i], within(1e-4));
          }
        });
  }

  @Test
  void aRowIsNeverItsOwnExemplar() {
    float[] v = values();
    Vae m = vae("exemplar:" + N);
    Loader rows = rows(v);
    m.trainingRows(rows);
    Scope.run(
        () -> {
          Batch all = rows.batch(0, 0, N);
          Step step = new Step(0, 0, 1, true, Rng.of(1));
          // With all rows as exemplars each mean is left out of its own mixture only.
          double kl = m.loss(all, step).terms().get("kl").mean().item();
          Normal q = (Normal) m.posterior(all.x());
          Tensor z = q.sample(Rng.of(1), 1);
          double expected = 0;
          for (int i = 0; i < N; i++) {
            int own = i;
            int[] others = IntStream.range(0, N).filter(j -> j != own).toArray();
            Tensor means = q.mean().indexSelect(0, Tensor.indices(others));
            Distribution p = NormalMixture.uniform(new Normal(means, Tensor.zerosLike(means)));
            Tensor zi = z.narrow(0, i, 1);
            expected -= p.logProb(zi).item() / N;
          }
          expected += q.logProb(z).mean().item();
          assertThat(kl).isCloseTo(expected, within(1e-4));
        });
  }

  @Test
  void manyGaussiansAreTheMixtureOfGaussians() {
    Scope.run(
        () -> {
          Rng r = Rng.of(8);
          Tensor w = r.normal(DType.FLOAT64, 1, 4);
          Tensor mean = r.normal(DType.FLOAT64, 4, 3);
          Tensor logScale = r.normal(DType.FLOAT64, 4, 3).times(0.5);
          NormalMixture many = new NormalMixture(w, new Normal(mean, logScale));
          Mixture few =
              new Mixture(
                  w,
                  IntStream.range(0, 4)
                      .<Distribution>mapToObj(
                          k -> new Normal(mean.narrow(0, k, 1), logScale.narrow(0, k, 1)))
                      .toList());
          Tensor z = r.normal(DType.FLOAT64, 9, 3);
          assertClose(many.logProb(z), few.logProb(z), 1e-10);
          assertClose(many.mean(), few.mean(), 1e-12);
          assertThat(many.responsibilities(z).sum(1).minus(1).abs().max().item()).isLessThan(1e-12);
          Tensor draws = many.sample(Rng.of(9), 20_000);
          assertClose(draws.mean(0), many.mean().squeeze(0), 0.06);
        });
  }

  @Test
  void theRatioNetworkLearnsTheLogRatioOfTwoGaussians() {
    // q = N(0.8, 0.6²): ln q/N(0, 1) = −ln 0.6 − (z − 0.8)²/(2·0.36) + z²/2.
    Params params = new Params(Rng.of(1).split("init"), DType.FLOAT32);
    Prior prior =
        PriorSpec.parse("implicit:32")
            .build(
                DataSpec.of(Shape.of(1), false, false),
                params,
                1,
                x -> new Normal(x, Tensor.full(-9, 1, 1).expand(x.size(0), 1)));
    class Game extends Model<Batch> {
      Game() {
        super(DataSpec.of(Shape.of(1), false, false), params);
      }

      @Override
      public ModelConfig config() {
        return null;
      }

      @Override
      public Loss loss(Batch b, Step s) {
        return prior.train(Loss.zero().plus("none", b.x().sumEvent().times(0)), b.x(), s);
      }
    }
    BatchSource<Batch> draws =
        new BatchSource<>() {
          @Override
          public int size() {
            return 200 * 500;
          }

          @Override
          public Batch batch(long epoch, int index, int n) {
            return new Batch(Rng.of(epoch * 1000 + index).normal(n, 1).times(0.6).plus(0.8), null);
          }
        };
    new Trainer<>(
            new Game(),
            draws,
            null,
            null,
            LinearVaes.training(5, 500, 3e-3, 1),
            null,
            "",
            new TrainListener() {})
        .run(false);
    prior.trainingRows(draws);
    prior.refresh(Rng.of(4));
    Scope.run(
        () -> {
          double[] at = {-0.4, 0.2, 0.8, 1.4, 2.0};
          Tensor z = Tensor.of(at, at.length, 1).to(DType.FLOAT32);
          double[] own = prior.distribution().logProb(z).toDoubles();
          for (int i = 0; i < at.length; i++) {
            double exact =
                -0.5 * Math.log(2 * Math.PI) - Math.log(0.6) - Math.pow((at[i] - 0.8) / 0.6, 2) / 2;
            assertThat(own[i]).as("ln p(%s)", at[i]).isCloseTo(exact, within(0.12));
          }
          double[] drawn = prior.distribution().sample(Rng.of(3), 4000).toDoubles();
          assertThat(Arrays.stream(drawn).average().orElseThrow()).isCloseTo(0.8, within(0.06));
        });
  }

  @ParameterizedTest
  @ValueSource(strings = {"vamp:0", "vamp:x", "standard:3", "vampp", "mixture:-1"})
  void aWrongPriorEndsInASentence(String text) {
    assertThatThrownBy(() -> PriorSpec.parse(text))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("prior");
  }

  @Test
  void morePseudoInputsThanRowsAreRefused() {
    assertThatThrownBy(() -> vae("vamp:41"))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("41")
        .hasMessageContaining("40");
  }

  private static void assertClose(Tensor a, Tensor b, double tolerance) {
    assertThat(a.shape()).isEqualTo(b.shape());
    assertThat(a.minus(b).abs().max().item()).isLessThan(tolerance);
  }
}
