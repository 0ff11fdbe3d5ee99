package org.javae.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.javae.experiment.Export;
import org.javae.experiment.Run;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "export",
    description = "Write a run's model for other programs.",
    footer = {
      "",
      "Examples:",
      "  javae export runs/vae-strokes-1 --format safetensors --out vae.safetensors",
      "  javae export runs/vae-strokes-1 --format onnx --out vae.onnx"
    })
final class ExportVerb extends RunVerb {
  @Option(
      names = "--format",
      required = true,
      paramLabel = "F",
      description = "onnx or safetensors.")
  String format;

  @Option(names = "--out", required = true, paramLabel = "FILE", description = "Where to write.")
  String out;

  @Override
  public Integer call() {
    try (Run r = open()) {
      List<Path> files = Export.write(r, format, path(out));
      if (json) {
        Map<String, Object> o = new LinkedHashMap<>();
        o.put("run", run);
        o.put("format", format);
        o.put("files", files.stream().map(Path::toString).toList());
        json(o);
      } else {
        files.forEach(f -> print(f.toString()));
      }
    }
    return 0;
  }
}
