package org.javae.data.generate;

import org.javae.core.data.Dataset;
import org.javae.core.data.Dataset.ViewSettings;
import org.javae.core.data.LabelView;

/**
 * Two views of a digit: its picture ({@link Strokes}) and its label, a column of ten categories.
 *
 * @param strokes what draws the pictures
 */
public record StrokesLabel(Strokes strokes) implements Generator {
  @Override
  public String name() {
    return "strokes-label";
  }

  @Override
  public Dataset generate(long seed) {
    return LabelView.pair(
        name(), "image", strokes.generate(seed), ViewSettings.AUTO.likelihood("bernoulli"));
  }
}
