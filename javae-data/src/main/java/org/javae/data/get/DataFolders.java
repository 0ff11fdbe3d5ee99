package org.javae.data.get;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.javae.tensor.UserException;

/**
 * Where the files of named data sets lie: in {@code JAVAE_DATA/NAME}, if that environment variable
 * is set, else in {@code JAVAE_CACHE/NAME}, which is {@code .javae/data/NAME} in the user's home
 * unless set.
 *
 * @param own the folder {@code JAVAE_DATA} names, which is only read
 * @param cache the folder downloads go to
 */
public record DataFolders(Optional<Path> own, Path cache) {
  /** Environment variable that names the folder of data sets people keep themselves. */
  public static final String DATA = "JAVAE_DATA";

  /** Environment variable that names the folder downloads go to. */
  public static final String CACHE = "JAVAE_CACHE";

  /** The folders of this process's environment and user. */
  public static DataFolders ofProcess() {
    return of(System.getenv(), Path.of(System.getProperty("user.home", ".")));
  }

  static DataFolders of(Map<String, String> environment, Path home) {
    return new DataFolders(
        set(environment, DATA),
        set(environment, CACHE).orElse(home.resolve(".javae").resolve("data")));
  }

  private static Optional<Path> set(Map<String, String> environment, String variable) {
    return Optional.ofNullable(environment.get(variable)).filter(v -> !v.isBlank()).map(Path::of);
  }

  /** The folder downloads of a data set go to. */
  public Path cacheOf(String name) {
    return cache.resolve(name);
  }

  /** The folder of a data set in {@code JAVAE_DATA}, if there is one with something in it. */
  public Optional<Path> findOwn(String name) {
    return own.map(o -> o.resolve(name)).filter(DataFolders::holdsFiles);
  }

  /**
   * The folder of a data set, {@code JAVAE_DATA} before the cache. A folder in the cache that is
   * still being downloaded (a {@code .part} file lies there) does not count.
   */
  public Optional<Path> find(String name) {
    return findOwn(name)
        .or(
            () ->
                Optional.of(cacheOf(name))
                    .filter(folder -> holdsFiles(folder) && !isUnfinished(folder)));
  }

  /** Whether a download into the cache was begun and not finished. */
  public boolean isUnfinished(String name) {
    return isUnfinished(cacheOf(name));
  }

  private static boolean isUnfinished(Path folder) {
    // A part beside its whole file is a leftover: somebody put the file there by hand.
    return any(
        folder,
        file ->
            file.endsWith(DataGetter.PART)
                && !Files.exists(
                    folder.resolve(file.substring(0, file.length() - DataGetter.PART.length()))));
  }

  private static boolean holdsFiles(Path folder) {
    return any(folder, file -> !file.startsWith(".") && !file.endsWith(DataGetter.PART));
  }

  private static boolean any(Path folder, Predicate<String> name) {
    if (!Files.isDirectory(folder)) {
      return false;
    }
    try (Stream<Path> inside = Files.list(folder)) {
      return inside.anyMatch(file -> name.test(file.getFileName().toString()));
    } catch (IOException e) {
      throw UserException.of(e, "Cannot look into the folder %s: %s.", folder, e.getMessage());
    }
  }
}
