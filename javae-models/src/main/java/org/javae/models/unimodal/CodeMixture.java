package org.javae.models.unimodal;

import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.javae.core.model.DataSpec;
import org.javae.core.model.Params;
import org.javae.core.net.Layer.Linear;
import org.javae.core.net.Net;
import org.javae.models.density.GaussianMixture;
import org.javae.tensor.DType;
import org.javae.tensor.Rng;
import org.javae.tensor.Scope;
import org.javae.tensor.Shape;
import org.javae.tensor.Tensor;
import org.javae.tensor.UserException;

/**
 * A mixture of diagonal Gaussians for the codes of an autoencoder, in coordinates that suit one.
 *
 * <p>An autoencoder may shear its codes at will, its decoder undoes it; but diagonal Gaussians fit
 * some coordinates well and others not at all. So the mixture is fitted with full covariances,
 * whose likelihood is the same in all coordinates, and the codes then move to {@code z' = A (z −
 * m)}, where clusters have on average the covariance I and their centres lie along the axes
 * (Fisher's discriminants): {@code A = Uᵀ L⁻¹, L Lᵀ = Σ_c π_c Σ_c, U D Uᵀ = L⁻¹ Cov(μ_c) L⁻ᵀ}.
 * There the diagonals are kept.
 *
 * @param logWeights ln π, {@code [1, K]}
 * @param means in the new coordinates, {@code [K, d]}
 * @param logScales ln σ in the new coordinates, {@code [K, d]}
 * @param change A
 * @param centre m, {@code [1, d]}
 */
record CodeMixture(
    Tensor logWeights, Tensor means, Tensor logScales, Tensor change, Tensor centre) {
  private static final int RESTARTS = 40;
  private static final int SWAPS = 100;
  private static final int ITERATIONS = 60;

  /** Rows among which the clusters are looked for; all of them then have their say. */
  private static final int SEARCHED = 12_000;

  /** Few enough that what EM computes of them stays in the processor's cache. */
  private static final int AT_ONCE = 1_000;

  /**
   * Fits; call it inside a scope.
   *
   * @param codes {@code [batch, d]} each
   * @throws UserException if there are fewer codes than components
   */
  static CodeMixture of(List<Tensor> codes, int k, Rng rng) {
    Tensor all = Tensor.cat(codes, 0);
    long n = all.size(0);
    if (n < k) {
      throw UserException.of(
          "there are %d training rows, too few for %d clusters; set clusters to %d or fewer",
          n, k, n);
    }
    DataSpec space = DataSpec.of(Shape.of(codes.get(0).size(1)), false, false);
    GaussianMixture mixture =
        new GaussianMixture(
            space,
            new Params(rng, DType.FLOAT64),
            new GaussianMixture.Config(k, "full", ITERATIONS, RESTARTS, SWAPS, "information"));
    long every = Math.max(1, n / SEARCHED);
    Tensor some = all.narrow(0, 0, n / every * every).reshape(-1, every, all.size(1)).select(1, 0);
    mixture.fit(slices(some));
    mixture.refine(slices(all));
    Map<String, Tensor> fitted = mixture.params().all();
    Tensor logWeights = fitted.get("log_weights").unsqueeze(0);
    Tensor covariances = fitted.get("covariances");
    Tensor weights = logWeights.exp().t();
    Tensor centre = weights.t().matmul(fitted.get("means"));
    Tensor within = covariances.times(weights.unsqueeze(2)).sum(0).cholesky();
    Tensor away = within.solveTriangular(fitted.get("means").minus(centre).t(), false).t();
    Tensor axes = away.t().matmul(away.times(weights)).eigh().get(1);
    Tensor change = axes.t().matmul(within.inverse());
    Tensor variances = change.unsqueeze(0).matmul(covariances).times(change.unsqueeze(0)).sum(2);
    return new CodeMixture(
        logWeights, away.matmul(axes), variances.log().times(0.5), change, centre);
  }

  private static Consumer<Consumer<Tensor>> slices(Tensor rows) {
    long n = rows.size(0);
    return each -> {
      for (long at = 0; at < n; at += AT_ONCE) {
        long from = at;
        Scope.run(() -> each.accept(rows.narrow(0, from, Math.min(AT_ONCE, n - from))));
      }
    };
  }

  /**
   * Makes the networks use the new coordinates: the codes change, reconstructions do not.
   *
   * @param encoder ends in an affine map whose first d outputs are the codes
   * @param decoder begins with an affine map
   */
  void changeCoordinates(Net encoder, Net decoder) {
    long d = change.size(0);
    Linear last = (Linear) encoder.layers().get(encoder.layers().size() - 1);
    Linear first = (Linear) decoder.layers().get(0);
    Tensor w = last.weight().narrow(0, 0, d);
    Tensor b = last.bias().narrow(0, 0, d);
    put(change.matmul(w.to(DType.FLOAT64)), w);
    put(change.matmul(b.to(DType.FLOAT64).minus(centre.squeeze(0)).unsqueeze(1)).squeeze(1), b);
    Tensor v = first.weight().to(DType.FLOAT64);
    put(first.bias().to(DType.FLOAT64).plus(v.matmul(centre.t()).squeeze(1)), first.bias());
    put(v.matmul(change.inverse()), first.weight());
  }

  private static void put(Tensor value, Tensor into) {
    into.copyFromInPlace(value.to(into.dtype()));
  }
}
