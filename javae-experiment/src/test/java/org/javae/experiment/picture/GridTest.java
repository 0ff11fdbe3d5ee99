package org.javae.experiment.picture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.javae.experiment.picture.Canvas.Rect;
import org.javae.tensor.Shape;
import org.javae.tensor.UserException;
import org.junit.jupiter.api.Test;

class GridTest {
  private static Images noise(int n, int c, int h, int w) {
    Random random = new Random(7);
    float[] v = new float[n * c * h * w];
    for (int i = 0; i < v.length; i++) {
      v[i] = random.nextFloat();
    }
    return new Images(v, n, c, h, w);
  }

  /** Every square of the drawn tile shows the pixel it stands for. */
  private static void shows(BufferedImage page, Rect at, Images images, int index) {
    int kx = at.width() / images.width();
    int ky = at.height() / images.height();
    int plane = images.width() * images.height();
    for (int y = 0; y < at.height(); y++) {
      for (int x = 0; x < at.width(); x++) {
        int p = index * images.channels() * plane + y / ky * images.width() + x / kx;
        int rgb = 0;
        for (int c = 0; c < 3; c++) {
          float v = images.values()[images.channels() == 3 ? p + c * plane : p];
          rgb = rgb << 8 | Math.round(255 * Math.max(0, Math.min(1, v)));
        }
        assertThat(Pixels.at(page, at.x() + x, at.y() + y)).isEqualTo(rgb);
      }
    }
  }

  @Test
  void tilesStandInRowsAndShowTheirPixels() {
    for (int channels : new int[] {1, 3}) {
      Images images = noise(10, channels, 5, 7);
      Grid grid =
          Grid.of(images, 4)
              .title("Title")
              .subtitle("and more")
              .rowCaptions(List.of("first", "second", "third"))
              .columnCaptions(List.of("a", "b", "c", "a caption much too long for a column"));
      BufferedImage page = grid.draw();
      for (int i = 0; i < 10; i++) {
        shows(page, grid.tile(i / 4, i % 4), images, i);
      }
      Rect a = grid.tile(0, 0);
      Rect b = grid.tile(1, 1);
      assertThat(a.width() % 7).isZero();
      assertThat(a.width() / 7).isEqualTo(a.height() / 5).isGreaterThan(10);
      assertThat(b.x() - a.right()).isEqualTo(4);
      assertThat(b.y() - a.bottom()).isEqualTo(4);
      Pixels.hasCleanMargins(page);
      // The missing eleventh and twelfth image leave the page blank.
      assertThat(Pixels.count(page, grid.tile(2, 3), Palette.PAPER))
          .isEqualTo(a.width() * a.height());
    }
  }

  @Test
  void valuesAreClampedOrStretched() {
    Images images = new Images(new float[] {-1, 0, 0.5f, 1, 3, 2}, 1, 1, 1, 6);
    Grid clamped = Grid.of(images);
    assertThat(row(clamped, 6)).containsExactly(0, 0, 0x808080, 0xFFFFFF, 0xFFFFFF, 0xFFFFFF);
    Grid stretched = Grid.of(images).stretch();
    assertThat(row(stretched, 6))
        .containsExactly(0, 0x404040, 0x606060, 0x808080, 0xFFFFFF, 0xBFBFBF);
    Images flat = new Images(new float[] {2, 2}, 1, 1, 1, 2);
    assertThat(row(Grid.of(flat).stretch(), 2)).containsExactly(0x808080, 0x808080);
  }

  private static int[] row(Grid grid, int w) {
    BufferedImage page = grid.draw();
    Rect at = grid.tile(0, 0);
    int[] out = new int[w];
    for (int x = 0; x < w; x++) {
      out[x] =
          Pixels.at(page, at.x() + at.width() * (2 * x + 1) / (2 * w), at.y() + at.height() / 2);
    }
    return out;
  }

  @Test
  void notFinitePixelsAreMarkedAndCounted() {
    float[] v = new float[3 * 16];
    v[5] = Float.NaN;
    v[16 + 6] = Float.POSITIVE_INFINITY;
    v[32 + 7] = Float.NEGATIVE_INFINITY;
    v[5 + 16] = Float.NaN; // a second channel of the same pixel
    Images images = new Images(v, 1, 3, 4, 4);
    Grid grid = Grid.of(images).stretch();
    BufferedImage page = grid.draw();
    Rect at = grid.tile(0, 0);
    int square = at.width() / 4 * (at.height() / 4);
    assertThat(Pixels.count(page, at, Palette.NOT_FINITE)).isEqualTo(3 * square);
    assertThat(Pixels.count(page, Palette.NOT_FINITE)).as("key").isGreaterThan(3 * square);
    v[5] = v[5 + 16] = v[16 + 6] = v[32 + 7] = 0;
    BufferedImage fine = grid.draw();
    assertThat(Pixels.count(fine, Palette.NOT_FINITE)).isZero();
    assertThat(fine.getHeight()).as("no line at the foot").isLessThan(page.getHeight());
  }

  @Test
  void pairsStandOneAboveTheOther() {
    Images originals = noise(20, 1, 8, 8);
    float[] inverse = originals.values().clone();
    for (int i = 0; i < inverse.length; i++) {
      inverse[i] = 1 - inverse[i];
    }
    Images reconstructions = new Images(inverse, 20, 1, 8, 8);
    Grid grid = Grid.pairs(originals, reconstructions);
    BufferedImage page = grid.draw();
    int columns = 0;
    while (columns < 20 && sameRow(page, grid, originals, columns)) {
      columns++;
    }
    assertThat(columns).isEqualTo(10); // two blocks of ten
    for (int i = 0; i < 20; i++) {
      int block = i / columns;
      shows(page, grid.tile(2 * block, i % columns), originals, i);
      shows(page, grid.tile(2 * block + 1, i % columns), reconstructions, i);
    }
    int inside = grid.tile(1, 0).y() - grid.tile(0, 0).bottom();
    int between = grid.tile(2, 0).y() - grid.tile(1, 0).bottom();
    assertThat(between).isGreaterThan(2 * inside);
    Pixels.hasCleanMargins(page);
  }

  private static boolean sameRow(BufferedImage page, Grid grid, Images images, int i) {
    Rect at = grid.tile(0, i);
    return at.right() < page.getWidth()
        && Pixels.at(page, at.x(), at.y()) == Math.round(255 * images.values()[i * 64]) * 0x10101;
  }

  @Test
  void versionsMayDifferInSizeAndStandCentred() {
    Images large = noise(4, 1, 16, 16);
    Images small = noise(4, 3, 5, 3);
    Grid grid = Grid.stacked(List.of("image", "sketch"), List.of(large, small));
    BufferedImage page = grid.draw();
    for (int i = 0; i < 4; i++) {
      Rect a = grid.tile(0, i);
      Rect b = grid.tile(1, i);
      shows(page, a, large, i);
      shows(page, b, small, i);
      assertThat(Math.abs(a.x() + a.right() - b.x() - b.right())).isLessThanOrEqualTo(1);
      assertThat(b.y()).isGreaterThanOrEqualTo(a.bottom());
    }
    assertThatThrownBy(() -> Grid.pairs(large, noise(3, 1, 16, 16)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("4 and 3");
  }

  @Test
  void traversalHasARowForEachDimensionAndCaptions() {
    double[] values = {-3, -1.5, 0, 1.5, 3};
    Images images = noise(15, 1, 28, 28);
    Grid grid =
        Grid.traversal(
            images,
            List.of(
                Grid.latentCaption(3, 2.4149), Grid.latentCaption(10, Double.NaN), "z11  KL 0.00"),
            values);
    BufferedImage page = grid.draw();
    for (int i = 0; i < 15; i++) {
      shows(page, grid.tile(i / 5, i % 5), images, i);
    }
    Pixels.hasCleanMargins(page);
    assertThat(Grid.latentCaption(3, 2.4149)).isEqualTo("z3  KL 2.41");
    assertThat(Grid.latentCaption(10, Double.NaN)).isEqualTo("z10");
    // Captions stand left of the first column, at the height of their row, and above the columns.
    for (int r = 0; r < 3; r++) {
      Rect at = grid.tile(r, 0);
      assertThat(Pixels.count(page, new Rect(20, at.y(), at.x() - 20, at.height()), Palette.INK))
          .as("caption of row %d", r)
          .isGreaterThan(10);
    }
    for (int c = 0; c < 5; c++) {
      Rect at = grid.tile(0, c);
      assertThat(Pixels.count(page, new Rect(at.x(), at.y() - 20, at.width(), 18), Palette.MUTED))
          .as("value of column %d", c)
          .isGreaterThan(3);
    }
  }

  @Test
  void crowdedNumbersAreThinnedInsteadOfOverlapping() {
    double[] axis = IntStream.range(0, 60).mapToDouble(i -> -2.95 + 0.1 * i).toArray();
    Images images = noise(3600, 1, 8, 8);
    Grid grid = Grid.manifold(images, "z0", axis, "z1", axis);
    BufferedImage page = grid.draw();
    shows(page, grid.tile(59, 59), images, 3599);
    assertThat(grid.tile(0, 1).x()).as("no seam").isEqualTo(grid.tile(0, 0).right());
    // A row of the page through the numbers must have white gaps of at least 8 pixels between them.
    Rect first = grid.tile(0, 0);
    int gaps = 0;
    int white = 0;
    for (int x = first.x(); x < page.getWidth() - 24; x++) {
      boolean empty = true;
      for (int y = first.y() - 18; y < first.y() - 7; y++) {
        empty &= Pixels.at(page, x, y) == Palette.PAPER;
      }
      white = empty ? white + 1 : 0;
      gaps += white == 8 ? 1 : 0;
    }
    assertThat(gaps).isBetween(8, 30);
    Pixels.hasCleanMargins(page);
  }

  @Test
  void thinImagesAreStretchedUntilTheyCanBeSeen() {
    Images flat = noise(6, 1, 1, 140);
    Grid grid = Grid.of(flat, 1).rowCaptions(List.of("a", "b", "c"));
    BufferedImage page = grid.draw();
    for (int i = 0; i < 6; i++) {
      Rect at = grid.tile(i, 0);
      assertThat(at.height()).isGreaterThanOrEqualTo(Grid.THINNEST);
      shows(page, at, flat, i);
    }
    Images upright = noise(3, 1, 50, 1);
    Grid tall = Grid.of(upright);
    assertThat(tall.tile(0, 0).width()).isGreaterThanOrEqualTo(Grid.THINNEST);
    shows(tall.draw(), tall.tile(0, 0), upright, 0);
    Images single = noise(1, 3, 1, 1);
    Grid dot = Grid.of(single).title("one pixel");
    shows(dot.draw(), dot.tile(0, 0), single, 0);
  }

  @Test
  void largeImagesAreReducedByAveragingAndMarksSurvive() {
    float[] v = new float[4 * 600 * 600];
    Arrays.fill(v, 0.25f);
    for (int i = 0; i < v.length; i += 2) {
      v[i] = 0.75f;
    }
    v[3 * 600 * 600 + 777] = Float.NaN;
    Grid grid = Grid.of(new Images(v, 4, 1, 600, 600), 4);
    BufferedImage page = grid.draw();
    assertThat(page.getWidth()).isLessThan(1400);
    Rect at = grid.tile(0, 0);
    int grey = Pixels.at(page, at.x() + 10, at.y() + 10) & 255;
    assertThat(grey).isBetween(100, 155);
    assertThat(Pixels.count(page, grid.tile(0, 3), Palette.NOT_FINITE)).isEqualTo(1);
  }

  @Test
  void pagesAreAboutAsWideAsWanted() {
    for (int columns : new int[] {4, 8, 10, 11, 16, 20}) {
      int w = Grid.of(noise(columns * 2, 1, 28, 28), columns).draw().getWidth();
      assertThat(w).as("%d columns", columns).isBetween(640, 1280);
    }
  }

  @Test
  void emptyAndOddInputs() {
    Pixels.hasCleanMargins(Grid.of(noise(0, 1, 28, 28)).title("Nothing").draw());
    Pixels.hasCleanMargins(Grid.pairs(noise(0, 1, 8, 8), noise(0, 1, 8, 8)).draw());
    Pixels.hasCleanMargins(
        Grid.of(noise(1, 1, 28, 28))
            .title("A headline very much longer than the picture below it " + "is wide ".repeat(30))
            .draw());
    BufferedImage captions =
        Grid.of(noise(4, 1, 9, 9), 2)
            .tileCaptions(
                Collections.nCopies(4, "a caption too long for its tile by far, really so"))
            .draw();
    Pixels.hasCleanMargins(captions);
    assertThatThrownBy(() -> noise(2, 2, 4, 4))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("2×4×4")
        .hasMessageContaining("1 channel");
    assertThatThrownBy(() -> Images.of(new float[8], Shape.of(8)))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("not images");
    assertThatThrownBy(() -> new Images(new float[5], 1, 1, 2, 2))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void imagesFromBatchesAndLists() {
    float[] two = new float[2 * 12];
    two[12] = 1;
    Images batch = Images.of(two, Shape.of(3, 2, 2));
    assertThat(batch.count()).isEqualTo(2);
    assertThat(batch.slice(1, 2).values()[0]).isEqualTo(1);
    Images list = Images.of(List.of(new float[12], new float[12]), Shape.of(3, 2, 2));
    assertThat(list.count()).isEqualTo(2);
    assertThatThrownBy(() -> Images.of(List.of(new float[11]), Shape.of(3, 2, 2)))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
