package org.javae.experiment.reproduce;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.javae.experiment.reproduce.Goal.Outcome;
import org.javae.experiment.reproduce.Recipe.Published;

/**
 * What an experiment came to: a row of the results table.
 *
 * @param quick whether this was the quick variant, whose figures judge nothing
 * @param date of the end of training, ISO
 * @param command the training as typed, with the first seed
 * @param evaluate the evaluation as typed
 * @param binarize how greys became zeros and ones
 * @param n observations measured
 * @param nllSamples importance samples an observation
 * @param obtained mean over the seeds; null if a run came to no number
 * @param sd sample standard deviation over the seeds; null for one
 * @param each figure of each seed
 * @param difference obtained minus published
 * @param verdict {@link #MET}, {@link #MISSED}, or {@link #QUICK}
 * @param metrics all that was measured, means over the seeds
 * @param status how training ended: finished, stopped_early, out_of_time or diverged (of the seeds,
 *     the worst)
 * @param seconds of training, all seeds
 * @param evaluationSeconds of evaluation, all seeds
 * @param javae version
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Row(
    String id,
    String system,
    String citation,
    boolean quick,
    String date,
    List<Long> seeds,
    int threads,
    String command,
    String evaluate,
    String binarize,
    int n,
    @JsonProperty("nll_samples") int nllSamples,
    String metric,
    Double obtained,
    Double sd,
    List<Double> each,
    Published published,
    Double difference,
    String verdict,
    List<Outcome> goals,
    Map<String, Double> metrics,
    String status,
    double epochs,
    double seconds,
    @JsonProperty("evaluation_seconds") double evaluationSeconds,
    String javae,
    String note) {
  /** All goals hold. */
  public static final String MET = "met";

  /** A goal does not. */
  public static final String MISSED = "missed";

  /** Nothing was judged. */
  public static final String QUICK = "quick";

  /**
   * Whether this row is what the recipe would give now: the same runs, measured in the same way.
   */
  public boolean of(Recipe r) {
    return !quick
        && id.equals(r.id())
        && command.equals(r.trainCommand())
        && evaluate.equals(r.evaluateCommand())
        && seeds.equals(r.seedList());
  }

  /** {@code 86.25}, or {@code 0.961 ± 0.012}, or a dash. */
  public String obtainedText() {
    if (obtained == null) {
      return "–";
    }
    return figure(obtained) + (sd == null ? "" : " ± " + figure(sd));
  }

  /** {@code −3.65}, {@code +0.20} or a dash. */
  public String differenceText() {
    return difference == null ? "–" : (difference >= 0 ? "+" : "−") + figure(Math.abs(difference));
  }

  /** Two decimals for large figures, four or six for small ones, none for counts. */
  static String figure(double v) {
    double a = Math.abs(v);
    String format =
        v == Math.rint(v) && a < 1e6
            ? "%.0f"
            : a >= 20 ? "%.2f" : a >= 1 ? "%.4f" : a >= 1e-4 ? "%.6f" : "%.1e";
    return String.format(Locale.ROOT, format, v).replace("-", "−");
  }
}
