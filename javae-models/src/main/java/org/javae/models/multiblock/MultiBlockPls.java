package org.javae.models.multiblock;

import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.javae.core.config.Nearest;
import org.javae.core.model.About;
import org.javae.core.model.Batch;
import org.javae.core.model.Check;
import org.javae.core.model.DataSpec;
import org.javae.core.model.ModelConfig;
import org.javae.core.model.Params;
import org.javae.core.model.View;
import org.javae.tensor.DType;
import org.javae.tensor.Tensor;
import org.javae.tensor.UserException;

/**
 * Multi-block partial least squares with superscores (Westerhuis, Kourti and MacGregor, 1998): the
 * blocks, each divided by the root of its total variance, and a response Y, the label's indicators
 * or one of the views. Superscore t and response score u are the fixed point of
 *
 * <pre>
 * wₘ ∝ Xₘᵀ u,   tₘ = Xₘ wₘ,   ωₘ ∝ tₘᵀ u,   t = Σₘ ωₘ tₘ,   u = Y Yᵀ t,   |wₘ| = |ω| = 1
 * </pre>
 *
 * after which t is taken out of every block. As ωₘ ∝ |Xₘᵀ u|, the weights ωₘ wₘ side by side are
 * {@code Xᵀu / |Xᵀu|}: partial least squares on the blocks side by side, whose weights are the
 * first left singular vector of XᵀY. They are found here from the covariances, deflated as in Dayal
 * and MacGregor (1997).
 */
public final class MultiBlockPls extends MultiBlock {
  /** For the catalogue. */
  public static final About ABOUT =
      new About(
          "multi-block partial least squares",
          "max  cov(t, u),  t = Σₘ ωₘ Xₘ wₘ,  u = Y c,  |wₘ| = |ω| = |c| = 1",
          "Westerhuis, Kourti and MacGregor, 1998, Analysis of Multiblock and Hierarchical PCA and PLS Models");

  private static final String LABEL = "label";

  /**
   * Settings.
   *
   * @param latent number of superscores
   * @param response {@code label}, or the name of a view that the others are to predict
   * @param regularisation κ, for observations that lack a view
   */
  public record Config(int latent, String response, double regularisation) implements ModelConfig {
    public Config {
      Check.positive("latent", latent);
      Check.notNegative("regularisation", regularisation);
    }

    /** The label where there is one, else the last view. */
    public static Config defaults(DataSpec d) {
      List<View> views = d.views();
      boolean label = d.classes() > 0 || views.isEmpty();
      String response = label ? LABEL : views.get(views.size() - 1).name();
      return new Config((int) Math.min(16, d.event().numel()), response, 0.01);
    }
  }

  private final Config config;
  private final int response;
  private final Tensor importance;
  private final Tensor slope;
  private final Tensor offset;

  public MultiBlockPls(DataSpec data, Params params, Config config) {
    super(data, params, config.regularisation(), config.latent());
    this.config = config;
    List<String> names = views().stream().map(View::name).toList();
    this.response = names.indexOf(config.response());
    if (response < 0 && !config.response().equals(LABEL)) {
      throw UserException.usage(
          "response: the data have no view '%s'; %s, or label",
          config.response(), Nearest.suggestion(config.response(), names));
    }
    if (response < 0 && data.classes() == 0) {
      throw UserException.usage(
          "response=label needs a label for every observation, and these data have none; name a view, such as"
              + " response=%s",
          names.get(names.size() - 1));
    }
    int outputs = response < 0 ? data.classes() : views().get(response).length();
    this.importance =
        params.buffer("importance", Tensor.zeros(DType.FLOAT64, config.latent(), names.size()));
    this.slope = params.buffer("slope", Tensor.zeros(DType.FLOAT64, config.latent(), outputs));
    this.offset = params.buffer("offset", Tensor.zeros(DType.FLOAT64, 1, outputs));
  }

  @Override
  int beside() {
    return response < 0 ? data().classes() : 0;
  }

  @Override
  boolean reads(int view) {
    return view != response;
  }

  @Override
  public void fitBatches(Consumer<Consumer<Batch>> pass) {
    super.fitBatches(
        consumer ->
            pass.accept(
                b -> {
                  if (response < 0 && b.labels() == null) {
                    throw UserException.of(
                        "response=label needs a label for every observation, and these rows have none; name a view instead");
                  }
                  consumer.accept(b);
                }));
  }

  @Override
  Tensor solve(Moments m, Consumer<Consumer<Batch>> pass) {
    int d = Math.toIntExact(data().event().numel());
    Tensor scale = blockScale(m);
    Tensor x = m.covariance().narrow(0, 0, d).narrow(1, 0, d).times(scale).times(scale.t());
    Tensor xy = cross(m).times(scale);
    // Directions of the blocks as they are, r = w − Σ_j (p_jᵀ w) r_j: t = X r needs no deflated X.
    Tensor directions = Tensor.zeros(DType.FLOAT64, d, config.latent());
    Tensor p = Tensor.zeros(DType.FLOAT64, d, config.latent());
    Tensor share = Tensor.zeros(DType.FLOAT64, config.latent(), views().size());
    double least = 1e-12 * xy.abs().max().item();
    for (int a = 0; a < config.latent(); a++) {
      if (xy.abs().max().item() <= least) {
        break; // nothing of the response is left to explain
      }
      Tensor w = leftSingular(xy);
      Tensor r = w.minus(directions.matmul(p.t().matmul(w)));
      Tensor xr = x.matmul(r);
      double variance = r.times(xr).sum().item();
      Tensor load = xr.div(variance);
      xy = xy.minus(load.matmul(r.t().matmul(xy)));
      directions.narrow(1, a, 1).copyFromInPlace(r);
      p.narrow(1, a, 1).copyFromInPlace(load);
      for (int v = 0; v < views().size(); v++) {
        View view = views().get(v);
        Tensor mine = w.narrow(0, view.offset(), view.length()).square().sum();
        share.narrow(0, a, 1).narrow(1, v, 1).copyFromInPlace(mine.reshape(1, 1));
      }
    }
    importance.copyFromInPlace(share);
    return directions.times(scale);
  }

  /** Superscores are uncorrelated and of variance 1, so their covariances with Y are the slopes. */
  @Override
  void finish(Moments all) {
    Tensor xy = cross(all);
    slope.copyFromInPlace(directions().t().matmul(xy));
    offset.copyFromInPlace(all.mean().narrow(1, from(), offset.numel()));
  }

  /** First element of the response among views and labels. */
  private long from() {
    return response < 0 ? data().event().numel() : views().get(response).offset();
  }

  /** Covariances of all elements with the response. */
  private Tensor cross(Moments m) {
    long d = data().event().numel();
    return m.covariance().narrow(0, 0, d).narrow(1, from(), offset.numel());
  }

  /** The first left singular vector, through the smaller of its two Gram matrices. */
  private static Tensor leftSingular(Tensor a) {
    if (a.size(0) <= a.size(1)) {
      return Symmetric.leading(a.matmul(a.t()), 1);
    }
    Tensor w = a.matmul(Symmetric.leading(a.t().matmul(a), 1));
    return w.div(w.square().sum().sqrt());
  }

  /**
   * Expected responses given superscores: for labels the indicators' expectations, whose largest
   * names the class.
   *
   * @param z {@code [batch, latent]}
   * @return {@code [batch, classes]} or {@code [batch, elements of the view]}
   */
  public Tensor respond(Tensor z) {
    return z.to(DType.FLOAT64).matmul(slope).plus(offset);
  }

  /** ωₘ², what each view has of each superscore: {@code [latent][M]}, every row of sum 1. */
  public double[][] importance() {
    double[] flat = importance.toDoubles();
    int n = views().size();
    return IntStream.range(0, config.latent())
        .mapToObj(a -> Arrays.copyOfRange(flat, a * n, (a + 1) * n))
        .toArray(double[][]::new);
  }

  @Override
  public ModelConfig config() {
    return config;
  }
}
