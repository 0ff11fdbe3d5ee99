package org.javae.experiment.picture;

import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/** Paints one picture of every kind from made-up but plausible content, for looking at. */
final class Gallery {
  private Gallery() {}

  /** Digits of JaVAE's own strokes, slanted and shifted: 28×28, one channel. */
  static Images digits(int n, long seed, double blur) {
    Random r = new Random(seed);
    float[] v = new float[n * 784];
    for (int i = 0; i < n; i++) {
      digit(
          v,
          i,
          i % 10,
          r.nextGaussian() * 0.15,
          r.nextGaussian(),
          r.nextGaussian(),
          1.9 + 0.5 * blur,
          blur);
    }
    return new Images(v, n, 1, 28, 28);
  }

  static void digit(
      float[] v, int i, int d, double slant, double dx, double dy, double thick, double blur) {
    Canvas c = new Canvas(28, 28, 0);
    List<double[]> strokes = Glyphs.strokes(String.valueOf(d), new Glyphs.Type(1.9, thick));
    for (double[] p : strokes) {
      for (int k = 0; k < p.length; k += 2) {
        double y = p[k + 1];
        p[k] = 8.5 + dx + p[k] + slant * (y - 9);
        p[k + 1] = 23.5 + dy - y;
      }
    }
    c.strokes(strokes, thick + 0.6, 0xFFFFFF, 1 - 0.12 * blur);
    for (int y = 0; y < 28; y++) {
      for (int x = 0; x < 28; x++) {
        double sum = 0;
        double weights = 0;
        for (int b = -1; b <= 1; b++) {
          for (int a = -1; a <= 1; a++) {
            int px = Math.max(0, Math.min(27, x + a));
            int py = Math.max(0, Math.min(27, y + b));
            double w = a == 0 && b == 0 ? 1 : 0.35 * blur;
            sum += w * (c.get(px, py) & 255);
            weights += w;
          }
        }
        v[i * 784 + y * 28 + x] = (float) (sum / weights / 255);
      }
    }
  }

  /** Colour images: a disc over a gradient. */
  static Images scenes(int n, int side) {
    float[] v = new float[n * 3 * side * side];
    for (int i = 0; i < n; i++) {
      for (int y = 0; y < side; y++) {
        for (int x = 0; x < side; x++) {
          double d =
              Math.hypot(
                  x - side * (0.3 + 0.4 * (i % 5) / 4.0), y - side * (0.35 + 0.3 * (i % 3) / 2.0));
          boolean in = d < side * 0.22;
          for (int c = 0; c < 3; c++) {
            double sky = (c == 2 ? 0.9 : 0.45 + 0.2 * c) * (1 - 0.6 * y / side);
            int rgb = Palette.category(i) >> (16 - 8 * c) & 255;
            v[((i * 3 + c) * side + y) * side + x] = (float) (in ? rgb / 255.0 : sky);
          }
        }
      }
    }
    return new Images(v, n, 3, side, side);
  }

  static float[] codes(int n, int classes, int[] labels) {
    Random r = new Random(5);
    float[] xy = new float[2 * n];
    for (int i = 0; i < n; i++) {
      int c = r.nextInt(classes);
      labels[i] = c;
      double a = 2 * Math.PI * c / classes;
      double radius = classes <= 1 ? 0 : 1.9 + 0.5 * (c % 2);
      xy[2 * i] = (float) (radius * Math.cos(a) + 0.45 * r.nextGaussian());
      xy[2 * i + 1] = (float) (radius * Math.sin(a) + 0.3 * r.nextGaussian() + 0.2 * xy[2 * i]);
    }
    return xy;
  }

  static BufferedImage curves(int epochs, boolean accident) {
    Random r = new Random(3);
    double[] e = new double[epochs];
    double[][] y = new double[8][epochs];
    for (int i = 0; i < epochs; i++) {
      e[i] = i + 1;
      double t = Math.exp(-i / 9.0);
      double first = i == 0 ? -310 : i == 1 ? -60 : 0;
      y[0][i] = -96.5 - 45 * t + first + 0.2 * r.nextGaussian();
      y[1][i] =
          -99.8 - 43 * t + first * 0.8 - (i > 36 ? (i - 36) * 0.05 : 0) + 0.35 * r.nextGaussian();
      y[2][i] = 72 + 60 * t - first + 0.2 * r.nextGaussian();
      y[3][i] = 74.5 + 58 * t - first * 0.8 + 0.3 * r.nextGaussian();
      y[4][i] = 24.6 * (1 - t) + 0.1 * r.nextGaussian();
      y[5][i] = 24.9 * (1 - t) + 0.1 * r.nextGaussian();
      y[6][i] = Math.round(38 * (1 - Math.exp(-(i + 1) / 5.0)));
      y[7][i] = 1e-3 * Math.pow(0.5, i / 15);
    }
    if (accident && epochs > 24) {
      y[0][23] = Double.NaN;
      y[2][23] = Double.POSITIVE_INFINITY;
    }
    return Curves.of("\u03B2-VAE on strokes, 40 latents")
        .add(Curves.Panel.of("ELBO", "nats").line("train", e, y[0]).line("validation", e, y[1]))
        .add(
            Curves.Panel.of("reconstruction", "nats")
                .line("train", e, y[2])
                .line("validation", e, y[3]))
        .add(Curves.Panel.of("KL", "nats").line("train", e, y[4]).line("validation", e, y[5]))
        .add(Curves.Panel.of("active units", "of 40").line("validation", e, y[6]))
        .add(Curves.Panel.of("learning rate", "").line("", e, y[7]).log())
        .best(Math.min(37, epochs))
        .draw();
  }

  /** Images of a traversal: slant, width and so on of a digit. */
  static Images traversal(int rows, double[] values) {
    float[] v = new float[rows * values.length * 784];
    for (int r = 0; r < rows; r++) {
      for (int c = 0; c < values.length; c++) {
        double t = values[c];
        digit(
            v,
            r * values.length + c,
            (r * 3 + 2) % 10,
            r % 3 == 0 ? 0.16 * t : 0,
            r % 3 == 1 ? 1.6 * t : 0,
            0,
            r % 3 == 2 ? 2.4 + 0.5 * t : 2.2,
            0.6);
      }
    }
    return new Images(v, rows * values.length, 1, 28, 28);
  }

  public static void main(String[] args) {
    Path out = Path.of(args[0]);
    Images d = digits(64, 1, 0);
    png(
        out,
        "samples",
        Grid.of(d)
            .title("Samples from the prior")
            .subtitle("\u03B2-VAE on strokes, epoch 37, temperature 1")
            .draw());
    Images some = digits(20, 2, 0);
    png(
        out,
        "pairs",
        Grid.pairs(some, digits(20, 2, 1)).title("Reconstructions of test observations").draw());
    png(
        out,
        "pairs8",
        Grid.pairs(some.slice(0, 8), digits(8, 2, 1)).title("Reconstructions").draw());
    double[] values = IntStream.rangeClosed(-5, 5).mapToDouble(i -> i * 0.6).toArray();
    List<String> rows = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      rows.add(Grid.latentCaption(3 * i + 1, 4.1 / (1 + i * i * 0.4)));
    }
    png(
        out,
        "traversal",
        Grid.traversal(traversal(8, values), rows, values)
            .title("Latent traversal")
            .subtitle(
                "one dimension moves from \u22123 to 3, the others stay at the code of test observation 7")
            .draw());
    double[] axis = IntStream.range(0, 20).mapToDouble(i -> -1.9 + 0.2 * i).toArray();
    png(
        out,
        "manifold",
        Grid.manifold(traversal(20, axis), "z0", axis, "z1", axis).title("Latent manifold").draw());
    png(
        out,
        "colour",
        Grid.of(scenes(12, 32), 6)
            .title("Colour samples")
            .tileCaptions(IntStream.range(0, 12).mapToObj(i -> "score " + i * 0.13f).toList())
            .draw());
    float[] broken = digits(6, 3, 0).values();
    broken[300] = Float.NaN;
    broken[784 + 301] = Float.NEGATIVE_INFINITY;
    png(
        out,
        "notfinite",
        Grid.of(new Images(broken, 6, 1, 28, 28), 6)
            .columnCaptions(
                List.of(
                    "T-shirt/top", "trouser", "pullover with long name", "dress", "coat", "sandal"))
            .draw());
    float[] thin = new float[6 * 140];
    for (int i = 0; i < thin.length; i++) {
      thin[i] = (float) (0.5 + 0.5 * Math.sin(i * 0.09 + i / 140));
    }
    png(
        out,
        "thin",
        Grid.of(new Images(thin, 6, 1, 1, 140), 1)
            .title("One pixel high")
            .rowCaptions(List.of("a", "b", "c", "d", "e", "f"))
            .draw());
    png(out, "large", Grid.of(scenes(8, 400), 4).title("Large images are reduced").draw());
    png(out, "curves", curves(60, true));
    png(out, "curves1", curves(1, false));
    png(out, "curves4", curves(4, false));
    double[] e = {1, 2, 3, 4, 5, 6};
    png(
        out,
        "curvesOne",
        Curves.of("One panel")
            .add(
                Curves.Panel.of("loss", "nats per observation")
                    .line("a long name of a series", e, e)
                    .line("another long name of a series", e, new double[] {3, 2, 4, 1, 5, 2})
                    .line("third of the long names", e, new double[] {6, 5, 4, 3, 2, 1})
                    .line("fourth", e, new double[] {2, 2, 2, 2, 2, 2}))
            .draw());
    png(
        out,
        "curvesEmpty",
        Curves.of("Nothing yet")
            .add(Curves.Panel.of("ELBO", "nats").line("train", new double[0], new double[0]))
            .add(
                Curves.Panel.of("KL", "nats")
                    .line(
                        "train",
                        e,
                        new double[] {
                          Double.NaN, Double.NaN, Double.NaN, Double.NaN, Double.NaN, Double.NaN
                        }))
            .draw());
    int[] labels = new int[5000];
    float[] xy = codes(5000, 10, labels);
    png(
        out,
        "scatter",
        Scatter.of(xy).labels(labels, List.of()).title("Codes of the test set").draw());
    int[] few = new int[120];
    float[] fewXy = codes(120, 3, few);
    few[3] = -1;
    fewXy[10] = Float.NaN;
    png(
        out,
        "scatterFew",
        Scatter.of(fewXy)
            .labels(few, List.of("setosa", "versicolor", "virginica"))
            .title("Iris")
            .axes("PC 1", "PC 2")
            .equalAxes()
            .draw());
    int[] many = new int[3000];
    float[] manyXy = codes(3000, 20, many);
    png(
        out,
        "scatter20",
        Scatter.of(manyXy).labels(many, List.of()).title("Twenty classes").draw());
    float[] shade = new float[3000];
    for (int i = 0; i < shade.length; i++) {
      shade[i] = manyXy[2 * i] * 3 + 8;
    }
    png(out, "scatterValues", Scatter.of(manyXy).values(shade, "KL (nats)").draw());
    png(out, "scatterOne", Scatter.of(new float[] {3, 4}).title("One point").draw());
    float[] mi = new float[6 * 10];
    Random r = new Random(8);
    for (int i = 0; i < mi.length; i++) {
      mi[i] = r.nextFloat() < 0.25 ? 0.4f + r.nextFloat() : 0.05f * r.nextFloat();
    }
    png(
        out,
        "heatmap",
        Heatmap.of(mi, 6, 10)
            .title("Mutual information")
            .axes("factor", "latent dimension")
            .rowNames(List.of("shape", "scale", "rotation", "x position", "y position", "colour"))
            .columnNames(IntStream.range(0, 10).mapToObj(i -> "z" + i).toList())
            .valueName("nats")
            .draw());
    float[] corr = new float[40 * 40];
    for (int i = 0; i < corr.length; i++) {
      corr[i] = i / 40 == i % 40 ? 1 : (float) (r.nextGaussian() * 0.25);
    }
    corr[45] = Float.NaN;
    png(
        out,
        "heatmapBig",
        Heatmap.of(corr, 40, 40)
            .title("Correlation of codes")
            .diverging()
            .range(-1, 1)
            .axes("latent dimension", "latent dimension")
            .draw());
    double[] kl = new double[40];
    for (int i = 0; i < 40; i++) {
      int k = i * 7 % 40;
      kl[i] = k < 23 ? 4.2 * Math.exp(-k / 9.0) + 0.1 : 0.004 * r.nextDouble();
    }
    png(out, "bars", Bars.klPerDimension(kl, 0.01).draw());
    png(out, "barsFew", Bars.klPerDimension(Arrays.copyOf(kl, 6), 0.5).draw());
    double[] wide = new double[400];
    for (int i = 0; i < 400; i++) {
      wide[i] = 3.0 / (1 + i * 0.1);
    }
    png(out, "barsMany", Bars.klPerDimension(wide, 0.1).draw());
    png(
        out,
        "barsNamed",
        Bars.of(new double[] {0.8, -0.3, 0.55, Double.NaN, 0.1})
            .names(
                List.of(
                    "fixed acidity",
                    "volatile acidity",
                    "citric acid",
                    "residual sugar",
                    "chlorides"))
            .title("Weights")
            .axes("", "weight")
            .draw());
    String[] wine = {
      "alcohol",
      "malic acid",
      "ash",
      "alcalinity of ash",
      "magnesium",
      "phenols",
      "flavanoids",
      "nonflavanoid phenols",
      "proanthocyanins",
      "colour intensity",
      "hue",
      "OD280/OD315",
      "proline"
    };
    float[] table = new float[9 * 13];
    float[] again = new float[9 * 13];
    for (int i = 0; i < table.length; i++) {
      double unit = Math.pow(10, i % 13 % 4);
      table[i] = (float) (unit * (5 + r.nextGaussian()));
      again[i] = (float) (table[i] + unit * 0.3 * r.nextGaussian());
    }
    table[15] = Float.NaN;
    png(
        out,
        "table",
        TableView.reconstructions(table, again, 13)
            .names(List.of(wine))
            .title("Reconstructions, wine")
            .captions(
                IntStream.range(0, 9)
                    .mapToObj(i -> "test " + (i * 17) + "   MSE 0." + (31 + i))
                    .toList())
            .draw());
    float[] ecg = new float[6 * 140];
    float[] ecg2 = new float[6 * 140];
    for (int i = 0; i < ecg.length; i++) {
      double t = i % 140;
      ecg2[i] =
          (float)
              (-3.5 * Math.exp(-Math.pow((t - 12 - i / 140) / 9, 2))
                  + 1.5 * Math.exp(-Math.pow((t - 80) / 30, 2))
                  - 0.6);
      ecg[i] = (float) (ecg2[i] + 0.15 * r.nextGaussian());
    }
    png(
        out,
        "ecg",
        TableView.reconstructions(ecg, ecg2, 140)
            .oneScale()
            .title("Reconstructions, heartbeats")
            .draw());
    float[] rows1 = new float[200 * 13];
    float[] rows2 = new float[200 * 13];
    for (int i = 0; i < rows1.length; i++) {
      rows1[i] = (float) (Math.sin(i % 13) + 0.3 * r.nextGaussian() + (i / 13 % 2));
      rows2[i] = (float) (Math.sin(i % 13) + 0.35 * r.nextGaussian() + (i / 13 % 2));
    }
    png(
        out,
        "tableSamples",
        TableView.samples(rows1, rows2, 13)
            .names(List.of(wine))
            .title("Wine: data and samples")
            .draw());
    int[] unused = new int[1000];
    png(
        out,
        "plane",
        TableView.plane(
            "Mixture: data and samples", "x", "y", codes(1000, 6, unused), codes(800, 6, unused)));

    List<BufferedImage> frames = new ArrayList<>();
    for (int i = 0; i < 15; i++) {
      double[] one = {-3 + 6.0 * i / 14};
      frames.add(
          Grid.of(traversal(6, one), 6)
              .title("Traversal")
              .columnCaptions(rows.subList(0, 6))
              .draw());
    }
    Gif.of(frames).thereAndBack().delay(Duration.ofMillis(80)).write(out.resolve("traversal.gif"));
  }

  private static void png(Path folder, String name, BufferedImage image) {
    ImageFiles.writePng(image, folder.resolve(name + ".png"));
  }
}
