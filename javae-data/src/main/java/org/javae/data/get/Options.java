package org.javae.data.get;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.javae.core.config.Nearest;
import org.javae.tensor.UserException;

/**
 * The options of a generated data set, as {@code key=value} words, read with the types the
 * generator expects.
 */
final class Options {
  private final String data;
  private final Map<String, String> given;

  /**
   * @throws UserException if a key is not among {@code known}
   */
  Options(String data, Map<String, String> given, Collection<String> known) {
    this.data = data;
    this.given = given;
    for (String key : given.keySet()) {
      if (!known.contains(key)) {
        throw unknown(data, key, known);
      }
    }
  }

  static UserException unknown(String data, String key, Collection<String> known) {
    if (known.isEmpty()) {
      return UserException.usage("%s takes no options, so %s means nothing to it.", data, key);
    }
    List<String> near = Nearest.to(key, known);
    return UserException.usage(
        "%s has no option %s: %s.",
        data,
        key,
        near.isEmpty()
            ? "its options are " + String.join(", ", known)
            : "did you mean "
                + String.join(" or ", near)
                + "? Its options are "
                + String.join(", ", known));
  }

  boolean has(String key) {
    return given.containsKey(key);
  }

  int integer(String key, int otherwise) {
    String text = given.get(key);
    if (text == null) {
      return otherwise;
    }
    try {
      return Integer.parseInt(text.strip());
    } catch (NumberFormatException e) {
      throw UserException.usage("%s: %s is '%s' but must be a whole number.", data, key, text);
    }
  }

  String text(String key, String otherwise) {
    return given.getOrDefault(key, otherwise);
  }

  boolean flag(String key) {
    String text = given.getOrDefault(key, "false").strip();
    if (!text.equalsIgnoreCase("true") && !text.equalsIgnoreCase("false")) {
      throw UserException.usage("%s: %s is '%s' but must be true or false.", data, key, text);
    }
    return text.equalsIgnoreCase("true");
  }

  double real(String key, double otherwise) {
    String text = given.get(key);
    if (text == null) {
      return otherwise;
    }
    try {
      return Double.parseDouble(text.strip());
    } catch (NumberFormatException e) {
      throw UserException.usage("%s: %s is '%s' but must be a number.", data, key, text);
    }
  }

  <E extends Enum<E>> E choice(String key, E otherwise, E[] choices) {
    String text = given.get(key);
    if (text == null) {
      return otherwise;
    }
    return Arrays.stream(choices)
        .filter(c -> c.toString().equalsIgnoreCase(text.strip()))
        .findFirst()
        .orElseThrow(
            () ->
                UserException.usage(
                    "%s: %s is '%s' but must be one of %s.",
                    data,
                    key,
                    text,
                    Arrays.stream(choices).map(E::toString).collect(Collectors.joining(", "))));
  }
}
