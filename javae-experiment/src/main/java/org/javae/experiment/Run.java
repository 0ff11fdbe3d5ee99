package org.javae.experiment;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleConsumer;
import java.util.stream.IntStream;
import org.javae.core.data.Dataset;
import org.javae.core.data.Loader;
import org.javae.core.data.Preprocessing;
import org.javae.core.data.Split;
import org.javae.core.evaluate.Evaluator;
import org.javae.core.evaluate.Metrics;
import org.javae.core.io.Json;
import org.javae.core.io.ModelFolder;
import org.javae.core.model.Batch;
import org.javae.core.model.Decodes;
import org.javae.core.model.Encodes;
import org.javae.core.model.Generates;
import org.javae.core.model.LatentVariableModel;
import org.javae.core.model.Model;
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
  private static final int BATCH = Experiment.EVALUATION_BATCH;

  private final Path folder;
  private final ModelFolder.Description description;
  private final Model<Batch> model;
  private final DataConfig trained;
  private DataConfig wanted;
  private Dataset data;
  private Split split;
  private boolean borrowed;

  private Run(Path folder, ModelFolder.Loaded loaded) {
    this.folder = folder;
    this.description = loaded.description();
    @SuppressWarnings("unchecked") // every catalogue entry so far is a model of one block
    Model<Batch> m = (Model<Batch>) loaded.model();
    this.model = m;
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
    Metrics m = Evaluator.evaluate(model, rows, options, progress);
    return new Evaluation(
        description.model(), data.name(), p, rows.size(), m, (System.nanoTime() - start) / 1e9);
  }

  /** The object {@code evaluate --json} prints. */
  public record Evaluation(
      String model, String data, String split, int n, Metrics metrics, double seconds) {}

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
    return texts(samples(n, seed, sampler));
  }

  /** Sentences, each with the likeliest words of its code below, then an empty line. */
  public List<String> reconstructedSentences(int n, long seed) {
    Loader rows = rows(defaultPart());
    return Scope.run(
        () ->
            Autograd.off(
                () -> {
                  Tensor x = some(rows, n, seed);
                  List<String> said = texts(x);
                  List<String> again = texts(decodes().decode(encodes().encode(x)));
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
                  Tensor x = some(rows, 2 * n, seed);
                  List<String> ends = texts(x);
                  int pairs = ends.size() / 2;
                  double[] t =
                      IntStream.range(0, steps).mapToDouble(i -> i / (steps - 1.0)).toArray();
                  List<String> between =
                      texts(decodes().decode(lines(encodes().encode(x), pairs, t)));
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

  private void needsPicture() {
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
    Loader rows = rows(defaultPart());
    return Scope.run(
        () ->
            Autograd.off(
                () -> {
                  Tensor x = some(rows, n, seed);
                  Tensor r = decodes().decode(encodes().encode(x));
                  String title = title("reconstructions");
                  if (model.data().event().isImage()) {
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
    return generate(n, seed, null);
  }

  /**
   * Decoded draws.
   *
   * @param sampler name of a sampler fitted to the codes, or null for the prior
   * @throws UserException if there is no such sampler, or without one no prior
   */
  public BufferedImage generate(int n, long seed, String sampler) {
    needsPicture();
    Tensor g = samples(n, seed, sampler);
    String title = title(sampler == null ? "samples" : "samples, codes from " + sampler);
    if (model.data().event().isImage()) {
      return Grid.of(images(g)).title(title).draw();
    }
    float[] real = Scope.run(() -> values(some(rows(defaultPart()), n, seed)));
    if (width() == 2) {
      return TableView.plane(title, names().get(0), names().get(1), real, values(g));
    }
    return TableView.samples(real, values(g), width()).names(names()).title(title).draw();
  }

  /**
   * Decoded draws from the prior or a sampler, in the model's units. For tables the likelihood's
   * noise is drawn too.
   */
  private Tensor samples(int n, long seed, String sampler) {
    Rng rng = Rng.of(seed).split("generate");
    return Scope.run(
        () ->
            Autograd.off(
                () -> sampler == null ? draw(n, rng) : observed(drawCodes(sampler, n, rng), rng)));
  }

  /** Draws from the model itself, in its units. */
  private Tensor draw(int n, Rng rng) {
    if (model instanceof LatentVariableModel m && !model.data().event().isImage()) {
      return observed(m.prior().sample(rng, n), rng);
    }
    if (model instanceof Generates g) {
      return g.generate(n, rng);
    }
    throw UserException.of(
        "model %s has no prior to draw from; fit one to its codes with: javae sampler %s --model gmm",
        description.model(), folder);
  }

  /** Images as their expectation given the codes, anything else with the likelihood's noise. */
  private Tensor observed(Tensor z, Rng rng) {
    if (!model.data().event().isImage() && model instanceof LatentVariableModel m) {
      return m.likelihood(z).sample(rng);
    }
    return decodes().decode(z);
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
                  throw UserException.of(
                      "model %s has no prior over its codes; fit one with: javae sampler %s --model gmm",
                      description.model(), folder);
                }));
  }

  private Tensor drawCodes(String sampler, int n, Rng rng) {
    encodes();
    try (Run s = Samplers.open(this, sampler)) {
      Tensor z = s.description.preprocessing().restore(s.draw(n, rng));
      return z.to(model.params().type());
    }
  }

  /** Straight lines in latent space between pairs of observations, {@code n} pairs. */
  public List<BufferedImage> interpolate(int n, long seed) {
    needsPicture();
    int steps = 11;
    double[] t = IntStream.range(0, steps).mapToDouble(i -> i / (steps - 1.0)).toArray();
    Loader rows = rows(defaultPart());
    Tensor decoded =
        Scope.run(
            () ->
                Autograd.off(
                    () -> {
                      Tensor z = encodes().encode(some(rows, 2 * n, seed));
                      return decodes().decode(lines(z, n, t));
                    }));
    List<String> captions = IntStream.range(0, n).mapToObj(i -> "pair " + (i + 1)).toList();
    return frames("interpolations", decoded, captions, t);
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

  /**
   * One latent dimension at a time from −3 to 3, the most informative first; the last frames move.
   */
  public List<BufferedImage> traverse(int n, long seed) {
    needsPicture();
    int steps = 11;
    double[] at = IntStream.range(0, steps).mapToDouble(i -> -3 + 6.0 * i / (steps - 1)).toArray();
    double[] kl = informativeness();
    int[] dims =
        IntStream.range(0, encodes().latent())
            .boxed()
            .sorted(Comparator.comparingDouble(j -> -kl[j]))
            .limit(n)
            .mapToInt(Integer::intValue)
            .toArray();
    Loader rows = rows(defaultPart());
    Tensor decoded =
        Scope.run(
            () ->
                Autograd.off(
                    () -> {
                      Tensor z = encodes().encode(some(rows, 1, seed));
                      float[] centre = z.toFloats();
                      float[] codes = new float[dims.length * steps * centre.length];
                      for (int i = 0; i < dims.length; i++) {
                        for (int k = 0; k < steps; k++) {
                          int offset = (i * steps + k) * centre.length;
                          System.arraycopy(centre, 0, codes, offset, centre.length);
                          codes[offset + dims[i]] = (float) at[k];
                        }
                      }
                      return decodes()
                          .decode(Tensor.of(codes, (long) dims.length * steps, centre.length));
                    }));
    boolean information = model instanceof LatentVariableModel;
    List<String> captions =
        Arrays.stream(dims)
            .mapToObj(j -> Grid.latentCaption(j, information ? kl[j] : Double.NaN))
            .toList();
    return frames("latent traversal", decoded, captions, at);
  }

  /** KL of each latent dimension, or its variance for models without a posterior. */
  private double[] informativeness() {
    Loader rows = rows(defaultPart());
    int n = Math.min(rows.size(), 1000);
    return Scope.run(
        () ->
            Autograd.off(
                () -> {
                  Tensor x = rows.read(rows.rows(0, n), 0).x();
                  if (model instanceof LatentVariableModel m) {
                    Tensor kl =
                        org.javae.core.divergence.KullbackLeibler.perElement(
                            m.posterior(x), m.prior());
                    if (kl != null) {
                      return kl.mean(0).toDoubles();
                    }
                  }
                  return encodes().encode(x).variance(0, 0).toDoubles();
                }));
  }

  /** First the whole grid as one picture, then a frame a column for a moving picture. */
  private List<BufferedImage> frames(
      String title, Tensor decoded, List<String> captions, double[] at) {
    int rows = captions.size();
    List<BufferedImage> frames = new ArrayList<>();
    Shape event = model.data().event();
    float[] v = values(decoded);
    int numel = Math.toIntExact(event.numel());
    if (!event.isImage()) {
      frames.add(
          TableView.samples(new float[0], v, numel).names(names()).title(title(title)).draw());
      return frames;
    }
    frames.add(Grid.traversal(Images.of(v, event), captions, at).title(title(title)).draw());
    for (int k = 0; k < at.length; k++) {
      float[] column = new float[rows * numel];
      for (int i = 0; i < rows; i++) {
        System.arraycopy(v, (i * at.length + k) * numel, column, i * numel, numel);
      }
      frames.add(
          Grid.of(Images.of(column, event), Math.max(1, (int) Math.ceil(Math.sqrt(rows)))).draw());
    }
    return frames;
  }

  /**
   * The learned manifold: an evenly spaced grid on the unit square through the inverse normal CDF,
   * decoded (Kingma and Welling, 2014, figure 4). With more than two latent dimensions the two most
   * informative ones move, the others are 0.
   */
  public BufferedImage manifold(int n, long seed) {
    Shape event = model.data().event();
    if (!event.isImage()) {
      throw UserException.of(
          "a manifold is drawn from images, but observations here have shape %s; try traverse",
          event);
    }
    int latent = encodes().latent();
    if (latent < 2) {
      throw UserException.of(
          "a manifold needs two latent dimensions, but the model has %d; try traverse", latent);
    }
    if (!(model instanceof Generates)) {
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
                  Tensor x = decodes().decode(Tensor.of(codes, (long) n * n, latent));
                  return Grid.manifold(images(x), "z" + order[0], across, "z" + order[1], down)
                      .title(title("latent manifold"))
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
    int latent = encodes().latent();
    float[] out = new float[Math.multiplyExact(d.size(), latent)];
    int[] at = {0};
    rows.each(
        BATCH,
        b -> {
          float[] z = Autograd.off(() -> encodes().encode(b.x()).toFloats());
          System.arraycopy(z, 0, out, at[0], z.length);
          at[0] += z.length;
          progress.accept(at[0] / (double) out.length);
        });
    return out;
  }

  /** Expected observations of codes, in the data's own units, row-major. */
  public float[] decodeAll(float[] codes) {
    int latent = encodes().latent();
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
              () -> Autograd.off(() -> values(decodes().decode(Tensor.of(part, count, latent)))));
      System.arraycopy(x, 0, out, from * numel, x.length);
    }
    return out;
  }

  // ---- helpers
  // -----------------------------------------------------------------------------------------------------

  private Encodes encodes() {
    if (model instanceof Encodes e) {
      return e;
    }
    throw UserException.of("model %s has no codes", description.model());
  }

  /**
   * Codes of the rows of a part in fixed order, row-major {@code [n, latent]}: a draw of the
   * posterior each where the model has one, so that many rows make the aggregated posterior, else
   * the code.
   */
  float[] aggregate(String part, Rng rng) {
    Encodes e = encodes();
    Loader rows = rows(part);
    float[] out = new float[Math.multiplyExact(rows.size(), e.latent())];
    int[] at = {0};
    rows.each(
        BATCH,
        b -> {
          float[] z =
              Autograd.off(
                  () ->
                      (model instanceof LatentVariableModel m
                              ? m.posterior(b.x()).sample(rng)
                              : e.encode(b.x()))
                          .toFloats());
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
    return model instanceof Encodes e ? e.latent() : 0;
  }

  private Decodes decodes() {
    if (model instanceof Decodes d) {
      return d;
    }
    throw UserException.of("model %s does not decode", description.model());
  }

  private Tensor some(Loader rows, int n, long seed) {
    int count = Math.min(n, rows.size());
    int[] all = rows.rows(0, rows.size());
    int[] order = Rng.of(seed).split("pictures").permutation(all.length, 0);
    int[] chosen = IntStream.range(0, count).map(i -> all[order[i]]).toArray();
    return rows.read(chosen, 0).x();
  }

  private Images images(Tensor x) {
    return Images.of(values(x), model.data().event());
  }

  /** In the data's own units. */
  private float[] values(Tensor x) {
    Preprocessing p = description.preprocessing();
    return Scope.run(() -> p.restore(x).toFloats());
  }

  private int width() {
    return Math.toIntExact(model.data().event().numel());
  }

  private List<String> names() {
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

  private String title(String what) {
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
