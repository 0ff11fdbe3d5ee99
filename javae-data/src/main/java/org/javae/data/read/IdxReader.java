package org.javae.data.read;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.javae.core.data.Dataset;
import org.javae.core.data.Dataset.Annotation;
import org.javae.tensor.UserException;

/**
 * The IDX format of MNIST: two zero bytes, a type byte, the number of dimensions, each size as a
 * big-endian 32-bit integer, then the elements, big-endian, last index fastest.
 */
final class IdxReader {
  private static final String[] TEST_NAMES = {"t10k", "test"};

  private IdxReader() {}

  static boolean isIdx(String plainName) {
    return plainName.endsWith(".idx")
        || plainName.matches(".*[-.]idx\\d(-u?byte)?")
        || plainName.endsWith("-ubyte");
  }

  /** The images file to open a folder by: the training images if there are any. */
  static Optional<Path> imagesIn(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      List<Path> images =
          files
              .filter(f -> Files.isRegularFile(f) && isIdx(Inputs.plainName(f)))
              .filter(f -> Inputs.name(f).contains("images"))
              .sorted()
              .toList();
      return images.stream()
          .filter(f -> Inputs.name(f).contains("train"))
          .findFirst()
          .or(() -> images.stream().findFirst());
    }
  }

  /**
   * Reads {@code images} with the labels and, for training images, the test images that lie beside
   * it.
   */
  static Dataset read(Path images, String name, ReadOptions options) {
    List<ArrayPart> parts = new ArrayList<>();
    List<Optional<Path>> labels = new ArrayList<>();
    parts.add(header(images));
    labels.add(labelsOf(images));
    testOf(images)
        .ifPresent(
            test -> {
              parts.add(header(test));
              labels.add(labelsOf(test));
            });
    if (parts.get(0).dims().length == 1) {
      throw UserException.of(
          "%s holds single values, probably labels: name the file with the images instead.",
          images);
    }
    double[][] classes = new double[parts.size()][];
    for (int i = 0; i < classes.length; i++) {
      classes[i] = labels.get(i).isPresent() ? labels(labels.get(i).get(), parts.get(i)) : null;
    }
    boolean labelled = Arrays.stream(classes).allMatch(c -> c != null);
    double[] all =
        labelled ? Arrays.stream(classes).flatMapToDouble(Arrays::stream).toArray() : null;
    return ArrayReader.read(
        name,
        parts,
        options,
        observations -> {
          if (all == null) {
            return List.of();
          }
          double[] chosen = Arrays.stream(observations).mapToDouble(i -> all[i]).toArray();
          return List.<Annotation>of(ClassLabels.of("label", chosen, name));
        });
  }

  private static double[] labels(Path file, ArrayPart images) {
    ArrayPart part = header(file);
    if (part.dims().length != 1 || part.observations() != images.observations()) {
      throw UserException.of(
          "%s holds %s labels for the %d images of %s: the two files do not belong together.",
          file, Layout.text(part.dims()), images.observations(), images.what());
    }
    return part.readAll(images.observations());
  }

  private static Optional<Path> labelsOf(Path images) {
    return beside(
        images,
        Inputs.name(images)
            .replace("images", "labels")
            .replace("idx3", "idx1")
            .replace("idx4", "idx1"));
  }

  private static Optional<Path> testOf(Path images) {
    String n = Inputs.name(images);
    return n.contains("train-images") || n.contains("train_images")
        ? Arrays.stream(TEST_NAMES)
            .flatMap(t -> beside(images, n.replace("train", t)).stream())
            .findFirst()
        : Optional.empty();
  }

  /**
   * The file called {@code name} beside {@code file}, packed or not, if it exists and is another
   * one.
   */
  private static Optional<Path> beside(Path file, String name) {
    if (name.equals(Inputs.name(file))) {
      return Optional.empty();
    }
    String plain = name.endsWith(".gz") ? name.substring(0, name.length() - 3) : name;
    return Stream.of(name, plain, plain + ".gz")
        .map(file::resolveSibling)
        .filter(Files::isRegularFile)
        .findFirst();
  }

  /** Reads the header and checks it against the file's size. */
  private static ArrayPart header(Path file) {
    try (InputStream in = Inputs.open(file)) {
      byte[] magic = in.readNBytes(4);
      if (magic.length == 0) {
        throw UserException.of("%s is empty.", file);
      }
      Element element =
          magic.length < 4 || magic[0] != 0 || magic[1] != 0 ? null : element(magic[2]);
      if (element == null || magic[3] < 1) {
        throw UserException.of(
            "%s is not an IDX file: it should begin with two zero bytes, an element type and the number of dimensions,"
                + " but begins with %s.",
            file, hex(magic));
      }
      int rank = magic[3];
      byte[] sizes = in.readNBytes(4 * rank);
      if (sizes.length < 4 * rank) {
        throw new EOFException();
      }
      long[] dims = new long[rank];
      for (int i = 0; i < rank; i++) {
        dims[i] = ByteBuffer.wrap(sizes).getInt(4 * i);
      }
      int skip = 4 + 4 * rank;
      String what = file.toString();
      long count = ArrayPart.count(what, dims);
      long room = Inputs.maxUnpacked(file) - skip;
      if (count > room / element.size) {
        throw UserException.of(
            "%s is cut short or damaged: its header promises %s values of %d bytes, but it can hold at most %s.",
            file, Layout.text(dims), element.size, Inputs.bytes(room));
      }
      return new ArrayPart(
          file,
          what,
          element,
          ByteOrder.BIG_ENDIAN,
          dims,
          false,
          () -> {
            InputStream data = Inputs.open(file);
            data.skipNBytes(skip);
            return data;
          });
    } catch (IOException e) {
      throw Inputs.failure(file, e);
    }
  }

  private static Element element(byte code) {
    return switch (code) {
      case 0x08 -> Element.U8;
      case 0x09 -> Element.I8;
      case 0x0B -> Element.I16;
      case 0x0C -> Element.I32;
      case 0x0D -> Element.F32;
      case 0x0E -> Element.F64;
      default -> null;
    };
  }

  private static String hex(byte[] b) {
    StringBuilder s = new StringBuilder();
    for (byte v : b) {
      s.append(s.length() == 0 ? "" : " ").append(String.format("%02x", v));
    }
    return s.toString();
  }
}
