package org.javae.testkit;

import java.util.List;
import java.util.function.Function;
import org.javae.core.distribution.Bernoulli;
import org.javae.core.distribution.Categorical;
import org.javae.core.distribution.ContinuousBernoulli;
import org.javae.core.distribution.Distribution;
import org.javae.core.distribution.FullNormal;
import org.javae.core.distribution.Laplace;
import org.javae.core.distribution.Mixture;
import org.javae.core.distribution.Normal;
import org.javae.core.distribution.OneHots;
import org.javae.core.distribution.Product;
import org.javae.core.distribution.VonMisesFisher;
import org.javae.core.geometry.Sphere;
import org.javae.tensor.DType;
import org.javae.tensor.Rng;
import org.javae.tensor.Tensor;

/**
 * One row for each distribution: float64 parameters of batch 3 whose rows differ, and how to make
 * the distribution of them. Every law in {@link DistributionLawsTest} and {@link DivergenceTest}
 * holds for every row.
 *
 * @param pathwise whether samples can be reparameterised
 * @param elementwise whether the elements of the event are independent
 * @param closed whether entropy and the divergence of a pair have closed forms
 */
record Example(
    String name,
    boolean pathwise,
    boolean elementwise,
    boolean closed,
    List<Tensor> parameters,
    Function<List<Tensor>, Distribution> make) {
  static final int BATCH = 3;

  Distribution distribution() {
    return make.apply(parameters);
  }

  /** Another member of the family, with other parameters. */
  Distribution other() {
    return make.apply(
        parameters.stream().map(p -> p.times(-0.6).plus(p.cos().times(0.3)).plus(0.1)).toList());
  }

  /** The distribution of some rows only. */
  Distribution rows(int... rows) {
    Tensor index = Tensor.indices(rows);
    return make.apply(parameters.stream().map(p -> p.indexSelect(0, index)).toList());
  }

  /** Observations, {@code [3, event…]}, possible under the distribution. */
  Tensor observations() {
    return distribution().sample(Rng.of(99).split(name));
  }

  @Override
  public String toString() {
    return name;
  }

  private static Tensor values(int seed, double scale, long... shape) {
    return Rng.of(seed).normal(DType.FLOAT64, shape).times(scale);
  }

  static List<Example> all() {
    return List.of(
        new Example(
            "Normal",
            true,
            true,
            true,
            List.of(values(1, 1, 3, 2, 2), values(2, 0.4, 3, 2, 2)),
            p -> new Normal(p.get(0), p.get(1))),
        new Example(
            "Normal with one scale a row",
            true,
            true,
            true,
            List.of(values(3, 1, 3, 3), values(4, 0.4, 3, 1)),
            p -> new Normal(p.get(0), p.get(1))),
        new Example(
            "Normal with full covariance",
            true,
            false,
            true,
            List.of(values(31, 1, 3, 3), values(32, 0.3, 3, 3), values(33, 0.7, 3, 3)),
            p -> {
              Tensor one = Tensor.eye(3).to(DType.FLOAT64);
              Tensor below = one.cumsum(0).minus(one).unsqueeze(0);
              // The three numbers go to (1, 0), (2, 0) and (2, 1) of L.
              Tensor places =
                  Tensor.eye(9).to(DType.FLOAT64).indexSelect(0, Tensor.indices(3, 6, 7));
              Tensor l = p.get(2).matmul(places).reshape(p.get(2).size(0), 3, 3);
              return FullNormal.of(p.get(0), p.get(1), l, below, one.unsqueeze(0));
            }),
        new Example(
            "Laplace",
            true,
            true,
            true,
            List.of(values(5, 1, 3, 4), values(6, 0.4, 3, 4)),
            p -> new Laplace(p.get(0), p.get(1))),
        new Example(
            "ContinuousBernoulli",
            true,
            true,
            true,
            List.of(values(7, 3, 3, 4)),
            p -> new ContinuousBernoulli(p.get(0))),
        new Example(
            "Bernoulli",
            false,
            true,
            true,
            List.of(values(8, 1.5, 3, 2, 2)),
            p -> new Bernoulli(p.get(0))),
        new Example(
            "Categorical",
            false,
            true,
            true,
            List.of(values(9, 1, 3, 5)),
            p -> new Categorical(p.get(0))),
        new Example(
            "Categorical, several choices",
            false,
            true,
            true,
            List.of(values(10, 1, 3, 2, 4)),
            p -> new Categorical(p.get(0))),
        new Example(
            "OneHots",
            false,
            true,
            true,
            List.of(values(41, 1, 3, 6)),
            p -> OneHots.of(p.get(0), 3)),
        new Example(
            // The derivative of a draw with the noise held fixed; SphereTest has the other one.
            "Von Mises–Fisher",
            true,
            false,
            false,
            List.of(values(42, 1, 3, 4), values(43, 1, 3, 1)),
            p ->
                VonMisesFisher.of(
                    Sphere.nearest(p.get(0)), p.get(1).exp(), VonMisesFisher.Gradient.PROPOSAL)),
        new Example(
            "Mixture",
            false,
            false,
            false,
            List.of(
                values(11, 1, 3, 2),
                values(12, 1.5, 3, 2),
                values(13, 0.3, 3, 2),
                values(14, 1.5, 3, 2),
                values(15, 0.3, 3, 2)),
            p ->
                new Mixture(
                    p.get(0),
                    List.of(new Normal(p.get(1), p.get(2)), new Laplace(p.get(3), p.get(4))))),
        new Example(
            "Product of densities",
            true,
            true,
            true,
            List.of(values(16, 1, 3, 2), values(17, 0.3, 3, 2), values(18, 2, 3, 1)),
            p ->
                new Product(
                    List.of(new Normal(p.get(0), p.get(1)), new ContinuousBernoulli(p.get(2))))),
        new Example(
            "Product of a table's columns",
            false,
            true,
            true,
            List.of(
                values(19, 1, 3, 1),
                values(20, 0.3, 3, 1),
                values(21, 1, 3, 2),
                values(22, 1, 3, 3)),
            p ->
                new Product(
                    List.of(
                        new Laplace(p.get(0), p.get(1)),
                        new Bernoulli(p.get(2)),
                        new Categorical(p.get(3))))));
  }
}
