package org.javae.experiment;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.javae.core.data.Dataset;
import org.javae.core.io.Json;
import org.javae.core.model.Batch;
import org.javae.core.model.ClosedForm;
import org.javae.core.model.Model;
import org.javae.core.net.Net;
import org.javae.core.train.Step;
import org.javae.data.get.DataCatalog;
import org.javae.data.get.DataFolders;
import org.javae.data.read.TableSummary;
import org.javae.tensor.Autograd;
import org.javae.tensor.Engine;
import org.javae.tensor.Rng;
import org.javae.tensor.Scope;
import org.javae.tensor.Tensor;
import org.javae.tensor.UserException;

/** Finds what a machine and data will run into, before training. */
public final class Doctor {
  /** How bad a finding is. */
  public enum Status {
    OK,
    WARN,
    FAIL
  }

  /**
   * One finding.
   *
   * @param topic a word or two
   * @param text what is so, and what to do where it is not well
   */
  public record Finding(Status status, String topic, String text) {}

  private static final int FEW_ROWS = 200;
  private static final int GEMM = 1024;
  private static final double SLOW_GFLOPS = 10;
  private static final long LITTLE_DISK = 2L << 30;
  private static final int NAMED = 5;

  /** A float, its gradient, two moments and the best so far. */
  private static final int COPIES = 5;

  /** Activations are kept for the backward pass, with gradients of them in flight. */
  private static final double ACTIVATION_COPIES = 2.5;

  private static final int MEASURED_STEPS = 3;

  private final List<Finding> findings = new ArrayList<>();

  private Doctor() {}

  private void ok(String topic, String format, Object... args) {
    findings.add(new Finding(Status.OK, topic, String.format(Locale.ROOT, format, args)));
  }

  private void warn(String topic, String format, Object... args) {
    findings.add(new Finding(Status.WARN, topic, String.format(Locale.ROOT, format, args)));
  }

  private void fail(String topic, String format, Object... args) {
    findings.add(new Finding(Status.FAIL, topic, String.format(Locale.ROOT, format, args)));
  }

  // ---- the machine
  // -------------------------------------------------------------------------------------------------

  /** Looks at Java, the engine, processors, memory, disk and the data sets at hand. */
  public static List<Finding> machine() {
    Doctor d = new Doctor();
    d.ok(
        "Java",
        "%s (%s), heap up to %s",
        Runtime.version(),
        System.getProperty("java.vm.vendor"),
        size(Runtime.getRuntime().maxMemory()));
    d.ok(
        "platform",
        "%s %s, %d processors",
        System.getProperty("os.name"),
        System.getProperty("os.arch"),
        Runtime.getRuntime().availableProcessors());
    d.engine();
    long free = freeMemory();
    if (free < (1L << 30)) {
      d.warn(
          "memory", "only %s free; close other programs or train with a small --batch", size(free));
    } else {
      d.ok("memory", "%s free", size(free));
    }
    d.disk();
    d.dataSets();
    return d.findings;
  }

  private void engine() {
    try {
      ok("engine", "%s, device %s", Engine.describe(), Engine.device());
    } catch (UserException e) {
      fail("engine", "%s", e.getMessage());
      return;
    }
    double gflops =
        Scope.run(
            () ->
                Autograd.off(
                    () -> {
                      Tensor a = Tensor.full(0.5, GEMM, GEMM);
                      double best = 0;
                      for (int i = 0; i < 6; i++) {
                        long start = System.nanoTime();
                        a.matmul(a).sum().item();
                        best =
                            Math.max(best, 2.0 * GEMM * GEMM * GEMM / (System.nanoTime() - start));
                      }
                      return best;
                    }));
    if (gflops < SLOW_GFLOPS) {
      warn("speed", "matrix products at %.0f GFLOP/s only; is the machine busy?", gflops);
    } else {
      ok("speed", "matrix products at %.0f GFLOP/s", gflops);
    }
  }

  private void disk() {
    try {
      Path here = Path.of("").toAbsolutePath();
      FileStore store = Files.getFileStore(here);
      long free = store.getUsableSpace();
      if (!Files.isWritable(here)) {
        warn("disk", "this folder cannot be written to; say where runs go with --out");
      } else if (free < LITTLE_DISK) {
        warn("disk", "only %s free here", size(free));
      } else {
        ok("disk", "%s free here", size(free));
      }
    } catch (IOException e) {
      warn("disk", "the free space cannot be found out (%s)", e.getMessage());
    }
  }

  private void dataSets() {
    DataFolders folders = DataFolders.ofProcess();
    DataCatalog catalog = DataAccess.catalog();
    List<String> here = new ArrayList<>();
    List<String> absent = new ArrayList<>();
    for (DataCatalog.Entry e : DataCatalog.entries()) {
      if (e.source() == DataCatalog.Source.GENERATED || catalog.locate(e.name()).isPresent()) {
        here.add(e.name());
      } else if (e.source() == DataCatalog.Source.DOWNLOADABLE) {
        absent.add(e.name());
      }
    }
    ok(
        "data",
        "here: %s%s%s",
        String.join(", ", here),
        absent.isEmpty() ? "" : "; 'javae data get NAME' fetches " + String.join(", ", absent),
        folders.own().map(p -> "; " + DataFolders.DATA + " is " + p).orElse(""));
    folders
        .own()
        .filter(p -> !Files.isDirectory(p))
        .ifPresent(p -> warn("data", "%s is %s, which is no folder", DataFolders.DATA, p));
    ok("downloads", "go to %s", folders.cache());
  }

  // ---- data and a model
  // --------------------------------------------------------------------------------------------

  /**
   * Looks at data with a model and its settings; takes seconds. Nothing is thrown that is wrong
   * with the data: it is a finding.
   *
   * @param notes told what is being done
   */
  public static List<Finding> data(Settings settings, Consumer<String> notes) {
    Doctor d = new Doctor();
    try {
      d.columns(settings.data());
      notes.accept("reading");
      try (Dataset data = DataAccess.open(settings.data())) {
        d.values(DataReport.of(data), data);
      }
    } catch (UserException e) {
      if (e.exitCode() == 2) {
        throw e;
      }
      d.fail("reading", "%s", e.getMessage());
      return d.findings;
    }
    try (Experiment e = Experiment.prepare(settings, s -> {})) {
      d.likelihood(e);
      notes.accept("training a few steps");
      d.model(e, settings);
    } catch (UserException e) {
      d.fail("settings", "%s", e.getMessage());
    }
    return d.findings;
  }

  private void columns(DataConfig c) {
    TableSummary table = DataReport.table(c);
    if (table == null) {
      return;
    }
    List<String> constant = new ArrayList<>();
    for (TableSummary.Column col : table.columns()) {
      if (col.use() == TableSummary.Use.REFUSED) {
        fail("columns", "%s", col.problem().orElse("column " + col.name() + " cannot be used"));
      } else if (col.use() == TableSummary.Use.FEATURE && col.distinct() <= 1 && table.rows() > 1) {
        constant.add(col.name());
      }
    }
    if (!constant.isEmpty()) {
      warn(
          "columns",
          "constant, so they tell nothing and weigh on the likelihood: %s; leave them out with --set exclude=%s",
          some(constant),
          String.join(",", constant.subList(0, Math.min(NAMED, constant.size()))));
    }
    long used = table.columns().stream().filter(x -> x.use() == TableSummary.Use.FEATURE).count();
    ok("table", "%,d rows, %d of %d columns are data", table.rows(), used, table.columns().size());
  }

  private static String some(List<String> names) {
    return String.join(", ", names.subList(0, Math.min(NAMED, names.size())))
        + (names.size() > NAMED ? " and " + (names.size() - NAMED) + " more" : "");
  }

  private void values(DataReport r, Dataset data) {
    ok("data", "%s: %,d observations of shape %s", r.data(), r.n(), data.shape());
    if (r.n() < FEW_ROWS) {
      warn(
          "data",
          "%,d observations are few for a neural network; pca or ppca may serve better",
          r.n());
    }
    DataReport.Values v = r.values();
    String seen =
        v.rows() < r.n() ? String.format(Locale.ROOT, " (in %,d looked at)", v.rows()) : "";
    if (v.infinite() > 0) {
      fail("values", "%,d infinite values%s; correct them", v.infinite(), seen);
    }
    if (v.missing() > 0) {
      warn(
          "values",
          "%,d missing values%s; --set missing=mean fills them in, --set missing=drop leaves rows out",
          v.missing(),
          seen);
    }
    ok(
        "values",
        "from %s to %s, mean %s%s%s",
        number(v.min()),
        number(v.max()),
        number(v.mean()),
        v.binary() ? ", all of them 0 or 1" : "",
        seen);
    if (v.constant() == data.shape().numel()) {
      fail("values", "every observation is the same: there is nothing to learn");
    } else if (v.constant() > 0 && data.shape().isImage()) {
      ok("values", "%d of %d pixels never change", v.constant(), data.shape().numel());
    } else if (v.constant() > 0 && data.columns().isEmpty()) {
      warn(
          "values",
          "%d of %d elements never change; leave them out",
          v.constant(),
          data.shape().numel());
    }
    if (v.duplicates() > 0) {
      double part = 100.0 * v.duplicates() / v.rows();
      String text =
          "%,d observations (%.1f %%) repeat an earlier one, so test rows may have been trained on";
      if (part > 1) {
        warn("duplicates", text, v.duplicates(), part);
      } else {
        ok("duplicates", text, v.duplicates(), part);
      }
    }
  }

  private static String number(double v) {
    return v == Math.rint(v) && Math.abs(v) < 1e9
        ? String.valueOf((long) v)
        : String.format(Locale.ROOT, "%.4g", v);
  }

  private void likelihood(Experiment e) {
    // Settings are records of many kinds; as a tree they are asked alike.
    String likelihood = Json.mapper().valueToTree(e.model().config()).path("likelihood").asText();
    if (!likelihood.isEmpty()) {
      ok(
          "likelihood",
          "%s suits values %s",
          likelihood,
          e.model().data().binary()
              ? "of 0 and 1"
              : e.model().data().unitInterval() ? "in [0, 1]" : "of any size");
    }
  }

  private void model(Experiment e, Settings s) {
    Model<Batch> m = e.model();
    long parameters = m.params().all().values().stream().mapToLong(Tensor::numel).sum();
    ok(
        "model",
        "%s with %,d parameters; %,d rows to train on, %,d to validate",
        s.model(),
        parameters,
        e.split().train().length,
        e.split().validation().length);
    if (m instanceof ClosedForm) {
      ok("time", "fitted in closed form, in one pass or two");
      return;
    }
    double activations = activations(e, s.train().batch());
    double need = parameters * 4.0 * COPIES + activations;
    long free = freeMemory();
    String text = "training needs about %s, of which %s for a batch of %d; %s are free";
    Object[] args = {size(need), size(activations), s.train().batch(), size(free)};
    if (need > free) {
      fail("memory", text + "; lower --batch or choose a smaller network", args);
      return;
    }
    if (need > 0.7 * free) {
      warn("memory", text + "; lower --batch if it fails", args);
    } else {
      ok("memory", text, args);
    }
    double epoch = e.estimateEpochSeconds(MEASURED_STEPS);
    double all = epoch * s.train().epochs();
    ok("time", "about %s an epoch, %s for %d epochs", time(epoch), time(all), s.train().epochs());
  }

  /** Bytes of activations of a training step, from those of a few observations. */
  private static double activations(Experiment e, int batch) {
    int few = Math.min(8, e.trainingRows().size());
    long[] floats = {0};
    Net.watching(
        (name, y) -> floats[0] += y.numel(),
        () ->
            Autograd.off(
                () ->
                    Scope.run(
                        () -> {
                          Batch b = e.trainingRows().batch(0, 0, few);
                          floats[0] += b.x().numel();
                          return e.model()
                              .loss(b, Step.evaluation(Rng.of(0).split("doctor")))
                              .total();
                        })));
    return (double) floats[0] / few * batch * 4 * ACTIVATION_COPIES;
  }

  /** Bytes the system can still give: what Linux calls available, elsewhere what is free. */
  static long freeMemory() {
    Path info = Path.of("/proc/meminfo");
    if (Files.exists(info)) {
      try {
        for (String line : Files.readAllLines(info)) {
          if (line.startsWith("MemAvailable:")) {
            return Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024;
          }
        }
      } catch (IOException | NumberFormatException e) {
        // ask Java instead
      }
    }
    return ManagementFactory.getOperatingSystemMXBean()
            instanceof com.sun.management.OperatingSystemMXBean os
        ? os.getFreeMemorySize()
        : Runtime.getRuntime().maxMemory();
  }

  private static String size(double bytes) {
    return bytes < 1e9
        ? String.format(Locale.ROOT, "%.0f MB", Math.max(1, bytes / 1e6))
        : String.format(Locale.ROOT, "%.1f GB", bytes / 1e9);
  }

  private static String time(double seconds) {
    return seconds < 1
        ? String.format(Locale.ROOT, "%.1f s", Math.max(0.1, seconds))
        : seconds < 120
            ? String.format(Locale.ROOT, "%.0f s", seconds)
            : seconds < 7200
                ? String.format(Locale.ROOT, "%.0f min", seconds / 60)
                : String.format(Locale.ROOT, "%.1f h", seconds / 3600);
  }
}
