package org.javae.experiment.picture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.javae.experiment.picture.Canvas.Rect;
import org.junit.jupiter.api.Test;

class ChartsTest {
  private static final int BLUE = Palette.category(0);
  private static final int ORANGE = Palette.category(1);
  private static final String LONG =
      "a name that goes on and on, far beyond what anybody would call short ".repeat(3);

  private static double[] epochs(int n) {
    return IntStream.rangeClosed(1, n).mapToDouble(i -> i).toArray();
  }

  @Test
  void aRisingLineRises() {
    double[] e = epochs(100);
    BufferedImage page =
        Curves.of("t").add(Curves.Panel.of("p", "nats").line("train", e, e)).draw();
    Pixels.hasCleanMargins(page);
    Rect line = Pixels.bounds(page, BLUE);
    // The legend holds the same colour above the frame: look at the frame's left and right part
    // only.
    int leftmost = firstRow(page, BLUE, 45, 160, 100);
    int rightmost = firstRow(page, BLUE, page.getWidth() - 160, page.getWidth() - 30, 100);
    assertThat(leftmost).isGreaterThan(rightmost + 200);
    assertThat(line.width()).isGreaterThan(600);
  }

  private static int firstRow(BufferedImage page, int rgb, int x0, int x1, int top) {
    for (int y = top; y < page.getHeight(); y++) {
      for (int x = x0; x < x1; x++) {
        if (Pixels.at(page, x, y) == rgb) {
          return y;
        }
      }
    }
    return -1;
  }

  @Test
  void namesKeepTheirColourAcrossPanels() {
    double[] e = epochs(5);
    BufferedImage both =
        Curves.of("")
            .add(Curves.Panel.of("a", "").line("train", e, e).line("validation", e, e))
            .add(Curves.Panel.of("b", "").line("validation", e, e))
            .draw();
    int middle = both.getWidth() / 2 + 20;
    Rect right = new Rect(middle, 60, both.getWidth() - middle - 20, both.getHeight() - 80);
    assertThat(Pixels.count(both, right, ORANGE)).isGreaterThan(100);
    assertThat(Pixels.count(both, right, BLUE)).isZero();
  }

  @Test
  void bestEpochIsMarkedInEveryPanel() {
    double[] e = epochs(20);
    Curves plain =
        Curves.of("t")
            .add(Curves.Panel.of("a", "").line("x", e, e))
            .add(Curves.Panel.of("b", "").line("x", e, e));
    BufferedImage without = plain.draw();
    BufferedImage with = plain.best(12).draw();
    assertThat(with.getWidth()).isEqualTo(without.getWidth());
    int w = with.getWidth();
    int changedColumns = 0;
    int last = -10;
    for (int x = 24; x < w - 24; x++) {
      int changed = 0;
      for (int y = 90; y < 280; y++) {
        changed += Pixels.at(with, x, y) != Pixels.at(without, x, y) ? 1 : 0;
      }
      if (changed > 60) {
        changedColumns += x > last + 3 ? 1 : 0;
        last = x;
      }
    }
    assertThat(changedColumns).as("dashed lines").isEqualTo(2);
  }

  @Test
  void aFarFirstEpochDoesNotFlattenTheRest() {
    double[] e = epochs(50);
    double[] y = Arrays.stream(e).map(v -> -100 - 10 / v).toArray();
    y[0] = -5000;
    Curves.Panel panel = Curves.Panel.of("ELBO", "nats").line("train", e, y);
    Rect zoomed = Pixels.bounds(frameOf(Curves.of("").add(panel).draw()), BLUE);
    BufferedImage whole = frameOf(Curves.of("").add(panel.wholeRange()).draw());
    assertThat(zoomed.height()).isGreaterThan(300);
    // On the whole range all epochs after the first lie in one band at the top.
    Rect late = new Rect(100, 0, whole.getWidth() - 100, whole.getHeight());
    assertThat(Pixels.count(whole, new Rect(late.x(), 60, late.width(), late.height() - 60), BLUE))
        .isZero();
  }

  /** The part of a single-panel page below its legend and title. */
  private static BufferedImage frameOf(BufferedImage page) {
    return page.getSubimage(40, 78, page.getWidth() - 60, page.getHeight() - 78);
  }

  @Test
  void curvesOfAwkwardData() {
    double[] none = {};
    double[] one = {3};
    double nan = Double.NaN;
    double inf = Double.POSITIVE_INFINITY;
    double[][] ys = {
      {1, 2, 3, nan, 5},
      {inf, -inf, nan, nan, inf},
      {7, 7, 7, 7, 7},
      {1e308, -1e308, 0, 1e300, 5},
      {1e-320, 2e-320, 0, 1e-310, 0},
      {0, 0, 0, 0, 0},
      {1e12, 1e12 + 1e-3, 1e12, 1e12, 1e12}
    };
    for (double[] y : ys) {
      double[] e = epochs(y.length);
      Pixels.hasCleanMargins(Curves.of("t").add(Curves.Panel.of("p", "u").line("a", e, y)).draw());
      Pixels.hasCleanMargins(
          Curves.of("t").add(Curves.Panel.of("p", "u").line("a", e, y).log()).best(2).draw());
    }
    BufferedImage empty = Curves.of("t").add(Curves.Panel.of("p", "").line("a", none, none)).draw();
    Pixels.hasCleanMargins(empty);
    Pixels.hasCleanMargins(Curves.of("no panels").draw());
    BufferedImage single = Curves.of("").add(Curves.Panel.of("p", "").line("", one, one)).draw();
    assertThat(Pixels.count(frameOf(single), Palette.INK)).as("a dot").isGreaterThan(30);
    // Two marks for two missing values, each 3×8 pixels, and the line broken between.
    BufferedImage broken =
        Curves.of("")
            .add(Curves.Panel.of("p", "").line("", epochs(5), new double[] {1, nan, 2, inf, 3}))
            .draw();
    assertThat(Pixels.count(broken, Palette.NOT_FINITE)).isEqualTo(2 * 24);
    Pixels.hasCleanMargins(
        Curves.of(LONG)
            .add(
                Curves.Panel.of(LONG, LONG)
                    .line(LONG.substring(0, 60), one, one)
                    .line("b", one, one))
            .add(Curves.Panel.of("p", "").line("c", epochs(2), new double[] {1e-9, 1}).log())
            .best(3)
            .draw());
    assertThatThrownBy(() -> Curves.Panel.of("p", "").line("a", one, none))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void curvesFromAMapAreThoseFromArrays() {
    TreeMap<Integer, Double> points = new TreeMap<>();
    double[] e = epochs(9);
    for (double v : e) {
      points.put((int) v, v * v);
    }
    double[] y = Arrays.stream(e).map(v -> v * v).toArray();
    assertThat(Pixels.all(Curves.of("t").add(Curves.Panel.of("p", "").line("a", points)).draw()))
        .isEqualTo(Pixels.all(Curves.of("t").add(Curves.Panel.of("p", "").line("a", e, y)).draw()));
  }

  @Test
  void scatterPutsPointsInPlaceAndInTheirColour() {
    float[] corners = {0, 0, 10, 0, 0, 10, 10, 10};
    BufferedImage page =
        Scatter.of(corners).labels(new int[] {0, 1, 2, -1}, List.of("a", "b")).title("t").draw();
    Pixels.hasCleanMargins(page);
    Rect frame = new Rect(70, 60, 670, 560);
    Rect[] quarters = {
      new Rect(frame.x(), 340, 300, 290), // bottom left
      new Rect(420, 340, 320, 290),
      new Rect(frame.x(), 60, 300, 280),
      new Rect(420, 60, 320, 280)
    };
    int[] colours = {BLUE, ORANGE, Palette.category(2), Palette.UNLABELLED};
    for (int q = 0; q < 4; q++) {
      int found = 0;
      int wanted = Palette.mix(Palette.GROUND, colours[q], 0.95);
      for (int y = quarters[q].y(); y < quarters[q].bottom(); y++) {
        for (int x = quarters[q].x(); x < quarters[q].right(); x++) {
          found += near(Pixels.at(page, x, y), wanted) ? 1 : 0;
        }
      }
      assertThat(found).as("quarter %d", q).isGreaterThan(40);
    }
  }

  private static boolean near(int a, int b) {
    return Math.abs((a >> 16 & 255) - (b >> 16 & 255)) < 5
        && Math.abs((a >> 8 & 255) - (b >> 8 & 255)) < 5
        && Math.abs((a & 255) - (b & 255)) < 5;
  }

  @Test
  void scatterOfAwkwardData() {
    float nan = Float.NaN;
    Pixels.hasCleanMargins(Scatter.of(new float[0]).title("none").draw());
    Pixels.hasCleanMargins(Scatter.of(new float[] {3, 4}).draw());
    Pixels.hasCleanMargins(Scatter.of(new float[] {3, 4, 3, 4}).equalAxes().draw());
    Pixels.hasCleanMargins(
        Scatter.of(new float[] {nan, 4}).labels(new int[] {0}, List.of()).draw());
    Pixels.hasCleanMargins(
        Scatter.of(
                new float[] {1, 2, Float.MAX_VALUE, -Float.MAX_VALUE, Float.NEGATIVE_INFINITY, 0})
            .values(new float[] {nan, 2, 3}, LONG.substring(0, 40))
            .draw());
    Pixels.hasCleanMargins(
        Scatter.of(new float[40])
            .labels(new int[20], Collections.nCopies(2, LONG))
            .title(LONG)
            .axes("first", "second")
            .draw());
    BufferedImage lost = Scatter.of(new float[] {1, 2, nan, 2}).draw();
    BufferedImage complete = Scatter.of(new float[] {1, 2, 1, 2}).draw();
    assertThat(lost.getHeight()).as("a line says so").isGreaterThan(complete.getHeight());
    assertThatThrownBy(() -> Scatter.of(new float[3])).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Scatter.of(new float[4]).labels(new int[3], List.of()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void moreClassesThanColoursAreShadedByNumber() {
    int n = 60;
    float[] xy = new float[2 * n];
    int[] labels = new int[n];
    for (int i = 0; i < n; i++) {
      xy[2 * i] = i;
      xy[2 * i + 1] = i % 7;
      labels[i] = i;
    }
    BufferedImage page = Scatter.of(xy).labels(labels, List.of()).draw();
    Pixels.hasCleanMargins(page);
    assertThat(Pixels.count(page, Palette.sequential(1 - 300.5 / 580)))
        .as("colour bar")
        .isPositive();
  }

  @Test
  void equalAxesMakeCirclesRound() {
    float[] ring = new float[720];
    for (int i = 0; i < 360; i++) {
      ring[2 * i] = (float) (5 + 2 * Math.cos(Math.toRadians(i)));
      ring[2 * i + 1] = (float) (2 * Math.sin(Math.toRadians(i)));
    }
    int[] labels = new int[360];
    BufferedImage page =
        Scatter.of(ring).labels(labels, List.of()).namesOnlyInLegend().equalAxes().draw();
    // The legend's dot is of the same colour; cut it off.
    Rect drawn = Pixels.bounds(mask(page.getSubimage(0, 0, 745, page.getHeight())), 0);
    assertThat(Math.abs(drawn.width() - drawn.height())).isLessThanOrEqualTo(2);
  }

  private static BufferedImage mask(BufferedImage page) {
    Canvas canvas = new Canvas(page.getWidth(), page.getHeight(), 0xFFFFFF);
    for (int y = 0; y < page.getHeight(); y++) {
      for (int x = 0; x < page.getWidth(); x++) {
        if (near(Pixels.at(page, x, y), BLUE)
            || near(Pixels.at(page, x, y), Palette.mix(Palette.PAPER, BLUE, 0.95))) {
          canvas.fill(x, y, 1, 1, 0);
        }
      }
    }
    return canvas.image();
  }

  @Test
  void heatmapCellsHaveTheColourOfTheirValue() {
    float[] v = {0, 1, 2, 3, 4, Float.NaN};
    BufferedImage page = Heatmap.of(v, 2, 3).draw();
    Pixels.hasCleanMargins(page);
    Rect mark = Pixels.bounds(page, Palette.NOT_FINITE);
    assertThat(mark.width()).isEqualTo(56);
    for (int i = 0; i < 5; i++) {
      int x = mark.x() + (i % 3 - 2) * 56 + 3;
      int y = mark.y() + (i / 3 - 1) * 56 + 3;
      assertThat(Pixels.at(page, x, y)).as("cell %d", i).isEqualTo(Palette.sequential(v[i] / 4.0));
    }
    BufferedImage signed =
        Heatmap.of(new float[] {-1, 0, 0.5f, Float.NaN}, 1, 4).diverging().draw();
    Rect last = Pixels.bounds(signed, Palette.NOT_FINITE);
    assertThat(Pixels.at(signed, last.x() - 2 * 56 + 3, last.y() + 3))
        .isEqualTo(Palette.diverging(0.5));
    assertThat(Pixels.at(signed, last.x() - 3 * 56 + 3, last.y() + 3))
        .isEqualTo(Palette.diverging(0));
    assertThat(Pixels.at(signed, last.x() - 56 + 3, last.y() + 3))
        .isEqualTo(Palette.diverging(0.75));
    BufferedImage fixed = Heatmap.of(new float[] {5, Float.NaN}, 1, 2).range(0, 2).draw();
    Rect end = Pixels.bounds(fixed, Palette.NOT_FINITE);
    assertThat(Pixels.at(fixed, end.x() - 53, end.y() + 3)).isEqualTo(Palette.sequential(1));
  }

  @Test
  void heatmapOfAwkwardData() {
    Pixels.hasCleanMargins(Heatmap.of(new float[0], 0, 0).title("none").draw());
    Pixels.hasCleanMargins(Heatmap.of(new float[] {5}, 1, 1).title(LONG).valueName("nats").draw());
    Pixels.hasCleanMargins(
        Heatmap.of(new float[] {Float.NaN, Float.POSITIVE_INFINITY}, 2, 1).draw());
    Pixels.hasCleanMargins(
        Heatmap.of(new float[12], 3, 4)
            .title("t")
            .axes("rows", "columns")
            .rowNames(Collections.nCopies(3, LONG))
            .columnNames(Collections.nCopies(4, LONG))
            .valueName("value")
            .draw());
    Pixels.hasCleanMargins(Heatmap.of(new float[200 * 300], 200, 300).draw());
    assertThatThrownBy(() -> Heatmap.of(new float[3], 2, 2))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void barsAreSortedAndGreyBelowTheThreshold() {
    BufferedImage page = Bars.klPerDimension(new double[] {0.004, 2, 0.001, 1}, 0.5).draw();
    Pixels.hasCleanMargins(page);
    Rect used = Pixels.bounds(page, BLUE);
    Rect unused = Pixels.bounds(page, Palette.UNLABELLED);
    assertThat(unused.x()).as("small ones are right").isGreaterThan(used.right());
    int tall = Pixels.count(page, new Rect(used.x() + 2, used.y(), 1, used.height()), BLUE);
    int half = Pixels.count(page, new Rect(used.right() - 3, used.y(), 1, used.height()), BLUE);
    assertThat((double) tall / half).isBetween(1.95, 2.05);
  }

  @Test
  void barsOfAwkwardData() {
    Pixels.hasCleanMargins(Bars.of(new double[0]).title("none").draw());
    Pixels.hasCleanMargins(Bars.klPerDimension(new double[0], 0.01).draw());
    Pixels.hasCleanMargins(Bars.of(new double[] {0, 0}).draw());
    Pixels.hasCleanMargins(Bars.of(new double[] {-1, -2}).draw());
    Pixels.hasCleanMargins(
        Bars.of(new double[] {Double.NaN, Double.POSITIVE_INFINITY}).sorted().draw());
    Pixels.hasCleanMargins(
        Bars.of(new double[3]).names(Collections.nCopies(3, LONG)).title(LONG).draw());
    Pixels.hasCleanMargins(Bars.klPerDimension(new double[900], 0.01).draw());
    BufferedImage signed = Bars.of(new double[] {1, -1}).draw();
    Rect both = Pixels.bounds(signed, BLUE);
    int up = Pixels.count(signed, new Rect(both.x() + 2, both.y(), 1, both.height()), BLUE);
    int down = Pixels.count(signed, new Rect(both.right() - 3, both.y(), 1, both.height()), BLUE);
    assertThat(Math.abs(up - down)).isLessThanOrEqualTo(2);
    assertThat(Pixels.count(Bars.of(new double[] {1, Double.NaN}).draw(), Palette.NOT_FINITE))
        .isPositive();
  }

  @Test
  void tableShowsOriginalAndReconstruction() {
    float[] original = {1, 20, 300, 2, 10, 100};
    float[] exact = original.clone();
    float[] off = {1.5f, 12, 250, 1.2f, 18, 120};
    List<String> names = List.of("a", "b", "c");
    BufferedImage same =
        TableView.reconstructions(original, exact, 3).names(names).title("t").draw();
    BufferedImage apart =
        TableView.reconstructions(original, off, 3).names(names).title("t").draw();
    Pixels.hasCleanMargins(apart);
    // An exact reconstruction covers its original, apart from the legend.
    Rect frames = new Rect(40, 80, same.getWidth() - 64, same.getHeight() - 120);
    assertThat(Pixels.count(same, frames, BLUE)).isZero();
    assertThat(Pixels.count(same, frames, ORANGE)).isGreaterThan(500);
    assertThat(Pixels.count(apart, frames, BLUE)).isGreaterThan(500);
  }

  @Test
  void tableColumnsAreScaledByTheirOwnRangeUnlessTold() {
    // The second column is a thousand times larger; on its own range both make the same zigzag.
    float[] rows = {0, 0, 1, 1000, 0, 1000, 1, 0};
    BufferedImage own = TableView.samples(new float[0], rows, 2).draw();
    BufferedImage one = TableView.samples(new float[0], rows, 2).oneScale().draw();
    Pixels.hasCleanMargins(own);
    Pixels.hasCleanMargins(one);
    int left = own.getWidth() / 4;
    assertThat(rowsWithLines(own, left)).isGreaterThan(3 * rowsWithLines(one, 70) / 2);
  }

  private static int rowsWithLines(BufferedImage page, int x) {
    int first = -1;
    int last = -1;
    for (int y = 60; y < page.getHeight() - 50; y++) {
      int c = Pixels.at(page, x, y);
      if ((c >> 16 & 255) - (c & 255) > 30) {
        first = first < 0 ? y : first;
        last = y;
      }
    }
    return last - first;
  }

  @Test
  void tablesOfAwkwardData() {
    float nan = Float.NaN;
    Pixels.hasCleanMargins(TableView.reconstructions(new float[0], new float[0], 4).draw());
    Pixels.hasCleanMargins(TableView.reconstructions(new float[] {3}, new float[] {4}, 1).draw());
    Pixels.hasCleanMargins(
        TableView.samples(new float[] {1, 1}, new float[0], 2).title(LONG).draw());
    BufferedImage missing =
        TableView.reconstructions(
                new float[] {1, nan, 3, 1, 2, Float.POSITIVE_INFINITY}, new float[6], 3)
            .names(List.of(LONG, "b", "c"))
            .captions(List.of(LONG, "second"))
            .draw();
    Pixels.hasCleanMargins(missing);
    assertThat(Pixels.count(missing, Palette.NOT_FINITE)).isGreaterThan(30);
    Pixels.hasCleanMargins(
        TableView.reconstructions(new float[] {nan, nan}, new float[] {1e38f, -1e38f}, 2)
            .oneScale()
            .draw());
    Pixels.hasCleanMargins(TableView.reconstructions(new float[3000], new float[3000], 500).draw());
    assertThatThrownBy(() -> TableView.samples(new float[3], new float[4], 2))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> TableView.reconstructions(new float[2], new float[4], 2))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void rangesMayComeFromTheWholeData() {
    float[] shown = {4, 6};
    float[] data = {0, 0, 10, 10};
    TableView view = TableView.reconstructions(shown, shown, 2);
    BufferedImage own = view.draw();
    BufferedImage wide = view.rangesOf(data).draw();
    assertThat(Pixels.all(own)).isNotEqualTo(Pixels.all(wide));
  }

  @Test
  void planeShowsBothOnTheSameAxes() {
    float[] data = {0, 0, 1, 1};
    float[] generated = {10, 10};
    BufferedImage page = TableView.plane("t", "x", "y", data, generated);
    Pixels.hasCleanMargins(page);
    // Data far from the generated point stay in the lower left of their frame.
    Rect left = Pixels.bounds(mask(page), 0);
    assertThat(left.right()).isLessThan(page.getWidth() / 4);
    assertThat(left.y()).isGreaterThan(page.getHeight() / 2);
    Pixels.hasCleanMargins(TableView.plane("", "x", "y", new float[0], generated));
    Pixels.hasCleanMargins(TableView.plane("", "x", "y", new float[0], new float[] {Float.NaN, 1}));
  }
}
