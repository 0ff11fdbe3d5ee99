package org.javae.data.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.javae.data.read.Samples.all;
import static org.javae.data.read.Samples.counting;
import static org.javae.data.read.Samples.gzip;
import static org.javae.data.read.Samples.idx;
import static org.javae.data.read.Samples.npy;
import static org.javae.data.read.Samples.npz;
import static org.javae.data.read.Samples.picture;
import static org.javae.data.read.Samples.sentence;
import static org.javae.data.read.Samples.write;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import org.javae.core.data.Dataset;
import org.javae.tensor.Shape;
import org.javae.tensor.UserException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import us.hebi.matlab.mat.format.Mat5;
import us.hebi.matlab.mat.types.Matrix;

class DataReaderTest {
  @TempDir Path dir;

  private Dataset open(Path p) {
    return DataReader.open(p, ReadOptions.defaults());
  }

  @Test
  void whatIsNotThereIsNamed() {
    assertThat(sentence(() -> open(dir.resolve("nothing.csv"))))
        .contains("nothing.csv")
        .contains("check the path");
    assertThat(
            sentence(
                () -> DataReader.describeTable(dir.resolve("nothing.csv"), ReadOptions.defaults())))
        .contains("nothing.csv");
  }

  @Test
  void unknownSuffixesListTheKnown() throws IOException {
    Path f = write(dir.resolve("a.xyz"), "a,b\n1,2\n");
    assertThat(sentence(() -> open(f)))
        .contains("csv")
        .contains("npz")
        .contains("parquet")
        .contains("format=csv");
    try (Dataset d = DataReader.open(f, ReadOptions.defaults().withFormat("CSV"))) {
      assertThat(all(d)).containsExactly(1, 2);
    }
    assertThat(sentence(() -> DataReader.open(f, ReadOptions.defaults().withFormat("docx"))))
        .contains("no format 'docx'");
    assertThat(sentence(() -> open(write(dir.resolve("p.zip"), "PK")))).contains("unpack");
    assertThat(sentence(() -> open(write(dir.resolve("p.png"), "PNG")))).contains("folder");
  }

  @Test
  void foldersAreSearchedForSomethingToRead() throws IOException {
    assertThat(sentence(() -> open(dir))).contains("holds nothing that can be read");
    write(dir.resolve("readme.md"), "hello");
    write(dir.resolve("a.csv"), "a\n1\n");
    try (Dataset d = open(dir)) {
      assertThat(d.name()).isEqualTo(dir.getFileName().toString());
    }
    assertThat(DataReader.isTable(dir, ReadOptions.defaults())).isTrue();
    write(dir.resolve("b.csv"), "a\n1\n");
    assertThat(sentence(() -> open(dir))).contains("several").contains("a.csv, b.csv");
    write(dir.resolve("train-images-idx3-ubyte"), idx(8, counting(12), 3, 2, 2));
    try (Dataset d = open(dir)) {
      assertThat(d.size()).isEqualTo(3);
    }
  }

  @Test
  void optionsThatMakeNoSenseAreRefused() {
    ReadOptions o = ReadOptions.defaults();
    assertThat(sentence(() -> o.withLimit(0))).contains("limit");
    assertThat(sentence(() -> o.withMaxCategories(1))).contains("maxCategories");
    assertThat(sentence(() -> o.withMemoryLimit(-1))).contains("memoryLimit");
    assertThat(sentence(() -> o.withResize(0, 5))).contains("0×5");
    assertThat(sentence(() -> o.withColumnMajor(true))).contains("imageShape");
    assertThat(sentence(() -> o.withImageShape(Shape.of(2, 5, 5)))).contains("2×5×5");
  }

  /**
   * Every reader meets thousands of damaged files: each opens or is refused with a sentence, and
   * nothing else happens.
   */
  @Test
  void damageEndsInASentence() throws IOException {
    Map<String, byte[]> good = new LinkedHashMap<>();
    good.put("a-images-idx3-ubyte", idx(8, counting(60), 5, 3, 4));
    good.put("a.idx.gz", gzip(idx(0x0D, counting(80), 5, 4)));
    good.put("a.npy", npy("<f4", true, "4, 5", counting(80)));
    Map<String, byte[]> arrays = new LinkedHashMap<>();
    arrays.put("x", npy("|u1", false, "4, 3, 3", counting(36)));
    arrays.put("y", npy("<i8", false, "4,", Samples.longs(0, 1, 2, 1)));
    good.put("a.npz", npz(arrays));
    Matrix m = Mat5.newMatrix(8, 5);
    for (int i = 0; i < 40; i++) {
      m.setDouble(i, i * 0.5);
    }
    Path mat = dir.resolve("seed.mat");
    Mat5.writeToFile(
        Mat5.newMatFile().addArray("X", m).addArray("note", Mat5.newString("hi")), mat.toFile());
    good.put("a.mat", Files.readAllBytes(mat));
    good.put("a.bin.gz", gzip(Arrays.copyOf(new byte[0], 3073)));
    Path png = picture(dir.resolve("seed/a.png"), 9, 7, BufferedImage.TYPE_INT_RGB, 99);
    Path jpg = picture(dir.resolve("seed/a.jpg"), 16, 16, BufferedImage.TYPE_INT_RGB, 99);
    good.put("png/a.png", Files.readAllBytes(png));
    good.put("jpg/a.jpg", Files.readAllBytes(jpg));
    Random r = new Random(11);
    for (Map.Entry<String, byte[]> e : good.entrySet()) {
      int refused = 0;
      for (int k = 0; k < 150; k++) {
        refused += survives(e.getKey(), damaged(e.getValue(), r)) ? 0 : 1;
      }
      assertThat(refused).as("refused versions of " + e.getKey()).isBetween(15, 150);
    }
  }

  @Test
  void damagedTablesEndInASentence() throws IOException {
    byte[] csv = "x,k,\"n\"\n1,a,2\n2,b,3\n,b,\"4\"\n".getBytes(StandardCharsets.UTF_8);
    byte[] json =
        "[{\"a\": 1, \"b\": \"x\"}, {\"a\": 2, \"b\": \"y\"}]".getBytes(StandardCharsets.UTF_8);
    Random r = new Random(12);
    for (int k = 0; k < 25; k++) {
      survives("a.csv", damaged(csv, r));
      survives("a.csv.gz", damaged(gzip(csv), r));
      survives("a.json", damaged(json, r));
    }
  }

  private static byte[] damaged(byte[] good, Random r) {
    byte[] bad = good.clone();
    switch (r.nextInt(4)) {
      case 0 -> bad = Arrays.copyOf(bad, r.nextInt(bad.length));
      case 1 -> bad[r.nextInt(Math.min(bad.length, 140))] = (byte) r.nextInt();
      default -> {
        for (int i = 1 + r.nextInt(4); i > 0; i--) {
          bad[r.nextInt(bad.length)] = (byte) r.nextInt();
        }
      }
    }
    return bad;
  }

  /** Whether the file can be read to its end; if not, the refusal must be a proper one. */
  private boolean survives(String name, byte[] content) throws IOException {
    Path f = write(dir.resolve(name), content);
    try (Dataset d = open(name.contains("/") ? f.getParent() : f)) {
      all(d);
      d.fingerprint();
      return true;
    } catch (UserException e) {
      Samples.assertProper(e.getMessage());
      return false;
    } catch (RuntimeException | Error e) {
      throw new AssertionError(
          name + " of " + content.length + " bytes: " + HexFormat.of().formatHex(content), e);
    }
  }
}
