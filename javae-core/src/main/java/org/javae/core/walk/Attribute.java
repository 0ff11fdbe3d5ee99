package org.javae.core.walk;

import org.javae.tensor.Tensor;

/**
 * An attribute as a direction of the latent space: the mean code of observations that have it less
 * that of observations that have it not (Larsen et al., 2016; White, 2016). Added to a code with a
 * weight it gives the observation more, or less, of the attribute.
 *
 * @param vector {@code [1, latent]}
 * @param middle point halfway between both means, {@code [1, latent]}
 */
public record Attribute(Tensor vector, Tensor middle) {
  /**
   * From codes.
   *
   * @param with of observations with the attribute, {@code [n, latent]}
   * @param without of observations without, {@code [m, latent]}
   */
  public static Attribute of(Tensor with, Tensor without) {
    Tensor a = with.mean(0).unsqueeze(0);
    Tensor b = without.mean(0).unsqueeze(0);
    return new Attribute(a.minus(b), a.lerp(b, 0.5));
  }

  /**
   * {@code z + w · vector} for every code and weight: {@code [n · weights, latent]}, the weights of
   * one code in a row.
   */
  public Tensor added(Tensor z, double[] weights) {
    Tensor w = Tensor.of(weights, 1, weights.length, 1).to(z.dtype());
    return z.unsqueeze(1).plus(w.times(vector.unsqueeze(0))).reshape(-1, z.size(1));
  }

  /**
   * On which side of the middle codes lie: positive where the attribute is. {@code [n]}, in squared
   * latent units.
   */
  public Tensor side(Tensor z) {
    return z.minus(middle).times(vector).sum(1);
  }

  /** a is to b as c is to {@code c + b − a} (Mikolov et al., 2013, for words). */
  public static Tensor analogy(Tensor a, Tensor b, Tensor c) {
    return c.plus(b).minus(a);
  }
}
