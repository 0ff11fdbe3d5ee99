package org.javae.experiment.reproduce;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.DoubleConsumer;
import org.javae.core.evaluate.Evaluator;
import org.javae.core.evaluate.ViewFigures;
import org.javae.core.io.AtomicFiles;
import org.javae.core.io.Json;
import org.javae.core.io.ModelFolder;
import org.javae.core.train.TrainListener;
import org.javae.core.train.TrainResult;
import org.javae.core.train.TrainResult.Status;
import org.javae.experiment.Experiment;
import org.javae.experiment.Run;
import org.javae.experiment.Settings;
import org.javae.tensor.Engine;
import org.javae.tensor.UserException;

/**
 * Runs experiments: trains every seed through {@link Experiment}, measures it through {@link Run},
 * averages, judges. A run lies in {@code OUT/ID/seed-N}; a finished one whose settings are still
 * the recipe's is used again, an unfinished one continues if asked to.
 */
public final class Reproduction {
  private static final String ATTEMPT = "reproduce.json";
  private static final int EVALUATION_BATCH = 500;

  /** The seed of the evaluation's samples, as {@code javae evaluate} has it. */
  private static final long EVALUATION_SEED = 0;

  /** The experiments were stopped by {@link #requestStop}; the run folder continues with resume. */
  public static final class Stopped extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Stopped() {
      super("stopped on request", null, false, false);
    }
  }

  /** Hears of an experiment's progress; training reports through {@link TrainListener}. */
  public interface Listener extends TrainListener {
    /** A run begins. */
    default void run(String id, long seed, int index, int of) {}

    /** A trained run is being measured. */
    default DoubleConsumer measuring(String id) {
      return done -> {};
    }
  }

  /**
   * A trained and perhaps measured seed, kept in its run folder.
   *
   * @param metrics empty until it is measured
   */
  private record Attempt(
      String date,
      int threads,
      String status,
      int epochs,
      double seconds,
      String split,
      int nllSamples,
      int n,
      double evaluationSeconds,
      Map<String, Double> metrics) {
    boolean measured(Recipe.Measure m) {
      return !metrics.isEmpty() && split.equals(m.split()) && nllSamples == m.nllSamples();
    }
  }

  private final Recipes recipes;
  private final Results table;
  private final Path out;
  private final boolean quick;
  private final boolean resume;
  private final Listener listener;
  private final Map<String, Row> done = new LinkedHashMap<>();
  private volatile boolean stop;
  private volatile Experiment running;

  /**
   * @param table where rows are looked up and written; null for none
   * @param out folder of the run folders
   * @param quick run the quick variants
   * @param resume continue unfinished runs
   */
  public Reproduction(
      Recipes recipes, Results table, Path out, boolean quick, boolean resume, Listener listener) {
    this.recipes = recipes;
    this.table = table;
    this.out = out;
    this.quick = quick;
    this.resume = resume;
    this.listener = listener;
  }

  /** Asks for an end as soon as the run folder is consistent: {@link #run} throws Stopped. */
  public void requestStop() {
    stop = true;
    Experiment e = running;
    if (e != null) {
      e.requestStop();
    }
  }

  /**
   * Runs experiments one after the other, and first those they are compared with unless the table
   * holds them already. Everything that can be checked at once is checked before the first starts.
   *
   * @param each told of every row as soon as it is there, also of those compared with
   * @return the rows of {@code ids}, in their order
   * @throws UserException if an experiment's model, keys or data are not there
   * @throws Stopped after {@link #requestStop}
   */
  public List<Row> run(List<String> ids, Consumer<Row> each) {
    Set<String> all = new LinkedHashSet<>();
    ids.forEach(id -> plan(id, all));
    for (String id : all) {
      Recipe r = recipe(id);
      r.settings(r.seedList().get(0));
      r.requireData();
      r.seedList().forEach(seed -> finished(folder(r, seed), r.settings(seed)));
    }
    for (String id : all) {
      Row row = run(recipe(id));
      done.put(id, row);
      if (table != null) {
        table.put(row, recipes.ids());
      }
      each.accept(row);
    }
    return ids.stream().map(done::get).toList();
  }

  private Recipe recipe(String id) {
    Recipe r = recipes.get(id);
    return quick ? r.quickly() : r;
  }

  /** The experiment after those it is compared with. */
  private void plan(String id, Set<String> all) {
    Recipe r = recipes.get(id);
    if (!quick) { // which judges nothing
      for (Goal g : r.goals()) {
        if (g.other() != null && !known(g.other())) {
          plan(g.other(), all);
        }
      }
    }
    all.add(id);
  }

  private boolean known(String id) {
    return table != null && table.find(id).filter(row -> row.of(recipes.get(id))).isPresent();
  }

  private Map<String, Double> metrics(String id) {
    Row here = done.get(id);
    return here != null ? here.metrics() : table.find(id).orElseThrow().metrics();
  }

  private Row run(Recipe r) {
    List<Long> seeds = r.seedList();
    List<Attempt> attempts = new ArrayList<>();
    for (int i = 0; i < seeds.size(); i++) {
      checkStop();
      listener.run(r.id(), seeds.get(i), i + 1, seeds.size());
      attempts.add(attempt(r, seeds.get(i)));
    }
    return row(r, seeds, attempts);
  }

  private void checkStop() {
    if (stop) {
      throw new Stopped();
    }
  }

  // ---- one seed

  private Path folder(Recipe r, long seed) {
    return out.resolve(r.id()).resolve("seed-" + seed);
  }

  private Attempt attempt(Recipe r, long seed) {
    Path folder = folder(r, seed);
    Settings settings = r.settings(seed);
    Path file = folder.resolve(ATTEMPT);
    boolean finished = finished(folder, settings);
    Attempt a = finished && Files.exists(file) ? Json.read(file, Attempt.class) : null;
    if (a != null && a.measured(r.evaluate())) {
      return a;
    }
    if (finished && a == null) {
      // Stopped between the end of training and the note of it: continuing a finished training
      // costs nothing and says how it ended.
      a = train(r, settings, folder, true);
    } else if (!finished) {
      a = train(r, settings, folder, Files.exists(folder.resolve(Experiment.CONFIG)));
    }
    AtomicFiles.writeString(file, Json.pretty(a));
    a = measure(r, folder, a);
    AtomicFiles.writeString(file, Json.pretty(a));
    return a;
  }

  /**
   * Whether the folder holds a finished run of these settings.
   *
   * @throws UserException if it holds other settings, or an unfinished run that is not to continue
   */
  private boolean finished(Path folder, Settings wanted) {
    Path config = folder.resolve(Experiment.CONFIG);
    if (!Files.exists(config)) {
      return false;
    }
    Settings there = Settings.read(config, null, null);
    String other =
        there.model().equals(wanted.model()) ? there.difference(wanted) : "model=" + there.model();
    if (other != null) {
      throw UserException.of(
          "%s holds a run with %s, which the experiment no longer has; choose another --out, or remove that folder",
          folder, other);
    }
    if (Files.exists(folder.resolve(ModelFolder.DESCRIPTION))) {
      return true;
    }
    if (!resume) {
      throw UserException.of(
          "%s holds an unfinished run; continue it with --resume, or choose another --out", folder);
    }
    return false;
  }

  private Attempt train(Recipe r, Settings settings, Path folder, boolean continued) {
    try (Experiment e = Experiment.prepare(settings, sentence -> {})) {
      running = e;
      checkStop(); // a request that came before there was anything to ask
      TrainResult result = e.train(folder, continued, listener).result();
      if (result.status() == Status.INTERRUPTED) {
        throw new Stopped();
      }
      return new Attempt(
          LocalDate.now().toString(),
          Engine.threads(),
          result.status().name().toLowerCase(Locale.ROOT),
          result.epochs(),
          result.seconds(),
          r.evaluate().split(),
          r.evaluate().nllSamples(),
          0,
          0,
          Map.of());
    } finally {
      running = null;
    }
  }

  private Attempt measure(Recipe r, Path folder, Attempt a) {
    Evaluator.Options options =
        new Evaluator.Options(
            r.evaluate().nllSamples(), EVALUATION_SEED, EVALUATION_BATCH, Set.of());
    DoubleConsumer progress = listener.measuring(r.id());
    try (Run run = Run.open(folder)) {
      Run.Evaluation e =
          run.evaluate(
              r.evaluate().split(),
              options,
              part -> {
                checkStop();
                progress.accept(part);
              });
      Map<String, Double> metrics = new LinkedHashMap<>();
      ObjectNode all = figures(e);
      Set<String> more = r.onRequest(all::has);
      if (!more.isEmpty()) {
        Evaluator.Options named =
            new Evaluator.Options(
                r.evaluate().nllSamples(), EVALUATION_SEED, EVALUATION_BATCH, more);
        all.setAll(figures(run.evaluate(r.evaluate().split(), named, part -> checkStop())));
      }
      all.remove("nll_samples");
      for (Map.Entry<String, JsonNode> m : all.properties()) {
        // Not a number is written as null: such a metric counts as not obtained.
        if (m.getValue().isNumber()) {
          metrics.put(m.getKey(), m.getValue().doubleValue());
        }
      }
      return new Attempt(
          a.date(),
          a.threads(),
          a.status(),
          a.epochs(),
          a.seconds(),
          r.evaluate().split(),
          r.evaluate().nllSamples(),
          e.n(),
          e.seconds(),
          metrics);
    }
  }

  /** All numbers of an evaluation by name. */
  private static ObjectNode figures(Run.Evaluation e) {
    ObjectNode all = Json.mapper().valueToTree(e.metrics());
    if (e.multimodal() != null) {
      ViewFigures.of(e.multimodal()).forEach(all::put);
    }
    return all;
  }

  // ---- the row

  private Row row(Recipe r, List<Long> seeds, List<Attempt> attempts) {
    Map<String, Double> means = new LinkedHashMap<>();
    for (String m : attempts.get(0).metrics().keySet()) {
      if (attempts.stream().allMatch(a -> a.metrics().containsKey(m))) {
        means.put(
            m, attempts.stream().mapToDouble(a -> a.metrics().get(m)).average().orElseThrow());
      }
    }
    boolean diverged = attempts.stream().anyMatch(a -> a.status().equals(name(Status.DIVERGED)));
    Double obtained = means.get(r.metric());
    List<Double> each = new ArrayList<>();
    attempts.forEach(a -> each.add(a.metrics().get(r.metric())));
    List<Goal.Outcome> goals =
        r.goals().stream()
            .map(g -> quick ? g.unjudged(r, means) : g.judge(r, means, this::metrics))
            .toList();
    boolean met = !diverged && goals.stream().allMatch(Goal.Outcome::met);
    return new Row(
        r.id(),
        r.system(),
        r.citation(),
        quick,
        attempts.stream().map(Attempt::date).max(String::compareTo).orElseThrow(),
        seeds,
        attempts.get(0).threads(),
        r.trainCommand(),
        r.evaluateCommand(),
        r.binarisation(),
        attempts.get(0).n(),
        r.evaluate().nllSamples(),
        r.metric(),
        obtained,
        obtained == null || each.size() == 1 ? null : sd(each, obtained),
        each,
        r.published(),
        quick || obtained == null || r.published() == null
            ? null
            : obtained - r.published().value(),
        quick ? Row.QUICK : met ? Row.MET : Row.MISSED,
        goals,
        means,
        worst(attempts),
        attempts.stream().mapToInt(Attempt::epochs).average().orElseThrow(),
        attempts.stream().mapToDouble(Attempt::seconds).sum(),
        attempts.stream().mapToDouble(Attempt::evaluationSeconds).sum(),
        Experiment.version(),
        r.note());
  }

  private static double sd(List<Double> each, double mean) {
    double squares = each.stream().mapToDouble(v -> (v - mean) * (v - mean)).sum();
    return Math.sqrt(squares / (each.size() - 1));
  }

  private static String name(Status s) {
    return s.name().toLowerCase(Locale.ROOT);
  }

  /** The statuses are declared from the best to the worst. */
  private static String worst(List<Attempt> attempts) {
    return attempts.stream()
        .map(a -> Status.valueOf(a.status().toUpperCase(Locale.ROOT)))
        .max(Enum::compareTo)
        .map(Reproduction::name)
        .orElseThrow();
  }
}
