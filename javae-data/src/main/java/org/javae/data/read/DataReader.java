package org.javae.data.read;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.javae.core.data.Dataset;
import org.javae.tensor.UserException;

/**
 * Opens files, folders and database queries as data sets.
 *
 * <p>Formats, told by the file's name (without {@code .gz}, which is recognised by content) or by
 * {@link ReadOptions#format}:
 *
 * <ul>
 *   <li>IDX: pictures become {@code [1, h, w]} in 0..1; labels and the test part lying beside are
 *       taken along.
 *   <li>npy and npz: {@code [n, d]} becomes {@code [d]}, {@code [n, h, w]} {@code [1, h, w]},
 *       {@code [n, h, w, c]} and {@code [n, c, h, w]} {@code [c, h, w]}.
 *   <li>mat: MATLAB version 5.
 *   <li>h5, hdf5: arrays, the parts train and test together; see {@link Hdf5Reader}.
 *   <li>bin: CIFAR-10's binary layout.
 *   <li>csv, tsv, data, parquet, json, jsonl, ndjson: tables, with column types inferred.
 *   <li>txt: text, one sentence a line, words separated by white space; see {@link TextReader}.
 *   <li>A folder: text files that are called something with train, valid and test; IDX files,
 *       CIFAR-10 batches, pictures (sub-folders are labels), or the one readable file in it.
 * </ul>
 *
 * <p>Bytes that are grey levels (pictures of unsigned bytes) are divided by 255, unless they are
 * all 0 and 1. Observations are kept in memory up to {@link ReadOptions#memoryLimit} and in a
 * temporary memory-mapped file beyond.
 *
 * <p>All methods throw {@link UserException} with one sentence when the input is at fault.
 */
public final class DataReader {
  private enum Format {
    IDX("idx"),
    NPY("npy"),
    NPZ("npz"),
    MAT("mat"),
    HDF5("h5", "hdf5"),
    CIFAR("bin"),
    CSV("csv", "data"),
    TSV("tsv", "tab"),
    PARQUET("parquet"),
    JSON("json", "jsonl", "ndjson"),
    TEXT("txt");

    final List<String> suffixes;

    Format(String... suffixes) {
      this.suffixes = List.of(suffixes);
    }

    boolean isTable() {
      return this == CSV || this == TSV || this == PARQUET || this == JSON;
    }
  }

  private DataReader() {}

  /** Opens {@code file}, which may be a folder. The caller closes the data set. */
  public static Dataset open(Path file, ReadOptions options) {
    try {
      return AdaptedImages.of(
          Files.isDirectory(file) ? openFolder(file, options) : openFile(file, options), options);
    } catch (IOException e) {
      throw Inputs.failure(file, e);
    }
  }

  /**
   * Reads the answer to {@code query} from the database at {@code url}, whose JDBC driver must be
   * on the class path. Columns become observations as those of a table in a file.
   *
   * @param url a {@code jdbc:} address; what it holds of secrets is never repeated in messages
   */
  public static Dataset openJdbc(String url, String query, ReadOptions options) {
    return AdaptedImages.of(
        jdbc(url, query, options, source -> TableReader.read(source, jdbcName(url), options)),
        options);
  }

  /**
   * Whether {@code file} would be read as a table, so that {@link #describeTable} has something to
   * say.
   */
  public static boolean isTable(Path file, ReadOptions options) {
    try {
      Path one = Files.isDirectory(file) ? onlyFile(file).orElse(null) : file;
      return one != null && format(one, options).filter(Format::isTable).isPresent();
    } catch (IOException e) {
      throw Inputs.failure(file, e);
    }
  }

  /**
   * What each column of a table is; columns that {@link #open} would refuse are described too, with
   * the reason.
   */
  public static TableSummary describeTable(Path file, ReadOptions options) {
    try {
      if (!Files.exists(file)) {
        throw missing(file);
      }
      Path one = Files.isDirectory(file) ? onlyFile(file).orElse(file) : file;
      Format f = format(one, options).filter(Format::isTable).orElse(null);
      if (f == null || Files.isDirectory(one)) {
        throw UserException.of("%s is not a table, so it has no columns to describe.", file);
      }
      return TableReader.describe(table(one, f, options), Inputs.name(file), options);
    } catch (IOException e) {
      throw Inputs.failure(file, e);
    }
  }

  /**
   * The cells of one column of a table as text, in the order of the rows; null where one is
   * missing.
   */
  static List<String> readKeys(Path file, String column, ReadOptions options) {
    try {
      Path one = Files.isDirectory(file) ? onlyFile(file).orElse(file) : file;
      Format f = format(one, options).filter(Format::isTable).orElseThrow(() -> unknown(file));
      return TableReader.keys(table(one, f, options), column, options);
    } catch (IOException e) {
      throw Inputs.failure(file, e);
    }
  }

  /** As {@link #describeTable} for the answer to a query. */
  public static TableSummary describeJdbc(String url, String query, ReadOptions options) {
    return jdbc(
        url, query, options, source -> TableReader.describe(source, jdbcName(url), options));
  }

  private interface Use<T> {
    T with(TableSource source);
  }

  private static <T> T jdbc(String url, String query, ReadOptions options, Use<T> use) {
    if (!url.startsWith("jdbc:")) {
      throw UserException.usage(
          "%s is not a database address: it should begin with jdbc:.", Inputs.quote(jdbcName(url)));
    }
    if (query == null || query.isBlank()) {
      throw UserException.usage(
          "A database address needs a query that says which rows to read, for example"
              + " 'select * from measurements'.");
    }
    try (Connection c = DriverManager.getConnection(url);
        QueryTable source = new QueryTable(c, query, options)) {
      return use.with(source);
    } catch (SQLException e) {
      if (String.valueOf(e.getMessage()).startsWith("No suitable driver")) {
        throw UserException.of(
            e,
            "No JDBC driver on the class path knows %s: add the database's driver jar.",
            jdbcName(url));
      }
      // The driver's own message may repeat the address with its password.
      throw UserException.of(
          e,
          "The database at %s cannot be reached: check the address, the user and the password.",
          jdbcName(url));
    }
  }

  /** The address without its details, which may hold a password: {@code jdbc:postgresql}. */
  private static String jdbcName(String url) {
    String[] parts = url.split(":", 3);
    return parts.length < 2 ? "jdbc" : Inputs.brief(parts[0] + ":" + parts[1]);
  }

  private static UserException missing(Path file) {
    return UserException.of("There is no file or folder %s: check the path.", file);
  }

  private static Dataset openFile(Path file, ReadOptions options) throws IOException {
    if (!Files.exists(file)) {
      throw missing(file);
    }
    Format format = format(file, options).orElseThrow(() -> unknown(file));
    if (Files.size(file) == 0) {
      throw UserException.of("%s is empty.", file);
    }
    return openAs(format, file, Inputs.name(file), options);
  }

  private static Dataset openAs(Format format, Path file, String name, ReadOptions options)
      throws IOException {
    return switch (format) {
      case IDX -> IdxReader.read(file, name, options);
      case NPY -> NumpyReader.readNpy(file, name, options);
      case NPZ -> NumpyReader.readNpz(file, name, options);
      case HDF5 -> Hdf5Reader.read(file, name, options);
      case MAT -> MatReader.read(file, name, options);
      case CIFAR -> CifarReader.read(List.of(file), name, options);
      case CSV, TSV, PARQUET, JSON -> TableReader.read(table(file, format, options), name, options);
      case TEXT -> TextReader.read(List.of(file), name, options);
    };
  }

  private static TableSource table(Path file, Format format, ReadOptions options)
      throws IOException {
    if (Files.size(file) == 0) {
      throw UserException.of("%s is empty.", file);
    }
    return switch (format) {
      case PARQUET -> FileTable.Typed.parquet(file);
      case JSON -> FileTable.Typed.json(file);
      default -> new FileTable.Delimited(file, format == Format.TSV, options);
    };
  }

  private static Optional<Format> format(Path file, ReadOptions options) {
    String name = Inputs.plainName(file);
    if (options.format().isPresent()) {
      String wanted = options.format().get().toLowerCase(Locale.ROOT);
      return Optional.of(
          bySuffix(wanted)
              .orElseThrow(
                  () ->
                      UserException.usage(
                          "There is no format %s: known are %s.",
                          Inputs.quote(options.format().get()), formats())));
    }
    return IdxReader.isIdx(name)
        ? Optional.of(Format.IDX)
        : bySuffix(name.substring(name.lastIndexOf('.') + 1));
  }

  private static Optional<Format> bySuffix(String suffix) {
    return Arrays.stream(Format.values()).filter(f -> f.suffixes.contains(suffix)).findFirst();
  }

  private static String formats() {
    return Arrays.stream(Format.values())
        .flatMap(f -> f.suffixes.stream())
        .collect(Collectors.joining(", "));
  }

  private static UserException unknown(Path file) {
    if (ImageFolder.isImage(file)) {
      return UserException.of(
          "%s is a single picture: name the folder that holds the pictures instead.", file);
    }
    if (Inputs.plainName(file).endsWith(".zip")) {
      return UserException.of(
          "%s is a zip: unpack it and name the folder (or rename it .npz if it holds arrays).",
          file);
    }
    return UserException.of(
        "%s has a name that does not say what it is: known suffixes are %s (each may end in .gz); otherwise say what it is"
            + " with format, for example format=csv.",
        file, formats());
  }

  private static Dataset openFolder(Path folder, ReadOptions options) throws IOException {
    String name = Inputs.name(folder);
    if (options.format().isEmpty()) {
      Optional<Path> idx = IdxReader.imagesIn(folder);
      if (idx.isPresent()) {
        return IdxReader.read(idx.get(), name, options);
      }
      List<Path> batches = CifarReader.batchesIn(folder);
      if (!batches.isEmpty()) {
        return CifarReader.read(batches, name, options);
      }
      if (ImageFolder.hasImages(folder)) {
        return ImageFolder.read(folder, name, options);
      }
    }
    Optional<Path> one = onlyFile(folder);
    if (one.isEmpty()) {
      List<Path> parts = TextReader.partsIn(folder);
      if (!parts.isEmpty()) {
        return TextReader.read(parts, name, options);
      }
    }
    Path only =
        one.orElseThrow(
            () ->
                UserException.of(
                    "%s holds nothing that can be read: expected are pictures (png, jpg, gif, bmp), IDX files, CIFAR-10"
                        + " batches, or one file with a known suffix (%s).",
                    folder, formats()));
    Format format = format(only, options).orElseThrow(() -> unknown(only));
    if (Files.size(only) == 0) {
      throw UserException.of("%s is empty.", only);
    }
    return openAs(format, only, name, options);
  }

  /**
   * The one file of a known kind in a folder; empty if there is none, refused if there are several.
   */
  private static Optional<Path> onlyFile(Path folder) throws IOException {
    // Beside data, text is what describes them.
    Predicate<Path> known =
        f -> format(f, ReadOptions.defaults()).filter(t -> t != Format.TEXT).isPresent();
    try (Stream<Path> all = Files.list(folder)) {
      List<Path> files = all.filter(f -> Files.isRegularFile(f) && known.test(f)).sorted().toList();
      if (files.size() > 1) {
        throw UserException.of(
            "%s holds several files that can be read (%s): name one of them.",
            folder, Inputs.list(files.stream().map(Inputs::name).toList()));
      }
      return files.stream().findFirst();
    }
  }

  /**
   * Pictures that are open already in the size of the options.
   *
   * @throws UserException if they are no pictures
   */
  public static Dataset resized(Dataset pictures, ReadOptions options) {
    if (!pictures.shape().isImage()) {
      throw UserException.usage(
          "resize is for pictures, and an observation of %s is none; leave it out",
          pictures.name());
    }
    return AdaptedImages.of(pictures, options);
  }
}
