package org.javae.models.unimodal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.javae.core.divergence.TotalCorrelation;
import org.javae.core.model.Params;
import org.javae.core.net.Critic;
import org.javae.core.net.NetSpec;
import org.javae.tensor.Autograd;
import org.javae.tensor.DType;
import org.javae.tensor.Rng;
import org.javae.tensor.Scope;
import org.javae.tensor.Shape;
import org.javae.tensor.Tensor;
import org.junit.jupiter.api.Test;

/** A critic learns the log-ratio of two densities, from which FactorVAE has its penalty. */
class CriticTest {
  private static Tensor correlated(int n, Rng r) {
    Tensor l = Tensor.of(new float[] {1, 0, 0.8f, 0.6f}, 2, 2);
    return r.normal(n, 2).matmul(l.t());
  }

  @Test
  void itsMeanOnCodesIsTheirTotalCorrelation() {
    Params p = new Params(Rng.of(1).split("init"), DType.FLOAT32);
    Critic c = Critic.of(NetSpec.parse("mlp:24/tanh"), p, "critic", Shape.of(2));
    Rng r = Rng.of(2);
    for (int i = 0; i < 600; i++) {
      double rate = i < 400 ? 0.5 : 0.1;
      Scope.run(
          () -> {
            Tensor loss = c.telling(correlated(512, r), r.normal(512, 2)).mean();
            var g = Autograd.grad(loss, p.trainable());
            for (int k = 0; k < g.size(); k++) {
              p.trainable().get(k).addInPlace(g.get(k), -rate);
            }
          });
    }
    Scope.run(
        () -> {
          Tensor covariance = Tensor.of(new double[] {1, 0.8, 0.8, 1}, 2, 2);
          double exact = TotalCorrelation.gaussian(covariance).item();
          assertThat(c.logRatio(correlated(20_000, r)).mean().item())
              .isCloseTo(exact, within(0.05));
        });
  }
}
