package org.javae.experiment.export;

import ai.onnx.proto.OnnxMl.AttributeProto;
import java.util.List;
import org.javae.core.net.Activation;
import org.javae.core.net.Layer;
import org.javae.core.net.Net;
import org.javae.tensor.Shape;
import org.javae.tensor.Tensor;

/** Networks as ONNX operators, layer by layer. */
final class OnnxLayers {
  private OnnxLayers() {}

  /** The network applied to {@code x}. */
  static String apply(OnnxGraph g, Net net, String x) {
    return apply(g, net.layers(), x);
  }

  private static String apply(OnnxGraph g, List<Layer> layers, String x) {
    String y = x;
    for (Layer l : layers) {
      y = apply(g, l, y);
    }
    return y;
  }

  private static String apply(OnnxGraph g, Layer layer, String x) {
    if (layer instanceof Layer.Linear l) {
      return g.apply(
          "Gemm", inputs(g, x, l.name(), l.weight(), l.bias()), OnnxGraph.integer("transB", 1));
    }
    if (layer instanceof Layer.Conv l) {
      return g.apply(
          "Conv",
          inputs(g, x, l.name(), l.weight(), l.bias()),
          kernel(l.weight()),
          both("strides", l.stride()),
          pads(l.padding()));
    }
    if (layer instanceof Layer.ConvTransposed l) {
      return g.apply(
          "ConvTranspose",
          inputs(g, x, l.name(), l.weight(), l.bias()),
          kernel(l.weight()),
          both("strides", l.stride()),
          pads(l.padding()),
          OnnxGraph.integers("output_padding", l.padH(), l.padW()));
    }
    if (layer instanceof Layer.Activate l) {
      return activate(g, l.function(), x);
    }
    if (layer instanceof Layer.Reshape l) {
      return g.reshape(x, l.event());
    }
    if (layer instanceof Layer.Flatten) {
      return flatten(g, x);
    }
    if (layer instanceof Layer.Residual l) {
      return g.apply("Add", x, apply(g, l.body(), x));
    }
    throw new IllegalStateException("no ONNX form of layer " + layer.getClass().getSimpleName());
  }

  /** {@code [batch, …]} to {@code [batch, numel]}. */
  static String flatten(OnnxGraph g, String x) {
    return g.apply("Flatten", List.of(x), OnnxGraph.integer("axis", 1));
  }

  private static List<String> inputs(
      OnnxGraph g, String x, String name, Tensor weight, Tensor bias) {
    return List.of(x, g.weights(name + ".weight", weight), g.weights(name + ".bias", bias));
  }

  private static AttributeProto kernel(Tensor weight) {
    Shape s = weight.shape();
    return OnnxGraph.integers("kernel_shape", s.at(2), s.at(3));
  }

  private static AttributeProto both(String name, int value) {
    return OnnxGraph.integers(name, value, value);
  }

  /** The same padding on all four sides. */
  private static AttributeProto pads(int p) {
    return OnnxGraph.integers("pads", p, p, p, p);
  }

  private static String activate(OnnxGraph g, Activation function, String x) {
    return switch (function) {
      case RELU -> g.apply("Relu", x);
      case LEAKY_RELU -> g.apply("LeakyRelu", List.of(x), OnnxGraph.number("alpha", 0.01));
      case TANH -> g.apply("Tanh", x);
      case SIGMOID -> g.apply("Sigmoid", x);
      case ELU -> g.apply("Elu", List.of(x), OnnxGraph.number("alpha", 1));
      case GELU -> gelu(g, x);
      case SILU -> g.apply("Mul", x, g.apply("Sigmoid", x));
      case SOFTPLUS -> g.apply("Softplus", x);
    };
  }

  /** x Φ(x) = x ½ (1 + erf(x / √2)); the operator set has no Gelu of its own. */
  private static String gelu(OnnxGraph g, String x) {
    String erf = g.apply("Erf", g.apply("Mul", x, g.number(Math.sqrt(0.5))));
    String twice = g.apply("Mul", x, g.apply("Add", erf, g.number(1)));
    return g.apply("Mul", twice, g.number(0.5));
  }
}
