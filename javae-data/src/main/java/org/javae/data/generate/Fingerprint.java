package org.javae.data.generate;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.javae.core.data.Dataset;

/**
 * SHA-256 over the values as {@link Dataset#read} gives them, so that it does not tell how they are
 * stored: the same number as {@link org.javae.core.data.ArrayDataset} holding the same values, up
 * to {@link #MOST} observations. Of larger sets that many evenly spaced observations are taken, the
 * first among them.
 */
final class Fingerprint {
  static final int MOST = 1 << 14;

  private Fingerprint() {}

  static String of(Dataset data) {
    MessageDigest digest;
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
    digest.update((data.shape() + ":" + data.size()).getBytes(StandardCharsets.UTF_8));
    int numel = Math.toIntExact(data.shape().numel());
    float[] one = new float[numel];
    ByteBuffer bytes = ByteBuffer.allocate(numel * 4);
    int[] index = new int[1];
    int taken = Math.min(data.size(), MOST);
    for (int i = 0; i < taken; i++) {
      index[0] = (int) ((long) i * data.size() / taken);
      data.read(index, one);
      bytes.asFloatBuffer().put(one);
      digest.update(bytes.array());
    }
    return HexFormat.of().formatHex(digest.digest());
  }
}
