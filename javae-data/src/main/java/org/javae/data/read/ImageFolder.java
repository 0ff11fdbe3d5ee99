package org.javae.data.read;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.javae.core.data.Dataset;
import org.javae.tensor.Shape;
import org.javae.tensor.UserException;

/**
 * The pictures of a folder and the folders in it, decoded when they are read and kept as bytes if
 * all of them together fit the memory limit. Folders directly inside are the labels; if these are
 * called {@code train} and {@code test} (and perhaps {@code val}), they are a published split and
 * the folders one step deeper are the labels.
 */
final class ImageFolder implements Dataset {
  private static final float[] GREY_LEVELS = StoredDataset.table(true);
  private static final List<String> SUFFIXES = List.of("png", "jpg", "jpeg", "gif", "bmp");
  private static final List<List<String>> PARTS =
      List.of(
          List.of("train", "training"),
          List.of("val", "valid", "validation"),
          List.of("test", "testing"));

  private final String name;
  private final Path root;
  private final List<Path> files;
  private final Shape shape;
  private final List<Annotation> annotations;
  private final PublishedSplit split;
  private final Optional<ReadOptions.ImageSize> resize;
  private final byte[][] cache;
  private Resampler resampler;
  private String fingerprint;

  private ImageFolder(
      String name,
      Path root,
      List<Path> files,
      Shape shape,
      List<Annotation> annotations,
      PublishedSplit split,
      ReadOptions options) {
    this.name = name;
    this.root = root;
    this.files = files;
    this.shape = shape;
    this.annotations = annotations;
    this.split = split;
    this.resize = options.resize();
    boolean fits = shape.numel() * files.size() <= options.memoryLimit();
    this.cache = fits ? new byte[files.size()][] : null;
  }

  static boolean isImage(Path file) {
    String n = Inputs.name(file).toLowerCase(Locale.ROOT);
    return !n.startsWith(".") && SUFFIXES.contains(n.substring(n.lastIndexOf('.') + 1));
  }

  /** Whether there is a picture anywhere in {@code folder}. */
  static boolean hasImages(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.anyMatch(f -> isImage(f) && Files.isRegularFile(f));
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  /**
   * Lists the pictures and looks at every one's head: sizes must agree unless they are to be
   * resized.
   */
  static Dataset read(Path root, String name, ReadOptions options) throws IOException {
    List<Path> found;
    try (Stream<Path> all = Files.walk(root)) {
      found = all.filter(f -> isImage(f) && Files.isRegularFile(f)).toList();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    List<List<Path>> parts = parts(root, found);
    boolean divided = parts.size() > 1;
    int[] sizes = parts.stream().mapToInt(List::size).toArray();
    int[] taken = Parts.share(sizes, options.limit());
    List<Path> files = new ArrayList<>();
    for (int p = 0; p < taken.length; p++) {
      files.addAll(spread(parts.get(p), taken[p]));
    }
    Shape shape = shape(files, options);
    PublishedSplit split = divided ? new PublishedSplit(taken[0], taken[1], taken[2]) : null;
    return new ImageFolder(
        name, root, files, shape, labels(root, files, divided ? 1 : 0), split, options);
  }

  /**
   * With a limit, pictures from all over the list: the first ones alone would be of one class only.
   */
  private static List<Path> spread(List<Path> files, int n) {
    List<Path> out = new ArrayList<>(n);
    for (int i = 0; i < n; i++) {
      out.add(files.get((int) ((long) i * files.size() / n)));
    }
    return out;
  }

  /**
   * Train, validation and test if the folders are called so, else one part; each in natural order.
   */
  private static List<List<Path>> parts(Path root, List<Path> files) {
    Comparator<Path> order =
        Comparator.comparing(f -> root.relativize(f).toString(), ImageFolder::natural);
    Map<Integer, List<Path>> byPart =
        files.stream().sorted(order).collect(Collectors.groupingBy(f -> part(root, f)));
    if (byPart.containsKey(-1) || !byPart.containsKey(0) || !byPart.containsKey(2)) {
      return List.of(files.stream().sorted(order).toList());
    }
    return List.of(byPart.get(0), byPart.getOrDefault(1, List.of()), byPart.get(2));
  }

  private static int part(Path root, Path file) {
    Path relative = root.relativize(file);
    String top =
        relative.getNameCount() > 1 ? relative.getName(0).toString().toLowerCase(Locale.ROOT) : "";
    for (int p = 0; p < PARTS.size(); p++) {
      if (PARTS.get(p).contains(top)) {
        return p;
      }
    }
    return -1;
  }

  /** Compares runs of digits by value, so that 2 comes before 10. */
  static int natural(String a, String b) {
    int i = 0;
    int j = 0;
    while (i < a.length() && j < b.length()) {
      if (isDigit(a.charAt(i)) && isDigit(b.charAt(j))) {
        int fromI = i;
        int fromJ = j;
        while (i < a.length() && isDigit(a.charAt(i))) {
          i++;
        }
        while (j < b.length() && isDigit(b.charAt(j))) {
          j++;
        }
        String x = a.substring(fromI, i).replaceFirst("^0+(?=.)", "");
        String y = b.substring(fromJ, j).replaceFirst("^0+(?=.)", "");
        int c = x.length() != y.length() ? x.length() - y.length() : x.compareTo(y);
        if (c != 0) {
          return c;
        }
      } else if (a.charAt(i) != b.charAt(j)) {
        return a.charAt(i) - b.charAt(j);
      } else {
        i++;
        j++;
      }
    }
    int c = (a.length() - i) - (b.length() - j);
    return c != 0 ? c : a.compareTo(b);
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private static Shape shape(List<Path> files, ReadOptions options) {
    ImageDecoder.Head first = null;
    boolean grey = true;
    for (Path f : files) {
      ImageDecoder.Head h = ImageDecoder.head(f);
      grey &= h.grey();
      if (first == null) {
        first = h;
      } else if (options.resize().isEmpty()
          && (h.height() != first.height() || h.width() != first.width())) {
        throw UserException.of(
            "The pictures differ in size: %s is %d×%d and %s is %d×%d (height×width); bring them to one size with"
                + " resize, for example resize=64x64.",
            files.get(0), first.height(), first.width(), f, h.height(), h.width());
      }
    }
    int channels =
        switch (options.colour()) {
          case AUTO -> grey ? 1 : 3;
          case GREY -> 1;
          case COLOUR -> 3;
        };
    int height = options.resize().isPresent() ? options.resize().get().height() : first.height();
    int width = options.resize().isPresent() ? options.resize().get().width() : first.width();
    return Shape.of(channels, height, width);
  }

  /** The folder {@code depth} steps below the root, unless some picture has none. */
  private static List<Annotation> labels(Path root, List<Path> files, int depth) {
    List<String> of = new ArrayList<>();
    for (Path f : files) {
      Path relative = root.relativize(f);
      if (relative.getNameCount() < depth + 2) {
        return List.of();
      }
      of.add(relative.getName(depth).toString());
    }
    TreeSet<String> names = new TreeSet<>(ImageFolder::natural);
    names.addAll(of);
    List<String> sorted = List.copyOf(names);
    Map<String, Integer> code = new HashMap<>();
    sorted.forEach(n -> code.put(n, code.size()));
    return List.of(
        new Annotation("label", of.stream().mapToInt(code::get).toArray(), sorted.size(), sorted));
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Shape shape() {
    return shape;
  }

  @Override
  public int size() {
    return files.size();
  }

  @Override
  public void read(int[] indices, float[] out) {
    int o = 0;
    for (int index : indices) {
      for (byte b : picture(index)) {
        out[o++] = GREY_LEVELS[b & 0xff];
      }
    }
  }

  private byte[] picture(int index) {
    if (cache != null && cache[index] != null) {
      return cache[index];
    }
    Path file = files.get(index);
    if (!Files.isRegularFile(file)) {
      throw UserException.of(
          "The picture %s has disappeared from %s since it was opened.", file, root);
    }
    ImageDecoder.Picture p = ImageDecoder.decode(file, (int) shape.at(0));
    byte[] planes = resize.isPresent() ? resized(p) : p.planes();
    if (planes.length != shape.numel()) {
      throw UserException.of(
          "The picture %s has changed its size since the folder was opened.", file);
    }
    if (cache != null) {
      cache[index] = planes;
    }
    return planes;
  }

  private byte[] resized(ImageDecoder.Picture p) {
    int h = (int) shape.at(1);
    int w = (int) shape.at(2);
    if (p.height() == h && p.width() == w) {
      return p.planes();
    }
    if (resampler == null || !resampler.accepts(p.height(), p.width())) {
      resampler = new Resampler(p.height(), p.width(), h, w);
    }
    float[] in = new float[p.planes().length];
    for (int i = 0; i < in.length; i++) {
      in[i] = p.planes()[i] & 0xff;
    }
    float[] out = new float[(int) shape.numel()];
    for (int c = 0; c < p.channels(); c++) {
      resampler.resize(in, c * p.height() * p.width(), out, c * h * w);
    }
    byte[] planes = new byte[out.length];
    for (int i = 0; i < out.length; i++) {
      planes[i] = (byte) Math.round(out[i]);
    }
    return planes;
  }

  @Override
  public List<Annotation> annotations() {
    return annotations;
  }

  @Override
  public Optional<PublishedSplit> publishedSplit() {
    return Optional.ofNullable(split);
  }

  /**
   * SHA-256 over shape, size and the files' bytes in order: the pictures need not be decoded for
   * it.
   */
  @Override
  public String fingerprint() {
    if (fingerprint == null) {
      MessageDigest d = Fingerprints.sha256();
      d.update((shape + ":" + files.size() + ":files").getBytes(StandardCharsets.UTF_8));
      byte[] buffer = new byte[1 << 16];
      for (Path f : files) {
        try (InputStream in = new DigestInputStream(Files.newInputStream(f), d)) {
          while (in.read(buffer) >= 0) {}
        } catch (IOException e) {
          throw Inputs.failure(f, e);
        }
      }
      fingerprint = HexFormat.of().formatHex(d.digest());
    }
    return fingerprint;
  }
}
