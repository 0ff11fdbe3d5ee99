package org.javae.data.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.javae.core.data.ArrayDataset;
import org.javae.core.data.Dataset;
import org.javae.tensor.Shape;
import org.javae.tensor.UserException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SpritesTest {
  private static float[] all(Dataset data) {
    float[] out = new float[Math.toIntExact(data.size() * data.shape().numel())];
    data.read(IntStream.range(0, data.size()).toArray(), out);
    return out;
  }

  /** Pixels set, their mean column, mean row and the direction of their longest spread. */
  private record Moments(double area, double x, double y, double direction) {
    static Moments of(float[] picture, int size) {
      double area = 0;
      double x = 0;
      double y = 0;
      double xx = 0;
      double yy = 0;
      double xy = 0;
      for (int p = 0; p < picture.length; p++) {
        double column = p % size + 0.5;
        double row = p / size + 0.5;
        area += picture[p];
        x += picture[p] * column;
        y += picture[p] * row;
        xx += picture[p] * column * column;
        yy += picture[p] * row * row;
        xy += picture[p] * column * row;
      }
      x /= area;
      y /= area;
      // Upwards is positive for the direction, downwards for rows.
      double direction =
          0.5 * Math.atan2(-2 * (xy / area - x * y), xx / area - x * x - yy / area + y * y);
      return new Moments(area, x, y, direction);
    }
  }

  @Test
  void sameSeedSameBits() {
    Sprites sprites = Sprites.ofSize(32, 200);
    Dataset first = sprites.generate(5);
    assertThat(first.fingerprint()).isEqualTo(sprites.generate(5).fingerprint());
    assertThat(first.fingerprint()).isNotEqualTo(sprites.generate(6).fingerprint());
    assertThat(all(first)).isEqualTo(all(sprites.generate(5)));
  }

  @Test
  void bitsArePinned() {
    assertThat(Sprites.ofSize(32, 50).generate(1).fingerprint())
        .isEqualTo("ccdcdb809dfc47c18bbd386b4ddbd336d07994e98eb27329102b799b69c80a01");
  }

  @Test
  void aLargerSetBeginsWithTheSmaller() {
    float[] few = all(Sprites.standard(20).generate(3));
    float[] many = all(Sprites.standard(30).generate(3));
    assertThat(Arrays.copyOf(many, few.length)).isEqualTo(few);
  }

  @Test
  void standardIsTheGridOfDSprites() {
    Sprites sprites = Sprites.standard(10);
    assertThat(sprites.shape()).isEqualTo(Shape.of(1, 64, 64));
    assertThat(sprites.cardinalities()).containsExactly(3, 6, 40, 32, 32);
    assertThat(sprites.combinations()).isEqualTo(737_280);
  }

  @Test
  void picturesAreThoseOfTheirFactors() {
    Sprites sprites = Sprites.standard(300);
    Dataset data = sprites.generate(11);
    float[] out = new float[64 * 64];
    for (int i = 0; i < data.size(); i++) {
      int[] factors = new int[5];
      for (int f = 0; f < 5; f++) {
        factors[f] = data.annotations().get(f).values()[i];
      }
      data.read(new int[] {i}, out);
      assertThat(out).isEqualTo(sprites.render(factors));
    }
    assertThat(data.annotations()).extracting(Dataset.Annotation::name).isEqualTo(Sprites.FACTORS);
    assertThat(data.annotations().get(0).valueNames()).isEqualTo(Sprites.SHAPES);
  }

  @ParameterizedTest
  @ValueSource(ints = {16, 19, 32, 64, 100})
  void valuesAreZeroOrOneAndEveryPictureHasAShape(int size) {
    Dataset data = Sprites.ofSize(size, 200).generate(1);
    float[] values = all(data);
    for (float v : values) {
      assertThat(v == 0 || v == 1).isTrue();
    }
    for (int i = 0; i < data.size(); i++) {
      float[] picture = Arrays.copyOfRange(values, i * size * size, (i + 1) * size * size);
      assertThat(Moments.of(picture, size).area()).isGreaterThan(2);
    }
  }

  @Test
  void everyFactorValueOccurs() {
    Dataset data = Sprites.standard(2000).generate(2);
    for (Dataset.Annotation a : data.annotations()) {
      int[] count = new int[a.cardinality()];
      for (int v : a.values()) {
        count[v]++;
      }
      double expected = 2000.0 / a.cardinality();
      for (int c : count) {
        assertThat((double) c).isCloseTo(expected, within(6 * Math.sqrt(expected)));
      }
    }
  }

  @Test
  void positionFactorsPlaceTheCentreOfMass() {
    Sprites sprites = Sprites.standard(1);
    for (int shape = 0; shape < 3; shape++) {
      for (int p = 0; p < 32; p++) {
        Moments m = Moments.of(sprites.render(shape, 3, 7, p, 31 - p), 64);
        assertThat(m.x()).isCloseTo(16 + 32.0 * p / 31, within(0.25));
        assertThat(m.y()).isCloseTo(48 - 32.0 * p / 31, within(0.25));
      }
    }
  }

  @Test
  void scaleFactorScalesTheArea() {
    Sprites sprites = Sprites.standard(1);
    double[] largest = {1.4 * 1.4, Math.PI / 2, 3.66197 / (1.2925 * 1.2925)};
    for (int shape = 0; shape < 3; shape++) {
      for (int s = 0; s < 6; s++) {
        double radius = 16 * (0.5 + 0.1 * s);
        double area = Moments.of(sprites.render(shape, s, 3, 16, 16), 64).area();
        assertThat(area / (largest[shape] * radius * radius)).isCloseTo(1, within(0.06));
      }
    }
  }

  @Test
  void rotationFactorTurnsAnticlockwise() {
    Sprites sprites = Sprites.standard(1);
    for (int r = 0; r < 20; r++) {
      double direction = Moments.of(sprites.render(1, 5, r, 16, 16), 64).direction();
      double difference = direction - 2 * Math.PI * r / 40;
      assertThat(Math.abs(Math.sin(difference))).isLessThan(0.03);
    }
  }

  @Test
  void theHeartStandsUpright() {
    float[] heart = Sprites.standard(1).render(2, 5, 0, 16, 16);
    int[] width = new int[64];
    for (int p = 0; p < heart.length; p++) {
      width[p / 64] += (int) heart[p];
    }
    int top = IntStream.range(0, 64).filter(row -> width[row] > 0).findFirst().orElseThrow();
    int bottom =
        63 - IntStream.range(0, 64).filter(k -> width[63 - k] > 0).findFirst().orElseThrow();
    assertThat(width[top + 2]).isGreaterThan(8);
    assertThat(width[bottom - 2]).isLessThanOrEqualTo(8);
    // The notch: in the topmost row the middle is empty between the lobes.
    assertThat(heart[top * 64 + 32]).isZero();
  }

  @Test
  void neighbouringFactorValuesLookDifferent() {
    Sprites sprites = Sprites.standard(1);
    int[] cardinalities = sprites.cardinalities();
    for (int f = 0; f < 5; f++) {
      for (int v = 0; v + 1 < cardinalities[f]; v++) {
        int[] factors = {2, 0, 1, 5, 9};
        factors[f] = v;
        float[] here = sprites.render(factors);
        factors[f] = v + 1;
        assertThat(sprites.render(factors)).as("factor %d, value %d", f, v).isNotEqualTo(here);
      }
    }
  }

  @Test
  void fullHoldsEveryCombinationOnceLastFactorFastest() {
    Dataset data = Sprites.full(16, 2, 4, 3, 5);
    assertThat(data.size()).isEqualTo(3 * 2 * 4 * 3 * 5);
    int i = 0;
    for (int shape = 0; shape < 3; shape++) {
      for (int scale = 0; scale < 2; scale++) {
        for (int rotation = 0; rotation < 4; rotation++) {
          for (int x = 0; x < 3; x++) {
            for (int y = 0; y < 5; y++, i++) {
              int at = i;
              assertThat(data.annotations())
                  .extracting(a -> a.values()[at])
                  .containsExactly(shape, scale, rotation, x, y);
            }
          }
        }
      }
    }
  }

  @Test
  void storageDoesNotShowInTheBits() {
    Dataset drawn = Sprites.ofSize(19, 40).generate(8);
    float[] first = all(drawn);
    float[] again = all(drawn); // from the kept bits this time
    assertThat(again).isEqualTo(first);
    assertThat(drawn.fingerprint())
        .isEqualTo(ArrayDataset.of("x", Shape.of(1, 19, 19), first).fingerprint());
  }

  @Test
  void theWholeGridOfDSpritesNeedsNoMemoryForPictures() {
    Dataset data = Sprites.full(64, 6, 40, 32, 32);
    assertThat(data.size()).isEqualTo(737_280);
    float[] out = new float[2 * 64 * 64];
    data.read(new int[] {737_279, 0}, out);
    Sprites sprites = Sprites.standard(1);
    assertThat(Arrays.copyOf(out, 4096)).isEqualTo(sprites.render(2, 5, 39, 31, 31));
    assertThat(Arrays.copyOfRange(out, 4096, 8192)).isEqualTo(sprites.render(0, 0, 0, 0, 0));
  }

  @Test
  void refusesSettingsOutOfRange() {
    assertThatThrownBy(() -> Sprites.ofSize(15, 10))
        .isInstanceOf(UserException.class)
        .hasMessage("sprites: size is 15 but must be at least 16.");
    assertThatThrownBy(() -> Sprites.full(64, 100, 1000, 200, 200))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("fewer values");
    assertThatThrownBy(() -> Sprites.standard(1).render(0, 6, 0, 0, 0))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Sprites.standard(1).render(0, 0))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
