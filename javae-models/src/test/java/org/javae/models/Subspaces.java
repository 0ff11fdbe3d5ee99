package org.javae.models;

import java.util.Arrays;
import org.javae.core.model.Decodes;
import org.javae.tensor.DType;
import org.javae.tensor.Scope;
import org.javae.tensor.Tensor;

/** Angles between what a linear decoder spans and where it should lie. */
final class Subspaces {
  private Subspaces() {}

  /** The decoder's matrix: float64 {@code [latent, elements]}, code k's direction in row k. */
  static Tensor directions(Decodes model, int latent, DType type) {
    Tensor zero = model.decode(Tensor.zeros(type, 1, latent));
    return model.decode(Tensor.eye(latent).to(type)).minus(zero).to(DType.FLOAT64).flatten();
  }

  /**
   * The largest principal angle in radians between the row space of {@code w} and that of {@code
   * u}, whose rows are orthonormal. By its sine, as cosines near 1 lose half the digits.
   */
  static double angle(Tensor w, double[][] u, int q) {
    return Scope.run(
        () -> {
          Tensor basis = Wine.tensor(Arrays.copyOf(u, q));
          Tensor gram = w.matmul(w.t());
          Tensor shared = w.matmul(basis.t());
          Tensor rest = gram.minus(shared.matmul(shared.t()));
          Tensor l = gram.cholesky();
          Tensor half = l.solveTriangular(rest, false);
          Tensor sines = l.solveTriangular(half.t(), false);
          double largest = sines.plus(sines.t()).times(0.5).eigh().get(0).max().item();
          return Math.asin(Math.sqrt(Math.min(1, Math.max(0, largest))));
        });
  }
}
