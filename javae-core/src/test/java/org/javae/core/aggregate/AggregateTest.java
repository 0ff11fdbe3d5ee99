package org.javae.core.aggregate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import org.javae.core.distribution.Mixture;
import org.javae.core.distribution.Normal;
import org.javae.tensor.DType;
import org.javae.tensor.Rng;
import org.javae.tensor.Tensor;
import org.javae.tensor.UserException;
import org.junit.jupiter.api.Test;

/** Aggregations against closed forms and counting. */
class AggregateTest {
  private static final double[][] W = {{0.7, -1.1, 0.4}, {1.5, 0.2}, {-0.6, 0.9, 0.3, 1.2}};
  private static final double[] SIGMA = {0.5, 0.8, 1.3};
  private static final double[][] X = {{0.3, -0.2, 1.0}, {1.7, 0.1}, {-1.0, 0.4, 0.2, 0.6}};

  /**
   * Views x_m = w_m z + σ_m ε of one z ~ N(0, 1): p(z|x_S) by conditioning the joint Gaussian,
   * which knows nothing of experts.
   */
  private static double[] exact(boolean... seen) {
    List<Double> w = new ArrayList<>();
    List<Double> x = new ArrayList<>();
    List<Double> v = new ArrayList<>();
    for (int m = 0; m < W.length; m++) {
      for (int i = 0; seen[m] && i < W[m].length; i++) {
        w.add(W[m][i]);
        x.add(X[m][i]);
        v.add(SIGMA[m] * SIGMA[m]);
      }
    }
    int d = w.size();
    if (d == 0) {
      return new double[] {0, 1};
    }
    double[] c = new double[d * d];
    for (int i = 0; i < d; i++) {
      for (int j = 0; j < d; j++) {
        c[i * d + j] = w.get(i) * w.get(j) + (i == j ? v.get(i) : 0);
      }
    }
    Tensor column = Tensor.of(w.stream().mapToDouble(a -> a).toArray(), d, 1);
    Tensor gain = column.t().matmul(Tensor.of(c, d, d).inverse());
    double mean = gain.matmul(Tensor.of(x.stream().mapToDouble(a -> a).toArray(), d, 1)).item();
    return new double[] {mean, 1 - gain.matmul(column).item()};
  }

  /** The likelihood of a view as a Gaussian of z: precision w·w/σ², mean w·x/w·w. */
  private static List<Normal> likelihoods() {
    List<Normal> experts = new ArrayList<>();
    for (int m = 0; m < W.length; m++) {
      double ww = 0;
      double wx = 0;
      for (int i = 0; i < W[m].length; i++) {
        ww += W[m][i] * W[m][i];
        wx += W[m][i] * X[m][i];
      }
      experts.add(normal(wx / ww, SIGMA[m] * SIGMA[m] / ww));
    }
    return experts;
  }

  private static Normal normal(double mean, double variance) {
    return new Normal(
        Tensor.of(new double[] {mean}, 1, 1),
        Tensor.of(new double[] {0.5 * Math.log(variance)}, 1, 1));
  }

  private static Tensor weights(boolean... seen) {
    double[] w = new double[seen.length];
    for (int m = 0; m < w.length; m++) {
      w[m] = seen[m] ? 1 : 0;
    }
    return Tensor.of(w, 1, w.length);
  }

  private static boolean[] subset(int s) {
    return new boolean[] {(s & 1) != 0, (s & 2) != 0, (s & 4) != 0};
  }

  @Test
  void theProductWithThePriorIsTheExactPosteriorOfLinearGaussianViews() {
    for (int s = 0; s < 8; s++) {
      Normal q = Products.withPrior(likelihoods(), weights(subset(s)));
      assertThat(q.mean().item()).isCloseTo(exact(subset(s))[0], within(1e-12));
      assertThat(Math.exp(2 * q.logScale().item())).isCloseTo(exact(subset(s))[1], within(1e-12));
    }
  }

  @Test
  void theQuotientOfExactSinglePosteriorsIsTheExactJointPosterior() {
    List<Normal> single = new ArrayList<>();
    for (int m = 0; m < 3; m++) {
      double[] p = exact(m == 0, m == 1, m == 2);
      single.add(normal(p[0], p[1]));
    }
    for (int s = 0; s < 8; s++) {
      Normal q = Products.quotient(single, weights(subset(s)));
      assertThat(q.mean().item()).isCloseTo(exact(subset(s))[0], within(1e-12));
      assertThat(Math.exp(2 * q.logScale().item())).isCloseTo(exact(subset(s))[1], within(1e-12));
    }
  }

  @Test
  void withoutAnExpertTheProductIsThePrior() {
    Normal q = Products.of(likelihoods(), weights(false, false, false));
    assertThat(q.mean().item()).isZero();
    assertThat(q.logScale().item()).isZero();
    Normal one = Products.of(likelihoods(), weights(false, true, false));
    assertThat(one.mean().item()).isCloseTo(likelihoods().get(1).mean().item(), within(1e-12));
  }

  @Test
  void severalProductsOfTheSameExpertsAreThoseOfEachWeights() {
    List<Normal> experts = new ArrayList<>();
    for (int m = 0; m < 3; m++) {
      experts.add(
          new Normal(
              Rng.of(m).normal(DType.FLOAT64, 4, 2), Rng.of(9 + m).normal(DType.FLOAT64, 4, 2)));
    }
    Tensor one = Rng.of(3).uniform(DType.FLOAT64, 4, 3).lt(0.5).to(DType.FLOAT64);
    Tensor two = Tensor.ones(4, 3).to(DType.FLOAT64);
    Tensor both = Tensor.cat(List.of(one, two), 0);
    equal(Products.of(experts, both), Products.of(experts, one), Products.of(experts, two));
    equal(
        Products.withPrior(experts, both),
        Products.withPrior(experts, one),
        Products.withPrior(experts, two));
    equal(
        Products.quotient(experts, both),
        Products.quotient(experts, one),
        Products.quotient(experts, two));
    Tensor table = Mixtures.table(3, DType.FLOAT64);
    Normal all = Mixtures.products(experts, table, one);
    for (int s = 0; s < 7; s++) {
      Normal q = Products.of(experts, one.times(table.narrow(0, s, 1)));
      assertThat(all.mean().narrow(0, 4L * s, 4).toDoubles())
          .containsExactly(q.mean().toDoubles(), within(1e-15));
    }
  }

  private static void equal(Normal both, Normal one, Normal two) {
    assertThat(both.mean().toDoubles())
        .containsExactly(Tensor.cat(List.of(one.mean(), two.mean()), 0).toDoubles(), within(1e-15));
    assertThat(both.logScale().toDoubles())
        .containsExactly(
            Tensor.cat(List.of(one.logScale(), two.logScale()), 0).toDoubles(), within(1e-15));
  }

  @Test
  void theMixtureOfSubsetsHasEveryNonEmptySubsetOnce() {
    Tensor table = Mixtures.table(3, DType.FLOAT64);
    assertThat(table.shape().toArray()).containsExactly(7, 3);
    Mixture q = Mixtures.ofSubsets(likelihoods(), weights(true, false, true));
    // {1}, {3} and {1, 3} remain, in equal parts.
    Tensor z = Tensor.of(new double[] {-0.4}, 1, 1);
    double expected = 0;
    for (int s : new int[] {1, 4, 5}) {
      expected += Math.exp(Products.of(likelihoods(), weights(subset(s))).logProb(z).item()) / 3;
    }
    assertThat(Math.exp(q.logProb(z).item())).isCloseTo(expected, within(1e-12));
  }

  @Test
  void mixturesIntegrateToOneWhateverIsThere() {
    int n = 20_001;
    double[] grid = new double[n];
    for (int i = 0; i < n; i++) {
      grid[i] = -20 + 40.0 * i / (n - 1);
    }
    Tensor z = Tensor.of(grid, n, 1);
    for (int s = 0; s < 8; s++) {
      double experts =
          Mixtures.ofExperts(likelihoods(), weights(subset(s))).logProb(z).exp().sum().item();
      double subsets =
          Mixtures.ofSubsets(likelihoods(), weights(subset(s))).logProb(z).exp().sum().item();
      assertThat(experts * 40 / (n - 1)).isCloseTo(1, within(1e-9));
      assertThat(subsets * 40 / (n - 1)).isCloseTo(1, within(1e-9));
    }
  }

  @Test
  void subsetsAreDrawnEvenlyFromWhatIsThere() {
    int n = 30_000;
    Tensor present = weights(true, true, false).expand(n, 3);
    Tensor table = Mixtures.table(3, DType.FLOAT64);
    Tensor drawn = Mixtures.subset(table, present, Rng.of(1).split("subset"));
    double[] number = drawn.matmul(Tensor.of(new double[] {1, 2, 4}, 3, 1)).reshape(-1).toDoubles();
    int[] count = new int[8];
    for (double d : number) {
      count[(int) d]++;
    }
    assertThat(count[1] + count[2] + count[3]).isEqualTo(n);
    for (int s = 1; s <= 3; s++) {
      assertThat(count[s] / (double) n).isCloseTo(1 / 3.0, within(0.015));
    }
    Tensor none = Mixtures.subset(table, weights(false, false, false), Rng.of(1).split("subset"));
    assertThat(none.sum().item()).isZero();
  }

  @Test
  void tooManyViewsAreRefusedWithTheAlternative() {
    assertThatThrownBy(() -> Mixtures.table(13, DType.FLOAT32))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("13 views have 2^13 − 1 = 8191 subsets")
        .hasMessageContaining("mvae");
  }

  @Test
  void theDynamicPriorIsTheNormalisedGeometricMeanByQuadrature() {
    List<Normal> members = likelihoods();
    Tensor pi = Tensor.of(new double[] {1, 2, 3}, 1, 3);
    Normal f = DynamicPrior.of(members, pi);
    int n = 40_001;
    double step = 60.0 / (n - 1);
    double[] grid = new double[n];
    for (int i = 0; i < n; i++) {
      grid[i] = -30 + step * i;
    }
    Tensor z = Tensor.of(grid, n, 1);
    Tensor log = null;
    for (int v = 0; v < 3; v++) {
      Tensor part = members.get(v).logProb(z).times((v + 1) / 6.0);
      log = log == null ? part : log.plus(part);
    }
    double norm = log.exp().sum().item() * step;
    Tensor mean = log.minus(Math.log(norm));
    assertThat(f.logProb(z).minus(mean).abs().max().item()).isLessThan(1e-9);
    double js = 0;
    for (int v = 0; v < 3; v++) {
      Tensor q = members.get(v).logProb(z);
      js += (v + 1) / 6.0 * q.exp().times(q.minus(mean)).sum().item() * step;
    }
    assertThat(DynamicPrior.jensenShannon(members, pi).item()).isCloseTo(js, within(1e-9));
    assertThat(js).isPositive();
  }

  @Test
  void equalExpertsDivergeByNothing() {
    Tensor pi = Tensor.of(new double[] {1, 0, 3}, 1, 3);
    List<Normal> equal = List.of(normal(0.7, 2), normal(-9, 0.1), normal(0.7, 2));
    assertThat(DynamicPrior.jensenShannon(equal, pi).item()).isCloseTo(0, within(1e-15));
  }
}
