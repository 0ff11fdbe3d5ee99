package org.javae.experiment.picture;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.javae.experiment.picture.Canvas.Align;
import org.javae.experiment.picture.Canvas.Rect;
import org.javae.experiment.picture.Glyphs.Type;
import org.junit.jupiter.api.Test;

class GlyphsTest {
  private static final List<Type> TYPES = List.of(Type.SMALL, Type.TEXT, Type.BOLD, Type.TITLE);

  private static BufferedImage drawn(String text, Type type) {
    Canvas canvas = new Canvas(Glyphs.width(text, type) + 40, 60, 0xFFFFFF);
    canvas.text(text, 20, 40, type, 0, Align.LEFT);
    return canvas.image();
  }

  @Test
  void everyPrintableCharacterHasItsOwnShape() {
    Map<String, Integer> seen = new HashMap<>();
    String unknown = Arrays.toString(Pixels.all(drawn("\u6F22", Type.TEXT)));
    seen.put(unknown, -1);
    for (int c = 33; c < 127; c++) {
      String shape = Arrays.toString(Pixels.all(drawn(String.valueOf((char) c), Type.TEXT)));
      Integer other = seen.put(shape, c);
      assertThat(other).as("'%c' looks like another character", c).isNull();
    }
  }

  @Test
  void symbolsOfTheFieldAreThere() {
    int[] unknown = Pixels.all(drawn("\u6F22", Type.TEXT));
    "αβγδεθλμπρστφψωΓΔΣΩ\u2212±×·…\u2192²≤≥≈∞\u2013\u2014µ€ßøæ"
        .codePoints()
        .forEach(
            c ->
                assertThat(Pixels.all(drawn(Character.toString(c), Type.TEXT)))
                    .as(Character.getName(c))
                    .isNotEqualTo(unknown));
  }

  @Test
  void inkStaysInTheBoxThatWidthAndHeightPromise() {
    for (Type type : TYPES) {
      for (String text : List.of("Hxfjg", "0123456789", "ELBO \u2212103.42", "|Wy|", "[q]{p}")) {
        BufferedImage image = drawn(text, type);
        Rect box = new Rect(20, 0, Glyphs.width(text, type), 60);
        for (int y = 0; y < 60; y++) {
          for (int x = 0; x < image.getWidth(); x++) {
            if (x < box.x() - 2 || x > box.right() + 1) {
              assertThat(Pixels.at(image, x, y)).as("%s at %d,%d", text, x, y).isEqualTo(0xFFFFFF);
            }
          }
        }
      }
      Rect capital = dark(drawn("H", type));
      assertThat(capital.height()).isBetween(type.capHeight(), type.capHeight() + 2);
      assertThat(capital.bottom()).as("baseline").isBetween(40, 41);
    }
  }

  /** Box around everything darker than a faint smooth edge. */
  private static Rect dark(BufferedImage image) {
    Canvas mask = new Canvas(image.getWidth(), image.getHeight(), 0xFFFFFF);
    for (int y = 0; y < image.getHeight(); y++) {
      for (int x = 0; x < image.getWidth(); x++) {
        if ((Pixels.at(image, x, y) & 255) < 128) {
          mask.fill(x, y, 1, 1, 0);
        }
      }
    }
    return Pixels.bounds(mask.image(), 0);
  }

  @Test
  void stemsAreSharp() {
    // The middle column of a stem is solid at every size: this is what the rounding of widths is
    // for.
    for (Type type : TYPES) {
      assertThat(Pixels.count(drawn("H", type), 0))
          .isGreaterThanOrEqualTo(2 * (type.capHeight() - 2));
    }
  }

  @Test
  void accentsInEitherUnicodeForm() {
    assertThat(Pixels.all(drawn("caf\u00E9", Type.TEXT)))
        .isEqualTo(Pixels.all(drawn("cafe\u0301", Type.TEXT)))
        .isNotEqualTo(Pixels.all(drawn("cafe", Type.TEXT)));
    assertThat(Glyphs.width("\u00FC", Type.TEXT)).isEqualTo(Glyphs.width("u", Type.TEXT));
  }

  @Test
  void strangeTextDoesNotFail() {
    for (String text : List.of("", " ", "\u0301", "\uD83D\uDE00", "\uD83D", "a\tb\nc", "\u0000")) {
      assertThat(Glyphs.width(text, Type.TEXT)).isGreaterThanOrEqualTo(0);
      drawn(text, Type.TEXT);
    }
  }

  @Test
  void fitShortensOnlyWhatIsTooLong() {
    assertThat(Glyphs.fit("short", Type.TEXT, 200)).isEqualTo("short");
    String cut = Glyphs.fit("a rather long caption", Type.TEXT, 80);
    assertThat(cut).startsWith("a rat").endsWith("\u2026");
    assertThat(Glyphs.width(cut, Type.TEXT)).isLessThanOrEqualTo(80);
    assertThat(Glyphs.fit("word", Type.TEXT, 2)).isEmpty();
  }
}
