package org.javae.data.read;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.Function;
import org.javae.core.data.ArrayDataset;
import org.javae.core.data.Dataset;
import org.javae.tensor.UserException;

/**
 * Collects observations, all bytes or all floats, and makes the data set whose storage suits their
 * number.
 */
final class RowWriter implements AutoCloseable {
  private final ByteStore.Builder builder;
  private final int numel;
  private final boolean bytes;
  private final ByteBuffer floats;
  private int rows;
  private int largest;

  private RowWriter(ReadOptions options, int numel, boolean bytes) {
    this.builder = new ByteStore.Builder(options);
    this.numel = numel;
    this.bytes = bytes;
    this.floats = bytes ? null : ByteBuffer.allocate(Math.multiplyExact(numel, Float.BYTES));
  }

  static RowWriter ofBytes(ReadOptions options, int numel) {
    return new RowWriter(options, numel, true);
  }

  static RowWriter ofFloats(ReadOptions options, int numel) {
    return new RowWriter(options, numel, false);
  }

  int rows() {
    return rows;
  }

  void add(byte[] row) {
    for (byte b : row) {
      largest = Math.max(largest, b & 0xff);
    }
    builder.write(row, 0, numel);
    count();
  }

  void add(float[] row) {
    floats.asFloatBuffer().put(row);
    builder.write(floats.array(), 0, floats.capacity());
    count();
  }

  private void count() {
    if (++rows == Integer.MAX_VALUE) {
      throw UserException.of(
          "The data has more than %d observations, more than can be numbered: read a part of it with limit.",
          rows - 1);
    }
  }

  /**
   * @param unitRange for bytes: they are grey levels 0 to 255 and become 0 to 1; bytes that are all
   *     0 or 1 are taken as binary and left alone
   * @param metaOfRows told the number of rows
   */
  Dataset finish(boolean unitRange, Function<Integer, Meta> metaOfRows) {
    Meta meta = metaOfRows.apply(rows);
    ByteStore store;
    try {
      store = builder.finish();
    } catch (IOException e) {
      throw UserException.of(
          e,
          "The unpacked data (%s) cannot be mapped into memory: read a part with limit.",
          Inputs.bytes(builder.size()));
    }
    if (bytes) {
      boolean divide = unitRange && largest > 1;
      return store.mapped()
          ? new MappedDataset(meta, store, StoredDataset.table(divide))
          : new ByteDataset(meta, store, divide);
    }
    if (store.mapped() || (long) rows * numel > Integer.MAX_VALUE - 8) {
      return new MappedDataset(meta, store, null);
    }
    float[] values = new float[rows * numel];
    for (int i = 0; i < rows; i++) {
      store.read((long) i * floats.capacity(), floats.array(), 0, floats.capacity());
      floats.asFloatBuffer().get(values, i * numel, numel);
    }
    ArrayDataset d =
        ArrayDataset.of(meta.name(), meta.shape(), values)
            .withColumns(meta.columns())
            .withAnnotations(meta.annotations());
    return meta.split() == null ? d : d.withSplit(meta.split());
  }

  @Override
  public void close() {
    builder.close();
  }
}
