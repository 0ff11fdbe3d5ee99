package org.javae.experiment.reproduce;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.javae.core.config.Nearest;
import org.javae.core.data.Split;
import org.javae.core.evaluate.Evaluator;
import org.javae.core.evaluate.Multimodality;
import org.javae.core.evaluate.ViewFigures;
import org.javae.data.get.DataCatalog;
import org.javae.data.get.DataFolders;
import org.javae.experiment.DataAccess;
import org.javae.experiment.Settings;
import org.javae.tensor.UserException;

/**
 * One experiment as data: what was published, the training and evaluation that should reach it, and
 * when it counts as reached.
 *
 * @param id lower-case name with dashes, unique in its file
 * @param system the name of its page under {@code docs/systems}
 * @param citation where the method and the figure come from
 * @param published the figure to reach; null where none was published for this set-up
 * @param data catalogue name, or a file relative to a folder of data sets ({@code JAVAE_DATA})
 * @param model name in the model catalogue
 * @param settings keys as for {@code train --set}
 * @param evaluate how the trained model is measured
 * @param metric the figure's name among {@link Evaluator#METRICS} or {@link ViewFigures}; nats per
 *     observation where it is a likelihood
 * @param better which way the metric improves
 * @param goals all must hold for the verdict "met"
 * @param seeds number of runs, from {@code settings.seed} (else 0) upward; above 1 the figure is
 *     their mean, with the sample standard deviation
 * @param quick the same experiment in seconds, on generated data; its figures judge nothing
 * @param note what a reader should know of the figure, e.g. in what our set-up differs
 */
public record Recipe(
    String id,
    String system,
    String citation,
    Published published,
    String data,
    String model,
    Map<String, Object> settings,
    Measure evaluate,
    String metric,
    Better better,
    List<Goal> goals,
    Integer seeds,
    Quick quick,
    String note) {
  private static final int MOST_SEEDS = 100;

  /** Which way a metric improves. */
  public enum Better {
    @JsonProperty("lower")
    LOWER,
    @JsonProperty("higher")
    HIGHER
  }

  /** How sure the published figure is. */
  public enum Status {
    /** Read in an official repository or in a published reproduction. */
    @JsonProperty("verified")
    VERIFIED,
    /** From memory of the paper. */
    @JsonProperty("memory")
    MEMORY,
    /** Computed from the same data by other means, e.g. a closed form. */
    @JsonProperty("computed")
    COMPUTED
  }

  /** A figure somebody published. */
  public record Published(Double value, Status status) {
    public Published {
      Objects.requireNonNull(value, "published.value");
      Objects.requireNonNull(status, "published.status");
    }
  }

  /**
   * How to evaluate.
   *
   * @param split part of the data, {@code test} unless said
   * @param nllSamples importance samples an observation, 0 unless said
   */
  public record Measure(String split, @JsonProperty("nll_samples") Integer nllSamples) {
    /** The test part without importance sampling. */
    static final Measure USUAL = new Measure(null, null);

    public Measure {
      split = split == null ? "test" : split;
      nllSamples = nllSamples == null ? 0 : nllSamples;
    }
  }

  /**
   * What the quick variant changes.
   *
   * @param data generated data
   * @param settings over the full experiment's
   * @param nllSamples instead of the full number; 5 at most unless said
   */
  public record Quick(
      String data,
      Map<String, Object> settings,
      @JsonProperty("nll_samples") Integer nllSamples,
      Integer seeds) {
    public Quick {
      settings = settings == null ? Map.of() : settings;
    }
  }

  public Recipe {
    if (id == null || !id.matches("[a-z0-9]+(-[a-z0-9.]+)*")) {
      throw UserException.of(
          "'%s' is no id of an experiment; lower-case words joined by dashes are expected", id);
    }
    required(id, "system", system);
    required(id, "citation", citation);
    required(id, "data", data);
    required(id, "model", model);
    required(id, "metric", metric);
    required(id, "better", better);
    required(id, "quick", quick);
    required(id, "quick.data", quick.data());
    settings = settings == null ? Map.of() : settings;
    evaluate = evaluate == null ? Measure.USUAL : evaluate;
    goals = goals == null ? List.of() : List.copyOf(goals);
    seeds = seeds == null ? 1 : seeds;
    measured(id, "metric", metric);
    oneOf(id, "evaluate.split", evaluate.split(), Split.NAMES);
    if (metric.equals("kl_per_dimension")) {
      throw UserException.of("experiment %s: kl_per_dimension is not one number; use kl", id);
    }
    if (evaluate.nllSamples() < 0) {
      throw UserException.of("experiment %s: evaluate.nll_samples must be 0 or more", id);
    }
    if (seeds < 1 || seeds > MOST_SEEDS) {
      throw UserException.of(
          "experiment %s: seeds is %d; it must lie between 1 and %d", id, seeds, MOST_SEEDS);
    }
    if (goals.isEmpty()) {
      throw UserException.of(
          "experiment %s has no goals, so it could be neither met nor missed", id);
    }
    if (!DataCatalog.find(DataAccess.nameOf(quick.data()))
        .filter(e -> e.source() == DataCatalog.Source.GENERATED)
        .isPresent()) {
      throw UserException.of(
          "experiment %s: quick.data is '%s'; generated data are expected, e.g. strokes:train=200,test=50",
          id, quick.data());
    }
    for (Goal g : goals) {
      g.check(id, published != null);
    }
  }

  private static void required(String id, String key, Object value) {
    if (value == null || value instanceof String s && s.isBlank()) {
      throw UserException.of("experiment %s lacks %s", id, key);
    }
  }

  static void oneOf(String id, String key, String value, List<String> names) {
    if (!names.contains(value)) {
      throw UserException.of(
          "experiment %s: %s is '%s'; %s", id, key, value, Nearest.suggestion(value, names));
    }
  }

  /** The experiment in seconds, on generated data. */
  Recipe quickly() {
    Map<String, Object> s = new LinkedHashMap<>(settings);
    s.putAll(quick.settings());
    int samples =
        quick.nllSamples() == null ? Math.min(5, evaluate.nllSamples()) : quick.nllSamples();
    return new Recipe(
        id,
        system,
        citation,
        published,
        quick.data(),
        model,
        s,
        new Measure(evaluate.split(), samples),
        metric,
        better,
        goals,
        quick.seeds() == null ? 1 : quick.seeds(),
        quick,
        note);
  }

  /** The seeds to train with. */
  public List<Long> seedList() {
    Object first = settings.getOrDefault("seed", 0);
    long from = Settings.of("", model).with(Map.of("seed", first)).train().seed();
    return Stream.iterate(from, s -> s + 1).limit(seeds).toList();
  }

  /**
   * The settings of one run.
   *
   * @throws UserException for an unknown model or key, or a value of the wrong type
   */
  public Settings settings(long seed) {
    Map<String, Object> s = new LinkedHashMap<>(settings);
    s.put("seed", seed);
    return Settings.of(file().map(Path::toString).orElse(data), model).with(s);
  }

  /** Whether the data are a file of a folder of data sets, and not a name of the catalogue. */
  private boolean isFile() {
    return data.contains("/");
  }

  /** Where that file is: in the user's own folder of data sets, else where downloads go. */
  private Optional<Path> file() {
    DataFolders folders = DataFolders.ofProcess();
    return isFile()
        ? Stream.concat(folders.own().stream(), Stream.of(folders.cache()))
            .map(f -> f.resolve(data))
            .filter(Files::exists)
            .findFirst()
        : Optional.empty();
  }

  /**
   * Looks whether the data are there, so that nobody learns of it after hours of another
   * experiment.
   *
   * @throws UserException if they are not
   */
  void requireData() {
    if (isFile() && file().isEmpty()) {
      throw UserException.of(
          "the data of experiment %s are not here; put the file %s into a folder that %s names",
          id, data.replace('/', File.separatorChar), DataFolders.DATA);
    }
    if (!isFile()
        && DataCatalog.entry(DataAccess.nameOf(data)).source() != DataCatalog.Source.GENERATED
        && DataAccess.catalog().locate(DataAccess.nameOf(data)).isEmpty()) {
      DataAccess.open(settings(0).data()); // which says what is missing, where, and how to get it
    }
  }

  /** The training as it is typed, for the first seed. */
  public String trainCommand() {
    List<String> words = new ArrayList<>(List.of("javae", "train"));
    words.add(isFile() ? "\"$" + DataFolders.DATA + "/" + data + "\"" : data);
    words.add("--model " + model);
    Map<String, Object> all = new LinkedHashMap<>(settings);
    all.remove("seed");
    all.forEach((k, v) -> words.add(option(k, v)));
    words.add("--seed " + seedList().get(0));
    return String.join(" ", words);
  }

  /** The evaluation as it is typed. */
  public String evaluateCommand() {
    return "javae evaluate RUN --split "
        + evaluate.split()
        + " --nll-samples "
        + evaluate.nllSamples()
        + (onRequest().isEmpty() ? "" : " --metrics " + String.join(",", onRequest()));
  }

  /** What must be named to be measured, so that it can be judged. */
  Set<String> onRequest() {
    return onRequest(m -> false);
  }

  /**
   * The same where something is known already.
   *
   * @param known of the metrics it is judged by
   */
  Set<String> onRequest(Predicate<String> known) {
    return Stream.concat(Stream.of(metric), goals.stream().map(Goal::metric))
        .filter(m -> m != null && !known.test(m))
        .map(m -> ViewFigures.isName(m) ? ViewFigures.measurement(m) : m)
        .filter(m -> Evaluator.ON_REQUEST.contains(m) || Multimodality.METRICS.contains(m))
        .collect(Collectors.toCollection(LinkedHashSet::new));
  }

  /** Whether the name is of something that can be measured. */
  static void measured(String id, String what, String metric) {
    if (!ViewFigures.isName(metric)) {
      oneOf(id, what, metric, Evaluator.METRICS);
    }
  }

  private static String option(String key, Object value) {
    String v = String.valueOf(value);
    String typed = v.matches("[A-Za-z0-9_.,:/+-]+") ? v : "'" + v.replace("'", "'\\''") + "'";
    return List.of("latent", "epochs", "batch", "lr", "limit", "binarize").contains(key)
        ? "--" + key + " " + typed
        : key.equals("max_seconds") ? "--max-time " + typed + "s" : "--set " + key + "=" + typed;
  }

  /** The published figure for people: {@code 89.9}, {@code ≈ 3} from memory, or a dash. */
  public String publishedText() {
    return published == null
        ? "–"
        : (published.status() == Status.MEMORY ? "≈ " : "") + Goal.number(published.value());
  }

  /** What must hold, in words. */
  public List<String> goalsInWords() {
    return goals.stream().map(g -> g.words(this)).toList();
  }

  /** {@code static} and the like: how greys become zeros and ones. */
  String binarisation() {
    return String.valueOf(settings.getOrDefault("binarize", "auto")).toLowerCase(Locale.ROOT);
  }
}
