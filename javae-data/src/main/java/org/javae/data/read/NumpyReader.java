package org.javae.data.read;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Enumeration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.javae.core.data.Dataset;
import org.javae.core.data.Dataset.Annotation;
import org.javae.tensor.UserException;

/** NumPy's .npy (one array) and .npz (a zip of them). */
final class NumpyReader {
  private static final int MAX_ARRAYS = 4096;

  /**
   * An array that is this large and packed this tightly is taken for an attack; dSprites, mostly
   * black, packs 1:116.
   */
  private static final long BOMB_BYTES = 1L << 30;

  private static final long BOMB_RATIO = 400;

  private static final List<String> DATA_NAMES =
      // x last but for the unnamed: beside images it is a factor, as in the sprites that 'data
      // make' writes.
      List.of("images", "imgs", "data", "x", "X", "arr_0");
  private static final List<String> LABEL_NAMES =
      List.of("y", "labels", "Y", "label", "targets", "target");

  /** Train, (validation,) test, each with the name of its labels. */
  private static final List<List<String>> DIVIDED =
      List.of(
          List.of("x_train", "y_train", "x_test", "y_test"),
          List.of("X_train", "y_train", "X_test", "y_test"),
          List.of(
              "train_images",
              "train_labels",
              "val_images",
              "val_labels",
              "test_images",
              "test_labels"));

  private static final List<String> DSPRITES_FACTORS =
      List.of("color", "shape", "scale", "orientation", "posX", "posY");

  private NumpyReader() {}

  static Dataset readNpy(Path file, String name, ReadOptions options) {
    String what = file.toString();
    try (InputStream in = Inputs.open(file)) {
      NpyHeader h = NpyHeader.read(in, what);
      long bytes = bytes(h, what);
      long room = Inputs.maxUnpacked(file) - h.length();
      if (bytes > room) {
        throw UserException.of(
            "%s is cut short or damaged: its header promises %s (%s), but it can hold at most %s.",
            file, Layout.text(h.shape()), Inputs.bytes(bytes), Inputs.bytes(room));
      }
      ArrayPart part =
          new ArrayPart(
              file,
              what,
              h.element(),
              h.order(),
              h.shape(),
              h.fortran(),
              () -> {
                InputStream data = Inputs.open(file);
                data.skipNBytes(h.length());
                return data;
              });
      return ArrayReader.read(name, List.of(part), options, o -> List.of());
    } catch (IOException e) {
      throw Inputs.failure(file, e);
    }
  }

  static Dataset readNpz(Path file, String name, ReadOptions options) {
    try {
      if (Files.size(file) == 0) {
        throw UserException.of("%s is empty.", file);
      }
      try (InputStream in = Files.newInputStream(file)) {
        byte[] magic = in.readNBytes(2);
        if (magic.length < 2 || magic[0] != 'P' || magic[1] != 'K') {
          throw UserException.of("%s is not an npz file: it does not begin like a zip.", file);
        }
      }
      try (ZipFile zip = new ZipFile(file.toFile())) {
        return new Npz(file, zip, options).read(name);
      }
    } catch (IOException e) {
      throw Inputs.failure(file, e);
    }
  }

  private static long bytes(NpyHeader h, String what) {
    return ArrayPart.count(what, h.shape()) * h.element().size;
  }

  /** One open npz file. */
  private static final class Npz {
    private final Path file;
    private final ZipFile zip;
    private final ReadOptions options;
    private final Map<String, ZipEntry> entries = new LinkedHashMap<>();

    Npz(Path file, ZipFile zip, ReadOptions options) {
      this.file = file;
      this.zip = zip;
      this.options = options;
      Enumeration<? extends ZipEntry> all = zip.entries();
      while (all.hasMoreElements()) {
        ZipEntry e = all.nextElement();
        if (e.getName().endsWith(".npy")) {
          entries.put(e.getName().substring(0, e.getName().length() - 4), e);
        }
        if (entries.size() > MAX_ARRAYS) {
          throw UserException.of(
              "%s holds more than %d arrays, which is no data set.", file, MAX_ARRAYS);
        }
      }
      if (entries.isEmpty()) {
        throw UserException.of("%s holds no arrays: an npz file is a zip of .npy files.", file);
      }
    }

    Dataset read(String name) throws IOException {
      List<String> divided = options.array().isPresent() ? null : divided();
      List<ArrayPart> parts = new ArrayList<>();
      List<Optional<String>> labels = new ArrayList<>();
      if (divided != null) {
        for (int i = 0; i < divided.size(); i += 2) {
          parts.add(part(divided.get(i)));
          labels.add(Optional.of(divided.get(i + 1)).filter(entries::containsKey));
        }
      } else {
        String chosen = choose();
        parts.add(part(chosen));
        labels.add(
            options
                .label()
                .map(this::existing)
                .or(
                    () ->
                        LABEL_NAMES.stream()
                            .filter(n -> entries.containsKey(n) && !n.equals(chosen))
                            .findFirst()));
      }
      double[] all = labels.stream().allMatch(Optional::isPresent) ? labels(parts, labels) : null;
      Factors factors = divided == null ? factors(parts.get(0).observations()) : null;
      return ArrayReader.read(
          name,
          parts,
          options,
          observations -> {
            List<Annotation> annotations = new ArrayList<>();
            if (all != null) {
              double[] chosen = Arrays.stream(observations).mapToDouble(i -> all[i]).toArray();
              annotations.add(
                  ClassLabels.of("label", chosen, file + ", array " + labels.get(0).get()));
            }
            if (factors != null) {
              annotations.addAll(factors.of(observations, file.toString()));
            }
            return annotations;
          });
    }

    private List<String> divided() {
      for (List<String> names : DIVIDED) {
        boolean all = true;
        for (int i = 0; i < names.size(); i += 2) {
          all &= entries.containsKey(names.get(i));
        }
        if (all) {
          return names;
        }
      }
      return null;
    }

    private String choose() throws IOException {
      if (options.array().isPresent()) {
        return existing(options.array().get());
      }
      for (String n : DATA_NAMES) {
        if (entries.containsKey(n)) {
          return n;
        }
      }
      List<String> matrices = new ArrayList<>();
      for (String n : entries.keySet()) {
        try (InputStream in = stream(entries.get(n))) {
          if (NpyHeader.read(in, describe(n)).shape().length >= 2) {
            matrices.add(n);
          }
        } catch (UserException e) {
          // Not an array of numbers: it cannot be what is looked for, and is named below if nothing
          // else is found.
          continue;
        }
      }
      if (matrices.size() != 1) {
        throw UserException.of(
            "%s does not say which array holds the observations: choose with array= one of %s.",
            file, Inputs.list(matrices.isEmpty() ? List.copyOf(entries.keySet()) : matrices));
      }
      return matrices.get(0);
    }

    private String existing(String name) {
      if (!entries.containsKey(name)) {
        throw UserException.usage(
            "%s has no array %s: it holds %s.",
            file, Inputs.quote(name), Inputs.list(List.copyOf(entries.keySet())));
      }
      return name;
    }

    private String describe(String array) {
      return file + ", array " + Inputs.brief(array);
    }

    private InputStream stream(ZipEntry e) throws IOException {
      return new BufferedInputStream(zip.getInputStream(e), 1 << 16);
    }

    /**
     * Reads the header of an array and checks it against what the zip says of its size, packed and
     * unpacked.
     */
    private ArrayPart part(String array) throws IOException {
      ZipEntry entry = entries.get(array);
      String what = describe(array);
      NpyHeader h;
      try (InputStream in = stream(entry)) {
        h = NpyHeader.read(in, what);
      }
      long bytes = bytes(h, what);
      long packed =
          entry.getMethod() == ZipEntry.STORED ? entry.getSize() : entry.getCompressedSize();
      long room =
          (entry.getMethod() == ZipEntry.STORED ? packed : Inputs.maxInflated(packed)) - h.length();
      if (bytes > room) {
        throw UserException.of(
            "%s is cut short or damaged: its header promises %s (%s), but the file can hold at most %s.",
            what, Layout.text(h.shape()), Inputs.bytes(bytes), Inputs.bytes(room));
      }
      if (entry.getSize() >= 0 && entry.getSize() != bytes + h.length()) {
        throw UserException.of(
            "%s would unpack to %s although its header promises %s (%s): it is damaged or a zip bomb.",
            what,
            Inputs.bytes(entry.getSize()),
            Layout.text(h.shape()),
            Inputs.bytes(bytes + h.length()));
      }
      if (bytes > BOMB_BYTES && bytes / Math.max(1, packed) > BOMB_RATIO) {
        throw UserException.of(
            "%s would unpack from %s to %s, which looks like a zip bomb: if you trust it, unzip it and open the .npy.",
            what, Inputs.bytes(packed), Inputs.bytes(bytes));
      }
      return new ArrayPart(
          file,
          what,
          h.element(),
          h.order(),
          h.shape(),
          h.fortran(),
          () -> {
            InputStream data = stream(entry);
            data.skipNBytes(h.length());
            return data;
          });
    }

    private double[] labels(List<ArrayPart> parts, List<Optional<String>> names)
        throws IOException {
      double[][] all = new double[parts.size()][];
      for (int i = 0; i < all.length; i++) {
        ArrayPart p = part(names.get(i).get());
        int n = parts.get(i).observations();
        if (ArrayPart.count(p.what(), p.dims()) != n) {
          throw UserException.of(
              "%s has sizes %s, but should hold one label for each of the %d observations of %s.",
              p.what(), Layout.text(p.dims()), n, parts.get(i).what());
        }
        all[i] = p.readAll(n);
      }
      return Arrays.stream(all).flatMapToDouble(Arrays::stream).toArray();
    }

    /** The classes of generating factors that dSprites and its kin store beside the images. */
    private Factors factors(int n) throws IOException {
      if (!entries.containsKey("latents_classes")) {
        return null;
      }
      ArrayPart p = part("latents_classes");
      if (p.dims().length != 2
          || p.dims()[0] != n
          || p.dims()[1] > 64
          || !p.element().isInteger()) {
        throw UserException.of(
            "%s has sizes %s, but should hold whole numbers, one row for each of %d observations.",
            p.what(), Layout.text(p.dims()), n);
      }
      return new Factors(p.readAll(Math.multiplyExact(n, (int) p.dims()[1])), (int) p.dims()[1]);
    }
  }

  /** Row-major factor classes, {@code width} to an observation. */
  private record Factors(double[] values, int width) {
    List<Annotation> of(int[] observations, String what) {
      List<Annotation> out = new ArrayList<>();
      for (int f = 0; f < width; f++) {
        int factor = f;
        double[] column =
            Arrays.stream(observations).mapToDouble(i -> values[i * width + factor]).toArray();
        String name =
            width == DSPRITES_FACTORS.size() ? DSPRITES_FACTORS.get(f) : "factor" + (f + 1);
        out.add(ClassLabels.of(name, column, what + ", array latents_classes"));
      }
      return out;
    }
  }
}
