package org.javae.core.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.javae.tensor.UserException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JsonTest {
  enum Colour {
    RED,
    GREEN
  }

  @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
  @JsonSubTypes({
    @JsonSubTypes.Type(value = Mlp.class, name = "mlp"),
    @JsonSubTypes.Type(value = Conv.class, name = "conv")
  })
  sealed interface Net {}

  record Mlp(int[] widths) implements Net {}

  record Conv(int filters) implements Net {}

  record Config(int latent, double beta, boolean free, String name, Colour colour, Net encoder) {
    Config {
      if (latent < 1) {
        throw UserException.of("latent is %d; it must be 1 or more", latent);
      }
      if (beta < 0) {
        throw new IllegalArgumentException("beta must not be negative");
      }
    }
  }

  record Measured(double elbo, float kl, double[] perDimension, float[] small, Double boxed) {}

  static final String GOOD =
      """
      {
        "latent": 8,
        "beta": 4.0,
        "free": true,
        "name": "größe",
        "colour": "GREEN",
        "encoder": {
          "type": "mlp",
          "widths": [ 512, 256 ]
        }
      }
      """;

  @TempDir Path dir;

  private Path json(String text) throws IOException {
    return Files.writeString(dir.resolve("model.json"), text);
  }

  private void refused(String text, String message) throws IOException {
    Path f = json(text);
    assertThatThrownBy(() -> Json.read(f, Config.class))
        .isInstanceOf(UserException.class)
        .hasMessage(message);
  }

  // ---- writing

  @Test
  void prettyIsStableAndRoundTrips() throws Exception {
    Config c = Json.read(json(GOOD), Config.class);
    assertThat(Json.pretty(c)).isEqualTo(GOOD);
    assertThat(Json.toString(c))
        .isEqualTo(
            "{\"latent\":8,\"beta\":4.0,\"free\":true,\"name\":\"größe\",\"colour\":\"GREEN\","
                + "\"encoder\":{\"type\":\"mlp\",\"widths\":[512,256]}}");
    assertThat(Json.pretty(Map.of())).isEqualTo("{}\n");
  }

  @Test
  void whatJsonHasNoNumberForBecomesNull() {
    Map<String, Object> m = new LinkedHashMap<>();
    m.put("a", Double.NaN);
    m.put("b", Float.POSITIVE_INFINITY);
    m.put("c", new double[] {1, Double.NEGATIVE_INFINITY});
    m.put("d", List.of(Double.NaN, 2.5));
    m.put("e", new float[] {Float.NaN, 1});
    m.put("f", DoubleNode.valueOf(Double.NaN));
    String expected =
        "{\"a\":null,\"b\":null,\"c\":[1.0,null],\"d\":[null,2.5],\"e\":[null,1.0],\"f\":null}";
    assertThat(Json.toString(m)).isEqualTo(expected);
    assertThat(Json.pretty(m).replaceAll("\\s", "")).isEqualTo(expected);
    assertThat(Json.mapper().valueToTree(m).toString()).isNotEmpty();
  }

  @Test
  void nullComesBackAsNan() throws Exception {
    Measured nan =
        new Measured(
            Double.NaN, Float.NaN, new double[] {1, Double.NaN}, new float[] {Float.NaN}, null);
    Measured read = Json.read(json(Json.toString(nan)), Measured.class);
    assertThat(read.elbo()).isNaN();
    assertThat(read.kl()).isNaN();
    assertThat(read.perDimension()).containsExactly(1, Double.NaN);
    assertThat(read.small()).containsExactly(Float.NaN);
    assertThat(read.boxed()).isNull();
  }

  @Test
  void doublesRoundTripToTheBit() throws Exception {
    double[] values = {
      0.1, 1e-310, Double.MIN_VALUE, Double.MAX_VALUE, -0.0, 1 / 3.0, 123456789.123
    };
    assertThat(Json.read(json(Json.toString(values)), double[].class)).containsExactly(values);
    float[] floats = {0.1f, Float.MIN_VALUE, Float.MAX_VALUE, 1 / 3f};
    assertThat(Json.read(json(Json.toString(floats)), float[].class)).containsExactly(floats);
  }

  // ---- reading what is wrong

  @Test
  void unknownKeyNamesItsNeighbour() throws Exception {
    refused(
        GOOD.replace("\"latent\"", "\"latnet\""),
        "model.json, line 2: unknown key 'latnet'; did you mean 'latent'? (known keys: beta, colour,"
            + " encoder, free, latent, name)");
    refused(
        GOOD.replace("\"widths\"", "\"hidden\""),
        "model.json, line 9: unknown key 'hidden' in 'encoder' (known keys: widths)");
  }

  @Test
  void duplicatesMissingAndWrongKinds() throws Exception {
    refused(
        GOOD.replace("\"beta\": 4.0", "\"latent\": 9"),
        "model.json, line 3: the key 'latent' appears twice; keep one");
    refused(
        GOOD.replace("\"latent\": 8,", ""),
        "model.json, line 11: the value at 'latent' is missing, expected a whole number");
    refused(
        GOOD.replace("\"beta\": 4.0,", ""),
        "model.json, line 11: the value at 'beta' is missing, expected a number");
    refused(
        GOOD.replace("8", "8.5"),
        "model.json, line 2: the value at 'latent' is of the wrong kind, expected a whole number");
    refused(
        GOOD.replace("8", "99999999999"),
        "model.json, line 2: the value at 'latent' is too large, expected a whole number");
    refused(
        GOOD.replace("8", "\"8\""),
        "model.json, line 2: the value at 'latent' is of the wrong kind, expected a whole number");
    refused(
        GOOD.replace("4.0", "[]"),
        "model.json, line 3: the value at 'beta' is of the wrong kind, expected a number");
    refused(
        GOOD.replace("true", "\"true\""),
        "model.json, line 4: the value at 'free' is of the wrong kind, expected true or false");
    refused(
        GOOD.replace("GREEN", "BLUE"),
        "model.json, line 6: the value at 'colour' is of the wrong kind, expected one of RED, GREEN");
    refused(
        GOOD.replace("512, 256", "512, {}"),
        "model.json, line 9: the value at 'encoder.widths[1]' is of the wrong kind, expected a whole"
            + " number");
  }

  @Test
  void typesOutsideTheSealedOnes() throws Exception {
    refused(
        GOOD.replace("\"mlp\"", "\"java.lang.Runtime\""),
        "model.json, line 8: unknown type 'java.lang.Runtime', expected one of conv, mlp at"
            + " 'encoder'");
    refused(
        GOOD.replace("\"type\": \"mlp\",", ""),
        "model.json, line 10: the 'type' is missing, expected one of conv, mlp at 'encoder'");
  }

  @Test
  void refusalsOfTheRecordComeThrough() throws Exception {
    refused(GOOD.replace("8", "0"), "model.json, line 11: latent is 0; it must be 1 or more");
    refused(GOOD.replace("4.0", "-1"), "model.json, line 11: beta must not be negative");
  }

  @Test
  void textThatIsNotJson() throws Exception {
    refused("", "model.json is empty, expected keys with values");
    refused(" \n", "model.json is empty, expected keys with values");
    refused("null", "model.json is empty, expected keys with values");
    refused(
        GOOD + "{}", "model.json, line 12: more follows after the end of the document; remove it");
    refused(
        GOOD.replace("4.0", "NaN"),
        "model.json, line 3, column 14: this is not valid JSON; correct it there");
    assertThatThrownBy(() -> Json.read(json(GOOD.substring(0, 90)), Config.class))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith("model.json, line ")
        .hasMessageEndingWith("the JSON ends in the middle; the file was cut short");
    assertThatThrownBy(() -> Json.read(json("[".repeat(5000)), JsonNode.class))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("nested deeper than 100 levels");
    assertThatThrownBy(
            () -> Json.read(json("[\"" + "x".repeat(20_000_100) + "\"]"), JsonNode.class))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("longer than any real file's");
  }

  @Test
  void everyCutOfAGoodFileIsRefused() {
    String whole = GOOD.strip();
    for (int n = 0; n < whole.length(); n++) {
      String cut = whole.substring(0, n);
      UserException e =
          catchThrowableOfType(
              UserException.class, () -> Json.parse(cut, "metrics.jsonl, line 7", Config.class));
      assertThat(e).as("cut at %d", n).isNotNull();
      assertThat(e.getMessage()).startsWith("metrics.jsonl, line 7").doesNotContain("\n");
    }
  }

  @Test
  void filesThatCannotBeRead() throws Exception {
    assertThatThrownBy(() -> Json.read(dir.resolve("no.json"), Config.class))
        .isInstanceOf(UserException.class)
        .hasMessage("no.json does not exist; check the path");
    assertThatThrownBy(() -> Json.read(dir, Config.class))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("is a folder where a file was expected");
    Path latin = Files.write(dir.resolve("l.json"), GOOD.getBytes(StandardCharsets.ISO_8859_1));
    assertThatThrownBy(() -> Json.read(latin, Config.class))
        .isInstanceOf(UserException.class)
        .hasMessage("l.json is not UTF-8 text; save it in that encoding");
    assertThat(Json.read(json("\uFEFF" + GOOD), Config.class).latent()).isEqualTo(8);
  }

  @Test
  void treesConvertWithTheSameSentences() throws Exception {
    JsonNode tree = Json.read(json(GOOD), JsonNode.class);
    assertThat(Json.convert(tree, "x", Config.class).latent()).isEqualTo(8);
    ((com.fasterxml.jackson.databind.node.ObjectNode) tree).put("beat", 1);
    assertThatThrownBy(() -> Json.convert(tree, "--set", Config.class))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith("--set: unknown key 'beat'; did you mean 'beta'?");
  }

  // ---- YAML

  private Path yaml(String text) throws IOException {
    return Files.writeString(dir.resolve("config.yaml"), text);
  }

  static final String YAML =
      """
      latent: 8
      beta: 1e-3
      free: true
      name: no
      colour: GREEN
      encoder:
        type: mlp
        widths: [512, 256]
      """;

  @Test
  void yamlMeansWhatPeopleMean() throws Exception {
    Config c = Json.readYaml(yaml(YAML), Config.class);
    assertThat(c.beta()).isEqualTo(0.001);
    assertThat(c.name()).isEqualTo("no");
    assertThat(((Mlp) c.encoder()).widths()).containsExactly(512, 256);
    JsonNode tree =
        Json.readYaml(yaml("[1e-3, -2E5, .5e1, 1.5e+2, 1e, e3, '1e-3', off]"), JsonNode.class);
    assertThat(tree.toString())
        .isEqualTo("[0.001,-200000.0,5.0,150.0,\"1e\",\"e3\",\"1e-3\",\"off\"]");
    byte[] bytes = "[1e-3]".getBytes(StandardCharsets.UTF_8);
    assertThat(Json.yaml().readTree(bytes).get(0).isNumber()).isTrue();
    assertThat(Json.yaml().readTree("[1e-3]").get(0).isNumber()).isTrue();
    assertThat(Json.yaml().readTree(new ByteArrayInputStream(bytes)).get(0).isNumber()).isTrue();
  }

  @Test
  void yamlRoundTrips() throws Exception {
    Config c = Json.readYaml(yaml(YAML), Config.class);
    Config again = Json.readYaml(yaml(Json.toYaml(c)), Config.class);
    assertThat(Json.toString(again)).isEqualTo(Json.toString(c));
    Map<String, Object> tricky = new LinkedHashMap<>();
    for (String s :
        Arrays.asList(
            "1e-3", "12", "true", "null", "no", "", "a: b", "mlp:512,256", "#x", "0x1F")) {
      tricky.put("k" + tricky.size(), s);
    }
    tricky.put("nan", Double.NaN);
    tricky.put("tiny", 1e-300);
    JsonNode back = Json.readYaml(yaml(Json.toYaml(tricky)), JsonNode.class);
    tricky.forEach(
        (k, v) -> {
          if (v instanceof String s) {
            assertThat(back.get(k).isTextual()).as("%s in %s", s, back).isTrue();
            assertThat(back.get(k).asText()).isEqualTo(s);
          }
        });
    assertThat(back.get("tiny").asDouble()).isEqualTo(1e-300);
    assertThat(back.get("nan").asDouble()).isNaN();
  }

  @Test
  void yamlIsAsStrict() throws Exception {
    UserException unknown =
        catchThrowableOfType(
            UserException.class,
            () -> Json.readYaml(yaml(YAML.replace("beta", "bete")), Config.class));
    assertThat(unknown)
        .hasMessageStartingWith("config.yaml, line 2: unknown key 'bete'; did you mean 'beta'?");
    assertThat(unknown.exitCode()).isEqualTo(2);
    assertThatThrownBy(() -> Json.readYaml(yaml(YAML + "latent: 9\n"), Config.class))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("the key 'latent' appears twice; keep one");
    assertThatThrownBy(() -> Json.readYaml(yaml(YAML.replace("8", "'8'")), Config.class))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("the value at 'latent' is of the wrong kind");
    assertThatThrownBy(() -> Json.readYaml(yaml("a: [1\nb: 2"), Config.class))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith("config.yaml, line 2")
        .hasMessageEndingWith("this is not valid YAML; correct it there");
    assertThatThrownBy(() -> Json.readYaml(yaml("# nothing\n"), Config.class))
        .isInstanceOf(UserException.class)
        .hasMessage("config.yaml is empty, expected keys with values");
    assertThatThrownBy(() -> Json.readYaml(yaml(YAML + "---\n" + YAML), Config.class))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("more follows after the end of the document");
    assertThatThrownBy(() -> Json.readYaml(yaml("[".repeat(3000)), JsonNode.class))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith("config.yaml: nested deeper than 100 levels");
    assertThatThrownBy(
            () -> Json.readYaml(yaml("!!javax.script.ScriptEngineManager [x]"), Config.class))
        .isInstanceOf(UserException.class);
  }
}
