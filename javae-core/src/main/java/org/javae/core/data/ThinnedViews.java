package org.javae.core.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.javae.tensor.Rng;

/**
 * Data of several views with some of them taken away from the training rows, to see how a model
 * does without. First only a fraction of the rows keeps all its views and every other keeps one of
 * those it has, each as likely; then each view that is left is taken away with a probability,
 * independently of the others, but never the last of an observation. What a row loses depends on
 * the seed and its number, so a smaller fraction of paired rows is part of a larger one, and what
 * is missing at one probability is missing at every larger one but for the last views.
 */
public final class ThinnedViews extends Forwarding {
  private final Map<Integer, BitSet> taken = new HashMap<>();
  private final int[] lengths;
  private final int width;

  /**
   * @param rows the training rows
   * @param missing probability of a view to be absent, from 0 to 1
   * @param paired fraction of the rows that keep all views, from 0 to 1
   */
  public ThinnedViews(Dataset d, int[] rows, double missing, double paired, long seed) {
    super(d);
    this.lengths = d.views().stream().mapToInt(View::length).toArray();
    this.width = Arrays.stream(lengths).sum();
    boolean[][] present = Views.present(d, rows);
    Rng rng = Rng.of(seed).split("data").split("views");
    int[] order = rng.split("paired").permutation(rows.length, 0);
    int whole = (int) Math.round(paired * rows.length);
    for (int k = 0; k < rows.length; k++) {
      int i = order[k];
      List<Integer> has = new ArrayList<>();
      for (int m = 0; m < lengths.length; m++) {
        if (present[i][m]) {
          has.add(m);
        }
      }
      BitSet gone = new BitSet();
      if (k >= whole && has.size() > 1) {
        int kept = has.get(rng.split("single").at(rows[i]).nextInt(has.size()));
        has.forEach(gone::set);
        gone.clear(kept);
        has = List.of(kept);
      }
      drop(has, gone, missing, rng.split("missing").at(rows[i]));
      if (!gone.isEmpty()) {
        taken.put(rows[i], gone);
      }
    }
  }

  private void drop(List<Integer> has, BitSet gone, double missing, SplittableRandom r) {
    double[] u = r.doubles(lengths.length).toArray();
    int last = r.nextInt(Math.max(1, has.size()));
    List<Integer> lost = has.stream().filter(m -> u[m] < missing).toList();
    for (int m : lost) {
      if (lost.size() < has.size() || m != has.get(last)) {
        gone.set(m);
      }
    }
  }

  /** The view without what was taken from it. */
  @Override
  public Dataset view(int index) {
    return new ViewOf(this, index);
  }

  @Override
  public void read(int[] indices, float[] out) {
    super.read(indices, out);
    for (int i = 0; i < indices.length; i++) {
      BitSet gone = taken.get(indices[i]);
      if (gone == null) {
        continue;
      }
      int at = i * width;
      for (int m = 0; m < lengths.length; m++) {
        if (gone.get(m)) {
          Arrays.fill(out, at, at + lengths[m], Float.NaN);
        }
        at += lengths[m];
      }
    }
  }

  /** What it was drawn from is part of a run's configuration, and the values are the same. */
  @Override
  public String fingerprint() {
    return inner().fingerprint();
  }
}
