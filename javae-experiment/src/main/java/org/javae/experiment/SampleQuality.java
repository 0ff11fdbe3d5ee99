package org.javae.experiment;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import org.javae.core.data.Dataset;
import org.javae.core.data.Loader;
import org.javae.core.data.Preprocessing;
import org.javae.core.divergence.MsSsim;
import org.javae.core.evaluate.sample.Frechet;
import org.javae.core.evaluate.sample.ImageQuality;
import org.javae.core.evaluate.sample.PrecisionRecall;
import org.javae.core.io.Hashes;
import org.javae.core.io.SafeTensors;
import org.javae.core.model.DataSpec;
import org.javae.core.train.TrainListener;
import org.javae.data.get.DataFolders;
import org.javae.models.features.FeatureNet;
import org.javae.tensor.Autograd;
import org.javae.tensor.Rng;
import org.javae.tensor.Scope;
import org.javae.tensor.Tensor;
import org.javae.tensor.UserException;

/**
 * Pictures of a run against those of its data, both in the data's own units and before any
 * binarisation. The network that looks at them is trained once for each data set, the same for
 * every run and model, and kept among the downloaded data.
 */
final class SampleQuality {
  /** Part of the network's file name: to be raised with any change of how it is trained. */
  private static final String VERSION = "1";

  private static final int STEPS = 600;
  private static final int TRAINED_ON = 20_000;

  /** Rows of the data that distances are measured on. */
  private static final int BATCH = 500;

  private final Run run;
  private final Dataset data;

  SampleQuality(Run run) {
    this.run = run;
    this.data = run.data();
    if (!data.shape().isImage()) {
      throw UserException.of(
          "frechet, precision, recall, psnr and ssim compare pictures, but observations of %s have shape %s; leave these"
              + " metrics out",
          data.name(), data.shape());
    }
  }

  /**
   * Measures what is wanted.
   *
   * @param n samples, and at most so many observations of {@code rows}
   */
  ImageQuality measure(Loader rows, Set<String> wanted, int n, long seed) {
    double[] reconstructed =
        ImageQuality.OF_RECONSTRUCTIONS.stream().anyMatch(wanted::contains)
            ? reconstructions(rows)
            : null;
    Double frechet = null;
    PrecisionRecall manifolds = null;
    if (ImageQuality.OF_SAMPLES.stream().anyMatch(wanted::contains)) {
      FeatureNet net = network();
      float[] real = real(rows, n, seed);
      float[] drawn = run.draws(n, seed);
      float[][] f = features(net, real);
      float[][] g = features(net, drawn);
      if (wanted.contains("frechet")) {
        frechet = Scope.run(() -> Frechet.between(tensor(f), tensor(g)));
      }
      if (wanted.contains("precision") || wanted.contains("recall")) {
        manifolds = PrecisionRecall.of(f, g, PrecisionRecall.NEIGHBOURS);
      }
    }
    return new ImageQuality(
        frechet,
        wanted.contains("precision") ? (Double) manifolds.precision() : null,
        wanted.contains("recall") ? (Double) manifolds.recall() : null,
        wanted.contains("psnr") ? (Double) reconstructed[0] : null,
        wanted.contains("ssim") ? (Double) reconstructed[1] : null);
  }

  private static Tensor tensor(float[][] rows) {
    float[] all = new float[rows.length * rows[0].length];
    for (int i = 0; i < rows.length; i++) {
      System.arraycopy(rows[i], 0, all, i * rows[0].length, rows[0].length);
    }
    return Tensor.of(all, rows.length, rows[0].length);
  }

  /** Mean PSNR and SSIM of reconstructions of what the model sees. */
  private double[] reconstructions(Loader rows) {
    double[] sums = new double[2];
    rows.each(
        BATCH,
        b ->
            Autograd.off(
                () -> {
                  Tensor x = images(run.values(b.x()));
                  Tensor y =
                      images(run.values(run.decodes(b.labels()).decode(run.encode(b)))).clamp(0, 1);
                  sums[0] += ImageQuality.psnr(x, y).sum().item();
                  sums[1] += MsSsim.ssim(x, y).sum().item();
                }));
    return new double[] {sums[0] / rows.size(), sums[1] / rows.size()};
  }

  private Tensor images(float[] values) {
    return Tensor.of(
        values, data.shape().prepend((int) (values.length / data.shape().numel())).toArray());
  }

  private float[] real(Loader rows, int n, long seed) {
    int[] chosen = run.some(rows, Math.min(n, rows.size()), seed, null);
    float[] out = new float[Math.multiplyExact(chosen.length, (int) data.shape().numel())];
    data.read(chosen, out);
    return out;
  }

  private float[][] features(FeatureNet net, float[] values) {
    int width = (int) data.shape().numel();
    int n = values.length / width;
    float[][] out = new float[n][];
    for (int from = 0; from < n; from += BATCH) {
      int to = Math.min(n, from + BATCH);
      float[] part = Arrays.copyOfRange(values, from * width, to * width);
      float[] f =
          Scope.run(() -> Autograd.off(() -> net.features(images(part).clamp(0, 1)).toFloats()));
      for (int i = from; i < to; i++) {
        int at = (i - from) * FeatureNet.FEATURES;
        out[i] = Arrays.copyOfRange(f, at, at + FeatureNet.FEATURES);
      }
    }
    return out;
  }

  /** Read from where it was kept, or trained. */
  private FeatureNet network() {
    int classes = data.labels().map(Dataset.Annotation::cardinality).orElse(0);
    DataSpec spec = DataSpec.of(data.shape(), false, true);
    FeatureNet net =
        new FeatureNet(classes > 1 ? labelled(spec, classes) : spec, Rng.of(0).split("features"));
    Path file =
        DataFolders.ofProcess()
            .cache()
            .resolve("features")
            .resolve(
                Hashes.sha256(
                            (VERSION + " " + classes + " " + data.fingerprint())
                                .getBytes(StandardCharsets.UTF_8))
                        .substring(0, 24)
                    + ".safetensors");
    if (Files.exists(file)) {
      Scope.run(() -> net.params().load(SafeTensors.read(file).tensors()));
      return net;
    }
    net.train(rows(), STEPS, new TrainListener() {});
    try {
      Files.createDirectories(file.getParent());
    } catch (IOException e) {
      throw UserException.of(
          e, "the folder %s cannot be made (%s)", file.getParent(), e.getMessage());
    }
    SafeTensors.write(file, net.params().all(), Map.of());
    return net;
  }

  private static DataSpec labelled(DataSpec d, int classes) {
    return new DataSpec(
        d.sizes(), d.columns(), d.binary(), d.unitInterval(), classes, d.rows(), 0, d.views());
  }

  /** Of the published training part, else of all: whichever the split of a run, the same. */
  private Loader rows() {
    int train = data.publishedSplit().map(Dataset.PublishedSplit::train).orElse(data.size());
    Rng rng = Rng.of(0).split("features");
    int[] some = Arrays.stream(rng.permutation(train, 0)).limit(TRAINED_ON).toArray();
    return new Loader(data, some, Preprocessing.NONE, rng, true);
  }
}
