package org.javae.data.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.javae.data.read.Samples.all;
import static org.javae.data.read.Samples.counting;
import static org.javae.data.read.Samples.floats;
import static org.javae.data.read.Samples.gzip;
import static org.javae.data.read.Samples.longs;
import static org.javae.data.read.Samples.npy;
import static org.javae.data.read.Samples.npz;
import static org.javae.data.read.Samples.sentence;
import static org.javae.data.read.Samples.write;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.javae.core.data.Dataset;
import org.javae.core.data.Dataset.Annotation;
import org.javae.core.data.Dataset.PublishedSplit;
import org.javae.tensor.Shape;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NumpyReaderTest {
  @TempDir Path dir;

  private Dataset open(String name, byte[] content) throws IOException {
    return open(name, content, ReadOptions.defaults());
  }

  private Dataset open(String name, byte[] content, ReadOptions options) throws IOException {
    return DataReader.open(write(dir.resolve(name), content), options);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "|u1", "|i1", "|b1", "<i2", ">i2", "<u2", "<i4", ">i4", "<u4", "<i8", ">i8", "<u8", "<f2",
        ">f2", "<f4", ">f4", "<f8", ">f8", "=f4"
      })
  void readsEveryElementType(String descr) throws IOException {
    int[] values = descr.endsWith("b1") ? new int[] {0, 1, 1, 0} : new int[] {0, 1, 100, 7};
    ByteOrder order = descr.startsWith(">") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
    ByteBuffer b = ByteBuffer.allocate(32).order(order);
    for (int v : values) {
      switch (descr.substring(1)) {
        case "u1", "i1", "b1" -> b.put((byte) v);
        case "i2", "u2" -> b.putShort((short) v);
        case "i4", "u4" -> b.putInt(v);
        case "i8", "u8" -> b.putLong(v);
        case "f2" ->
            b.putShort((short) Map.of(0, 0, 1, 0x3C00, 100, 0x5640, 7, 0x4700).get(v).intValue());
        case "f4" -> b.putFloat(v);
        default -> b.putDouble(v);
      }
    }
    try (Dataset d =
        open("a.npy", npy(descr, false, "2, 2", Arrays.copyOf(b.array(), b.position())))) {
      assertThat(d.shape()).isEqualTo(Shape.of(2));
      assertThat(all(d)).containsExactly(values[0], values[1], values[2], values[3]);
    }
  }

  @Test
  void halfPrecisionCornersAreExact() throws IOException {
    // Smallest subnormal, largest subnormal, smallest normal, largest finite, minus zero, a third.
    ByteBuffer b = ByteBuffer.allocate(12).order(ByteOrder.LITTLE_ENDIAN);
    for (int bits : new int[] {0x0001, 0x03FF, 0x0400, 0x7BFF, 0x8000, 0x3555}) {
      b.putShort((short) bits);
    }
    try (Dataset d = open("a.npy", npy("<f2", false, "6, 1", b.array()))) {
      assertThat(all(d))
          .containsExactly(0x1p-24f, 1023 * 0x1p-24f, 0x1p-14f, 65504f, -0f, 0.333251953125f);
    }
  }

  @Test
  void unsignedTypesStayPositive() throws IOException {
    byte[] ones = new byte[8];
    Arrays.fill(ones, (byte) 0xff);
    try (Dataset d = open("a.npy", npy("<u8", false, "1, 1", ones))) {
      assertThat(all(d)).containsExactly(0x1p64f);
    }
    try (Dataset d = open("b.npy", npy("<u2", false, "2, 2", ones))) {
      assertThat(all(d)).containsOnly(65535f);
    }
  }

  @Test
  void fortranOrderIsTurnedRound() throws IOException {
    // a[i,j,k] = 100 i + 10 j + k, sizes 2×3×2, first index fastest.
    double[] stored = new double[12];
    float[] expected = new float[12];
    int s = 0;
    for (int k = 0; k < 2; k++) {
      for (int j = 0; j < 3; j++) {
        for (int i = 0; i < 2; i++) {
          stored[s++] = 100 * i + 10 * j + k;
          expected[(i * 3 + j) * 2 + k] = 100 * i + 10 * j + k;
        }
      }
    }
    byte[] file = npy("<f4", true, "2, 3, 2", floats(ByteOrder.LITTLE_ENDIAN, stored));
    for (ReadOptions o :
        List.of(ReadOptions.defaults(), ReadOptions.defaults().withMemoryLimit(0))) {
      try (Dataset d = open("a.npy", file, o)) {
        assertThat(d.shape()).isEqualTo(Shape.of(1, 3, 2));
        assertThat(all(d)).isEqualTo(expected);
      }
    }
    assertThat(sentence(() -> open("b.npy.gz", gzip(Arrays.copyOf(file, file.length - 3)))))
        .contains("cut short");
  }

  @Test
  void picturesTakeTheirChannelsFirst() throws IOException {
    byte[] bytes = counting(2 * 2 * 2 * 3);
    float[] last;
    try (Dataset d = open("a.npy", npy("|u1", false, "2, 2, 2, 3", bytes))) {
      assertThat(d.shape()).isEqualTo(Shape.of(3, 2, 2));
      last = all(d);
    }
    for (int n = 0; n < 2; n++) {
      for (int c = 0; c < 3; c++) {
        for (int p = 0; p < 4; p++) {
          assertThat(last[(n * 3 + c) * 4 + p])
              .isEqualTo((bytes[(n * 4 + p) * 3 + c] & 0xff) / 255f);
        }
      }
    }
    try (Dataset d = open("b.npy", npy("|u1", false, "2, 3, 2, 2", bytes))) {
      assertThat(d.shape()).isEqualTo(Shape.of(3, 2, 2));
      assertThat(all(d)[5]).isEqualTo((bytes[5] & 0xff) / 255f);
    }
    try (Dataset d = open("c.npy", npy("|u1", false, "4, 3, 2", bytes))) {
      assertThat(d.shape()).isEqualTo(Shape.of(1, 3, 2));
    }
    assertThat(sentence(() -> open("d.npy", npy("|u1", false, "1, 2, 6, 2", bytes))))
        .contains("1 or 3 channels");
    assertThat(sentence(() -> open("e.npy", npy("|u1", false, "1, 2, 3, 2, 2", bytes))))
        .contains("4 dimensions");
  }

  @Test
  void flatRowsBecomePicturesOnRequest() throws IOException {
    byte[] file = npy("|u1", false, "2, 6", counting(12));
    try (Dataset d = open("a.npy", file)) {
      assertThat(d.shape()).isEqualTo(Shape.of(6));
      assertThat(all(d)[0]).isEqualTo(3);
    }
    ReadOptions pictures = ReadOptions.defaults().withImageShape(Shape.of(2, 3));
    try (Dataset d = open("a.npy", file, pictures)) {
      assertThat(d.shape()).isEqualTo(Shape.of(1, 2, 3));
      assertThat(all(d)[1]).isEqualTo(10 / 255f);
    }
    try (Dataset d = open("a.npy", file, pictures.withColumnMajor(true))) {
      assertThat(all(d)[1]).isEqualTo(17 / 255f);
    }
    assertThat(
            sentence(
                () -> open("a.npy", file, ReadOptions.defaults().withImageShape(Shape.of(4, 4)))))
        .contains("6 values")
        .contains("1×4×4");
  }

  @Test
  void missingValuesFollowThePolicy() throws IOException {
    byte[] file =
        npy(
            "<f4",
            false,
            "3, 2",
            floats(ByteOrder.LITTLE_ENDIAN, 1, 2, Float.NaN, Float.NaN, 5, 6));
    assertThat(sentence(() -> open("a.npy", file)))
        .contains("2 missing")
        .contains("observation 2, element 1")
        .contains("missing=drop")
        .contains("missing=mean");
    try (Dataset d =
        open("a.npy", file, ReadOptions.defaults().withMissing(ReadOptions.Missing.DROP))) {
      assertThat(all(d)).containsExactly(1, 2, 5, 6);
    }
    try (Dataset d =
        open("a.npy", file, ReadOptions.defaults().withMissing(ReadOptions.Missing.MEAN))) {
      assertThat(all(d)).containsExactly(1, 2, Float.NaN, Float.NaN, 5, 6);
    }
    byte[] infinite =
        npy("<f4", false, "1, 2", floats(ByteOrder.LITTLE_ENDIAN, 1, Float.POSITIVE_INFINITY));
    assertThat(sentence(() -> open("b.npy", infinite))).contains("infinite").contains("element 2");
    byte[] empty = npy("<f4", false, "2, 1", floats(ByteOrder.LITTLE_ENDIAN, Float.NaN, Float.NaN));
    assertThat(
            sentence(
                () ->
                    open(
                        "c.npy",
                        empty,
                        ReadOptions.defaults().withMissing(ReadOptions.Missing.DROP))))
        .contains("leaves none");
  }

  @Test
  void hostileHeadersAreRefused() throws IOException {
    byte[] none = new byte[16];
    assertThat(sentence(() -> open("a.npy", "PK not numpy at all".getBytes())))
        .contains("not NumPy data");
    assertThat(sentence(() -> open("a.npy", npy("|O", false, "2,", none)))).contains("pickled");
    assertThat(sentence(() -> open("a.npy", npy("<c8", false, "2,", none))))
        .contains("type 'c8'".replace("'c8'", "'<c8'"));
    assertThat(
            sentence(
                () ->
                    open(
                        "a.npy",
                        npy(
                            "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (2,)}",
                            none))))
        .contains("structured");
    assertThat(sentence(() -> open("a.npy", npy("<f8", false, "1000000, 1000000", none))))
        .contains("promises");
    assertThat(
            sentence(
                () ->
                    open(
                        "a.npy",
                        npy("<f8", false, "999999999999999999, 999999999999999999", none))))
        .contains("impossible");
    assertThat(sentence(() -> open("a.npy", npy("<f8", false, "2, 0", none))))
        .contains("nothing to learn");
    assertThat(sentence(() -> open("a.npy", npy("<f8", false, "", new byte[8]))))
        .contains("no observations");
    for (String broken :
        List.of(
            "{'descr': '<f8'}",
            "{'descr': '<f8', 'fortran_order': False, 'shape': (-2,)}",
            "{'descr': '<f8', 'fortran_order': 1, 'shape': (2,)}",
            "__import__('os').system('x')",
            "{'descr': '<f8', 'fortran_order': False, 'shape': (2,)} + 1",
            "{'descr': '<f8, 'fortran_order': False, 'shape': (2,)}",
            "{'descr': '<f8', 'fortran_order': False, 'shape': (2,), 'x': 1}")) {
      assertThat(sentence(() -> open("a.npy", npy(broken, none)))).contains("cannot be understood");
    }
    byte[] version9 = npy("<f8", false, "2,", none);
    version9[6] = 9;
    assertThat(sentence(() -> open("a.npy", version9))).contains("version 9");
    byte[] hugeHeader = npy("<f8", false, "2,", none);
    hugeHeader[6] =
        2; // version 2 has four bytes of length: the text's first bytes make it enormous
    assertThat(sentence(() -> open("a.npy", hugeHeader))).contains("header of");
    assertThat(sentence(() -> open("a.npy", npy("<f8", false, "2,", new byte[17]))))
        .contains("goes on after");
    assertThat(sentence(() -> open("a.npy", npy("<f8", false, "2,", new byte[15]))))
        .contains("cut short");
  }

  @Test
  void npzPicksObservationsAndLabels() throws IOException {
    Map<String, byte[]> m = new LinkedHashMap<>();
    m.put("y", npy("<i8", false, "3", longs(5, 7, 5)));
    m.put("X", npy("<f4", false, "3, 2", floats(ByteOrder.LITTLE_ENDIAN, 1, 2, 3, 4, 5, 6)));
    try (Dataset d = open("a.npz", npz(m))) {
      assertThat(d.shape()).isEqualTo(Shape.of(2));
      assertThat(all(d)).containsExactly(1, 2, 3, 4, 5, 6);
      Annotation label = d.labels().orElseThrow();
      assertThat(label.values()).containsExactly(5, 7, 5);
      assertThat(label.cardinality()).isEqualTo(8);
    }
    m.put("other", npy("<f4", false, "3, 1", floats(ByteOrder.LITTLE_ENDIAN, 1, 1, 0)));
    ReadOptions o = ReadOptions.defaults().withArray("other").withLabel("y");
    try (Dataset d = open("a.npz", npz(m), o)) {
      assertThat(d.size()).isEqualTo(3);
      assertThat(d.shape()).isEqualTo(Shape.of(1));
    }
    assertThat(sentence(() -> open("a.npz", npz(m), ReadOptions.defaults().withArray("Z"))))
        .contains("no array 'Z'");
    m.put("y", npy("<i8", false, "2", longs(5, 7)));
    assertThat(sentence(() -> open("a.npz", npz(m)))).contains("one label for each of the 3");
  }

  @Test
  void npzFallsBackOnTheOnlyMatrix() throws IOException {
    Map<String, byte[]> m = new LinkedHashMap<>();
    m.put("meta", npy("|O", false, "1", new byte[20]));
    m.put("ids", npy("<i8", false, "2", longs(5, 7)));
    m.put("counts", npy("<i8", false, "2, 2", longs(1, 2, 3, 4)));
    try (Dataset d = open("a.npz", npz(m))) {
      assertThat(all(d)).containsExactly(1, 2, 3, 4);
      assertThat(d.annotations()).isEmpty();
    }
    m.put("more", npy("<i8", false, "2, 2", longs(1, 2, 3, 4)));
    assertThat(sentence(() -> open("a.npz", npz(m)))).contains("array=").contains("counts, more");
  }

  @Test
  void npzKnowsTheUsualDivisions() throws IOException {
    Map<String, byte[]> m = new LinkedHashMap<>();
    m.put("x_test", npy("|u1", false, "1, 2, 2", counting(4)));
    m.put("x_train", npy("|u1", false, "2, 2, 2", counting(8)));
    m.put("y_train", npy("|u1", false, "2,", new byte[] {0, 2}));
    m.put("y_test", npy("|u1", false, "1", new byte[] {1}));
    try (Dataset d = open("a.npz", npz(m))) {
      assertThat(d.publishedSplit()).contains(new PublishedSplit(2, 0, 1));
      assertThat(d.labels().orElseThrow().values()).containsExactly(0, 2, 1);
      assertThat(d.shape()).isEqualTo(Shape.of(1, 2, 2));
    }
  }

  @Test
  void dspritesFactorsBecomeAnnotations() throws IOException {
    Map<String, byte[]> m = new LinkedHashMap<>();
    m.put("imgs", npy("|u1", false, "2, 2, 2", new byte[] {0, 1, 1, 0, 1, 1, 1, 0}));
    m.put(
        "latents_classes", npy("<i8", false, "2, 6", longs(0, 2, 5, 39, 31, 0, 0, 1, 0, 3, 4, 30)));
    try (Dataset d = open("dsprites.npz", npz(m))) {
      assertThat(d.annotations().stream().map(Annotation::name))
          .containsExactly("color", "shape", "scale", "orientation", "posX", "posY");
      assertThat(d.annotations().get(3).values()).containsExactly(39, 3);
      assertThat(all(d)).containsExactly(0, 1, 1, 0, 1, 1, 1, 0);
    }
    try (Dataset d = open("dsprites.npz", npz(m), ReadOptions.defaults().withLimit(1))) {
      assertThat(d.annotations().get(5).values()).containsExactly(0);
    }
  }

  @Test
  void zipBombsAreRefused() throws IOException {
    byte[] small = npy("<f8", false, "2, 1", new byte[16]);
    // The array goes on for twenty megabytes after what its header promises, and the zip says so.
    byte[] fat = npz(Map.of("x", Arrays.copyOf(small, 20_000_000)));
    assertThat(sentence(() -> open("a.npz", fat))).contains("zip bomb");
    // It goes on, and the zip's directory denies it.
    assertThat(sentence(() -> open("b.npz", withSize(fat, small.length))))
        .contains("goes on after");
    // Header and directory agree on 1.2 GB, which 2 MB of deflate could just be.
    byte[] noise = new byte[2_000_000];
    new Random(1).nextBytes(noise);
    byte[] header = npy("|u1", false, "1200000000, 1", noise);
    long declared = header.length - noise.length + 1_200_000_000L;
    assertThat(sentence(() -> open("c.npz", withSize(npz(Map.of("x", header)), declared))))
        .contains("zip bomb");
    // They agree on more than deflate can do.
    assertThat(
            sentence(
                () ->
                    open(
                        "d.npz",
                        withSize(
                            npz(Map.of("x", npy("|u1", false, "1000000000, 1", noise(1000)))), 1))))
        .contains("promises");
  }

  private static byte[] noise(int n) {
    byte[] b = new byte[n];
    new Random(2).nextBytes(b);
    return b;
  }

  private static byte[] withSize(byte[] zip, long size) {
    return Samples.withDeclaredSize(zip, size);
  }

  @Test
  void damagedNpzFilesAreRefused() throws IOException {
    byte[] good = npz(Map.of("x", npy("<f8", false, "100, 10", noise(8000))));
    assertThat(sentence(() -> open("a.npz", Arrays.copyOf(good, good.length - 30))))
        .contains("damaged");
    assertThat(sentence(() -> open("b.npz", "no zip".getBytes()))).contains("not an npz");
    assertThat(sentence(() -> open("c.npz", new byte[0]))).contains("empty");
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ZipOutputStream z = new ZipOutputStream(out)) {
      z.putNextEntry(new ZipEntry("readme.txt"));
    }
    assertThat(sentence(() -> open("d.npz", out.toByteArray()))).contains("no arrays");
  }
}
