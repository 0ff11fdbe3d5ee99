package org.javae.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.javae.core.distribution.Distribution;
import org.javae.core.evaluate.Ais;
import org.javae.core.evaluate.Estimators;
import org.javae.core.model.CatalogEntry;
import org.javae.core.model.DataSpec;
import org.javae.core.model.LatentVariableModel;
import org.javae.models.linear.ProbabilisticPca;
import org.javae.tensor.DType;
import org.javae.tensor.Rng;
import org.javae.tensor.Scope;
import org.javae.tensor.Shape;
import org.javae.tensor.Tensor;
import org.javae.tensor.UserException;
import org.junit.jupiter.api.Test;

/** Annealed importance sampling against a model whose ln p(x) is known. */
class AisTest {
  private static final int D = 5;
  private static final DataSpec DATA = DataSpec.of(Shape.of(D), false, false);

  /**
   * Probabilistic PCA of x = Wz + 0.5 ε with two causes: posteriors five times narrower than p(z).
   */
  private static ProbabilisticPca ppca() {
    CatalogEntry<?> e = ModelCatalog.get("ppca");
    ProbabilisticPca m =
        (ProbabilisticPca) e.build(DATA, e.configure(DATA, Map.of("latent", 2)), Rng.of(0));
    Tensor w = Tensor.of(new double[] {1.5, -1, 0.5, 0, 2, 0.2, 0.7, -1.1, 0.9, 0.1}, 2, D);
    Rng r = Rng.of(1);
    Tensor x =
        r.normal(DType.FLOAT64, 2000, 2)
            .matmul(w)
            .plus(r.normal(DType.FLOAT64, 2000, D).times(0.5))
            .plus(1);
    m.fit(consumer -> consumer.accept(x));
    return m;
  }

  private static Tensor draw(ProbabilisticPca m, int n, long seed) {
    Rng r = Rng.of(seed);
    return m.likelihood(m.prior().sample(r, n)).sample(r);
  }

  @Test
  void itFindsTheExactLikelihoodWithoutAnEncoder() {
    Scope.run(
        () -> {
          ProbabilisticPca m = ppca();
          Tensor x = draw(m, 20, 3);
          double truth = m.logProb(x).mean().item();
          List<Double> seen = new ArrayList<>();
          Tensor ais = Ais.logLikelihood(m, x, new Ais.Settings(100, 16), Rng.of(4), seen::add);
          assertThat(ais.mean().item()).isCloseTo(truth, within(0.05));
          assertThat(ais.toDoubles()).containsExactly(m.logProb(x).toDoubles(), within(1.0));
          assertThat(seen).isSorted().last().isEqualTo(1.0);
          // Importance sampling from the exact posterior is the same without any noise.
          assertThat(Estimators.logLikelihood(m, x, 3, Rng.of(1)).mean().item())
              .isCloseTo(truth, within(1e-9))
              .isCloseTo(ais.mean().item(), within(0.05));
        });
  }

  @Test
  void theTruthLiesBetweenTheTwoDirectionsAndLongerPathsCloseTheGap() {
    Scope.run(
        () -> {
          ProbabilisticPca m = ppca();
          double before = Double.POSITIVE_INFINITY;
          for (int steps : new int[] {4, 20, 100}) {
            Ais.Sandwich s = Ais.simulated(m, 100, new Ais.Settings(steps, 4), Rng.of(5), p -> {});
            double gap = s.upper().minus(s.lower()).mean().item();
            assertThat(gap).as(steps + " steps").isBetween(0.0, before);
            before = gap;
          }
          assertThat(before).isLessThan(0.4);
        });
  }

  /** The simulated observations are remembered, so that the truth can be asked for them. */
  private static final class Remembering implements LatentVariableModel {
    private final ProbabilisticPca exact;
    private final boolean differentiable;
    private Tensor drawn;

    Remembering(ProbabilisticPca exact, boolean differentiable) {
      this.exact = exact;
      this.differentiable = differentiable;
    }

    @Override
    public Distribution posterior(Tensor x) {
      return exact.posterior(x);
    }

    @Override
    public Distribution prior() {
      return exact.prior();
    }

    @Override
    public Distribution likelihood(Tensor z) {
      if (!differentiable) {
        throw new UnsupportedOperationException("no density");
      }
      Distribution p = exact.likelihood(z);
      return drawn != null
          ? p
          : new Distribution() {
            @Override
            public Tensor rsample(Rng r, int k) {
              Tensor x = p.rsample(r, k);
              drawn = Scope.outside(x::copy);
              return x;
            }

            @Override
            public Tensor elementLogProb(Tensor x) {
              return p.elementLogProb(x);
            }

            @Override
            public Tensor mean() {
              return p.mean();
            }

            @Override
            public Distribution repeat(int k) {
              return p.repeat(k);
            }
          };
    }

    @Override
    public int latent() {
      return exact.latent();
    }
  }

  @Test
  void forwardIsBelowAndReverseAboveTheExactLikelihood() {
    Scope.run(
        () -> {
          Remembering m = new Remembering(ppca(), true);
          Ais.Sandwich s = Ais.simulated(m, 100, new Ais.Settings(40, 2), Rng.of(6), p -> {});
          double truth = m.exact.logProb(m.drawn).mean().item();
          assertThat(truth - s.lower().mean().item()).as("below").isBetween(0.05, 1.0);
          assertThat(s.upper().mean().item() - truth).as("above").isBetween(0.05, 1.0);
        });
  }

  @Test
  void theSameStreamGivesTheSameBitsAndLeaksNothing() {
    ProbabilisticPca m = ppca();
    double[][] runs = new double[2][];
    long[] alive = new long[2];
    for (int i = 0; i < 2; i++) {
      int run = i;
      Scope.run(
          () ->
              runs[run] =
                  Ais.logLikelihood(m, draw(m, 5, 3), new Ais.Settings(5, 3), Rng.of(7), p -> {})
                      .toDoubles());
      alive[i] = Scope.liveNativeObjects();
    }
    assertThat(runs[0]).containsExactly(runs[1]);
    // Only the streams' generators outlive a run.
    assertThat(alive[1] - alive[0]).isLessThan(10);
  }

  @Test
  void whatCannotBeAnnealedSaysSo() {
    Scope.run(
        () -> {
          Remembering m = new Remembering(ppca(), false);
          assertThatThrownBy(
                  () ->
                      Ais.logLikelihood(
                          m, draw(m.exact, 5, 3), new Ais.Settings(5, 3), Rng.of(7), p -> {}))
              .isInstanceOf(UserException.class)
              .hasMessageContaining("follows the gradient of ln p(z) + ln p(x|z)");
          assertThatThrownBy(() -> new Ais.Settings(0, 1)).hasMessageContaining("ais-steps is 0");
        });
  }
}
