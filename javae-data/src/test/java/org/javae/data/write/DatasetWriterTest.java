package org.javae.data.write;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import javax.imageio.ImageIO;
import org.javae.core.data.ArrayDataset;
import org.javae.core.data.Dataset;
import org.javae.core.data.Dataset.Annotation;
import org.javae.core.data.Dataset.Column;
import org.javae.data.generate.Sprites;
import org.javae.data.generate.Strokes;
import org.javae.tensor.Shape;
import org.javae.tensor.UserException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DatasetWriterTest {
  @TempDir Path folder;

  /** An array as NumPy's format description says it lies in the file. */
  private record Read(String type, String shape, ByteBuffer values) {
    static Read of(byte[] file) {
      assertThat(Arrays.copyOf(file, 8))
          .isEqualTo(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0});
      ByteBuffer bytes = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
      int length = bytes.getShort(8) & 0xFFFF;
      assertThat((10 + length) % 64).isZero();
      String header = new String(file, 10, length, StandardCharsets.US_ASCII);
      assertThat(header).endsWith("\n");
      Matcher m =
          Pattern.compile(
                  "\\{'descr': '(.*)', 'fortran_order': False, 'shape': (\\(.*\\)), \\} *\n")
              .matcher(header);
      assertThat(m.matches()).isTrue();
      bytes.position(10 + length);
      return new Read(m.group(1), m.group(2), bytes.slice().order(ByteOrder.LITTLE_ENDIAN));
    }

    float[] floats() {
      float[] out = new float[values.remaining() / 4];
      values.asFloatBuffer().get(out);
      return out;
    }

    int[] ints() {
      int[] out = new int[values.remaining() / 4];
      values.asIntBuffer().get(out);
      return out;
    }
  }

  private static float[] all(Dataset data) {
    float[] out = new float[Math.toIntExact(data.size() * data.shape().numel())];
    data.read(IntStream.range(0, data.size()).toArray(), out);
    return out;
  }

  private static Dataset table() {
    // x real with a missing cell, colour one-hot over three categories, one of them hard to quote.
    float[] values = {
      0.1f, 1, 0, 0, Float.NaN, 0, 1, 0, -3, 0, 0, 1, 1.5e-7f, 0, 0, 0,
    };
    return ArrayDataset.of("table", Shape.of(4), values)
        .withColumns(
            List.of(
                new Column("x", Column.Kind.REAL, List.of()),
                new Column(
                    "colour", Column.Kind.CATEGORICAL, List.of("red", "blue, dark", "\"green\""))))
        .withAnnotations(List.of(new Annotation("label", new int[] {0, 1, 1, 0}, 2, List.of())));
  }

  @Test
  void npyGivesTheSameBitsBack() throws IOException {
    // Larger than one batch, so that batches are joined rightly.
    Dataset data = Sprites.ofSize(64, 200).generate(1);
    Path file = folder.resolve("a.npy");
    DatasetWriter.write(data, file);
    Read read = Read.of(Files.readAllBytes(file));
    assertThat(read.type()).isEqualTo("<f4");
    assertThat(read.shape()).isEqualTo("(200, 1, 64, 64)");
    assertThat(read.floats()).isEqualTo(all(data));
    try (Stream<Path> inside = Files.list(folder)) {
      assertThat(inside).containsExactly(file);
    }
  }

  @Test
  void npzHoldsPicturesLabelsAndFactors() throws IOException {
    Dataset sprites = Sprites.ofSize(16, 70).generate(1);
    Path file = folder.resolve("a.npz");
    DatasetWriter.write(sprites, file);
    try (ZipFile zip = new ZipFile(file.toFile())) {
      assertThat(Collections.list(zip.entries()).stream().map(ZipEntry::getName))
          .containsExactly(
              "images.npy", "shape.npy", "scale.npy", "rotation.npy", "x.npy", "y.npy");
      assertThat(Read.of(bytes(zip, "images.npy")).floats()).isEqualTo(all(sprites));
      for (Annotation a : sprites.annotations()) {
        Read read = Read.of(bytes(zip, a.name() + ".npy"));
        assertThat(read.type()).isEqualTo("<i4");
        assertThat(read.shape()).isEqualTo("(70,)");
        assertThat(read.ints()).isEqualTo(a.values());
      }
    }
    Path again = folder.resolve("b.NPZ");
    DatasetWriter.write(sprites, again);
    assertThat(Files.mismatch(file, again)).isEqualTo(-1);

    Path tableFile = folder.resolve("t.npz");
    DatasetWriter.write(table(), tableFile);
    try (ZipFile zip = new ZipFile(tableFile.toFile())) {
      assertThat(Read.of(bytes(zip, "data.npy")).shape()).isEqualTo("(4, 4)");
      assertThat(Read.of(bytes(zip, "data.npy")).floats()).isEqualTo(all(table()));
      assertThat(Read.of(bytes(zip, "labels.npy")).ints()).containsExactly(0, 1, 1, 0);
    }
  }

  private static byte[] bytes(ZipFile zip, String entry) throws IOException {
    return zip.getInputStream(zip.getEntry(entry)).readAllBytes();
  }

  @Test
  void csvOfATable() throws IOException {
    Path file = folder.resolve("a.csv");
    DatasetWriter.write(table(), file);
    assertThat(Files.readString(file))
        .isEqualTo(
            """
            x,colour,label
            0.1,red,0
            ,"blue, dark",1
            -3,\"""green\""",1
            1.5E-7,,0
            """);
  }

  @Test
  void csvOfPicturesGivesTheSameFloatsBack() throws IOException {
    Dataset data = new Strokes(20, 0, 1, 2.3).generate(1);
    Path file = folder.resolve("a.csv");
    DatasetWriter.write(data, file);
    List<String> lines = Files.readAllLines(file);
    assertThat(lines).hasSize(21);
    assertThat(lines.get(0)).startsWith("p0,p1,").endsWith(",p783,label");
    List<Float> values = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      String[] cells = lines.get(i + 1).split(",");
      for (int p = 0; p < 784; p++) {
        values.add(Float.parseFloat(cells[p]));
      }
      assertThat(cells[784]).isEqualTo("" + data.labels().orElseThrow().values()[i]);
    }
    float[] expected = all(data);
    for (int k = 0; k < expected.length; k++) {
      assertThat(values.get(k)).isEqualTo(expected[k]);
    }
  }

  @Test
  void csvNamesAreUniqueAndNumbersShort() throws IOException {
    Dataset data =
        ArrayDataset.of("d", Shape.of(1), new float[] {-0f, 1e7f, Float.NEGATIVE_INFINITY})
            .withColumns(List.of(new Column("y", Column.Kind.REAL, List.of())))
            .withAnnotations(
                List.of(new Annotation("y", new int[] {0, 1, 0}, 2, List.of("no", "yes"))));
    Path file = folder.resolve("a.csv");
    DatasetWriter.write(data, file);
    assertThat(Files.readAllLines(file))
        .containsExactly("y,y_", "-0.0,no", "1.0E7,yes", "-Infinity,no");
  }

  @Test
  void pngFolderWithAFolderAClass() throws IOException {
    Dataset data = new Strokes(30, 0, 1, 2.3).generate(2);
    Path target = folder.resolve("digits");
    DatasetWriter.write(data, target);
    float[] values = all(data);
    for (int i = 0; i < 30; i++) {
      int label = data.labels().orElseThrow().values()[i];
      Path file = target.resolve(label + "/" + String.format("%02d.png", i));
      BufferedImage picture = ImageIO.read(file.toFile());
      assertThat(picture.getType()).isEqualTo(BufferedImage.TYPE_BYTE_GRAY);
      for (int p = 0; p < 784; p++) {
        assertThat(picture.getRaster().getSample(p % 28, p / 28, 0) / 255f)
            .isEqualTo(values[i * 784 + p]);
      }
    }
    assertThat(target.resolve("factors.csv")).doesNotExist();
  }

  @Test
  void pngFolderWithFactors() throws IOException {
    Dataset data = Sprites.ofSize(16, 12).generate(2);
    Path target = folder.resolve("sprites");
    Files.createDirectory(target); // an empty folder is as good as none
    DatasetWriter.write(data, target);
    List<String> lines = Files.readAllLines(target.resolve("factors.csv"));
    assertThat(lines).hasSize(13);
    assertThat(lines.get(0)).isEqualTo("file,shape,scale,rotation,x,y");
    for (int i = 0; i < 12; i++) {
      List<String> cells = new ArrayList<>(List.of(String.format("%02d.png", i)));
      for (Annotation a : data.annotations()) {
        cells.add(
            a.valueNames().isEmpty() ? "" + a.values()[i] : a.valueNames().get(a.values()[i]));
      }
      assertThat(lines.get(i + 1)).isEqualTo(String.join(",", cells));
      assertThat(target.resolve(cells.get(0))).isRegularFile();
    }
  }

  @Test
  void colourPicturesKeepTheirChannels() throws IOException {
    float[] values = {1, 0, 0.2f, 0.4f, 0, 1, 0, 0.6f, 0, 0, 1, 0.8f};
    Dataset data = ArrayDataset.of("c", Shape.of(3, 2, 2), values);
    DatasetWriter.write(data, folder.resolve("c"));
    BufferedImage picture = ImageIO.read(folder.resolve("c/0.png").toFile());
    assertThat(picture.getRGB(0, 0)).isEqualTo(0xFFFF0000);
    assertThat(picture.getRGB(1, 0)).isEqualTo(0xFF00FF00);
    assertThat(picture.getRGB(0, 1)).isEqualTo(0xFF3300FF);
    assertThat(picture.getRGB(1, 1)).isEqualTo(0xFF6699CC);
  }

  @Test
  void classNamesCannotLeaveTheFolder() {
    Dataset data =
        ArrayDataset.of("c", Shape.of(1, 1, 1), new float[] {0, 1})
            .withAnnotations(
                List.of(new Annotation("label", new int[] {0, 1}, 2, List.of("..", "a/../../b"))));
    DatasetWriter.write(data, folder.resolve("in"));
    assertThat(folder.resolve("in/_../0.png")).isRegularFile();
    assertThat(folder.resolve("in/a_.._.._b/1.png")).isRegularFile();
  }

  @Test
  void badRequestsHaveTheirSentence() throws IOException {
    Dataset data = table();
    assertThatThrownBy(() -> DatasetWriter.write(data, Path.of("a.parquet")))
        .isInstanceOf(UserException.class)
        .hasMessageContaining(".parquet is not one of .npy, .npz, .csv and, for tokens, .txt");
    assertThatThrownBy(() -> DatasetWriter.write(data, folder.resolve("none/a.npy")))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("its folder does not exist");
    assertThatThrownBy(() -> DatasetWriter.write(data, folder.resolve("pictures")))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("an observation has shape 4");
    assertThat(folder.resolve("pictures")).doesNotExist();
    Files.createDirectory(folder.resolve("is.npy"));
    assertThatThrownBy(() -> DatasetWriter.write(data, folder.resolve("is.npy")))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("there is a folder of that name");

    Dataset loud = ArrayDataset.of("loud", Shape.of(1, 1, 1), new float[] {0, 1.5f});
    assertThatThrownBy(() -> DatasetWriter.write(loud, folder.resolve("loud")))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("observation 1 holds the value 1.5");
    assertThat(folder.resolve("loud")).doesNotExist();
    assertThat(folder.resolve("loud.part")).doesNotExist();

    Files.createDirectory(folder.resolve("full"));
    Files.writeString(folder.resolve("full/mine"), "mine");
    Dataset sprites = Sprites.ofSize(16, 2).generate(1);
    assertThatThrownBy(() -> DatasetWriter.write(sprites, folder.resolve("full")))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("is not empty");
    assertThat(folder.resolve("full/mine")).hasContent("mine");
  }

  @Test
  void aFailureLeavesTheOldFileAlone() throws IOException {
    Path file = folder.resolve("a.npy");
    Files.writeString(file, "old");
    Dataset broken =
        new Dataset() {
          @Override
          public String name() {
            return "broken";
          }

          @Override
          public Shape shape() {
            return Shape.of(2);
          }

          @Override
          public int size() {
            return 3;
          }

          @Override
          public void read(int[] indices, float[] out) {
            throw UserException.of("The source broke.");
          }

          @Override
          public String fingerprint() {
            return "";
          }
        };
    assertThatThrownBy(() -> DatasetWriter.write(broken, file)).hasMessage("The source broke.");
    assertThat(file).hasContent("old");
    assertThat(folder.resolve("a.npy.part")).doesNotExist();
  }
}
