package org.javae.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.javae.tensor.UserException;
import org.junit.jupiter.api.Test;

/** Pictures set upright or resized between the command line and a model. */
class PicturesTest {
  private static Settings settings(String data, boolean deskew) {
    return Settings.of(data, "ae")
        .with(Map.of("latent", 2, "encoder", "mlp:8", "limit", 60, "deskew", deskew));
  }

  /** Mean over pictures of |μ_xy| / μ_yy. */
  private static double lean(Settings s) {
    try (Experiment e = Experiment.prepare(s, note -> {})) {
      float[] x = e.trainingRows().batch(0, 0, 40).x().toFloats();
      double sum = 0;
      for (int i = 0; i < 40; i++) {
        double mass = 0;
        double my = 0;
        double mx = 0;
        double yy = 0;
        double xy = 0;
        for (int p = 0; p < 784; p++) {
          double v = x[784 * i + p];
          mass += v;
          my += v * (p / 28);
          mx += v * (p % 28);
        }
        for (int p = 0; p < 784; p++) {
          double y = p / 28 - my / mass;
          yy += x[784 * i + p] * y * y;
          xy += x[784 * i + p] * y * (p % 28 - mx / mass);
        }
        sum += Math.abs(xy / yy) / 40;
      }
      return sum;
    }
  }

  @Test
  void digitsNoLongerLean() {
    assertThat(lean(settings("strokes", false))).isGreaterThan(0.1);
    assertThat(lean(settings("strokes", true))).isLessThan(0.02);
  }

  @Test
  void whatHasNoSlantIsRefusedInASentence() {
    for (String data : new String[] {"strokes-label:train=60,test=10", "mixture"}) {
      assertThatThrownBy(() -> Experiment.prepare(settings(data, true), note -> {}).close())
          .isInstanceOf(UserException.class)
          .hasMessageContaining("deskew is for pictures of one channel")
          .hasMessageContaining("leave it out");
    }
  }

  @Test
  void namedDataAreResizedToo() {
    Settings small = settings("strokes", false).with(Map.of("resize", "14x12"));
    try (Experiment e = Experiment.prepare(small, note -> {})) {
      assertThat(e.data().shape().toArray()).containsExactly(1, 14, 12);
      double sum = 0;
      for (float v : e.trainingRows().batch(0, 0, 40).x().toFloats()) {
        sum += v;
      }
      assertThat(sum).isGreaterThan(40);
    }
    Settings table = settings("mixture", false).with(Map.of("resize", "4x4"));
    assertThatThrownBy(() -> Experiment.prepare(table, note -> {}).close())
        .isInstanceOf(UserException.class)
        .hasMessageContaining("resize is for pictures");
  }
}
