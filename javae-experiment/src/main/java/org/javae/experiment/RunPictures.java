package org.javae.experiment;

import com.fasterxml.jackson.databind.JsonNode;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.javae.core.evaluate.Evaluator;
import org.javae.core.io.AtomicFiles;
import org.javae.core.io.Json;
import org.javae.core.model.LatentVariableModel;
import org.javae.experiment.picture.Bars;
import org.javae.experiment.picture.Curves;
import org.javae.experiment.picture.ImageFiles;
import org.javae.tensor.UserException;

/**
 * The pictures that belong into every run folder, as far as they apply to the model and its data.
 */
public final class RunPictures {
  /** Above this KL in nats a latent dimension is drawn as one in use. */
  private static final double ACTIVE_KL = 0.05;

  private static final int IMAGES = 32;
  private static final int TABLE_ROWS = 12;
  private static final int SAMPLES = 64;
  private static final int TABLE_SAMPLES = 500;
  private static final int TRAVERSED = 8;
  private static final int MANIFOLD_SIDE = 20;

  private RunPictures() {}

  private interface Picture {
    void draw(Path file);
  }

  /**
   * Draws into the run's folder.
   *
   * @param notes told, in a sentence each, which pictures do not apply and why
   * @return the files written
   */
  public static List<Path> write(Run run, Consumer<String> notes) {
    boolean images = run.drawn();
    List<Path> files = new ArrayList<>();
    Attempt a = new Attempt(run.folder(), files, notes);
    if (Files.exists(run.folder().resolve(Experiment.METRICS))) {
      a.draw("curves.png", f -> png(curves(run), f));
    }
    if (run.isText()) {
      a.draw("reconstructions.txt", f -> text(run.reconstructedSentences(IMAGES, 0), f));
      a.draw("samples.txt", f -> text(run.sentences(SAMPLES, 0, null), f));
      a.draw("kl.png", f -> png(kl(run), f));
      return files;
    }
    a.draw("reconstructions.png", f -> png(run.reconstruct(images ? IMAGES : TABLE_ROWS, 0), f));
    a.draw("samples.png", f -> png(run.generate(images ? SAMPLES : TABLE_SAMPLES, 0), f));
    List<BufferedImage> frames = new ArrayList<>();
    a.draw(
        "traversal.png",
        f -> {
          frames.addAll(run.traverse(TRAVERSED, 0));
          png(frames.get(0), f);
        });
    if (frames.size() > 1) {
      a.draw("traversal.gif", f -> Run.film(frames).write(f));
    }
    if (images && run.latent() == 2) {
      a.draw("manifold.png", f -> png(run.manifold(MANIFOLD_SIDE, 0), f));
    }
    a.draw("kl.png", f -> png(kl(run), f));
    if (run.model() instanceof LatentVariableModel
        && Files.exists(run.folder().resolve(Experiment.METRICS))) {
      a.draw("collapse.png", f -> png(CollapsePicture.draw(run), f));
    }
    return files;
  }

  private record Attempt(Path folder, List<Path> files, Consumer<String> notes) {
    void draw(String name, Picture p) {
      Path file = folder.resolve(name);
      try {
        p.draw(file);
        files.add(file);
      } catch (UserException e) {
        notes.accept("no " + name + ": " + e.getMessage());
      }
    }
  }

  /** Writes sentences, one a line. */
  public static void text(List<String> lines, Path file) {
    AtomicFiles.writeString(file, String.join("\n", lines) + "\n");
  }

  private static void png(BufferedImage image, Path file) {
    ImageFiles.writePng(image, file);
  }

  /** KL of every latent dimension over the part that is looked at unless told otherwise. */
  private static BufferedImage kl(Run run) {
    Evaluator.Options o =
        new Evaluator.Options(0, 0, Experiment.EVALUATION_BATCH, Set.of("kl_per_dimension"));
    double[] kl = run.evaluate(null, o, done -> {}).metrics().klPerDimension();
    if (kl == null) {
      throw UserException.of(
          "model %s has no KL divergence a dimension", run.description().model());
    }
    return Bars.klPerDimension(kl, ACTIVE_KL).title("KL of each latent dimension").draw();
  }

  /**
   * One panel a quantity of {@code metrics.jsonl}; the ELBO and its parts first, the learning rate
   * last.
   */
  static BufferedImage curves(Run run) {
    List<JsonNode> epochs = epochs(run.folder().resolve(Experiment.METRICS));
    Curves c =
        Curves.of(run.description().model() + " on " + run.description().source().get("name"));
    Set<String> names = new LinkedHashSet<>(List.of("elbo", "nll", "kl", "active_units"));
    for (JsonNode e : epochs) {
      e.path("train").fieldNames().forEachRemaining(names::add);
      e.path("validation").fieldNames().forEachRemaining(names::add);
    }
    boolean divergence = epochs.stream().anyMatch(e -> e.path("train").has("kl"));
    int drawn = 0;
    for (String name : names) {
      Curves.Panel panel =
          Curves.Panel.of(title(name, divergence), name.equals("active_units") ? "" : "nats");
      boolean any = false;
      for (String part : List.of("train", "validation")) {
        SortedMap<Integer, Double> line = new TreeMap<>();
        for (JsonNode e : epochs) {
          double v = value(e.path(part), name);
          if (!Double.isNaN(v)) {
            line.put(e.path("epoch").asInt(), v);
          }
        }
        if (!line.isEmpty()) {
          panel.line(part, line);
          any = true;
        }
      }
      if (any) {
        c.add(panel);
        drawn++;
      }
    }
    SortedMap<Integer, Double> rate = new TreeMap<>();
    epochs.forEach(e -> rate.put(e.path("epoch").asInt(), e.path("lr").asDouble()));
    if (rate.values().stream().distinct().count() > 1) {
      c.add(Curves.Panel.of("learning rate", "").line("", rate).log());
    }
    if (drawn == 0) {
      throw UserException.of("%s holds no epochs", Experiment.METRICS);
    }
    Object best = run.trainingMetrics().get("epoch");
    return (best instanceof Number n && n.intValue() < epochs.size() ? c.best(n.doubleValue()) : c)
        .draw();
  }

  /** A term called nll is the reconstruction where a divergence stands beside it. */
  private static String title(String name, boolean divergence) {
    return switch (name) {
      case "elbo" -> "ELBO";
      case "nll" -> divergence ? "reconstruction" : "NLL";
      case "kl" -> "KL";
      default -> name.replace('_', ' ');
    };
  }

  private static double value(JsonNode metrics, String name) {
    if (name.equals("elbo") && !metrics.has("elbo") && metrics.has("nll") && metrics.has("kl")) {
      return -metrics.get("nll").asDouble() - metrics.get("kl").asDouble();
    }
    return metrics.path(name).asDouble(Double.NaN);
  }

  static List<JsonNode> epochs(Path file) {
    try {
      List<JsonNode> r = new ArrayList<>();
      for (String line : Files.readAllLines(file)) {
        if (!line.isBlank()) {
          r.add(Json.parse(line, file.getFileName().toString(), JsonNode.class));
        }
      }
      return r;
    } catch (IOException e) {
      throw UserException.of(e, "%s cannot be read", file);
    }
  }
}
