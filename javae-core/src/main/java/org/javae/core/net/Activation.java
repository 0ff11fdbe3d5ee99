package org.javae.core.net;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.javae.core.config.Nearest;
import org.javae.tensor.Tensor;
import org.javae.tensor.UserException;

/**
 * Element-wise non-linearities, with the gain that keeps the variance of their input (He et al.,
 * 2015).
 */
public enum Activation {
  RELU(Math.sqrt(2)),
  LEAKY_RELU(Math.sqrt(2 / (1 + 0.01 * 0.01))),
  TANH(1),
  SIGMOID(1),
  ELU(1.25),
  GELU(1.25),
  SILU(1.25),
  SOFTPLUS(1);

  private final double gain;

  Activation(double gain) {
    this.gain = gain;
  }

  /** Factor on the Glorot range of the layer in front. */
  public double gain() {
    return gain;
  }

  /** Applies the function. */
  public Tensor apply(Tensor x) {
    return switch (this) {
      case RELU -> x.relu();
      case LEAKY_RELU -> x.leakyRelu(0.01);
      case TANH -> x.tanh();
      case SIGMOID -> x.sigmoid();
      case ELU -> x.elu();
      case GELU -> x.gelu();
      case SILU -> x.silu();
      case SOFTPLUS -> x.softplus();
    };
  }

  /** The text form: {@code leaky-relu}. */
  public String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  static Activation parse(String text) {
    List<String> names = Arrays.stream(values()).map(Activation::text).toList();
    int i = names.indexOf(text);
    if (i < 0) {
      throw UserException.usage(
          "unknown activation '%s'; %s", text, Nearest.suggestion(text, names));
    }
    return values()[i];
  }
}
