package org.javae.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.javae.core.evaluate.MultimodalReport;
import org.javae.core.evaluate.MultimodalReport.Coherence;
import org.javae.core.evaluate.MultimodalReport.Factorisation;
import org.javae.core.evaluate.MultimodalReport.Likelihoods;
import org.javae.core.evaluate.MultimodalReport.Pattern;
import org.javae.core.evaluate.MultimodalReport.Probe;
import org.javae.core.evaluate.MultimodalReport.ViewLikelihood;

/** The report on several views as tables. */
final class ViewTables {
  private ViewTables() {}

  static List<String> of(MultimodalReport r) {
    List<String> lines = new ArrayList<>();
    if (r.likelihoods() != null) {
      likelihoods(r.likelihoods(), r, lines);
    }
    if (r.patterns() != null) {
      patterns(r.patterns(), r.views(), lines);
    }
    if (r.coherence() != null) {
      coherence(r.coherence(), r.views(), lines);
    }
    if (r.probe() != null) {
      probe(r.probe(), lines);
    }
    if (r.factorisation() != null) {
      factorisation(r.factorisation(), lines);
    }
    return lines;
  }

  private static void likelihoods(Likelihoods l, MultimodalReport r, List<String> lines) {
    lines.add("");
    lines.add(
        String.format(
            Locale.ROOT,
            "  views (%s, %d importance samples): joint log-likelihood %s nats",
            Text.count(r.n(), "observation", "observations"),
            r.samples(),
            nats(l.joint())));
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("  view", "ln p(x)", "ln p(x|others)", "E q: all", "others", "itself"));
    for (ViewLikelihood v : l.views()) {
      rows.add(
          List.of(
              "  " + v.view(),
              nats(v.marginal()),
              nats(v.conditional()),
              nats(v.given().get("all")),
              nats(v.given().get("others")),
              nats(v.given().get("itself"))));
    }
    lines.add(Text.table(rows));
  }

  private static void patterns(List<Pattern> patterns, List<String> views, List<String> lines) {
    lines.add("");
    lines.add("  reconstruction by what is seen: error, E ln p in nats");
    List<List<String>> rows = new ArrayList<>();
    List<String> head = new ArrayList<>(List.of("  seen"));
    head.addAll(views);
    rows.add(head);
    for (Pattern p : patterns) {
      List<String> row = new ArrayList<>(List.of("  " + String.join("+", p.seen())));
      for (String v : views) {
        Double e = p.error().get(v);
        row.add(
            e == null
                ? "–"
                : String.format(Locale.ROOT, "%.4g, %s", e, nats(p.logLikelihood().get(v))));
      }
      rows.add(row);
    }
    lines.add(Text.table(rows));
  }

  private static void coherence(Coherence c, List<String> views, List<String> lines) {
    lines.add("");
    lines.add(
        "  coherence by "
            + c.label()
            + ": joint "
            + percent(c.joint())
            + ", cross by number of inputs "
            + String.join(", ", c.byInputs().stream().map(ViewTables::percent).toList()));
    List<List<String>> rows = new ArrayList<>();
    List<String> head = new ArrayList<>(List.of("  from"));
    head.addAll(views);
    rows.add(head);
    c.cross().forEach((from, to) -> rows.add(row(from, to, views)));
    rows.add(row("(judges)", c.judges(), views));
    lines.add(Text.table(rows));
  }

  private static List<String> row(String name, Map<String, Double> values, List<String> views) {
    List<String> r = new ArrayList<>(List.of("  " + name));
    for (String v : views) {
      r.add(values.get(v) == null ? "–" : percent(values.get(v)));
    }
    return r;
  }

  private static void probe(Probe p, List<String> lines) {
    lines.add("");
    lines.add(
        "  linear probe of the shared latents for "
            + p.label()
            + " (chance "
            + percent(p.chance())
            + "), by number of views "
            + String.join(", ", p.byInputs().stream().map(ViewTables::percent).toList()));
    List<List<String>> rows = new ArrayList<>();
    p.bySubset().forEach((s, a) -> rows.add(List.of("  " + s, percent(a))));
    lines.add(Text.table(rows));
  }

  private static void factorisation(Factorisation f, List<String> lines) {
    lines.add("");
    lines.add(
        "  "
            + f.label()
            + " out of the shared latents "
            + percent(f.shared())
            + " (chance "
            + percent(f.chance())
            + "), out of private ones: "
            + String.join(
                ", ",
                f.privates().entrySet().stream()
                    .map(e -> e.getKey() + " " + percent(e.getValue()))
                    .toList()));
  }

  private static String nats(Double v) {
    return v == null ? "–" : Text.nats(v);
  }

  private static String percent(Double v) {
    return v == null ? "–" : String.format(Locale.ROOT, "%.1f%%", 100 * v);
  }
}
