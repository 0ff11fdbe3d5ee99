package org.javae.core.evaluate;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Single numbers out of a {@link MultimodalReport} by name, so that one can be asked for and
 * compared:
 *
 * <ul>
 *   <li>{@code likelihood/joint}; of a view {@code likelihood/image}, and given the others {@code
 *       likelihood/image|others}
 *   <li>{@code coherence/joint}; {@code coherence/mnist>usps} of a view drawn from the views seen;
 *       {@code coherence/2} on average over all subsets of two
 *   <li>{@code probe/2}, the linear probe on average over all subsets of two views
 *   <li>{@code factorisation/shared}, {@code factorisation/image} of the view's private latents
 * </ul>
 */
public final class ViewFigures {
  private static final Pattern NAME =
      Pattern.compile("(likelihood|coherence|probe|factorisation)/\\S+");

  private ViewFigures() {}

  /** Whether a name is of this kind. */
  public static boolean isName(String name) {
    return NAME.matcher(name).matches();
  }

  /** What is to be measured for a figure: a name out of {@link Multimodality#METRICS}. */
  public static String measurement(String name) {
    Matcher m = NAME.matcher(name);
    if (!m.matches()) {
      throw new IllegalArgumentException(name);
    }
    return m.group(1).equals("likelihood") ? "likelihoods" : m.group(1);
  }

  /** All that a report holds. */
  public static Map<String, Double> of(MultimodalReport r) {
    Map<String, Double> all = new LinkedHashMap<>();
    if (r.likelihoods() != null) {
      all.put("likelihood/joint", r.likelihoods().joint());
      for (MultimodalReport.ViewLikelihood v : r.likelihoods().views()) {
        all.put("likelihood/" + v.view(), v.marginal());
        all.put("likelihood/" + v.view() + "|others", v.conditional());
      }
    }
    if (r.coherence() != null) {
      all.put("coherence/joint", r.coherence().joint());
      r.coherence()
          .cross()
          .forEach(
              (seen, views) ->
                  views.forEach((view, part) -> all.put("coherence/" + seen + ">" + view, part)));
      numbered("coherence/", r.coherence().byInputs(), all);
    }
    if (r.probe() != null) {
      numbered("probe/", r.probe().byInputs(), all);
    }
    if (r.factorisation() != null) {
      all.put("factorisation/shared", r.factorisation().shared());
      r.factorisation().privates().forEach((v, a) -> all.put("factorisation/" + v, a));
    }
    all.values().removeIf(v -> v == null || v.isNaN());
    return all;
  }

  private static void numbered(String name, List<Double> values, Map<String, Double> all) {
    for (int i = 0; i < values.size(); i++) {
      all.put(name + (i + 1), values.get(i));
    }
  }
}
