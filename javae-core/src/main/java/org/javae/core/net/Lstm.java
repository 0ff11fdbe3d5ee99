package org.javae.core.net;

import java.util.List;
import org.javae.core.model.Params;
import org.javae.tensor.EngineException;
import org.javae.tensor.Tensor;

/**
 * Long short-term memory over sequences ({@link Tensor#lstm}).
 *
 * @param name of its parameters, e.g. {@code encoder.lstm}
 * @param input Wx, {@code [4·units, in]}
 * @param recurrent Wh, {@code [4·units, units]}
 * @param bias {@code [4·units]}
 */
public record Lstm(String name, Tensor input, Tensor recurrent, Tensor bias) {
  /**
   * All states h_t {@code [batch, time, units]}, and the last h and c {@code [batch, units]}.
   *
   * @param states as the name says
   */
  public record Result(Tensor states, Tensor h, Tensor c) {}

  /**
   * Registers the parameters.
   *
   * @param width of the uniform range they start from; 0: Glorot's for the weights of every gate,
   *     and a bias of zero
   */
  public static Lstm of(Params p, String name, long in, long units, double width) {
    Tensor x =
        width > 0
            ? p.uniform(name + ".input", width, 4 * units, in)
            : p.glorot(name + ".input", 1, in, units, 4 * units, in);
    Tensor h =
        width > 0
            ? p.uniform(name + ".recurrent", width, 4 * units, units)
            : p.glorot(name + ".recurrent", 1, units, units, 4 * units, units);
    Tensor b =
        width > 0
            ? p.uniform(name + ".bias", width, 4 * units)
            : p.parameter(name + ".bias", Tensor.zeros(4 * units));
    return new Lstm(name, x, h, b);
  }

  /** Number of units. */
  public long units() {
    return recurrent.size(1);
  }

  /** Runs over {@code x [batch, time, in]} from the states h and c {@code [batch, units]}. */
  public Result apply(Tensor x, Tensor h, Tensor c) {
    try {
      List<Tensor> r = x.lstm(h, c, input, recurrent, bias);
      return new Result(r.get(0), r.get(1), r.get(2));
    } catch (EngineException e) {
      throw e.at("layer " + name);
    }
  }

  /** Runs over {@code x [batch, time, in]} from zero. */
  public Result apply(Tensor x) {
    Tensor zero = Tensor.zeros(x.dtype(), x.size(0), units());
    return apply(x, zero, zero);
  }
}
