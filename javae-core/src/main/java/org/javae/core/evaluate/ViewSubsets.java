package org.javae.core.evaluate;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.javae.core.data.Loader;
import org.javae.core.distribution.Distribution;
import org.javae.core.distribution.Observed;
import org.javae.core.model.Batch;
import org.javae.core.model.LatentVariableModel;
import org.javae.core.model.Model;
import org.javae.core.model.Multimodal;
import org.javae.core.model.View;
import org.javae.tensor.DType;
import org.javae.tensor.Rng;
import org.javae.tensor.Tensor;
import org.javae.tensor.UserException;

/**
 * A model of several views, seen through any subset of them. A subset is a number whose bit m is
 * set where view m belongs to it.
 */
final class ViewSubsets {
  /** Up to this many views all subsets are looked at, of more views some of every size. */
  private static final int ALL_UP_TO = 5;

  private static final int OF_A_SIZE = 6;
  private static final int MOST_VIEWS = 30;

  private final Multimodal model;
  private final LatentVariableModel whole;
  private final List<View> views;
  private final DType type;

  ViewSubsets(Model<?> model) {
    if (!(model instanceof Multimodal m) || !(model instanceof LatentVariableModel l)) {
      throw UserException.of(
          "this is measured of models of several views, such as mvae or mopoe, and the run's model reads one block");
    }
    this.model = m;
    this.whole = l;
    this.views = model.data().views();
    this.type = model.params().type();
    if (views.size() > MOST_VIEWS) {
      throw UserException.of(
          "%d views have too many subsets to look at; up to %d views are measured",
          views.size(), MOST_VIEWS);
    }
  }

  List<View> views() {
    return views;
  }

  int count() {
    return views.size();
  }

  /** All views. */
  int all() {
    return (1 << views.size()) - 1;
  }

  /** All views but one. */
  int others(int m) {
    return all() & ~(1 << m);
  }

  static boolean holds(int subset, int m) {
    return (subset >> m & 1) == 1;
  }

  /** The names of a subset's views, in their order. */
  List<String> names(int subset) {
    List<String> r = new ArrayList<>();
    for (int m = 0; m < views.size(); m++) {
      if (holds(subset, m)) {
        r.add(views.get(m).name());
      }
    }
    return r;
  }

  String name(int subset) {
    return names(subset).stream().collect(Collectors.joining("+"));
  }

  /**
   * Subsets to look at, by size: all that are not empty, or of many views those of one view, those
   * that lack one, the whole, and some of every size between, drawn evenly. Of a model that is
   * conditional on views those that hold one of them.
   */
  List<Integer> chosen(Rng rng) {
    return every(rng).stream().filter(this::answered).toList();
  }

  /** Views the model is conditional on: a subset. */
  int conditions() {
    return model.conditions().stream().mapToInt(m -> 1 << m).sum();
  }

  /** Whether the model has anything to say on a subset. */
  boolean answered(int subset) {
    return conditions() == 0 || (subset & conditions()) != 0;
  }

  /** Whether the model has anything to say on an observation with these views. */
  boolean answered(boolean[] there) {
    return conditions() == 0 || model.conditions().stream().anyMatch(m -> there[m]);
  }

  /**
   * As many draws of all views as a batch has: from the prior, and of a conditional model given
   * what it is conditional on.
   */
  Tensor draws(Batch b, Rng rng) {
    return conditions() == 0
        ? whole.generate(Math.toIntExact(b.size()), rng)
        : seeing(b, conditions()).generate(1, rng);
  }

  /** A subset that a model can be asked of: one view, and those the model is conditional on. */
  int with(int m) {
    return 1 << m | conditions();
  }

  private List<Integer> every(Rng rng) {
    int n = views.size();
    Set<Integer> r = new LinkedHashSet<>();
    for (int size = 1; size <= n; size++) {
      List<Integer> mine = new ArrayList<>();
      if (n <= ALL_UP_TO) {
        for (int s = 1; s <= all(); s++) {
          if (Integer.bitCount(s) == size) {
            mine.add(s);
          }
        }
      } else if (size == 1 || size >= n - 1) {
        for (int m = 0; m < n; m++) {
          mine.add(size == 1 ? 1 << m : size == n ? all() : others(m));
        }
      } else {
        Rng mineRng = rng.split("subsets");
        for (int i = 0; mine.size() < OF_A_SIZE; i++) {
          int[] order = mineRng.permutation(n, 1000L * size + i);
          int s = 0;
          for (int j = 0; j < size; j++) {
            s |= 1 << order[j];
          }
          if (!mine.contains(s)) {
            mine.add(s);
          }
        }
      }
      r.addAll(mine);
    }
    return List.copyOf(r);
  }

  /** The views of a subset that the observations have: {@code [batch, M]}. */
  Tensor present(Batch b, int subset) {
    double[] wanted = new double[views.size()];
    for (int m = 0; m < wanted.length; m++) {
      wanted[m] = holds(subset, m) ? 1 : 0;
    }
    Tensor w = Tensor.of(wanted, 1, wanted.length).to(type);
    return b.present() == null
        ? w.expand(b.size(), wanted.length).plus(0)
        : b.present().to(type).times(w);
  }

  /** Which views each observation has: {@code [batch][M]}. */
  boolean[][] there(Batch b) {
    float[] p = present(b, all()).toFloats();
    int n = views.size();
    boolean[][] r = new boolean[p.length / n][n];
    for (int i = 0; i < p.length; i++) {
      r[i / n][i % n] = p[i] != 0;
    }
    return r;
  }

  /** The model that sees, of every observation, what it has of the subset. */
  LatentVariableModel seeing(Batch b, int subset) {
    return model.given(b.x(), present(b, subset));
  }

  /** The model of all views. */
  LatentVariableModel whole() {
    return whole;
  }

  /**
   * ln p(xₘ|z) of every view, whether it is there or not: float64 {@code [k·batch]} each.
   *
   * @param seeing the model that z was drawn by
   */
  List<Tensor> logLikelihoods(LatentVariableModel seeing, Tensor z, Tensor x) {
    Distribution p = seeing.likelihood(z);
    if (p instanceof Observed o) {
      return o.logProbs(x).stream().map(t -> t.to(DType.FLOAT64)).toList();
    }
    List<Tensor> r = new ArrayList<>();
    for (int m = 0; m < views.size(); m++) {
      double[] one = new double[views.size()];
      one[m] = 1;
      Tensor only = Tensor.of(one, 1, one.length).to(type);
      r.add(model.given(x, only).likelihood(z).logProb(x).to(DType.FLOAT64));
    }
    return r;
  }

  /** Rows of a loader, at least one. */
  static void needRows(Loader rows) {
    if (rows.size() == 0) {
      throw UserException.of("there are no observations to measure on; choose another --split");
    }
  }
}
