package org.javae.data.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.javae.data.read.Samples.picture;
import static org.javae.data.read.Samples.row;
import static org.javae.data.read.Samples.sentence;
import static org.javae.data.read.Samples.write;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.javae.core.data.Dataset;
import org.javae.core.data.Dataset.PublishedSplit;
import org.javae.tensor.Shape;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageFolderTest {
  private static final int GREY = BufferedImage.TYPE_BYTE_GRAY;
  private static final int RGB = BufferedImage.TYPE_INT_RGB;

  @TempDir Path dir;

  private Dataset open() {
    return DataReader.open(dir, ReadOptions.defaults());
  }

  @Test
  void subFoldersAreLabelsInNaturalOrder() throws IOException {
    picture(dir.resolve("10/a.png"), 2, 3, GREY, 40);
    picture(dir.resolve("2/deep/er/b.png"), 2, 3, GREY, 20);
    picture(dir.resolve("2/img10.png"), 2, 3, GREY, 60);
    picture(dir.resolve("2/img9.PNG".toLowerCase()), 2, 3, GREY, 80);
    write(dir.resolve("2/notes.txt"), "not a picture");
    try (Dataset d = open()) {
      assertThat(d.shape()).isEqualTo(Shape.of(1, 2, 3));
      assertThat(d.labels().orElseThrow().valueNames()).containsExactly("2", "10");
      assertThat(d.labels().orElseThrow().values()).containsExactly(0, 0, 0, 1);
      assertThat(IntStream.range(0, 4).map(i -> Math.round(row(d, i)[0] * 255)))
          .containsExactly(20, 80, 60, 40);
      assertThat(row(d, 3))
          .containsExactly(40 / 255f, 41 / 255f, 42 / 255f, 50 / 255f, 51 / 255f, 52 / 255f);
    }
  }

  @Test
  void picturesWithoutFoldersHaveNoLabels() throws IOException {
    picture(dir.resolve("a.png"), 2, 2, GREY, 0);
    picture(dir.resolve("x/b.png"), 2, 2, GREY, 0);
    try (Dataset d = open()) {
      assertThat(d.size()).isEqualTo(2);
      assertThat(d.annotations()).isEmpty();
    }
  }

  @Test
  void trainAndTestFoldersAreAPublishedSplit() throws IOException {
    picture(dir.resolve("test/cat/1.png"), 2, 2, GREY, 1);
    picture(dir.resolve("train/cat/1.png"), 2, 2, GREY, 2);
    picture(dir.resolve("train/dog/1.png"), 2, 2, GREY, 3);
    try (Dataset d = open()) {
      assertThat(d.publishedSplit()).contains(new PublishedSplit(2, 0, 1));
      assertThat(d.labels().orElseThrow().valueNames()).containsExactly("cat", "dog");
      assertThat(d.labels().orElseThrow().values()).containsExactly(0, 1, 0);
      assertThat(row(d, 2)[0] * 255).isCloseTo(1, within(1e-4f));
    }
  }

  @Test
  void oneColourPictureMakesAllColour() throws IOException {
    picture(dir.resolve("a.png"), 2, 2, GREY, 100);
    picture(dir.resolve("b.png"), 2, 2, RGB, 0x10C080);
    try (Dataset d = open()) {
      assertThat(d.shape()).isEqualTo(Shape.of(3, 2, 2));
      assertThat(row(d, 0)[0])
          .isEqualTo(100 / 255f)
          .isEqualTo(row(d, 0)[4])
          .isEqualTo(row(d, 0)[8]);
      assertThat(row(d, 1)[0]).isEqualTo(0x10 / 255f);
      assertThat(row(d, 1)[4]).isEqualTo(0xC0 / 255f);
      assertThat(row(d, 1)[8]).isEqualTo(0x80 / 255f);
    }
    try (Dataset d =
        DataReader.open(dir, ReadOptions.defaults().withColour(ReadOptions.Colour.GREY))) {
      assertThat(d.shape()).isEqualTo(Shape.of(1, 2, 2));
      assertThat(row(d, 1)[0] * 255)
          .isCloseTo(Math.round(0.299 * 0x10 + 0.587 * 0xC0 + 0.114 * 0x80), within(1e-3f));
    }
  }

  @Test
  void readsTheUsualFormatsAndDepths() throws IOException {
    for (String suffix : List.of("png", "bmp", "gif")) {
      picture(dir.resolve(suffix + "/a." + suffix), 8, 4, GREY, 30);
    }
    BufferedImage deep = new BufferedImage(4, 8, BufferedImage.TYPE_USHORT_GRAY);
    IntStream.range(0, 32)
        .forEach(
            i -> deep.getRaster().setSample(i % 4, i / 4, 0, (30 + i % 4 + 10 * (i / 4)) * 257));
    Files.createDirectories(dir.resolve("deep"));
    ImageIO.write(deep, "png", dir.resolve("deep/a.png").toFile());
    try (Dataset d = open()) {
      assertThat(d.size()).isEqualTo(4);
      for (int i = 0; i < 4; i++) {
        assertThat(row(d, i)[7] * 255)
            .as(d.labels().orElseThrow().valueNames().get(i))
            .isCloseTo(43, within(1e-3f));
      }
    }
  }

  @Test
  void jpegGreysAreNotChangedByColourSpaces() throws IOException {
    BufferedImage flat = new BufferedImage(16, 16, GREY);
    IntStream.range(0, 256).forEach(i -> flat.getRaster().setSample(i % 16, i / 16, 0, 100));
    ImageIO.write(flat, "jpg", dir.resolve("a.jpg").toFile());
    try (Dataset d = open()) {
      assertThat(d.shape()).isEqualTo(Shape.of(1, 16, 16));
      assertThat(row(d, 0)[40] * 255).isCloseTo(100, within(1.01f));
    }
  }

  @Test
  void mixedSizesAreRefusedUnlessResized() throws IOException {
    picture(dir.resolve("a.png"), 4, 6, GREY, 100);
    picture(dir.resolve("b.png"), 8, 2, GREY, 100);
    assertThat(sentence(this::open))
        .contains("a.png is 4×6")
        .contains("b.png is 8×2")
        .contains("resize");
    try (Dataset d = DataReader.open(dir, ReadOptions.defaults().withResize(4, 6))) {
      assertThat(d.shape()).isEqualTo(Shape.of(1, 4, 6));
      assertThat(row(d, 0)[7] * 255).isCloseTo(111, within(1e-3f));
      assertThat(row(d, 1)[0] * 255).isBetween(100f, 110f);
    }
  }

  @Test
  void corruptPicturesAreNamed() throws IOException {
    Path png = picture(dir.resolve("x/a.png"), 40, 40, RGB, 100);
    byte[] good = Files.readAllBytes(png);
    Path bad = write(dir.resolve("x/b.png"), Arrays.copyOf(good, good.length / 2));
    try (Dataset d = open()) {
      assertThat(row(d, 0)).hasSize(4800);
      assertThat(sentence(() -> row(d, 1))).contains("b.png").contains("damaged");
    }
    write(bad, "this is no picture");
    assertThat(sentence(this::open)).contains("b.png").contains("PNG");
    write(bad, "");
    assertThat(sentence(this::open)).contains("b.png is empty");
    byte[] huge = good.clone();
    huge[16] = 0x7f; // the width's first byte
    write(bad, huge);
    assertThat(sentence(this::open)).contains("b.png").contains("pixels");
  }

  @Test
  void truncatedJpegsAreNotFilledUpSilently() throws IOException {
    BufferedImage im = new BufferedImage(64, 64, RGB);
    Random r = new Random(3);
    IntStream.range(0, 4096).forEach(i -> im.setRGB(i % 64, i / 64, r.nextInt(1 << 24)));
    Path f = dir.resolve("a.jpg");
    ImageIO.write(im, "jpg", f.toFile());
    byte[] whole = Files.readAllBytes(f);
    write(f, Arrays.copyOf(whole, whole.length / 2));
    try (Dataset d = open()) {
      assertThat(sentence(() -> row(d, 0))).contains("a.jpg").contains("damaged");
    }
  }

  @Test
  void aLimitTakesPicturesOfAllClasses() throws IOException {
    for (int i = 0; i < 10; i++) {
      picture(dir.resolve((i < 5 ? "a" : "b") + "/" + i + ".png"), 2, 2, GREY, i);
    }
    try (Dataset d = DataReader.open(dir, ReadOptions.defaults().withLimit(4))) {
      assertThat(d.labels().orElseThrow().values()).containsExactly(0, 0, 1, 1);
    }
  }

  @Test
  void theFingerprintFollowsTheFilesContent() throws IOException {
    picture(dir.resolve("a.png"), 2, 2, GREY, 1);
    String before = open().fingerprint();
    assertThat(open().fingerprint()).isEqualTo(before);
    picture(dir.resolve("a.png"), 2, 2, GREY, 2);
    assertThat(open().fingerprint()).isNotEqualTo(before);
  }

  @Test
  void worksWithoutACacheToo() throws IOException {
    picture(dir.resolve("a.png"), 2, 2, GREY, 1);
    try (Dataset d = DataReader.open(dir, ReadOptions.defaults().withMemoryLimit(0));
        Dataset cached = open()) {
      assertThat(row(d, 0)).isEqualTo(row(cached, 0)).isEqualTo(row(cached, 0));
    }
  }

  @Test
  void resamplingKeepsFlatPicturesAndMeans() {
    Resampler shrink = new Resampler(9, 7, 3, 2);
    float[] flat = new float[63];
    Arrays.fill(flat, 0.25f);
    float[] out = new float[6];
    shrink.resize(flat, 0, out, 0);
    for (float v : out) {
      assertThat(v).isCloseTo(0.25f, within(1e-6f));
    }
    // A linear ramp stays linear away from the border.
    Resampler grow = new Resampler(1, 4, 1, 8);
    float[] wide = new float[8];
    grow.resize(new float[] {0, 1, 2, 3}, 0, wide, 0);
    assertThat(wide[3]).isCloseTo(1.25f, within(1e-6f));
    assertThat(wide[4]).isCloseTo(1.75f, within(1e-6f));
    // The same size is the identity.
    float[] same = new float[4];
    new Resampler(2, 2, 2, 2).resize(new float[] {1, 2, 3, 4}, 0, same, 0);
    assertThat(same).containsExactly(1, 2, 3, 4);
  }

  @Test
  void otherSourcesAreResizedAndRecolouredAsTheyAreRead() throws IOException {
    Path f =
        write(dir.resolve("a.npy"), Samples.npy("|u1", false, "2, 4, 4", Samples.counting(32)));
    ReadOptions o = ReadOptions.defaults().withResize(2, 2).withColour(ReadOptions.Colour.COLOUR);
    try (Dataset d = DataReader.open(f, o);
        Dataset plain = DataReader.open(f, ReadOptions.defaults())) {
      assertThat(d.shape()).isEqualTo(Shape.of(3, 2, 2));
      assertThat(d.size()).isEqualTo(2);
      float[] r = row(d, 1);
      assertThat(Arrays.copyOf(r, 4)).isEqualTo(Arrays.copyOfRange(r, 8, 12));
      assertThat(d.fingerprint()).isNotEqualTo(plain.fingerprint());
    }
  }
}
