package org.javae.data.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class DrawsTest {
  @Test
  void streamsDifferBySeedPurposeAndIndexAndRepeat() {
    long first = Draws.of(1, "a", 0).bits();
    assertThat(Draws.of(1, "a", 0).bits()).isEqualTo(first);
    assertThat(Draws.of(2, "a", 0).bits()).isNotEqualTo(first);
    assertThat(Draws.of(1, "b", 0).bits()).isNotEqualTo(first);
    assertThat(Draws.of(1, "a", 1).bits()).isNotEqualTo(first);
  }

  @Test
  void firstDrawsOfNeighbouringStreamsAreStandardNormal() {
    int n = 100_000;
    double sum = 0;
    double square = 0;
    double lag = 0;
    double before = 0;
    for (int i = 0; i < n; i++) {
      double v = Draws.of(7, "test", i).normal();
      sum += v;
      square += v * v;
      lag += v * before;
      before = v;
    }
    assertThat(sum / n).isCloseTo(0, within(0.013));
    assertThat(square / n).isCloseTo(1, within(0.02));
    assertThat(lag / n).isCloseTo(0, within(0.013));
  }

  @Test
  void belowIsUniform() {
    int[] count = new int[7];
    Draws draws = Draws.of(3, "test", 0);
    for (int i = 0; i < 70_000; i++) {
      count[draws.below(7)]++;
    }
    for (int c : count) {
      assertThat(c).isBetween(9_500, 10_500);
    }
  }
}
