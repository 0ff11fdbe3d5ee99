package org.javae.experiment.picture;

import java.util.Arrays;
import java.util.List;
import org.javae.tensor.Shape;
import org.javae.tensor.UserException;

/**
 * A batch of images as the models see them: {@code values[((i * channels + c) * height + y) * width
 * + x]}, black at 0 and full light at 1; one channel is grey, three are red, green, blue.
 *
 * @param values {@code count * channels * height * width} numbers; not copied, so leave them alone
 *     until drawn
 */
public record Images(float[] values, int count, int channels, int height, int width) {
  /**
   * @throws UserException if the images have neither one channel nor three
   * @throws IllegalArgumentException if the number of values does not fit the sizes
   */
  public Images {
    if (channels != 1 && channels != 3) {
      throw UserException.of(
          "Images of shape %d×%d×%d cannot be drawn: a picture needs 1 channel (grey) or 3 (red,"
              + " green, blue), these have %d.",
          channels, height, width, channels);
    }
    if (count < 0 || height < 1 || width < 1) {
      throw new IllegalArgumentException(
          "sizes of images: " + count + " of " + channels + "×" + height + "×" + width);
    }
    if (values.length != (long) count * channels * height * width) {
      throw new IllegalArgumentException(
          values.length
              + " values for "
              + count
              + " images of "
              + channels
              + "×"
              + height
              + "×"
              + width);
    }
  }

  /**
   * Images one after the other, as many as there are values for.
   *
   * @param shape of one image, {@code [channels, height, width]}
   */
  public static Images of(float[] values, Shape shape) {
    if (!shape.isImage()) {
      throw UserException.of(
          "Data of shape %s are not images (channels×height×width); draw them as lines or points.",
          shape);
    }
    int c = Math.toIntExact(shape.at(0));
    int h = Math.toIntExact(shape.at(1));
    int w = Math.toIntExact(shape.at(2));
    long each = shape.numel();
    return new Images(values, each == 0 ? 0 : Math.toIntExact(values.length / each), c, h, w);
  }

  /** Images given one by one, each {@code [channels, height, width]} flat. */
  public static Images of(List<float[]> images, Shape shape) {
    int each = Math.toIntExact(shape.numel());
    float[] all = new float[Math.multiplyExact(images.size(), each)];
    for (int i = 0; i < images.size(); i++) {
      if (images.get(i).length != each) {
        throw new IllegalArgumentException(
            "image " + i + " has " + images.get(i).length + " values, shape " + shape);
      }
      System.arraycopy(images.get(i), 0, all, i * each, each);
    }
    return of(all, shape);
  }

  /** The images from {@code from} (counted from 0) up to, not including, {@code until}. */
  public Images slice(int from, int until) {
    int each = channels * height * width;
    return new Images(
        Arrays.copyOfRange(values, from * each, until * each),
        until - from,
        channels,
        height,
        width);
  }
}
