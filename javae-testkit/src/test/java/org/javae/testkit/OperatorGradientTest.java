package org.javae.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.javae.tensor.Autograd;
import org.javae.tensor.DType;
import org.javae.tensor.Rng;
import org.javae.tensor.Shape;
import org.javae.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Numerical gradients of every differentiable operator, and a check that no operator is missing:
 * one added to {@link Tensor} fails {@link #everyOperatorIsListed} until it stands in one of the
 * two lists here. Operators are named by their signature and called through it, so a row cannot
 * test another operator than it names.
 */
class OperatorGradientTest {
  /** Makers, predicates, piecewise constant functions and explicit leaves of differentiation. */
  private static final Set<String> NOT_DIFFERENTIABLE =
      Set.of(
          "of(float[],long[])",
          "ofPrefix(float[],long[])",
          "of(double[],long[])",
          "of(long[],long[])",
          "of(byte[],long[])",
          "indices(int[])",
          "scalar(double)",
          "zeros(long[])",
          "zeros(DType,long[])",
          "ones(long[])",
          "full(double,long[])",
          "zerosLike(Tensor)",
          "eye(long)",
          "arange(long)",
          "fromBytes(byte[],DType,long[])",
          "oneHot(int)",
          "sign()",
          "floor()",
          "round()",
          "isFinite()",
          "isNan()",
          "logicalNot()",
          "argmax(int)",
          "positions()",
          "gt(Tensor)",
          "gt(double)",
          "ge(Tensor)",
          "ge(double)",
          "lt(Tensor)",
          "lt(double)",
          "le(Tensor)",
          "le(double)",
          "eq(Tensor)",
          "eq(double)",
          "detach()",
          "copy()",
          "requireGrad()");

  /**
   * An argument that gradients are taken for, before {@code view} gives it the form the operator
   * wants.
   */
  record Leaf(Tensor point, UnaryOperator<Tensor> view) {
    Leaf as(UnaryOperator<Tensor> newView) {
      return new Leaf(point, newView);
    }
  }

  /**
   * An operator with its receiver (if any) and arguments; {@code read} makes one tensor of its
   * result.
   */
  record Operator(
      String signature, Function<List<Tensor>, Tensor> read, double epsilon, Object... arguments) {
    List<Leaf> leaves() {
      return Arrays.stream(arguments)
          .flatMap(a -> a instanceof List<?> l ? l.stream() : Stream.of(a))
          .filter(Leaf.class::isInstance)
          .map(Leaf.class::cast)
          .toList();
    }

    Tensor call(List<Tensor> points) {
      List<Leaf> leaves = leaves();
      Object[] values =
          Arrays.stream(arguments)
              .map(
                  a ->
                      a instanceof List<?> l
                          ? l.stream().map(e -> value(e, leaves, points)).toList()
                          : value(a, leaves, points))
              .toArray();
      Method m =
          operators().filter(o -> signatureOf(o).equals(signature)).findFirst().orElseThrow();
      boolean isStatic = Modifier.isStatic(m.getModifiers());
      try {
        Object result =
            m.invoke(
                isStatic ? null : values[0],
                isStatic ? values : Arrays.copyOfRange(values, 1, values.length));
        return read.apply(
            result instanceof List<?> l
                ? l.stream().map(Tensor.class::cast).toList()
                : List.of((Tensor) result));
      } catch (IllegalAccessException | InvocationTargetException e) {
        throw new AssertionError(signature + " failed", e);
      }
    }

    private static Object value(Object argument, List<Leaf> leaves, List<Tensor> points) {
      if (!(argument instanceof Leaf leaf)) {
        return argument == NONE ? null : argument;
      }
      for (int i = 0; i < leaves.size(); i++) {
        if (leaves.get(i) == leaf) {
          return leaf.view().apply(points.get(i));
        }
      }
      throw new IllegalStateException("a leaf that is no argument");
    }

    @Override
    public String toString() {
      return signature
          + leaves().stream().map(l -> " " + l.point().shape()).collect(Collectors.joining());
    }
  }

  private static final Object NONE = new Object();

  private static Operator op(String signature, Object... arguments) {
    return new Operator(signature, OperatorGradientTest::together, 1e-5, arguments);
  }

  private static Operator op(
      String signature, Function<List<Tensor>, Tensor> read, Object... arguments) {
    return new Operator(signature, read, 1e-5, arguments);
  }

  private static Tensor together(List<Tensor> results) {
    return results.size() == 1
        ? results.get(0)
        : Tensor.cat(results.stream().map(t -> t.reshape(-1)).toList(), 0);
  }

  /**
   * Distinct values over (−2, 2) in a scrambled order; seeds shift them, so that no kink or tie, of
   * one leaf or between two, lies within ε.
   */
  private static Leaf leaf(int seed, long... shape) {
    int n = Math.toIntExact(Shape.of(shape).numel());
    int[] order = Rng.of(seed).permutation(n);
    double[] x = new double[n];
    for (int i = 0; i < n; i++) {
      x[i] = -2 + 4 * (order[i] + 0.41 + 0.037 * seed) / n;
    }
    return new Leaf(Tensor.of(x, shape), UnaryOperator.identity());
  }

  private static Leaf between(double low, double high, int seed, long... shape) {
    Leaf l = leaf(seed, shape);
    return new Leaf(l.point().plus(2).times((high - low) / 4).plus(low), UnaryOperator.identity());
  }

  private static Leaf symmetric(int seed, long n) {
    return leaf(seed, n, n).as(x -> x.plus(x.t()));
  }

  private static Leaf positiveDefinite(int seed, long n) {
    return leaf(seed, n, n).as(x -> x.matmul(x.t()).plus(Tensor.eye(n).to(DType.FLOAT64)));
  }

  private static Leaf triangular(int seed, long n, boolean upper) {
    double[] mask = new double[(int) (n * n)];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        mask[(int) (i * n + j)] = (upper ? j >= i : j <= i) ? 1 : 0;
      }
    }
    return leaf(seed, n, n)
        .as(x -> x.times(Tensor.of(mask, n, n)).plus(Tensor.eye(n).to(DType.FLOAT64).times(3)));
  }

  private static Tensor bits(int n, long... shape) {
    byte[] b = new byte[n];
    for (int i = 0; i < n; i++) {
      b[i] = (byte) (i * 7 % 3 == 0 ? 1 : 0);
    }
    return Tensor.of(b, shape).to(DType.BOOL);
  }

  static List<Operator> differentiable() {
    List<Operator> ops = new ArrayList<>();
    for (String smooth :
        List.of(
            "neg",
            "abs",
            "exp",
            "expm1",
            "square",
            "sigmoid",
            "logSigmoid",
            "tanh",
            "relu",
            "softplus",
            "elu",
            "gelu",
            "silu",
            "erf",
            "sin",
            "cos")) {
      ops.add(op(smooth + "()", leaf(1, 2, 5)));
    }
    for (String positive : List.of("log", "log1p", "sqrt", "reciprocal", "lgamma", "digamma")) {
      ops.add(op(positive + "()", between(0.3, 4, 2, 2, 5)));
    }
    ops.add(op("erfinv()", between(-0.9, 0.9, 1, 2, 4)));

    // Arithmetic, with and without broadcasting.
    for (String binary : List.of("plus", "minus", "times", "maximum", "minimum", "logAddExp")) {
      ops.add(op(binary + "(Tensor)", leaf(1, 2, 3), leaf(2, 2, 3)));
      ops.add(op(binary + "(Tensor)", leaf(1, 1, 3), leaf(2, 2, 1)));
    }
    ops.add(op("div(Tensor)", leaf(1, 2, 3), between(0.5, 2, 2, 1, 3)));
    ops.add(op("plus(double)", leaf(1, 3), 1.5));
    ops.add(op("minus(double)", leaf(1, 3), 1.5));
    ops.add(op("times(double)", leaf(1, 3), 1.5));
    ops.add(op("div(double)", leaf(1, 3), 1.5));
    ops.add(op("pow(double)", between(0.3, 3, 1, 5), 2.5));
    ops.add(op("pow(double)", leaf(1, 5), 3.0));
    ops.add(op("leakyRelu(double)", leaf(1, 6), 0.2));
    ops.add(op("clamp(double,double)", leaf(1, 6), -1.0, 0.9));
    ops.add(op("lerp(Tensor,double)", leaf(1, 2, 3), leaf(2, 2, 3), 0.3));
    ops.add(op("lerp(Tensor,double)", leaf(1, 2, 3), leaf(2, 2, 3), 0.8));
    ops.add(op("crossEntropyWithLogits(Tensor)", leaf(1, 2, 3), between(0, 1, 2, 2, 3)));
    ops.add(op("crossEntropy(Tensor)", leaf(1, 3, 4), Tensor.indices(2, 0, 2)));
    ops.add(op("where(Tensor,Tensor,Tensor)", bits(6, 2, 3), leaf(1, 2, 3), leaf(2, 1, 3)));

    // Reductions.
    for (String whole : List.of("sum", "mean", "max", "min")) {
      ops.add(op(whole + "()", leaf(1, 2, 4)));
    }
    for (String along :
        List.of("sum", "mean", "max", "logSumExp", "cumsum", "sort", "softmax", "logSoftmax")) {
      ops.add(op(along + "(int)", leaf(1, 2, 4), 1));
      ops.add(op(along + "(int)", leaf(2, 2, 3, 2), -2));
    }
    ops.add(op("sumEvent()", leaf(1, 2, 3, 2)));
    ops.add(op("sumEvent()", leaf(1, 4)));
    ops.add(op("variance(int,int)", leaf(1, 2, 4), 1, 1));
    ops.add(op("variance(int,int)", leaf(1, 2, 4), 0, 0));

    // Shape.
    ops.add(op("reshape(long[])", leaf(1, 2, 6), new long[] {3, -1}));
    ops.add(op("flatten()", leaf(1, 2, 3, 2)));
    ops.add(op("transpose(int,int)", leaf(1, 2, 3, 2), 0, 2));
    ops.add(op("t()", leaf(1, 2, 3)));
    ops.add(op("permute(long[])", leaf(1, 2, 3, 2), new long[] {2, 0, 1}));
    ops.add(op("unsqueeze(int)", leaf(1, 2, 3), 1));
    ops.add(op("squeeze(int)", leaf(1, 2, 1, 3), 1));
    ops.add(op("expand(long[])", leaf(1, 2, 1), new long[] {3, -1, 4}));
    ops.add(op("repeatBatch(int)", leaf(1, 2, 3), 3));
    ops.add(op("narrow(int,long,long)", leaf(1, 2, 5), 1, 1L, 3L));
    ops.add(op("select(int,long)", leaf(1, 2, 5), 1, 4L));
    ops.add(op("indexSelect(int,Tensor)", leaf(1, 4, 2), 0, Tensor.indices(3, 0, 3)));
    ops.add(
        op("gather(int,Tensor)", leaf(1, 2, 4), 1, Tensor.of(new long[] {3, 0, 0, 1, 2, 2}, 2, 3)));
    ops.add(op("embedding(Tensor)", leaf(1, 4, 3), Tensor.of(new long[] {3, 0, 3, 1}, 2, 2)));
    ops.add(op("segmentSum(Tensor,long)", leaf(1, 4, 2), Tensor.indices(2, 0, 2, 1), 4L));
    ops.add(op("segmentSum(Tensor,long)", leaf(1, 4), Tensor.indices(1, 1, 0, 1), 2L));
    ops.add(op("chunk(int,int)", leaf(1, 2, 6), 3, 1));
    ops.add(op("cat(List,int)", List.of(leaf(1, 2, 3), leaf(2, 2, 2)), 1));
    ops.add(op("stack(List,int)", List.of(leaf(1, 2, 3), leaf(2, 2, 3)), 1));

    // Linear algebra. Eigenvectors and singular vectors are fixed up to sign: read through even
    // functions of them.
    ops.add(op("matmul(Tensor)", leaf(1, 2, 3), leaf(2, 3, 4)));
    ops.add(op("matmul(Tensor)", leaf(1, 2, 2, 3), leaf(2, 3, 2)));
    ops.add(op("linear(Tensor,Tensor)", leaf(1, 2, 3), leaf(2, 4, 3), leaf(3, 4)));
    ops.add(op("linear(Tensor,Tensor)", leaf(1, 2, 3), leaf(2, 4, 3), NONE));
    ops.add(
        op(
            "eigh()",
            r -> Tensor.cat(List.of(r.get(0).unsqueeze(0), r.get(1).square()), 0),
            symmetric(1, 4)));
    ops.add(
        op(
            "svd()",
            r ->
                Tensor.cat(
                    List.of(r.get(1).unsqueeze(0), r.get(0).square(), r.get(2).t().square()), 0),
            leaf(1, 4, 3)));
    ops.add(op("cholesky()", positiveDefinite(1, 3)));
    ops.add(op("solveTriangular(Tensor,boolean)", triangular(1, 3, false), leaf(2, 3, 2), false));
    ops.add(op("solveTriangular(Tensor,boolean)", triangular(1, 3, true), leaf(2, 3, 2), true));
    ops.add(op("inverse()", positiveDefinite(1, 3)));
    ops.add(op("logAbsDet()", positiveDefinite(2, 3)));
    ops.add(op("diag()", leaf(1, 3, 3)));
    ops.add(op("diag()", leaf(1, 3)));

    // Networks.
    ops.add(
        op(
            "conv2d(Tensor,Tensor,int,int)",
            leaf(1, 2, 2, 5, 4),
            leaf(2, 3, 2, 3, 3),
            leaf(3, 3),
            2,
            1));
    ops.add(
        op("conv2d(Tensor,Tensor,int,int)", leaf(1, 1, 2, 4, 4), leaf(2, 2, 2, 2, 2), NONE, 1, 0));
    ops.add(
        op(
            "conv2d(Tensor,Tensor,int,int,int)",
            leaf(1, 2, 2, 4, 5),
            leaf(2, 3, 2, 2, 3),
            leaf(3, 3),
            1,
            0,
            1));
    ops.add(
        op(
            "groupedConv2d(Tensor,Tensor,int,int,int)",
            leaf(1, 2, 4, 4, 3),
            leaf(2, 6, 2, 3, 3),
            leaf(3, 6),
            1,
            1,
            2));
    ops.add(
        op(
            "convTranspose2d(Tensor,Tensor,int,int,int,int)",
            leaf(1, 2, 2, 3, 2),
            leaf(2, 2, 3, 3, 3),
            leaf(3, 3),
            2,
            1,
            1,
            0));
    ops.add(op("groupNorm(int,Tensor,Tensor)", leaf(1, 2, 4, 2, 2), 2, leaf(2, 4), leaf(3, 4)));
    ops.add(
        op(
            "lstm(Tensor,Tensor,Tensor,Tensor,Tensor)",
            leaf(1, 2, 3, 2),
            leaf(2, 2, 2),
            leaf(3, 2, 2),
            leaf(4, 8, 2),
            leaf(5, 8, 2),
            leaf(6, 8)));
    ops.add(op("upsample(long,long)", leaf(1, 1, 2, 2, 3), 5L, 6L));

    // float32 in between: with steps of 2⁻⁶ from multiples of 2⁻⁶ nothing rounds.
    Leaf sixtyFourths = new Leaf(Tensor.of(new double[] {-1.25, 0.5, 0.015625}, 3), x -> x);
    ops.add(
        new Operator(
            "to(DType)", OperatorGradientTest::together, 0x1p-6, sixtyFourths, DType.FLOAT32));
    ops.add(op("cpu()", leaf(1, 3)));
    return ops;
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("differentiable")
  void automaticEqualsNumericalGradient(Operator o) {
    NumericalGradient.check(
        o::call, o.leaves().stream().map(Leaf::point).toList(), o.epsilon(), 1e-7);
  }

  @Test
  void everyOperatorIsListed() {
    Set<String> listed = new TreeSet<>(NOT_DIFFERENTIABLE);
    differentiable().forEach(o -> listed.add(o.signature()));
    Set<String> existing =
        operators()
            .map(OperatorGradientTest::signatureOf)
            .collect(Collectors.toCollection(TreeSet::new));
    Set<String> missing = new TreeSet<>(existing);
    missing.removeAll(listed);
    assertThat(missing)
        .as("operators of Tensor that are in neither list: add a gradient test")
        .isEmpty();
    listed.removeAll(existing);
    assertThat(listed).as("listed operators that Tensor does not have").isEmpty();
    assertThat(differentiable().stream().map(Operator::signature))
        .doesNotContainAnyElementsOf(NOT_DIFFERENTIABLE);
  }

  @Test
  void aWrongDerivativeIsFound() {
    Tensor x = leaf(1, 3).point();
    // detach() hides half of the derivative of x².
    assertThatThrownBy(
            () ->
                NumericalGradient.check(
                    t -> t.get(0).times(t.get(0).detach()), List.of(x), 1e-5, 1e-7))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("leaf 0 (3)")
        .hasMessageContaining("automatic");
    assertThatThrownBy(
            () -> NumericalGradient.check(t -> t.get(0).detach(), List.of(x), 1e-5, 1e-7))
        .isInstanceOf(AssertionError.class);
    assertThatThrownBy(
            () -> NumericalGradient.check(t -> t.get(0), List.of(Tensor.ones(2)), 1e-5, 1e-7))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("float64, not FLOAT32");
  }

  @Test
  void gradientsCanBeDifferentiatedAgain() {
    NumericalGradient.check(
        t -> {
          Tensor y = t.get(0).tanh().matmul(t.get(1)).softplus().sum();
          return Tensor.cat(Autograd.grad(y, t, true).stream().map(g -> g.reshape(-1)).toList(), 0);
        },
        List.of(leaf(1, 2, 3).point(), leaf(2, 3, 2).point()));
  }

  private static Stream<Method> operators() {
    return Arrays.stream(Tensor.class.getDeclaredMethods())
        .filter(m -> Modifier.isPublic(m.getModifiers()) && !m.isSynthetic())
        .filter(m -> m.getReturnType() == Tensor.class || m.getReturnType() == List.class);
  }

  private static String signatureOf(Method m) {
    return m.getName()
        + Arrays.stream(m.getParameterTypes())
            .map(Class::getSimpleName)
            .collect(Collectors.joining(",", "(", ")"));
  }
}
