package org.javae.data.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.IntStream;
import org.javae.core.data.Dataset;
import org.javae.core.data.Dataset.PublishedSplit;
import org.javae.core.data.Vocabulary;
import org.javae.tensor.Shape;
import org.javae.tensor.UserException;
import org.junit.jupiter.api.Test;

class SyntheticTextTest {
  private static float[] values(Dataset d) {
    float[] v = new float[Math.toIntExact(d.size() * d.shape().numel())];
    d.read(IntStream.range(0, d.size()).toArray(), v);
    return v;
  }

  @Test
  void sequencesAreTokensWithoutWordsAndAreDivided() {
    Dataset d = new SyntheticText(30, 10, 5, 7, 20, 5).generate(3);
    assertThat(d.shape()).isEqualTo(Shape.of(7));
    assertThat(d.publishedSplit()).contains(new PublishedSplit(30, 10, 5));
    assertThat(d.tokens().orElseThrow().size()).isEqualTo(24);
    assertThat(d.tokens().orElseThrow().words()).isEmpty();
    for (float id : values(d)) {
      assertThat(id).isBetween((float) Vocabulary.MARKS.size(), 23f);
    }
    assertThat(d.labels().orElseThrow().cardinality()).isEqualTo(4);
  }

  @Test
  void theSeedDecidesAndALargerSetBeginsWithTheSmaller() {
    float[] a = values(new SyntheticText(1100, 0, 0, 5, 30, 5).generate(3));
    assertThat(values(new SyntheticText(1100, 0, 0, 5, 30, 5).generate(3))).isEqualTo(a);
    assertThat(values(new SyntheticText(40, 3, 7, 5, 30, 5).generate(3)))
        .isEqualTo(Arrays.copyOf(a, 250));
    assertThat(values(new SyntheticText(40, 3, 7, 5, 30, 5).generate(4)))
        .isNotEqualTo(Arrays.copyOf(a, 250));
  }

  /** The tokens of these sequences are a fact that other programs and later versions must meet. */
  @Test
  void theFirstSequencesAreTheseOnEveryMachine() {
    float[] v = values(new SyntheticText(2, 0, 0, 10, 1000, 5).generate(0));
    int[] tokens = new int[v.length];
    for (int i = 0; i < v.length; i++) {
      tokens[i] = (int) v[i];
    }
    assertThat(tokens)
        .containsExactly(
            385, 256, 396, 660, 919, 393, 505, 256, 505, 387, 986, 184, 817, 817, 131, 545, 817,
            349, 349, 349);
  }

  /** Sequences of one component share words, those of two hardly: z matters. */
  @Test
  void theComponentShowsInTheTokens() {
    Dataset d = new SyntheticText(400, 0, 0, 10, 1000, 5).generate(1);
    int[] label = d.labels().orElseThrow().values();
    float[] v = values(d);
    double[] shared = new double[2];
    int[] pairs = new int[2];
    for (int i = 0; i < 400; i++) {
      Set<Float> mine = words(v, i);
      for (int j = 0; j < i; j++) {
        Set<Float> both = words(v, j);
        both.retainAll(mine);
        int same = label[i] == label[j] ? 1 : 0;
        shared[same] += both.size();
        pairs[same]++;
      }
    }
    assertThat(shared[1] / pairs[1]).isGreaterThan(3 * shared[0] / pairs[0]);
    // Without it, no more than chance.
    for (int k = 0; k < 4; k++) {
      int component = k;
      assertThat(Arrays.stream(label).filter(l -> l == component).count()).isBetween(70L, 130L);
    }
  }

  /** All but the first token, which is even. */
  private static Set<Float> words(float[] v, int row) {
    Set<Float> s = new HashSet<>();
    for (int t = 1; t < 10; t++) {
      s.add(v[row * 10 + t]);
    }
    return s;
  }

  @Test
  void badSettingsHaveTheirSentence() {
    assertThatThrownBy(() -> new SyntheticText(0, 1, 1, 5, 9, 1))
        .isInstanceOf(UserException.class)
        .hasMessage("synthetic-text: train is 0 but must be at least 1.");
    assertThatThrownBy(() -> new SyntheticText(9, 1, 1, 5, 1, 1))
        .hasMessage("synthetic-text: vocabulary is 1 but must be at least 2.");
    assertThatThrownBy(() -> new SyntheticText(9, 1, 1, 5, 9, -1))
        .hasMessageContaining("scale is -1.0");
  }
}
