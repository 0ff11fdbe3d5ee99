package org.javae.models.unimodal;

import org.javae.core.geometry.PoincareBall;
import org.javae.core.model.Params;
import org.javae.tensor.DType;
import org.javae.tensor.Tensor;

/**
 * The hyperbolic counterpart of a linear layer: signed distances from learned geodesic hyperplanes
 * through points p with normals a,
 *
 * <pre>2|a|/√c · arsinh( 2√c ⟨−p ⊕ z, a⟩ / ((1 − c|−p ⊕ z|²) |a|) )</pre>
 *
 * (Ganea et al., 2018, theorem 5, with the factor λ_p of a's length in a itself; the decoder of
 * Mathieu et al., 2019). For c → 0 it is a linear layer.
 */
final class Gyroplanes {
  private final PoincareBall ball;
  private final Tensor points;
  private final Tensor normals;
  private final int count;
  private final int latent;

  Gyroplanes(PoincareBall ball, Params params, String name, int count, int latent) {
    this.ball = ball;
    this.count = count;
    this.latent = latent;
    // Points are held as log₀, so that no step leaves the ball.
    this.points = params.glorot(name + ".points", 1, latent, count, count, latent);
    this.normals = params.glorot(name + ".normals", 1, latent, count, count, latent);
  }

  /** {@code [batch, latent]} to {@code [batch, count]}, float64. */
  Tensor distances(Tensor z) {
    long n = z.size(0);
    Tensor p = ball.exp(points.to(DType.FLOAT64)).neg();
    Tensor a = normals.to(DType.FLOAT64);
    Tensor length = a.square().sum(1).sqrt();
    // Row i·count + j: code i as seen from plane j.
    Tensor seen =
        ball.add(
            p.repeatBatch(Math.toIntExact(n)),
            z.unsqueeze(1).expand(n, count, latent).reshape(n * count, latent));
    Tensor inner = seen.reshape(n, count, latent).times(a).sum(2);
    Tensor factor = ball.conformalFactor(seen).reshape(n, count);
    Tensor s = inner.times(factor).times(Math.sqrt(ball.c())).div(length);
    return arsinh(s).times(length).times(2 / Math.sqrt(ball.c()));
  }

  /** {@code ln(s + √(1 + s²))} without cancelling for negative s. */
  private static Tensor arsinh(Tensor s) {
    Tensor t = s.abs();
    Tensor root = t.square().plus(1).sqrt();
    return t.plus(t.square().div(root.plus(1))).log1p().times(s.sign());
  }
}
