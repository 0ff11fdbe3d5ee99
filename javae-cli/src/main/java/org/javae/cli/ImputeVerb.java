package org.javae.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.javae.experiment.Imputer;
import org.javae.experiment.Run;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "impute",
    description = "Fill in the views that observations lack, with intervals.",
    footer = {
      "",
      "Examples:",
      "  javae impute runs/mvae-mfeat-1 patients.yaml --out filled",
      "  javae impute runs/mvae-mfeat-1 patients.yaml --out filled.csv --draws 200",
      "",
      "A .csv gets the mean and the central 90 %% interval of every element that was absent; a folder",
      "gets that, the completed data and some draws, each complete."
    })
final class ImputeVerb extends RunVerb {
  @Parameters(index = "1", paramLabel = "DATA", description = "A name or a views.yaml.")
  String data;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "OUT",
      description = "FILE.csv, or a new folder.")
  String out;

  @Option(
      names = "--draws",
      paramLabel = "D",
      defaultValue = "100",
      description = "Draws behind mean and interval (default ${DEFAULT-VALUE}).")
  int draws;

  @Option(
      names = "--keep",
      paramLabel = "K",
      defaultValue = "5",
      description = "Completed data sets of draws in the folder (default ${DEFAULT-VALUE}).")
  int keep;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "0",
      description = "Seed of the draws.")
  long seed;

  @Override
  public Integer call() {
    within("--draws", draws, 2, 10_000);
    within("--keep", keep, 0, 1000);
    long start = System.nanoTime();
    try (Run r = open().withData(data)) {
      Bar bar = new Bar(terminal(), json);
      Imputer.Done d = Imputer.impute(r, path(out), draws, keep, seed, bar.percent("imputing"));
      bar.clear();
      if (json) {
        Map<String, Object> o = new LinkedHashMap<>();
        o.put("run", run);
        o.put("data", r.data().name());
        o.put("n", d.rows());
        o.put("imputed", d.imputed());
        o.put("draws", draws);
        o.put("effective_codes", d.effective());
        o.put("files", d.files());
        o.put("seconds", (System.nanoTime() - start) / 1e9);
        json(o);
        return 0;
      }
      List<List<String>> rows =
          d.imputed().entrySet().stream()
              .map(e -> List.of("  " + e.getKey(), Text.count(e.getValue()), "rows filled in"))
              .toList();
      print(Text.table(rows));
      print(
          String.format(
              Locale.ROOT,
              "  effective codes  %.1f of %d an observation",
              d.effective(),
              4 * draws));
      d.files().forEach(this::print);
    }
    return 0;
  }

  @Override
  String memoryHint() {
    return "lower --draws";
  }
}
