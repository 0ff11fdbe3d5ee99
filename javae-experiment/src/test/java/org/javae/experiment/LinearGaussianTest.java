package org.javae.experiment;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.javae.core.data.Dataset;
import org.javae.core.data.Loader;
import org.javae.core.data.Preprocessing;
import org.javae.core.evaluate.Evaluator;
import org.javae.core.evaluate.Metrics;
import org.javae.core.model.ClosedForm;
import org.javae.core.model.Model;
import org.javae.core.train.TrainListener;
import org.javae.data.generate.LinearGaussian;
import org.javae.models.ModelCatalog;
import org.javae.tensor.Rng;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The generator that knows its exact likelihood, against the models and estimators that must find
 * it.
 */
class LinearGaussianTest {
  private static final int N = 4000;
  private static final LinearGaussian TRUTH = new LinearGaussian(8, 3, 0.5, N);

  @Test
  void probabilisticPcaFindsTheExactLikelihood() {
    Dataset d = TRUTH.generate(1);
    int[] rows = IntStream.range(0, N).toArray();
    Preprocessing p = Preprocessing.fit(d, rows, "none", Preprocessing.Binarize.NONE, "error");
    var entry = ModelCatalog.get("ppca");
    var spec = p.spec(d, rows);
    Model<?> m = entry.build(spec, entry.configure(spec, Map.of("latent", 3)), Rng.of(0));
    Loader all = new Loader(d, rows, p, Rng.of(0), false);
    ((ClosedForm) m).fit(c -> all.each(500, b -> c.accept(b.x())));
    double found = -Evaluator.evaluate(m, all, Evaluator.Options.DEFAULTS, x -> {}).nll();
    // The maximum of the likelihood lies above the truth by about half the parameters (8 means, 8·3
    // − 3 loadings, σ) over N.
    assertThat(found - d.exactLogLikelihood().orElseThrow()).isBetween(0.0, 3 * 30 / 2.0 / N);
  }

  @Test
  void importanceSamplingOfATrainedVaeStaysBelowTheTruthAndComesClose(@TempDir Path dir) {
    Settings s =
        Settings.of("linear-gaussian", "vae")
            .with(
                Map.of(
                    "n",
                    N,
                    "latent",
                    4,
                    "encoder",
                    "linear",
                    "epochs",
                    60,
                    "lr",
                    0.02,
                    "lr_schedule",
                    "cosine",
                    "scaling",
                    "none",
                    "clip",
                    5,
                    "validation",
                    0.1));
    double exact;
    try (Experiment e = Experiment.prepare(s, note -> {})) {
      e.train(dir, false, new TrainListener() {});
      exact = e.data().exactLogLikelihood().orElseThrow();
    }
    try (Run run = Run.open(dir)) {
      Metrics few =
          run.evaluate("all", new Evaluator.Options(1, 0, 500, Set.of("nll", "elbo")), x -> {})
              .metrics();
      Metrics many =
          run.evaluate("all", new Evaluator.Options(200, 0, 500, Set.of("nll", "elbo")), x -> {})
              .metrics();
      assertThat(-many.nll()).isGreaterThan(-few.nll() - 0.01);
      // A model with the truth's family cannot beat it by more than its parameters explain.
      assertThat(-many.nll() - exact).isBetween(-0.1, 0.03);
    }
  }
}
