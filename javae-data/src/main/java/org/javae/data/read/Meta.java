package org.javae.data.read;

import java.util.List;
import org.javae.core.data.Dataset.Annotation;
import org.javae.core.data.Dataset.Column;
import org.javae.core.data.Dataset.PublishedSplit;
import org.javae.tensor.Shape;

/** What a data set knows besides its values. {@code split} is null if the source has none. */
record Meta(
    String name,
    Shape shape,
    List<Column> columns,
    List<Annotation> annotations,
    PublishedSplit split) {
  Meta {
    columns = List.copyOf(columns);
    annotations = List.copyOf(annotations);
  }
}
