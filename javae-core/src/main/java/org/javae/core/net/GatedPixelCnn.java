package org.javae.core.net;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleConsumer;
import java.util.function.Function;
import org.javae.core.model.Check;
import org.javae.core.model.Params;
import org.javae.tensor.Autograd;
import org.javae.tensor.Rng;
import org.javae.tensor.Scope;
import org.javae.tensor.Tensor;

/**
 * Gated PixelCNN (van den Oord et al., 2016, Conditional Image Generation with PixelCNN Decoders):
 * all conditionals of {@code p(x) = Πᵢ p(xᵢ | x₁ … xᵢ₋₁)} over the pixels in reading order, and
 * over the channels of a pixel in their order, in one pass. Every level of a channel is one of K
 * classes.
 *
 * <p>A vertical stack sees all rows above, a horizontal one the row to the left, so that no pixel
 * before is out of sight (their section 2.3). With {@code ∗} a convolution, s the logistic function
 * and h what everything is given, a layer is
 *
 * <pre>
 * a = W_v ∗ v + V_v h,               v ← tanh(a₁) ⊙ s(a₂)
 * b = W_h ∗ u + W_a ∗ a + V_h h,     u ← u + W_r ∗ [tanh(b₁) ⊙ s(b₂)]
 * </pre>
 *
 * (equation (2) and figure 2). Instead of masking square kernels, kernels have only the taps they
 * may: rows above for v, columns to the left for u. Masks remain for the pixel itself, whose
 * features are divided into as many groups as there are channels: in the first layer (type A) group
 * c sees the channels before c, later (type B) the groups up to c.
 */
public final class GatedPixelCnn {
  /** Columns and rows that the first layer sees to each side, as in the paper's 7×7. */
  private static final int FIRST = 3;

  private final Size size;
  private final List<Block> blocks = new ArrayList<>();
  private final Masked hidden;
  private final Masked output;

  /**
   * What it is made of.
   *
   * @param channels C, values of a pixel that follow one another; 1 for a map of codes
   * @param planes of the input for each channel: 1 for an intensity, K for indicators, or the size
   *     of an embedding
   * @param levels K, classes of each value
   * @param features of each stack, a multiple of C
   * @param layers after the first
   * @param condition numbers that everything is given, 0 for none
   */
  public record Size(
      int channels, int planes, int levels, int features, int layers, int condition) {
    public Size {
      Check.positive("channels", channels);
      Check.positive("planes", planes);
      Check.positive("levels", levels);
      Check.positive("features", features);
      Check.positive("layers", layers);
      Check.notNegative("condition", condition);
      // Every group of features must have as many members.
      features = (features + channels - 1) / channels * channels;
    }
  }

  /** A convolution whose mask is null where all weights stay. */
  private record Masked(Tensor weight, Tensor mask, Tensor bias) {
    Tensor kernel() {
      return mask == null ? weight : weight.times(mask);
    }

    Tensor point(Tensor x) {
      return x.conv2d(kernel(), bias, 1, 0);
    }
  }

  /** One layer; {@code residual} is false for the first, whose input has other channels. */
  private record Block(
      int reach,
      boolean first,
      Tensor above,
      Tensor aboveBias,
      Masked left,
      Tensor across,
      Masked back,
      Tensor givenAbove,
      Tensor givenLeft) {

    /** a: sees rows {@code i − reach … i}, in the first layer up to {@code i − 1}. */
    Tensor vertical(Tensor v) {
      return v.conv2d(above, aboveBias, 1, reach, reach).narrow(2, 0, v.size(2));
    }

    /** W_h ∗ u: sees columns {@code j − reach … j}. */
    Tensor horizontal(Tensor u) {
      return u.conv2d(left.kernel(), left.bias(), 1, 0, reach).narrow(3, 0, u.size(3));
    }
  }

  /**
   * Registers the layers {@code name.0}, {@code name.1} … and {@code name.out}. The last starts at
   * zero: all levels are equally likely before anything is learned.
   */
  public GatedPixelCnn(Params p, String name, Size size) {
    this.size = size;
    for (int l = 0; l <= size.layers(); l++) {
      blocks.add(block(p, name + "." + l, l == 0));
    }
    int f = size.features();
    this.hidden = point(p, name + ".out.0", f, f, f / size.channels(), Activation.RELU.gain());
    this.output = point(p, name + ".out.1", f, size.channels() * size.levels(), size.levels(), 0);
  }

  private Block block(Params p, String name, boolean first) {
    int c = size.channels();
    int f = size.features();
    int in = first ? c * size.planes() : f;
    int reach = first ? FIRST : 1;
    int rows = first ? reach : reach + 1; // the first layer leaves out its own row
    int columns = 2 * reach + 1;
    Tensor above =
        p.glorot(
            name + ".above.weight",
            1,
            (long) in * rows * columns,
            (long) f * rows * columns,
            2L * f,
            in,
            rows,
            columns);
    Tensor aboveBias = p.parameter(name + ".above.bias", Tensor.zeros(2L * f));
    Tensor leftWeight =
        p.glorot(
            name + ".left.weight",
            1,
            (long) in * (reach + 1),
            (long) f * (reach + 1),
            2L * f,
            in,
            1,
            reach + 1);
    Tensor leftMask = mask(p, 2 * f, f / c, in, in / c, reach + 1, first);
    Masked left =
        new Masked(leftWeight, leftMask, p.parameter(name + ".left.bias", Tensor.zeros(2L * f)));
    Tensor across = p.glorot(name + ".across.weight", 1, 2L * f, f, 2L * f, 2L * f, 1, 1);
    Masked back = point(p, name + ".back", f, f, f / c, 1);
    int h = size.condition();
    return new Block(
        reach,
        first,
        above,
        aboveBias,
        left,
        across,
        back,
        h == 0 ? null : p.glorot(name + ".given.above", 1, h, f, 2L * f, h),
        h == 0 ? null : p.glorot(name + ".given.left", 1, h, f, 2L * f, h));
  }

  /** A 1×1 convolution of type B between groups of features. */
  private Masked point(Params p, String name, int in, int out, int outGroup, double gain) {
    Tensor weight = p.glorot(name + ".weight", gain, in, out, out, in, 1, 1);
    Tensor mask = mask(p, out, outGroup, in, in / size.channels(), 1, false);
    return new Masked(weight, mask, p.parameter(name + ".bias", Tensor.zeros(out)));
  }

  /**
   * What the last tap, the pixel itself, may see; all else stays. Null if that is everything.
   *
   * @param outGroup features of a group of the output, groups in turn, starting over after the last
   * @param strict whether a group must not see its own channel
   */
  private Tensor mask(
      Params p, int out, int outGroup, int in, int inGroup, int taps, boolean strict) {
    int c = size.channels();
    if (c == 1 && !strict) {
      return null;
    }
    float[] m = new float[out * in * taps];
    Arrays.fill(m, 1);
    for (int o = 0; o < out; o++) {
      for (int i = 0; i < in; i++) {
        int to = o / outGroup % c;
        int from = i / inGroup;
        m[(o * in + i) * taps + taps - 1] = from < to || from == to && !strict ? 1 : 0;
      }
    }
    return p.constant(Tensor.of(m, out, in, 1, taps).to(p.type()));
  }

  private static Tensor gate(Tensor a) {
    List<Tensor> halves = a.chunk(2, 1);
    return halves.get(0).tanh().times(halves.get(1).sigmoid());
  }

  /** V h, h being the same everywhere {@code [batch, n]} or a map {@code [batch, n, h, w]}. */
  private static Tensor given(Tensor a, Tensor weight, Tensor h) {
    if (weight == null) {
      return a;
    }
    return a.plus(
        h.shape().rank() == 2
            ? h.linear(weight, null).unsqueeze(2).unsqueeze(3)
            : h.conv2d(weight.unsqueeze(2).unsqueeze(3), null, 1, 0));
  }

  /** Without a condition. */
  public Tensor apply(Tensor x) {
    return apply(x, null);
  }

  /**
   * Logits of all levels of all pixels.
   *
   * @param x {@code [batch, C·planes, h, w]}, the planes of channel c from c·planes on
   * @param h condition, {@code [batch, n]} or a map {@code [batch, n, h, w]}; null without
   * @return {@code [batch, C, K, h, w]}
   */
  public Tensor apply(Tensor x, Tensor h) {
    Tensor v = x;
    Tensor u = x;
    for (Block b : blocks) {
      Tensor a = given(b.vertical(v), b.givenAbove(), h);
      Tensor left = b.horizontal(u).plus(a.conv2d(b.across(), null, 1, 0));
      Tensor back = b.back().point(gate(given(left, b.givenLeft(), h)));
      v = gate(a);
      u = b.first() ? back : u.plus(back);
    }
    Tensor y = output.point(hidden.point(u.relu()).relu());
    return y.reshape(x.size(0), size.channels(), size.levels(), x.size(2), x.size(3));
  }

  /**
   * ln p of levels in nats: {@code [batch]}.
   *
   * @param x input as in {@link #apply(Tensor, Tensor)}
   * @param levels int64 {@code [batch, C, h, w]}, 0 … K − 1
   */
  public Tensor logProb(Tensor x, Tensor levels, Tensor h) {
    Tensor logits = apply(x, h).permute(0, 1, 3, 4, 2).reshape(-1, size.levels());
    return logits
        .crossEntropy(levels.reshape(-1))
        .reshape(x.size(0), x.numel() / x.size(0) / size.planes())
        .sum(1)
        .neg();
  }

  /**
   * Draws images pixel by pixel.
   *
   * @param input from levels, int64 {@code [n, C, rows, w]}, to input as in {@link #apply(Tensor,
   *     Tensor)}; called with parts of the image
   * @param h condition for each of n, or null
   * @param progress told the fraction done
   * @return levels int64 {@code [n, C, height, width]}
   */
  public Tensor sample(
      int n,
      int height,
      int width,
      Function<Tensor, Tensor> input,
      Tensor h,
      Rng rng,
      DoubleConsumer progress) {
    int c = size.channels();
    long[] values = new long[n * c * height * width];
    for (int i = 0; i < height; i++) {
      // Rows beyond the field of vision cannot change this one.
      int top = Math.max(0, i - FIRST - size.layers());
      for (int j = 0; j < width; j++) {
        for (int k = 0; k < c; k++) {
          int row = i;
          int at = (k * height + i) * width + j;
          int column = j;
          int channel = k;
          long[] drawn =
              Scope.run(
                  () ->
                      Autograd.off(
                          () -> {
                            Tensor known =
                                Tensor.of(values, n, c, height, width)
                                    .narrow(2, top, row - top + 1);
                            Tensor map =
                                h == null || h.shape().rank() == 2
                                    ? h
                                    : h.narrow(2, top, row - top + 1);
                            Tensor logits =
                                apply(input.apply(known), map)
                                    .select(1, channel)
                                    .select(3, column)
                                    .select(2, row - top);
                            return rng.multinomial(logits.softmax(1), 1).toLongs();
                          }));
          for (int b = 0; b < n; b++) {
            values[b * c * height * width + at] = drawn[b];
          }
        }
      }
      progress.accept((i + 1.0) / height);
    }
    return Tensor.of(values, n, c, height, width);
  }
}
