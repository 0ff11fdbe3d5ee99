package org.javae.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.IntStream;
import org.javae.core.evaluate.Evaluator;
import org.javae.core.evaluate.Metrics;
import org.javae.experiment.Run;
import org.javae.experiment.Run.Evaluation;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "evaluate",
    description =
        "Measure a run: ELBO, NLL, reconstruction, KL, active units, mutual information, MSE.",
    footer = {
      "",
      "Examples:",
      "  javae evaluate runs/vae-strokes-1",
      "  javae evaluate runs/vae-mnist-1 --split test --nll-samples 500 --json",
      "  javae evaluate runs/vae-mnist-1 --metrics elbo,kl --data other/mnist",
      "",
      "Likelihoods are in nats an observation; the ELBO is to be maximised, the NLL minimised."
    })
final class EvaluateVerb extends RunVerb {
  private static final int BATCH = 500;
  private static final int DIMENSIONS_SHOWN = 16;

  @Option(names = "--data", paramLabel = "DATA", description = "Other data than the run's own.")
  String data;

  @Option(
      names = "--split",
      paramLabel = "S",
      description = "train, validation, test or all (default test).")
  String split;

  @Option(
      names = "--nll-samples",
      paramLabel = "K",
      defaultValue = "100",
      description = "Importance samples for the NLL; 0 leaves it out (default ${DEFAULT-VALUE}).")
  int samples;

  @Option(names = "--metrics", paramLabel = "A,B", description = "Only these metrics.")
  String metrics;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "0",
      description = "Seed of the samples.")
  long seed;

  @Override
  public Integer call() {
    Set<String> wanted = new LinkedHashSet<>();
    if (metrics != null) {
      Arrays.stream(metrics.split(","))
          .map(String::strip)
          .filter(m -> !m.isEmpty())
          .forEach(wanted::add);
    }
    Evaluator.Options options = new Evaluator.Options(samples, seed, BATCH, wanted);
    try (Run r = open().withData(data)) {
      Bar bar = new Bar(terminal(), json);
      Evaluation e = r.evaluate(split, options, bar.percent("measuring"));
      bar.clear();
      if (json) {
        json(e);
      } else {
        show(e, r.latent());
      }
    }
    return 0;
  }

  private void show(Evaluation e, int latent) {
    print(
        terminal().bold(e.model() + " on " + e.data())
            + ", "
            + e.split()
            + " part: "
            + Text.count(e.n(), "observation", "observations")
            + " in "
            + Text.duration(e.seconds()));
    Metrics m = e.metrics();
    List<List<String>> rows = new ArrayList<>();
    add(rows, "ELBO", m.elbo(), "nats");
    if (m.nll() != null) {
      boolean exact = m.nllSamples() != null && m.nllSamples() == 0;
      add(
          rows,
          "NLL",
          m.nll(),
          exact ? "nats, exact" : "nats, by " + m.nllSamples() + " importance samples");
    }
    boolean likelihood = m.elbo() != null || m.kl() != null;
    add(
        rows,
        "reconstruction",
        m.reconstruction(),
        likelihood ? "nats" : "squared error an observation");
    add(rows, "KL", m.kl(), "nats");
    if (m.activeUnits() != null) {
      rows.add(
          List.of(
              "  active units",
              String.format(Locale.ROOT, "%10d", m.activeUnits()),
              "of " + latent));
    }
    add(rows, "mutual information", m.mutualInformation(), "nats");
    if (m.perplexity() != null) {
      rows.add(
          List.of(
              "  perplexity",
              String.format(Locale.ROOT, "%10.2f", m.perplexity()),
              "a word, the end of the sentence counted"
                  + (m.nll() == null ? "; at most, from the ELBO" : "")));
    }
    if (m.mse() != null) {
      rows.add(List.of("  MSE", String.format(Locale.ROOT, "%10.4g", m.mse()), "an element"));
    }
    print(Text.table(rows));
    if (m.klPerDimension() != null) {
      double[] kl = m.klPerDimension();
      List<String> parts =
          IntStream.range(0, kl.length)
              .boxed()
              .sorted((a, b) -> Double.compare(kl[b], kl[a]))
              .limit(DIMENSIONS_SHOWN)
              .map(j -> String.format(Locale.ROOT, "z%d %.2f", j, kl[j]))
              .toList();
      print(
          "  KL by dimension     "
              + String.join("  ", parts)
              + (kl.length > DIMENSIONS_SHOWN ? "  …" : ""));
    }
  }

  private static void add(List<List<String>> rows, String name, Double v, String unit) {
    if (v != null) {
      rows.add(List.of("  " + name, String.format(Locale.ROOT, "%10s", Text.nats(v)), unit));
    }
  }

  @Override
  String memoryHint() {
    return "lower --nll-samples, or measure fewer rows with --split validation";
  }
}
