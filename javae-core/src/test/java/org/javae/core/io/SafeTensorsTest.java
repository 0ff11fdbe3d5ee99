package org.javae.core.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.javae.tensor.DType;
import org.javae.tensor.Scope;
import org.javae.tensor.Tensor;
import org.javae.tensor.UserException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class SafeTensorsTest {
  @TempDir Path dir;

  private static byte[] file(String header, int data) {
    byte[] h = header.getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(8 + h.length + data)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(h.length)
        .put(h)
        .array();
  }

  private Path bad(byte[] bytes) throws IOException {
    return Files.write(dir.resolve("bad.safetensors"), bytes);
  }

  private void refused(String header, int data, String message) throws IOException {
    Path f = bad(file(header, data));
    assertThatThrownBy(() -> SafeTensors.read(f))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith("bad.safetensors")
        .hasMessageContaining(message)
        .hasMessageNotContaining(dir.toString())
        .hasMessageNotContaining("\n");
    assertThatThrownBy(() -> SafeTensors.shapes(f))
        .isInstanceOf(UserException.class)
        .hasMessageContaining(message);
  }

  private static String entry(String name, String dtype, String shape, long begin, long end) {
    return "\""
        + name
        + "\":{\"dtype\":\""
        + dtype
        + "\",\"shape\":"
        + shape
        + ",\"data_offsets\":["
        + begin
        + ","
        + end
        + "]}";
  }

  // ---- what goes in comes out

  private static byte[] pattern(DType type, int n) {
    byte[] b = new byte[n * type.bytes()];
    for (int i = 0; i < b.length; i++) {
      b[i] = (byte) (type == DType.BOOL ? i % 3 & 1 : i * 37 + 11);
    }
    return b;
  }

  @ParameterizedTest
  @EnumSource(DType.class)
  void everyTypeAndShapeRoundTripsToTheBit(DType type) {
    Path f = dir.resolve("t.safetensors");
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    tensors.put("scalar", Tensor.fromBytes(pattern(type, 1), type));
    tensors.put("vector", Tensor.fromBytes(pattern(type, 7), type, 7));
    tensors.put("image", Tensor.fromBytes(pattern(type, 30), type, 2, 3, 5));
    tensors.put("empty", Tensor.zeros(type, 0));
    tensors.put("emptyToo", Tensor.zeros(type, 3, 0, 2));
    tensors.put("turned", Tensor.fromBytes(pattern(type, 6), type, 2, 3).transpose(0, 1));
    SafeTensors.write(f, tensors, Map.of("a", "1"));
    SafeTensors.Loaded loaded = SafeTensors.read(f);
    assertThat(loaded.metadata()).isEqualTo(Map.of("a", "1"));
    assertThat(loaded.tensors().keySet()).isEqualTo(tensors.keySet());
    tensors.forEach(
        (name, t) -> {
          Tensor r = loaded.tensors().get(name);
          assertThat(r.dtype()).isEqualTo(type);
          assertThat(r.shape()).isEqualTo(t.shape());
          if (t.numel() > 0) {
            assertThat(r.toBytes()).isEqualTo(t.toBytes());
          }
        });
    Map<String, long[]> shapes = SafeTensors.shapes(f);
    assertThat(shapes.keySet()).isEqualTo(tensors.keySet());
    assertThat(shapes.get("image")).containsExactly(2, 3, 5);
    assertThat(shapes.get("scalar")).isEmpty();
  }

  @Test
  void tensorsOfManyPiecesRoundTrip() {
    Path f = dir.resolve("big.safetensors");
    // 10 MB in pieces of 4 MB, the second not contiguous.
    Tensor straight = Tensor.arange(1_310_720).reshape(1280, 1024);
    Tensor turned = straight.transpose(0, 1).to(DType.FLOAT32);
    SafeTensors.write(f, Map.of("s", straight, "t", turned), null);
    SafeTensors.Loaded loaded = SafeTensors.read(f);
    assertThat(loaded.tensors().get("s").toBytes()).isEqualTo(straight.toBytes());
    assertThat(loaded.tensors().get("t").toBytes()).isEqualTo(turned.toBytes());
    assertThat(loaded.metadata()).isEmpty();
  }

  @Test
  void nothingToSaveIsAFileToo() {
    Path f = dir.resolve("none.safetensors");
    SafeTensors.write(f, Map.of(), Map.of());
    assertThat(SafeTensors.read(f)).isEqualTo(new SafeTensors.Loaded(Map.of(), Map.of()));
  }

  @Test
  void awkwardNamesAndTextsRoundTrip() {
    Path f = dir.resolve("names.safetensors");
    String name = "a\"b\\c\n\u0001é漢\uD83D\uDE00";
    SafeTensors.write(f, Map.of(name, Tensor.ones(2), "", Tensor.ones(1)), Map.of(name, name));
    SafeTensors.Loaded loaded = SafeTensors.read(f);
    assertThat(loaded.tensors()).containsOnlyKeys(name, "");
    assertThat(loaded.metadata()).isEqualTo(Map.of(name, name));
  }

  @Test
  void theBytesAreTheFormatsAndDoNotDependOnTheMapsOrder() throws Exception {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    tensors.put("b", Tensor.of(new float[] {1, -2}, 2));
    tensors.put("mask", Tensor.fromBytes(new byte[] {1, 0, 1}, DType.BOOL, 3));
    tensors.put("a", Tensor.of(new float[] {0.5f}, 1, 1));
    tensors.put("n", Tensor.of(new long[] {258}));
    Path f = dir.resolve("one.safetensors");
    SafeTensors.write(f, tensors, Map.of("format", "pt", "by", "x"));
    String header =
        "{\"__metadata__\":{\"by\":\"x\",\"format\":\"pt\"},"
            + entry("n", "I64", "[]", 0, 8)
            + ","
            + entry("a", "F32", "[1,1]", 8, 12)
            + ","
            + entry("b", "F32", "[2]", 12, 20)
            + ","
            + entry("mask", "BOOL", "[3]", 20, 23)
            + "}";
    header += " ".repeat((8 - header.length() % 8) % 8);
    ByteBuffer expected =
        ByteBuffer.wrap(file(header, 23))
            .order(ByteOrder.LITTLE_ENDIAN)
            .position(8 + header.length());
    expected.putLong(258).putFloat(0.5f).putFloat(1).putFloat(-2).put(new byte[] {1, 0, 1});
    assertThat(Files.readAllBytes(f)).isEqualTo(expected.array());

    Map<String, Tensor> other = new LinkedHashMap<>();
    List.of("n", "a", "mask", "b").forEach(k -> other.put(k, tensors.get(k)));
    Path g = dir.resolve("two.safetensors");
    SafeTensors.write(g, other, Map.of("by", "x", "format", "pt"));
    assertThat(Files.mismatch(f, g)).isEqualTo(-1);
  }

  @Test
  void halfPrecisionBecomesSingle() throws Exception {
    String header =
        "{"
            + entry("brain", "BF16", "[2,2]", 0, 8)
            + ","
            + entry("half", "F16", "[10]", 8, 28)
            + "}";
    ByteBuffer b = ByteBuffer.wrap(file(header, 28)).order(ByteOrder.LITTLE_ENDIAN);
    b.position(8 + header.length());
    // The upper halves of the float32 patterns of 1, -2, π rounded down, +infinity.
    for (int s : new int[] {0x3f80, 0xc000, 0x4049, 0x7f80}) {
      b.putShort((short) s);
    }
    for (int s :
        new int[] {
          0x3c00, 0xc000, 0x3555, 0x7bff, 0x0400, 0x0001, 0x83ff, 0x8000, 0xfc00, 0x7e00
        }) {
      b.putShort((short) s);
    }
    Map<String, Tensor> t = SafeTensors.read(bad(b.array())).tensors();
    assertThat(t.get("brain").dtype()).isEqualTo(DType.FLOAT32);
    assertThat(t.get("brain").shape().toArray()).containsExactly(2, 2);
    assertThat(t.get("brain").toFloats())
        .containsExactly(1f, -2f, 3.140625f, Float.POSITIVE_INFINITY);
    assertThat(t.get("half").toFloats())
        .containsExactly(
            1f,
            -2f,
            0.33325195f,
            65504f,
            0x1p-14f,
            0x1p-24f,
            -1023 * 0x1p-24f,
            -0f,
            Float.NEGATIVE_INFINITY,
            Float.NaN);
  }

  @Test
  void everyFiniteHalfIsItsDefinition() {
    for (int bits = 0; bits < 0x10000; bits++) {
      int exponent = bits >> 10 & 31;
      if (exponent == 31) {
        continue;
      }
      double magnitude =
          exponent == 0
              ? (bits & 0x3ff) * Math.pow(2, -24)
              : (1 + (bits & 0x3ff) / 1024.0) * Math.pow(2, exponent - 15);
      assertThat(SafeTensors.half((short) bits))
          .isEqualTo((float) (bits < 0x8000 ? magnitude : -magnitude));
    }
  }

  @Test
  void readingOutlivesItsScopeAndFailingLeaksNothing() throws Exception {
    Path good = dir.resolve("good.safetensors");
    SafeTensors.write(good, Map.of("w", Tensor.ones(3, 4)), Map.of());
    SafeTensors.Loaded loaded = Scope.run(() -> SafeTensors.read(good));
    assertThat(loaded.tensors().get("w").sum().item()).isEqualTo(12);
    byte[] bytes =
        file(
            "{" + entry("x", "F32", "[2]", 0, 8) + "," + entry("z", "BOOL", "[2]", 8, 10) + "}",
            10);
    bytes[bytes.length - 1] = 2;
    Path f = bad(bytes);
    catchThrowable(() -> SafeTensors.read(f));
    long before = Scope.liveNativeObjects();
    for (int i = 0; i < 20; i++) {
      assertThat(catchThrowable(() -> SafeTensors.read(f))).isInstanceOf(UserException.class);
    }
    assertThat(Scope.liveNativeObjects()).isEqualTo(before);
  }

  @Test
  void writingRefusesWhatTheFormatCannotHold() {
    Path f = dir.resolve("x.safetensors");
    assertThatThrownBy(() -> SafeTensors.write(f, Map.of("__metadata__", Tensor.ones(1)), null))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> SafeTensors.write(f, Map.of("\uD800", Tensor.ones(1)), null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("not valid Unicode");
    assertThat(f).doesNotExist();
  }

  // ---- hostile files

  @Test
  void missingFolderAndTooSmall() throws Exception {
    assertThatThrownBy(() -> SafeTensors.read(dir.resolve("w.safetensors")))
        .isInstanceOf(UserException.class)
        .hasMessage("w.safetensors does not exist; check the path");
    assertThatThrownBy(() -> SafeTensors.read(dir))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("is a folder");
    for (int n : new int[] {0, 7, 9}) {
      Path f = bad(new byte[n]);
      assertThatThrownBy(() -> SafeTensors.read(f))
          .isInstanceOf(UserException.class)
          .hasMessageContaining("it has " + n + " bytes, and the smallest has 10");
    }
  }

  @ParameterizedTest
  @CsvSource({"0", "1", "3", "100000001", "9223372036854775807", "-1", "-9223372036854775808"})
  void headerLengthOutOfBounds(long length) throws Exception {
    byte[] b = file("{}", 0);
    ByteBuffer.wrap(b).order(ByteOrder.LITTLE_ENDIAN).putLong(length);
    Path f = bad(b);
    assertThatThrownBy(() -> SafeTensors.read(f))
        .isInstanceOf(UserException.class)
        .hasMessageContaining(
            "its header claims " + Long.toUnsignedString(length) + " bytes, expected 2 to 2");
  }

  @Test
  void aHeaderOverTheCapIsRefusedEvenIfTheFileIsThatLong() throws Exception {
    Path f = bad(file("{}", 0));
    try (RandomAccessFile r = new RandomAccessFile(f.toFile(), "rw")) {
      r.setLength(200_000_000); // sparse
      r.write(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(100_000_001).array());
    }
    assertThatThrownBy(() -> SafeTensors.read(f))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("claims 100000001 bytes, expected 2 to 100000000");
  }

  @Test
  void headersThatAreNotTheRightJson() throws Exception {
    refused("[]", 0, "its header is not a JSON object");
    refused("    ", 0, "its header is not a JSON object");
    refused("{]", 0, "the header is not valid JSON at character 2");
    refused("{\"a\":", 0, "the header ends in the middle of its JSON");
    refused("{\"a\":{},", 0, "tensor 'a' has no dtype");

    refused("{ ", 0, "the header ends in the middle of its JSON");
    refused("{\"a", 0, "the header ends in the middle of its JSON");
    refused("{} {}", 0, "more text follows after the header's JSON object");
    refused("{}\0", 0, "the header is not valid JSON");
    refused("{'a':1}", 0, "the header is not valid JSON");
    refused("{/**/}", 0, "the header is not valid JSON");
    refused("{\"a\":NaN}", 0, "the header is not valid JSON at character 9");
    refused("{\"a\":" + "[".repeat(10_000), 0, "the entry of tensor 'a' is not an object");
    refused(
        "{\"a\":{\"dtype\":\"U8\",\"shape\":" + "[".repeat(10_000),
        0,
        "has the value that is no number in its shape");
    refused("{\"" + "n".repeat(1_000_000) + "\":1}", 0, "far beyond any real file's");
    byte[] latin = file("{\"?\":1}", 0);
    latin[10] = (byte) 0xe9;
    Path f = bad(latin);
    assertThatThrownBy(() -> SafeTensors.read(f))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("the header is not UTF-8 text");
    byte[] wide = "{}".getBytes(StandardCharsets.UTF_16LE);
    Path g = bad(ByteBuffer.allocate(12).put((byte) 4).position(8).put(wide).array());
    assertThatThrownBy(() -> SafeTensors.read(g))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("the header is not valid JSON");
  }

  @Test
  void entriesThatAreIncompleteOrDouble() throws Exception {
    refused("{\"a\":7}", 0, "the entry of tensor 'a' is not an object");
    refused("{\"a\":{}}", 0, "tensor 'a' has no dtype");
    refused("{\"a\":{\"dtype\":\"F32\"}}", 0, "tensor 'a' has no shape");
    refused("{\"a\":{\"dtype\":\"F32\",\"shape\":[]}}", 0, "tensor 'a' has no data_offsets");
    refused("{\"a\":{\"strides\":[]}}", 0, "tensor 'a' has the unknown key strides, expected only");
    refused(
        "{\"a\":{\"dtype\":\"U8\",\"dtype\":\"U8\"}}", 0, "'dtype' of tensor 'a' appears twice");
    refused("{\"a\":{\"shape\":[],\"shape\":[]}}", 0, "'shape' of tensor 'a' appears twice");
    String a = entry("a", "U8", "[1]", 0, 1);
    refused("{" + a + "," + a + "}", 1, "tensor 'a' appears twice in the header");
    refused("{" + a + ",\"\\u0061\":{}}", 1, "tensor 'a' appears twice in the header");
  }

  @Test
  void metadataThatIsNotText() throws Exception {
    refused("{\"__metadata__\":[]}", 0, "'__metadata__' is not an object");
    refused("{\"__metadata__\":{\"k\":1}}", 0, "'k' in '__metadata__' is not a text");
    refused("{\"__metadata__\":{\"k\":null}}", 0, "'k' in '__metadata__' is not a text");
    refused("{\"__metadata__\":{\"k\":\"\",\"k\":\"\"}}", 0, "'k' in '__metadata__' appears twice");
    refused("{\"__metadata__\":{},\"__metadata__\":{}}", 0, "'__metadata__' appears twice");
  }

  @Test
  void typesThatAreUnknown() throws Exception {
    String expected = ", expected one of F32, F64, F16, BF16, I64, I32, U8, BOOL";
    refused("{" + entry("a", "F8_E4M3", "[1]", 0, 1) + "}", 1, "has a dtype F8_E4M3" + expected);
    refused("{" + entry("a", "f32", "[1]", 0, 4) + "}", 4, "has a dtype f32" + expected);
    refused("{\"a\":{\"dtype\":3}}", 0, "has a dtype 3" + expected);
    refused("{\"a\":{\"dtype\":[]}}", 0, "has a dtype that is no text" + expected);
  }

  @Test
  void shapesAndOffsetsThatAreNoSizes() throws Exception {
    String whole = "expected whole numbers from 0 to 2^63 - 1";
    for (String n : List.of("-1", "1.0", "1e3", "9223372036854775808", "null", "true", "\"1\"")) {
      String shown = n.replace("\"", "");
      refused(
          "{\"a\":{\"dtype\":\"U8\",\"shape\":[" + n + "],\"data_offsets\":[0,1]}}",
          1,
          "has the value " + shown + " in its shape, " + whole);
      refused(
          "{\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0," + n + "]}}",
          1,
          "has the value " + shown + " in its data_offsets, " + whole);
    }
    refused("{\"a\":{\"shape\":[" + "9".repeat(5000) + "]}}", 0, "far beyond any real file's");
    refused("{\"a\":{\"shape\":3}}", 0, "tensor 'a' has a shape that is no list");
    refused("{\"a\":{\"shape\":[" + "1,".repeat(32) + "1]}}", 0, "with more than 32 numbers");
    refused("{\"a\":{\"data_offsets\":[0,1,2]}}", 0, "with more than 2 numbers");
    refused(
        "{\"a\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0]}}",
        0,
        "data_offsets [0], expected two numbers");
    refused("{" + entry("a", "U8", "[1]", 1, 0) + "}", 1, "the second not smaller");
  }

  @Test
  void sizesThatOverflow() throws Exception {
    String big = "expected a tensor of fewer than 2^63 bytes";
    refused("{" + entry("a", "F32", "[4294967296,4294967296]", 0, 0) + "}", 0, big);
    refused("{" + entry("a", "F32", "[2305843009213693952,2]", 0, 0) + "}", 0, big);
    refused("{" + entry("a", "F64", "[9223372036854775807]", 0, 8) + "}", 8, big);
    // Empty, yet the strides would overflow.
    refused("{" + entry("a", "U8", "[0,4294967296,4294967296]", 0, 0) + "}", 0, big);
    refused(
        "{" + entry("a", "U8", "[1000000000000]", 0, 1_000_000_000_000L) + "}",
        1,
        "should end at byte 1000000000000 of the data, but there are only 1");
    refused(
        "{" + entry("a", "U8", "[1]", Long.MAX_VALUE - 1, Long.MAX_VALUE) + "}",
        1,
        "but there are only 1");
  }

  @Test
  void dataThatDoesNotTile() throws Exception {
    refused(
        "{" + entry("a", "F32", "[2]", 0, 4) + "}",
        4,
        "tensor 'a' has data_offsets [0, 4], expected 8 bytes for F32 of shape [2]");
    refused(
        "{" + entry("a", "U8", "[4]", 0, 4) + "," + entry("b", "U8", "[4]", 2, 6) + "}",
        6,
        "tensor 'b' begins at byte 2 of the data, inside tensor 'a', expected 4");
    refused(
        "{" + entry("a", "U8", "[4]", 0, 4) + "," + entry("b", "U8", "[4]", 0, 4) + "}",
        4,
        "inside tensor 'a'");
    refused(
        "{" + entry("a", "U8", "[4]", 0, 4) + "," + entry("e", "U8", "[0]", 2, 2) + "}",
        4,
        "tensor 'e' begins at byte 2 of the data, inside tensor 'a'");
    refused(
        "{" + entry("b", "U8", "[2]", 4, 6) + "," + entry("a", "U8", "[2]", 0, 2) + "}",
        6,
        "tensor 'b' begins at byte 4 of the data, expected 2");
    refused(
        "{" + entry("a", "U8", "[1]", 1, 2) + "}", 2, "begins at byte 1 of the data, expected 0");
    refused("{" + entry("a", "U8", "[2]", 0, 2) + "}", 5, "3 bytes follow after the last tensor");
    refused("{}", 1, "1 bytes follow after the last tensor");
    refused("{" + entry("a", "U8", "[2]", 0, 2) + "}", 1, "the file was cut short");
  }

  @Test
  void tooManyTensors() throws Exception {
    StringBuilder b = new StringBuilder("{");
    for (int i = 0; i <= 65_536; i++) {
      b.append(i == 0 ? "" : ",").append(entry("t" + i, "U8", "[0]", 0, 0));
    }
    refused(b + "}", 0, "lists more than 65536 tensors");
  }

  @Test
  void truthValuesAreZeroOrOne() throws Exception {
    byte[] b = file("{" + entry("m", "BOOL", "[2]", 0, 2) + "}", 2);
    b[b.length - 1] = (byte) 200;
    Path f = bad(b);
    assertThatThrownBy(() -> SafeTensors.read(f))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("tensor 'm' of type BOOL holds the byte 200, expected 0 or 1");
  }

  @Test
  void namesCannotForgeTheTerminal() throws Exception {
    refused("{\"\\u001b[2J\\n" + "x".repeat(500) + "\":7}", 0, "tensor '?[2J?xxx");
    Path f = dir.resolve("bad.safetensors");
    assertThat(catchThrowable(() -> SafeTensors.read(f)).getMessage().length()).isLessThan(250);
  }

  private byte[] sample() throws IOException {
    Path f = dir.resolve("sample.safetensors");
    SafeTensors.write(
        f,
        Map.of(
            "decoder.0.weight", Tensor.ones(2, 3),
            "decoder.0.bias", Tensor.zeros(3),
            "step", Tensor.of(new long[] {5})),
        Map.of("format", "pt"));
    return Files.readAllBytes(f);
  }

  @Test
  void cutAtAnyByteItIsRefused() throws Exception {
    byte[] good = sample();
    for (int n = 0; n < good.length; n++) {
      Path f = bad(Arrays.copyOf(good, n));
      assertThat(catchThrowable(() -> SafeTensors.read(f)))
          .as("cut to %d of %d bytes", n, good.length)
          .isInstanceOf(UserException.class);
    }
  }

  @Test
  void aFlippedBitInTheHeaderIsRefusedOrChangesOnlyWhatItSays() throws Exception {
    byte[] good = sample();
    int header = 8 + (int) ByteBuffer.wrap(good).order(ByteOrder.LITTLE_ENDIAN).getLong();
    int refused = 0;
    for (int i = 0; i < header; i++) {
      for (int bit = 0; bit < 8; bit += 2) {
        byte[] b = good.clone();
        b[i] ^= (byte) (1 << bit);
        Path f = bad(b);
        Throwable t =
            catchThrowable(
                () -> {
                  SafeTensors.Loaded l = SafeTensors.read(f);
                  assertThat(l.tensors().size()).isBetween(3, 4);
                });
        if (t != null) {
          assertThat(t).as("byte %d bit %d", i, bit).isInstanceOf(UserException.class);
          refused++;
        }
      }
    }
    // Names and free text carry no check of their own; everything else does.
    assertThat(refused).isGreaterThan(header * 4 / 2);
  }
}
