package org.javae.data;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/** Finds the real data that some tests read; skips the test where there is none. */
public final class SharedData {
  private SharedData() {}

  /**
   * The file or folder {@code relative} below the folder named by the variable JAVAE_DATA, else
   * below {@code shared/data} beside the working directory or any folder above it. Skips the
   * calling test if it is nowhere.
   */
  public static Path require(String relative) {
    Path root = root();
    Assumptions.assumeTrue(
        root != null, "no shared data on this machine: set JAVAE_DATA to test with real data");
    Path file = root.resolve(relative);
    Assumptions.assumeTrue(Files.exists(file), "the shared data here has no " + relative);
    return file;
  }

  private static Path root() {
    String named = System.getenv("JAVAE_DATA");
    if (named != null && !named.isBlank()) {
      return Path.of(named);
    }
    for (Path d = Path.of("").toAbsolutePath(); d != null; d = d.getParent()) {
      if (Files.isDirectory(d.resolve("shared/data"))) {
        return d.resolve("shared/data");
      }
    }
    return null;
  }
}
