package org.javae.core.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.javae.core.distribution.Normal;
import org.javae.core.model.Loss;
import org.javae.tensor.Autograd;
import org.javae.tensor.DType;
import org.javae.tensor.GradientGate;
import org.javae.tensor.Rng;
import org.javae.tensor.Tensor;
import org.junit.jupiter.api.Test;

/** One backward pass against one for each player. */
class EncoderGradientTest {
  private static final int K = 5;
  private static final int N = 3;

  private final Tensor mean = Rng.of(1).normal(DType.FLOAT64, N, 2).requireGrad();
  private final Tensor logScale = Rng.of(2).normal(DType.FLOAT64, N, 2).requireGrad();
  private final Tensor decoder = Rng.of(3).normal(DType.FLOAT64, 2, 4).requireGrad();
  private final Tensor x = Rng.of(4).normal(DType.FLOAT64, N, 4);

  /** ln w of a linear Gaussian model, {@code [K, N]}. */
  private Tensor logWeights(Tensor z, Normal density) {
    Tensor error = z.matmul(decoder).minus(x.repeatBatch(K)).square().sum(1);
    Tensor prior = z.square().sum(1);
    return error.plus(prior).times(-0.5).minus(density.repeat(K).logProb(z)).reshape(K, N);
  }

  private Tensor draws() {
    return new Normal(mean, logScale).rsample(Rng.of(5), K);
  }

  private List<Tensor> gradients(EncoderGradient g) {
    Tensor z = g.drawn(draws());
    Tensor w = logWeights(z, g.density(new Normal(mean, logScale)));
    Loss loss = g.of(Loss.zero().plus("bound", Bounds.iwae(w).neg()), w);
    loss.bends().forEach(GradientGate::set);
    return Autograd.grad(loss.total().sum(), List.of(mean, logScale, decoder));
  }

  @Test
  void doublyReparameterisedIsTheSurrogatesGradientOfTheEncoderAndTheBoundsOfTheDecoder() {
    List<Tensor> one = gradients(EncoderGradient.doublyReparameterised());
    Normal fixed = new Normal(mean.detach(), logScale.detach());
    Tensor pathwise = logWeights(draws(), fixed);
    Tensor surrogate = pathwise.detach().softmax(0).square().times(pathwise).sum().neg();
    List<Tensor> encoder = Autograd.grad(surrogate, List.of(mean, logScale));
    Tensor bound = Bounds.iwae(logWeights(draws(), fixed)).neg().sum();
    Tensor other = Autograd.grad(bound, List.of(decoder)).get(0);
    equal(one.get(0), encoder.get(0));
    equal(one.get(1), encoder.get(1));
    equal(one.get(2), other);
  }

  @Test
  void reparameterisedAndGatesThatNobodySetAreTheDerivative() {
    Tensor bound = Bounds.iwae(logWeights(draws(), new Normal(mean, logScale))).neg().sum();
    List<Tensor> derivative = Autograd.grad(bound, List.of(mean, logScale, decoder));
    List<Tensor> plain = gradients(EncoderGradient.reparameterised());
    EncoderGradient g = EncoderGradient.doublyReparameterised();
    Tensor z = g.drawn(draws());
    Tensor w = logWeights(z, g.density(new Normal(mean, logScale)));
    List<Tensor> unset =
        Autograd.grad(Bounds.iwae(w).neg().sum(), List.of(mean, logScale, decoder));
    for (int i = 0; i < 3; i++) {
      equal(plain.get(i), derivative.get(i));
      equal(unset.get(i), derivative.get(i));
    }
  }

  private static void equal(Tensor a, Tensor b) {
    assertThat(a.reshape(-1).toDoubles()).containsExactly(b.reshape(-1).toDoubles(), within(1e-12));
  }
}
