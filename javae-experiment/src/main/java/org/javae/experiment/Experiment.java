package org.javae.experiment;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.javae.core.data.Dataset;
import org.javae.core.data.Loader;
import org.javae.core.data.Preprocessing;
import org.javae.core.data.Preprocessing.Binarize;
import org.javae.core.data.Split;
import org.javae.core.data.ThinnedViews;
import org.javae.core.data.Views;
import org.javae.core.data.Vocabulary;
import org.javae.core.evaluate.Evaluator;
import org.javae.core.io.AtomicFiles;
import org.javae.core.io.Json;
import org.javae.core.io.ModelFolder;
import org.javae.core.likelihood.LikelihoodSpec;
import org.javae.core.model.Batch;
import org.javae.core.model.CatalogEntry;
import org.javae.core.model.ClosedForm;
import org.javae.core.model.Conditional;
import org.javae.core.model.DataSpec;
import org.javae.core.model.Defaults;
import org.javae.core.model.Model;
import org.javae.core.model.ModelConfig;
import org.javae.core.model.Multimodal;
import org.javae.core.model.ReadsText;
import org.javae.core.train.BatchSource;
import org.javae.core.train.EpochRecord;
import org.javae.core.train.TrainConfig;
import org.javae.core.train.TrainListener;
import org.javae.core.train.TrainResult;
import org.javae.core.train.TrainResult.Status;
import org.javae.core.train.Trainer;
import org.javae.data.get.DataCatalog;
import org.javae.models.ModelCatalog;
import org.javae.tensor.Engine;
import org.javae.tensor.Rng;
import org.javae.tensor.UserException;

/** From settings to a run folder: the one service behind the command line and the studio. */
public final class Experiment implements AutoCloseable {
  public static final String CONFIG = "config.yaml";
  public static final String METRICS = "metrics.jsonl";
  public static final String CHECKPOINT = "checkpoint/state.safetensors";

  /** Batch of evaluation passes. */
  static final int EVALUATION_BATCH = 500;

  private final Settings settings;
  private final Dataset data;
  private final Map<String, ?> origin;
  private final Split split;
  private final Preprocessing preprocessing;
  private final Model<Batch> model;
  private final Loader train;
  private final Loader validation;
  private volatile Trainer<Batch> trainer;
  private volatile boolean stopRequested;

  private Experiment(
      Settings settings,
      Dataset data,
      Map<String, ?> origin,
      Split split,
      Preprocessing preprocessing,
      Model<Batch> model) {
    this.settings = settings;
    this.data = data;
    this.origin = origin;
    this.split = split;
    this.preprocessing = preprocessing;
    this.model = model;
    int[] rows = repeated(data, split.train(), settings.data().repeat_complete());
    this.train = loader(data, rows, preprocessing, settings.train().seed(), "train", true);
    this.validation =
        split.validation().length == 0
            ? null
            : loader(
                data,
                split.validation(),
                preprocessing,
                settings.train().seed(),
                "validation",
                false);
  }

  /**
   * Opens the data, learns the preprocessing on the training rows and builds the model with fresh
   * parameters.
   *
   * @param notes told of choices made for the user
   * @throws UserException if the data or a setting do not fit
   */
  public static Experiment prepare(Settings given, Consumer<String> notes) {
    ModelCatalog.get(given.model());
    return prepare(given, DataAccess.open(given.data()), Map.of(), notes);
  }

  /**
   * As {@link #prepare(Settings, java.util.function.Consumer)} for data that are there already.
   *
   * @param whole closed with the experiment
   * @param origin what {@code model.json} says of their source besides
   */
  static Experiment prepare(
      Settings given, Dataset whole, Map<String, ?> origin, Consumer<String> notes) {
    Dataset data = whole;
    try {
      CatalogEntry<?> entry = ModelCatalog.get(given.model());
      DataConfig dc = given.data();
      Split split = Split.of(data, given.train().seed(), dc.validation(), dc.test(), dc.limit());
      data = thinned(data, split, given);
      Settings settings = given;
      String missing = dc.missing().equals("drop") ? "error" : dc.missing();
      Binarize binarize =
          !dc.binarize().equals("auto")
              ? Binarize.parse(dc.binarize())
              : entry.greys() ? Binarize.NONE : advised(dc.data());
      Object likelihoodText = given.modelSettings().get("likelihood");
      LikelihoodSpec wanted =
          likelihoodText == null ? null : LikelihoodSpec.parse(text(likelihoodText));
      if (dc.binarize().equals("auto") && wanted != null) {
        binarize = wanted.wantsBinary() ? binarize : Binarize.NONE;
      }
      String scaling =
          dc.scaling().equals("auto") && wanted != null && wanted.wantsUnitInterval()
              ? "none"
              : dc.scaling();
      boolean several = !data.views().isEmpty();
      if (several && wanted != null && wanted.wantsCounts()) {
        throw UserException.usage(
            "likelihood %s is of counts, and %s has several views; write it to the views of counts in a views.yaml, and"
                + " choose a multimodal model such as mvae",
            wanted, data.name());
      }
      Preprocessing p =
          several
              ? Preprocessing.fitViews(
                  data, split.train(), dc.scaling(), dc.binarize(), missing, dc.vocabulary())
              : data.tokens().isPresent()
                  ? words(data, split.train(), dc)
                  : wanted != null && wanted.wantsCounts()
                      ? Preprocessing.counts(data, split.part("all"), wanted, dc.scaling())
                      : Preprocessing.fit(data, split.train(), scaling, binarize, missing);
      DataSpec spec = p.spec(data, split.train());
      LikelihoodSpec likelihood = wanted != null ? wanted : Defaults.likelihood(spec);
      boolean hasLikelihood = entry.keys().contains("likelihood");
      if (!several
          && hasLikelihood
          && likelihood.wantsBinary()
          && !spec.binary()
          && !(entry.greys() && spec.unitInterval())) {
        if (!spec.unitInterval()) {
          throw UserException.of(
              "likelihood bernoulli needs values in [0, 1], but %s has others; use --set likelihood=gaussian, or --set"
                  + " scaling=minmax --set likelihood=continuous-bernoulli",
              data.name());
        }
        if (!dc.binarize().equals("auto")) {
          throw UserException.of(
              "likelihood bernoulli needs zeros and ones, but %s has greys; add --binarize dynamic, or use --set"
                  + " likelihood=continuous-bernoulli",
              data.name());
        }
        binarize = Binarize.DYNAMIC;
        p = Preprocessing.fit(data, split.train(), scaling, binarize, missing);
        spec = p.spec(data, split.train());
      }
      if (hasLikelihood
          && likelihood.kind().equals("continuous-bernoulli")
          && !spec.unitInterval()) {
        throw UserException.of(
            "likelihood continuous-bernoulli needs values in [0, 1], but %s has others; add --set scaling=minmax",
            data.name());
      }
      if (dc.binarize().equals("auto")
          && (binarize != Binarize.NONE
              || p.views().stream().anyMatch(v -> v.of().binarize() == Binarize.DYNAMIC))) {
        notes.accept(
            "greys are binarised anew every epoch (--binarize dynamic); --binarize none keeps them");
      }
      ModelConfig config = entry.configure(spec, given.modelSettings());
      Model<?> built = entry.build(spec, config, Rng.of(settings.train().seed()).split("init"));
      if (spec.isText() && !(built instanceof ReadsText)) {
        throw UserException.of(
            "%s is text, whose words are no quantities, and model %s reads numbers; use --model text-vae",
            data.name(), given.model());
      }
      if (several && !(built instanceof Multimodal)) {
        if (data.views().stream().anyMatch(v -> v.tokens() != null)) {
          throw UserException.of(
              "%s has a view of text, and model %s reads one block of numbers; choose a multimodal model such as mvae or"
                  + " mopoe",
              data.name(), given.model());
        }
        Views.refuseMissing(data, split.part("all"), given.model());
      }
      @SuppressWarnings("unchecked") // every catalogue entry so far is a model of one block
      Model<Batch> model = (Model<Batch>) built;
      return new Experiment(settings, data, origin, split, p, model);
    } catch (RuntimeException e) {
      data.close();
      throw e;
    }
  }

  /** The data with views taken away from the training rows, where the settings ask for it. */
  private static Dataset thinned(Dataset data, Split split, Settings given) {
    DataConfig dc = given.data();
    if (dc.ofViews() && data.views().isEmpty()) {
      throw UserException.usage(
          "missing_views, paired and repeat_complete are for data of several views, and %s has one; leave them out",
          data.name());
    }
    if (!dc.thins()) {
      return data;
    }
    return new ThinnedViews(
        data, split.train(), dc.missing_views(), dc.paired(), given.train().seed());
  }

  /** The training rows of an epoch: those with all their views as often as asked for. */
  private static int[] repeated(Dataset d, int[] rows, int times) {
    if (times == 1) {
      return rows;
    }
    boolean[][] present = Views.present(d, rows);
    return IntStream.range(0, rows.length)
        .flatMap(
            i -> {
              boolean whole = IntStream.range(0, present[i].length).allMatch(m -> present[i][m]);
              return IntStream.generate(() -> rows[i]).limit(whole ? times : 1);
            })
        .toArray();
  }

  /** The vocabulary of the training rows, where tokens are words. */
  private static Preprocessing words(Dataset d, int[] rows, DataConfig c) {
    return Preprocessing.of(
        d.tokens().orElseThrow().words().isEmpty()
            ? Vocabulary.NONE
            : Vocabulary.learn(d, rows, c.vocabulary()));
  }

  private static String text(Object value) {
    return value instanceof com.fasterxml.jackson.databind.JsonNode n
        ? n.asText()
        : String.valueOf(value);
  }

  private static Binarize advised(String name) {
    return DataCatalog.find(DataAccess.nameOf(name))
        .map(e -> Binarize.parse(e.binarize()))
        .orElse(Binarize.NONE);
  }

  static Loader loader(
      Dataset d, int[] rows, Preprocessing p, long seed, String part, boolean shuffle) {
    return new Loader(d, rows, p, Rng.of(seed).split("data").split(part), shuffle);
  }

  /** The model, trained or not. */
  public Model<Batch> model() {
    return model;
  }

  /** What decides this run. */
  public Settings settings() {
    return settings;
  }

  /** The data. */
  public Dataset data() {
    return data;
  }

  /** Which rows are whose. */
  public Split split() {
    return split;
  }

  /** What is done to values. */
  public Preprocessing preprocessing() {
    return preprocessing;
  }

  /** The training rows, in a new order every epoch. */
  public Loader trainingRows() {
    return train;
  }

  /** The validation rows; without any, the training rows in fixed order. */
  public Loader heldOutRows() {
    return validation == null ? fixedOrder() : validation;
  }

  /** Asks a running {@link #train} to stop, leaving a run that resumes. */
  public void requestStop() {
    stopRequested = true;
    Trainer<Batch> t = trainer;
    if (t != null) {
      t.requestStop();
    }
  }

  /**
   * Trains into a run folder: config first, a checkpoint as it goes, the model and its metrics at
   * the end.
   *
   * @param folder made if it is not there
   * @param resume continue from its checkpoint
   * @throws UserException if the folder holds another run, or cannot be written
   */
  public Outcome train(Path folder, boolean resume, TrainListener listener) {
    Path checkpoint = folder.resolve(CHECKPOINT);
    boolean begin = resume && !Files.exists(checkpoint) && Files.exists(folder.resolve(CONFIG));
    if (begin) {
      listener.message(
          "the run was stopped before its first checkpoint: starting from the beginning");
    }
    if (!resume
        && (Files.exists(folder.resolve(ModelFolder.DESCRIPTION)) || Files.exists(checkpoint))) {
      throw UserException.of(
          "%s already holds a run; choose another --out, or continue it with --resume", folder);
    }
    AtomicFiles.cleanup(folder);
    AtomicFiles.cleanup(checkpoint.getParent());
    boolean goesOn = resume && !begin;
    if (!goesOn) {
      AtomicFiles.writeString(folder.resolve(CONFIG), settings.toYaml());
    }
    String fingerprint = data.fingerprint();
    TrainResult result;
    if (model instanceof ClosedForm c) {
      long start = System.nanoTime();
      c.fitBatches(consumer -> fixedOrder().each(EVALUATION_BATCH, consumer));
      result =
          new TrainResult(
              Status.FINISHED, 1, 1, (System.nanoTime() - start) / 1e9, "fitted in closed form");
    } else {
      Log log = new Log(folder.resolve(METRICS), listener);
      trainer =
          new Trainer<>(
              model,
              train,
              validation,
              Evaluator.validator(EVALUATION_BATCH),
              settings.train(),
              checkpoint,
              settings.fingerprint(fingerprint),
              log);
      log.trainer = trainer;
      if (stopRequested) {
        trainer.requestStop(); // it was asked for before there was a trainer to ask
      }
      result = trainer.run(goesOn);
      if (goesOn) {
        // Not before: a checkpoint that refuses these settings needs those that are written there.
        AtomicFiles.writeString(folder.resolve(CONFIG), settings.toYaml());
      }
      log.write();
    }
    Map<String, Object> metrics = new LinkedHashMap<>();
    if (model instanceof ClosedForm) {
      metrics.put("validation", measured());
    }
    if (result.status() != Status.INTERRUPTED) {
      List<EpochRecord> history = trainer == null ? List.of() : trainer.history();
      EpochRecord kept =
          history.stream().filter(e -> e.epoch() == result.bestEpoch()).findFirst().orElse(null);
      if (kept != null) {
        metrics.put("epoch", kept.epoch());
        metrics.put("train", kept.train());
        metrics.put("validation", kept.validation());
      }
      ModelFolder.save(
          folder,
          settings.model(),
          model,
          preprocessing,
          source(fingerprint),
          metrics,
          provenance());
    }
    return new Outcome(folder, result, metrics, trainer == null ? List.of() : trainer.history());
  }

  /**
   * Metrics of a model that has no epochs to take them from, on the validation rows if there are
   * any.
   */
  private Map<?, ?> measured() {
    Evaluator.Options options =
        new Evaluator.Options(0, settings.train().seed(), EVALUATION_BATCH, Set.of());
    return Json.mapper()
        .convertValue(Evaluator.evaluate(model, heldOutRows(), options, done -> {}), Map.class);
  }

  private Loader fixedOrder() {
    return loader(data, split.train(), preprocessing, settings.train().seed(), "train", false);
  }

  private Map<String, Object> source(String fingerprint) {
    Map<String, Object> m = new LinkedHashMap<>();
    m.put("config", settings.data());
    m.put("name", data.name());
    m.put("size", data.size());
    m.put("fingerprint", fingerprint);
    m.put("seed", settings.train().seed());
    if (model instanceof Conditional) {
      data.labels().ifPresent(l -> m.put(Labels.KEY, l.valueNames()));
    }
    m.putAll(origin);
    return m;
  }

  private Map<String, Object> provenance() {
    Map<String, Object> m = new LinkedHashMap<>();
    m.put("seed", settings.train().seed());
    m.put("threads", Engine.threads());
    m.put("device", Engine.device());
    m.put("engine", Engine.describe());
    m.put("java", Runtime.version().feature());
    m.put("javae", version());
    return m;
  }

  /** This JaVAE's version. */
  public static String version() {
    String v = Experiment.class.getPackage().getImplementationVersion();
    return v == null ? "development" : v;
  }

  @Override
  public void close() {
    data.close();
  }

  /**
   * What came out of training.
   *
   * @param metrics of the kept epoch
   * @param history of all epochs, those before a resume too; empty for a closed form
   */
  public record Outcome(
      Path folder, TrainResult result, Map<String, Object> metrics, List<EpochRecord> history) {}

  /** Writes {@code metrics.jsonl}, a line an epoch, and passes everything on. */
  private static final class Log implements TrainListener {
    private final Path file;
    private final TrainListener next;
    private Trainer<Batch> trainer;

    Log(Path file, TrainListener next) {
      this.file = file;
      this.next = next;
    }

    void write() {
      StringBuilder b = new StringBuilder();
      trainer.history().forEach(e -> b.append(Json.toString(e)).append('\n'));
      AtomicFiles.writeString(file, b.toString());
    }

    @Override
    public void step(Progress p) {
      next.step(p);
    }

    @Override
    public void epoch(EpochRecord e) {
      // The whole file from the trainer's history: after a resume no line is double or missing.
      if (e.epoch() % 10 == 1 || e.epoch() < 10 || System.nanoTime() - last > 1_000_000_000L) {
        write();
        last = System.nanoTime();
      }
      next.epoch(e);
    }

    private long last;

    @Override
    public void message(String sentence) {
      next.message(sentence);
    }
  }

  /**
   * Seconds an epoch takes here, estimated from {@code steps} training steps after one to warm up;
   * the model's parameters change.
   */
  public double estimateEpochSeconds(int steps) {
    TrainConfig c = settings.train();
    long[] times = new long[2];
    TrainListener clock =
        new TrainListener() {
          @Override
          public void step(Progress p) {
            times[0] = times[0] == 0 ? System.nanoTime() : times[0];
            times[1] = System.nanoTime();
          }
        };
    BatchSource<Batch> some = new FirstBatches(train, steps + 1, c.batch());
    int measured = some.batches(c.batch()) - 1;
    new Trainer<>(model, some, null, null, c.withEpochs(1), null, "", clock).run(false);
    return (times[1] - times[0]) / 1e9 / Math.max(1, measured) * train.batches(c.batch());
  }

  private record FirstBatches(Loader inner, int count, int batch) implements BatchSource<Batch> {
    @Override
    public int size() {
      return Math.min(inner.size(), count * batch);
    }

    @Override
    public Batch batch(long epoch, int index, int batchSize) {
      return inner.batch(epoch, index, batchSize);
    }
  }
}
