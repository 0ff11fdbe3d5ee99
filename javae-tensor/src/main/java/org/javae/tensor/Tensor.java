package org.javae.tensor;

import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarOptional;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.T_TensorTensorTensor_T;
import org.bytedeco.pytorch.T_TensorTensor_T;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * An n-dimensional array in native memory, with operators that broadcast and differentiate.
 * Operations leave their arguments as they are, except those whose name ends in {@code InPlace}.
 * Memory is governed by {@link Scope}.
 *
 * <p>Every operation throws {@link EngineException} naming itself and the shapes if these do not
 * fit, and {@link IllegalStateException} if an argument has been freed with its scope.
 */
public final class Tensor {
  static {
    Engine.start();
  }

  /** LibTorch's number for losses that are neither summed nor averaged. */
  private static final long NO_REDUCTION = 0;

  /** LibTorch's default of a class whose loss would be left out; classes are never negative. */
  private static final long NOT_IGNORED = -100;

  private final org.bytedeco.pytorch.Tensor raw;
  private final String origin;
  private final Shape shape;

  private Tensor(String origin, org.bytedeco.pytorch.Tensor raw) {
    this.raw = raw;
    this.origin = origin;
    long[] s = new long[(int) raw.dim()];
    for (int i = 0; i < s.length; i++) {
      s[i] = raw.size(i);
    }
    this.shape = Shape.of(s);
  }

  static Tensor wrap(String origin, org.bytedeco.pytorch.Tensor raw) {
    return new Tensor(origin, raw);
  }

  static Tensor op(String name, Supplier<org.bytedeco.pytorch.Tensor> f, Tensor... args) {
    try {
      return new Tensor(name, f.get());
    } catch (EngineException | IllegalStateException e) {
      throw e;
    } catch (RuntimeException e) {
      throw EngineException.shortened(name, e, args);
    }
  }

  /**
   * A handle of its own on an element of a tuple or vector. What these hand out points into them
   * and would die with them: when their scope closes or when they are collected.
   */
  static org.bytedeco.pytorch.Tensor own(org.bytedeco.pytorch.Tensor element, Pointer owner) {
    org.bytedeco.pytorch.Tensor t = new org.bytedeco.pytorch.Tensor(element);
    Reference.reachabilityFence(owner);
    return t;
  }

  private static org.bytedeco.pytorch.Tensor first(T_TensorTensor_T pair) {
    return own(pair.get0(), pair);
  }

  org.bytedeco.pytorch.Tensor raw() {
    if (raw.isNull()) {
      throw new IllegalStateException(
          "the result of '"
              + origin
              + "' of shape "
              + shape
              + " was freed when its Scope closed; return it from Scope.run to keep it");
    }
    return raw;
  }

  void keep(PointerScope outer) {
    raw();
    if (outer == null) {
      raw.retainReference();
    } else {
      outer.attach(raw);
    }
  }

  static org.bytedeco.pytorch.Tensor[] raws(List<Tensor> ts) {
    org.bytedeco.pytorch.Tensor[] r = new org.bytedeco.pytorch.Tensor[ts.size()];
    for (int i = 0; i < r.length; i++) {
      r[i] = ts.get(i).raw();
    }
    return r;
  }

  private static TensorOptions options(DType t) {
    TensorOptions o = new TensorOptions(t.raw);
    return o;
  }

  // ---- making
  // ----------------------------------------------------------------------------------------------------

  /** Copies {@code values} (row-major) into a new float32 tensor. */
  public static Tensor of(float[] values, long... shape) {
    Tensor t = empty(DType.FLOAT32, checked(values.length, shape));
    if (t.numel() > 0) {
      new FloatPointer(t.raw.data_ptr()).put(values, 0, values.length);
    }
    return t.toDevice();
  }

  /** Copies the first {@code prod(shape)} of {@code values} into a new float32 tensor. */
  public static Tensor ofPrefix(float[] values, long... shape) {
    Tensor t = empty(DType.FLOAT32, shape);
    if (t.numel() > 0) {
      new FloatPointer(t.raw.data_ptr()).put(values, 0, (int) t.numel());
    }
    return t.toDevice();
  }

  /** Copies {@code values} (row-major) into a new float64 tensor. */
  public static Tensor of(double[] values, long... shape) {
    Tensor t = empty(DType.FLOAT64, checked(values.length, shape));
    if (t.numel() > 0) {
      new DoublePointer(t.raw.data_ptr()).put(values, 0, values.length);
    }
    return t.toDevice();
  }

  /** Copies {@code values} into a new int64 tensor. */
  public static Tensor of(long[] values, long... shape) {
    Tensor t = empty(DType.INT64, checked(values.length, shape));
    if (t.numel() > 0) {
      new LongPointer(t.raw.data_ptr()).put(values, 0, values.length);
    }
    return t.toDevice();
  }

  /** Copies {@code values} into a new int64 tensor of one dimension. */
  public static Tensor indices(int... values) {
    return of(Arrays.stream(values).asLongStream().toArray(), values.length);
  }

  /** Copies {@code values} into a new uint8 tensor. */
  public static Tensor of(byte[] values, long... shape) {
    Tensor t = empty(DType.UINT8, checked(values.length, shape));
    if (t.numel() > 0) {
      new BytePointer(t.raw.data_ptr()).put(values, 0, values.length);
    }
    return t;
  }

  /** A float32 scalar. */
  public static Tensor scalar(double value) {
    return full(value);
  }

  private static long[] checked(int n, long[] shape) {
    if (Shape.of(shape).numel() != n) {
      throw new IllegalArgumentException(n + " values do not fill shape " + Shape.of(shape));
    }
    return shape;
  }

  private static Tensor empty(DType type, long... shape) {
    return op(
        "empty",
        () -> torch.empty(shape, options(type), new org.bytedeco.pytorch.MemoryFormatOptional()));
  }

  /** Zeros, float32. */
  public static Tensor zeros(long... shape) {
    return zeros(DType.FLOAT32, shape);
  }

  /** Zeros. */
  public static Tensor zeros(DType type, long... shape) {
    return op("zeros", () -> torch.zeros(shape, options(type))).toDevice();
  }

  /** Ones, float32. */
  public static Tensor ones(long... shape) {
    return full(1, shape);
  }

  /** One value everywhere, float32. */
  public static Tensor full(double value, long... shape) {
    return op("full", () -> torch.full(shape, new Scalar(value), options(DType.FLOAT32)))
        .toDevice();
  }

  /** Zeros of the same shape, type and device. */
  public static Tensor zerosLike(Tensor t) {
    return op("zeros", () -> torch.zeros_like(t.raw()).detach(), t);
  }

  /** Identity matrix, float32. */
  public static Tensor eye(long n) {
    return op("eye", () -> torch.eye(n, options(DType.FLOAT32))).toDevice();
  }

  /** 0, 1, …, n − 1 as int64. */
  public static Tensor arange(long n) {
    return op("arange", () -> torch.arange(new Scalar(n), options(DType.INT64))).toDevice();
  }

  /** Joins along an existing dimension. */
  public static Tensor cat(List<Tensor> parts, int dim) {
    return op(
        "cat", () -> torch.cat(new TensorVector(raws(parts)), dim), parts.toArray(new Tensor[0]));
  }

  /** Joins along a new dimension. */
  public static Tensor stack(List<Tensor> parts, int dim) {
    return op(
        "stack",
        () -> torch.stack(new TensorVector(raws(parts)), dim),
        parts.toArray(new Tensor[0]));
  }

  /** {@code a} where the condition holds, else {@code b}. */
  public static Tensor where(Tensor condition, Tensor a, Tensor b) {
    return op("where", () -> torch.where(condition.raw(), a.raw(), b.raw()), condition, a, b);
  }

  // ---- element by element
  // ----------------------------------------------------------------------------------------

  /** −x, element by element. */
  public Tensor neg() {
    return op("neg", () -> torch.neg(raw()), this);
  }

  /** |x|, element by element. */
  public Tensor abs() {
    return op("abs", () -> torch.abs(raw()), this);
  }

  /** eˣ, element by element. */
  public Tensor exp() {
    return op("exp", () -> torch.exp(raw()), this);
  }

  /** natural logarithm, element by element. */
  public Tensor log() {
    return op("log", () -> torch.log(raw()), this);
  }

  /** ln(1 + x), element by element. */
  public Tensor log1p() {
    return op("log1p", () -> torch.log1p(raw()), this);
  }

  /** eˣ − 1, element by element. */
  public Tensor expm1() {
    return op("expm1", () -> torch.expm1(raw()), this);
  }

  /** √x, element by element. */
  public Tensor sqrt() {
    return op("sqrt", () -> torch.sqrt(raw()), this);
  }

  /** x², element by element. */
  public Tensor square() {
    return op("square", () -> torch.square(raw()), this);
  }

  /** 1/x, element by element. */
  public Tensor reciprocal() {
    return op("reciprocal", () -> torch.reciprocal(raw()), this);
  }

  /** 1/(1 + e⁻ˣ), element by element. */
  public Tensor sigmoid() {
    return op("sigmoid", () -> torch.sigmoid(raw()), this);
  }

  /** ln sigmoid(x), element by element. */
  public Tensor logSigmoid() {
    return op("logSigmoid", () -> torch.log_sigmoid(raw()), this);
  }

  /** tanh x, element by element. */
  public Tensor tanh() {
    return op("tanh", () -> torch.tanh(raw()), this);
  }

  /** max(0, x), element by element. */
  public Tensor relu() {
    return op("relu", () -> torch.relu(raw()), this);
  }

  /** ln(1 + eˣ), element by element. */
  public Tensor softplus() {
    return op("softplus", () -> torch.softplus(raw()), this);
  }

  /** x if x ≥ 0, else eˣ − 1, element by element. */
  public Tensor elu() {
    return op("elu", () -> torch.elu(raw()), this);
  }

  /** x Φ(x), element by element. */
  public Tensor gelu() {
    return op("gelu", () -> torch.gelu(raw()), this);
  }

  /** x sigmoid(x), element by element. */
  public Tensor silu() {
    return op("silu", () -> torch.silu(raw()), this);
  }

  /** sign of x, element by element. */
  public Tensor sign() {
    return op("sign", () -> torch.sign(raw()), this);
  }

  /** largest whole number ≤ x, element by element. */
  public Tensor floor() {
    return op("floor", () -> torch.floor(raw()), this);
  }

  /** nearest whole number, element by element. */
  public Tensor round() {
    return op("round", () -> torch.round(raw()), this);
  }

  /** error function, element by element. */
  public Tensor erf() {
    return op("erf", () -> torch.erf(raw()), this);
  }

  /** inverse error function, element by element. */
  public Tensor erfinv() {
    return op("erfinv", () -> torch.erfinv(raw()), this);
  }

  /** ln |Γ(x)|, element by element. */
  public Tensor lgamma() {
    return op("lgamma", () -> torch.lgamma(raw()), this);
  }

  /** ψ(x), element by element. */
  public Tensor digamma() {
    return op("digamma", () -> torch.digamma(raw()), this);
  }

  /** sine, element by element. */
  public Tensor sin() {
    return op("sin", () -> torch.sin(raw()), this);
  }

  /** cosine, element by element. */
  public Tensor cos() {
    return op("cos", () -> torch.cos(raw()), this);
  }

  /** true where neither infinite nor NaN, element by element. */
  public Tensor isFinite() {
    return op("isFinite", () -> torch.isfinite(raw()), this);
  }

  /** true where NaN, element by element. */
  public Tensor isNan() {
    return op("isNan", () -> torch.isnan(raw()), this);
  }

  /** not x, element by element. */
  public Tensor logicalNot() {
    return op("logicalNot", () -> torch.logical_not(raw()), this);
  }

  /** x + y. */
  public Tensor plus(Tensor y) {
    return op("plus", () -> torch.add(raw(), y.raw()), this, y);
  }

  /** x + y. */
  public Tensor plus(double y) {
    return op("plus", () -> raw().add(new Scalar(y)), this);
  }

  /** x − y. */
  public Tensor minus(Tensor y) {
    return op("minus", () -> torch.sub(raw(), y.raw()), this, y);
  }

  /** x − y. */
  public Tensor minus(double y) {
    return op("minus", () -> raw().sub(new Scalar(y)), this);
  }

  /** x y. */
  public Tensor times(Tensor y) {
    return op("times", () -> torch.mul(raw(), y.raw()), this, y);
  }

  /** x y. */
  public Tensor times(double y) {
    return op("times", () -> raw().mul(new Scalar(y)), this);
  }

  /** x / y. */
  public Tensor div(Tensor y) {
    return op("div", () -> torch.div(raw(), y.raw()), this, y);
  }

  /** x / y. */
  public Tensor div(double y) {
    return op("div", () -> raw().div(new Scalar(y)), this);
  }

  /** True where x > y. */
  public Tensor gt(Tensor y) {
    return op("gt", () -> torch.gt(raw(), y.raw()), this, y);
  }

  /** True where x > y. */
  public Tensor gt(double y) {
    return op("gt", () -> torch.gt(raw(), new Scalar(y)), this);
  }

  /** True where x ≥ y. */
  public Tensor ge(Tensor y) {
    return op("ge", () -> torch.ge(raw(), y.raw()), this, y);
  }

  /** True where x ≥ y. */
  public Tensor ge(double y) {
    return op("ge", () -> torch.ge(raw(), new Scalar(y)), this);
  }

  /** True where {@code x < y}. */
  public Tensor lt(Tensor y) {
    return op("lt", () -> torch.lt(raw(), y.raw()), this, y);
  }

  /** True where {@code x < y}. */
  public Tensor lt(double y) {
    return op("lt", () -> torch.lt(raw(), new Scalar(y)), this);
  }

  /** True where x ≤ y. */
  public Tensor le(Tensor y) {
    return op("le", () -> torch.le(raw(), y.raw()), this, y);
  }

  /** True where x ≤ y. */
  public Tensor le(double y) {
    return op("le", () -> torch.le(raw(), new Scalar(y)), this);
  }

  /** True where x = y. */
  public Tensor eq(Tensor y) {
    return op("eq", () -> torch.eq(raw(), y.raw()), this, y);
  }

  /** True where x = y. */
  public Tensor eq(double y) {
    return op("eq", () -> torch.eq(raw(), new Scalar(y)), this);
  }

  /** The power xʸ. */
  public Tensor pow(double y) {
    return op("pow", () -> raw().pow(new Scalar(y)), this);
  }

  /** x if x ≥ 0, else slope · x. */
  public Tensor leakyRelu(double slope) {
    return op("leakyRelu", () -> torch.leaky_relu(raw(), new Scalar(slope)), this);
  }

  /** Limits to [min, max]. */
  public Tensor clamp(double min, double max) {
    return op(
        "clamp",
        () ->
            torch.clamp(
                raw(), new ScalarOptional(new Scalar(min)), new ScalarOptional(new Scalar(max))),
        this);
  }

  /** The larger of x and y. */
  public Tensor maximum(Tensor y) {
    return op("maximum", () -> torch.max(raw(), y.raw()), this, y);
  }

  /** The smaller of x and y. */
  public Tensor minimum(Tensor y) {
    return op("minimum", () -> torch.min(raw(), y.raw()), this, y);
  }

  /** ln(eˣ + eʸ) without overflow. */
  public Tensor logAddExp(Tensor y) {
    return op("logAddExp", () -> torch.logaddexp(raw(), y.raw()), this, y);
  }

  /**
   * −[y ln s(x) + (1 − y) ln(1 − s(x))] for logits x and targets y of one shape, s the logistic
   * function.
   */
  public Tensor crossEntropyWithLogits(Tensor y) {
    return op(
        "crossEntropyWithLogits",
        () ->
            torch.binary_cross_entropy_with_logits(
                raw(), y.raw(), new TensorOptional(), new TensorOptional(), 0),
        this,
        y);
  }

  /**
   * −ln softmax(x)[y] for logits x {@code [n, classes]} and int64 classes y {@code [n]}: {@code
   * [n]}. One pass that keeps the normalised logits and nothing else for the gradient; indicators
   * and products would hold {@code [n, classes]} three times.
   */
  public Tensor crossEntropy(Tensor y) {
    return op(
        "crossEntropy",
        () ->
            torch.cross_entropy_loss(
                raw(), y.raw(), new TensorOptional(), NO_REDUCTION, NOT_IGNORED, 0),
        this,
        y);
  }

  /** x + weight · (y − x). */
  public Tensor lerp(Tensor y, double weight) {
    return op("lerp", () -> torch.lerp(raw(), y.raw(), new Scalar(weight)), this, y);
  }

  // ---- reductions
  // ------------------------------------------------------------------------------------------------

  /** Sum of all elements. */
  public Tensor sum() {
    return op("sum", () -> torch.sum(raw()), this);
  }

  /** Sum over dimension {@code dim}, which disappears. */
  public Tensor sum(int dim) {
    return op(
        "sum", () -> torch.sum(raw(), new long[] {dim}, false, new ScalarTypeOptional()), this);
  }

  /** Sums over all dimensions but the first: the event is summed, the batch is kept. */
  public Tensor sumEvent() {
    int r = shape.rank();
    if (r <= 1) {
      return this;
    }
    return op(
        "sumEvent", () -> torch.sum(raw(), range(1, r), false, new ScalarTypeOptional()), this);
  }

  /** Mean of all elements. */
  public Tensor mean() {
    return op("mean", () -> torch.mean(raw()), this);
  }

  /** Mean over one dimension, which disappears. */
  public Tensor mean(int dim) {
    return op(
        "mean", () -> torch.mean(raw(), new long[] {dim}, false, new ScalarTypeOptional()), this);
  }

  /** Variance over one dimension; {@code correction} 1 divides by n − 1, 0 by n. */
  public Tensor variance(int dim, int correction) {
    return op(
        "variance",
        () ->
            torch.var(
                raw(), new long[] {dim}, new ScalarOptional(new Scalar((long) correction)), false),
        this);
  }

  /** Largest element of all. */
  public Tensor max() {
    return op("max", () -> torch.max(raw()), this);
  }

  /** Smallest element of all. */
  public Tensor min() {
    return op("min", () -> torch.min(raw()), this);
  }

  /** Largest element along a dimension, which disappears. */
  public Tensor max(int dim) {
    return op("max", () -> first(torch.max(raw(), dim)), this);
  }

  /** Index of the largest element along a dimension. */
  public Tensor argmax(int dim) {
    return op("argmax", () -> torch.argmax(raw(), new LongOptional(dim), false), this);
  }

  /** ln Σ eˣ along a dimension, which disappears. */
  public Tensor logSumExp(int dim) {
    return op("logSumExp", () -> torch.logsumexp(raw(), dim), this);
  }

  /** Running sum along a dimension. */
  public Tensor cumsum(int dim) {
    return op("cumsum", () -> torch.cumsum(raw(), dim), this);
  }

  /** Sorted in ascending order along a dimension. */
  public Tensor sort(int dim) {
    return op("sort", () -> first(torch.sort(raw(), dim, false)), this);
  }

  /** eˣ / Σ eˣ along a dimension. */
  public Tensor softmax(int dim) {
    return op("softmax", () -> torch.softmax(raw(), dim), this);
  }

  /** x − ln Σ eˣ along a dimension. */
  public Tensor logSoftmax(int dim) {
    return op("logSoftmax", () -> torch.log_softmax(raw(), dim), this);
  }

  // ---- shape
  // -----------------------------------------------------------------------------------------------------

  /** Same elements, another shape; one size may be −1. */
  public Tensor reshape(long... sizes) {
    return op("reshape to " + Arrays.toString(sizes), () -> raw().reshape(sizes), this);
  }

  /** One dimension after the first: {@code [batch, numel/batch]}. */
  public Tensor flatten() {
    return shape.rank() == 2
        ? this
        : reshape(shape.at(0), shape.numel() / Math.max(1, shape.at(0)));
  }

  /** Swaps two dimensions. */
  public Tensor transpose(int a, int b) {
    return op("transpose", () -> raw().transpose(a, b), this);
  }

  /** Matrix transpose. */
  public Tensor t() {
    return transpose(-2, -1);
  }

  /** Reorders dimensions. */
  public Tensor permute(long... dims) {
    return op("permute", () -> raw().permute(dims), this);
  }

  /** Inserts a dimension of size 1. */
  public Tensor unsqueeze(int dim) {
    return op("unsqueeze", () -> raw().unsqueeze(dim), this);
  }

  /** Removes a dimension of size 1. */
  public Tensor squeeze(int dim) {
    return op("squeeze", () -> raw().squeeze(dim), this);
  }

  /** A view that repeats dimensions of size 1 without copying; −1 keeps a size. */
  public Tensor expand(long... sizes) {
    return op("expand to " + Arrays.toString(sizes), () -> raw().expand(sizes), this);
  }

  /**
   * The whole batch repeated {@code k} times one after another: {@code [k·batch, …]}, copy j of row
   * i at j·batch + i.
   */
  public Tensor repeatBatch(int k) {
    if (k == 1) {
      return this;
    }
    long[] s = shape.toArray();
    long[] e = new long[s.length + 1];
    e[0] = k;
    System.arraycopy(s, 0, e, 1, s.length);
    s[0] *= k;
    return unsqueeze(0).expand(e).reshape(s);
  }

  /** A part of one dimension. */
  public Tensor narrow(int dim, long start, long length) {
    return op("narrow", () -> raw().narrow(dim, start, length), this);
  }

  /** One index of a dimension, which disappears. */
  public Tensor select(int dim, long index) {
    return op("select", () -> raw().select(dim, index), this);
  }

  /** Rows (or other slices) by an int64 index tensor. */
  public Tensor indexSelect(int dim, Tensor indices) {
    return op("indexSelect", () -> raw().index_select(dim, indices.raw()), this, indices);
  }

  /** Elements of dimension {@code dim} at int64 {@code indices}, which has this tensor's rank. */
  public Tensor gather(int dim, Tensor indices) {
    return op("gather", () -> torch.gather(raw(), dim, indices.raw()), this, indices);
  }

  /** Rows of this table {@code [n, d]} by int64 indices of any shape: {@code [indices…, d]}. */
  public Tensor embedding(Tensor indices) {
    return op("embedding", () -> torch.embedding(raw(), indices.raw()), this, indices);
  }

  /**
   * Sums of the rows that share a segment: {@code [segments, …]}, zero for a segment without rows.
   *
   * @param segment int64 {@code [rows]}, each row's segment from 0
   */
  public Tensor segmentSum(Tensor segment, long segments) {
    long[] s = shape.toArray();
    s[0] = segments;
    return op(
        "segmentSum",
        () ->
            torch.index_add(
                torch.zeros(s, raw().options().requires_grad(new BoolOptional(false))),
                0,
                segment.raw(),
                raw()),
        this,
        segment);
  }

  /** Row-major positions of the elements that are not zero: int64 {@code [count]}. */
  public Tensor positions() {
    return op("positions", () -> torch.nonzero(raw().reshape(-1)).squeeze(1), this);
  }

  /** Equal parts along a dimension. */
  public List<Tensor> chunk(int n, int dim) {
    long size = shape.at(dim) / n;
    List<Tensor> r = new ArrayList<>(n);
    for (int i = 0; i < n; i++) {
      r.add(narrow(dim, i * size, size));
    }
    return r;
  }

  /** int64 class indices to float32 indicators along a new last dimension. */
  public Tensor oneHot(int classes) {
    return op("oneHot", () -> torch.one_hot(raw(), classes).to(DType.FLOAT32.raw), this);
  }

  // ---- linear algebra
  // --------------------------------------------------------------------------------------------

  /** Matrix product. */
  public Tensor matmul(Tensor y) {
    return op("matmul", () -> torch.matmul(raw(), y.raw()), this, y);
  }

  /** x Wᵀ + b, W: {@code [out, in]}; {@code b} may be null. */
  public Tensor linear(Tensor w, Tensor b) {
    return op(
        "linear",
        () ->
            b == null
                ? torch.linear(raw(), w.raw())
                : torch.linear(raw(), w.raw(), new TensorOptional(b.raw())),
        this,
        w);
  }

  /** Eigenvalues (ascending) and eigenvectors (columns) of a symmetric matrix. */
  public List<Tensor> eigh() {
    try {
      T_TensorTensor_T r = torch.linalg_eigh(raw());
      return List.of(wrap("eigenvalues", own(r.get0(), r)), wrap("eigenvectors", own(r.get1(), r)));
    } catch (RuntimeException e) {
      throw EngineException.shortened("eigh", e, this);
    }
  }

  /** U, S, Vᵀ of the reduced singular value decomposition. */
  public List<Tensor> svd() {
    try {
      T_TensorTensorTensor_T r =
          torch.linalg_svd(raw(), false, new org.bytedeco.pytorch.StringViewOptional());
      return List.of(
          wrap("U", own(r.get0(), r)), wrap("S", own(r.get1(), r)), wrap("Vt", own(r.get2(), r)));
    } catch (RuntimeException e) {
      throw EngineException.shortened("svd", e, this);
    }
  }

  /** Lower triangular L with L Lᵀ = x. */
  public Tensor cholesky() {
    return op("cholesky", () -> torch.linalg_cholesky(raw()), this);
  }

  /** Solves L y = b for this lower (or upper) triangular matrix. */
  public Tensor solveTriangular(Tensor b, boolean upper) {
    return op(
        "solveTriangular", () -> torch.linalg_solve_triangular(raw(), b.raw(), upper), this, b);
  }

  /** Matrix inverse. */
  public Tensor inverse() {
    return op("inverse", () -> torch.linalg_inv(raw()), this);
  }

  /** ln |det x|. */
  public Tensor logAbsDet() {
    return op(
        "logAbsDet",
        () -> {
          T_TensorTensor_T r = torch.linalg_slogdet(raw());
          return own(r.get1(), r);
        },
        this);
  }

  /** The diagonal of a matrix, or the matrix of a diagonal. */
  public Tensor diag() {
    return op("diag", () -> torch.diag(raw()), this);
  }

  // ---- networks
  // --------------------------------------------------------------------------------------------------

  /**
   * 2-D cross-correlation of {@code [batch, in, h, w]} with {@code [out, in, kh, kw]}; {@code b}
   * may be null.
   */
  public Tensor conv2d(Tensor w, Tensor b, int stride, int padding) {
    return conv2d(w, b, stride, padding, padding, 1);
  }

  /** As {@link #conv2d(Tensor, Tensor, int, int)} with padding of rows and columns apart. */
  public Tensor conv2d(Tensor w, Tensor b, int stride, int padH, int padW) {
    return conv2d(w, b, stride, padH, padW, 1);
  }

  /**
   * As {@link #conv2d(Tensor, Tensor, int, int)} with channels in {@code groups} that do not see
   * each other: w is {@code [out, in/groups, kh, kw]}; as many groups as channels is a depthwise
   * convolution.
   */
  public Tensor groupedConv2d(Tensor w, Tensor b, int stride, int padding, int groups) {
    return conv2d(w, b, stride, padding, padding, groups);
  }

  private Tensor conv2d(Tensor w, Tensor b, int stride, int padH, int padW, int groups) {
    return op(
        "conv2d",
        () ->
            torch.conv2d(
                raw(),
                w.raw(),
                optional(b),
                new long[] {stride, stride},
                new long[] {padH, padW},
                new long[] {1, 1},
                groups),
        this,
        w);
  }

  /**
   * Transpose of {@link #conv2d(Tensor, Tensor, int, int)}; w is {@code [in, out, kh, kw]}, output
   * padding given per dimension.
   */
  public Tensor convTranspose2d(Tensor w, Tensor b, int stride, int padding, int padH, int padW) {
    return op(
        "convTranspose2d",
        () ->
            torch.conv_transpose2d(
                raw(),
                w.raw(),
                optional(b),
                new long[] {stride, stride},
                new long[] {padding, padding},
                new long[] {padH, padW},
                1,
                new long[] {1, 1}),
        this,
        w);
  }

  /**
   * Normalises groups of channels of {@code [batch, c, …]} to mean 0, variance 1, then scales and
   * shifts.
   */
  public Tensor groupNorm(int groups, Tensor weight, Tensor bias) {
    return op(
        "groupNorm",
        () -> torch.group_norm(raw(), groups, optional(weight), optional(bias), 1e-5, false),
        this);
  }

  /** Nearest-neighbour resize of {@code [batch, c, h, w]}. */
  public Tensor upsample(long height, long width) {
    return op(
        "upsample",
        () ->
            torch.upsample_nearest2d(
                raw(), new long[] {height, width}, new DoubleOptional(), new DoubleOptional()),
        this);
  }

  /**
   * Long short-term memory (Hochreiter and Schmidhuber, 1997, with the forget gate of Gers et al.,
   * 2000) over the whole sequence in one call: with {@code (i, f, g, o) = x_t Wxᵀ + h_{t−1} Whᵀ +
   * b}, {@code c_t = s(f) c_{t−1} + s(i) tanh(g)} and {@code h_t = s(o) tanh(c_t)}, s the logistic
   * function.
   *
   * @param h h₀ {@code [batch, units]}
   * @param c c₀ {@code [batch, units]}
   * @param wx Wx {@code [4·units, in]}
   * @param wh Wh {@code [4·units, units]}
   * @param b {@code [4·units]}
   * @return of this {@code [batch, time, in]}: all h_t {@code [batch, time, units]}, and the last h
   *     and c {@code [batch, units]}
   */
  public List<Tensor> lstm(Tensor h, Tensor c, Tensor wx, Tensor wh, Tensor b) {
    checkLstm(h, c, wx, wh, b);
    try {
      // The engine wants a second bias, which would only add to the first.
      org.bytedeco.pytorch.Tensor none = torch.zeros_like(b.raw()).detach();
      T_TensorTensorTensor_T r =
          torch.lstm(
              raw(),
              new TensorVector(h.raw().unsqueeze(0), c.raw().unsqueeze(0)),
              new TensorVector(wx.raw(), wh.raw(), b.raw(), none),
              true,
              1,
              0,
              true,
              false,
              true);
      return List.of(
          wrap("lstm", own(r.get0(), r)),
          wrap("lstm h", own(r.get1(), r).squeeze(0)),
          wrap("lstm c", own(r.get2(), r).squeeze(0)));
    } catch (EngineException | IllegalStateException e) {
      throw e;
    } catch (RuntimeException e) {
      throw EngineException.shortened("lstm", e, this, h, c, wx, wh, b);
    }
  }

  /** The engine's fast way trusts the shapes and would read beyond the weights. */
  private void checkLstm(Tensor h, Tensor c, Tensor wx, Tensor wh, Tensor b) {
    long units = h.shape.rank() == 2 ? h.size(1) : 0;
    boolean fits =
        shape.rank() == 3
            && h.shape.equals(Shape.of(size(0), units))
            && c.shape.equals(h.shape)
            && wx.shape.equals(Shape.of(4 * units, size(2)))
            && wh.shape.equals(Shape.of(4 * units, units))
            && b.shape.equals(Shape.of(4 * units));
    for (Tensor t : List.of(h, c, wx, wh, b)) {
      fits &= t.dtype() == dtype();
    }
    if (!fits) {
      throw EngineException.shortened(
          "lstm",
          new IllegalArgumentException(
              "expected are one element type and batch×time×in, batch×units, batch×units,"
                  + " 4 units×in, 4 units×units, 4 units"),
          this,
          h,
          c,
          wx,
          wh,
          b);
    }
  }

  private static TensorOptional optional(Tensor t) {
    return t == null ? new TensorOptional() : new TensorOptional(t.raw());
  }

  // ---- differentiation, copies, in place
  // ---------------------------------------------------------------------------

  /** Same values, outside differentiation. Shares memory. */
  public Tensor detach() {
    return op("detach", () -> raw().detach(), this);
  }

  /** Marks a leaf for differentiation and returns it. */
  public Tensor requireGrad() {
    try {
      raw().set_requires_grad(true);
    } catch (IllegalStateException e) {
      throw e;
    } catch (RuntimeException e) {
      throw EngineException.shortened("requireGrad", e, this);
    }
    return this;
  }

  /** Whether gradients flow into this tensor. */
  public boolean requiresGrad() {
    return raw().requires_grad();
  }

  /** A copy with memory of its own, outside differentiation. */
  public Tensor copy() {
    return op("copy", () -> raw().detach().clone(), this);
  }

  /** Converted to another element type. */
  public Tensor to(DType type) {
    return dtype() == type ? this : op("to " + type, () -> raw().to(type.raw), this);
  }

  /** Moved to main memory. */
  public Tensor cpu() {
    return Engine.device().equals("cpu") ? this : op("cpu", () -> raw().cpu(), this);
  }

  Tensor toDevice() {
    return Engine.device().equals("cpu")
        ? this
        : op(
            "to " + Engine.device(),
            () -> raw().to(new org.bytedeco.pytorch.Device(Engine.device()), raw.scalar_type()));
  }

  /** Overwrites the values with those of {@code y}, outside differentiation. */
  public void copyFromInPlace(Tensor y) {
    inPlace("copyFromInPlace", () -> raw().copy_(y.raw()), y);
  }

  /** x ← x + α y, outside differentiation. */
  public void addInPlace(Tensor y, double alpha) {
    inPlace("addInPlace", () -> raw().add_(y.raw(), new Scalar(alpha)), y);
  }

  /** x ← a x, outside differentiation. */
  public void scaleInPlace(double a) {
    inPlace("scaleInPlace", () -> raw().mul_(new Scalar(a)));
  }

  /** x ← x + w (y − x), outside differentiation: one step of an exponential moving average. */
  public void lerpInPlace(Tensor y, double w) {
    inPlace("lerpInPlace", () -> raw().lerp_(y.raw(), new Scalar(w)), y);
  }

  /** Every element ← value, outside differentiation. */
  public void fillInPlace(double value) {
    inPlace("fillInPlace", () -> raw().fill_(new Scalar(value)));
  }

  private void inPlace(String name, Supplier<org.bytedeco.pytorch.Tensor> f, Tensor... args) {
    Autograd.off(
        () -> {
          try {
            f.get();
          } catch (IllegalStateException e) {
            throw e;
          } catch (RuntimeException e) {
            throw EngineException.shortened(name, e, args);
          }
        });
  }

  // ---- looking
  // ---------------------------------------------------------------------------------------------------

  public Shape shape() {
    return shape;
  }

  /** Size of one dimension; negative counts from the end. */
  public long size(int dim) {
    return shape.at(dim);
  }

  public long numel() {
    return shape.numel();
  }

  public DType dtype() {
    return DType.of(raw().scalar_type());
  }

  /** The only element, as a double. */
  public double item() {
    if (numel() != 1) {
      throw new EngineException("item of " + shape + ": there is not exactly one element", null);
    }
    return raw().item_double();
  }

  /** True if no element is NaN or infinite. */
  public boolean allFinite() {
    return Scope.run(() -> torch.all(torch.isfinite(raw())).item_bool());
  }

  /** Elements row-major as float. */
  public float[] toFloats() {
    return Scope.run(
        () -> {
          float[] r = new float[Math.toIntExact(numel())];
          if (r.length > 0) {
            new FloatPointer(host(DType.FLOAT32).data_ptr()).get(r);
          }
          return r;
        });
  }

  /** Elements row-major as double. */
  public double[] toDoubles() {
    return Scope.run(
        () -> {
          double[] r = new double[Math.toIntExact(numel())];
          if (r.length > 0) {
            new DoublePointer(host(DType.FLOAT64).data_ptr()).get(r);
          }
          return r;
        });
  }

  /** Elements row-major as long. */
  public long[] toLongs() {
    return Scope.run(
        () -> {
          long[] r = new long[Math.toIntExact(numel())];
          if (r.length > 0) {
            new LongPointer(host(DType.INT64).data_ptr()).get(r);
          }
          return r;
        });
  }

  /** The raw bytes, row-major, little-endian on every platform LibTorch is published for. */
  public byte[] toBytes() {
    return Scope.run(
        () -> {
          org.bytedeco.pytorch.Tensor h = host(dtype());
          byte[] r = new byte[Math.toIntExact(Math.multiplyExact(numel(), dtype().bytes()))];
          if (r.length > 0) {
            new BytePointer(h.data_ptr()).get(r);
          }
          return r;
        });
  }

  /** A tensor from raw little-endian bytes. */
  public static Tensor fromBytes(byte[] bytes, DType type, long... sizes) {
    if (bytes.length != Math.multiplyExact(Shape.of(sizes).numel(), type.bytes())) {
      throw new IllegalArgumentException(
          bytes.length + " bytes do not fill " + type + " of shape " + Shape.of(sizes));
    }
    Tensor t = empty(type, sizes);
    if (t.numel() > 0) {
      new BytePointer(t.raw.data_ptr()).put(bytes, 0, bytes.length);
    }
    return t.toDevice();
  }

  private org.bytedeco.pytorch.Tensor host(DType type) {
    return raw().detach().cpu().to(type.raw).contiguous();
  }

  private static long[] range(int from, int to) {
    long[] r = new long[to - from];
    for (int i = 0; i < r.length; i++) {
      r[i] = from + i;
    }
    return r;
  }

  @Override
  public String toString() {
    return "Tensor(" + origin + ", " + shape + (raw.isNull() ? ", freed" : "") + ")";
  }
}
