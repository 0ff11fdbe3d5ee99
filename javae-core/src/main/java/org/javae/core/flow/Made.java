package org.javae.core.flow;

import java.util.ArrayList;
import java.util.List;
import org.javae.core.model.Params;
import org.javae.core.net.Activation;
import org.javae.tensor.DType;
import org.javae.tensor.Tensor;

/**
 * Masked autoencoder for distribution estimation (Germain et al., 2015): a perceptron whose output
 * for element i sees the elements before i only, so that one pass gives all conditionals of {@code
 * p(x) = Πᵢ p(xᵢ | x₁ … xᵢ₋₁)}. Hidden unit k has a degree m(k) in 1 … D − 1; a weight stays if
 * {@code m(to) ≥ m(from)} between hidden layers, {@code m(to) > m(from)} into the outputs, whose
 * degrees are their positions. Degrees go round in turn instead of being drawn.
 */
public final class Made {
  private final int inputs;
  private final Activation activation;
  private final List<Masked> layers = new ArrayList<>();

  /** One layer; the mask is 1 where a weight stays. */
  private record Masked(Tensor weight, Tensor mask, Tensor bias) {
    Tensor apply(Tensor x) {
      return x.linear(weight.times(mask), bias);
    }
  }

  /**
   * Registers the layers {@code name.0}, {@code name.1} … The last starts at zero, so that every
   * conditional starts out the same whatever came before.
   *
   * @param inputs D
   * @param hidden widths of the hidden layers
   * @param outputs numbers for each element, e.g. 2 for mean and log-scale
   */
  public Made(
      Params p, String name, int inputs, List<Integer> hidden, int outputs, Activation activation) {
    this.inputs = inputs;
    this.activation = activation;
    int[] degrees = new int[inputs];
    for (int i = 0; i < inputs; i++) {
      degrees[i] = i + 1;
    }
    int[] output = new int[outputs * inputs];
    for (int i = 0; i < output.length; i++) {
      output[i] = i % inputs; // sees degrees ≤ i, that is the i elements before it
    }
    int[] from = degrees;
    for (int l = 0; l <= hidden.size(); l++) {
      boolean last = l == hidden.size();
      int[] to = last ? output : hiddenDegrees(hidden.get(l));
      String at = name + "." + l;
      Tensor mask = p.constant(mask(p.type(), from, to));
      Tensor weight =
          last
              ? p.parameter(at + ".weight", Tensor.zeros(to.length, from.length))
              : p.glorot(
                  at + ".weight",
                  activation.gain(),
                  from.length,
                  to.length,
                  to.length,
                  from.length);
      layers.add(new Masked(weight, mask, p.parameter(at + ".bias", Tensor.zeros(to.length))));
      from = to;
    }
  }

  private int[] hiddenDegrees(int width) {
    int[] d = new int[width];
    for (int k = 0; k < width; k++) {
      d[k] = 1 + k % Math.max(1, inputs - 1);
    }
    return d;
  }

  private static Tensor mask(DType type, int[] from, int[] to) {
    float[] m = new float[to.length * from.length];
    for (int i = 0; i < to.length; i++) {
      for (int j = 0; j < from.length; j++) {
        m[i * from.length + j] = to[i] >= from[j] ? 1 : 0;
      }
    }
    return Tensor.of(m, to.length, from.length).to(type);
  }

  /**
   * All conditionals' numbers: {@code [batch, D]} to {@code [batch, outputs·D]}, number j of
   * element i at {@code j·D + i}.
   */
  public Tensor apply(Tensor x) {
    Tensor h = layers.get(0).apply(x);
    for (Masked l : layers.subList(1, layers.size())) {
      h = l.apply(activation.apply(h));
    }
    return h;
  }
}
