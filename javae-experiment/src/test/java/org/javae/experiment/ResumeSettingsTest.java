package org.javae.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.javae.core.train.TrainListener;
import org.javae.tensor.UserException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With which settings a run goes on. */
class ResumeSettingsTest {
  @TempDir Path folder;

  private static Settings settings() {
    return Settings.of("mixture:n=200", "vae")
        .with(Map.of("latent", 2, "encoder", "mlp:8", "epochs", 2, "batch", 50));
  }

  private void train(Settings s, boolean resume) {
    try (Experiment e = Experiment.prepare(s, note -> {})) {
      e.train(folder.resolve("run"), resume, new TrainListener() {});
    }
  }

  @Test
  void aRefusedResumeLeavesTheRunAsItWas() throws IOException {
    train(settings(), false);
    Path config = folder.resolve("run").resolve(Experiment.CONFIG);
    String before = Files.readString(config);
    assertThatThrownBy(() -> train(settings().with(Map.of("lr", 0.5)), true))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("other settings");
    assertThat(Files.readString(config)).isEqualTo(before);
    train(settings().with(Map.of("max_seconds", 1e6)), true);
    assertThat(Files.readString(config)).contains("max_seconds: 1000000");
  }

  @Test
  void keysAtTheirDefaultsDoNotCount() {
    String plain = settings().fingerprint("x");
    assertThat(plain).doesNotContain("deskew").contains("\"epochs\":2");
    assertThat(settings().with(Map.of("deskew", false, "clip", 0)).fingerprint("x"))
        .isEqualTo(plain);
    assertThat(settings().with(Map.of("clip", 1)).fingerprint("x")).isNotEqualTo(plain);
  }
}
