package org.javae.data.generate;

/**
 * The generators' random numbers: SplitMix64 (Steele, Lea and Flood, 2014), one stream per (seed,
 * purpose, index). Written out here because the data's bits are part of their contract: {@code
 * java.util.random} algorithms may change between Java versions, and indexed streams let one
 * observation be drawn without drawing those before it.
 */
final class Draws {
  private static final long GOLDEN = 0x9E3779B97F4A7C15L;

  private long state;
  private double spare = Double.NaN;

  private Draws(long state) {
    this.state = state;
  }

  static Draws of(long seed, String purpose, long index) {
    long h = mix(seed + GOLDEN);
    for (int i = 0; i < purpose.length(); i++) {
      h = mix(h ^ purpose.charAt(i));
    }
    return new Draws(mix(h ^ mix(index)));
  }

  private static long mix(long z) {
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  long bits() {
    state += GOLDEN;
    return mix(state);
  }

  /** Uniform on [0, 1), 53 bits. */
  double uniform() {
    return (bits() >>> 11) * 0x1.0p-53;
  }

  double uniform(double low, double high) {
    return low + (high - low) * uniform();
  }

  /** Uniform on 0 … n-1, without bias: draws in the incomplete last block are thrown away. */
  int below(int n) {
    while (true) {
      long r = bits() >>> 1;
      long v = r % n;
      if (r - v + (n - 1) >= 0) {
        return (int) v;
      }
    }
  }

  /** Standard normal, by Box and Muller's transform. */
  double normal() {
    if (!Double.isNaN(spare)) {
      double v = spare;
      spare = Double.NaN;
      return v;
    }
    double radius = StrictMath.sqrt(-2 * StrictMath.log(1 - uniform()));
    double angle = 2 * StrictMath.PI * uniform();
    spare = radius * StrictMath.sin(angle);
    return radius * StrictMath.cos(angle);
  }

  double normal(double mean, double deviation) {
    return mean + deviation * normal();
  }
}
