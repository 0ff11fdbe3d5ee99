package org.javae.data.read;

import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Locale;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.event.IIOReadWarningListener;
import javax.imageio.stream.FileImageInputStream;
import javax.imageio.stream.ImageInputStream;
import org.javae.tensor.UserException;

/** Decodes PNG, JPEG, GIF and BMP files to 8-bit planes. Transparency is ignored. */
final class ImageDecoder {
  /** Pictures with more pixels than this are refused before they are decoded. */
  private static final long MAX_PIXELS = 1L << 26;

  private ImageDecoder() {}

  /** What a picture's head says. */
  record Head(int height, int width, boolean grey) {}

  /** Planes of bytes, {@code channels} × {@code height} × {@code width}. */
  record Picture(int channels, int height, int width, byte[] planes) {}

  /** Reads the head only. */
  static Head head(Path file) {
    return with(file, reader -> new Head(reader.getHeight(0), reader.getWidth(0), isGrey(reader)));
  }

  private static boolean isGrey(ImageReader reader) throws IOException {
    ImageTypeSpecifier type = reader.getRawImageType(0);
    if (type == null) {
      Iterator<ImageTypeSpecifier> types = reader.getImageTypes(0);
      if (!types.hasNext()) {
        return false;
      }
      type = types.next();
    }
    return isGrey(type.getColorModel());
  }

  private static boolean isGrey(ColorModel model) {
    if (model instanceof IndexColorModel palette) {
      for (int i = 0; i < palette.getMapSize(); i++) {
        if (palette.getRed(i) != palette.getGreen(i) || palette.getRed(i) != palette.getBlue(i)) {
          return false;
        }
      }
      return true;
    }
    return model.getNumColorComponents() == 1;
  }

  /** Decodes {@code file} to one channel (luma of colours) or three (grey repeated). */
  static Picture decode(Path file, int channels) {
    BufferedImage image =
        with(
            file,
            reader -> {
              String[] damage = new String[1];
              // The JPEG decoder fills what is missing with grey and only warns.
              reader.addIIOReadWarningListener(
                  (IIOReadWarningListener)
                      (source, warning) -> {
                        String w = warning.toLowerCase(Locale.ROOT);
                        if (w.contains("premature")
                            || w.contains("truncated")
                            || w.contains("corrupt")) {
                          damage[0] = warning;
                        }
                      });
              BufferedImage i = reader.read(0);
              if (damage[0] != null) {
                throw new IOException(damage[0]);
              }
              return i;
            });
    return planes(image, channels);
  }

  private interface Use<T> {
    T with(ImageReader reader) throws IOException;
  }

  private static <T> T with(Path file, Use<T> use) {
    // Opened as a file, not through ImageIO, which would be free to copy it to a cache on disk.
    try (ImageInputStream in = new FileImageInputStream(new File(file.toString()))) {
      if (in.length() == 0) {
        throw UserException.of("The picture %s is empty.", file);
      }
      Iterator<ImageReader> readers = ImageIO.getImageReaders(in);
      if (!readers.hasNext()) {
        throw UserException.of(
            "The picture %s is damaged or no PNG, JPEG, GIF or BMP: replace or remove it.", file);
      }
      ImageReader reader = readers.next();
      try {
        reader.setInput(in, true, true);
        long pixels = (long) reader.getHeight(0) * reader.getWidth(0);
        if (pixels > MAX_PIXELS) {
          throw UserException.of(
              "The picture %s claims to have %d×%d pixels, more than are ever decoded here (%d); it may be damaged.",
              file, reader.getHeight(0), reader.getWidth(0), MAX_PIXELS);
        }
        return use.with(reader);
      } finally {
        reader.dispose();
      }
    } catch (UserException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      throw UserException.of(
          e, "The picture %s is damaged and cannot be decoded: replace or remove it.", file);
    }
  }

  private static Picture planes(BufferedImage image, int channels) {
    int h = image.getHeight();
    int w = image.getWidth();
    byte[] out = new byte[Math.multiplyExact(channels, Math.multiplyExact(h, w))];
    int plane = h * w;
    Raster raster = image.getRaster();
    ColorModel model = image.getColorModel();
    int colours = model.getNumColorComponents();
    boolean direct =
        !(model instanceof IndexColorModel)
            && (colours == 1 || (colours == 3 && model.getColorSpace().isCS_sRGB()));
    int[] line = new int[raster.getNumBands() * w];
    int bands = raster.getNumBands();
    for (int y = 0; y < h; y++) {
      if (direct) {
        // Not through getRGB: Java would pass grey levels through a colour space and change them.
        raster.getPixels(0, y, w, 1, line);
      }
      for (int x = 0; x < w; x++) {
        int r;
        int g;
        int b;
        if (direct) {
          r = eightBits(line[x * bands], model.getComponentSize(0));
          g = colours == 1 ? r : eightBits(line[x * bands + 1], model.getComponentSize(1));
          b = colours == 1 ? r : eightBits(line[x * bands + 2], model.getComponentSize(2));
        } else {
          int rgb = image.getRGB(x, y);
          r = rgb >> 16 & 0xff;
          g = rgb >> 8 & 0xff;
          b = rgb & 0xff;
        }
        int at = y * w + x;
        if (channels == 1) {
          out[at] = (byte) (r == g && g == b ? r : Math.round(AdaptedImages.luma(r, g, b)));
        } else {
          out[at] = (byte) r;
          out[plane + at] = (byte) g;
          out[2 * plane + at] = (byte) b;
        }
      }
    }
    return new Picture(channels, h, w, out);
  }

  private static int eightBits(int sample, int bits) {
    return bits == 8
        ? sample
        : (int) ((sample * 255L + ((1L << bits) - 1) / 2) / ((1L << bits) - 1));
  }
}
