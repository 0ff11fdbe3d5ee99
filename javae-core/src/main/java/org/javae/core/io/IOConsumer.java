package org.javae.core.io;

import java.io.IOException;

/** A consumer that may fail with an {@link IOException}. */
@FunctionalInterface
public interface IOConsumer<T> {
  /** Uses {@code t}. */
  void accept(T t) throws IOException;
}
