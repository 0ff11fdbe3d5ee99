package org.javae.data.read;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import org.javae.tensor.UserException;

/**
 * An array in a file whose header has been read and believed: the file can hold what the header
 * promises.
 *
 * @param file for messages about input errors
 * @param what the array, as messages call it
 * @param dims its sizes; the first is the number of observations
 * @param fortran whether the first index is the fastest
 * @param source opens the stream at the first element
 */
record ArrayPart(
    Path file,
    String what,
    Element element,
    ByteOrder order,
    long[] dims,
    boolean fortran,
    Source source) {
  /** Opens a stream. */
  interface Source {
    InputStream open() throws IOException;
  }

  /** Number of elements; what overflows 63 bits is refused. */
  static long count(String what, long[] dims) {
    long n = 1;
    for (long d : dims) {
      if (d < 0 || (d > 0 && n > Long.MAX_VALUE / 64 / d)) {
        throw UserException.of(
            "%s has a header with impossible sizes (%s): it is damaged.", what, Layout.text(dims));
      }
      n *= d;
    }
    return n;
  }

  int observations() {
    if (dims.length == 0 || dims[0] == 0) {
      throw UserException.of("%s holds no observations.", what);
    }
    if (dims[0] >= Integer.MAX_VALUE) {
      throw UserException.of("%s holds %d observations, more than can be numbered.", what, dims[0]);
    }
    return (int) dims[0];
  }

  /** Sizes of one observation. */
  long[] sample() {
    return dims.length == 0 ? dims : Arrays.copyOfRange(dims, 1, dims.length);
  }

  /** All elements of a short array in row-major order, e.g. labels. */
  double[] readAll(int atMost) {
    long n = count(what, dims);
    if (n > atMost) {
      throw UserException.of(
          "%s holds %d values, but at most %d are expected of labels.", what, n, atMost);
    }
    double[] out = new double[(int) n];
    byte[] raw = new byte[element.size];
    ByteBuffer b = ByteBuffer.wrap(raw).order(order);
    int rank = dims.length;
    try (InputStream in = source.open()) {
      for (int i = 0; i < out.length; i++) {
        Inputs.readFully(in, raw, 0, raw.length);
        out[fortran && rank == 2 ? (int) (i % dims[0] * dims[1] + i / dims[0]) : i] =
            element.get(b, 0);
      }
    } catch (IOException e) {
      throw Inputs.failure(file, e);
    }
    return out;
  }
}
