package org.javae.core.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.javae.tensor.UserException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFilesTest {
  @TempDir Path dir;

  /** A disk on which {@code room} bytes are free. */
  private static final class SmallDisk extends FileOutputStream {
    private final String error;
    private long room;

    SmallDisk(Path file, long room, String error) throws IOException {
      super(file.toFile());
      this.room = room;
      this.error = error;
    }

    @Override
    public void write(byte[] b, int from, int n) throws IOException {
      super.write(b, from, (int) Math.min(room, n));
      if (n > room) {
        throw new IOException(error);
      }
      room -= n;
    }
  }

  private List<String> names() throws IOException {
    try (Stream<Path> s = Files.list(dir)) {
      return s.map(p -> p.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void writesReplacesAndLeavesNothingElse() throws Exception {
    Path f = dir.resolve("new/folder/a.txt");
    AtomicFiles.writeString(f, "Größe");
    assertThat(Files.readAllBytes(f)).isEqualTo("Größe".getBytes(StandardCharsets.UTF_8));
    AtomicFiles.writeString(f, "b");
    assertThat(f).hasContent("b");
    try (Stream<Path> s = Files.list(f.getParent())) {
      assertThat(s).containsExactly(f);
    }
  }

  @Test
  void bytesComeThroughInOrderWhateverTheirPieces() throws Exception {
    Path f = dir.resolve("pieces");
    byte[] all = new byte[500_000];
    for (int i = 0; i < all.length; i++) {
      all[i] = (byte) (i * 7 + i / 251);
    }
    AtomicFiles.write(
        f,
        out -> {
          int at = 0;
          for (int n = 1; at < all.length; n = n * 3 % 150_001 + 1) {
            int take = Math.min(n, all.length - at);
            out.write(all, at, take);
            at += take;
            if (at < all.length) {
              out.write(all[at++]);
            }
          }
        });
    assertThat(Files.readAllBytes(f)).isEqualTo(all);
  }

  @Test
  void theOldFileIsThereUntilTheNewOneIsComplete() throws Exception {
    Path f = dir.resolve("model.json");
    AtomicFiles.writeString(f, "old");
    AtomicFiles.write(
        f,
        out -> {
          out.write("new".getBytes(StandardCharsets.UTF_8));
          out.flush();
          assertThat(f).hasContent("old");
          assertThat(names())
              .hasSize(2)
              .anyMatch(n -> n.startsWith(".model.json.tmp-" + ProcessHandle.current().pid()));
        });
    assertThat(f).hasContent("new");
  }

  @Test
  void aBodyMayCloseTheStream() throws Exception {
    Path f = dir.resolve("a.gz");
    AtomicFiles.write(
        f,
        out -> {
          try (OutputStream zip = new GZIPOutputStream(out)) {
            zip.write(new byte[100_000]);
          }
        });
    try (GZIPInputStream in = new GZIPInputStream(Files.newInputStream(f))) {
      assertThat(in.readAllBytes()).isEqualTo(new byte[100_000]);
    }
  }

  @Test
  void aFullDiskLeavesTheOldFileAndSaysSo() throws Exception {
    Path f = dir.resolve("weights.safetensors");
    AtomicFiles.writeString(f, "old");
    for (long room : new long[] {0, 1, 70_000, 250_000}) {
      assertThatThrownBy(
              () ->
                  AtomicFiles.write(
                      f,
                      12_340_000,
                      t -> new SmallDisk(t, room, "No space left on device"),
                      out -> {
                        for (int i = 0; i < 100; i++) {
                          out.write(new byte[123_400]);
                        }
                      }))
          .isInstanceOf(UserException.class)
          .hasMessage(
              "the disk is full while writing weights.safetensors (needed 12.3 MB): free some space"
                  + " and resume; the earlier weights.safetensors is unharmed");
      assertThat(names()).containsExactly("weights.safetensors");
      assertThat(f).hasContent("old");
    }
  }

  @Test
  void aFullDiskAtTheFirstWriteLeavesNothing() throws Exception {
    assertThatThrownBy(
            () ->
                AtomicFiles.write(
                    dir.resolve("x"),
                    -1,
                    t -> new SmallDisk(t, 100, "There is not enough space on the disk"),
                    out -> out.write(new byte[300_000])))
        .isInstanceOf(UserException.class)
        .hasMessage(
            "the disk is full while writing x (needed more than 0.3 MB): free some space and resume;"
                + " nothing half-written was left behind");
    assertThat(names()).isEmpty();
  }

  @Test
  void aFailureSwallowedByAPrintStreamIsStillNoticed() throws Exception {
    Path f = dir.resolve("x");
    AtomicFiles.writeString(f, "old");
    assertThatThrownBy(
            () ->
                AtomicFiles.write(
                    f,
                    -1,
                    t -> new SmallDisk(t, 10, "Input/output error"),
                    out -> {
                      PrintStream p = new PrintStream(out, true, StandardCharsets.UTF_8);
                      p.println("a line of more than ten bytes");
                      p.println("and one more");
                    }))
        .isInstanceOf(UserException.class)
        .hasMessage("cannot write x: input/output error; check the folder and its permissions");
    assertThat(f).hasContent("old");
    assertThat(names()).containsExactly("x");
  }

  @Test
  void theKernelsOwnFullDevice() throws Exception {
    Path full = Path.of("/dev/full");
    assumeTrue(Files.exists(full), "this system has no /dev/full");
    Path f = dir.resolve("checkpoint");
    AtomicFiles.writeString(f, "old");
    assertThatThrownBy(
            () ->
                AtomicFiles.write(
                    f, 5, t -> new FileOutputStream(full.toFile()), out -> out.write(new byte[5])))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("the disk is full while writing checkpoint (needed 5 bytes)");
    assertThat(f).hasContent("old");
    assertThatThrownBy(() -> AtomicFiles.writeString(full, "a"))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("the disk is full while writing full (needed 1 byte)");
    Path link = Files.createSymbolicLink(dir.resolve("link"), full);
    assertThatThrownBy(() -> AtomicFiles.writeString(link, "a"))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("the disk is full while writing link");
    assertThat(names()).containsExactly("checkpoint", "link");
    Files.delete(link);
  }

  @Test
  void exceptionsOfTheBodyPassAndHarmNothing() throws Exception {
    Path f = dir.resolve("x");
    AtomicFiles.writeString(f, "old");
    assertThatThrownBy(
            () ->
                AtomicFiles.write(
                    f,
                    out -> {
                      out.write(1);
                      throw new IllegalStateException("mine");
                    }))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("mine");
    assertThatThrownBy(
            () ->
                AtomicFiles.write(
                    f,
                    out -> {
                      throw new IOException("No space left on device");
                    }))
        .as("the source's trouble is not the target's")
        .isInstanceOf(UserException.class)
        .hasMessage("x was not written: no space left on device");
    assertThat(f).hasContent("old");
    assertThat(names()).containsExactly("x");
  }

  @Test
  void symbolicLinksStayLinks() throws Exception {
    Path real = dir.resolve("real");
    Path link = dir.resolve("link");
    try {
      Files.createSymbolicLink(link, Path.of("real"));
    } catch (IOException | UnsupportedOperationException e) {
      assumeTrue(false, "no symbolic links here");
    }
    AtomicFiles.writeString(link, "through");
    assertThat(Files.isSymbolicLink(link)).isTrue();
    assertThat(real).hasContent("through");
    Path circle = Files.createSymbolicLink(dir.resolve("circle"), Path.of("circle"));
    assertThatThrownBy(() -> AtomicFiles.writeString(circle, "a"))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("go in a circle");
  }

  @Test
  void badPlaces() throws Exception {
    assertThatThrownBy(() -> AtomicFiles.writeString(dir, "a"))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("it is a folder; give the name of a file");
    AtomicFiles.writeString(dir.resolve("file"), "a");
    assertThatThrownBy(() -> AtomicFiles.writeString(dir.resolve("file/below"), "a"))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith("cannot write below: ");
    assertThatThrownBy(() -> AtomicFiles.writeString(dir.resolve("n".repeat(300)), "a"))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith("cannot write nnn");
    assertThat(names()).containsExactly("file");
  }

  @Test
  void cleanupTakesOnlyWhatDeadProcessesLeft() throws Exception {
    Process p =
        new ProcessBuilder(
                System.getProperty("java.home") + File.separator + "bin" + File.separator + "java",
                "-version")
            .redirectErrorStream(true)
            .redirectOutput(dir.resolve("log").toFile())
            .start();
    assertThat(p.waitFor(60, TimeUnit.SECONDS)).isTrue();
    Files.delete(dir.resolve("log"));
    long me = ProcessHandle.current().pid();
    Files.createFile(dir.resolve(".w.tmp-" + p.pid() + "-1"));
    Files.createFile(dir.resolve(".w.tmp-" + me + "-1"));
    Path earlierRun = Files.createFile(dir.resolve(".w.tmp-" + me + "-2"));
    Instant start = ProcessHandle.current().info().startInstant().orElseThrow();
    Files.setLastModifiedTime(earlierRun, FileTime.from(start.minusSeconds(60)));
    Files.createFile(dir.resolve("w.tmp-" + p.pid() + "-1"));
    Files.createFile(dir.resolve(".w.tmp-x-1"));
    Files.createDirectory(dir.resolve(".d.tmp-" + p.pid() + "-1"));
    assertThat(AtomicFiles.cleanup(dir)).isEqualTo(2);
    assertThat(names())
        .containsExactlyInAnyOrder(
            ".w.tmp-" + me + "-1",
            "w.tmp-" + p.pid() + "-1",
            ".w.tmp-x-1",
            ".d.tmp-" + p.pid() + "-1");
    assertThat(AtomicFiles.cleanup(dir.resolve("none"))).isZero();
  }
}
