package org.javae.cli;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.javae.experiment.Codes;
import org.javae.experiment.Run;
import org.javae.experiment.picture.Grid;
import org.javae.experiment.picture.ImageFiles;
import org.javae.experiment.picture.Images;
import org.javae.tensor.Shape;
import org.javae.tensor.UserException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "decode",
    description = "Turn codes back into observations, in the data's own units.",
    footer = {
      "",
      "Examples:",
      "  javae decode runs/vae-strokes-1 codes.csv --out decoded.npy",
      "  javae decode runs/vae-strokes-1 codes.csv --out decoded.png"
    })
final class DecodeVerb extends RunVerb {
  private static final List<String> SUFFIXES = List.of("npy", "npz", "csv", "png");
  private static final int MOST_DRAWN = 400;

  @Parameters(
      index = "1",
      paramLabel = "CODES",
      description = "Codes as npy, csv or parquet, a row an observation.")
  String codes;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "FILE",
      description = "FILE.npy, FILE.npz, FILE.csv, or FILE.png for a grid of images.")
  String out;

  @Option(
      names = "--label",
      paramLabel = "LABEL",
      description = "What a conditional model's decoder is told.")
  String label;

  @Override
  public Integer call() {
    Path file = path(out);
    if (!SUFFIXES.contains(suffix(file))) {
      throw UserException.usage(
          "--out is %s; a name that ends in .npy, .npz, .csv or .png is expected", out);
    }
    try (Run r = open()) {
      Shape event = r.model().data().event();
      boolean picture = suffix(file).equals("png");
      if (picture && !event.isImage()) {
        throw UserException.of(
            "observations of this run are %s, no images; write them to .csv or .npy", event);
      }
      float[] z = Codes.read(path(codes), r.latent());
      int n = z.length / r.latent();
      if (picture && n > MOST_DRAWN) {
        note("the picture shows the first " + MOST_DRAWN + " of " + Text.count(n) + " codes");
        z = Arrays.copyOf(z, MOST_DRAWN * r.latent());
      }
      float[] x = r.decodeAll(z, label);
      if (picture) {
        ImageFiles.writePng(Grid.of(Images.of(x, event)).draw(), file);
      } else {
        Codes.writeObservations(x, event, r.model().data().columns(), file);
      }
      if (json) {
        Map<String, Object> o = new LinkedHashMap<>();
        o.put("run", run);
        o.put("codes", codes);
        o.put("n", z.length / r.latent());
        o.put("shape", event.toArray());
        o.put("file", file.toString());
        json(o);
      } else {
        print(
            file
                + ": "
                + Text.count(z.length / r.latent(), "observation", "observations")
                + " of shape "
                + event);
      }
    }
    return 0;
  }

  @Override
  String memoryHint() {
    return "decode a part of the codes at a time";
  }
}
