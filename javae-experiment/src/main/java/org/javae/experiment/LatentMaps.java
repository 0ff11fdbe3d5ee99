package org.javae.experiment;

import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.javae.core.config.Nearest;
import org.javae.core.data.Dataset.Annotation;
import org.javae.core.data.Loader;
import org.javae.core.model.Batch;
import org.javae.core.model.Conditional;
import org.javae.core.model.Decodes;
import org.javae.core.walk.PullBack;
import org.javae.core.walk.Walk;
import org.javae.experiment.Walks.Drawn;
import org.javae.experiment.picture.Grid;
import org.javae.experiment.picture.Images;
import org.javae.experiment.picture.Scatter;
import org.javae.experiment.picture.Stack;
import org.javae.tensor.Autograd;
import org.javae.tensor.Rng;
import org.javae.tensor.Scope;
import org.javae.tensor.Tensor;
import org.javae.tensor.UserException;

/** Latent spaces of one or more runs side by side: maps of codes, and what draws from them give. */
public final class LatentMaps {
  private static final int CURVE_POINTS = 41;

  /** Codes whose Jacobians are taken at once. */
  private static final int AT_ONCE = 200;

  /** Decades of magnification drawn below the largest. */
  private static final double DECADES = 6;

  private LatentMaps() {}

  /**
   * How to draw a map.
   *
   * @param n codes
   * @param by annotation that colours them, null for the label
   * @param pairs pairs of codes to join by a straight, a spherical and a geodesic way each
   */
  public record MapOptions(int n, String by, int pairs, long seed) {}

  /**
   * Codes in the plane, coloured by label. With two latent dimensions the ground is the decoder's
   * magnification factor {@link PullBack#magnification}; with more the two most informative ones
   * are drawn.
   */
  public static Drawn map(List<Run> runs, MapOptions o) {
    List<BufferedImage> maps = new ArrayList<>();
    List<Map<String, Object>> numbers = new ArrayList<>();
    for (Run r : runs) {
      Map<String, Object> m = new LinkedHashMap<>();
      m.put("run", r.folder().toString());
      maps.add(Scope.run(() -> Autograd.off(() -> one(r, o, m))));
      numbers.add(m);
    }
    return new Drawn(List.of(Stack.across(maps)), Map.of("maps", numbers));
  }

  private static BufferedImage one(Run run, MapOptions o, Map<String, Object> numbers) {
    int latent = run.codeSize();
    if (latent < 2) {
      throw UserException.of(
          "a map needs two latent dimensions, but the model of run %s has %d; try traverse",
          run.folder().getFileName(), latent);
    }
    boolean plane = latent == 2;
    if (!plane && o.pairs() > 0) {
      throw UserException.of(
          "ways are drawn on a map of two latent dimensions, but the model of run %s has %d; leave"
              + " out --paths, or see interpolate --path",
          run.folder().getFileName(), latent);
    }
    Loader rows = run.rows(run.defaultPart(), o.n());
    int[] chosen = rows.rows(0, rows.size());
    Tensor codes = Walks.codes(run, rows, chosen);
    int[] axes = plane ? new int[] {0, 1} : informative(run, latent);
    float[] z = codes.toFloats();
    float[] points = new float[2 * chosen.length];
    for (int i = 0; i < chosen.length; i++) {
      points[2 * i] = z[i * latent + axes[0]];
      points[2 * i + 1] = z[i * latent + axes[1]];
    }
    Scatter s = Scatter.of(points).title(run.title("codes")).axes("z" + axes[0], "z" + axes[1]);
    Annotation a = annotation(run, o.by());
    if (a != null) {
      s.labels(Arrays.stream(chosen).map(i -> a.values()[i]).toArray(), a.valueNames());
    }
    numbers.put("n", chosen.length);
    if (plane && run.model() instanceof Decodes d) {
      numbers.put("magnification", spread(magnification(d::decode, z)));
      s.ground(places -> ground(magnification(d::decode, places)), "log10 √det G of the decoder");
      numbers.put("paths", paths(run, d::decode, o, s));
    } else if (plane && o.pairs() > 0) {
      throw UserException.of(
          "ways need a decoder that takes codes alone, which model %s has not; leave out --paths",
          run.description().model());
    }
    return s.draw();
  }

  private static int[] informative(Run run, int latent) {
    double[] kl = run.informativeness();
    return IntStream.range(0, latent)
        .boxed()
        .sorted(Comparator.comparingDouble(j -> -kl[j]))
        .limit(2)
        .mapToInt(j -> j)
        .toArray();
  }

  private static Annotation annotation(Run run, String by) {
    if (by == null) {
      return run.data().labels().orElse(run.data().annotations().stream().findFirst().orElse(null));
    }
    List<String> known = run.data().annotations().stream().map(Annotation::name).toList();
    return run.data().annotations().stream()
        .filter(a -> a.name().equals(by))
        .findFirst()
        .orElseThrow(
            () ->
                known.isEmpty()
                    ? UserException.usage(
                        "--by is '%s', but %s has no annotations", by, run.data().name())
                    : UserException.usage("--by is '%s'; %s", by, Nearest.suggestion(by, known)));
  }

  /** At codes in the plane, row-major. */
  private static double[] magnification(UnaryOperator<Tensor> decoder, float[] z) {
    double[] all = new double[z.length / 2];
    for (int from = 0; from < all.length; from += AT_ONCE) {
      int n = Math.min(AT_ONCE, all.length - from);
      float[] part = Arrays.copyOfRange(z, 2 * from, 2 * (from + n));
      double[] m = Scope.run(() -> PullBack.magnification(decoder, Tensor.of(part, n, 2)));
      System.arraycopy(m, 0, all, from, n);
    }
    return all;
  }

  /** Decimal logarithms; what is next to nothing is drawn as the least that is drawn. */
  private static float[] ground(double[] m) {
    double least = Arrays.stream(m).max().orElse(1) * Math.pow(10, -DECADES);
    float[] g = new float[m.length];
    for (int i = 0; i < m.length; i++) {
      g[i] = (float) Math.log10(Math.max(m[i], least));
    }
    return g;
  }

  /** Of the magnification at the codes: how even the map is where the data are. */
  private static Map<String, Object> spread(double[] m) {
    double[] v = m.clone();
    Arrays.sort(v);
    Map<String, Object> s = new LinkedHashMap<>();
    for (int p : new int[] {5, 50, 95}) {
      s.put("p" + p, v[(int) Math.round(p / 100.0 * (v.length - 1))]);
    }
    return s;
  }

  private static List<Map<String, Object>> paths(
      Run run, UnaryOperator<Tensor> decoder, MapOptions o, Scatter s) {
    List<Map<String, Object>> numbers = new ArrayList<>();
    if (o.pairs() == 0) {
      return numbers;
    }
    Loader rows = run.rows(run.defaultPart());
    for (int[] pair : run.pairs(o.pairs(), o.seed())) {
      Tensor z = run.encode(rows.read(pair, 0));
      Map<String, Object> m = new LinkedHashMap<>();
      m.put("rows", pair);
      for (Walk w : Walk.values()) {
        Walks.Way way = Walks.way(w, z.narrow(0, 0, 1), z.narrow(0, 1, 1), CURVE_POINTS, decoder);
        s.curve(w.toString(), way.points().toFloats());
        m.put(w.toString(), way.length());
      }
      numbers.add(m);
    }
    return numbers;
  }

  /**
   * Decoded draws of each run: of codes from N(0, I), and of codes from the normal distribution
   * that has the mean and the variances of the training rows' codes. A VAE is trained so that both
   * are much the same; an autoencoder is not.
   */
  public static Drawn sampling(List<Run> runs, int n, long seed) {
    List<String> captions = new ArrayList<>();
    List<Images> images = new ArrayList<>();
    List<Map<String, Object>> numbers = new ArrayList<>();
    for (Run r : runs) {
      r.needsPicture();
      if (!r.drawn()) {
        throw UserException.of(
            "sampling draws images, but observations of run %s have shape %s; try generate",
            r.folder().getFileName(), r.model().data().event());
      }
      if (images.isEmpty()) {
        captions.add("original");
        images.add(Images.of(r.originals(n, seed), r.model().data().event()));
      } else if (!r.model().data().event().equals(runs.get(0).model().data().event())) {
        throw UserException.of(
            "run %s has observations of another shape than run %s; draw them one by one",
            r.folder().getFileName(), runs.get(0).folder().getFileName());
      }
      Map<String, Object> m = new LinkedHashMap<>();
      m.put("run", r.folder().toString());
      Scope.run(
          () ->
              Autograd.off(
                  () -> {
                    Loader rows = r.rows("train", Walks.CODES);
                    Tensor z = Walks.codes(r, rows, rows.rows(0, rows.size()));
                    Tensor mean = z.mean(0).unsqueeze(0);
                    Tensor sd = z.variance(0, 0).sqrt().unsqueeze(0);
                    Rng rng = Rng.of(seed).split("sampling");
                    Tensor e = rng.normal(z.dtype(), images.get(0).count(), r.codeSize());
                    Tensor u = labels(r, seed, images.get(0).count());
                    String name = r.description().model();
                    images.add(r.images(r.decodes(u).decode(e)));
                    captions.add(name + ": N(0, 1)");
                    images.add(r.images(r.decodes(u).decode(e.times(sd).plus(mean))));
                    captions.add(name + ": N(m, s²)");
                    m.put("mean", mean.toFloats());
                    m.put("sd", sd.toFloats());
                  }));
      numbers.add(m);
    }
    BufferedImage picture =
        Grid.stacked(captions, images)
            .title(runs.get(0).description().source().get("name") + ": decoded draws of codes")
            .subtitle(
                "from N(0, 1), and with the mean m and variance s² of the training rows' codes")
            .draw();
    return new Drawn(List.of(picture), Map.of("runs", numbers));
  }

  /** Of a conditional model those of the originals. */
  private static Tensor labels(Run r, long seed, int n) {
    if (!(r.model() instanceof Conditional)) {
      return null;
    }
    Batch b = r.rows(r.defaultPart()).read(r.some(r.rows(r.defaultPart()), n, seed, null), 0);
    return b.labels();
  }
}
