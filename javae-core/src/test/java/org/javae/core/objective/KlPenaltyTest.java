package org.javae.core.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.javae.core.train.Step;
import org.javae.tensor.Autograd;
import org.javae.tensor.Rng;
import org.javae.tensor.Scope;
import org.javae.tensor.Tensor;
import org.javae.tensor.UserException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KlPenaltyTest {
  private static Step at(double epochs) {
    return new Step(0, epochs, 10, true, Rng.of(0));
  }

  private static Tensor kl() {
    // Two observations, three dimensions: means 0.2, 1.5, 4.
    return Tensor.of(new double[] {0.1, 1, 3, 0.3, 2, 5}, 2, 3);
  }

  @ParameterizedTest
  @CsvSource({
    "plain, 0, 5.7",
    "'free-bits:0.5', 0, 6.0",
    "'free-bits:2', 0, 8.0",
    "'capacity:5,10,3', 10, 2.1",
    "'capacity:5,10,3', 20, 2.1",
    "'capacity:5,10,3', 5, 9.6",
    "'capacity:10,1,2', 1, 8.6"
  })
  void theMeanOverTheBatchIsThePenalty(String text, double epochs, double expected) {
    Scope.run(
        () ->
            assertThat(KlPenalty.parse(text).of(kl(), at(epochs)).mean().item())
                .isCloseTo(expected, within(1e-6)));
  }

  @Test
  void freeBitsGiveNoGradientBelowTheirAllowance() {
    Scope.run(
        () -> {
          Tensor kl = kl().requireGrad();
          Tensor g =
              Autograd.grad(KlPenalty.parse("free-bits:2").of(kl, at(0)).mean(), List.of(kl))
                  .get(0);
          assertThat(g.toDoubles()).containsExactly(0, 0, 0.5, 0, 0, 0.5);
        });
  }

  @Test
  void capacityPullsFromBothSides() {
    Scope.run(
        () -> {
          for (double c : new double[] {2, 9}) {
            Tensor kl = kl().requireGrad();
            Tensor g =
                Autograd.grad(
                        KlPenalty.parse("capacity:" + c + ",1,4").of(kl, at(1)).mean(), List.of(kl))
                    .get(0);
            assertThat(g.toDoubles()).containsOnly(c < 5 ? 2.0 : -2.0);
          }
        });
  }

  @Test
  void aKlWithoutDimensionsCountsAsOne() {
    Scope.run(
        () ->
            assertThat(
                    KlPenalty.parse("free-bits:4")
                        .of(Tensor.of(new double[] {1, 3}, 2), at(0))
                        .toDoubles())
                .containsExactly(4, 4));
  }

  @Test
  void textSurvivesAndWrongTextEndsInASentence() {
    assertThat(KlPenalty.parse("free-bits")).hasToString("free-bits:0.5");
    assertThat(KlPenalty.parse("capacity:25")).isEqualTo(KlPenalty.parse("capacity:25,20,10"));
    for (String wrong : new String[] {"free", "free-bits:0", "plain:1", "capacity:1,x"}) {
      assertThatThrownBy(() -> KlPenalty.parse(wrong))
          .isInstanceOf(UserException.class)
          .hasMessageContaining("KL penalty");
    }
  }
}
