package org.javae.data.read;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.javae.core.data.ArrayDataset;
import org.javae.core.data.Dataset;

/** Content fingerprints that do not depend on how a data set is stored. */
final class Fingerprints {
  /**
   * Beyond this many values (8 GB of floats, more than any array holds) a sample stands for the
   * whole.
   */
  private static final long MAX_VALUES = Integer.MAX_VALUE;

  private static final long SAMPLED_VALUES = 1L << 28;

  private Fingerprints() {}

  /**
   * SHA-256 over shape, size and every value as a big-endian 32-bit float: what {@link
   * ArrayDataset#fingerprint} gives for the same content. More than 2³¹-1 values are represented by
   * evenly spaced observations, 2²⁸ values in all.
   */
  static String of(Dataset data) {
    long numel = data.shape().numel();
    int size = data.size();
    boolean sampled = numel * size > MAX_VALUES;
    int rows = sampled ? (int) Math.max(1, SAMPLED_VALUES / numel) : size;
    MessageDigest d = sha256();
    d.update(
        (data.shape() + ":" + size + (sampled ? ":sample" : "")).getBytes(StandardCharsets.UTF_8));
    float[] row = new float[(int) numel];
    ByteBuffer b = ByteBuffer.allocate(Math.multiplyExact(row.length, Float.BYTES));
    int[] index = new int[1];
    for (int i = 0; i < rows; i++) {
      index[0] = (int) ((long) i * size / rows);
      data.read(index, row);
      b.asFloatBuffer().put(row);
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
