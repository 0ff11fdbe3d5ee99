package org.javae.core.evaluate;

import java.util.Arrays;
import java.util.function.DoubleConsumer;
import org.javae.core.model.Unnormalised.Path;
import org.javae.tensor.Autograd;
import org.javae.tensor.DType;
import org.javae.tensor.Rng;
import org.javae.tensor.Scope;
import org.javae.tensor.Tensor;

/**
 * The logarithm of a normaliser Z by annealed importance sampling (Neal, 2001; Salakhutdinov and
 * Murray, 2008): chains walk from f₀ to f₁ and gather {@code ln w = Σ_t ln f_{β_t}(x_{t−1}) − ln
 * f_{β_{t−1}}(x_{t−1})}, so that {@code E w = Z / Z₀}.
 *
 * <p>The mean of w falls short more often than not, so {@code ln Z} comes from below (in
 * expectation, by Jensen). The same walk backwards from draws of the model has {@code E w = Z₀ / Z}
 * and comes from above (Grosse et al., 2015). Draws of the model are not to be had exactly: the
 * chains that arrived, drawn again in proportion to their weights and moved on, stand in for them.
 * A wide gap says that the chains did not find their way.
 *
 * @param lower ln Z from the chains up, nats
 * @param upper ln Z from the chains down, nats; NaN if these were not run
 * @param standardError of {@code lower}, from the spread of the weights, nats
 */
public record Partition(double lower, double upper, double standardError) {
  /** Chains of an evaluation unless told. */
  static final int CHAINS = 100;

  /** Upper less lower bound, nats. */
  public double gap() {
    return upper - lower;
  }

  /**
   * From both sides.
   *
   * @param progress told the fraction done
   */
  public static Partition estimate(Path path, Ais.Settings s, Rng rng, DoubleConsumer progress) {
    return Scope.run(() -> Autograd.off(() -> new Walk(path, s, rng).both(progress)));
  }

  /** From below only, at half the cost. */
  public static Partition fromBelow(Path path, Ais.Settings s, Rng rng) {
    return Scope.run(() -> Autograd.off(() -> new Walk(path, s, rng).up(f -> {})));
  }

  /**
   * Draws of f₁: chains that walk up from f₀ and are drawn again in proportion to their weights
   * wherever these have grown uneven (sequential Monte Carlo: Del Moral, Doucet and Jasra, 2006).
   * Modes then have their own shares of the draws, where chains alone have those that the modes had
   * when they parted.
   *
   * @param progress told the fraction done
   * @return a row for each chain, in random order
   */
  public static Tensor draws(Path path, Ais.Settings s, Rng rng, DoubleConsumer progress) {
    return Scope.run(() -> Autograd.off(() -> new Walk(path, s, rng).drawn(progress)));
  }

  /** Chains, which are overwritten in place. */
  private static final class Walk {
    private final Path path;
    private final Ais.Settings settings;
    private final Rng rng;
    private final double[] beta;
    private Tensor x;
    private Tensor weight;

    Walk(Path path, Ais.Settings settings, Rng rng) {
      this.path = path;
      this.settings = settings;
      this.rng = rng;
      this.beta = Ais.temperatures(settings.steps());
    }

    Partition up(DoubleConsumer progress) {
      Rng r = rng.split("up");
      begin(path.start(settings.chains(), r).copy());
      int last = settings.steps();
      for (int t = 1; t <= last; t++) {
        gather(beta[t - 1], beta[t]);
        if (t < last) {
          move(beta[t], r);
        }
        progress.accept((double) t / last);
      }
      double n = settings.chains();
      double mean = weight.logSumExp(0).item() - Math.log(n);
      double square = weight.times(2).logSumExp(0).item() - Math.log(n);
      double relative = Math.max(0, Math.expm1(square - 2 * mean));
      return new Partition(path.logBase() + mean, Double.NaN, Math.sqrt(relative / n));
    }

    Partition both(DoubleConsumer progress) {
      Partition lower = up(f -> progress.accept(0.45 * f));
      Rng r = rng.split("down");
      int last = settings.steps();
      // From arrivals that carry weights to draws of the model.
      Tensor chosen = r.multinomial(weight.softmax(0).unsqueeze(0), settings.chains());
      begin(x.indexSelect(0, chosen.reshape(-1)));
      int settle = (last + 4) / 5;
      for (int t = 0; t < settle; t++) {
        move(1, r);
        progress.accept(0.45 + 0.1 * t / settle);
      }
      for (int t = last; t >= 1; t--) {
        gather(beta[t], beta[t - 1]);
        if (t > 1) {
          move(beta[t - 1], r);
        }
        progress.accept(0.55 + 0.45 * (last - t + 1.0) / last);
      }
      double mean = weight.logSumExp(0).item() - Math.log(settings.chains());
      return new Partition(lower.lower(), path.logBase() - mean, lower.standardError());
    }

    Tensor drawn(DoubleConsumer progress) {
      int n = settings.chains();
      Rng r = rng.split("draws");
      begin(path.start(n, r).copy());
      int last = settings.steps();
      for (int t = 1; t <= last; t++) {
        gather(beta[t - 1], beta[t]);
        double effective =
            Math.exp(2 * weight.logSumExp(0).item() - weight.times(2).logSumExp(0).item());
        if (t == last || effective < 0.5 * n) {
          choose(r);
        }
        move(beta[t], r);
        progress.accept((double) t / last);
      }
      return x.indexSelect(
          0, Tensor.of(Arrays.stream(r.permutation(n)).asLongStream().toArray(), n));
    }

    /** Systematically: of even weights every chain goes on once. */
    private void choose(Rng r) {
      int n = settings.chains();
      double[] share = weight.softmax(0).toDoubles();
      double at = r.uniform(DType.FLOAT64, 1).item();
      double sum = 0;
      long[] chosen = new long[n];
      int k = 0;
      for (int i = 0; i < n; i++) {
        sum += n * share[i];
        while (k < n && (at + k < sum || i == n - 1)) {
          chosen[k++] = i;
        }
      }
      begin(x.indexSelect(0, Tensor.of(chosen, n)));
    }

    private void begin(Tensor start) {
      x = start;
      weight = Tensor.zeros(DType.FLOAT64, settings.chains());
    }

    private void gather(double from, double to) {
      Scope.run(() -> weight.addInPlace(path.logRatio(x, from, to).to(DType.FLOAT64), 1));
    }

    private void move(double b, Rng r) {
      Scope.run(() -> x.copyFromInPlace(path.move(x, b, r)));
    }
  }
}
