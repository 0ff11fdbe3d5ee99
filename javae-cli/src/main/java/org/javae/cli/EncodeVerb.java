package org.javae.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.javae.experiment.Codes;
import org.javae.experiment.Run;
import org.javae.tensor.UserException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "encode",
    description = "Write the codes of all rows of data, in their order.",
    footer = {
      "",
      "Examples:",
      "  javae encode runs/vae-strokes-1 strokes --out codes.csv",
      "  javae encode runs/vae-mnist-1 mnist --out codes.parquet"
    })
final class EncodeVerb extends RunVerb {
  static final List<String> SUFFIXES = List.of("npy", "csv", "parquet");

  @Parameters(
      index = "1",
      paramLabel = "DATA",
      description = "A name, a file, a folder or a jdbc: address.")
  String data;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "FILE",
      description = "FILE.npy, FILE.csv or FILE.parquet.")
  String out;

  @Override
  public Integer call() {
    Path file = path(out);
    if (!SUFFIXES.contains(suffix(file))) {
      throw UserException.usage(
          "--out is %s; a name that ends in .npy, .csv or .parquet is expected", out);
    }
    long start = System.nanoTime();
    try (Run r = open().withData(data)) {
      Bar bar = new Bar(terminal(), json);
      float[] codes = r.encodeAll(bar.percent("encoding"));
      bar.clear();
      Codes.write(codes, r.latent(), file);
      int n = codes.length / r.latent();
      if (json) {
        Map<String, Object> o = new LinkedHashMap<>();
        o.put("run", run);
        o.put("data", r.data().name());
        o.put("n", n);
        o.put("latent", r.latent());
        o.put("file", file.toString());
        o.put("seconds", (System.nanoTime() - start) / 1e9);
        json(o);
      } else {
        print(
            file
                + ": "
                + Text.count(n, "code", "codes")
                + " of "
                + Text.count(r.latent(), "dimension", "dimensions"));
      }
    }
    return 0;
  }

  @Override
  String memoryHint() {
    return "encode a part of the data at a time";
  }
}
