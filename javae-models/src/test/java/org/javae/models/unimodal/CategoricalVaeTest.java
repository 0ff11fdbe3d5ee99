package org.javae.models.unimodal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.javae.core.distribution.OneHots;
import org.javae.core.evaluate.Estimators;
import org.javae.core.model.CatalogEntry;
import org.javae.core.model.DataSpec;
import org.javae.models.ModelCatalog;
import org.javae.tensor.Autograd;
import org.javae.tensor.DType;
import org.javae.tensor.Rng;
import org.javae.tensor.Scope;
import org.javae.tensor.Shape;
import org.javae.tensor.Tensor;
import org.junit.jupiter.api.Test;

/** Few choices can be gone through one by one. */
class CategoricalVaeTest {
  private static final int CLASSES = 3;
  private static final DataSpec BITS = DataSpec.of(Shape.of(6), true, true);

  private static CategoricalVae build(int choices) {
    CatalogEntry<?> e = ModelCatalog.get("categorical-vae").in(DType.FLOAT64);
    Map<String, ?> settings =
        Map.of("latent", choices, "classes", CLASSES, "encoder", "mlp:7/tanh");
    CategoricalVae m =
        (CategoricalVae) e.build(BITS, e.configure(BITS, settings), Rng.of(1).split("init"));
    // Larger weights than at the start, so that codes differ in what they mean.
    m.params().trainable().forEach(w -> w.scaleInPlace(2));
    return m;
  }

  private static Tensor bits() {
    return Rng.of(2).bernoulli(Tensor.zeros(DType.FLOAT64, 5, 6).plus(0.4));
  }

  /** Every code there is: {@code [classes^choices, choices·classes]}. */
  private static Tensor codes(int choices) {
    List<Tensor> all = new ArrayList<>();
    int n = (int) Math.pow(CLASSES, choices);
    for (int c = 0; c < n; c++) {
      double[] z = new double[choices * CLASSES];
      for (int i = 0, rest = c; i < choices; i++, rest /= CLASSES) {
        z[i * CLASSES + rest % CLASSES] = 1;
      }
      all.add(Tensor.of(z, 1, z.length));
    }
    return Tensor.cat(all, 0);
  }

  /** ln p(x, z) for every x and every z: {@code [batch, codes]}. */
  private static Tensor joint(CategoricalVae m, Tensor x, int choices) {
    Tensor codes = codes(choices);
    List<Tensor> columns =
        IntStream.range(0, (int) codes.size(0))
            .mapToObj(
                c -> {
                  Tensor z = codes.narrow(0, c, 1).expand(x.size(0), -1);
                  return m.likelihood(z).logProb(x).minus(choices * Math.log(CLASSES));
                })
            .toList();
    return Tensor.stack(columns, 1);
  }

  @Test
  void theEstimateOfTheLikelihoodComesToTheSumOverAllCodes() {
    CategoricalVae m = build(2);
    Scope.run(
        () -> {
          Tensor x = bits();
          double[] exact = Autograd.off(() -> joint(m, x, 2).logSumExp(1)).toDoubles();
          double[] estimate = Estimators.logLikelihood(m, x, 10_000, Rng.of(3)).toDoubles();
          double[] few = Estimators.logLikelihood(m, x, 1, Rng.of(3)).toDoubles();
          double apart = 0;
          for (int i = 0; i < exact.length; i++) {
            assertThat(estimate[i]).isCloseTo(exact[i], within(0.03));
            apart = Math.max(apart, Math.abs(few[i] - exact[i]));
          }
          assertThat(apart).as("a single sample tells less").isGreaterThan(0.1);
        });
  }

  @Test
  void withTheTruePosteriorOneSampleIsEnough() {
    CategoricalVae m = build(1);
    Scope.run(
        () -> {
          Tensor x = bits();
          Tensor joint = Autograd.off(() -> joint(m, x, 1));
          OneHots truth = OneHots.of(joint, CLASSES);
          double[] exact = joint.logSumExp(1).toDoubles();
          double[] one = Estimators.logLikelihood(m, truth, x, 1, Rng.of(3)).toDoubles();
          for (int i = 0; i < exact.length; i++) {
            assertThat(one[i]).isCloseTo(exact[i], within(1e-10));
          }
        });
  }

  /**
   * ln p(x) = ELBO + KL(q(z|x) ‖ p(z|x)), all three by enumeration, the first term's KL by the
   * model.
   */
  @Test
  void theBoundLacksTheDivergenceFromTheTruePosterior() {
    CategoricalVae m = build(2);
    Scope.run(
        () ->
            Autograd.off(
                () -> {
                  Tensor x = bits();
                  Tensor joint = joint(m, x, 2);
                  OneHots q = m.posterior(x);
                  Tensor codes = codes(2);
                  List<Tensor> columns = new ArrayList<>();
                  for (int c = 0; c < codes.size(0); c++) {
                    columns.add(q.logProb(codes.narrow(0, c, 1).expand(x.size(0), -1)));
                  }
                  Tensor logQ = Tensor.stack(columns, 1);
                  Tensor given = joint.plus(2 * Math.log(CLASSES));
                  Tensor elbo =
                      logQ.exp()
                          .times(given)
                          .sum(1)
                          .minus(m.divergence(q, codes.narrow(0, 0, 1)).flatten().sum(1));
                  Tensor truth = joint.logSoftmax(1);
                  Tensor gap = logQ.exp().times(logQ.minus(truth)).sum(1);
                  double[] sum = elbo.plus(gap).toDoubles();
                  double[] exact = joint.logSumExp(1).toDoubles();
                  for (int i = 0; i < exact.length; i++) {
                    assertThat(sum[i]).isCloseTo(exact[i], within(1e-10));
                  }
                  assertThat(gap.min().item()).isGreaterThan(0.01);
                  return null;
                }));
  }
}
