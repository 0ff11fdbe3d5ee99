package org.javae.core.data;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.javae.tensor.Shape;

/** Observations held in memory, row-major. */
public final class ArrayDataset implements Dataset {
  private final String name;
  private final Shape shape;
  private final float[] values;
  private final int size;
  private final int numel;
  private final List<Column> columns;
  private final List<Annotation> annotations;
  private final PublishedSplit split;
  private final Double exactLogLikelihood;
  private final Tokens tokens;
  private final Sources sources;

  private ArrayDataset(
      String name,
      Shape shape,
      float[] values,
      List<Column> columns,
      List<Annotation> annotations,
      PublishedSplit split,
      Double exactLogLikelihood,
      Tokens tokens,
      Sources sources) {
    this.name = name;
    this.shape = shape;
    this.values = values;
    this.numel = Math.toIntExact(shape.numel());
    if (numel == 0 || values.length % numel != 0) {
      throw new IllegalArgumentException(
          values.length + " values do not make observations of shape " + shape);
    }
    this.size = values.length / numel;
    this.columns = List.copyOf(columns);
    this.annotations = List.copyOf(annotations);
    this.split = split;
    this.exactLogLikelihood = exactLogLikelihood;
    this.tokens = tokens;
    this.sources = sources;
  }

  /** Takes ownership of {@code values}; it must not be changed afterwards. */
  public static ArrayDataset of(String name, Shape shape, float[] values) {
    return new ArrayDataset(name, shape, values, List.of(), List.of(), null, null, null, null);
  }

  public ArrayDataset withColumns(List<Column> c) {
    return new ArrayDataset(
        name, shape, values, c, annotations, split, exactLogLikelihood, tokens, sources);
  }

  public ArrayDataset withAnnotations(List<Annotation> a) {
    return new ArrayDataset(
        name, shape, values, columns, a, split, exactLogLikelihood, tokens, sources);
  }

  public ArrayDataset withSplit(PublishedSplit s) {
    return new ArrayDataset(
        name, shape, values, columns, annotations, s, exactLogLikelihood, tokens, sources);
  }

  public ArrayDataset withExactLogLikelihood(double nats) {
    return new ArrayDataset(
        name, shape, values, columns, annotations, split, nats, tokens, sources);
  }

  public ArrayDataset withTokens(Tokens t) {
    return new ArrayDataset(
        name, shape, values, columns, annotations, split, exactLogLikelihood, t, sources);
  }

  /** The numbers its observations were made from. */
  public ArrayDataset withSources(Sources s) {
    return new ArrayDataset(
        name, shape, values, columns, annotations, split, exactLogLikelihood, tokens, s);
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
    return size;
  }

  @Override
  public void read(int[] indices, float[] out) {
    for (int i = 0; i < indices.length; i++) {
      System.arraycopy(values, Math.multiplyExact(indices[i], numel), out, i * numel, numel);
    }
  }

  @Override
  public List<Column> columns() {
    return columns;
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
  public Optional<Tokens> tokens() {
    return Optional.ofNullable(tokens);
  }

  @Override
  public Optional<Sources> sources() {
    return Optional.ofNullable(sources);
  }

  @Override
  public String fingerprint() {
    MessageDigest d = sha256();
    d.update((shape + ":" + size).getBytes(StandardCharsets.UTF_8));
    ByteBuffer b = ByteBuffer.allocate(numel * 4);
    for (int i = 0; i < size; i++) {
      b.asFloatBuffer().put(values, i * numel, numel);
      d.update(b.array());
    }
    return HexFormat.of().formatHex(d.digest());
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
