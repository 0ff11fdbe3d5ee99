package org.javae.core.data;

import java.util.List;
import java.util.Optional;
import org.javae.tensor.Shape;

/**
 * Observations with random access, so that shuffling, splitting and resuming need no copy.
 * Implementations read from memory, from a memory-mapped file or decode on demand; {@link #read}
 * may be called from one thread at a time.
 */
public interface Dataset extends AutoCloseable {
  /** Short name for reports: the catalogue name or the file's name, never a full path. */
  String name();

  /**
   * Shape of one observation: {@code [d]} for tables, {@code [channels, height, width]} for images.
   */
  Shape shape();

  /** Number of observations. */
  int size();

  /**
   * Copies observations {@code indices} into {@code out}, row-major, {@code indices.length *
   * shape().numel()} floats. Missing cells of tables are NaN. Values are in the data's own units
   * (image bytes are divided by 255 already).
   */
  void read(int[] indices, float[] out);

  /**
   * What one observation's elements are; for images one kind for all, for tables one entry a
   * column.
   */
  default List<Column> columns() {
    return List.of();
  }

  /**
   * The blocks an observation {@code [elements]} is made of, one after another; empty if it is one
   * block. A view that an observation lacks is NaN in all its elements.
   */
  default List<View> views() {
    return List.of();
  }

  /** One view as a data set of its own, with the same rows; NaN throughout where it is absent. */
  default Dataset view(int index) {
    return new ViewOf(this, index);
  }

  /**
   * Named integer annotations (class label, ground-truth factors), each with {@link #size()}
   * values.
   */
  default List<Annotation> annotations() {
    return List.of();
  }

  /** The annotation called {@code label}, if there is one. */
  default Optional<Annotation> labels() {
    return annotations().stream().filter(a -> a.name().equals("label")).findFirst();
  }

  /**
   * What the numbers stand for if an observation {@code [length]} is a sequence of tokens (text);
   * empty if they are quantities.
   */
  default Optional<Tokens> tokens() {
    return Optional.empty();
  }

  /**
   * Rows of the publisher's own train / validation / test division, in that order, if the source
   * has one; the rows of a part are contiguous. Empty: the caller splits by seed.
   */
  default Optional<PublishedSplit> publishedSplit() {
    return Optional.empty();
  }

  /**
   * Exact average log-likelihood per observation in nats under the generating process, where the
   * source knows it.
   */
  default Optional<Double> exactLogLikelihood() {
    return Optional.empty();
  }

  /**
   * The real-valued sources that generated each observation, where the process is known: what an
   * identifiable model should find again.
   */
  default Optional<Sources> sources() {
    return Optional.empty();
  }

  /**
   * SHA-256 over shape, size and content (or a stated sample of it for data larger than memory),
   * hex.
   */
  String fingerprint();

  @Override
  default void close() {}

  /**
   * A column of a table, occupying {@code width} consecutive elements of the observation.
   *
   * @param kind real, or categorical (one-hot over {@code categories})
   */
  record Column(String name, Kind kind, List<String> categories) {
    /** Statistical type of a column. */
    public enum Kind {
      REAL,
      CATEGORICAL
    }

    /** Elements this column takes in an observation. */
    public int width() {
      return kind == Kind.REAL ? 1 : categories.size();
    }
  }

  /**
   * Numbers that are names: of words, or of nothing.
   *
   * @param size they are 0 … size − 1, the first those of {@link Vocabulary#MARKS}
   * @param words what each stands for, marks included, or empty; which of them a model knows is
   *     learned on the training rows ({@link Vocabulary#learn})
   */
  record Tokens(int size, List<String> words) {}

  /**
   * A block of an observation: one of several descriptions of the same thing.
   *
   * @param name what people call it
   * @param shape of it alone
   * @param columns of a table, else empty
   * @param tokens of text, else null
   * @param settings what a model is to do with it
   */
  record View(
      String name, Shape shape, List<Column> columns, Tokens tokens, ViewSettings settings) {
    /** With what suits its values. */
    public View(String name, Shape shape) {
      this(name, shape, List.of(), null, ViewSettings.AUTO);
    }

    /** With columns. */
    public View(String name, List<Column> columns) {
      this(
          name,
          Shape.of(columns.stream().mapToLong(Column::width).sum()),
          columns,
          null,
          ViewSettings.AUTO);
    }

    /** The same with other settings. */
    public View with(ViewSettings s) {
      return new View(name, shape, columns, tokens, s);
    }

    /** Elements of an observation it takes. */
    public int length() {
      return Math.toIntExact(shape.numel());
    }
  }

  /**
   * What to do with a view; null is what suits its values.
   *
   * @param likelihood of it given the latents, as text
   * @param network that reads and draws it, as text
   * @param weight of its log-likelihood, positive
   * @param scaling {@code none}, {@code standard} or {@code minmax}
   * @param binarize {@code none}, {@code static} or {@code dynamic}
   */
  record ViewSettings(
      String likelihood, String network, double weight, String scaling, String binarize) {
    /** What suits the values. */
    public static final ViewSettings AUTO = new ViewSettings(null, null, 1, null, null);

    /** The same with a likelihood. */
    public ViewSettings likelihood(String text) {
      return new ViewSettings(text, network, weight, scaling, binarize);
    }

    /** The same with another scaling. */
    public ViewSettings scaling(String how) {
      return new ViewSettings(likelihood, network, weight, how, binarize);
    }

    /** The same with another weight. */
    public ViewSettings weight(double w) {
      return new ViewSettings(likelihood, network, w, scaling, binarize);
    }
  }

  /** One integer a row, with the number of values it can take and, where known, their names. */
  record Annotation(String name, int[] values, int cardinality, List<String> valueNames) {}

  /**
   * True sources, row-major: {@code dimension} numbers an observation.
   *
   * @param dimension number of sources
   */
  record Sources(int dimension, float[] values) {}

  /**
   * Sizes of the contiguous parts train, validation (may be 0) and test; they sum to {@link
   * Dataset#size()}.
   */
  record PublishedSplit(int train, int validation, int test) {}
}
