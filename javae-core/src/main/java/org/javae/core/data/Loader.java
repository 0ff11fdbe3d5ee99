package org.javae.core.data;

import java.util.Arrays;
import java.util.function.Consumer;
import org.javae.core.model.Batch;
import org.javae.core.train.BatchSource;
import org.javae.tensor.Rng;
import org.javae.tensor.Scope;
import org.javae.tensor.Shape;
import org.javae.tensor.Tensor;

/**
 * Preprocessed batches of some rows of a data set. What a batch holds depends only on the seed, the
 * epoch and its index, so a resumed run sees the same batches without any saved state.
 */
public final class Loader implements BatchSource<Batch> {
  private final Dataset data;
  private final int[] rows;
  private final Preprocessing preprocessing;
  private final Rng binarize;
  private final Rng order;
  private final boolean shuffle;
  private final int[] labels;
  private final int numel;
  private final int[] numbers;
  private long cachedEpoch = -1;
  private int[] cachedOrder;
  private float[] buffer = new float[0];

  /**
   * @param shuffle a new order every epoch (training), or always the given one (evaluation)
   */
  public Loader(Dataset data, int[] rows, Preprocessing preprocessing, Rng rng, boolean shuffle) {
    this.data = data;
    this.rows = rows.clone();
    this.preprocessing = preprocessing;
    this.binarize = rng.split("binarize");
    this.order = rng.split("order");
    this.shuffle = shuffle;
    this.labels = data.labels().map(Dataset.Annotation::values).orElse(null);
    this.numel = Math.toIntExact(data.shape().numel());
    this.numbers = preprocessing.numbers(data);
  }

  @Override
  public int size() {
    return rows.length;
  }

  /** Shape of one observation. */
  public Shape shape() {
    return data.shape();
  }

  /** Row numbers in the data set of observations {@code from … to} in this loader's fixed order. */
  public int[] rows(int from, int to) {
    return Arrays.copyOfRange(rows, from, to);
  }

  /** The data these rows are of. */
  public Dataset data() {
    return data;
  }

  @Override
  public Batch batch(long epoch, int index, int batchSize) {
    int from = index * batchSize;
    int to = Math.min(rows.length, from + batchSize);
    int[] part = new int[to - from];
    int[] o = shuffle ? orderOf(epoch) : null;
    for (int i = 0; i < part.length; i++) {
      part[i] = rows[o == null ? from + i : o[from + i]];
    }
    return read(part, epoch);
  }

  /** Observations by row number of the data set. */
  public Batch read(int[] part, long epoch) {
    if (buffer.length < part.length * numel) {
      buffer = new float[part.length * numel];
    }
    data.read(part, buffer);
    if (numbers != null) {
      preprocessing.translate(numbers, buffer, part.length * numel);
    }
    preprocessing.check(data, part, buffer);
    preprocessing.apply(buffer, part, numel, binarize, epoch);
    Tensor x = Tensor.ofPrefix(buffer, data.shape().prepend(part.length).toArray());
    Tensor y =
        labels == null
            ? null
            : Tensor.of(Arrays.stream(part).mapToLong(r -> labels[r]).toArray(), part.length);
    return new Batch(x, y, part.clone());
  }

  /** One pass in fixed order, each batch in a scope of its own. */
  public void each(int batchSize, Consumer<Batch> consumer) {
    for (int i = 0; i < batches(batchSize); i++) {
      int index = i;
      Scope.run(() -> consumer.accept(batch(0, index, batchSize)));
    }
  }

  private int[] orderOf(long epoch) {
    if (epoch != cachedEpoch) {
      cachedOrder = order.permutation(rows.length, epoch);
      cachedEpoch = epoch;
    }
    return cachedOrder;
  }
}
