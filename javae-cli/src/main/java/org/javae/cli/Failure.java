package org.javae.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import org.javae.tensor.EngineException;
import org.javae.tensor.UserException;

/** Turns what went wrong into a sentence for the user and an exit code. */
final class Failure {
  private Failure() {}

  /** 1 for data, files and machine; 2 for a wrong request. */
  static int exitCode(Throwable t) {
    return t instanceof UserException u ? u.exitCode() : 1;
  }

  /**
   * One sentence.
   *
   * @param lower what the user can lower if memory ran out
   */
  static String sentence(Throwable t, String lower) {
    if (t instanceof UserException) {
      return t.getMessage();
    }
    if (outOfMemory(t)) {
      boolean heap =
          t instanceof OutOfMemoryError && String.valueOf(t.getMessage()).contains("heap");
      return "memory ran out"
          + (heap ? " (Java heap of " + Runtime.getRuntime().maxMemory() / (1 << 20) + " MB)" : "")
          + "; "
          + lower
          + (heap ? ", or give Java more with JAVAE_OPTS=-Xmx8g" : "");
    }
    if (t instanceof UncheckedIOException u) {
      return file(u.getCause());
    }
    if (t instanceof IOException e) {
      return file(e);
    }
    String said =
        t.getMessage() == null
            ? t.getClass().getSimpleName()
            : t.getMessage().lines().findFirst().orElse("");
    if (t instanceof EngineException) {
      return "the engine refused: " + said + " (run again with --debug for the details)";
    }
    return "an error inside JaVAE: "
        + said.replace("Exception", " exception")
        + " (run again with --debug for the details)";
  }

  private static String file(IOException e) {
    String said = String.valueOf(e.getMessage());
    if (said.contains("No space left")) {
      return "the disk is full; free some space and try again";
    }
    if (e instanceof AccessDeniedException) {
      return "no permission for " + said;
    }
    if (e instanceof NoSuchFileException) {
      return "there is no file or folder " + said;
    }
    return "a file could not be read or written: " + said.lines().findFirst().orElse("");
  }

  private static boolean outOfMemory(Throwable t) {
    for (Throwable c = t; c != null; c = c.getCause()) {
      String m = String.valueOf(c.getMessage());
      if (c instanceof OutOfMemoryError
          || m.contains("can't allocate memory")
          || m.contains("CUDA out of memory")) {
        return true;
      }
    }
    return false;
  }
}
