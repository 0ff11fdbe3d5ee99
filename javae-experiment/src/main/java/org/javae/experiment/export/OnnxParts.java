package org.javae.experiment.export;

import java.util.List;
import java.util.Map;
import org.javae.core.likelihood.LikelihoodSpec;
import org.javae.core.model.CatalogEntry;
import org.javae.core.model.Conditional;
import org.javae.core.model.DataSpec;
import org.javae.core.model.DiscreteCodes;
import org.javae.core.model.Encodes;
import org.javae.core.model.LatentVariableModel;
import org.javae.core.model.Model;
import org.javae.core.model.Multimodal;
import org.javae.core.model.ReadsText;
import org.javae.core.model.Scores;
import org.javae.core.net.Net;
import org.javae.models.ModelCatalog;
import org.javae.models.linear.FastIca;
import org.javae.models.linear.LinearAutoencoder;
import org.javae.models.linear.Pca;
import org.javae.models.linear.ProbabilisticPca;
import org.javae.models.unimodal.Autoencoder;
import org.javae.models.unimodal.Hierarchy;
import org.javae.models.unimodal.Vae;
import org.javae.tensor.DType;
import org.javae.tensor.Tensor;
import org.javae.tensor.UserException;

/**
 * The two halves of a model as writers of ONNX operators. This is the one place that knows the
 * model classes: a new one gets a line in {@link #of}.
 *
 * @param name as in the catalogue
 * @param latent size of z
 * @param likelihood text of p(x given z), or null where the model has none
 * @param encoder from x to codes
 * @param decoder from z to reconstructions
 */
record OnnxParts(String name, int latent, String likelihood, Encoder encoder, Decoder decoder) {
  /**
   * Names of values.
   *
   * @param z code or posterior mean
   * @param logScale ln σ of the posterior, or null without one
   */
  record Codes(String z, String logScale) {}

  /** Writes the encoder. */
  interface Encoder {
    Codes write(OnnxGraph g, String x);
  }

  /** Writes the decoder with the likelihood's mean. */
  interface Decoder {
    String write(OnnxGraph g, String z);
  }

  /**
   * Takes a model apart.
   *
   * @throws UserException if the model has no ONNX form
   */
  static OnnxParts of(Model<?> model) {
    if (model instanceof Vae m) {
      if (!m.posteriorSpec().diagonal()) {
        throw UserException.usage(
            "posterior=%s has no ONNX form here yet, a diagonal one has; the weights can be written: use --format safetensors",
            m.posteriorSpec());
      }
      LikelihoodSpec likelihood = m.likelihoodSpec();
      if (likelihood.wantsCounts()) {
        throw OnnxMeans.none(likelihood);
      }
      return new OnnxParts(
          name(m, "vae"),
          m.latent(),
          likelihood.toString(),
          gaussian(m.encoder(), m.latent()),
          (g, z) -> OnnxMeans.apply(g, likelihood, m.data(), OnnxLayers.apply(g, m.decoder(), z)));
    }
    if (model instanceof Autoencoder m) {
      return new OnnxParts(
          name(m, "ae"),
          m.latent(),
          null,
          (g, x) -> new Codes(OnnxLayers.apply(g, m.encoder(), x), null),
          (g, z) -> OnnxLayers.apply(g, m.decoder(), z));
    }
    Map<String, Tensor> own = model.params().all();
    if (model instanceof LinearAutoencoder m) {
      Tensor w = own.get("weight").t();
      Affine a = new Affine(m.data(), own.get("offset"), "weight", w, "weight", w);
      return new OnnxParts("linear-ae", m.latent(), null, a.encoder(null), a.decoder());
    }
    if (model instanceof Pca m) {
      Tensor u = own.get("components");
      Affine a = new Affine(m.data(), own.get("mean"), "components", u, "components", u);
      return new OnnxParts("pca", m.latent(), null, a.encoder(null), a.decoder());
    }
    if (model instanceof FastIca m) {
      Tensor u = own.get("components");
      Tensor w = own.get("unmixing").matmul(u);
      Tensor a = own.get("mixing").matmul(u);
      Affine both = new Affine(m.data(), own.get("mean"), "unmixing", w, "mixing", a);
      return new OnnxParts("fastica", m.latent(), null, both.encoder(null), both.decoder());
    }
    if (model instanceof ProbabilisticPca m) {
      return probabilistic(m, own);
    }
    if (model instanceof ReadsText) {
      throw UserException.usage(
          "model %s writes a sentence word by word, which has no ONNX form here yet; its weights have: use --format"
              + " safetensors",
          name(model, "text-vae"));
    }
    if (model instanceof Hierarchy) {
      throw UserException.usage(
          "model %s draws its codes level by level, which has no ONNX form here yet; its weights have: use --format"
              + " safetensors",
          name(model, model.getClass().getSimpleName()));
    }
    if (model instanceof DiscreteCodes) {
      throw UserException.usage(
          "model %s looks codes up in a codebook, which has no ONNX form here yet; its weights have: use --format"
              + " safetensors",
          name(model, model.getClass().getSimpleName()));
    }
    if (model instanceof Multimodal) {
      throw UserException.usage(
          "model %s reads several views, any of which may be absent, which has no ONNX form here yet; its weights have: use"
              + " --format safetensors",
          name(model, model.getClass().getSimpleName()));
    }
    if (model instanceof Conditional) {
      throw UserException.usage(
          "model %s takes a label beside every observation, which has no ONNX form here yet; its weights have: use"
              + " --format safetensors",
          name(model, model.getClass().getSimpleName()));
    }
    if (model instanceof LatentVariableModel m && !m.euclidean()) {
      throw UserException.usage(
          "model %s has codes that are no Gaussian vectors, which have no ONNX form here yet; its weights have: use"
              + " --format safetensors",
          name(model, model.getClass().getSimpleName()));
    }
    if (model instanceof Scores && !(model instanceof Encodes)) {
      throw UserException.usage(
          "model %s is a density without codes, and ONNX is for encoders and decoders; its weights can be written: use"
              + " --format safetensors",
          name(model, model.getClass().getSimpleName()));
    }
    throw UserException.usage(
        "model %s cannot be written as ONNX; its weights can: use --format safetensors",
        name(model, model.getClass().getSimpleName()));
  }

  /**
   * The name of the only catalogue entry with these settings, so that a subclass goes by its own
   * name.
   */
  private static String name(Model<?> model, String otherwise) {
    List<String> names =
        ModelCatalog.entries().stream()
            .filter(e -> e.config() == model.config().getClass())
            .map(CatalogEntry::name)
            .toList();
    return names.size() == 1 ? names.get(0) : otherwise;
  }

  /** A network that gives means, then ln σ. */
  private static Encoder gaussian(Net net, int latent) {
    return (g, x) -> {
      List<String> halves = g.split(OnnxLayers.apply(g, net, x), latent, latent);
      return new Codes(halves.get(0), halves.get(1));
    };
  }

  /** p(x given z) = N(Wz + μ, σ²I) has the posterior N(Λ⁻¹Wᵀ(x − μ), σ²Λ⁻¹). */
  private static OnnxParts probabilistic(ProbabilisticPca m, Map<String, Tensor> own) {
    int q = m.latent();
    Tensor mean = own.get("mean");
    Tensor kept = own.get("eigenvalues").narrow(0, 0, q).unsqueeze(1);
    // Rows of Wᵀ are where the unit codes go, the mean taken off: a difference in float64 keeps
    // more
    // digits than the float32 it is written as.
    Tensor unit = Tensor.full(1, q).to(DType.FLOAT64).diag();
    Tensor w = m.decode(unit).flatten().minus(mean);
    Affine a = new Affine(m.data(), mean, "encoder.weight", w.div(kept), "decoder.weight", w);
    Tensor logScale = kept.log().neg().plus(Math.log(m.noiseVariance())).times(0.5).reshape(1, q);
    String likelihood = "gaussian:" + (float) Math.sqrt(m.noiseVariance());
    return new OnnxParts("ppca", q, likelihood, a.encoder(logScale), a.decoder());
  }

  /**
   * z = E (x − μ) and x = Dᵀz + μ, both matrices {@code [latent, elements]}, with the names they go
   * by.
   */
  private record Affine(
      DataSpec data,
      Tensor mean,
      String encoderName,
      Tensor encode,
      String decoderName,
      Tensor decode) {
    /** With a posterior scale {@code [1, latent]} common to all observations, or null. */
    Encoder encoder(Tensor logScale) {
      return (g, x) -> {
        // The mean is taken off first: folded into the bias it would cancel digits of large values.
        String centred = g.apply("Sub", OnnxLayers.flatten(g, x), g.weights("mean", mean));
        if (mean.dtype() == DType.FLOAT64) {
          // What float32 could not hold of it matters as much where the mean is large.
          Tensor rest = mean.minus(mean.to(DType.FLOAT32).to(DType.FLOAT64));
          centred = g.apply("Sub", centred, g.weights("mean.rest", rest));
        }
        String z =
            g.apply(
                "Gemm",
                List.of(centred, g.weights(encoderName, encode)),
                OnnxGraph.integer("transB", 1));
        return new Codes(
            z,
            logScale == null
                ? null
                : g.apply("Expand", g.weights("log_scale.value", logScale), g.apply("Shape", z)));
      };
    }

    Decoder decoder() {
      return (g, z) -> {
        String flat = g.apply("Gemm", z, g.weights(decoderName, decode), g.weights("mean", mean));
        return data.event().rank() == 1 ? flat : g.reshape(flat, data.event());
      };
    }
  }
}
