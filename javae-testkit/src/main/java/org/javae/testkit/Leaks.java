package org.javae.testkit;

import org.javae.tensor.Scope;

/** Finds native memory that outlives the work it was made for. */
public final class Leaks {
  private static final int WARM_UP = 20;
  private static final int RUNS = 50;
  private static final int ATTEMPTS = 5;

  private Leaks() {}

  /**
   * Asserts that {@code work}, repeated, leaves the number of live native objects as it was: 20
   * runs to let caches fill, then 50 that must not change the count.
   *
   * @param work frees what it makes, that is, opens its own {@link Scope}
   * @throws AssertionError with the number of objects left by 50 runs
   */
  public static void assertNone(Runnable work) {
    repeat(work, WARM_UP);
    long grown = 0;
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      long before = Scope.liveNativeObjects();
      repeat(work, RUNS);
      grown = Scope.liveNativeObjects() - before;
      if (grown == 0) {
        return;
      }
      if (grown > 0) {
        throw new AssertionError(
            RUNS + " runs left " + grown + " native objects behind; is a Scope missing?");
      }
      // Fewer than before: the garbage collector freed leftovers of earlier tests. Count once more.
    }
    throw new AssertionError(
        "the number of live native objects keeps falling (last by "
            + -grown
            + "): something else in this process is being freed");
  }

  private static void repeat(Runnable work, int n) {
    for (int i = 0; i < n; i++) {
      work.run();
    }
  }
}
