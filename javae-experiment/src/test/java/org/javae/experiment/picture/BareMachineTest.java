package org.javae.experiment.picture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * All pictures in a process of their own, as on a machine with a JDK and nothing else: no screen,
 * nobody has set AWT to headless, and no class of AWT's font machinery is loaded, which is what
 * fails where there are no fonts.
 */
class BareMachineTest {
  @TempDir Path folder;

  @Test
  void noFontsNoScreenAndTheSameBytesAsHere() throws Exception {
    Path theirs = folder.resolve("theirs");
    Path log = folder.resolve("classes.txt");
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xlog:class+load:file=" + log.toString().replace(":", "\\:"),
            "-XX:+UseSerialGC",
            "-cp",
            System.getProperty("java.class.path"),
            Gallery.class.getName(),
            theirs.toString());
    builder.environment().remove("DISPLAY");
    builder.environment().remove("WAYLAND_DISPLAY");
    builder.redirectErrorStream(true).redirectOutput(folder.resolve("said.txt").toFile());
    Process process = builder.start();
    try {
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    } finally {
      process.destroyForcibly();
    }
    assertThat(process.exitValue()).as(Files.readString(folder.resolve("said.txt"))).isZero();
    try (Stream<String> lines = Files.lines(log)) {
      assertThat(
              lines.filter(l -> l.contains(" sun.font.") || l.contains(" java.awt.Font")).toList())
          .isEmpty();
    }
    Path ours = folder.resolve("ours");
    Gallery.main(new String[] {ours.toString()});
    assertThat(names(theirs)).isEqualTo(names(ours)).hasSizeGreaterThan(20);
    for (String name : names(ours)) {
      assertThat(Files.mismatch(ours.resolve(name), theirs.resolve(name))).as(name).isEqualTo(-1);
    }
  }

  private static List<String> names(Path in) throws IOException {
    try (Stream<Path> all = Files.list(in)) {
      return all.map(p -> p.getFileName().toString()).sorted().toList();
    }
  }
}
