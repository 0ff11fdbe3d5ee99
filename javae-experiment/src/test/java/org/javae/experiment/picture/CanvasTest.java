package org.javae.experiment.picture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.util.List;
import org.javae.experiment.picture.Canvas.Align;
import org.javae.experiment.picture.Canvas.Rect;
import org.javae.experiment.picture.Glyphs.Type;
import org.javae.tensor.UserException;
import org.junit.jupiter.api.Test;

class CanvasTest {
  private static double ink(BufferedImage image) {
    double sum = 0;
    for (int p : Pixels.all(image)) {
      sum += (255 - (p & 255)) / 255.0;
    }
    return sum;
  }

  @Test
  void shapesHaveTheirArea() {
    Canvas disc = new Canvas(60, 60, 0xFFFFFF);
    disc.disc(30.3, 29.6, 20, 0, 1);
    assertThat(ink(disc.image())).isBetween(Math.PI * 400 * 0.99, Math.PI * 400 * 1.01);

    Canvas line = new Canvas(60, 60, 0xFFFFFF);
    line.line(new double[] {10, 10, 50, 40}, 3, 0, 1);
    assertThat(ink(line.image())).isBetween(150.0, 162.0); // 50 long, 3 thick, round ends

    Canvas triangle = new Canvas(60, 60, 0xFFFFFF);
    triangle.convex(new double[] {30, 10, 50, 50, 10, 50}, 0, 1);
    assertThat(ink(triangle.image())).isBetween(790.0, 810.0);
  }

  @Test
  void crossingStrokesOfOneShapeAreNotPaintedTwice() {
    Canvas canvas = new Canvas(41, 41, 0xFFFFFF);
    canvas.strokes(
        List.of(new double[] {0, 20.5, 41, 20.5}, new double[] {20.5, 0, 20.5, 41}), 3, 0, 0.5);
    BufferedImage image = canvas.image();
    assertThat(Pixels.at(image, 20, 20)).isEqualTo(Pixels.at(image, 5, 20)).isEqualTo(0x808080);
  }

  @Test
  void dashesLeaveGapsAndGoOnRoundCorners() {
    Canvas canvas = new Canvas(100, 100, 0xFFFFFF);
    canvas.dashes(new double[] {5, 50.5, 95, 50.5}, 6, 6, 1, 0);
    // 90 pixels hold 8 dashes of 6 with round ends.
    assertThat(ink(canvas.image())).isBetween(45.0, 57.0);
    Canvas bent = new Canvas(100, 100, 0xFFFFFF);
    bent.dashes(new double[] {5, 50.5, 50, 50.5, 50, 95}, 6, 6, 1, 0);
    assertThat(ink(bent.image())).isBetween(40.0, 60.0);
  }

  @Test
  void nothingIsDrawnOutsideTheClip() {
    Canvas canvas = new Canvas(50, 50, 0xFFFFFF);
    Rect clip = new Rect(10, 12, 20, 15);
    canvas.clip(clip);
    canvas.fill(-5, -5, 100, 100, 0x112233);
    canvas.disc(30, 27, 30, 0x112233, 1);
    canvas.line(new double[] {-1e5, -1e5, 1e5, 1e5}, 4, 0x112233, 1);
    canvas.text("text that runs over", 0, 20, Type.TITLE, 0x112233, Align.LEFT);
    assertThat(Pixels.count(canvas.image(), 0x112233)).isEqualTo(20 * 15);
    assertThat(Pixels.bounds(canvas.image(), 0x112233)).isEqualTo(clip);
  }

  @Test
  void upwardsTextIsTheSameTextTurned() {
    Canvas flat = new Canvas(80, 80, 0xFFFFFF);
    flat.text("KL 2", 20, 40, Type.TEXT, 0, Align.LEFT);
    Canvas up = new Canvas(80, 80, 0xFFFFFF);
    up.textUp("KL 2", 40, 60, Type.TEXT, 0, Align.LEFT);
    BufferedImage a = flat.image();
    BufferedImage b = up.image();
    for (int y = 0; y < 80; y++) {
      for (int x = 0; x < 80; x++) {
        int turned = Pixels.at(b, y, 79 - x) & 255;
        assertThat(turned)
            .isCloseTo(Pixels.at(a, x, y) & 255, org.assertj.core.data.Offset.offset(1));
      }
    }
  }

  @Test
  void aPictureTooLargeIsRefusedInASentence() {
    assertThatThrownBy(() -> new Canvas(100_000, 90_000, 0))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("100000×90000")
        .hasMessageContaining("fewer");
  }
}
