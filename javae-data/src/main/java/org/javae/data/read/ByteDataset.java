package org.javae.data.read;

/**
 * Observations that came as bytes and stay bytes on the heap, a quarter of what floats take; {@link
 * #read} gives either the byte's value or that divided by 255.
 */
public final class ByteDataset extends StoredDataset {
  private final float[] table;
  private final byte[] row;

  ByteDataset(Meta meta, ByteStore store, boolean unitRange) {
    super(meta, store, 1);
    this.table = table(unitRange);
    this.row = new byte[numel];
  }

  @Override
  public void read(int[] indices, float[] out) {
    int o = 0;
    for (int index : indices) {
      store.read((long) index * numel, row, 0, numel);
      for (byte b : row) {
        out[o++] = table[b & 0xff];
      }
    }
  }
}
