package org.javae.core.aggregate;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.javae.core.distribution.Distribution;
import org.javae.core.distribution.Mixture;
import org.javae.core.distribution.Normal;
import org.javae.tensor.DType;
import org.javae.tensor.Rng;
import org.javae.tensor.Tensor;
import org.javae.tensor.UserException;

/**
 * Mixtures over the views of an observation: of experts (Shi et al., 2019) and of the products of
 * all subsets (Sutter, Daunhawer and Vogt, 2021). Components of absent views have weight zero; an
 * observation without any view gets the prior N(0, I), a component of its own.
 */
public final class Mixtures {
  /** Subsets of more views than this no longer fit into memory. */
  private static final int MOST_VIEWS = 12;

  private Mixtures() {}

  /** {@code 1/M Σₘ qₘ(z|xₘ)} over the views that are present. */
  public static Mixture ofExperts(List<Normal> experts, Tensor present) {
    return mixture(experts, present);
  }

  /** {@code 1/|P(X)| Σ_S q_S(z|x_S)} over the non-empty subsets of the views that are present. */
  public static Mixture ofSubsets(List<Normal> experts, Tensor present) {
    Tensor table = table(experts.size(), present.dtype());
    Normal all = products(experts, table, present);
    List<Tensor> means = all.mean().chunk(Math.toIntExact(table.size(0)), 0);
    List<Tensor> scales = all.logScale().chunk(means.size(), 0);
    return mixture(
        IntStream.range(0, means.size())
            .mapToObj(i -> new Normal(means.get(i), scales.get(i)))
            .toList(),
        within(table, present));
  }

  /**
   * The products of all subsets, {@code q_S(z|x_S)} of those views of S that are present, N(0, I)
   * where there is none: row {@code s·batch + i} for subset s of observation i.
   *
   * @param table of the subsets, as {@link #table} gives it
   * @param present {@code [batch or 1, M]}
   */
  public static Normal products(List<Normal> experts, Tensor table, Tensor present) {
    long batch = Math.max(present.size(0), experts.get(0).mean().size(0));
    Tensor each = present.expand(batch, experts.size()).unsqueeze(0).times(table.unsqueeze(1));
    return Products.of(experts, each.reshape(-1, experts.size()));
  }

  private static Mixture mixture(List<? extends Distribution> components, Tensor weights) {
    Tensor none = weights.sum(1).eq(0).to(weights.dtype()).unsqueeze(1);
    List<Distribution> all = new ArrayList<>(components);
    all.add(Normal.standard(weights.dtype(), components.get(0).shape().at(1)));
    // ln 0 = −∞ leaves a component out.
    return new Mixture(Tensor.cat(List.of(weights, none), 1).log(), all);
  }

  /**
   * All 2^M − 1 non-empty subsets: {@code [2^M − 1, M]}, row s holds view m if bit m of s + 1 is
   * set.
   *
   * @throws UserException if there are too many
   */
  public static Tensor table(int views, DType type) {
    if (views > MOST_VIEWS) {
      throw UserException.usage(
          "%d views have 2^%d − 1 = %d subsets, which do not fit into memory; up to %d views do, and mvae or mmvae take any"
              + " number",
          views, views, (1L << views) - 1, MOST_VIEWS);
    }
    int n = (1 << views) - 1;
    double[] t = new double[n * views];
    for (int s = 0; s < n; s++) {
      for (int m = 0; m < views; m++) {
        t[s * views + m] = (s + 1) >> m & 1;
      }
    }
    return Tensor.of(t, n, views).to(type);
  }

  /** Which subsets an observation has all views of: {@code [batch, 2^M − 1]}, 1 or 0. */
  public static Tensor within(Tensor table, Tensor present) {
    return present.matmul(table.t()).eq(table.sum(1).unsqueeze(0)).to(present.dtype());
  }

  /**
   * A subset of the views of each observation, evenly from those that are not empty: weights {@code
   * [batch, M]}; zeros for an observation without views.
   */
  public static Tensor subset(Tensor table, Tensor present, Rng rng) {
    Tensor possible = within(table, present);
    Tensor any = possible.sum(1).gt(0).to(present.dtype()).unsqueeze(1);
    return table.indexSelect(0, choice(possible, rng)).times(any);
  }

  /**
   * One of the subsets that an observation has all views of, evenly: its row in the table, {@code
   * [batch]}; any row for an observation without views.
   *
   * @param possible as {@link #within} gives it
   */
  public static Tensor choice(Tensor possible, Rng rng) {
    Tensor none = possible.sum(1).eq(0).to(possible.dtype()).unsqueeze(1);
    return rng.multinomial(possible.plus(none), 1).reshape(-1);
  }
}
