package org.javae.experiment.export;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.Version;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.javae.core.data.Preprocessing;
import org.javae.core.io.AtomicFiles;
import org.javae.core.io.Json;
import org.javae.core.model.Model;
import org.javae.experiment.export.OnnxParts.Codes;
import org.javae.tensor.Scope;
import org.javae.tensor.Shape;
import org.javae.tensor.Tensor;
import org.javae.tensor.UserException;

/**
 * Models as ONNX, operator set 17, float32, any batch size:
 *
 * <ul>
 *   <li>the file itself: {@code x [batch, event…]} to {@code z [batch, latent]} (the code, or the
 *       mean of the posterior), {@code log_scale [batch, latent]} (ln σ of the posterior, for
 *       models that have one) and {@code reconstruction [batch, event…]} (the mean of p(x given z)
 *       at that z)
 *   <li>beside it, {@code NAME-decoder.onnx}: {@code z} to {@code reconstruction}
 * </ul>
 *
 * Preprocessing is not part of the graphs: they take and give what the model sees. The metadata say
 * what it was, with the model's name, settings and data.
 */
public final class OnnxExport {
  private static final String SUFFIX = ".onnx";

  /** Protocol buffers end at 2³¹ − 1 bytes; the rest is for names and metadata. */
  private static final long MOST_BYTES = Integer.MAX_VALUE - (16L << 20);

  private OnnxExport() {}

  /** As {@link #write(Model, Preprocessing, Path)} for data that reached the model as they are. */
  public static List<Path> write(Model<?> model, Path file) {
    return write(model, Preprocessing.NONE, file);
  }

  /**
   * Writes a model and its decoder alone.
   *
   * @param preprocessing what was done to values in front of the model, for the metadata
   * @param file of the whole model; the decoder's name is made from it
   * @return both files, the whole model first
   * @throws UserException if the model has no ONNX form, is larger than such a file can be, or a
   *     file cannot be written
   */
  public static List<Path> write(Model<?> model, Preprocessing preprocessing, Path file) {
    Path decoderFile = decoderFile(file);
    Scope.run(
        () -> {
          OnnxParts parts = OnnxParts.of(model);
          checkSize(model.params().all().values().stream().mapToLong(Tensor::numel).sum());
          Map<String, String> metadata = metadata(parts, model, preprocessing);
          // Both are complete before the first is written: a model that fails leaves no file.
          ModelProto whole = proto(whole(parts, model), metadata);
          ModelProto decoder = proto(decoder(parts, model), metadata);
          AtomicFiles.write(file, whole.getSerializedSize(), whole::writeTo);
          AtomicFiles.write(decoderFile, decoder.getSerializedSize(), decoder::writeTo);
        });
    return List.of(file, decoderFile);
  }

  static void checkSize(long elements) {
    if (elements > MOST_BYTES / Float.BYTES) {
      throw UserException.of(
          "the model has %.1f GB of weights, but an ONNX file holds at most 2 GB; use --format"
              + " safetensors",
          elements * (double) Float.BYTES / (1L << 30));
    }
  }

  /** {@code model.onnx} has {@code model-decoder.onnx} beside it. */
  static Path decoderFile(Path file) {
    Path last = file.getFileName();
    if (last == null) {
      throw UserException.usage("%s is a folder; give the name of a file, e.g. model.onnx", file);
    }
    String name = last.toString();
    boolean suffixed =
        name.length() > SUFFIX.length() && name.toLowerCase(Locale.ROOT).endsWith(SUFFIX);
    int end = suffixed ? name.length() - SUFFIX.length() : name.length();
    return file.resolveSibling(name.substring(0, end) + "-decoder" + name.substring(end));
  }

  private static OnnxGraph whole(OnnxParts parts, Model<?> model) {
    OnnxGraph g = new OnnxGraph(parts.name());
    Shape event = model.data().event();
    Shape code = Shape.of(parts.latent());
    String x = g.input("x", event, "observations after preprocessing");
    Codes codes = parts.encoder().write(g, x);
    boolean posterior = codes.logScale() != null;
    String z = g.output("z", codes.z(), code, posterior ? "mean of q(z given x)" : "codes");
    if (posterior) {
      g.output("log_scale", codes.logScale(), code, "ln of the standard deviation of q(z given x)");
    }
    reconstruct(g, parts, z, event);
    return g;
  }

  private static OnnxGraph decoder(OnnxParts parts, Model<?> model) {
    OnnxGraph g = new OnnxGraph(parts.name() + "-decoder");
    String z = g.input("z", Shape.of(parts.latent()), "codes");
    reconstruct(g, parts, z, model.data().event());
    return g;
  }

  private static void reconstruct(OnnxGraph g, OnnxParts parts, String z, Shape event) {
    String meaning = parts.likelihood() == null ? "D(z)" : "mean of p(x given z)";
    g.output(
        "reconstruction",
        parts.decoder().write(g, z),
        event,
        meaning + ", before undoing preprocessing");
  }

  private static Map<String, String> metadata(OnnxParts parts, Model<?> model, Preprocessing p) {
    Map<String, String> m = new LinkedHashMap<>();
    m.put("model", parts.name());
    if (parts.likelihood() != null) {
      m.put("likelihood", parts.likelihood());
    }
    Tensor logScale = model.params().all().get("likelihood.log_scale");
    if (logScale != null) {
      m.put("likelihood.scale", Json.toString(logScale.exp().toFloats()));
    }
    m.put("config", Json.toString(model.config()));
    m.put("data", Json.toString(model.data()));
    m.put("preprocessing", "x = (value - shift) / scale; value = reconstruction * scale + shift");
    m.put("preprocessing.shift", Json.toString(p.shift()));
    m.put("preprocessing.scale", Json.toString(p.scale()));
    m.put("preprocessing.missing", p.fill().length > 0 ? "value = preprocessing.fill" : "refused");
    m.put("preprocessing.fill", Json.toString(p.fill()));
    m.put("preprocessing.binarize", p.binarize().name().toLowerCase(Locale.ROOT));
    return m;
  }

  private static ModelProto proto(OnnxGraph graph, Map<String, String> metadata) {
    ModelProto.Builder b =
        ModelProto.newBuilder()
            .setIrVersion(Version.IR_VERSION_2021_7_30_VALUE)
            .addOpsetImport(
                OperatorSetIdProto.newBuilder().setDomain("").setVersion(OnnxGraph.OPSET))
            .setProducerName("javae")
            .setGraph(graph.build());
    String version = OnnxExport.class.getPackage().getImplementationVersion();
    if (version != null) {
      b.setProducerVersion(version);
    }
    metadata.forEach(
        (k, v) -> b.addMetadataProps(StringStringEntryProto.newBuilder().setKey(k).setValue(v)));
    return b.build();
  }
}
