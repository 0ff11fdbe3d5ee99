package org.javae.data.read;

import java.nio.ByteBuffer;

/**
 * Observations in a temporary memory-mapped file, bytes or 32-bit floats, for data too large for
 * the heap. The file goes when the data set is closed, and in any case with the process; on systems
 * that can, it never has a name once it is filled.
 */
public final class MappedDataset extends StoredDataset {
  private final float[] table;
  private final byte[] row;
  private final ByteBuffer floats;

  /**
   * @param table what each byte stands for, or null for big-endian 32-bit floats
   */
  MappedDataset(Meta meta, ByteStore store, float[] table) {
    super(meta, store, table == null ? Float.BYTES : 1);
    this.table = table;
    this.row = new byte[table == null ? Math.multiplyExact(numel, Float.BYTES) : numel];
    this.floats = ByteBuffer.wrap(row);
  }

  @Override
  public void read(int[] indices, float[] out) {
    int o = 0;
    for (int index : indices) {
      store.read((long) index * row.length, row, 0, row.length);
      if (table == null) {
        floats.asFloatBuffer().get(out, o, numel);
        o += numel;
      } else {
        for (byte b : row) {
          out[o++] = table[b & 0xff];
        }
      }
    }
  }
}
