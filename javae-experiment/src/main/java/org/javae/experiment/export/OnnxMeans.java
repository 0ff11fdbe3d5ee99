package org.javae.experiment.export;

import java.util.ArrayList;
import java.util.List;
import org.javae.core.data.Dataset.Column;
import org.javae.core.likelihood.LikelihoodSpec;
import org.javae.core.model.DataSpec;
import org.javae.tensor.Shape;
import org.javae.tensor.UserException;

/** The mean of p(x given z) as ONNX operators on the decoder's output. */
final class OnnxMeans {
  /**
   * Between the series and the closed form of {@link #continuousBernoulli}, as in the Java class.
   */
  private static final double SERIES = 0.5;

  private OnnxMeans() {}

  /** The mean for a decoder's output {@code out}. */
  static String apply(OnnxGraph g, LikelihoodSpec likelihood, DataSpec data, String out) {
    return switch (likelihood.kind()) {
      case "bernoulli" -> g.apply("Sigmoid", out);
      case "continuous-bernoulli" -> continuousBernoulli(g, out);
      case "gaussian", "laplace" ->
          likelihood.argument().equals("element") ? firstHalf(g, out, data.event()) : out;
      case "balance" -> out;
      case "categorical" ->
          categorical(
              g, out, data.event().numel(), (long) Double.parseDouble(likelihood.argument()));
      case "mixed" -> mixed(g, out, data.columns());
      case "discretised-logistic", "logistic-mixture", "poisson", "negative-binomial" ->
          throw none(likelihood);
      default -> throw new IllegalStateException("no ONNX form of likelihood " + likelihood);
    };
  }

  /** What to say of a likelihood without that form. */
  static UserException none(LikelihoodSpec likelihood) {
    return UserException.usage(
        "likelihood %s has no ONNX form here yet; the weights have: use --format safetensors",
        likelihood);
  }

  /** The locations in front of the log-scales, halves of dimension 1. */
  private static String firstHalf(OnnxGraph g, String out, Shape event) {
    return g.apply("Slice", out, g.integers(0), g.integers(event.at(0)), g.integers(1));
  }

  /** Groups of {@code k} along a vector. */
  private static String categorical(OnnxGraph g, String out, long elements, long k) {
    String groups = g.reshape(out, Shape.of(elements / k, k));
    return g.reshape(softmax(g, groups), Shape.of(elements));
  }

  private static String softmax(OnnxGraph g, String x) {
    return g.apply("Softmax", List.of(x), OnnxGraph.integer("axis", -1));
  }

  /** Columns by kind; neighbouring real columns stay together. */
  private static String mixed(OnnxGraph g, String out, List<Column> columns) {
    List<Long> widths = new ArrayList<>();
    List<Boolean> chosen = new ArrayList<>();
    for (Column c : columns) {
      boolean categorical = c.kind() == Column.Kind.CATEGORICAL;
      int last = widths.size() - 1;
      if (!categorical && last >= 0 && !chosen.get(last)) {
        widths.set(last, widths.get(last) + 1);
      } else {
        widths.add((long) c.width());
        chosen.add(categorical);
      }
    }
    List<String> parts =
        new ArrayList<>(g.split(out, widths.stream().mapToLong(Long::longValue).toArray()));
    for (int i = 0; i < parts.size(); i++) {
      if (chosen.get(i)) {
        parts.set(i, softmax(g, parts.get(i)));
      }
    }
    return g.apply("Concat", parts, OnnxGraph.integer("axis", 1));
  }

  /**
   * ½ + ½ (coth t − 1/t) with t half the logit: the form and the series near 0, where the two terms
   * cancel, of {@link org.javae.core.distribution.ContinuousBernoulli#mean()}.
   */
  private static String continuousBernoulli(OnnxGraph g, String logits) {
    String half = g.apply("Mul", logits, g.number(0.5));
    String near = g.apply("Clip", half, g.number(-SERIES / 2), g.number(SERIES / 2));
    String square = g.apply("Mul", near, near);
    // Coefficients of (coth t − 1/t) / t in t², highest first, by Horner's rule.
    double[] series = {2.0 / 93555, -1.0 / 4725, 2.0 / 945, -1.0 / 45, 1.0 / 3};
    String sum = g.number(series[0]);
    for (int i = 1; i < series.length; i++) {
      sum = g.apply("Add", g.apply("Mul", sum, square), g.number(series[i]));
    }
    String small = g.apply("Mul", sum, near);
    String far = g.apply("Max", g.apply("Abs", half), g.number(SERIES / 2));
    String coth = g.apply("Reciprocal", g.apply("Tanh", far));
    String closed = g.apply("Sub", coth, g.apply("Reciprocal", far));
    String large = g.apply("Mul", closed, g.apply("Sign", logits));
    String isSmall = g.apply("Less", g.apply("Abs", logits), g.number(SERIES));
    String both = g.apply("Where", isSmall, small, large);
    return g.apply("Add", g.apply("Mul", both, g.number(0.5)), g.number(0.5));
  }
}
