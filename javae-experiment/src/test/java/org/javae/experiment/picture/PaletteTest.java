package org.javae.experiment.picture;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PaletteTest {
  /** OKLab lightness and opponent axes of a colour, from linear light. */
  private static double[] lab(double[] rgb) {
    double l = Math.cbrt(0.4122214708 * rgb[0] + 0.5363325363 * rgb[1] + 0.0514459929 * rgb[2]);
    double m = Math.cbrt(0.2119034982 * rgb[0] + 0.6806995451 * rgb[1] + 0.1073969566 * rgb[2]);
    double s = Math.cbrt(0.0883024619 * rgb[0] + 0.2817188376 * rgb[1] + 0.6299787005 * rgb[2]);
    return new double[] {
      0.2104542553 * l + 0.7936177850 * m - 0.0040720468 * s,
      1.9779984951 * l - 2.4285922050 * m + 0.4505937099 * s,
      0.0259040371 * l + 0.7827717662 * m - 0.8086757660 * s
    };
  }

  private static double[] linear(int rgb) {
    double[] out = new double[3];
    for (int c = 0; c < 3; c++) {
      double v = (rgb >> (16 - 8 * c) & 255) / 255.0;
      out[c] = v <= 0.04045 ? v / 12.92 : Math.pow((v + 0.055) / 1.055, 2.4);
    }
    return out;
  }

  private static double distance(double[] a, double[] b) {
    return Math.sqrt(
        (a[0] - b[0]) * (a[0] - b[0])
            + (a[1] - b[1]) * (a[1] - b[1])
            + (a[2] - b[2]) * (a[2] - b[2]));
  }

  /**
   * Full protanopia, deuteranopia and tritanopia on linear light (Machado, Oliveira and Fernandes,
   * 2009).
   */
  private static final double[][][] SIGHTS = {
    {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}},
    {
      {0.152286, 1.052583, -0.204868},
      {0.114503, 0.786281, 0.099216},
      {-0.003882, -0.048116, 1.051998}
    },
    {
      {0.367322, 0.860646, -0.227968},
      {0.280085, 0.672501, 0.047413},
      {-0.011820, 0.042940, 0.968881}
    },
    {
      {1.255528, -0.076749, -0.178779},
      {-0.078411, 0.930809, 0.147602},
      {0.004733, 0.691367, 0.303900}
    }
  };

  private static double[] seen(int rgb, double[][] sight) {
    double[] in = linear(rgb);
    double[] out = new double[3];
    for (int i = 0; i < 3; i++) {
      double v = sight[i][0] * in[0] + sight[i][1] * in[1] + sight[i][2] * in[2];
      out[i] = Math.max(0, Math.min(1, v));
    }
    return lab(out);
  }

  @Test
  void sequentialMapIsPerceptuallyEvenAndRises() {
    int steps = 64;
    double shortest = Double.POSITIVE_INFINITY;
    double longest = 0;
    double[] last = lab(linear(Palette.sequential(0)));
    for (int i = 1; i <= steps; i++) {
      double[] now = lab(linear(Palette.sequential((double) i / steps)));
      assertThat(now[0]).as("lightness at %d", i).isGreaterThan(last[0]);
      shortest = Math.min(shortest, distance(last, now));
      longest = Math.max(longest, distance(last, now));
      last = now;
    }
    assertThat(longest / shortest).isLessThan(2); // eight-bit rounding takes its share
    assertThat(Palette.sequential(-1)).isEqualTo(Palette.sequential(0));
    assertThat(Palette.sequential(9)).isEqualTo(Palette.sequential(1));
    assertThat(Palette.sequential(Double.NaN)).isEqualTo(Palette.NOT_FINITE);
  }

  @Test
  void divergingMapIsLightestInTheMiddleAndEquallyDarkAtBothEnds() {
    double middle = lab(linear(Palette.diverging(0.5)))[0];
    double left = lab(linear(Palette.diverging(0)))[0];
    double right = lab(linear(Palette.diverging(1)))[0];
    assertThat(middle).isGreaterThan(0.95);
    assertThat(left).isBetween(right - 0.03, right + 0.03);
    for (int i = 1; i <= 8; i++) {
      assertThat(lab(linear(Palette.diverging(i / 16.0)))[0])
          .isGreaterThan(lab(linear(Palette.diverging((i - 1) / 16.0)))[0]);
    }
  }

  @Test
  void firstEightCategoriesDifferForEverybodyAndAllTwentyForMost() {
    for (int a = 0; a < Palette.CATEGORIES; a++) {
      for (int b = 0; b < a; b++) {
        for (double[][] sight : SIGHTS) {
          double least = a < 8 ? 0.08 : sight == SIGHTS[0] ? 0.08 : 0.03;
          assertThat(distance(seen(Palette.category(a), sight), seen(Palette.category(b), sight)))
              .as("categories %d and %d", a, b)
              .isGreaterThan(least);
        }
      }
      assertThat(distance(seen(Palette.category(a), SIGHTS[0]), lab(linear(Palette.PAPER))))
          .as("category %d on the page", a)
          .isGreaterThan(0.15);
    }
    assertThat(Palette.category(20)).isEqualTo(Palette.category(0));
  }

  @Test
  void theMarkForNotFiniteIsLikeNoOtherColour() {
    double[] mark = lab(linear(Palette.NOT_FINITE));
    for (int i = 0; i < Palette.CATEGORIES; i++) {
      assertThat(distance(mark, lab(linear(Palette.category(i))))).isGreaterThan(0.1);
    }
    for (int i = 0; i <= 32; i++) {
      assertThat(distance(mark, lab(linear(Palette.sequential(i / 32.0))))).isGreaterThan(0.2);
      assertThat(distance(mark, lab(linear(Palette.diverging(i / 32.0))))).isGreaterThan(0.2);
    }
  }
}
