package org.javae.core.distribution;

import java.util.ArrayList;
import java.util.List;
import org.javae.tensor.Rng;
import org.javae.tensor.Shape;
import org.javae.tensor.Tensor;

/**
 * A product some of whose parts are not observed: {@code ln p(x) = Σₘ oₘ ln pₘ(xₘ)} with oₘ 1 for a
 * part that an observation has, else 0. Unobserved parts are integrated out, and add exactly
 * nothing; samples and means are of all parts, which is how missing ones are filled in.
 *
 * @param all the product of all parts
 * @param observed o, {@code [batch or 1, parts]}
 */
public record Observed(Product all, Tensor observed) implements Distribution {
  /**
   * @throws IllegalArgumentException if the indicators do not fit the parts
   */
  public Observed {
    if (observed.shape().rank() != 2 || observed.size(1) != all.parts().size()) {
      throw new IllegalArgumentException(
          "indicators " + observed.shape() + " do not fit " + all.parts().size() + " parts");
    }
  }

  @Override
  public Tensor rsample(Rng r, int k) {
    return all.rsample(r, k);
  }

  @Override
  public Tensor sample(Rng r, int k) {
    return all.sample(r, k);
  }

  @Override
  public Tensor logProb(Tensor x) {
    Tensor sum = null;
    List<Tensor> each = logProbs(x);
    for (int m = 0; m < each.size(); m++) {
      Tensor p = each.get(m).times(observed.select(1, m));
      sum = sum == null ? p : sum.plus(p);
    }
    return sum;
  }

  /** ln pₘ(xₘ) of each part, observed or not: {@code [batch]} each. */
  public List<Tensor> logProbs(Tensor x) {
    List<Tensor> each = new ArrayList<>();
    long from = 0;
    for (Distribution p : all.parts()) {
      long[] s = p.shape().toArray();
      s[0] = x.size(0);
      long width = Batches.event(p).numel();
      each.add(p.logProb(x.flatten().narrow(1, from, width).reshape(s)));
      from += width;
    }
    return each;
  }

  /** Not defined: parts may have elements that are not independent. */
  @Override
  public Tensor elementLogProb(Tensor x) {
    throw new UnsupportedOperationException(
        "the parts of an observation have elements of their own");
  }

  @Override
  public Tensor mean() {
    return all.mean();
  }

  @Override
  public Shape shape() {
    return all.shape();
  }

  @Override
  public Observed repeat(int k) {
    return new Observed(all.repeat(k), observed.size(0) == 1 ? observed : observed.repeatBatch(k));
  }
}
