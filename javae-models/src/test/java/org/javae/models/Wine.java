package org.javae.models;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.javae.core.data.ArrayDataset;
import org.javae.core.data.Loader;
import org.javae.core.data.Preprocessing;
import org.javae.core.model.DataSpec;
import org.javae.tensor.Rng;
import org.javae.tensor.Shape;
import org.javae.tensor.Tensor;
import org.javae.testkit.TestData;

/**
 * UCI Wine Quality as the HI-VAE repository publishes it: 6497 wines, the first 11 columns, each
 * with its mean taken away and divided by its population standard deviation.
 */
final class Wine {
  static final int N = 6497;
  static final int D = 11;

  private Wine() {}

  /** Rows of standardised values; skips the calling test where the file is absent. */
  static double[][] standardised() {
    List<String> lines;
    try {
      lines = Files.readAllLines(TestData.require("hi-vae/Wine/data.csv"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    double[][] x =
        lines.stream()
            .filter(l -> !l.isBlank())
            .map(
                l ->
                    Arrays.stream(l.split(",")).limit(D).mapToDouble(Double::parseDouble).toArray())
            .toArray(double[][]::new);
    for (int j = 0; j < D; j++) {
      int c = j;
      double mean = Arrays.stream(x).mapToDouble(r -> r[c]).average().orElseThrow();
      double sd =
          Math.sqrt(
              Arrays.stream(x)
                  .mapToDouble(r -> (r[c] - mean) * (r[c] - mean))
                  .average()
                  .orElseThrow());
      for (double[] row : x) {
        row[j] = (row[j] - mean) / sd;
      }
    }
    return x;
  }

  /** float64 {@code [rows, 11]}. */
  static Tensor tensor(double[][] x) {
    return Tensor.of(Arrays.stream(x).flatMapToDouble(Arrays::stream).toArray(), x.length, D);
  }

  /** All rows, in a new order every epoch. */
  static Loader loader(double[][] x, long seed) {
    float[] v = new float[x.length * D];
    for (int i = 0; i < v.length; i++) {
      v[i] = (float) x[i / D][i % D];
    }
    return new Loader(
        ArrayDataset.of("wine", Shape.of(D), v),
        IntStream.range(0, x.length).toArray(),
        Preprocessing.NONE,
        Rng.of(seed).split("wine"),
        true);
  }

  static DataSpec spec() {
    return DataSpec.of(Shape.of(D), false, false);
  }
}
