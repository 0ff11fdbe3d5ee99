package org.javae.core.distribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.javae.core.likelihood.Likelihood;
import org.javae.core.likelihood.LikelihoodSpec;
import org.javae.core.model.DataSpec;
import org.javae.core.model.Params;
import org.javae.tensor.Autograd;
import org.javae.tensor.DType;
import org.javae.tensor.Rng;
import org.javae.tensor.Scope;
import org.javae.tensor.Shape;
import org.javae.tensor.Tensor;
import org.javae.tensor.UserException;
import org.junit.jupiter.api.Test;

class DiscretisedLogisticTest {
  private static final int N = 400;

  /** All bytes, one a row. */
  private static Tensor bytes() {
    return Tensor.arange(256).to(DType.FLOAT64).times(1.0 / 255).unsqueeze(1);
  }

  private static DiscretisedLogistic one(double mean, double logScale) {
    return new DiscretisedLogistic(
        Tensor.zeros(DType.FLOAT64, 1, 1, 1),
        Tensor.of(new double[] {mean}, 1, 1, 1),
        Tensor.of(new double[] {logScale}, 1, 1, 1));
  }

  @Test
  void theMassesOfAllBytesAddUpToOne() {
    Scope.run(
        () -> {
          Rng r = Rng.of(1);
          DiscretisedLogistic d =
              new DiscretisedLogistic(
                  r.normal(DType.FLOAT64, 1, 3, N),
                  r.normal(DType.FLOAT64, 1, 3, N),
                  r.normal(DType.FLOAT64, 1, 3, N).times(3).minus(2));
          Tensor mass = d.elementLogProb(bytes().expand(256, N)).exp().sum(0);
          for (double m : mass.toDoubles()) {
            assertThat(m).isCloseTo(1, within(1e-12));
          }
        });
  }

  /** Per width of a bin, and inside the range, it is the density of the logistic. */
  @Test
  void aWideLogisticTendsToItsDensity() {
    Scope.run(
        () -> {
          double s = Math.exp(-2);
          double[] log = one(0.4, -2).logProb(bytes()).toDoubles();
          for (int k = 1; k < 255; k += 9) {
            double t = (k / 255.0 - 0.4) / s;
            double density = Math.exp(-t) / (s * Math.pow(1 + Math.exp(-t), 2));
            assertThat(Math.exp(log[k]) * 255).isCloseTo(density, within(2e-4 * density));
          }
        });
  }

  /** Far away from a narrow logistic the naive difference of two distribution functions is 0. */
  @Test
  void farBinsKeepTheirLogarithmAndItsGradient() {
    Scope.run(
        () -> {
          Tensor mean = Tensor.of(new double[] {0}, 1, 1, 1).requireGrad();
          DiscretisedLogistic d =
              new DiscretisedLogistic(
                  Tensor.zeros(DType.FLOAT64, 1, 1, 1),
                  mean,
                  Tensor.of(new double[] {Math.log(1e-3)}, 1, 1, 1));
          Tensor log = d.logProb(Tensor.of(new double[] {200.0 / 255}, 1, 1));
          // ln F(−b) with b the near edge, but for terms below e^{−700}.
          double edge = (200.0 / 255 - 1.0 / 510) / 1e-3;
          assertThat(log.item())
              .isCloseTo(-edge + Math.log1p(-Math.exp(-1 / 255.0 / 1e-3)), within(1e-9));
          assertThat(Autograd.grad(log.sum(), List.of(mean)).get(0).item())
              .isCloseTo(1000, within(1e-6));
        });
  }

  @Test
  void drawsAreBytesWithTheirMasses() {
    Scope.run(
        () -> {
          DiscretisedLogistic d =
              new DiscretisedLogistic(
                  Tensor.of(new double[] {0, 1}, 1, 2, 1),
                  Tensor.of(new double[] {0.2, 0.9}, 1, 2, 1),
                  Tensor.of(new double[] {-3, -2}, 1, 2, 1));
          Tensor x = d.sample(Rng.of(3), 40_000);
          double[] mass = d.logProb(bytes()).exp().toDoubles();
          double[] share = new double[256];
          for (double v : x.toDoubles()) {
            int k = (int) Math.round(v * 255);
            assertThat(v * 255).isCloseTo(k, within(1e-9));
            share[k] += 1.0 / 40_000;
          }
          double mean = 0;
          for (int k = 0; k < 256; k++) {
            assertThat(share[k])
                .as("byte %d", k)
                .isCloseTo(mass[k], within(6 * Math.sqrt(mass[k] / 40_000) + 1e-4));
            mean += mass[k] * k / 255;
          }
          assertThat(d.mean().item()).isCloseTo(mean, within(1.0 / 510));
          assertThat(d.repeat(3).shape()).isEqualTo(Shape.of(3, 1));
        });
  }

  @Test
  void likelihoodsOfBytesAreReadFromText() {
    DataSpec images = DataSpec.of(Shape.of(3, 4, 5), false, true);
    Scope.run(
        () -> {
          Params p = new Params(Rng.of(1), DType.FLOAT64);
          Likelihood l = LikelihoodSpec.parse("logistic-mixture:4").build(images, p);
          assertThat(l.outputShape()).isEqualTo(Shape.of(36, 4, 5));
          Distribution d = l.of(Rng.of(2).normal(DType.FLOAT64, 2, 36, 4, 5));
          assertThat(d.shape()).isEqualTo(Shape.of(2, 3, 4, 5));
          Tensor sum = null;
          for (int k = 0; k < 256; k++) {
            Tensor m = d.elementLogProb(Tensor.full(k / 255.0, 2, 3, 4, 5).to(DType.FLOAT64)).exp();
            sum = sum == null ? m : sum.plus(m);
          }
          assertThat(sum.minus(1).abs().max().item()).isLessThan(1e-6);
          assertThat(LikelihoodSpec.parse("discretised-logistic").bytes()).isTrue();
          assertThat(LikelihoodSpec.parse("discretised-logistic").wantsUnitInterval()).isTrue();
        });
    assertThatThrownBy(() -> LikelihoodSpec.parse("logistic-mixture:0"))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("a whole number of 1 or more");
    assertThatThrownBy(() -> LikelihoodSpec.parse("discretised-logistic:3"))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("takes no argument");
  }
}
