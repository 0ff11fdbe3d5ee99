package org.javae.core.train;

import java.util.List;
import java.util.Map;
import org.javae.core.model.Model;
import org.javae.tensor.Rng;

/**
 * Metrics on held-out rows at the end of an epoch; {@code loss} decides which epoch was best.
 *
 * @param <B> what a batch is
 */
public interface Validator<B> {
  /** Measures the model; the same stream gives the same numbers. */
  Held measure(Model<B> model, BatchSource<B> rows, Rng rng);

  /**
   * What was measured.
   *
   * @param metrics by name
   * @param klPerDimension KL(q(z|x)‖p(z)) of each latent dimension in nats; empty where it does not
   *     come apart
   */
  record Held(Map<String, Double> metrics, List<Double> klPerDimension) {
    /** Nothing held out. */
    public static final Held NOTHING = of(Map.of());

    /** Without a KL by dimension. */
    public static Held of(Map<String, Double> metrics) {
      return new Held(metrics, List.of());
    }
  }
}
