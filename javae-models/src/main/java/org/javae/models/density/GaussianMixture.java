package org.javae.models.density;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.javae.core.config.Nearest;
import org.javae.core.model.About;
import org.javae.core.model.Batch;
import org.javae.core.model.Check;
import org.javae.core.model.ClosedForm;
import org.javae.core.model.Clusters;
import org.javae.core.model.DataSpec;
import org.javae.core.model.Generates;
import org.javae.core.model.Loss;
import org.javae.core.model.Model;
import org.javae.core.model.ModelConfig;
import org.javae.core.model.Optional;
import org.javae.core.model.Params;
import org.javae.core.model.Scores;
import org.javae.core.train.Step;
import org.javae.tensor.Rng;
import org.javae.tensor.Scope;
import org.javae.tensor.Tensor;
import org.javae.tensor.UserException;

/**
 * Gaussian mixture {@code p(x) = Σₖ πₖ N(x; μₖ, Σₖ)} by expectation maximisation (Dempster, Laird
 * and Rubin, 1977) from the clusters of k-means++ (Arthur and Vassilvitskii, 2007), a pass over the
 * data an iteration:
 *
 * <pre>
 * E   r_ik = πₖ N(xᵢ; μₖ, Σₖ) / Σⱼ πⱼ N(xᵢ; μⱼ, Σⱼ)
 * M   πₖ = Σᵢ r_ik / N,   μₖ = Σᵢ r_ik xᵢ / Σᵢ r_ik,   Σₖ = Σᵢ r_ik (xᵢ − μₖ)(xᵢ − μₖ)ᵀ / Σᵢ r_ik
 * </pre>
 *
 * No eigenvalue of Σₖ falls below 1e-6 of the data's mean variance; raising those that would is the
 * maximum under that constraint, so the likelihood never falls. Float64, nats per observation.
 *
 * <p>Of several starts of full covariances every second one looks for its clusters in coordinates
 * where the data have covariance I: as the likelihood has no favourite coordinates, neither should
 * all starts. What starts miss, random swaps find (Zhao, Hautamäki, Kärkkäinen and Fränti, 2012,
 * Random swap EM algorithm for Gaussian mixture models): a component taken at random begins anew at
 * a random observation with the mean covariance, and where EM then ends better, that is kept.
 *
 * <p>Of several maxima of the likelihood the highest need not be the one whose components are the
 * groups that one looks for: a narrow component on a few observations raises it much. {@code
 * select=information} keeps, of those within 0.01 nats an element of the highest, the one with the
 * largest information between observation and component, as clusters that are all used and seldom
 * in doubt have it (Bridle, Heading and MacKay, 1992, Unsupervised classifiers, mutual information
 * and phantom targets):
 *
 * <pre>
 * I(k; x) = H(Σᵢ rᵢ / N) − Σᵢ H(rᵢ) / N
 * </pre>
 */
public final class GaussianMixture extends Model<Batch>
    implements ClosedForm, Scores, Generates, Clusters {
  /** For the catalogue. */
  public static final About ABOUT =
      new About(
          "Gaussian mixture",
          "max  ln Σₖ πₖ N(x; μₖ, Σₖ)",
          "Dempster, Laird and Rubin, 1977; k-means++: Arthur and Vassilvitskii, 2007");

  private static final List<String> COVARIANCES = List.of("full", "diagonal");
  private static final List<String> CRITERIA = List.of("likelihood", "information");

  /** EM stops when an iteration gains less than this many nats per observation. */
  private static final double GAIN = 1e-6;

  private static final double FLOOR = 1e-6;

  /** Steps of EM after which a swap has to come near the best likelihood so far. */
  private static final int LOOK = 12;

  private static final double PROMISING = 0.005;

  /** Nats an element below the likeliest fit within which information decides. */
  private static final double NEARLY = 0.01;

  private static final double TINY = 1e-30;
  private static final double LEAST_LOG = Math.log(TINY);
  private static final double HALF_LOG_TWO_PI = 0.5 * Math.log(2 * Math.PI);

  /**
   * Settings.
   *
   * @param components K
   * @param covariance of each component, {@code full} or {@code diagonal}
   * @param iterations of EM at most
   * @param restarts times it is fitted, from another start each; the best fit is kept
   * @param swaps times that a component of it is then put elsewhere at random
   * @param select by what the best fit is chosen: {@code likelihood}, or {@code information}, I(k;
   *     x)
   */
  public record Config(
      int components,
      String covariance,
      int iterations,
      @Optional int restarts,
      @Optional int swaps,
      @Optional String select)
      implements ModelConfig {
    public Config {
      restarts = restarts == 0 ? 1 : restarts; // files from before there were restarts
      Check.positive("restarts", restarts);
      Check.notNegative("swaps", swaps);
      select = select == null ? "likelihood" : select;
      Check.oneOf("select", select, CRITERIA);
      Check.positive("components", components);
      Check.positive("iterations", iterations);
      if (!COVARIANCES.contains(covariance)) {
        throw UserException.usage(
            "unknown covariance '%s'; %s", covariance, Nearest.suggestion(covariance, COVARIANCES));
      }
    }

    /** Ten full components; diagonal ones where a full matrix would have too many numbers. */
    public static Config defaults(DataSpec d) {
      return new Config(10, d.event().numel() <= 64 ? "full" : "diagonal", 200, 1, 0, "likelihood");
    }
  }

  private final Config config;
  private final int size;
  private final Tensor logWeights;
  private final Tensor means;
  private final Tensor covariances;
  private final Rng start;
  private List<Double> history = List.of();
  private double likeliest;
  private double information;

  public GaussianMixture(DataSpec data, Params params, Config config) {
    super(data, params);
    this.config = config;
    this.size = RealVectors.size("gmm", data);
    long k = config.components();
    this.logWeights = params.buffer("log_weights", Tensor.full(-Math.log(k), k));
    this.means = params.buffer("means", Tensor.zeros(k, size));
    this.covariances = params.buffer("covariances", spherical(1));
    this.start = params.init().split("k-means++");
  }

  private boolean full() {
    return config.covariance().equals("full");
  }

  private Tensor spherical(double variance) {
    long k = config.components();
    return full()
        ? Tensor.eye(size).times(variance).expand(k, size, size)
        : Tensor.full(variance, k, size);
  }

  @Override
  public void fit(Consumer<Consumer<Tensor>> pass) {
    Scope.run(
        () -> {
          double floor = begin(pass, start.at());
          history = climb(pass, floor, config.iterations());
          likeliest = last(history);
          information = byLikelihood() ? 0 : Scope.run(() -> information(pass));
          White white = full() && config.restarts() > 1 ? whitening(pass, floor) : null;
          for (int r = 1; r < config.restarts(); r++) {
            Map<String, Tensor> kept = params().snapshot();
            SplittableRandom random = start.at(r);
            if (white != null && r % 2 == 1) {
              beginWhite(pass, white, random);
            } else {
              begin(pass, random);
            }
            keepIfBetter(pass, climb(pass, floor, config.iterations()), kept);
          }
          if (config.swaps() > 0) {
            swap(pass, floor);
          }
        });
  }

  /** Goes on with EM from the present components, on other rows perhaps. */
  public void refine(Consumer<Consumer<Tensor>> pass) {
    Scope.run(
        () -> {
          double floor = leastVariance(covariance(pass, mean(pass)));
          history = climb(pass, floor, config.iterations());
        });
  }

  private void keepIfBetter(
      Consumer<Consumer<Tensor>> pass, List<Double> reached, Map<String, Tensor> kept) {
    boolean better;
    likeliest = Math.max(likeliest, last(reached));
    if (byLikelihood()) {
      better = last(reached) > last(history);
    } else {
      double found = Scope.run(() -> information(pass));
      boolean likely = last(reached) >= likeliest - NEARLY * size;
      better = likely && (found > information || last(history) < likeliest - NEARLY * size);
      information = better ? found : information;
    }
    if (better) {
      history = reached;
    } else {
      params().load(kept);
    }
  }

  private boolean byLikelihood() {
    return config.select().equals("likelihood");
  }

  /** I(k; x) over the rows, in nats. */
  double information(Consumer<Consumer<Tensor>> pass) {
    Tensor share = Tensor.zerosLike(logWeights);
    double[] sums = new double[2];
    pass.accept(
        batch -> {
          Tensor log = logJoint(rows(batch)).logSoftmax(0);
          Tensor r = log.exp();
          share.addInPlace(r.sum(1), 1);
          sums[0] += r.times(log.clamp(LEAST_LOG, 0)).sum().item();
          sums[1] += batch.size(0);
        });
    Tensor p = share.div(sums[1]);
    double ofShares = -p.times(p.clamp(TINY, 1).log()).sum().item();
    return ofShares + sums[0] / sums[1];
  }

  private void swap(Consumer<Consumer<Tensor>> pass, double floor) {
    SplittableRandom random = start.split("swaps").at();
    List<Tensor> elsewhere = anyRows(pass, config.swaps(), random);
    for (Tensor row : elsewhere) {
      Scope.run(
          () -> {
            Map<String, Tensor> kept = params().snapshot();
            long moved = random.nextInt(config.components());
            Tensor weights = logWeights.exp();
            Tensor share = full() ? weights.reshape(-1, 1, 1) : weights.unsqueeze(1);
            covariances.select(0, moved).copyFromInPlace(covariances.times(share).sum(0));
            means.select(0, moved).copyFromInPlace(row);
            logWeights.select(0, moved).fillInPlace(-Math.log(config.components()));
            logWeights.copyFromInPlace(logWeights.logSoftmax(0));
            List<Double> reached = climb(pass, floor, LOOK);
            // Most swaps show soon that they lead to no likelier fit.
            if (!byLikelihood() || last(reached) > last(history) - PROMISING) {
              reached = climb(pass, floor, config.iterations());
            }
            keepIfBetter(pass, reached, kept);
          });
    }
  }

  /** Rows drawn evenly, with replacement. */
  private List<Tensor> anyRows(
      Consumer<Consumer<Tensor>> pass, int count, SplittableRandom random) {
    long[] n = {0};
    pass.accept(batch -> n[0] += batch.size(0));
    long[] wanted = random.longs(count, 0, n[0]).toArray();
    Tensor found = Tensor.zeros(means.dtype(), count, size);
    long[] at = {0};
    pass.accept(
        batch -> {
          Tensor x = rows(batch);
          for (int i = 0; i < count; i++) {
            long here = wanted[i] - at[0];
            if (here >= 0 && here < x.size(0)) {
              found.select(0, i).copyFromInPlace(x.select(0, here));
            }
          }
          at[0] += x.size(0);
        });
    return IntStream.range(0, count).mapToObj(i -> found.select(0, i)).toList();
  }

  private static double last(List<Double> reached) {
    return reached.get(reached.size() - 1);
  }

  /** At most so many steps of EM; returns the mean log-likelihood before each. */
  private List<Double> climb(Consumer<Consumer<Tensor>> pass, double floor, int most) {
    List<Double> reached = new ArrayList<>();
    for (int i = 0; i < most; i++) {
      reached.add(Scope.run(() -> iterate(pass, floor)));
      if (i > 0 && reached.get(i) - reached.get(i - 1) < GAIN) {
        break;
      }
    }
    return List.copyOf(reached);
  }

  /** Means and covariances from clusters of the rows as they are; returns the least variance. */
  private double begin(Consumer<Consumer<Tensor>> pass, SplittableRandom random) {
    logWeights.fillInPlace(-Math.log(config.components()));
    return Scope.run(
        () -> {
          Seeds seeds = Seeds.choose(pass, config.components(), size, random);
          double floor = Math.max(FLOOR * seeds.total(), TINY);
          means.copyFromInPlace(Tensor.of(seeds.flat(), means.shape().toArray()));
          covariances.copyFromInPlace(spherical(Math.max(seeds.within(), floor)));
          return floor;
        });
  }

  /**
   * Coordinates L⁻¹(x − m) in which the rows have covariance I.
   *
   * @param mean m, {@code [1, size]}
   * @param factor L, {@code [size, size]}
   */
  private record White(Tensor mean, Tensor factor) {
    Tensor of(Tensor x) {
      return factor.solveTriangular(x.minus(mean).t(), false).t();
    }
  }

  private White whitening(Consumer<Consumer<Tensor>> pass, double floor) {
    Tensor mean = mean(pass);
    Tensor covariance = covariance(pass, mean).unsqueeze(0);
    return new White(mean, atLeast(floor, covariance).squeeze(0).cholesky());
  }

  /** As {@link #begin}, from clusters in other coordinates. */
  private void beginWhite(Consumer<Consumer<Tensor>> pass, White white, SplittableRandom random) {
    logWeights.fillInPlace(-Math.log(config.components()));
    Scope.run(
        () -> {
          Seeds seeds =
              Seeds.choose(
                  each -> pass.accept(batch -> each.accept(white.of(rows(batch)))),
                  config.components(),
                  size,
                  random);
          Tensor l = white.factor();
          Tensor found = Tensor.of(seeds.flat(), means.shape().toArray()).to(means.dtype());
          means.copyFromInPlace(found.matmul(l.t()).plus(white.mean()));
          covariances.copyFromInPlace(
              l.matmul(l.t())
                  .times(Math.max(seeds.within(), FLOOR))
                  .expand(covariances.shape().toArray()));
        });
  }

  private Tensor mean(Consumer<Consumer<Tensor>> pass) {
    Tensor sum = Tensor.zeros(means.dtype(), 1, size);
    double[] n = {0};
    pass.accept(
        batch -> {
          sum.addInPlace(rows(batch).sum(0).unsqueeze(0), 1);
          n[0] += batch.size(0);
        });
    return sum.div(n[0]);
  }

  private Tensor covariance(Consumer<Consumer<Tensor>> pass, Tensor mean) {
    Tensor sum = Tensor.zeros(means.dtype(), size, size);
    double[] n = {0};
    pass.accept(
        batch -> {
          Tensor y = rows(batch).minus(mean);
          sum.addInPlace(y.t().matmul(y), 1);
          n[0] += batch.size(0);
        });
    return sum.div(n[0]);
  }

  private double leastVariance(Tensor covariance) {
    double trace = covariance.times(Tensor.eye(size).to(means.dtype())).sum().item();
    return Math.max(FLOOR * trace / size, TINY);
  }

  /** One step of EM; returns the mean log-likelihood before it. */
  private double iterate(Consumer<Consumer<Tensor>> pass, double floor) {
    Tensor count = Tensor.zerosLike(logWeights);
    Tensor first = Tensor.zerosLike(means);
    Tensor second = Tensor.zerosLike(covariances);
    double[] sums = new double[2];
    pass.accept(
        batch -> {
          Tensor x = rows(batch);
          Tensor joint = logJoint(x);
          Tensor evidence = joint.logSumExp(0);
          Tensor r = joint.minus(evidence).exp().unsqueeze(2);
          Tensor y = centred(x);
          Tensor ry = r.times(y);
          count.addInPlace(r.sum(1).squeeze(1), 1);
          first.addInPlace(ry.sum(1), 1);
          second.addInPlace(full() ? ry.t().matmul(y) : ry.times(y).sum(1), 1);
          sums[0] += evidence.sum().item();
          sums[1] += x.size(0);
        });
    // A component that lost all observations stays where it is, with next to no weight.
    Tensor n = count.clamp(TINY, Double.MAX_VALUE);
    Tensor move = first.div(n.unsqueeze(1));
    Tensor square = full() ? move.unsqueeze(2).matmul(move.unsqueeze(1)) : move.square();
    Tensor each = full() ? n.reshape(-1, 1, 1) : n.unsqueeze(1);
    covariances.copyFromInPlace(atLeast(floor, second.div(each).minus(square)));
    means.addInPlace(move, 1);
    logWeights.copyFromInPlace(n.log().logSoftmax(0));
    return sums[0] / sums[1];
  }

  /** Raises eigenvalues below the floor to it and leaves covariances without such as they are. */
  private Tensor atLeast(double floor, Tensor covariance) {
    if (!full()) {
      return covariance.clamp(floor, Double.MAX_VALUE);
    }
    List<Tensor> e = covariance.eigh();
    Tensor u = e.get(1);
    Tensor raised = e.get(0).clamp(floor, Double.MAX_VALUE).unsqueeze(1);
    Tensor fine = e.get(0).select(1, 0).ge(floor).reshape(-1, 1, 1);
    return Tensor.where(fine, covariance, u.times(raised).matmul(u.t()));
  }

  private Tensor rows(Tensor x) {
    return x.flatten().to(means.dtype());
  }

  /** x − μₖ: {@code [K, batch, size]}. */
  private Tensor centred(Tensor x) {
    return x.unsqueeze(0).minus(means.unsqueeze(1));
  }

  /** Lₖ with Lₖ Lₖᵀ = Σₖ: {@code [K, size, size]}, or its diagonal {@code [K, size]}. */
  private Tensor factors() {
    return full() ? covariances.cholesky() : covariances.sqrt();
  }

  /** ln πₖ N(x; μₖ, Σₖ): {@code [K, batch]}. */
  private Tensor logJoint(Tensor x) {
    Tensor l = factors();
    Tensor white =
        full() ? l.solveTriangular(centred(x).t(), false).t() : centred(x).div(l.unsqueeze(1));
    Tensor diagonal = full() ? l.times(Tensor.eye(size).to(l.dtype())).sum(2) : l;
    Tensor constant = logWeights.minus(diagonal.log().sum(1)).minus(size * HALF_LOG_TWO_PI);
    return white.square().sum(2).times(-0.5).plus(constant.unsqueeze(1));
  }

  @Override
  public Tensor logProb(Tensor x) {
    return logJoint(rows(x)).logSumExp(0);
  }

  @Override
  public int clusters() {
    return config.components();
  }

  @Override
  public Tensor responsibilities(Tensor x) {
    return logJoint(rows(x)).softmax(0).t();
  }

  @Override
  public Tensor generate(int n, Rng rng) {
    Tensor choice = rng.multinomial(logWeights.exp().unsqueeze(0), n).reshape(n, 1);
    Tensor noise = rng.normal(means.dtype(), n, size);
    Tensor factors = factors();
    Tensor x = noise;
    for (int k = 0; k < config.components(); k++) {
      Tensor l = factors.select(0, k);
      Tensor draw = (full() ? noise.matmul(l.t()) : noise.times(l)).plus(means.select(0, k));
      x = Tensor.where(choice.eq(k), draw, x);
    }
    return x.reshape(data().event().prepend(n).toArray());
  }

  /** Mean ln p(x) before every iteration of the last fit, in nats; it never falls. */
  public List<Double> logLikelihoods() {
    return history;
  }

  @Override
  public Loss loss(Batch batch, Step step) {
    throw new UnsupportedOperationException("a Gaussian mixture is fitted by EM");
  }

  @Override
  public ModelConfig config() {
    return config;
  }
}
