package org.javae.core.data;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.javae.tensor.Shape;

/**
 * Observations of several views put together from data sets of one block each: row {@code i} has of
 * view {@code m} row {@code rows[m][i]} of its source, or lacks it where that is −1.
 */
public final class Paired implements Dataset {
  private final String name;
  private final List<View> views;
  private final List<Dataset> sources;
  private final int[][] rows;
  private final int size;
  private final int width;
  private final List<Annotation> annotations;
  private final PublishedSplit split;
  private final Double exactLogLikelihood;
  private final Sources truth;

  private Paired(
      String name,
      List<View> views,
      List<Dataset> sources,
      int[][] rows,
      List<Annotation> annotations,
      PublishedSplit split,
      Double exactLogLikelihood,
      Sources truth) {
    this.name = name;
    this.views = List.copyOf(views);
    this.sources = List.copyOf(sources);
    this.rows = rows;
    this.size = rows[0].length;
    this.width = views.stream().mapToInt(View::length).reduce(0, Math::addExact);
    this.annotations = List.copyOf(annotations);
    this.split = split;
    this.exactLogLikelihood = exactLogLikelihood;
    this.truth = truth;
  }

  /**
   * Aligned views.
   *
   * @param rows {@code [views][observations]}, −1 where an observation lacks the view
   */
  public static Paired of(
      String name, List<View> views, List<? extends Dataset> sources, int[][] rows) {
    if (views.isEmpty() || views.size() != sources.size() || rows.length != views.size()) {
      throw new IllegalArgumentException(
          views.size() + " views, " + sources.size() + " sources, " + rows.length + " row lists");
    }
    for (int m = 0; m < rows.length; m++) {
      if (rows[m].length != rows[0].length
          || !sources.get(m).shape().equals(views.get(m).shape())
          || Arrays.stream(rows[m]).max().orElse(-1) >= sources.get(m).size()) {
        throw new IllegalArgumentException("view " + views.get(m).name() + " does not fit");
      }
    }
    return new Paired(name, views, List.copyOf(sources), rows, List.of(), null, null, null);
  }

  /** Views whose rows correspond one to one. */
  public static Paired of(String name, List<View> views, List<? extends Dataset> sources) {
    int n = sources.get(0).size();
    int[] all = IntStream.range(0, n).toArray();
    int[][] rows = new int[views.size()][];
    Arrays.fill(rows, all);
    for (Dataset s : sources) {
      if (s.size() != n) {
        throw new IllegalArgumentException(s.size() + " and " + n + " rows are not paired");
      }
    }
    return of(name, views, sources, rows);
  }

  /** With annotations of the observations. */
  public Paired withAnnotations(List<Annotation> a) {
    return new Paired(name, views, sources, rows, a, split, exactLogLikelihood, truth);
  }

  /** With a published division of the observations. */
  public Paired withSplit(PublishedSplit s) {
    return new Paired(name, views, sources, rows, annotations, s, exactLogLikelihood, truth);
  }

  /** With the joint log-likelihood under the process that generated them. */
  public Paired withExactLogLikelihood(double nats) {
    return new Paired(name, views, sources, rows, annotations, split, nats, truth);
  }

  /** With the numbers the observations were made from. */
  public Paired withSources(Sources s) {
    return new Paired(name, views, sources, rows, annotations, split, exactLogLikelihood, s);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Shape shape() {
    return Shape.of(width);
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public void read(int[] indices, float[] out) {
    int offset = 0;
    for (int m = 0; m < views.size(); m++) {
      int length = views.get(m).length();
      int[] mine = rows[m];
      int[] wanted = Arrays.stream(indices).map(i -> mine[i]).filter(r -> r >= 0).toArray();
      float[] values = new float[wanted.length * length];
      sources.get(m).read(wanted, values);
      int at = 0;
      for (int i = 0; i < indices.length; i++) {
        int to = Math.multiplyExact(i, width) + offset;
        if (mine[indices[i]] < 0) {
          Arrays.fill(out, to, to + length, Float.NaN);
        } else {
          System.arraycopy(values, at, out, to, length);
          at += length;
        }
      }
      offset += length;
    }
  }

  @Override
  public List<View> views() {
    return views;
  }

  @Override
  public List<Column> columns() {
    return Views.columns(views);
  }

  @Override
  public List<Annotation> annotations() {
    return annotations;
  }

  @Override
  public Optional<PublishedSplit> publishedSplit() {
    return Optional.ofNullable(split);
  }

  @Override
  public Optional<Double> exactLogLikelihood() {
    return Optional.ofNullable(exactLogLikelihood);
  }

  @Override
  public Optional<Sources> sources() {
    return Optional.ofNullable(truth);
  }

  /** Over the views' names, the sources' fingerprints and which rows belong together. */
  @Override
  public String fingerprint() {
    List<String> parts = new ArrayList<>();
    for (int m = 0; m < views.size(); m++) {
      ByteBuffer b = ByteBuffer.allocate(4 * size);
      b.asIntBuffer().put(rows[m]);
      parts.add(views.get(m).name());
      parts.add(sources.get(m).fingerprint());
      parts.add(HexFormat.of().formatHex(ArrayDataset.sha256().digest(b.array())));
    }
    return Views.digest(parts);
  }

  @Override
  public void close() {
    sources.stream().distinct().forEach(Dataset::close);
  }
}
