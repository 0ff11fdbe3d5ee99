package org.javae.tensor;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.GeneratorOptional;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;

/**
 * A named stream of random numbers. {@code Rng.of(seed).split("noise")} always names the same
 * stream, whatever other streams have drawn; the engine's global generator is never used. Draws
 * depend on the seed and the number of earlier draws of this stream only, and {@link #state} and
 * {@link #restore} let a run continue to the same bits.
 */
public final class Rng {
  private final long seed;
  private final String path;
  private final Map<String, Rng> children = new LinkedHashMap<>();
  private Generator generator;

  private Rng(long seed, String path) {
    this.seed = seed;
    this.path = path;
  }

  /** The root stream of a seed. */
  public static Rng of(long seed) {
    return new Rng(seed, "");
  }

  /** The child stream of this name; the same object for the same name. */
  public Rng split(String name) {
    return children.computeIfAbsent(name, n -> new Rng(seed, path.isEmpty() ? n : path + "/" + n));
  }

  /** The root seed. */
  public long seed() {
    return seed;
  }

  /** Where this stream stands in the tree, e.g. {@code train/noise}. */
  public String path() {
    return path;
  }

  /** Standard normal draws, float32. */
  public Tensor normal(long... shape) {
    return normal(DType.FLOAT32, shape);
  }

  /** Standard normal draws. */
  public Tensor normal(DType type, long... shape) {
    return Tensor.op("normal", () -> torch.randn(shape, optional(), options(type))).toDevice();
  }

  /** Uniform draws on [0, 1), float32. */
  public Tensor uniform(long... shape) {
    return uniform(DType.FLOAT32, shape);
  }

  /** Uniform draws on [0, 1). */
  public Tensor uniform(DType type, long... shape) {
    return Tensor.op("uniform", () -> torch.rand(shape, optional(), options(type))).toDevice();
  }

  /** Zeros and ones with the probabilities {@code p}, of p's shape and type. */
  public Tensor bernoulli(Tensor p) {
    return Tensor.op("bernoulli", () -> torch.bernoulli(p.cpu().raw(), optional()), p).toDevice();
  }

  /** Counts of the rates given, of their shape and type. */
  public Tensor poisson(Tensor rate) {
    return Tensor.op("poisson", () -> torch.poisson(rate.cpu().raw(), optional()), rate).toDevice();
  }

  /**
   * Gamma draws of scale 1 and the shapes given, of their tensor's shape and type, by rejection
   * (Marsaglia and Tsang, 2000, A Simple Method for Generating Gamma Variables).
   */
  public Tensor gamma(Tensor shape) {
    long[] size = shape.shape().toArray();
    // Below 1 a draw of shape a + 1 times u^(1/a) has shape a.
    Tensor small = shape.lt(1);
    Tensor boost = uniform(shape.dtype(), size).log().div(shape).exp();
    Tensor d = Tensor.where(small, shape.plus(1), shape).minus(1.0 / 3);
    Tensor c = d.times(9).sqrt().reciprocal();
    Tensor drawn = Tensor.zerosLike(shape);
    Tensor open = Tensor.zerosLike(shape).plus(1);
    while (open.max().item() > 0) {
      Tensor n = normal(shape.dtype(), size);
      Tensor v = n.times(c).plus(1);
      Tensor cube = v.times(v).times(v);
      Tensor u = uniform(shape.dtype(), size);
      Tensor limit =
          n.square()
              .times(0.5)
              .plus(d)
              .minus(d.times(cube))
              .plus(d.times(cube.clamp(1e-30, 1e30).log()));
      Tensor good = v.gt(0).to(open.dtype()).times(u.log().lt(limit).to(open.dtype())).times(open);
      drawn = Tensor.where(good.gt(0), d.times(cube), drawn);
      open = open.minus(good);
    }
    return Tensor.where(small, drawn.times(boost), drawn);
  }

  /**
   * {@code n} indices per row drawn with replacement in proportion to the weights {@code [rows,
   * categories]}.
   */
  public Tensor multinomial(Tensor weights, int n) {
    return Tensor.op(
            "multinomial",
            () -> torch.multinomial(weights.cpu().raw(), n, true, optional()),
            weights)
        .toDevice();
  }

  /**
   * A Java generator addressed by counters (epoch, step, row …) instead of by earlier draws, so
   * that shuffles and binarisation resume without any saved state.
   */
  public SplittableRandom at(long... counters) {
    long h = hash(seed, path);
    for (long c : counters) {
      h = mix(h ^ mix(c + 0x9E3779B97F4A7C15L));
    }
    return new SplittableRandom(h);
  }

  /** A permutation of 0 … n−1, addressed by counters. */
  public int[] permutation(int n, long... counters) {
    SplittableRandom r = at(counters);
    int[] p = new int[n];
    for (int i = 0; i < n; i++) {
      int j = r.nextInt(i + 1);
      p[i] = p[j];
      p[j] = i;
    }
    return p;
  }

  /** States of this stream and its children that have drawn, by path, for a checkpoint. */
  public Map<String, byte[]> state() {
    Map<String, byte[]> m = new LinkedHashMap<>();
    if (generator != null) {
      m.put(path, Scope.run(() -> Tensor.op("state", () -> generator.get_state()).toBytes()));
    }
    children.values().forEach(c -> m.putAll(c.state()));
    return m;
  }

  /**
   * Continues every stream named in {@code states} where {@link #state} was taken; others start
   * anew.
   */
  public void restore(Map<String, byte[]> states) {
    byte[] mine = states.get(path);
    if (mine == null) {
      generator = null;
    } else {
      Scope.run(() -> generator().set_state(Tensor.of(mine, mine.length).raw()));
    }
    String prefix = path.isEmpty() ? "" : path + "/";
    for (String s : states.keySet()) {
      if (s.startsWith(prefix) && s.length() > prefix.length()) {
        split(s.substring(prefix.length()).split("/", 2)[0]);
      }
    }
    children.values().forEach(c -> c.restore(states));
  }

  private Generator generator() {
    if (generator == null) {
      Engine.start();
      generator = torch.make_generator_cpu(hash(seed, path));
      // Streams outlive every scope; the garbage collector frees them.
      generator.retainReference();
    }
    return generator;
  }

  private GeneratorOptional optional() {
    return new GeneratorOptional(generator());
  }

  private static TensorOptions options(DType t) {
    return new TensorOptions(t.raw);
  }

  private static long hash(long seed, String path) {
    long h = mix(seed + 0x9E3779B97F4A7C15L);
    for (byte b : path.getBytes(StandardCharsets.UTF_8)) {
      h = mix(h ^ (b + 0x9E3779B97F4A7C15L));
    }
    return h;
  }

  /** The finaliser of SplitMix64 (Steele, Lea and Flood, 2014). */
  private static long mix(long z) {
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
