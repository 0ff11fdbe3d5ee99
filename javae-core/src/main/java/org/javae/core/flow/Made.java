package org.javae.core.flow;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import org.javae.core.model.Params;
import org.javae.core.net.Activation;
import org.javae.tensor.Rng;
import org.javae.tensor.Tensor;

/**
 * Masked autoencoder for distribution estimation (Germain et al., 2015): a perceptron whose output
 * for element i sees the elements before i only, so that one pass gives all conditionals of {@code
 * p(x) = Πᵢ p(xᵢ | x₁ … xᵢ₋₁)}. Hidden unit k has a degree m(k) in 1 … D − 1; a weight stays if
 * {@code m(to) ≥ m(from)} between hidden layers, {@code m(to) > m(from)} into the outputs, whose
 * degrees are their positions.
 *
 * <p>All conditionals may depend on a context too; then there are hidden units of degree 0, which
 * see nothing else, as the first element has no other way to it.
 *
 * <p>The same weights may serve several orders of the elements (their sections 4.1 and 4.2). The
 * first is the natural one, with degrees that go round in turn; the others have orders and degrees
 * drawn once and for all, whatever the seed of a model.
 */
public final class Made {
  private final int inputs;
  private final Activation activation;
  private final List<Tensor> weights = new ArrayList<>();
  private final List<Tensor> biases = new ArrayList<>();
  private final List<Order> orders = new ArrayList<>();
  private final Tensor contextWeight;

  /**
   * One order of the elements.
   *
   * @param elements in their order
   * @param degrees of each layer from the input on, {@code [width]}, with those that outputs must
   *     reach last
   * @param masks of each layer, kept where there is only this order; else null
   */
  private record Order(int[] elements, List<Tensor> degrees, List<Tensor> masks) {
    /** The weights that stay. */
    Tensor mask(int layer) {
      return masks == null ? seen(degrees, layer) : masks.get(layer);
    }

    /** {@code [to, from]}, true where a weight stays. */
    static Tensor seen(List<Tensor> degrees, int layer) {
      return degrees.get(layer + 1).unsqueeze(1).ge(degrees.get(layer).unsqueeze(0));
    }
  }

  /** The natural order alone. */
  public Made(
      Params p, String name, int inputs, List<Integer> hidden, int outputs, Activation activation) {
    this(p, name, inputs, hidden, outputs, activation, 1);
  }

  /**
   * Registers the layers {@code name.0}, {@code name.1} … The last starts at zero, so that every
   * conditional starts out the same whatever came before.
   *
   * @param inputs D
   * @param hidden widths of the hidden layers
   * @param outputs numbers for each element, e.g. 2 for mean and log-scale
   * @param masks how many orders
   */
  public Made(
      Params p,
      String name,
      int inputs,
      List<Integer> hidden,
      int outputs,
      Activation activation,
      int masks) {
    this(p, name, inputs, 0, hidden, outputs, activation, masks);
  }

  /**
   * In the natural order, given a context: its weights {@code name.context.weight} lead into the
   * first hidden layer.
   *
   * @param context numbers of the context, 0 for none
   * @param hidden widths of the hidden layers, at least one if there is a context
   */
  public Made(
      Params p,
      String name,
      int inputs,
      int context,
      List<Integer> hidden,
      int outputs,
      Activation activation) {
    this(p, name, inputs, context, hidden, outputs, activation, 1);
  }

  private Made(
      Params p,
      String name,
      int inputs,
      int context,
      List<Integer> hidden,
      int outputs,
      Activation activation,
      int masks) {
    this.inputs = inputs;
    this.activation = activation;
    int from = inputs;
    for (int l = 0; l <= hidden.size(); l++) {
      boolean last = l == hidden.size();
      int to = last ? outputs * inputs : hidden.get(l);
      String at = name + "." + l;
      weights.add(
          last
              ? p.parameter(at + ".weight", Tensor.zeros(to, from))
              : p.glorot(at + ".weight", activation.gain(), from, to, to, from));
      biases.add(p.parameter(at + ".bias", Tensor.zeros(to)));
      from = to;
    }
    for (int m = 0; m < masks; m++) {
      orders.add(order(p, m, hidden, outputs, masks == 1, context > 0));
    }
    this.contextWeight =
        context == 0
            ? null
            : p.glorot(
                name + ".context.weight",
                activation.gain(),
                context,
                hidden.get(0),
                hidden.get(0),
                context);
  }

  private Order order(
      Params p, int m, List<Integer> hidden, int outputs, boolean only, boolean fromZero) {
    Rng rng = Rng.of(0).split("made");
    int[] elements = m == 0 ? IntStream.range(0, inputs).toArray() : rng.permutation(inputs, m);
    SplittableRandom random = m == 0 ? null : rng.split("degrees").at(m);
    int[] position = new int[inputs];
    for (int i = 0; i < inputs; i++) {
      position[elements[i]] = i;
    }
    List<Tensor> degrees = new ArrayList<>();
    degrees.add(degrees(p, inputs, k -> position[k] + 1));
    int most = Math.max(1, inputs - 1);
    int least = 1;
    for (int width : hidden) {
      int[] d = new int[width];
      for (int k = 0; k < width; k++) {
        // A unit below all of the layer before would see nothing.
        d[k] = fromZero ? k % inputs : m == 0 ? 1 + k % most : random.nextInt(least, most + 1);
      }
      least = Arrays.stream(d).min().orElseThrow();
      degrees.add(degrees(p, width, k -> d[k]));
    }
    // An output sees degrees up to its position, that is the elements before it.
    degrees.add(degrees(p, outputs * inputs, k -> position[k % inputs]));
    List<Tensor> masks = null;
    if (only) {
      masks =
          IntStream.range(0, weights.size())
              .mapToObj(l -> p.constant(Order.seen(degrees, l).to(p.type())))
              .toList();
    }
    return new Order(elements, degrees, masks);
  }

  private static Tensor degrees(Params p, int width, IntUnaryOperator degree) {
    return p.constant(Tensor.indices(IntStream.range(0, width).map(degree).toArray()));
  }

  /** Number of orders. */
  public int orders() {
    return orders.size();
  }

  /** The elements in an order. */
  public int[] elements(int order) {
    return orders.get(order).elements().clone();
  }

  /** As {@link #apply(Tensor, int)} in the natural order. */
  public Tensor apply(Tensor x) {
    return apply(x, 0);
  }

  /**
   * All conditionals' numbers: {@code [batch, D]} to {@code [batch, outputs·D]}, number j of
   * element i at {@code j·D + i}.
   */
  public Tensor apply(Tensor x, int order) {
    return after(first(x, order), order);
  }

  /**
   * What {@link #apply(Tensor, Tensor)} makes of the context, the same for any x: {@code [batch,
   * hidden]}.
   */
  public Tensor context(Tensor context) {
    return context.linear(contextWeight, null);
  }

  /**
   * As {@link #apply(Tensor)}, given a context.
   *
   * @param context by {@link #context}
   */
  public Tensor apply(Tensor x, Tensor context) {
    return after(first(x, 0).plus(context), 0);
  }

  private Tensor first(Tensor x, int order) {
    return x.linear(weights.get(0).times(orders.get(order).mask(0)), biases.get(0));
  }

  private Tensor after(Tensor first, int order) {
    Tensor h = first;
    for (int l = 1; l < weights.size(); l++) {
      h =
          activation
              .apply(h)
              .linear(weights.get(l).times(orders.get(order).mask(l)), biases.get(l));
    }
    return h;
  }
}
