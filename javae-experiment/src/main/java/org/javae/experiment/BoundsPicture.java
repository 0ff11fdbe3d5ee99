package org.javae.experiment;

import java.awt.image.BufferedImage;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.DoubleConsumer;
import org.javae.core.data.Loader;
import org.javae.core.evaluate.Ais;
import org.javae.core.evaluate.BoundCurves;
import org.javae.core.evaluate.BoundCurves.Curve;
import org.javae.core.model.Batch;
import org.javae.core.model.Conditional;
import org.javae.core.model.LatentVariableModel;
import org.javae.core.model.Scores;
import org.javae.experiment.picture.Curves;
import org.javae.tensor.Autograd;
import org.javae.tensor.Rng;
import org.javae.tensor.Scope;
import org.javae.tensor.UserException;

/**
 * Estimates of ln p(x) over the number of samples: naive Monte Carlo (13), importance sampling (14)
 * and annealed importance sampling, with their spread.
 */
public final class BoundsPicture {
  private static final int[] SAMPLES = {
    1, 2, 3, 5, 7, 10, 20, 30, 50, 70, 100, 200, 300, 500, 700, 1000
  };

  private static final String NAIVE = "naive Monte Carlo, z from p(z)";
  private static final String IMPORTANCE = "importance sampling, z from q(z|x)";

  private BoundsPicture() {}

  /**
   * The picture and its numbers.
   *
   * @param naive (13)
   * @param importance (14)
   * @param ais mean ln p(x) by annealing, NaN if it was left out
   * @param exact mean ln p(x) where the model knows it, else NaN
   */
  public record Drawn(
      BufferedImage picture, Curve naive, Curve importance, double ais, double exact) {
    /** For {@code --json}. */
    public Map<String, Object> numbers() {
      Map<String, Object> m = new LinkedHashMap<>();
      m.put("k", naive.k());
      m.put("naive", Map.of("mean", naive.mean(), "sd", naive.sd()));
      m.put("importance", Map.of("mean", importance.mean(), "sd", importance.sd()));
      if (!Double.isNaN(ais)) {
        m.put("ais", ais);
      }
      if (!Double.isNaN(exact)) {
        m.put("exact", exact);
      }
      return m;
    }
  }

  /**
   * Measures and draws.
   *
   * @param rows observations
   * @param most largest number of samples, up to 1000
   * @param repetitions of every estimate
   * @param ais null to leave annealing out
   */
  public static Drawn draw(
      Run run,
      int rows,
      int most,
      int repetitions,
      Ais.Settings ais,
      long seed,
      DoubleConsumer progress) {
    Loader loader = run.rows(run.defaultPart(), rows);
    int[] k = Arrays.stream(SAMPLES).filter(v -> v <= most).toArray();
    double part = ais == null ? 0.5 : 0.3;
    return Scope.run(
        () -> {
          Batch b = loader.batch(0, 0, loader.size());
          LatentVariableModel m = Conditional.view(run.model(), b);
          if (m == null) {
            throw UserException.of(
                "model %s has no ln p(x) to estimate; bounds needs a model with a posterior, such as vae",
                run.description().model());
          }
          Rng rng = Rng.of(seed).split("bounds");
          Curve naive =
              BoundCurves.naive(
                  m, b.x(), k, repetitions, rng.split("naive"), f -> progress.accept(part * f));
          Curve importance =
              BoundCurves.importance(
                  m,
                  b.x(),
                  k,
                  repetitions,
                  rng.split("importance"),
                  f -> progress.accept(part + part * f));
          double annealed =
              ais == null
                  ? Double.NaN
                  : Ais.logLikelihood(
                          m,
                          b.x(),
                          ais,
                          rng.split("ais"),
                          f -> progress.accept(2 * part + (1 - 2 * part) * f))
                      .mean()
                      .item();
          double exact =
              run.model() instanceof Scores s
                  ? Autograd.off(() -> s.logProb(b.x()).mean().item())
                  : Double.NaN;
          BufferedImage picture =
              picture(
                  run.description().model() + " on " + run.description().source().get("name"),
                  naive,
                  importance,
                  annealed,
                  ais,
                  exact);
          return new Drawn(picture, naive, importance, annealed, exact);
        });
  }

  private static BufferedImage picture(
      String title,
      Curve naive,
      Curve importance,
      double annealed,
      Ais.Settings ais,
      double exact) {
    double[] k = Arrays.stream(naive.k()).asDoubleStream().toArray();
    Curves.Panel whole = Curves.Panel.of("estimate of ln p(x)", "nats, ± 1 sd").wholeRange();
    Curves.Panel close =
        Curves.Panel.of("importance sampling close up", "nats, ± 1 sd").wholeRange();
    for (Curves.Panel p : new Curves.Panel[] {whole, close}) {
      if (p == whole) {
        p.line(NAIVE, k, naive.mean()).band(NAIVE, k, low(naive), high(naive));
      }
      p.line(IMPORTANCE, k, importance.mean())
          .band(IMPORTANCE, k, low(importance), high(importance));
      constant(p, ais == null ? "" : "annealing, " + ais.steps() + " steps", k, annealed);
      constant(p, "exact", k, exact);
    }
    Curves.Panel spread =
        Curves.Panel.of("standard deviation of one estimate", "nats")
            .line(NAIVE, k, naive.sd())
            .line(IMPORTANCE, k, importance.sd())
            .log();
    return Curves.of(title).x("samples K").logX().add(whole).add(close).add(spread).draw();
  }

  private static void constant(Curves.Panel p, String name, double[] k, double v) {
    if (!Double.isNaN(v)) {
      p.line(name, new double[] {k[0], k[k.length - 1]}, new double[] {v, v});
    }
  }

  private static double[] low(Curve c) {
    return shifted(c, -1);
  }

  private static double[] high(Curve c) {
    return shifted(c, 1);
  }

  private static double[] shifted(Curve c, double by) {
    double[] v = c.mean().clone();
    for (int i = 0; i < v.length; i++) {
      v[i] += by * c.sd()[i];
    }
    return v;
  }
}
