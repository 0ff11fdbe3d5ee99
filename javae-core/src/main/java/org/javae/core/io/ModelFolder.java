package org.javae.core.io;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.lang.reflect.RecordComponent;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.javae.core.data.Preprocessing;
import org.javae.core.model.CatalogEntry;
import org.javae.core.model.DataSpec;
import org.javae.core.model.Model;
import org.javae.core.model.ModelConfig;
import org.javae.tensor.Rng;
import org.javae.tensor.Shape;
import org.javae.tensor.Tensor;
import org.javae.tensor.UserException;

/**
 * A model on disk: {@code weights.safetensors} and {@code model.json}. Both are data, checked
 * before use: checksums, names, shapes, schema version; nothing in them is executed.
 */
public final class ModelFolder {
  /** Version of the layout; older ones stay readable. */
  public static final int SCHEMA = 1;

  public static final String WEIGHTS = "weights.safetensors";
  public static final String DESCRIPTION = "model.json";

  private ModelFolder() {}

  /**
   * What {@code model.json} holds.
   *
   * @param schema {@link #SCHEMA} of the writer
   * @param model catalogue name
   * @param config its settings
   * @param data what the model knows of its data
   * @param preprocessing learned on the training rows
   * @param source where the data came from, so that later commands find it: name, fingerprint,
   *     options, split
   * @param parameters shapes by name
   * @param metrics at the end of training
   * @param provenance seed, threads, versions
   * @param weights SHA-256 of the weights' file
   * @param checksum SHA-256 of this file's content without this line
   */
  public record Description(
      int schema,
      String model,
      JsonNode config,
      DataSpec data,
      Preprocessing preprocessing,
      Map<String, Object> source,
      Map<String, long[]> parameters,
      Map<String, Object> metrics,
      Map<String, Object> provenance,
      String weights,
      String checksum) {}

  /** A model with its description. */
  public record Loaded(Model<?> model, Description description) {}

  /** Writes both files, the weights first, each renamed into place. */
  public static void save(
      Path folder,
      String name,
      Model<?> model,
      Preprocessing preprocessing,
      Map<String, Object> source,
      Map<String, Object> metrics,
      Map<String, Object> provenance) {
    Path weights = folder.resolve(WEIGHTS);
    SafeTensors.write(weights, model.params().all(), Map.of("format", "javae", "model", name));
    Map<String, long[]> shapes = new LinkedHashMap<>();
    model.params().all().forEach((k, t) -> shapes.put(k, t.shape().toArray()));
    Description d =
        new Description(
            SCHEMA,
            name,
            Json.mapper().valueToTree(model.config()),
            model.data(),
            preprocessing,
            source,
            shapes,
            metrics,
            provenance,
            Hashes.sha256(weights),
            null);
    ObjectNode tree = Json.mapper().valueToTree(d);
    tree.put("checksum", checksum(tree));
    AtomicFiles.writeString(folder.resolve(DESCRIPTION), Json.pretty(tree) + "\n");
  }

  private static String checksum(ObjectNode tree) {
    ObjectNode rest = tree.deepCopy();
    rest.remove("checksum");
    return Hashes.sha256(Json.toString(rest).getBytes(StandardCharsets.UTF_8));
  }

  /** Reads and checks {@code model.json} alone. */
  public static Description describe(Path folder) {
    if (!Files.isDirectory(folder)) {
      throw UserException.of(
          "there is no run folder %s; make one with: javae train DATA --model NAME", folder);
    }
    Path file = folder.resolve(DESCRIPTION);
    if (!Files.exists(file)) {
      throw UserException.of(
          Files.exists(folder.resolve("checkpoint"))
              ? "run %s has not finished training; finish it with: javae train … --out %s --resume"
              : "%s is not a run folder: it has no model.json",
          folder.getFileName(),
          folder);
    }
    JsonNode node = Json.read(file, JsonNode.class);
    if (!(node instanceof ObjectNode tree) || !tree.path("schema").isInt()) {
      throw UserException.of(
          "%s of run %s is damaged: it has no schema version", DESCRIPTION, folder.getFileName());
    }
    int schema = tree.get("schema").asInt();
    if (schema < 1) {
      throw UserException.of(
          "%s of run %s is damaged: there is no schema version %d",
          DESCRIPTION, folder.getFileName(), schema);
    }
    if (schema > SCHEMA) {
      throw UserException.of(
          "%s of run %s has schema version %d, but this JaVAE reads up to %d; use a newer JaVAE",
          DESCRIPTION, folder.getFileName(), schema, SCHEMA);
    }
    if (!tree.path("checksum").asText().equals(checksum(tree))) {
      throw UserException.of(
          "%s of run %s is damaged or was edited: its checksum does not match; restore it from a copy or train again",
          DESCRIPTION, folder.getFileName());
    }
    for (RecordComponent c : Description.class.getRecordComponents()) {
      if (!tree.hasNonNull(c.getName())) {
        throw UserException.of(
            "%s of run %s is damaged: it has no '%s'",
            DESCRIPTION, folder.getFileName(), c.getName());
      }
    }
    Description d = Json.convert(tree, DESCRIPTION, Description.class);
    d.preprocessing().checkFits(d.data().event().numel());
    return d;
  }

  /**
   * Loads a model.
   *
   * @param catalog finds the entry of a model name
   * @throws UserException if anything is missing, extra, damaged or of another shape
   */
  public static Loaded load(Path folder, Function<String, CatalogEntry<?>> catalog) {
    Description d = describe(folder);
    Path weights = folder.resolve(WEIGHTS);
    if (!Files.exists(weights)) {
      throw UserException.of(
          "run %s has no %s; restore it from a copy or train again", folder.getFileName(), WEIGHTS);
    }
    if (!Hashes.sha256(weights).equals(d.weights())) {
      throw UserException.of(
          "%s of run %s is damaged: its SHA-256 is not the one in %s; restore it from a copy or train again",
          WEIGHTS, folder.getFileName(), DESCRIPTION);
    }
    CatalogEntry<?> entry = catalog.apply(d.model());
    ModelConfig config = entry.read(d.config());
    Map<String, Tensor> saved = SafeTensors.read(weights).tensors();
    checkListed(folder, d, saved);
    // Asked before memory is taken: settings may describe a network of any size.
    BiConsumer<String, Shape> guard =
        (name, shape) -> {
          Tensor s = saved.get(name);
          if (s == null) {
            throw UserException.of("run %s lacks parameter %s", folder.getFileName(), name);
          }
          if (!s.shape().equals(shape)) {
            throw UserException.of(
                "run %s: parameter %s is %s, but model %s needs %s",
                folder.getFileName(), name, s.shape(), d.model(), shape);
          }
        };
    Model<?> model = entry.build(d.data(), config, Rng.of(0).split("init"), guard);
    Map<String, Tensor> own = model.params().all();
    saved.forEach(
        (name, s) -> {
          Tensor t = own.get(name);
          if (t == null) {
            throw UserException.of(
                "run %s has a parameter %s that model %s does not know",
                folder.getFileName(), name, d.model());
          }
          if (s.dtype() != t.dtype()) {
            throw UserException.of(
                "run %s: parameter %s is of %s, but model %s needs %s",
                folder.getFileName(), name, s.dtype(), d.model(), t.dtype());
          }
          if (!s.allFinite()) {
            throw UserException.of(
                "run %s: parameter %s is not finite, so the model computes nothing; train again",
                folder.getFileName(), name);
          }
        });
    model.params().load(saved);
    return new Loaded(model, d);
  }

  /** Description and weights must list the same tensors. */
  private static void checkListed(Path folder, Description d, Map<String, Tensor> saved) {
    d.parameters()
        .forEach(
            (name, shape) -> {
              Tensor s = saved.get(name);
              if (s == null) {
                throw UserException.of("run %s lacks parameter %s", folder.getFileName(), name);
              }
              if (!Arrays.equals(shape, s.shape().toArray())) {
                throw UserException.of(
                    "run %s: %s says parameter %s is %s, the weights say %s",
                    folder.getFileName(),
                    DESCRIPTION,
                    name,
                    shape == null ? "nothing" : Arrays.toString(shape),
                    Arrays.toString(s.shape().toArray()));
              }
            });
    for (String name : saved.keySet()) {
      if (!d.parameters().containsKey(name)) {
        throw UserException.of(
            "run %s has a parameter %s that its %s does not list",
            folder.getFileName(), name, DESCRIPTION);
      }
    }
  }
}
