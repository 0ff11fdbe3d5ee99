package org.javae.data.write;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Locale;
import org.javae.core.data.Dataset;
import org.javae.tensor.UserException;

/**
 * Writes a data set to a file in the format its suffix names:
 *
 * <ul>
 *   <li>{@code .npy}: the observations, one float32 array {@code [n, shape…]}
 *   <li>{@code .npz}: the same as {@code images} (or {@code data}, if an observation is not a
 *       picture), and each annotation as an int32 array {@code [n]} under its name, the class label
 *       as {@code labels}
 *   <li>{@code .csv}: a header, then a line an observation: its columns, then its annotations;
 *       missing cells are empty
 *   <li>{@code .txt}, of tokens only: a line a sentence, its words (or, where there are none, its
 *       numbers) separated by spaces
 *   <li>no suffix: a folder of 8-bit PNG pictures in one folder a class, if there are labels, and
 *       {@code factors.csv} with the other annotations of each picture; of data with several views,
 *       a file a view and their {@code views.yaml}
 * </ul>
 *
 * <p>npy, npz and csv give the values back bit for bit; PNG rounds them to multiples of 1/255. Data
 * are read in small batches, so they may be larger than memory. A file appears under its name only
 * when it is complete.
 */
public final class DatasetWriter {
  private DatasetWriter() {}

  /**
   * Writes {@code data} to {@code target}, replacing a file of that name but never a folder with
   * something in it.
   *
   * @throws UserException if the suffix is unknown, the data do not suit the format or the disk
   *     refuses
   */
  public static void write(Dataset data, Path target) {
    String name = target.getFileName() == null ? "" : target.getFileName().toString();
    int dot = name.lastIndexOf('.');
    String suffix = dot <= 0 ? "" : name.substring(dot).toLowerCase(Locale.ROOT);
    try {
      switch (suffix) {
        case ".npy" -> replace(target, out -> Npy.write(data, out));
        case ".npz" -> replace(target, out -> Npy.writeZip(data, out));
        case ".txt" -> replace(target, out -> Sentences.write(data, out));
        case ".csv" -> replace(target, out -> Csv.write(data, out));
        case "" -> {
          if (data.views().isEmpty()) {
            PngFolder.write(data, target);
          } else {
            ViewsFolder.write(data, target);
          }
        }
        default ->
            throw UserException.usage(
                "Cannot write %s: the suffix %s is not one of .npy, .npz, .csv and, for tokens, .txt (a name without a"
                    + " suffix makes a folder of PNG pictures).",
                target, suffix);
      }
    } catch (NoSuchFileException e) {
      throw UserException.of(
          e, "Cannot write %s: its folder does not exist; make the folder first.", target);
    } catch (IOException e) {
      throw UserException.of(e, "Cannot write %s: %s.", target, reason(e));
    }
  }

  private static String reason(IOException e) {
    String said = e instanceof FileSystemException f ? f.getReason() : e.getMessage();
    return said == null || said.isBlank() ? "the disk refused" : said;
  }

  /** What writes the content of a file. */
  @FunctionalInterface
  interface Content {
    void to(OutputStream out) throws IOException;
  }

  /** Writes beside the target and renames, so that nobody meets half a file. */
  static void replace(Path target, Content content) throws IOException {
    if (Files.isDirectory(target)) {
      throw UserException.of("Cannot write %s: there is a folder of that name.", target);
    }
    Path part = target.resolveSibling(target.getFileName() + ".part");
    try {
      try (OutputStream out = Files.newOutputStream(part)) {
        content.to(out);
      }
      Files.move(part, target, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(part);
    }
  }
}
