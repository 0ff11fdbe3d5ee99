package org.javae.experiment;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.javae.core.config.Nearest;
import org.javae.core.io.Json;
import org.javae.core.io.SafeTensors;
import org.javae.experiment.export.OnnxExport;
import org.javae.tensor.UserException;

/** A trained model for other programs. */
public final class Export {
  /** Names of the formats. */
  public static final List<String> FORMATS = List.of("safetensors", "onnx");

  private Export() {}

  /**
   * Writes a run's model.
   *
   * @param format one of {@link #FORMATS}
   * @return the files written
   * @throws UserException if the format is unknown or cannot hold this model
   */
  public static List<Path> write(Run run, String format, Path file) {
    return switch (format) {
      case "safetensors" -> safetensors(run, file);
      case "onnx" -> OnnxExport.write(run.model(), run.description().preprocessing(), file);
      default ->
          throw UserException.usage(
              "unknown format '%s'; %s", format, Nearest.suggestion(format, FORMATS));
    };
  }

  /**
   * The tensors under their names; model, settings and preprocessing as JSON in the file's
   * metadata.
   */
  private static List<Path> safetensors(Run run, Path file) {
    Map<String, String> about = new LinkedHashMap<>();
    about.put("format", "javae");
    about.put("model", run.description().model());
    about.put("config", Json.toString(run.description().config()));
    about.put("data", Json.toString(run.description().data()));
    about.put("preprocessing", Json.toString(run.description().preprocessing()));
    SafeTensors.write(file, run.model().params().all(), about);
    return List.of(file);
  }
}
