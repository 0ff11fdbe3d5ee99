package org.javae.data.write;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.util.StringJoiner;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.javae.core.data.Dataset;

/** NumPy's array format, version 1.0, and archives of such arrays. */
final class Npy {
  private Npy() {}

  static void write(Dataset data, OutputStream out) throws IOException {
    out.write(header("<f4", data.size(), data.shape().toArray()));
    Batches.each(
        data,
        (first, count, values) -> {
          int floats = Math.multiplyExact(count, Math.toIntExact(data.shape().numel()));
          ByteBuffer bytes = ByteBuffer.allocate(floats * 4).order(ByteOrder.LITTLE_ENDIAN);
          bytes.asFloatBuffer().put(values, 0, floats);
          out.write(bytes.array());
        });
  }

  static void writeZip(Dataset data, OutputStream out) throws IOException {
    ZipOutputStream zip = new ZipOutputStream(out);
    zip.putNextEntry(entry(data.shape().isImage() ? "images" : "data"));
    write(data, zip);
    zip.closeEntry();
    for (Dataset.Annotation annotation : data.annotations()) {
      zip.putNextEntry(entry(annotation.name().equals("label") ? "labels" : annotation.name()));
      zip.write(header("<i4", data.size()));
      ByteBuffer bytes =
          ByteBuffer.allocate(annotation.values().length * 4).order(ByteOrder.LITTLE_ENDIAN);
      bytes.asIntBuffer().put(annotation.values());
      zip.write(bytes.array());
      zip.closeEntry();
    }
    zip.finish();
  }

  private static ZipEntry entry(String array) {
    ZipEntry entry = new ZipEntry(array + ".npy");
    // The epoch of zip files: the same data give the same file, whenever it is written.
    entry.setTimeLocal(LocalDateTime.of(1980, 1, 1, 0, 0));
    return entry;
  }

  private static byte[] header(String type, long n, long... rest) {
    StringJoiner shape = new StringJoiner(", ", "(", rest.length == 0 ? ",)" : ")");
    shape.add(Long.toString(n));
    for (long size : rest) {
      shape.add(Long.toString(size));
    }
    String text = "{'descr': '" + type + "', 'fortran_order': False, 'shape': " + shape + ", }";
    // Magic, version, length of the text and the text end at a multiple of 64 bytes.
    int prefix = 10;
    int length = (prefix + text.length() + 1 + 63) / 64 * 64 - prefix;
    ByteBuffer header = ByteBuffer.allocate(prefix + length).order(ByteOrder.LITTLE_ENDIAN);
    header.put((byte) 0x93).put("NUMPY".getBytes(StandardCharsets.US_ASCII));
    header.put((byte) 1).put((byte) 0).putShort((short) length);
    header.put(
        (text + " ".repeat(length - text.length() - 1) + "\n").getBytes(StandardCharsets.US_ASCII));
    return header.array();
  }
}
