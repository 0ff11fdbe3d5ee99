package org.javae.data.get;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/**
 * A number that tells whether a file is the published one.
 *
 * @param algorithm SHA-256 wherever a published one is known; MD5 only where nothing better is,
 *     which guards against accidents but not against malice
 * @param over the file as it lies on the disk, or what a gzip file unpacks to (which does not
 *     change when a copy was packed anew)
 * @param hex the number in lower-case hexadecimal
 */
public record Checksum(Algorithm algorithm, Over over, String hex) {
  /** Ways of computing a checksum. */
  public enum Algorithm {
    SHA_256("SHA-256", 64),
    MD5("MD5", 32);

    private final String title;
    private final int digits;

    Algorithm(String title, int digits) {
      this.title = title;
      this.digits = digits;
    }

    @Override
    public String toString() {
      return title;
    }
  }

  /** What is summed. */
  public enum Over {
    FILE,
    UNPACKED
  }

  /** What no published data file unpacks to: beyond this a gzip file is not read on. */
  private static final long MOST_UNPACKED = 1L << 30;

  /**
   * @throws IllegalArgumentException if {@code hex} is not a number of the algorithm's length
   */
  public Checksum {
    hex = hex.toLowerCase(Locale.ROOT);
    if (hex.length() != algorithm.digits || !hex.matches("[0-9a-f]+")) {
      throw new IllegalArgumentException(hex + " is not a " + algorithm + " checksum");
    }
  }

  /** SHA-256 of the file itself. */
  public static Checksum sha256(String hex) {
    return new Checksum(Algorithm.SHA_256, Over.FILE, hex);
  }

  /** SHA-256 of what the gzip file unpacks to. */
  public static Checksum sha256Unpacked(String hex) {
    return new Checksum(Algorithm.SHA_256, Over.UNPACKED, hex);
  }

  /** MD5 of the file itself. */
  public static Checksum md5(String hex) {
    return new Checksum(Algorithm.MD5, Over.FILE, hex);
  }

  /**
   * The checksum the bytes of {@code file} really have; empty text if they should unpack and do
   * not. Closes the stream.
   *
   * @throws IOException if the stream cannot be read
   */
  String of(InputStream file) throws IOException {
    MessageDigest digest;
    try {
      digest = MessageDigest.getInstance(algorithm.title);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has " + algorithm, e);
    }
    try (file;
        InputStream content = over == Over.FILE ? file : new GZIPInputStream(file, 1 << 16)) {
      byte[] buffer = new byte[1 << 16];
      long total = 0;
      for (int read = content.read(buffer); read >= 0; read = content.read(buffer)) {
        total += read;
        if (over == Over.UNPACKED && total > MOST_UNPACKED) {
          return "";
        }
        digest.update(buffer, 0, read);
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (ZipException | EOFException e) {
      // Not gzip, or cut short: not the published file, but no failure of the disk either.
      return "";
    }
  }

  /** For people: {@code SHA-256 440fca…}. */
  @Override
  public String toString() {
    return algorithm + " " + hex + (over == Over.UNPACKED ? " (unpacked)" : "");
  }
}
