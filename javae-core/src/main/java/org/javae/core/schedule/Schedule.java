package org.javae.core.schedule;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.LinkedHashMap;
import java.util.Map;
import org.javae.core.config.NumberedKind;
import org.javae.core.train.Step;
import org.javae.tensor.UserException;

/**
 * A factor between 0 and 1 over training, e.g. on the KL term. Written as text:
 *
 * <ul>
 *   <li>{@code constant}: 1
 *   <li>{@code linear:E}: from 0 to 1 over the first E epochs (Bowman et al., 2016; default 10)
 *   <li>{@code sigmoid:E}: logistic rise reaching ½ at epoch E with slope 10/E (default 5)
 *   <li>{@code cyclical:M,R}: M equal cycles over the run, each rising linearly over its first
 *       fraction R, then 1 (Fu et al., 2019, equation (6); defaults 4 and 0.5)
 *   <li>{@code cosine:E}: after a linear warm-up of E epochs, down to 0 along half a cosine; for
 *       learning rates (default 0)
 *   <li>{@code step:E,G}: multiplied by G every E epochs (defaults 50 and 0.5)
 * </ul>
 */
public final class Schedule {
  private static final Map<String, double[]> DEFAULTS = new LinkedHashMap<>();

  static {
    DEFAULTS.put("constant", new double[0]);
    DEFAULTS.put("linear", new double[] {10});
    DEFAULTS.put("sigmoid", new double[] {5});
    DEFAULTS.put("cyclical", new double[] {4, 0.5});
    DEFAULTS.put("cosine", new double[] {0});
    DEFAULTS.put("step", new double[] {50, 0.5});
  }

  /** Always 1. */
  public static final Schedule CONSTANT = new Schedule("constant", new double[0]);

  private final String kind;
  private final double[] args;

  private Schedule(String kind, double[] args) {
    this.kind = kind;
    this.args = args;
  }

  /**
   * Reads a schedule.
   *
   * @throws UserException if the text is not one
   */
  @JsonCreator
  public static Schedule parse(String text) {
    NumberedKind k = NumberedKind.parse("schedule", text, DEFAULTS);
    double[] args = k.numbers();
    for (int i = 0; i < args.length; i++) {
      if (!(args[i] > 0 || args[i] == 0 && k.kind().equals("cosine"))) {
        throw UserException.usage("schedule '%s': '%s' must be positive", text, shown(args[i]));
      }
      // The second number, a fraction or a factor, keeps the schedule between 0 and 1.
      if (i == 1 && args[i] > 1) {
        throw UserException.usage("schedule '%s': '%s' must be at most 1", text, shown(args[i]));
      }
    }
    return new Schedule(k.kind(), args);
  }

  private static String shown(double n) {
    return n == (long) n ? String.valueOf((long) n) : String.valueOf(n);
  }

  /** The factor at this step. */
  public double at(Step s) {
    double e = s.epochs();
    return switch (kind) {
      case "linear" -> Math.min(1, e / args[0]);
      case "sigmoid" -> 1 / (1 + Math.exp(-10 / args[0] * (e - args[0])));
      case "cyclical" -> {
        double cycle = s.totalEpochs() / args[0];
        yield s.training() ? Math.min(1, (e % cycle) / cycle / args[1]) : 1;
      }
      case "cosine" -> {
        double rest = (e - args[0]) / Math.max(1e-9, s.totalEpochs() - args[0]);
        yield rest < 0
            ? Math.max(1e-3, e / args[0])
            : 0.5 * (1 + Math.cos(Math.PI * Math.min(1, rest)));
      }
      case "step" -> Math.pow(args[1], Math.floor(e / args[0]));
      default -> 1;
    };
  }

  @JsonValue
  @Override
  public String toString() {
    return new NumberedKind(kind, args).toString();
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof Schedule s && s.toString().equals(toString());
  }

  @Override
  public int hashCode() {
    return toString().hashCode();
  }
}
