package org.javae.core.evaluate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.DoubleConsumer;
import org.javae.core.config.Nearest;
import org.javae.core.data.Loader;
import org.javae.core.distribution.Distribution;
import org.javae.core.divergence.KullbackLeibler;
import org.javae.core.model.Batch;
import org.javae.core.model.Conditional;
import org.javae.core.model.Decodes;
import org.javae.core.model.Encodes;
import org.javae.core.model.LatentVariableModel;
import org.javae.core.model.Loss;
import org.javae.core.model.Model;
import org.javae.core.model.Scores;
import org.javae.core.train.BatchSource;
import org.javae.core.train.Step;
import org.javae.core.train.Validator;
import org.javae.tensor.Autograd;
import org.javae.tensor.Rng;
import org.javae.tensor.Scope;
import org.javae.tensor.Tensor;
import org.javae.tensor.UserException;

/** Measures any model with the same code: what does not apply to it stays empty. */
public final class Evaluator {
  /** Names for {@code --metrics}. */
  public static final List<String> METRICS =
      List.of(
          "elbo",
          "nll",
          "reconstruction",
          "kl",
          "kl_per_dimension",
          "active_units",
          "mutual_information",
          "perplexity",
          "mse");

  private static final int MI_ROWS = 2000;

  private Evaluator() {}

  /**
   * How to evaluate.
   *
   * @param nllSamples importance samples, 0 for no estimate (an exact likelihood is always given)
   * @param wanted names out of {@link #METRICS}; empty for all
   */
  public record Options(int nllSamples, long seed, int batch, Set<String> wanted) {
    public Options {
      for (String m : wanted) {
        if (!METRICS.contains(m)) {
          throw UserException.usage("unknown metric '%s'; %s", m, Nearest.suggestion(m, METRICS));
        }
      }
      if (nllSamples < 0) {
        throw UserException.usage("--nll-samples is %d; it must be 0 or more", nllSamples);
      }
    }

    /** Everything but the importance-sampling estimate. */
    public static final Options DEFAULTS = new Options(0, 0, 500, Set.of());

    boolean wants(String metric) {
      return wanted.isEmpty() || wanted.contains(metric);
    }
  }

  /**
   * Measures the model on all rows of the loader.
   *
   * @param progress told the fraction done
   */
  public static Metrics evaluate(Model<?> model, Loader rows, Options o, DoubleConsumer progress) {
    Rng rng = Rng.of(o.seed()).split("evaluate");
    boolean latent = model instanceof LatentVariableModel || model instanceof Conditional;
    Sums s = new Sums();
    List<Tensor> codes = new ArrayList<>();
    // Importance sampling wants few rows with many samples; the chunking inside bounds memory
    // either way.
    boolean sampled = o.nllSamples() > 0 && o.wants("nll") && latent && !(model instanceof Scores);
    int batch = sampled ? Math.min(o.batch(), 100) : o.batch();
    int batches = rows.batches(batch);
    for (int i = 0; i < batches; i++) {
      int index = i;
      Tensor code =
          Autograd.off(
              () ->
                  Scope.run(() -> measure(model, rows.batch(0, index, batch), o, sampled, rng, s)));
      if (code != null) {
        codes.add(code);
      }
      progress.accept((i + 1.0) / batches);
    }
    Double mi = null;
    if (latent && o.wants("mutual_information")) {
      mi =
          Scope.run(
              () -> {
                int[] some = rows.rows(0, Math.min(rows.size(), MI_ROWS));
                Batch b = rows.read(some, 0);
                return Estimators.mutualInformation(
                    Conditional.view(model, b), b.x(), rng.split("mi"));
              });
    }
    boolean text = model.data().isText();
    boolean exact = model instanceof Scores;
    return new Metrics(
        latent && o.wants("elbo") ? (Double) (-s.mean(s.reconstruction) - s.mean(s.kl)) : null,
        exact && o.wants("nll") || sampled ? (Double) s.mean(s.nll) : null,
        sampled ? (Integer) o.nllSamples() : exact && o.wants("nll") ? (Integer) 0 : null,
        o.wants("reconstruction") && (latent || model instanceof Decodes)
            ? (Double) s.mean(s.reconstruction)
            : null,
        latent && o.wants("kl") ? (Double) s.mean(s.kl) : null,
        s.klPerDimension != null && o.wants("kl_per_dimension")
            ? Arrays.stream(s.klPerDimension).map(v -> v / s.n).toArray()
            : null,
        !codes.isEmpty() && latent && o.wants("active_units")
            ? (Integer) Estimators.activeUnits(codes)
            : null,
        mi,
        text && latent && o.wants("perplexity")
            ? (Double) Math.exp((sampled ? s.nll : s.reconstruction + s.kl) / s.tokens)
            : null,
        (latent || model instanceof Decodes) && !text && o.wants("mse")
            ? (Double) (s.squared / s.elements)
            : null);
  }

  private static final class Sums {
    double n;
    double reconstruction;
    double kl;
    double nll;
    double squared;
    double elements;
    double tokens;
    double[] klPerDimension;

    double mean(double sum) {
      return sum / n;
    }
  }

  private static Tensor measure(
      Model<?> model, Batch batch, Options o, boolean sampled, Rng rng, Sums s) {
    Tensor x = batch.x();
    LatentVariableModel m = Conditional.view(model, batch);
    Object subject = m == null ? model : m;
    s.n += x.size(0);
    Tensor code = null;
    if (subject instanceof Encodes e) {
      code = e.encode(x);
      if (model.data().isText()) {
        s.tokens += x.gt(0).to(org.javae.tensor.DType.INT64).sum().item();
      } else if (subject instanceof Decodes d) { // between words there are no differences
        double error =
            d.decode(code).minus(x).square().to(org.javae.tensor.DType.FLOAT64).sum().item();
        s.squared += error;
        s.elements += x.numel();
        if (m == null) {
          s.reconstruction += error;
        }
      }
    }
    if (m != null) {
      Distribution q = m.posterior(x);
      Tensor z = q.sample(rng.split("elbo"));
      s.reconstruction -= sum(m.likelihood(z).logProb(x));
      Tensor kl = KullbackLeibler.perElement(q, m.prior());
      if (kl == null) {
        s.kl += sum(q.logProb(z).minus(m.prior().logProb(z)));
      } else {
        double[] d = kl.to(org.javae.tensor.DType.FLOAT64).sum(0).toDoubles();
        s.klPerDimension = s.klPerDimension == null ? new double[d.length] : s.klPerDimension;
        for (int j = 0; j < d.length; j++) {
          s.klPerDimension[j] += d[j];
          s.kl += d[j];
        }
      }
      if (sampled) {
        s.nll -= Estimators.logLikelihood(m, x, o.nllSamples(), rng.split("nll")).sum().item();
      }
    }
    if (model instanceof Scores exact) {
      s.nll -= sum(exact.logProb(x));
    }
    return code;
  }

  private static double sum(Tensor t) {
    return t.to(org.javae.tensor.DType.FLOAT64).sum().item();
  }

  /** Mean loss terms at the schedules' end, the ELBO and active units: for the end of an epoch. */
  public static Validator<Batch> validator(int batchSize) {
    return (model, rows, rng) -> validate(model, rows, rng, batchSize);
  }

  private static Map<String, Double> validate(
      Model<Batch> model, BatchSource<Batch> rows, Rng rng, int batchSize) {
    Map<String, Double> sums = new LinkedHashMap<>();
    List<Tensor> codes = new ArrayList<>();
    Step step = Step.evaluation(rng);
    for (int i = 0; i < rows.batches(batchSize); i++) {
      int index = i;
      Tensor code =
          Autograd.off(
              () ->
                  Scope.run(
                      () -> {
                        Batch b = rows.batch(0, index, batchSize);
                        Loss loss = model.loss(b, step);
                        sums.merge("loss", sum(loss.total()), Double::sum);
                        loss.terms().forEach((k, t) -> sums.merge(k, sum(t), Double::sum));
                        LatentVariableModel m = Conditional.view(model, b);
                        return m == null ? null : m.encode(b.x());
                      }));
      if (code != null) {
        codes.add(code);
      }
    }
    sums.replaceAll((k, v) -> v / rows.size());
    if (sums.containsKey("nll") && sums.containsKey("kl")) {
      sums.put("elbo", -sums.get("nll") - sums.get("kl"));
    }
    if (!codes.isEmpty()) {
      sums.put("active_units", (double) Estimators.activeUnits(codes));
    }
    return sums;
  }
}
