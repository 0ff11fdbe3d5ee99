package org.javae.experiment;

import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.IntPredicate;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.javae.core.data.Loader;
import org.javae.core.model.Batch;
import org.javae.core.walk.Attribute;
import org.javae.core.walk.Geodesic;
import org.javae.core.walk.Walk;
import org.javae.experiment.picture.Grid;
import org.javae.experiment.picture.Images;
import org.javae.experiment.picture.Stack;
import org.javae.experiment.picture.TableView;
import org.javae.tensor.Autograd;
import org.javae.tensor.Scope;
import org.javae.tensor.Tensor;
import org.javae.tensor.UserException;

/** Walks through the latent space of a run, drawn: interpolations, attributes, analogies. */
public final class Walks {
  /** Most codes that a mean or a nearest neighbour is taken over. */
  static final int CODES = 10_000;

  private static final int FRAMES = 11;
  private static final double[] WEIGHTS = {-1, -0.5, 0, 0.5, 1, 1.5, 2};
  private static final double[] BOTH = {-1, -0.5, 0, 0.5, 1};

  private Walks() {}

  /**
   * Pictures with their numbers.
   *
   * @param frames the picture, then the frames of a film if it moves
   * @param numbers for {@code --json}
   */
  public record Drawn(List<BufferedImage> frames, Map<String, Object> numbers) {
    /** The picture. */
    public BufferedImage picture() {
      return frames.get(0);
    }
  }

  /** A way drawn: its points and its length after decoding. */
  record Way(Tensor points, double length) {}

  /**
   * The way between two codes at even fractions.
   *
   * @param decoder of the run, for labels where it needs them
   */
  static Way way(Walk walk, Tensor a, Tensor b, int points, UnaryOperator<Tensor> decoder) {
    double[] t = Walk.fractions(points - 1);
    if (walk == Walk.GEODESIC) {
      Geodesic g = Geodesic.between(decoder, a, b, Geodesic.SEGMENTS);
      return new Way(g.at(t), g.length());
    }
    return new Way(walk.between(a, b, t, decoder), walk.length(a, b, decoder));
  }

  /**
   * Ways in latent space between pairs of observations, {@code n} pairs, decoded; of a conditional
   * model pairs with the same label.
   */
  public static Drawn interpolate(Run run, int n, long seed, Walk walk) {
    run.needsPicture();
    double[] t = Walk.fractions(FRAMES - 1);
    List<int[]> pairs = run.pairs(n, seed);
    Loader rows = run.rows(run.defaultPart());
    List<Map<String, Object>> numbers = new ArrayList<>();
    Tensor decoded =
        Scope.run(
            () ->
                Autograd.off(
                    () -> {
                      List<Tensor> path = new ArrayList<>();
                      for (int[] pair : pairs) {
                        Batch b = rows.read(pair, 0);
                        Tensor z = run.encode(b);
                        UnaryOperator<Tensor> decoder = decoder(run, b);
                        Tensor from = z.narrow(0, 0, 1);
                        Tensor to = z.narrow(0, 1, 1);
                        Way w = way(walk, from, to, FRAMES, decoder);
                        path.add(decoder.apply(w.points()));
                        Map<String, Object> m = new LinkedHashMap<>();
                        m.put("rows", pair);
                        m.put("length", w.length());
                        m.put("straight", Walk.STRAIGHT.length(from, to, decoder));
                        numbers.add(m);
                      }
                      return Tensor.cat(path, 0);
                    }));
    List<String> captions =
        IntStream.range(0, pairs.size())
            .mapToObj(
                i ->
                    String.format(
                        Locale.ROOT,
                        "pair %d, length %.2f%s",
                        i + 1,
                        (double) numbers.get(i).get("length"),
                        run.labelOf(pairs.get(i)[0])))
            .toList();
    String title = walk == Walk.STRAIGHT ? "interpolations" : walk + " interpolations";
    return new Drawn(
        run.frames(title, decoded, captions, t), Map.of("path", walk.toString(), "pairs", numbers));
  }

  /** The decoder for the label of a batch's first row, where it looks at labels. */
  private static UnaryOperator<Tensor> decoder(Run run, Batch b) {
    Tensor u = b.labels() == null ? null : b.labels().narrow(0, 0, 1);
    return z -> run.decodes(u).decode(z);
  }

  /**
   * What an attribute is to be learned from.
   *
   * @param with value of the label, or {@code annotation=value}, of observations that have it
   * @param without of those that do not; null for all others
   */
  public record Contrast(String with, String without) {}

  /** An attribute of a run: its direction, the observations to give it to, its numbers. */
  private record Learned(
      String name, Attribute attribute, IntPredicate lacks, Map<String, Object> numbers) {}

  /**
   * Observations without an attribute, given more and more of it: a row each, the original first.
   *
   * @param n observations
   */
  public static Drawn attribute(Run run, Contrast contrast, int n, long seed) {
    run.needsPicture();
    return Scope.run(
        () ->
            Autograd.off(
                () -> {
                  Learned a = learn(run, contrast, "--label", "--minus");
                  List<float[]> all = new ArrayList<>();
                  for (int row : lacking(run, a, n, seed)) {
                    Batch b = run.rows("all").read(new int[] {row}, 0);
                    all.add(run.values(b.x()));
                    Tensor z = a.attribute().added(run.encode(b), WEIGHTS);
                    all.add(run.values(decoder(run, b).apply(z)));
                  }
                  String title = run.title(a.name());
                  float[] values = Codes.join(all);
                  if (!run.drawn()) {
                    return new Drawn(
                        List.of(
                            TableView.samples(new float[0], values, run.width())
                                .names(run.names())
                                .title(title)
                                .draw()),
                        a.numbers());
                  }
                  List<String> captions = new ArrayList<>(List.of("original"));
                  Arrays.stream(WEIGHTS).mapToObj(Walks::weight).forEach(captions::add);
                  Images images = run.tiled(values);
                  return new Drawn(
                      List.of(
                          Grid.of(images, captions.size())
                              .columnCaptions(captions)
                              .title(title)
                              .subtitle(
                                  "weights of the mean code difference; 0 is the reconstruction")
                              .draw()),
                      a.numbers());
                }));
  }

  /**
   * Two attributes at once: a grid for an observation that has neither, the reconstruction in its
   * middle (White, 2016).
   *
   * @param across left to right
   * @param down top to bottom
   * @param n observations, a grid each
   */
  public static Drawn resynthesis(Run run, Contrast across, Contrast down, int n, long seed) {
    run.needsPicture();
    if (!run.drawn()) {
      throw UserException.of("two attributes at once are drawn from images; leave out --down");
    }
    return Scope.run(
        () ->
            Autograd.off(
                () -> {
                  Learned x = learn(run, across, "--label", "--minus");
                  Learned y = learn(run, down, "--down", "--down-minus");
                  Learned both =
                      new Learned(
                          x.name() + ", " + y.name(),
                          null,
                          i -> x.lacks().test(i) && y.lacks().test(i),
                          Map.of());
                  List<BufferedImage> grids = new ArrayList<>();
                  for (int row : lacking(run, both, n, seed)) {
                    Batch b = run.rows("all").read(new int[] {row}, 0);
                    Tensor z = y.attribute().added(run.encode(b), BOTH);
                    Tensor decoded = decoder(run, b).apply(x.attribute().added(z, BOTH));
                    grids.add(
                        Grid.of(run.images(decoded), BOTH.length)
                            .columnValues(x.name(), BOTH)
                            .rowValues(y.name(), BOTH)
                            .title(run.title("resynthesis of row " + row))
                            .targetWidth(620)
                            .draw());
                  }
                  return new Drawn(
                      List.of(Stack.down(grids)),
                      Map.of("across", x.numbers(), "down", y.numbers()));
                }));
  }

  /** From the training rows. */
  private static Learned learn(Run run, Contrast c, String option, String minus) {
    Trait with = Trait.parse(run.data(), option, c.with());
    Trait without = c.without() == null ? null : Trait.parse(run.data(), minus, c.without());
    IntPredicate lacks = i -> without == null ? !with.of(i) : without.of(i);
    Tensor has = codes(run, "train", with::of, "has " + with);
    Tensor not = codes(run, "train", lacks, without == null ? "has not " + with : "has " + without);
    Attribute a = Attribute.of(has, not);
    Map<String, Object> m = new LinkedHashMap<>();
    m.put("attribute", with.toString());
    m.put("minus", without == null ? null : without.toString());
    m.put("with", has.size(0));
    m.put("without", not.size(0));
    m.put("length", a.vector().square().sum().sqrt().item());
    String part = run.defaultPart();
    double right =
        share(a, codes(run, part, with::of, "has " + with), 1)
            + share(a, codes(run, part, lacks, "lacks " + with), -1);
    m.put("told_apart", right / 2);
    String name = with + " less " + (without == null ? "the rest" : without.toString());
    return new Learned(name, a, lacks, m);
  }

  private static double share(Attribute a, Tensor z, int side) {
    double[] s = a.side(z).toDoubles();
    return Arrays.stream(s).filter(v -> v * side > 0).count() / (double) s.length;
  }

  /** Codes of those rows of a part that a test accepts. */
  private static Tensor codes(Run run, String part, IntPredicate accepts, String what) {
    Loader rows = run.rows(part);
    int[] chosen = Arrays.stream(rows.rows(0, rows.size())).filter(accepts).limit(CODES).toArray();
    if (chosen.length == 0) {
      throw UserException.of(
          "no %s observation of %s %s, so there is no mean code of such",
          part, run.data().name(), what);
    }
    return codes(run, rows, chosen);
  }

  /** Codes of given rows. */
  static Tensor codes(Run run, Loader rows, int[] chosen) {
    List<Tensor> z = new ArrayList<>();
    for (int from = 0; from < chosen.length; from += Experiment.EVALUATION_BATCH) {
      int[] some =
          Arrays.copyOfRange(
              chosen, from, Math.min(chosen.length, from + Experiment.EVALUATION_BATCH));
      z.add(Scope.run(() -> run.encode(rows.read(some, 0))));
    }
    return Tensor.cat(z, 0);
  }

  private static int[] lacking(Run run, Learned a, int n, long seed) {
    Loader rows = run.rows(run.defaultPart());
    int[] chosen = Arrays.stream(Run.order(rows, seed)).filter(a.lacks()).limit(n).toArray();
    if (chosen.length == 0) {
      throw UserException.of(
          "%s has no observation to draw %s on; choose others with --minus",
          run.data().name(), a.name());
    }
    return chosen;
  }

  /**
   * a is to b as c is to …: {@code c + b − a} decoded, beside the observation whose code is nearest
   * to it.
   *
   * @param rows of the data, counted from 0, three for each analogy
   */
  public static Drawn analogy(Run run, List<int[]> rows) {
    run.needsPicture();
    int size = run.data().size();
    for (int[] three : rows) {
      for (int row : three) {
        if (row < 0 || row >= size) {
          throw UserException.usage(
              "--rows has %d; the rows of %s are counted from 0 to %d",
              row, run.data().name(), size - 1);
        }
      }
    }
    return Scope.run(
        () ->
            Autograd.off(
                () -> {
                  Loader all = run.rows("all");
                  Loader known = run.rows("train", CODES);
                  int[] knownRows = known.rows(0, known.size());
                  Tensor codes = codes(run, known, knownRows);
                  List<float[]> values = new ArrayList<>();
                  List<Map<String, Object>> numbers = new ArrayList<>();
                  for (int[] three : rows) {
                    Batch b = all.read(three, 0);
                    Tensor z = run.encode(b);
                    Tensor d =
                        Attribute.analogy(z.narrow(0, 0, 1), z.narrow(0, 1, 1), z.narrow(0, 2, 1));
                    Tensor u = b.labels() == null ? null : b.labels().narrow(0, 1, 1);
                    values.add(run.values(b.x()));
                    values.add(run.values(run.decodes(u).decode(d)));
                    double[] distance = codes.minus(d).square().sum(1).toDoubles();
                    int nearest =
                        IntStream.range(0, distance.length)
                            .filter(i -> IntStream.of(three).noneMatch(r -> r == knownRows[i]))
                            .boxed()
                            .min(Comparator.comparingDouble(i -> distance[i]))
                            .orElseThrow();
                    values.add(run.values(all.read(new int[] {knownRows[nearest]}, 0).x()));
                    Map<String, Object> m = new LinkedHashMap<>();
                    m.put("rows", three);
                    m.put("nearest", knownRows[nearest]);
                    m.put("distance", Math.sqrt(distance[nearest]));
                    numbers.add(m);
                  }
                  List<String> captions = List.of("a", "b", "c", "c + b − a", "nearest");
                  String title = run.title("a is to b as c is to …");
                  float[] flat = Codes.join(values);
                  BufferedImage picture =
                      run.drawn()
                          ? Grid.of(run.tiled(flat), captions.size())
                              .columnCaptions(captions)
                              .title(title)
                              .targetWidth(620)
                              .draw()
                          : TableView.samples(new float[0], flat, run.width())
                              .names(run.names())
                              .title(title)
                              .draw();
                  return new Drawn(List.of(picture), Map.of("analogies", numbers));
                }));
  }

  private static String weight(double w) {
    String s = w == Math.rint(w) ? String.valueOf((long) w) : String.valueOf(w);
    return s.replace('-', '−');
  }
}
