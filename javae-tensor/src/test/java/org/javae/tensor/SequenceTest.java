package org.javae.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The operators on sequences of tokens, against loops written by hand. */
class SequenceTest {
  /** x, h₀, c₀, Wx, Wh and b. */
  private static List<Tensor> arguments(DType type, int batch, int time, int in, int units) {
    Rng r = Rng.of(3);
    List<Tensor> all = new ArrayList<>();
    for (long[] s :
        new long[][] {
          {batch, time, in}, {batch, units}, {batch, units}, {4L * units, in}, {4L * units, units}
        }) {
      all.add(r.normal(type, s).times(0.7));
    }
    all.add(r.normal(type, 4L * units));
    all.forEach(Tensor::requireGrad);
    return all;
  }

  /** The equations, a step at a time. */
  private static List<Tensor> byHand(List<Tensor> a) {
    Tensor x = a.get(0);
    Tensor h = a.get(1);
    Tensor c = a.get(2);
    List<Tensor> out = new ArrayList<>();
    for (int t = 0; t < x.size(1); t++) {
      List<Tensor> g =
          x.select(1, t)
              .linear(a.get(3), null)
              .plus(h.linear(a.get(4), null))
              .plus(a.get(5))
              .chunk(4, 1);
      c = g.get(1).sigmoid().times(c).plus(g.get(0).sigmoid().times(g.get(2).tanh()));
      h = g.get(3).sigmoid().times(c.tanh());
      out.add(h);
    }
    return List.of(Tensor.stack(out, 1), h, c);
  }

  private static List<Tensor> engine(List<Tensor> a) {
    return a.get(0).lstm(a.get(1), a.get(2), a.get(3), a.get(4), a.get(5));
  }

  /** One number in which every element of every result has a weight of its own. */
  private static Tensor read(List<Tensor> r) {
    Tensor sum = null;
    for (int i = 0; i < r.size(); i++) {
      Tensor w = Rng.of(5).split("w" + i).normal(r.get(i).dtype(), r.get(i).shape().toArray());
      Tensor s = r.get(i).times(w).sum();
      sum = sum == null ? s : sum.plus(s);
    }
    return sum;
  }

  /** float32 and float64 take different ways through the engine. */
  @ParameterizedTest
  @CsvSource({"FLOAT64,1e-12", "FLOAT32,2e-5"})
  void lstmAndItsGradientsAreThoseOfTheLoop(DType type, double tolerance) {
    for (int[] size : new int[][] {{3, 7, 4, 5}, {1, 1, 2, 3}, {32, 10, 52, 50}}) {
      List<Tensor> a = arguments(type, size[0], size[1], size[2], size[3]);
      List<Tensor> expected = byHand(a);
      List<Tensor> got = engine(a);
      for (int i = 0; i < 3; i++) {
        assertThat(got.get(i).shape()).isEqualTo(expected.get(i).shape());
        assertThat(got.get(i).toDoubles())
            .containsExactly(expected.get(i).toDoubles(), within(tolerance));
      }
      List<Tensor> g = Autograd.grad(read(got), a);
      List<Tensor> e = Autograd.grad(read(expected), a);
      for (int i = 0; i < a.size(); i++) {
        double scale = 1 + e.get(i).abs().max().item();
        assertThat(g.get(i).toDoubles())
            .as("gradient of argument %d", i)
            .containsExactly(e.get(i).toDoubles(), within(tolerance * scale));
      }
    }
  }

  /** What sampling a word at a time relies on. */
  @ParameterizedTest
  @CsvSource({"FLOAT64,1e-12", "FLOAT32,1e-6"})
  void aSequenceInTwoPartsIsTheWhole(DType type, double tolerance) {
    List<Tensor> a = arguments(type, 2, 6, 3, 4);
    Tensor whole = engine(a).get(0);
    Tensor x = a.get(0);
    List<Tensor> first = x.narrow(1, 0, 2).lstm(a.get(1), a.get(2), a.get(3), a.get(4), a.get(5));
    List<Tensor> second =
        x.narrow(1, 2, 4).lstm(first.get(1), first.get(2), a.get(3), a.get(4), a.get(5));
    assertThat(Tensor.cat(List.of(first.get(0), second.get(0)), 1).toDoubles())
        .containsExactly(whole.toDoubles(), within(tolerance));
  }

  @Test
  void lstmNamesItselfAndTheShapesThatDoNotFit() {
    List<Tensor> a = arguments(DType.FLOAT32, 2, 3, 4, 5);
    assertThatThrownBy(() -> a.get(0).lstm(a.get(1), a.get(2), a.get(4), a.get(4), a.get(5)))
        .isInstanceOf(EngineException.class)
        .hasMessageStartingWith("lstm of 2×3×4, 2×5, 2×5, 20×5, 20×5, 20: expected are");
    List<Tensor> d = arguments(DType.FLOAT64, 2, 3, 4, 5);
    assertThatThrownBy(() -> a.get(0).lstm(a.get(1), a.get(2), d.get(3), d.get(4), d.get(5)))
        .isInstanceOf(EngineException.class);
  }

  @Test
  void crossEntropyIsMinusTheLogSoftmaxOfTheClass() {
    Tensor x = Rng.of(1).normal(DType.FLOAT64, 6, 5).times(30);
    Tensor y = Tensor.indices(0, 4, 2, 2, 1, 3);
    assertThat(x.crossEntropy(y).toDoubles())
        .containsExactly(
            x.logSoftmax(1).gather(1, y.unsqueeze(1)).squeeze(1).neg().toDoubles(), within(1e-12));
    assertThatThrownBy(() -> x.crossEntropy(Tensor.indices(0, 1)))
        .isInstanceOf(EngineException.class)
        .hasMessageStartingWith("crossEntropy of 6×5, 2");
  }

  @Test
  void embeddingLooksUpRows() {
    Tensor table = Tensor.of(new float[] {1, 2, 3, 4, 5, 6}, 3, 2);
    Tensor e = table.embedding(Tensor.of(new long[] {2, 0, 0, 1}, 2, 2));
    assertThat(e.shape()).isEqualTo(Shape.of(2, 2, 2));
    assertThat(e.toFloats()).containsExactly(5, 6, 1, 2, 1, 2, 3, 4);
    assertThatThrownBy(() -> table.embedding(Tensor.indices(3)).toFloats())
        .isInstanceOf(EngineException.class)
        .hasMessageStartingWith("embedding of 3×2, 1");
  }

  @Test
  void segmentsAreSummedAndPositionsFound() {
    Tensor x = Tensor.of(new float[] {1, 2, 4, 8}, 4);
    assertThat(x.segmentSum(Tensor.indices(3, 0, 3, 1), 5).toFloats())
        .containsExactly(2, 8, 0, 5, 0);
    assertThat(Tensor.of(new float[] {0, 3, 0, 0, -1, 2}, 2, 3).positions().toLongs())
        .containsExactly(1, 4, 5);
    assertThat(Tensor.zeros(2, 2).positions().toLongs()).isEmpty();
  }
}
