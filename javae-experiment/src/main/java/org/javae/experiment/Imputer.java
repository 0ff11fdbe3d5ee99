package org.javae.experiment;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.DoubleConsumer;
import java.util.stream.IntStream;
import org.javae.core.data.ArrayDataset;
import org.javae.core.data.Dataset;
import org.javae.core.data.Dataset.Column;
import org.javae.core.data.Loader;
import org.javae.core.data.Paired;
import org.javae.core.data.Preprocessing;
import org.javae.core.data.Views;
import org.javae.core.evaluate.Imputation;
import org.javae.core.io.AtomicFiles;
import org.javae.core.model.Batch;
import org.javae.core.model.Multimodal;
import org.javae.core.model.View;
import org.javae.data.write.DatasetWriter;
import org.javae.tensor.Rng;
import org.javae.tensor.Scope;
import org.javae.tensor.Shape;
import org.javae.tensor.UserException;

/** Fills absent views of data and says how sure that is. */
public final class Imputer {
  private static final int AT_ONCE = 16;

  private Imputer() {}

  /**
   * What was done.
   *
   * @param rows observations of the data
   * @param imputed by view, how many rows lacked it
   * @param effective mean effective number of codes behind an imputation
   * @param files written
   */
  public record Done(
      int rows, Map<String, Integer> imputed, double effective, List<String> files) {}

  /**
   * Fills absent views. A file {@code .csv} gets a line an element that was absent: row, view,
   * element, mean, low and high of the central 90 % interval. A folder gets the same as {@code
   * intervals.csv}, the completed data as {@code completed} (their means; the likeliest category or
   * word), and {@code draw-1 …}, each a completed data set of its own.
   *
   * @param draws of p(x_missing | x_seen)
   * @param kept how many completed data sets of draws a folder gets
   * @throws UserException if the run is of one block, nothing is absent or the target is in the way
   */
  public static Done impute(
      Run run, Path out, int draws, int kept, long seed, DoubleConsumer progress) {
    String target = String.valueOf(out.getFileName());
    boolean csv = target.toLowerCase(Locale.ROOT).endsWith(".csv");
    if (!csv && target.contains(".")) {
      throw UserException.usage(
          "--out is %s; a name that ends in .csv, or one without a suffix for a folder, is expected",
          out);
    }
    if (!(run.model() instanceof Multimodal)) {
      throw UserException.of(
          "impute fills views that observations lack, and run %s is of %s, which reads one block: cells missing there were"
              + " filled with the training means (missing=mean) before the model saw them; train a model such as mvae on a"
              + " views.yaml",
          run.folder().getFileName(), run.description().model());
    }
    if (kept > draws) {
      throw UserException.usage("--keep is %d, but there are only %d draws", kept, draws);
    }
    Dataset data = run.data();
    int[] all = IntStream.range(0, data.size()).toArray();
    boolean[][] present = Views.present(data, all);
    int[] lacking = Arrays.stream(all).filter(i -> anyAbsent(present[i])).toArray();
    if (lacking.length == 0) {
      throw UserException.of(
          "%s has every view of every observation, so there is nothing to impute", data.name());
    }
    if (!csv && Files.exists(out)) {
      throw UserException.of("%s exists already; choose another folder", out);
    }
    List<View> views = run.model().data().views();
    int width = run.width();
    float[][] completed = new float[csv ? 0 : kept + 1][];
    for (int c = 0; c < completed.length; c++) {
      completed[c] = new float[Math.multiplyExact(data.size(), width)];
      data.read(all, completed[c]);
    }
    Map<String, Integer> counts = new LinkedHashMap<>();
    views.forEach(v -> counts.put(v.name(), 0));
    List<float[]> lines = new ArrayList<>();
    Preprocessing p = run.description().preprocessing();
    Loader loader = Experiment.loader(data, all, p, seed, "impute", false);
    Rng rng = Rng.of(seed).split("impute");
    double[] effective = {0};
    for (int from = 0; from < lacking.length; from += AT_ONCE) {
      int[] rows = Arrays.copyOfRange(lacking, from, Math.min(lacking.length, from + AT_ONCE));
      Scope.run(
          () -> {
            Batch b = loader.read(rows, 0);
            Imputation i = Imputation.of(run.model(), b, draws, rng);
            float[] mean = run.values(i.mean());
            float[] low = run.values(i.low());
            float[] high = run.values(i.high());
            effective[0] += i.effective().sum().item();
            float[][] drawn = new float[completed.length][];
            for (int c = 1; c < completed.length; c++) {
              drawn[c] = run.values(i.draws().select(0, c - 1));
            }
            for (int k = 0; k < rows.length; k++) {
              for (int m = 0; m < views.size(); m++) {
                if (present[rows[k]][m]) {
                  continue;
                }
                View v = views.get(m);
                counts.merge(v.name(), 1, Integer::sum);
                for (int e = 0; e < v.length(); e++) {
                  int at = k * width + v.offset() + e;
                  if (!v.data().isText()) {
                    lines.add(new float[] {rows[k] + 1, m, e, mean[at], low[at], high[at]});
                  }
                }
                for (int c = 0; c < completed.length; c++) {
                  float[] one = c == 0 ? mean : drawn[c];
                  float[] mine =
                      Arrays.copyOfRange(
                          one, k * width + v.offset(), k * width + v.offset() + v.length());
                  float[] whole = c == 0 ? likeliest(v, mine) : mine;
                  System.arraycopy(
                      whole, 0, completed[c], rows[k] * width + v.offset(), v.length());
                }
              }
            }
          });
      progress.accept((from + rows.length) / (double) lacking.length);
    }
    List<String> files = new ArrayList<>();
    if (csv) {
      write(lines, views, out);
      files.add(out.toString());
    } else {
      try {
        Files.createDirectories(out);
      } catch (IOException e) {
        throw UserException.of(e, "%s cannot be made", out);
      }
      write(lines, views, out.resolve("intervals.csv"));
      files.add(out.resolve("intervals.csv").toString());
      for (int c = 0; c < completed.length; c++) {
        Path folder = out.resolve(c == 0 ? "completed" : "draw-" + c);
        DatasetWriter.write(dataset(data, views, p, completed[c]), folder);
        files.add(folder.toString());
      }
    }
    return new Done(data.size(), counts, effective[0] / lacking.length, files);
  }

  private static boolean anyAbsent(boolean[] there) {
    return IntStream.range(0, there.length).anyMatch(m -> !there[m]);
  }

  /** Means of categories are probabilities; of those the greatest becomes the category. */
  private static float[] likeliest(View v, float[] mean) {
    float[] r = mean.clone();
    int at = 0;
    for (Column c : v.data().columns()) {
      if (c.kind() == Column.Kind.CATEGORICAL) {
        int best = at;
        for (int k = at; k < at + c.width(); k++) {
          best = mean[k] > mean[best] ? k : best;
        }
        Arrays.fill(r, at, at + c.width(), 0);
        r[best] = 1;
      }
      at += c.width();
    }
    return r;
  }

  /** The completed views as data again. */
  private static Dataset dataset(Dataset of, List<View> views, Preprocessing p, float[] values) {
    List<Dataset> sources = new ArrayList<>();
    List<Dataset.View> blocks = new ArrayList<>();
    int n = of.size();
    int width = Math.toIntExact(of.shape().numel());
    for (int m = 0; m < views.size(); m++) {
      View v = views.get(m);
      if (v.data().isText()) {
        throw UserException.of(
            "view %s is text; completed data with sentences are not written to a folder yet, write the intervals of the"
                + " other views to a .csv",
            v.name());
      }
      float[] mine = new float[n * v.length()];
      for (int i = 0; i < n; i++) {
        System.arraycopy(values, i * width + v.offset(), mine, i * v.length(), v.length());
      }
      Shape shape = v.data().event();
      blocks.add(of.views().get(m));
      sources.add(ArrayDataset.of(v.name(), shape, mine).withColumns(of.views().get(m).columns()));
    }
    return Paired.of(of.name(), blocks, sources);
  }

  private static void write(List<float[]> lines, List<View> views, Path file) {
    StringBuilder b = new StringBuilder("row,view,element,mean,low,high\n");
    for (float[] l : lines) {
      View v = views.get((int) l[1]);
      b.append((int) l[0]).append(',').append(quoted(v.name())).append(',');
      b.append(quoted(element(v, (int) l[2]))).append(',');
      b.append(l[3]).append(',').append(l[4]).append(',').append(l[5]).append('\n');
    }
    AtomicFiles.writeString(file, b.toString());
  }

  /** A column's name, or the place of a pixel. */
  private static String element(View v, int e) {
    int at = 0;
    for (Column c : v.data().columns()) {
      if (e < at + c.width()) {
        return c.kind() == Column.Kind.REAL
            ? c.name()
            : c.name() + "=" + c.categories().get(e - at);
      }
      at += c.width();
    }
    return String.valueOf(e + 1);
  }

  private static String quoted(String s) {
    return s.matches("[^,\"\r\n]*") ? s : '"' + s.replace("\"", "\"\"") + '"';
  }
}
