package org.javae.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Values of the operators; their derivatives are checked in the test kit. */
class TensorTest {
  private static final double[] POINTS = {-2.5, -1, -0.3, 0.2, 0.7, 1.6, 3.5};

  record Unary(String name, UnaryOperator<Tensor> op, DoubleUnaryOperator f, boolean positive) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static Unary all(String name, UnaryOperator<Tensor> op, DoubleUnaryOperator f) {
    return new Unary(name, op, f, false);
  }

  private static Unary positive(String name, UnaryOperator<Tensor> op, DoubleUnaryOperator f) {
    return new Unary(name, op, f, true);
  }

  private static double sigmoid(double x) {
    return 1 / (1 + Math.exp(-x));
  }

  /** Maclaurin series. */
  private static double erf(double x) {
    double term = x;
    double sum = x;
    for (int n = 1; n < 100; n++) {
      term *= -x * x / n;
      sum += term / (2 * n + 1);
    }
    return 2 / Math.sqrt(Math.PI) * sum;
  }

  static Stream<Unary> unary() {
    return Stream.of(
        all("neg", Tensor::neg, x -> -x),
        all("abs", Tensor::abs, Math::abs),
        all("exp", Tensor::exp, Math::exp),
        all("expm1", Tensor::expm1, Math::expm1),
        all("square", Tensor::square, x -> x * x),
        all("reciprocal", Tensor::reciprocal, x -> 1 / x),
        all("sigmoid", Tensor::sigmoid, TensorTest::sigmoid),
        all("logSigmoid", Tensor::logSigmoid, x -> Math.log(sigmoid(x))),
        all("tanh", Tensor::tanh, Math::tanh),
        all("relu", Tensor::relu, x -> Math.max(0, x)),
        all("softplus", Tensor::softplus, x -> Math.log1p(Math.exp(x))),
        all("elu", Tensor::elu, x -> x >= 0 ? x : Math.expm1(x)),
        all("gelu", Tensor::gelu, x -> x * (1 + erf(x / Math.sqrt(2))) / 2),
        all("silu", Tensor::silu, x -> x * sigmoid(x)),
        all("sign", Tensor::sign, Math::signum),
        all("floor", Tensor::floor, Math::floor),
        all("round", Tensor::round, Math::rint),
        all("erf", Tensor::erf, TensorTest::erf),
        all("erfinv of erf", x -> x.erf().erfinv(), x -> x),
        all("sin", Tensor::sin, Math::sin),
        all("cos", Tensor::cos, Math::cos),
        all("leakyRelu", x -> x.leakyRelu(0.1), x -> x >= 0 ? x : 0.1 * x),
        all("clamp", x -> x.clamp(-0.5, 1), x -> Math.min(1, Math.max(-0.5, x))),
        all("pow 3", x -> x.pow(3), x -> x * x * x),
        positive("log", Tensor::log, Math::log),
        positive("log1p", Tensor::log1p, Math::log1p),
        positive("sqrt", Tensor::sqrt, Math::sqrt),
        // Γ(x + 1) = x Γ(x), with Γ(1) = 1, up to ln Γ itself at 4 = ln 6.
        positive("lgamma", x -> x.plus(1).lgamma().minus(x.lgamma()), Math::log),
        positive("digamma", x -> x.plus(1).digamma().minus(x.digamma()), x -> 1 / x));
  }

  @ParameterizedTest
  @MethodSource("unary")
  void unaryOperatorsHaveTheirValues(Unary u) {
    double[] x = Arrays.stream(POINTS).filter(v -> !u.positive() || v > 0).toArray();
    assertThat(u.op().apply(Tensor.of(x, x.length)).toDoubles())
        .containsExactly(Arrays.stream(x).map(u.f()).toArray(), within(1e-9));
  }

  @Test
  void gammaAndItsDerivativeAtKnownPoints() {
    assertThat(Tensor.of(new double[] {4}, 1).lgamma().item())
        .isCloseTo(Math.log(6), within(1e-13));
    assertThat(Tensor.of(new double[] {1}, 1).digamma().item())
        .isCloseTo(-0.5772156649015329, within(1e-13));
  }

  @Test
  void binaryOperatorsBroadcast() {
    Tensor x = Tensor.of(new double[] {1, 2, 3, 4}, 2, 2);
    Tensor y = Tensor.of(new double[] {2, 5}, 1, 2);
    assertThat(x.plus(y).toDoubles()).containsExactly(3, 7, 5, 9);
    assertThat(x.minus(y).toDoubles()).containsExactly(-1, -3, 1, -1);
    assertThat(x.times(y).toDoubles()).containsExactly(2, 10, 6, 20);
    assertThat(x.div(y).toDoubles()).containsExactly(0.5, 0.4, 1.5, 0.8);
    assertThat(x.maximum(y).toDoubles()).containsExactly(2, 5, 3, 5);
    assertThat(x.minimum(y).toDoubles()).containsExactly(1, 2, 2, 4);
    assertThat(x.logAddExp(y).exp().toDoubles())
        .containsExactly(x.exp().plus(y.exp()).toDoubles(), within(1e-9));
    assertThat(
            Tensor.of(new double[] {1000}, 1).logAddExp(Tensor.of(new double[] {1000}, 1)).item())
        .isCloseTo(1000 + Math.log(2), within(1e-12));
    assertThat(x.lerp(y.expand(2, 2), 0.25).toDoubles()).containsExactly(1.25, 2.75, 2.75, 4.25);
    assertThat(x.gt(y).toLongs()).containsExactly(0, 0, 1, 0);
    assertThat(x.ge(3).toLongs()).containsExactly(0, 0, 1, 1);
    assertThat(x.lt(3).toLongs()).containsExactly(1, 1, 0, 0);
    assertThat(x.le(3).toLongs()).containsExactly(1, 1, 1, 0);
    assertThat(x.eq(3).logicalNot().toLongs()).containsExactly(1, 1, 0, 1);
    assertThat(Tensor.where(x.gt(2), x, y).toDoubles()).containsExactly(2, 5, 3, 4);
  }

  @Test
  void crossEntropyIsExactForLargeLogits() {
    Tensor l = Tensor.of(new float[] {60, -60, 60, 0}, 4);
    Tensor y = Tensor.of(new float[] {1, 1, 0, 0.5f}, 4);
    double[] h = l.crossEntropyWithLogits(y).toDoubles();
    assertThat(h[0]).isBetween(0.0, 1e-20);
    assertThat(h).containsSequence(60, 60);
    assertThat(h[3]).isCloseTo(Math.log(2), within(1e-7));
  }

  @Test
  void reductionsKeepWhatTheySay() {
    Tensor x = Tensor.of(new double[] {1, 5, 3, 2, 8, 4}, 2, 3);
    assertThat(x.sum().item()).isEqualTo(23);
    assertThat(x.sum(1).toDoubles()).containsExactly(9, 14);
    assertThat(x.sum(-2).toDoubles()).containsExactly(3, 13, 7);
    assertThat(x.mean(0).toDoubles()).containsExactly(1.5, 6.5, 3.5);
    assertThat(x.variance(0, 1).toDoubles()).containsExactly(0.5, 4.5, 0.5);
    assertThat(x.variance(0, 0).toDoubles()).containsExactly(0.25, 2.25, 0.25);
    assertThat(x.max().item()).isEqualTo(8);
    assertThat(x.min().item()).isEqualTo(1);
    assertThat(x.max(1).toDoubles()).containsExactly(5, 8);
    assertThat(x.argmax(1).toLongs()).containsExactly(1, 1);
    assertThat(x.cumsum(1).toDoubles()).containsExactly(1, 6, 9, 2, 10, 14);
    assertThat(x.sort(1).toDoubles()).containsExactly(1, 3, 5, 2, 4, 8);
    assertThat(x.softmax(1).sum(1).toDoubles()).containsExactly(new double[] {1, 1}, within(1e-15));
    assertThat(x.logSumExp(1).toDoubles())
        .containsExactly(x.exp().sum(1).log().toDoubles(), within(1e-14));
    assertThat(x.logSoftmax(1).exp().toDoubles())
        .containsExactly(x.softmax(1).toDoubles(), within(1e-15));
    Tensor image = x.reshape(1, 2, 3, 1).repeatBatch(2);
    assertThat(image.sumEvent().toDoubles()).containsExactly(23, 23);
    assertThat(x.select(0, 0).sumEvent().toDoubles()).containsExactly(1, 5, 3);
  }

  @Test
  void shapesMove() {
    Tensor x = Tensor.of(new double[] {1, 2, 3, 4, 5, 6}, 2, 3);
    assertThat(x.t().toDoubles()).containsExactly(1, 4, 2, 5, 3, 6);
    assertThat(x.repeatBatch(2).shape()).isEqualTo(Shape.of(4, 3));
    assertThat(x.repeatBatch(2).toDoubles()).containsExactly(1, 2, 3, 4, 5, 6, 1, 2, 3, 4, 5, 6);
    assertThat(x.chunk(3, 1).get(2).toDoubles()).containsExactly(3, 6);
    assertThat(x.narrow(1, 1, 2).toDoubles()).containsExactly(2, 3, 5, 6);
    assertThat(x.indexSelect(0, Tensor.indices(1, 1)).toDoubles())
        .containsExactly(4, 5, 6, 4, 5, 6);
    assertThat(x.gather(1, Tensor.of(new long[] {2, 0}, 2, 1)).toDoubles()).containsExactly(3, 4);
    assertThat(Tensor.indices(2, 0).oneHot(3).toDoubles()).containsExactly(0, 0, 1, 1, 0, 0);
    assertThat(Tensor.cat(List.of(x, x), 1).shape()).isEqualTo(Shape.of(2, 6));
    assertThat(Tensor.stack(List.of(x, x), 0).shape()).isEqualTo(Shape.of(2, 2, 3));
    assertThat(x.reshape(1, 2, 3).permute(2, 0, 1).shape()).isEqualTo(Shape.of(3, 1, 2));
    assertThat(x.reshape(1, 2, 3).flatten().shape()).isEqualTo(Shape.of(1, 6));
    assertThat(Tensor.arange(3).toLongs()).containsExactly(0, 1, 2);
  }

  @Test
  void linearAlgebraSolvesWhatItSays() {
    Tensor a = Tensor.of(new double[] {4, 1, 1, 3}, 2, 2);
    Tensor b = Tensor.of(new double[] {1, 2}, 2, 1);
    Tensor l = a.cholesky();
    assertThat(l.matmul(l.t()).toDoubles()).containsExactly(a.toDoubles(), within(1e-14));
    assertThat(l.matmul(l.solveTriangular(b, false)).toDoubles())
        .containsExactly(b.toDoubles(), within(1e-14));
    assertThat(a.matmul(a.inverse()).toDoubles())
        .containsExactly(new double[] {1, 0, 0, 1}, within(1e-14));
    assertThat(a.logAbsDet().item()).isCloseTo(Math.log(11), within(1e-14));
    List<Tensor> s = a.svd();
    assertThat(s.get(0).matmul(s.get(1).diag()).matmul(s.get(2)).toDoubles())
        .containsExactly(a.toDoubles(), within(1e-14));
    List<Tensor> e = a.eigh();
    assertThat(e.get(0).toDoubles())
        .containsExactly(
            new double[] {(7 - Math.sqrt(5)) / 2, (7 + Math.sqrt(5)) / 2}, within(1e-14));
    assertThat(b.t().linear(a, b.select(1, 0)).toDoubles()).containsExactly(7, 9);
  }

  @Test
  void convolutionByHand() {
    Tensor x = Tensor.of(new double[] {1, 2, 3, 4, 5, 6, 7, 8, 9}, 1, 1, 3, 3);
    Tensor w = Tensor.of(new double[] {1, 0, 0, -1}, 1, 1, 2, 2);
    Tensor b = Tensor.of(new double[] {10}, 1);
    assertThat(x.conv2d(w, null, 1, 0).toDoubles()).containsExactly(-4, -4, -4, -4);
    assertThat(x.conv2d(w, b, 2, 1).toDoubles()).containsExactly(9, 7, 3, 6);
    // The transpose of a linear map: ⟨conv(x), y⟩ = ⟨x, convᵀ(y)⟩.
    Tensor y = Tensor.of(new double[] {3, -1, 2, 5}, 1, 1, 2, 2);
    assertThat(x.conv2d(w, null, 2, 1).times(y).sum().item())
        .isEqualTo(x.times(y.convTranspose2d(w, null, 2, 1, 1, 1)).sum().item());
    assertThat(x.upsample(6, 6).sum().item()).isEqualTo(4 * 45);
    Tensor n = x.groupNorm(1, null, null);
    assertThat(n.mean().item()).isCloseTo(0, within(1e-12));
    assertThat(n.square().mean().item()).isCloseTo(1, within(1e-5));
  }

  @Test
  void inPlaceOperationsChangeValuesOutsideDifferentiation() {
    Tensor x = Tensor.of(new double[] {1, 2}, 2).requireGrad();
    Tensor y = Tensor.of(new double[] {10, 20}, 2);
    x.addInPlace(y, 0.5);
    assertThat(x.toDoubles()).containsExactly(6, 12);
    x.scaleInPlace(0.5);
    assertThat(x.toDoubles()).containsExactly(3, 6);
    x.lerpInPlace(y, 0.5);
    assertThat(x.toDoubles()).containsExactly(6.5, 13);
    x.copyFromInPlace(y);
    assertThat(x.toDoubles()).containsExactly(10, 20);
    x.fillInPlace(3);
    assertThat(x.toDoubles()).containsExactly(3, 3);
    assertThat(x.requiresGrad()).isTrue();
    assertThat(Autograd.grad(x.square().sum(), List.of(x)).get(0).toDoubles())
        .containsExactly(6, 6);
  }

  @Test
  void differentiationEndsWhereAsked() {
    Tensor x = Tensor.of(new double[] {2}, 1).requireGrad();
    Tensor unused = Tensor.of(new double[] {1, 1}, 2).requireGrad();
    assertThat(x.times(x.detach()).requiresGrad()).isTrue();
    List<Tensor> g = Autograd.grad(x.times(x.detach()).sum(), List.of(x, unused));
    assertThat(g.get(0).item()).isEqualTo(2);
    assertThat(g.get(1).toDoubles()).containsExactly(0, 0);
    assertThat(x.copy().requiresGrad()).isFalse();
    assertThat(Autograd.off(() -> x.plus(1)).requiresGrad()).isFalse();
    assertThatThrownBy(() -> Autograd.off(() -> failing())).isInstanceOf(ArithmeticException.class);
    assertThat(x.plus(1).requiresGrad()).isTrue();
    Tensor first = Autograd.grad(x.pow(3).sum(), List.of(x), true).get(0);
    assertThat(Autograd.grad(first.sum(), List.of(x)).get(0).item()).isEqualTo(12);
  }

  private static Tensor failing() {
    throw new ArithmeticException("on purpose");
  }

  @Test
  void finitenessIsSeen() {
    Tensor x = Tensor.of(new float[] {1, Float.NaN, Float.POSITIVE_INFINITY}, 3);
    assertThat(x.isFinite().toLongs()).containsExactly(1, 0, 0);
    assertThat(x.isNan().toLongs()).containsExactly(0, 1, 0);
    assertThat(x.allFinite()).isFalse();
    assertThat(x.narrow(0, 0, 1).allFinite()).isTrue();
  }

  @Test
  void bytesAndTypesGoRoundAndBack() {
    Tensor x = Tensor.of(new float[] {1.5f, -2, 0.1f}, 3);
    assertThat(Tensor.fromBytes(x.toBytes(), DType.FLOAT32, 3).toFloats()).isEqualTo(x.toFloats());
    assertThat(x.to(DType.INT64).toLongs()).containsExactly(1, -2, 0);
    for (DType type : DType.values()) {
      assertThat(x.to(type).dtype()).isEqualTo(type);
      assertThat(x.to(type).toBytes()).hasSize(3 * type.bytes());
    }
    assertThat(Tensor.of(new byte[] {1, (byte) 200}, 2).toLongs()).containsExactly(1, 200);
    assertThat(Tensor.ofPrefix(new float[] {1, 2, 3, 4}, 2).toFloats()).containsExactly(1, 2);
  }

  @Test
  void tensorsWithoutElementsAreTensors() {
    for (Tensor t :
        List.of(
            Tensor.of(new float[0], 0, 3),
            Tensor.of(new double[0], 0, 3),
            Tensor.of(new long[0], 0, 3),
            Tensor.of(new byte[0], 0, 3),
            Tensor.ofPrefix(new float[2], 0, 3),
            Tensor.fromBytes(new byte[0], DType.BOOL, 0, 3))) {
      assertThat(t.shape()).isEqualTo(Shape.of(0, 3));
      assertThat(t.toFloats()).isEmpty();
      assertThat(t.toDoubles()).isEmpty();
      assertThat(t.toLongs()).isEmpty();
      assertThat(t.toBytes()).isEmpty();
      assertThat(t.to(DType.FLOAT32).sum(0).toFloats()).containsExactly(0, 0, 0);
    }
  }

  @Test
  void mistakesAreShortAndNameTheirPlace() {
    assertThatThrownBy(() -> Tensor.ones(2).item())
        .isInstanceOf(EngineException.class)
        .hasMessage("item of 2: there is not exactly one element");
    assertThatThrownBy(() -> Tensor.arange(3).requireGrad())
        .isInstanceOf(EngineException.class)
        .hasMessageStartingWith("requireGrad of 3: ")
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n"));
    assertThatThrownBy(() -> Tensor.ones(2, 3).plus(Tensor.ones(4)))
        .isInstanceOf(EngineException.class)
        .hasMessageStartingWith("plus of 2×3, 4: ")
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n"));
    assertThatThrownBy(() -> Autograd.grad(Tensor.ones(), List.of(Tensor.ones(2))))
        .isInstanceOf(EngineException.class)
        .hasMessageStartingWith("gradient of scalar: ")
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n"));
    assertThatThrownBy(() -> Tensor.of(new float[3], 2, 2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("3 values do not fill shape 2×2");
    assertThatThrownBy(() -> Tensor.fromBytes(new byte[7], DType.FLOAT32, 2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("7 bytes do not fill FLOAT32 of shape 2");
    assertThatThrownBy(() -> Tensor.ones(2).matmul(Tensor.ones(3)))
        .isInstanceOfSatisfying(
            EngineException.class,
            e -> assertThat(e.at("layer 3")).hasMessageStartingWith("layer 3: matmul of 2, 3: "));
  }
}
