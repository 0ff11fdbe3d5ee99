package org.javae.core.likelihood;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;
import org.javae.core.config.Nearest;
import org.javae.core.data.Dataset.Column;
import org.javae.core.distribution.Bernoulli;
import org.javae.core.distribution.Categorical;
import org.javae.core.distribution.ContinuousBernoulli;
import org.javae.core.distribution.DiscretisedLogistic;
import org.javae.core.distribution.Distribution;
import org.javae.core.distribution.Laplace;
import org.javae.core.distribution.NegativeBinomial;
import org.javae.core.distribution.Normal;
import org.javae.core.distribution.Poisson;
import org.javae.core.distribution.Product;
import org.javae.core.model.DataSpec;
import org.javae.core.model.Params;
import org.javae.tensor.Shape;
import org.javae.tensor.Tensor;
import org.javae.tensor.UserException;

/**
 * A likelihood as text:
 *
 * <ul>
 *   <li>{@code bernoulli}: binary data; the decoder gives logits
 *   <li>{@code continuous-bernoulli}: data in [0, 1] (Loaiza-Ganem and Cunningham, 2019)
 *   <li>{@code gaussian:S}: fixed standard deviation S, e.g. {@code gaussian:0.1}
 *   <li>{@code gaussian:shared} or {@code gaussian}: one learned standard deviation for all
 *       elements, from 0.1 for data in [0, 1], else from 1
 *   <li>{@code gaussian:element}: mean and standard deviation of every element from the decoder, ln
 *       σ ≥ −5
 *   <li>{@code balance:C}: reconstruction term C‖x − x̂‖², that is a Gaussian of variance 1/(2C)
 *   <li>{@code laplace:S}, {@code laplace:shared}, {@code laplace:element}: as the Gaussian
 *   <li>{@code discretised-logistic}: bytes over 255, by a logistic whose mean and scale the
 *       decoder gives for every element (Kingma et al., 2016)
 *   <li>{@code logistic-mixture:K}: the same with K logistics (Salimans et al., 2017; default 10)
 *   <li>{@code categorical:K}: elements are one-hot groups of K classes along a vector
 *   <li>{@code poisson}: counts; the decoder gives ln of the rate. Encoders read ln(1 + x)
 *   <li>{@code negative-binomial}: the same with more variance than mean, by a learned dispersion
 *       an element
 *   <li>{@code mixed}: a table's columns by kind: Gaussian with a learned scale a column for real
 *       ones, categorical for the others
 * </ul>
 */
public record LikelihoodSpec(String kind, String argument) {
  private static final List<String> KINDS =
      List.of(
          "bernoulli",
          "continuous-bernoulli",
          "gaussian",
          "laplace",
          "categorical",
          "discretised-logistic",
          "logistic-mixture",
          "balance",
          "poisson",
          "negative-binomial",
          "mixed");

  /**
   * Soft lower limit on ln σ where the decoder gives it: a constant pixel must not claim an
   * infinite density.
   */
  private static final double MIN_LOG_SCALE = -5;

  /** The same for bytes, whose masses are at most 1: a tenth of the distance between two. */
  private static final double MIN_BYTE_LOG_SCALE = -8;

  /** Where ln s of bytes starts: a scale of a tenth. */
  private static final double BYTE_LOG_SCALE = Math.log(0.1);

  private static final String LOG_SCALE = "likelihood.log_scale";
  private static final String LOG_DISPERSION = "likelihood.log_dispersion";

  /**
   * Reads a likelihood.
   *
   * @throws UserException if the text names none
   */
  @JsonCreator
  public static LikelihoodSpec parse(String text) {
    String[] p = text.strip().split(":", 2);
    if (!KINDS.contains(p[0])) {
      throw UserException.usage(
          "unknown likelihood '%s'; %s", text, Nearest.suggestion(p[0], KINDS));
    }
    LikelihoodSpec s = new LikelihoodSpec(p[0], p.length == 2 ? p[1] : "");
    switch (s.kind) {
      case "gaussian", "laplace" -> {
        if (!List.of("", "shared", "element").contains(s.argument)) {
          s.number();
        }
      }
      case "balance" -> s.number();
      case "categorical" -> s.classes(2);
      case "logistic-mixture" -> {
        if (!s.argument.isEmpty()) {
          s.classes(1);
        }
      }
      default -> {
        if (!s.argument.isEmpty()) {
          throw UserException.usage("likelihood '%s' takes no argument", s.kind);
        }
      }
    }
    return s;
  }

  private double number() {
    try {
      double d = Double.parseDouble(argument);
      if (d > 0 && Double.isFinite(d)) {
        return d;
      }
    } catch (NumberFormatException e) {
      // the sentence below says what is expected
    }
    throw UserException.usage(
        "likelihood '%s': after the colon a positive number is expected", this);
  }

  private int classes(int least) {
    try {
      int k = Integer.parseInt(argument);
      if (k >= least) {
        return k;
      }
    } catch (NumberFormatException e) {
      // the sentence below says what is expected
    }
    throw UserException.usage(
        "likelihood '%s': after the colon a whole number of %d or more is expected", this, least);
  }

  /** True if the data must be binary. */
  public boolean wantsBinary() {
    return kind.equals("bernoulli");
  }

  /** True if the data must lie in [0, 1]. */
  public boolean wantsUnitInterval() {
    return kind.endsWith("bernoulli") || bytes();
  }

  /** True if observations are bytes over 255, with a mass for each of the 256. */
  public boolean bytes() {
    return kind.equals("discretised-logistic") || kind.equals("logistic-mixture");
  }

  /** True if the data must be counts: 0, 1, 2 … */
  public boolean wantsCounts() {
    return kind.equals("poisson") || kind.equals("negative-binomial");
  }

  /**
   * What an encoder reads of x: ln(1 + x) of counts, which may range over decades, everything else
   * as it is.
   */
  public Tensor read(Tensor x) {
    return wantsCounts() ? x.log1p() : x;
  }

  /** Builds the likelihood of a model, registering its scales. */
  public Likelihood build(DataSpec data, Params p) {
    Shape event = data.event();
    return switch (kind) {
      case "bernoulli" -> new Mapped(event, Bernoulli::new);
      case "continuous-bernoulli" -> new Mapped(event, ContinuousBernoulli::new);
      case "gaussian" -> located(data, p, Normal::new);
      case "laplace" -> located(data, p, Laplace::new);
      case "poisson" -> new Mapped(event, Poisson::new);
      case "negative-binomial" -> {
        Tensor dispersion = p.parameter(LOG_DISPERSION, Tensor.zeros(event.prepend(1).toArray()));
        yield new Mapped(event, out -> new NegativeBinomial(out, dispersion));
      }
      case "balance" -> fixed(event, p, Normal::new, Math.sqrt(1 / (2 * number())));
      case "categorical" -> categorical(event);
      case "discretised-logistic" -> logistics(event, 1);
      case "logistic-mixture" -> logistics(event, argument.isEmpty() ? 10 : classes(1));
      default -> mixed(data, p);
    };
  }

  private interface Located {
    Distribution of(Tensor mean, Tensor logScale);
  }

  private record Mapped(Shape outputShape, Function<Tensor, Distribution> f) implements Likelihood {
    @Override
    public Distribution of(Tensor out) {
      return f.apply(out);
    }
  }

  private Likelihood located(DataSpec data, Params p, Located f) {
    Shape event = data.event();
    switch (argument) {
      case "", "shared":
        // Adam moves it by about the learning rate a step: it starts where it will end up within a
        // factor of some, or the
        // first epochs are spent on it.
        double start = data.unitInterval() ? Math.log(0.1) : 0;
        Tensor logScale = p.parameter(LOG_SCALE, Tensor.full(start, ones(event)));
        return new Mapped(event, out -> f.of(out, logScale));
      case "element":
        long[] s = event.toArray();
        s[0] *= 2;
        return new Mapped(
            Shape.of(s),
            out -> {
              List<Tensor> c = out.chunk(2, 1);
              return f.of(c.get(0), c.get(1).minus(MIN_LOG_SCALE).softplus().plus(MIN_LOG_SCALE));
            });
      default:
        return fixed(event, p, f, number());
    }
  }

  private static Likelihood fixed(Shape event, Params p, Located f, double scale) {
    Tensor logScale = p.buffer(LOG_SCALE, Tensor.full(Math.log(scale), ones(event)));
    return new Mapped(event, out -> f.of(out, logScale));
  }

  private static long[] ones(Shape event) {
    long[] s = new long[event.rank() + 1];
    Arrays.fill(s, 1);
    return s;
  }

  /** Weights, means and log-scales of k logistics an element, side by side along the channels. */
  private static Likelihood logistics(Shape event, int k) {
    long[] out = event.toArray();
    out[0] *= 3L * k;
    long[] each = event.prepend(k).prepend(0).toArray();
    long[] spread = new long[each.length];
    Arrays.fill(spread, 1);
    spread[1] = k;
    return new Mapped(
        Shape.of(out),
        o -> {
          List<Tensor> c = o.chunk(3, 1);
          each[0] = o.size(0);
          // The components start apart, evenly over [0, 1].
          Tensor start = Tensor.arange(k).plus(0.5).times(1.0 / k).to(o.dtype()).reshape(spread);
          Tensor logScale = c.get(2).plus(BYTE_LOG_SCALE - MIN_BYTE_LOG_SCALE).softplus();
          return new DiscretisedLogistic(
              c.get(0).reshape(each),
              c.get(1).reshape(each).plus(start),
              logScale.plus(MIN_BYTE_LOG_SCALE).reshape(each));
        });
  }

  private Likelihood categorical(Shape event) {
    int k = classes(2);
    int d = (int) event.numel();
    if (event.rank() != 1 || d % k != 0) {
      throw UserException.usage(
          "likelihood '%s' needs vectors made of groups of %d, but an observation is %s",
          this, k, event);
    }
    List<Integer> widths = Collections.nCopies(d / k, k);
    return new Mapped(event, out -> product(out, widths, (j, o) -> new Categorical(o)));
  }

  private static Likelihood mixed(DataSpec data, Params p) {
    List<Column> columns = data.columns();
    if (columns.isEmpty()) {
      throw UserException.usage(
          "likelihood 'mixed' needs a table with columns; use gaussian or bernoulli here");
    }
    Tensor logScales = p.parameter(LOG_SCALE, Tensor.zeros(1, columns.size()));
    List<Integer> widths = columns.stream().map(Column::width).toList();
    return new Mapped(
        data.event(),
        out ->
            product(
                out,
                widths,
                (j, o) ->
                    columns.get(j).kind() == Column.Kind.REAL
                        ? new Normal(o, logScales.narrow(1, j, 1))
                        : new Categorical(o)));
  }

  private interface PartOf {
    Distribution of(int index, Tensor out);
  }

  private static Distribution product(Tensor out, List<Integer> widths, PartOf part) {
    List<Distribution> parts = new ArrayList<>();
    long at = 0;
    for (int j = 0; j < widths.size(); j++) {
      parts.add(part.of(j, out.narrow(1, at, widths.get(j))));
      at += widths.get(j);
    }
    return new Product(parts);
  }

  @JsonValue
  @Override
  public String toString() {
    return argument.isEmpty() ? kind : kind + ":" + argument;
  }
}
