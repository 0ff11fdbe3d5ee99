package org.javae.data.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.javae.data.read.Samples.all;
import static org.javae.data.read.Samples.row;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.javae.core.data.Dataset;
import org.javae.core.data.Dataset.PublishedSplit;
import org.javae.data.SharedData;
import org.javae.data.read.ReadOptions.Missing;
import org.javae.tensor.Shape;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The published files as people have them. */
@Tag("data")
class RealDataTest {
  private static final ReadOptions DEFAULTS = ReadOptions.defaults();

  private static int[] histogram(int[] values, int from, int to, int n) {
    int[] h = new int[n];
    for (int i = from; i < to; i++) {
      h[values[i]]++;
    }
    return h;
  }

  @Test
  void mnist() {
    try (Dataset d = DataReader.open(SharedData.require("mnist"), DEFAULTS)) {
      assertThat(d.shape()).isEqualTo(Shape.of(1, 28, 28));
      assertThat(d.publishedSplit()).contains(new PublishedSplit(60_000, 0, 10_000));
      int[] labels = d.labels().orElseThrow().values();
      // Class sizes as Yann LeCun's page and every textbook have them.
      assertThat(histogram(labels, 0, 60_000, 10))
          .containsExactly(5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949);
      assertThat(histogram(labels, 60_000, 70_000, 10))
          .containsExactly(980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009);
      double sum = 0;
      double squares = 0;
      float[] x = new float[784 * 1000];
      int[] some = new int[1000];
      for (int from = 0; from < 60_000; from += 1000) {
        int first = from;
        Arrays.setAll(some, i -> first + i);
        d.read(some, x);
        for (float v : x) {
          sum += v;
          squares += (double) v * v;
        }
      }
      double n = 60_000.0 * 784;
      assertThat(sum / n).isCloseTo(0.1307, within(5e-5)); // the constants everybody normalises by
      assertThat(Math.sqrt(squares / n - Math.pow(sum / n, 2))).isCloseTo(0.3081, within(5e-5));
      // The first training picture is a five; this is its row 5, which everybody has seen printed.
      assertThat(labels[0]).isEqualTo(5);
      int[] bytes = {3, 18, 18, 18, 126, 136, 175, 26, 166, 255, 247, 127};
      for (int i = 0; i < bytes.length; i++) {
        assertThat(row(d, 0)[5 * 28 + 12 + i]).isEqualTo(bytes[i] / 255f);
      }
      assertThat(row(d, 0)[0]).isZero();
    }
  }

  @Test
  void fashionMnist() {
    try (Dataset d =
        DataReader.open(SharedData.require("fashion-mnist/t10k-images-idx3-ubyte.gz"), DEFAULTS)) {
      assertThat(d.size()).isEqualTo(10_000);
      assertThat(histogram(d.labels().orElseThrow().values(), 0, 10_000, 10)).containsOnly(1000);
    }
  }

  @Test
  void digits() {
    Path f = SharedData.require("digits/digits.csv.gz");
    try (Dataset d = DataReader.open(f, DEFAULTS.withLabel("-1").withImageShape(Shape.of(8, 8)))) {
      assertThat(d.size()).isEqualTo(1797);
      assertThat(d.shape()).isEqualTo(Shape.of(1, 8, 8));
      assertThat(histogram(d.labels().orElseThrow().values(), 0, 1797, 10))
          .containsExactly(178, 182, 177, 183, 181, 182, 181, 179, 174, 180);
      assertThat(Arrays.copyOf(row(d, 0), 8)).containsExactly(0, 0, 5, 13, 9, 1, 0, 0);
      float max = 0;
      for (float v : all(d)) {
        max = Math.max(max, v);
      }
      assertThat(max).isEqualTo(16);
    }
  }

  @Test
  void hiVaeWine() throws IOException {
    Path f = SharedData.require("hi-vae/Wine/data.csv");
    try (Dataset d = DataReader.open(f, DEFAULTS)) {
      assertThat(d.shape()).isEqualTo(Shape.of(13));
      assertThat(d.size()).isEqualTo(6497);
      assertThat(d.columns()).hasSize(13).allMatch(c -> c.kind() == Dataset.Column.Kind.REAL);
      List<String> lines = Files.readAllLines(f);
      float[] values = all(d);
      for (int i = 0; i < lines.size(); i++) {
        String[] cells = lines.get(i).split(",");
        for (int j = 0; j < 13; j++) {
          assertThat(values[i * 13 + j])
              .as("row %d column %d", i, j)
              .isEqualTo(Float.parseFloat(cells[j]));
        }
      }
    }
  }

  @Test
  void hiVaeAdultHasTheMissingCellsItsOwnListNames() throws IOException {
    Path f = SharedData.require("hi-vae/Adult/data.csv");
    Path list = SharedData.require("hi-vae/Adult/MissingTrue.csv");
    try (Dataset d = DataReader.open(f, DEFAULTS.withMissing(Missing.KEEP))) {
      float[] values = all(d);
      int missing = 0;
      for (float v : values) {
        missing += Float.isNaN(v) ? 1 : 0;
      }
      List<String> cells = Files.readAllLines(list);
      assertThat(missing).isEqualTo(cells.size());
      for (String cell : cells) {
        String[] at = cell.split(",");
        int row = (int) Double.parseDouble(at[0]) - 1;
        int column = (int) Double.parseDouble(at[1]) - 1;
        assertThat(values[row * 12 + column]).isNaN();
      }
    }
  }

  @Test
  void horseColicAndVotesHaveQuestionMarks() {
    TableSummary s =
        DataReader.describeTable(SharedData.require("tabular-missing/horse-colic.csv"), DEFAULTS);
    assertThat(s.columns()).hasSize(28);
    assertThat(s.columns().stream().mapToLong(TableSummary.Column::missing).sum()).isEqualTo(1605);
    Path votes = SharedData.require("tabular-missing/house-votes-84.data");
    try (Dataset d = DataReader.open(votes, DEFAULTS.withMissing(Missing.DROP).withLabel("1"))) {
      assertThat(d.size()).isEqualTo(232); // complete rows, as the data's own documentation says
      assertThat(d.shape()).isEqualTo(Shape.of(32));
    }
  }

  @Test
  void freyFacesAreTheSameInBothForms() {
    Path mat = SharedData.require("frey-faces/frey_rawface.mat");
    Path npy = SharedData.require("frey-faces/freyfaces.npy");
    try (Dataset a = DataReader.open(mat, DEFAULTS);
        Dataset b = DataReader.open(npy, DEFAULTS.withImageShape(Shape.of(28, 20)));
        Dataset flat = DataReader.open(npy, DEFAULTS)) {
      assertThat(a.shape()).isEqualTo(Shape.of(1, 28, 20)).isEqualTo(b.shape());
      assertThat(a.size()).isEqualTo(1965);
      assertThat(all(a)).isEqualTo(all(b));
      assertThat(a.fingerprint()).isEqualTo(b.fingerprint());
      assertThat(flat.shape()).isEqualTo(Shape.of(560));
      assertThat(row(flat, 7)[100]).isEqualTo(Math.round(row(a, 7)[100] * 255));
      // Upright and not turned: neighbours are alike both across and down.
      float[] x = row(a, 0);
      double across = 0;
      double down = 0;
      for (int i = 0; i < 27 * 20; i++) {
        across += i % 20 == 19 ? 0 : Math.abs(x[i + 1] - x[i]);
        down += Math.abs(x[i + 20] - x[i]);
      }
      assertThat(across / 540).isLessThan(0.08);
      assertThat(down / 540).isLessThan(0.08);
    }
  }

  @Test
  void facesAndObjectsInMatlabOrder() {
    ReadOptions o = DEFAULTS.withImageShape(Shape.of(32, 32)).withColumnMajor(true);
    try (Dataset orl = DataReader.open(SharedData.require("orl-faces/ORL.mat"), o);
        Dataset coil = DataReader.open(SharedData.require("coil20/COIL20.mat"), o)) {
      assertThat(orl.size()).isEqualTo(400);
      assertThat(histogram(orl.labels().orElseThrow().values(), 0, 400, 40)).containsOnly(10);
      assertThat(coil.size()).isEqualTo(1440);
      assertThat(histogram(coil.labels().orElseThrow().values(), 0, 1440, 20)).containsOnly(72);
      for (Dataset d : List.of(orl, coil)) {
        for (float v : all(d)) {
          assertThat(v).isBetween(0f, 1f);
        }
      }
      // The first object of COIL-20 is a rubber duck seen from the side: its head is in the upper
      // half, off the middle.
      float[] duck = row(coil, 0);
      double upperLeft = 0;
      double upperRight = 0;
      for (int y = 0; y < 12; y++) {
        for (int x = 0; x < 16; x++) {
          upperLeft += duck[y * 32 + x];
          upperRight += duck[y * 32 + 31 - x];
        }
      }
      assertThat(upperLeft).isGreaterThan(1.5 * upperRight);
    }
  }

  @Test
  void cifarTestPictures() {
    try (Dataset d =
        DataReader.open(SharedData.require("cifar10/test_batch_4000.bin.gz"), DEFAULTS)) {
      assertThat(d.size()).isEqualTo(4000);
      assertThat(d.shape()).isEqualTo(Shape.of(3, 32, 32));
      assertThat(histogram(d.labels().orElseThrow().values(), 0, 4000, 10)).containsOnly(400);
      double[] mean = new double[3];
      float[] x = all(d);
      for (int i = 0; i < x.length; i++) {
        mean[i / 1024 % 3] += x[i] / (4000 * 1024.0);
      }
      // The published means of the training set are 0.491, 0.482, 0.447.
      assertThat(mean[0]).isCloseTo(0.491, within(0.01));
      assertThat(mean[1]).isCloseTo(0.482, within(0.01));
      assertThat(mean[2]).isCloseTo(0.447, within(0.01));
    }
  }

  @Test
  void adbench() {
    try (Dataset d =
        DataReader.open(SharedData.require("anomaly/adbench/6_cardio.npz"), DEFAULTS)) {
      assertThat(d.shape()).isEqualTo(Shape.of(21));
      assertThat(d.size()).isEqualTo(1831);
      assertThat(histogram(d.labels().orElseThrow().values(), 0, 1831, 2))
          .containsExactly(1655, 176);
    }
  }

  @Test
  void genesByTheThousand() {
    Path f = SharedData.require("multiview/liver-toxicity/gene.csv.gz");
    try (Dataset d = DataReader.open(f, DEFAULTS.withExclude(List.of("sample")))) {
      assertThat(d.shape()).isEqualTo(Shape.of(3116));
      assertThat(d.size()).isEqualTo(64);
      assertThat(row(d, 1)[0]).isEqualTo(0.01548f);
    }
  }
}
