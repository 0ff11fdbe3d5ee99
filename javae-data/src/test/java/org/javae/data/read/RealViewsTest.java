package org.javae.data.read;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.IntStream;
import org.javae.core.data.Dataset;
import org.javae.core.data.Preprocessing;
import org.javae.core.model.DataSpec;
import org.javae.data.SharedData;
import org.javae.data.generate.SameLabel;
import org.javae.tensor.Shape;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The manifests that come with JaVAE, against the published files. */
@Tag("data")
class RealViewsTest {
  private static Dataset open(String name, Path folder) {
    ViewsFile.Opener beside =
        new ViewsFile.Opener() {
          @Override
          public Optional<Path> file(String source) {
            return Optional.of(folder.resolve(source)).filter(Files::exists);
          }

          @Override
          public Dataset open(String source, ReadOptions options) {
            return DataReader.open(folder.resolve(source), options);
          }

          @Override
          public String binarize(String source) {
            return null;
          }
        };
    return ViewsFile.published(name).open(name, name, ReadOptions.defaults(), beside);
  }

  private static int[] widths(Dataset d) {
    return d.views().stream().mapToInt(Dataset.View::length).toArray();
  }

  @Test
  void sixViewsOfDigits() {
    try (Dataset d = open("mfeat", SharedData.require("multiview/mfeat"))) {
      assertThat(d.size()).isEqualTo(2000);
      assertThat(widths(d)).containsExactly(216, 76, 64, 6, 240, 47);
      int[] label = d.labels().orElseThrow().values();
      for (int digit = 0; digit < 10; digit++) {
        int c = digit;
        assertThat(Arrays.stream(label).filter(l -> l == c).count()).isEqualTo(200);
      }
      int[] rows = IntStream.range(0, 500).map(i -> 4 * i).toArray();
      Preprocessing p = Preprocessing.fitViews(d, rows, "auto", "auto", "error", 0);
      DataSpec spec = p.spec(d, rows);
      assertThat(spec.views()).hasSize(6);
      assertThat(spec.columns()).hasSize(649);
    }
  }

  @Test
  void miceAndRatsAndCells() {
    try (Dataset d = open("nutrimouse", SharedData.require("multiview/nutrimouse"))) {
      assertThat(d.size()).isEqualTo(40);
      assertThat(widths(d)).containsExactly(120, 21, 5, 2);
    }
    try (Dataset d = open("liver-toxicity", SharedData.require("multiview/liver-toxicity"))) {
      assertThat(d.size()).isEqualTo(64);
      assertThat(widths(d)).containsExactly(10, 3116, 8);
    }
    try (Dataset d = open("cite-seq", SharedData.require("single-cell/cite-seq"))) {
      assertThat(d.size()).isEqualTo(200);
      assertThat(widths(d)).containsExactly(4000, 14);
      float[] first = new float[4014];
      d.read(new int[] {0}, first);
      assertThat(first[4000]).isEqualTo(18);
    }
  }

  @Test
  void digitsOfTwoKindsMeetByLabel() {
    ReadOptions small = ReadOptions.defaults().withImageShape(Shape.of(16, 16));
    try (Dataset usps = DataReader.open(SharedData.require("usps").resolve("usps.h5"), small);
        Dataset mnist = DataReader.open(SharedData.require("mnist"), ReadOptions.defaults())) {
      assertThat(usps.shape()).isEqualTo(Shape.of(1, 16, 16));
      assertThat(usps.publishedSplit()).contains(new Dataset.PublishedSplit(7291, 0, 2007));
      // As published: 1194 zeros to train on, 359 to test on.
      int[] labels = usps.labels().orElseThrow().values();
      assertThat(Arrays.stream(labels, 0, 7291).filter(l -> l == 0).count()).isEqualTo(1194);
      assertThat(Arrays.stream(labels, 7291, 9298).filter(l -> l == 0).count()).isEqualTo(359);
      Dataset d = SameLabel.pair("mnist-usps", mnist, usps, 2, "laplace:0.75", 0);
      assertThat(d.publishedSplit()).contains(new Dataset.PublishedSplit(2 * 7291, 0, 2 * 2007));
      float[] x = new float[784 + 256];
      d.read(new int[] {0}, x);
      for (float v : x) {
        assertThat(v).isBetween(0f, 1f);
      }
    }
  }
}
