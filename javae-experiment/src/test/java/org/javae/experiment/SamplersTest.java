package org.javae.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.javae.core.data.ArrayDataset;
import org.javae.core.io.ModelFolder;
import org.javae.core.train.TrainListener;
import org.javae.data.write.DatasetWriter;
import org.javae.tensor.Rng;
import org.javae.tensor.Shape;
import org.javae.tensor.UserException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Samplers from end to end, on runs whose aggregated posterior is two clusters. */
class SamplersTest {
  private static final int N = 600;
  private static final int D = 4;

  @TempDir static Path dir;

  private static Path vae;
  private static Path ae;
  private static Path pca;
  private static Path gmm;

  @BeforeAll
  static void train() {
    SplittableRandom r = new SplittableRandom(1);
    float[] x = new float[N * D];
    for (int i = 0; i < N; i++) {
      int side = i % 2 == 0 ? 1 : -1;
      for (int j = 0; j < D; j++) {
        x[i * D + j] = (float) (side * (j % 2 == 0 ? 4 : -3) + 0.4 * r.nextGaussian());
      }
    }
    DatasetWriter.write(ArrayDataset.of("clusters", Shape.of(D), x), dir.resolve("clusters.npy"));
    // A small β: codes keep the two clusters apart instead of filling the prior.
    vae = run("beta-vae", Map.of("beta", 0.02, "encoder", "mlp:16", "latent", 2));
    ae = run("ae", Map.of("encoder", "mlp:16", "latent", 2));
    pca = run("pca", Map.of("latent", 2));
    gmm = run("gmm", Map.of("components", 2));
    for (Path run : new Path[] {vae, ae, pca}) {
      fit(run, "gmm", "gmm", Map.of("components", 4));
    }
    fit(vae, "maf", "maf", Map.of("flow", "maf:4,24", "epochs", 60, "lr", 0.01));
    fit(vae, "vae", "two-stage", Map.of("encoder", "mlp:32", "epochs", 60, "lr", 0.01));
  }

  private static Path run(String model, Map<String, ?> settings) {
    Map<String, Object> all = new HashMap<>(settings);
    all.putAll(Map.of("epochs", 30, "batch", 50, "lr", 0.01));
    Path folder = dir.resolve("run-" + model);
    Settings s = Settings.of(dir.resolve("clusters.npy").toString(), model).with(all);
    try (Experiment e = Experiment.prepare(s, note -> {})) {
      e.train(folder, false, new TrainListener() {});
    }
    return folder;
  }

  private static Path fit(Path run, String model, String name, Map<String, ?> settings) {
    try (Run r = Run.open(run)) {
      Settings s = Samplers.settings(r, model, settings).with(Map.of("batch", 50));
      try (Experiment e = Samplers.prepare(r, s, note -> {})) {
        return e.train(Samplers.place(r, name, false), false, new TrainListener() {}).folder();
      }
    }
  }

  /** Squared maximum mean discrepancy with a Gaussian kernel of width 1 in units of the codes. */
  private static double mmd(float[] a, float[] b, int d) {
    double scale = 0;
    for (float v : a) {
      scale += v * (double) v / a.length;
    }
    return kernel(a, a, d, scale) + kernel(b, b, d, scale) - 2 * kernel(a, b, d, scale);
  }

  private static double kernel(float[] a, float[] b, int d, double scale) {
    int n = a.length / d;
    int m = b.length / d;
    double sum = 0;
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < m; j++) {
        double s = 0;
        for (int k = 0; k < d; k++) {
          double e = a[i * d + k] - b[j * d + k];
          s += e * e;
        }
        sum += Math.exp(-s / (0.5 * scale));
      }
    }
    return sum / n / m;
  }

  @ParameterizedTest
  @CsvSource({"gmm,0.02", "maf,0.1", "two-stage,0.3"})
  void aSamplersCodesAreNearerToTheTrueOnesThanThePriors(String sampler, double share) {
    try (Run r = Run.open(vae)) {
      float[] codes = r.aggregate("train", Rng.of(9));
      double prior = mmd(codes, r.drawCodes(500, 1, null), 2);
      double fitted = mmd(codes, r.drawCodes(500, 1, sampler), 2);
      assertThat(prior).as("the aggregated posterior is no Gaussian").isGreaterThan(0.1);
      assertThat(fitted).as("of the prior's %s", prior).isLessThan(share * prior);
    }
  }

  @Test
  void modelsWithoutAPriorDrawThroughASampler() {
    for (Path run : new Path[] {ae, pca}) {
      try (Run r = Run.open(run)) {
        float[] codes = r.encodeAll(done -> {});
        assertThat(mmd(codes, r.drawCodes(500, 1, "gmm"), 2)).isLessThan(0.01);
        float[] x = r.decodeAll(r.drawCodes(200, 1, "gmm"));
        for (int i = 0; i < 200; i++) {
          // Decoded draws lie in one of the two clusters.
          assertThat(Math.abs(x[i * D])).isBetween(2f, 6f);
          assertThat(Math.signum(x[i * D + 1])).isEqualTo(-Math.signum(x[i * D]));
        }
        assertThat(r.generate(20, 0, "gmm", null, f -> {}).getWidth()).isPositive();
        assertThatThrownBy(() -> r.generate(20, 0))
            .isInstanceOf(UserException.class)
            .hasMessageContaining("javae sampler")
            .hasMessageContaining("--model gmm");
      }
    }
  }

  @Test
  void aSamplerIsARunFolderOfItsOwn() {
    Path folder = vae.resolve("samplers").resolve("gmm");
    assertThat(folder.resolve("model.json")).exists();
    assertThat(folder.resolve("weights.safetensors")).exists();
    assertThat(ModelFolder.describe(folder).model()).isEqualTo("gmm");
    assertThat(ModelFolder.describe(folder).source().get("name"))
        .isEqualTo("codes of run-beta-vae");
    assertThat(Settings.read(vae.resolve("samplers/maf/config.yaml"), null, null).modelSettings())
        .containsKey("flow");
    // A second stage has the first one's latent dimensions.
    assertThat(
            ModelFolder.describe(vae.resolve("samplers/two-stage")).config().get("latent").asInt())
        .isEqualTo(2);
    try (Run r = Run.open(vae)) {
      assertThat(Samplers.names(r)).containsExactly("gmm", "maf", "two-stage");
    }
  }

  @Test
  void theSameSeedDrawsTheSameCodes() {
    try (Run r = Run.open(vae)) {
      for (String s : new String[] {null, "gmm", "maf", "two-stage"}) {
        float[] a = r.drawCodes(10, 3, s);
        assertThat(a).hasSize(20).isEqualTo(r.drawCodes(10, 3, s));
        assertThat(Arrays.equals(a, r.drawCodes(10, 4, s))).isFalse();
      }
    }
  }

  @Test
  void theSameSeedFitsTheSameSampler() throws IOException {
    Path again = fit(vae, "maf", "again", Map.of("flow", "maf:4,24", "epochs", 60, "lr", 0.01));
    assertThat(Files.readAllBytes(again.resolve("weights.safetensors")))
        .isEqualTo(Files.readAllBytes(vae.resolve("samplers/maf/weights.safetensors")));
    try (Run r = Run.open(vae)) {
      // Taken, then replaced.
      assertThatThrownBy(() -> Samplers.place(r, "again", false))
          .isInstanceOf(UserException.class)
          .hasMessageContaining("'again'")
          .hasMessageContaining("--replace");
      assertThat(Samplers.place(r, "again", true)).doesNotExist();
    }
  }

  @Test
  void badInputEndsInASentence() {
    try (Run r = Run.open(vae);
        Run plain = Run.open(gmm)) {
      assertThatThrownBy(() -> r.drawCodes(5, 0, "gm"))
          .isInstanceOf(UserException.class)
          .hasMessageContaining("no sampler 'gm', but gmm, maf")
          .hasMessageContaining("did you mean gmm?")
          .hasMessageContaining("javae sampler " + vae + " --model gmm");
      assertThatThrownBy(() -> Samplers.settings(r, "gmn", Map.of()))
          .isInstanceOf(UserException.class)
          .hasMessageContaining("gmm");
      assertThatThrownBy(() -> Samplers.settings(r, "gmm", Map.of("component", 3)))
          .isInstanceOf(UserException.class)
          .hasMessageContaining("components");
      assertThatThrownBy(
              () -> Samplers.prepare(r, Samplers.settings(r, "pca", Map.of("latent", 1)), n -> {}))
          .isInstanceOf(UserException.class)
          .hasMessageContaining("model pca cannot draw");
      assertThatThrownBy(
              () -> Samplers.prepare(plain, Samplers.settings(plain, "gmm", Map.of()), n -> {}))
          .isInstanceOf(UserException.class)
          .hasMessageContaining("no codes");
      assertThatThrownBy(() -> Samplers.place(r, "../../x", false))
          .isInstanceOf(UserException.class)
          .hasMessageContaining("../../x");
      assertThatThrownBy(() -> plain.drawCodes(5, 0, "gmm")).isInstanceOf(UserException.class);
      assertThatThrownBy(() -> plain.drawCodes(5, 0, null)).isInstanceOf(UserException.class);
    }
  }

  /** Codes of other weights mean something else. */
  @Test
  void aSamplerOfOtherWeightsIsRefused() throws IOException {
    Path to = Files.createDirectories(ae.resolve("samplers").resolve("stranger"));
    Path from = pca.resolve("samplers").resolve("gmm");
    for (String f : new String[] {"model.json", "weights.safetensors"}) {
      Files.copy(from.resolve(f), to.resolve(f));
    }
    try (Run r = Run.open(ae)) {
      assertThatThrownBy(() -> r.drawCodes(5, 0, "stranger"))
          .isInstanceOf(UserException.class)
          .hasMessageContaining("'stranger' was fitted to other weights")
          .hasMessageContaining("--replace");
    }
  }
}
