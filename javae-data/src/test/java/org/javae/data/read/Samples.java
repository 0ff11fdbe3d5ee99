package org.javae.data.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import javax.imageio.ImageIO;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.javae.core.data.Dataset;
import org.javae.tensor.UserException;

/** Writes small files for the reader tests, and checks what readers answer. */
final class Samples {
  private Samples() {}

  /** Runs {@code call}, which must refuse its input properly, and gives the sentence. */
  static String sentence(ThrowingCallable call) {
    Throwable t = catchThrowable(call);
    assertThat(t).as("what was thrown").isInstanceOf(UserException.class);
    assertProper(t.getMessage());
    return t.getMessage();
  }

  /** One line that begins and ends like a sentence and holds no trace of exceptions. */
  static void assertProper(String message) {
    assertThat(message).doesNotContain("\n").doesNotContain("Exception").endsWith(".");
    assertThat(message.length()).as(message).isBetween(20, 700);
  }

  static float[] all(Dataset d) {
    int[] indices = new int[d.size()];
    for (int i = 0; i < indices.length; i++) {
      indices[i] = i;
    }
    float[] out = new float[Math.toIntExact(d.size() * d.shape().numel())];
    d.read(indices, out);
    return out;
  }

  static float[] row(Dataset d, int index) {
    float[] out = new float[(int) d.shape().numel()];
    d.read(new int[] {index}, out);
    return out;
  }

  static byte[] gzip(byte[] b) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream g = new GZIPOutputStream(out)) {
      g.write(b);
    }
    return out.toByteArray();
  }

  static Path write(Path file, byte[] content) throws IOException {
    Files.createDirectories(file.getParent());
    return Files.write(file, content);
  }

  static Path write(Path file, String content) throws IOException {
    return write(file, content.getBytes(StandardCharsets.UTF_8));
  }

  /** An IDX file of type {@code code}; {@code data} are the elements as stored. */
  static byte[] idx(int code, byte[] data, int... dims) {
    ByteBuffer b = ByteBuffer.allocate(4 + 4 * dims.length + data.length);
    b.put((byte) 0).put((byte) 0).put((byte) code).put((byte) dims.length);
    for (int d : dims) {
      b.putInt(d);
    }
    return b.put(data).array();
  }

  static byte[] counting(int n) {
    byte[] b = new byte[n];
    for (int i = 0; i < n; i++) {
      b[i] = (byte) (i * 7 + 3);
    }
    return b;
  }

  /** A version 1 .npy file with this header dictionary. */
  static byte[] npy(String dictionary, byte[] data) {
    byte[] text = (dictionary + "\n").getBytes(StandardCharsets.US_ASCII);
    ByteBuffer b =
        ByteBuffer.allocate(10 + text.length + data.length).order(ByteOrder.LITTLE_ENDIAN);
    b.put((byte) 0x93).put("NUMPY".getBytes(StandardCharsets.US_ASCII)).put((byte) 1).put((byte) 0);
    return b.putShort((short) text.length).put(text).put(data).array();
  }

  static byte[] npy(String descr, boolean fortran, String shape, byte[] data) {
    return npy(
        "{'descr': '%s', 'fortran_order': %s, 'shape': (%s), }"
            .formatted(descr, fortran ? "True" : "False", shape),
        data);
  }

  static byte[] floats(ByteOrder order, double... values) {
    ByteBuffer b = ByteBuffer.allocate(4 * values.length).order(order);
    for (double v : values) {
      b.putFloat((float) v);
    }
    return b.array();
  }

  static byte[] longs(long... values) {
    ByteBuffer b = ByteBuffer.allocate(8 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    for (long v : values) {
      b.putLong(v);
    }
    return b.array();
  }

  static byte[] npz(Map<String, byte[]> arrays) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ZipOutputStream z = new ZipOutputStream(out)) {
      for (Map.Entry<String, byte[]> e : arrays.entrySet()) {
        z.putNextEntry(new ZipEntry(e.getKey() + ".npy"));
        z.write(e.getValue());
        z.closeEntry();
      }
    }
    return out.toByteArray();
  }

  /** Changes what the first entry of the zip's directory says about the unpacked size. */
  static byte[] withDeclaredSize(byte[] zip, long size) {
    ByteBuffer b = ByteBuffer.wrap(zip.clone()).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < zip.length - 4; i++) {
      if (b.getInt(i) == 0x02014b50) {
        b.putInt(i + 24, (int) size);
        return b.array();
      }
    }
    throw new AssertionError("no directory in this zip");
  }

  /**
   * Writes a picture whose pixel (x, y) is {@code rgb + x + 10 y}; the type is one of
   * BufferedImage's.
   */
  static Path picture(Path file, int height, int width, int type, int rgb) throws IOException {
    BufferedImage im = new BufferedImage(width, height, type);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        if (type == BufferedImage.TYPE_BYTE_GRAY) {
          im.getRaster().setSample(x, y, 0, (rgb + x + 10 * y) & 0xff);
        } else {
          im.setRGB(x, y, 0xff000000 | (rgb + x + 10 * y));
        }
      }
    }
    Files.createDirectories(file.getParent());
    String name = file.toString();
    assertThat(ImageIO.write(im, name.substring(name.lastIndexOf('.') + 1), file.toFile()))
        .isTrue();
    return file;
  }
}
