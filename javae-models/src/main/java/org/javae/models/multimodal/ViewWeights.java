package org.javae.models.multimodal;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.javae.core.config.Nearest;
import org.javae.core.model.View;
import org.javae.tensor.UserException;

/**
 * Weights of the views' log-likelihoods as text, {@code image:1,label:50}; a view that is not named
 * keeps the weight of the data's manifest, which is 1 unless it says otherwise.
 */
public record ViewWeights(Map<String, Double> byName) {
  /**
   * Reads weights.
   *
   * @throws UserException if the text is none, or a weight is not positive
   */
  @JsonCreator
  public static ViewWeights parse(String text) {
    Map<String, Double> w = new LinkedHashMap<>();
    for (String part : text.strip().split(",")) {
      int colon = part.lastIndexOf(':');
      try {
        double v = Double.parseDouble(part.substring(colon + 1));
        if (colon > 0 && v > 0 && Double.isFinite(v)) {
          w.put(part.substring(0, colon).strip(), v);
          continue;
        }
      } catch (NumberFormatException e) {
        // the sentence below says what is expected
      }
      throw UserException.usage(
          "weights '%s': '%s' is not a view's name, a colon and a positive number, as in image:1,label:50",
          text, part);
    }
    return new ViewWeights(w);
  }

  /** The weight of each view. */
  static List<Double> of(ViewWeights w, List<View> views) {
    List<String> names = views.stream().map(View::name).toList();
    if (w != null) {
      for (String n : w.byName.keySet()) {
        if (!names.contains(n)) {
          throw UserException.usage(
              "weights: the data have no view '%s'; %s", n, Nearest.suggestion(n, names));
        }
      }
    }
    return views.stream()
        .map(v -> w == null ? v.weight() : w.byName.getOrDefault(v.name(), v.weight()))
        .toList();
  }

  @JsonValue
  @Override
  public String toString() {
    StringBuilder b = new StringBuilder();
    byName.forEach((n, v) -> b.append(b.isEmpty() ? "" : ",").append(n).append(':').append(v));
    return b.toString();
  }
}
