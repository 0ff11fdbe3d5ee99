package org.javae.core.divergence;

import java.util.Arrays;
import java.util.List;
import org.javae.tensor.Tensor;

/**
 * Structural similarity of images in [0, 1], {@code [n, c, h, w]}, per image {@code [n]}: 1 for
 * equal images, less the less alike their local structure is. Per pixel, with means μ, variances σ²
 * and covariance under a Gaussian window of σ = 1.5 over 11×11 pixels (Wang et al., 2004, equation
 * (13), K₁ = 0.01, K₂ = 0.03),
 *
 * <pre>l = (2 μₓ μ_y + C₁) / (μₓ² + μ_y² + C₁),  cs = (2 σₓ_y + C₂) / (σₓ² + σ_y² + C₂).</pre>
 *
 * <p>SSIM is the mean of {@code l · cs} over the pixels where the whole window fits. MS-SSIM (Wang,
 * Simoncelli and Bovik, 2003, equation (7)) halves the images four times and takes {@code l_M^w_M
 * Πₛ csₛ^wₛ} (at the last scale the mean of l · cs, as SSIM). Channels are compared one by one and
 * averaged.
 *
 * <p>Small images: halving ends before the image is smaller than the window, and the weights of the
 * scales that are left are divided by their sum (28×28 has two scales); images smaller than the
 * window use one of their own size. A negative mean structure counts as 1e-6, where the power
 * exists.
 */
public final class MsSsim {
  private static final int WINDOW = 11;
  private static final double SIGMA = 1.5;
  private static final double C1 = 0.01 * 0.01;
  private static final double C2 = 0.03 * 0.03;
  private static final double[] WEIGHTS = {0.0448, 0.2856, 0.3001, 0.2363, 0.1333};

  private MsSsim() {}

  /** SSIM of one scale. */
  public static Tensor ssim(Tensor x, Tensor y) {
    long c = channels(x, y);
    Terms t = terms(single(x), single(y));
    return perImage(t.luminance.times(t.structure).flatten().mean(1), c);
  }

  /** MS-SSIM of as many scales as the images have. */
  public static Tensor of(Tensor x, Tensor y) {
    long c = channels(x, y);
    int scales = scales(x.size(2), x.size(3));
    double sum = Arrays.stream(WEIGHTS, 0, scales).sum();
    Tensor a = single(x);
    Tensor b = single(y);
    Tensor product = null;
    for (int s = 0; s < scales; s++) {
      Terms t = terms(a, b);
      boolean last = s == scales - 1;
      Tensor map = last ? t.luminance.times(t.structure) : t.structure;
      Tensor power = map.flatten().mean(1).clamp(1e-6, 2).pow(WEIGHTS[s] / sum);
      product = product == null ? power : product.times(power);
      a = last ? a : halved(a);
      b = last ? b : halved(b);
    }
    return perImage(product, c);
  }

  /** How many scales images of this size have. */
  static int scales(long height, long width) {
    int n = 1;
    for (long side = Math.min(height, width) / 2; side >= WINDOW && n < WEIGHTS.length; side /= 2) {
      n++;
    }
    return n;
  }

  private record Terms(Tensor luminance, Tensor structure) {}

  private static Terms terms(Tensor x, Tensor y) {
    List<Tensor> m =
        blurred(Tensor.cat(List.of(x, y, x.square(), y.square(), x.times(y)), 0)).chunk(5, 0);
    Tensor xx = m.get(0).square();
    Tensor yy = m.get(1).square();
    Tensor xy = m.get(0).times(m.get(1));
    Tensor luminance = xy.times(2).plus(C1).div(xx.plus(yy).plus(C1));
    Tensor variances = m.get(2).minus(xx).plus(m.get(3).minus(yy)).plus(C2);
    return new Terms(luminance, m.get(4).minus(xy).times(2).plus(C2).div(variances));
  }

  /** Weighted means under the window, down the columns and then along the rows. */
  private static Tensor blurred(Tensor x) {
    int n = (int) Math.min(WINDOW, Math.min(x.size(2), x.size(3)));
    double[] w = new double[n];
    for (int i = 0; i < n; i++) {
      double d = i - (n - 1) / 2.0;
      w[i] = Math.exp(-d * d / (2 * SIGMA * SIGMA));
    }
    Tensor window = Tensor.of(w, n).to(x.dtype());
    window = window.div(window.sum());
    return x.conv2d(window.reshape(1, 1, n, 1), null, 1, 0)
        .conv2d(window.reshape(1, 1, 1, n), null, 1, 0);
  }

  /** Means of 2×2 pixels; an odd last row or column is dropped. */
  private static Tensor halved(Tensor x) {
    Tensor quarter = Tensor.full(0.25, 1, 1, 2, 2).to(x.dtype());
    return x.conv2d(quarter, null, 2, 0);
  }

  private static long channels(Tensor x, Tensor y) {
    if (x.shape().rank() != 4 || !x.shape().equals(y.shape())) {
      throw new IllegalArgumentException(
          "SSIM compares images [n, c, h, w] of one shape, but got "
              + x.shape()
              + " and "
              + y.shape());
    }
    return x.size(1);
  }

  /** Channels as images of their own. */
  private static Tensor single(Tensor x) {
    return x.reshape(x.size(0) * x.size(1), 1, x.size(2), x.size(3));
  }

  private static Tensor perImage(Tensor perChannel, long channels) {
    return perChannel.reshape(-1, channels).mean(1);
  }
}
