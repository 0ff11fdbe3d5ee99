package org.javae.experiment;

import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.javae.core.data.Dataset;
import org.javae.core.data.Dataset.View;
import org.javae.core.data.Views;
import org.javae.core.data.Vocabulary;
import org.javae.experiment.picture.Grid;
import org.javae.experiment.picture.Images;
import org.javae.tensor.UserException;

/**
 * The first observations of data with pictures: a row a view that is a picture, a column an
 * observation, and its labels and sentences under it. An absent picture is drawn in the colour of
 * what is not finite.
 */
public final class ViewsPicture {
  private ViewsPicture() {}

  /**
   * Draws.
   *
   * @throws UserException if no view is a picture
   */
  public static BufferedImage of(Dataset d) {
    List<View> views = d.views();
    long pictures = views.stream().filter(v -> v.shape().isImage()).count();
    if (pictures == 0) {
      throw UserException.of(
          "%s has no view that is a picture, so there is nothing to draw", d.name());
    }
    // One block of rows, as many columns as keep it about as high as it is wide.
    int n = (int) Math.min(d.size(), Math.min(8, 3 * pictures));
    int width = Math.toIntExact(d.shape().numel());
    float[] x = new float[n * width];
    d.read(IntStream.range(0, n).toArray(), x);
    List<String> names = new ArrayList<>();
    List<Images> rows = new ArrayList<>();
    List<List<String>> said = new ArrayList<>();
    for (int m = 0; m < views.size(); m++) {
      View v = views.get(m);
      int offset = Views.offset(views, m);
      List<float[]> each = new ArrayList<>();
      for (int i = 0; i < n; i++) {
        int from = i * width + offset;
        each.add(Arrays.copyOfRange(x, from, from + v.length()));
      }
      if (v.shape().isImage()) {
        names.add(v.name());
        rows.add(Images.of(each, v.shape()));
      } else if (v.tokens() != null) {
        Vocabulary words = new Vocabulary(v.tokens().words());
        said.add(each.stream().map(e -> sentence(words, e)).toList());
      } else if (v.columns().size() == 1
          && v.columns().get(0).kind() == Dataset.Column.Kind.CATEGORICAL) {
        List<String> values = v.columns().get(0).categories();
        said.add(each.stream().map(e -> category(values, e)).toList());
      }
    }
    Grid grid = Grid.stacked(names, rows).title(d.name());
    if (!said.isEmpty()) {
      List<String> captions = new ArrayList<>(Collections.nCopies(n * (rows.size() - 1), ""));
      for (int i = 0; i < n; i++) {
        int column = i;
        captions.add(String.join(", ", said.stream().map(s -> s.get(column)).toList()));
      }
      grid.tileCaptions(captions);
    }
    return grid.draw();
  }

  private static String sentence(Vocabulary words, float[] ids) {
    return Float.isNaN(ids[0]) ? "absent" : words.text(ids, 0, ids.length);
  }

  private static String category(List<String> values, float[] oneHot) {
    for (int k = 0; k < oneHot.length; k++) {
      if (oneHot[k] == 1) {
        return values.get(k);
      }
    }
    return "absent";
  }
}
