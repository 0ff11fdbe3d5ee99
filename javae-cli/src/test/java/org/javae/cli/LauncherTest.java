package org.javae.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * The script {@code javae}, installed in a folder with blanks in its name and called through a
 * link.
 */
@DisabledOnOs(OS.WINDOWS)
class LauncherTest {
  @TempDir Path dir;

  private Path installed;
  private Path link;

  @BeforeEach
  void install() throws IOException {
    Path source = Path.of("").toAbsolutePath();
    while (!Files.exists(source.resolve("javae"))) {
      source = source.getParent();
    }
    Path home = Files.createDirectories(dir.resolve("my programs/javae 1"));
    installed =
        Files.copy(
            source.resolve("javae"), home.resolve("javae"), StandardCopyOption.COPY_ATTRIBUTES);
    // In place of the jars: one whose class path is that of this test.
    Manifest m = new Manifest();
    m.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    m.getMainAttributes()
        .put(
            Attributes.Name.CLASS_PATH,
            Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(p -> Path.of(p).toUri().toString())
                .collect(Collectors.joining(" ")));
    Path lib = Files.createDirectories(home.resolve("lib"));
    try (OutputStream out = Files.newOutputStream(lib.resolve("javae.jar"));
        JarOutputStream jar = new JarOutputStream(out, m)) {
      jar.flush();
    }
    link =
        Files.createSymbolicLink(
            Files.createDirectories(dir.resolve("bin")).resolve("javae"), installed);
  }

  private record Ended(int code, String out, String err) {}

  private Ended run(Path script, Map<String, String> environment, Object... args)
      throws IOException, InterruptedException {
    List<String> c = new ArrayList<>(List.of(script.toString()));
    Arrays.stream(args).map(String::valueOf).forEach(c::add);
    Path elsewhere = Files.createDirectories(dir.resolve("else where"));
    Path err = dir.resolve("err");
    ProcessBuilder b =
        new ProcessBuilder(c).directory(elsewhere.toFile()).redirectError(err.toFile());
    b.environment().put("JAVA_HOME", System.getProperty("java.home"));
    b.environment().putAll(environment);
    Process p = b.start();
    String out = new String(p.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Ended(p.waitFor(), out, Files.readString(err));
  }

  @Test
  void runsFromAnywhereThroughALinkAndKeepsItsClassesReady() throws Exception {
    for (Path script : List.of(link, installed)) {
      Ended e = run(script, Map.of(), "--help");
      assertThat(e.code()).as(e.err()).isZero();
      assertThat(e.out()).startsWith("Usage: javae");
      assertThat(e.err()).isEmpty();
    }
    assertThat(run(link, Map.of(), "models", "nosuch").code()).isEqualTo(2);
    // A relative file name is one of the folder it was typed in.
    Ended made = run(link, Map.of(), "data", "make", "mixture", "--n", 20, "--out", "points.csv");
    assertThat(made.code()).as(made.err()).isZero();
    assertThat(dir.resolve("else where/points.csv")).exists();
  }

  @Test
  void passesOptionsToJava() throws Exception {
    Ended e = run(link, Map.of("JAVAE_OPTS", "-Xmx123m -Dx=y"), "doctor");
    assertThat(e.out()).as(e.err()).containsPattern("heap up to 1[0-9][0-9] MB");
  }

  @Test
  void saysWhichJavaItNeeds() throws Exception {
    Ended none = run(link, Map.of("JAVA_HOME", dir.resolve("nojava").toString()), "--help");
    assertThat(none.code()).isEqualTo(1);
    assertThat(none.err()).hasLineCount(1).contains("JAVA_HOME", "nojava", "17");

    Path old = dir.resolve("jdk 11");
    Path java = Files.createDirectories(old.resolve("bin")).resolve("java");
    Files.writeString(java, "#!/bin/sh\nexit 99\n");
    assertThat(java.toFile().setExecutable(true)).isTrue();
    Files.writeString(old.resolve("release"), "IMPLEMENTOR=\"X\"\nJAVA_VERSION=\"11.0.2\"\n");
    Ended eleven = run(link, Map.of("JAVA_HOME", old.toString()), "--help");
    assertThat(eleven.code()).isEqualTo(1);
    assertThat(eleven.err()).hasLineCount(1).contains("11.0.2", "17 or newer", "JAVA_HOME");
  }

  @Test
  void saysWhatIsMissingFromAnInstallation() throws Exception {
    Files.delete(installed.resolveSibling("lib").resolve("javae.jar"));
    Ended e = run(link, Map.of(), "--help");
    assertThat(e.code()).isEqualTo(1);
    assertThat(e.err()).hasLineCount(1).contains("javae.jar is missing");
  }
}
