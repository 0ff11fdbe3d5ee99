package org.javae.models.multiblock;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.javae.core.model.About;
import org.javae.core.model.Batch;
import org.javae.core.model.Check;
import org.javae.core.model.DataSpec;
import org.javae.core.model.ModelConfig;
import org.javae.core.model.Params;
import org.javae.core.model.View;
import org.javae.tensor.DType;
import org.javae.tensor.Scope;
import org.javae.tensor.Tensor;

/**
 * Canonical correlations of several sets (Kettenring, 1971): directions bₘ of the views whose
 * variates {@code (xₘ − μₘ) bₘ}, of variance 1, correlate as much as they can. Their sum is the
 * score.
 *
 * <pre>
 * maxvar:  Σ b = λ D b,  D = the blocks Σₘₘ + κ sₘ I of one view, sₘ its mean variance
 * sumcor:  max Σ_{j≠k} b_jᵀ Σ_jk b_k,  bₘᵀ Dₘ bₘ = 1
 * </pre>
 *
 * Both are problems of the whitened cross-covariances {@code M_jk = D_j^(−½) Σ_jk D_k^(−½)}: maxvar
 * of its eigenvectors, sumcor of the fixed point {@code v_k ∝ Σ_{j≠k} M_kj v_j} (Horst, 1961), each
 * step of which raises the sum; it begins at maxvar's answer, and later variates of a view are
 * orthogonal to its earlier ones. Two sets have the singular vectors of M₁₂ either way.
 */
public final class Mcca extends MultiBlock {
  /** For the catalogue. */
  public static final About ABOUT =
      new About(
          "canonical correlations of several sets",
          "Σ b = λ D b  (maxvar)  or  max Σ_{j≠k} b_jᵀ Σ_jk b_k  (sumcor)",
          "Kettenring, 1971, Canonical Analysis of Several Sets of Variables");

  private static final double CONVERGED = 1e-13;

  /**
   * Settings.
   *
   * @param latent number of scores
   * @param criterion {@code maxvar} or {@code sumcor}
   * @param regularisation κ, part of a view's mean variance that is added to its variances
   * @param iterations of sumcor at most, for each score
   */
  public record Config(int latent, String criterion, double regularisation, int iterations)
      implements ModelConfig {
    public Config {
      Check.positive("latent", latent);
      Check.oneOf("criterion", criterion, List.of("maxvar", "sumcor"));
      Check.notNegative("regularisation", regularisation);
      Check.positive("iterations", iterations);
    }

    /** Maxvar with as many scores as fit, up to 16. */
    public static Config defaults(DataSpec d) {
      return new Config((int) Math.min(16, d.event().numel()), "maxvar", 0.01, 5000);
    }
  }

  private final Config config;

  public Mcca(DataSpec data, Params params, Config config) {
    super(data, params, config.regularisation(), config.latent());
    this.config = config;
  }

  @Override
  Tensor solve(Moments m, Consumer<Consumer<Batch>> pass) {
    List<Tensor> whitening = new ArrayList<>();
    for (View v : views()) {
      Tensor eye = Tensor.eye(v.length()).to(DType.FLOAT64);
      Tensor d = m.block(v, v).plus(eye.times(config.regularisation() * m.spread(v)));
      whitening.add(Symmetric.power(d, -0.5));
    }
    List<Tensor> rows = new ArrayList<>();
    List<Tensor> between = new ArrayList<>();
    for (int j = 0; j < views().size(); j++) {
      List<Tensor> row = new ArrayList<>();
      List<Tensor> off = new ArrayList<>();
      for (int k = 0; k < views().size(); k++) {
        Tensor block = m.block(views().get(j), views().get(k));
        row.add(whitening.get(j).matmul(block).matmul(whitening.get(k)));
        off.add(row.get(k).times(j == k ? 0 : 1));
      }
      rows.add(Tensor.cat(row, 1));
      between.add(Tensor.cat(off, 1));
    }
    Tensor v = Symmetric.leading(Tensor.cat(rows, 0), config.latent());
    if (config.criterion().equals("sumcor")) {
      v = sumcor(Tensor.cat(between, 0), v);
    }
    List<Tensor> b = new ArrayList<>();
    for (int k = 0; k < views().size(); k++) {
      b.add(whitening.get(k).matmul(part(v, views().get(k))));
    }
    return Tensor.cat(b, 0);
  }

  private static Tensor part(Tensor v, View view) {
    return v.narrow(0, view.offset(), view.length());
  }

  /**
   * @param m cross-covariances of the whitened views, zero within each
   * @param start a column for each score
   */
  private Tensor sumcor(Tensor m, Tensor start) {
    List<Tensor> found = new ArrayList<>();
    for (int a = 0; a < config.latent(); a++) {
      Tensor before = found.isEmpty() ? null : Tensor.cat(found, 1);
      Tensor v = start.narrow(1, a, 1);
      for (View view : views()) {
        v = with(v, view, free(part(v, view), before, view));
      }
      for (int i = 0; i < config.iterations(); i++) {
        Tensor from = v;
        v =
            Scope.run(
                () -> {
                  Tensor next = from;
                  for (View view : views()) {
                    next = with(next, view, free(part(m, view).matmul(next), before, view));
                  }
                  return next;
                });
        if (v.minus(from).abs().max().item() < CONVERGED) {
          break;
        }
      }
      found.add(v);
    }
    return Tensor.cat(found, 1);
  }

  /** A view's part without its earlier variates, of length 1, or 0 if nothing is left of it. */
  private static Tensor free(Tensor g, Tensor before, View view) {
    Tensor rest = g;
    if (before != null) {
      Tensor mine = part(before, view);
      // Twice: what rounding leaves of the earlier ones would grow.
      rest = rest.minus(mine.matmul(mine.t().matmul(rest)));
      rest = rest.minus(mine.matmul(mine.t().matmul(rest)));
    }
    double norm = rest.square().sum().sqrt().item();
    return norm > 1e-10 ? rest.div(norm) : rest.times(0);
  }

  private Tensor with(Tensor v, View view, Tensor part) {
    return Tensor.cat(views().stream().map(w -> w == view ? part : part(v, w)).toList(), 0);
  }

  /**
   * Correlations between the views' variates of one score on the training observations: {@code
   * [M][M]}, 0 where a view has no further variate.
   */
  public double[][] correlations(int score) {
    return Scope.run(
        () -> {
          Tensor b = directions().narrow(1, score, 1);
          int n = views().size();
          double[][] c = new double[n][n];
          for (int j = 0; j < n; j++) {
            View v = views().get(j);
            Tensor row = part(b, v).t().matmul(part(covariance(), v));
            for (int k = 0; k < n; k++) {
              View w = views().get(k);
              c[j][k] = row.narrow(1, w.offset(), w.length()).matmul(part(b, w)).item();
            }
          }
          double[][] r = new double[n][n];
          for (int j = 0; j < n; j++) {
            for (int k = 0; k < n; k++) {
              double scale = Math.sqrt(c[j][j] * c[k][k]);
              r[j][k] = scale > 0 ? c[j][k] / scale : 0;
            }
          }
          return r;
        });
  }

  @Override
  public ModelConfig config() {
    return config;
  }
}
