package org.javae.core.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.javae.core.data.Dataset.Column;
import org.javae.core.support.Sentences;
import org.javae.tensor.DType;
import org.javae.tensor.Rng;
import org.javae.tensor.Shape;
import org.javae.tensor.Tensor;
import org.junit.jupiter.api.Test;

class ParamsTest {
  private static Params params() {
    return new Params(Rng.of(1).split("init"), DType.FLOAT32);
  }

  @Test
  void parametersAndBuffersAreKeptInOrder() {
    Params p = params();
    Tensor a = p.parameter("a", Tensor.ones(2, 3));
    Tensor b = p.buffer("b", Tensor.zeros(DType.FLOAT64, 4));
    assertThat(p.all().keySet()).containsExactly("a", "b");
    assertThat(p.trainableNames()).containsExactly("a");
    assertThat(p.trainable()).containsExactly(a);
    assertThat(p.count()).isEqualTo(6);
    assertThat(a.requiresGrad()).isTrue();
    assertThat(b.requiresGrad()).isFalse();
    assertThat(b.dtype()).isEqualTo(DType.FLOAT32);
    assertThatThrownBy(() -> p.buffer("a", Tensor.zeros(1))).hasMessage("two tensors are called a");
  }

  @Test
  void aParameterDoesNotShareMemoryWithItsInitialValue() {
    Params p = params();
    Tensor initial = Tensor.ones(2);
    Tensor t = p.parameter("a", initial);
    initial.fillInPlace(5);
    assertThat(t.toFloats()).containsExactly(1, 1);
  }

  @Test
  void snapshotsAreCopiesAndLoadPutsThemBack() {
    Params p = params();
    Tensor a = p.glorot("a", 1, 3, 2, 2, 3);
    float[] before = a.toFloats();
    Map<String, Tensor> snapshot = p.snapshot();
    a.fillInPlace(7);
    p.load(snapshot);
    assertThat(a.toFloats()).isEqualTo(before);
    assertThat(a.requiresGrad()).isTrue();
  }

  @Test
  void lossesAddWeightedTermsAndRememberThemUnweighted() {
    Loss l =
        Loss.zero()
            .plus("a", Tensor.of(new float[] {1, 2}, 2))
            .plus("b", 0.5, Tensor.of(new float[] {4, 8}, 2));
    assertThat(l.total().toFloats()).containsExactly(3, 6);
    assertThat(l.terms().keySet()).containsExactly("a", "b");
    assertThat(l.terms().get("b").toFloats()).containsExactly(4, 8);
    assertThat(Loss.zero().plus("k", 0, Tensor.of(new float[] {4}, 1)).total().toFloats())
        .containsExactly(0);
  }

  @Test
  void defaultsSuitTheData() {
    DataSpec mnist = DataSpec.of(Shape.of(1, 28, 28), true, true);
    assertThat(Defaults.encoder(mnist)).hasToString("mlp:512,512");
    assertThat(Defaults.latent(mnist)).isEqualTo(10);
    assertThat(Defaults.likelihood(mnist)).hasToString("bernoulli");
    DataSpec colour = DataSpec.of(Shape.of(3, 32, 32), false, true);
    assertThat(Defaults.encoder(colour).kind()).isEqualTo("conv");
    assertThat(Defaults.latent(colour)).isEqualTo(32);
    assertThat(Defaults.likelihood(colour)).hasToString("gaussian");
    DataSpec wide = DataSpec.of(Shape.of(1, 8, 400), false, true);
    assertThat(Defaults.encoder(wide).kind()).isEqualTo("mlp");
    DataSpec one = DataSpec.of(Shape.of(1), false, false);
    assertThat(Defaults.latent(one)).isEqualTo(1);
    DataSpec mixed =
        new DataSpec(
            new long[] {3},
            List.of(
                new Column("a", Column.Kind.REAL, List.of()),
                new Column("b", Column.Kind.CATEGORICAL, List.of("x", "y"))),
            false,
            false);
    assertThat(Defaults.likelihood(mixed)).hasToString("mixed");
    // Every default network can be built for its data.
    for (DataSpec d : new DataSpec[] {mnist, colour, wide, one, mixed}) {
      Params p = params();
      Defaults.encoder(d).encoder(p, "e", d.event(), Defaults.latent(d));
      Defaults.encoder(d).mirrored().decoder(p, "d", Defaults.latent(d), d.event());
    }
  }

  @Test
  void checksEndInSentences() {
    assertThat(Sentences.of(() -> Check.positive("n", 0)))
        .isEqualTo("n is 0; it must be 1 or more");
    assertThat(Sentences.of(() -> Check.positive("x", 0.0))).contains("a positive number");
    assertThat(Sentences.of(() -> Check.positive("x", Double.NaN))).contains("a positive number");
    assertThat(Sentences.of(() -> Check.positive("x", Double.POSITIVE_INFINITY)))
        .contains("a positive number");
    assertThat(Sentences.of(() -> Check.notNegative("x", -1e-9))).contains("0 or more");
    assertThat(Sentences.of(() -> Check.notNegative("x", Double.NaN))).contains("0 or more");
    assertThat(Sentences.of(() -> Check.notNegative("x", Double.POSITIVE_INFINITY)))
        .contains("x is Infinity");
    assertThat(Sentences.of(() -> Check.notNegative("x", -2))).contains("x is -2;");
    assertThat(Sentences.of(() -> Check.atMost("n", 6, 5))).contains("at most 5");
    assertThat(Sentences.of(() -> Check.fraction("f", 1))).contains("less than 1");
    assertThat(Sentences.of(() -> Check.fraction("f", Double.NaN))).contains("less than 1");
    Check.positive("n", 1);
    Check.notNegative("x", 0);
    Check.atMost("n", 5, 5);
    Check.fraction("f", 0);
  }
}
