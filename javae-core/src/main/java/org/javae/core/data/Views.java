package org.javae.core.data;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;
import org.javae.core.data.Dataset.Column;
import org.javae.core.data.Dataset.View;
import org.javae.tensor.UserException;

/** Which views an observation has, and where they lie in it. */
public final class Views {
  private static final int CHUNK = 512;

  private Views() {}

  /** First element of a view in the flat observation. */
  public static int offset(List<View> views, int index) {
    return views.subList(0, index).stream().mapToInt(View::length).reduce(0, Math::addExact);
  }

  /**
   * Columns of the flat observation: those of the views, where all have some; else none, for a
   * picture has no columns.
   */
  public static List<Column> columns(List<View> views) {
    return views.stream().anyMatch(v -> v.columns().isEmpty())
        ? List.of()
        : views.stream()
            .flatMap(
                v ->
                    v.columns().stream()
                        .map(c -> new Column(v.name() + "." + c.name(), c.kind(), c.categories())))
            .toList();
  }

  /** Whether a block of elements is there: at least one of them is a number. */
  static boolean present(float[] values, int from, int length) {
    for (int i = from; i < from + length; i++) {
      if (!Float.isNaN(values[i])) {
        return true;
      }
    }
    return false;
  }

  /**
   * Which views the rows have.
   *
   * @return {@code [rows][views]}
   */
  public static boolean[][] present(Dataset d, int[] rows) {
    List<View> views = d.views();
    int width = Math.toIntExact(d.shape().numel());
    float[] buffer = new float[Math.min(CHUNK, rows.length) * width];
    boolean[][] r = new boolean[rows.length][views.size()];
    for (int at = 0; at < rows.length; at += CHUNK) {
      int[] part = Arrays.copyOfRange(rows, at, Math.min(rows.length, at + CHUNK));
      d.read(part, buffer);
      for (int i = 0; i < part.length; i++) {
        int from = i * width;
        for (int m = 0; m < views.size(); m++) {
          r[at + i][m] = present(buffer, from, views.get(m).length());
          from += views.get(m).length();
        }
      }
    }
    return r;
  }

  /**
   * Refuses data with a view missing somewhere, for a model of one block.
   *
   * @throws UserException naming the views that are missing
   */
  public static void refuseMissing(Dataset d, int[] rows, String model) {
    boolean[][] present = present(d, rows);
    List<String> lacking = new ArrayList<>();
    for (int m = 0; m < d.views().size(); m++) {
      int view = m;
      long n = Arrays.stream(present).filter(p -> !p[view]).count();
      if (n > 0) {
        lacking.add(d.views().get(m).name() + " (" + n + ")");
      }
    }
    if (!lacking.isEmpty()) {
      throw UserException.of(
          "model %s needs every view of every observation, but of %s some lack %s; choose a multimodal model such as"
              + " mvae or mopoe",
          model, d.name(), String.join(", ", lacking));
    }
  }

  /** Names of views for a sentence. */
  static String names(List<View> views) {
    return views.stream().map(View::name).collect(Collectors.joining(", "));
  }

  static String digest(List<String> parts) {
    MessageDigest d = ArrayDataset.sha256();
    parts.forEach(p -> d.update((p + "\n").getBytes(StandardCharsets.UTF_8)));
    return HexFormat.of().formatHex(d.digest());
  }
}
