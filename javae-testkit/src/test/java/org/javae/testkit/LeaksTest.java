package org.javae.testkit;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.javae.core.distribution.Distribution;
import org.javae.tensor.Autograd;
import org.javae.tensor.Rng;
import org.javae.tensor.Scope;
import org.javae.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class LeaksTest {
  static List<Example> all() {
    return Example.all();
  }

  @ParameterizedTest
  @MethodSource("all")
  void distributionsLeaveNothingBehind(Example e) {
    List<Tensor> p = e.parameters().stream().map(t -> t.copy().requireGrad()).toList();
    Rng r = Rng.of(1);
    Leaks.assertNone(
        () ->
            Scope.run(
                () -> {
                  Distribution d = e.make().apply(p);
                  Tensor x = d.sample(r, 2);
                  Autograd.grad(d.repeat(2).logProb(x).sum(), p);
                }));
  }

  @Test
  void aLeakIsFound() {
    Tensor x = Tensor.ones(3);
    List<Tensor> kept = new ArrayList<>();
    assertThatThrownBy(() -> Leaks.assertNone(() -> kept.add(Scope.run(() -> x.plus(1)))))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("50 runs left");
    assertThatCode(() -> Leaks.assertNone(() -> Scope.run(() -> kept.get(0).plus(1).sum().item())))
        .doesNotThrowAnyException();
  }
}
