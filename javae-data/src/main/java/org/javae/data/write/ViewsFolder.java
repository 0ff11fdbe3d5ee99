package org.javae.data.write;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.javae.core.data.Dataset;
import org.javae.core.data.Dataset.View;
import org.javae.core.data.Dataset.ViewSettings;
import org.javae.core.data.Views;
import org.javae.core.io.Json;
import org.javae.tensor.UserException;

/**
 * A folder with a file a view (npz for pictures, csv for tables, txt for text) and the manifest
 * {@code views.yaml} that puts them together again.
 */
final class ViewsFolder {
  private ViewsFolder() {}

  static void write(Dataset data, Path target) throws IOException {
    if (Files.exists(target)) {
      try (Stream<Path> inside = Files.list(target)) {
        if (inside.findAny().isPresent()) {
          throw UserException.of(
              "Cannot write %s: there is something of that name; choose another.", target);
        }
      }
    }
    int[] all = IntStream.range(0, data.size()).toArray();
    for (boolean[] row : Views.present(data, all)) {
      for (boolean there : row) {
        if (!there) {
          throw UserException.of(
              "%s lacks views in some rows, which files without keys cannot say; write it as csv",
              data.name());
        }
      }
    }
    Files.createDirectories(target);
    List<Map<String, Object>> entries = new ArrayList<>();
    for (int m = 0; m < data.views().size(); m++) {
      View v = data.views().get(m);
      Dataset one = data.view(m);
      String suffix = v.tokens() != null ? ".txt" : v.columns().isEmpty() ? ".npz" : ".csv";
      Path file = target.resolve(v.name() + suffix);
      switch (suffix) {
        case ".txt" -> DatasetWriter.replace(file, out -> Sentences.write(one, out));
        case ".csv" -> DatasetWriter.replace(file, out -> Csv.write(one, out));
        default -> DatasetWriter.replace(file, out -> Npy.writeZip(one, out));
      }
      entries.add(entry(v, file));
    }
    Map<String, Object> root = new LinkedHashMap<>();
    root.put("name", data.name());
    root.put("views", entries);
    Files.writeString(target.resolve("views.yaml"), Json.toYaml(root));
  }

  private static Map<String, Object> entry(View v, Path file) {
    ViewSettings s = v.settings();
    Map<String, Object> e = new LinkedHashMap<>();
    e.put("name", v.name());
    e.put("source", file.getFileName().toString());
    if (!v.columns().isEmpty()) {
      e.put("header", true);
      e.put("columns", v.columns().stream().map(Dataset.Column::name).toList());
      List<String> categories =
          v.columns().stream()
              .filter(c -> c.kind() == Dataset.Column.Kind.CATEGORICAL)
              .map(Dataset.Column::name)
              .toList();
      if (!categories.isEmpty()) {
        e.put("categorical", categories);
      }
    }
    put(e, "likelihood", s.likelihood());
    put(e, "network", s.network());
    put(e, "scaling", s.scaling());
    put(e, "binarize", s.binarize());
    if (s.weight() != 1) {
      e.put("weight", s.weight());
    }
    return e;
  }

  private static void put(Map<String, Object> e, String key, Object value) {
    if (value != null) {
      e.put(key, value);
    }
  }
}
