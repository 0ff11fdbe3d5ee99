package org.javae.core.net;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.javae.core.model.Params;
import org.javae.tensor.Autograd;
import org.javae.tensor.Rng;
import org.javae.tensor.Scope;
import org.javae.tensor.Tensor;

/**
 * Spectral regularisation {@code Σᵢ s(Wᵢ)} (Vahdat and Kautz, 2020, equation (5)): the largest
 * singular value of every weight, read as a matrix with a row for each output, so that no layer's
 * output runs away with its input. It is found by power iteration (Yoshida and Miyato, 2017) that
 * goes on from step to step, {@code v ← Wᵀu/|Wᵀu|}, {@code u ← Wv/|Wv|}, with u and v among the
 * model's buffers; s = uᵀWv then has the gradient uvᵀ.
 */
public final class SpectralPenalty {
  private static final int FIRST = 40;
  private static final int EACH = 4;
  private static final double TINY = 1e-12;

  private record Pair(Tensor weight, Tensor u, Tensor v) {
    Tensor matrix() {
      return weight.reshape(weight.size(0), -1);
    }

    void iterate(int times) {
      Tensor w = matrix();
      for (int i = 0; i < times; i++) {
        v.copyFromInPlace(unit(w.t().matmul(u)));
        u.copyFromInPlace(unit(w.matmul(v)));
      }
    }

    private static Tensor unit(Tensor x) {
      return x.div(x.square().sum().sqrt().plus(TINY));
    }
  }

  private final List<Pair> pairs = new ArrayList<>();
  private long last = -1;

  /** Of these weights; registers the vectors and brings them close. */
  public SpectralPenalty(Params params, Map<String, Tensor> weights) {
    Rng start = params.init().split("spectral");
    weights.forEach(
        (name, w) -> {
          long inputs = w.numel() / w.size(0);
          Tensor u =
              Scope.run(
                  () ->
                      params.buffer(
                          name + ".spectral_u", start.normal(params.type(), w.size(0), 1)));
          Tensor v =
              Scope.run(
                  () ->
                      params.buffer(name + ".spectral_v", Tensor.zeros(params.type(), inputs, 1)));
          pairs.add(new Pair(w, u, v));
        });
    Autograd.off(() -> Scope.run(() -> pairs.forEach(p -> p.iterate(FIRST))));
  }

  /**
   * Goes on with the iteration, once for every step of training: the parts of a batch that is taken
   * in slices see one penalty.
   *
   * @param step number of the step
   */
  public void advance(long step) {
    if (step != last) {
      last = step;
      Autograd.off(() -> Scope.run(() -> pairs.forEach(p -> p.iterate(EACH))));
    }
  }

  /** The sum of the largest singular values: a scalar. */
  public Tensor value() {
    Tensor sum = null;
    for (Pair p : pairs) {
      Tensor s = p.u().times(p.matrix().matmul(p.v())).sum();
      sum = sum == null ? s : sum.plus(s);
    }
    return sum;
  }
}
