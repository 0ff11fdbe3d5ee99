package org.javae.experiment;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.javae.core.config.Nearest;
import org.javae.core.data.Dataset;
import org.javae.core.data.Forwarding;
import org.javae.data.get.DataCatalog;
import org.javae.data.get.DataFolders;
import org.javae.data.read.DataReader;
import org.javae.data.read.DeskewedImages;
import org.javae.data.read.ReadOptions;
import org.javae.data.read.ViewsFile;
import org.javae.tensor.Shape;
import org.javae.tensor.UserException;

/**
 * Opens data by what the user typed: a catalogue name, a file, a folder or a {@code jdbc:} address.
 */
public final class DataAccess {
  private DataAccess() {}

  /** The catalogue over the user's folders. */
  public static DataCatalog catalog() {
    return catalog(0);
  }

  private static DataCatalog catalog(int maxLength) {
    ReadOptions options = ReadOptions.defaults().withMaxLength(maxLength);
    return new DataCatalog(
        DataFolders.ofProcess(), (name, folder) -> openNamed(name, folder, options));
  }

  /** Where a published folder holds several readable files: the one that is the data set. */
  private static final Map<String, List<String>> MAIN_FILES =
      Map.of(
          "frey-faces", List.of("frey_rawface.mat", "freyfaces.npy"),
          "omniglot", List.of("chardata.mat"),
          "usps", List.of("usps.h5"),
          "cifar10", List.of("test_batch_4000.bin.gz"));

  private static Dataset openNamed(String name, Path folder, ReadOptions options) {
    if (ViewsFile.isPublished(name)) {
      return ViewsFile.published(name)
          .open(name, name, options, new Beside(folder, DataConfig.DEFAULTS));
    }
    boolean whole = name.equals("cifar10") && Files.exists(folder.resolve("data_batch_1.bin"));
    Path from =
        whole
            ? folder
            : MAIN_FILES.getOrDefault(name, List.of()).stream()
                .map(folder::resolve)
                .filter(Files::exists)
                .findFirst()
                .orElse(folder);
    ReadOptions how = name.equals("usps") ? options.withImageShape(Shape.of(16, 16)) : options;
    return new Renamed(name, DataReader.open(from, how));
  }

  /**
   * Opens data.
   *
   * @throws UserException if there is neither a name nor a file like that, or it cannot be read
   */
  public static Dataset open(DataConfig c) {
    Dataset found = find(c);
    return c.deskew() ? new DeskewedImages(found) : found;
  }

  private static Dataset find(DataConfig c) {
    String data = c.data();
    if (data.isBlank()) {
      throw UserException.usage(
          "no data given; name a file, a folder or one of: %s", String.join(", ", names()));
    }
    String name = nameOf(data);
    if (DataCatalog.find(name).isPresent() && !Files.exists(Path.of(name))) {
      // Generated data are drawn from seed 0 whatever the training seed: runs differ in the model,
      // not in the data.
      Dataset d = generate(data, c.n(), 0, c.max_length());
      return c.resize().isBlank() ? d : DataReader.resized(d, readOptions(c));
    }
    ReadOptions options = readOptions(c);
    if (data.startsWith("jdbc:")) {
      if (c.query().isBlank()) {
        throw UserException.usage("a jdbc: address needs a query; add --query \"SELECT …\"");
      }
      return DataReader.openJdbc(data, c.query(), options);
    }
    Path path;
    try {
      path = Path.of(data);
    } catch (InvalidPathException e) {
      throw UserException.usage("'%s' is not a path", data);
    }
    if (!Files.exists(path)) {
      boolean likePath = data.contains("/") || data.contains("\\") || data.contains(".");
      throw likePath
          ? UserException.of("there is no file or folder %s", data)
          : UserException.usage(
              "there is no data set or file called '%s'; %s",
              data, Nearest.suggestion(data, names()));
    }
    Optional<Path> manifest = ViewsFile.at(path);
    return manifest.isPresent() ? views(manifest.get(), c) : DataReader.open(path, options);
  }

  /** Data of several views, as their manifest describes them. */
  private static Dataset views(Path manifest, DataConfig c) {
    DataConfig d = DataConfig.DEFAULTS;
    boolean ofOneTable =
        !(c.label() + c.exclude() + c.categorical() + c.array() + c.format() + c.resize()).isBlank()
            || !c.header().equals(d.header());
    if (ofOneTable) {
      throw UserException.usage(
          "label, exclude, categorical, header, array, format and resize belong to one view: write them into %s",
          manifest.getFileName());
    }
    if (c.missing().equals("drop")) {
      throw UserException.usage(
          "missing=drop would unpair the views of %s; choose mean, or error",
          manifest.getFileName());
    }
    Path folder = manifest.toAbsolutePath().getParent();
    boolean usual = ViewsFile.NAME.equals(String.valueOf(manifest.getFileName()));
    String file = String.valueOf(manifest.getFileName());
    String name =
        usual ? String.valueOf(folder.getFileName()) : file.substring(0, file.lastIndexOf('.'));
    return ViewsFile.open(manifest, name, readOptions(c), new Beside(folder, c));
  }

  /** Sources of views: beside their manifest, or in the catalogue. */
  private record Beside(Path folder, DataConfig c) implements ViewsFile.Opener {
    @Override
    public Optional<Path> file(String source) {
      try {
        return Optional.of(folder.resolve(source)).filter(Files::exists);
      } catch (InvalidPathException e) {
        return Optional.empty();
      }
    }

    @Override
    public Dataset open(String source, ReadOptions options) {
      Optional<Path> file = file(source);
      if (file.isPresent()) {
        return DataReader.open(file.get(), options);
      }
      if (DataCatalog.find(nameOf(source)).isPresent()) {
        return generate(source, c.n(), 0, c.max_length());
      }
      throw UserException.of(
          "there is no file or folder %s beside it, and no data set of that name; %s",
          source, Nearest.suggestion(source, names()));
    }

    @Override
    public String binarize(String source) {
      return file(source).isPresent()
          ? null
          : DataCatalog.find(nameOf(source)).map(DataCatalog.Entry::binarize).orElse(null);
    }
  }

  /** The catalogue name in {@code NAME} or {@code NAME:key=value,…}. */
  public static String nameOf(String data) {
    int colon = data.indexOf(':');
    return colon < 0 ? data : data.substring(0, colon);
  }

  /**
   * Opens data of the catalogue.
   *
   * @param data a name, for generated data also with options: {@code sprites:size=32,n=5000}, and
   *     {@code seed=3} in the place of the seed
   * @param n observations to generate, 0 for the default
   * @param seed generated data are drawn from
   * @throws UserException if the name or an option is unknown, or the files are not there
   */
  public static Dataset generate(String data, int n, long seed) {
    return generate(data, n, seed, 0);
  }

  private static Dataset generate(String data, int n, long seed, int maxLength) {
    String name = nameOf(data);
    List<String> known = DataCatalog.entry(name).options();
    Map<String, String> options = new LinkedHashMap<>();
    if (name.length() < data.length()) {
      for (String pair : data.substring(name.length() + 1).split(",")) {
        int equals = pair.indexOf('=');
        if (equals < 1) {
          throw UserException.usage(
              "'%s' in %s is not an option; write %s:key=value,key=value", pair, data, name);
        }
        options.put(pair.substring(0, equals).strip(), pair.substring(equals + 1).strip());
      }
    }
    if (n > 0) {
      if (known.contains("n")) {
        options.put("n", String.valueOf(n));
      } else if (known.contains("validation")) {
        options.put("train", String.valueOf(n - 2 * (n / 10)));
        options.put("validation", String.valueOf(n / 10));
        options.put("test", String.valueOf(n / 10));
      } else if (known.contains("train")) {
        options.put("train", String.valueOf(n - n / 6));
        options.put("test", String.valueOf(n / 6));
      } else {
        throw UserException.usage(
            "n applies to generated data only, and %s is published; use --limit", name);
      }
    }
    String other = known.isEmpty() ? null : options.remove("seed");
    try {
      return catalog(maxLength).open(name, options, other == null ? seed : Long.parseLong(other));
    } catch (NumberFormatException e) {
      throw UserException.usage("%s: seed is '%s' but must be a whole number", name, other);
    }
  }

  /** How to read a file under these settings. */
  public static ReadOptions readOptions(DataConfig c) {
    ReadOptions o = ReadOptions.defaults().withMaxLength(c.max_length());
    if (!c.label().isBlank()) {
      o = o.withLabel(c.label());
    }
    if (!c.exclude().isBlank()) {
      o = o.withExclude(Arrays.stream(c.exclude().split(",")).map(String::strip).toList());
    }
    if (!c.categorical().isBlank()) {
      o = o.withCategorical(Arrays.stream(c.categorical().split(",")).map(String::strip).toList());
    }
    if (!c.array().isBlank()) {
      o = o.withArray(c.array());
    }
    if (!c.format().isBlank()) {
      o = o.withFormat(c.format());
    }
    o =
        switch (c.header()) {
          case "auto" -> o;
          case "true", "false" -> o.withHeader(Boolean.parseBoolean(c.header()));
          default ->
              throw UserException.usage(
                  "header is '%s'; auto, true or false is expected", c.header());
        };
    if (!c.resize().isBlank()) {
      String[] p = c.resize().toLowerCase(Locale.ROOT).split("x");
      try {
        o = o.withResize(Integer.parseInt(p[0].strip()), Integer.parseInt(p[p.length - 1].strip()));
      } catch (NumberFormatException e) {
        throw UserException.usage("resize is '%s'; write HEIGHTxWIDTH, e.g. 32x32", c.resize());
      }
    }
    List<String> policies = List.of("error", "mean", "drop");
    return switch (c.missing()) {
      case "error" -> o;
      case "mean" -> o.withMissing(ReadOptions.Missing.MEAN);
      case "drop" -> o.withMissing(ReadOptions.Missing.DROP);
      default ->
          throw UserException.usage(
              "unknown policy for missing values '%s'; %s",
              c.missing(), Nearest.suggestion(c.missing(), policies));
    };
  }

  private static List<String> names() {
    return DataCatalog.entries().stream().map(DataCatalog.Entry::name).toList();
  }

  /** Published files under their catalogue name. */
  private static final class Renamed extends Forwarding {
    private final String name;

    Renamed(String name, Dataset inner) {
      super(inner);
      this.name = name;
    }

    @Override
    public String name() {
      return name;
    }
  }
}
