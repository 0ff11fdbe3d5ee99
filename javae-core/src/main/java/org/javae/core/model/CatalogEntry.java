package org.javae.core.model;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.javae.core.config.Nearest;
import org.javae.core.io.Json;
import org.javae.tensor.DType;
import org.javae.tensor.Rng;
import org.javae.tensor.Shape;
import org.javae.tensor.UserException;

/**
 * A model in the catalogue.
 *
 * @param name as typed after {@code --model}
 * @param config record of its settings
 * @param defaults settings that suit given data
 * @param factory builds it
 * @param type element type of its tensors
 * @param greys whether it keeps greys as they are unless the user has them binarised
 */
public record CatalogEntry<C extends ModelConfig>(
    String name,
    About about,
    Class<C> config,
    Function<DataSpec, C> defaults,
    Factory<C> factory,
    DType type,
    boolean greys) {
  /** The one setting that follows from another when it is not given. */
  private static final String DERIVED = "decoder";

  /** Builds a model from data, parameters and settings. */
  @FunctionalInterface
  public interface Factory<C> {
    Model<?> build(DataSpec data, Params params, C config);
  }

  /** A float32 model. */
  public static <C extends ModelConfig> CatalogEntry<C> of(
      String name,
      About about,
      Class<C> config,
      Function<DataSpec, C> defaults,
      Factory<C> factory) {
    return new CatalogEntry<>(name, about, config, defaults, factory, DType.FLOAT32, false);
  }

  /** The same model with another element type. */
  public CatalogEntry<C> in(DType other) {
    return new CatalogEntry<>(name, about, config, defaults, factory, other, greys);
  }

  /**
   * The same model for quantities: its error is a squared one or its density a Gaussian's, so zeros
   * and ones drawn from greys would only add noise.
   */
  public CatalogEntry<C> keepingGreys() {
    return new CatalogEntry<>(name, about, config, defaults, factory, type, true);
  }

  /** The settings' names; those of a record within the record stand in its place. */
  public List<String> keys() {
    return components(config).map(RecordComponent::getName).toList();
  }

  private static Stream<RecordComponent> components(Class<?> record) {
    return Arrays.stream(record.getRecordComponents())
        .flatMap(
            c ->
                ModelConfig.class.isAssignableFrom(c.getType())
                    ? components(c.getType())
                    : Stream.of(c));
  }

  /**
   * Defaults for the data, overridden by the user's settings. Numbers and switches may be given as
   * text, as they come from a command line.
   *
   * @throws UserException for an unknown key or a value that does not fit
   */
  public C configure(DataSpec data, Map<String, ?> settings) {
    ObjectNode tree = Json.mapper().valueToTree(defaults.apply(data));
    if (settings.containsKey("encoder")) {
      tree.remove(DERIVED);
    }
    settings.forEach(
        (key, value) -> {
          JsonNode node = Json.mapper().valueToTree(value);
          tree.set(key, node.isTextual() ? spelt(key, node) : node);
        });
    return read(tree);
  }

  /** A text as the number or switch it spells, where the setting is one. */
  private JsonNode spelt(String key, JsonNode text) {
    try {
      String s = text.asText().strip();
      return switch (type(key)) {
        case "a whole number" -> LongNode.valueOf(Long.parseLong(s));
        case "a number" -> DoubleNode.valueOf(Double.parseDouble(s));
        case "true or false" ->
            s.equals("true") || s.equals("false") ? BooleanNode.valueOf(s.equals("true")) : text;
        default -> text;
      };
    } catch (NumberFormatException e) {
      return text; // refused below, with the text in the sentence
    }
  }

  /**
   * Settings from a model file.
   *
   * @throws UserException for an unknown, missing or misfitting one
   */
  public C read(JsonNode tree) {
    if (!tree.isObject()) {
      throw UserException.of("the settings of model %s are not keys with values", name);
    }
    tree.fieldNames()
        .forEachRemaining(
            key -> {
              if (!keys().contains(key)) {
                throw UserException.usage(
                    "model %s has no setting '%s'; %s", name, key, Nearest.suggestion(key, keys()));
              }
            });
    components(config)
        .filter(c -> !c.isAnnotationPresent(Optional.class) && !tree.hasNonNull(c.getName()))
        .findFirst()
        .ifPresent(
            c -> {
              throw UserException.usage(
                  "setting '%s' of model %s has no value: %s is expected",
                  c.getName(), name, type(c.getName()));
            });
    try {
      return Json.mapper().treeToValue(tree, config);
    } catch (JsonProcessingException e) {
      for (Throwable t = e; t != null; t = t.getCause()) {
        if (t instanceof UserException u) {
          throw u;
        }
      }
      String key =
          e instanceof JsonMappingException m && !m.getPath().isEmpty()
              ? m.getPath().get(0).getFieldName()
              : "?";
      JsonNode value = tree.get(key);
      throw UserException.usage(
          "setting '%s' of model %s cannot be %s: %s is expected", key, name, value, type(key));
    }
  }

  private String type(String key) {
    return components(config)
        .filter(c -> c.getName().equals(key))
        .map(
            c ->
                c.getType() == int.class
                    ? "a whole number"
                    : c.getType() == double.class
                        ? "a number"
                        : c.getType() == boolean.class ? "true or false" : "a text")
        .findFirst()
        .orElse("a known setting");
  }

  /** Builds the model with fresh parameters. */
  public Model<?> build(DataSpec data, ModelConfig settings, Rng init) {
    return build(data, settings, init, (parameter, shape) -> {});
  }

  /**
   * As {@link #build(DataSpec, ModelConfig, Rng)} for settings from a file that may ask for any
   * amount of memory.
   *
   * @param guard told of every tensor's name and shape before its memory is taken; may throw
   */
  public Model<?> build(
      DataSpec data, ModelConfig settings, Rng init, BiConsumer<String, Shape> guard) {
    return factory.build(data, new Params(init, type, guard), config.cast(settings));
  }
}
