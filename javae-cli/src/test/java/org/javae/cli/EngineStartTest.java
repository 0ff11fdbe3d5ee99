package org.javae.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** An engine that cannot start says so in one sentence. */
class EngineStartTest {
  @TempDir Path dir;

  private void refused(ProcessBuilder b, String... parts) throws Exception {
    b.command()
        .addAll(
            List.of("train", "strokes", "--model", "vae", "--out", dir.resolve("run").toString()));
    Process p = b.redirectErrorStream(true).start();
    String text = new String(p.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(p.waitFor()).as(text).isEqualTo(1);
    assertThat(text).contains(parts).doesNotContain("Exception", "\tat ");
    assertThat(text.lines().filter(l -> !l.contains("unpacking the engine"))).hasSize(1);
    assertThat(dir.resolve("run/model.json")).doesNotExist();
  }

  @Test
  void anUnsupportedPlatform() throws Exception {
    refused(
        Programs.javae(List.of("-Dorg.bytedeco.javacpp.platform=linux-arm64")),
        "there is no LibTorch for this platform (linux-arm64)");
  }

  @Test
  void anUnknownPrecision() throws Exception {
    refused(
        Programs.javae(List.of("-Djavae.precision=low")),
        "javae.precision is 'low'",
        "highest",
        "medium");
  }

  @Test
  void aMissingNative() throws Exception {
    ProcessBuilder b =
        Programs.javae(List.of("-Dorg.bytedeco.javacpp.cachedir=" + dir.resolve("cache")));
    int at = b.command().indexOf("-cp") + 1;
    String without =
        Arrays.stream(b.command().get(at).split(File.pathSeparator))
            .filter(j -> !j.matches(".*pytorch-[^/\\\\]*-(linux|macosx|windows)[^/\\\\]*\\.jar"))
            .collect(Collectors.joining(File.pathSeparator));
    assertThat(without).isNotEqualTo(b.command().get(at));
    b.command().set(at, without);
    refused(b, "natives for", "could not be loaded", "Maven");
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void aForeignLibtorch() throws Exception {
    Path foreign = Files.createDirectory(dir.resolve("foreign"));
    Files.createFile(foreign.resolve("libtorch_cpu.so"));
    ProcessBuilder b = Programs.javae(List.of());
    b.environment().put("LD_LIBRARY_PATH", foreign.toString());
    refused(b, "a foreign libtorch_cpu.so lies in " + foreign, "library path");
  }
}
