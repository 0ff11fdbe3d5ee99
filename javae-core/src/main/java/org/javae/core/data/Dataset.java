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
