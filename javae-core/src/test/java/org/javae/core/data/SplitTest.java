package org.javae.core.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.javae.core.data.Dataset.PublishedSplit;
import org.javae.core.support.Sentences;
import org.javae.tensor.Shape;
import org.junit.jupiter.api.Test;

class SplitTest {
  private static ArrayDataset rows(int n) {
    return ArrayDataset.of("rows", Shape.of(1), new float[n]);
  }

  private static void assertCovers(Split s, int n) {
    int[] all = s.part("all").clone();
    Arrays.sort(all);
    assertThat(all).isEqualTo(IntStream.range(0, n).toArray());
    assertThat(s.train().length + s.validation().length + s.test().length).isEqualTo(n);
  }

  @Test
  void partsAreDisjointAndCoverTheData() {
    for (int n : new int[] {2, 3, 10, 101, 1000}) {
      for (double validation : new double[] {0, 0.1, 0.25}) {
        for (double test : new double[] {0, 0.1, 0.5}) {
          Split s = Split.of(rows(n), 3, validation, test, 0);
          assertCovers(s, n);
          assertThat(s.test().length).isEqualTo((int) Math.round(n * test));
          assertThat(s.validation().length)
              .isEqualTo((int) Math.round((n - s.test().length) * validation));
        }
      }
    }
  }

  @Test
  void theSeedDecides() {
    Split a = Split.of(rows(200), 1, 0.1, 0.2, 0);
    Split b = Split.of(rows(200), 1, 0.1, 0.2, 0);
    Split c = Split.of(rows(200), 2, 0.1, 0.2, 0);
    assertThat(a.train()).isEqualTo(b.train());
    assertThat(a.validation()).isEqualTo(b.validation());
    assertThat(a.test()).isEqualTo(b.test());
    assertThat(a.test()).isNotEqualTo(c.test());
    assertThat(a.test()).isNotEqualTo(IntStream.range(160, 200).toArray());
  }

  /** Changing the validation share must not leak test rows into training. */
  @Test
  void theTestPartDependsOnSeedAndShareOnly() {
    assertThat(Split.of(rows(200), 1, 0, 0.2, 0).test())
        .isEqualTo(Split.of(rows(200), 1, 0.4, 0.2, 0).test());
  }

  @Test
  void aPublishedDivisionIsKept() {
    Split s = Split.of(rows(10).withSplit(new PublishedSplit(6, 1, 3)), 5, 0.5, 0.5, 0);
    assertThat(s.train()).containsExactly(0, 1, 2, 3, 4, 5);
    assertThat(s.validation()).containsExactly(6);
    assertThat(s.test()).containsExactly(7, 8, 9);
  }

  @Test
  void validationRowsComeFromTheTrainingPartWhereNoneIsPublished() {
    Split s = Split.of(rows(100).withSplit(new PublishedSplit(80, 0, 20)), 5, 0.25, 0.5, 0);
    assertCovers(s, 100);
    assertThat(s.test()).isEqualTo(IntStream.range(80, 100).toArray());
    assertThat(s.validation()).hasSize(20);
    assertThat(Arrays.stream(s.validation()).max().orElseThrow()).isLessThan(80);
    assertThat(s.train()).hasSize(60);
  }

  @Test
  void aLimitTakesTheFirstOfEachPart() {
    Split whole = Split.of(rows(100), 5, 0.2, 0.2, 0);
    Split some = Split.of(rows(100), 5, 0.2, 0.2, 7);
    assertThat(some.train()).isEqualTo(Arrays.copyOf(whole.train(), 7));
    assertThat(some.validation()).isEqualTo(Arrays.copyOf(whole.validation(), 7));
    assertThat(some.test()).isEqualTo(Arrays.copyOf(whole.test(), 7));
    Split more = Split.of(rows(100), 5, 0.2, 0.2, 1000);
    assertThat(more.train()).isEqualTo(whole.train());
  }

  /** Published data are often sorted by class: the first rows are not a sample. */
  @Test
  void aLimitSamplesAPublishedPartInsteadOfTakingItsFirstRows() {
    Split s = Split.of(rows(1000).withSplit(new PublishedSplit(800, 100, 100)), 5, 0.1, 0.1, 50);
    assertThat(s.train()).hasSize(50).doesNotHaveDuplicates();
    assertThat(Arrays.stream(s.train()).max().orElseThrow()).isBetween(400, 799);
    assertThat(s.validation()).hasSize(50).doesNotHaveDuplicates();
    assertThat(Arrays.stream(s.validation()).allMatch(i -> i >= 800 && i < 900)).isTrue();
    assertThat(Arrays.stream(s.test()).allMatch(i -> i >= 900 && i < 1000)).isTrue();
    assertThat(
            Split.of(rows(1000).withSplit(new PublishedSplit(800, 100, 100)), 5, 0.1, 0.1, 50)
                .train())
        .isEqualTo(s.train());
  }

  @Test
  void partsHaveNames() {
    Split s = Split.of(rows(10), 5, 0.2, 0.2, 0);
    assertThat(s.part("train")).isEqualTo(s.train());
    assertThat(s.part("validation")).isEqualTo(s.validation());
    assertThat(s.part("test")).isEqualTo(s.test());
    assertThat(Sentences.of(() -> s.part("tets"))).contains("unknown split 'tets'", "test");
  }

  @Test
  void refusesSharesThatLeaveNothing() {
    assertThat(Sentences.of(() -> Split.of(rows(1), 0, 0.9, 0, 0)))
        .contains("rows has 1 observation", "none to train on");
    assertThat(Sentences.of(() -> Split.of(rows(0), 0, 0.1, 0.1, 0))).contains("none to train on");
    assertThat(Sentences.of(() -> Split.of(rows(9), 0, 1, 0, 0))).contains("validation is 1");
    assertThat(Sentences.of(() -> Split.of(rows(9), 0, 0, -0.1, 0))).contains("test is -0.1");
    assertThat(Sentences.of(() -> Split.of(rows(9), 0, 0, Double.NaN, 0))).contains("test is NaN");
  }
}
