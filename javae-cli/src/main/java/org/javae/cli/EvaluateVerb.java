package org.javae.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.IntStream;
import org.javae.core.evaluate.Ais;
import org.javae.core.evaluate.Evaluator;
import org.javae.core.evaluate.Metrics;
import org.javae.core.evaluate.disentangle.Disentanglement;
import org.javae.core.evaluate.sample.ImageQuality;
import org.javae.experiment.Run;
import org.javae.experiment.Run.Evaluation;
import org.javae.experiment.Verdict;
import org.javae.tensor.UserException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "evaluate",
    description =
        "Measure a run: ELBO, NLL, reconstruction, KL, active units, mutual information, MSE, MCC, accuracy of clusters.",
    footer = {
      "",
      "Examples:",
      "  javae evaluate runs/vae-strokes-1",
      "  javae evaluate runs/vae-mnist-1 --split test --nll-samples 500 --json",
      "  javae evaluate runs/vae-mnist-1 --metrics elbo,kl --data other/mnist",
      "  javae evaluate runs/vae-mnist-1 --metrics ais,ais_gap,nll --ais-steps 1000 --limit 50",
      "  javae evaluate runs/vae-sprites-1 --split all --metrics mig,dci_disentanglement,sap",
      "  javae evaluate runs/vae-mnist-1 --metrics frechet,precision,recall,psnr,ssim --samples 2000",
      "",
      "Likelihoods are in nats an observation; the ELBO is to be maximised, the NLL minimised.",
      "ais is the NLL by annealed importance sampling, which needs no encoder; ais_gap how far its",
      "bounds from both sides stay apart on data drawn from the model. Both only when named.",
      "Of models of several views: likelihoods, patterns; when named also coherence, probe,",
      "factorisation, or multimodal for all of these."
    })
final class EvaluateVerb extends RunVerb {
  private static final int BATCH = 500;
  private static final int DIMENSIONS_SHOWN = 16;

  /** Annealing the usual ten thousand observations would take a day. */
  private static final int AIS_ROWS = 100;

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
      names = "--samples",
      paramLabel = "N",
      defaultValue = "2000",
      description =
          "Samples for frechet, precision and recall, and at most as many observations (default ${DEFAULT-VALUE}).")
  int drawn;

  @Option(
      names = "--limit",
      paramLabel = "N",
      description = "Measure at most N observations (default all; 100 for ais).")
  Integer limit;

  @Option(
      names = "--ais-steps",
      paramLabel = "N",
      description = "Temperatures of annealing (default 500; ten times its annealing for rbm).")
  Integer aisSteps;

  @Option(
      names = "--ais-chains",
      paramLabel = "C",
      description = "Chains an observation (default 16), or in all for rbm (100).")
  Integer aisChains;

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
    if (limit != null && limit < 1) {
      throw UserException.usage("--limit is %d; it must be 1 or more", limit);
    }
    Evaluator.Options options =
        new Evaluator.Options(samples, seed, BATCH, wanted, annealing(), drawn);
    boolean anneals = wanted.contains("ais") || wanted.contains("ais_gap");
    int most = limit != null ? limit : anneals ? AIS_ROWS : 0;
    try (Run r = open().withData(data)) {
      Bar bar = new Bar(terminal(), json);
      Evaluation e = r.evaluate(split, most, options, bar.percent("measuring"));
      bar.clear();
      if (json) {
        json(e);
      } else {
        show(e, r.latent());
        if (e.multimodal() != null) {
          ViewTables.of(e.multimodal()).forEach(this::print);
        }
        List<String> verdict = Verdict.of(e.metrics(), r.model(), r.rows(e.split(), most));
        for (int i = 0; i < verdict.size(); i++) {
          print((i == 0 ? "  verdict  " : "           ") + verdict.get(i));
        }
      }
    }
    return 0;
  }

  /** Null where nothing was said, so that what suits the model is taken. */
  private Ais.Settings annealing() {
    if (aisSteps == null && aisChains == null) {
      return null;
    }
    Ais.Settings usual = Ais.Settings.DEFAULTS;
    return new Ais.Settings(
        aisSteps == null ? usual.steps() : aisSteps,
        aisChains == null ? usual.chains() : aisChains);
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
          m.nllSamples() == null
              ? "nats, its normaliser by annealing"
              : exact ? "nats, exact" : "nats, by " + m.nllSamples() + " importance samples");
    }
    add(rows, "bits per dimension", m.bitsPerDimension(), "of the values' levels, exact");
    add(
        rows,
        "NLL by annealing",
        m.aisNll(),
        aisSteps == null && aisChains == null
            ? "nats"
            : "nats, "
                + Text.count(annealing().steps())
                + " steps, "
                + Text.count(annealing().chains(), "chain", "chains"));
    boolean energy = m.nll() != null && m.nllSamples() == null;
    add(
        rows,
        "gap of annealing",
        m.aisGap(),
        energy ? "nats, ln Z from both sides" : "nats, on data drawn from the model");
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
    if (m.codebookUsage() != null) {
      rows.add(
          List.of(
              "  codebook usage",
              String.format(Locale.ROOT, "%9.1f%%", 100 * m.codebookUsage()),
              "of the entries"
                  + (m.perplexity() == null
                      ? ""
                      : String.format(Locale.ROOT, ", perplexity %.1f", m.perplexity()))));
    } else if (m.perplexity() != null) {
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
    if (m.mcc() != null) {
      rows.add(
          List.of("  MCC", String.format(Locale.ROOT, "%10.4f", m.mcc()), "with the true sources"));
    }
    share(rows, "accuracy", m.accuracy(), "of clusters, at the best assignment to labels");
    share(rows, "NMI", m.nmi(), "of clusters and labels");
    share(rows, "ARI", m.ari(), "of clusters and labels");
    requested(rows, m);
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

  private static void share(List<List<String>> rows, String name, Double v, String of) {
    if (v != null) {
      rows.add(List.of("  " + name, String.format(Locale.ROOT, "%10.4f", v), of));
    }
  }

  /** What is measured only when named. */
  private static void requested(List<List<String>> rows, Metrics m) {
    Disentanglement d = m.disentanglement();
    if (d != null) {
      score(rows, "beta-VAE score", d.betaVaeScore(), "1 is best");
      score(rows, "FactorVAE score", d.factorVaeScore(), "1 is best");
      score(rows, "MIG", d.mig(), "1 is best");
      score(rows, "DCI disentanglement", d.dciDisentanglement(), "1 is best");
      score(rows, "DCI completeness", d.dciCompleteness(), "1 is best");
      score(rows, "DCI informativeness", d.dciInformativeness(), "accuracy");
      score(rows, "SAP", d.sap(), "1 is best");
      score(rows, "modularity", d.modularity(), "1 is best");
    }
    ImageQuality i = m.images();
    if (i != null) {
      score(rows, "Fréchet distance", i.frechet(), "of this data's own features, 0 is best");
      score(rows, "precision", i.precision(), "of the samples lie among the data");
      score(rows, "recall", i.recall(), "of the data lie among the samples");
      score(rows, "PSNR", i.psnr(), "dB, of reconstructions");
      score(rows, "SSIM", i.ssim(), "of reconstructions, 1 is best");
    }
  }

  private static void score(List<List<String>> rows, String name, Double v, String unit) {
    if (v != null) {
      rows.add(List.of("  " + name, String.format(Locale.ROOT, "%10.4f", v), unit));
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
