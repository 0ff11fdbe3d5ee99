package org.javae.core.divergence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.javae.core.io.Json;
import org.javae.tensor.DType;
import org.javae.tensor.Rng;
import org.javae.tensor.Shape;
import org.javae.tensor.Tensor;
import org.javae.tensor.UserException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class KernelTest {
  @ParameterizedTest
  @ValueSource(strings = {"imq", "imq:2.5", "rbf", "rbf:3"})
  void textIsTheSameBack(String text) {
    Kernel k = Kernel.parse(" " + text);
    assertThat(k).hasToString(text);
    assertThat(Json.parse(Json.toString(k), "text", Kernel.class)).isEqualTo(k);
  }

  @ParameterizedTest
  @CsvSource({
    "rfb, did you mean rbf",
    "cubic, choose one of imq",
    "rbf:x, is not a positive number",
    "imq:0, is not a positive number",
    "imq:, is not a positive number",
    "rbf:Infinity, is not a positive number"
  })
  void otherTextIsRefused(String text, String because) {
    assertThatThrownBy(() -> Kernel.parse(text))
        .isInstanceOf(UserException.class)
        .hasMessageContaining(text)
        .hasMessageContaining(because);
  }

  @Test
  void valuesAreThoseOfTheFormula() {
    Tensor x = Tensor.of(new double[] {0, 0, 1, 2}, 2, 2);
    Tensor y = Tensor.of(new double[] {3, 4, 1, 2, 0, 1}, 3, 2);
    double[] squares = {25, 5, 1, 8, 0, 2};
    double[] rbf = Kernel.parse("rbf:2").between(x, y).toDoubles();
    double[] imq = Kernel.parse("imq:3").between(x, y).toDoubles();
    for (int i = 0; i < 6; i++) {
      assertThat(rbf[i]).isCloseTo(Math.exp(-squares[i] / 8), within(1e-14));
      double sum = 0;
      for (double s : new double[] {.1, .2, .5, 1, 2, 5, 10}) {
        sum += 3 * s / (3 * s + squares[i]);
      }
      assertThat(imq[i]).isCloseTo(sum, within(1e-13));
    }
  }

  @Test
  void theDefaultsFollowTheDimension() {
    assertThat(Kernel.IMQ.scale(5)).isEqualTo(10);
    assertThat(Kernel.RBF.scale(9)).isEqualTo(3);
    assertThat(Kernel.parse("imq:7").scale(5)).isEqualTo(7);
  }

  /** Far from the origin the product form would otherwise lose the small distances of float32. */
  @Test
  void distancesSurviveAnOffset() {
    Tensor x = Rng.of(1).normal(20, 3);
    Tensor y = Rng.of(2).normal(30, 3);
    Tensor near = Kernel.squaredDistances(x.to(DType.FLOAT64), y.to(DType.FLOAT64));
    Tensor far = Kernel.squaredDistances(x.plus(256), y.plus(256));
    assertThat(far.shape()).isEqualTo(Shape.of(20, 30));
    assertThat(far.toDoubles()).containsExactly(near.toDoubles(), within(2e-3));
  }
}
