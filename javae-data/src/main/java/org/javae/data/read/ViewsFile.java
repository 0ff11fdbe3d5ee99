package org.javae.data.read;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.javae.core.config.Nearest;
import org.javae.core.data.Dataset;
import org.javae.core.data.Dataset.Annotation;
import org.javae.core.data.Dataset.PublishedSplit;
import org.javae.core.data.Dataset.View;
import org.javae.core.data.Dataset.ViewSettings;
import org.javae.core.data.LabelView;
import org.javae.core.data.Paired;
import org.javae.core.io.Json;
import org.javae.core.likelihood.LikelihoodSpec;
import org.javae.core.net.NetSpec;
import org.javae.tensor.UserException;

/**
 * {@code views.yaml}: which files, folders or data sets of the catalogue are views of the same
 * observations.
 *
 * <pre>
 * name: liver
 * join: outer
 * views:
 *   - name: genes
 *     source: gene.csv
 *     key: sample
 *   - name: blood
 *     source: clinic.csv
 *     key: sample
 *     weight: 2
 *     likelihood: gaussian:shared
 * </pre>
 *
 * <p>With keys, rows with the same key are one observation; one that lacks a view is kept without
 * it ({@code join: outer}, the default) or left out ({@code inner}). Without keys the sources have
 * equally many rows in the same order.
 *
 * @param name of the data set; the file's folder if it is left out
 * @param join {@code outer} or {@code inner}
 * @param views at least one
 */
public record ViewsFile(String name, String join, List<Entry> views) {
  /** What a folder's manifest is called. */
  public static final String NAME = "views.yaml";

  /**
   * One view.
   *
   * @param source a file or folder, from where the manifest is, or a name of the catalogue
   * @param likelihood as of a model's settings
   * @param network as of a model's settings
   * @param weight of its likelihood, positive
   * @param key column of a table that tells which rows belong together
   * @param label column of a table that is an annotation, not data
   * @param annotation the view is this annotation of the source (its label, say), not its data
   * @param columns of a table: these alone
   * @param exclude of a table: all but these
   * @param categorical columns of a table to take as categories
   * @param header whether a table's first line names its columns
   * @param scaling none, standard or minmax
   * @param binarize none, static or dynamic
   * @param resize of pictures, HxW
   * @param array which array of an npz or mat file
   * @param format what a file is where its name does not say
   */
  public record Entry(
      String name,
      String source,
      String likelihood,
      String network,
      Double weight,
      String key,
      String label,
      String annotation,
      List<String> columns,
      List<String> exclude,
      List<String> categorical,
      Boolean header,
      String scaling,
      String binarize,
      String resize,
      String array,
      String format) {}

  /** What opens a source. */
  public interface Opener {
    /** The file or folder, if the source is one. */
    Optional<Path> file(String source);

    /** The data, of a file or of the catalogue. */
    Dataset open(String source, ReadOptions options);

    /** What the catalogue advises for binarisation, or null. */
    String binarize(String source);
  }

  /** Whether data at this path are described by a manifest, and which. */
  public static Optional<Path> at(Path path) {
    Path inside = path.resolve(NAME);
    if (Files.isDirectory(path)) {
      return Files.isRegularFile(inside) ? Optional.of(inside) : Optional.empty();
    }
    String n = String.valueOf(path.getFileName());
    return n.endsWith(".yaml") || n.endsWith(".yml") ? Optional.of(path) : Optional.empty();
  }

  /**
   * Reads and opens what a manifest describes.
   *
   * @param name of the data set where the manifest gives none
   * @throws UserException if the manifest or a source is at fault, or rows do not pair
   */
  public static Dataset open(Path file, String name, ReadOptions options, Opener opener) {
    String what = String.valueOf(file.getFileName());
    return Json.readYaml(file, ViewsFile.class).open(what, name, options, opener);
  }

  /** Whether a manifest of published data comes with JaVAE. */
  public static boolean isPublished(String name) {
    return ViewsFile.class.getResource("views/" + name + ".yaml") != null;
  }

  /** The manifest of published data, whose sources lie in their folder. */
  public static ViewsFile published(String name) {
    try (InputStream in = ViewsFile.class.getResourceAsStream("views/" + name + ".yaml")) {
      return Json.convert(Json.yaml().readTree(in), name, ViewsFile.class);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Opens what it describes; {@code what} names the manifest in messages. */
  public Dataset open(String what, String otherName, ReadOptions options, Opener opener) {
    check(what);
    Map<List<Object>, Dataset> opened = new LinkedHashMap<>();
    try {
      List<View> blocks = new ArrayList<>();
      List<Dataset> sources = new ArrayList<>();
      List<List<String>> keys = new ArrayList<>();
      List<Dataset> annotated = new ArrayList<>();
      for (Entry e : views) {
        ReadOptions mine = options(e, options);
        Dataset d =
            opened.computeIfAbsent(List.of(e.source, mine), k -> open(what, e, mine, opener));
        annotated.add(d);
        Dataset data = e.annotation == null ? d : LabelView.of(annotation(what, e, d));
        blocks.add(block(e, data, opener.binarize(e.source)));
        sources.add(data);
        keys.add(e.key == null ? null : keys(what, e, d, mine, opener));
      }
      boolean keyed = views.get(0).key != null;
      int[][] rows = keyed ? align(what, keys) : parallel(what, sources);
      String called = name == null ? otherName : name;
      Paired p =
          Paired.of(called, blocks, sources, rows).withAnnotations(annotations(annotated, rows));
      opened.values().stream().filter(d -> !sources.contains(d)).forEach(Dataset::close);
      PublishedSplit split = annotated.get(0).publishedSplit().orElse(null);
      boolean published =
          !keyed
              && split != null
              && annotated.stream()
                  .allMatch(d -> d.publishedSplit().filter(split::equals).isPresent());
      return published ? p.withSplit(split) : p;
    } catch (RuntimeException e) {
      opened.values().forEach(Dataset::close);
      throw e;
    }
  }

  private void check(String what) {
    if (views == null || views.isEmpty()) {
      throw UserException.of("%s lists no views; give at least one, with name and source", what);
    }
    if (join != null && !List.of("inner", "outer").contains(join)) {
      throw UserException.of("%s: join is '%s', inner or outer is expected", what, join);
    }
    Set<String> names = new HashSet<>();
    for (int i = 0; i < views.size(); i++) {
      Entry e = views.get(i);
      if (e.name == null || e.name.isBlank()) {
        throw UserException.of("%s: view %d has no name", what, i + 1);
      }
      if (!names.add(e.name)) {
        throw UserException.of("%s: two views are called %s; name them apart", what, e.name);
      }
      if (e.source == null || e.source.isBlank()) {
        throw UserException.of(
            "%s: view %s has no source; name its file, folder or data set", what, e.name);
      }
      if (e.weight != null && !(e.weight > 0 && Double.isFinite(e.weight))) {
        throw UserException.of(
            "%s: view %s has weight %s; a positive number is expected", what, e.name, e.weight);
      }
      if ((e.key == null) != (views.get(0).key == null)) {
        Entry without = e.key == null ? e : views.get(0);
        throw UserException.of(
            "%s: view %s has no key though others have; give every view one, or none",
            what, without.name);
      }
      choice(what, e, "scaling", e.scaling, List.of("none", "standard", "minmax"));
      choice(what, e, "binarize", e.binarize, List.of("none", "static", "dynamic"));
      try {
        if (e.likelihood != null) {
          LikelihoodSpec.parse(e.likelihood);
        }
        if (e.network != null) {
          NetSpec.parse(e.network);
        }
      } catch (UserException x) {
        throw UserException.of(x, "%s: view %s: %s", what, e.name, x.getMessage());
      }
    }
  }

  private static void choice(
      String what, Entry e, String key, String value, List<String> possible) {
    if (value != null && !possible.contains(value)) {
      throw UserException.of(
          "%s: view %s has %s '%s'; %s",
          what, e.name, key, value, Nearest.suggestion(value, possible));
    }
  }

  private static Dataset open(String what, Entry e, ReadOptions options, Opener opener) {
    Dataset d;
    try {
      d = opener.open(e.source, options);
    } catch (UserException x) {
      throw UserException.of(x, "%s: view %s: %s", what, e.name, x.getMessage());
    }
    if (!d.views().isEmpty()) {
      d.close();
      throw UserException.of(
          "%s: view %s: %s has several views itself; name the sources of those",
          what, e.name, e.source);
    }
    return d;
  }

  /** Missing cells stay: whether a view is there or lacks a cell is decided when it is prepared. */
  private static ReadOptions options(Entry e, ReadOptions base) {
    ReadOptions o = base.withMissing(ReadOptions.Missing.KEEP);
    List<String> exclude = new ArrayList<>(e.exclude == null ? List.of() : e.exclude);
    if (e.key != null) {
      exclude.add(e.key);
    }
    o = o.withExclude(exclude);
    o = e.columns == null ? o : o.withColumns(e.columns);
    o = e.categorical == null ? o : o.withCategorical(e.categorical);
    o = e.label == null ? o : o.withLabel(e.label);
    o = e.header == null ? o : o.withHeader(e.header);
    o = e.array == null ? o : o.withArray(e.array);
    o = e.format == null ? o : o.withFormat(e.format);
    if (e.resize != null) {
      String[] p = e.resize.toLowerCase(Locale.ROOT).split("x");
      try {
        o = o.withResize(Integer.parseInt(p[0].strip()), Integer.parseInt(p[p.length - 1].strip()));
      } catch (NumberFormatException x) {
        throw UserException.of(
            "view %s has resize '%s'; HEIGHTxWIDTH is expected, e.g. 32x32", e.name, e.resize);
      }
    }
    return o;
  }

  private static Annotation annotation(String what, Entry e, Dataset d) {
    return d.annotations().stream()
        .filter(a -> a.name().equals(e.annotation))
        .findFirst()
        .orElseThrow(
            () -> {
              List<String> names = d.annotations().stream().map(Annotation::name).toList();
              return UserException.of(
                  "%s: view %s: %s has no annotation %s; %s",
                  what,
                  e.name,
                  e.source,
                  e.annotation,
                  names.isEmpty() ? "it has none" : Nearest.suggestion(e.annotation, names));
            });
  }

  private static View block(Entry e, Dataset d, String advised) {
    boolean free = e.likelihood == null || e.likelihood.equals("bernoulli");
    return new View(
        e.name,
        d.shape(),
        d.columns(),
        d.tokens().orElse(null),
        new ViewSettings(
            e.likelihood,
            e.network,
            e.weight == null ? 1 : e.weight,
            e.scaling,
            e.binarize == null && e.annotation == null && free ? advised : e.binarize));
  }

  private static List<String> keys(
      String what, Entry e, Dataset d, ReadOptions options, Opener opener) {
    Path file =
        opener
            .file(e.source)
            .filter(f -> DataReader.isTable(f, options))
            .orElseThrow(
                () ->
                    UserException.of(
                        "%s: view %s has a key, but %s is no table; leave keys out and give the rows in the same order",
                        what, e.name, e.source));
    List<String> keys = DataReader.readKeys(file, e.key, options);
    if (keys.size() != d.size()) {
      throw new IllegalStateException(keys.size() + " keys of " + d.size() + " rows");
    }
    Map<String, Integer> seen = new HashMap<>();
    for (int i = 0; i < keys.size(); i++) {
      String k = keys.get(i);
      if (k == null) {
        throw UserException.of(
            "%s: view %s has no key in row %d; give it one or take the row out",
            what, e.name, i + 1);
      }
      Integer before = seen.put(k, i);
      if (before != null) {
        throw UserException.of(
            "%s: view %s has key '%s' twice, in rows %d and %d; keys must tell rows apart",
            what, e.name, Inputs.brief(k), before + 1, i + 1);
      }
    }
    return keys;
  }

  /** Rows of each view by key, in the order in which keys first occur. */
  private int[][] align(String what, List<List<String>> keys) {
    Set<String> all = new LinkedHashSet<>();
    keys.forEach(all::addAll);
    boolean inner = "inner".equals(join);
    if (inner) {
      keys.forEach(k -> all.retainAll(new HashSet<>(k)));
    }
    if (all.isEmpty()) {
      throw UserException.of(
          "%s: no key is in every view, so join: inner leaves no observation; look at the keys",
          what);
    }
    int[][] rows = new int[keys.size()][];
    int shared = 0;
    for (int m = 0; m < rows.length; m++) {
      Map<String, Integer> at = new HashMap<>();
      for (int i = 0; i < keys.get(m).size(); i++) {
        at.put(keys.get(m).get(i), i);
      }
      rows[m] = all.stream().mapToInt(k -> at.getOrDefault(k, -1)).toArray();
    }
    for (int i = 0; i < rows[0].length; i++) {
      int at = i;
      shared += Arrays.stream(rows).filter(r -> r[at] >= 0).count() > 1 ? 1 : 0;
    }
    if (shared == 0 && rows.length > 1) {
      throw UserException.of(
          "%s: no two views share a key (%s has '%s', %s has '%s'), so nothing is paired; look at the keys",
          what,
          views.get(0).name,
          Inputs.brief(keys.get(0).get(0)),
          views.get(1).name,
          Inputs.brief(keys.get(1).get(0)));
    }
    return rows;
  }

  private int[][] parallel(String what, List<Dataset> sources) {
    int n = sources.get(0).size();
    for (int m = 1; m < sources.size(); m++) {
      if (sources.get(m).size() != n) {
        throw UserException.of(
            "%s: view %s has %d rows and view %s has %d, so rows do not pair; give every view a key column",
            what, views.get(0).name, n, views.get(m).name, sources.get(m).size());
      }
    }
    int[][] rows = new int[sources.size()][];
    Arrays.fill(rows, IntStream.range(0, n).toArray());
    return rows;
  }

  /** Annotations of the sources, each from the first that knows it for every observation. */
  private static List<Annotation> annotations(List<Dataset> sources, int[][] rows) {
    Map<String, Annotation> r = new LinkedHashMap<>();
    for (int m = 0; m < rows.length; m++) {
      int[] mine = rows[m];
      if (Arrays.stream(mine).anyMatch(i -> i < 0)) {
        continue;
      }
      for (Annotation a : sources.get(m).annotations()) {
        r.putIfAbsent(
            a.name(),
            new Annotation(
                a.name(),
                Arrays.stream(mine).map(i -> a.values()[i]).toArray(),
                a.cardinality(),
                a.valueNames()));
      }
    }
    return List.copyOf(r.values());
  }
}
