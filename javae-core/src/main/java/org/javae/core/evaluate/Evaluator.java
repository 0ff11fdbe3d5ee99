package org.javae.core.evaluate;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.DoubleConsumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.javae.core.config.Nearest;
import org.javae.core.data.Dataset;
import org.javae.core.data.Loader;
import org.javae.core.distribution.DiscretisedLogistic;
import org.javae.core.distribution.Distribution;
import org.javae.core.distribution.Normal;
import org.javae.core.distribution.TopDown;
import org.javae.core.divergence.KullbackLeibler;
import org.javae.core.evaluate.disentangle.Disentanglement;
import org.javae.core.evaluate.sample.ImageQuality;
import org.javae.core.model.Batch;
import org.javae.core.model.Clusters;
import org.javae.core.model.Conditional;
import org.javae.core.model.Decodes;
import org.javae.core.model.DiscreteCodes;
import org.javae.core.model.Encodes;
import org.javae.core.model.LargeLatents;
import org.javae.core.model.LatentVariableModel;
import org.javae.core.model.Loss;
import org.javae.core.model.Model;
import org.javae.core.model.Multimodal;
import org.javae.core.model.Quantised;
import org.javae.core.model.Scores;
import org.javae.core.model.Unnormalised;
import org.javae.core.model.View;
import org.javae.core.train.BatchSource;
import org.javae.core.train.Step;
import org.javae.core.train.Validator;
import org.javae.core.train.Validator.Held;
import org.javae.tensor.Autograd;
import org.javae.tensor.DType;
import org.javae.tensor.Rng;
import org.javae.tensor.Scope;
import org.javae.tensor.Tensor;
import org.javae.tensor.UserException;

/** Measures any model with the same code: what does not apply to it stays empty. */
public final class Evaluator {
  /**
   * Those that are measured only when named: they take minutes where the others take seconds, or
   * are for some data only.
   */
  public static final Set<String> ON_REQUEST =
      Stream.of(
              List.of("ais", "ais_gap"),
              Disentanglement.NAMES,
              ImageQuality.OF_SAMPLES,
              ImageQuality.OF_RECONSTRUCTIONS)
          .flatMap(List::stream)
          .collect(
              Collectors.collectingAndThen(
                  Collectors.toCollection(LinkedHashSet::new), Collections::unmodifiableSet));

  /** Names for {@code --metrics}. */
  public static final List<String> METRICS =
      Stream.concat(
              Stream.of(
                  "elbo",
                  "nll",
                  "reconstruction",
                  "kl",
                  "kl_per_dimension",
                  "active_units",
                  "mutual_information",
                  "perplexity",
                  "codebook_usage",
                  "mse",
                  "mcc",
                  "bits_per_dimension",
                  "accuracy",
                  "nmi",
                  "ari"),
              ON_REQUEST.stream())
          .toList();

  /** Most observations whose codes are compared for the mutual information. */
  private static final int MI_ROWS = 2000;

  /** The same at the end of an epoch. */
  private static final int MI_ROWS_AN_EPOCH = 1000;

  /** Most observations annealed at once. */
  private static final int AIS_BATCH = 100;

  private Evaluator() {}

  /**
   * How to evaluate.
   *
   * @param nllSamples importance samples, 0 for no estimate (an exact likelihood is always given)
   * @param wanted names out of {@link #METRICS}; empty for all but {@link #ON_REQUEST}
   * @param ais how far to anneal; null for what suits the model
   * @param samples drawn to compare with data
   */
  public record Options(
      int nllSamples, long seed, int batch, Set<String> wanted, Ais.Settings ais, int samples) {
    /** Samples compared with data unless told. */
    public static final int SAMPLES = 2000;

    public Options {
      for (String m : wanted) {
        if (!METRICS.contains(m)
            && !Multimodality.METRICS.contains(m)
            && !m.equals(Multimodality.EVERYTHING)) {
          throw UserException.usage("unknown metric '%s'; %s", m, Nearest.suggestion(m, METRICS));
        }
      }
      if (nllSamples < 0) {
        throw UserException.usage("--nll-samples is %d; it must be 0 or more", nllSamples);
      }
      if (samples < 1) {
        throw UserException.usage("--samples is %d; it must be 1 or more", samples);
      }
    }

    /** With the usual number of samples. */
    public Options(int nllSamples, long seed, int batch, Set<String> wanted, Ais.Settings ais) {
      this(nllSamples, seed, batch, wanted, ais, SAMPLES);
    }

    /** With the usual annealing. */
    public Options(int nllSamples, long seed, int batch, Set<String> wanted) {
      this(nllSamples, seed, batch, wanted, null);
    }

    /** How far to anneal the codes of each observation. */
    Ais.Settings annealing() {
      return ais == null ? Ais.Settings.DEFAULTS : ais;
    }

    /** Everything but the importance-sampling estimate. */
    public static final Options DEFAULTS = new Options(0, 0, 500, Set.of());

    boolean wants(String metric) {
      return wanted.isEmpty() ? !ON_REQUEST.contains(metric) : wanted.contains(metric);
    }

    private boolean wantsAny(String... metrics) {
      return Arrays.stream(metrics).anyMatch(this::wants);
    }

    /** Whether anything is wanted that takes a pass over the rows. */
    private boolean wantsPass() {
      return METRICS.stream().anyMatch(m -> wants(m) && !ON_REQUEST.contains(m));
    }
  }

  /**
   * Measures the model on all rows of the loader.
   *
   * @param progress told the fraction done
   */
  public static Metrics evaluate(Model<?> model, Loader rows, Options o, DoubleConsumer progress) {
    Dataset.Sources sources = rows.data().sources().orElse(null);
    if (sources == null && o.wanted().contains("mcc")) {
      throw UserException.of(
          "mcc compares codes with the sources that made the data, and %s does not know its sources; it is for generated"
              + " data such as nonstationary",
          rows.data().name());
    }
    boolean units = !(model instanceof LatentVariableModel m) || m.euclidean();
    if (!units && o.wanted().contains("active_units")) {
      throw UserException.of(
          "active_units counts dimensions of Gaussian codes that vary, and the codes of this model are no such vectors; use"
              + " kl or mutual_information");
    }
    if (!units && o.wantsAny("ais", "ais_gap")) {
      throw UserException.of(
          "annealed importance sampling moves codes by straight steps, and the codes of this model live on a space that has"
              + " none; use --nll-samples");
    }
    Rng rng = Rng.of(o.seed()).split("evaluate");
    boolean latent = model instanceof LatentVariableModel || model instanceof Conditional;
    boolean energy = model instanceof Unnormalised;
    boolean anneals = o.wantsAny("ais", "ais_gap") && !energy;
    if (anneals && !latent) {
      throw UserException.of(
          "annealed importance sampling integrates over the codes of a latent-variable model, which this model is not; leave"
              + " out ais");
    }
    Sums s = new Sums(latent && o.wants("mutual_information") ? MI_ROWS : 0);
    // Importance sampling wants few rows with many samples; the chunking inside bounds memory
    // either way.
    boolean sampled = o.nllSamples() > 0 && o.wants("nll") && latent && !(model instanceof Scores);
    boolean normalises = energy && o.wantsAny("nll", "ais", "ais_gap");
    double share = !anneals && !normalises ? 1 : o.wantsPass() || normalises ? 0.1 : 0;
    if (o.wantsPass() || normalises) {
      int most = model instanceof LargeLatents l ? l.drawsAtOnce() : Integer.MAX_VALUE;
      int batch = Math.min(most, sampled ? Math.min(o.batch(), 100) : o.batch());
      int batches = rows.batches(batch);
      for (int i = 0; i < batches; i++) {
        int index = i;
        s.keep(
            Autograd.off(
                () ->
                    Scope.run(
                        () -> measure(model, rows.batch(0, index, batch), o, sampled, rng, s))));
        progress.accept(share * (i + 1) / batches);
      }
    }
    Double mi =
        latent && o.wants("mutual_information")
            ? s.information(model, rows, o.wanted().contains("mutual_information"), rng.split("mi"))
            : null;
    Double ais = null;
    Double gap = null;
    if (anneals) {
      double half = o.wants("ais") && o.wants("ais_gap") ? (1 - share) / 2 : 1 - share;
      if (o.wants("ais")) {
        ais = anneal(model, rows, o, rng.split("ais"), f -> progress.accept(share + half * f));
      }
      if (o.wants("ais_gap")) {
        double from = 1 - half;
        gap = gap(model, rows, o, rng.split("ais_gap"), f -> progress.accept(from + half * f));
      }
    }
    Double energyNll = null;
    if (normalises) {
      Unnormalised u = (Unnormalised) model;
      Ais.Settings settings =
          o.ais() == null ? new Ais.Settings(u.temperatures(), Partition.CHAINS) : o.ais();
      Partition z =
          Partition.estimate(
              u.path(),
              settings,
              rng.split("partition"),
              f -> progress.accept(share + (1 - share) * f));
      energyNll = s.mean(s.nll) + z.lower();
      ais = o.wants("ais") ? energyNll : null;
      gap = z.gap();
    }
    Clustering found = s.groups.isEmpty() ? null : clustering(s.groups, model, rows);
    Disentanglement factors =
        Disentanglement.NAMES.stream().anyMatch(o.wanted()::contains)
            ? Disentanglement.of(model, rows, o.batch(), o.wanted(), rng.split("disentanglement"))
            : null;
    boolean text = model.data().isText();
    boolean exact = model instanceof Scores;
    boolean discrete = model instanceof DiscreteCodes;
    boolean bound = latent || discrete;
    boolean decodes = bound || model instanceof Decodes;
    return new Metrics(
        bound && o.wants("elbo") ? (Double) (-s.mean(s.reconstruction) - s.mean(s.kl)) : null,
        energy && o.wants("nll")
            ? energyNll
            : exact && o.wants("nll") || sampled ? (Double) s.mean(s.nll) : null,
        sampled ? (Integer) o.nllSamples() : exact && o.wants("nll") ? (Integer) 0 : null,
        decodes && o.wants("reconstruction") ? (Double) s.mean(s.reconstruction) : null,
        bound && o.wants("kl") ? (Double) s.mean(s.kl) : null,
        s.klPerDimension != null && o.wants("kl_per_dimension")
            ? Arrays.stream(s.klPerDimension).map(v -> v / s.n).toArray()
            : null,
        !s.codes.isEmpty() && latent && units && o.wants("active_units")
            ? (Integer) Estimators.activeUnits(s.codes)
            : null,
        mi,
        text && latent && o.wants("perplexity")
            ? (Double) Math.exp((sampled ? s.nll : s.reconstruction + s.kl) / s.tokens)
            : discrete && o.wants("perplexity") ? (Double) s.usage.perplexity() : null,
        discrete && o.wants("codebook_usage") ? (Double) s.usage.usage() : null,
        decodes && !text && o.wants("mse") ? (Double) (s.squared / s.elements) : null,
        ais,
        gap,
        !s.codes.isEmpty() && sources != null && o.wants("mcc")
            ? (Double) correlation(s.codes, sources, rows)
            : null,
        (s.bytes || exact && model instanceof Quantised) && o.wants("bits_per_dimension")
            ? (Double)
                ((sampled || exact ? s.nll : s.reconstruction + s.kl) / s.dimensions / Math.log(2))
            : null,
        found != null && o.wants("accuracy") ? (Double) found.accuracy() : null,
        found != null && o.wants("nmi") ? (Double) found.nmi() : null,
        found != null && o.wants("ari") ? (Double) found.ari() : null,
        s.groups.isEmpty() ? null : s.groupSizes(Clusters.of(model).clusters()),
        factors,
        null); // pictures are compared in the data's units, which a run knows
  }

  /** Observations annealed at once. */
  private static int aisBatch(Loader rows, Options o) {
    return Math.min(AIS_BATCH, Estimators.rowsAtOnce(rows.shape().numel(), o.annealing().chains()));
  }

  /** −ln p(x) by annealed importance sampling. */
  private static double anneal(
      Model<?> model, Loader rows, Options o, Rng rng, DoubleConsumer progress) {
    int batch = aisBatch(rows, o);
    int batches = rows.batches(batch);
    double sum = 0;
    for (int i = 0; i < batches; i++) {
      int index = i;
      sum -=
          Scope.run(
              () -> {
                Batch b = rows.batch(0, index, batch);
                return Ais.logLikelihood(
                        Conditional.view(model, b),
                        b.x(),
                        o.annealing(),
                        rng,
                        f -> progress.accept((index + f) / batches))
                    .sum()
                    .item();
              });
    }
    return sum / rows.size();
  }

  /** Upper less lower bound on as many observations as there are rows, drawn from the model. */
  private static double gap(
      Model<?> model, Loader rows, Options o, Rng rng, DoubleConsumer progress) {
    int batch = aisBatch(rows, o);
    int batches = rows.batches(batch);
    double sum = 0;
    for (int i = 0; i < batches; i++) {
      int index = i;
      sum +=
          Scope.run(
              () -> {
                Batch b = rows.batch(0, index, batch);
                Ais.Sandwich w =
                    Ais.simulated(
                        Conditional.view(model, b),
                        (int) b.size(),
                        o.annealing(),
                        rng,
                        f -> progress.accept((index + f) / batches));
                return w.upper().minus(w.lower()).sum().item();
              });
    }
    return sum / rows.size();
  }

  /** The groups of the rows, in the loader's order, beside their labels; null without labels. */
  private static Clustering clustering(List<Integer> groups, Model<?> model, Loader rows) {
    Dataset.Annotation labels = rows.data().labels().orElse(null);
    if (labels == null) {
      return null;
    }
    int[] order = rows.rows(0, rows.size());
    return Clustering.of(
        groups.stream().mapToInt(g -> g).toArray(),
        Clusters.of(model).clusters(),
        Arrays.stream(order).map(r -> labels.values()[r]).toArray(),
        labels.cardinality());
  }

  /** What is kept of a batch: its codes, and its posteriors as far as they are wanted. */
  private record Kept(Tensor code, Normal posterior) {}

  /** Of the rows' codes, in the loader's order, with the sources of the same rows. */
  private static double correlation(List<Tensor> codes, Dataset.Sources sources, Loader rows) {
    int[] order = rows.rows(0, rows.size());
    int d = sources.dimension();
    float[] s = new float[order.length * d];
    for (int i = 0; i < order.length; i++) {
      System.arraycopy(sources.values(), order[i] * d, s, i * d, d);
    }
    int latent = (int) codes.get(0).size(1);
    return Scope.run(() -> MeanCorrelation.of(Tensor.cat(codes, 0).toFloats(), latent, s, d));
  }

  private static final class Sums {
    private final int informative;
    private final CodeUsage usage = new CodeUsage();
    private final List<Tensor> codes = new ArrayList<>();
    private final List<Tensor> means = new ArrayList<>();
    private final List<Tensor> logScales = new ArrayList<>();
    private int posteriors;
    private boolean whole;
    private boolean cheapDensity = true;
    private final List<Integer> groups = new ArrayList<>();
    double n;
    double reconstruction;
    double kl;
    double nll;
    double squared;
    double elements;
    double tokens;
    double dimensions;
    boolean bytes;
    double[] klPerDimension;

    /**
     * @param informative posteriors to keep for the mutual information
     */
    Sums(int informative) {
      this.informative = informative;
    }

    double mean(double sum) {
      return sum / n;
    }

    /** Each observation goes to the group most responsible for it. */
    void group(Clusters m, Tensor x) {
      for (long g : m.responsibilities(x).argmax(1).toLongs()) {
        groups.add(Math.toIntExact(g));
      }
    }

    int[] groupSizes(int k) {
      int[] sizes = new int[k];
      groups.forEach(g -> sizes[g]++);
      return sizes;
    }

    /**
     * @param z draws of q for a KL without closed form; null to leave such a one out
     * @return false if it was left out
     */
    boolean addKl(Distribution q, Distribution prior, Distribution.Drawn z) {
      Tensor each = KullbackLeibler.perElement(q, prior);
      if (each == null) {
        if (z != null) {
          Tensor whole = KullbackLeibler.whole(q, prior);
          kl += sum(whole != null ? whole : z.logProb().minus(prior.logProb(z.value())));
        }
        return z != null;
      }
      double[] d = each.to(DType.FLOAT64).sum(0).toDoubles();
      klPerDimension = klPerDimension == null ? new double[d.length] : klPerDimension;
      for (int j = 0; j < d.length; j++) {
        klPerDimension[j] += d[j];
        kl += d[j];
      }
      return true;
    }

    /** The first posteriors of those a mutual information is taken over; null for later ones. */
    Normal wanted(Distribution q) {
      cheapDensity = q.cheapDensity();
      // Of a hierarchy the top level's: a joint density for every pair of rows would cost a
      // descent.
      Distribution one = q instanceof TopDown t ? t.top().law() : q;
      if (!(one instanceof Normal normal) || posteriors >= informative) {
        return null;
      }
      Tensor mean = normal.mean();
      long some = Math.min(mean.size(0), informative - posteriors);
      Tensor logScale = normal.logScale().expand(mean.shape().toArray());
      return new Normal(mean.narrow(0, 0, some).copy(), logScale.narrow(0, 0, some).copy());
    }

    void keep(Kept k) {
      if (k.code() != null) {
        codes.add(k.code());
      }
      if (k.posterior() != null) {
        posteriors += (int) k.posterior().mean().size(0);
        means.add(k.posterior().mean());
        logScales.add(k.posterior().logScale());
      }
    }

    /**
     * Over the kept posteriors; other families than diagonal Gaussians are computed again.
     *
     * @return null where it is not to be had, unless it must be
     * @throws UserException if it must be
     */
    Double information(Model<?> model, BatchSource<Batch> rows, boolean must, Rng rng) {
      if (!cheapDensity && !must) {
        return null;
      }
      return Scope.run(
          () -> {
            if (!means.isEmpty()) {
              return Estimators.mutualInformation(
                  new Normal(Tensor.cat(means, 0), Tensor.cat(logScales, 0)), rng);
            }
            Batch b = rows.batch(0, 0, Math.min(rows.size(), informative));
            return Estimators.mutualInformation(Conditional.view(model, b), b.x(), rng);
          });
    }
  }

  private static Kept measure(
      Model<?> model, Batch batch, Options o, boolean sampled, Rng rng, Sums s) {
    Tensor x = batch.x();
    LatentVariableModel m = Conditional.view(model, batch);
    s.n += x.size(0);
    s.dimensions += x.numel();
    Tensor code = null;
    Normal kept = null;
    boolean text = model.data().isText();
    if (text) {
      s.tokens += x.gt(0).to(DType.INT64).sum().item();
    }
    if (m != null) {
      Distribution q = m.posterior(x);
      kept = s.wanted(q);
      code = m.code(q);
      if (o.wants("mse") && !text) { // between words there are no differences
        squaredError(m, code, x, counted(model, batch), s);
      }
      if (o.wantsAny(
          "elbo", "reconstruction", "kl", "kl_per_dimension", "perplexity", "bits_per_dimension")) {
        Distribution.Drawn z = q.sampled(rng.split("elbo"), 1);
        if (o.wantsAny("elbo", "reconstruction", "perplexity", "bits_per_dimension")) {
          Distribution p = m.likelihood(z.value());
          s.bytes = p instanceof DiscretisedLogistic;
          s.reconstruction -= sum(p.logProb(x));
        }
        s.addKl(q, m.prior(), z);
      }
      if (sampled) {
        Rng r = rng.split("nll");
        s.nll -= Estimators.logLikelihood(m, q, x, o.nllSamples(), r).sum().item();
      }
    } else if (model instanceof DiscreteCodes d) {
      bound(model, batch, rng, s);
      if (o.wants("mse")) {
        squaredError(d, d.encode(x), x, null, s);
      }
    } else if (model instanceof Encodes e) {
      code = e.encode(x);
      if (!text && model instanceof Decodes d && o.wantsAny("mse", "reconstruction")) {
        s.reconstruction += squaredError(d, code, x, null, s);
      }
    }
    if (model instanceof Scores exact && o.wantsAny("nll", "bits_per_dimension")) {
      s.nll -= sum(exact.logProb(x));
    }
    Clusters clusters = Clusters.of(model);
    if (clusters != null && o.wantsAny("accuracy", "nmi", "ari")) {
      s.group(clusters, x);
    }
    if (model instanceof Unnormalised energy) {
      s.nll -= sum(energy.logUnnormalised(x));
    }
    return new Kept(code, kept);
  }

  /** Both parts of the bound, and which entries were chosen, of a model with codebooks. */
  @SuppressWarnings("unchecked") // models with codes are models of one block
  private static void bound(Model<?> model, Batch batch, Rng rng, Sums s) {
    Loss loss = ((Model<Batch>) model).loss(batch, Step.evaluation(rng));
    s.reconstruction += sum(loss.terms().get("nll"));
    s.kl += sum(loss.terms().get("kl"));
    s.usage.add(loss);
  }

  /**
   * Which elements a squared error is taken over, {@code [batch, elements]}: those of the views
   * that an observation has, words excepted, between which there are no differences; null for all.
   */
  private static Tensor counted(Model<?> model, Batch b) {
    if (b.present() == null || model.data().views().isEmpty()) {
      return null;
    }
    List<Tensor> parts = new ArrayList<>();
    for (int m = 0; m < model.data().views().size(); m++) {
      View v = model.data().views().get(m);
      boolean told = model instanceof Multimodal several && several.conditions().contains(m);
      Tensor there = b.present().narrow(1, m, 1).times(v.data().isText() || told ? 0 : 1);
      parts.add(there.expand(b.size(), v.length()));
    }
    return Tensor.cat(parts, 1);
  }

  private static double squaredError(Decodes d, Tensor code, Tensor x, Tensor counted, Sums s) {
    Tensor squares = d.decode(code).minus(x).square();
    double error = sum(counted == null ? squares : squares.times(counted));
    s.squared += error;
    s.elements += counted == null ? x.numel() : sum(counted);
    return error;
  }

  private static double sum(Tensor t) {
    return t.to(DType.FLOAT64).sum().item();
  }

  /**
   * Mean loss terms at the schedules' end, the ELBO, active units, KL by dimension and mutual
   * information: for the end of an epoch. Each observation is encoded once.
   */
  public static Validator<Batch> validator(int batchSize) {
    return (model, rows, rng) -> validate(model, rows, rng, batchSize);
  }

  private static Held validate(
      Model<Batch> model, BatchSource<Batch> rows, Rng rng, int batchSize) {
    Map<String, Double> means = new LinkedHashMap<>();
    boolean latent = model instanceof LatentVariableModel || model instanceof Conditional;
    Sums s = new Sums(latent ? MI_ROWS_AN_EPOCH : 0);
    Step step = Step.evaluation(rng);
    for (int i = 0; i < rows.batches(batchSize); i++) {
      int index = i;
      s.keep(
          Autograd.off(
              () ->
                  Scope.run(
                      () -> {
                        Batch b = rows.batch(0, index, batchSize);
                        Loss loss = model.loss(b, step);
                        means.merge("loss", sum(loss.total()), Double::sum);
                        loss.terms().forEach((k, t) -> means.merge(k, sum(t), Double::sum));
                        s.n += b.size();
                        s.usage.add(loss);
                        Clusters clusters = Clusters.of(model);
                        if (clusters != null) {
                          s.group(clusters, b.x());
                        }
                        LatentVariableModel m = Conditional.view(model, b);
                        if (m == null) {
                          return new Kept(null, null);
                        }
                        Distribution q =
                            loss.posterior() == null ? m.posterior(b.x()) : loss.posterior();
                        // A prior whose KL the loss has estimated already may be costly to build.
                        boolean known = loss.terms().containsKey("kl");
                        if (!known || !s.whole) {
                          s.whole =
                              !s.addKl(q, m.prior(), known ? null : q.sampled(rng.split("kl"), 1));
                        }
                        return new Kept(m.code(q), s.wanted(q));
                      })));
    }
    means.replaceAll((k, v) -> v / rows.size());
    if (means.containsKey("nll") && means.containsKey("kl")) {
      means.put("elbo", -means.get("nll") - means.get("kl"));
    }
    if (!s.usage.isEmpty()) {
      s.usage.metrics().forEach((k, v) -> means.put(k, readable(v)));
    }
    if (!s.groups.isEmpty() && rows instanceof Loader l) {
      Clustering found = clustering(s.groups, model, l);
      if (found != null) {
        means.put("accuracy", found.accuracy());
      }
      int[] sizes = s.groupSizes(Clusters.of(model).clusters());
      means.put("clusters_in_use", (double) Arrays.stream(sizes).filter(n -> n > 0).count());
    }
    if (!latent) {
      return Held.of(means);
    }
    means.putIfAbsent("kl", s.mean(s.kl));
    if (!(model instanceof LatentVariableModel m) || m.euclidean()) {
      means.put("active_units", (double) Estimators.activeUnits(s.codes));
    }
    // The same noise every epoch: a difference between epochs is then the model's.
    Rng same = Rng.of(0).split("validation").split("mutual information");
    Double information = s.information(model, rows, false, same);
    if (information != null) {
      means.put("mutual_information", information);
    }
    return new Held(
        means,
        s.klPerDimension == null
            ? List.of()
            : Arrays.stream(s.klPerDimension).mapToObj(v -> readable(v / s.n)).toList());
  }

  /** Five significant digits: a line of metrics is also read by people. */
  private static double readable(double v) {
    return Double.isFinite(v) ? new BigDecimal(v).round(new MathContext(5)).doubleValue() : v;
  }
}
