package org.javae.core.evaluate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.DoubleConsumer;
import java.util.function.ToIntFunction;
import java.util.stream.IntStream;
import org.javae.core.data.Dataset;
import org.javae.core.data.Dataset.Annotation;
import org.javae.core.data.Dataset.Column;
import org.javae.core.data.Loader;
import org.javae.core.data.Views;
import org.javae.core.model.Batch;
import org.javae.core.model.View;
import org.javae.tensor.Rng;
import org.javae.tensor.Scope;
import org.javae.tensor.Tensor;
import org.javae.tensor.UserException;

/**
 * Who says which label a generated view shows: a {@link Classifier} a view, trained on the training
 * rows that have it; a view that is the label itself needs none.
 */
public final class ViewJudges {
  /** Training rows looked at. */
  private static final int MOST_ROWS = 20_000;

  /** Rows on which a category is compared with the label, and the judges' own accuracy measured. */
  private static final int CHECKED = 2000;

  /** Keeps classifiers between evaluations. */
  public interface Cache {
    /** Parameters kept for a view, if they were trained on the same data in the same way. */
    Optional<Map<String, Tensor>> find(String view, String fingerprint);

    /** Keeps them. */
    void keep(String view, String fingerprint, Map<String, Tensor> parameters);

    /** Keeps nothing. */
    Cache NONE =
        new Cache() {
          @Override
          public Optional<Map<String, Tensor>> find(String view, String fingerprint) {
            return Optional.empty();
          }

          @Override
          public void keep(String view, String fingerprint, Map<String, Tensor> parameters) {}
        };
  }

  private final List<View> views;
  private final Annotation label;
  private final List<Classifier> classifiers;
  private final List<Double> accuracies;

  private ViewJudges(
      List<View> views, Annotation label, List<Classifier> classifiers, List<Double> accuracies) {
    this.views = views;
    this.label = label;
    this.classifiers = classifiers;
    this.accuracies = accuracies;
  }

  /**
   * Trains them, or finds them.
   *
   * @param train rows to learn from
   * @param test rows to measure the judges themselves on
   * @param cache of classifiers
   * @throws UserException if the data have no labels
   */
  public static ViewJudges of(
      List<View> views, Loader train, Loader test, Cache cache, DoubleConsumer progress) {
    Annotation label = label(train.data());
    List<Classifier> all = new ArrayList<>();
    List<Double> accuracies = new ArrayList<>();
    for (int m = 0; m < views.size(); m++) {
      View v = views.get(m);
      int done = m;
      if (isLabel(v, label, train)) {
        all.add(null);
        accuracies.add(1.0);
        continue;
      }
      int view = m;
      int[] seen = having(train, m, label, MOST_ROWS);
      if (seen.length == 0) {
        throw UserException.of(
            "no training observation of %s has both view %s and a label, so that no classifier can learn to judge it",
            train.data().name(), v.name());
      }
      Rng rng = Rng.of(0).split("classifier " + v.name());
      Classifier c = new Classifier(v.data(), label.cardinality(), rng.split("init"));
      String fingerprint =
          String.join(
              " ",
              Classifier.VERSION,
              train.data().fingerprint(),
              label.name(),
              "" + seen.length,
              "" + Arrays.hashCode(seen));
      Optional<Map<String, Tensor>> kept = cache.find(v.name(), fingerprint);
      if (kept.isEmpty() || !c.load(kept.get())) {
        int[] labels = Arrays.stream(seen).map(r -> label.values()[r]).toArray();
        c.train(
            rows -> {
              int[] numbers = Arrays.stream(rows).map(r -> seen[r]).toArray();
              return views.get(view).of(train.read(numbers, 0).x());
            },
            labels,
            rng.split("order"),
            f -> progress.accept((done + f) / views.size()));
        cache.keep(v.name(), fingerprint, c.tensors());
      }
      all.add(c);
      accuracies.add(accuracy(c, v, m, label, test));
    }
    return new ViewJudges(views, label, all, accuracies);
  }

  /**
   * What the views are to agree on: the annotation called label, else the first.
   *
   * @throws UserException if there is none
   */
  public static Annotation label(Dataset d) {
    return d.labels()
        .or(() -> d.annotations().stream().filter(a -> a.cardinality() > 1).findFirst())
        .orElseThrow(
            () ->
                UserException.of(
                    "%s has no labels, which coherence, probe and factorisation compare with; name the column of a table"
                        + " with --set label=COLUMN when training, or leave these metrics out",
                    d.name()));
  }

  /** Rows of the loader that have a view and a label, at most so many. */
  private static int[] having(Loader rows, int m, Annotation label, int most) {
    int[] all =
        Arrays.stream(rows.rows(0, rows.size())).filter(r -> label.values()[r] >= 0).toArray();
    boolean[][] present = Views.present(rows.data(), all);
    return IntStream.range(0, all.length)
        .filter(i -> present[i][m])
        .map(i -> all[i])
        .limit(most)
        .toArray();
  }

  /** Whether a view is one category that is the label wherever both are known. */
  private static boolean isLabel(View v, Annotation label, Loader train) {
    List<Column> columns = v.data().columns();
    if (columns.size() != 1
        || columns.get(0).kind() != Column.Kind.CATEGORICAL
        || columns.get(0).categories().size() != label.cardinality()) {
      return false;
    }
    int m = train.data().views().stream().map(Dataset.View::name).toList().indexOf(v.name());
    int[] rows = having(train, m, label, CHECKED);
    return rows.length > 0
        && Scope.run(
            () -> {
              long[] said = v.of(train.read(rows, 0).x()).argmax(1).toLongs();
              for (int i = 0; i < rows.length; i++) {
                if (said[i] != label.values()[rows[i]]) {
                  return false;
                }
              }
              return true;
            });
  }

  private static double accuracy(Classifier c, View v, int m, Annotation label, Loader test) {
    int[] rows = having(test, m, label, CHECKED);
    if (rows.length == 0) {
      return Double.NaN;
    }
    int[] said = Scope.run(() -> c.classify(v.of(test.read(rows, 0).x())));
    int right = 0;
    for (int i = 0; i < rows.length; i++) {
      right += said[i] == label.values()[rows[i]] ? 1 : 0;
    }
    return (double) right / rows.length;
  }

  /** What the views are to agree on. */
  public Annotation label() {
    return label;
  }

  /** How often each judge is right on real observations: the ceiling of what it can attest. */
  public Map<String, Double> accuracies() {
    Map<String, Double> r = new LinkedHashMap<>();
    for (int m = 0; m < views.size(); m++) {
      if (!accuracies.get(m).isNaN()) {
        r.put(views.get(m).name(), accuracies.get(m));
      }
    }
    return r;
  }

  /** The labels of a batch's observations, −1 where that is not known. */
  int[] labels(Batch b) {
    ToIntFunction<Integer> of = r -> label.values()[r];
    return Arrays.stream(b.rows()).map(of::applyAsInt).toArray();
  }

  /** The label that each of some flat observations shows in view m. */
  int[] classify(int m, Tensor flat) {
    Tensor x = views.get(m).of(flat);
    return classifiers.get(m) == null
        ? Scope.run(() -> Arrays.stream(x.argmax(1).toLongs()).mapToInt(Math::toIntExact).toArray())
        : classifiers.get(m).classify(x);
  }
}
