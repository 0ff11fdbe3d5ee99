package org.javae.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.awt.image.BufferedImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.javae.core.evaluate.Ais;
import org.javae.core.evaluate.Evaluator;
import org.javae.core.train.TrainListener;
import org.javae.tensor.UserException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a run says of its inference, in words and pictures. */
class DiagnosisTest {
  private static final TrainListener SILENT = new TrainListener() {};

  @TempDir Path dir;

  private static Settings settings(String model, Object... more) {
    Map<String, Object> m = new LinkedHashMap<>();
    m.put("n", 600);
    m.put("scaling", "none");
    m.put("epochs", 6);
    m.put("batch", 60);
    m.put("lr", 0.02);
    for (int i = 0; i < more.length; i += 2) {
      m.put((String) more[i], more[i + 1]);
    }
    return Settings.of("linear-gaussian", model).with(m);
  }

  private List<String> verdict(Settings s) {
    try (Experiment e = Experiment.prepare(s, n -> {})) {
      return Verdict.of(e.train(dir.resolve("run"), false, SILENT), e);
    }
  }

  /** Noise far above every eigenvalue: theory says that all dimensions collapse. */
  @Test
  void collapseByALargeFixedVarianceIsSaidSoWithDaisThreshold() {
    List<String> v =
        verdict(
            settings(
                "vae",
                "latent",
                3,
                "encoder",
                "linear",
                "likelihood",
                "gaussian:20",
                "epochs",
                60));
    assertThat(v.get(0))
        .startsWith("the posterior has collapsed, KL ")
        .contains("--set kl=free-bits:0.1, --set schedule=cyclical:4,0.5 or --set aggressive=30");
    assertThat(v.get(1))
        .contains("the decoder's variance 400 stands against a threshold of ")
        .contains("a smaller fixed scale");
    try (Run run = Run.open(dir.resolve("run"))) {
      var m = run.evaluate("validation", Evaluator.Options.DEFAULTS, p -> {}).metrics();
      assertThat(Verdict.of(m, run.model(), run.rows("validation")).get(0))
          .startsWith("the posterior has collapsed");
      var mse = new Evaluator.Options(0, 0, 500, Set.of("mse"));
      assertThat(
              Verdict.of(
                  run.evaluate("validation", mse, p -> {}).metrics(),
                  run.model(),
                  run.rows("validation")))
          .isEmpty();
    }
  }

  @Test
  void adviceLeavesOutWhatIsSetAlready() {
    List<String> v =
        verdict(
            settings(
                "beta-vae",
                "latent",
                3,
                "encoder",
                "linear",
                "likelihood",
                "gaussian:1",
                "beta",
                100,
                "schedule",
                "linear:2",
                "clip",
                5,
                "epochs",
                60));
    assertThat(v.get(0))
        .contains("a smaller beta than 100")
        .contains("--set kl=free-bits")
        .doesNotContain("cyclical");
  }

  @Test
  void aHealthyModelIsToldSo() {
    List<String> v = verdict(settings("vae", "latent", 2, "encoder", "linear"));
    assertThat(v.get(0)).startsWith("all 2 dimensions carry information (KL above 0.01 nats");
  }

  @Test
  void theEpochsOfARunAreDrawn() throws Exception {
    verdict(settings("vae", "latent", 3, "encoder", "linear"));
    List<String> lines = Files.readAllLines(dir.resolve("run").resolve(Experiment.METRICS));
    assertThat(lines).hasSize(6);
    assertThat(lines.get(0)).contains("\"mutual_information\":", "\"kl_per_dimension\":[");
    try (Run run = Run.open(dir.resolve("run"))) {
      BufferedImage picture = CollapsePicture.draw(run);
      assertThat(picture.getHeight()).isGreaterThan(500);
      assertThat(colours(picture)).isGreaterThan(20);
    }
    Files.writeString(
        dir.resolve("run").resolve(Experiment.METRICS),
        "{\"epoch\":1,\"train\":{\"loss\":1},\"validation\":{}}\n");
    try (Run run = Run.open(dir.resolve("run"))) {
      assertThatThrownBy(() -> CollapsePicture.draw(run))
          .isInstanceOf(UserException.class)
          .hasMessageContaining("holds no validation metrics of its codes");
    }
  }

  private static long colours(BufferedImage i) {
    return Arrays.stream(i.getRGB(0, 0, i.getWidth(), i.getHeight(), null, 0, i.getWidth()))
        .distinct()
        .count();
  }

  @Test
  void boundsMeetTheExactLikelihoodOfProbabilisticPca() {
    verdict(settings("ppca", "latent", 2));
    try (Run run = Run.open(dir.resolve("run"))) {
      var d = BoundsPicture.draw(run, 10, 200, 5, new Ais.Settings(60, 8), 1, p -> {});
      for (int j = 0; j < d.importance().k().length; j++) {
        assertThat(d.importance().mean()[j]).isCloseTo(d.exact(), within(1e-6));
        assertThat(d.importance().sd()[j]).isCloseTo(0, within(1e-5));
      }
      assertThat(d.naive().sd()[0]).isGreaterThan(1);
      assertThat(d.ais()).isCloseTo(d.exact(), within(0.3));
      assertThat(d.naive().k()).endsWith(200);
      assertThat(d.picture().getWidth()).isGreaterThan(800);
      assertThat(d.numbers()).containsKeys("k", "naive", "importance", "ais", "exact");
    }
    try (Experiment e =
        Experiment.prepare(settings("ae", "latent", 2, "encoder", "mlp:4"), n -> {})) {
      e.train(dir.resolve("ae"), false, SILENT);
    }
    try (Run run = Run.open(dir.resolve("ae"))) {
      assertThatThrownBy(() -> BoundsPicture.draw(run, 10, 2, 2, null, 1, p -> {}))
          .hasMessageContaining("model ae has no ln p(x) to estimate");
      assertThatThrownBy(() -> CollapsePicture.draw(run))
          .hasMessageContaining("train a model with a posterior");
    }
  }

  /** A linear VAE's inference starts off the model's posterior and ends on it: the diagonal. */
  @Test
  void theTrajectoryEndsOnTheDiagonal() {
    Settings s = settings("vae", "latent", 1, "encoder", "linear", "epochs", 30, "clip", 5);
    try (Experiment e = Experiment.prepare(s, n -> {})) {
      Trajectory t = Trajectory.train(e, dir.resolve("way"), 12, SILENT);
      assertThat(t.snapshots()).hasSize(13);
      assertThat(t.snapshots().get(0).step()).isZero();
      assertThat(t.snapshots().get(12).step()).isEqualTo(30L * e.trainingRows().batches(60));
      assertThat(distance(t.snapshots().get(12)))
          .isLessThan(0.1)
          .isLessThan(distance(t.snapshots().get(0)) / 3);
      BufferedImage last = t.last();
      assertThat(last.getWidth()).isEqualTo(t.frame(0).getWidth());
      assertThat(t.film().bytes()).startsWith('G', 'I', 'F');
    }
    try (Experiment e = Experiment.prepare(settings("vae", "latent", 2), n -> {})) {
      assertThatThrownBy(() -> Trajectory.check(e))
          .hasMessageContaining("but the model has 2; add --latent 1");
    }
    try (Experiment e = Experiment.prepare(settings("pca", "latent", 1), n -> {})) {
      assertThatThrownBy(() -> Trajectory.check(e)).hasMessageContaining("which pca is not");
    }
  }

  /** Root mean square of what separates the two means. */
  private static double distance(Trajectory.Snapshot s) {
    double sum = 0;
    float[] p = s.points();
    for (int i = 0; i < p.length; i += 2) {
      sum += (p[i] - p[i + 1]) * (p[i] - p[i + 1]);
    }
    return Math.sqrt(sum / (p.length / 2));
  }
}
