package org.javae.data.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.javae.core.data.Dataset;
import org.javae.tensor.Shape;
import org.javae.tensor.UserException;
import org.junit.jupiter.api.Test;

class StrokesTest {
  private static final int PIXELS = 28 * 28;

  private static float[] picture(Dataset data, int i) {
    float[] out = new float[PIXELS];
    data.read(new int[] {i}, out);
    return out;
  }

  @Test
  void sameSeedSameBitsAndALargerSetBeginsWithTheSmaller() {
    Dataset few = new Strokes(40, 10, 1, 2.3).generate(4);
    assertThat(new Strokes(40, 10, 1, 2.3).generate(4).fingerprint()).isEqualTo(few.fingerprint());
    assertThat(new Strokes(40, 10, 1, 2.3).generate(5).fingerprint())
        .isNotEqualTo(few.fingerprint());
    Dataset many = new Strokes(60, 0, 1, 2.3).generate(4);
    for (int i = 0; i < 50; i++) {
      assertThat(picture(many, i)).isEqualTo(picture(few, i));
    }
  }

  @Test
  void bitsArePinned() {
    assertThat(new Strokes(50, 0, 1, 2.3).generate(1).fingerprint())
        .isEqualTo("d5c2bf72554bce3e2f5fb6a519974a5c79215f24c8f529ed2fe6036ede53cdd8");
  }

  @Test
  void standardIsTenThousandAndTwoThousand() {
    Strokes s = Strokes.standard();
    assertThat(s.train()).isEqualTo(10_000);
    assertThat(s.test()).isEqualTo(2_000);
  }

  @Test
  void shapeRangeLabelsAndSplit() {
    Dataset data = new Strokes(1500, 500, 1, 2.3).generate(9);
    assertThat(data.shape()).isEqualTo(Shape.of(1, 28, 28));
    assertThat(data.size()).isEqualTo(2000);
    assertThat(data.publishedSplit()).contains(new Dataset.PublishedSplit(1500, 0, 500));
    Dataset.Annotation labels = data.labels().orElseThrow();
    assertThat(labels.cardinality()).isEqualTo(10);
    assertThat(labels.valueNames()).hasSize(10);
    int[] count = new int[10];
    for (int i = 0; i < data.size(); i++) {
      count[labels.values()[i]]++;
      float brightest = 0;
      double inked = 0;
      for (float v : picture(data, i)) {
        assertThat(v).isBetween(0f, 1f);
        assertThat(v).isEqualTo(Math.round(v * 255) / 255f);
        brightest = Math.max(brightest, v);
        inked += v;
      }
      assertThat(brightest).isGreaterThan(0.6f);
      assertThat(inked / PIXELS).isBetween(0.015, 0.4);
    }
    for (int c : count) {
      assertThat(c).isBetween(140, 260);
    }
  }

  @Test
  void digitsLieInTheMiddleOfTheFrame() {
    Dataset data = new Strokes(500, 0, 1, 2.3).generate(12);
    double atTheEdge = 0;
    double total = 0;
    for (int i = 0; i < data.size(); i++) {
      double mass = 0;
      double x = 0;
      double y = 0;
      float[] p = picture(data, i);
      for (int k = 0; k < PIXELS; k++) {
        int column = k % 28;
        int row = k / 28;
        mass += p[k];
        x += p[k] * column;
        y += p[k] * row;
        if (column == 0 || column == 27 || row == 0 || row == 27) {
          atTheEdge += p[k];
        }
      }
      assertThat(x / mass).isCloseTo(13.5, within(0.6));
      assertThat(y / mass).isCloseTo(13.5, within(0.6));
      total += mass;
    }
    assertThat(atTheEdge / total).isLessThan(0.002);
  }

  /**
   * A digit looks more like the mean of its own kind than like others: labels and pictures belong
   * together.
   */
  @Test
  void labelsTellThePictures() {
    Dataset data = new Strokes(3000, 1000, 1, 2.3).generate(21);
    int[] labels = data.labels().orElseThrow().values();
    double[][] mean = new double[10][PIXELS];
    int[] count = new int[10];
    for (int i = 0; i < 3000; i++) {
      float[] p = picture(data, i);
      count[labels[i]]++;
      for (int k = 0; k < PIXELS; k++) {
        mean[labels[i]][k] += p[k];
      }
    }
    int right = 0;
    for (int i = 3000; i < 4000; i++) {
      float[] p = picture(data, i);
      int nearest = 0;
      double least = Double.MAX_VALUE;
      for (int digit = 0; digit < 10; digit++) {
        double distance = 0;
        for (int k = 0; k < PIXELS; k++) {
          double d = p[k] - mean[digit][k] / count[digit];
          distance += d * d;
        }
        if (distance < least) {
          least = distance;
          nearest = digit;
        }
      }
      right += nearest == labels[i] ? 1 : 0;
    }
    assertThat(right).isGreaterThan(750);
  }

  @Test
  void withoutJitterOnlyTheWaysOfWritingRemain() {
    Dataset data = new Strokes(400, 0, 0, 2.3).generate(3);
    Set<String> different = new HashSet<>();
    for (int i = 0; i < data.size(); i++) {
      different.add(Arrays.toString(picture(data, i)));
    }
    int ways = Skeletons.ALL.stream().mapToInt(List::size).sum();
    assertThat(different).hasSize(ways);
  }

  @Test
  void aThickerPenLeavesMoreInk() {
    double[] ink = new double[2];
    for (int t = 0; t < 2; t++) {
      Dataset data = new Strokes(50, 0, 1, t == 0 ? 1.5 : 3).generate(3);
      for (int i = 0; i < 50; i++) {
        for (float v : picture(data, i)) {
          ink[t] += v;
        }
      }
    }
    assertThat(ink[1] / ink[0]).isBetween(1.5, 2.2);
  }

  @Test
  void refusesSettingsOutOfRange() {
    assertThatThrownBy(() -> new Strokes(0, 5, 1, 2))
        .isInstanceOf(UserException.class)
        .hasMessage("strokes: train is 0 but must be at least 1.");
    assertThatThrownBy(() -> new Strokes(2_000_000_000, 2_000_000_000, 1, 2))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("ask for at most 2739137");
    assertThatThrownBy(() -> new Strokes(5, 5, Double.NaN, 2)).isInstanceOf(UserException.class);
    assertThatThrownBy(() -> new Strokes(5, 5, 1, 0)).isInstanceOf(UserException.class);
  }
}
