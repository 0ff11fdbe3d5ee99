package org.javae.models.unimodal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Map;
import org.javae.core.distribution.Bernoulli;
import org.javae.core.distribution.Normal;
import org.javae.core.model.Batch;
import org.javae.core.model.CatalogEntry;
import org.javae.core.model.DataSpec;
import org.javae.core.model.Loss;
import org.javae.core.model.Model;
import org.javae.core.train.Step;
import org.javae.models.ModelCatalog;
import org.javae.tensor.DType;
import org.javae.tensor.Rng;
import org.javae.tensor.Scope;
import org.javae.tensor.Shape;
import org.javae.tensor.Tensor;
import org.javae.tensor.UserException;
import org.junit.jupiter.api.Test;

/** The losses of the VAE family, written out by hand. */
class VaeTest {
  private static final DataSpec BITS = DataSpec.of(Shape.of(6), true, true);

  @SuppressWarnings("unchecked") // all models take one block of data
  private static <M extends Model<Batch>> M build(String name, Map<String, ?> settings) {
    CatalogEntry<?> e = ModelCatalog.get(name).in(DType.FLOAT64);
    return (M) e.build(BITS, e.configure(BITS, settings), Rng.of(1).split("init"));
  }

  private static Tensor bits() {
    return Rng.of(2).bernoulli(Tensor.zeros(DType.FLOAT64, 5, 6).plus(0.4));
  }

  private static Step step(double epochs) {
    return new Step(0, epochs, 10, true, Rng.of(3));
  }

  @Test
  void theLossIsReconstructionPlusDivergence() {
    Vae m = build("vae", Map.of("latent", 2, "encoder", "mlp:7/tanh"));
    Scope.run(
        () -> {
          Tensor x = bits();
          Loss l = m.loss(new Batch(x, null), step(0));
          assertThat(l.terms().keySet()).containsExactly("nll", "kl");
          Normal q = (Normal) m.posterior(x);
          double[] mean = q.mean().toDoubles();
          double[] log = q.logScale().toDoubles();
          Tensor z = q.rsample(Rng.of(3));
          double[] logits = ((Bernoulli) m.likelihood(z)).logits().toDoubles();
          double[] bits = x.toDoubles();
          for (int i = 0; i < 5; i++) {
            double kl = 0;
            for (int k = 2 * i; k < 2 * i + 2; k++) {
              kl += 0.5 * (Math.exp(2 * log[k]) + mean[k] * mean[k] - 1 - 2 * log[k]);
            }
            double nll = 0;
            for (int j = 6 * i; j < 6 * i + 6; j++) {
              nll += Math.log1p(Math.exp(bits[j] == 1 ? -logits[j] : logits[j]));
            }
            assertThat(l.terms().get("kl").toDoubles()[i]).isCloseTo(kl, within(1e-12));
            assertThat(l.terms().get("nll").toDoubles()[i]).isCloseTo(nll, within(1e-12));
            assertThat(l.total().toDoubles()[i]).isCloseTo(kl + nll, within(1e-12));
          }
        });
  }

  @Test
  void betaWeighsTheDivergenceAndScheduleItsRise() {
    Vae one = build("vae", Map.of("latent", 2, "encoder", "mlp:7"));
    for (double beta : new double[] {0, 1, 4}) {
      BetaVae m =
          build(
              "beta-vae",
              Map.of("latent", 2, "encoder", "mlp:7", "beta", beta, "schedule", "linear:4"));
      m.params().load(one.params().all());
      Scope.run(
          () -> {
            Batch b = new Batch(bits(), null);
            for (double epoch : new double[] {0, 1, 3, 8}) {
              Loss l = m.loss(b, step(epoch));
              Loss plain = one.loss(b, step(epoch));
              double weight = beta * Math.min(1, epoch / 4);
              assertThat(l.terms().get("kl").toDoubles())
                  .as("terms are not weighted")
                  .isEqualTo(plain.terms().get("kl").toDoubles());
              assertThat(l.total().toDoubles())
                  .containsExactly(
                      plain
                          .terms()
                          .get("nll")
                          .plus(plain.terms().get("kl").times(weight))
                          .toDoubles(),
                      within(1e-12));
            }
          });
    }
  }

  @Test
  void theReconstructionIsTheMeanOverSamples() {
    Vae m = build("vae", Map.of("latent", 2, "encoder", "mlp:7", "samples", 4));
    Scope.run(
        () -> {
          Tensor x = bits();
          Loss l = m.loss(new Batch(x, null), step(0));
          Tensor z = m.posterior(x).rsample(Rng.of(3), 4);
          double[] expected = new double[5];
          for (int k = 0; k < 4; k++) {
            double[] one = m.likelihood(z.narrow(0, 5L * k, 5)).logProb(x).toDoubles();
            for (int i = 0; i < 5; i++) {
              expected[i] -= one[i] / 4;
            }
          }
          assertThat(l.terms().get("nll").toDoubles()).containsExactly(expected, within(1e-12));
        });
  }

  /** The lecture's balance constant C: the loss is C‖x − x̂‖² + KL up to a constant. */
  @Test
  void theBalanceConstantWeighsTheSquaredError() {
    double c = 3.5;
    Vae m = build("vae", Map.of("latent", 2, "encoder", "mlp:7", "likelihood", "balance:" + c));
    Scope.run(
        () -> {
          Tensor x = bits();
          Loss l = m.loss(new Batch(x, null), step(0));
          Tensor z = m.posterior(x).rsample(Rng.of(3));
          double[] expected =
              m.decode(z).minus(x).square().sum(1).times(c).plus(l.terms().get("kl")).toDoubles();
          double constant = l.total().toDoubles()[0] - expected[0];
          for (int i = 0; i < 5; i++) {
            assertThat(l.total().toDoubles()[i] - expected[i]).isCloseTo(constant, within(1e-5));
          }
          assertThat(constant).isCloseTo(3 * Math.log(Math.PI / c), within(1e-5));
        });
  }

  @Test
  void unknownModelsNameTheNearest() {
    for (String[] pair :
        new String[][] {{"betavae", "beta-vae"}, {"vea", "vae"}, {"linearae", "linear-ae"}}) {
      try {
        ModelCatalog.get(pair[0]);
        assertThat(pair[0]).as("was accepted").isNull();
      } catch (UserException e) {
        assertThat(e).hasMessageContaining("unknown model '" + pair[0] + "'; did you mean ");
        assertThat(e.getMessage()).contains(pair[1]);
        assertThat(e.exitCode()).isEqualTo(2);
      }
    }
  }
}
