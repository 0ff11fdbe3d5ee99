package org.javae.core.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.javae.tensor.UserException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HashesTest {
  // The examples "abc" and "" of FIPS 180-4.
  private static final String ABC =
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
  private static final String NOTHING =
      "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

  @TempDir Path dir;

  @Test
  void publishedExamples() throws Exception {
    byte[] abc = "abc".getBytes(StandardCharsets.US_ASCII);
    assertThat(Hashes.sha256(abc)).isEqualTo(ABC);
    assertThat(Hashes.sha256(new byte[0])).isEqualTo(NOTHING);
    assertThat(Hashes.sha256(Files.write(dir.resolve("abc"), abc))).isEqualTo(ABC);
    assertThat(Hashes.sha256(Files.createFile(dir.resolve("empty")))).isEqualTo(NOTHING);
  }

  @Test
  void aFileOfSeveralBuffersHashesAsItsBytes() throws Exception {
    byte[] bytes = new byte[200_001];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (i * 31);
    }
    assertThat(Hashes.sha256(Files.write(dir.resolve("big"), bytes)))
        .isEqualTo(Hashes.sha256(bytes));
  }

  @Test
  void missingFileAndFolder() {
    assertThatThrownBy(() -> Hashes.sha256(dir.resolve("none.bin")))
        .isInstanceOf(UserException.class)
        .hasMessage("none.bin does not exist; check the path");
    assertThatThrownBy(() -> Hashes.sha256(dir))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("is a folder where a file was expected");
  }
}
