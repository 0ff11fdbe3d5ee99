package org.javae.core.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.javae.core.data.Dataset.Annotation;
import org.javae.core.data.Preprocessing.Binarize;
import org.javae.core.model.Batch;
import org.javae.core.support.Sentences;
import org.javae.tensor.Rng;
import org.javae.tensor.Scope;
import org.javae.tensor.Shape;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LoaderTest {
  private static final int N = 23;

  /** Row i is [i, i/23, …]; its label is i mod 3. */
  private static ArrayDataset data(boolean unit) {
    float[] v = new float[N * 4];
    for (int i = 0; i < v.length; i++) {
      v[i] = unit ? (i * 7 % 11) / 11f : i / 4 + (i % 4) / 10f;
    }
    int[] labels = IntStream.range(0, N).map(i -> i % 3).toArray();
    return ArrayDataset.of("d", Shape.of(4), v)
        .withAnnotations(List.of(new Annotation("label", labels, 3, List.of())));
  }

  private static Loader loader(Dataset d, Binarize b, long seed, boolean shuffle) {
    int[] rows = IntStream.range(0, N).toArray();
    Preprocessing p = Preprocessing.fit(d, rows, "none", b, "error");
    return new Loader(d, rows, p, Rng.of(seed).split("train"), shuffle);
  }

  private static float[] epoch(Loader l, long epoch, int batch) {
    return Scope.run(
        () -> {
          List<Float> all = new ArrayList<>();
          for (int i = 0; i < l.batches(batch); i++) {
            for (float f : l.batch(epoch, i, batch).x().toFloats()) {
              all.add(f);
            }
          }
          float[] r = new float[all.size()];
          for (int i = 0; i < r.length; i++) {
            r[i] = all.get(i);
          }
          return r;
        });
  }

  @ParameterizedTest
  @EnumSource(Binarize.class)
  void batchesDependOnSeedEpochAndIndexOnly(Binarize b) {
    Loader a = loader(data(true), b, 1, true);
    float[] zero = epoch(a, 0, 5);
    float[] one = epoch(a, 1, 5);
    assertThat(zero).hasSize(N * 4);
    assertThat(epoch(a, 0, 5)).as("after other epochs").isEqualTo(zero);
    assertThat(epoch(loader(data(true), b, 1, true), 1, 5)).as("a new loader").isEqualTo(one);
    assertThat(one).isNotEqualTo(zero);
    assertThat(epoch(loader(data(true), b, 2, true), 0, 5)).isNotEqualTo(zero);
    Scope.run(
        () -> {
          float[] second = a.batch(1, 2, 5).x().toFloats();
          assertThat(second).isEqualTo(Arrays.copyOfRange(one, 40, 60));
        });
  }

  @ParameterizedTest
  @EnumSource(Binarize.class)
  void batchSizesDivideTheSameEpoch(Binarize b) {
    Loader l = loader(data(true), b, 1, true);
    float[] whole = epoch(l, 4, N);
    for (int batch : new int[] {1, 2, 7, 22, 100}) {
      assertThat(epoch(l, 4, batch)).isEqualTo(whole);
    }
  }

  @Test
  void anEpochHoldsEveryRowOnce() {
    Loader l = loader(data(false), Binarize.NONE, 1, true);
    float[] v = epoch(l, 3, 6);
    int[] rows = IntStream.range(0, N).map(i -> (int) v[i * 4]).toArray();
    assertThat(rows).isNotEqualTo(IntStream.range(0, N).toArray());
    Arrays.sort(rows);
    assertThat(rows).isEqualTo(IntStream.range(0, N).toArray());
  }

  @Test
  void labelsFollowTheirRows() {
    Loader l = loader(data(false), Binarize.NONE, 1, true);
    Scope.run(
        () -> {
          for (int i = 0; i < l.batches(6); i++) {
            Batch b = l.batch(2, i, 6);
            float[] x = b.x().toFloats();
            long[] y = b.labels().toLongs();
            for (int r = 0; r < b.size(); r++) {
              assertThat(y[r]).isEqualTo((int) x[r * 4] % 3);
            }
          }
        });
  }

  @Test
  void withoutShufflingTheOrderIsTheGivenOne() {
    int[] rows = {5, 2, 9};
    Loader l = new Loader(data(false), rows, Preprocessing.NONE, Rng.of(1), false);
    for (long e = 0; e < 3; e++) {
      float[] v = epoch(l, e, 2);
      assertThat(new float[] {v[0], v[4], v[8]}).containsExactly(5, 2, 9);
    }
    assertThat(l.size()).isEqualTo(3);
    assertThat(l.batches(2)).isEqualTo(2);
    assertThat(l.rows(1, 3)).containsExactly(2, 9);
    assertThat(l.shape()).isEqualTo(Shape.of(4));
    List<Long> sizes = new ArrayList<>();
    l.each(2, b -> sizes.add(b.size()));
    assertThat(sizes).containsExactly(2L, 1L);
  }

  @Test
  void dataWithoutLabelsHaveNone() {
    Dataset d = ArrayDataset.of("d", Shape.of(1, 2, 2), new float[16]);
    Loader l = new Loader(d, new int[] {0, 1, 2, 3}, Preprocessing.NONE, Rng.of(1), true);
    Scope.run(
        () -> {
          Batch b = l.batch(0, 0, 3);
          assertThat(b.labels()).isNull();
          assertThat(b.x().shape()).isEqualTo(Shape.of(3, 1, 2, 2));
        });
  }

  /** Preprocessing looked at the training rows; the others must not bring NaNs in silently. */
  @ParameterizedTest
  @EnumSource(Binarize.class)
  void refusesValuesThatPreprocessingHasNotSeen(Binarize b) {
    for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
      Dataset d = ArrayDataset.of("d", Shape.of(2), new float[] {0, 1, 1, 0, 1, bad});
      Preprocessing p = Preprocessing.fit(d, new int[] {0, 1}, "none", b, "error");
      Loader l = new Loader(d, new int[] {0, 1, 2}, p, Rng.of(1), false);
      assertThat(Sentences.of(() -> l.batch(0, 0, 3)))
          .contains("d has", Float.isNaN(bad) ? "missing" : "infinite", "row 3, element 2");
      Preprocessing filling = Preprocessing.fit(d, new int[] {0, 1}, "none", b, "mean");
      Loader filled = new Loader(d, new int[] {0, 1, 2}, filling, Rng.of(1), false);
      if (Float.isNaN(bad)) {
        Scope.run(() -> assertThat(filled.batch(0, 0, 3).x().allFinite()).isTrue());
      } else {
        assertThat(Sentences.of(() -> filled.batch(0, 0, 3))).contains("infinite");
      }
    }
  }
}
