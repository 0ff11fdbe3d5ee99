package org.javae.cli;

import java.util.Map;
import org.javae.experiment.Settings;
import org.javae.tensor.UserException;
import picocli.CommandLine.Option;

/**
 * Options that decide a run; {@code train} and {@code doctor} share them. Later wins: defaults,
 * file, options, --set.
 */
final class Setup extends Fitting {
  @Option(
      names = "--binarize",
      paramLabel = "M",
      description = "Greys to zeros and ones: none, static or dynamic.")
  String binarize;

  @Option(
      names = "--query",
      paramLabel = "SQL",
      description = "Which rows to read from a jdbc: address.")
  String query;

  @Option(names = "--config", paramLabel = "FILE", description = "Settings from a YAML file.")
  String config;

  @Option(names = "--threads", paramLabel = "N", description = "Processor threads (default: all).")
  Integer threads;

  @Option(names = "--device", paramLabel = "D", description = "cpu or cuda (default cpu).")
  String device;

  /**
   * The settings.
   *
   * @param data as typed, or null if the file names it
   */
  Settings settings(String data) {
    Settings s;
    if (config != null) {
      s = Settings.read(Verb.path(config), data, model);
    } else {
      if (model == null) {
        throw UserException.usage(
            "no model given; add --model NAME, e.g. --model vae ('javae models' lists them)");
      }
      s = Settings.of(data == null ? "" : data, model);
    }
    return s.with(flags()).with(sets());
  }

  @Override
  Map<String, Object> flags() {
    Map<String, Object> m = super.flags();
    put(m, "binarize", binarize);
    put(m, "query", query);
    return m;
  }
}
