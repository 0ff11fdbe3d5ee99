package org.javae.models.density;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.javae.core.flow.Made;
import org.javae.core.model.DataSpec;
import org.javae.core.model.Params;
import org.javae.core.net.Activation;
import org.javae.models.ModelCatalog;
import org.javae.tensor.Autograd;
import org.javae.tensor.DType;
import org.javae.tensor.Rng;
import org.javae.tensor.Scope;
import org.javae.tensor.Shape;
import org.javae.tensor.Tensor;
import org.javae.tensor.UserException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Mass 1 over all binary vectors, strict order in every mask, and draws that follow the mass. */
class MadeTest {
  private static void move(Params p) {
    Scope.run(
        () ->
            p.trainable()
                .forEach(
                    t ->
                        t.addInPlace(
                            Rng.of(6).split("move").normal(DType.FLOAT64, t.shape().toArray()),
                            0.5)));
  }

  private static MadeModel model(int d, boolean binary, Map<String, ?> settings) {
    var entry = ModelCatalog.get("made").in(DType.FLOAT64);
    DataSpec spec = DataSpec.of(Shape.of(d), binary, binary);
    MadeModel m =
        (MadeModel) entry.build(spec, entry.configure(spec, settings), Rng.of(1).split("init"));
    move(m.params());
    return m;
  }

  /** All vectors of zeros and ones. */
  private static Tensor bits(int d) {
    int n = 1 << d;
    double[] v = new double[n * d];
    for (int i = 0; i < n * d; i++) {
      v[i] = i / d >> i % d & 1;
    }
    return Tensor.of(v, n, d);
  }

  @ParameterizedTest
  @CsvSource({"1,'mlp:5',1", "12,'mlp:20',1", "10,'mlp:15,12/tanh',3", "2,'mlp:3,3,3',2"})
  void allBinaryVectorsHaveMassOne(int d, String network, int masks) {
    MadeModel m = model(d, true, Map.of("network", network, "masks", masks));
    double mass = Scope.run(() -> Autograd.off(() -> m.logProb(bits(d)).logSumExp(0).exp().item()));
    assertThat(mass).isCloseTo(1, within(1e-10));
  }

  @Test
  void everyOrdersJacobianIsStrictlyTriangular() {
    int d = 6;
    Params p = new Params(Rng.of(3), DType.FLOAT64);
    Made made = new Made(p, "made", d, List.of(60, 50), 2, Activation.TANH, 4);
    move(p);
    for (int m = 0; m < 4; m++) {
      int[] order = made.elements(m);
      Tensor x = Rng.of(1).normal(DType.FLOAT64, 1, d).requireGrad();
      Tensor y = made.apply(x, m);
      for (int row = 0; row < d; row++) {
        for (int number = 0; number < 2; number++) {
          Tensor out = y.select(1, (long) number * d + order[row]).sum();
          double[] g = Autograd.grad(out, List.of(x), true).get(0).toDoubles();
          for (int column = 0; column < d; column++) {
            assertThat(g[order[column]] != 0)
                .as("order %d, output at %d by input at %d", m, row, column)
                .isEqualTo(column < row);
          }
        }
      }
    }
    assertThat(made.elements(1)).isNotEqualTo(made.elements(0)).isNotEqualTo(made.elements(2));
  }

  @Test
  void realDensitiesIntegrateToOne() {
    MadeModel m = model(2, false, Map.of("network", "mlp:6/tanh", "masks", 2));
    double[] sum = {0};
    int n = 400;
    double h = 160.0 / n;
    for (int i = 0; i < n; i++) {
      double[] row = new double[2 * n];
      for (int j = 0; j < n; j++) {
        row[2 * j] = (i + 0.5) * h - 80;
        row[2 * j + 1] = (j + 0.5) * h - 80;
      }
      sum[0] +=
          Scope.run(
              () -> Autograd.off(() -> m.logProb(Tensor.of(row, n, 2)).exp().sum().item() * h * h));
    }
    assertThat(sum[0]).isCloseTo(1, within(0.01));
  }

  @Test
  void drawsFollowTheMass() {
    MadeModel m = model(3, true, Map.of("network", "mlp:9", "masks", 3));
    int n = 6000;
    double[] p = Autograd.off(() -> m.logProb(bits(3)).exp().toDoubles());
    List<Double> told = new ArrayList<>();
    double[] drawn = m.generate(n, Rng.of(4), told::add).toDoubles();
    assertThat(told).isSorted().hasSizeGreaterThan(9).endsWith(1.0);
    double[] share = new double[8];
    for (int i = 0; i < n; i++) {
      share[(int) (drawn[3 * i] + 2 * drawn[3 * i + 1] + 4 * drawn[3 * i + 2])] += 1.0 / n;
    }
    for (int i = 0; i < 8; i++) {
      assertThat(share[i])
          .as("vector %d", i)
          .isCloseTo(p[i], within(4.5 * Math.sqrt(p[i] * (1 - p[i]) / n) + 1e-4));
    }
  }

  @Test
  void aNetworkThatCannotBeMaskedIsRefused() {
    assertThatThrownBy(() -> model(4, true, Map.of("network", "conv:3")))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("network is 'conv:3'");
  }
}
