package org.javae.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Until it is over, Ctrl-C asks for an end and waits for it: the process ends as soon as all
 * shutdown hooks are through, and this one waits until the work has left its files consistent.
 */
final class Interruption {
  /** What a shell expects of a process ended by Ctrl-C. */
  static final int EXIT_CODE = 130;

  private static final long PATIENCE_SECONDS = 60;

  private final CountDownLatch done = new CountDownLatch(1);
  private final Thread hook;

  /**
   * @param requestStop asks the work to stop; called from another thread
   */
  Interruption(Runnable requestStop) {
    hook =
        new Thread(
            () -> {
              requestStop.run();
              await();
            },
            "stop");
    Runtime.getRuntime().addShutdownHook(hook);
  }

  private void await() {
    try {
      done.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The work is over, one way or the other. */
  void over() {
    done.countDown();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // the process is ending already, which is what the hook was for
    }
  }
}
