package org.javae.core.model;

/**
 * Values are whole levels, such as the bytes of an image, and {@code ln p(x)} is the logarithm of a
 * mass, not of a density: it can be said in bits per dimension, {@code −log₂ p(x) / D}.
 */
public interface Quantised {
  /** Levels of a value. */
  int levels();
}
