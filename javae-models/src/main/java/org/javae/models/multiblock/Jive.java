package org.javae.models.multiblock;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.javae.core.model.About;
import org.javae.core.model.Batch;
import org.javae.core.model.Check;
import org.javae.core.model.DataSpec;
import org.javae.core.model.ModelConfig;
import org.javae.core.model.Params;
import org.javae.core.model.Remarks;
import org.javae.core.model.View;
import org.javae.tensor.DType;
import org.javae.tensor.Rng;
import org.javae.tensor.Tensor;
import org.javae.tensor.UserException;

/**
 * Joint and individual variation explained (Lock, Hoadley, Marron and Nobel, 2013): views, each
 * without its mean and of length 1 as a whole, are
 *
 * <pre>
 * Xₖ = Jₖ + Aₖ + Eₖ,   (J₁ … J_K) of rank r,   Aₖ of rank rₖ,   Jₖᵀ Aₖ = 0,   min Σ |Eₖ|²
 * </pre>
 *
 * (rows are observations), so that joint and individual scores are orthogonal. The latent code is
 * the joint scores, of variance 1. Of any observation they are the least squares fit of joint and
 * individual loadings together, which on the training observations are the fitted ones; {@link
 * #joint} and {@link #individual} are its parts. Ranks are chosen by permutation ({@link
 * PermutedRanks}) unless they are given.
 */
public final class Jive extends MultiBlock implements Remarks {
  /** For the catalogue. */
  public static final About ABOUT =
      new About(
          "joint and individual variation explained",
          "Xₖ = Jₖ + Aₖ + Eₖ,  rank J = r,  rank Aₖ = rₖ,  Jₖᵀ Aₖ = 0",
          "Lock, Hoadley, Marron and Nobel, 2013, Joint and Individual Variation Explained");

  private static final String PERMUTATION = "permutation";

  /** Most components of its own that permutations give a view. */
  private static final int MOST = 100;

  /** Rows of the smaller side of the data, and products of a permutation test: seconds of each. */
  private static final int WIDEST = 2000;

  private static final double LONGEST = 5e11;

  /**
   * Settings.
   *
   * @param latent joint components: at most, where permutations choose
   * @param individual {@code permutation}, which chooses all ranks, or the rank of each view's own
   *     part, as {@code 3,1,2}, or one for all
   * @param permutations of each test
   * @param iterations of the alternation at most
   * @param regularisation κ, for observations that lack a view
   */
  public record Config(
      int latent, String individual, int permutations, int iterations, double regularisation)
      implements ModelConfig {
    public Config {
      Check.positive("latent", latent);
      Check.atLeast("permutations", permutations, 99);
      Check.positive("iterations", iterations);
      Check.notNegative("regularisation", regularisation);
      if (!PERMUTATION.equals(individual)
          && (individual == null || !individual.matches("\\d{1,5}(,\\d{1,5})*"))) {
        throw UserException.usage(
            "individual is '%s'; write permutation, or the rank of each view's own part, such as individual=3,1,2",
            individual);
      }
    }

    /** Ranks by 100 permutations, at most 16 joint components. */
    public static Config defaults(DataSpec d) {
      return new Config((int) Math.min(16, d.event().numel()), PERMUTATION, 100, 300, 0.01);
    }

    boolean permutes() {
      return individual.equals(PERMUTATION);
    }

    /** The given rₖ. */
    int[] ranks(List<View> views) {
      int[] given = Arrays.stream(individual.split(",")).mapToInt(Integer::parseInt).toArray();
      int[] all = given.length == 1 ? views.stream().mapToInt(v -> given[0]).toArray() : given;
      if (all.length != views.size()) {
        throw UserException.usage(
            "individual=%s has %d ranks, and the data have %d views; give one for each, or one for all",
            individual, all.length, views.size());
      }
      for (int k = 0; k < all.length; k++) {
        Check.atMost(
            "individual, of view " + views.get(k).name() + ",", all[k], views.get(k).length());
      }
      return all;
    }
  }

  private final Config config;
  private final Rng rng;
  private final Tensor own;
  private final Tensor ranks;
  private final Tensor shares;

  public Jive(DataSpec data, Params params, Config config) {
    super(data, params, config.regularisation(), config.latent());
    this.config = config;
    this.rng = params.init().split("permutations");
    int widest = views().stream().mapToInt(View::length).max().orElseThrow();
    int columns =
        config.permutes()
            ? Math.min(MOST, widest)
            : Math.max(1, Arrays.stream(config.ranks(views())).max().orElseThrow());
    long d = data.event().numel();
    this.own = params.buffer("own", Tensor.zeros(DType.FLOAT64, d, columns));
    this.ranks = params.buffer("ranks", Tensor.zeros(DType.FLOAT64, views().size() + 2));
    this.shares = params.buffer("shares", Tensor.zeros(DType.FLOAT64, views().size(), 2));
  }

  @Override
  Tensor solve(Moments m, Consumer<Consumer<Batch>> pass) {
    Tensor scale = blockScale(m);
    long d = data().event().numel();
    if (Math.min(m.n(), d) > WIDEST) {
      throw UserException.of(
          "%d observations of %d elements are too many for model jive, which needs the smaller of the two to be at most %d;"
              + " make images smaller with resize in views.yaml, or take fewer rows with --limit",
          m.n(), d, WIDEST);
    }
    int joint = config.latent();
    int[] each;
    boolean settled = true;
    List<Tensor> rows = config.permutes() || m.n() < d ? rows(m, scale, pass) : null;
    if (config.permutes()) {
      bearable(m.n());
      PermutedRanks.Found found =
          new PermutedRanks(rng, config.permutations(), joint, MOST, config.iterations()).of(rows);
      joint = found.joint();
      each = found.own();
      settled = found.settled();
    } else {
      each = config.ranks(views());
    }
    List<Tensor> x =
        m.n() < d ? rows : split(Symmetric.root(m.covariance().times(scale).times(scale.t())));
    Variation v = Variation.of(x, joint, each, config.iterations(), Variation.CONVERGED);
    keep(x, v, joint, each, settled && v.settled());
    Tensor b = v.directions(x).times(scale);
    int missing = config.latent() - (int) b.size(1);
    return missing == 0 ? b : Tensor.cat(List.of(b, Tensor.zeros(DType.FLOAT64, d, missing)), 1);
  }

  /** Permutations of all views, one after the other, within minutes. */
  private void bearable(long n) {
    double products =
        views().stream().mapToDouble(v -> (double) n * v.length() * Math.min(n, v.length())).sum();
    if (config.permutations() * products > LONGEST) {
      throw UserException.of(
          "choosing ranks by permutation would take hours with %d observations; take fewer with --limit, or give the"
              + " ranks, as in --latent 5 --set individual=10",
          n);
    }
  }

  /** All whole observations, scaled, a view each: {@code XᵀX} is the covariance. */
  private List<Tensor> rows(Moments m, Tensor scale, Consumer<Consumer<Batch>> pass) {
    Tensor rows = Tensor.zeros(DType.FLOAT64, m.n(), data().event().numel());
    long[] at = {0};
    pass.accept(
        b -> {
          Tensor x = Moments.complete(b, 0);
          if (x != null) {
            Tensor c = x.minus(m.mean()).times(scale.t()).div(Math.sqrt(m.n()));
            rows.narrow(0, at[0], x.size(0)).copyFromInPlace(c);
            at[0] += x.size(0);
          }
        });
    return split(rows);
  }

  private List<Tensor> split(Tensor x) {
    return Symmetric.split(x, views().stream().mapToLong(View::length).toArray());
  }

  private void keep(List<Tensor> x, Variation v, int joint, int[] each, boolean settled) {
    double[] r = new double[each.length + 2];
    double[] share = new double[2 * each.length];
    r[0] = joint;
    r[each.length + 1] = settled ? 1 : 0;
    own.fillInPlace(0);
    for (int k = 0; k < each.length; k++) {
      r[k + 1] = each[k];
      View view = views().get(k);
      Tensor loadings = v.own().get(k);
      own.narrow(0, view.offset(), view.length())
          .narrow(1, 0, loadings.size(1))
          .copyFromInPlace(loadings);
      Tensor rest = Variation.rest(v.scores(), x.get(k));
      double all = x.get(k).square().sum().item();
      double individual = rest.matmul(loadings).square().sum().item();
      if (all > 0) {
        share[2 * k] = 1 - rest.square().sum().item() / all;
        share[2 * k + 1] = individual / all;
      }
    }
    ranks.copyFromInPlace(Tensor.of(r, r.length));
    shares.copyFromInPlace(Tensor.of(share, each.length, 2));
  }

  /**
   * J of observations that have every view, in the data's units: what the joint scores add to the
   * mean.
   *
   * @param x {@code [batch, elements]} or {@code [batch, event…]}
   * @return {@code [batch, elements]}, views side by side
   */
  public Tensor joint(Tensor x) {
    return encode(x).matmul(loadings());
  }

  /**
   * Aₖ of observations that have every view, in the data's units.
   *
   * @param view number of the view
   * @return {@code [batch, elements of the view]}
   */
  public Tensor individual(int view, Tensor x) {
    View v = views().get(view);
    Tensor rest = x.flatten().to(DType.FLOAT64).minus(mean()).minus(joint(x));
    Tensor loadings = own.narrow(0, v.offset(), v.length());
    return rest.narrow(1, v.offset(), v.length()).matmul(loadings).matmul(loadings.t());
  }

  /** r, the number of joint components; scores beyond are 0. */
  public int jointRank() {
    return (int) ranks.toDoubles()[0];
  }

  /** rₖ of every view. */
  public int[] individualRanks() {
    return Arrays.stream(ranks.toDoubles(), 1, views().size() + 1).mapToInt(r -> (int) r).toArray();
  }

  /** Shares of a view's variance that are joint, individual and neither; of sum 1. */
  public double[] shares(int view) {
    double[] s = Arrays.copyOfRange(shares.toDoubles(), 2 * view, 2 * view + 2);
    return new double[] {s[0], s[1], 1 - s[0] - s[1]};
  }

  @Override
  public List<String> remarks() {
    int[] each = individualRanks();
    List<String> said = new ArrayList<>();
    said.add(
        "ranks "
            + (config.permutes() ? "by permutation" : "as given")
            + ": "
            + jointRank()
            + " joint; shares of variance joint, individual and neither: "
            + String.join(
                "; ",
                IntStream.range(0, each.length)
                    .mapToObj(
                        k ->
                            String.format(
                                Locale.ROOT,
                                "%s (individual rank %d) %.0f, %.0f and %.0f %%",
                                views().get(k).name(),
                                each[k],
                                100 * shares(k)[0],
                                100 * shares(k)[1],
                                100 * shares(k)[2]))
                    .toList()));
    if (config.permutes() && jointRank() == config.latent()) {
      said.add(
          "as many joint components as latent="
              + config.latent()
              + " allows were found: there may be more");
    }
    if (ranks.toDoubles()[each.length + 1] == 0) {
      said.add(
          "ranks or components had not come to rest: raise iterations, or give ranks with individual=…");
    }
    return said;
  }

  @Override
  public ModelConfig config() {
    return config;
  }
}
