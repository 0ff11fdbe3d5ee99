package org.javae.core.train;

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
  Map<String, Double> measure(Model<B> model, BatchSource<B> rows, Rng rng);
}
