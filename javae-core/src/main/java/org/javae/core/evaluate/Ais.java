package org.javae.core.evaluate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleConsumer;
import org.javae.core.model.Check;
import org.javae.core.model.Conditional;
import org.javae.core.model.LatentVariableModel;
import org.javae.tensor.Autograd;
import org.javae.tensor.DType;
import org.javae.tensor.EngineException;
import org.javae.tensor.Rng;
import org.javae.tensor.Scope;
import org.javae.tensor.Tensor;
import org.javae.tensor.UserException;

/**
 * Annealed importance sampling of ln p(x) (Neal, 2001; Wu et al., 2017): chains walk from the prior
 * to the posterior through {@code f_t(z) = p(z) p(x|z)^β_t}, 0 = β_0 &lt; … &lt; β_T = 1, by
 * Hamiltonian Monte Carlo, and gather the weight {@code ln w = Σ_t (β_t − β_{t−1}) ln
 * p(x|z_{t−1})}; {@code ln 1/C Σ_c w_c} is a lower bound of ln p(x) in expectation that needs no
 * encoder.
 *
 * <p>On observations drawn from the model the way back is open too: z of the draw is an exact
 * posterior sample, chains from it down to the prior give an unbiased estimate of 1/p(x), and so an
 * upper bound of ln p(x) (bidirectional Monte Carlo: Grosse et al., 2015). The gap between the two
 * says how far the chains can be trusted.
 *
 * <p>The temperatures follow Wu et al.'s sigmoid. Step sizes are found for every observation and
 * temperature by pilot chains that aim at an acceptance of 0.65, and then kept: chains that adapt
 * while they are weighted would be biased.
 */
public final class Ais {
  private static final int LEAPFROG = 10;
  private static final int PILOT_CHAINS = 4;

  /** Adaptations that the step sizes need to settle; short paths repeat their temperatures. */
  private static final int PILOT_MOVES = 100;

  private static final double ACCEPTANCE = 0.65;
  private static final double GAIN = 0.15;

  /** Steepness of the sigmoid: temperatures are dense where the path starts and ends. */
  private static final double STEEPNESS = 4;

  private final LatentVariableModel model;
  private final Tensor x;
  private final Settings settings;
  private final Rng rng;
  private final double[] beta;

  /** ln step size {@code [temperature][observation]}, from the pilot. */
  private final double[][] logStep;

  /**
   * How far to anneal.
   *
   * @param steps T, temperatures after the prior
   * @param chains C, independent chains an observation
   */
  public record Settings(int steps, int chains) {
    /** Close for small decoders; hundreds of times the cost of importance sampling. */
    public static final Settings DEFAULTS = new Settings(500, 16);

    public Settings {
      Check.positive("ais-steps", steps);
      Check.positive("ais-chains", chains);
    }
  }

  /**
   * Bounds of ln p(x) from both sides, nats.
   *
   * @param lower of the chains from the prior, float64 {@code [batch]}
   * @param upper of the chains from an exact posterior sample, float64 {@code [batch]}
   */
  public record Sandwich(Tensor lower, Tensor upper) {}

  private Ais(LatentVariableModel model, Tensor x, Settings settings, Rng rng) {
    this.model = model;
    this.x = x;
    this.settings = settings;
    this.rng = rng;
    this.beta = temperatures(settings.steps());
    this.logStep = new double[settings.steps() + 1][];
  }

  /**
   * The lower bound of each observation.
   *
   * @param progress told the fraction done
   * @return float64 {@code [batch]}, nats
   * @throws UserException if ln p(z) + ln p(x|z) cannot be differentiated in z
   */
  public static Tensor logLikelihood(
      LatentVariableModel m, Tensor x, Settings s, Rng rng, DoubleConsumer progress) {
    return Scope.run(
        () -> {
          Ais a = new Ais(m, x, s, rng);
          a.pilot(progress, 0, 0.2);
          return a.estimate(null, progress, 0.2, 1);
        });
  }

  /**
   * Both bounds for observations drawn from the model itself.
   *
   * @param n observations; a model given labels draws as many as it has labels
   * @throws UserException if ln p(z) + ln p(x|z) cannot be differentiated in z, or the model cannot
   *     draw observations
   */
  public static Sandwich simulated(
      LatentVariableModel m, int n, Settings s, Rng rng, DoubleConsumer progress) {
    return Scope.run(
        () -> {
          Tensor z = Estimators.fromPrior(m, n, 1, rng.split("simulate"));
          Tensor x;
          try {
            x = Autograd.off(() -> m.likelihood(z).sample(rng.split("simulate")));
          } catch (UnsupportedOperationException e) {
            throw UserException.of(
                e, "the gap is measured on simulated data, which this model's p(x|z) cannot draw");
          }
          Ais a = new Ais(m, x, s, rng);
          a.pilot(progress, 0, 0.1);
          Tensor lower = a.estimate(null, progress, 0.1, 0.55);
          return new Sandwich(lower, a.estimate(z, progress, 0.55, 1));
        });
  }

  /** β_0 … β_T: a sigmoid, stretched to begin at 0 and end at 1 (Wu et al., 2017, section 4.1). */
  static double[] temperatures(int steps) {
    double[] b = new double[steps + 1];
    double end = logistic(STEEPNESS);
    double start = logistic(-STEEPNESS);
    for (int t = 0; t <= steps; t++) {
      b[t] = (logistic(STEEPNESS * (2.0 * t / steps - 1)) - start) / (end - start);
    }
    b[0] = 0;
    b[steps] = 1;
    return b;
  }

  private static double logistic(double v) {
    return 1 / (1 + Math.exp(-v));
  }

  /** Finds the step sizes. */
  private void pilot(DoubleConsumer progress, double from, double to) {
    int batch = Math.toIntExact(x.size(0));
    int chains = Math.min(Estimators.samplesAtOnce(x, settings.chains()), PILOT_CHAINS);
    int repeats = (PILOT_MOVES + settings.steps() - 1) / settings.steps();
    double[] log = new double[batch];
    Arrays.fill(log, Math.log(0.5));
    Scope.run(
        () -> {
          Chains c =
              new Chains(Estimators.fromPrior(model, batch, chains, rng.split("pilot")), chains);
          for (int t = 1; t <= settings.steps(); t++) {
            for (int r = 0; r < repeats; r++) {
              double[] accepted = c.move(beta[t], log, rng.split("pilot"));
              for (int i = 0; i < batch; i++) {
                log[i] += GAIN * (accepted[i] - ACCEPTANCE);
              }
            }
            logStep[t] = log.clone();
            progress.accept(from + (to - from) * t / settings.steps());
          }
        });
  }

  /**
   * From the prior up, or from {@code exact} posterior samples down; as many chains at once as fit.
   */
  private Tensor estimate(Tensor exact, DoubleConsumer progress, double from, double to) {
    int batch = Math.toIntExact(x.size(0));
    int atOnce = Estimators.samplesAtOnce(x, settings.chains());
    List<Tensor> parts = new ArrayList<>();
    for (int done = 0; done < settings.chains(); done += atOnce) {
      int n = Math.min(atOnce, settings.chains() - done);
      double start = from + (to - from) * done / settings.chains();
      double share = (to - from) * n / settings.chains();
      DoubleConsumer p = f -> progress.accept(start + share * f);
      parts.add(Scope.run(() -> (exact == null ? up(n, p) : down(exact, n, p)).reshape(n, batch)));
    }
    Tensor mean = Tensor.cat(parts, 0).logSumExp(0).minus(Math.log(settings.chains()));
    return exact == null ? mean : mean.neg();
  }

  private Tensor up(int n, DoubleConsumer progress) {
    Rng r = rng.split("up");
    Chains c = new Chains(Estimators.fromPrior(model, x.size(0), n, r), n);
    Tensor w = Tensor.zeros(DType.FLOAT64, n * x.size(0));
    for (int t = 1; t <= settings.steps(); t++) {
      w.addInPlace(c.likelihood, beta[t] - beta[t - 1]);
      if (t < settings.steps()) {
        c.move(beta[t], logStep[t], r);
      }
      progress.accept((double) t / settings.steps());
    }
    return w;
  }

  private Tensor down(Tensor exact, int n, DoubleConsumer progress) {
    Rng r = rng.split("down");
    Chains c = new Chains(exact.repeatBatch(n), n);
    Tensor w = Tensor.zeros(DType.FLOAT64, n * x.size(0));
    for (int t = settings.steps(); t >= 1; t--) {
      w.addInPlace(c.likelihood, beta[t - 1] - beta[t]);
      if (t > 1) {
        c.move(beta[t - 1], logStep[t - 1], r);
      }
      progress.accept((settings.steps() - t + 1.0) / settings.steps());
    }
    return w;
  }

  /** Where all chains of all observations stand; the tensors are overwritten in place. */
  private final class Chains {
    private final int each;
    private final Tensor xs;
    private final Tensor z;
    private final Tensor prior;
    private final Tensor likelihood;

    Chains(Tensor start, int each) {
      this.each = each;
      this.xs = x.repeatBatch(each);
      this.z = start.copy();
      Point p = Scope.run(() -> at(z, 0));
      this.prior = p.prior();
      this.likelihood = p.likelihood();
    }

    /** ln p(z), ln p(x|z) and the gradient of ln f. */
    private Point at(Tensor where, double b) {
      Tensor at = where.detach().requireGrad();
      try {
        Tensor p = Conditional.rows(model.prior(), at.size(0)).logProb(at);
        Tensor l = model.likelihood(at).logProb(xs);
        Tensor g = Autograd.grad(p.sum().plus(l.sum().times(b)), List.of(at)).get(0);
        return new Point(p.detach().to(DType.FLOAT64), l.detach().to(DType.FLOAT64), g);
      } catch (UnsupportedOperationException | EngineException e) {
        throw UserException.of(
            e,
            "annealed importance sampling follows the gradient of ln p(z) + ln p(x|z) in z, which this model does not have;"
                + " use the nll metric instead");
      }
    }

    /**
     * One transition of Hamiltonian Monte Carlo that leaves f = p(z) p(x|z)^b invariant.
     *
     * @param log ln step size of each observation
     * @return mean probability of acceptance of each observation's chains
     */
    double[] move(double b, double[] log, Rng r) {
      return Scope.run(
          () -> {
            long n = z.size(0);
            // A step size that varies a little keeps trajectories from closing on themselves.
            Tensor jitter = r.uniform(DType.FLOAT64, n).times(0.4).plus(0.8);
            Tensor step =
                Tensor.of(log, log.length)
                    .exp()
                    .repeatBatch(each)
                    .times(jitter)
                    .to(z.dtype())
                    .unsqueeze(1);
            Tensor momentum = r.normal(z.dtype(), z.shape().toArray());
            Tensor energy = energy(prior, likelihood, b, momentum);
            Tensor to = z;
            Point p = at(z, b);
            for (int i = 0; i < LEAPFROG; i++) {
              momentum = momentum.plus(p.gradient().times(step).times(0.5));
              to = to.plus(momentum.times(step)).detach();
              p = at(to, b);
              momentum = momentum.plus(p.gradient().times(step).times(0.5));
            }
            Tensor log1 = energy.minus(energy(p.prior(), p.likelihood(), b, momentum));
            Tensor ratio = log1.exp().clamp(0, 1);
            // A trajectory that left the numbers is refused.
            ratio = Tensor.where(ratio.isFinite(), ratio, Tensor.zerosLike(ratio));
            Tensor yes = r.uniform(DType.FLOAT64, n).lt(ratio);
            z.copyFromInPlace(Tensor.where(yes.unsqueeze(1), to, z));
            prior.copyFromInPlace(Tensor.where(yes, p.prior(), prior));
            likelihood.copyFromInPlace(Tensor.where(yes, p.likelihood(), likelihood));
            return ratio.reshape(each, n / each).mean(0).toDoubles();
          });
    }

    /** −ln f(z) + ½‖momentum‖². */
    private static Tensor energy(Tensor prior, Tensor likelihood, double b, Tensor momentum) {
      Tensor kinetic = momentum.to(DType.FLOAT64).square().sumEvent().times(0.5);
      return kinetic.minus(prior).minus(likelihood.times(b));
    }
  }

  private record Point(Tensor prior, Tensor likelihood, Tensor gradient) {}
}
