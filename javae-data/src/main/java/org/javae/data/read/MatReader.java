package org.javae.data.read;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.javae.core.data.Dataset;
import org.javae.core.data.Dataset.Annotation;
import org.javae.tensor.Shape;
import org.javae.tensor.UserException;
import us.hebi.matlab.mat.format.BufferAllocator;
import us.hebi.matlab.mat.format.Mat5;
import us.hebi.matlab.mat.format.Mat5File;
import us.hebi.matlab.mat.format.Mat5Reader;
import us.hebi.matlab.mat.types.MatlabType;
import us.hebi.matlab.mat.types.Matrix;
import us.hebi.matlab.mat.types.Sources;

/**
 * MATLAB v5 files. A matrix's rows are observations (or its columns, as in {@code ff} of the Frey
 * faces and in Omniglot's {@code data} and {@code testdata}); of arrays with three or four
 * dimensions the last one counts the observations, as MATLAB users have it. Pictures that hold only
 * whole numbers from 0 to 255 hold grey levels, whatever their type.
 */
final class MatReader {
  private static final Set<MatlabType> NUMERIC =
      Set.of(
          MatlabType.Double,
          MatlabType.Single,
          MatlabType.Int8,
          MatlabType.UInt8,
          MatlabType.Int16,
          MatlabType.UInt16,
          MatlabType.Int32,
          MatlabType.UInt32,
          MatlabType.Int64,
          MatlabType.UInt64);

  private static final List<String> LABEL_NAMES =
      List.of("y", "Y", "labels", "label", "gnd", "target", "targets");
  private static final int BUFFER = 1 << 16;
  private static final int FREY_PIXELS = 28 * 20;
  private static final int OMNIGLOT_PIXELS = 28 * 28;

  /** What the head of a variable says. */
  private record Variable(
      String name, MatlabType type, int[] dims, boolean complex, boolean logical) {
    boolean usable() {
      return NUMERIC.contains(type) && !complex && dims.length >= 2 && elements() > 1;
    }

    boolean bytes() {
      return type == MatlabType.UInt8;
    }

    long elements() {
      long n = 1;
      for (int d : dims) {
        n *= d; // each below 2³¹; MATLAB v5 arrays have below 2³¹ bytes, which the caller checks
        if (n > Integer.MAX_VALUE) {
          return Integer.MAX_VALUE;
        }
      }
      return n;
    }

    String sizes() {
      return Layout.text(Arrays.stream(dims).asLongStream().toArray());
    }
  }

  private final Path file;
  private final ReadOptions given;
  private final Map<String, Variable> variables = new LinkedHashMap<>();

  private MatReader(Path file, ReadOptions options) {
    this.file = file;
    this.given = options;
  }

  static Dataset read(Path file, String name, ReadOptions options) {
    return new MatReader(file, options).read(name);
  }

  private Dataset read(String name) {
    checkMagic();
    load(Set.of());
    if (given.array().isEmpty() && given.observations() != ReadOptions.Observations.ROWS) {
      Variable ff = variables.get("ff");
      if (ff != null && ff.usable() && ff.dims().length == 2 && ff.dims()[0] == FREY_PIXELS) {
        return read(name, List.of("ff"), true, shaped(Shape.of(28, 20), false));
      }
      if (isOmniglot(variables.get("data")) && isOmniglot(variables.get("testdata"))) {
        return read(name, List.of("data", "testdata"), true, shaped(Shape.of(28, 28), true));
      }
    }
    Variable chosen = choose();
    boolean last =
        switch (given.observations()) {
          case ROWS -> false;
          case COLUMNS -> true;
          case AUTO -> chosen.dims().length > 2;
        };
    return read(name, List.of(chosen.name()), last, given);
  }

  private static boolean isOmniglot(Variable v) {
    return v != null && v.usable() && v.dims().length == 2 && v.dims()[0] == OMNIGLOT_PIXELS;
  }

  private ReadOptions shaped(Shape shape, boolean columnMajor) {
    return given.imageShape().isPresent()
        ? given
        : given.withImageShape(shape).withColumnMajor(columnMajor);
  }

  private void checkMagic() {
    try (InputStream in = Inputs.open(file)) {
      byte[] head = in.readNBytes(128);
      String text = new String(head, StandardCharsets.ISO_8859_1);
      if (head.length == 0) {
        throw UserException.of("%s is empty.", file);
      }
      if (text.startsWith("MATLAB 7.3") || text.startsWith("\u0089HDF")) {
        throw UserException.of(
            "%s is a MATLAB 7.3 (HDF5) file, but version 5 is expected: save it again with save(..., '-v7').",
            file);
      }
      if (!text.startsWith("MATLAB 5")) {
        throw UserException.of(
            "%s is not a MATLAB v5 file: it should begin with 'MATLAB 5'.", file);
      }
      if (head.length < 128) {
        throw new EOFException();
      }
    } catch (IOException e) {
      throw Inputs.failure(file, e);
    }
  }

  private Variable choose() {
    if (given.array().isPresent()) {
      return existing(given.array().get());
    }
    return variables.values().stream()
        .filter(Variable::usable)
        .max((a, b) -> Long.compare(a.elements(), b.elements()))
        .orElseThrow(
            () ->
                UserException.of(
                    "%s holds no full real matrix; it has %s.",
                    file,
                    variables.isEmpty()
                        ? "no variables"
                        : Inputs.list(
                            variables.values().stream()
                                .map(v -> v.name() + " (" + v.type() + ")")
                                .toList())));
  }

  private Variable existing(String wanted) {
    Variable v = variables.get(wanted);
    if (v == null) {
      throw UserException.usage(
          "%s has no variable %s: it holds %s.",
          file, Inputs.quote(wanted), Inputs.list(List.copyOf(variables.keySet())));
    }
    if (!v.usable()) {
      throw UserException.of(
          "%s, variable %s, is a %s%s array of %s; a full real matrix is expected.",
          file, Inputs.brief(v.name()), v.complex() ? "complex " : "", v.type(), v.sizes());
    }
    return v;
  }

  private Dataset read(
      String name, List<String> arrays, boolean lastIsObservation, ReadOptions options) {
    Optional<String> label = label(arrays.get(0), lastIsObservation);
    List<String> wanted = new ArrayList<>(arrays);
    label.ifPresent(wanted::add);
    Map<String, Matrix> matrices = load(Set.copyOf(wanted));
    int[] sizes = new int[arrays.size()];
    List<Strides> strides = new ArrayList<>();
    for (int i = 0; i < sizes.length; i++) {
      strides.add(new Strides(variables.get(arrays.get(i)), lastIsObservation));
      sizes[i] = strides.get(i).observations;
    }
    String what = file + ", variable " + Inputs.brief(arrays.get(0));
    Layout layout = Layout.of(strides.get(0).sample, options, what);
    int[] taken = Parts.share(sizes, options.limit());
    boolean logical = arrays.stream().anyMatch(a -> variables.get(a).logical());
    boolean bytes =
        arrays.stream().allMatch(a -> variables.get(a).bytes())
            || (layout.image() && arrays.stream().allMatch(a -> greyLevels(matrices.get(a))));
    boolean grey = layout.image() && !logical;
    List<Integer> kept = new ArrayList<>();
    try (RowWriter rows =
        bytes
            ? RowWriter.ofBytes(options, layout.numel())
            : RowWriter.ofFloats(options, layout.numel())) {
      for (int p = 0; p < sizes.length; p++) {
        int before = rows.rows();
        int first = p == 0 ? 0 : sizes[0];
        for (int row :
            copy(
                matrices.get(arrays.get(p)),
                strides.get(p),
                layout,
                taken[p],
                bytes,
                rows,
                options,
                what)) {
          kept.add(first + row);
        }
        taken[p] = rows.rows() - before;
      }
      if (rows.rows() == 0) {
        throw UserException.of(
            "%s: every observation has missing values, so missing=drop leaves none.", what);
      }
      return rows.finish(
          grey,
          n ->
              new Meta(
                  name,
                  layout.shape(),
                  List.of(),
                  label.map(l -> annotation(l, matrices.get(l), kept, sizes[0])).stream().toList(),
                  Parts.split(taken)));
    }
  }

  /**
   * MATLAB users often keep grey levels as doubles; whole numbers 0 to 255 in pictures are taken
   * for such.
   */
  private static boolean greyLevels(Matrix m) {
    int n = m.getNumElements();
    for (int i = 0; i < n; i++) {
      double v = m.getDouble(i);
      if (!(v >= 0 && v <= 255 && v == Math.rint(v))) {
        return false;
      }
    }
    return true;
  }

  /** Copies {@code take} observations; returns the numbers of those that were kept. */
  private static List<Integer> copy(
      Matrix m,
      Strides s,
      Layout layout,
      int take,
      boolean bytes,
      RowWriter rows,
      ReadOptions options,
      String what) {
    int numel = layout.numel();
    int[] order = layout.order();
    int[] from = new int[numel];
    for (int i = 0; i < numel; i++) {
      from[i] = s.offsets[order == null ? i : order[i]];
    }
    List<Integer> kept = new ArrayList<>();
    MissingCells missing = new MissingCells(options, what);
    byte[] b = new byte[numel];
    float[] f = new float[numel];
    for (int row = 0; row < take; row++) {
      int base = row * s.observationStride;
      if (bytes) {
        for (int i = 0; i < numel; i++) {
          b[i] = (byte) m.getInt(base + from[i]);
        }
        rows.add(b);
        kept.add(row);
      } else {
        for (int i = 0; i < numel; i++) {
          f[i] = (float) m.getDouble(base + from[i]);
        }
        if (missing.accept(f, row)) {
          rows.add(f);
          kept.add(row);
        }
      }
    }
    missing.finish();
    return kept;
  }

  private Optional<String> label(String array, boolean lastIsObservation) {
    if (given.label().isPresent()) {
      return given.label().map(l -> existing(l).name());
    }
    long n = new Strides(variables.get(array), lastIsObservation).observations;
    return LABEL_NAMES.stream()
        .filter(l -> !l.equals(array) && variables.containsKey(l))
        .filter(l -> variables.get(l).usable() && variables.get(l).elements() == n)
        .findFirst();
  }

  private Annotation annotation(String label, Matrix m, List<Integer> kept, int observations) {
    String what = file + ", variable " + Inputs.brief(label);
    if (m.getNumElements() != observations) {
      throw UserException.of(
          "%s has %d values, but should hold one label for each of %d observations.",
          what, m.getNumElements(), observations);
    }
    double[] labels = kept.stream().mapToDouble(m::getDouble).toArray();
    // MATLAB counts from 1; a 0 anywhere shows that these labels do not.
    int first = IntStream.range(0, observations).anyMatch(i -> m.getDouble(i) == 0) ? 0 : 1;
    return ClassLabels.of("label", labels, first, what);
  }

  /**
   * Reads the file; keeps heads of all variables the first time, contents of those {@code wanted}.
   */
  private Map<String, Matrix> load(Set<String> wanted) {
    Map<String, Matrix> out = new LinkedHashMap<>();
    try (InputStream in = Inputs.open(file)) {
      Mat5Reader reader =
          Mat5.newReader(Sources.wrapInputStream(in, BUFFER))
              .disableSubsystemProcessing()
              .setBufferAllocator(new Capped(Inputs.maxInflated(Inputs.maxUnpacked(file))))
              .setEntryFilter(
                  head -> {
                    variables.putIfAbsent(
                        head.getName(),
                        new Variable(
                            head.getName(),
                            head.getType(),
                            head.getDimensions(),
                            head.isComplex(),
                            head.isLogical()));
                    return wanted.contains(head.getName());
                  });
      Mat5File mat = reader.readMat();
      for (String w : wanted) {
        Matrix m = mat.getMatrix(w);
        if (m.getNumElements() != variables.get(w).elements()) {
          throw new EOFException();
        }
        out.put(w, m);
      }
      return out;
    } catch (UserException e) {
      throw e;
    } catch (EOFException e) {
      throw Inputs.failure(file, e);
    } catch (IOException | RuntimeException e) {
      // The library reports damage in a dozen ways; to the user they are one.
      throw UserException.of(
          e, "%s is damaged or cut short: its variables cannot be read; fetch it again.", file);
    }
  }

  /** Gives the library buffers, but none larger than the file can fill or the heap can hold. */
  private final class Capped implements BufferAllocator {
    private final long mostInFile;

    Capped(long mostInFile) {
      this.mostInFile = mostInFile;
    }

    @Override
    public ByteBuffer allocate(int bytes) {
      if (bytes < 0 || bytes > mostInFile) {
        throw UserException.of(
            "%s is damaged: a variable promises more bytes than the file can hold.", file);
      }
      if (bytes > Runtime.getRuntime().maxMemory() / 2) {
        throw UserException.of(
            "%s has a variable of %s, too large for the memory Java may use: give it more with -Xmx, or save it as npy.",
            file, Inputs.bytes(bytes));
      }
      return ByteBuffer.allocate(bytes);
    }

    @Override
    public void release(ByteBuffer buffer) {}
  }

  /** Where the elements of observations lie in a column-major array. */
  private static final class Strides {
    final int observations;
    final int observationStride;

    /** Sizes of one observation. */
    final long[] sample;

    /**
     * For each element of an observation, last index fastest: its distance from the observation's
     * first element.
     */
    final int[] offsets;

    Strides(Variable v, boolean lastIsObservation) {
      int[] dims = v.dims();
      int rank = dims.length;
      int[] stride = new int[rank];
      int s = 1;
      for (int d = 0; d < rank; d++) {
        stride[d] = s;
        s *= dims[d];
      }
      int which = lastIsObservation ? rank - 1 : 0;
      observations = dims[which];
      observationStride = stride[which];
      int first = lastIsObservation ? 0 : 1;
      sample = new long[rank - 1];
      int numel = 1;
      for (int d = 0; d < rank - 1; d++) {
        sample[d] = dims[first + d];
        numel *= dims[first + d];
      }
      offsets = new int[numel];
      for (int i = 0; i < numel; i++) {
        int rest = i;
        for (int d = rank - 2; d >= 0; d--) {
          offsets[i] += (int) (rest % sample[d]) * stride[first + d];
          rest /= (int) sample[d];
        }
      }
    }
  }
}
