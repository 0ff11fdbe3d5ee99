package org.javae.data.write;

import java.awt.image.BufferedImage;
import java.awt.image.WritableRaster;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.javae.core.data.Dataset;
import org.javae.core.data.Dataset.Annotation;
import org.javae.tensor.Shape;
import org.javae.tensor.UserException;

/**
 * A folder of PNG pictures, numbered in the data set's order, in a subfolder a class if there are
 * labels.
 */
final class PngFolder {
  private PngFolder() {}

  static void write(Dataset data, Path folder) throws IOException {
    Shape shape = data.shape();
    if (!shape.isImage() || (shape.at(0) != 1 && shape.at(0) != 3)) {
      throw UserException.usage(
          "Cannot write %s as PNG pictures: an observation has shape %s, not 1×height×width or"
              + " 3×height×width; give a name that ends in .npy, .npz or .csv.",
          data.name(), shape);
    }
    if (Files.isRegularFile(folder)) {
      throw UserException.of("Cannot make the folder %s: there is a file of that name.", folder);
    }
    if (Files.isDirectory(folder)) {
      try (Stream<Path> inside = Files.list(folder)) {
        if (inside.findAny().isPresent()) {
          throw UserException.of(
              "The folder %s is not empty; name a new one, so that its pictures are not mixed with"
                  + " these.",
              folder);
        }
      }
    }
    Path part = folder.resolveSibling(folder.getFileName() + ".part");
    delete(part);
    try {
      Files.createDirectory(part);
      fill(data, part);
      Files.deleteIfExists(folder);
      Files.move(part, folder);
    } finally {
      delete(part);
    }
  }

  private static void delete(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return;
    }
    try (Stream<Path> inside = Files.walk(folder)) {
      for (Path path : inside.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }

  private static void fill(Dataset data, Path folder) throws IOException {
    // The pictures go straight from memory to the file; a cache on disk would only slow that down.
    ImageIO.setUseCache(false);
    Optional<Annotation> labels = data.labels();
    List<Annotation> factors =
        data.annotations().stream().filter(a -> !a.name().equals("label")).toList();
    List<String> paths = new ArrayList<>();
    int digits = Integer.toString(Math.max(0, data.size() - 1)).length();
    Batches.each(
        data,
        (first, count, values) -> {
          for (int i = 0; i < count; i++) {
            int number = first + i;
            String file = String.format(Locale.ROOT, "%0" + digits + "d.png", number);
            String path = labels.map(l -> safe(Csv.value(l, number)) + "/" + file).orElse(file);
            Path target = folder.resolve(path);
            Files.createDirectories(target.getParent());
            try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(target))) {
              ImageIO.write(picture(data, values, i, number), "png", out);
            }
            paths.add(path);
          }
        });
    if (!factors.isEmpty()) {
      try (Writer text =
          new OutputStreamWriter(
              new BufferedOutputStream(Files.newOutputStream(folder.resolve("factors.csv"))),
              StandardCharsets.UTF_8)) {
        List<String> header = new ArrayList<>(List.of("file"));
        factors.forEach(f -> header.add(f.name()));
        Csv.line(text, header);
        for (int i = 0; i < paths.size(); i++) {
          List<String> cells = new ArrayList<>(List.of(paths.get(i)));
          for (Annotation factor : factors) {
            cells.add(Csv.value(factor, i));
          }
          Csv.line(text, cells);
        }
      }
    }
  }

  /** A class name as a folder name: no separators and nothing that means another folder. */
  private static String safe(String name) {
    String safe = name.replaceAll("[\\\\/:*?\"<>|\\p{Cntrl}]", "_").strip();
    return safe.isEmpty() || safe.chars().allMatch(c -> c == '.') ? "_" + safe : safe;
  }

  private static BufferedImage picture(Dataset data, float[] values, int at, int number) {
    int channels = (int) data.shape().at(0);
    int height = Math.toIntExact(data.shape().at(1));
    int width = Math.toIntExact(data.shape().at(2));
    BufferedImage picture =
        new BufferedImage(
            width,
            height,
            channels == 1 ? BufferedImage.TYPE_BYTE_GRAY : BufferedImage.TYPE_INT_RGB);
    WritableRaster raster = picture.getRaster();
    int plane = height * width;
    for (int c = 0; c < channels; c++) {
      for (int p = 0; p < plane; p++) {
        float v = values[at * channels * plane + c * plane + p];
        if (!(v >= 0 && v <= 1)) {
          throw UserException.of(
              "Cannot write %s as PNG pictures: observation %d holds the value %s, outside 0 to 1;"
                  + " give a name that ends in .npy, .npz or .csv.",
              data.name(), number, v);
        }
        raster.setSample(p % width, p / width, c, Math.round(255 * v));
      }
    }
    return picture;
  }
}
