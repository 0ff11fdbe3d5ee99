package org.javae.experiment;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.javae.core.data.ArrayDataset;
import org.javae.core.data.Dataset;
import org.javae.core.data.Dataset.Column;
import org.javae.data.read.DataReader;
import org.javae.data.read.ReadOptions;
import org.javae.data.write.DatasetWriter;
import org.javae.tensor.Shape;
import org.javae.tensor.UserException;

/** Latent codes and decoded observations as files: npy, csv and parquet, by the file's suffix. */
public final class Codes {
  private Codes() {}

  /**
   * Writes codes, with columns {@code z0}, {@code z1} … where the format names columns. npy, csv
   * and parquet all give the same float32 values back bit for bit.
   *
   * @param codes row-major, {@code latent} a row
   * @throws UserException if the suffix is unknown or the file cannot be written
   */
  public static void write(float[] codes, int latent, Path file) {
    List<Column> columns =
        IntStream.range(0, latent)
            .mapToObj(j -> new Column("z" + j, Column.Kind.REAL, List.of()))
            .toList();
    Dataset d = ArrayDataset.of("codes", Shape.of(latent), codes).withColumns(columns);
    switch (suffix(file)) {
      case "npy", "csv" -> DatasetWriter.write(d, file);
      case "parquet" -> parquet(d, columns, file);
      default -> throw unknown(file, "npy, csv or parquet");
    }
  }

  /**
   * Reads codes, row-major.
   *
   * @throws UserException if they cannot be read, are not numbers, or come in rows of another
   *     length than {@code latent}
   */
  public static float[] read(Path file, int latent) {
    if (!Files.exists(file)) {
      throw UserException.of("there is no file %s", file);
    }
    try (Dataset d = DataReader.open(file, ReadOptions.defaults())) {
      if (d.shape().numel() != latent) {
        throw UserException.of(
            "%s holds rows of %d numbers, but codes of this model have %d",
            file, d.shape().numel(), latent);
      }
      float[] codes = new float[Math.multiplyExact(d.size(), latent)];
      d.read(IntStream.range(0, d.size()).toArray(), codes);
      for (int i = 0; i < codes.length; i++) {
        if (!Float.isFinite(codes[i])) {
          throw UserException.of(
              "%s has the value %s in row %d, z%d; codes must be finite numbers",
              file, codes[i], i / latent + 1, i % latent);
        }
      }
      return codes;
    }
  }

  /** Writes observations of the given shape to npy, npz or csv. */
  public static void writeObservations(
      float[] values, Shape shape, List<Column> columns, Path file) {
    if (!List.of("npy", "npz", "csv").contains(suffix(file))) {
      throw unknown(file, "npy, npz, csv or png");
    }
    DatasetWriter.write(ArrayDataset.of("decoded", shape, values).withColumns(columns), file);
  }

  private static UserException unknown(Path file, String known) {
    return UserException.usage("%s: a name that ends in %s is expected", file, known);
  }

  private static String suffix(Path file) {
    String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
    return name.substring(name.lastIndexOf('.') + 1);
  }

  /** Through DuckDB, from a csv beside the target. */
  private static void parquet(Dataset d, List<Column> columns, Path file) {
    Path csv = file.resolveSibling(file.getFileName() + ".csv.part");
    Path part = file.resolveSibling(file.getFileName() + ".part");
    try {
      Path plain = file.resolveSibling(file.getFileName() + ".codes.csv");
      DatasetWriter.write(d, plain);
      Files.move(plain, csv, StandardCopyOption.REPLACE_EXISTING);
      StringBuilder types = new StringBuilder();
      for (Column c : columns) {
        types.append(types.isEmpty() ? "" : ", ").append(quote(c.name())).append(": 'FLOAT'");
      }
      try (Connection duck = DriverManager.getConnection("jdbc:duckdb:");
          Statement s = duck.createStatement()) {
        s.execute(
            "COPY (SELECT * FROM read_csv("
                + quote(csv.toString())
                + ", header = true, auto_detect = false, columns = {"
                + types
                + "})) TO "
                + quote(part.toString())
                + " (FORMAT parquet)");
      }
      Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
    } catch (SQLException | IOException e) {
      throw UserException.of(
          e,
          "%s cannot be written (%s)",
          file,
          String.valueOf(e.getMessage()).lines().findFirst().orElse("?"));
    } finally {
      delete(csv);
      delete(part);
    }
  }

  private static String quote(String s) {
    return "'" + s.replace("'", "''") + "'";
  }

  private static void delete(Path p) {
    try {
      Files.deleteIfExists(p);
    } catch (IOException e) {
      // a left-over of a few bytes under a name that says so
    }
  }

  /** Rows put one after another. */
  static float[] join(List<float[]> parts) {
    float[] all = new float[parts.stream().mapToInt(p -> p.length).sum()];
    int at = 0;
    for (float[] p : parts) {
      System.arraycopy(p, 0, all, at, p.length);
      at += p.length;
    }
    return all;
  }
}
