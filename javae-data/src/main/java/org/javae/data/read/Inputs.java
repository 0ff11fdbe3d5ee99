package org.javae.data.read;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.javae.tensor.UserException;

/** Opening files, and saying in one sentence why that failed. */
final class Inputs {
  /**
   * Deflate cannot shrink anything by more than this, so a file bounds what its header may promise.
   */
  private static final long MAX_DEFLATE_RATIO = 1032;

  private static final int BUFFER = 1 << 16;

  private Inputs() {}

  /** Opens {@code file}; what begins like gzip is unpacked, whatever the file is called. */
  static InputStream open(Path file) throws IOException {
    InputStream raw = Files.newInputStream(file);
    try {
      BufferedInputStream in = new BufferedInputStream(raw, BUFFER);
      return isGzip(in) ? new BufferedInputStream(new GZIPInputStream(in, BUFFER), BUFFER) : in;
    } catch (IOException | RuntimeException e) {
      raw.close();
      throw e;
    }
  }

  static boolean isGzip(Path file) throws IOException {
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 16)) {
      return isGzip(in);
    }
  }

  private static boolean isGzip(InputStream in) throws IOException {
    in.mark(2);
    boolean gzip = in.read() == 0x1f && in.read() == 0x8b;
    in.reset();
    return gzip;
  }

  /** The most bytes {@code file} can unpack to. */
  static long maxUnpacked(Path file) throws IOException {
    long size = Files.size(file);
    return isGzip(file) ? maxInflated(size) : size;
  }

  /** The most bytes that {@code compressed} bytes of deflate can unpack to. */
  static long maxInflated(long compressed) {
    return compressed > Long.MAX_VALUE / (2 * MAX_DEFLATE_RATIO)
        ? Long.MAX_VALUE
        : compressed * MAX_DEFLATE_RATIO + 64;
  }

  /** Reads exactly {@code length} bytes. */
  static void readFully(InputStream in, byte[] out, int offset, int length) throws IOException {
    if (in.readNBytes(out, offset, length) < length) {
      throw new EOFException();
    }
  }

  /** The file's name without {@code .gz}, in lower case. */
  static String plainName(Path file) {
    String n = name(file).toLowerCase(Locale.ROOT);
    return n.endsWith(".gz") ? n.substring(0, n.length() - 3) : n;
  }

  /** The last part of the path, as reports show it. */
  static String name(Path file) {
    Path last = file.toAbsolutePath().normalize().getFileName();
    return last == null ? file.toString() : last.toString();
  }

  /** The sentence for an input error while reading {@code file}. */
  static UserException failure(Path file, IOException e) {
    if (e instanceof NoSuchFileException) {
      return UserException.of(e, "There is no file %s: check the path.", file);
    }
    if (e instanceof AccessDeniedException) {
      return UserException.of(e, "%s may not be read: check its permissions.", file);
    }
    if (e instanceof EOFException) {
      return UserException.of(
          e, "%s is cut short: it ends in the middle of its data; fetch or copy it again.", file);
    }
    if (e instanceof ZipException) {
      return UserException.of(
          e, "%s is damaged: it cannot be unpacked; fetch or copy it again.", file);
    }
    if (e instanceof CharacterCodingException) {
      return UserException.of(e, "%s is not UTF-8 text: save it in that encoding.", file);
    }
    return UserException.of(
        e, "%s cannot be read (%s): check the disk and the file.", file, brief(e.getMessage()));
  }

  /**
   * {@code value} in quotes, without control characters and not too long, safe to show on a
   * terminal.
   */
  static String quote(String value) {
    return "'" + brief(value) + "'";
  }

  /** Up to five of {@code names}, then how many more. */
  static String list(List<String> names) {
    int shown = Math.min(5, names.size());
    String s = String.join(", ", names.subList(0, shown).stream().map(Inputs::brief).toList());
    return shown == names.size() ? s : s + " and " + (names.size() - shown) + " more";
  }

  static String brief(String value) {
    if (value == null) {
      return "no details";
    }
    StringBuilder b = new StringBuilder();
    value
        .codePoints()
        .limit(61)
        .forEach(c -> b.appendCodePoint(Character.isISOControl(c) ? ' ' : c));
    return b.length() > 60 ? b.substring(0, b.offsetByCodePoints(0, 57)) + "..." : b.toString();
  }

  /** {@code n} with its unit for people: bytes, kB, MB, GB. */
  static String bytes(long n) {
    if (n < 10_000) {
      return n + " bytes";
    }
    String[] units = {"kB", "MB", "GB", "TB", "PB", "EB"};
    double v = n;
    int u = -1;
    while (v >= 1000 && u < units.length - 1) {
      v /= 1000;
      u++;
    }
    return String.format(Locale.ROOT, v < 10 ? "%.1f %s" : "%.0f %s", v, units[u]);
  }
}
