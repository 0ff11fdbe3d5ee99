package org.javae.experiment;

import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;
import org.javae.core.model.Check;
import org.javae.tensor.UserException;

/**
 * Which data, and what is done to them before a model sees them.
 *
 * @param data catalogue name, file, folder or {@code jdbc:} address
 * @param binarize {@code none}, {@code static}, {@code dynamic}, or {@code auto}: what the
 *     catalogue advises, else dynamic where a Bernoulli likelihood meets greys, else none
 * @param scaling {@code auto}, {@code none}, {@code standard} or {@code minmax}
 * @param missing {@code error}, {@code mean} or {@code drop}
 * @param validation fraction of the training rows held out
 * @param test fraction of all rows held out where the data have no published test part
 * @param limit at most this many rows a part, 0 for all
 * @param query of a {@code jdbc:} address
 * @param label column of a table that is an annotation, not data
 * @param exclude columns of a table to leave out, separated by commas
 * @param resize image size {@code HxW}
 * @param deskew whether pictures of one channel are set upright and centred by their moments
 * @param categorical columns of a table to take as categories, separated by commas
 * @param header {@code auto}, {@code true} or {@code false}: whether a table's first line names its
 *     columns
 * @param array which array of an npz or mat file holds the observations
 * @param format what a file is where its name does not say: {@code csv}, {@code npz} …
 * @param n observations to generate, 0 for the generator's default
 * @param vocabulary of text: at most this many words, the most frequent of the training rows, are
 *     told apart; 0 for all
 * @param max_length of text: tokens of a sentence, its end mark counted, beyond which it is cut; 0
 *     for the longest sentence's
 * @param missing_views of data with several views: probability that a training observation lacks a
 *     view, each on its own but never all
 * @param paired of data with several views: part of the training observations that keep all their
 *     views; each of the others keeps one
 * @param repeat_complete of data with several views: times that a training observation with all its
 *     views comes in an epoch, the others once
 */
public record DataConfig(
    String data,
    String binarize,
    String scaling,
    String missing,
    double validation,
    double test,
    int limit,
    String query,
    String label,
    String exclude,
    String resize,
    boolean deskew,
    String categorical,
    String header,
    String array,
    String format,
    int n,
    int vocabulary,
    int max_length,
    double missing_views,
    double paired,
    int repeat_complete) {
  /** A tenth of the rows for validation and, where none is published, a tenth for testing. */
  public static final DataConfig DEFAULTS =
      new DataConfig(
          "", "auto", "auto", "error", 0.1, 0.1, 0, "", "", "", "", false, "", "auto", "", "", 0,
          10_000, 0, 0, 1, 1);

  public DataConfig {
    Check.fraction("validation", validation);
    Check.fraction("test", test);
    Check.notNegative("limit", limit);
    Check.notNegative("n", n);
    Check.notNegative("vocabulary", vocabulary);
    Check.notNegative("max_length", max_length);
    share("missing_views", missing_views);
    share("paired", paired);
    repeat_complete = Math.max(1, repeat_complete); // files from before it was there
  }

  private static void share(String key, double value) {
    if (!(value >= 0 && value <= 1)) {
      throw UserException.usage("%s is %s; a number from 0 to 1 is expected", key, value);
    }
  }

  /** True if a key says something of views. */
  boolean ofViews() {
    return thins() || repeat_complete > 1;
  }

  /** True if views are to be taken away from training rows. */
  boolean thins() {
    return missing_views > 0 || paired < 1;
  }

  /** The same for other data. */
  public DataConfig withData(String other) {
    return new DataConfig(
        other,
        binarize,
        scaling,
        missing,
        validation,
        test,
        limit,
        query,
        label,
        exclude,
        resize,
        deskew,
        categorical,
        header,
        array,
        format,
        n,
        vocabulary,
        max_length,
        missing_views,
        paired,
        repeat_complete);
  }

  /** The same with sentences of at most this many tokens. */
  DataConfig withMaxLength(int tokens) {
    return new DataConfig(
        data,
        binarize,
        scaling,
        missing,
        validation,
        test,
        limit,
        query,
        label,
        exclude,
        resize,
        deskew,
        categorical,
        header,
        array,
        format,
        n,
        vocabulary,
        tokens,
        missing_views,
        paired,
        repeat_complete);
  }

  /** Keys a user may set. */
  static List<String> keys() {
    return Arrays.stream(DataConfig.class.getRecordComponents())
        .map(RecordComponent::getName)
        .filter(k -> !k.equals("data"))
        .toList();
  }
}
