package org.javae.core.net;

import java.util.Map;
import org.javae.core.model.Check;
import org.javae.core.model.DiscreteCodes;
import org.javae.core.model.Loss;
import org.javae.core.model.Params;
import org.javae.core.train.Step;
import org.javae.tensor.Autograd;
import org.javae.tensor.Rng;
import org.javae.tensor.Tensor;

/**
 * K vectors e₁ … e_K of D numbers, the nearest of which stands for a vector z (van den Oord,
 * Vinyals and Kavukcuoglu, 2017, Neural Discrete Representation Learning, equations (1) and (2)).
 *
 * <p>The vectors follow moving averages of how many z fall to each of them and of their sum (their
 * appendix A.1), {@code N ← γN + (1 − γ)n}, {@code m ← γm + (1 − γ) Σz}, {@code e = m / N̂} with
 * Laplace's smoothing {@code N̂ₖ = (Nₖ + ε) / (ΣN + Kε) · ΣN}; with γ = 0 they are parameters, for
 * a loss {@code ‖sg[z] − e‖²}.
 *
 * <p>An entry with fewer than ρ times as many z as an entry has on average begins anew at a z of
 * the batch. These are drawn in proportion to their squared distance from their entry (the seeding
 * of k-means++, Arthur and Vassilvitskii, 2007): drawn evenly, most would lie on the one entry that
 * stands for all empty background, and take its place instead of sharing the work. At the first
 * step all entries begin so.
 */
public final class Codebook {
  private static final double EPSILON = 1e-5;

  /** Of the counts where gradients train the vectors. */
  private static final double USUAL_DECAY = 0.99;

  /**
   * What it is made of.
   *
   * @param size K
   * @param width D
   * @param decay γ, 0 for vectors trained by gradients
   * @param restart ρ, 0 to leave dead entries alone
   */
  public record Spec(int size, int width, double decay, double restart) {
    public Spec {
      Check.positive("codes", size);
      Check.positive("code_size", width);
      Check.fraction("decay", decay);
      Check.fraction("restart", restart);
    }
  }

  /**
   * Vectors with the entries that stand for them.
   *
   * @param z what was quantised, {@code [n, D]}
   * @param codes int64 {@code [n]}
   * @param entries e of these codes, {@code [n, D]}; depends on parameters only if gradients train
   *     them
   */
  public record Quantised(Tensor z, Tensor codes, Tensor entries) {
    /** The entries with the gradient of z: what comes back to them goes straight through to z. */
    public Tensor through() {
      return z.plus(entries.minus(z).detach());
    }

    /** {@code ‖z − sg[e]‖²}, which keeps z near its entry: {@code [n]}. */
    public Tensor commitment() {
      return z.minus(entries.detach()).square().sumEvent();
    }

    /** {@code ‖sg[z] − e‖²}, which draws entries to their z: {@code [n]}. */
    public Tensor attraction() {
      return z.detach().minus(entries).square().sumEvent();
    }
  }

  private final String name;
  private final Spec spec;
  private final Tensor vectors;
  private final Tensor counts;
  private final Tensor sums;

  /** Registers {@code name.vectors}, {@code name.counts} and, for moving averages, sums. */
  public Codebook(Params p, String name, Spec spec) {
    this.name = name;
    this.spec = spec;
    int k = spec.size();
    if (spec.decay() > 0) {
      Tensor start = p.init().uniform(p.type(), k, spec.width()).times(2.0 / k).minus(1.0 / k);
      this.vectors = p.buffer(name + ".vectors", start);
      this.sums = p.buffer(name + ".sums", start);
    } else {
      this.vectors = p.uniform(name + ".vectors", 1.0 / k, k, spec.width());
      this.sums = null;
    }
    this.counts = p.buffer(name + ".counts", Tensor.ones(k));
  }

  /** K. */
  public int size() {
    return spec.size();
  }

  /** D. */
  public int width() {
    return spec.width();
  }

  /** Whether gradients train the vectors. */
  public boolean byGradient() {
    return sums == null;
  }

  /** The nearest entries; of equally near ones the first. */
  public Quantised quantise(Tensor z) {
    // ‖z − e‖² = ‖z‖² − 2 (z·e − ‖e‖²/2), and ‖z‖² is the same for all entries.
    Tensor codes =
        Autograd.off(
            () -> {
              Tensor half = vectors.square().sum(1).times(0.5);
              return z.detach().matmul(vectors.detach().t()).minus(half).argmax(1);
            });
    return new Quantised(z, codes, lookup(codes));
  }

  /** The entries of int64 codes of any shape: {@code [codes…, D]}. */
  public Tensor lookup(Tensor codes) {
    return vectors.embedding(codes);
  }

  /** Adds the statistics that {@link #update} needs. */
  public Loss gather(Loss loss, Quantised q, Step step) {
    return Autograd.off(
        () -> {
          Tensor z = q.z().detach();
          long k = spec.size();
          Tensor ones = Tensor.ones(z.size(0)).to(z.dtype());
          Loss l =
              loss.gathers(name + DiscreteCodes.COUNTS, ones.segmentSum(q.codes(), k).unsqueeze(0));
          if (!step.training()) {
            return l;
          }
          if (!byGradient()) {
            l = l.gathers(name + ".sums", z.segmentSum(q.codes(), k).unsqueeze(0));
          }
          return spec.restart() == 0
              ? l
              : l.gathers(name + ".candidates", candidates(q, step.rng().split(name)));
        });
  }

  /** K of the vectors, far ones rather than near ones. */
  private Tensor candidates(Quantised q, Rng rng) {
    Tensor far = q.commitment().detach();
    // Such values end in a sentence of the trainer, not in one of the random numbers' engine.
    Tensor weights = Tensor.where(far.isFinite(), far, Tensor.zerosLike(far)).plus(1e-12);
    Tensor rows = rng.multinomial(weights.unsqueeze(0), spec.size()).reshape(-1);
    return q.z().detach().indexSelect(0, rows);
  }

  /** Moves the averages, the entries with them, and lets dead ones begin anew. */
  public void update(Map<String, Tensor> gathered, Step step) {
    int k = spec.size();
    double decay = byGradient() ? USUAL_DECAY : spec.decay();
    Tensor n = gathered.get(name + DiscreteCodes.COUNTS).sum(0);
    counts.lerpInPlace(n, 1 - decay);
    if (!byGradient()) {
      sums.lerpInPlace(gathered.get(name + ".sums").sum(0), 1 - decay);
      Tensor total = counts.sum();
      Tensor smooth = counts.plus(EPSILON).div(total.plus(k * EPSILON)).times(total);
      vectors.copyFromInPlace(sums.div(smooth.unsqueeze(1)));
    }
    if (spec.restart() > 0) {
      boolean first = step.index() == 0;
      Tensor least = counts.sum().times(spec.restart() / k);
      Tensor dead = first ? counts.ge(0) : counts.lt(least);
      Tensor mass = first ? n.sum().times((1 - decay) / k) : least.times(2);
      Tensor fresh = gathered.get(name + ".candidates").narrow(0, 0, k);
      Tensor rows = dead.unsqueeze(1);
      counts.copyFromInPlace(Tensor.where(dead, mass, counts));
      vectors.copyFromInPlace(Tensor.where(rows, fresh, vectors.detach()));
      if (!byGradient()) {
        sums.copyFromInPlace(Tensor.where(rows, fresh.times(mass), sums));
      }
    }
  }
}
