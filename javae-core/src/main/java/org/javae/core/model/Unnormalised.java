package org.javae.core.model;

import org.javae.tensor.Rng;
import org.javae.tensor.Tensor;

/**
 * An energy-based model: knows its density up to a factor, {@code p(x) = f(x) / Z}. What Z is can
 * be estimated along a path of densities.
 */
public interface Unnormalised {
  /** ln f(x) in nats, {@code [batch]}. */
  Tensor logUnnormalised(Tensor x);

  /** From a density that is known exactly to the present one. */
  Path path();

  /** Steps along the path that suit an evaluation. */
  int temperatures();

  /** Densities f_β between one that is known, β = 0, and the model's f, β = 1. */
  interface Path {
    /** ln Z of f₀. */
    double logBase();

    /** Exact draws of f₀: {@code [n, …]}. */
    Tensor start(int n, Rng rng);

    /** {@code ln f_to(x) − ln f_from(x)}: {@code [batch]}. */
    Tensor logRatio(Tensor x, double from, double to);

    /** A transition that leaves f_β invariant. */
    Tensor move(Tensor x, double beta, Rng rng);
  }
}
