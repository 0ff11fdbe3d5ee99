package org.javae.experiment;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import javax.imageio.ImageIO;
import org.javae.core.config.Nearest;
import org.javae.core.data.Dataset;
import org.javae.core.data.Dataset.Column;
import org.javae.core.data.Preprocessing;
import org.javae.core.data.Vocabulary;
import org.javae.core.model.LatentVariableModel;
import org.javae.core.model.Multimodal;
import org.javae.core.model.View;
import org.javae.data.read.DataReader;
import org.javae.data.read.ReadOptions;
import org.javae.experiment.picture.Grid;
import org.javae.experiment.picture.TableView;
import org.javae.tensor.Autograd;
import org.javae.tensor.Rng;
import org.javae.tensor.Scope;
import org.javae.tensor.Shape;
import org.javae.tensor.Tensor;
import org.javae.tensor.UserException;

/** Draws of all views of an observation some views of which a user gives. */
public final class GivenViews {
  private GivenViews() {}

  /**
   * Draws from p(x|z) with z from q(z | what is given), what is given first.
   *
   * @param given by view: a picture, a file of numbers of which the first row counts, a category's
   *     name, or a sentence
   * @throws UserException if the run is of one block, a view is unknown or what is given does not
   *     fit it
   */
  public static BufferedImage generate(Run run, Map<String, String> given, int n, long seed) {
    List<View> views = run.model().data().views();
    if (!(run.model() instanceof Multimodal several)) {
      throw UserException.usage(
          "--given tells a model of several views some of them, and run %s is of %s, which reads one block",
          run.folder().getFileName(), run.description().model());
    }
    List<String> names = views.stream().map(View::name).toList();
    float[] x = new float[run.width()];
    double[] present = new double[views.size()];
    boolean[] told = new boolean[views.size()];
    given.forEach(
        (name, value) -> {
          int m = names.indexOf(name);
          if (m < 0) {
            throw UserException.usage(
                "--given: the run has no view '%s'; %s", name, Nearest.suggestion(name, names));
          }
          View v = views.get(m);
          Preprocessing p = run.description().preprocessing().views().get(m).of();
          float[] values = read(v, p, value);
          p.apply(values, new int[] {0}, v.length(), Rng.of(seed).split("given"), 0);
          System.arraycopy(values, 0, x, v.offset(), v.length());
          present[m] = 1;
          told[m] = true;
        });
    Multimodal.checkAsked(run.model(), told);
    return Scope.run(
        () ->
            Autograd.off(
                () -> {
                  Tensor one = Tensor.of(x, 1, x.length);
                  Tensor there = Tensor.of(present, 1, present.length).to(one.dtype());
                  LatentVariableModel m = several.given(one, there);
                  Rng rng = Rng.of(seed).split("generate");
                  Tensor z = m.posterior(one).sample(rng, n);
                  String title = run.title("given " + String.join(", ", given.keySet()));
                  if (!run.drawn()) {
                    float[] drawn = run.values(m.likelihood(z).sample(rng));
                    return TableView.samples(new float[0], drawn, run.width())
                        .names(run.names())
                        .title(title)
                        .draw();
                  }
                  Tensor drawn = m.decode(z);
                  return run.said(Grid.of(run.images(drawn)), drawn).title(title).draw();
                }));
  }

  /** A view in the data's units, or a text's numbers. */
  private static float[] read(View v, Preprocessing p, String value) {
    List<Column> columns = v.data().columns();
    if (columns.size() == 1 && columns.get(0).kind() == Column.Kind.CATEGORICAL) {
      List<String> categories = columns.get(0).categories();
      int k = categories.indexOf(value.strip());
      if (k >= 0) {
        float[] oneHot = new float[categories.size()];
        oneHot[k] = 1;
        return oneHot;
      }
      if (!Files.exists(path(v, value))) {
        throw UserException.usage(
            "--given %s=%s: '%s' is no category of that view and no file; %s",
            v.name(), value, value, Nearest.suggestion(value, categories));
      }
    }
    if (v.data().isText()) {
      return words(v, p.vocabulary(), value);
    }
    Path file = path(v, value);
    if (!Files.isRegularFile(file)) {
      throw UserException.of("--given %s: there is no file %s", v.name(), value);
    }
    String name = value.toLowerCase(Locale.ROOT);
    return List.of(".png", ".jpg", ".jpeg", ".bmp", ".gif").stream().anyMatch(name::endsWith)
        ? picture(v, file)
        : numbers(v, file);
  }

  private static Path path(View v, String value) {
    try {
      return Path.of(value);
    } catch (InvalidPathException e) {
      throw UserException.usage("--given %s: '%s' is not a file name", v.name(), value);
    }
  }

  private static float[] words(View v, Vocabulary vocabulary, String sentence) {
    float[] ids = new float[v.length()];
    String[] said = sentence.strip().split("\\s+");
    if (said.length > ids.length) {
      throw UserException.of(
          "--given %s: the sentence has %d words, and the model reads at most %d",
          v.name(), said.length, ids.length);
    }
    for (int i = 0; i < said.length; i++) {
      int id = vocabulary.words().indexOf(said[i]);
      ids[i] = id < 0 ? Vocabulary.UNKNOWN : id;
    }
    if (said.length < ids.length) {
      ids[said.length] = Vocabulary.END;
    }
    return ids;
  }

  private static float[] picture(View v, Path file) {
    Shape s = v.data().event();
    if (!s.isImage()) {
      throw UserException.of(
          "--given %s: %s is a picture, but that view has shape %s; give a csv or npy file",
          v.name(), file.getFileName(), s);
    }
    BufferedImage image;
    try {
      image = ImageIO.read(file.toFile());
    } catch (IOException e) {
      image = null;
    }
    if (image == null) {
      throw UserException.of("--given %s: %s cannot be read as a picture", v.name(), file);
    }
    if (image.getHeight() != s.at(1) || image.getWidth() != s.at(2)) {
      throw UserException.of(
          "--given %s: %s is %d×%d pixels, but the view has %d×%d; resize it first",
          v.name(), file.getFileName(), image.getHeight(), image.getWidth(), s.at(1), s.at(2));
    }
    int pixels = image.getHeight() * image.getWidth();
    float[] r = new float[v.length()];
    for (int i = 0; i < pixels; i++) {
      int rgb = image.getRGB(i % image.getWidth(), i / image.getWidth());
      float red = (rgb >> 16 & 0xFF) / 255f;
      float green = (rgb >> 8 & 0xFF) / 255f;
      float blue = (rgb & 0xFF) / 255f;
      if (s.at(0) == 3) {
        r[i] = red;
        r[pixels + i] = green;
        r[2 * pixels + i] = blue;
      } else {
        r[i] = red == green && green == blue ? red : 0.299f * red + 0.587f * green + 0.114f * blue;
      }
    }
    return r;
  }

  private static float[] numbers(View v, Path file) {
    List<String> categorical =
        v.data().columns().stream()
            .filter(c -> c.kind() == Column.Kind.CATEGORICAL)
            .map(Column::name)
            .toList();
    if (!categorical.isEmpty()) {
      throw UserException.of(
          "--given %s: that view has categories (%s), which one row of a file does not list; give its values in a"
              + " views.yaml and use javae impute",
          v.name(), String.join(", ", categorical));
    }
    try (Dataset d = DataReader.open(file, ReadOptions.defaults())) {
      if (d.shape().numel() != v.length()) {
        throw UserException.of(
            "--given %s: a row of %s has %d numbers, but the view has %d",
            v.name(), file.getFileName(), d.shape().numel(), v.length());
      }
      float[] r = new float[v.length()];
      d.read(new int[] {0}, r);
      for (float f : r) {
        if (!Float.isFinite(f)) {
          throw UserException.of(
              "--given %s: the first row of %s holds %s; finite numbers are expected",
              v.name(), file.getFileName(), Arrays.toString(new float[] {f}));
        }
      }
      return r;
    }
  }
}
