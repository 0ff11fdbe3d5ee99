package org.javae.experiment;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.DoubleConsumer;
import java.util.function.Supplier;
import org.javae.core.data.Loader;
import org.javae.core.data.Preprocessing;
import org.javae.core.evaluate.Evaluator;
import org.javae.core.evaluate.Metrics;
import org.javae.core.io.AtomicFiles;
import org.javae.core.io.Json;
import org.javae.core.io.ModelFolder;
import org.javae.core.model.Batch;
import org.javae.core.model.Conditional;
import org.javae.core.model.Decodes;
import org.javae.core.model.Encodes;
import org.javae.core.model.Generates;
import org.javae.core.model.LatentVariableModel;
import org.javae.core.model.Model;
import org.javae.core.model.Optional;
import org.javae.core.model.Scores;
import org.javae.core.model.Unnormalised;
import org.javae.core.train.TrainListener;
import org.javae.core.train.TrainResult;
import org.javae.core.train.TrainResult.Status;
import org.javae.tensor.Autograd;
import org.javae.tensor.Rng;
import org.javae.tensor.Scope;
import org.javae.tensor.Tensor;
import org.javae.tensor.UserException;

/**
 * Several models on the same split of the same data with the same budget, measured by the same
 * evaluator. What a model can and cannot do is read off the interfaces it implements, so that a new
 * catalogue entry needs nothing here.
 *
 * <p>Every model is trained into a run folder of its own under one folder. A comparison that was
 * stopped goes on where it was: finished models are taken from their folders, the one in training
 * from its checkpoint.
 */
public final class Comparison {
  /** What is remembered of a finished model, in its run folder. */
  private static final String ROW = "comparison.json";

  private static final int TIMED_ROWS = 500;
  private static final int TIMED_DRAWS = 100;
  private static final int REPETITIONS = 3;

  /** A first call that took longer in seconds is not repeated. */
  private static final double LONG = 2;

  private final Path folder;
  private final Map<String, Settings> models;
  private final Options options;
  private final Listener listener;
  private final Set<String> remarks = new HashSet<>();
  private volatile Experiment training;
  private volatile boolean stop;

  /**
   * @param models settings by the name that the table shows
   */
  public Comparison(Path folder, Map<String, Settings> models, Options options, Listener listener) {
    this.folder = folder;
    this.models = new LinkedHashMap<>(models);
    this.options = options;
    this.listener = listener;
  }

  /**
   * How to measure.
   *
   * @param nllSamples importance samples where the likelihood is not known exactly, 0 for the ELBO
   * @param rows most test observations, 0 for all
   */
  public record Options(@JsonProperty("nll_samples") int nllSamples, int rows, long seed) {}

  /** Hears how far the comparison is. */
  public interface Listener extends TrainListener {
    /**
     * A model's turn.
     *
     * @param number from 1
     * @param reused whether its finished run is taken as it is
     */
    void model(int number, int of, String name, boolean reused);

    /** Told the fraction of a model's measurement that is done. */
    void measuring(String name, double done);
  }

  /**
   * What is said of ln p(x).
   *
   * @param value mean over the rows, nats an observation
   * @param kind exact, estimated or bounded, and how
   * @param discrete whether it is a log-probability; else a log-density
   */
  public record Likelihood(double value, String kind, boolean discrete) {}

  /**
   * A line of the table. What does not apply to a model is null.
   *
   * @param status how training ended, {@code refused} if the model cannot take the data
   * @param reason a sentence, of what went wrong or why it ended early
   * @param seconds of training
   * @param mse squared error of decode(encode(x)) an element
   * @param samplingSeconds for one observation, drawn among many
   * @param samplingSteps passes through the model that must follow one another for a draw
   * @param inferenceSeconds for the code of one observation, encoded among many
   * @param parameters numbers that were trained or fitted
   * @param cannot what the model has no answer to
   * @param preparation what was done to the data before the model saw them
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Row(
      String name,
      String model,
      String run,
      String status,
      @Optional String reason,
      @Optional Integer epochs,
      @Optional Double seconds,
      @JsonProperty("seconds_per_epoch") @Optional Double secondsPerEpoch,
      @JsonProperty("log_likelihood") @Optional Likelihood likelihood,
      @Optional Double elbo,
      @Optional Double kl,
      @JsonProperty("active_units") @Optional Integer activeUnits,
      @Optional Double mse,
      @JsonProperty("sampling_seconds") @Optional Double samplingSeconds,
      @JsonProperty("sampling_steps") @Optional Long samplingSteps,
      @JsonProperty("inference_seconds") @Optional Double inferenceSeconds,
      @Optional Long parameters,
      List<String> cannot,
      @Optional String preparation) {}

  private record Kept(String weights, Options options, Row row) {}

  /** Where a finished run is and what was measured of it. */
  record Finished(Row row, Path run) {}

  /** Asks a running {@link #run} to stop, leaving what can be continued. */
  public void requestStop() {
    stop = true;
    Experiment e = training;
    if (e != null) {
      e.requestStop();
    }
  }

  private static final class Stopped extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  /**
   * Trains and measures what is not there yet.
   *
   * @return null if it was asked to stop
   * @throws UserException if no model can take the data, or the folder holds other runs
   */
  public ComparisonReport run() {
    try {
      models.forEach(this::check);
      List<Finished> rows = new ArrayList<>();
      UserException refused = null;
      int number = 0;
      for (Map.Entry<String, Settings> m : models.entrySet()) {
        try {
          rows.add(one(++number, m.getKey(), m.getValue()));
        } catch (Refused e) {
          refused = refused == null ? e.why : refused;
          listener.message(m.getKey() + ": " + e.why.getMessage());
          rows.add(new Finished(refused(m.getKey(), m.getValue(), e.why), null));
        }
      }
      if (rows.stream().allMatch(r -> r.run() == null)) {
        throw refused;
      }
      return ComparisonReport.write(folder, rows, models, options);
    } catch (Stopped e) {
      return null;
    }
  }

  private static Row refused(String name, Settings s, UserException why) {
    return new Row(
        name,
        s.model(),
        null,
        "refused",
        why.getMessage(),
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        List.of("these data"),
        null);
  }

  /** The model does not fit the data; the others may. */
  private static final class Refused extends RuntimeException {
    private static final long serialVersionUID = 1;
    private final transient UserException why;

    Refused(UserException why) {
      super(why);
      this.why = why;
    }
  }

  /** A folder that is there must hold the same run. */
  private void check(String name, Settings wanted) {
    Path config = folder.resolve(name).resolve(Experiment.CONFIG);
    if (Files.exists(config)) {
      String other = Settings.read(config, null, null).difference(wanted);
      if (other != null) {
        throw UserException.usage(
            "%s was trained with %s; give the same settings again, or compare into another --out",
            folder.resolve(name), other);
      }
    }
  }

  private Finished one(int number, String name, Settings s) {
    if (stop) {
      throw new Stopped();
    }
    Path run = folder.resolve(name);
    Kept kept = kept(run);
    listener.model(number, models.size(), name, kept != null);
    if (kept != null && kept.options().equals(options)) {
      return new Finished(kept.row(), run);
    }
    Row trained = kept != null ? kept.row() : train(name, s, run);
    try (Run r = Run.open(run)) {
      Row row = measure(trained, r);
      AtomicFiles.writeString(
          run.resolve(ROW), Json.pretty(new Kept(r.description().weights(), options, row)) + "\n");
      return new Finished(row, run);
    }
  }

  /** What was measured of the very weights that are there; null if they have to be trained. */
  private static Kept kept(Path run) {
    if (!Files.exists(run.resolve(ROW)) || !Files.exists(run.resolve(ModelFolder.DESCRIPTION))) {
      return null;
    }
    Kept k = Json.read(run.resolve(ROW), Kept.class);
    return ModelFolder.describe(run).weights().equals(k.weights()) ? k : null;
  }

  /** Once, where the same holds for every model. */
  private void remark(String sentence) {
    if (remarks.add(sentence)) {
      listener.message(sentence);
    }
  }

  private Row train(String name, Settings s, Path run) {
    Experiment prepared;
    try {
      prepared = Experiment.prepare(s, this::remark);
    } catch (UserException e) {
      throw new Refused(e);
    }
    try (Experiment e = prepared) {
      training = e;
      if (stop) {
        throw new Stopped();
      }
      TrainResult r = e.train(run, Files.exists(run.resolve(Experiment.CONFIG)), listener).result();
      if (r.status() == Status.INTERRUPTED) {
        throw new Stopped();
      }
      boolean epochs = Files.exists(run.resolve(Experiment.METRICS));
      return new Row(
          name,
          s.model(),
          run.getFileName().toString(),
          r.status().name().toLowerCase(Locale.ROOT),
          r.status() == Status.FINISHED ? null : r.reason(),
          epochs ? (Integer) r.epochs() : null,
          r.seconds(),
          epochs ? (Double) (r.seconds() / Math.max(1, r.epochs())) : null,
          null,
          null,
          null,
          null,
          null,
          null,
          null,
          null,
          null,
          List.of(),
          null);
    } finally {
      training = null;
    }
  }

  private Row measure(Row t, Run r) {
    Model<Batch> model = r.model();
    DoubleConsumer progress =
        done -> {
          if (stop) {
            throw new Stopped();
          }
          listener.measuring(t.name(), done);
        };
    Evaluator.Options o =
        new Evaluator.Options(
            options.nllSamples(),
            options.seed(),
            Experiment.EVALUATION_BATCH,
            model instanceof LatentVariableModel l && !l.euclidean()
                ? Set.of("elbo", "nll", "kl", "mse")
                : Set.of("elbo", "nll", "kl", "active_units", "mse"));
    Metrics m = r.evaluate(null, options.rows(), o, progress).metrics();
    Loader rows = r.rows(r.defaultPart(), TIMED_ROWS);
    Abilities a = Abilities.of(model);
    return Scope.run(
        () ->
            Autograd.off(
                () -> {
                  Batch b = rows.batch(0, 0, rows.size());
                  LatentVariableModel view = Conditional.view(model, b);
                  return new Row(
                      t.name(),
                      t.model(),
                      t.run(),
                      t.status(),
                      t.reason(),
                      t.epochs(),
                      t.seconds(),
                      t.secondsPerEpoch(),
                      likelihood(model, view, b, m),
                      m.elbo(),
                      m.kl(),
                      m.activeUnits(),
                      m.mse(),
                      a.samples() ? drawing(model, b) : null,
                      a.samples() ? (Long) a.steps() : null,
                      a.codes() ? encoding(model, view, b) : null,
                      parameters(model),
                      a.cannot(),
                      preparation(r));
                }));
  }

  /** The best that is known of ln p(x): exactly, by sampling, by annealing, or from below. */
  private static Likelihood likelihood(
      Model<?> model, LatentVariableModel view, Batch b, Metrics m) {
    boolean discrete =
        model instanceof Scores s
            ? s.discrete()
            : view != null ? discrete(view, b) : model.data().binary();
    if (model instanceof Unnormalised && m.nll() != null) {
      return new Likelihood(-m.nll(), "annealed (AIS)", discrete);
    }
    if (model instanceof Scores && m.nll() != null) {
      return new Likelihood(-m.nll(), "exact", discrete);
    }
    if (m.nll() != null && m.nllSamples() != null && m.nllSamples() > 0) {
      return new Likelihood(-m.nll(), "importance-sampled, K = " + m.nllSamples(), discrete);
    }
    if (m.nll() != null) {
      return new Likelihood(-m.nll(), "exact", discrete);
    }
    if (m.aisNll() != null) {
      return new Likelihood(-m.aisNll(), "annealed (AIS)", discrete);
    }
    return m.elbo() == null ? null : new Likelihood(m.elbo(), "lower bound (ELBO)", discrete);
  }

  /** Draws of a discrete distribution have no gradient, and it says so. */
  private static boolean discrete(LatentVariableModel m, Batch b) {
    Tensor z = m.encode(b.x());
    try {
      m.likelihood(z).rsample(Rng.of(0), 1);
      return false;
    } catch (UnsupportedOperationException e) {
      return true;
    }
  }

  private static double drawing(Model<?> model, Batch b) {
    int most = (int) Math.min(TIMED_DRAWS, b.size());
    Rng rng = Rng.of(0).split("timing");
    return seconds(
        most,
        n ->
            model instanceof Generates g
                ? g.generate(n, rng)
                : ((Conditional) model).given(b.labels().narrow(0, 0, n)).generate(1, rng));
  }

  private static double encoding(Model<?> model, LatentVariableModel view, Batch b) {
    int n = (int) b.size();
    return seconds(
        n,
        k -> {
          // A conditional model's labels are those of all rows.
          Tensor x = view == model || view == null ? b.x().narrow(0, 0, k) : b.x();
          return view == null ? ((Encodes) model).encode(x) : view.encode(x);
        });
  }

  private interface Many {
    Tensor of(int n);
  }

  /** Median seconds for each of n at once, after a first call that warms up. */
  private static double seconds(int n, Many work) {
    double first = clock(() -> work.of(1));
    if (first > LONG) {
      return first;
    }
    double all = clock(() -> work.of(n));
    if (all > LONG) {
      return all / n;
    }
    double[] t = new double[REPETITIONS];
    for (int i = 0; i < t.length; i++) {
      t[i] = clock(() -> work.of(n)) / n;
    }
    Arrays.sort(t);
    return t[t.length / 2];
  }

  private static double clock(Supplier<Tensor> work) {
    long start = System.nanoTime();
    Scope.run(() -> work.get().sum().item()); // reading a number waits for the engine
    return (System.nanoTime() - start) / 1e9;
  }

  /** Trained numbers; of a closed form those it was fitted with. */
  private static long parameters(Model<?> model) {
    long trained = model.params().count();
    return trained > 0
        ? trained
        : model.params().all().values().stream().mapToLong(Tensor::numel).sum();
  }

  private static String preparation(Run r) {
    Preprocessing p = r.description().preprocessing();
    String b =
        switch (p.binarize()) {
          case NONE -> "";
          case STATIC -> "binarised once";
          case DYNAMIC -> "binarised anew every epoch";
        };
    boolean scaled =
        !Arrays.equals(p.shift(), Preprocessing.NONE.shift())
            || !Arrays.equals(p.scale(), Preprocessing.NONE.scale());
    return b.isEmpty() ? scaled ? "rescaled" : "as they are" : scaled ? b + ", rescaled" : b;
  }

  /**
   * What a model has an answer to, by the interfaces it implements.
   *
   * @param codes whether it infers codes
   * @param decodes whether it maps codes back
   * @param samples whether it makes new observations
   * @param steps passes for a draw
   * @param cannot the rest, in words
   */
  record Abilities(
      boolean codes, boolean decodes, boolean samples, long steps, List<String> cannot) {
    static Abilities of(Model<?> m) {
      boolean labels = m instanceof Conditional;
      boolean codes = m instanceof Encodes || labels;
      boolean decodes = m instanceof Decodes || labels;
      boolean samples = m instanceof Generates || labels;
      boolean exact = m instanceof Scores;
      boolean bounded = m instanceof LatentVariableModel || labels;
      long steps = m instanceof Generates g ? g.samplingSteps() : 1;
      List<String> cannot = new ArrayList<>();
      if (!codes) {
        cannot.add("no latent code");
      } else if (!decodes) {
        cannot.add("no reconstruction");
      }
      if (!samples) {
        cannot.add("no samples");
      }
      if (!exact) {
        cannot.add(bounded ? "no exact likelihood" : "no likelihood");
      }
      if (steps > 1) {
        cannot.add(String.format(Locale.ROOT, "sampling takes %,d steps in a row", steps));
      }
      if (labels) {
        cannot.add("needs labels");
      }
      return new Abilities(codes, decodes, samples, steps, List.copyOf(cannot));
    }
  }
}
