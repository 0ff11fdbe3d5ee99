package org.javae.data.generate;

import java.util.List;
import java.util.Optional;
import org.javae.core.data.Dataset;
import org.javae.tensor.Shape;

/**
 * Pictures kept as one byte a pixel and read as that byte / 255: a quarter of the memory, the same
 * values.
 */
final class ByteDataset implements Dataset {
  private final String name;
  private final Shape shape;
  private final byte[] values;
  private final int numel;
  private final List<Annotation> annotations;
  private final PublishedSplit split;

  ByteDataset(
      String name, Shape shape, byte[] values, List<Annotation> annotations, PublishedSplit split) {
    this.name = name;
    this.shape = shape;
    this.values = values;
    this.numel = Math.toIntExact(shape.numel());
    this.annotations = List.copyOf(annotations);
    this.split = split;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Shape shape() {
    return shape;
  }

  @Override
  public int size() {
    return values.length / numel;
  }

  @Override
  public void read(int[] indices, float[] out) {
    for (int i = 0; i < indices.length; i++) {
      int from = Math.multiplyExact(indices[i], numel);
      int to = Math.multiplyExact(i, numel);
      for (int p = 0; p < numel; p++) {
        out[to + p] = (values[from + p] & 0xFF) / 255f;
      }
    }
  }

  @Override
  public List<Annotation> annotations() {
    return annotations;
  }

  @Override
  public Optional<PublishedSplit> publishedSplit() {
    return Optional.of(split);
  }

  @Override
  public String fingerprint() {
    return Fingerprint.of(this);
  }
}
