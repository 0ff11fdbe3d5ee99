package org.javae.data.read;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.javae.tensor.UserException;

/**
 * The head of NumPy's .npy format, versions 1 to 3: a magic, the version, the length of a Python
 * dictionary and the dictionary with {@code descr}, {@code fortran_order} and {@code shape}. Read
 * by a small parser that knows literals only, since the text comes from a stranger.
 *
 * @param length bytes before the first element
 */
record NpyHeader(Element element, ByteOrder order, boolean fortran, long[] shape, int length) {
  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
  private static final int MAX_LENGTH = 1 << 16;
  private static final int MAX_RANK = 32;

  /**
   * Reads the head, leaving {@code in} at the first element. {@code what} names the array in
   * messages.
   */
  static NpyHeader read(InputStream in, String what) throws IOException {
    byte[] start = in.readNBytes(8);
    if (start.length == 0) {
      throw UserException.of("%s is empty.", what);
    }
    if (start.length < 8 || !Arrays.equals(start, 0, 6, MAGIC, 0, 6)) {
      throw UserException.of(
          "%s is not NumPy data: it does not begin with the bytes 93 'NUMPY'.", what);
    }
    int version = start[6];
    if (version < 1 || version > 3) {
      throw UserException.of(
          "%s is NumPy data of version %d, but versions 1 to 3 are known: save it again with numpy.save.",
          what, version);
    }
    byte[] size = new byte[version == 1 ? 2 : 4];
    Inputs.readFully(in, size, 0, size.length);
    long length = 0;
    for (int i = size.length - 1; i >= 0; i--) {
      length = length << 8 | size[i] & 0xff;
    }
    if (length > MAX_LENGTH) {
      throw UserException.of(
          "%s has a header of %d bytes, but a plain array needs less than %d: it is damaged or holds a structured type.",
          what, length, MAX_LENGTH);
    }
    byte[] text = new byte[(int) length];
    Inputs.readFully(in, text, 0, text.length);
    return new Parser(new String(text, StandardCharsets.UTF_8), what)
        .parse(8 + size.length + text.length);
  }

  private static final class Parser {
    private final String text;
    private final String what;
    private int at;

    Parser(String text, String what) {
      this.text = text;
      this.what = what;
    }

    NpyHeader parse(int length) {
      String descr = null;
      Boolean fortran = null;
      long[] shape = null;
      expect('{');
      while (!next('}')) {
        String key = string();
        expect(':');
        switch (key) {
          case "descr" -> descr = descr();
          case "fortran_order" -> fortran = bool();
          case "shape" -> shape = tuple();
          default -> throw damaged();
        }
        if (!next(',')) {
          expect('}');
          break;
        }
      }
      if (descr == null || fortran == null || shape == null || !text.substring(at).isBlank()) {
        throw damaged();
      }
      ByteOrder order = descr.charAt(0) == '>' ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
      return new NpyHeader(element(descr), order, fortran, shape, length);
    }

    private Element element(String descr) {
      return switch (descr.substring(1)) {
        case "u1" -> Element.U8;
        case "i1" -> Element.I8;
        case "b1" -> Element.BOOL;
        case "i2" -> Element.I16;
        case "u2" -> Element.U16;
        case "i4" -> Element.I32;
        case "u4" -> Element.U32;
        case "i8" -> Element.I64;
        case "u8" -> Element.U64;
        case "f2" -> Element.F16;
        case "f4" -> Element.F32;
        case "f8" -> Element.F64;
        default -> throw unsupported(descr);
      };
    }

    private UserException unsupported(String descr) {
      if (descr.substring(1).startsWith("O")) {
        return UserException.of(
            "%s holds pickled Python objects, which are never opened because they can run code: save plain numbers.",
            what);
      }
      return UserException.of(
          "%s has elements of type %s, but only whole numbers, floats up to 64 bits and booleans can be read.",
          what, Inputs.quote(descr));
    }

    private String descr() {
      skip();
      if (at < text.length() && text.charAt(at) == '[') {
        throw UserException.of(
            "%s holds a structured type: save its fields as one plain array of numbers.", what);
      }
      String d = string();
      if (d.length() < 2 || "<>|=".indexOf(d.charAt(0)) < 0) {
        throw damaged();
      }
      return d;
    }

    private boolean bool() {
      skip();
      for (String word : List.of("True", "False")) {
        if (text.startsWith(word, at)) {
          at += word.length();
          return word.equals("True");
        }
      }
      throw damaged();
    }

    private long[] tuple() {
      List<Long> sizes = new ArrayList<>();
      expect('(');
      while (!next(')')) {
        sizes.add(number());
        if (sizes.size() > MAX_RANK) {
          throw damaged();
        }
        if (!next(',')) {
          expect(')');
          break;
        }
      }
      return sizes.stream().mapToLong(Long::longValue).toArray();
    }

    private long number() {
      skip();
      int from = at;
      while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
        at++;
      }
      if (at == from || at - from > 18) {
        throw damaged();
      }
      long n = Long.parseLong(text.substring(from, at));
      if (at < text.length() && text.charAt(at) == 'L') {
        at++; // Python 2 wrote long integers so
      }
      return n;
    }

    private String string() {
      skip();
      if (at >= text.length() || (text.charAt(at) != '\'' && text.charAt(at) != '"')) {
        throw damaged();
      }
      int end = text.indexOf(text.charAt(at), at + 1);
      if (end < 0) {
        throw damaged();
      }
      String s = text.substring(at + 1, end);
      at = end + 1;
      return s;
    }

    private void expect(char c) {
      if (!next(c)) {
        throw damaged();
      }
    }

    private boolean next(char c) {
      skip();
      if (at < text.length() && text.charAt(at) == c) {
        at++;
        return true;
      }
      return false;
    }

    private void skip() {
      while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
        at++;
      }
    }

    private UserException damaged() {
      return UserException.of(
          "%s has a header that cannot be understood near character %d (%s): it is damaged.",
          what, at, Inputs.quote(text.strip()));
    }
  }
}
