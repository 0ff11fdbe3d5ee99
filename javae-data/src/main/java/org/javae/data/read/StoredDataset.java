package org.javae.data.read;

import java.util.List;
import java.util.Optional;
import org.javae.core.data.Dataset;
import org.javae.tensor.Shape;

/** A data set over a {@link ByteStore}: everything but the meaning of the bytes. */
abstract sealed class StoredDataset implements Dataset permits ByteDataset, MappedDataset {
  final ByteStore store;
  final int numel;
  private final Meta meta;
  private final int size;
  private String fingerprint;

  StoredDataset(Meta meta, ByteStore store, int bytesPerElement) {
    this.meta = meta;
    this.store = store;
    this.numel = Math.toIntExact(meta.shape().numel());
    this.size = Math.toIntExact(store.size() / ((long) numel * bytesPerElement));
  }

  @Override
  public String name() {
    return meta.name();
  }

  @Override
  public Shape shape() {
    return meta.shape();
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public List<Column> columns() {
    return meta.columns();
  }

  @Override
  public List<Annotation> annotations() {
    return meta.annotations();
  }

  @Override
  public Optional<PublishedSplit> publishedSplit() {
    return Optional.ofNullable(meta.split());
  }

  /** As {@link Fingerprints#of}; computed once. */
  @Override
  public String fingerprint() {
    if (fingerprint == null) {
      fingerprint = Fingerprints.of(this);
    }
    return fingerprint;
  }

  @Override
  public void close() {
    store.close();
  }

  /** The 256 floats that the bytes 0 to 255 stand for. */
  static float[] table(boolean unitRange) {
    float[] t = new float[256];
    for (int i = 0; i < 256; i++) {
      t[i] = unitRange ? i / 255f : i;
    }
    return t;
  }
}
