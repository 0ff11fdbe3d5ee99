package org.javae.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.javae.core.io.Json;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code kill -9} at random moments, at least 20 times, then {@code --resume}: the finished model
 * is the same, bit for bit.
 */
class KillResumeTest {
  private static final int KILLS = 20;
  private static final int EPOCHS = 40;

  @TempDir Path dir;

  @Test
  void killedTwentyTimesTheModelIsTheSame() throws Exception {
    Path whole = dir.resolve("whole");
    long start = System.nanoTime();
    Process p = train(whole, false);
    double startUp = 0;
    while (p.isAlive()) {
      if (startUp == 0 && Files.exists(whole.resolve("metrics.jsonl"))) {
        startUp = (System.nanoTime() - start) / 1e9;
      }
      Thread.sleep(5);
    }
    assertThat(p.exitValue()).as(output(whole)).isZero();
    double training = (System.nanoTime() - start) / 1e9 - startUp;

    // Every other life is killed at any moment from its start on; the rest at any moment after they
    // wrote a checkpoint, so
    // that the run moves on. No life gets so long that the run could end before it was killed often
    // enough.
    long seed = System.nanoTime();
    Random random = new Random(seed);
    Path killed = dir.resolve("killed");
    Path checkpoint = killed.resolve("checkpoint/state.safetensors");
    int begun = 0;
    for (int i = 0; i < KILLS; i++) {
      byte[] before = Files.exists(checkpoint) ? Files.readAllBytes(checkpoint) : new byte[0];
      Process life = train(killed, i > 0 && Files.exists(killed.resolve("config.yaml")));
      if (i % 2 == 1) {
        while (life.isAlive()
            && (!Files.exists(checkpoint)
                || Files.size(checkpoint) == before.length
                    && Arrays.equals(Files.readAllBytes(checkpoint), before))) {
          Thread.sleep(5);
        }
      }
      double seconds = random.nextDouble() * (training / (KILLS + 2) + (i % 2 == 1 ? 0 : startUp));
      boolean ended = life.waitFor((long) (seconds * 1e9), TimeUnit.NANOSECONDS);
      assertThat(ended)
          .as("life %d of seed %d ended by itself: %s", i, seed, output(killed))
          .isFalse();
      life.destroyForcibly().waitFor();
      begun += Files.exists(checkpoint) ? 1 : 0;
      assertThat(killed.resolve("model.json")).doesNotExist();
    }
    assertThat(begun).as("lives that left a checkpoint").isPositive();
    Process last = train(killed, true);
    assertThat(last.waitFor(5, TimeUnit.MINUTES)).isTrue();
    assertThat(last.exitValue()).as(output(killed)).isZero();

    assertThat(killed.resolve("weights.safetensors"))
        .hasSameBinaryContentAs(whole.resolve("weights.safetensors"));
    assertThat(killed.resolve("model.json")).hasSameBinaryContentAs(whole.resolve("model.json"));
    assertThat(withoutTime(killed)).isEqualTo(withoutTime(whole)).hasSize(EPOCHS);
    try (var files = Files.walk(killed)) {
      assertThat(files.map(f -> f.getFileName().toString()).filter(f -> f.contains(".tmp")))
          .isEmpty();
    }
  }

  private static List<ObjectNode> withoutTime(Path run) throws IOException {
    List<ObjectNode> lines = new ArrayList<>();
    for (String line : Files.readAllLines(run.resolve("metrics.jsonl"))) {
      ObjectNode n = (ObjectNode) Json.parse(line, "metrics.jsonl", JsonNode.class);
      n.remove("seconds");
      lines.add(n);
    }
    return lines;
  }

  private Process train(Path out, boolean resume) throws IOException {
    List<String> c =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Djava.awt.headless=true",
                "-cp",
                System.getProperty("java.class.path"),
                "org.javae.cli.Javae",
                "train"));
    if (resume) {
      c.addAll(List.of("--resume"));
    } else {
      c.addAll(
          List.of(
              "strokes",
              "--model",
              "vae",
              "--latent",
              "5",
              "--seed",
              "3",
              "--epochs",
              String.valueOf(EPOCHS),
              "--batch",
              "32"));
      for (String set :
          List.of(
              "n=3000",
              "encoder=mlp:64,64",
              "checkpoint_seconds=0",
              "ema=0.9",
              "schedule=linear:5",
              "samples=2")) {
        c.addAll(List.of("--set", set));
      }
    }
    c.addAll(List.of("--threads", "1", "--quiet", "--out", out.toString()));
    return new ProcessBuilder(c)
        .redirectErrorStream(true)
        .redirectOutput(
            ProcessBuilder.Redirect.appendTo(dir.resolve(out.getFileName() + ".log").toFile()))
        .start();
  }

  private String output(Path out) throws IOException {
    return Files.readString(dir.resolve(out.getFileName() + ".log"));
  }
}
