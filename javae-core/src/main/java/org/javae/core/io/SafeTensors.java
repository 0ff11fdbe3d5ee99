package org.javae.core.io;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.io.JsonEOFException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.javae.tensor.DType;
import org.javae.tensor.EngineException;
import org.javae.tensor.Scope;
import org.javae.tensor.Shape;
import org.javae.tensor.Tensor;
import org.javae.tensor.UserException;

/**
 * Named tensors in the safetensors format, version 0.x:
 *
 * <pre>
 * u64 little-endian   n, the length of the header
 * n bytes of JSON     {"__metadata__": {string: string}, name: {"dtype", "shape", "data_offsets": [begin, end]}, …}
 * data                each tensor row-major, little-endian; offsets count from the end of the header
 * </pre>
 *
 * The tensors must tile the data without hole or overlap. Writing knows F32, F64, I64, I32, U8 and
 * BOOL; reading also takes F16 and BF16, which become float32. A file is read as if an enemy had
 * made it: nothing is allocated before its size has been compared with the file's.
 */
public final class SafeTensors {
  private static final String METADATA = "__metadata__";
  private static final long MOST_HEADER = 100_000_000;
  private static final int MOST_TENSORS = 65_536;
  private static final int MOST_DIMENSIONS = 32;

  /** Bytes moved at a time; a multiple of every element's size. */
  private static final int PIECE = 1 << 22;

  /** Duplicates are looked for here, not by the parser, so that the message can name the tensor. */
  private static final JsonFactory HEADER =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(100)
                  .maxStringLength((int) MOST_HEADER)
                  .build())
          .build();

  /**
   * The content of a file, in the order of its header.
   *
   * @param metadata free text by key, empty if the file has none
   */
  public record Loaded(Map<String, Tensor> tensors, Map<String, String> metadata) {}

  /** Element types of the format in the order in which tensors are laid out: widest first. */
  private enum Element {
    I64(DType.INT64, 8),
    F64(DType.FLOAT64, 8),
    F32(DType.FLOAT32, 4),
    I32(DType.INT32, 4),
    BF16(DType.FLOAT32, 2),
    F16(DType.FLOAT32, 2),
    U8(DType.UINT8, 1),
    BOOL(DType.BOOL, 1);

    final DType type;
    final int bytes;

    Element(DType type, int bytes) {
      this.type = type;
      this.bytes = bytes;
    }

    static Element of(DType type) {
      return Arrays.stream(values())
          .filter(e -> e.type == type && e.bytes == type.bytes())
          .findFirst()
          .orElseThrow();
    }
  }

  private record Entry(String name, Element element, long[] shape, long begin, long end) {}

  /**
   * @param dataStart where the data begins in the file
   */
  private record Header(List<Entry> entries, Map<String, String> metadata, long dataStart) {}

  private SafeTensors() {}

  // ---- writing

  /**
   * Writes {@code tensors} atomically. The bytes depend on names, values and metadata only, not on
   * the maps' order: tensors are laid out by element type, widest first, then by name.
   *
   * @throws UserException if the file cannot be written
   * @throws IllegalArgumentException if a name is {@code __metadata__} or not valid Unicode, or
   *     there are more than 65,536 tensors
   */
  public static void write(Path file, Map<String, Tensor> tensors, Map<String, String> metadata) {
    if (tensors.size() > MOST_TENSORS) {
      throw new IllegalArgumentException(
          tensors.size() + " tensors; a file holds at most " + MOST_TENSORS);
    }
    List<Entry> entries = layOut(tensors);
    byte[] header = header(entries, metadata == null ? Map.of() : metadata);
    long data = entries.isEmpty() ? 0 : entries.get(entries.size() - 1).end();
    AtomicFiles.write(
        file,
        8 + header.length + data,
        out -> {
          out.write(
              ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(header.length).array());
          out.write(header);
          for (Entry e : entries) {
            writeData(out, tensors.get(e.name()));
          }
        });
  }

  private static List<Entry> layOut(Map<String, Tensor> tensors) {
    List<String> names = new ArrayList<>(tensors.keySet());
    Map<String, Element> elements = new LinkedHashMap<>();
    for (String name : names) {
      if (name.equals(METADATA)) {
        throw new IllegalArgumentException("a tensor cannot be called " + METADATA);
      }
      checkUnicode(name);
      elements.put(name, Element.of(tensors.get(name).dtype()));
    }
    names.sort(Comparator.<String, Element>comparing(elements::get).thenComparing(BY_CODE_POINT));
    List<Entry> entries = new ArrayList<>();
    long at = 0;
    for (String name : names) {
      Tensor t = tensors.get(name);
      Element element = elements.get(name);
      long end = Math.addExact(at, Math.multiplyExact(t.numel(), element.bytes));
      entries.add(new Entry(name, element, t.shape().toArray(), at, end));
      at = end;
    }
    return entries;
  }

  private static final Comparator<String> BY_CODE_POINT =
      (a, b) ->
          Arrays.compareUnsigned(
              a.getBytes(StandardCharsets.UTF_8), b.getBytes(StandardCharsets.UTF_8));

  private static void checkUnicode(String text) {
    if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
      throw new IllegalArgumentException("'" + Reasons.show(text) + "' is not valid Unicode");
    }
  }

  private static byte[] header(List<Entry> entries, Map<String, String> metadata) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator g = HEADER.createGenerator(bytes)) {
      g.writeStartObject();
      if (!metadata.isEmpty()) {
        g.writeObjectFieldStart(METADATA);
        Map<String, String> sorted = new TreeMap<>(BY_CODE_POINT);
        sorted.putAll(metadata);
        for (Map.Entry<String, String> m : sorted.entrySet()) {
          checkUnicode(m.getKey());
          checkUnicode(m.getValue());
          g.writeStringField(m.getKey(), m.getValue());
        }
        g.writeEndObject();
      }
      for (Entry e : entries) {
        g.writeObjectFieldStart(e.name());
        g.writeStringField("dtype", e.element().name());
        g.writeFieldName("shape");
        g.writeArray(e.shape(), 0, e.shape().length);
        g.writeFieldName("data_offsets");
        g.writeArray(new long[] {e.begin(), e.end()}, 0, 2);
        g.writeEndObject();
      }
      g.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory cannot fail", e);
    }
    while (bytes.size() % 8 != 0) {
      bytes.write(' ');
    }
    if (bytes.size() > MOST_HEADER) {
      throw new IllegalArgumentException(
          "names and metadata need " + bytes.size() + " bytes; at most " + MOST_HEADER + " fit");
    }
    return bytes.toByteArray();
  }

  private static void writeData(OutputStream out, Tensor t) throws IOException {
    int step = PIECE / t.dtype().bytes();
    try {
      Scope.run(
          () -> {
            Tensor flat = flat(t);
            for (long from = 0; from < t.numel(); from += step) {
              long start = from;
              long n = Math.min(step, t.numel() - from);
              try {
                out.write(Scope.run(() -> flat.narrow(0, start, n).toBytes()));
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            }
          });
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  /** One dimension; shares memory with {@code t} if that is contiguous. */
  private static Tensor flat(Tensor t) {
    return t.reshape(t.numel());
  }

  // ---- reading

  /**
   * Reads a file, in pieces: beside the tensors themselves only a few megabytes are needed.
   *
   * @throws UserException naming the file and the tensor if anything in it is not as the format
   *     demands, or if memory does not suffice
   */
  public static Loaded read(Path file) {
    String where = Reasons.name(file);
    return Scope.run(
        () -> {
          try (InputStream in = open(file)) {
            Header h = readHeader(in, Files.size(file), where);
            Map<String, Tensor> tensors = new LinkedHashMap<>();
            h.entries().forEach(e -> tensors.put(e.name(), null));
            for (Entry e : inOrderOfData(h.entries())) {
              tensors.put(e.name(), readData(in, e, where));
            }
            return new Loaded(Collections.unmodifiableMap(tensors), h.metadata());
          } catch (IOException e) {
            throw Reasons.cannotRead(file, e);
          }
        });
  }

  /**
   * The shape of every tensor, from the header alone, in its order.
   *
   * @throws UserException as {@link #read}, except for wrong values
   */
  public static Map<String, long[]> shapes(Path file) {
    try (InputStream in = open(file)) {
      Map<String, long[]> shapes = new LinkedHashMap<>();
      for (Entry e : readHeader(in, Files.size(file), Reasons.name(file)).entries()) {
        shapes.put(e.name(), e.shape());
      }
      return shapes;
    } catch (IOException e) {
      throw Reasons.cannotRead(file, e);
    }
  }

  private static InputStream open(Path file) throws IOException {
    if (!Files.exists(file)) {
      throw new NoSuchFileException(file.toString());
    }
    // Not a channel: those close themselves when their thread is interrupted.
    return new FileInputStream(file.toFile());
  }

  private static Header readHeader(InputStream in, long fileSize, String where) throws IOException {
    if (fileSize < 10) {
      throw UserException.of(
          "%s is not a safetensors file: it has %d bytes, and the smallest has 10; copy or save it"
              + " again",
          where, fileSize);
    }
    byte[] prefix = in.readNBytes(8);
    if (prefix.length < 8) {
      throw shrunk(where);
    }
    long length = ByteBuffer.wrap(prefix).order(ByteOrder.LITTLE_ENDIAN).getLong();
    long most = Math.min(MOST_HEADER, fileSize - 8);
    if (length < 2 || length > most) {
      throw UserException.of(
          "%s is not a safetensors file or is damaged: its header claims %s bytes, expected 2 to"
              + " %d; copy or save it again",
          where, Long.toUnsignedString(length), most);
    }
    byte[] bytes = in.readNBytes((int) length);
    if (bytes.length < length) {
      throw shrunk(where);
    }
    HeaderParser parser = new HeaderParser(where);
    try (JsonParser p =
        HEADER.createParser(
            new InputStreamReader(
                new ByteArrayInputStream(bytes), StandardCharsets.UTF_8.newDecoder()))) {
      parser.parse(p);
    } catch (CharacterCodingException e) {
      throw UserException.of(e, "%s: the header is not UTF-8 text; copy or save it again", where);
    } catch (StreamConstraintsException e) {
      throw UserException.of(
          e,
          "%s: the header holds a name, number or nesting far beyond any real file's; it is damaged"
              + " or forged",
          where);
    } catch (JsonProcessingException e) {
      if (e instanceof JsonEOFException
          || e.getOriginalMessage().startsWith("Unexpected end-of-input")) {
        throw UserException.of(
            e, "%s: the header ends in the middle of its JSON; copy or save it again", where);
      }
      throw UserException.of(
          e,
          "%s: the header is not valid JSON at character %d; copy or save it again",
          where,
          e.getLocation() == null ? 0 : e.getLocation().getCharOffset() + 1);
    }
    List<Entry> entries = List.copyOf(parser.entries.values());
    long dataSize = fileSize - 8 - length;
    checkTiling(entries, dataSize, where);
    return new Header(entries, Collections.unmodifiableMap(parser.metadata), 8 + length);
  }

  private static UserException shrunk(String where) {
    return UserException.of(
        "%s became shorter while it was read; do not change it meanwhile, then try again", where);
  }

  private static List<Entry> inOrderOfData(List<Entry> entries) {
    List<Entry> sorted = new ArrayList<>(entries);
    sorted.sort(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end));
    return sorted;
  }

  private static void checkTiling(List<Entry> entries, long dataSize, String where) {
    for (Entry e : entries) {
      if (e.end() > dataSize) {
        throw UserException.of(
            "%s: tensor '%s' should end at byte %d of the data, but there are only %d: the file was"
                + " cut short; copy or save it again",
            where, Reasons.show(e.name()), e.end(), dataSize);
      }
    }
    long at = 0;
    String before = null;
    for (Entry e : inOrderOfData(entries)) {
      if (e.begin() < at) {
        throw UserException.of(
            "%s: tensor '%s' begins at byte %d of the data, inside tensor '%s', expected %d: the"
                + " file is damaged or forged",
            where, Reasons.show(e.name()), e.begin(), Reasons.show(before), at);
      }
      if (e.begin() > at) {
        throw UserException.of(
            "%s: tensor '%s' begins at byte %d of the data, expected %d: bytes that belong to no"
                + " tensor are not allowed",
            where, Reasons.show(e.name()), e.begin(), at);
      }
      if (e.end() > at) {
        before = e.name();
      }
      at = e.end();
    }
    if (at != dataSize) {
      throw UserException.of(
          "%s: %d bytes follow after the last tensor, expected none: the file is damaged or is two"
              + " files in one",
          where, dataSize - at);
    }
  }

  private static Tensor readData(InputStream in, Entry e, String where) throws IOException {
    try {
      long left = e.end() - e.begin();
      if (left <= PIECE) {
        return toTensor(piece(in, left, e, where), e, e.shape());
      }
      Tensor whole = Tensor.zeros(e.element().type, e.shape());
      long at = 0;
      while (left > 0) {
        byte[] bytes = piece(in, Math.min(PIECE, left), e, where);
        long n = bytes.length / e.element().bytes;
        long start = at;
        Scope.run(() -> flat(whole).narrow(0, start, n).copyFromInPlace(toTensor(bytes, e, n)));
        at += n;
        left -= bytes.length;
      }
      return whole;
    } catch (EngineException | OutOfMemoryError full) {
      throw UserException.of(
          full,
          "%s: no room in memory for tensor '%s' of shape %s (%.1f MB); close other programs or"
              + " use a machine with more",
          where,
          Reasons.show(e.name()),
          Shape.of(e.shape()),
          (double) (e.end() - e.begin()) / e.element().bytes * e.element().type.bytes() / 1e6);
    }
  }

  private static byte[] piece(InputStream in, long n, Entry e, String where) throws IOException {
    byte[] bytes = in.readNBytes((int) n);
    if (bytes.length < n) {
      throw shrunk(where);
    }
    if (e.element() == Element.BOOL) {
      for (byte b : bytes) {
        if (b != 0 && b != 1) {
          throw UserException.of(
              "%s: tensor '%s' of type BOOL holds the byte %d, expected 0 or 1: the file is damaged",
              where, Reasons.show(e.name()), b & 0xff);
        }
      }
    }
    return bytes;
  }

  private static Tensor toTensor(byte[] bytes, Entry e, long... shape) {
    if (bytes.length == 0) {
      // An empty tensor has no memory to copy to.
      return Tensor.zeros(e.element().type, shape);
    }
    if (e.element().bytes == e.element().type.bytes()) {
      return Tensor.fromBytes(bytes, e.element().type, shape);
    }
    ByteBuffer b = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    float[] values = new float[bytes.length / 2];
    for (int i = 0; i < values.length; i++) {
      short s = b.getShort();
      values[i] = e.element() == Element.BF16 ? Float.intBitsToFloat(s << 16) : half(s);
    }
    return Tensor.of(values, shape);
  }

  /**
   * IEEE 754 binary16: sign, 5 bits of exponent with bias 15, 10 bits of fraction f. Exponent 0
   * means ±f·2⁻²⁴, exponent 31 infinity (f = 0) or NaN.
   */
  static float half(short bits) {
    int sign = (bits & 0x8000) << 16;
    int exponent = bits >> 10 & 31;
    int fraction = bits & 0x3ff;
    if (exponent == 0) {
      float v = fraction * 0x1p-24f;
      return sign == 0 ? v : -v;
    }
    int widened = exponent == 31 ? 255 : exponent + 112;
    return Float.intBitsToFloat(sign | widened << 23 | fraction << 13);
  }

  /** Reads the header's JSON token by token, so that nothing beyond the wanted is ever built. */
  private static final class HeaderParser {
    private final String where;
    private final Map<String, Entry> entries = new LinkedHashMap<>();
    private final Map<String, String> metadata = new LinkedHashMap<>();
    private boolean metadataSeen;

    HeaderParser(String where) {
      this.where = where;
    }

    void parse(JsonParser p) throws IOException {
      if (p.nextToken() != JsonToken.START_OBJECT) {
        throw UserException.of(
            "%s is not a safetensors file: its header is not a JSON object; copy or save it again",
            where);
      }
      while (p.nextToken() == JsonToken.FIELD_NAME) {
        String name = p.currentName();
        if (name.equals(METADATA)) {
          readMetadata(p);
          continue;
        }
        if (entries.containsKey(name)) {
          throw twice("tensor '" + Reasons.show(name) + "'");
        }
        if (entries.size() == MOST_TENSORS) {
          throw UserException.of(
              "%s: the header lists more than %d tensors, expected at most that many: the file is"
                  + " damaged or forged",
              where, MOST_TENSORS);
        }
        entries.put(name, readEntry(p, name));
      }
      if (p.nextToken() != null) {
        throw UserException.of(
            "%s: more text follows after the header's JSON object, expected only spaces; copy or"
                + " save it again",
            where);
      }
    }

    private UserException twice(String what) {
      return UserException.of(
          "%s: %s appears twice in the header, expected once: the file is damaged or forged",
          where, what);
    }

    private UserException wrong(String tensor, String key, String found, String expected) {
      return UserException.of(
          "%s: tensor '%s' has %s %s, expected %s",
          where, Reasons.show(tensor), key, Reasons.show(found), expected);
    }

    private void readMetadata(JsonParser p) throws IOException {
      if (metadataSeen) {
        throw twice("'" + METADATA + "'");
      }
      metadataSeen = true;
      if (p.nextToken() != JsonToken.START_OBJECT) {
        throw UserException.of("%s: '%s' is not an object, expected texts by key", where, METADATA);
      }
      while (p.nextToken() == JsonToken.FIELD_NAME) {
        String key = p.currentName();
        if (p.nextToken() != JsonToken.VALUE_STRING) {
          throw UserException.of(
              "%s: '%s' in '%s' is not a text, expected one", where, Reasons.show(key), METADATA);
        }
        if (metadata.put(key, p.getText()) != null) {
          throw twice("'" + Reasons.show(key) + "' in '" + METADATA + "'");
        }
      }
    }

    private Entry readEntry(JsonParser p, String name) throws IOException {
      if (p.nextToken() != JsonToken.START_OBJECT) {
        throw UserException.of(
            "%s: the entry of tensor '%s' is not an object, expected dtype, shape and data_offsets",
            where, Reasons.show(name));
      }
      Element element = null;
      long[] shape = null;
      long[] offsets = null;
      while (p.nextToken() == JsonToken.FIELD_NAME) {
        String key = p.currentName();
        boolean again;
        p.nextToken();
        switch (key) {
          case "dtype" -> {
            again = element != null;
            element = readElement(p, name);
          }
          case "shape" -> {
            again = shape != null;
            shape = readNumbers(p, name, key, MOST_DIMENSIONS);
          }
          case "data_offsets" -> {
            again = offsets != null;
            offsets = readNumbers(p, name, key, 2);
          }
          default ->
              throw wrong(name, "the unknown key", key, "only dtype, shape and data_offsets");
        }
        if (again) {
          throw twice("'" + key + "' of tensor '" + Reasons.show(name) + "'");
        }
      }
      if (element == null || shape == null || offsets == null) {
        String missing = element == null ? "dtype" : shape == null ? "shape" : "data_offsets";
        throw wrong(name, "no", missing, "dtype, shape and data_offsets");
      }
      if (offsets.length != 2 || offsets[0] > offsets[1]) {
        throw wrong(
            name, "data_offsets", Arrays.toString(offsets), "two numbers, the second not smaller");
      }
      long bytes = size(name, element, shape);
      if (offsets[1] - offsets[0] != bytes) {
        throw wrong(
            name,
            "data_offsets",
            Arrays.toString(offsets),
            String.format(
                Locale.ROOT,
                "%d bytes for %s of shape %s",
                bytes,
                element,
                Arrays.toString(shape)));
      }
      return new Entry(name, element, shape, offsets[0], offsets[1]);
    }

    private Element readElement(JsonParser p, String name) throws IOException {
      if (p.currentToken() == JsonToken.VALUE_STRING) {
        for (Element e : Element.values()) {
          if (e.name().equals(p.getText())) {
            return e;
          }
        }
      }
      throw wrong(
          name,
          "a dtype",
          p.currentToken().isScalarValue() ? p.getText() : "that is no text",
          "one of F32, F64, F16, BF16, I64, I32, U8, BOOL");
    }

    private long[] readNumbers(JsonParser p, String name, String key, int most) throws IOException {
      if (p.currentToken() != JsonToken.START_ARRAY) {
        throw wrong(name, "a " + key, "that is no list", "whole numbers in brackets");
      }
      long[] numbers = new long[most];
      int n = 0;
      while (p.nextToken() != JsonToken.END_ARRAY) {
        boolean whole =
            p.currentToken() == JsonToken.VALUE_NUMBER_INT
                && p.getNumberType() != JsonParser.NumberType.BIG_INTEGER;
        if (!whole || p.getLongValue() < 0) {
          throw wrong(
              name,
              "the value",
              (p.currentToken().isScalarValue() ? p.getText() : "that is no number")
                  + " in its "
                  + key,
              "whole numbers from 0 to 2^63 - 1");
        }
        if (n == most) {
          throw wrong(name, "a " + key, "with more than " + most + " numbers", "at most that many");
        }
        numbers[n++] = p.getLongValue();
      }
      return Arrays.copyOf(numbers, n);
    }

    private long size(String name, Element element, long[] shape) {
      try {
        // Zeros aside, because the engine multiplies the others when it computes strides.
        long product = 8;
        boolean empty = false;
        for (long s : shape) {
          empty |= s == 0;
          product = Math.multiplyExact(product, Math.max(1, s));
        }
        return empty ? 0 : product / 8 * element.bytes;
      } catch (ArithmeticException overflow) {
        throw wrong(name, "shape", Arrays.toString(shape), "a tensor of fewer than 2^63 bytes");
      }
    }
  }
}
