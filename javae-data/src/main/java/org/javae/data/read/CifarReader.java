package org.javae.data.read;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.javae.core.data.Dataset;
import org.javae.core.data.Dataset.Annotation;
import org.javae.tensor.Shape;
import org.javae.tensor.UserException;

/**
 * CIFAR-10's binary layout: records of a label byte and 3072 bytes, the red, green and blue planes
 * of 32×32 pixels.
 */
final class CifarReader {
  private static final int PIXELS = 3 * 32 * 32;
  private static final int RECORD = 1 + PIXELS;
  private static final List<String> CLASSES =
      List.of(
          "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck");

  private CifarReader() {}

  /**
   * The batches of {@code folder}: training batches in order, then test batches. Empty if it is no
   * such folder.
   */
  static List<Path> batchesIn(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(
              f ->
                  Files.isRegularFile(f)
                      && Inputs.plainName(f).matches("(data|test)_batch.*\\.bin"))
          .sorted(Comparator.comparing(Inputs::plainName))
          .toList();
    }
  }

  /**
   * Reads {@code batches}; if there are both, {@code data_batch} files are the training and others
   * the test part.
   */
  static Dataset read(List<Path> batches, String name, ReadOptions options) {
    int[] sizes = new int[2];
    int[] records = new int[batches.size()];
    for (int i = 0; i < records.length; i++) {
      records[i] = count(batches.get(i));
      sizes[part(batches.get(i))] += records[i];
    }
    int[] taken = Parts.share(sizes, options.limit());
    List<Byte> labels = new ArrayList<>();
    try (RowWriter rows = RowWriter.ofBytes(options, PIXELS)) {
      int[] left = taken.clone();
      for (int i = 0; i < records.length; i++) {
        int p = part(batches.get(i));
        int n = Math.min(left[p], records[i]);
        readBatch(batches.get(i), n, rows, labels);
        left[p] -= n;
      }
      int[] codes = labels.stream().mapToInt(b -> b).toArray();
      return rows.finish(
          true,
          n ->
              new Meta(
                  name,
                  Shape.of(3, 32, 32),
                  List.of(),
                  List.of(new Annotation("label", codes, CLASSES.size(), CLASSES)),
                  Arrays.stream(sizes).allMatch(s -> s > 0) ? Parts.split(taken) : null));
    }
  }

  private static int part(Path batch) {
    return Inputs.plainName(batch).startsWith("data_batch") ? 0 : 1;
  }

  /** Number of records; packed files are read through, since nothing else tells. */
  private static int count(Path batch) {
    try (InputStream in = Inputs.open(batch)) {
      long bytes =
          Inputs.isGzip(batch) ? in.transferTo(OutputStream.nullOutputStream()) : Files.size(batch);
      if (bytes == 0) {
        throw UserException.of("%s is empty.", batch);
      }
      if (bytes % RECORD != 0) {
        throw UserException.of(
            "%s is cut short or not in CIFAR-10's binary layout: %d bytes are not a whole number of records of %d bytes.",
            batch, bytes, RECORD);
      }
      return Math.toIntExact(bytes / RECORD);
    } catch (IOException e) {
      throw Inputs.failure(batch, e);
    }
  }

  private static void readBatch(Path batch, int n, RowWriter rows, List<Byte> labels) {
    byte[] pixels = new byte[PIXELS];
    try (InputStream in = Inputs.open(batch)) {
      for (int i = 0; i < n; i++) {
        int label = in.read();
        Inputs.readFully(in, pixels, 0, PIXELS);
        if (label >= CLASSES.size()) {
          throw UserException.of(
              "%s is not in CIFAR-10's binary layout: record %d has label %d, but labels run from 0 to 9.",
              batch, i + 1, label);
        }
        labels.add((byte) label);
        rows.add(pixels);
      }
    } catch (IOException e) {
      throw Inputs.failure(batch, e);
    }
  }
}
