package org.javae.core.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.javae.core.io.Json;
import org.javae.core.likelihood.LikelihoodSpec;
import org.javae.core.net.NetSpec;
import org.javae.core.support.Sentences;
import org.javae.core.support.TinyVae;
import org.javae.tensor.DType;
import org.javae.tensor.Rng;
import org.javae.tensor.Shape;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CatalogEntryTest {
  private static final DataSpec DATA = DataSpec.of(Shape.of(5), true, true);

  private static TinyVae.Config configure(Map<String, ?> settings) {
    return TinyVae.ENTRY.configure(DATA, settings);
  }

  @Test
  void defaultsAreOverriddenByTheUser() {
    TinyVae.Config c =
        configure(
            Map.of("latent", 3, "beta", 2.5, "likelihood", "gaussian:0.1", "encoder", "mlp:4,9"));
    assertThat(c.latent()).isEqualTo(3);
    assertThat(c.beta()).isEqualTo(2.5);
    assertThat(c.likelihood()).isEqualTo(LikelihoodSpec.parse("gaussian:0.1"));
    assertThat(c.encoder()).isEqualTo(NetSpec.parse("mlp:4,9"));
    assertThat(c.schedule()).hasToString("linear:2");
  }

  @Test
  void theDecoderFollowsTheEncoderUnlessGiven() {
    assertThat(configure(Map.of("encoder", "mlp:4,9")).decoder()).hasToString("mlp:9,4");
    assertThat(configure(Map.of("encoder", "mlp:4,9", "decoder", "linear")).decoder())
        .hasToString("linear");
    assertThat(configure(Map.of("decoder", "mlp:7")).encoder()).hasToString("mlp:6/tanh");
    assertThat(configure(Collections.singletonMap("decoder", null)).decoder())
        .hasToString("mlp:6/tanh");
  }

  /** From a command line every value is a text. */
  @Test
  void numbersMayComeAsText() {
    TinyVae.Config c = configure(Map.of("latent", "3", "beta", "4"));
    assertThat(c.latent()).isEqualTo(3);
    assertThat(c.beta()).isEqualTo(4);
    assertThat(configure(Map.of("beta", " 1e-3 ")).beta()).isEqualTo(0.001);
    assertThat(configure(Map.of("beta", 4)).beta()).isEqualTo(4);
  }

  @Test
  void anUnknownKeyNamesTheNearest() {
    assertThat(Sentences.of(() -> configure(Map.of("latnet", 3))))
        .isEqualTo("model tiny has no setting 'latnet'; did you mean latent?");
    assertThat(Sentences.of(() -> configure(Map.of("zzzzzzzz", 3))))
        .contains("choose one of latent, encoder, decoder, likelihood, schedule, beta");
    assertThat(Sentences.exitCode(() -> configure(Map.of("latnet", 3)))).isEqualTo(2);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "latent | many | setting 'latent' of model tiny cannot be \"many\": a whole number is expected",
        "latent | 2.5 | 'latent' of model tiny cannot be",
        "latent | 99999999999 | 'latent' of model tiny cannot be",
        "latent | `` | 'latent' of model tiny cannot be",
        "latent | 0 | latent is 0; it must be 1 or more",
        "beta | strong | setting 'beta' of model tiny cannot be \"strong\": a number is expected",
        "beta | -1 | beta is -1; it must be 0 or more",
        "beta | NaN | beta is NaN; it must be 0 or more",
        "encoder | mpl:4 | did you mean mlp",
        "likelihood | normal | unknown likelihood 'normal'",
        "schedule | linear:x | 'x' is not a number",
      })
  void aWrongValueEndsInASentence(String key, String value, String fragment) {
    assertThat(Sentences.of(() -> configure(Map.of(key, value)))).contains(fragment);
    assertThat(Sentences.exitCode(() -> configure(Map.of(key, value)))).isEqualTo(2);
  }

  @Test
  void wrongTypesEndInASentence() {
    assertThat(Sentences.of(() -> configure(Map.of("latent", 2.5))))
        .contains("setting 'latent' of model tiny cannot be 2.5: a whole number is expected");
    assertThat(Sentences.of(() -> configure(Map.of("latent", true)))).contains("whole number");
    assertThat(Sentences.of(() -> configure(Map.of("encoder", 5)))).contains("a text is expected");
    assertThat(Sentences.of(() -> configure(Map.of("encoder", List.of("mlp:5")))))
        .contains("'encoder'", "a text is expected");
    assertThat(Sentences.of(() -> configure(Map.of("beta", Map.of("a", 1)))))
        .contains("'beta'", "a number is expected");
  }

  @ParameterizedTest
  @ValueSource(strings = {"latent", "encoder", "likelihood", "schedule", "beta"})
  void nothingInPlaceOfAValueEndsInASentence(String key) {
    assertThat(Sentences.of(() -> configure(Collections.singletonMap(key, null))))
        .contains("setting '" + key + "' of model tiny has no value");
  }

  @Test
  void settingsSurviveJson() {
    TinyVae.Config c = configure(Map.of("latent", 3, "schedule", "cyclical:3,0.25"));
    String json = Json.toString(c);
    assertThat(
            TinyVae.ENTRY.read(
                Json.parse(json, "text", com.fasterxml.jackson.databind.JsonNode.class)))
        .isEqualTo(c);
  }

  @Test
  void aModelFileWithAnUnknownOrMissingSettingIsRefused() {
    var tree =
        (com.fasterxml.jackson.databind.node.ObjectNode)
            Json.mapper().valueToTree(configure(Map.of()));
    assertThat(Sentences.of(() -> TinyVae.ENTRY.read(tree.deepCopy().put("gamma", 1))))
        .contains("model tiny has no setting 'gamma'");
    assertThat(Sentences.of(() -> TinyVae.ENTRY.read(tree.deepCopy().without("latent"))))
        .contains("setting 'latent' of model tiny has no value");
    assertThat(Sentences.of(() -> TinyVae.ENTRY.read(Json.mapper().valueToTree(5))))
        .contains("the settings of model tiny");
  }

  @Test
  void theElementTypeIsTheEntrys() {
    TinyVae.Config c = configure(Map.of());
    assertThat(TinyVae.ENTRY.build(DATA, c, Rng.of(0)).params().type()).isEqualTo(DType.FLOAT32);
    Model<?> m = TinyVae.ENTRY.in(DType.FLOAT64).build(DATA, c, Rng.of(0));
    assertThat(m.params().all().values()).allMatch(t -> t.dtype() == DType.FLOAT64);
    assertThat(m.config()).isEqualTo(c);
    assertThat(m.data()).isEqualTo(DATA);
  }
}
