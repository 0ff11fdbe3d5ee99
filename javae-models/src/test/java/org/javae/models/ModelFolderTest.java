package org.javae.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.javae.core.data.ArrayDataset;
import org.javae.core.data.Preprocessing;
import org.javae.core.data.Preprocessing.Binarize;
import org.javae.core.io.Hashes;
import org.javae.core.io.Json;
import org.javae.core.io.ModelFolder;
import org.javae.core.io.SafeTensors;
import org.javae.core.model.CatalogEntry;
import org.javae.core.model.DataSpec;
import org.javae.core.model.Model;
import org.javae.models.unimodal.Vae;
import org.javae.tensor.DType;
import org.javae.tensor.Rng;
import org.javae.tensor.Scope;
import org.javae.tensor.Shape;
import org.javae.tensor.Tensor;
import org.javae.tensor.UserException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Model folders are read as if someone had tampered with them. */
class ModelFolderTest {
  @TempDir private Path temporary;
  private Path run;
  private Vae model;

  @BeforeEach
  void save() {
    run = temporary.resolve("run");
    DataSpec d = DataSpec.of(Shape.of(4), false, false);
    CatalogEntry<?> e = ModelCatalog.get("vae");
    model =
        (Vae)
            e.build(
                d,
                e.configure(d, Map.of("latent", 2, "encoder", "mlp:3/tanh")),
                Rng.of(1).split("init"));
    float[] values = Scope.run(() -> Rng.of(2).normal(20, 4).times(3).plus(1).toFloats());
    ArrayDataset data = ArrayDataset.of("d", Shape.of(4), values);
    Preprocessing p =
        Preprocessing.fit(
            data, IntStream.range(0, 20).toArray(), "standard", Binarize.NONE, "mean");
    ModelFolder.save(
        run,
        "vae",
        model,
        p,
        Map.of("name", "d", "size", 20),
        Map.of("elbo", -3.5),
        Map.of("seed", 1));
  }

  private ModelFolder.Loaded load() {
    return ModelFolder.load(run, ModelCatalog::get);
  }

  private static String sentence(ThrowingCallable call) {
    Throwable t = catchThrowable(call);
    assertThat(t).as("a bad folder was accepted").isNotNull();
    assertThat(t).isInstanceOf(UserException.class);
    assertThat(t.getMessage())
        .hasSizeLessThan(400)
        .doesNotContain("\n", "Exception", "java.", "org.javae", "com.fasterxml");
    return t.getMessage();
  }

  @Test
  void everythingComesBack() {
    ModelFolder.Loaded back = load();
    assertThat(back.model().config()).isEqualTo(model.config());
    ModelFolder.Description d = back.description();
    assertThat(d.schema()).isEqualTo(ModelFolder.SCHEMA);
    assertThat(d.model()).isEqualTo("vae");
    assertThat(d.source()).containsEntry("name", "d").containsEntry("size", 20);
    assertThat(d.metrics()).containsEntry("elbo", -3.5);
    assertThat(d.provenance()).containsEntry("seed", 1);
    assertThat(d.preprocessing().fill()).hasSize(4);
    assertThat(d.data().event()).isEqualTo(Shape.of(4));
    model
        .params()
        .all()
        .forEach(
            (k, t) ->
                assertThat(back.model().params().all().get(k).toBytes())
                    .as(k)
                    .isEqualTo(t.toBytes()));
  }

  @Test
  void savingTheSameTwiceGivesTheSameBytes() throws IOException {
    byte[] json = Files.readAllBytes(run.resolve(ModelFolder.DESCRIPTION));
    byte[] weights = Files.readAllBytes(run.resolve(ModelFolder.WEIGHTS));
    save();
    assertThat(Files.readAllBytes(run.resolve(ModelFolder.DESCRIPTION))).isEqualTo(json);
    assertThat(Files.readAllBytes(run.resolve(ModelFolder.WEIGHTS))).isEqualTo(weights);
  }

  // ---- missing

  @Test
  void aMissingFolder() {
    assertThat(sentence(() -> ModelFolder.load(temporary.resolve("none"), ModelCatalog::get)))
        .contains("there is no run folder", "none", "javae train");
  }

  @Test
  void aFolderThatIsNoRun() throws IOException {
    Path empty = Files.createDirectory(temporary.resolve("holiday"));
    assertThat(sentence(() -> ModelFolder.load(empty, ModelCatalog::get)))
        .contains("holiday is not a run folder", "no model.json");
    Files.createDirectory(empty.resolve("checkpoint"));
    assertThat(sentence(() -> ModelFolder.load(empty, ModelCatalog::get)))
        .contains("holiday has not finished training", "--resume");
    assertThat(
            sentence(() -> ModelFolder.load(run.resolve(ModelFolder.WEIGHTS), ModelCatalog::get)))
        .contains("no run folder");
  }

  @Test
  void missingFiles() throws IOException {
    Files.delete(run.resolve(ModelFolder.WEIGHTS));
    assertThat(sentence(this::load)).contains("run run has no weights.safetensors");
  }

  // ---- damaged

  @Test
  void everyFlippedByteOfTheWeightsIsFound() throws IOException {
    Path file = run.resolve(ModelFolder.WEIGHTS);
    byte[] good = Files.readAllBytes(file);
    SplittableRandom r = new SplittableRandom(1);
    for (int i = 0; i < 60; i++) {
      byte[] bad = good.clone();
      bad[r.nextInt(bad.length)] ^= (byte) (1 << r.nextInt(8));
      Files.write(file, bad);
      assertThat(sentence(this::load))
          .contains("weights.safetensors of run run is damaged", "SHA-256", "train again");
    }
  }

  @Test
  void everyFlippedByteOfTheDescriptionIsFound() throws IOException {
    Path file = run.resolve(ModelFolder.DESCRIPTION);
    byte[] good = Files.readAllBytes(file);
    JsonNode content = Json.read(file, JsonNode.class);
    for (int at = 0; at < good.length; at++) {
      byte[] bad = good.clone();
      bad[at] ^= (byte) (1 << (at % 7));
      Files.write(file, bad);
      Throwable t = catchThrowable(this::load);
      if (t == null) {
        // White space between tokens: the content is the same.
        assertThat(Json.read(file, JsonNode.class)).isEqualTo(content);
      } else {
        assertThat(sentence(this::load)).contains("model.json");
      }
    }
  }

  @Test
  void cutFiles() throws IOException {
    for (String name : List.of(ModelFolder.WEIGHTS, ModelFolder.DESCRIPTION)) {
      Path file = run.resolve(name);
      byte[] good = Files.readAllBytes(file);
      for (int n : new int[] {0, 1, good.length / 2, good.length - 3}) {
        Files.write(file, Arrays.copyOf(good, n));
        assertThat(sentence(this::load)).contains(name);
      }
      Files.write(file, good);
    }
    load();
  }

  // ---- forged, with right checksums

  /** Changes the description and makes its checksum right again. */
  private void forge(Consumer<ObjectNode> change) {
    Path file = run.resolve(ModelFolder.DESCRIPTION);
    ObjectNode tree = (ObjectNode) Json.read(file, JsonNode.class);
    change.accept(tree);
    ObjectNode rest = tree.deepCopy();
    rest.remove("checksum");
    tree.put("checksum", Hashes.sha256(Json.toString(rest).getBytes(StandardCharsets.UTF_8)));
    try {
      Files.writeString(file, Json.pretty(tree));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void forgeWeights(Consumer<Map<String, Tensor>> change) {
    Map<String, Tensor> all = new LinkedHashMap<>(model.params().all());
    change.accept(all);
    Path file = run.resolve(ModelFolder.WEIGHTS);
    SafeTensors.write(file, all, Map.of());
    forge(
        t -> {
          t.put("weights", Hashes.sha256(file));
          ObjectNode shapes = t.putObject("parameters");
          all.forEach((k, v) -> shapes.set(k, Json.mapper().valueToTree(v.shape().toArray())));
        });
  }

  @Test
  void theForgeryItselfLoads() {
    forge(t -> {});
    load();
    forgeWeights(w -> {});
    load();
  }

  @Test
  void aMissingParameter() {
    forgeWeights(w -> w.remove("encoder.0.bias"));
    assertThat(sentence(this::load)).isEqualTo("run run lacks parameter encoder.0.bias");
  }

  @Test
  void anExtraParameter() {
    forgeWeights(w -> w.put("surprise", Tensor.zeros(3)));
    assertThat(sentence(this::load))
        .isEqualTo("run run has a parameter surprise that model vae does not know");
  }

  @Test
  void aParameterOfAnotherShape() {
    forgeWeights(w -> w.put("encoder.0.bias", Tensor.zeros(5)));
    assertThat(sentence(this::load))
        .isEqualTo("run run: parameter encoder.0.bias is 5, but model vae needs 3");
  }

  @Test
  void aParameterOfAnotherType() {
    forgeWeights(w -> w.put("encoder.0.bias", Tensor.zeros(DType.FLOAT64, 3)));
    assertThat(sentence(this::load)).contains("parameter encoder.0.bias", "FLOAT64", "FLOAT32");
  }

  @Test
  void aParameterThatIsNotANumber() {
    forgeWeights(w -> w.put("encoder.0.bias", Tensor.full(Double.NaN, 3)));
    assertThat(sentence(this::load)).contains("parameter encoder.0.bias", "not finite");
  }

  @Test
  void aDescriptionThatContradictsTheWeights() {
    forge(t -> ((ObjectNode) t.get("parameters")).putArray("encoder.0.bias").add(7));
    assertThat(sentence(this::load))
        .contains("model.json says", "encoder.0.bias is [7]", "say [3]");
    forge(t -> ((ObjectNode) t.get("parameters")).remove("encoder.0.bias"));
    assertThat(sentence(this::load)).contains("parameter encoder.0.bias", "does not list");
    forge(t -> ((ObjectNode) t.get("parameters")).putArray("more"));
    assertThat(sentence(this::load)).contains("lacks parameter more");
  }

  @Test
  void aNewerSchema() {
    forge(t -> t.put("schema", ModelFolder.SCHEMA + 1));
    assertThat(sentence(this::load))
        .contains("schema version " + (ModelFolder.SCHEMA + 1), "use a newer JaVAE");
    forge(t -> t.put("schema", 0));
    assertThat(sentence(this::load)).contains("schema version 0");
    forge(t -> t.remove("schema"));
    assertThat(sentence(this::load)).contains("no schema version");
    forge(t -> t.put("schema", "1"));
    assertThat(sentence(this::load)).contains("no schema version");
  }

  @Test
  void anUnknownModel() {
    forge(t -> t.put("model", "vea"));
    assertThat(sentence(this::load)).contains("unknown model 'vea'", "vae");
  }

  @Test
  void otherSettings() {
    forge(t -> ((ObjectNode) t.get("config")).put("latent", 5));
    assertThat(sentence(this::load)).contains("parameter encoder.1.weight is 4×3", "needs 10×3");
    forge(t -> ((ObjectNode) t.get("config")).put("latent", -1));
    assertThat(sentence(this::load)).contains("latent is -1");
    forge(t -> ((ObjectNode) t.get("config")).put("latent", 2).put("gamma", 1));
    assertThat(sentence(this::load)).contains("no setting 'gamma'");
    forge(t -> t.putArray("config"));
    assertThat(sentence(this::load)).contains("settings of model vae");
  }

  /** Someone's network of a billion units must not be built before the weights are looked at. */
  @Test
  void anEnormousNetworkIsRefusedBeforeItIsBuilt() {
    forge(t -> ((ObjectNode) t.get("config")).put("encoder", "mlp:1000000,1000000"));
    assertThat(sentence(this::load))
        .contains("parameter encoder.0.weight is 3×4", "needs 1000000×4");
  }

  /** Each part of the description in turn missing, nothing, or of another kind: one sentence. */
  @Test
  void everyPartIsChecked() throws IOException {
    Path file = run.resolve(ModelFolder.DESCRIPTION);
    byte[] good = Files.readAllBytes(file);
    List<String> keys = new ArrayList<>();
    Json.read(file, JsonNode.class).fieldNames().forEachRemaining(keys::add);
    assertThat(keys).contains("schema", "model", "config", "data", "preprocessing", "weights");
    keys.remove("checksum");
    List<Consumer<ObjectNode>> changes = new ArrayList<>();
    for (String k : keys) {
      changes.add(t -> t.remove(k));
      changes.add(t -> t.putNull(k));
      changes.add(t -> t.put(k, 5.5));
      changes.add(t -> t.put(k, "text"));
      changes.add(t -> t.putArray(k).add(-1));
      changes.add(t -> t.putObject(k).put("a", 1));
    }
    changes.add(t -> ((ObjectNode) t.get("data")).putArray("shape").add(-4));
    changes.add(t -> ((ObjectNode) t.get("data")).putArray("shape"));
    changes.add(t -> ((ObjectNode) t.get("data")).putNull("shape"));
    changes.add(
        t -> ((ObjectNode) t.get("data")).putArray("shape").add(Long.MAX_VALUE).add(4).add(4));
    changes.add(t -> ((ObjectNode) t.get("preprocessing")).putNull("scale"));
    changes.add(t -> ((ObjectNode) t.get("preprocessing")).putArray("scale"));
    changes.add(t -> ((ObjectNode) t.get("preprocessing")).putArray("shift").add(1).add(2));
    changes.add(t -> ((ObjectNode) t.get("preprocessing")).putArray("fill").add(1).add(2));
    changes.add(t -> ((ObjectNode) t.get("preprocessing")).putNull("binarize"));
    changes.add(t -> ((ObjectNode) t.get("parameters")).putNull("encoder.0.bias"));
    changes.add(t -> ((ObjectNode) t.get("parameters")).putArray("encoder.0.bias").add(-1));
    for (Consumer<ObjectNode> change : changes) {
      Files.write(file, good);
      forge(change);
      Throwable t = catchThrowable(this::load);
      if (t == null) {
        // What only reports use may be anything that is an object.
        JsonNode now = Json.read(file, JsonNode.class);
        assertThat(
                now.path("source").isObject()
                    && now.path("metrics").isObject()
                    && now.path("provenance").isObject())
            .as("accepted " + now)
            .isTrue();
        assertThat(
                now.path("source").has("a")
                    || now.path("metrics").has("a")
                    || now.path("provenance").has("a"))
            .as("accepted " + now)
            .isTrue();
      } else {
        assertThat(sentence(this::load)).isNotBlank();
      }
    }
  }

  // ---- old folders

  /** Written by schema 1; must load for ever, to the outputs it had. */
  @Test
  void aFolderOfSchemaOneLoads() throws URISyntaxException {
    assertOutputs(Path.of(ModelFolderTest.class.getResource("/old/schema-1").toURI()));
  }

  @Test
  void aFolderOfTodayLoadsTheSameWay() throws IOException {
    writeOld(temporary.resolve("new"), model, load().description().preprocessing());
    assertOutputs(temporary.resolve("new"));
  }

  private static void assertOutputs(Path old) {
    ModelFolder.Loaded l = ModelFolder.load(old, ModelCatalog::get);
    assertThat(l.description().schema()).isEqualTo(1);
    assertThat(l.description().preprocessing().binarize()).isEqualTo(Binarize.NONE);
    Vae m = (Vae) l.model();
    JsonNode expected = Json.read(old.resolve("expected.json"), JsonNode.class);
    float[] x = Json.mapper().convertValue(expected.get("x"), float[].class);
    Scope.run(
        () -> {
          Tensor t = Tensor.of(x, 2, 4);
          float[] code = Json.mapper().convertValue(expected.get("code"), float[].class);
          assertThat(m.encode(t).toFloats()).containsExactly(code, within(1e-5f));
          float[] back = Json.mapper().convertValue(expected.get("restored"), float[].class);
          assertThat(l.description().preprocessing().restore(m.decode(m.encode(t))).toFloats())
              .containsExactly(back, within(1e-4f));
        });
  }

  /** How that folder was made; for the day a new schema needs one of its own. */
  private static void writeOld(Path folder, Model<?> m, Preprocessing p) throws IOException {
    ModelFolder.save(
        folder, "vae", m, p, Map.of("name", "old"), Map.of(), Map.of("javae", "0.1.0"));
    float[] x = {1, 2, -1, 0.5f, 0, -2, 3, 1};
    Map<String, Object> expected =
        Scope.run(
            () -> {
              Vae v = (Vae) m;
              Tensor code = v.encode(Tensor.of(x, 2, 4));
              Map<String, Object> e = new LinkedHashMap<>();
              e.put("x", x);
              e.put("code", code.toFloats());
              e.put("restored", p.restore(v.decode(code)).toFloats());
              return e;
            });
    Files.writeString(folder.resolve("expected.json"), Json.pretty(expected));
  }
}
