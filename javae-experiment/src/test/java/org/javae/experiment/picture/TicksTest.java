package org.javae.experiment.picture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.HashSet;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TicksTest {
  @Test
  void roundNumbers() {
    assertThat(Ticks.linear(0, 1, 5, false).labels())
        .containsExactly("0.0", "0.2", "0.4", "0.6", "0.8", "1.0");
    assertThat(Ticks.linear(-137, -96, 5, false).labels())
        .containsExactly("−130", "−120", "−110", "−100");
    assertThat(Ticks.linear(0, 10, 4, false).labels())
        .containsExactly("0.0", "2.5", "5.0", "7.5", "10.0");
    assertThat(Ticks.linear(0, 0.0005, 5, false).labels())
        .containsExactly("0", "1e−4", "2e−4", "3e−4", "4e−4", "5e−4");
    assertThat(Ticks.linear(0, 200_000, 4, false).labels())
        .containsExactly("0", "50k", "100k", "150k", "200k");
    assertThat(Ticks.linear(0, 5e6, 4, false).labels()).containsExactly("0", "2M", "4M");
  }

  @Test
  void epochsAreWhole() {
    assertThat(Ticks.linear(1, 3, 9, true).labels()).containsExactly("1", "2", "3");
    assertThat(Ticks.linear(0, 7, 3, true).labels()).containsExactly("0", "5");
  }

  @Test
  void powersOfTen() {
    assertThat(Ticks.log(1e-5, 1e-1, 6).labels())
        .containsExactly("1e−5", "1e−4", "1e−3", "0.01", "0.1");
    assertThat(Ticks.log(1.2e-4, 1.1e-3, 4).labels()).containsExactly("2e−4", "5e−4", "1e−3");
    assertThat(Ticks.log(3.1, 3.9, 4).values()).hasSizeGreaterThanOrEqualTo(2);
  }

  @Test
  void anyRangeGetsAFewDistinctTicksInsideThatSayTheirValue() {
    Random random = new Random(1);
    for (int i = 0; i < 3000; i++) {
      double size = Math.pow(10, random.nextInt(24) - 12);
      double lo = (random.nextDouble() - 0.5) * size;
      double hi = lo + (0.05 + random.nextDouble()) * size;
      int about = 2 + random.nextInt(8);
      Ticks t = Ticks.linear(lo, hi, about, false);
      assertThat(t.values()).as("%g to %g", lo, hi).hasSizeBetween(1, about + 1);
      assertThat(new HashSet<>(t.labels())).as("%s", t.labels()).hasSameSizeAs(t.labels());
      for (int k = 0; k < t.values().length; k++) {
        assertThat(t.values()[k]).isBetween(lo - 1e-6 * size, hi + 1e-6 * size);
        assertThat(parse(t.labels().get(k))).isCloseTo(t.values()[k], within((hi - lo) * 1e-3));
      }
    }
  }

  private static double parse(String label) {
    String s = label.replace('\u2212', '-');
    double unit = s.endsWith("k") ? 1e3 : s.endsWith("M") ? 1e6 : s.endsWith("G") ? 1e9 : 1;
    return Double.parseDouble(unit > 1 ? s.substring(0, s.length() - 1) : s) * unit;
  }

  @Test
  void numbersForPeople() {
    assertThat(Ticks.number(2.4149)).isEqualTo("2.41");
    assertThat(Ticks.number(-103.42)).isEqualTo("\u2212103.4");
    assertThat(Ticks.number(0)).isEqualTo("0");
    assertThat(Ticks.number(0.00012)).isEqualTo("1.2e\u22124");
    assertThat(Ticks.number(1e-10)).isEqualTo("1e\u221210");
    assertThat(Ticks.number(12_345_678)).isEqualTo("1.2e7");
    assertThat(Ticks.number(Double.NaN)).isEqualTo("NaN");
    assertThat(Ticks.number(Double.NEGATIVE_INFINITY)).isEqualTo("\u2212\u221E");
    assertThat(Ticks.plain(-3)).isEqualTo("\u22123");
    assertThat(Ticks.plain(1.5)).isEqualTo("1.5");
    assertThat(Ticks.plain(100)).isEqualTo("100");
    assertThat(Ticks.plain(20_000)).isEqualTo("20000");
  }
}
