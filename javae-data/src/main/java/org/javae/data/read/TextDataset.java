package org.javae.data.read;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.javae.core.data.Dataset;
import org.javae.core.data.Vocabulary;
import org.javae.tensor.Shape;

/** Sentences kept one after another without their padding. */
final class TextDataset implements Dataset {
  private final String name;
  private final int length;
  private final int[] tokens;
  private final int[] starts;
  private final int[] rows;
  private final List<String> words;
  private final PublishedSplit split;
  private String fingerprint;

  /**
   * @param length tokens an observation has room for
   * @param tokens of all sentences
   * @param starts where each sentence begins in them
   * @param rows the sentences that are observations
   * @param split null if there is none
   */
  TextDataset(
      String name,
      int length,
      int[] tokens,
      int[] starts,
      int[] rows,
      List<String> words,
      PublishedSplit split) {
    this.name = name;
    this.length = length;
    this.tokens = tokens;
    this.starts = starts;
    this.rows = rows;
    this.words = List.copyOf(words);
    this.split = split;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Shape shape() {
    return Shape.of(length);
  }

  @Override
  public int size() {
    return rows.length;
  }

  @Override
  public void read(int[] indices, float[] out) {
    for (int i = 0; i < indices.length; i++) {
      int row = rows[indices[i]];
      int from = starts[row];
      int to = row + 1 < starts.length ? starts[row + 1] : tokens.length;
      int at = Math.multiplyExact(i, length);
      int n = Math.min(length, to - from);
      for (int j = 0; j < n; j++) {
        out[at + j] = tokens[from + j];
      }
      Arrays.fill(out, at + n, at + length, Vocabulary.PAD);
    }
  }

  @Override
  public Optional<Tokens> tokens() {
    return Optional.of(new Tokens(words.size(), words));
  }

  @Override
  public Optional<PublishedSplit> publishedSplit() {
    return Optional.ofNullable(split);
  }

  /** Over the numbers and the words they stand for; computed once. */
  @Override
  public String fingerprint() {
    if (fingerprint == null) {
      MessageDigest d = Fingerprints.sha256();
      d.update(Fingerprints.of(this).getBytes(StandardCharsets.UTF_8));
      words.forEach(w -> d.update((w + "\n").getBytes(StandardCharsets.UTF_8)));
      fingerprint = HexFormat.of().formatHex(d.digest());
    }
    return fingerprint;
  }
}
