package org.javae.models.discrete;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleConsumer;
import java.util.stream.Stream;
import org.javae.core.distribution.Distribution;
import org.javae.core.likelihood.Likelihood;
import org.javae.core.model.Batch;
import org.javae.core.model.DataSpec;
import org.javae.core.model.DiscreteCodes;
import org.javae.core.model.Loss;
import org.javae.core.model.Model;
import org.javae.core.model.Params;
import org.javae.core.model.Updates;
import org.javae.core.net.Codebook;
import org.javae.core.net.Codebook.Quantised;
import org.javae.core.train.Step;
import org.javae.tensor.Autograd;
import org.javae.tensor.Rng;
import org.javae.tensor.Tensor;

/**
 * What models with one or more levels of quantised vectors share: the loss {@code −ln p(x|e) + β ‖z
 * − sg[e]‖² − ln p(k)}, with {@code + ‖sg[z] − e‖²} where gradients train the codebooks. As codes
 * pass no gradient on, the last term trains the prior alone.
 */
abstract class VectorQuantised extends Model<Batch> implements DiscreteCodes, Updates {
  private final double beta;
  private final Likelihood likelihood;
  private final List<Level> levels = new ArrayList<>();

  /** A codebook and how many codes of an observation are its entries. */
  private record Level(Codebook book, int codes) {}

  VectorQuantised(DataSpec data, Params params, VqVae.Config config) {
    super(data, params);
    this.beta = config.beta();
    this.likelihood = config.likelihood().build(data, params);
  }

  /** Registers a level, in the order of its codes. */
  final Codebook level(String name, VqVae.Config c, int codes) {
    Codebook book = new Codebook(params(), name, c.codebook());
    levels.add(new Level(book, codes));
    return book;
  }

  /** The shape of what the decoder gives. */
  final Likelihood likelihood() {
    return likelihood;
  }

  /** All vectors of all observations, {@code [batch·n, D]} a level. */
  abstract List<Quantised> quantise(Tensor x);

  /**
   * The decoder's output for the likelihood.
   *
   * @param entries {@code [batch·n, D]} a level
   */
  abstract Tensor expand(List<Tensor> entries);

  /**
   * ln p(k), {@code [batch]}.
   *
   * @param codes int64 {@code [batch, n]} a level
   */
  abstract Tensor logProb(List<Tensor> codes);

  /**
   * Draws of p(k), int64 {@code [n, codes]} a level.
   *
   * @param progress told the fraction done
   */
  abstract List<Tensor> sample(int n, Rng rng, DoubleConsumer progress);

  @Override
  public final Loss loss(Batch batch, Step step) {
    Tensor x = batch.x();
    long n = x.size(0);
    List<Quantised> q = quantise(x);
    Distribution p = likelihood.of(expand(q.stream().map(Quantised::through).toList()));
    Loss loss = Loss.zero().plus("nll", p.logProb(x).neg());
    loss = loss.plus("commitment", beta, total(q.stream().map(Quantised::commitment), n));
    if (levels.get(0).book().byGradient()) {
      loss = loss.plus("codebook", total(q.stream().map(Quantised::attraction), n));
    }
    List<Tensor> codes = q.stream().map(v -> v.codes().reshape(n, -1)).toList();
    loss = loss.plus("kl", logProb(codes).neg());
    for (int i = 0; i < levels.size(); i++) {
      loss = levels.get(i).book().gather(loss, q.get(i), step);
    }
    return loss;
  }

  /** Summed over the vectors of an observation and over levels. */
  private static Tensor total(Stream<Tensor> each, long n) {
    return each.map(t -> t.reshape(n, -1).sum(1)).reduce(Tensor::plus).orElseThrow();
  }

  @Override
  public final void update(Map<String, Tensor> gathered, Step step) {
    levels.forEach(l -> l.book().update(gathered, step));
  }

  @Override
  public final Tensor encode(Tensor x) {
    return join(quantise(x).stream().map(q -> q.codes().reshape(x.size(0), -1)).toList());
  }

  private Tensor join(List<Tensor> codes) {
    return Tensor.cat(codes, 1).to(params().type());
  }

  private List<Tensor> split(Tensor codes) {
    Tensor whole = checked(codes);
    List<Tensor> parts = new ArrayList<>();
    long at = 0;
    for (Level l : levels) {
      parts.add(whole.narrow(1, at, l.codes()));
      at += l.codes();
    }
    return parts;
  }

  @Override
  public final Distribution likelihood(Tensor codes) {
    List<Tensor> parts = split(codes);
    List<Tensor> entries = new ArrayList<>();
    for (int i = 0; i < parts.size(); i++) {
      entries.add(levels.get(i).book().lookup(parts.get(i).reshape(-1)));
    }
    return likelihood.of(expand(entries));
  }

  @Override
  public final Tensor logPrior(Tensor codes) {
    return logProb(split(codes));
  }

  @Override
  public final Tensor draw(int n, Rng rng, DoubleConsumer progress) {
    return Autograd.off(() -> join(sample(n, rng, progress)));
  }

  @Override
  public final List<Integer> sizes() {
    List<Integer> sizes = new ArrayList<>();
    levels.forEach(l -> sizes.addAll(Collections.nCopies(l.codes(), l.book().size())));
    return sizes;
  }

  @Override
  public final int latent() {
    return levels.stream().mapToInt(Level::codes).sum();
  }

  /** {@code [batch, D, h, w]} to {@code [batch·h·w, D]}. */
  static Tensor rows(Tensor map) {
    return map.permute(0, 2, 3, 1).reshape(-1, map.size(1));
  }

  /** {@code [batch·h·w, D]} to {@code [batch, D, h, w]}. */
  static Tensor map(Tensor rows, long h, long w) {
    return rows.reshape(-1, h, w, rows.size(1)).permute(0, 3, 1, 2);
  }
}
