package org.javae.experiment.reproduce;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.javae.core.config.Nearest;
import org.javae.core.io.Json;
import org.javae.tensor.UserException;

/** The list of experiments, read strictly from {@code experiments.yaml}. */
public final class Recipes {
  private static final String RESOURCE = "experiments.yaml";

  private final Map<String, Recipe> byId = new LinkedHashMap<>();

  private record File(List<Recipe> experiments) {}

  private Recipes(List<Recipe> all, String source) {
    for (Recipe r : all) {
      if (byId.put(r.id(), r) != null) {
        throw UserException.of("%s has two experiments %s", source, r.id());
      }
    }
    for (Recipe r : all) {
      baselines(r, new HashSet<>(), source);
    }
  }

  /** Every comparison must lead to an experiment, and none back to itself. */
  private void baselines(Recipe r, Set<String> above, String source) {
    above.add(r.id());
    for (Goal g : r.goals()) {
      if (g.other() == null) {
        continue;
      }
      Recipe other = byId.get(g.other());
      if (other == null) {
        throw UserException.of(
            "%s: experiment %s is compared with %s, which is not there; %s",
            source, r.id(), g.other(), Nearest.suggestion(g.other(), ids()));
      }
      if (above.contains(other.id())) {
        throw UserException.of(
            "%s: experiment %s is compared with itself by way of %s", source, other.id(), r.id());
      }
      baselines(other, new HashSet<>(above), source);
    }
  }

  /** The experiments that come with JaVAE. */
  public static Recipes shipped() {
    try (InputStream in = Recipes.class.getResourceAsStream(RESOURCE)) {
      return parse(new String(in.readAllBytes(), StandardCharsets.UTF_8), RESOURCE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Experiments of a file.
   *
   * @throws UserException naming the experiment and the key that are wrong
   */
  public static Recipes read(Path file) {
    return of(Json.readYaml(file, File.class), file.getFileName().toString());
  }

  static Recipes parse(String yaml, String source) {
    try {
      return of(Json.yaml().readValue(yaml, File.class), source);
    } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
      throw Json.explain(e, source);
    }
  }

  private static Recipes of(File f, String source) {
    if (f.experiments() == null || f.experiments().isEmpty()) {
      throw UserException.of("%s lists no experiments; it begins with 'experiments:'", source);
    }
    return new Recipes(f.experiments(), source);
  }

  /** All, in reading order. */
  public List<Recipe> all() {
    return List.copyOf(byId.values());
  }

  /** Their ids. */
  public List<String> ids() {
    return new ArrayList<>(byId.keySet());
  }

  /**
   * The experiment of this id.
   *
   * @throws UserException naming the nearest if there is none
   */
  public Recipe get(String id) {
    Recipe r = byId.get(id);
    if (r == null) {
      throw UserException.usage(
          "there is no experiment '%s'; %s", id, Nearest.suggestion(id, ids()));
    }
    return r;
  }
}
