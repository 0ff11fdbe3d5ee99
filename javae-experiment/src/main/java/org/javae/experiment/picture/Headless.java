package org.javae.experiment.picture;

/**
 * Keeps AWT from looking for a screen. Image classes load AWT's native part, which on some systems
 * starts a window toolkit (and a dock icon) unless told not to; this must be said before the first
 * of them loads. A choice the surrounding program has already made, say a Swing application using
 * JaVAE as a library, is left alone.
 */
final class Headless {
  static {
    if (System.getProperty("java.awt.headless") == null) {
      System.setProperty("java.awt.headless", "true");
    }
  }

  private Headless() {}

  /** Runs the static block above, once. */
  static void on() {}
}
