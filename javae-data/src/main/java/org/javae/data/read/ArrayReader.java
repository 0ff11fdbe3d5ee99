package org.javae.data.read;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.javae.core.data.Dataset;
import org.javae.core.data.Dataset.Annotation;
import org.javae.tensor.UserException;

/** Reads arrays that lie in files one after the other into one data set. */
final class ArrayReader {
  /**
   * Rows of Fortran-ordered arrays gathered at a time: enough that every read takes a run of
   * neighbours.
   */
  private static final int GATHERED_BYTES = 1 << 22;

  private final ReadOptions options;
  private final List<ArrayPart> parts;
  private final Layout layout;
  private final Element element;
  private final BitSet kept = new BitSet();

  private ArrayReader(List<ArrayPart> parts, ReadOptions options) {
    this.options = options;
    this.parts = parts;
    ArrayPart first = parts.get(0);
    this.layout = Layout.of(first.sample(), options, first.what());
    this.element = first.element();
    for (ArrayPart p : parts) {
      if (!Arrays.equals(p.sample(), first.sample()) || p.element().isByte() != element.isByte()) {
        throw UserException.of(
            "%s and %s do not belong together: observations of %s %s and %s %s.",
            first.what(),
            p.what(),
            Layout.text(first.sample()),
            first.element(),
            Layout.text(p.sample()),
            p.element());
      }
    }
  }

  /**
   * @param annotations told which observations (numbered through all parts) were taken, makes the
   *     annotations
   */
  static Dataset read(
      String name, List<ArrayPart> parts, ReadOptions options, Annotating annotations) {
    return new ArrayReader(parts, options).read(name, annotations);
  }

  /** Makes annotations for the observations taken. */
  interface Annotating {
    /**
     * @param observations numbers of the observations taken, through all parts as stored, rising
     */
    List<Annotation> of(int[] observations);
  }

  private Dataset read(String name, Annotating annotations) {
    int[] sizes = parts.stream().mapToInt(ArrayPart::observations).toArray();
    int[] taken = Parts.share(sizes, options.limit());
    int[] keptOf = new int[sizes.length];
    boolean bytes = element.isByte();
    int offset = 0;
    try (RowWriter rows =
        bytes
            ? RowWriter.ofBytes(options, layout.numel())
            : RowWriter.ofFloats(options, layout.numel())) {
      for (int p = 0; p < sizes.length; p++) {
        int before = rows.rows();
        readPart(parts.get(p), taken[p], offset, rows);
        keptOf[p] = rows.rows() - before;
        offset = Math.addExact(offset, sizes[p]);
      }
      if (rows.rows() == 0) {
        throw UserException.of(
            "%s: every observation has missing values, so missing=drop leaves none.", name);
      }
      int[] observations = kept.stream().toArray();
      return rows.finish(
          layout.image() && element == Element.U8,
          n ->
              new Meta(
                  name,
                  layout.shape(),
                  List.of(),
                  annotations.of(observations),
                  Parts.split(keptOf)));
    } catch (ArithmeticException e) {
      throw UserException.of(
          e, "%s: the parts together have more observations than can be numbered.", name);
    }
  }

  private void readPart(ArrayPart part, int take, int offset, RowWriter rows) {
    Rows sink = new Rows(part, offset, rows);
    long read = 0;
    try (InputStream in = part.source().open()) {
      if (part.fortran() && part.dims().length > 1) {
        gather(part, in, take, sink);
        sink.missing.finish();
        return;
      }
      byte[] raw = new byte[part.element().size * layout.numel()];
      for (; read < take; read++) {
        Inputs.readFully(in, raw, 0, raw.length);
        sink.add(raw);
      }
      if (take == part.observations() && in.read() >= 0) {
        throw tooLong(part);
      }
      sink.missing.finish();
    } catch (EOFException e) {
      throw UserException.of(
          e,
          "%s is cut short: its header promises %d observations, but it ends in observation %d; fetch or copy it again.",
          part.what(),
          part.observations(),
          read + 1);
    } catch (IOException e) {
      throw Inputs.failure(part.file(), e);
    }
  }

  private static UserException tooLong(ArrayPart part) {
    return UserException.of(
        "%s goes on after the %d observations that its header promises: it is damaged or something else.",
        part.what(), part.observations());
  }

  /** Reads an array whose first index is the fastest, by way of a store of all its bytes. */
  private void gather(ArrayPart part, InputStream in, int take, Rows sink) throws IOException {
    int size = part.element().size;
    long n = part.observations();
    int numel = layout.numel();
    try (ByteStore.Builder b = new ByteStore.Builder(options)) {
      byte[] chunk = new byte[1 << 16];
      long left = n * numel * size;
      while (left > 0) {
        int k = (int) Math.min(left, chunk.length);
        Inputs.readFully(in, chunk, 0, k);
        b.write(chunk, 0, k);
        left -= k;
      }
      if (in.read() >= 0) {
        throw tooLong(part);
      }
      long[] sample = part.sample();
      try (ByteStore all = b.finish()) {
        int group = Math.max(1, Math.min(take, GATHERED_BYTES / size / numel));
        byte[][] raw = new byte[group][numel * size];
        byte[] run = new byte[group * size];
        int[] where = new int[numel];
        Arrays.setAll(where, j -> fortranIndex(j, sample));
        for (int from = 0; from < take; from += group) {
          int count = Math.min(group, take - from);
          for (int j = 0; j < numel; j++) {
            all.read((where[j] * n + from) * size, run, 0, count * size);
            for (int r = 0; r < count; r++) {
              System.arraycopy(run, r * size, raw[r], j * size, size);
            }
          }
          for (int r = 0; r < count; r++) {
            sink.add(raw[r]);
          }
        }
      }
    }
  }

  /**
   * Where row-major element {@code j} of an observation of sizes {@code dims} lies if the first
   * index is fastest.
   */
  private static int fortranIndex(int j, long[] dims) {
    long index = 0;
    for (int d = dims.length - 1; d >= 0; d--) {
      long at = j;
      for (int k = d + 1; k < dims.length; k++) {
        at /= dims[k];
      }
      index = index * dims[d] + at % dims[d];
    }
    return (int) index;
  }

  /** Decodes, arranges and checks rows. */
  private final class Rows {
    private final ArrayPart part;
    private final RowWriter rows;
    private final MissingCells missing;
    private final byte[] arranged = new byte[layout.numel()];
    private final float[] values = new float[layout.numel()];
    private final float[] arrangedValues = new float[layout.numel()];
    private final int offset;
    private int index;

    Rows(ArrayPart part, int offset, RowWriter rows) {
      this.part = part;
      this.offset = offset;
      this.rows = rows;
      this.missing = new MissingCells(options, part.what());
    }

    void add(byte[] raw) {
      int[] order = layout.order();
      if (element.isByte()) {
        if (part.element() == Element.BOOL) {
          for (int i = 0; i < raw.length; i++) {
            raw[i] = (byte) (raw[i] == 0 ? 0 : 1);
          }
        }
        if (order == null) {
          rows.add(raw);
        } else {
          layout.arrange(raw, arranged);
          rows.add(arranged);
        }
        kept.set(offset + index);
      } else {
        part.element().get(ByteBuffer.wrap(raw).order(part.order()), values);
        float[] row = values;
        if (order != null) {
          layout.arrange(values, arrangedValues);
          row = arrangedValues;
        }
        if (missing.accept(row, index)) {
          rows.add(row);
          kept.set(offset + index);
        }
      }
      index++;
    }
  }
}
