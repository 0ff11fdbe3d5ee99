package org.javae.core.net;

import java.util.List;
import org.javae.core.model.Params;
import org.javae.tensor.Shape;
import org.javae.tensor.Tensor;

/**
 * A network T that tells real observations from others: {@code D(x) = 1/(1 + e^{−T(x)})} is its
 * probability that x is real (Goodfellow et al., 2014). Where nothing improves it any more, {@code
 * D = p/(p + q)} (their proposition 1), so T is the log-ratio {@code ln p(x)/q(x)} of the densities
 * of real and other observations: what a density-ratio estimate needs. A model that wants to be
 * taken for real minimises {@link #fooling}.
 *
 * <p>Its parameters are named after it; {@code Loss.trains} with this name trains them by {@link
 * #telling} only.
 *
 * @param net from observations to T, {@code [batch, 1]}
 */
public record Critic(Net net) {
  /** What suits codes. */
  public static final NetSpec OF_CODES = NetSpec.parse("mlp:256,256/leaky-relu");

  /** A new critic of observations of this shape. */
  public static Critic of(NetSpec spec, Params params, String name, Shape observation) {
    return new Critic(spec.encoder(params, name, observation, 1));
  }

  /** T: {@code [batch]}. */
  public Tensor logRatio(Tensor x) {
    return net.apply(x).squeeze(1);
  }

  /**
   * The critic's loss {@code −ln D(real) − Σ ln(1 − D(other))}, {@code [batch]}; nothing flows back
   * into what made the samples.
   *
   * @param others samples of as many rows each
   */
  public Tensor telling(Tensor real, Tensor... others) {
    Tensor sum = fooling(real.detach());
    for (Tensor other : others) {
      sum = sum.plus(logRatio(other.detach()).softplus());
    }
    return sum;
  }

  /**
   * The opponent's loss {@code −ln D(x)}, {@code [batch]}, whose gradient does not vanish while the
   * critic wins, as that of {@code ln(1 − D(x))} does (Goodfellow et al., section 3).
   */
  public Tensor fooling(Tensor x) {
    return logRatio(x).neg().softplus();
  }

  /** The input of the last layer: {@code [batch, features]}. */
  public Tensor features(Tensor x) {
    List<Layer> layers = net.layers();
    return new Net(net.name(), layers.subList(0, layers.size() - 1)).apply(x);
  }
}
