package org.javae.core.io;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.javae.tensor.UserException;

/** SHA-256 fingerprints as 64 lower-case hexadecimal digits. */
public final class Hashes {
  private Hashes() {}

  /**
   * Fingerprint of a file's bytes, read in pieces.
   *
   * @throws UserException if the file cannot be read
   */
  public static String sha256(Path file) {
    MessageDigest digest = digest();
    try (InputStream in = Files.newInputStream(file)) {
      byte[] buffer = new byte[1 << 16];
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        digest.update(buffer, 0, n);
      }
    } catch (IOException e) {
      throw Reasons.cannotRead(file, e);
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  /** Fingerprint of {@code bytes}. */
  public static String sha256(byte[] bytes) {
    return HexFormat.of().formatHex(digest().digest(bytes));
  }

  private static MessageDigest digest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
