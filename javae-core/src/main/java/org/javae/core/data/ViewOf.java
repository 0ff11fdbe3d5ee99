package org.javae.core.data;

import java.util.List;
import java.util.Optional;
import org.javae.tensor.Shape;

/** One view of observations of several, cut out of their flat vectors. */
final class ViewOf implements Dataset {
  private final Dataset all;
  private final View view;
  private final int offset;
  private final int width;

  ViewOf(Dataset all, int index) {
    this.all = all;
    this.view = all.views().get(index);
    this.offset = Views.offset(all.views(), index);
    this.width = Math.toIntExact(all.shape().numel());
  }

  @Override
  public String name() {
    return "view " + view.name() + " of " + all.name();
  }

  @Override
  public Shape shape() {
    return view.shape();
  }

  @Override
  public int size() {
    return all.size();
  }

  @Override
  public void read(int[] indices, float[] out) {
    float[] whole = new float[indices.length * width];
    all.read(indices, whole);
    for (int i = 0; i < indices.length; i++) {
      System.arraycopy(whole, i * width + offset, out, i * view.length(), view.length());
    }
  }

  @Override
  public List<Column> columns() {
    return view.columns();
  }

  @Override
  public Optional<Tokens> tokens() {
    return Optional.ofNullable(view.tokens());
  }

  @Override
  public List<Annotation> annotations() {
    return all.annotations();
  }

  @Override
  public Optional<PublishedSplit> publishedSplit() {
    return all.publishedSplit();
  }

  @Override
  public String fingerprint() {
    return Views.digest(List.of(all.fingerprint(), view.name()));
  }
}
