package org.javae.core.evaluate;

import java.util.List;
import java.util.function.DoubleConsumer;
import java.util.function.IntFunction;
import org.javae.core.distribution.Distribution;
import org.javae.core.model.LatentVariableModel;
import org.javae.core.objective.Bounds;
import org.javae.tensor.Autograd;
import org.javae.tensor.Rng;
import org.javae.tensor.Scope;
import org.javae.tensor.Tensor;

/**
 * How estimates of ln p(x) behave as samples grow: naive Monte Carlo (13) and importance sampling
 * (14), repeated, so that mean and spread show.
 */
public final class BoundCurves {
  private BoundCurves() {}

  /**
   * One estimator.
   *
   * @param k samples
   * @param mean over observations and repetitions, nats
   * @param sd over repetitions, of a single observation's estimate: root mean square over
   *     observations
   */
  public record Curve(int[] k, double[] mean, double[] sd) {}

  /**
   * Importance sampling from q(z|x), K = 1 being the ELBO.
   *
   * @param k ascending numbers of samples
   */
  public static Curve importance(
      LatentVariableModel m, Tensor x, int[] k, int repetitions, Rng rng, DoubleConsumer progress) {
    return Autograd.off(
        () ->
            Scope.run(
                () -> {
                  Distribution q = m.posterior(x);
                  return curve(
                      x, k, repetitions, n -> Estimators.logWeights(m, q, x, n, rng), progress);
                }));
  }

  /** Naive Monte Carlo from p(z). */
  public static Curve naive(
      LatentVariableModel m, Tensor x, int[] k, int repetitions, Rng rng, DoubleConsumer progress) {
    return curve(x, k, repetitions, n -> Estimators.naiveLogWeights(m, x, n, rng), progress);
  }

  /** The first k of the same draws serve every k; repetitions are independent. */
  private static Curve curve(
      Tensor x, int[] k, int repetitions, IntFunction<Tensor> logWeights, DoubleConsumer progress) {
    int batch = Math.toIntExact(x.size(0));
    int most = k[k.length - 1];
    int chunk = Estimators.samplesAtOnce(x, most);
    double[][] sum = new double[k.length][batch];
    double[][] squares = new double[k.length][batch];
    for (int r = 0; r < repetitions; r++) {
      Scope.run(
          () ->
              Autograd.off(
                  () -> {
                    Tensor[] parts = new Tensor[(most + chunk - 1) / chunk];
                    for (int i = 0; i < parts.length; i++) {
                      int n = Math.min(chunk, most - i * chunk);
                      parts[i] = Scope.run(() -> logWeights.apply(n).reshape(n, batch));
                    }
                    Tensor all = Tensor.cat(List.of(parts), 0);
                    for (int j = 0; j < k.length; j++) {
                      double[] e = Bounds.iwae(all.narrow(0, 0, k[j])).toDoubles();
                      for (int i = 0; i < batch; i++) {
                        sum[j][i] += e[i];
                        squares[j][i] += e[i] * e[i];
                      }
                    }
                  }));
      progress.accept((r + 1.0) / repetitions);
    }
    double[] mean = new double[k.length];
    double[] sd = new double[k.length];
    for (int j = 0; j < k.length; j++) {
      double variance = 0;
      for (int i = 0; i < batch; i++) {
        mean[j] += sum[j][i] / repetitions / batch;
        double centred = squares[j][i] - sum[j][i] * sum[j][i] / repetitions;
        variance += Math.max(0, centred) / Math.max(1, repetitions - 1) / batch;
      }
      sd[j] = Math.sqrt(variance);
    }
    return new Curve(k, mean, sd);
  }
}
