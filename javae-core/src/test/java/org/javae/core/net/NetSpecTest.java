package org.javae.core.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import org.javae.core.io.Json;
import org.javae.core.model.Params;
import org.javae.core.support.Sentences;
import org.javae.tensor.Autograd;
import org.javae.tensor.DType;
import org.javae.tensor.EngineException;
import org.javae.tensor.Rng;
import org.javae.tensor.Scope;
import org.javae.tensor.Shape;
import org.javae.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class NetSpecTest {
  private static Params params() {
    return new Params(Rng.of(1).split("init"), DType.FLOAT32);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "linear",
        "mlp:512",
        "mlp:512,256,1",
        "conv:32,64,128",
        "resnet:3x64",
        "mlp:8/tanh",
        "conv:4,8/leaky-relu",
        "resnet:1x4/softplus"
      })
  void textSurvivesReadingAndWriting(String text) {
    NetSpec spec = NetSpec.parse(text);
    assertThat(spec).hasToString(text);
    assertThat(NetSpec.parse(spec.toString())).isEqualTo(spec);
    assertThat(Json.toString(spec)).isEqualTo("\"" + text + "\"");
    assertThat(Json.parse(Json.toString(spec), "text", NetSpec.class)).isEqualTo(spec);
  }

  @Test
  void spacesAndTheDefaultActivationAreNotPartOfTheSpec() {
    assertThat(NetSpec.parse(" mlp:512, 256 ")).hasToString("mlp:512,256");
    assertThat(NetSpec.parse("mlp:4/relu")).isEqualTo(NetSpec.parse("mlp:4"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "`` | unknown network ''",
        "mpl:512 | did you mean mlp",
        "transformer:4 | write linear, mlp:512,256, conv:32,64 or resnet:3x64",
        "linear:5 | takes no widths",
        "mlp | needs widths, e.g. mlp:512,256",
        "mlp: | needs widths",
        "mlp:512,,256 | '' is not a width between 1 and 1048576",
        "mlp:512, | '' is not a width",
        "mlp:0 | '0' is not a width",
        "mlp:-3 | '-3' is not a width",
        "mlp:12.5 | '12.5' is not a width",
        "mlp:99999999999 | '99999999999' is not a width",
        "conv:a | 'a' is not a width",
        "resnet:64 | write resnet:STAGESxCHANNELS",
        "resnet:3x64x2 | write resnet:STAGESxCHANNELS",
        "resnet:x64 | '' is not a width",
        "mlp:8/rellu | did you mean relu",
        "mlp:8/ | unknown activation ''",
      })
  void aBadTextEndsInASentence(String text, String fragment) {
    assertThat(Sentences.of(() -> NetSpec.parse(text))).contains(fragment);
    assertThat(Sentences.exitCode(() -> NetSpec.parse(text))).isEqualTo(2);
  }

  @Test
  void vectorsOfEverySizeKeepTheirShape() {
    for (String text : List.of("linear", "mlp:5", "mlp:7,3/tanh")) {
      for (long d : new long[] {1, 2, 11}) {
        assertShapes(NetSpec.parse(text), Shape.of(d), 4);
      }
    }
  }

  @Test
  void imagesOfEverySizeKeepTheirShape() {
    List<String> texts =
        List.of("linear", "mlp:5", "conv:3", "conv:3,4", "conv:2,3,4", "resnet:1x3", "resnet:3x2");
    long[] sides = {1, 2, 3, 5, 8, 13, 28};
    for (String text : texts) {
      NetSpec spec = NetSpec.parse(text);
      int halvings =
          text.startsWith("conv")
              ? spec.widths().size()
              : text.startsWith("resnet") ? spec.stages() : 0;
      for (long h : sides) {
        for (long w : sides) {
          Shape image = Shape.of((h + w) % 2 == 0 ? 1 : 3, h, w);
          if (Math.min(h, w) >> halvings == 0) {
            assertThat(Sentences.of(() -> spec.encoder(params(), "e", image, 2)))
                .contains(text, image.toString(), "use fewer stages");
            assertThat(Sentences.of(() -> spec.decoder(params(), "d", 2, image)))
                .contains(text, image.toString());
          } else {
            assertShapes(spec, image, 2);
          }
        }
      }
    }
  }

  private static void assertShapes(NetSpec spec, Shape event, int latent) {
    Scope.run(
        () -> {
          Params p = params();
          Net encoder = spec.encoder(p, "encoder", event, latent);
          Net decoder = spec.mirrored().decoder(p, "decoder", latent, event);
          Tensor x = Rng.of(2).normal(event.prepend(3).toArray());
          Tensor z = encoder.apply(x);
          assertThat(z.shape()).as("%s on %s", spec, event).isEqualTo(Shape.of(3, latent));
          Tensor y = decoder.apply(z);
          assertThat(y.shape()).as("%s on %s", spec, event).isEqualTo(event.prepend(3));
          assertThat(y.allFinite()).isTrue();
        });
  }

  @Test
  void convolutionsRefuseVectors() {
    assertThat(Sentences.of(() -> NetSpec.parse("conv:8").encoder(params(), "e", Shape.of(11), 2)))
        .contains("needs images", "an observation is 11", "use mlp");
    assertThat(
            Sentences.of(() -> NetSpec.parse("resnet:1x8").decoder(params(), "d", 2, Shape.of(11))))
        .contains("needs images");
  }

  @Test
  void theDecoderOfAPerceptronMirrorsItsWidths() {
    assertThat(NetSpec.parse("mlp:512,256/elu").mirrored()).hasToString("mlp:256,512/elu");
    assertThat(NetSpec.parse("conv:32,64").mirrored()).hasToString("conv:32,64");
    assertThat(NetSpec.LINEAR.mirrored()).isEqualTo(NetSpec.LINEAR);
    Params p = params();
    NetSpec.parse("mlp:5,7").mirrored().decoder(p, "d", 2, Shape.of(3));
    assertThat(p.all().get("d.0.weight").shape()).isEqualTo(Shape.of(7, 2));
    assertThat(p.all().get("d.1.weight").shape()).isEqualTo(Shape.of(5, 7));
    Params c = params();
    NetSpec.parse("conv:5,7").decoder(c, "d", 2, Shape.of(1, 8, 8));
    assertThat(c.all().get("d.0.weight").shape()).isEqualTo(Shape.of(7 * 2 * 2, 2));
    assertThat(c.all().get("d.1.weight").shape()).isEqualTo(Shape.of(7, 5, 4, 4));
  }

  @ParameterizedTest
  @ValueSource(strings = {"linear", "mlp:6,5/tanh", "conv:3,4/tanh", "resnet:2x3/tanh"})
  void everyParameterMatters(String text) {
    Scope.run(
        () -> {
          NetSpec spec = NetSpec.parse(text);
          Params p = params();
          Net encoder = spec.encoder(p, "encoder", Shape.of(2, 9, 6), 4);
          Net decoder = spec.decoder(p, "decoder", 4, Shape.of(2, 9, 6));
          // Some start at zero and would hide those in front of them.
          p.trainable().forEach(t -> t.addInPlace(Rng.of(3).normal(t.shape().toArray()), 0.3));
          Tensor y = decoder.apply(encoder.apply(Rng.of(4).normal(5, 2, 9, 6)));
          List<Tensor> g = Autograd.grad(y.square().sum(), p.trainable());
          for (int i = 0; i < g.size(); i++) {
            // Of a kernel at a border some elements meet only padding; a whole tensor never does.
            assertThat(g.get(i).abs().max().item()).as(p.trainableNames().get(i)).isPositive();
          }
        });
  }

  @ParameterizedTest
  @EnumSource(Activation.class)
  void weightsStartInTheStatedRange(Activation a) {
    Params p = params();
    NetSpec.parse("mlp:300/" + a.text()).encoder(p, "e", Shape.of(200), 10);
    assertRange(p.all().get("e.0.weight"), a.gain() * Math.sqrt(6.0 / 500));
    assertRange(p.all().get("e.1.weight"), Math.sqrt(6.0 / 310));
    assertThat(p.all().get("e.0.bias").abs().max().item()).isZero();
    assertThat(p.all().get("e.1.bias").abs().max().item()).isZero();
  }

  private static void assertRange(Tensor w, double b) {
    assertThat(w.abs().max().item()).isBetween(0.99 * b, b);
    assertThat(w.square().mean().item()).isCloseTo(b * b / 3, within(0.1 * b * b));
  }

  /** He et al. (2015): the gain is there to keep the size of the signal. */
  @ParameterizedTest
  @ValueSource(strings = {"relu", "leaky-relu"})
  void theGainKeepsTheVarianceOfDeepRectifiers(String activation) {
    Scope.run(
        () -> {
          Net net =
              NetSpec.parse("mlp:256,256,256,256,256,256/" + activation)
                  .encoder(params(), "e", Shape.of(256), 256);
          Tensor y = net.apply(Rng.of(5).normal(200, 256));
          assertThat(y.square().mean().item()).isBetween(0.3, 3.0);
        });
  }

  @Test
  void aResidualBlockStartsAsTheIdentity() {
    Scope.run(
        () -> {
          Net net = NetSpec.parse("resnet:1x3").encoder(params(), "e", Shape.of(1, 6, 6), 2);
          Tensor x = Rng.of(6).normal(2, 3, 6, 6);
          long found =
              net.layers().stream()
                  .filter(Layer.Residual.class::isInstance)
                  .peek(r -> assertThat(r.apply(x).toFloats()).isEqualTo(x.toFloats()))
                  .count();
          assertThat(found).isEqualTo(2);
        });
  }

  @Test
  void aMisfitNamesTheLayer() {
    Net net = NetSpec.parse("mlp:5,7").encoder(params(), "encoder", Shape.of(3), 2);
    assertThatThrownBy(() -> net.apply(Tensor.zeros(4, 9)))
        .isInstanceOf(EngineException.class)
        .hasMessageStartingWith("layer encoder.0: linear of 4×9, 5×3");
  }

  @Test
  void aWatcherSeesEveryLayerInOrderAndOnlyWhileWatching() {
    Net net = NetSpec.parse("mlp:5/tanh").encoder(params(), "encoder", Shape.of(3), 2);
    List<String> seen = new ArrayList<>();
    Net.watching(
        (name, y) -> seen.add(name + " " + y.shape()), () -> net.apply(Tensor.zeros(4, 3)));
    assertThat(seen).containsExactly("encoder.0 4×5", "encoder.0 4×5", "encoder.1 4×2");
    net.apply(Tensor.zeros(4, 3));
    assertThat(seen).hasSize(3);
  }
}
