package org.javae.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.javae.tensor.UserException;
import picocli.CommandLine.Option;

/** Options of training, whatever the model; {@code compare} gives them to several. */
class Tuning {
  @Option(names = "--latent", paramLabel = "N", description = "Latent dimensions.")
  Integer latent;

  @Option(
      names = "--epochs",
      paramLabel = "N",
      description = "Passes over the training rows (default 20).")
  Integer epochs;

  @Option(names = "--batch", paramLabel = "N", description = "Observations a step (default 128).")
  Integer batch;

  @Option(names = "--lr", paramLabel = "X", description = "Learning rate (default 0.001).")
  Double lr;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Seed of everything random (default 0).")
  Long seed;

  @Option(
      names = "--limit",
      paramLabel = "N",
      description = "At most N rows each of train, validation, test.")
  Integer limit;

  @Option(
      names = "--max-time",
      paramLabel = "T",
      description = "Stop after T, e.g. 90s, 10m, 1h30m.")
  String maxTime;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "Any key of model, training or data, e.g. beta=4, encoder=mlp:512,512.")
  List<String> set = List.of();

  /** Keys given as options of their own. */
  Map<String, Object> flags() {
    Map<String, Object> m = new LinkedHashMap<>();
    put(m, "latent", latent);
    put(m, "epochs", epochs);
    put(m, "batch", batch);
    put(m, "lr", lr);
    put(m, "seed", seed);
    put(m, "limit", limit);
    put(m, "max_seconds", maxTime == null ? null : seconds("--max-time", maxTime));
    return m;
  }

  static void put(Map<String, Object> m, String key, Object value) {
    if (value != null) {
      m.put(key, value);
    }
  }

  /** Keys given with {@code --set}. */
  Map<String, Object> sets() {
    Map<String, Object> m = new LinkedHashMap<>();
    for (String pair : set) {
      int equals = pair.indexOf('=');
      if (equals < 1) {
        throw UserException.usage("--set %s: key=value is expected, e.g. --set beta=4", pair);
      }
      m.put(pair.substring(0, equals).strip(), pair.substring(equals + 1).strip());
    }
    return m;
  }

  /** Seconds of {@code 90s}, {@code 10m}, {@code 1h30m} or a plain number of seconds. */
  static double seconds(String option, String text) {
    var m =
        Pattern.compile("(?:(\\d+)h)?(?:(\\d+)m(?:in)?)?(?:(\\d+(?:\\.\\d+)?)s?)?")
            .matcher(text.strip().toLowerCase(Locale.ROOT));
    if (text.isBlank() || !m.matches()) {
      throw UserException.usage("%s is '%s'; write it like 90s, 10m or 1h30m", option, text);
    }
    double s = part(m.group(1)) * 3600 + part(m.group(2)) * 60 + part(m.group(3));
    if (!(s > 0)) {
      throw UserException.usage("%s is '%s'; it must be more than nothing", option, text);
    }
    return s;
  }

  private static double part(String digits) {
    return digits == null ? 0 : Double.parseDouble(digits);
  }
}
