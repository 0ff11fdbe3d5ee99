package org.javae.experiment;

import com.fasterxml.jackson.databind.JsonNode;
import java.awt.image.BufferedImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.javae.experiment.picture.Curves;
import org.javae.experiment.picture.Heatmap;
import org.javae.experiment.picture.Stack;
import org.javae.tensor.UserException;

/**
 * A run's collapse, epoch by epoch, from its {@code metrics.jsonl}: the KL of every latent
 * dimension as a heatmap, the KL in all, mutual information and active units as curves.
 */
public final class CollapsePicture {
  private static final int MOST_COLUMNS = 150;
  private static final int MOST_NAMED = 60;

  private CollapsePicture() {}

  /**
   * Draws.
   *
   * @throws UserException if the run kept no epochs, or its model has no posterior
   */
  public static BufferedImage draw(Run run) {
    Path file = run.folder().resolve(Experiment.METRICS);
    if (!Files.exists(file)) {
      throw UserException.of(
          "run %s has no epochs to draw: model %s is fitted in closed form",
          run.folder().getFileName(), run.description().model());
    }
    List<JsonNode> epochs = RunPictures.epochs(file);
    String title = run.description().model() + " on " + run.description().source().get("name");
    List<BufferedImage> parts = new ArrayList<>();
    BufferedImage heat = heatmap(epochs, title + ": KL of each latent dimension");
    if (heat != null) {
      parts.add(heat);
    }
    Curves c = Curves.of(heat == null ? title : "");
    boolean any = false;
    for (String[] p :
        new String[][] {
          {"mutual_information", "mutual information", "nats"},
          {"active_units", "active units", ""},
          {"kl", "KL", "nats"},
          {"elbo", "ELBO", "nats"}
        }) {
      SortedMap<Integer, Double> line = new TreeMap<>();
      for (JsonNode e : epochs) {
        JsonNode v = e.path("validation").path(p[0]);
        if (v.isNumber()) {
          line.put(e.path("epoch").asInt(), v.asDouble());
        }
      }
      if (!line.isEmpty()) {
        c.add(Curves.Panel.of(p[1], p[2]).line("validation", line));
        any = true;
      }
    }
    if (!any) {
      throw UserException.of(
          "run %s holds no validation metrics of its codes, which collapse is seen in; train a model with a posterior, with"
              + " rows held out (--set validation=0.1)",
          run.folder().getFileName());
    }
    parts.add(c.draw());
    return Stack.down(parts);
  }

  /** Dimensions by their KL at the end, the largest on top; null if the KL never came apart. */
  private static BufferedImage heatmap(List<JsonNode> all, String title) {
    List<JsonNode> with = all.stream().filter(e -> e.path("kl_per_dimension").size() > 0).toList();
    if (with.isEmpty()) {
      return null;
    }
    int columns = Math.min(MOST_COLUMNS, with.size());
    List<JsonNode> epochs =
        IntStream.range(0, columns)
            .mapToObj(
                i ->
                    with.get(
                        columns == 1 ? 0 : (int) ((long) i * (with.size() - 1) / (columns - 1))))
            .toList();
    JsonNode last = epochs.get(columns - 1).get("kl_per_dimension");
    List<Integer> order =
        IntStream.range(0, last.size())
            .boxed()
            .sorted(Comparator.comparingDouble(j -> -last.get(j).asDouble()))
            .toList();
    float[] v = new float[order.size() * columns];
    for (int r = 0; r < order.size(); r++) {
      for (int e = 0; e < columns; e++) {
        v[r * columns + e] =
            (float) epochs.get(e).get("kl_per_dimension").path(order.get(r)).asDouble(Double.NaN);
      }
    }
    Heatmap h =
        Heatmap.of(v, order.size(), columns)
            .title(title)
            .axes("", "epoch")
            .columnNames(columnNames(epochs))
            .valueName("nats");
    float most = 0;
    for (float x : v) {
      most = Float.isFinite(x) ? Math.max(most, x) : most;
    }
    h.range(0, Math.max(most, 0.01)); // all below a hundredth of a nat is dark, and should be
    return (order.size() <= MOST_NAMED ? h.rowNames(order.stream().map(j -> "z" + j).toList()) : h)
        .draw();
  }

  /** Every tenth of the epochs is named, the others are empty. */
  private static List<String> columnNames(List<JsonNode> epochs) {
    int every = Math.max(1, (epochs.size() + 9) / 10);
    return IntStream.range(0, epochs.size())
        .mapToObj(i -> i % every == 0 ? epochs.get(i).path("epoch").asText() : "")
        .toList();
  }
}
