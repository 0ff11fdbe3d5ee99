package org.javae.core.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.LongNode;
import java.lang.reflect.RecordComponent;
import org.javae.core.io.Json;
import org.javae.tensor.UserException;

/** Values that users type are text; a record's component says what they must become. */
public final class Values {
  private Values() {}

  /**
   * The value as JSON of the component's type.
   *
   * @throws UserException naming the key, the value and what is expected
   */
  public static JsonNode of(RecordComponent component, Object value) {
    JsonNode node = value instanceof JsonNode n ? n : Json.mapper().valueToTree(value);
    Class<?> type = component.getType();
    String text = node.asText().strip();
    try {
      if (type == int.class || type == long.class) {
        long v =
            node.isNumber() && node.canConvertToLong() && node.doubleValue() == node.longValue()
                ? node.longValue()
                : Long.parseLong(text);
        if (type == int.class && v != (int) v) {
          throw new NumberFormatException();
        }
        return LongNode.valueOf(v);
      }
      if (type == double.class) {
        return DoubleNode.valueOf(node.isNumber() ? node.doubleValue() : Double.parseDouble(text));
      }
    } catch (NumberFormatException e) {
      throw UserException.usage(
          "%s is '%s'; a %s is expected",
          component.getName(), text, type == double.class ? "number" : "whole number");
    }
    if (type == boolean.class) {
      if (!text.equals("true") && !text.equals("false")) {
        throw UserException.usage(
            "%s is '%s'; true or false is expected", component.getName(), text);
      }
      return BooleanNode.valueOf(text.equals("true"));
    }
    return node.isValueNode() && !node.isNull() ? Json.mapper().valueToTree(node.asText()) : node;
  }
}
