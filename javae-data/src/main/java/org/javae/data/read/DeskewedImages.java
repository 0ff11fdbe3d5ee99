package org.javae.data.read;

import org.javae.core.data.Dataset;
import org.javae.core.data.Forwarding;
import org.javae.tensor.UserException;

/**
 * Pictures of one channel with the slant taken out, made as they are read. With brightness f as
 * mass, its centre (ȳ, x̄) and its second moments μ_yy, μ_xy,
 *
 * <pre>
 * g(y, x) = f(ȳ + y − (h−1)/2, x̄ + x − (w−1)/2 + (y − (h−1)/2) μ_xy / μ_yy)
 * </pre>
 *
 * between pixels by bilinear interpolation, beyond the border 0: rows are shifted until brightness
 * no longer leans, and its centre comes to the middle of the picture. The first of the two is the
 * <em>deskewing</em> of LeCun, Bottou, Bengio and Haffner, 1998. For bright figures on dark ground;
 * a picture without brightness, or all in one row, is only centred or left as it is.
 */
public final class DeskewedImages extends Forwarding {
  private final int height;
  private final int width;
  private final float[] original;
  private final int[] one = new int[1];
  private String fingerprint;

  /**
   * @throws UserException if these are no pictures of one channel
   */
  public DeskewedImages(Dataset source) {
    super(source);
    if (!source.shape().isImage() || source.shape().at(0) != 1) {
      throw UserException.usage(
          "deskew is for pictures of one channel, but an observation of %s is %s; leave it out",
          source.name(), source.shape().isImage() ? source.shape() : "no picture");
    }
    this.height = (int) source.shape().at(1);
    this.width = (int) source.shape().at(2);
    this.original = new float[height * width];
  }

  @Override
  public void read(int[] indices, float[] out) {
    for (int i = 0; i < indices.length; i++) {
      one[0] = indices[i];
      inner().read(one, original);
      deskew(original, height, width, out, i * original.length);
    }
  }

  static void deskew(float[] f, int height, int width, float[] out, int at) {
    double mass = 0;
    double sumY = 0;
    double sumX = 0;
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        double v = f[y * width + x];
        mass += v;
        sumY += v * y;
        sumX += v * x;
      }
    }
    if (!(mass > 0)) {
      System.arraycopy(f, 0, out, at, f.length);
      return;
    }
    double centreY = sumY / mass;
    double centreX = sumX / mass;
    double yy = 0;
    double xy = 0;
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        double v = f[y * width + x];
        yy += v * (y - centreY) * (y - centreY);
        xy += v * (y - centreY) * (x - centreX);
      }
    }
    double lean = yy > 0 ? xy / yy : 0;
    for (int y = 0; y < height; y++) {
      double up = y - (height - 1) / 2.0;
      for (int x = 0; x < width; x++) {
        out[at + y * width + x] =
            (float)
                between(
                    f, height, width, centreY + up, centreX + x - (width - 1) / 2.0 + up * lean);
      }
    }
  }

  private static double between(float[] f, int height, int width, double y, double x) {
    int top = (int) Math.floor(y);
    int left = (int) Math.floor(x);
    double down = y - top;
    double right = x - left;
    return (1 - down)
            * ((1 - right) * pixel(f, height, width, top, left)
                + right * pixel(f, height, width, top, left + 1))
        + down
            * ((1 - right) * pixel(f, height, width, top + 1, left)
                + right * pixel(f, height, width, top + 1, left + 1));
  }

  private static double pixel(float[] f, int height, int width, int y, int x) {
    return y < 0 || y >= height || x < 0 || x >= width ? 0 : f[y * width + x];
  }

  @Override
  public String fingerprint() {
    if (fingerprint == null) {
      fingerprint = Fingerprints.of(this);
    }
    return fingerprint;
  }
}
