package org.javae.experiment;

import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.javae.experiment.picture.Grid;
import org.javae.experiment.picture.Images;
import org.javae.experiment.picture.Stack;
import org.javae.tensor.Shape;

/** Samples of several runs side by side below originals. */
final class ComparisonPicture {
  private static final int IMAGES = 16;
  private static final int POINTS = 500;

  private ComparisonPicture() {}

  record Drawn(Optional<BufferedImage> picture, Optional<String> note) {}

  static Drawn draw(List<Comparison.Finished> rows, long seed) {
    List<String> captions = new ArrayList<>();
    List<Images> images = new ArrayList<>();
    List<BufferedImage> plots = new ArrayList<>();
    List<String> without = new ArrayList<>();
    boolean text = false;
    for (Comparison.Finished f : rows) {
      if (f.run() == null) {
        continue;
      }
      try (Run run = Run.open(f.run())) {
        text |= run.isText();
        if (text) {
          break;
        }
        Shape event = run.model().data().event();
        if (event.isImage() && captions.isEmpty()) {
          captions.add("original");
          images.add(Images.of(run.originals(IMAGES, seed), event));
        }
        if (!Comparison.Abilities.of(run.model()).samples()) {
          without.add(f.row().name());
        } else if (event.isImage()) {
          captions.add(f.row().name());
          images.add(Images.of(run.draws(images.get(0).count(), seed), event));
        } else {
          plots.add(run.generate(POINTS, seed));
        }
      }
    }
    Optional<String> note =
        text
            ? Optional.of("Sentences are not drawn; see the samples in the run folders.")
            : without.isEmpty()
                ? Optional.empty()
                : Optional.of(
                    "No row of samples in the picture: " + String.join(", ", without) + ".");
    BufferedImage picture =
        images.size() > 1
            ? Grid.stacked(captions, images).title("samples side by side").draw()
            : plots.isEmpty() ? null : Stack.down(plots);
    return new Drawn(Optional.ofNullable(picture), note);
  }
}
