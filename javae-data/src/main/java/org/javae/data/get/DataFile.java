package org.javae.data.get;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A published file of a data set.
 *
 * @param name its name in the data set's folder
 * @param size its length in bytes as published, −1 if not known
 * @param checksums what tells that a file is the published one; any one of them is enough
 * @param mirrors addresses of copies, the publisher's first
 * @param archive whether the file is to be unpacked beside itself
 */
public record DataFile(
    String name, long size, List<Checksum> checksums, List<URI> mirrors, Archive archive) {
  /** How a file is packed, as far as the readers do not unpack it themselves. */
  public enum Archive {
    /** Left as it is. */
    NONE,
    /** A zip file, unpacked with its folders. */
    ZIP,
    /**
     * A gzipped tar file; its files go straight into the folder, without the folder they have
     * inside.
     */
    TAR_GZ
  }

  /**
   * @throws IllegalArgumentException if there is no checksum: unverified files are not used
   */
  public DataFile {
    checksums = List.copyOf(checksums);
    mirrors = List.copyOf(mirrors);
    if (checksums.isEmpty()) {
      throw new IllegalArgumentException(name + " has no checksum");
    }
  }

  /**
   * The first checksum of the file itself (not of what it unpacks to), for people to check by hand.
   */
  public Checksum checksum() {
    return checksums.stream()
        .filter(c -> c.over() == Checksum.Over.FILE)
        .findFirst()
        .orElse(checksums.get(0));
  }

  /**
   * Compares a file with the checksums.
   *
   * @return nothing if it is the published one, else what was expected and what was found
   */
  Optional<String> differs(Path file) throws IOException {
    String found = "";
    for (Checksum expected : checksums) {
      String obtained = expected.of(Files.newInputStream(file));
      if (obtained.equals(expected.hex())) {
        return Optional.empty();
      }
      if (expected.equals(checksum())) {
        found = obtained;
      }
    }
    return Optional.of(
        "its " + checksum().algorithm() + " is " + found + ", expected " + checksum().hex());
  }
}
