package org.javae.data.generate;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.javae.core.data.Dataset;
import org.javae.core.data.Dataset.Annotation;
import org.javae.core.data.Dataset.PublishedSplit;
import org.javae.core.data.Dataset.View;
import org.javae.core.data.Dataset.ViewSettings;
import org.javae.core.data.Paired;
import org.javae.tensor.UserException;

/**
 * Two data sets paired at random by their labels, as Shi, Siddharth, Paige and Torr (2019) pair
 * MNIST with SVHN: for each label both sides' rows are shuffled and put beside each other until one
 * side runs out, several times over, so that a picture meets different partners. Training rows meet
 * training rows only, test rows test rows.
 */
public final class SameLabel {
  private SameLabel() {}

  /**
   * Pairs.
   *
   * @param pairings how often the rows are shuffled, at least 1
   * @param likelihood of both views
   * @throws UserException if labels or the division into training and test rows are lacking
   */
  public static Dataset pair(
      String name, Dataset left, Dataset right, int pairings, String likelihood, long seed) {
    Settings.atLeast(name, "pairings", pairings, 1);
    List<Integer> l = new ArrayList<>();
    List<Integer> r = new ArrayList<>();
    int[] sizes = new int[2];
    for (int part = 0; part < 2; part++) {
      for (int round = 0; round < pairings; round++) {
        add(left, right, part, Draws.of(seed, name, 2L * round + part), l, r);
      }
      sizes[part] = l.size();
    }
    Annotation label = left.labels().orElseThrow();
    int[] rows = l.stream().mapToInt(i -> i).toArray();
    ViewSettings settings = ViewSettings.AUTO.likelihood(likelihood);
    return Paired.of(
            name,
            List.of(
                new View(left.name(), left.shape()).with(settings),
                new View(right.name(), right.shape()).with(settings)),
            List.of(left, right),
            new int[][] {rows, r.stream().mapToInt(i -> i).toArray()})
        .withAnnotations(
            List.of(
                new Annotation(
                    "label",
                    IntStream.of(rows).map(i -> label.values()[i]).toArray(),
                    label.cardinality(),
                    label.valueNames())))
        .withSplit(new PublishedSplit(sizes[0], 0, sizes[1] - sizes[0]));
  }

  private static void add(
      Dataset left, Dataset right, int part, Draws draws, List<Integer> l, List<Integer> r) {
    int classes = left.labels().map(Annotation::cardinality).orElse(0);
    for (int c = 0; c < classes; c++) {
      int[] a = shuffled(left, part, c, draws);
      int[] b = shuffled(right, part, c, draws);
      for (int i = 0; i < Math.min(a.length, b.length); i++) {
        l.add(a[i]);
        r.add(b[i]);
      }
    }
  }

  private static int[] shuffled(Dataset d, int part, int label, Draws draws) {
    int[] labels =
        d.labels()
            .orElseThrow(
                () ->
                    UserException.of("%s has no labels, so it cannot be paired by them", d.name()))
            .values();
    PublishedSplit s =
        d.publishedSplit()
            .orElseThrow(
                () ->
                    UserException.of(
                        "%s has no training and test parts, so its rows cannot be paired part by part",
                        d.name()));
    int test = s.train() + s.validation();
    int[] rows =
        IntStream.range(part == 0 ? 0 : test, part == 0 ? test : d.size())
            .filter(i -> labels[i] == label)
            .toArray();
    for (int i = rows.length - 1; i > 0; i--) {
      int j = draws.below(i + 1);
      int t = rows[i];
      rows[i] = rows[j];
      rows[j] = t;
    }
    return rows;
  }
}
