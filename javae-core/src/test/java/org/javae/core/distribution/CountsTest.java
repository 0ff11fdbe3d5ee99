package org.javae.core.distribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.javae.core.distribution.Samples.column;
import static org.javae.core.distribution.Samples.row;

import java.util.List;
import java.util.stream.IntStream;
import org.javae.core.data.ArrayDataset;
import org.javae.core.data.Preprocessing;
import org.javae.core.likelihood.LikelihoodSpec;
import org.javae.tensor.Autograd;
import org.javae.tensor.DType;
import org.javae.tensor.Rng;
import org.javae.tensor.Shape;
import org.javae.tensor.Tensor;
import org.javae.tensor.UserException;
import org.junit.jupiter.api.Test;

/** The Poisson and the negative binomial distribution. */
class CountsTest {
  private static final double[] MEANS = {0.05, 1, 7.5, 40};
  private static final double[] DISPERSIONS = {0.4, 1, 3, 50};

  private static List<Distribution> all() {
    return IntStream.range(0, MEANS.length)
        .boxed()
        .flatMap(
            i ->
                List.<Distribution>of(
                    new Poisson(column(Math.log(MEANS[i]))),
                    new NegativeBinomial(
                        column(Math.log(MEANS[i])), column(Math.log(DISPERSIONS[i]))))
                    .stream())
        .toList();
  }

  private static double variance(Distribution d) {
    double mean = d.mean().item();
    return d instanceof NegativeBinomial n
        ? mean + mean * mean / n.logDispersion().exp().item()
        : mean;
  }

  @Test
  void massesSumToOneAndHaveTheirMoments() {
    for (Distribution d : all()) {
      double sum = 0;
      double first = 0;
      double second = 0;
      double[] p = d.logProb(Tensor.arange(3000).to(DType.FLOAT64).reshape(3000, 1)).toDoubles();
      for (int x = 0; x < p.length; x++) {
        sum += Math.exp(p[x]);
        first += x * Math.exp(p[x]);
        second += (double) x * x * Math.exp(p[x]);
      }
      assertThat(sum).as(d.toString()).isCloseTo(1, within(1e-11));
      assertThat(first).isCloseTo(d.mean().item(), within(1e-9));
      assertThat(second - first * first).isCloseTo(variance(d), within(1e-7));
    }
  }

  @Test
  void massesByHand() {
    // e^−2 2³/3!; and Γ(5)/(Γ(2) 3!) (2/5)² (3/5)³ of mean 3 and dispersion 2
    assertThat(new Poisson(row(Math.log(2))).logProb(row(3)).item())
        .isCloseTo(Math.log(Math.exp(-2) * 8 / 6), within(1e-14));
    assertThat(new NegativeBinomial(row(Math.log(3)), row(Math.log(2))).logProb(row(3)).item())
        .isCloseTo(Math.log(24.0 / 6 * 0.16 * 0.216), within(1e-13));
    // Without overdispersion it is Poisson.
    assertThat(new NegativeBinomial(row(Math.log(3)), row(16)).logProb(row(3)).item())
        .isCloseTo(new Poisson(row(Math.log(3))).logProb(row(3)).item(), within(1e-6));
  }

  @Test
  void gradientsAreDerivatives() {
    double h = 1e-5;
    for (double x : new double[] {0, 1, 12}) {
      Tensor m = row(0.7).requireGrad();
      Tensor t = row(-0.3).requireGrad();
      List<Tensor> g =
          Autograd.grad(new NegativeBinomial(m, t).logProb(row(x)).sum(), List.of(m, t));
      double byMean = (negative(0.7 + h, -0.3, x) - negative(0.7 - h, -0.3, x)) / (2 * h);
      double byDispersion = (negative(0.7, -0.3 + h, x) - negative(0.7, -0.3 - h, x)) / (2 * h);
      assertThat(g.get(0).item()).isCloseTo(byMean, within(1e-8));
      assertThat(g.get(1).item()).isCloseTo(byDispersion, within(1e-8));
      Tensor r = row(0.7).requireGrad();
      assertThat(Autograd.grad(new Poisson(r).logProb(row(x)).sum(), List.of(r)).get(0).item())
          .isCloseTo(x - Math.exp(0.7), within(1e-13));
    }
  }

  private static double negative(double mean, double dispersion, double x) {
    return new NegativeBinomial(row(mean), row(dispersion)).logProb(row(x)).item();
  }

  @Test
  void samplesAreCountsOfTheRightMeanAndVariance() {
    int n = 40_000;
    for (Distribution d : all()) {
      Tensor s = d.sample(Rng.of(4), n);
      assertThat(s.minus(s.round()).abs().max().item()).isZero();
      assertThat(s.min().item()).isNotNegative();
      double spread = Math.sqrt(variance(d) / n);
      assertThat(s.mean().item()).as(d.toString()).isCloseTo(d.mean().item(), within(5 * spread));
      double found = s.minus(d.mean().item()).square().mean().item();
      assertThat(found / variance(d)).as(d.toString()).isBetween(0.85, 1.15);
      assertThat(d.sample(Rng.of(4), n).toBytes()).isEqualTo(s.toBytes());
    }
  }

  @Test
  void gammaDrawsHaveTheirMoments() {
    int n = 40_000;
    for (double a : new double[] {0.1, 0.7, 1, 4, 300}) {
      Tensor g = Rng.of(2).gamma(Tensor.full(a, n).to(DType.FLOAT64));
      assertThat(g.min().item()).isNotNegative();
      assertThat(g.mean().item()).isCloseTo(a, within(5 * Math.sqrt(a / n)));
      double found = g.minus(a).square().mean().item();
      assertThat(found / a).as("variance of shape " + a).isBetween(0.85, 1.15);
    }
  }

  @Test
  void largeCountsAreFiniteInFloat32() {
    Tensor x = Tensor.of(new float[] {0, 30_000, 1_000_000}, 1, 3);
    Tensor mean = Tensor.of(new float[] {10, 10, 14}, 1, 3);
    assertThat(new Poisson(mean).elementLogProb(x).allFinite()).isTrue();
    Tensor theta = Tensor.of(new float[] {-8, 0, 9}, 1, 3);
    assertThat(new NegativeBinomial(mean, theta).elementLogProb(x).allFinite()).isTrue();
  }

  @Test
  void whatIsNoCountIsRefused() {
    LikelihoodSpec poisson = LikelihoodSpec.parse("poisson");
    assertThat(poisson.read(row(0, 1, 9)).toDoubles())
        .containsExactly(new double[] {0, Math.log(2), Math.log(10)}, within(1e-15));
    assertThat(LikelihoodSpec.parse("gaussian").read(row(-2)).item()).isEqualTo(-2);
    assertThatThrownBy(() -> LikelihoodSpec.parse("negative-binomial:3"))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("takes no argument");
    for (float bad : new float[] {-1, 2.5f, Float.NaN, Float.POSITIVE_INFINITY}) {
      ArrayDataset d = ArrayDataset.of("cells", Shape.of(2), new float[] {0, 3, bad, 1});
      assertThatThrownBy(() -> Preprocessing.counts(d, new int[] {0, 1}, poisson, "auto"))
          .isInstanceOf(UserException.class)
          .hasMessageContaining(
              "likelihood poisson needs counts (0, 1, 2 …), but row 2 of cells holds")
          .hasMessageContaining("element 1");
    }
    ArrayDataset good = ArrayDataset.of("cells", Shape.of(2), new float[] {0, 3, 5, 1});
    assertThat(Preprocessing.counts(good, new int[] {0, 1}, poisson, "auto"))
        .isSameAs(Preprocessing.NONE);
    assertThatThrownBy(() -> Preprocessing.counts(good, new int[] {0, 1}, poisson, "standard"))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("would leave no counts");
  }
}
