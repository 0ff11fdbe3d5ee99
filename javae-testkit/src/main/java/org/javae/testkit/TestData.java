package org.javae.testkit;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;

/** Real data for tests that use it where it is present. */
public final class TestData {
  private TestData() {}

  /**
   * A file or folder of the data collection, e.g. {@code mnist/t10k-images-idx3-ubyte.gz}: under
   * the environment variable JAVAE_DATA, else under a {@code shared/data} of the working directory
   * or a folder above it. Without it the calling test is skipped, with a word.
   */
  public static Path require(String path) {
    Optional<Path> root = root();
    Assumptions.assumeTrue(
        root.isPresent(), "no test data: set JAVAE_DATA or put it into shared/data");
    Path file = root.orElseThrow().resolve(path);
    Assumptions.assumeTrue(Files.exists(file), () -> "the test data lacks " + path);
    return file;
  }

  private static Optional<Path> root() {
    String set = System.getenv("JAVAE_DATA");
    if (set != null && !set.isBlank()) {
      return Optional.of(Path.of(set)).filter(Files::isDirectory);
    }
    for (Path p = Path.of("").toAbsolutePath(); p != null; p = p.getParent()) {
      Path data = p.resolve("shared").resolve("data");
      if (Files.isDirectory(data)) {
        return Optional.of(data);
      }
    }
    return Optional.empty();
  }
}
