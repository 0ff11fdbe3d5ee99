package org.javae.experiment;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.lang.reflect.RecordComponent;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.javae.core.config.Nearest;
import org.javae.core.config.Values;
import org.javae.core.io.Json;
import org.javae.core.model.CatalogEntry;
import org.javae.core.train.TrainConfig;
import org.javae.models.ModelCatalog;
import org.javae.tensor.UserException;

/**
 * Everything that decides a run: data, model and training, from a file, flags and {@code key=value}
 * pairs. A key belongs to exactly one of the three records.
 *
 * @param modelSettings the user's settings of the model; the rest follows from the data
 */
public record Settings(
    DataConfig data, String model, Map<String, Object> modelSettings, TrainConfig train) {
  private static final List<String> TRAIN_KEYS =
      Arrays.stream(TrainConfig.class.getRecordComponents()).map(RecordComponent::getName).toList();

  /** Nothing set. */
  public static Settings of(String data, String model) {
    ModelCatalog.get(model);
    return new Settings(DataConfig.DEFAULTS.withData(data), model, Map.of(), TrainConfig.DEFAULTS);
  }

  /** Keys that this model, training and data know. */
  public List<String> keys() {
    List<String> keys = new ArrayList<>(ModelCatalog.get(model).keys());
    keys.addAll(TRAIN_KEYS);
    keys.addAll(DataConfig.keys());
    return keys;
  }

  /**
   * Sets keys.
   *
   * @throws UserException for an unknown key, naming the nearest, or a value of the wrong type
   */
  public Settings with(Map<String, ?> values) {
    CatalogEntry<?> entry = ModelCatalog.get(model);
    Map<String, Object> forModel = new LinkedHashMap<>(modelSettings);
    ObjectNode forTrain = Json.mapper().valueToTree(train);
    ObjectNode forData = Json.mapper().valueToTree(data);
    values.forEach(
        (key, value) -> {
          if (entry.keys().contains(key)) {
            forModel.put(key, value);
          } else if (TRAIN_KEYS.contains(key)) {
            forTrain.set(key, Values.of(component(TrainConfig.class, key), value));
          } else if (DataConfig.keys().contains(key)) {
            forData.set(key, Values.of(component(DataConfig.class, key), value));
          } else {
            throw UserException.usage(
                "unknown key '%s' for model %s; %s", key, model, Nearest.suggestion(key, keys()));
          }
        });
    return new Settings(
        record(forData, DataConfig.class), model, forModel, record(forTrain, TrainConfig.class));
  }

  private static <T extends Record> T record(ObjectNode tree, Class<T> type) {
    String source = "the settings";
    try {
      return Json.convert(tree, source, type);
    } catch (UserException e) {
      String said = e.getMessage();
      // The key is named; where it was given is on the user's screen.
      throw UserException.usage(
          "%s", said.startsWith(source + ": ") ? said.substring(source.length() + 2) : said);
    }
  }

  private static RecordComponent component(Class<? extends Record> type, String key) {
    return Arrays.stream(type.getRecordComponents())
        .filter(c -> c.getName().equals(key))
        .findFirst()
        .orElseThrow();
  }

  /**
   * Reads {@code config.yaml}: sections {@code data}, {@code model} and {@code train}, or flat keys
   * with {@code model: NAME} among them.
   *
   * @param fallbackModel model where the file names none, may be null
   */
  public static Settings read(Path file, String data, String fallbackModel) {
    JsonNode root = Json.readYaml(file, JsonNode.class);
    if (root == null || !root.isObject()) {
      throw UserException.of(
          "%s holds no settings: keys and values are expected", file.getFileName());
    }
    Map<String, Object> flat = new LinkedHashMap<>();
    String model = fallbackModel;
    String from = data;
    for (Map.Entry<String, JsonNode> f : root.properties()) {
      boolean section =
          List.of("data", "model", "train").contains(f.getKey()) && f.getValue().isObject();
      if (!section) {
        flat.put(f.getKey(), f.getValue());
        continue;
      }
      f.getValue().properties().forEach(e -> flat.put(e.getKey(), e.getValue()));
    }
    Object named = flat.containsKey("name") ? flat.remove("name") : flat.remove("model");
    if (fallbackModel == null && named != null) {
      model = ((JsonNode) named).asText();
    }
    Object source = flat.remove("data");
    if (data == null && source != null) {
      from = ((JsonNode) source).asText();
    }
    if (model == null) {
      throw UserException.usage("%s names no model; add --model NAME", file.getFileName());
    }
    return of(from == null ? "" : from, model).with(flat);
  }

  /** The text of {@code config.yaml}. */
  public String toYaml() {
    Map<String, Object> root = new LinkedHashMap<>();
    root.put("data", data);
    Map<String, Object> m = new LinkedHashMap<>();
    m.put("name", model);
    m.putAll(modelSettings);
    root.put("model", m);
    root.put("train", train);
    return Json.toYaml(root);
  }

  /**
   * The first key in which the other settings differ, as {@code key=value} of these; null if they
   * are the same.
   */
  public String difference(Settings other) {
    ObjectNode mine = flat();
    ObjectNode theirs = other.flat();
    for (Map.Entry<String, JsonNode> e : mine.properties()) {
      if (!e.getValue().asText().equals(theirs.path(e.getKey()).asText())) {
        return e.getKey() + "=" + e.getValue().asText();
      }
    }
    for (String key : theirs.properties().stream().map(Map.Entry::getKey).toList()) {
      if (!mine.has(key)) {
        return key + " not set";
      }
    }
    return null;
  }

  private ObjectNode flat() {
    ObjectNode all = Json.mapper().valueToTree(train);
    all.setAll((ObjectNode) Json.mapper().valueToTree(data));
    all.setAll((ObjectNode) Json.mapper().valueToTree(modelSettings));
    return all;
  }

  /**
   * What must be equal for a run to be resumed: all but how long it may take. Defaults are left
   * out, so that a key that a later version adds stops no run.
   */
  String fingerprint(String dataFingerprint) {
    ObjectNode t = besides(train, TrainConfig.DEFAULTS);
    t.remove(List.of("max_seconds", "checkpoint_seconds"));
    ObjectNode d = besides(data, DataConfig.DEFAULTS);
    return Json.toString(List.of(d, model, modelSettings, t, dataFingerprint));
  }

  private static ObjectNode besides(Object settings, Object defaults) {
    ObjectNode all = Json.mapper().valueToTree(settings);
    ObjectNode usual = Json.mapper().valueToTree(defaults);
    usual
        .properties()
        .forEach(
            e -> {
              if (e.getValue().equals(all.get(e.getKey()))) {
                all.remove(e.getKey());
              }
            });
    return all;
  }
}
