package org.javae.core.prior;

import java.util.function.DoubleConsumer;
import org.javae.core.model.Params;
import org.javae.core.net.GatedPixelCnn;
import org.javae.core.net.GatedPixelCnn.Size;
import org.javae.tensor.Rng;
import org.javae.tensor.Scope;
import org.javae.tensor.Tensor;

/**
 * A learned distribution of maps of codes in reading order, {@code p(k) = Πᵢ p(kᵢ | k₁ … kᵢ₋₁)}
 * (van den Oord, Vinyals and Kavukcuoglu, 2017, section 3.3): a {@link GatedPixelCnn} that sees an
 * embedding of every code and is told where it stands, as the neighbours do not say so. A vector of
 * groups is a map of one row, of which it sees the {@code layers + 3} groups before.
 */
public final class CodePrior {
  private final int height;
  private final int width;
  private final int features;
  private final Tensor embedding;
  private final Tensor position;
  private final GatedPixelCnn net;

  /** Registers {@code name.embedding}, {@code name.position} and the network's layers. */
  public CodePrior(
      Params p, String name, int codes, int height, int width, int layers, int features) {
    this.height = height;
    this.width = width;
    this.features = features;
    this.embedding = p.uniform(name + ".embedding", Math.sqrt(3), codes, features);
    this.position = p.parameter(name + ".position", Tensor.zeros(1, features, height, width));
    this.net = new GatedPixelCnn(p, name, new Size(1, features, codes, features, layers, features));
  }

  /**
   * ln p(k) in nats, {@code [batch]}.
   *
   * @param codes int64 {@code [batch, height·width]}
   * @param given what else is known, {@code [batch, features, height, width]}; null for nothing
   */
  public Tensor logProb(Tensor codes, Tensor given) {
    Tensor maps = codes.reshape(-1, 1, height, width);
    return net.logProb(embed(maps), maps, condition(given));
  }

  /**
   * Draws n maps, code by code: int64 {@code [n, height·width]}.
   *
   * @param progress told the fraction done
   */
  public Tensor sample(int n, Tensor given, Rng rng, DoubleConsumer progress) {
    return Scope.run(
        () ->
            net.sample(n, height, width, this::embed, condition(given), rng, progress)
                .reshape(n, (long) height * width));
  }

  private Tensor condition(Tensor given) {
    return given == null ? position : position.plus(given);
  }

  /** {@code [n, 1, h, w]} to {@code [n, features, h, w]}. */
  private Tensor embed(Tensor codes) {
    return embedding
        .embedding(codes.select(1, 0))
        .reshape(codes.size(0), codes.size(2), codes.size(3), features)
        .permute(0, 3, 1, 2);
  }
}
