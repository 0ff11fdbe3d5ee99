package org.javae.core.net;

import java.util.List;
import org.javae.tensor.Shape;
import org.javae.tensor.Tensor;

/** A step of a network, as data: it can be run, listed and exported. */
public sealed interface Layer {
  /** Applies the layer to a batch. */
  Tensor apply(Tensor x);

  /** x Wᵀ + b on {@code [batch, in]}. */
  record Linear(String name, Tensor weight, Tensor bias) implements Layer {
    @Override
    public Tensor apply(Tensor x) {
      return x.linear(weight, bias);
    }
  }

  /** 2-D cross-correlation on {@code [batch, in, h, w]}. */
  record Conv(String name, Tensor weight, Tensor bias, int stride, int padding) implements Layer {
    @Override
    public Tensor apply(Tensor x) {
      return x.conv2d(weight, bias, stride, padding);
    }
  }

  /**
   * Transposed 2-D cross-correlation; output padding a dimension makes any image size reachable.
   */
  record ConvTransposed(
      String name, Tensor weight, Tensor bias, int stride, int padding, int padH, int padW)
      implements Layer {
    @Override
    public Tensor apply(Tensor x) {
      return x.convTranspose2d(weight, bias, stride, padding, padH, padW);
    }
  }

  /** A non-linearity. */
  record Activate(Activation function) implements Layer {
    @Override
    public Tensor apply(Tensor x) {
      return function.apply(x);
    }
  }

  /** Gives every observation the shape {@code event}. */
  record Reshape(Shape event) implements Layer {
    @Override
    public Tensor apply(Tensor x) {
      return x.reshape(event.prepend(x.size(0)).toArray());
    }
  }

  /** {@code [batch, …]} to {@code [batch, numel]}. */
  record Flatten() implements Layer {
    @Override
    public Tensor apply(Tensor x) {
      return x.flatten();
    }
  }

  /** x + f(x) (He et al., 2016). */
  record Residual(List<Layer> body) implements Layer {
    @Override
    public Tensor apply(Tensor x) {
      Tensor y = x;
      for (Layer l : body) {
        y = l.apply(y);
      }
      return x.plus(y);
    }
  }

  /** A name for messages. */
  default String label() {
    if (this instanceof Linear l) {
      return l.name;
    }
    if (this instanceof Conv c) {
      return c.name;
    }
    if (this instanceof ConvTransposed c) {
      return c.name;
    }
    if (this instanceof Residual r) {
      return "residual "
          + r.body.stream().map(Layer::label).filter(s -> !s.isEmpty()).findFirst().orElse("");
    }
    return "";
  }
}
