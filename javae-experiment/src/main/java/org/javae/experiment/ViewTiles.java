package org.javae.experiment;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.javae.core.data.Dataset.Column;
import org.javae.core.data.Preprocessing;
import org.javae.core.data.Vocabulary;
import org.javae.core.model.View;
import org.javae.experiment.picture.Images;
import org.javae.tensor.Shape;

/**
 * Observations of several views as one picture each: the views that are pictures side by side, on a
 * common height, and what is no picture as words under it.
 */
final class ViewTiles {
  private static final int GAP = 2;
  private static final int MOST_NUMBERS = 3;

  private final List<View> views;
  private final List<Vocabulary> words;
  private final List<View> pictures;
  private final int elements;

  ViewTiles(List<View> views, Preprocessing p) {
    this.views = views;
    this.words = p.views().stream().map(v -> v.of().vocabulary()).toList();
    this.pictures = views.stream().filter(v -> v.data().event().isImage()).toList();
    this.elements = views.stream().mapToInt(View::length).sum();
  }

  /** Whether any view is a picture. */
  boolean draws() {
    return !pictures.isEmpty();
  }

  /** The views side by side, one picture an observation. */
  Images images(float[] values) {
    int n = values.length / elements;
    int channels = pictures.stream().anyMatch(v -> v.data().event().at(0) == 3) ? 3 : 1;
    int height = pictures.stream().mapToInt(v -> side(v, 1)).max().orElseThrow();
    int width = pictures.stream().mapToInt(v -> side(v, 2)).sum() + GAP * (pictures.size() - 1);
    float[] out = new float[n * channels * height * width];
    // White between the pictures, so that dark ones do not run together.
    Arrays.fill(out, 1);
    for (int i = 0; i < n; i++) {
      int left = 0;
      for (View v : pictures) {
        int from = i * elements + v.offset();
        int h = side(v, 1);
        int w = side(v, 2);
        int own = side(v, 0);
        for (int c = 0; c < channels; c++) {
          int source = from + (own == 1 ? 0 : c) * h * w;
          for (int y = 0; y < h; y++) {
            int to = ((i * channels + c) * height + y + (height - h) / 2) * width + left;
            System.arraycopy(values, source + y * w, out, to, w);
          }
        }
        left += w + GAP;
      }
    }
    return Images.of(out, Shape.of(channels, height, width));
  }

  private static int side(View v, int axis) {
    return Math.toIntExact(v.data().event().at(axis));
  }

  /** What is said under each observation; empty lines where all views are pictures. */
  List<String> captions(float[] values) {
    List<String> r = new ArrayList<>();
    for (int i = 0; i < values.length / elements; i++) {
      List<String> said = new ArrayList<>();
      for (int m = 0; m < views.size(); m++) {
        View v = views.get(m);
        if (!v.data().event().isImage()) {
          int from = i * elements + v.offset();
          said.add(said(m, Arrays.copyOfRange(values, from, from + v.length())));
        }
      }
      r.add(String.join(", ", said));
    }
    return r;
  }

  /** A view in words. */
  String said(int m, float[] v) {
    if (Float.isNaN(v[0])) {
      return "absent";
    }
    View view = views.get(m);
    if (view.data().isText()) {
      return words.get(m).text(v, 0, v.length);
    }
    List<String> parts = new ArrayList<>();
    int at = 0;
    for (Column c : view.data().columns()) {
      if (parts.size() == MOST_NUMBERS) {
        parts.add("…");
        break;
      }
      if (c.kind() == Column.Kind.CATEGORICAL) {
        int best = 0;
        for (int k = 1; k < c.width(); k++) {
          best = v[at + k] > v[at + best] ? k : best;
        }
        parts.add(c.categories().get(best));
      } else {
        parts.add(String.format(Locale.ROOT, "%.3g", v[at]));
      }
      at += c.width();
    }
    return String.join(" ", parts);
  }
}
