package org.javae.tensor;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.bytedeco.javacpp.PointerScope;

/**
 * Bounds the life of native memory: every tensor made inside {@link #run} is freed when it returns,
 * except the result, which moves to the enclosing scope. Users never open one; the training step,
 * the evaluation batch, the sampler, the façade and the loader do.
 */
public final class Scope {
  private Scope() {}

  /**
   * Runs {@code body} and frees what it made. A result that is a {@link Tensor}, or an array,
   * collection, map, {@link Optional}, record or {@link Holder} of tensors, survives in the outer
   * scope.
   */
  public static <T> T run(Supplier<T> body) {
    Engine.start();
    PointerScope outer = PointerScope.getInnerScope();
    PointerScope inner = new PointerScope();
    try {
      T result = body.get();
      promote(result, outer);
      return result;
    } finally {
      inner.close();
    }
  }

  /** As {@link #run(Supplier)} for a body without a result. */
  public static void run(Runnable body) {
    run(
        () -> {
          body.run();
          return null;
        });
  }

  /**
   * Runs {@code body} and lets its tensor outlive every open scope; the garbage collector frees it.
   */
  public static Tensor outside(Supplier<Tensor> body) {
    Tensor t = body.get();
    t.keep(null);
    return t;
  }

  /** An object outside the engine's knowledge that keeps tensors alive. */
  public interface Holder {
    Iterable<Tensor> tensors();
  }

  /** Native objects currently alive in the process; a leak shows as growth of this count. */
  public static long liveNativeObjects() {
    return org.bytedeco.javacpp.Pointer.totalCount();
  }

  private static void promote(Object o, PointerScope outer) {
    if (o instanceof Tensor t) {
      t.keep(outer);
    } else if (o instanceof Holder h) {
      h.tensors().forEach(t -> t.keep(outer));
    } else if (o instanceof Iterable<?> i) {
      i.forEach(e -> promote(e, outer));
    } else if (o instanceof Map<?, ?> m) {
      m.values().forEach(e -> promote(e, outer));
    } else if (o instanceof Optional<?> p) {
      p.ifPresent(e -> promote(e, outer));
    } else if (o instanceof Object[] a) {
      for (Object e : a) {
        promote(e, outer);
      }
    } else if (o instanceof Record r) {
      for (RecordComponent c : r.getClass().getRecordComponents()) {
        try {
          c.getAccessor().setAccessible(true);
          promote(c.getAccessor().invoke(r), outer);
        } catch (IllegalAccessException | InvocationTargetException e) {
          throw new IllegalStateException("cannot read record " + r.getClass().getSimpleName(), e);
        }
      }
    }
  }
}
