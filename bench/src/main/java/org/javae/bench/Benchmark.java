package org.javae.bench;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.javae.core.data.ArrayDataset;
import org.javae.core.data.Dataset;
import org.javae.core.data.Loader;
import org.javae.core.data.Preprocessing;
import org.javae.core.evaluate.Evaluator;
import org.javae.core.evaluate.Metrics;
import org.javae.core.io.Json;
import org.javae.core.model.Batch;
import org.javae.core.model.CatalogEntry;
import org.javae.core.model.DataSpec;
import org.javae.core.model.Model;
import org.javae.core.train.EpochRecord;
import org.javae.core.train.TrainConfig;
import org.javae.core.train.TrainListener;
import org.javae.core.train.Trainer;
import org.javae.data.read.DataReader;
import org.javae.data.read.ReadOptions;
import org.javae.experiment.DataAccess;
import org.javae.experiment.DataConfig;
import org.javae.models.ModelCatalog;
import org.javae.tensor.Engine;
import org.javae.tensor.Rng;
import org.javae.tensor.Scope;
import org.javae.tensor.Shape;
import org.javae.tensor.Tensor;

/**
 * Our side of the benchmarks; {@code bench/run} puts it beside the peers. Prints one JSON object a
 * line:
 *
 * <ul>
 *   <li>{@code gemm}: the machine's own 1024³ matrix product rate
 *   <li>{@code step mlp|conv STEPS WARMUP}: training steps through the ordinary trainer, loader
 *       included
 *   <li>{@code epoch FOLDER EPOCHS}: epochs on MNIST as users train, then both ELBOs by our
 *       evaluator
 *   <li>{@code memory STEPS}: resident memory over many steps
 *   <li>{@code objective MODEL STEPS WARMUP [KEY=VALUE…]}: training steps of any model of the
 *       catalogue with the MLP
 *   <li>{@code peer MODEL FOLDER ROWS EPOCHS SAMPLES [KEY=VALUE…]}: epochs on the first rows of
 *       MNIST, then what was learned, on the first 1000 test images
 *   <li>{@code views MODEL FOLDER ROWS EPOCHS SAMPLES TEST [KEY=VALUE…]}: the same on data of
 *       several views, on the TEST rows behind the first ones
 * </ul>
 */
public final class Benchmark {
  private Benchmark() {}

  public static void main(String[] args) throws Exception {
    Engine.configure(Integer.getInteger("javae.threads", 0), "cpu");
    switch (args.length == 0 ? "" : args[0]) {
      case "gemm" -> gemm();
      case "step" -> step(args[1], Integer.parseInt(args[2]), Integer.parseInt(args[3]));
      case "epoch" -> epoch(Path.of(args[1]), Integer.parseInt(args[2]));
      case "memory" -> memory(Integer.parseInt(args[1]));
      case "objective" ->
          present(
              args[1],
              () ->
                  objective(
                      args[1],
                      settings(args, 4),
                      Integer.parseInt(args[2]),
                      Integer.parseInt(args[3])));
      case "peer" ->
          present(
              args[1],
              () ->
                  peer(
                      args[1],
                      settings(args, 6),
                      Path.of(args[2]),
                      Integer.parseInt(args[3]),
                      Integer.parseInt(args[4]),
                      Integer.parseInt(args[5])));
      case "views" ->
          present(
              args[1],
              () ->
                  views(
                      args[1],
                      settings(args, 7),
                      Path.of(args[2]),
                      Integer.parseInt(args[3]),
                      Integer.parseInt(args[4]),
                      Integer.parseInt(args[5]),
                      Integer.parseInt(args[6])));
      default ->
          System.err.println(
              "usage: gemm | step mlp|conv STEPS WARMUP | epoch FOLDER EPOCHS | memory STEPS"
                  + " | objective MODEL STEPS WARMUP [KEY=VALUE…]"
                  + " | peer MODEL FOLDER ROWS EPOCHS SAMPLES [KEY=VALUE…]"
                  + " | views MODEL FOLDER ROWS EPOCHS SAMPLES TEST [KEY=VALUE…]");
    }
    System.exit(0); // the engine's threads need no farewell
  }

  private static void print(Map<String, Object> m) {
    m.put("engine", Engine.describe());
    System.out.println(Json.toString(m));
  }

  private static void gemm() {
    Tensor a = Rng.of(1).normal(1024, 1024);
    Tensor b = Rng.of(2).normal(1024, 1024);
    double[] times = new double[60];
    for (int i = 0; i < times.length; i++) {
      long t = System.nanoTime();
      Scope.run(() -> a.matmul(b).select(0, 0).select(0, 0).item());
      times[i] = (System.nanoTime() - t) / 1e9;
    }
    double[] rest = Arrays.copyOfRange(times, 10, times.length);
    Arrays.sort(rest);
    Map<String, Object> m = new LinkedHashMap<>();
    m.put("bench", "gemm");
    m.put("gflops_1024", 2 * Math.pow(1024, 3) / rest[rest.length / 2] / 1e9);
    print(m);
  }

  private static Model<Batch> vae(DataSpec spec, String net) {
    return model(spec, "vae", Map.of("encoder", net.equals("mlp") ? MLP : "conv:32,64"));
  }

  private static final String MLP = "mlp:512,512";

  /** 20 latents, the MLP and Bernoulli pixels, as far as the model has such keys. */
  private static Model<Batch> model(DataSpec spec, String name, Map<String, String> settings) {
    CatalogEntry<?> e = ModelCatalog.get(name);
    Map<String, String> all =
        new LinkedHashMap<>(Map.of("latent", "20", "encoder", MLP, "likelihood", "bernoulli"));
    all.keySet().retainAll(e.keys());
    all.putAll(settings);
    @SuppressWarnings("unchecked")
    Model<Batch> m = (Model<Batch>) e.build(spec, e.configure(spec, all), Rng.of(0).split("init"));
    return m;
  }

  private static Map<String, String> settings(String[] args, int from) {
    Map<String, String> m = new LinkedHashMap<>();
    for (String pair : Arrays.asList(args).subList(from, args.length)) {
      m.put(pair.substring(0, pair.indexOf('=')), pair.substring(pair.indexOf('=') + 1));
    }
    return m;
  }

  /** Runs a benchmark of a model, or says that this catalogue does not have it. */
  private static void present(String model, Runnable benchmark) {
    if (ModelCatalog.entries().stream().noneMatch(e -> e.name().equals(model))) {
      System.err.println("bench: skipped, the catalogue has no model " + model);
      return;
    }
    benchmark.run();
  }

  private static Dataset noise(int n) {
    float[] v = new float[n * 784];
    SplittableRandom r = new SplittableRandom(3);
    for (int i = 0; i < v.length; i++) {
      v[i] = r.nextInt(8) == 0 ? 1 : 0;
    }
    return ArrayDataset.of("noise", Shape.of(1, 28, 28), v);
  }

  private static final class Clock implements TrainListener {
    final double[] ms;
    int count;
    long last;
    double loss;

    Clock(int steps) {
      ms = new double[steps];
    }

    @Override
    public void step(Progress p) {
      long now = System.nanoTime();
      if (count < ms.length) {
        ms[count++] = (now - last) / 1e6;
      }
      loss = p.means().get("loss");
      last = System.nanoTime();
    }

    @Override
    public void epoch(EpochRecord e) {
      last = System.nanoTime();
    }
  }

  private static void step(String net, int steps, int warmup) {
    Map<String, Object> r = new LinkedHashMap<>();
    r.put("bench", "step");
    r.put("net", net);
    steps(spec -> vae(spec, net), steps, warmup, r);
  }

  private static void objective(String name, Map<String, String> settings, int steps, int warmup) {
    Map<String, Object> r = new LinkedHashMap<>();
    r.put("bench", "objective");
    r.put("model", name);
    r.put("settings", settings);
    steps(spec -> model(spec, name, settings), steps, warmup, r);
  }

  private static void steps(
      Function<DataSpec, Model<Batch>> make, int steps, int warmup, Map<String, Object> r) {
    int pool = 60000;
    Dataset d = noise(pool);
    int[] rows = IntStream.range(0, pool).toArray();
    Preprocessing p = Preprocessing.fit(d, rows, "none", Preprocessing.Binarize.NONE, "error");
    Model<Batch> m = make.apply(p.spec(d, rows));
    Loader l = new Loader(d, rows, p, Rng.of(0).split("data"), true);
    Clock clock = new Clock(steps + warmup);
    int epochs = (steps + warmup) / l.batches(128) + 1;
    Trainer<Batch>[] t = newArray();
    TrainListener until =
        new TrainListener() {
          @Override
          public void step(Progress q) {
            clock.step(q);
            if (clock.count == clock.ms.length) {
              t[0].requestStop();
            }
          }

          @Override
          public void epoch(EpochRecord e) {
            clock.epoch(e);
          }
        };
    clock.last = System.nanoTime();
    t[0] =
        new Trainer<>(m, l, null, null, TrainConfig.DEFAULTS.withEpochs(epochs), null, "", until);
    t[0].run(false);
    double[] x = Arrays.copyOfRange(clock.ms, warmup, clock.ms.length);
    Arrays.sort(x);
    r.put("steps", steps);
    r.put("median_ms", x[x.length / 2]);
    r.put("mean_ms", Arrays.stream(x).average().orElse(0));
    r.put("p10_ms", x[x.length / 10]);
    r.put("p90_ms", x[x.length * 9 / 10]);
    r.put("final_loss", clock.loss);
    print(r);
  }

  @SuppressWarnings({"unchecked", "rawtypes"})
  private static Trainer<Batch>[] newArray() {
    return new Trainer[1];
  }

  private static void epoch(Path folder, int epochs) {
    Dataset d = DataReader.open(folder, ReadOptions.defaults());
    int[] train = IntStream.range(0, 60000).toArray();
    int[] test = IntStream.range(60000, 70000).toArray();
    Preprocessing p = Preprocessing.fit(d, train, "none", Preprocessing.Binarize.STATIC, "error");
    Model<Batch> m = vae(p.spec(d, train), "mlp");
    Loader l = new Loader(d, train, p, Rng.of(0).split("data"), true);
    Seconds seconds = secondsEachEpoch(m, l, epochs);
    Map<String, Object> r = new LinkedHashMap<>();
    r.put("bench", "epoch");
    r.put("epochs", epochs);
    seconds.put(r);
    Evaluator.Options o = new Evaluator.Options(0, 0, 500, Set.of("elbo", "reconstruction", "kl"));
    for (var part : List.of(Map.entry("train", train), Map.entry("test", test))) {
      Metrics e =
          Evaluator.evaluate(
              m, new Loader(d, part.getValue(), p, Rng.of(0).split("data"), false), o, x -> {});
      r.put(
          part.getKey(),
          Map.of("elbo", e.elbo(), "reconstruction", e.reconstruction(), "kl", e.kl()));
    }
    print(r);
  }

  /** What each epoch took: by the clock, and of the training thread's processor time. */
  private record Seconds(double[] each, double[] cpu) {
    void put(Map<String, Object> r) {
      r.put("seconds_each_epoch", each);
      r.put("seconds_per_epoch", meanAfterWarmUp(each));
      r.put("cpu_seconds_per_epoch", meanAfterWarmUp(cpu));
    }
  }

  private static Seconds secondsEachEpoch(Model<Batch> m, Loader rows, int epochs) {
    Seconds s = new Seconds(new double[epochs], new double[epochs]);
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    TrainListener log =
        new TrainListener() {
          private double before;
          private long cpuBefore = threads.getCurrentThreadCpuTime();

          @Override
          public void epoch(EpochRecord e) {
            s.each()[e.epoch() - 1] = e.seconds() - before;
            before = e.seconds();
            long cpu = threads.getCurrentThreadCpuTime();
            s.cpu()[e.epoch() - 1] = (cpu - cpuBefore) / 1e9;
            cpuBefore = cpu;
          }
        };
    // Not the best of the epochs by a validation loss, but the last: nothing is held out.
    new Trainer<>(m, rows, null, null, TrainConfig.DEFAULTS.withEpochs(epochs), null, "", log)
        .run(false);
    return s;
  }

  /** Without the epochs that warm up: {@code BENCH_WARMUP}, by default one. */
  private static double meanAfterWarmUp(double[] seconds) {
    int warm = Integer.parseInt(System.getenv().getOrDefault("BENCH_WARMUP", "1"));
    return Arrays.stream(seconds).skip(Math.min(warm, seconds.length - 1)).average().orElseThrow();
  }

  /** Models of Bernoulli pixels see them binarised once, the others the greys. */
  private static void peer(
      String name, Map<String, String> settings, Path folder, int rows, int epochs, int samples) {
    Dataset d = DataReader.open(folder, ReadOptions.defaults());
    boolean binary =
        ModelCatalog.get(name).keys().contains("likelihood")
            && settings.getOrDefault("likelihood", "bernoulli").equals("bernoulli");
    Preprocessing.Binarize how =
        binary ? Preprocessing.Binarize.STATIC : Preprocessing.Binarize.NONE;
    learn("peer", name, settings, d, how, rows, range(60000, 61000), epochs, binary ? samples : 0);
  }

  private static void views(
      String name,
      Map<String, String> settings,
      Path folder,
      int rows,
      int epochs,
      int samples,
      int test) {
    Dataset d = DataAccess.open(DataConfig.DEFAULTS.withData(folder.toString()));
    // The driver wrote zeros and ones.
    Preprocessing.Binarize how = Preprocessing.Binarize.NONE;
    learn("views", name, settings, d, how, rows, range(rows, rows + test), epochs, samples);
  }

  private static int[] range(int from, int to) {
    return IntStream.range(from, to).toArray();
  }

  private static void learn(
      String bench,
      String name,
      Map<String, String> settings,
      Dataset d,
      Preprocessing.Binarize binarize,
      int rows,
      int[] test,
      int epochs,
      int samples) {
    int[] train = range(0, rows);
    Preprocessing p = Preprocessing.fit(d, train, "none", binarize, "error");
    Model<Batch> m = model(p.spec(d, train), name, settings);
    Seconds seconds =
        secondsEachEpoch(m, new Loader(d, train, p, Rng.of(0).split("data"), true), epochs);
    Map<String, Object> r = new LinkedHashMap<>();
    r.put("bench", bench);
    r.put("model", name);
    r.put("settings", settings);
    r.put("rows", rows);
    r.put("epochs", epochs);
    seconds.put(r);
    Metrics e =
        Evaluator.evaluate(
            m,
            new Loader(d, test, p, Rng.of(0).split("data"), false),
            new Evaluator.Options(
                samples, 0, 500, Set.of("elbo", "nll", "reconstruction", "kl", "mse")),
            x -> {});
    r.put("test", e);
    r.put("nll_samples", samples);
    print(r);
  }

  private static void memory(int steps) throws IOException {
    Dataset d = noise(12800);
    int[] rows = IntStream.range(0, 12800).toArray();
    Preprocessing p = Preprocessing.fit(d, rows, "none", Preprocessing.Binarize.DYNAMIC, "error");
    Model<Batch> m = vae(p.spec(d, rows), "mlp");
    Loader l = new Loader(d, rows, p, Rng.of(0).split("data"), true);
    Map<String, Object> r = new LinkedHashMap<>();
    long[] rss = new long[2];
    TrainListener log =
        new TrainListener() {
          private long n;

          @Override
          public void step(Progress q) {
            n++;
            if (n == steps / 10 || n == steps) {
              rss[n == steps ? 1 : 0] = rssKb();
            }
          }
        };
    TrainConfig c = TrainConfig.DEFAULTS.withEpochs(steps / 100 + 1);
    Trainer<Batch> t = new Trainer<>(m, l, null, null, c, null, "", log);
    t.run(false);
    r.put("bench", "memory");
    r.put("steps", steps);
    r.put("rss_mb_at_tenth", rss[0] / 1024.0);
    r.put("rss_mb_at_end", rss[1] / 1024.0);
    r.put("growth", rss[1] / (double) rss[0] - 1);
    print(r);
  }

  private static long rssKb() {
    try {
      return Files.readAllLines(Path.of("/proc/self/status")).stream()
          .filter(s -> s.startsWith("VmRSS"))
          .map(s -> Long.parseLong(s.replaceAll("\\D", "")))
          .findFirst()
          .orElse(-1L);
    } catch (IOException e) {
      return -1;
    }
  }
}
