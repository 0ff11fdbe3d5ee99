package org.javae.experiment;

import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.javae.core.data.Loader;
import org.javae.core.model.Batch;
import org.javae.core.model.LatentVariableModel;
import org.javae.core.model.Multimodal;
import org.javae.core.model.View;
import org.javae.experiment.picture.Grid;
import org.javae.experiment.picture.Images;
import org.javae.tensor.Autograd;
import org.javae.tensor.DType;
import org.javae.tensor.Rng;
import org.javae.tensor.Scope;
import org.javae.tensor.Tensor;
import org.javae.tensor.UserException;

/** Pictures of models of several views: what they make of one view, and of each other's latents. */
public final class CrossPictures {
  /** Up to so many views each is seen on its own. */
  private static final int MOST_VIEWS = 8;

  private CrossPictures() {}

  /**
   * Cross generation: an observation a column, what is seen a row; every tile shows all views that
   * are pictures side by side, the others in words under it.
   */
  static BufferedImage grid(Run run, int n, long seed) {
    List<View> views = run.model().data().views();
    Multimodal model = (Multimodal) run.model();
    Loader rows = run.rows(run.defaultPart());
    return Scope.run(
        () ->
            Autograd.off(
                () -> {
                  Batch b = run.some(rows, n, seed);
                  Rng rng = Rng.of(seed).split("cross");
                  List<String> names = new ArrayList<>(List.of("original"));
                  List<Tensor> versions = new ArrayList<>(List.of(b.x()));
                  Tensor present =
                      b.present() == null
                          ? Tensor.ones(b.size(), views.size()).to(b.x().dtype())
                          : b.present();
                  List<Integer> told = model.conditions();
                  for (int m = 0; m < views.size() && m < MOST_VIEWS; m++) {
                    if (!told.isEmpty() && !told.contains(m)) {
                      continue; // the model tells nothing from this view alone
                    }
                    names.add("from " + views.get(m).name());
                    versions.add(seen(model, b.x(), present.times(only(m, views.size())), rng));
                  }
                  names.add("from all");
                  versions.add(seen(model, b.x(), present, rng));
                  return stacked(run, names, versions).title(run.title("cross generation")).draw();
                }));
  }

  private static Tensor only(int m, int views) {
    double[] one = new double[views];
    one[m] = 1;
    return Tensor.of(one, 1, views).to(DType.FLOAT32);
  }

  /** Everything from a draw of the posterior given some views. */
  private static Tensor seen(Multimodal model, Tensor x, Tensor present, Rng rng) {
    LatentVariableModel m = model.given(x, present.to(x.dtype()));
    return m.decode(m.posterior(x).sample(rng));
  }

  /** Versions above one another, in blocks as the grid lays them out, with their words. */
  private static Grid stacked(Run run, List<String> names, List<Tensor> versions) {
    List<Images> images = versions.stream().map(run::images).toList();
    Grid grid = Grid.stacked(names, images);
    List<List<String>> words = versions.stream().map(run::captions).toList();
    if (words.stream().flatMap(List::stream).allMatch(String::isEmpty)) {
      return grid;
    }
    int n = images.get(0).count();
    int columns = Grid.stackedColumns(n, versions.size());
    List<String> captions = new ArrayList<>();
    for (int first = 0; first < n; first += columns) {
      for (List<String> w : words) {
        captions.addAll(w.subList(first, Math.min(n, first + columns)));
      }
    }
    return grid.tileCaptions(captions);
  }

  /**
   * Shared latents of one observation with the private ones of another: a row keeps what is shared,
   * a column what is private.
   *
   * @param n observations on each side
   * @throws UserException if the model has no private latents, or nothing is a picture
   */
  public static BufferedImage swap(Run run, int n, long seed) {
    if (!(run.model() instanceof Multimodal several) || several.privates() == 0) {
      throw UserException.of(
          "a swap grid exchanges the private latents of views, and model %s has none; train one that does, such as dmvae or"
              + " mmvae-plus",
          run.description().model());
    }
    if (!run.drawn()) {
      throw UserException.of("a swap grid is drawn from pictures, and no view of this run is one");
    }
    LatentVariableModel whole = (LatentVariableModel) run.model();
    Loader rows = run.rows(run.defaultPart());
    return Scope.run(
        () ->
            Autograd.off(
                () -> {
                  Batch b = run.some(rows, n, seed);
                  int count = Math.toIntExact(b.size());
                  Tensor z = run.encode(b);
                  int views = run.model().data().views().size();
                  long shared = whole.latent() - (long) several.privates() * views;
                  int[] across = IntStream.range(0, count * count).map(i -> i % count).toArray();
                  int[] down = IntStream.range(0, count * count).map(i -> i / count).toArray();
                  Tensor codes =
                      Tensor.cat(
                          List.of(
                              z.narrow(1, 0, shared).indexSelect(0, Tensor.indices(down)),
                              z.narrow(1, shared, whole.latent() - shared)
                                  .indexSelect(0, Tensor.indices(across))),
                          1);
                  Tensor x = whole.decode(codes);
                  return run.said(Grid.of(run.images(x), count), x)
                      .title(run.title("swapped latents"))
                      .subtitle("a row has the same shared latents, a column the same private ones")
                      .draw();
                }));
  }
}
