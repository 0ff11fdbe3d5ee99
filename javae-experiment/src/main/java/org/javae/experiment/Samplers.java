package org.javae.experiment;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.javae.core.config.Nearest;
import org.javae.core.data.ArrayDataset;
import org.javae.core.data.Dataset;
import org.javae.core.data.Dataset.Column;
import org.javae.core.data.Dataset.PublishedSplit;
import org.javae.core.io.ModelFolder;
import org.javae.core.model.Conditional;
import org.javae.core.model.Decodes;
import org.javae.core.model.Generates;
import org.javae.models.ModelCatalog;
import org.javae.tensor.Rng;
import org.javae.tensor.Shape;
import org.javae.tensor.UserException;

/**
 * Samplers: densities fitted afterwards to the codes of a trained run, from which codes are then
 * drawn in place of its prior. A sampler is any catalogue model that generates, trained on the
 * aggregated posterior {@code q(z) = 1/N Σᵢ q(z|xᵢ)} of the training rows as if it were a table: a
 * mixture ({@code gmm}) or a flow ({@code maf}) is the ex-post density estimate of Ghosh et al.
 * (2020), a second VAE ({@code vae}) the two-stage VAE of Dai and Wipf (2019). It lives in {@code
 * RUN/samplers/NAME}, a run folder like any other.
 */
public final class Samplers {
  /** Folder inside a run. */
  public static final String FOLDER = "samplers";

  /** Key in a sampler's source: SHA-256 of the weights whose codes it was fitted to. */
  private static final String WEIGHTS = "run_weights";

  private static final List<String> USUAL = List.of("gmm", "maf", "vae");

  private Samplers() {}

  /**
   * Settings of a sampler: the user's over the model's defaults, a second stage with as many latent
   * dimensions as the first.
   *
   * @param values keys of the model and of training
   * @throws UserException for an unknown model or key, naming the nearest
   */
  public static Settings settings(Run run, String model, Map<String, ?> values) {
    Settings s = Settings.of("codes of " + name(run.folder()), model);
    if (s.keys().contains("likelihood") && run.latent() > 0) {
      s = s.with(Map.of("latent", run.latent(), "likelihood", "gaussian:shared"));
    }
    return s.with(values);
  }

  /**
   * Encodes the run's training and validation rows and prepares the sampler's training on them.
   *
   * @throws UserException if the run has no codes or does not decode, the model does not generate,
   *     or a setting does not fit
   */
  public static Experiment prepare(Run run, Settings settings, Consumer<String> notes) {
    if (run.model() instanceof Conditional) {
      throw UserException.of(
          "model %s has a prior for each label, so there is nothing to fit a sampler to; draw with: javae generate %s"
              + " --label LABEL",
          run.description().model(), run.folder());
    }
    if (run.latent() == 0 || !(run.model() instanceof Decodes)) {
      throw UserException.of(
          "model %s has no codes, so there is nothing to fit a sampler to; a sampler needs a run of an autoencoder",
          run.description().model());
    }
    Experiment e =
        Experiment.prepare(
            settings,
            codes(run, settings.train().seed()),
            Map.of(WEIGHTS, run.description().weights()),
            notes);
    if (!(e.model() instanceof Generates)) {
      e.close();
      throw UserException.usage(
          "model %s cannot draw, so it is no sampler; choose %s or another model that generates",
          settings.model(), String.join(", ", USUAL));
    }
    return e;
  }

  /** The training rows' codes, then the validation rows'. */
  private static Dataset codes(Run run, long seed) {
    Rng rng = Rng.of(seed).split("codes");
    float[] train = run.aggregate("train", rng.split("train"));
    float[] held =
        run.size("validation") == 0
            ? new float[0]
            : run.aggregate("validation", rng.split("validation"));
    float[] all = Arrays.copyOf(train, Math.addExact(train.length, held.length));
    System.arraycopy(held, 0, all, train.length, held.length);
    int latent = run.latent();
    return ArrayDataset.of("codes of " + name(run.folder()), Shape.of(latent), all)
        .withColumns(
            IntStream.range(0, latent)
                .mapToObj(j -> new Column("z" + j, Column.Kind.REAL, List.of()))
                .toList())
        .withSplit(new PublishedSplit(train.length / latent, held.length / latent, 0));
  }

  /**
   * Where a new sampler goes.
   *
   * @param replace whether one of this name may give way
   * @throws UserException if the name is no plain file name, or taken
   */
  public static Path place(Run run, String name, boolean replace) {
    if (!name.matches("[A-Za-z0-9_-][A-Za-z0-9._-]*")) {
      throw UserException.usage(
          "'%s' is no name for a sampler; letters, digits, '-', '_' and '.' are expected", name);
    }
    Path folder = run.folder().resolve(FOLDER).resolve(name);
    if (Files.exists(folder)) {
      if (!replace) {
        throw UserException.of(
            "run %s has a sampler '%s' already; choose another --name, or replace it with --replace",
            name(run.folder()), name);
      }
      delete(folder);
    }
    return folder;
  }

  /** Names of the run's samplers that are complete. */
  public static List<String> names(Run run) {
    Path all = run.folder().resolve(FOLDER);
    if (!Files.isDirectory(all)) {
      return List.of();
    }
    try (Stream<Path> s = Files.list(all)) {
      return s.filter(f -> Files.exists(f.resolve(ModelFolder.DESCRIPTION)))
          .map(Samplers::name)
          .sorted()
          .toList();
    } catch (IOException e) {
      throw UserException.of(e, "%s cannot be read", all);
    }
  }

  /**
   * Opens a sampler of the run.
   *
   * @throws UserException if there is none of this name, or it was fitted to other weights
   */
  static Run open(Run run, String name) {
    List<String> names = names(run);
    if (!names.contains(name)) {
      String model =
          ModelCatalog.entries().stream().anyMatch(e -> e.name().equals(name)) ? name : "gmm";
      throw UserException.usage(
          "run %s has no sampler '%s'%s; fit one with: javae sampler %s --model %s",
          name(run.folder()),
          name,
          names.isEmpty() ? "" : ", but " + listed(name, names),
          run.folder(),
          model);
    }
    Run s = Run.open(run.folder().resolve(FOLDER).resolve(name));
    if (!run.description().weights().equals(s.description().source().get(WEIGHTS))) {
      throw UserException.of(
          "sampler '%s' was fitted to other weights than run %s has now; fit it again with: javae sampler %s --model %s"
              + " --name %s --replace",
          name, name(run.folder()), run.folder(), s.description().model(), name);
    }
    return s;
  }

  private static String listed(String name, List<String> names) {
    List<String> near = Nearest.to(name, names);
    return String.join(", ", names)
        + (near.isEmpty() ? "" : " (did you mean " + near.get(0) + "?)");
  }

  private static String name(Path folder) {
    return String.valueOf(folder.toAbsolutePath().normalize().getFileName());
  }

  private static void delete(Path folder) {
    try (Stream<Path> s = Files.walk(folder)) {
      for (Path p : s.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(p);
      }
    } catch (IOException | UncheckedIOException e) {
      throw UserException.of(e, "the sampler in %s cannot be replaced", folder);
    }
  }
}
