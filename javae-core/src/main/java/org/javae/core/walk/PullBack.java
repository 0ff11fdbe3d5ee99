package org.javae.core.walk;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.javae.tensor.Autograd;
import org.javae.tensor.Scope;
import org.javae.tensor.Tensor;
import org.javae.tensor.UserException;

/**
 * The metric that a decoder g lends to its latent space: {@code G(z) = J(z)ᵀ J(z)} with J the
 * Jacobian of g at z (Shao, Kumar and Fletcher, 2018; Arvanitidis, Hansen and Hauberg, 2018).
 */
public final class PullBack {
  private PullBack() {}

  /**
   * {@code J(z)}, exactly and without a pass for every output: the product of J transposed with u
   * is linear in u, and its derivative along z's axes, taken backwards again, gives J's columns.
   *
   * @param decoder g, rows independent of one another
   * @param z {@code [batch, latent]}
   * @return {@code [batch, outputs, latent]}
   * @throws UserException if the decoder cannot be differentiated
   */
  public static Tensor jacobian(UnaryOperator<Tensor> decoder, Tensor z) {
    return Scope.run(
        () ->
            Autograd.on(
                () -> {
                  Tensor at = z.detach().copy().requireGrad();
                  Tensor x = decoder.apply(at);
                  if (!x.requiresGrad()) {
                    throw UserException.of(
                        "this decoder cannot be differentiated, so it has no metric to draw");
                  }
                  Tensor y = x.flatten();
                  Tensor u = Tensor.zerosLike(y).requireGrad();
                  Tensor back = Autograd.grad(y.times(u).sum(), List.of(at), true).get(0);
                  List<Tensor> columns = new ArrayList<>();
                  for (int j = 0; j < at.size(1); j++) {
                    Tensor along = back.narrow(1, j, 1).sum();
                    columns.add(Autograd.grad(along, List.of(u), true).get(0).detach());
                  }
                  return Tensor.stack(columns, 2);
                }));
  }

  /** {@code G(z)}, {@code [batch, latent, latent]}. */
  public static Tensor metric(UnaryOperator<Tensor> decoder, Tensor z) {
    return Scope.run(
        () -> {
          Tensor j = jacobian(decoder, z);
          return j.t().matmul(j);
        });
  }

  /**
   * The magnification factor {@code √det G(z)}: how much area or volume of observations a unit of
   * the latent space is spread over (Bishop, Svensén and Williams, 1997). Codes of an even map have
   * about the same everywhere.
   *
   * @return {@code [batch]}
   */
  public static double[] magnification(UnaryOperator<Tensor> decoder, Tensor z) {
    return Scope.run(
        () ->
            Autograd.off(
                () ->
                    // G is positive semi-definite; rounding may take the least eigenvalue below 0.
                    metric(decoder, z)
                        .eigh()
                        .get(0)
                        .clamp(0, Float.MAX_VALUE)
                        .log()
                        .sum(1)
                        .times(0.5)
                        .exp()
                        .toDoubles()));
  }
}
