package org.javae.core.data;

import java.util.List;
import java.util.Optional;
import org.javae.tensor.Shape;

/** Another data set, but for what a subclass changes. */
public abstract class Forwarding implements Dataset {
  private final Dataset inner;

  protected Forwarding(Dataset inner) {
    this.inner = inner;
  }

  /** The data set behind. */
  protected final Dataset inner() {
    return inner;
  }

  @Override
  public String name() {
    return inner.name();
  }

  @Override
  public Shape shape() {
    return inner.shape();
  }

  @Override
  public int size() {
    return inner.size();
  }

  @Override
  public void read(int[] indices, float[] out) {
    inner.read(indices, out);
  }

  @Override
  public List<Column> columns() {
    return inner.columns();
  }

  @Override
  public List<View> views() {
    return inner.views();
  }

  @Override
  public List<Annotation> annotations() {
    return inner.annotations();
  }

  @Override
  public Optional<Tokens> tokens() {
    return inner.tokens();
  }

  @Override
  public Optional<PublishedSplit> publishedSplit() {
    return inner.publishedSplit();
  }

  @Override
  public Optional<Double> exactLogLikelihood() {
    return inner.exactLogLikelihood();
  }

  @Override
  public Optional<Sources> sources() {
    return inner.sources();
  }

  @Override
  public String fingerprint() {
    return inner.fingerprint();
  }

  @Override
  public void close() {
    inner.close();
  }
}
