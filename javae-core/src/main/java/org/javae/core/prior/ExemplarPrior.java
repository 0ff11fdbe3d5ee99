package org.javae.core.prior;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.javae.core.distribution.Normal;
import org.javae.core.distribution.NormalMixture;
import org.javae.core.model.Batch;
import org.javae.core.model.DataSpec;
import org.javae.core.model.Params;
import org.javae.core.train.BatchSource;
import org.javae.core.train.Step;
import org.javae.tensor.Autograd;
import org.javae.tensor.Rng;
import org.javae.tensor.Scope;
import org.javae.tensor.Tensor;

/**
 * A mixture at training rows xₙ.
 *
 * <ul>
 *   <li>exemplar: {@code p(z) = 1/N Σₙ N(z; μ(xₙ), s² I)} with the encoder's mean and one learned
 *       variance (Norouzi et al., 2020, equations (5)–(6)). In a training step the exemplars are
 *       another few hundred rows, drawn anew, and a row is never its own exemplar.
 *   <li>aggregate: {@code p(z) = 1/N Σₙ q(z given xₙ)}, the aggregated posterior (equation (41) of
 *       the lecture; Makhzani et al., 2015), trained in the same way.
 * </ul>
 *
 * For evaluation and generation the codes of N rows are kept with the weights.
 */
final class ExemplarPrior implements Prior {
  /** Rows encoded as exemplars in a training step. */
  private static final int A_STEP = 400;

  private static final int AT_ONCE = 500;

  private final Function<Tensor, Normal> posterior;
  private final Tensor logScale;
  private final Tensor codes;
  private final Tensor logScales;
  private BatchSource<Batch> rows;

  ExemplarPrior(
      DataSpec data,
      Params params,
      int latent,
      int exemplars,
      boolean aggregate,
      Function<Tensor, Normal> posterior) {
    this.posterior = posterior;
    int n = data.rows() > 0 ? Math.min(exemplars, data.rows()) : exemplars;
    logScale =
        aggregate ? null : params.parameter("prior.log_scale", Tensor.zeros(params.type(), 1, 1));
    // Before the first refresh there are no codes: a spread as wide as N(0, I) stands in.
    codes =
        Scope.run(
            () -> params.buffer("prior.codes", params.init().normal(params.type(), n, latent)));
    logScales =
        aggregate
            ? params.buffer("prior.log_scales", Tensor.zeros(params.type(), n, latent))
            : null;
  }

  @Override
  public NormalMixture distribution() {
    return mixture(codes, logScales);
  }

  private NormalMixture mixture(Tensor means, Tensor scales) {
    return NormalMixture.uniform(
        new Normal(means, scales == null ? logScale.expand(means.size(0), means.size(1)) : scales));
  }

  @Override
  public NormalMixture distribution(Batch batch, Step step) {
    if (rows == null || !step.training()) {
      return distribution();
    }
    int size = Math.min(A_STEP, rows.size());
    long epoch = (long) step.epochs();
    Batch others = rows.batch(epoch, Math.floorMod(step.index(), rows.batches(size)), size);
    Normal q = posterior.apply(others.x());
    NormalMixture m = mixture(q.mean(), logScale == null ? q.logScale() : null);
    Tensor own = sameRows(batch, others, m);
    return own == null ? m : new NormalMixture(own, m.components());
  }

  /** ln w with −∞ where an exemplar is the observation itself, or null if none is. */
  private static Tensor sameRows(Batch batch, Batch others, NormalMixture m) {
    if (batch.rows() == null || others.rows() == null) {
      return null;
    }
    int n = batch.rows().length;
    int k = others.rows().length;
    Map<Integer, Integer> at = new HashMap<>();
    for (int j = 0; j < k; j++) {
      at.put(others.rows()[j], j);
    }
    double[] w = new double[n * k];
    boolean any = false;
    for (int i = 0; i < n; i++) {
      Integer j = at.get(batch.rows()[i]);
      if (j != null && k > 1) {
        w[i * k + j] = Double.NEGATIVE_INFINITY;
        any = true;
      }
    }
    return any ? Tensor.of(w, n, k).to(m.logWeights().dtype()) : null;
  }

  @Override
  public void trainingRows(BatchSource<Batch> source) {
    rows = source;
  }

  @Override
  public void refresh(Rng rng) {
    if (rows == null) {
      return;
    }
    Autograd.off(
        () ->
            Scope.run(
                () -> {
                  List<Tensor> means = new ArrayList<>();
                  List<Tensor> scales = new ArrayList<>();
                  long left = codes.size(0);
                  // The first epoch's order is as random as any, and the same at every refresh.
                  for (int i = 0; left > 0; i++) {
                    Normal q = posterior.apply(rows.batch(0, i, AT_ONCE).x());
                    long n = Math.min(left, q.shape().at(0));
                    means.add(q.mean().narrow(0, 0, n));
                    scales.add(q.logScale().narrow(0, 0, n));
                    left -= n;
                  }
                  codes.copyFromInPlace(Tensor.cat(means, 0));
                  if (logScales != null) {
                    logScales.copyFromInPlace(Tensor.cat(scales, 0));
                  }
                }));
  }
}
