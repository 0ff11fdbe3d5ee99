package org.javae.data.get;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipInputStream;

/**
 * Unpacks zip and gzipped tar files. Only regular files are made, none outside the folder, and no
 * more bytes than a data set may have: an archive is foreign input even when its checksum is right.
 */
final class Unpacker {
  private static final int BLOCK = 512;

  private final Path into;
  private long left;

  private Unpacker(Path into, long most) {
    this.into = into;
    this.left = most;
  }

  /**
   * Unpacks beside the archive: first into a folder of its own, from which everything is moved into
   * {@code folder} once it is complete. What is already there under the same name is kept.
   *
   * @param most bytes that may come out
   * @return names of the files and folders that lie in {@code folder} now
   * @throws IOException if the archive is damaged, unsafe or the disk refuses
   */
  static List<String> unpack(Path archive, DataFile.Archive kind, Path folder, long most)
      throws IOException {
    Path half = folder.resolve("." + archive.getFileName() + ".unpacking");
    delete(half);
    Files.createDirectories(half);
    try {
      Unpacker unpacker = new Unpacker(half, most);
      try (InputStream in = new BufferedInputStream(Files.newInputStream(archive), 1 << 16)) {
        if (kind == DataFile.Archive.ZIP) {
          unpacker.zip(in);
        } else {
          unpacker.tar(new BufferedInputStream(new GZIPInputStream(in, 1 << 16), 1 << 16));
        }
      }
      List<String> names = new ArrayList<>();
      try (Stream<Path> inside = Files.list(half)) {
        for (Path made : inside.sorted().toList()) {
          Path target = folder.resolve(made.getFileName());
          if (!Files.exists(target)) {
            Files.move(made, target);
          }
          names.add(made.getFileName().toString());
        }
      }
      return names;
    } catch (IllegalArgumentException e) {
      throw new IOException("it holds a name that cannot be a file's", e);
    } finally {
      delete(half);
    }
  }

  static void delete(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return;
    }
    try (Stream<Path> inside = Files.walk(folder)) {
      List<Path> deepestFirst = inside.sorted(Comparator.reverseOrder()).toList();
      for (Path path : deepestFirst) {
        Files.delete(path);
      }
    }
  }

  private void zip(InputStream in) throws IOException {
    ZipInputStream zip = new ZipInputStream(in);
    boolean any = false;
    for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
      any = true;
      // What Apple's archiver adds is not part of the data.
      if (!entry.isDirectory() && !entry.getName().startsWith("__MACOSX/")) {
        copy(zip, target(entry.getName()), Long.MAX_VALUE);
      }
    }
    if (!any) {
      throw new ZipException("it is not a zip file");
    }
  }

  /**
   * POSIX's ustar format; the files go straight into the folder, without the first folder of their
   * path.
   */
  private void tar(InputStream in) throws IOException {
    while (true) {
      byte[] header = in.readNBytes(BLOCK);
      if (header.length == 0 || (header.length == BLOCK && isZero(header))) {
        return;
      }
      if (header.length < BLOCK || number(header, 148, 8) != sum(header)) {
        throw new IOException("its tar structure is damaged");
      }
      long size = number(header, 124, 12);
      String name = text(header, 0, 100);
      if (text(header, 257, 5).equals("ustar") && !text(header, 345, 155).isEmpty()) {
        name = text(header, 345, 155) + "/" + name;
      }
      char type = (char) header[156];
      if (type == '0' || type == 0) {
        int slash = name.indexOf('/', name.startsWith("./") ? 2 : 0);
        copy(in, target(slash < 0 ? name : name.substring(slash + 1)), size);
      } else if (type == '5' || type == 'x' || type == 'g') {
        in.skipNBytes(size); // a folder, or remarks on the next entry
      } else {
        throw new IOException("it holds " + name + ", which is not a regular file");
      }
      in.skipNBytes((BLOCK - size % BLOCK) % BLOCK);
    }
  }

  private Path target(String name) throws IOException {
    Path target = into.resolve(name.replace('\\', '/')).normalize();
    if (!target.startsWith(into) || target.equals(into)) {
      throw new IOException("it holds the path " + name + ", which leads out of the folder");
    }
    Files.createDirectories(target.getParent());
    return target;
  }

  private void copy(InputStream in, Path target, long size) throws IOException {
    try (OutputStream out = Files.newOutputStream(target)) {
      byte[] buffer = new byte[1 << 16];
      long togo = size;
      while (togo > 0) {
        int read = in.read(buffer, 0, (int) Math.min(buffer.length, togo));
        if (read < 0) {
          if (size != Long.MAX_VALUE) {
            throw new EOFException("it ends in the middle of " + target.getFileName());
          }
          return;
        }
        togo -= read;
        left -= read;
        if (left < 0) {
          throw new IOException("it unpacks to more bytes than this data set has");
        }
        out.write(buffer, 0, read);
      }
    }
  }

  private static boolean isZero(byte[] block) {
    for (byte b : block) {
      if (b != 0) {
        return false;
      }
    }
    return true;
  }

  /** The sum over a header's bytes, with blanks in the place of the sum itself. */
  private static long sum(byte[] header) {
    long sum = 0;
    for (int i = 0; i < BLOCK; i++) {
      sum += i >= 148 && i < 156 ? ' ' : header[i] & 0xFF;
    }
    return sum;
  }

  private static String text(byte[] header, int from, int length) {
    int end = from;
    while (end < from + length && header[end] != 0) {
      end++;
    }
    return new String(header, from, end - from, StandardCharsets.UTF_8);
  }

  private static long number(byte[] header, int from, int length) throws IOException {
    String octal = text(header, from, length).strip();
    if (!octal.matches("[0-7]{1,11}")) {
      throw new IOException("its tar structure is damaged");
    }
    return Long.parseLong(octal, 8);
  }
}
