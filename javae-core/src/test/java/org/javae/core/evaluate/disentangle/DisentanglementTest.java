package org.javae.core.evaluate.disentangle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.javae.core.data.ArrayDataset;
import org.javae.core.data.Dataset.Annotation;
import org.javae.tensor.Rng;
import org.javae.tensor.Shape;
import org.junit.jupiter.api.Test;

class DisentanglementTest {
  /** Of a full grid of 1920 combinations in random order. */
  private static final int[] CARDINALITIES = {3, 4, 32, 5};

  private static final boolean[] NAMED = {true, false, false, false};
  private static final int N = IntStream.of(CARDINALITIES).reduce(1, Math::multiplyExact);
  private static final int[][] VALUES = grid();

  private static int[][] grid() {
    int[] order = shuffled(N, 1);
    int[][] values = new int[CARDINALITIES.length][N];
    for (int i = 0; i < N; i++) {
      int rest = order[i];
      for (int k = 0; k < CARDINALITIES.length; k++) {
        values[k][i] = rest % CARDINALITIES[k];
        rest /= CARDINALITIES[k];
      }
    }
    return values;
  }

  private static int[] shuffled(int n, long seed) {
    SplittableRandom r = new SplittableRandom(seed);
    int[] order = IntStream.range(0, n).toArray();
    for (int i = n - 1; i > 0; i--) {
      int j = r.nextInt(i + 1);
      int t = order[i];
      order[i] = order[j];
      order[j] = t;
    }
    return order;
  }

  private static double[] noise(long seed) {
    return new SplittableRandom(seed).doubles(N, -1.7, 1.7).toArray();
  }

  /** A dimension that is one factor, at another scale, turned round if negative. */
  private static double[] is(int k, double scale) {
    return Arrays.stream(VALUES[k]).mapToDouble(v -> scale * v + 3).toArray();
  }

  private static Factors with(double[]... codes) {
    return new Factors(codes, VALUES, CARDINALITIES, NAMED);
  }

  private static Disentanglement all(Factors f) {
    return Disentanglement.of(f, name -> true, Rng.of(1));
  }

  @Test
  void theTrueFactorsInAnyOrderScoreOne() {
    Disentanglement d = all(with(is(2, -1), is(0, 2), is(3, 0.7), is(1, -3)));
    assertThat(d.mig()).isCloseTo(1, within(1e-9));
    assertThat(d.modularity()).isCloseTo(1, within(1e-9));
    assertThat(d.sap()).isCloseTo(1, within(1e-9));
    assertThat(d.factorVaeScore()).isEqualTo(1);
    assertThat(d.betaVaeScore()).isEqualTo(1);
    assertThat(d.dciDisentanglement()).isCloseTo(1, within(1e-9));
    assertThat(d.dciCompleteness()).isCloseTo(1, within(1e-9));
    assertThat(d.dciInformativeness()).isEqualTo(1);
  }

  @Test
  void independentNoiseScoresByChance() {
    Disentanglement d = all(with(noise(2), noise(3), noise(4), noise(5), noise(6)));
    assertThat(d.mig()).isBetween(0.0, 0.02);
    assertThat(d.sap()).isBetween(0.0, 0.05);
    assertThat(d.factorVaeScore()).isBetween(0.2, 0.4);
    assertThat(d.betaVaeScore()).isBetween(0.2, 0.4);
    assertThat(d.dciDisentanglement()).isBetween(0.0, 0.05);
    assertThat(d.dciCompleteness()).isBetween(0.0, 0.05);
    // The mean of 1/3, 1/4, 1/32 and 1/5.
    assertThat(d.dciInformativeness()).isCloseTo(0.204, within(0.06));
  }

  @Test
  void dimensionsThatDoNotVaryChangeNothing() {
    double[] still = Arrays.stream(noise(7)).map(v -> 0.01 * v).toArray();
    Disentanglement d = all(with(still, is(2, 1), is(0, 1), new double[N], is(3, 1), is(1, 1)));
    assertThat(d.mig()).isCloseTo(1, within(1e-9));
    assertThat(d.modularity()).isCloseTo(1, within(1e-9));
    assertThat(d.factorVaeScore()).isEqualTo(1);
    assertThat(all(with(new double[N])).factorVaeScore()).isEqualTo(0.25);
  }

  @Test
  void twoDimensionsForOneFactorCostTheGapButNotModularity() {
    Factors f = with(is(0, 1), is(0, -1), is(1, 1), is(2, 1), is(3, 1));
    Disentanglement d = all(f);
    assertThat(d.mig()).isCloseTo(0.75, within(1e-9));
    assertThat(d.sap()).isCloseTo(0.75, within(1e-9));
    assertThat(d.modularity()).isCloseTo(1, within(1e-9));
    assertThat(d.betaVaeScore()).isEqualTo(1);
    assertThat(d.dciDisentanglement()).isCloseTo(1, within(1e-9));
  }

  @Test
  void oneDimensionForTwoFactorsHasHalfOfTheirGaps() {
    // 12 values say both of the first factors: each is known, but modularity of this one is that of
    // ln 3 beside ln 4.
    double[] both =
        IntStream.range(0, N).mapToDouble(i -> VALUES[0][i] + 3 * VALUES[1][i]).toArray();
    Disentanglement d = all(with(both, is(2, 1), is(3, 1)));
    assertThat(d.mig()).isCloseTo(1, within(1e-9));
    double ratio = Math.log(3) / Math.log(4);
    assertThat(d.modularity()).isCloseTo((2 + 1 - ratio * ratio / 3) / 3, within(1e-9));
    assertThat(d.dciDisentanglement()).isLessThan(0.8);
    assertThat(d.dciCompleteness()).isCloseTo(1, within(1e-9));
  }

  @Test
  void disentanglementAndCompletenessOfImportances() {
    double[][] permutation = {{0, 2, 0}, {1, 0, 0}, {0, 0, 5}};
    assertThat(Dci.disentanglement(permutation)).isCloseTo(1, within(1e-12));
    assertThat(Dci.completeness(permutation)).isCloseTo(1, within(1e-12));
    double[][] even = {{1, 1}, {1, 1}, {1, 1}};
    assertThat(Dci.disentanglement(even)).isCloseTo(0, within(1e-12));
    assertThat(Dci.completeness(even)).isCloseTo(0, within(1e-12));
    // A dimension for both factors, weight 2 of 3, and one for the second alone.
    double[][] mixed = {{1, 1}, {0, 1}};
    assertThat(Dci.disentanglement(mixed)).isCloseTo(1 / 3.0, within(1e-12));
    assertThat(Dci.completeness(mixed)).isCloseTo(0.5, within(1e-12));
  }

  @Test
  void informationOfACodeThatIsHalfOfAFactorIsItsEntropy() {
    // v / 2 of four values: ln 2 of ln 4.
    double[] half = Arrays.stream(VALUES[1]).mapToDouble(v -> v / 2).toArray();
    Factors f = with(half, is(0, 1), is(2, 1), is(3, 1));
    assertThat(Information.of(f)[0][1]).isCloseTo(Math.log(2), within(1e-12));
    assertThat(Mig.of(f)).isCloseTo(3.5 / 4, within(1e-9));
  }

  @Test
  void aLinearClassifierSeparatesWhatALineSeparates() {
    SplittableRandom r = new SplittableRandom(8);
    double[][] x = new double[600][];
    int[] y = new int[600];
    for (int i = 0; i < x.length; i++) {
      x[i] = new double[] {r.nextDouble(), 100 * r.nextDouble(), 5};
      y[i] = x[i][0] + x[i][1] / 100 > 1 ? 1 : 0;
    }
    Softmax s = Softmax.fit(x, y, 300, 2);
    assertThat(IntStream.range(300, 600).filter(i -> s.predict(x[i]) == y[i]).count())
        .isGreaterThan(290);
  }

  @Test
  void sharedRowsAreDifferentAndAgree() {
    int[] values = {0, 1, 0, 1, 0, 2};
    Factors f =
        new Factors(new double[1][6], new int[][] {values}, new int[] {3}, new boolean[] {false});
    SplittableRandom r = new SplittableRandom(9);
    for (int i = 0; i < 50; i++) {
      int[] rows = Factors.sharing(f.shareable()[0], values, 64, r);
      assertThat(rows).doesNotHaveDuplicates().hasSizeBetween(2, 3);
      assertThat(Arrays.stream(rows).map(j -> values[j]).distinct().count()).isEqualTo(1);
    }
    int[][] unique = {{0, 1, 2}};
    Factors none = new Factors(new double[1][3], unique, new int[] {3}, new boolean[] {false});
    assertThatThrownBy(none::shareable).hasMessageContaining("measure more of them");
  }

  @Test
  void dataWithoutFactorsAreNamed() {
    ArrayDataset plain = ArrayDataset.of("plain", Shape.of(2), new float[6]);
    assertThatThrownBy(() -> Factors.of(plain))
        .hasMessageContaining("plain knows none; use data such as sprites");
    Annotation label = new Annotation("label", new int[] {0, 1, 0}, 2, List.of());
    Annotation constant = new Annotation("colour", new int[] {0, 0, 0}, 1, List.of());
    assertThatThrownBy(() -> Factors.of(plain.withAnnotations(List.of(label, constant))))
        .hasMessageContaining("knows only label");
  }
}
