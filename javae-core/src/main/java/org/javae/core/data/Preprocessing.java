package org.javae.core.data;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.javae.core.config.Nearest;
import org.javae.core.data.Dataset.Column;
import org.javae.core.likelihood.LikelihoodSpec;
import org.javae.core.model.DataSpec;
import org.javae.core.model.View;
import org.javae.tensor.Rng;
import org.javae.tensor.Tensor;
import org.javae.tensor.UserException;

/**
 * What happens to values between the data and the model, learned on the training split only and
 * stored with the model so that results come back in the original units: {@code x' = (x − shift) /
 * scale}, then binarisation.
 *
 * @param binarize {@code none}, {@code static} (one Bernoulli draw a pixel, fixed by the seed) or
 *     {@code dynamic} (a new draw every epoch); greys in [0, 1] are the probabilities
 * @param shift one number, or one an element
 * @param scale positive, as shift
 * @param fill what replaces missing values before scaling, one number an element: the training
 *     means; empty refuses them
 * @param vocabulary the words a text model knows; empty where observations are no text
 * @param views of observations of several views, what happens to each of them: learned on the rows
 *     that have it, and all that is done then; empty for one block
 */
public record Preprocessing(
    Binarize binarize,
    float[] shift,
    float[] scale,
    float[] fill,
    Vocabulary vocabulary,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Part> views) {
  public Preprocessing {
    views = views == null ? List.of() : List.copyOf(views);
    vocabulary = vocabulary == null ? Vocabulary.NONE : vocabulary;
    if (binarize == null || shift == null || scale == null || fill == null) {
      throw UserException.of("preprocessing lacks its binarisation, shift, scale or fill");
    }
    if (shift.length == 0 || shift.length != scale.length) {
      throw UserException.of(
          "preprocessing has %d shifts and %d scales; as many of both are expected",
          shift.length, scale.length);
    }
    if (shift.length > 1 && fill.length > 0 && fill.length != shift.length) {
      throw UserException.of(
          "preprocessing has %d shifts but %d fill values; as many of both are expected",
          shift.length, fill.length);
    }
    if (!finite(shift) || !finite(fill) || !finite(scale) || !positive(scale)) {
      throw UserException.of(
          "preprocessing has a shift, scale or fill value that is not finite, or a scale of 0 or less");
    }
  }

  /** One block. */
  public Preprocessing(
      Binarize binarize, float[] shift, float[] scale, float[] fill, Vocabulary vocabulary) {
    this(binarize, shift, scale, fill, vocabulary, List.of());
  }

  /**
   * What happens to one view.
   *
   * @param length elements of an observation it takes
   */
  public record Part(String name, int length, Preprocessing of) {
    public Part {
      if (name == null || length < 1 || of == null || !of.views.isEmpty()) {
        throw UserException.of("preprocessing lacks the name, length or content of a view");
      }
      of.checkFits(length);
    }
  }

  /** Of quantities. */
  public Preprocessing(Binarize binarize, float[] shift, float[] scale, float[] fill) {
    this(binarize, shift, scale, fill, Vocabulary.NONE);
  }

  /** Of text: words become their numbers in {@code vocabulary}, which may be empty. */
  public static Preprocessing of(Vocabulary vocabulary) {
    return new Preprocessing(NONE.binarize, NONE.shift, NONE.scale, NONE.fill, vocabulary);
  }

  private static boolean finite(float[] v) {
    return IntStream.range(0, v.length).allMatch(i -> Float.isFinite(v[i]));
  }

  private static boolean positive(float[] v) {
    return IntStream.range(0, v.length).allMatch(i -> v[i] > 0);
  }

  /** When greys become zeros and ones. */
  public enum Binarize {
    NONE,
    STATIC,
    DYNAMIC;

    /** Reads {@code none|static|dynamic}. */
    public static Binarize parse(String text) {
      List<String> names = List.of("none", "static", "dynamic");
      if (!names.contains(text)) {
        throw UserException.usage(
            "unknown binarisation '%s'; %s", text, Nearest.suggestion(text, names));
      }
      return valueOf(text.toUpperCase(Locale.ROOT));
    }
  }

  /** Identity. */
  public static final Preprocessing NONE =
      new Preprocessing(Binarize.NONE, new float[] {0}, new float[] {1}, new float[0]);

  private static final int CHUNK = 1024;

  /**
   * Learns from the training rows.
   *
   * @param scaling {@code auto} (standard for tables, none for images), {@code none}, {@code
   *     standard} (mean 0, population standard deviation 1 a column) or {@code minmax} (each column
   *     to [0, 1])
   * @param missing {@code error} or {@code mean}
   * @throws UserException for missing values under {@code error}, for infinite values and for
   *     columns without any value
   */
  public static Preprocessing fit(
      Dataset d, int[] rows, String scaling, Binarize binarize, String missing) {
    if (!d.views().isEmpty()) {
      return fitViews(d, rows, scaling, binarize.name().toLowerCase(Locale.ROOT), missing, 0);
    }
    List<String> scalings = List.of("auto", "none", "standard", "minmax");
    if (!scalings.contains(scaling)) {
      throw UserException.usage(
          "unknown scaling '%s'; %s", scaling, Nearest.suggestion(scaling, scalings));
    }
    List<String> policies = List.of("error", "mean");
    if (!policies.contains(missing)) {
      throw UserException.usage(
          "unknown policy for missing values '%s'; %s",
          missing, Nearest.suggestion(missing, policies));
    }
    int n = Math.toIntExact(d.shape().numel());
    boolean image = d.shape().isImage();
    String how =
        scaling.equals("auto")
            ? (image || binarize != Binarize.NONE ? "none" : "standard")
            : scaling;
    double[] sum = new double[n];
    double[] min = new double[n];
    double[] max = new double[n];
    long[] count = new long[n];
    Arrays.fill(min, Double.POSITIVE_INFINITY);
    Arrays.fill(max, Double.NEGATIVE_INFINITY);
    each(
        d,
        rows,
        (row, j, v) -> {
          if (Float.isInfinite(v) || Float.isNaN(v) && missing.equals("error")) {
            throw unusable(d, row, j, v);
          }
          if (Float.isNaN(v)) {
            return;
          }
          sum[j] += v;
          min[j] = Math.min(min[j], v);
          max[j] = Math.max(max[j], v);
          count[j]++;
        });
    for (int j = 0; j < n; j++) {
      if (count[j] == 0) {
        throw UserException.of(
            "%s has no value at all in %s; leave it out", d.name(), element(d, j));
      }
    }
    if (binarize != Binarize.NONE) {
      for (int j = 0; j < n; j++) {
        if (min[j] < 0 || max[j] > 1) {
          throw UserException.of(
              "%s cannot be binarised: values must lie in [0, 1], but %s reaches %s; use --binarize none",
              d.name(), element(d, j), min[j] < 0 ? min[j] : max[j]);
        }
      }
    }
    float[] fill = new float[missing.equals("mean") ? n : 0];
    for (int j = 0; j < fill.length; j++) {
      fill[j] = (float) (sum[j] / count[j]);
    }
    if (how.equals("none")) {
      return new Preprocessing(binarize, new float[] {0}, new float[] {1}, fill);
    }
    float[] shift = new float[n];
    float[] scale = new float[n];
    Arrays.fill(scale, 1);
    double[] squares = new double[n];
    if (how.equals("standard")) {
      each(
          d,
          rows,
          (row, j, v) -> {
            if (!Float.isNaN(v)) {
              double c = v - sum[j] / count[j];
              squares[j] += c * c;
            }
          });
    }
    List<Column> kinds = elementColumns(d);
    for (int j = 0; j < n; j++) {
      if (!kinds.isEmpty() && kinds.get(j).kind() == Column.Kind.CATEGORICAL) {
        continue;
      }
      if (how.equals("standard")) {
        shift[j] = (float) (sum[j] / count[j]);
        scale[j] = (float) Math.sqrt(squares[j] / count[j]);
      } else {
        shift[j] = (float) min[j];
        scale[j] = (float) (max[j] - min[j]);
      }
      if (!(scale[j] > 0)) {
        scale[j] = 1; // a constant column becomes zeros
      }
    }
    return new Preprocessing(binarize, shift, scale, fill);
  }

  /**
   * For a likelihood of counts, which takes them as they are.
   *
   * @param scaling auto or none
   * @throws UserException if a value is not 0, 1, 2 …, or another scaling is asked for
   */
  public static Preprocessing counts(
      Dataset d, int[] rows, LikelihoodSpec likelihood, String scaling) {
    if (!List.of("auto", "none").contains(scaling)) {
      throw UserException.usage(
          "likelihood %s counts, and scaling %s would leave no counts; leave the scaling of %s out",
          likelihood, scaling, d.name());
    }
    each(
        d,
        rows,
        (row, j, v) -> {
          if (!(v >= 0) || v != Math.rint(v) || Float.isInfinite(v)) {
            throw UserException.of(
                "likelihood %s needs counts (0, 1, 2 …), but row %d of %s holds %s in %s; give it likelihood gaussian, or data"
                    + " of counts",
                likelihood, row + 1, d.name(), Float.toString(v), element(d, j));
          }
        });
    return NONE;
  }

  /**
   * Learns for each view what suits it, on the training rows that have it: scaling for tables alone
   * (and not where a likelihood needs the values as they are), binarisation for what a Bernoulli
   * likelihood is asked of, a vocabulary for words. What a view's own settings say goes before.
   *
   * @param scaling as of {@link #fit}, for tables
   * @param binarize {@code auto} (what each view asks for), {@code none}, {@code static} or {@code
   *     dynamic} (the pictures whose likelihood is Bernoulli or not said)
   * @param missing as of {@link #fit}, for cells of a view that is there
   * @param words most words a vocabulary keeps, 0 for all
   * @throws UserException if no row has a view, or its values do not suit its likelihood
   */
  public static Preprocessing fitViews(
      Dataset d, int[] rows, String scaling, String binarize, String missing, int words) {
    boolean[][] present = Views.present(d, rows);
    List<Part> parts = new ArrayList<>();
    for (int m = 0; m < d.views().size(); m++) {
      int view = m;
      int[] mine =
          IntStream.range(0, rows.length).filter(i -> present[i][view]).map(i -> rows[i]).toArray();
      Dataset.View v = d.views().get(m);
      if (mine.length == 0) {
        throw UserException.of(
            "view %s of %s is in none of the %d training rows; leave it out or give rows that have it",
            v.name(), d.name(), rows.length);
      }
      parts.add(
          new Part(
              v.name(),
              v.length(),
              fitView(v, d.view(m), mine, scaling, binarize, missing, words)));
    }
    return new Preprocessing(
        NONE.binarize, NONE.shift, NONE.scale, NONE.fill, Vocabulary.NONE, parts);
  }

  private static Preprocessing fitView(
      Dataset.View v,
      Dataset d,
      int[] rows,
      String scaling,
      String binarize,
      String missing,
      int words) {
    if (v.tokens() != null) {
      return of(v.tokens().words().isEmpty() ? Vocabulary.NONE : Vocabulary.learn(d, rows, words));
    }
    Dataset.ViewSettings asked = v.settings();
    LikelihoodSpec likelihood =
        asked.likelihood() == null ? null : LikelihoodSpec.parse(asked.likelihood());
    if (likelihood != null && likelihood.wantsCounts()) {
      return counts(d, rows, likelihood, asked.scaling() == null ? "auto" : asked.scaling());
    }
    boolean unit = likelihood != null && likelihood.wantsUnitInterval();
    String how =
        asked.scaling() != null ? asked.scaling() : v.shape().isImage() || unit ? "none" : scaling;
    boolean may = v.shape().isImage() && (likelihood == null || likelihood.wantsBinary());
    String wanted =
        binarize.equals("auto")
            ? asked.binarize() == null ? "none" : asked.binarize()
            : may ? binarize : "none";
    Preprocessing p = fit(d, rows, how, Binarize.parse(wanted), missing);
    if (!unit) {
      return p;
    }
    DataSpec spec = p.spec(d, rows);
    if (!spec.unitInterval()) {
      throw UserException.of(
          "likelihood %s needs values in [0, 1], but %s has others; give it another likelihood, or scaling minmax",
          likelihood, d.name());
    }
    if (!likelihood.wantsBinary() || spec.binary()) {
      return p;
    }
    if (!binarize.equals("auto")) {
      throw UserException.of(
          "likelihood bernoulli needs zeros and ones, but %s has greys; use --binarize dynamic, or give it likelihood"
              + " continuous-bernoulli",
          d.name());
    }
    return fit(d, rows, how, Binarize.DYNAMIC, missing);
  }

  /**
   * Checks that the numbers fit observations of {@code numel} elements.
   *
   * @throws UserException if they belong to others
   */
  public void checkFits(long numel) {
    long of = views.stream().mapToLong(Part::length).sum();
    if (!views.isEmpty() && of != numel) {
      throw UserException.of(
          "preprocessing is for views of %d elements, but the data have %d", of, numel);
    }
    if (shift.length > 1 && shift.length != numel || fill.length > 0 && fill.length != numel) {
      throw UserException.of(
          "preprocessing is for observations of %d elements, but the data have %d",
          Math.max(shift.length, fill.length), numel);
    }
  }

  /** Refuses rows that {@link #fit} has not seen and that hold what no model can use. */
  void check(Dataset d, int[] rows, float[] values) {
    int n = Math.toIntExact(d.shape().numel());
    for (int k = 0; k < rows.length * n; k++) {
      float v = values[k];
      if (!(Math.abs(v) <= Float.MAX_VALUE) && (Float.isInfinite(v) || fill.length == 0)) {
        throw unusable(d, rows[k / n], k % n, v);
      }
    }
  }

  private static UserException unusable(Dataset d, int row, int j, float v) {
    return Float.isNaN(v)
        ? UserException.of(
            "%s has a missing value in row %d, %s; choose --set missing=mean to fill in training means, or complete the"
                + " data",
            d.name(), row + 1, element(d, j))
        : UserException.of(
            "%s has an infinite value in row %d, %s; correct it", d.name(), row + 1, element(d, j));
  }

  private interface Visitor {
    void value(int row, int element, float v);
  }

  private static void each(Dataset d, int[] rows, Visitor visitor) {
    int n = Math.toIntExact(d.shape().numel());
    float[] buffer = new float[Math.min(CHUNK, rows.length) * n];
    for (int at = 0; at < rows.length; at += CHUNK) {
      int[] part = Arrays.copyOfRange(rows, at, Math.min(rows.length, at + CHUNK));
      d.read(part, buffer);
      for (int i = 0; i < part.length; i++) {
        for (int j = 0; j < n; j++) {
          visitor.value(part[i], j, buffer[i * n + j]);
        }
      }
    }
  }

  private static List<Column> elementColumns(Dataset d) {
    List<Column> r = new ArrayList<>();
    d.columns().forEach(c -> r.addAll(Collections.nCopies(c.width(), c)));
    return r;
  }

  private static String element(Dataset d, int j) {
    List<Column> c = elementColumns(d);
    return c.isEmpty() ? "element " + (j + 1) : "column '" + c.get(j).name() + "'";
  }

  /** Puts this vocabulary's numbers in place of the data's own. */
  void translate(int[] numbers, float[] values, int count) {
    for (int i = 0; i < count; i++) {
      values[i] = numbers[(int) values[i]];
    }
  }

  /**
   * This vocabulary's numbers for those of the data, or null where they stay as they are.
   *
   * @throws UserException if one has words and the other has none
   */
  int[] numbers(Dataset d) {
    List<String> words = d.tokens().map(Dataset.Tokens::words).orElse(List.of());
    if (vocabulary.isEmpty() != words.isEmpty()) {
      throw UserException.of(
          vocabulary.isEmpty()
              ? "%s is text, but the model was made for numbers; choose other data"
              : "%s is no text, but the model was made for sentences; choose other data",
          d.name());
    }
    return words.isEmpty() ? null : vocabulary.numbersFor(words);
  }

  /**
   * What a model sees of the data: shape, columns, and whether values are binary or in [0, 1]
   * (checked on {@code rows}).
   */
  public DataSpec spec(Dataset d, int[] rows) {
    boolean[] binary = {true};
    boolean[] unit = {true};
    int classes = d.labels().map(Dataset.Annotation::cardinality).orElse(0);
    if (!views.isEmpty()) {
      List<View> known = views(d, rows);
      return new DataSpec(
          d.shape().toArray(),
          d.columns(),
          known.stream().allMatch(v -> v.data().binary()),
          known.stream().allMatch(v -> v.data().unitInterval()),
          classes,
          rows.length,
          0,
          known);
    }
    if (d.tokens().isPresent()) {
      int size = vocabulary.isEmpty() ? d.tokens().get().size() : vocabulary.size();
      return new DataSpec(
          d.shape().toArray(), d.columns(), false, false, classes, rows.length, size);
    }
    if (binarize == Binarize.NONE) {
      int n = Math.toIntExact(d.shape().numel());
      each(
          d,
          rows,
          (row, j, v) -> {
            float x = scaled(v, j, n);
            binary[0] &= x == 0 || x == 1;
            unit[0] &= x >= 0 && x <= 1;
          });
    }
    return new DataSpec(
        d.shape().toArray(), d.columns(), binary[0], unit[0], classes, rows.length, 0);
  }

  private List<View> views(Dataset d, int[] rows) {
    boolean[][] present = Views.present(d, rows);
    List<View> r = new ArrayList<>();
    int offset = 0;
    for (int m = 0; m < views.size(); m++) {
      int view = m;
      int[] mine =
          IntStream.range(0, rows.length).filter(i -> present[i][view]).map(i -> rows[i]).toArray();
      Dataset.View v = d.views().get(m);
      Dataset.ViewSettings s = v.settings();
      DataSpec spec = views.get(m).of.spec(d.view(m), mine);
      r.add(new View(v.name(), offset, spec, s.likelihood(), s.network(), s.weight()));
      offset += v.length();
    }
    return r;
  }

  private float scaled(float v, int j, int n) {
    int k = shift.length == n ? j : 0;
    float x = fill.length > 0 && Float.isNaN(v) ? fill[j] : v;
    return (x - shift[k]) / scale[k];
  }

  /**
   * Applies to rows in place.
   *
   * @param rows their indices in the data set, which static binarisation is drawn by
   * @param rng stream for binarisation
   * @param epoch which dynamic binarisation is drawn by
   */
  public void apply(float[] values, int[] rows, int numel, Rng rng, long epoch) {
    if (!identityScale() || fill.length > 0) {
      for (int i = 0; i < rows.length; i++) {
        for (int j = 0; j < numel; j++) {
          values[i * numel + j] = scaled(values[i * numel + j], j, numel);
        }
      }
    }
    if (binarize == Binarize.NONE) {
      return;
    }
    for (int i = 0; i < rows.length; i++) {
      SplittableRandom r =
          binarize == Binarize.STATIC ? rng.at(rows[i]) : rng.at(rows[i], epoch + 1);
      int from = i * numel;
      int to = from + numel;
      for (int k = from; k < to; k += 2) {
        // 32 random bits a pixel, two pixels a draw.
        long bits = r.nextLong();
        values[k] = (bits >>> 32) < (long) (values[k] * 0x1p32) ? 1f : 0f;
        if (k + 1 < to) {
          values[k + 1] = (bits & 0xFFFFFFFFL) < (long) (values[k + 1] * 0x1p32) ? 1f : 0f;
        }
      }
    }
  }

  /** Model outputs back in the data's own units: {@code [batch, event…]}. */
  public Tensor restore(Tensor x) {
    if (!views.isEmpty()) {
      List<Tensor> parts = new ArrayList<>();
      long at = 0;
      for (Part p : views) {
        parts.add(p.of.restore(x.narrow(1, at, p.length)));
        at += p.length;
      }
      return Tensor.cat(parts, 1);
    }
    if (identityScale()) {
      return x;
    }
    long n = x.numel() / Math.max(1, x.size(0));
    long[] event = x.shape().toArray();
    event[0] = 1;
    Tensor s = shift.length == n ? Tensor.of(shift, event) : Tensor.full(shift[0], 1);
    Tensor f = scale.length == n ? Tensor.of(scale, event) : Tensor.full(scale[0], 1);
    return x.times(f.to(x.dtype())).plus(s.to(x.dtype()));
  }

  @JsonIgnore
  private boolean identityScale() {
    return shift.length == 1 && shift[0] == 0 && scale[0] == 1;
  }
}
