package org.javae.core.evaluate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.DoubleConsumer;
import java.util.stream.IntStream;
import org.javae.core.data.Dataset.Annotation;
import org.javae.core.data.Dataset.Column;
import org.javae.core.data.Loader;
import org.javae.core.distribution.Distribution;
import org.javae.core.evaluate.MultimodalReport.Coherence;
import org.javae.core.evaluate.MultimodalReport.Factorisation;
import org.javae.core.evaluate.MultimodalReport.Likelihoods;
import org.javae.core.evaluate.MultimodalReport.Pattern;
import org.javae.core.evaluate.MultimodalReport.Probe;
import org.javae.core.evaluate.MultimodalReport.ViewLikelihood;
import org.javae.core.model.Batch;
import org.javae.core.model.Conditional;
import org.javae.core.model.LatentVariableModel;
import org.javae.core.model.Model;
import org.javae.core.model.Multimodal;
import org.javae.core.model.View;
import org.javae.tensor.Autograd;
import org.javae.tensor.DType;
import org.javae.tensor.Rng;
import org.javae.tensor.Scope;
import org.javae.tensor.Tensor;

/**
 * Everything asked of a model of several views, in one report: joint, conditional and marginal
 * likelihoods and synergy (after Shi et al., 2019), reconstruction by which views are seen,
 * coherence of what is generated, and what linear probes read out of the codes (both after Sutter
 * et al., 2021). All are written over {@link Multimodal#given}; a model brings nothing of its own.
 */
public final class Multimodality {
  /** Names for {@code --metrics}. */
  public static final List<String> METRICS =
      List.of("likelihoods", "patterns", "coherence", "probe", "factorisation");

  /** All of them. */
  public static final String EVERYTHING = "multimodal";

  /** Those that need labels and train something; the others are always measured. */
  private static final Set<String> ON_REQUEST = Set.of("coherence", "probe", "factorisation");

  /** Training rows the probes look at. */
  private static final int PROBE_ROWS = 5000;

  private final ViewSubsets s;
  private final Model<?> model;
  private final Loader rows;
  private final Options options;
  private final Rng rng;

  private Multimodality(Model<?> model, Loader rows, Options options) {
    this.s = new ViewSubsets(model);
    this.model = model;
    this.rows = rows;
    this.options = options;
    this.rng = Rng.of(options.seed).split("multimodal");
    ViewSubsets.needRows(rows);
  }

  /**
   * What to measure.
   *
   * @param samples importance samples, 0 for no likelihoods
   * @param batch observations at once
   * @param wanted names out of {@link #METRICS} or {@link #EVERYTHING}; empty for what needs no
   *     labels
   */
  public record Options(int samples, long seed, int batch, Set<String> wanted) {
    /** Whether a metric is to be measured. */
    public boolean wants(String metric) {
      return wanted.isEmpty()
          ? !ON_REQUEST.contains(metric)
          : wanted.contains(metric) || wanted.contains(EVERYTHING);
    }

    /** Whether any is. */
    public boolean wantsAny() {
      return METRICS.stream().anyMatch(this::wants);
    }
  }

  /** Where the judges of coherence come from; asked only if they are needed. */
  public interface Judges {
    ViewJudges get(DoubleConsumer progress);
  }

  /**
   * Measures.
   *
   * @param train rows the probes are fitted to
   * @param judges of coherence
   * @param progress told the fraction done
   */
  public static MultimodalReport evaluate(
      Model<?> model,
      Loader rows,
      Loader train,
      Judges judges,
      Options options,
      DoubleConsumer progress) {
    Multimodality m = new Multimodality(model, rows, options);
    List<String> todo = METRICS.stream().filter(options::wants).toList();
    DoubleConsumer[] part = new DoubleConsumer[todo.size()];
    for (int i = 0; i < part.length; i++) {
      int done = i;
      part[i] = f -> progress.accept((done + f) / part.length);
    }
    Likelihoods likelihoods =
        options.samples > 0 && options.wants("likelihoods")
            ? m.likelihoods(part[todo.indexOf("likelihoods")])
            : null;
    List<Pattern> patterns =
        options.wants("patterns") ? m.patterns(part[todo.indexOf("patterns")]) : null;
    Coherence coherence = null;
    if (options.wants("coherence")) {
      DoubleConsumer p = part[todo.indexOf("coherence")];
      ViewJudges j = judges.get(f -> p.accept(f / 2));
      coherence = m.coherence(j, f -> p.accept((1 + f) / 2));
    }
    Probe probe = options.wants("probe") ? m.probe(train, part[todo.indexOf("probe")]) : null;
    boolean factorised = ((Multimodal) model).privates() > 0;
    Factorisation factorisation =
        factorised && options.wants("factorisation") ? m.factorisation(train) : null;
    return new MultimodalReport(
        m.s.views().stream().map(View::name).toList(),
        rows.size(),
        likelihoods == null ? 0 : options.samples,
        likelihoods,
        patterns,
        coherence,
        probe,
        factorisation);
  }

  private interface Visitor {
    void batch(Batch b, boolean[][] there);
  }

  private void each(DoubleConsumer progress, Visitor v) {
    int n = rows.batches(options.batch);
    int[] done = {0};
    Autograd.off(
        () ->
            rows.each(
                options.batch,
                b -> {
                  v.batch(b, s.there(b));
                  progress.accept(++done[0] / (double) n);
                }));
  }

  // ---- likelihoods

  /**
   * Estimates of one batch from draws of q(z|x_S).
   *
   * @param marginal ln p(x_S)
   * @param predictive ln E_q p(xₘ|z) of every view
   */
  private record Estimates(double[] marginal, double[][] predictive) {}

  private Likelihoods likelihoods(DoubleConsumer progress) {
    int n = s.count();
    Set<Integer> needed = new LinkedHashSet<>();
    needed.add(s.all());
    for (int m = 0; m < n; m++) {
      needed.add(s.others(m));
      needed.add(s.with(m));
    }
    needed.removeIf(c -> c == 0 || !s.answered(c));
    Mean joint = new Mean();
    Mean[] marginal = Mean.many(n);
    Mean[] conditional = Mean.many(n);
    Mean[] all = Mean.many(n);
    Mean[] others = Mean.many(n);
    Mean[] itself = Mean.many(n);
    Rng r = rng.split("likelihoods");
    each(
        progress,
        (b, there) -> {
          Map<Integer, Estimates> of = new LinkedHashMap<>();
          for (int subset : needed) {
            of.put(subset, estimates(b, subset, r));
          }
          Estimates whole = of.get(s.all());
          for (int i = 0; i < there.length; i++) {
            if (!s.answered(there[i])) {
              continue;
            }
            joint.add(whole.marginal[i]);
            for (int m = 0; m < n; m++) {
              if (!there[i][m] || ViewSubsets.holds(s.conditions(), m)) {
                continue;
              }
              Estimates own = of.get(s.with(m));
              marginal[m].add(own.marginal[i]);
              itself[m].add(own.predictive[m][i]);
              all[m].add(whole.predictive[m][i]);
              if (several(there[i])) {
                Estimates rest = of.get(s.others(m));
                conditional[m].add(whole.marginal[i] - rest.marginal[i]);
                others[m].add(rest.predictive[m][i]);
              }
            }
          }
        });
    List<ViewLikelihood> views = new ArrayList<>();
    for (int m = 0; m < n; m++) {
      if (ViewSubsets.holds(s.conditions(), m)) {
        continue;
      }
      Map<String, Double> given = new LinkedHashMap<>();
      put(given, "all", all[m].value());
      put(given, "others", others[m].value());
      put(given, "itself", itself[m].value());
      put(given, "none", marginal[m].value());
      views.add(
          new ViewLikelihood(
              s.views().get(m).name(), marginal[m].value(), conditional[m].value(), given));
    }
    return new Likelihoods(joint.value(), views);
  }

  private static boolean several(boolean[] there) {
    return IntStream.range(0, there.length).filter(m -> there[m]).count() > 1;
  }

  /** One set of draws serves the marginal of what is seen and the prediction of everything. */
  private Estimates estimates(Batch b, int subset, Rng r) {
    Tensor x = b.x();
    int batch = Math.toIntExact(b.size());
    int n = s.count();
    int k = options.samples;
    return Scope.run(
        () -> {
          Tensor present = s.present(b, subset).to(DType.FLOAT64);
          LatentVariableModel seeing = s.seeing(b, subset);
          Distribution q = seeing.posterior(x);
          int chunk = Estimators.samplesAtOnce(x, k);
          Tensor total = null;
          for (int done = 0; done < k; done += chunk) {
            int now = Math.min(chunk, k - done);
            Tensor before = total;
            total =
                Scope.run(
                    () -> {
                      Distribution.Drawn z = q.sampled(r, now);
                      List<Tensor> p = s.logLikelihoods(seeing, z.value(), x.repeatBatch(now));
                      Tensor w =
                          Conditional.rows(seeing.prior(), z.value().size(0))
                              .logProb(z.value())
                              .minus(z.logProb())
                              .to(DType.FLOAT64);
                      List<Tensor> sums = new ArrayList<>();
                      for (int m = 0; m < n; m++) {
                        w = w.plus(p.get(m).times(present.select(1, m).repeatBatch(now)));
                        sums.add(p.get(m).reshape(now, batch).logSumExp(0));
                      }
                      sums.add(w.reshape(now, batch).logSumExp(0));
                      Tensor here = Tensor.stack(sums, 0);
                      return before == null ? here : before.logAddExp(here);
                    });
          }
          double[] flat = total.minus(Math.log(k)).toDoubles();
          double[][] predictive = new double[n][];
          for (int m = 0; m < n; m++) {
            predictive[m] = Arrays.copyOfRange(flat, m * batch, (m + 1) * batch);
          }
          return new Estimates(Arrays.copyOfRange(flat, n * batch, flat.length), predictive);
        });
  }

  // ---- reconstruction by what is seen

  private List<Pattern> patterns(DoubleConsumer progress) {
    List<Integer> subsets = s.chosen(rng);
    int n = s.count();
    Map<Integer, Mean[]> errors = new LinkedHashMap<>();
    Map<Integer, Mean[]> likelihoods = new LinkedHashMap<>();
    Map<Integer, int[]> counts = new LinkedHashMap<>();
    for (int subset : subsets) {
      errors.put(subset, Mean.many(n));
      likelihoods.put(subset, Mean.many(n));
      counts.put(subset, new int[1]);
    }
    Rng r = rng.split("patterns");
    each(
        progress,
        (b, there) -> {
          for (int subset : subsets) {
            Scope.run(
                () -> {
                  LatentVariableModel seeing = s.seeing(b, subset);
                  Tensor z = seeing.posterior(b.x()).sample(r);
                  Tensor y = seeing.likelihood(z).mean();
                  List<Tensor> p = s.logLikelihoods(seeing, z, b.x());
                  boolean[] has = new boolean[there.length];
                  for (int i = 0; i < has.length; i++) {
                    has[i] = hasAll(there[i], subset);
                    counts.get(subset)[0] += has[i] ? 1 : 0;
                  }
                  for (int m = 0; m < n; m++) {
                    if (ViewSubsets.holds(s.conditions(), m)) {
                      continue;
                    }
                    double[] e = error(s.views().get(m), b.x(), y);
                    double[] l = p.get(m).toDoubles();
                    for (int i = 0; i < has.length; i++) {
                      if (has[i] && there[i][m]) {
                        errors.get(subset)[m].add(e[i]);
                        likelihoods.get(subset)[m].add(l[i]);
                      }
                    }
                  }
                });
          }
        });
    List<Pattern> r2 = new ArrayList<>();
    for (int subset : subsets) {
      r2.add(
          new Pattern(
              s.names(subset),
              counts.get(subset)[0],
              named(errors.get(subset)),
              named(likelihoods.get(subset))));
    }
    return r2;
  }

  private Map<String, Double> named(Mean[] means) {
    Map<String, Double> r = new LinkedHashMap<>();
    for (int m = 0; m < means.length; m++) {
      put(r, s.views().get(m).name(), means[m].value());
    }
    return r;
  }

  private static void put(Map<String, Double> into, String name, Double value) {
    if (value != null) {
      into.put(name, value);
    }
  }

  private static boolean hasAll(boolean[] there, int subset) {
    for (int m = 0; m < there.length; m++) {
      if (ViewSubsets.holds(subset, m) && !there[m]) {
        return false;
      }
    }
    return true;
  }

  /** How wrong flat reconstructions y of x are in one view, an observation each. */
  private static double[] error(View v, Tensor x, Tensor y) {
    Tensor a = v.of(x).flatten();
    Tensor b = v.of(y).flatten();
    if (v.data().isText()) {
      Tensor word = a.gt(0).to(DType.FLOAT64);
      Tensor wrong = a.round().eq(b.round()).logicalNot().to(DType.FLOAT64).times(word);
      return wrong.sum(1).div(word.sum(1).clamp(1, 1e30)).toDoubles();
    }
    if (isCategory(v)) {
      return a.argmax(1).eq(b.argmax(1)).logicalNot().to(DType.FLOAT64).toDoubles();
    }
    return a.minus(b).to(DType.FLOAT64).square().mean(1).toDoubles();
  }

  /** Whether a view is one category. */
  static boolean isCategory(View v) {
    List<Column> c = v.data().columns();
    return c.size() == 1 && c.get(0).kind() == Column.Kind.CATEGORICAL;
  }

  // ---- coherence

  private Coherence coherence(ViewJudges judges, DoubleConsumer progress) {
    int n = s.count();
    Rng joint = rng.split("joint");
    Rng cross = rng.split("cross");
    Mean agree = new Mean();
    List<Integer> subsets = s.chosen(rng).stream().filter(c -> c != s.all()).toList();
    Map<Integer, Mean[]> right = new LinkedHashMap<>();
    subsets.forEach(c -> right.put(c, Mean.many(n)));
    each(
        progress,
        (b, there) -> {
          int[][] drawn = new int[n][];
          Scope.run(
              () -> {
                Tensor x = s.draws(b, joint);
                for (int m = 0; m < n; m++) {
                  drawn[m] = judges.classify(m, x);
                }
              });
          for (int i = 0; i < there.length; i++) {
            int draw = i;
            if (!s.answered(there[i])) {
              continue;
            }
            agree.add(
                IntStream.range(1, n).allMatch(m -> drawn[m][draw] == drawn[0][draw]) ? 1 : 0);
          }
          int[] labels = judges.labels(b);
          for (int subset : subsets) {
            Scope.run(
                () -> {
                  LatentVariableModel seeing = s.seeing(b, subset);
                  Tensor x = seeing.likelihood(seeing.posterior(b.x()).sample(cross)).mean();
                  for (int m = 0; m < n; m++) {
                    if (ViewSubsets.holds(subset, m)) {
                      continue;
                    }
                    int[] said = judges.classify(m, x);
                    for (int i = 0; i < said.length; i++) {
                      if (labels[i] >= 0 && hasAll(there[i], subset)) {
                        right.get(subset)[m].add(said[i] == labels[i] ? 1 : 0);
                      }
                    }
                  }
                });
          }
        });
    Map<String, Map<String, Double>> table = new LinkedHashMap<>();
    TreeMap<Integer, Mean> sizes = new TreeMap<>();
    for (int subset : subsets) {
      Map<String, Double> row = new LinkedHashMap<>();
      for (int m = 0; m < n; m++) {
        if (!ViewSubsets.holds(subset, m)) {
          Double v = right.get(subset)[m].value();
          if (v != null) {
            row.put(s.views().get(m).name(), v);
            sizes.computeIfAbsent(Integer.bitCount(subset), k -> new Mean()).add(v);
          }
        }
      }
      table.put(s.name(subset), row);
    }
    return new Coherence(
        judges.label().name(), judges.accuracies(), agree.value(), table, values(sizes));
  }

  private static List<Double> values(TreeMap<Integer, Mean> sizes) {
    return sizes.values().stream().map(Mean::value).toList();
  }

  // ---- probes

  /** Codes and labels of rows that have all of a subset and a label. */
  private record Coded(List<Tensor> codes, List<Integer> labels) {
    Tensor all() {
      return Tensor.cat(codes, 0);
    }

    int[] labelArray() {
      return labels.stream().mapToInt(Integer::intValue).toArray();
    }
  }

  private Coded codes(Loader from, int subset, Annotation label) {
    Coded c = new Coded(new ArrayList<>(), new ArrayList<>());
    int most = Math.min(from.size(), PROBE_ROWS);
    int[] chosen = from.rows(0, most);
    for (int at = 0; at < most; at += options.batch) {
      int[] part = Arrays.copyOfRange(chosen, at, Math.min(most, at + options.batch));
      Tensor z =
          Scope.run(
              () ->
                  Autograd.off(
                      () -> {
                        Batch b = from.read(part, 0);
                        boolean[][] there = s.there(b);
                        int[] good =
                            IntStream.range(0, part.length)
                                .filter(
                                    i -> hasAll(there[i], subset) && label.values()[part[i]] >= 0)
                                .toArray();
                        Arrays.stream(good).forEach(i -> c.labels.add(label.values()[part[i]]));
                        LatentVariableModel seeing = s.seeing(b, subset);
                        return good.length == 0
                            ? null
                            : seeing
                                .code(seeing.posterior(b.x()))
                                .indexSelect(0, Tensor.indices(good));
                      }));
      if (z != null) {
        c.codes.add(z);
      }
    }
    return c;
  }

  /** Dimensions that the views share, which come first. */
  private int shared() {
    return s.whole().latent() - ((Multimodal) model).privates() * s.count();
  }

  private Probe probe(Loader train, DoubleConsumer progress) {
    Annotation label = ViewJudges.label(rows.data());
    List<Integer> subsets = s.chosen(rng);
    Map<String, Double> table = new LinkedHashMap<>();
    TreeMap<Integer, Mean> sizes = new TreeMap<>();
    for (int i = 0; i < subsets.size(); i++) {
      int subset = subsets.get(i);
      Double accuracy =
          Scope.run(
              () -> {
                Coded a = codes(train, subset, label);
                Coded t = codes(rows, subset, label);
                return read(a, t, 0, shared(), label);
              });
      if (accuracy != null) {
        table.put(s.name(subset), accuracy);
        sizes.computeIfAbsent(Integer.bitCount(subset), k -> new Mean()).add(accuracy);
      }
      progress.accept((i + 1.0) / subsets.size());
    }
    int[] known =
        Arrays.stream(rows.rows(0, Math.min(PROBE_ROWS, rows.size())))
            .map(r -> label.values()[r])
            .filter(u -> u >= 0)
            .toArray();
    Double chance =
        known.length == 0 ? null : (Double) LinearProbe.chance(known, label.cardinality());
    return new Probe(label.name(), chance, table, values(sizes));
  }

  private Factorisation factorisation(Loader train) {
    Annotation label = ViewJudges.label(rows.data());
    int own = ((Multimodal) model).privates();
    return Scope.run(
        () -> {
          Coded a = codes(train, s.all(), label);
          Coded t = codes(rows, s.all(), label);
          Map<String, Double> privates = new LinkedHashMap<>();
          for (int m = 0; m < s.count(); m++) {
            put(privates, s.views().get(m).name(), read(a, t, shared() + m * own, own, label));
          }
          Double chance =
              t.labels.isEmpty()
                  ? null
                  : (Double) LinearProbe.chance(t.labelArray(), label.cardinality());
          return new Factorisation(label.name(), chance, read(a, t, 0, shared(), label), privates);
        });
  }

  /** Accuracy of a probe of some dimensions; null where no rows have what it takes. */
  private static Double read(Coded train, Coded test, int from, int width, Annotation label) {
    if (train.labels.isEmpty() || test.labels.isEmpty() || width == 0) {
      return null;
    }
    return LinearProbe.accuracy(
        train.all().narrow(1, from, width),
        train.labelArray(),
        test.all().narrow(1, from, width),
        test.labelArray(),
        label.cardinality());
  }

  /** A running mean; null of nothing. */
  private static final class Mean {
    private double sum;
    private long n;

    static Mean[] many(int count) {
      return IntStream.range(0, count).mapToObj(i -> new Mean()).toArray(Mean[]::new);
    }

    void add(double v) {
      sum += v;
      n++;
    }

    Double value() {
      return n == 0 ? null : (Double) (sum / n);
    }
  }
}
