package org.javae.core.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.javae.core.data.Dataset.Column;
import org.javae.core.data.Preprocessing.Binarize;
import org.javae.core.io.Json;
import org.javae.core.model.DataSpec;
import org.javae.core.support.Sentences;
import org.javae.tensor.DType;
import org.javae.tensor.Rng;
import org.javae.tensor.Scope;
import org.javae.tensor.Shape;
import org.javae.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class PreprocessingTest {
  private static final float NAN = Float.NaN;

  private static ArrayDataset table(int columns, float... values) {
    return ArrayDataset.of("numbers", Shape.of(columns), values)
        .withColumns(
            IntStream.range(0, columns)
                .mapToObj(j -> new Column("c" + j, Column.Kind.REAL, List.of()))
                .toList());
  }

  private static int[] all(Dataset d) {
    return IntStream.range(0, d.size()).toArray();
  }

  private static float[] applied(Preprocessing p, Dataset d, long epoch) {
    int n = (int) d.shape().numel();
    float[] v = new float[d.size() * n];
    d.read(all(d), v);
    p.apply(v, all(d), n, Rng.of(5).split("binarize"), epoch);
    return v;
  }

  private static ArrayDataset randomTable(int rows, int columns, long seed) {
    SplittableRandom r = new SplittableRandom(seed);
    float[] v = new float[rows * columns];
    for (int i = 0; i < v.length; i++) {
      int j = i % columns;
      v[i] = (float) (1000 * j + (1 + j) * (r.nextDouble() - 0.2));
    }
    return table(columns, v);
  }

  @Test
  void standardGivesMeanZeroAndPopulationDeviationOne() {
    ArrayDataset d = randomTable(3000, 3, 1);
    float[] v = applied(Preprocessing.fit(d, all(d), "standard", Binarize.NONE, "error"), d, 0);
    for (int j = 0; j < 3; j++) {
      double sum = 0;
      double squares = 0;
      for (int i = 0; i < 3000; i++) {
        sum += v[i * 3 + j];
        squares += (double) v[i * 3 + j] * v[i * 3 + j];
      }
      // 1000-odd values in float32 have an absolute error of 6e-5.
      assertThat(sum / 3000).isCloseTo(0, within(2e-4));
      assertThat(squares / 3000).isCloseTo(1, within(1e-3));
    }
  }

  @Test
  void standardDividesByN() {
    ArrayDataset d = table(1, 1, 3);
    Preprocessing p = Preprocessing.fit(d, all(d), "standard", Binarize.NONE, "error");
    assertThat(p.shift()).containsExactly(2);
    assertThat(p.scale()).containsExactly(1);
    assertThat(applied(p, d, 0)).containsExactly(-1, 1);
  }

  @Test
  void minmaxFillsTheUnitInterval() {
    ArrayDataset d = randomTable(500, 2, 2);
    Preprocessing p = Preprocessing.fit(d, all(d), "minmax", Binarize.NONE, "error");
    float[] v = applied(p, d, 0);
    for (int j = 0; j < 2; j++) {
      int at = j;
      double[] column = IntStream.range(0, 500).mapToDouble(i -> v[i * 2 + at]).toArray();
      assertThat(Arrays.stream(column).min().orElseThrow()).isZero();
      assertThat(Arrays.stream(column).max().orElseThrow()).isEqualTo(1);
    }
    assertThat(p.spec(d, all(d)).unitInterval()).isTrue();
    assertThat(p.spec(d, all(d)).binary()).isFalse();
  }

  @Test
  void noneIsTheIdentity() {
    ArrayDataset d = randomTable(10, 2, 3);
    Preprocessing p = Preprocessing.fit(d, all(d), "none", Binarize.NONE, "error");
    float[] raw = new float[20];
    d.read(all(d), raw);
    assertThat(applied(p, d, 0)).isEqualTo(raw);
  }

  @Test
  void learnsFromTheTrainingRowsOnly() {
    ArrayDataset d = table(1, 1, 3, 1000, NAN, Float.POSITIVE_INFINITY);
    Preprocessing p = Preprocessing.fit(d, new int[] {0, 1}, "standard", Binarize.NONE, "error");
    assertThat(p.shift()).containsExactly(2);
    assertThat(p.scale()).containsExactly(1);
  }

  @Test
  void autoStandardisesTablesAndLeavesImagesAndBinarisedRows() {
    ArrayDataset t = table(1, 0, 1, 0, 1);
    assertThat(Preprocessing.fit(t, all(t), "auto", Binarize.NONE, "error").scale())
        .containsExactly(0.5f);
    assertThat(Preprocessing.fit(t, all(t), "auto", Binarize.DYNAMIC, "error").scale())
        .containsExactly(1);
    ArrayDataset image = ArrayDataset.of("image", Shape.of(1, 1, 2), new float[] {0, 0.5f, 0, 1});
    assertThat(Preprocessing.fit(image, all(image), "auto", Binarize.NONE, "error").scale())
        .containsExactly(1);
  }

  @Test
  void aConstantColumnBecomesZeros() {
    ArrayDataset d = table(2, 7, 1, 7, 3);
    for (String scaling : List.of("standard", "minmax")) {
      Preprocessing p = Preprocessing.fit(d, all(d), scaling, Binarize.NONE, "error");
      float[] v = applied(p, d, 0);
      assertThat(new float[] {v[0], v[2]}).containsExactly(0, 0);
      assertThat(restored(p, v, 2)).containsExactly(7, 1, 7, 3);
    }
  }

  @Test
  void categoriesAreLeftAlone() {
    ArrayDataset d =
        ArrayDataset.of("people", Shape.of(3), new float[] {10, 1, 0, 30, 0, 1})
            .withColumns(
                List.of(
                    new Column("age", Column.Kind.REAL, List.of()),
                    new Column("smokes", Column.Kind.CATEGORICAL, List.of("no", "yes"))));
    Preprocessing p = Preprocessing.fit(d, all(d), "standard", Binarize.NONE, "error");
    assertThat(applied(p, d, 0)).containsExactly(-1, 1, 0, 1, 0, 1);
    DataSpec s = p.spec(d, all(d));
    assertThat(s.mixed()).isTrue();
    assertThat(s.columns()).isEqualTo(d.columns());
  }

  private static float[] restored(Preprocessing p, float[] v, int columns) {
    return Scope.run(() -> p.restore(Tensor.of(v, v.length / columns, columns)).toFloats());
  }

  @ParameterizedTest
  @ValueSource(strings = {"none", "standard", "minmax", "auto"})
  void restoreInverts(String scaling) {
    ArrayDataset d = randomTable(50, 4, 4);
    float[] raw = new float[200];
    d.read(all(d), raw);
    Preprocessing p = Preprocessing.fit(d, all(d), scaling, Binarize.NONE, "error");
    assertThat(restored(p, applied(p, d, 0), 4)).containsExactly(raw, within(3e-4f));
  }

  @Test
  void restoreKeepsShapeAndType() {
    ArrayDataset d = ArrayDataset.of("i", Shape.of(1, 1, 2), new float[] {1, 2, 3, 8});
    Preprocessing p = Preprocessing.fit(d, all(d), "minmax", Binarize.NONE, "error");
    Scope.run(
        () -> {
          Tensor y = p.restore(Tensor.of(new double[] {0, 0, 1, 1, 0.5, 0.5}, 3, 1, 1, 2));
          assertThat(y.dtype()).isEqualTo(DType.FLOAT64);
          assertThat(y.shape()).isEqualTo(Shape.of(3, 1, 1, 2));
          assertThat(y.toDoubles()).containsExactly(1, 2, 3, 8, 2, 5);
        });
  }

  @ParameterizedTest
  @ValueSource(strings = {"none", "standard", "minmax"})
  void missingValuesBecomeTheTrainingMean(String scaling) {
    ArrayDataset d = table(2, 1, 10, NAN, 20, 4, NAN, 4, 60);
    Preprocessing p = Preprocessing.fit(d, all(d), scaling, Binarize.NONE, "mean");
    assertThat(restored(p, applied(p, d, 0), 2))
        .containsExactly(new float[] {1, 10, 3, 20, 4, 30, 4, 60}, within(1e-4f));
  }

  @Test
  void fillingLeavesTheUnitIntervalAndBinarisation() {
    ArrayDataset d = table(2, 1, 0, NAN, 0, 1, NAN, 1, 1);
    Preprocessing p = Preprocessing.fit(d, all(d), "none", Binarize.NONE, "mean");
    assertThat(applied(p, d, 0)).containsExactly(1, 0, 1, 0, 1, 1f / 3, 1, 1);
    assertThat(p.spec(d, all(d)).unitInterval()).isTrue();
    Preprocessing binary = Preprocessing.fit(d, all(d), "none", Binarize.DYNAMIC, "mean");
    float[] v = applied(binary, d, 0);
    assertThat(new float[] {v[0], v[1], v[2], v[3], v[4], v[6], v[7]})
        .containsExactly(1, 0, 1, 0, 1, 1, 1);
    assertThat(v[5]).isIn(0f, 1f);
  }

  @Test
  void refusesWhatItCannotUse() {
    ArrayDataset gap = table(2, 1, 2, 3, NAN);
    assertThat(Sentences.of(() -> fit(gap, "standard", Binarize.NONE, "error")))
        .isEqualTo(
            "numbers has a missing value in row 2, column 'c1'; choose --set missing=mean to fill in training means, or"
                + " complete the data");
    ArrayDataset infinite = table(2, 1, 2, Float.NEGATIVE_INFINITY, 4);
    for (String missing : List.of("error", "mean")) {
      assertThat(Sentences.of(() -> fit(infinite, "none", Binarize.NONE, missing)))
          .contains("infinite value in row 2, column 'c0'");
    }
    ArrayDataset empty = table(2, 1, NAN, 3, NAN);
    assertThat(Sentences.of(() -> fit(empty, "none", Binarize.NONE, "mean")))
        .contains("no value at all in column 'c1'", "leave it out");
    ArrayDataset image = ArrayDataset.of("pictures", Shape.of(1, 1, 2), new float[] {0, 1, 0, NAN});
    assertThat(Sentences.of(() -> fit(image, "none", Binarize.NONE, "error")))
        .contains("pictures", "row 2, element 2");
  }

  @Test
  void refusesToBinariseOtherThanProbabilities() {
    assertThat(Sentences.of(() -> fit(table(1, 0, 1.5f), "none", Binarize.STATIC, "error")))
        .contains("cannot be binarised", "column 'c0' reaches 1.5", "--binarize none");
    assertThat(Sentences.of(() -> fit(table(1, -0.5f, 1), "none", Binarize.DYNAMIC, "error")))
        .contains("reaches -0.5");
  }

  @Test
  void unknownWordsNameTheNearest() {
    ArrayDataset d = table(1, 1, 2);
    assertThat(Sentences.of(() -> fit(d, "standart", Binarize.NONE, "error")))
        .contains("unknown scaling 'standart'; did you mean standard");
    assertThat(Sentences.of(() -> fit(d, "none", Binarize.NONE, "maen"))).contains("mean");
    assertThat(Sentences.of(() -> Binarize.parse("dinamic"))).contains("did you mean dynamic");
    assertThat(Binarize.parse("static")).isEqualTo(Binarize.STATIC);
  }

  private static Preprocessing fit(Dataset d, String scaling, Binarize b, String missing) {
    return Preprocessing.fit(d, all(d), scaling, b, missing);
  }

  // ---- binarisation

  private static ArrayDataset greys(int rows, int columns) {
    SplittableRandom r = new SplittableRandom(7);
    float[] v = new float[rows * columns];
    for (int i = 0; i < v.length; i++) {
      v[i] = r.nextFloat();
    }
    return ArrayDataset.of("greys", Shape.of(columns), v);
  }

  private static final Preprocessing STATIC = fit(greys(2, 2), "none", Binarize.STATIC, "error");
  private static final Preprocessing DYNAMIC = fit(greys(2, 2), "none", Binarize.DYNAMIC, "error");

  @ParameterizedTest
  @EnumSource(names = {"STATIC", "DYNAMIC"})
  void binarisedValuesAreZerosAndOnes(Binarize b) {
    ArrayDataset d = greys(20, 5);
    Preprocessing p = fit(d, "none", b, "error");
    for (float v : applied(p, d, 3)) {
      assertThat(v).isIn(0f, 1f);
    }
    assertThat(p.spec(d, all(d)).binary()).isTrue();
    assertThat(p.spec(d, all(d)).unitInterval()).isTrue();
  }

  @Test
  void staticIsFixedAndDynamicIsNewEveryEpochButTheSameWithinOne() {
    ArrayDataset d = greys(40, 7);
    assertThat(applied(STATIC, d, 0)).isEqualTo(applied(STATIC, d, 1));
    assertThat(applied(DYNAMIC, d, 1)).isEqualTo(applied(DYNAMIC, d, 1));
    assertThat(applied(DYNAMIC, d, 0)).isNotEqualTo(applied(DYNAMIC, d, 1));
    assertThat(applied(DYNAMIC, d, 0)).isNotEqualTo(applied(STATIC, d, 0));
  }

  @ParameterizedTest
  @EnumSource(names = {"STATIC", "DYNAMIC"})
  void aRowIsDrawnByItsNumberWhateverItsPlaceInTheBatch(Binarize b) {
    Preprocessing p = b == Binarize.STATIC ? STATIC : DYNAMIC;
    float[] whole = new float[40 * 7];
    Arrays.fill(whole, 0.5f);
    p.apply(whole, IntStream.range(0, 40).toArray(), 7, Rng.of(5), 2);
    float[] part = new float[2 * 7];
    Arrays.fill(part, 0.5f);
    p.apply(part, new int[] {31, 4}, 7, Rng.of(5), 2);
    assertThat(Arrays.copyOfRange(part, 0, 7)).isEqualTo(Arrays.copyOfRange(whole, 31 * 7, 32 * 7));
    assertThat(Arrays.copyOfRange(part, 7, 14)).isEqualTo(Arrays.copyOfRange(whole, 4 * 7, 5 * 7));
    float[] other = new float[40 * 7];
    Arrays.fill(other, 0.5f);
    p.apply(other, IntStream.range(0, 40).toArray(), 7, Rng.of(6), 2);
    assertThat(other).isNotEqualTo(whole);
  }

  /** A draw is 1 with the probability the grey says, for every pixel and each pair of pixels. */
  @Test
  void theMeanOfDrawsIsTheGrey() {
    float[] grey = {0, 1, 0.5f, 0.25f, 0.9f, 1f / 255, 254f / 255};
    int epochs = 40_000;
    double[] sum = new double[grey.length];
    double[] pairs = new double[grey.length - 1];
    for (int e = 0; e < epochs; e++) {
      float[] v = grey.clone();
      DYNAMIC.apply(v, new int[] {3}, grey.length, Rng.of(9), e);
      for (int j = 0; j < v.length; j++) {
        sum[j] += v[j];
        if (j > 0) {
          pairs[j - 1] += v[j] * v[j - 1];
        }
      }
    }
    assertThat(sum[0]).isZero();
    assertThat(sum[1]).isEqualTo(epochs);
    for (int j = 0; j < grey.length; j++) {
      double error = Math.sqrt(grey[j] * (1 - grey[j]) / epochs);
      assertThat(sum[j] / epochs).isCloseTo(grey[j], within(4.5 * error + 1e-9));
      if (j > 0) {
        double both = grey[j] * grey[j - 1];
        assertThat(pairs[j - 1] / epochs)
            .isCloseTo(both, within(4.5 * Math.sqrt(both * (1 - both) / epochs) + 1e-9));
      }
    }
  }

  @Test
  void staticDrawsDifferBetweenRows() {
    int rows = 20_000;
    float[] v = new float[rows * 3];
    Arrays.fill(v, 0.3f);
    STATIC.apply(v, IntStream.range(0, rows).toArray(), 3, Rng.of(9), 0);
    double mean = 0;
    for (float f : v) {
      mean += f / v.length;
    }
    assertThat(mean).isCloseTo(0.3, within(4.5 * Math.sqrt(0.21 / v.length)));
  }

  @Test
  void scalingComesBeforeBinarisation() {
    ArrayDataset d = table(1, 0, 1);
    Preprocessing p = Preprocessing.fit(d, all(d), "minmax", Binarize.STATIC, "error");
    assertThat(applied(p, d, 0)).containsExactly(0, 1);
  }

  @Test
  void jsonKeepsEverything() {
    ArrayDataset d = table(2, 1, 10, NAN, 20, 4, 0);
    for (Preprocessing p :
        List.of(Preprocessing.NONE, fit(d, "standard", Binarize.NONE, "mean"), STATIC, DYNAMIC)) {
      String json = Json.toString(p);
      Preprocessing back = Json.parse(json, "text", Preprocessing.class);
      assertThat(back).usingRecursiveComparison().isEqualTo(p);
      assertThat(Json.toString(back)).isEqualTo(json);
    }
  }

  @Test
  void theSpecLooksAtPreprocessedValues() {
    ArrayDataset d = table(1, 0, 1, 0, 1);
    assertThat(fit(d, "none", Binarize.NONE, "error").spec(d, all(d)).binary()).isTrue();
    assertThat(fit(d, "standard", Binarize.NONE, "error").spec(d, all(d)).unitInterval()).isFalse();
    assertThat(fit(greys(9, 1), "none", Binarize.NONE, "error").spec(greys(9, 1), new int[] {0, 1}))
        .matches(s -> !s.binary() && s.unitInterval());
  }
}
