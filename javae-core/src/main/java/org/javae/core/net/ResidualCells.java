package org.javae.core.net;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.javae.core.model.Params;
import org.javae.tensor.Tensor;

/**
 * The convolutions and residual cells of Vahdat and Kautz (2020, NVAE, section 3.1 and figure 3),
 * on {@code [batch, channels, h, w]}. Where the paper normalises over the batch these normalise
 * groups of channels of every image by itself (Wu and He, 2018), so that an observation's density
 * does not depend on what stands beside it. Every convolution's weight is remembered, for {@link
 * SpectralPenalty}.
 */
public final class ResidualCells {
  private final Params params;
  private final Map<String, Tensor> weights = new LinkedHashMap<>();

  /** Cells whose tensors live in {@code params}. */
  public ResidualCells(Params params) {
    this.params = params;
  }

  /** The weights of all convolutions so far, by name. */
  public Map<String, Tensor> weights() {
    return Collections.unmodifiableMap(weights);
  }

  /** A convolution that keeps the image's size where the stride is 1 and the kernel odd. */
  public UnaryOperator<Tensor> conv(
      String name, long in, long out, int kernel, int stride, double gain) {
    long k2 = (long) kernel * kernel;
    Tensor w =
        params.glorot(
            name + ".weight",
            gain,
            in * k2,
            out * k2 / ((long) stride * stride),
            out,
            in,
            kernel,
            kernel);
    return convolved(name, w, stride, (kernel - stride + 1) / 2, 1);
  }

  private UnaryOperator<Tensor> convolved(
      String name, Tensor w, int stride, int padding, int groups) {
    weights.put(name, w);
    Tensor b = params.parameter(name + ".bias", Tensor.zeros(w.size(0)));
    return x -> x.groupedConv2d(w, b, stride, padding, groups);
  }

  /** One filter a channel. */
  private UnaryOperator<Tensor> depthwise(String name, long channels, int kernel, double gain) {
    long k2 = (long) kernel * kernel;
    Tensor w = params.glorot(name + ".weight", gain, k2, k2, channels, 1, kernel, kernel);
    return convolved(name, w, 1, kernel / 2, (int) channels);
  }

  /** Mean 0 and variance 1 over groups of channels, then a scale and a shift a channel. */
  public UnaryOperator<Tensor> norm(String name, long channels) {
    int groups = 8;
    while (channels % groups != 0 || groups > 1 && channels / groups < 2) {
      groups--;
    }
    int g = groups;
    Tensor scale = params.parameter(name + ".scale", Tensor.ones(channels));
    Tensor shift = params.parameter(name + ".shift", Tensor.zeros(channels));
    return x -> x.groupNorm(g, scale, shift);
  }

  /**
   * Squeeze and excitation: every channel times a factor in (0, 1) out of all channels' means (Hu
   * et al., 2018).
   */
  private UnaryOperator<Tensor> excite(String name, long channels) {
    long inner = Math.max(4, channels / 16);
    Tensor w1 = params.glorot(name + ".squeeze", Math.sqrt(2), channels, inner, inner, channels);
    Tensor b1 = params.parameter(name + ".squeeze_bias", Tensor.zeros(inner));
    Tensor w2 = params.glorot(name + ".excite", 1, inner, channels, channels, inner);
    Tensor b2 = params.parameter(name + ".excite_bias", Tensor.zeros(channels));
    return x -> {
      Tensor mean = x.reshape(x.size(0), channels, -1).mean(2);
      Tensor factor = mean.linear(w1, b1).silu().linear(w2, b2).sigmoid();
      return x.times(factor.unsqueeze(2).unsqueeze(3));
    };
  }

  /** x + f(x), f: normalisation, swish and a 3×3 convolution, twice; squeeze and excitation. */
  public UnaryOperator<Tensor> encoderCell(String name, long channels) {
    UnaryOperator<Tensor> n1 = norm(name + ".norm1", channels);
    UnaryOperator<Tensor> c1 = conv(name + ".conv1", channels, channels, 3, 1, 1.25);
    UnaryOperator<Tensor> n2 = norm(name + ".norm2", channels);
    UnaryOperator<Tensor> c2 = conv(name + ".conv2", channels, channels, 3, 1, 0.5);
    UnaryOperator<Tensor> se = excite(name, channels);
    return x -> {
      Tensor h = c1.apply(n1.apply(x).silu());
      return x.plus(se.apply(c2.apply(n2.apply(h).silu())));
    };
  }

  /**
   * x + f(x), f: a 1×1 convolution to {@code expansion} times as many channels, a 5×5 one of every
   * channel by itself, a 1×1 one back, each normalised, with swish between; squeeze and excitation.
   * Large kernels see far at the price of few weights.
   */
  public UnaryOperator<Tensor> decoderCell(String name, long channels, int expansion) {
    long wide = channels * expansion;
    UnaryOperator<Tensor> n1 = norm(name + ".norm1", channels);
    UnaryOperator<Tensor> c1 = conv(name + ".expand", channels, wide, 1, 1, 1);
    UnaryOperator<Tensor> n2 = norm(name + ".norm2", wide);
    UnaryOperator<Tensor> c2 = depthwise(name + ".depthwise", wide, 5, 1.25);
    UnaryOperator<Tensor> n3 = norm(name + ".norm3", wide);
    UnaryOperator<Tensor> c3 = conv(name + ".project", wide, channels, 1, 1, 0.5);
    UnaryOperator<Tensor> se = excite(name, channels);
    return x -> {
      Tensor h = n2.apply(c1.apply(n1.apply(x))).silu();
      h = n3.apply(c2.apply(h)).silu();
      return x.plus(se.apply(c3.apply(h)));
    };
  }
}
