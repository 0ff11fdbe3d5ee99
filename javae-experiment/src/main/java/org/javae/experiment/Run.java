package org.javae.experiment;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleConsumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.javae.core.data.Dataset;
import org.javae.core.data.Loader;
import org.javae.core.data.Preprocessing;
import org.javae.core.data.Split;
import org.javae.core.distribution.Normal;
import org.javae.core.divergence.KullbackLeibler;
import org.javae.core.evaluate.Evaluator;
import org.javae.core.evaluate.Metrics;
import org.javae.core.evaluate.MultimodalReport;
import org.javae.core.evaluate.Multimodality;
import org.javae.core.evaluate.sample.ImageQuality;
import org.javae.core.io.Json;
import org.javae.core.io.ModelFolder;
import org.javae.core.model.Batch;
import org.javae.core.model.Conditional;
import org.javae.core.model.Decodes;
import org.javae.core.model.DiscreteCodes;
import org.javae.core.model.Encodes;
import org.javae.core.model.Generates;
import org.javae.core.model.LatentVariableModel;
import org.javae.core.model.Model;
import org.javae.core.model.Multimodal;
import org.javae.experiment.picture.Gif;
import org.javae.experiment.picture.Grid;
import org.javae.experiment.picture.Images;
import org.javae.experiment.picture.TableView;
import org.javae.models.ModelCatalog;
import org.javae.tensor.Autograd;
import org.javae.tensor.Rng;
import org.javae.tensor.Scope;
import org.javae.tensor.Shape;
import org.javae.tensor.Tensor;
import org.javae.tensor.UserException;

/** A trained run: measures, draws, encodes and decodes. Nothing here trains. */
public final class Run implements AutoCloseable {
  private static final DoubleConsumer NO_PROGRESS = done -> {};

  private static final int BATCH = Experiment.EVALUATION_BATCH;

  private final Path folder;
  private final ModelFolder.Description description;
  private final Model<Batch> model;
  private final Labels labels;
  private final DataConfig trained;
  private DataConfig wanted;
  private Dataset data;
  private Split split;
  private boolean borrowed;
  private final ViewTiles tiles;

  private Run(Path folder, ModelFolder.Loaded loaded) {
    this.folder = folder;
    this.description = loaded.description();
    @SuppressWarnings("unchecked") // every catalogue entry so far is a model of one block
    Model<Batch> m = (Model<Batch>) loaded.model();
    this.model = m;
    this.tiles =
        m.data().views().isEmpty()
            ? null
            : new ViewTiles(m.data().views(), description.preprocessing());
    this.labels = m instanceof Conditional c ? Labels.of(c, description) : null;
    // Over the defaults: a run of an older JaVAE lacks the keys that came later.
    ObjectNode config = Json.mapper().valueToTree(DataConfig.DEFAULTS);
    config.setAll((ObjectNode) Json.mapper().valueToTree(description.source().get("config")));
    DataConfig stored = Json.convert(config, ModelFolder.DESCRIPTION, DataConfig.class);
    // Other sentences may be longer: they are cut where the model's end.
    this.trained =
        model.data().isText()
            ? stored.withMaxLength(Math.toIntExact(model.data().event().at(0)))
            : stored;
    this.wanted = trained;
  }

  /**
   * Loads a run folder.
   *
   * @throws UserException if it is missing, unfinished or damaged
   */
  public static Run open(Path folder) {
    return new Run(folder, ModelFolder.load(folder, ModelCatalog::get));
  }

  /**
   * The run that {@code e} has just trained, with its data, which stay open when this is closed.
   */
  public static Run of(Path folder, Experiment e) {
    Run run = open(folder);
    run.data = e.data();
    run.split = e.split();
    run.borrowed = true;
    return run;
  }

  /** Uses other data than the model was trained on, e.g. where the files have moved. */
  public Run withData(String other) {
    if (other != null) {
      wanted = trained.withData(other);
      data = null;
    }
    return this;
  }

  public Path folder() {
    return folder;
  }

  public Model<Batch> model() {
    return model;
  }

  public ModelFolder.Description description() {
    return description;
  }

  private long seed() {
    return ((Number) description.source().get("seed")).longValue();
  }

  /** The data, opened on first use. */
  public Dataset data() {
    if (data == null) {
      try {
        data = DataAccess.open(wanted);
      } catch (UserException e) {
        throw wanted.equals(trained)
            ? UserException.of(
                e,
                "the data of run %s cannot be opened (%s); say where they are with --data",
                folder.getFileName(),
                e.getMessage())
            : e;
      }
      Shape needed = model.data().event();
      if (!data.shape().equals(needed)) {
        throw UserException.of(
            "run %s was trained on observations of shape %s, but %s has %s",
            folder.getFileName(), needed, data.name(), data.shape());
      }
      if (labels != null) {
        labels.check(String.valueOf(folder.getFileName()), data);
      }
      split = Split.of(data, seed(), wanted.validation(), wanted.test(), wanted.limit());
    }
    return data;
  }

  /** The rows of a part, in fixed order. */
  public Loader rows(String part) {
    return rows(part, 0);
  }

  /**
   * Rows of a part, in fixed order.
   *
   * @param limit at most so many, chosen by the run's seed; 0 for all
   */
  public Loader rows(String part, int limit) {
    Dataset d = data();
    int[] rows = split.part(part);
    if (limit > 0 && limit < rows.length) {
      int[] all = rows;
      int[] order = Rng.of(seed()).split("limit").permutation(all.length, 0);
      rows = IntStream.range(0, limit).map(i -> all[order[i]]).sorted().toArray();
    }
    if (rows.length == 0) {
      throw UserException.of("%s has no %s rows; choose another --split", d.name(), part);
    }
    return Experiment.loader(d, rows, description.preprocessing(), seed(), part, false);
  }

  /** These rows, in this order. */
  Loader loader(int[] rows) {
    return Experiment.loader(data(), rows, description.preprocessing(), seed(), "chosen", false);
  }

  /** The part to look at unless told: test, else validation, else train. */
  public String defaultPart() {
    data();
    return split.test().length > 0
        ? "test"
        : split.validation().length > 0 ? "validation" : "train";
  }

  /**
   * Measures.
   *
   * @param part of the data; null for {@link #defaultPart}
   */
  public Evaluation evaluate(String part, Evaluator.Options options, DoubleConsumer progress) {
    return evaluate(part, 0, options, progress);
  }

  /**
   * Measures some rows.
   *
   * @param limit at most so many, chosen by the run's seed; 0 for all
   */
  public Evaluation evaluate(
      String part, int limit, Evaluator.Options options, DoubleConsumer progress) {
    String p = part == null ? defaultPart() : part;
    Loader rows = rows(p, limit);
    long start = System.nanoTime();
    Multimodality.Options several =
        new Multimodality.Options(
            options.nllSamples(), options.seed(), options.batch(), options.wanted());
    boolean views = model instanceof Multimodal;
    if (!views && several.wantsAny() && !options.wanted().isEmpty()) {
      throw UserException.of(
          "%s are measured of models of several views such as mvae or mopoe, and run %s is of %s",
          String.join(", ", Multimodality.METRICS), folder.getFileName(), description.model());
    }
    boolean both = views && several.wantsAny();
    boolean pictures =
        Stream.of(ImageQuality.OF_SAMPLES, ImageQuality.OF_RECONSTRUCTIONS)
            .flatMap(List::stream)
            .anyMatch(options.wanted()::contains);
    // Made first: what cannot be measured is said before anything takes time.
    SampleQuality quality = pictures ? new SampleQuality(this) : null;
    Metrics m = Evaluator.evaluate(model, rows, options, f -> progress.accept(both ? f / 2 : f));
    if (pictures) {
      m = m.with(quality.measure(rows, options.wanted(), options.samples(), options.seed()));
    }
    MultimodalReport report =
        both ? ViewMeasures.of(this, p, limit, several, f -> progress.accept((1 + f) / 2)) : null;
    return new Evaluation(
        description.model(),
        data.name(),
        p,
        rows.size(),
        m,
        report,
        (System.nanoTime() - start) / 1e9);
  }

  /**
   * The object {@code evaluate --json} prints.
   *
   * @param multimodal of a model of several views, else null
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Evaluation(
      String model,
      String data,
      String split,
      int n,
      Metrics metrics,
      MultimodalReport multimodal,
      double seconds) {}

  // ---- sentences
  // ---------------------------------------------------------------------------------------------------

  /** Whether observations are sentences, which are written instead of drawn. */
  public boolean isText() {
    return model.data().isText();
  }

  /**
   * Sentences drawn word by word, one a line.
   *
   * @param sampler as in {@link #generate(int, long, String)}
   */
  public List<String> sentences(int n, long seed, String sampler) {
    return texts(samples(n, seed, sampler, null, NO_PROGRESS));
  }

  /** Sentences, each with the likeliest words of its code below, then an empty line. */
  public List<String> reconstructedSentences(int n, long seed) {
    Loader rows = rows(defaultPart());
    return Scope.run(
        () ->
            Autograd.off(
                () -> {
                  Batch b = some(rows, n, seed);
                  List<String> said = texts(b.x());
                  List<String> again = texts(decodes(b.labels()).decode(encode(b)));
                  List<String> lines = new ArrayList<>();
                  for (int i = 0; i < said.size(); i++) {
                    lines.addAll(List.of(said.get(i), again.get(i), ""));
                  }
                  return lines;
                }));
  }

  /**
   * Pairs of sentences with the likeliest words of codes on the straight line between theirs (as
   * Bowman et al., 2016, table 8), then an empty line.
   */
  public List<String> interpolatedSentences(int n, long seed) {
    int steps = 7;
    Loader rows = rows(defaultPart());
    return Scope.run(
        () ->
            Autograd.off(
                () -> {
                  Tensor x = some(rows, 2 * n, seed).x();
                  List<String> ends = texts(x);
                  int pairs = ends.size() / 2;
                  double[] t =
                      IntStream.range(0, steps).mapToDouble(i -> i / (steps - 1.0)).toArray();
                  List<String> between =
                      texts(decodes(null).decode(lines(encodes().encode(x), pairs, t)));
                  List<String> lines = new ArrayList<>();
                  for (int i = 0; i < pairs; i++) {
                    lines.add(ends.get(2 * i));
                    lines.addAll(between.subList(i * steps, (i + 1) * steps));
                    lines.addAll(List.of(ends.get(2 * i + 1), ""));
                  }
                  return lines;
                }));
  }

  private List<String> texts(Tensor x) {
    float[] ids = x.toFloats();
    int length = width();
    return IntStream.range(0, ids.length / length)
        .mapToObj(i -> description.preprocessing().vocabulary().text(ids, i * length, length))
        .toList();
  }

  void needsPicture() {
    if (isText()) {
      throw UserException.of(
          "observations of this run are sentences, not to be drawn; write them to a .txt file");
    }
  }

  // ---- pictures
  // ----------------------------------------------------------------------------------------------------

  /** Originals above their reconstructions. */
  public BufferedImage reconstruct(int n, long seed) {
    needsPicture();
    if (model instanceof Multimodal && drawn()) {
      return CrossPictures.grid(this, n, seed);
    }
    Loader rows = rows(defaultPart());
    return Scope.run(
        () ->
            Autograd.off(
                () -> {
                  Batch b = some(rows, n, seed);
                  Tensor x = b.x();
                  Tensor r = decodes(b.labels()).decode(encode(b));
                  String title = title("reconstructions");
                  if (drawn()) {
                    return Grid.pairs(images(x), images(r)).title(title).draw();
                  }
                  return TableView.reconstructions(values(x), values(r), width())
                      .names(names())
                      .title(title)
                      .draw();
                }));
  }

  /** Decoded draws from the prior. */
  public BufferedImage generate(int n, long seed) {
    return generate(n, seed, null, null, NO_PROGRESS);
  }

  /**
   * Decoded draws. Of a conditional model without a label, images have a row for each label, with
   * the same noise in a column, and anything else has labels as they are in the data.
   *
   * @param sampler name of a sampler fitted to the codes, or null for the prior
   * @param label of a conditional model, or null
   * @param progress told the fraction done by models that draw step by step
   * @throws UserException if there is no such sampler or label, or without a sampler no prior
   */
  public BufferedImage generate(
      int n, long seed, String sampler, String label, DoubleConsumer progress) {
    needsPicture();
    Integer u = label == null ? null : labels().number(label);
    String title =
        title(
            (sampler == null ? "samples" : "samples, codes from " + sampler)
                + (u == null ? "" : " of label " + labels.name(u)));
    boolean image = drawn();
    if (image && labels != null && u == null) {
      int columns = Math.max(1, n / labels.classes());
      List<String> captions = IntStream.range(0, labels.classes()).mapToObj(labels::name).toList();
      return Grid.of(images(ofEveryLabel(columns, seed)), columns)
          .rowCaptions(captions)
          .title(title)
          .draw();
    }
    if (image) {
      Tensor x = samples(n, seed, sampler, u == null ? null : new int[] {u}, progress);
      return said(Grid.of(images(x)), x).title(title).draw();
    }
    // Of a rare label a small part may have none.
    Loader rows = rows(u == null ? defaultPart() : "all");
    int[] chosen = some(rows, n, seed, u);
    float[] real = Scope.run(() -> values(rows.read(chosen, 0).x()));
    int[] us = null;
    if (labels != null) {
      int[] all = data.labels().orElseThrow().values();
      us = IntStream.range(0, n).map(i -> all[chosen[i % chosen.length]]).toArray();
    }
    float[] g = values(samples(n, seed, sampler, us, progress));
    if (width() == 2) {
      return TableView.plane(title, names().get(0), names().get(1), real, g);
    }
    return TableView.samples(real, g, width()).names(names()).title(title).draw();
  }

  /** Observations in the data's units, row-major, fewer than {@code n} where there are not more. */
  float[] originals(int n, long seed) {
    Loader rows = rows(defaultPart());
    return Scope.run(() -> values(some(rows, n, seed).x()));
  }

  /**
   * Draws in the data's units, row-major; of a conditional model with the labels of {@link
   * #originals}.
   */
  float[] draws(int n, long seed) {
    Loader rows = rows(defaultPart());
    int[] us = null;
    if (labels != null) {
      int[] all = data.labels().orElseThrow().values();
      int[] chosen = some(rows, n, seed, null);
      us = IntStream.range(0, n).map(i -> all[chosen[i % chosen.length]]).toArray();
    }
    return values(samples(n, seed, null, us, NO_PROGRESS));
  }

  /** A row for each label, the columns of one noise each. */
  private Tensor ofEveryLabel(int columns, long seed) {
    return Scope.run(
        () ->
            Autograd.off(
                () -> {
                  List<Tensor> rows = new ArrayList<>();
                  for (int u = 0; u < labels.classes(); u++) {
                    Rng same = Rng.of(seed).split("generate");
                    rows.add(((Conditional) model).given(Labels.tensor(u)).generate(columns, same));
                  }
                  return Tensor.cat(rows, 0);
                }));
  }

  /**
   * Decoded draws from the prior or a sampler, in the model's units. For tables the likelihood's
   * noise is drawn too.
   *
   * @param us of a conditional model: a label for each draw, or one for all
   */
  private Tensor samples(int n, long seed, String sampler, int[] us, DoubleConsumer progress) {
    Rng rng = Rng.of(seed).split("generate");
    return Scope.run(
        () ->
            Autograd.off(
                () -> {
                  if (sampler != null) {
                    return observed(model, drawCodes(sampler, n, rng), rng);
                  }
                  Object m = us == null ? model : ((Conditional) model).given(Labels.tensor(us));
                  return draw(m, us == null ? n : n / us.length, rng, progress);
                }));
  }

  /** Draws from the model itself, in its units. */
  private Tensor draw(Object source, int n, Rng rng, DoubleConsumer progress) {
    if (source instanceof LatentVariableModel m && !drawn()) {
      return observed(source, m.prior().sample(rng, n), rng);
    }
    if (source instanceof DiscreteCodes m && !model.data().event().isImage()) {
      return m.likelihood(m.draw(n, rng, progress)).sample(rng);
    }
    if (source instanceof Generates g) {
      return g.generate(n, rng, progress);
    }
    throw UserException.of(
        "model %s has no prior to draw from; fit one to its codes with: javae sampler %s --model gmm",
        description.model(), folder);
  }

  /** Images as their expectation given the codes, anything else with the likelihood's noise. */
  private Tensor observed(Object source, Tensor z, Rng rng) {
    if (!drawn() && source instanceof LatentVariableModel m) {
      return m.likelihood(z).sample(rng);
    }
    return decodes(null).decode(z);
  }

  /**
   * Draws codes.
   *
   * @param sampler as in {@link #generate(int, long, String)}
   * @return row-major {@code [n, latent]}
   */
  public float[] drawCodes(int n, long seed, String sampler) {
    Rng rng = Rng.of(seed).split("generate");
    return Scope.run(
        () ->
            Autograd.off(
                () -> {
                  if (sampler != null) {
                    return drawCodes(sampler, n, rng).toFloats();
                  }
                  if (model instanceof LatentVariableModel m) {
                    return m.prior().sample(rng, n).toFloats();
                  }
                  if (labels != null) {
                    throw UserException.of(
                        "model %s has a prior for each label, not one over all its codes",
                        description.model());
                  }
                  throw UserException.of(
                      "model %s has no prior over its codes; fit one with: javae sampler %s --model gmm",
                      description.model(), folder);
                }));
  }

  private Tensor drawCodes(String sampler, int n, Rng rng) {
    encodes();
    try (Run s = Samplers.open(this, sampler)) {
      Tensor z = s.description.preprocessing().restore(s.draw(s.model, n, rng, NO_PROGRESS));
      return z.to(model.params().type());
    }
  }

  /** Points of straight lines between codes 2i and 2i + 1, at the fractions t of each. */
  private static Tensor lines(Tensor z, int n, double[] t) {
    List<Tensor> path = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      for (double w : t) {
        path.add(z.narrow(0, 2L * i, 1).lerp(z.narrow(0, 2L * i + 1, 1), w));
      }
    }
    return Tensor.cat(path, 0);
  }

  /** Rows in pairs, as many as there are up to n. */
  List<int[]> pairs(int n, long seed) {
    int[] order = order(rows(defaultPart()), seed);
    int[] values = labels == null ? null : data.labels().orElseThrow().values();
    Map<Integer, Integer> waiting = new HashMap<>();
    List<int[]> pairs = new ArrayList<>();
    for (int i = 0; i < order.length && pairs.size() < n; i++) {
      int u = values == null ? 0 : values[order[i]];
      Integer first = waiting.remove(u);
      if (first == null) {
        waiting.put(u, order[i]);
      } else {
        pairs.add(new int[] {first, order[i]});
      }
    }
    if (pairs.isEmpty()) {
      throw UserException.of(
          "%s has no two observations%s to interpolate between",
          data.name(), values == null ? "" : " of the same label");
    }
    return pairs;
  }

  /** For a caption, empty where the model does not look at labels. */
  String labelOf(int row) {
    return labels == null
        ? ""
        : ", label " + labels.name(data.labels().orElseThrow().values()[row]);
  }

  /**
   * One latent dimension at a time from −3 to 3, the most informative first; the last frames move.
   */
  public List<BufferedImage> traverse(int n, long seed) {
    needsPicture();
    int steps = 11;
    int latent = codeSize();
    double[] at = IntStream.range(0, steps).mapToDouble(i -> -3 + 6.0 * i / (steps - 1)).toArray();
    double[] kl = informativeness();
    int[] dims =
        IntStream.range(0, latent)
            .boxed()
            .sorted(Comparator.comparingDouble(j -> -kl[j]))
            .limit(n)
            .mapToInt(Integer::intValue)
            .toArray();
    Loader rows = rows(defaultPart());
    int row = order(rows, seed)[0];
    Tensor decoded =
        Scope.run(
            () ->
                Autograd.off(
                    () -> {
                      Batch b = rows.read(new int[] {row}, 0);
                      float[] centre = encode(b).toFloats();
                      float[] codes = new float[dims.length * steps * centre.length];
                      for (int i = 0; i < dims.length; i++) {
                        for (int k = 0; k < steps; k++) {
                          int offset = (i * steps + k) * centre.length;
                          System.arraycopy(centre, 0, codes, offset, centre.length);
                          codes[offset + dims[i]] = (float) at[k];
                        }
                      }
                      return decodes(b.labels())
                          .decode(Tensor.of(codes, (long) dims.length * steps, centre.length));
                    }));
    boolean information = model instanceof LatentVariableModel || labels != null;
    List<String> captions =
        Arrays.stream(dims)
            .mapToObj(j -> Grid.latentCaption(j, information ? kl[j] : Double.NaN))
            .toList();
    return frames("latent traversal" + labelOf(row), decoded, captions, at);
  }

  /** KL of each latent dimension, or its variance for models without a posterior. */
  double[] informativeness() {
    Loader rows = rows(defaultPart());
    int n = Math.min(rows.size(), 1000);
    return Scope.run(
        () ->
            Autograd.off(
                () -> {
                  Batch b = rows.read(rows.rows(0, n), 0);
                  LatentVariableModel m = Conditional.view(model, b);
                  if (m != null) {
                    Tensor kl = KullbackLeibler.perElement(m.posterior(b.x()), m.prior());
                    if (kl != null) {
                      return kl.mean(0).toDoubles();
                    }
                  }
                  return encode(b).variance(0, 0).toDoubles();
                }));
  }

  /** First the whole grid as one picture, then a frame a column for a moving picture. */
  List<BufferedImage> frames(String title, Tensor decoded, List<String> captions, double[] at) {
    int rows = captions.size();
    List<BufferedImage> frames = new ArrayList<>();
    Shape event = model.data().event();
    float[] v = values(decoded);
    int numel = Math.toIntExact(event.numel());
    if (!drawn()) {
      frames.add(
          TableView.samples(new float[0], v, numel).names(names()).title(title(title)).draw());
      return frames;
    }
    frames.add(said(Grid.traversal(tiled(v), captions, at), decoded).title(title(title)).draw());
    for (int k = 0; k < at.length; k++) {
      float[] column = new float[rows * numel];
      for (int i = 0; i < rows; i++) {
        System.arraycopy(v, (i * at.length + k) * numel, column, i * numel, numel);
      }
      frames.add(Grid.of(tiled(column), Math.max(1, (int) Math.ceil(Math.sqrt(rows)))).draw());
    }
    return frames;
  }

  /**
   * The learned manifold: an evenly spaced grid on the unit square through the inverse normal CDF,
   * decoded (Kingma and Welling, 2014, figure 4). With more than two latent dimensions the two most
   * informative ones move, the others are 0.
   */
  public BufferedImage manifold(int n, long seed) {
    return manifold(n, seed, null);
  }

  /**
   * As {@link #manifold(int, long)}, of a conditional model over the prior of a label.
   *
   * @param label by default the first one
   */
  public BufferedImage manifold(int n, long seed, String label) {
    int given = label == null ? 0 : labels().number(label);
    Shape event = model.data().event();
    if (!drawn()) {
      throw UserException.of(
          "a manifold is drawn from images, but observations here have shape %s; try traverse",
          event);
    }
    int latent = codeSize();
    if (latent < 2) {
      throw UserException.of(
          "a manifold needs two latent dimensions, but the model has %d; try traverse", latent);
    }
    if (!(model instanceof Generates) && labels == null) {
      throw UserException.of(
          "model %s has no prior to lay a manifold over; try interpolate", description.model());
    }
    double[] kl = latent == 2 ? new double[] {1, 0} : informativeness();
    int[] order =
        IntStream.range(0, latent)
            .boxed()
            .sorted(Comparator.comparingDouble(j -> -kl[j]))
            .mapToInt(i -> i)
            .toArray();
    float[] u = new float[n];
    for (int i = 0; i < n; i++) {
      u[i] = (i + 0.5f) / n;
    }
    return Scope.run(
        () ->
            Autograd.off(
                () -> {
                  // Φ⁻¹(u) = √2 erfinv(2u − 1)
                  float[] q =
                      Tensor.of(u, n).times(2).minus(1).erfinv().times(Math.sqrt(2)).toFloats();
                  float[] codes = new float[n * n * latent];
                  for (int i = 0; i < n; i++) {
                    for (int j = 0; j < n; j++) {
                      codes[(i * n + j) * latent + order[0]] = q[j];
                      codes[(i * n + j) * latent + order[1]] = q[n - 1 - i];
                    }
                  }
                  double[] across = new double[n];
                  double[] down = new double[n];
                  for (int i = 0; i < n; i++) {
                    across[i] = q[i];
                    down[i] = q[n - 1 - i];
                  }
                  Tensor z = Tensor.of(codes, (long) n * n, latent);
                  Tensor one = labels == null ? null : Labels.tensor(given);
                  if (model instanceof Conditional c && c.given(one).prior() instanceof Normal p) {
                    z = z.times(p.scale()).plus(p.mean());
                  }
                  Tensor x = decodes(one).decode(z);
                  String of = labels == null ? "" : " of label " + labels.name(given);
                  return Grid.manifold(images(x), "z" + order[0], across, "z" + order[1], down)
                      .title(title("latent manifold" + of))
                      .draw();
                }));
  }

  /** The frames after the first as a moving picture. */
  public static Gif film(List<BufferedImage> frames) {
    return Gif.of(frames.subList(1, frames.size())).thereAndBack();
  }

  // ---- codes
  // -------------------------------------------------------------------------------------------------------

  /** Codes of all rows of the data in their own order, row-major {@code [n, latent]}. */
  public float[] encodeAll(DoubleConsumer progress) {
    Dataset d = data();
    int[] all = IntStream.range(0, d.size()).toArray();
    Loader rows = Experiment.loader(d, all, description.preprocessing(), seed(), "encode", false);
    int latent = codeSize();
    float[] out = new float[Math.multiplyExact(d.size(), latent)];
    int[] at = {0};
    rows.each(
        BATCH,
        b -> {
          float[] z = Autograd.off(() -> encode(b).toFloats());
          System.arraycopy(z, 0, out, at[0], z.length);
          at[0] += z.length;
          progress.accept(at[0] / (double) out.length);
        });
    return out;
  }

  /** Expected observations of codes, in the data's own units, row-major. */
  public float[] decodeAll(float[] codes) {
    return decodeAll(codes, null);
  }

  /**
   * As {@link #decodeAll(float[])}, given a label.
   *
   * @param label that a conditional decoder is to see, or null
   * @throws UserException if the decoder needs one
   */
  public float[] decodeAll(float[] codes, String label) {
    Tensor given = label == null ? null : Labels.tensor(labels().number(label));
    int latent = codeSize();
    if (codes.length % latent != 0) {
      throw UserException.of(
          "the codes do not come in rows of %d, the latent size of this model", latent);
    }
    int n = codes.length / latent;
    int numel = Math.toIntExact(model.data().event().numel());
    float[] out = new float[Math.multiplyExact(n, numel)];
    for (int from = 0; from < n; from += BATCH) {
      int count = Math.min(BATCH, n - from);
      float[] part = Arrays.copyOfRange(codes, from * latent, (from + count) * latent);
      float[] x =
          Scope.run(
              () ->
                  Autograd.off(
                      () -> values(decodes(given).decode(Tensor.of(part, count, latent)))));
      System.arraycopy(x, 0, out, from * numel, x.length);
    }
    return out;
  }

  // ---- helpers
  // -----------------------------------------------------------------------------------------------------

  Encodes encodes() {
    if (model instanceof Encodes e) {
      return e;
    }
    throw UserException.of("model %s has no codes", description.model());
  }

  /** Codes of observations, given their labels where the model is conditional. */
  Tensor encode(Batch b) {
    LatentVariableModel m = Conditional.view(model, b);
    return m == null ? encodes().encode(b.x()) : m.encode(b.x());
  }

  /** As {@link #latent}, for what needs codes. */
  int codeSize() {
    return labels == null ? encodes().latent() : latent();
  }

  /**
   * Codes of the rows of a part in fixed order, row-major {@code [n, latent]}: a draw of the
   * posterior each where the model has one, so that many rows make the aggregated posterior, else
   * the code.
   */
  float[] aggregate(String part, Rng rng) {
    Loader rows = rows(part);
    float[] out = new float[Math.multiplyExact(rows.size(), codeSize())];
    int[] at = {0};
    rows.each(
        BATCH,
        b -> {
          float[] z =
              Autograd.off(
                  () -> {
                    LatentVariableModel m = Conditional.view(model, b);
                    return (m == null ? encodes().encode(b.x()) : m.posterior(b.x()).sample(rng))
                        .toFloats();
                  });
          System.arraycopy(z, 0, out, at[0], z.length);
          at[0] += z.length;
        });
    return out;
  }

  /** Rows of a part, which may have none. */
  int size(String part) {
    data();
    return split.part(part).length;
  }

  /** Latent dimensions, 0 for a model without codes. */
  public int latent() {
    return model instanceof Encodes e
        ? e.latent()
        : model instanceof Conditional c ? c.latent() : 0;
  }

  /**
   * What decodes.
   *
   * @param given labels that a conditional decoder is to see, one for all codes or one each; null
   *     if there are none
   */
  Decodes decodes(Tensor given) {
    if (model instanceof Decodes d) {
      return d;
    }
    if (model instanceof Conditional c) {
      if (given == null) {
        throw UserException.usage(
            "the decoder of model %s needs to be told a label; add --label LABEL",
            description.model());
      }
      return c.given(given);
    }
    throw UserException.of("model %s does not decode", description.model());
  }

  /** The labels of a conditional model. */
  private Labels labels() {
    if (labels == null) {
      throw UserException.usage(
          "--label is for models with labels such as cvae, but this run is of %s",
          description.model());
    }
    return labels;
  }

  /** The rows of a part in a random order. */
  static int[] order(Loader rows, long seed) {
    int[] all = rows.rows(0, rows.size());
    return Arrays.stream(Rng.of(seed).split("pictures").permutation(all.length, 0))
        .map(i -> all[i])
        .toArray();
  }

  Batch some(Loader rows, int n, long seed) {
    return rows.read(some(rows, n, seed, null), 0);
  }

  /** Some rows, with the label {@code u} only if that is given. */
  int[] some(Loader rows, int n, long seed, Integer u) {
    int[] values = u == null ? null : data.labels().orElseThrow().values();
    int[] chosen =
        Arrays.stream(order(rows, seed))
            .filter(r -> u == null || values[r] == u)
            .limit(n)
            .toArray();
    if (chosen.length == 0) {
      throw UserException.of(
          "%s has no observation of label %s to compare with", data.name(), labels.name(u));
    }
    return chosen;
  }

  /** Whether observations are pictures, or hold views that are. */
  boolean drawn() {
    return tiles == null ? model.data().event().isImage() : tiles.draws();
  }

  Images images(Tensor x) {
    return tiled(values(x));
  }

  /** Pictures out of values in the data's units; of several views side by side. */
  Images tiled(float[] values) {
    return tiles == null ? Images.of(values, model.data().event()) : tiles.images(values);
  }

  /** The same grid with the views that are no pictures in words under each observation. */
  Grid said(Grid grid, Tensor x) {
    List<String> words = captions(x);
    return words.stream().allMatch(String::isEmpty) ? grid : grid.tileCaptions(words);
  }

  /** Views that are no pictures in words; empty lines where there are none. */
  List<String> captions(Tensor x) {
    return tiles == null
        ? Collections.nCopies(Math.toIntExact(x.size(0)), "")
        : tiles.captions(values(x));
  }

  /** How observations of several views are drawn; null of one block. */
  ViewTiles tiles() {
    return tiles;
  }

  /** In the data's own units. */
  float[] values(Tensor x) {
    Preprocessing p = description.preprocessing();
    return Scope.run(() -> p.restore(x).toFloats());
  }

  int width() {
    return Math.toIntExact(model.data().event().numel());
  }

  List<String> names() {
    List<String> names = new ArrayList<>();
    for (Dataset.Column c : model.data().columns()) {
      if (c.kind() == Dataset.Column.Kind.REAL) {
        names.add(c.name());
      } else {
        c.categories().forEach(v -> names.add(c.name() + "=" + v));
      }
    }
    for (int i = names.size(); i < width(); i++) {
      names.add("x" + (i + 1));
    }
    return names;
  }

  String title(String what) {
    return description.model() + " on " + description.source().get("name") + ": " + what;
  }

  /** Metrics of the kept epoch. */
  public Map<String, Object> trainingMetrics() {
    return description.metrics();
  }

  @Override
  public void close() {
    if (data != null && !borrowed) {
      data.close();
    }
  }
}
