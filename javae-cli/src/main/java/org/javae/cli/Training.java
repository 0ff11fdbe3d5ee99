package org.javae.cli;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.javae.core.train.TrainResult;
import org.javae.core.train.TrainResult.Status;
import org.javae.experiment.Experiment;
import org.javae.experiment.Experiment.Outcome;
import org.javae.experiment.Run;
import org.javae.experiment.RunPictures;
import org.javae.experiment.Settings;
import org.javae.experiment.Verdict;
import org.javae.tensor.UserException;

/**
 * Runs a training for {@code train}, {@code demo} and {@code sampler}: progress, Ctrl-C, pictures,
 * summary.
 */
class Training {
  private static final int MOST_NUMBERED = 100_000;

  private final Verb verb;
  private final boolean quiet;
  private final boolean json;
  private final boolean pictures;
  private Outcome outcome;

  Training(Verb verb, boolean quiet, boolean json, boolean pictures) {
    this.verb = verb;
    this.quiet = quiet;
    this.json = json;
    this.pictures = pictures;
  }

  /**
   * Trains and reports.
   *
   * @param out the run folder, or null for the next free one
   * @return exit code
   */
  int run(Settings settings, Path out, boolean resume) {
    return run(
        notes -> Experiment.prepare(settings, notes),
        () ->
            out == null
                ? nextFolder(settings.model() + "-" + shortName(settings.data().data()))
                : out,
        resume);
  }

  /**
   * As {@link #run(Settings, Path, boolean)}.
   *
   * @param place asked for the run folder once everything else is known to be right
   */
  final int run(
      Function<Consumer<String>, Experiment> prepare, Supplier<Path> place, boolean resume) {
    Bar bar = new Bar(verb.terminal(), quiet || json);
    List<String> remarks = new ArrayList<>();
    try (Experiment e = prepare.apply(remarks::add)) {
      remarks.forEach(this::remark); // only now: an error should stand alone
      Path folder = place.get();
      Interruption interruption = new Interruption(e::requestStop);
      try {
        outcome = e.train(folder, resume, bar);
        bar.clear();
        if (outcome.result().status() == Status.INTERRUPTED) {
          interrupted(folder);
          return Interruption.EXIT_CODE;
        }
      } finally {
        bar.clear();
        verb.terminal().err().flush();
        interruption.over();
      }
      List<Path> drawn = pictures ? draw(e, folder) : List.of();
      report(e, drawn);
      return outcome.result().status() == Status.DIVERGED ? 1 : 0;
    }
  }

  final void remark(String sentence) {
    if (!quiet && !json) {
      verb.note(sentence);
    }
  }

  private void interrupted(Path folder) {
    TrainResult r = outcome.result();
    verb.note(
        "stopped after "
            + Text.count(r.epochs(), "epoch", "epochs")
            + "; "
            + folder
            + " is complete up to here");
    verb.terminal().err().println("continue with: " + again(folder));
  }

  /** The command that goes on where this training stopped. */
  String again(Path folder) {
    return Javae.command() + " train --resume --out " + Text.typed(folder);
  }

  /** Draws what belongs into the folder. */
  List<Path> draw(Experiment e, Path folder) {
    return RunPictures.write(Run.of(folder, e), this::remark);
  }

  private void report(Experiment e, List<Path> drawn) {
    Settings s = e.settings();
    TrainResult r = outcome.result();
    Path folder = outcome.folder();
    if (json) {
      Map<String, Object> o = new LinkedHashMap<>();
      o.put("run", folder.toString());
      o.put("model", s.model());
      o.put("data", e.data().name());
      o.put("status", r.status().name().toLowerCase(Locale.ROOT));
      o.put("epochs", r.epochs());
      o.put("best_epoch", r.bestEpoch());
      o.put("seconds", r.seconds());
      o.put("seconds_per_epoch", r.seconds() / Math.max(1, r.epochs()));
      o.put("metrics", Verdict.flat(outcome));
      o.put("pictures", drawn.stream().map(p -> p.getFileName().toString()).toList());
      verb.json(o);
      return;
    }
    if (r.status() == Status.DIVERGED) {
      verb.note(r.reason());
    }
    if (quiet) {
      verb.print(folder.toString());
      return;
    }
    Terminal t = verb.terminal();
    verb.print(
        t.bold(s.model() + " on " + e.data().name())
            + ": "
            + (outcome.history().isEmpty()
                ? "fitted in closed form in " + Text.duration(r.seconds())
                : Text.count(r.epochs(), "epoch", "epochs")
                    + " in "
                    + Text.duration(r.seconds())
                    + " ("
                    + Text.duration(r.seconds() / Math.max(1, r.epochs()))
                    + " each)"
                    + (r.status() == Status.FINISHED ? "" : "; " + r.reason())));
    List<List<String>> rows = new ArrayList<>();
    Map<String, Object> m = Verdict.flat(outcome);
    String numbers = numbers(m, s);
    if (!numbers.isEmpty()) {
      rows.add(
          List.of(
              m.get("validation") instanceof Map<?, ?> v && !v.isEmpty()
                  ? "validation"
                  : "training",
              numbers));
    }
    Verdict.of(outcome, e)
        .forEach(
            v ->
                rows.add(
                    List.of(
                        rows.stream().anyMatch(x -> x.get(0).equals("verdict")) ? "" : "verdict",
                        v)));
    rows.add(List.of("run folder", folder.toString()));
    if (!drawn.isEmpty()) {
      rows.add(
          List.of(
              "pictures",
              String.join("  ", drawn.stream().map(p -> p.getFileName().toString()).toList())));
    }
    if (r.status() == Status.OUT_OF_TIME) {
      rows.add(
          List.of(
              "more time",
              again(folder)
                  + " --max-time "
                  + Math.round(Math.ceil(s.train().max_seconds() / 30))
                  + "m"));
    }
    verb.print(Text.table(rows.stream().map(x -> List.of("  " + x.get(0), x.get(1))).toList()));
  }

  private static String numbers(Map<String, Object> m, Settings s) {
    List<String> parts = new ArrayList<>();
    add(parts, "ELBO", m.get("elbo"));
    add(parts, "NLL", m.get("nll"));
    add(parts, "reconstruction", m.get("reconstruction"));
    add(parts, "KL", m.get("kl"));
    add(parts, "squared error", m.get("squared_error"));
    if (m.get("mse") instanceof Number mse) {
      parts.add(String.format(Locale.ROOT, "MSE %.4g", mse.doubleValue()));
    }
    if (m.get("active_units") instanceof Number n) {
      parts.add("active units " + Math.round(n.doubleValue()));
    }
    if (m.get("epoch") instanceof Number n && s.train().best()) {
      parts.add("epoch " + n);
    }
    return String.join("   ", parts);
  }

  private static void add(List<String> parts, String name, Object v) {
    if (v instanceof Number n) {
      parts.add(name + " " + Text.nats(n.doubleValue()));
    }
  }

  /** A data set as part of a folder's name. */
  static String shortName(String data) {
    String s = data.startsWith("jdbc:") ? "database" : data;
    int option = s.indexOf(':');
    s = option > 1 ? s.substring(0, option) : s;
    s = s.replaceAll("[/\\\\]+$", "");
    s = s.substring(Math.max(s.lastIndexOf('/'), s.lastIndexOf('\\')) + 1);
    int dot = s.indexOf('.');
    s =
        (dot > 0 ? s.substring(0, dot) : s)
            .replaceAll("[^A-Za-z0-9_-]+", "-")
            .replaceAll("^-+|-+$", "");
    return s.isEmpty() ? "data" : s;
  }

  /** {@code runs/PREFIX-N} with the first free N, made at once so that nobody else takes it. */
  static Path nextFolder(String prefix) {
    Path runs = Path.of("runs");
    try {
      Files.createDirectories(runs);
      for (int n = 1; n < MOST_NUMBERED; n++) {
        Path p = runs.resolve(prefix + "-" + n);
        if (Files.exists(p)) {
          continue;
        }
        try {
          return Files.createDirectory(p);
        } catch (FileAlreadyExistsException e) {
          continue; // another run was quicker
        }
      }
    } catch (IOException e) {
      throw UserException.of(
          e, "a run folder cannot be made in %s; say where with --out DIR", runs.toAbsolutePath());
    }
    throw UserException.of(
        "runs has too many folders called %s-N; say another with --out DIR", prefix);
  }

  /** What came out; null before the end. */
  Outcome outcome() {
    return outcome;
  }
}
