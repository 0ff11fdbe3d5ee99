package org.javae.core.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.javae.core.model.Batch;
import org.javae.core.train.BatchSource;
import org.javae.tensor.Rng;
import org.javae.tensor.Scope;
import org.javae.tensor.Shape;
import org.javae.tensor.Tensor;
import org.javae.tensor.UserException;

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
  private final List<Lane> lanes;
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
    this.lanes = new ArrayList<>();
    if (preprocessing.views().isEmpty()) {
      this.numbers = preprocessing.numbers(data);
      return;
    }
    this.numbers = null;
    String wanted =
        preprocessing.views().stream()
            .map(p -> p.name() + " (" + p.length() + ")")
            .collect(Collectors.joining(", "));
    String found =
        data.views().stream()
            .map(v -> v.name() + " (" + v.length() + ")")
            .collect(Collectors.joining(", "));
    if (!wanted.equals(found)) {
      throw UserException.of(
          "the model was made for the views %s (elements), but %s has %s; give it the views it knows",
          wanted, data.name(), found.isEmpty() ? "one block" : found);
    }
    int offset = 0;
    for (int m = 0; m < data.views().size(); m++) {
      Preprocessing.Part p = preprocessing.views().get(m);
      Dataset view = data.view(m);
      // Views binarise independently of each other.
      lanes.add(
          new Lane(
              view, p.of(), p.of().numbers(view), binarize.split(p.name()), offset, p.length()));
      offset += p.length();
    }
  }

  /** What is done to one view. */
  private record Lane(
      Dataset view, Preprocessing of, int[] numbers, Rng binarize, int offset, int length) {

    /** Preprocesses the rows that have this view and writes zeros into the others. */
    void apply(float[] values, int[] part, int numel, long epoch, float[] present, int m, int all) {
      int[] there =
          IntStream.range(0, part.length)
              .filter(i -> Views.present(values, i * numel + offset, length))
              .toArray();
      int[] rows = Arrays.stream(there).map(i -> part[i]).toArray();
      float[] mine = new float[rows.length * length];
      for (int k = 0; k < there.length; k++) {
        System.arraycopy(values, there[k] * numel + offset, mine, k * length, length);
        present[there[k] * all + m] = 1;
      }
      if (numbers != null) {
        of.translate(numbers, mine, mine.length);
      }
      of.check(view, rows, mine);
      of.apply(mine, rows, length, binarize, epoch);
      for (int i = 0, k = 0; i < part.length; i++) {
        int to = i * numel + offset;
        if (k < there.length && there[k] == i) {
          System.arraycopy(mine, k++ * length, values, to, length);
        } else {
          Arrays.fill(values, to, to + length, 0);
        }
      }
    }
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
    float[] present = new float[part.length * lanes.size()];
    if (lanes.isEmpty()) {
      if (numbers != null) {
        preprocessing.translate(numbers, buffer, part.length * numel);
      }
      preprocessing.check(data, part, buffer);
      preprocessing.apply(buffer, part, numel, binarize, epoch);
    }
    for (int m = 0; m < lanes.size(); m++) {
      lanes.get(m).apply(buffer, part, numel, epoch, present, m, lanes.size());
    }
    Tensor x = Tensor.ofPrefix(buffer, data.shape().prepend(part.length).toArray());
    Tensor y =
        labels == null
            ? null
            : Tensor.of(Arrays.stream(part).mapToLong(r -> labels[r]).toArray(), part.length);
    Tensor there = lanes.isEmpty() ? null : Tensor.ofPrefix(present, part.length, lanes.size());
    return new Batch(x, y, part.clone(), there);
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
