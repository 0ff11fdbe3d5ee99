package org.javae.data.read;

import java.util.List;
import java.util.Optional;
import org.javae.core.data.Dataset;
import org.javae.tensor.Shape;

/**
 * Pictures of another data set with other size or other number of channels, made as they are read.
 */
final class AdaptedImages implements Dataset {
  private final Dataset source;
  private final Shape shape;
  private final Resampler resampler;
  private final int[] one = new int[1];
  private final float[] original;
  private final float[] recoloured;
  private String fingerprint;

  private AdaptedImages(Dataset source, Shape shape) {
    this.source = source;
    this.shape = shape;
    Shape from = source.shape();
    int h = (int) from.at(1);
    int w = (int) from.at(2);
    this.resampler =
        from.at(1) == shape.at(1) && from.at(2) == shape.at(2)
            ? null
            : new Resampler(h, w, (int) shape.at(1), (int) shape.at(2));
    this.original = new float[(int) from.numel()];
    this.recoloured = new float[(int) shape.at(0) * h * w];
  }

  /**
   * {@code source} itself unless the options ask for another size or another number of channels.
   */
  static Dataset of(Dataset source, ReadOptions options) {
    Shape from = source.shape();
    if (!from.isImage()) {
      return source;
    }
    long channels =
        switch (options.colour()) {
          case AUTO -> from.at(0);
          case GREY -> 1;
          case COLOUR -> 3;
        };
    Shape to =
        options
            .resize()
            .map(s -> Shape.of(channels, s.height(), s.width()))
            .orElse(Shape.of(channels, from.at(1), from.at(2)));
    return to.equals(from) ? source : new AdaptedImages(source, to);
  }

  @Override
  public String name() {
    return source.name();
  }

  @Override
  public Shape shape() {
    return shape;
  }

  @Override
  public int size() {
    return source.size();
  }

  @Override
  public void read(int[] indices, float[] out) {
    int numel = (int) shape.numel();
    int plane = numel / (int) shape.at(0);
    for (int i = 0; i < indices.length; i++) {
      one[0] = indices[i];
      source.read(one, original);
      recolour();
      if (resampler == null) {
        System.arraycopy(recoloured, 0, out, i * numel, numel);
      } else {
        for (int c = 0; c < shape.at(0); c++) {
          resampler.resize(
              recoloured, c * (recoloured.length / (int) shape.at(0)), out, i * numel + c * plane);
        }
      }
    }
  }

  private void recolour() {
    int from = (int) source.shape().at(0);
    int to = (int) shape.at(0);
    int plane = original.length / from;
    if (from == to) {
      System.arraycopy(original, 0, recoloured, 0, original.length);
    } else if (from == 1) {
      for (int c = 0; c < to; c++) {
        System.arraycopy(original, 0, recoloured, c * plane, plane);
      }
    } else {
      for (int p = 0; p < plane; p++) {
        recoloured[p] = luma(original[p], original[plane + p], original[2 * plane + p]);
      }
    }
  }

  /** Brightness of a colour by ITU-R BT.601. */
  static float luma(float r, float g, float b) {
    return 0.299f * r + 0.587f * g + 0.114f * b;
  }

  @Override
  public List<Annotation> annotations() {
    return source.annotations();
  }

  @Override
  public Optional<PublishedSplit> publishedSplit() {
    return source.publishedSplit();
  }

  @Override
  public String fingerprint() {
    if (fingerprint == null) {
      fingerprint = Fingerprints.of(this);
    }
    return fingerprint;
  }

  @Override
  public void close() {
    source.close();
  }
}
