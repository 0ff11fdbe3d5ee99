package org.javae.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.javae.experiment.Run;
import org.javae.experiment.Segments;
import org.javae.experiment.SegmentsReport;
import org.javae.tensor.UserException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "segments",
    description =
        "The groups a clustering run finds: sizes, typical members, what tells each from the others.",
    footer = {
      "",
      "Examples:",
      "  javae segments runs/vade-wine-1",
      "  javae segments runs/vade-wine-1 --data customers.csv --out segments",
      "  javae segments runs/gmm-wine-1 --out clusters.csv",
      "",
      "For runs of vade and gmm, and of models with --set prior=mixture:K. Differences are in",
      "standard deviations of the column (sd); a lift is a category's share here over its share in",
      "all rows. Typical members are nearest to the middle of the cluster's codes."
    })
final class SegmentsVerb extends RunVerb {
  @Option(names = "--data", paramLabel = "DATA", description = "Other data than the run's own.")
  String data;

  @Option(
      names = "--split",
      paramLabel = "S",
      defaultValue = "all",
      description = "train, validation, test or all (default ${DEFAULT-VALUE}).")
  String split;

  @Option(
      names = "--limit",
      paramLabel = "N",
      description = "Look at N observations at most (default all).")
  Integer limit;

  @Option(
      names = "--members",
      paramLabel = "N",
      defaultValue = "10",
      description = "Typical members of each (default ${DEFAULT-VALUE}).")
  int members;

  @Option(
      names = "--out",
      paramLabel = "OUT",
      description = "A folder for segments.md, .csv and .png; or one file, FILE.csv, .md or .png.")
  String out;

  @Override
  public Integer call() {
    if (limit != null && limit < 1) {
      throw UserException.usage("--limit is %d; it must be 1 or more", limit);
    }
    within("--members", members, 1, 100);
    Path to = out == null ? null : path(out);
    try (Run r = open().withData(data)) {
      Bar bar = new Bar(terminal(), json);
      Segments s =
          Segments.of(r, split, limit == null ? 0 : limit, members, bar.percent("sorting"));
      bar.clear();
      List<Path> files = to == null ? List.of() : SegmentsReport.write(r, s, to, suffix(to));
      if (json) {
        Map<String, Object> o = new LinkedHashMap<>();
        o.put("run", run);
        o.put("found", s);
        o.put("files", files.stream().map(Path::toString).toList());
        json(o);
      } else {
        show(r, s);
        files.forEach(f -> print(f.toString()));
      }
    }
    return 0;
  }

  private void show(Run r, Segments s) {
    print(
        terminal().bold(s.model() + " on " + s.data())
            + ", "
            + s.part()
            + " part: "
            + Text.count(s.n(), "observation", "observations"));
    if (s.agreement() != null) {
      print(
          String.format(
              Locale.ROOT,
              "  against the labels: accuracy %.4f, NMI %.4f, ARI %.4f",
              s.agreement().accuracy(),
              s.agreement().nmi(),
              s.agreement().ari()));
    }
    String empty = Segments.ofEmpty(s.empty(), s.clusters());
    if (empty != null) {
      print("  " + empty);
    }
    for (Segments.Segment g : s.segments()) {
      print(
          terminal().bold("cluster " + g.cluster())
              + String.format(
                  Locale.ROOT,
                  "  %s, %.1f %%, certainty %.2f%s",
                  Text.count(g.size()),
                  100 * g.share(),
                  g.certainty(),
                  g.label() == null
                      ? ""
                      : String.format(
                          Locale.ROOT, ", label %s in %.0f %%", g.label(), 100 * g.purity())));
      SegmentsReport.traits(g).forEach(t -> print("  " + t));
      List<String> rows = new ArrayList<>();
      g.typical().forEach(t -> rows.add(String.valueOf(t.row())));
      print("  typical rows " + String.join(", ", rows));
    }
  }
}
