package org.javae.core.model;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.javae.tensor.DType;
import org.javae.tensor.Rng;
import org.javae.tensor.Scope;
import org.javae.tensor.Shape;
import org.javae.tensor.Tensor;

/**
 * The tensors a model owns, by name, in order of registration: parameters (trained by gradients)
 * and buffers (set by a closed form or by running statistics). Names are paths like {@code
 * encoder.0.weight}.
 */
public final class Params implements Scope.Holder {
  private final Map<String, Tensor> tensors;
  private final List<String> trainable;
  private final List<Tensor> constants;
  private final String prefix;
  private final DType type;
  private final Rng init;
  private final BiConsumer<String, Shape> guard;

  /**
   * @param init stream for initial values
   * @param type FLOAT32, or FLOAT64 for tests of gradients
   */
  public Params(Rng init, DType type) {
    this(init, type, (name, shape) -> {});
  }

  /**
   * @param guard told of every tensor before memory is taken for it: a model file may ask for any
   *     amount
   */
  Params(Rng init, DType type, BiConsumer<String, Shape> guard) {
    this.tensors = new LinkedHashMap<>();
    this.trainable = new ArrayList<>();
    this.constants = new ArrayList<>();
    this.prefix = "";
    this.init = init;
    this.type = type;
    this.guard = guard;
  }

  private Params(Params whole, String prefix) {
    this.tensors = whole.tensors;
    this.trainable = whole.trainable;
    this.constants = whole.constants;
    this.init = whole.init;
    this.type = whole.type;
    this.guard = whole.guard;
    this.prefix = prefix;
  }

  /** The same tensors; what is registered through it is called {@code name.…}. */
  public Params within(String name) {
    return new Params(this, prefix + name + ".");
  }

  /** Element type of the parameters. */
  public DType type() {
    return type;
  }

  /** Stream for initial values. */
  public Rng init() {
    return init;
  }

  /** Registers a parameter with its initial value. */
  public Tensor parameter(String name, Tensor initial) {
    Tensor t = put(name, initial);
    trainable.add(prefix + name);
    return t.requireGrad();
  }

  /** Registers a tensor that gradients do not train. */
  public Tensor buffer(String name, Tensor initial) {
    return put(name, initial);
  }

  /**
   * Keeps a tensor that is neither trained nor saved, such as a fixed prior's, as long as the
   * model.
   */
  public Tensor constant(Tensor value) {
    constants.add(value);
    return value;
  }

  private Tensor put(String given, Tensor initial) {
    String name = prefix + given;
    guard.accept(name, initial.shape());
    Tensor t = initial.to(type).copy();
    if (tensors.putIfAbsent(name, t) != null) {
      throw new IllegalStateException("two tensors are called " + name);
    }
    return t;
  }

  /**
   * Weights from U(−b, b), b = gain · √(6 / (fanIn + fanOut)) (Glorot and Bengio, 2010); gain √2 in
   * front of a rectifier keeps the variance that it halves (He et al., 2015).
   */
  public Tensor glorot(String name, double gain, long fanIn, long fanOut, long... shape) {
    guard.accept(prefix + name, Shape.of(shape));
    return uniform(name, gain * Math.sqrt(6.0 / (fanIn + fanOut)), shape);
  }

  /** A parameter from U(−b, b). */
  public Tensor uniform(String name, double b, long... shape) {
    guard.accept(prefix + name, Shape.of(shape));
    return Scope.run(() -> parameter(name, init.uniform(type, shape).times(2 * b).minus(b)));
  }

  /** Everything, by name. */
  public Map<String, Tensor> all() {
    return Collections.unmodifiableMap(tensors);
  }

  /** Parameters trained by gradients, in order. */
  public List<Tensor> trainable() {
    return trainable.stream().map(tensors::get).toList();
  }

  /** Their names, in the same order. */
  public List<String> trainableNames() {
    return List.copyOf(trainable);
  }

  /** Number of trained scalars. */
  public long count() {
    return trainable().stream().mapToLong(Tensor::numel).sum();
  }

  /** Overwrites every tensor with the one of the same name. */
  public void load(Map<String, Tensor> values) {
    tensors.forEach((name, t) -> t.copyFromInPlace(values.get(name)));
  }

  /** Copies of all tensors. */
  public Map<String, Tensor> snapshot() {
    Map<String, Tensor> m = new LinkedHashMap<>();
    tensors.forEach((name, t) -> m.put(name, t.copy()));
    return m;
  }

  @Override
  public Iterable<Tensor> tensors() {
    List<Tensor> all = new ArrayList<>(tensors.values());
    all.addAll(constants);
    return all;
  }
}
