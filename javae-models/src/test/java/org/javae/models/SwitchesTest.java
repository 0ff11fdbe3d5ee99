package org.javae.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashMap;
import java.util.Map;
import org.javae.core.io.Json;
import org.javae.core.model.CatalogEntry;
import org.javae.core.model.DataSpec;
import org.javae.tensor.Shape;
import org.javae.tensor.UserException;
import org.junit.jupiter.api.Test;

/** From a command line true and false are texts. */
class SwitchesTest {
  private static final DataSpec IMAGES = DataSpec.of(Shape.of(1, 28, 28), true, true);

  @Test
  void everySwitchOfEveryModelCanBeThrown() {
    int found = 0;
    for (CatalogEntry<?> e : ModelCatalog.entries()) {
      JsonNode usual = Json.mapper().valueToTree(e.configure(IMAGES, Map.of()));
      for (Map.Entry<String, JsonNode> key : usual.properties()) {
        if (key.getValue().isBoolean()) {
          found++;
          boolean other = !key.getValue().booleanValue();
          Map<String, String> settings = new HashMap<>();
          settings.put(key.getKey(), String.valueOf(other));
          JsonNode thrown =
              Json.mapper()
                  .valueToTree(e.configure(IMAGES, Map.of(key.getKey(), String.valueOf(other))));
          assertThat(thrown.get(key.getKey()).booleanValue())
              .as(e.name() + " " + key.getKey())
              .isEqualTo(other);
          settings.put(key.getKey(), "yes");
          assertThatThrownBy(() -> e.configure(IMAGES, settings))
              .isInstanceOf(UserException.class)
              .hasMessageContaining("'" + key.getKey() + "'")
              .hasMessageEndingWith("true or false is expected");
        }
      }
    }
    assertThat(found).as("switches").isPositive();
  }
}
