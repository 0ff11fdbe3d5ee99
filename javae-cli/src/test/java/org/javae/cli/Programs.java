package org.javae.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Starts javae as a process of its own, from the classes under test. */
final class Programs {
  private Programs() {}

  static String java() {
    return Path.of(System.getProperty("java.home"), "bin", "java").toString();
  }

  /** A process with one engine thread, whose bits do not depend on the machine's load. */
  static ProcessBuilder javae(List<String> jvm, Object... args) {
    List<String> c =
        new ArrayList<>(
            List.of(
                java(),
                "-Xmx512m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Djava.awt.headless=true",
                "-Djavae.threads=1"));
    c.addAll(jvm);
    c.addAll(List.of("-cp", System.getProperty("java.class.path"), "org.javae.cli.Javae"));
    Arrays.stream(args).map(String::valueOf).forEach(c::add);
    return new ProcessBuilder(c);
  }

  /** What a finished process wrote on both streams. */
  static String all(ProcessBuilder b) throws IOException, InterruptedException {
    Process p = b.redirectErrorStream(true).start();
    String text = new String(p.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    p.waitFor();
    return text;
  }
}
