package org.javae.models.multiblock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.javae.core.model.Batch;
import org.javae.core.model.DataSpec;
import org.javae.models.ModelCatalog;
import org.javae.tensor.DType;
import org.javae.tensor.Rng;
import org.javae.tensor.Shape;
import org.javae.tensor.Tensor;
import org.javae.tensor.UserException;
import org.javae.testkit.ContractSuite;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What all linear models of several blocks owe, and canonical correlations. */
class MultiBlockTest {
  static final int N = 120;

  /** Views of these lengths. */
  static DataSpec spec(int... lengths) {
    DataSpec[] d = new DataSpec[lengths.length];
    for (int m = 0; m < d.length; m++) {
      d[m] = DataSpec.of(Shape.of(lengths[m]), false, false);
    }
    return ContractSuite.views(d);
  }

  static <M extends MultiBlock> M build(String name, DataSpec data, Map<String, ?> settings) {
    var e = ModelCatalog.get(name);
    @SuppressWarnings("unchecked") // the test knows what it asks for
    M m = (M) e.build(data, e.configure(data, settings), Rng.of(1).split("init"));
    return m;
  }

  static <M extends MultiBlock> M fitted(
      String name, DataSpec data, Map<String, ?> settings, Batch rows) {
    M m = build(name, data, settings);
    m.fitBatches(consumer -> consumer.accept(rows));
    return m;
  }

  static <M extends MultiBlock> M fitted(String name, Map<String, ?> settings, Tensor... views) {
    int[] lengths = Arrays.stream(views).mapToInt(v -> (int) v.size(1)).toArray();
    Batch all = new Batch(Tensor.cat(List.of(views), 1), null);
    return fitted(name, spec(lengths), settings, all);
  }

  static Tensor normal(int seed, long rows, long columns) {
    return Rng.of(seed).normal(DType.FLOAT64, rows, columns);
  }

  /** A view of common causes with noise of its own. */
  static Tensor view(int seed, Tensor causes, int length, double noise) {
    return causes
        .matmul(normal(seed, causes.size(1), length))
        .plus(normal(100 + seed, causes.size(0), length).times(noise))
        .plus(seed);
  }

  private static Tensor[] three() {
    Tensor z = normal(1, N, 2);
    return new Tensor[] {view(2, z, 5, 1), view(3, z, 4, 0.7), view(4, z, 3, 1.5)};
  }

  static Tensor centred(Tensor x) {
    return x.minus(x.mean(0).unsqueeze(0));
  }

  static Tensor covariance(Tensor a, Tensor b) {
    return centred(a).t().matmul(centred(b)).div(a.size(0));
  }

  @ParameterizedTest
  @ValueSource(strings = {"maxvar", "sumcor"})
  void twoSetsHaveTheSingularValuesOfTheWhitenedCrossCovariance(String criterion) {
    Tensor z = normal(1, N, 3);
    Tensor x = view(2, z, 5, 1);
    Tensor y = view(3, z, 4, 2);
    Mcca m = fitted("mcca", Map.of("latent", 4, "criterion", criterion, "regularisation", 0), x, y);
    Tensor lx = covariance(x, x).cholesky();
    Tensor ly = covariance(y, y).cholesky();
    Tensor cross = lx.inverse().matmul(covariance(x, y)).matmul(ly.inverse().t());
    double[] rho = cross.svd().get(1).toDoubles();
    for (int j = 0; j < 4; j++) {
      assertThat(m.correlations(j)[0][1]).as("ρ" + j).isCloseTo(rho[j], within(1e-8));
    }
    Tensor codes = m.encode(Tensor.cat(List.of(x, y), 1));
    Tensor c = covariance(codes, codes).minus(Tensor.eye(4).to(DType.FLOAT64));
    assertThat(c.abs().max().item()).as("scores are uncorrelated, of variance 1").isLessThan(1e-8);
  }

  @Test
  void maxvarMakesTheLargestEigenvalueOfTheVariatesCorrelationsLargest() {
    Tensor[] x = three();
    Mcca m = fitted("mcca", Map.of("latent", 2, "regularisation", 0), x);
    double best = largest(m.correlations(0));
    assertThat(best).isBetween(1.0, 3.0);
    for (int trial = 0; trial < 200; trial++) {
      Tensor[] t = new Tensor[3];
      for (int k = 0; k < 3; k++) {
        t[k] = x[k].matmul(normal(1000 + 3 * trial + k, x[k].size(1), 1));
      }
      assertThat(largest(correlations(t))).isLessThanOrEqualTo(best);
    }
    // At the maximum every small change of a direction lowers it.
    Tensor b = m.directions().narrow(1, 0, 1);
    for (int trial = 0; trial < 30; trial++) {
      Tensor near = b.plus(normal(5000 + trial, 12, 1).times(1e-3));
      Tensor[] t = {
        x[0].matmul(near.narrow(0, 0, 5)),
        x[1].matmul(near.narrow(0, 5, 4)),
        x[2].matmul(near.narrow(0, 9, 3))
      };
      assertThat(largest(correlations(t))).isLessThanOrEqualTo(best);
    }
  }

  @Test
  void sumcorMakesTheSumOfCorrelationsLargest() {
    Tensor[] x = three();
    Map<String, Object> settings = Map.of("latent", 2, "regularisation", 0);
    Mcca maxvar = fitted("mcca", settings, x);
    Mcca m = fitted("mcca", Map.of("latent", 2, "regularisation", 0, "criterion", "sumcor"), x);
    double best = sum(m.correlations(0));
    assertThat(best).isGreaterThanOrEqualTo(sum(maxvar.correlations(0)) - 1e-12);
    Tensor b = m.directions();
    for (int trial = 0; trial < 30; trial++) {
      Tensor near = b.narrow(1, 0, 1).plus(normal(5000 + trial, 12, 1).times(1e-3));
      Tensor[] t = {
        x[0].matmul(near.narrow(0, 0, 5)),
        x[1].matmul(near.narrow(0, 5, 4)),
        x[2].matmul(near.narrow(0, 9, 3))
      };
      assertThat(sum(correlations(t))).isLessThanOrEqualTo(best);
    }
    Tensor variates = x[0].matmul(b.narrow(0, 0, 5));
    assertThat(covariance(variates, variates).toDoubles()[1])
        .as("a view's second variate is uncorrelated with its first")
        .isCloseTo(0, within(1e-9));
  }

  private static double[][] correlations(Tensor[] variates) {
    double[][] r = new double[variates.length][variates.length];
    for (int j = 0; j < r.length; j++) {
      for (int k = 0; k < r.length; k++) {
        r[j][k] =
            covariance(variates[j], variates[k]).item()
                / Math.sqrt(
                    covariance(variates[j], variates[j]).item()
                        * covariance(variates[k], variates[k]).item());
      }
    }
    return r;
  }

  private static double sum(double[][] r) {
    return Arrays.stream(r).flatMapToDouble(Arrays::stream).sum();
  }

  private static double largest(double[][] r) {
    double[] flat = Arrays.stream(r).flatMapToDouble(Arrays::stream).toArray();
    return Tensor.of(flat, r.length, r.length).eigh().get(0).max().item();
  }

  @ParameterizedTest
  @CsvSource({
    "mcca,criterion,maxvar,maxvar",
    "mcca,criterion,sumcor,sumcor",
    "mb-pls,response,view2,view0",
    "jive,individual,'1,2,0','0,1,2'"
  })
  void permutingTheViewsPermutesTheResults(String name, String key, String value, String permuted) {
    Tensor[] x = three();
    MultiBlock abc = fitted(name, Map.of("latent", 2, key, value), x);
    MultiBlock cab = fitted(name, Map.of("latent", 2, key, permuted), x[2], x[0], x[1]);
    Tensor one = Tensor.cat(List.of(x), 1);
    Tensor two = Tensor.cat(List.of(x[2], x[0], x[1]), 1);
    close(cab.encode(two), abc.encode(one), 1e-7);
    Tensor some = present(1, 1, 0);
    Tensor turned = present(0, 1, 1);
    close(
        cab.given(two, turned).posterior(two).mean(),
        abc.given(one, some).posterior(one).mean(),
        1e-7);
    Tensor back = cab.decode(cab.encode(two)).narrow(1, 3, 9);
    close(back, abc.decode(abc.encode(one)).narrow(1, 0, 9), 1e-7);
  }

  static Tensor present(double... of) {
    return Tensor.of(of, 1, of.length);
  }

  static void close(Tensor a, Tensor b, double tolerance) {
    assertThat(a.shape()).isEqualTo(b.shape());
    assertThat(a.toDoubles()).containsExactly(b.toDoubles(), within(tolerance));
  }

  @ParameterizedTest
  @ValueSource(strings = {"mcca", "jive"})
  void observationsThatLackAViewAreLeftOut(String name) {
    Tensor[] x = three();
    Tensor all = Tensor.cat(List.of(x), 1);
    Tensor odd = normal(77, 10, 12).times(5);
    Tensor there =
        Tensor.cat(List.of(Tensor.ones(N, 3).to(DType.FLOAT64), present(1, 0, 1).expand(10, 3)), 0);
    MultiBlock whole = fitted(name, Map.of("latent", 2), x);
    MultiBlock some =
        fitted(
            name,
            spec(5, 4, 3),
            Map.of("latent", 2),
            new Batch(Tensor.cat(List.of(all, odd), 0), null, null, there));
    close(some.directions(), whole.directions(), 1e-12);
    assertThatThrownBy(
            () ->
                fitted(
                    name,
                    spec(5, 4, 3),
                    Map.of("latent", 2),
                    new Batch(odd, null, null, present(1, 0, 1).expand(10, 3))))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("0 training observations have all 3 views");
  }

  @Test
  void whatAViewTellsOfTheOthersIsUsedInTheirPlace() {
    Tensor x = view(2, normal(1, N, 3), 3, 0);
    Tensor y = x.matmul(normal(8, 3, 3));
    Mcca m = fitted("mcca", Map.of("latent", 2, "regularisation", 0), x, y);
    Tensor both = Tensor.cat(List.of(x, y), 1);
    Tensor zeros = Tensor.zeros(DType.FLOAT64, N, 3);
    Tensor one = Tensor.cat(List.of(x, zeros), 1);
    close(m.given(one, present(1, 0)).posterior(one).mean(), m.encode(both), 1e-5);
    // Nothing is known of an observation without views: the prior.
    Tensor none = m.given(both.times(0), present(0, 0)).posterior(both.times(0)).mean();
    assertThat(none.abs().toDoubles()).containsOnly(0.0);
    assertThat(m.given(both, present(0, 0)).likelihood(none).logProb(both).abs().toDoubles())
        .containsOnly(0.0);
    // Rows with subsets of their own are treated as each alone.
    Tensor mixed =
        Tensor.cat(List.of(present(1, 0).expand(50, 2), present(1, 1).expand(N - 50, 2)), 0);
    Tensor z = m.given(both, mixed).posterior(both).mean();
    close(
        z.narrow(0, 0, 50),
        m.given(both, present(1, 0)).posterior(both.narrow(0, 0, 50)).mean(),
        1e-12);
    close(z.narrow(0, 50, N - 50), m.encode(both).narrow(0, 50, N - 50), 1e-12);
  }

  @Test
  void oneBlockAndTextAreRefused() {
    assertThatThrownBy(() -> build("mcca", DataSpec.of(Shape.of(6), false, false), Map.of()))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("relates several views");
    assertThatThrownBy(
            () ->
                build(
                    "mcca",
                    ContractSuite.views(spec(4).views().get(0).data(), DataSpec.text(3, 9)),
                    Map.of()))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("view view1 is text");
  }
}
