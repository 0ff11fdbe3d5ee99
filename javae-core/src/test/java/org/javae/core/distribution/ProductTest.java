package org.javae.core.distribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.javae.core.distribution.Samples.column;
import static org.javae.core.distribution.Samples.row;

import java.util.List;
import org.javae.tensor.DType;
import org.javae.tensor.Rng;
import org.javae.tensor.Shape;
import org.javae.tensor.Tensor;
import org.junit.jupiter.api.Test;

class ProductTest {
  private final Normal real =
      new Normal(Tensor.of(new double[] {1, 2, 3, 4}, 2, 2), Tensor.zeros(DType.FLOAT64, 1, 1));
  private final Bernoulli binary = new Bernoulli(column(-30, 30));
  private final Categorical classes = new Categorical(row(0, 40, 0));
  private final Product table = new Product(List.of(real, binary, classes));

  @Test
  void partsTakeTheirColumns() {
    Tensor x = Tensor.of(new double[] {1, 1, 0, 0, 1, 0, 5, 4, 1, 0, 1, 0}, 2, 6);
    assertThat(table.widths()).containsExactly(2, 1, 3);
    assertThat(table.shape()).isEqualTo(Shape.of(2, 6));
    double c = -0.5 * Math.log(2 * Math.PI);
    assertThat(table.elementLogProb(x).toDoubles())
        .containsExactly(new double[] {c, c - 0.5, 0, 0, c - 2, c, 0, 0}, within(1e-12));
    assertThat(table.logProb(x).toDoubles())
        .containsExactly(new double[] {2 * c - 0.5, 2 * c - 2}, within(1e-12));
    assertThat(table.mean().toDoubles())
        .containsExactly(new double[] {1, 2, 0, 0, 1, 0, 3, 4, 1, 0, 1, 0}, within(1e-12));
  }

  @Test
  void samplesHaveAllColumnsEvenOfSharedParts() {
    Tensor x = table.sample(Rng.of(1), 2);
    assertThat(x.shape()).isEqualTo(Shape.of(4, 6));
    assertThat(x.narrow(1, 2, 4).toDoubles())
        .containsExactly(0, 0, 1, 0, 1, 0, 1, 0, 0, 0, 1, 0, 1, 0, 1, 0);
    assertThat(table.repeat(2).logProb(x).shape()).isEqualTo(Shape.of(4));
    // A part of batch one is drawn anew for each row.
    Normal shared = new Normal(row(0), row(0));
    Tensor y = new Product(List.of(shared, binary)).sample(Rng.of(2), 2).select(1, 0);
    assertThat(y.toDoubles()).doesNotHaveDuplicates();
  }

  @Test
  void partsMayHaveShapedEvents() {
    Categorical twoChoices = new Categorical(Tensor.zeros(DType.FLOAT64, 1, 2, 3));
    Product p = new Product(List.of(twoChoices, binary));
    Tensor x = p.sample(Rng.of(1));
    assertThat(p.widths()).containsExactly(6, 1);
    assertThat(p.elementLogProb(x).shape()).isEqualTo(Shape.of(2, 3));
    assertThat(p.elementLogProb(x).narrow(1, 0, 2).toDoubles())
        .containsExactly(
            new double[] {-Math.log(3), -Math.log(3), -Math.log(3), -Math.log(3)}, within(1e-14));
  }

  @Test
  void whatDoesNotFitIsRefused() {
    assertThatThrownBy(() -> table.logProb(Tensor.zeros(DType.FLOAT64, 2, 7)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("an observation of 7 columns does not fit a product of 6 columns [2, 1, 3]");
    assertThatThrownBy(() -> new Product(List.of())).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Product(List.of(real, new Bernoulli(column(1, 2, 3)))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("batches of 2 and 3");
  }
}
