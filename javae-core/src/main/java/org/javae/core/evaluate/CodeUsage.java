package org.javae.core.evaluate;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.DoubleStream;
import org.javae.core.model.DiscreteCodes;
import org.javae.core.model.Loss;
import org.javae.tensor.Tensor;

/** How the entries of codebooks are used over many observations. */
public final class CodeUsage {
  private final Map<String, double[]> counts = new LinkedHashMap<>();

  /** Adds what a loss gathered of {@link DiscreteCodes}. */
  public void add(Loss loss) {
    loss.gathered()
        .forEach(
            (name, t) -> {
              if (name.endsWith(DiscreteCodes.COUNTS)) {
                add(name.substring(0, name.length() - DiscreteCodes.COUNTS.length()), t.sum(0));
              }
            });
  }

  /** Adds counts {@code [K]} of one codebook. */
  public void add(String codebook, Tensor each) {
    double[] n = each.toDoubles();
    double[] sum = counts.computeIfAbsent(codebook, k -> new double[n.length]);
    for (int i = 0; i < n.length; i++) {
      sum[i] += n[i];
    }
  }

  /** Whether there was any codebook. */
  public boolean isEmpty() {
    return counts.isEmpty();
  }

  /** Entries chosen at least once, as part of all entries of all codebooks. */
  public double usage() {
    double used =
        counts.values().stream()
            .mapToDouble(c -> DoubleStream.of(c).filter(v -> v > 0).count())
            .sum();
    return used / counts.values().stream().mapToInt(c -> c.length).sum();
  }

  /**
   * {@code exp(−Σₖ fₖ ln fₖ)} of the frequencies f: K where all entries are chosen equally often, 1
   * where one entry is always. Of several codebooks the geometric mean.
   */
  public double perplexity() {
    return Math.exp(
        counts.values().stream().mapToDouble(CodeUsage::entropy).average().orElseThrow());
  }

  private static double entropy(double[] c) {
    double n = DoubleStream.of(c).sum();
    return DoubleStream.of(c).filter(v -> v > 0).map(v -> -v / n * Math.log(v / n)).sum();
  }

  /** {@code codebook_usage} and {@code perplexity}; of several codebooks also each one's. */
  public Map<String, Double> metrics() {
    Map<String, Double> m = new LinkedHashMap<>();
    m.put("codebook_usage", usage());
    m.put("perplexity", perplexity());
    if (counts.size() > 1) {
      counts.forEach(
          (name, c) -> {
            CodeUsage one = new CodeUsage();
            one.counts.put(name, c);
            m.put(name + "_usage", one.usage());
            m.put(name + "_perplexity", one.perplexity());
          });
    }
    return m;
  }
}
