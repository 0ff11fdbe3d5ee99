package org.javae.experiment.picture;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import org.javae.tensor.UserException;

/**
 * Writes pictures to files. A file is first written whole beside its place and then renamed, so
 * that a viewer or a later run never meets half a picture, and a full disk leaves the old one. The
 * same picture gives the same bytes.
 */
public final class ImageFiles {
  static {
    Headless.on();
  }

  /** How bytes get into a file; a seam for testing full disks. */
  interface Sink {
    void write(Path file, byte[] bytes) throws IOException;
  }

  private ImageFiles() {}

  /**
   * Writes a PNG; missing parent folders are made.
   *
   * @throws UserException if the folder cannot be written to or the disk is full
   */
  public static void writePng(BufferedImage image, Path file) {
    write(png(image), file);
  }

  /** The picture as the bytes of a PNG file. */
  public static byte[] png(BufferedImage image) {
    ImageWriter writer = ImageIO.getImageWritersByFormatName("png").next();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    // In memory: ImageIO's own convenience would open cache files in the temporary folder.
    try (MemoryCacheImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
      writer.setOutput(out);
      ImageWriteParam param = writer.getDefaultWriteParam();
      param.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
      param.setCompressionQuality(0);
      writer.write(null, new IIOImage(image, null, null), param);
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory failed", e);
    } finally {
      writer.dispose();
    }
    return bytes.toByteArray();
  }

  /** Writes finished bytes beside {@code file} and renames. */
  static void write(byte[] bytes, Path file) {
    write(bytes, file, ImageFiles::synced);
  }

  static void write(byte[] bytes, Path file, Sink sink) {
    Path target = file.toAbsolutePath().normalize();
    Path folder = target.getParent();
    if (folder == null || Files.isDirectory(target)) {
      throw UserException.of(
          "Cannot write the picture %s: it is a folder; give a file name such as %s.",
          file, file.resolve("picture.png"));
    }
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw UserException.of(
          e,
          "Cannot write the picture %s: the folder %s cannot be made; choose another place.",
          file,
          folder);
    }
    Path part =
        folder.resolve("." + target.getFileName() + "." + ProcessHandle.current().pid() + ".part");
    try {
      sink.write(part, bytes);
      try {
        Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
      } catch (AtomicMoveNotSupportedException e) {
        Files.move(part, target, StandardCopyOption.REPLACE_EXISTING);
      }
    } catch (IOException e) {
      remove(part);
      throw explain(e, file, folder, bytes.length);
    }
  }

  private static void synced(Path file, byte[] bytes) throws IOException {
    try (FileChannel out =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      ByteBuffer rest = ByteBuffer.wrap(bytes);
      while (rest.hasRemaining()) {
        out.write(rest);
      }
      out.force(true);
    }
  }

  private static void remove(Path part) {
    try {
      Files.deleteIfExists(part);
    } catch (IOException ignored) {
      // The first failure is the one to tell; a left-over part is hidden and harmless.
    }
  }

  private static UserException explain(IOException e, Path file, Path folder, int length) {
    String said = String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT);
    if (said.contains("no space left")
        || said.contains("not enough space")
        || said.contains("quota")) {
      return UserException.of(
          e,
          "Cannot write the picture %s (%d kB): the disk that holds %s is full; free some space or"
              + " choose another place.",
          file,
          (length + 1023) / 1024,
          folder);
    }
    if (!Files.isWritable(folder) || e instanceof NoSuchFileException) {
      return UserException.of(
          e,
          "Cannot write the picture %s: no permission to write in the folder %s; choose another"
              + " place.",
          file,
          folder);
    }
    return UserException.of(
        e,
        "Cannot write the picture %s into %s; check the name and the permissions or choose another"
            + " place.",
        file,
        folder);
  }
}
