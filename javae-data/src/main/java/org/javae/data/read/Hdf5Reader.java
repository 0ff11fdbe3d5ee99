package org.javae.data.read;

import io.jhdf.HdfFile;
import io.jhdf.api.Dataset;
import io.jhdf.api.Group;
import io.jhdf.api.Node;
import io.jhdf.exceptions.HdfException;
import io.jhdf.object.datatype.FixedPoint;
import java.io.ByteArrayInputStream;
import java.lang.reflect.Array;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.javae.core.data.Dataset.Annotation;
import org.javae.tensor.UserException;

/**
 * HDF5 files that hold arrays: the first index counts observations. Of groups called train,
 * (validation) and test each gives a part; else the array that is asked for, or the only one with
 * at least two dimensions, is the data. Labels are a vector beside it called label, labels, target,
 * targets or y.
 */
final class Hdf5Reader {
  private static final List<List<String>> PARTS =
      List.of(List.of("train"), List.of("valid", "validation", "val"), List.of("test"));

  private static final List<String> LABELS =
      List.of("label", "labels", "target", "targets", "y", "Y");

  private Hdf5Reader() {}

  static org.javae.core.data.Dataset read(Path file, String name, ReadOptions options) {
    try (HdfFile hdf = new HdfFile(file)) {
      Map<String, Dataset> all = new LinkedHashMap<>();
      collect(hdf, "", all);
      List<Dataset> data = choose(file, all, options);
      List<ArrayPart> parts = new ArrayList<>();
      List<double[]> labels = new ArrayList<>();
      for (Dataset d : data) {
        ArrayPart p = part(file, d);
        parts.add(p);
        label(file, all, d, p.observations(), options).ifPresent(labels::add);
      }
      double[] joined = labels.stream().flatMapToDouble(Arrays::stream).toArray();
      boolean labelled = labels.size() == parts.size();
      return ArrayReader.read(
          name,
          parts,
          options,
          taken ->
              labelled
                  ? List.of(labels(IntStream.of(taken).mapToDouble(i -> joined[i]).toArray(), file))
                  : List.of());
    } catch (HdfException e) {
      throw UserException.of(
          e, "%s cannot be read as HDF5: it is damaged or uses what is not supported.", file);
    }
  }

  private static Annotation labels(double[] values, Path file) {
    return ClassLabels.of("label", values, "the labels of " + Inputs.name(file));
  }

  private static void collect(Group group, String path, Map<String, Dataset> found) {
    for (Node child : group) {
      String p = path.isEmpty() ? child.getName() : path + "/" + child.getName();
      if (child instanceof Group g) {
        collect(g, p, found);
      } else if (child instanceof Dataset d
          && !d.isCompound()
          && d.getDimensions().length > 0
          && element(d) != null) {
        found.put(p, d);
      }
    }
  }

  private static List<Dataset> choose(Path file, Map<String, Dataset> all, ReadOptions options) {
    if (options.array().isPresent()) {
      String wanted = options.array().get().replaceFirst("^/", "");
      Dataset d = all.get(wanted);
      if (d == null) {
        throw UserException.usage(
            "%s has no array %s; it has %s.",
            Inputs.name(file), Inputs.quote(wanted), Inputs.list(List.copyOf(all.keySet())));
      }
      return List.of(d);
    }
    List<String> wide =
        all.keySet().stream().filter(k -> all.get(k).getDimensions().length > 1).toList();
    List<Dataset> parts = new ArrayList<>();
    for (List<String> names : PARTS) {
      wide.stream()
          .filter(k -> k.contains("/") && names.contains(k.substring(0, k.indexOf('/'))))
          .findFirst()
          .ifPresent(k -> parts.add(all.get(k)));
    }
    if (parts.size() > 1 && parts.size() == wide.size()) {
      return parts;
    }
    if (wide.size() != 1) {
      throw UserException.of(
          "%s holds %s; say with array which are the observations.",
          Inputs.name(file),
          wide.isEmpty() ? "no array of numbers with rows" : "the arrays " + Inputs.list(wide));
    }
    return List.of(all.get(wide.get(0)));
  }

  private static Optional<double[]> label(
      Path file, Map<String, Dataset> all, Dataset data, int n, ReadOptions options) {
    String path = data.getPath().replaceFirst("^/", "");
    String folder = path.contains("/") ? path.substring(0, path.lastIndexOf('/') + 1) : "";
    if (options.label().isPresent()) {
      String wanted = options.label().get().replaceFirst("^/", "");
      Dataset d = all.containsKey(wanted) ? all.get(wanted) : all.get(folder + wanted);
      if (d == null) {
        throw UserException.usage(
            "%s has no array %s for labels; it has %s.",
            Inputs.name(file), Inputs.quote(wanted), Inputs.list(List.copyOf(all.keySet())));
      }
      return Optional.of(checked(file, d, n));
    }
    return LABELS.stream()
        .map(l -> all.get(folder + l))
        .filter(d -> d != null && d.getDimensions().length == 1)
        .findFirst()
        .map(d -> checked(file, d, n));
  }

  private static double[] checked(Path file, Dataset d, int n) {
    double[] values = part(file, d).readAll(Integer.MAX_VALUE);
    if (values.length != n) {
      throw UserException.of(
          "%s has %d labels in %s for %d observations.",
          Inputs.name(file), values.length, d.getPath(), n);
    }
    return values;
  }

  /** Type of the elements as they are read, or null if they are no numbers. */
  private static Element element(Dataset d) {
    Class<?> type = d.getJavaType();
    if (d.getDataType() instanceof FixedPoint f
        && !f.isSigned()
        && d.getDataType().getSize() == 1) {
      return Element.U8;
    }
    return type == byte.class
        ? Element.I8
        : type == short.class
            ? Element.I16
            : type == int.class
                ? Element.I32
                : type == long.class
                    ? Element.I64
                    : type == float.class ? Element.F32 : type == double.class ? Element.F64 : null;
  }

  private static ArrayPart part(Path file, Dataset d) {
    Element element = element(d);
    long[] dims = Arrays.stream(d.getDimensions()).asLongStream().toArray();
    String what = d.getPath() + " of " + Inputs.name(file);
    long bytes = ArrayPart.count(what, dims) * element.size;
    if (bytes > Integer.MAX_VALUE - 8) {
      throw UserException.of(
          "%s takes %d bytes, more than are read at once from HDF5; give a part of it",
          what, bytes);
    }
    return new ArrayPart(
        file,
        what,
        element,
        ByteOrder.LITTLE_ENDIAN,
        dims,
        false,
        () -> new ByteArrayInputStream(bytes(d.getDataFlat(), element, (int) bytes)));
  }

  private static byte[] bytes(Object flat, Element element, int size) {
    ByteBuffer b = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    switch (element) {
      case F32 -> b.asFloatBuffer().put((float[]) flat);
      case F64 -> b.asDoubleBuffer().put((double[]) flat);
      case I32 -> b.asIntBuffer().put((int[]) flat);
      case I64 -> b.asLongBuffer().put((long[]) flat);
      case I16 -> b.asShortBuffer().put((short[]) flat);
      default -> {
        for (int i = 0; i < size; i++) {
          b.put((byte) Array.getInt(flat, i));
        }
      }
    }
    return b.array();
  }
}
