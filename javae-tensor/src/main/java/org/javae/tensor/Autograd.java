package org.javae.tensor;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.GradMode;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/** Reverse-mode differentiation as a function: nothing is accumulated inside the parameters. */
public final class Autograd {
  private Autograd() {}

  /**
   * Gradients of the scalar {@code y} with respect to each of {@code xs}; zeros where y does not
   * depend on x.
   */
  public static List<Tensor> grad(Tensor y, List<Tensor> xs) {
    return grad(y, xs, false);
  }

  /**
   * As {@link #grad(Tensor, List)}; with {@code createGraph} the gradients can be differentiated
   * again.
   */
  public static List<Tensor> grad(Tensor y, List<Tensor> xs, boolean createGraph) {
    return grad(y, xs, createGraph, createGraph);
  }

  /** As {@link #grad(Tensor, List)}, for one of several scalars that share a graph. */
  public static List<Tensor> gradOfShared(Tensor y, List<Tensor> xs) {
    return grad(y, xs, false, true);
  }

  private static List<Tensor> grad(
      Tensor y, List<Tensor> xs, boolean createGraph, boolean keepGraph) {
    TensorVector out = new TensorVector(y.raw());
    TensorVector in = new TensorVector(Tensor.raws(xs));
    TensorVector g;
    try {
      g = torch.grad(out, in, new TensorVector(), new BoolOptional(keepGraph), createGraph, true);
    } catch (RuntimeException e) {
      throw EngineException.shortened("gradient", e, y);
    }
    List<Tensor> result = new ArrayList<>(xs.size());
    for (int i = 0; i < xs.size(); i++) {
      org.bytedeco.pytorch.Tensor gi = g.get(i);
      result.add(
          gi.defined() ? Tensor.wrap("gradient", Tensor.own(gi, g)) : Tensor.zerosLike(xs.get(i)));
    }
    return result;
  }

  /** Runs {@code body} without recording for differentiation. */
  public static <T> T off(Supplier<T> body) {
    return recording(false, body);
  }

  /**
   * Runs {@code body} with recording, wherever it is called: for what takes gradients itself and is
   * evaluated too.
   */
  public static <T> T on(Supplier<T> body) {
    return recording(true, body);
  }

  private static <T> T recording(boolean on, Supplier<T> body) {
    Engine.start();
    boolean before = GradMode.is_enabled();
    GradMode.set_enabled(on);
    try {
      return body.get();
    } finally {
      GradMode.set_enabled(before);
    }
  }

  /** Runs {@code body} without recording for differentiation. */
  public static void off(Runnable body) {
    off(
        () -> {
          body.run();
          return null;
        });
  }
}
