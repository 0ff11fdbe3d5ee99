package org.javae.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What shows only in a process of its own. */
class ProcessTest {
  private static final String STROKES = "strokes:train=600,test=60";

  @TempDir Path dir;

  @Test
  void twoProcessesWithTheSameSeedMakeTheSameBits() throws Exception {
    for (String name : List.of("a", "b")) {
      ProcessBuilder p =
          Programs.javae(
              List.of(),
              "train",
              STROKES,
              "--model",
              "vae",
              "--epochs",
              2,
              "--seed",
              11,
              "--set",
              "encoder=mlp:32",
              "--out",
              dir.resolve(name),
              "--quiet");
      assertThat(Programs.all(p)).isEqualTo(dir.resolve(name) + "\n");
    }
    for (String f : List.of("weights.safetensors", "model.json", "samples.png", "traversal.gif")) {
      assertThat(dir.resolve("a").resolve(f)).hasSameBinaryContentAs(dir.resolve("b").resolve(f));
    }
  }

  @Test
  void ctrlCLeavesARunThatResumes() throws Exception {
    Assumptions.assumeTrue(Path.of("/bin/kill").toFile().exists(), "needs kill");
    Path out = dir.resolve("a run");
    Process p =
        Programs.javae(
                List.of(),
                "train",
                STROKES,
                "--model",
                "vae",
                "--epochs",
                100_000,
                "--set",
                "encoder=mlp:32",
                "--out",
                out)
            .start();
    StringBuilder said = new StringBuilder();
    try (BufferedReader err =
        new BufferedReader(new InputStreamReader(p.getErrorStream(), StandardCharsets.UTF_8))) {
      int epochs = 0;
      for (String line = err.readLine(); line != null; line = err.readLine()) {
        said.append(line).append('\n');
        if (line.startsWith("epoch") && ++epochs == 3) {
          // SIGTERM takes the same way as Ctrl-C, which shells keep from processes in the
          // background.
          new ProcessBuilder("/bin/kill", "-TERM", String.valueOf(p.pid())).start().waitFor();
        }
      }
    } finally {
      p.destroyForcibly();
    }
    assertThat(p.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(p.exitValue()).as(said.toString()).isIn(130, 143);
    assertThat(said.toString())
        .contains("stopped after", "continue with: javae train --resume --out '" + out + "'")
        .doesNotContain("Exception");
    assertThat(out.resolve("model.json")).doesNotExist();
    assertThat(out.resolve("checkpoint/state.safetensors")).isNotEmptyFile();
    int lines = Files.readAllLines(out.resolve("metrics.jsonl")).size();
    assertThat(lines).isGreaterThanOrEqualTo(3);
    Result.of("evaluate", out).fails(1, "has not finished", "--resume");

    // It goes on from there, and this time ends by itself.
    Result r =
        Result.of("train", "--resume", "--out", out, "--max-time", "1s", "--json", "--no-pictures");
    assertThat(r.json().get("epochs").asInt()).isGreaterThanOrEqualTo(lines);
    assertThat(out.resolve("model.json")).exists();
    Result.of("evaluate", out, "--nll-samples", 2).succeeds();
    try (var files = Files.walk(out)) {
      assertThat(files.map(f -> f.getFileName().toString()))
          .noneMatch(f -> f.contains(".tmp") || f.contains(".part"));
    }
  }

  @Test
  void helpLoadsNothingHeavy() throws IOException, InterruptedException {
    String classes = Programs.all(Programs.javae(List.of("-Xlog:class+load"), "--help"));
    assertThat(classes).contains("org.javae.cli.Javae", "picocli.CommandLine");
    for (String heavy :
        List.of(
            "com.fasterxml",
            "org.duckdb",
            "java.awt",
            "org.bytedeco",
            "org.yaml",
            "org.javae.tensor.Tensor",
            "org.javae.models",
            "org.javae.experiment.Experiment")) {
      assertThat(
              classes
                  .lines()
                  .filter(l -> l.contains("] " + heavy) || l.contains(" " + heavy + ".")))
          .as(heavy)
          .isEmpty();
    }
  }

  @Test
  void memoryThatRunsOutOnTheHeapIsASentence() throws IOException, InterruptedException {
    ProcessBuilder p =
        Programs.javae(
            List.of("-Xmx40m"),
            "train",
            "strokes",
            "--model",
            "vae",
            "--epochs",
            1,
            "--out",
            dir.resolve("m"),
            "--set",
            "encoder=mlp:16");
    Process started = p.redirectErrorStream(true).start();
    String said = new String(started.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(started.waitFor()).as(said).isEqualTo(1);
    assertThat(said)
        .contains("memory ran out", "--limit", "JAVAE_OPTS=-Xmx8g")
        .doesNotContain("at org.javae");
  }

  @Test
  @Tag("slow")
  void theDemoIsQuickAndTheCommandsItNamesWork() throws Exception {
    ProcessBuilder demo =
        Programs.javae(List.of("-Djavae.threads=2"), "demo").directory(dir.toFile());
    long start = System.nanoTime();
    Process p = demo.redirectError(dir.resolve("err").toFile()).start();
    String out = new String(p.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(p.waitFor()).as(out).isZero();
    assertThat((System.nanoTime() - start) / 1e9).isLessThan(90);
    Path run = dir.resolve("runs/demo-1");
    for (String f :
        List.of(
            "model.json",
            "metrics.jsonl",
            "curves.png",
            "reconstructions.png",
            "samples.png",
            "traversal.png",
            "traversal.gif")) {
      assertThat(run.resolve(f)).isNotEmptyFile();
    }
    List<String> next =
        out.substring(out.indexOf("Then try:"))
            .lines()
            .skip(1)
            .map(l -> l.strip().split(" {2,}")[0])
            .toList();
    assertThat(next).hasSize(3).allSatisfy(l -> assertThat(l).startsWith("javae "));
    for (String line : next) {
      Object[] args = Arrays.copyOfRange(line.split(" "), 1, line.split(" ").length);
      Process n =
          Programs.javae(List.of(), args).directory(dir.toFile()).redirectErrorStream(true).start();
      String said = new String(n.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(n.waitFor()).as(line + "\n" + said).isZero();
    }
  }
}
