package org.javae.core.net;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.javae.core.config.Nearest;
import org.javae.core.model.Params;
import org.javae.core.net.Layer.Activate;
import org.javae.core.net.Layer.Conv;
import org.javae.core.net.Layer.ConvTransposed;
import org.javae.core.net.Layer.Linear;
import org.javae.core.net.Layer.Reshape;
import org.javae.core.net.Layer.Residual;
import org.javae.tensor.Shape;
import org.javae.tensor.Tensor;
import org.javae.tensor.UserException;

/**
 * A network as text, for any input size:
 *
 * <ul>
 *   <li>{@code linear}: one affine map
 *   <li>{@code mlp:512,256}: affine maps of these widths with non-linearities between
 *   <li>{@code conv:32,64}: 4×4 convolutions of stride 2 with these channels, each halving the
 *       image (rounding down; the decoder's output padding undoes the rounding), then one affine
 *       map
 *   <li>{@code resnet:3x64}: a 3×3 convolution to 64 channels, then 3 times a residual block and a
 *       halving, one more block, then one affine map
 * </ul>
 *
 * A suffix {@code /tanh} changes the non-linearity (default relu). As a decoder the same text is
 * read in reverse: {@code conv:32,64} starts at 64 channels. Weights start from Glorot's uniform
 * range times the non-linearity's gain, biases and the last convolution of every residual block at
 * zero.
 */
public record NetSpec(String kind, List<Integer> widths, int stages, Activation activation) {
  private static final List<String> KINDS = List.of("linear", "mlp", "conv", "resnet");

  /** One affine map. */
  public static final NetSpec LINEAR = new NetSpec("linear", List.of(), 0, Activation.RELU);

  /**
   * Reads a network.
   *
   * @throws UserException if the text is not one
   */
  @JsonCreator
  public static NetSpec parse(String text) {
    String[] slash = text.strip().split("/", 2);
    Activation act = slash.length == 2 ? Activation.parse(slash[1]) : Activation.RELU;
    String[] p = slash[0].split(":", 2);
    if (!KINDS.contains(p[0])) {
      throw UserException.usage(
          "unknown network '%s'; write linear, mlp:512,256, conv:32,64 or resnet:3x64 (%s)",
          text, Nearest.suggestion(p[0], KINDS));
    }
    if (p[0].equals("linear")) {
      if (p.length == 2) {
        throw UserException.usage("network 'linear' takes no widths, but got '%s'", text);
      }
      return new NetSpec("linear", List.of(), 0, act);
    }
    if (p.length < 2 || p[1].isBlank()) {
      throw UserException.usage("network '%s' needs widths, e.g. mlp:512,256", text);
    }
    if (p[0].equals("resnet")) {
      String[] x = p[1].split("x", -1);
      if (x.length != 2) {
        throw UserException.usage(
            "network '%s': write resnet:STAGESxCHANNELS, e.g. resnet:3x64", text);
      }
      return new NetSpec("resnet", List.of(width(text, x[1])), width(text, x[0]), act);
    }
    return new NetSpec(
        p[0], Arrays.stream(p[1].split(",", -1)).map(w -> width(text, w)).toList(), 0, act);
  }

  private static int width(String text, String w) {
    try {
      int i = Integer.parseInt(w.strip());
      if (i > 0 && i <= 1 << 20) {
        return i;
      }
    } catch (NumberFormatException e) {
      // the sentence below says what is expected
    }
    throw UserException.usage("network '%s': '%s' is not a width between 1 and 1048576", text, w);
  }

  /** Builds an encoder from observations of shape {@code in} to vectors of {@code out} numbers. */
  public Net encoder(Params p, String name, Shape in, int out) {
    Build b = new Build(p, name, activation);
    switch (kind) {
      case "linear" -> b.flat(in).linear(in.numel(), out, 1);
      case "mlp" -> {
        b.flat(in);
        long from = in.numel();
        for (int w : widths) {
          b.linear(from, w, activation.gain()).activate();
          from = w;
        }
        b.linear(from, out, 1);
      }
      case "conv" -> {
        List<long[]> sizes = halvings(in, widths.size());
        long from = in.at(0);
        for (int w : widths) {
          b.conv(from, w, 4, 2, activation.gain()).activate();
          from = w;
        }
        b.flat(Shape.of(1)).linear(from * area(sizes.get(widths.size())), out, 1);
      }
      default -> {
        List<long[]> sizes = halvings(in, stages);
        int c = widths.get(0);
        b.conv(in.at(0), c, 3, 1, 1);
        for (int i = 0; i < stages; i++) {
          b.residual(c).activate().conv(c, c, 4, 2, activation.gain());
        }
        b.residual(c).activate().flat(Shape.of(1)).linear(c * area(sizes.get(stages)), out, 1);
      }
    }
    return b.net();
  }

  /** Builds a decoder from vectors of {@code in} numbers to the shape {@code out}. */
  public Net decoder(Params p, String name, int in, Shape out) {
    Build b = new Build(p, name, activation);
    switch (kind) {
      case "linear" -> b.linear(in, out.numel(), 1).reshape(out);
      case "mlp" -> {
        long from = in;
        for (int w : widths) {
          b.linear(from, w, activation.gain()).activate();
          from = w;
        }
        b.linear(from, out.numel(), 1).reshape(out);
      }
      case "conv" -> {
        int n = widths.size();
        List<long[]> sizes = halvings(out, n);
        long from = widths.get(n - 1);
        b.linear(in, from * area(sizes.get(n)), activation.gain()).activate();
        b.reshape(Shape.of(from, sizes.get(n)[0], sizes.get(n)[1]));
        for (int i = n - 1; i >= 0; i--) {
          long to = i == 0 ? out.at(0) : widths.get(i - 1);
          b.convTransposed(
              from, to, sizes.get(i + 1), sizes.get(i), i == 0 ? 1 : activation.gain());
          if (i > 0) {
            b.activate();
          }
          from = to;
        }
      }
      default -> {
        List<long[]> sizes = halvings(out, stages);
        int c = widths.get(0);
        b.linear(in, c * area(sizes.get(stages)), activation.gain()).activate();
        b.reshape(Shape.of(c, sizes.get(stages)[0], sizes.get(stages)[1])).residual(c);
        for (int i = stages - 1; i >= 0; i--) {
          b.activate()
              .convTransposed(c, c, sizes.get(i + 1), sizes.get(i), activation.gain())
              .residual(c);
        }
        b.activate().conv(c, out.at(0), 3, 1, 1);
      }
    }
    return b.net();
  }

  /** Whether it consists of convolutions, so that it can leave a map instead of a vector. */
  public boolean keepsMap() {
    return kind.equals("conv") || kind.equals("resnet");
  }

  /**
   * Height and width of the map that is left of an image.
   *
   * @throws UserException if there is nothing left of it
   */
  public long[] map(Shape image) {
    int n = kind.equals("conv") ? widths.size() : stages;
    return halvings(image, n).get(n);
  }

  /**
   * As {@link #encoder} up to the last halving; then {@code blocks} residual blocks (non-linearity,
   * 3×3 convolution to half as many channels, non-linearity, 1×1 convolution) and a 1×1 convolution
   * to {@code out} channels: from images to maps {@code [batch, out, h, w]} of size {@link #map}.
   */
  public Net mapEncoder(Params p, String name, Shape in, int blocks, int out) {
    map(in);
    Build b = new Build(p, name, activation);
    long from = in.at(0);
    if (kind.equals("conv")) {
      for (int i = 0; i < widths.size(); i++) {
        b.conv(from, widths.get(i), 4, 2, activation.gain());
        from = widths.get(i);
        if (i < widths.size() - 1) {
          b.activate();
        }
      }
    } else {
      from = widths.get(0);
      b.conv(in.at(0), from, 3, 1, 1);
      for (int i = 0; i < stages; i++) {
        b.residual(from).activate().conv(from, from, 4, 2, activation.gain());
      }
    }
    return b.bottlenecks(from, blocks).activate().point(from, out, 1).net();
  }

  /** The way back: from maps {@code [batch, in, h, w]} to images of shape {@code out}. */
  public Net mapDecoder(Params p, String name, int in, int blocks, Shape out) {
    boolean conv = kind.equals("conv");
    int n = conv ? widths.size() : stages;
    List<long[]> sizes = halvings(out, n);
    Build b = new Build(p, name, activation);
    long from = conv ? widths.get(n - 1) : widths.get(0);
    b.conv(in, from, 3, 1, activation.gain()).bottlenecks(from, blocks).activate();
    for (int i = n - 1; i >= 0; i--) {
      boolean last = i == 0 && conv;
      long to = last ? out.at(0) : conv ? widths.get(i - 1) : from;
      b.convTransposed(from, to, sizes.get(i + 1), sizes.get(i), last ? 1 : activation.gain());
      if (!last) {
        b.activate();
      }
      from = to;
    }
    return conv ? b.net() : b.conv(from, out.at(0), 3, 1, 1).net();
  }

  /** The decoder that goes with this encoder: widths of a perceptron in reverse order. */
  public NetSpec mirrored() {
    if (!kind.equals("mlp")) {
      return this;
    }
    List<Integer> r = new ArrayList<>(widths);
    Collections.reverse(r);
    return new NetSpec(kind, List.copyOf(r), stages, activation);
  }

  private static long area(long[] size) {
    return size[0] * size[1];
  }

  /** Image sizes after 0, 1, … n halvings. */
  private List<long[]> halvings(Shape image, int n) {
    if (!image.isImage()) {
      throw UserException.usage(
          "network '%s' needs images, but an observation is %s; use mlp", this, image);
    }
    List<long[]> r = new ArrayList<>();
    long h = image.at(1);
    long w = image.at(2);
    r.add(new long[] {h, w});
    for (int i = 0; i < n; i++) {
      h /= 2;
      w /= 2;
      if (h == 0 || w == 0) {
        throw UserException.usage(
            "network '%s' halves the image %d times, which leaves nothing of %s; use fewer stages",
            this, n, image);
      }
      r.add(new long[] {h, w});
    }
    return r;
  }

  @JsonValue
  @Override
  public String toString() {
    String w =
        kind.equals("resnet")
            ? ":" + stages + "x" + widths.get(0)
            : widths.isEmpty()
                ? ""
                : ":" + String.join(",", widths.stream().map(String::valueOf).toList());
    return kind + w + (activation == Activation.RELU ? "" : "/" + activation.text());
  }

  /** Adds layers one by one, numbering those with weights. */
  private static final class Build {
    private final Params p;
    private final String name;
    private final Activation activation;
    private final List<Layer> layers = new ArrayList<>();
    private int index;

    Build(Params p, String name, Activation activation) {
      this.p = p;
      this.name = name;
      this.activation = activation;
    }

    private String next() {
      return name + "." + index++;
    }

    private Tensor zeros(String n, long size) {
      return p.parameter(n, Tensor.zeros(size));
    }

    Build flat(Shape in) {
      if (in.rank() != 1 || !layers.isEmpty()) {
        layers.add(new Layer.Flatten());
      }
      return this;
    }

    Build reshape(Shape event) {
      if (event.rank() != 1) {
        layers.add(new Reshape(event));
      }
      return this;
    }

    Build activate() {
      layers.add(new Activate(activation));
      return this;
    }

    Build linear(long in, long out, double gain) {
      String n = next();
      layers.add(
          new Linear(n, p.glorot(n + ".weight", gain, in, out, out, in), zeros(n + ".bias", out)));
      return this;
    }

    Build conv(long in, long out, int kernel, int stride, double gain) {
      layers.add(convLayer(next(), in, out, kernel, stride, gain));
      return this;
    }

    private Conv convLayer(String n, long in, long out, int kernel, int stride, double gain) {
      long k2 = (long) kernel * kernel;
      Tensor w =
          p.glorot(
              n + ".weight", gain, in * k2, out * k2 / (stride * stride), out, in, kernel, kernel);
      return new Conv(n, w, zeros(n + ".bias", out), stride, 1);
    }

    Build convTransposed(long in, long out, long[] from, long[] to, double gain) {
      String n = next();
      // Each output pixel of a 4×4 kernel with stride 2 sees 2×2 inputs.
      Tensor w = p.glorot(n + ".weight", gain, in * 4, out * 16, in, out, 4, 4);
      int padH = (int) (to[0] - 2 * from[0]);
      int padW = (int) (to[1] - 2 * from[1]);
      layers.add(new ConvTransposed(n, w, zeros(n + ".bias", out), 2, 1, padH, padW));
      return this;
    }

    Build residual(long c) {
      Conv first = convLayer(next(), c, c, 3, 1, activation.gain());
      Conv second = convLayer(next(), c, c, 3, 1, 0);
      layers.add(
          new Residual(List.of(new Activate(activation), first, new Activate(activation), second)));
      return this;
    }

    Build bottlenecks(long c, int blocks) {
      long half = Math.max(1, c / 2);
      for (int i = 0; i < blocks; i++) {
        Conv first = convLayer(next(), c, half, 3, 1, activation.gain());
        Conv second = pointLayer(next(), half, c, 0);
        layers.add(
            new Residual(
                List.of(new Activate(activation), first, new Activate(activation), second)));
      }
      return this;
    }

    Build point(long in, long out, double gain) {
      layers.add(pointLayer(next(), in, out, gain));
      return this;
    }

    private Conv pointLayer(String n, long in, long out, double gain) {
      Tensor w = p.glorot(n + ".weight", gain, in, out, out, in, 1, 1);
      return new Conv(n, w, zeros(n + ".bias", out), 1, 0);
    }

    Net net() {
      return new Net(name, List.copyOf(layers));
    }
  }
}
