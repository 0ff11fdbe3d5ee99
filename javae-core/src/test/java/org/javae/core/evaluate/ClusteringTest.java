package org.javae.core.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ClusteringTest {
  private static void check(long[][] table, double accuracy, double nmi, double ari) {
    Clustering c = Clustering.of(table);
    assertThat(c.accuracy()).isCloseTo(accuracy, within(1e-12));
    assertThat(c.nmi()).isCloseTo(nmi, within(1e-12));
    assertThat(c.ari()).isCloseTo(ari, within(1e-12));
  }

  @Test
  void agreementUpToNamesIsPerfect() {
    check(new long[][] {{0, 7, 0}, {0, 0, 5}, {9, 0, 0}}, 1, 1, 1);
  }

  @Test
  void independentGroupsShareNoInformation() {
    // Of 16 · 15 / 2 = 120 pairs 24 are together by either; 4 by both, 4.8 expected.
    check(
        new long[][] {{1, 1, 1, 1}, {1, 1, 1, 1}, {1, 1, 1, 1}, {1, 1, 1, 1}},
        0.25,
        0,
        (0 - 4.8) / (24 - 4.8));
    check(new long[][] {{2, 2}, {2, 2}}, 0.5, 0, (4 - 144 / 28.0) / (12 - 144 / 28.0));
  }

  @Test
  void aTableByHand() {
    // Groups {5, 1} and {2, 4}: pairs together 10 + 0 + 1 + 6, sizes 6, 6 and 7, 5 of 12.
    double information =
        5 / 12.0 * Math.log(5 * 12 / 42.0)
            + 1 / 12.0 * Math.log(12 / 30.0)
            + 2 / 12.0 * Math.log(2 * 12 / 42.0)
            + 4 / 12.0 * Math.log(4 * 12 / 30.0);
    double entropies = Math.log(2) - 7 / 12.0 * Math.log(7 / 12.0) - 5 / 12.0 * Math.log(5 / 12.0);
    double expected = 30.0 * 31 / 66;
    check(
        new long[][] {{5, 1}, {2, 4}},
        9 / 12.0,
        2 * information / entropies,
        (17 - expected) / (30.5 - expected));
  }

  @Test
  void theBestAssignmentIsNotTheGreedyOne() {
    // Greedy takes 10 and is left with 0; together 9 + 8 are more.
    assertThat(Clustering.of(new long[][] {{10, 9}, {8, 0}}).accuracy())
        .isCloseTo(17 / 27.0, within(1e-12));
  }

  @Test
  void moreGroupsThanLabelsAndFewer() {
    assertThat(Clustering.of(new long[][] {{4, 0}, {3, 0}, {0, 5}}).accuracy())
        .isCloseTo(9 / 12.0, within(1e-12));
    assertThat(Clustering.of(new long[][] {{4, 3, 5}}).accuracy())
        .isCloseTo(5 / 12.0, within(1e-12));
    check(new long[][] {{4, 3, 5}}, 5 / 12.0, 0, 0);
    check(new long[][] {{6}}, 1, 1, 1);
  }

  @Test
  void namesDoNotMatter() {
    SplittableRandom r = new SplittableRandom(1);
    int[] groups = r.ints(500, 0, 6).toArray();
    int[] labels = new int[500];
    int[] other = new int[500];
    int[] otherLabels = new int[500];
    int[] name = {3, 5, 0, 1, 4, 2};
    for (int i = 0; i < 500; i++) {
      labels[i] = r.nextDouble() < 0.6 ? groups[i] / 2 : r.nextInt(3);
      other[i] = name[groups[i]];
      otherLabels[i] = 2 - labels[i];
    }
    Clustering a = Clustering.of(groups, 6, labels, 3);
    Clustering b = Clustering.of(other, 6, otherLabels, 3);
    assertThat(b.accuracy()).isEqualTo(a.accuracy()).isBetween(0.3, 0.6);
    assertThat(b.nmi()).isCloseTo(a.nmi(), within(1e-12)).isBetween(0.05, 0.9);
    assertThat(b.ari()).isCloseTo(a.ari(), within(1e-12)).isBetween(0.05, 0.9);
  }
}
