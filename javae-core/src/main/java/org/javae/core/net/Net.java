package org.javae.core.net;

import java.util.List;
import java.util.function.BiConsumer;
import org.javae.tensor.EngineException;
import org.javae.tensor.Tensor;

/** Layers applied one after another. */
public record Net(String name, List<Layer> layers) {
  private static final ThreadLocal<BiConsumer<String, Tensor>> WATCH = new ThreadLocal<>();

  /**
   * Applies the network to a batch.
   *
   * @throws EngineException naming the layer if the shapes do not fit
   */
  public Tensor apply(Tensor x) {
    BiConsumer<String, Tensor> watch = WATCH.get();
    Tensor y = x;
    String at = name;
    for (Layer l : layers) {
      at = l.label().isEmpty() ? at : l.label();
      try {
        y = l.apply(y);
      } catch (EngineException e) {
        throw e.at("layer " + at);
      }
      if (watch != null) {
        watch.accept(at, y);
      }
    }
    return y;
  }

  /**
   * Runs {@code body} on this thread and shows {@code watcher} every layer's name and output: for
   * finding NaNs.
   */
  public static void watching(BiConsumer<String, Tensor> watcher, Runnable body) {
    WATCH.set(watcher);
    try {
      body.run();
    } finally {
      WATCH.remove();
    }
  }
}
