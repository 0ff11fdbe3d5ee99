package org.javae.data.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.javae.data.read.Samples.all;
import static org.javae.data.read.Samples.row;
import static org.javae.data.read.Samples.sentence;
import static org.javae.data.read.Samples.write;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.IntUnaryOperator;
import org.javae.core.data.Dataset;
import org.javae.core.data.Dataset.PublishedSplit;
import org.javae.tensor.Shape;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import us.hebi.matlab.mat.format.Mat5;
import us.hebi.matlab.mat.types.MatFile;
import us.hebi.matlab.mat.types.MatlabType;
import us.hebi.matlab.mat.types.Matrix;

class MatReaderTest {
  @TempDir Path dir;

  private static Matrix matrix(MatlabType type, IntUnaryOperator value, int... dims) {
    Matrix m = Mat5.newMatrix(dims, type);
    for (int i = 0; i < m.getNumElements(); i++) {
      m.setDouble(i, value.applyAsInt(i));
    }
    return m;
  }

  private Path save(MatFile mat) throws IOException {
    Path f = dir.resolve("a.mat");
    Mat5.writeToFile(mat, f.toFile());
    return f;
  }

  private static ReadOptions options() {
    return ReadOptions.defaults();
  }

  @Test
  void rowsOfTheLargestMatrixAreObservations() throws IOException {
    Path f =
        save(
            Mat5.newMatFile()
                .addArray("note", Mat5.newString("hello, this is long"))
                .addArray("small", matrix(MatlabType.Double, i -> 1, 2, 2))
                .addArray("X", matrix(MatlabType.Single, i -> i, 3, 2))
                .addArray("Y", matrix(MatlabType.Double, i -> i + 1, 3, 1)));
    try (Dataset d = DataReader.open(f, options())) {
      assertThat(d.shape()).isEqualTo(Shape.of(2));
      assertThat(all(d)).containsExactly(0, 3, 1, 4, 2, 5);
      assertThat(d.labels().orElseThrow().values()).containsExactly(0, 1, 2);
      assertThat(d.labels().orElseThrow().valueNames()).containsExactly("1", "2", "3");
    }
    try (Dataset d =
        DataReader.open(
            f, options().withArray("X").withObservations(ReadOptions.Observations.COLUMNS))) {
      assertThat(d.shape()).isEqualTo(Shape.of(3));
      assertThat(all(d)).containsExactly(0, 1, 2, 3, 4, 5);
    }
    assertThat(sentence(() -> DataReader.open(f, options().withArray("Q"))))
        .contains("no variable 'Q'");
    assertThat(sentence(() -> DataReader.open(f, options().withArray("note"))))
        .contains("char array");
  }

  @Test
  void freyFacesStandUpright() throws IOException {
    // Column k of ff is a face of 28 rows of 20 pixels, row after row.
    Path f = save(Mat5.newMatFile().addArray("ff", matrix(MatlabType.UInt8, i -> i % 251, 560, 4)));
    try (Dataset d = DataReader.open(f, options())) {
      assertThat(d.shape()).isEqualTo(Shape.of(1, 28, 20));
      assertThat(d.size()).isEqualTo(4);
      assertThat(row(d, 2)[5 * 20 + 3]).isEqualTo((2 * 560 + 5 * 20 + 3) % 251 / 255f);
    }
  }

  @Test
  void omniglotIsDividedAndTurned() throws IOException {
    Path f =
        save(
            Mat5.newMatFile()
                .addArray("data", matrix(MatlabType.Double, i -> i % 2, 784, 3))
                .addArray(
                    "testdata", matrix(MatlabType.Double, i -> i == 28 * 5 + 3 ? 1 : 0, 784, 2)));
    try (Dataset d = DataReader.open(f, options())) {
      assertThat(d.shape()).isEqualTo(Shape.of(1, 28, 28));
      assertThat(d.publishedSplit()).contains(new PublishedSplit(3, 0, 2));
      float[] first = row(d, 3);
      assertThat(first[3 * 28 + 5]).isEqualTo(1);
      assertThat(first[5 * 28 + 3]).isEqualTo(0);
    }
  }

  @Test
  void flatRowsInMatlabOrderBecomeUprightPictures() throws IOException {
    // Two pictures of 2×3; element (y, x) lies at y + 2 x of a row; values are doubles that are
    // grey levels.
    Path f = save(Mat5.newMatFile().addArray("fea", matrix(MatlabType.Double, i -> 10 * i, 2, 6)));
    ReadOptions o = options().withImageShape(Shape.of(2, 3)).withColumnMajor(true);
    try (Dataset d = DataReader.open(f, o)) {
      assertThat(d).isInstanceOf(ByteDataset.class);
      // Row 0 of fea holds 0, 20, 40, 60, 80, 100.
      assertThat(row(d, 0))
          .containsExactly(0, 40 / 255f, 80 / 255f, 20 / 255f, 60 / 255f, 100 / 255f);
    }
    try (Dataset d = DataReader.open(f, options())) {
      assertThat(row(d, 0)).containsExactly(0, 20, 40, 60, 80, 100);
    }
  }

  @Test
  void theLastDimensionOfPicturesCountsThem() throws IOException {
    Path f = save(Mat5.newMatFile().addArray("X", matrix(MatlabType.UInt8, i -> i, 2, 2, 3, 5)));
    try (Dataset d = DataReader.open(f, options())) {
      assertThat(d.shape()).isEqualTo(Shape.of(3, 2, 2));
      assertThat(d.size()).isEqualTo(5);
      // Element (y, x, c, n) lies at y + 2 x + 4 c + 12 n.
      assertThat(row(d, 4)[2 * 4 + 1 * 2 + 0]).isEqualTo((1 + 0 + 8 + 48) / 255f);
    }
    Path g = save(Mat5.newMatFile().addArray("X", matrix(MatlabType.UInt8, i -> i, 5, 2, 3)));
    try (Dataset d =
        DataReader.open(g, options().withObservations(ReadOptions.Observations.ROWS))) {
      assertThat(d.shape()).isEqualTo(Shape.of(1, 2, 3));
      // Element (n, y, x) lies at n + 5 y + 10 x.
      assertThat(row(d, 4)[1 * 3 + 2]).isEqualTo((4 + 5 + 20) / 255f);
    }
  }

  @Test
  void readsPackedFilesAndRespectsLimits() throws IOException {
    Path f = save(Mat5.newMatFile().addArray("X", matrix(MatlabType.Double, i -> i, 50, 2)));
    Path gz = write(dir.resolve("b.mat.gz"), Samples.gzip(Files.readAllBytes(f)));
    try (Dataset d = DataReader.open(gz, options().withLimit(7))) {
      assertThat(d.size()).isEqualTo(7);
      assertThat(row(d, 6)).containsExactly(6, 56);
    }
  }

  @Test
  void refusesOtherVersionsAndDamage() throws IOException {
    Path f =
        save(Mat5.newMatFile().addArray("X", matrix(MatlabType.Double, i -> i * 17 % 13, 50, 20)));
    byte[] good = Files.readAllBytes(f);
    assertThat(
            sentence(
                () -> DataReader.open(write(f, Arrays.copyOf(good, good.length / 2)), options())))
        .contains("a.mat")
        .containsAnyOf("cut short", "damaged");
    assertThat(sentence(() -> DataReader.open(write(f, Arrays.copyOf(good, 60)), options())))
        .contains("cut short");
    assertThat(sentence(() -> DataReader.open(write(f, "\u0089HDF and so on"), options())))
        .contains("not a MATLAB v5");
    assertThat(
            sentence(() -> DataReader.open(write(f, "MATLAB 7.3 MAT-file, and so on"), options())))
        .contains("-v7");
    assertThat(sentence(() -> DataReader.open(write(f, new byte[0]), options()))).contains("empty");
    Path text = save(Mat5.newMatFile().addArray("a", Mat5.newString("hello")));
    assertThat(sentence(() -> DataReader.open(text, options())))
        .contains("no full real matrix")
        .contains("a (char)");
  }
}
